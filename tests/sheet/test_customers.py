"""Lists of customers: what tells them from lists of jobs, and what the words of people who sell mean in them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from planned import run_rows
from runner import settings_with

from sync.config import parse_settings
from sync.models import CellValue, Lead, Row, Stage, Table
from sync.reading.customers import lists_customers
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

SETTINGS = parse_settings(
    'timezone = "UTC"\n[source]\ntype = "csv"\npath = "leads.csv"\n[target]\ntype = "ics"\npath = "out.ics"'
)


def read(*rows: list[CellValue]) -> tuple[Lead, ...]:
    table = Table("leads.csv", tuple(Row(i, tuple(cells)) for i, cells in enumerate(rows, 1)), delimited=True)
    found = read_leads(
        table, settings=SETTINGS, vocabulary=load_vocabulary(), memory={}, accepted={}, today=date(2026, 11, 27)
    )
    assert not found.problems, found.problems
    return found.leads


@pytest.mark.parametrize(
    "headers",
    [
        ("Customer", "Deal", "Where it's at", "Last email I sent"),
        ("Client", "Contact", "Status", "Last contact"),
        ("Prospects", "Email", "Stage"),
        ("Company", "Deal name", "Deal stage", "Next call"),
        ("Kunde", "Ansprechpartner", "Stand", "Wiedervorlage"),
        ("Kundenname", "Angebot vom", "Status"),
    ],
)
def test_a_list_of_customers_is_told_by_its_headers(headers: tuple[str, ...]) -> None:
    assert lists_customers(headers, {})


@pytest.mark.parametrize(
    "headers",
    [
        ("Company", "Status", "Last contact"),
        ("Business Name", "Phone", "Sent Date", "Stage"),
        ("Client", "Position", "Applied"),
        ("Client", "Vendor", "Interview", "Status"),
        ("Customer", "Job title", "Status"),
        ("Kunde", "Beworben am", "Status"),
        ("Company", "Person I deal with", "Status"),
        ("Company", "Dealbreakers", "Status"),
    ],
)
def test_what_speaks_of_a_job_or_not_of_customers_is_none(headers: tuple[str, ...]) -> None:
    """A freelancer's or a temp's `Client` is who takes them on."""
    assert not lists_customers(headers, {})


def test_a_sheet_with_a_column_of_roles_is_none_in_any_language() -> None:
    assert not lists_customers(("Cliente", "Puesto"), {"company": "Cliente", "role": "Puesto"})


def test_what_is_sold_is_no_job_wherever_it_was_put() -> None:
    """Asked what `Deal` is, a seller said: what it is about; the list stays one of customers."""
    assert lists_customers(("Customer", "Deal", "Stage"), {"company": "Customer", "role": "Deal"})
    assert not lists_customers(("Customer", "Deal", "Stage"), {"company": "Customer", "agency": "Deal"})


@pytest.mark.parametrize("work", ["Was", "Leistung", "What", "Project"])
def test_what_a_customer_wants_is_no_position(work: str) -> None:
    """A painter's list says under `Was` which rooms; that is no post to apply to."""
    headers = ("Kunde", "Ansprechpartner", work, "Angebot am", "Stand")
    assert lists_customers(headers, {"company": "Kunde", "role": work})
    assert not lists_customers((*headers, "Beworben am"), {"company": "Kunde", "role": work})
    assert not lists_customers(("Firma", work), {"company": "Firma", "role": work})


def test_a_painters_customer_is_quoted_and_met_and_never_applied_to() -> None:
    report = run_rows(
        Table("leads.csv", (
            Row(1, ("Kunde", "Ansprechpartner", "Was", "Angebot am", "Stand")),
            Row(2, ("Kita Elm", "Frau Adler", "Gruppenräume", "2026-11-10", "Termin 2.12. 15 Uhr")),
            Row(3, ("Fam. Ulm", "Herr Ulm", "Treppenhaus", "2026-11-10", "")),
        )),
        settings_with('language = "de"'),
        datetime(2026, 11, 27, 8, tzinfo=ZONE),
    )  # fmt: skip
    assert [lead.is_customer for lead in report.leads.leads] == [True, True]
    said = " ".join(touch.draft for touch in report.plan.schedule)
    assert "unseren Termin" in said
    assert "Zusammenarbeit" in said
    assert not [word for word in ("Stelle", "Lebenslauf", "Gespräch", "Bewerbung", "beworben") if word in said]


@pytest.mark.parametrize(
    ("headers", "stages"),
    [
        (("Cliente", "Lavoro", "Stato"), ("Preventivo inviato", "Richiamare")),
        (("Customer", "Job", "Quote sent", "Status"), ("call back",)),
        (("Client", "Chantier", "Poste"), ("devis envoyé",)),
    ],
)
def test_a_job_that_customers_are_quoted_for_is_no_position(headers: tuple[str, ...], stages: tuple[str, ...]) -> None:
    assert lists_customers(headers, {"company": headers[0], "role": headers[1]}, stages)
    assert not lists_customers(headers[:2], {"company": headers[0], "role": headers[1]}, ("sent",))


def test_a_row_says_what_it_is_where_its_sheet_does_not() -> None:
    leads = read(["company", "lead_kind", "applied_on"], ["Acme", "client", "2026-11-01"], ["Brix", "", "2026-11-01"])
    assert [lead.is_customer for lead in leads] == [True, False]


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ("offer sent", Stage.SENT),
        ("Sent quote", Stage.SENT),
        ("Angebot raus", Stage.SENT),
        ("Nabídka odeslána", Stage.SENT),
        ("tilbud sendt", Stage.SENT),
        ("en négociation", Stage.IN_TOUCH),
        ("tárgyalunk", Stage.IN_TOUCH),
        ("verbal yes", Stage.IN_TOUCH),
        ("negotiating", Stage.IN_TOUCH),
        ("won", Stage.ACCEPTED),
        ("Closed won", Stage.ACCEPTED),
        ("Auftrag erteilt", Stage.ACCEPTED),
        ("lost to competitor", Stage.REJECTED),
        ("no budget", Stage.REJECTED),
        ("Angebot abgelehnt", Stage.REJECTED),
        ("has the quote", Stage.SENT),
        ("hat Angebot", Stage.SENT),
        ("wartet auf Angebot", Stage.IN_TOUCH),
    ],
)
def test_what_a_sellers_words_mean_among_customers(said: str, stage: Stage) -> None:
    lead, other = read(
        ["Customer", "Status", "Last email"], ["Acme", said, "11/16/2026"], ["Brix", "emailed", "11/17/2026"]
    )
    assert (lead.stage, lead.stage_known, lead.is_customer) == (stage, True, True)
    assert other.applied_on == date(2026, 11, 17)


def test_the_day_of_an_offer_is_the_sellers_own() -> None:
    """Nobody is thanked for an offer that they got."""
    (lead,) = read(["Customer", "Offer date", "Status", "Last email"], ["Acme", "11/10/2026", "offer", "11/16/2026"])
    assert (lead.applied_on, lead.offer_on, lead.stage) == (date(2026, 11, 10), None, Stage.SENT)
    assert lead.columns["applied_on"] == "Offer date"


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("Auftrag erteilt 12.10.", Stage.ACCEPTED),
        ("Angebot angenommen am 12.10.", Stage.ACCEPTED),
        ("Angebot 10.11.", Stage.SENT),
        ("Angebot vom 10.11.", Stage.SENT),
        ("10.11. Angebot raus", Stage.SENT),
        ("Demo gezeigt 10.11.", Stage.IN_TOUCH),
    ],
)
def test_a_sellers_words_say_the_same_beside_a_day(status: str, stage: Stage) -> None:
    """`Angebot 10.11.` is the seller's own offer, as `Angebot` is, and a customer won stays one."""
    (lead,) = read(["Kunde", "Stand", "Letzter Kontakt"], ["Elm", status, "05.11.2026"])
    assert (lead.stage, lead.stage_known) == (stage, True)
    (job,) = read(["Firma", "Stelle", "Stand", "Beworben am"], ["Elm", "Maler", "Angebot 10.11.", "05.11.2026"])
    assert job.stage is Stage.OFFER


@pytest.mark.parametrize("status", ["Angebot 10.11.", "hat mein Angebot vom 10.11."])
def test_the_day_of_an_offer_in_a_status_is_the_sellers_own_without_a_column_of_offers(status: str) -> None:
    (lead,) = read(["Kunde", "Stand", "Letzter Kontakt"], ["Elm", status, "05.11.2026"])
    assert (lead.applied_on, lead.offer_on) == (date(2026, 11, 10), None)
    assert lead.columns["applied_on"] == "Stand"


@pytest.mark.parametrize(
    ("first", "quote", "last", "sent"),
    [
        ("03.11.2026", "16.11.2026", "", date(2026, 11, 16)),
        ("03.11.2026", "16.11.2026", "20.11.2026", date(2026, 11, 20)),
        ("03.11.2026", "20.11.2026", "16.11.2026", date(2026, 11, 20)),
        ("03.11.2026", "02.12.2026", "", None),
    ],
)
def test_a_quote_after_the_first_contact_is_the_last_message(
    first: str, quote: str, last: str, sent: date | None
) -> None:
    """It is asked about from that day on; one that is still to come was not sent yet."""
    (lead,) = read(["Kunde", "Erstkontakt", "Angebot raus", "Letzter Kontakt"], ["Elm", first, quote, last])
    assert (lead.applied_on, lead.last_outbound, lead.offer_on) == (date(2026, 11, 3), sent, None)


HUBSPOT: list[CellValue] = [
    "Record ID",
    "Deal Name",
    "Deal Stage",
    "Deal owner",
    "Close Date",
    "Last Contacted",
    "Associated Company",
]
SALESFORCE: list[CellValue] = [
    "Opportunity Name",
    "Account Name",
    "Stage",
    "Close Date",
    "Primary Contact",
    "Last Activity",
    "Next Step",
]
PIPEDRIVE: list[CellValue] = [
    "Deal - Title",
    "Deal - Organization",
    "Deal - Status",
    "Deal - Stage",
    "Deal - Next activity date",
]


def hubspot(stage: str, number: int = 1) -> list[CellValue]:
    return [f"90{number}", f"Elm {number} crm", stage, "Me", "2026-12-31 00:00", "2026-11-20 15:20", f"Elm {number}"]


def salesforce(stage: str) -> list[CellValue]:
    return ["Elm deal", "Elm", stage, "2026-12-31", "Rita Cole", "2026-11-17", ""]


def pipedrive(stage: str, status: str = "Open") -> list[CellValue]:
    return ["Elm deal", "Elm", status, stage, "2026-12-01"]


STAGES = {
    "Appointment scheduled": Stage.IN_TOUCH,
    "Qualified to buy": Stage.IN_TOUCH,
    "Presentation scheduled": Stage.IN_TOUCH,
    "Decision maker bought-in": Stage.IN_TOUCH,
    "Contract sent": Stage.SENT,
    "Closed won": Stage.ACCEPTED,
    "Closed lost": Stage.REJECTED,
    "Prospecting": Stage.SENT,
    "Qualification": Stage.IN_TOUCH,
    "Needs Analysis": Stage.IN_TOUCH,
    "Value Proposition": Stage.IN_TOUCH,
    "Id. Decision Makers": Stage.IN_TOUCH,
    "Perception Analysis": Stage.IN_TOUCH,
    "Proposal/Price Quote": Stage.SENT,
    "Negotiation/Review": Stage.IN_TOUCH,
    "Qualified": Stage.IN_TOUCH,
    "Contact Made": Stage.IN_TOUCH,
    "Demo Scheduled": Stage.IN_TOUCH,
    "Proposal Made": Stage.SENT,
    "Negotiations Started": Stage.IN_TOUCH,
    "Termin vereinbart": Stage.IN_TOUCH,
    "Vertrag gesendet": Stage.SENT,
    "Bedarfsanalyse": Stage.IN_TOUCH,
    "Geschlossen und gewonnen": Stage.ACCEPTED,
}


@pytest.mark.parametrize(("said", "stage"), STAGES.items())
def test_the_stages_that_programs_for_selling_ship_are_known(said: str, stage: Stage) -> None:
    for headers, row in ((HUBSPOT, hubspot(said)), (SALESFORCE, salesforce(said)), (PIPEDRIVE, pipedrive(said))):
        (lead,) = read(headers, row)
        assert (lead.is_customer, lead.stage) == (True, stage)


def test_a_deal_that_is_won_stops_no_other_deal() -> None:
    """Rows of HubSpot's export were taken for applications: "an offer is accepted" ended the whole list."""
    leads = read(HUBSPOT, hubspot("Closed won", 1), hubspot("Qualified to buy", 2))
    assert [lead.is_customer for lead in leads] == [True, True]


def test_the_status_of_a_deal_closes_it_whatever_its_stage() -> None:
    leads = read(
        PIPEDRIVE, pipedrive("Negotiations Started", "Won"), ["Oak deal", "Oak", "Lost", "Contact Made", "2026-12-01"]
    )
    assert [lead.stage for lead in leads] == [Stage.ACCEPTED, Stage.REJECTED]


@pytest.mark.parametrize(
    ("headers", "row"),
    [
        (SALESFORCE, salesforce("Prospecting")),
        (["Customer", "Close date", "Status", "Last contact"], ["Elm", "2026-12-31", "quote sent", "2026-11-17"]),
        (["Kunde", "Abschluss", "Status", "Letzter Kontakt"], ["Elm", "2026-12-31", "Angebot raus", "2026-11-17"]),
    ],
)
def test_the_day_a_deal_is_to_close_is_no_last_day_to_apply(headers: list[CellValue], row: list[CellValue]) -> None:
    assert read(headers, row)[0].closes_on is None


def test_applications_kept_in_a_program_for_selling_are_no_customers() -> None:
    leads = read(HUBSPOT, hubspot("Applied", 1), hubspot("Interview", 2))
    assert [lead.is_customer for lead in leads] == [False, False]
