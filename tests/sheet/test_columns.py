"""Which column is read as what: 71 header sets seen in the wild, contents that decide, and what must not matter."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.models import CellValue, Row, Table
from sync.reading.cells import squeeze
from sync.reading.columns import Columns, understand_columns
from sync.reading.lexicon import load_lexicon
from sync.reading.vocabulary import EXTRA_FIELDS, FIELDS, load_vocabulary

VOCABULARY = load_vocabulary()
SETS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "data" / "header_sets.json").read_text("utf-8"))


def understand(*rows: list[str], chosen: dict[str, str] | None = None) -> Columns:
    values: list[list[CellValue]] = [list(row) for row in rows]
    table = Table("leads.csv", tuple(Row(i, tuple(cells)) for i, cells in enumerate(values, 1)))
    return understand_columns(table, chosen=chosen or {}, vocabulary=VOCABULARY, accepted={})


@pytest.mark.parametrize("case", SETS, ids=lambda case: f"set-{case['set']}")
def test_header_sets(case: dict[str, Any]) -> None:
    columns = understand(case["headers"])
    assert columns.mapped == case["fields"]
    assert list(columns.asked) == case["ask"]


def test_there_are_71_sets() -> None:
    assert [case["set"] for case in SETS] == list(range(1, 72))


def test_field_names_are_never_guessed_about() -> None:
    columns = understand(list(FIELDS), ["nonsense"] * len(FIELDS))
    assert columns.mapped == {name: name for name in FIELDS}
    assert not columns.notes


def test_every_word_leads_to_a_field() -> None:
    known = {*FIELDS, *EXTRA_FIELDS}
    assert set(VOCABULARY.headers.values()) <= known
    assert {name for names in VOCABULARY.ask.values() for name in names} <= known
    assert not set(VOCABULARY.headers) & set(VOCABULARY.unused)


@pytest.mark.parametrize(
    ("headers", "cells", "fields"),
    [
        pytest.param(
            ["Company", "Phone"], ["yes", "no"], {"company": "Company"}, id="phone-with-yes-and-no-is-no-number"
        ),
        pytest.param(
            ["Company", "Phone"],
            ["+1 212 555 0100", "(212) 555-0199"],
            {"company": "Company", "contact_phone": "Phone"},
            id="phone-with-numbers",
        ),
        pytest.param(["Company", "Applied"], ["yes", "no"], {"company": "Company"}, id="applied-with-yes-and-no"),
        pytest.param(
            ["Company", "Applied"],
            ["2026-09-01", "2026-09-02"],
            {"company": "Company", "applied_on": "Applied"},
            id="applied-with-dates",
        ),
        pytest.param(
            ["Company", "Date applied"], ["yes", "no"], {"company": "Company"}, id="date-applied-with-yes-and-no"
        ),
        pytest.param(
            ["Company", "Interview"],
            ["2026-09-01 14:00", ""],
            {"company": "Company", "interview_at": "Interview"},
            id="interview-with-dates",
        ),
        pytest.param(["Company", "Interview"], ["went well", "no"], {"company": "Company"}, id="interview-with-text"),
        pytest.param(
            ["Company", "Recruiter"],
            ["Ana Ruiz", "Bo Chen"],
            {"company": "Company", "contact_name": "Recruiter"},
            id="recruiter-with-names",
        ),
        pytest.param(["Company", "Recruiter"], ["yes", "no"], {"company": "Company"}, id="recruiter-with-yes-and-no"),
        pytest.param(
            ["Company", "Channel"],
            ["email", "Phone"],
            {"company": "Company", "channel": "Channel"},
            id="channel-with-media",
        ),
        pytest.param(
            ["Company", "Channel"],
            ["Indeed", "Stepstone"],
            {"company": "Company", "source": "Channel"},
            id="channel-with-boards",
        ),
        pytest.param(
            ["Company", "Wer"],
            ["ana@acme.example", "bo@bolt.example"],
            {"company": "Company", "contact_email": "Wer"},
            id="mail-addresses-without-a-known-header",
        ),
        pytest.param(["Company", "Interest"], ["3/5", "5/5"], {"company": "Company"}, id="interest-with-marks"),
        pytest.param(
            ["Company", "Date", "Datum"], ["1.1.2026", "2.1.2026"], {"company": "Company"}, id="two-nameless-dates"
        ),
    ],
)
def test_cells_decide_where_a_header_has_several_meanings(
    headers: list[str], cells: list[str], fields: dict[str, str]
) -> None:
    rows = [["Acme", *[cell] * (len(headers) - 1)] for cell in cells]
    assert understand(headers, *rows).mapped == fields


@pytest.mark.parametrize(
    ("header", "cells", "field"),
    [
        pytest.param("Outreach Status", ["sent", "replied"], "status", id="a-known-word-with-something-added"),
        pytest.param("Status/Ergebnis", ["beworben", "Absage"], "status", id="two-words-for-one-thing"),
        pytest.param("date_candidature", ["2026-09-01", "2026-09-02"], "applied_on", id="underscores"),
        pytest.param("Fecha_Contacto", ["2026-09-01", "2026-09-02"], "last_outbound", id="spanish"),
        pytest.param(
            "points_of_contact", ["a@b.example", "c@d.example"], "contact_email", id="a-contact-that-is-mails"
        ),
        pytest.param(
            "Follow up", ["wrote to her twice", "ask about the team"], "notes", id="a-follow-up-that-is-notes"
        ),
        pytest.param(
            "Interview", ["next week", "2026-09-20 10:00", "soon"], "interview_at", id="one-good-date-of-three"
        ),
        pytest.param("Phone", ["2026-09-20", "2026-09-21"], "interview_at", id="phone-with-days-is-an-interview"),
        pytest.param("Wo", ["https://a.example/1", "https://b.example/2"], "url", id="links-without-a-known-header"),
        pytest.param(
            "Xyz", ["+1 212 555 0100", "(212) 555-0199"], "contact_phone", id="numbers-without-a-known-header"
        ),
        pytest.param("Datum", ["2026-09-01", "2026-09-02"], "", id="the-only-dates-there-are-are-asked-about"),
        pytest.param("Referral", ["yes", "no"], "", id="a-referral-without-a-name"),
        pytest.param("Date rejected", ["2026-09-01", ""], "rejected_on", id="a-day-of-refusal"),
        pytest.param("Salary", ["50000", "60000"], "", id="money"),
        pytest.param("Company size", ["50", "200"], "", id="a-firm-s-size-is-no-firm"),
        pytest.param("Last updated on", ["2026-09-01", "2026-09-02"], "", id="when-the-row-was-edited"),
        pytest.param("Interview notes", ["they use Go", "two rounds"], "", id="notes-on-an-interview-have-no-day"),
    ],
)
def test_words_and_cells_together_say_what_a_column_holds(header: str, cells: list[str], field: str) -> None:
    columns = understand(["Company", header], *(["Acme", cell] for cell in cells))
    assert columns.mapped.get("company") == "Company"
    assert {name for name, read in columns.mapped.items() if read == header} == ({field} if field else set())


def test_an_hour_of_its_own_and_further_rounds_are_found() -> None:
    columns = understand(
        ["Company", "Interview Date", "Time", "Onsite", "Final round on"],
        ["Acme", "2026-09-20", "10:00", "2026-09-24", "2026-09-30"],
        ["Bolt", "2026-09-21", "2pm", "", ""],
    )
    assert columns.mapped == {
        "company": "Company",
        "interview_at": "Interview Date",
        "interview_time": "Time",
        "interview_2": "Final round on",
        "interview_3": "Onsite",
    }


def test_an_organisation_is_the_company_only_where_nobody_says_otherwise() -> None:
    rows = (["Organisation", "Applied on"], ["Acme", "2026-09-01"])
    assert understand(*rows).mapped["company"] == "Organisation"
    assert "company" not in understand(*rows, chosen={"organisation": "Organisation"}).mapped


def test_a_column_that_is_written_into_is_never_read() -> None:
    rows = (("Company", "Next follow-up"), ("Acme", "2026-09-20"))
    table = Table("leads.csv", tuple(Row(i, cells) for i, cells in enumerate(rows, 1)))
    columns = understand_columns(table, chosen={}, vocabulary=VOCABULARY, accepted={}, reserved=["Next follow-up"])
    assert columns.mapped == {"company": "Company"}


def test_the_lexicons_are_not_read_for_headers_that_are_known() -> None:
    load_lexicon.cache_clear()
    understand(list(FIELDS), ["x"] * len(FIELDS))
    understand(["Company", "Role", "Date Applied", "Status", "Notes"], ["Acme", "Dev", "2026-09-01", "sent", ""])
    assert load_lexicon.cache_info().currsize == 0


def test_what_is_not_read_is_said_with_the_line_that_settles_it() -> None:
    columns = understand(["Company", "Date", "Datum"], ["Acme", "1.1.2026", "2.1.2026"])
    assert any('applied_on = "Datum"' in note for note in columns.notes)


def test_a_second_column_for_a_field_is_left_with_a_note() -> None:
    columns = understand(["Company", "Employer", "Status"], ["Acme", "Bolt", "sent"])
    assert columns.mapped["company"] == "Company"
    assert columns.notes == ("column 'Employer' is not read: 'Company' is read as company already",)


def test_every_column_says_what_it_is_and_what_it_may_be() -> None:
    columns = understand(
        ["Company", "", "Date", "Datum", "Salary"], ["Acme", "", "1.1.2026", "2.1.2026", ""], ["Bolt", "", "3.1.2026"]
    )
    company, date, datum, salary = columns.columns
    assert (company.header, company.field, company.ask, company.samples) == (
        "Company",
        "company",
        False,
        ("Acme", "Bolt"),
    )
    assert (date.field, date.ask, date.proposal) == ("", True, "applied_on")
    assert date.proposal != datum.proposal, "no two columns propose one field"
    assert date.choices[0].field == "applied_on"
    assert (salary.field, salary.ask, salary.choices) == ("", False, ())


@pytest.mark.parametrize(
    ("rows", "index"),
    [
        pytest.param([["Company", "Status"]], 0, id="first-row"),
        pytest.param([[], ["", ""], ["Company", "Status"]], 2, id="blank-rows-above"),
        pytest.param([["My job search 2026"], ["Company", "Status"]], 1, id="title-above"),
        pytest.param([["Notes:"], ["An export of yours"], ["Company", "Position", "Status"]], 2, id="notes-above"),
        pytest.param([["Company", "Status"], ["Acme", "sent"], ["Company", "Status"]], 0, id="repeated-later"),
        pytest.param([["Company", "Status"], ["Company", "Status", "Role"]], 1, id="fuller-one-wins"),
    ],
)
def test_the_header_row_is_found(rows: list[list[str]], index: int) -> None:
    assert understand(*rows).header_index == index


def dress(header: str, style: int) -> str:
    return [
        header,
        header.upper(),
        header.lower(),
        f"  {header} ",
        header.replace(" ", "_"),
        header.replace(" ", "-") + ":",
    ][style]


@given(
    case=st.sampled_from(SETS),
    seed=st.integers(0, 10_000),
    styles=st.lists(st.integers(0, 5), min_size=70, max_size=70),
    extra=st.integers(0, 3),
)
def test_order_extra_columns_case_and_punctuation_make_no_difference(
    case: dict[str, Any], seed: int, styles: list[int], extra: int
) -> None:
    headers = case["headers"]
    meanings = [VOCABULARY.headers[form] for header in headers if (form := squeeze(header)) in VOCABULARY.headers]
    if len(set(meanings)) < len(meanings):
        return  # two columns of one meaning: the better known word or the left one is read
    dressed = [dress(header, style) for header, style in zip(headers, styles, strict=False)]
    shuffled = dressed + [f"Unheard of {i}" for i in range(extra)]
    random.Random(seed).shuffle(shuffled)
    origin = {" ".join(new.split()): old for new, old in zip(dressed, headers, strict=True)}
    found = {name: origin[header] for name, header in understand(shuffled).mapped.items()}
    assert found == case["fields"]


@pytest.mark.parametrize(
    "status",
    ["interview 16 Sep 2026 10am", "Applied 2026-09-03", "rejected on 9/3/2026", "Absage am 3. September 2026"],
)
def test_a_status_with_a_date_in_it_is_a_status_also_where_it_is_the_only_one(status: str) -> None:
    """A sheet of one row lost its status: "it holds dates"."""
    assert understand(["Company", "Status"], ["Acme", status]).mapped == {"company": "Company", "status": "Status"}


@pytest.mark.parametrize("status", ["2026-09-03", "16 Sep 2026", "Wed 16 September 2026, 10am"])
def test_a_status_that_holds_nothing_but_dates_is_none(status: str) -> None:
    assert "status" not in understand(["Company", "Status"], ["Acme", status]).mapped


STANDING = ["rejected after final", "hired!", "interview 12/3 10am", "still waiting"]


@pytest.mark.parametrize(
    "header", ["What happened", "Where it stands", "Où j'en suis", "Wie steht's", "Update", "Comments"]
)
def test_statuses_under_a_header_that_says_nothing_are_the_status(header: str) -> None:
    rows = [[f"Firm {n}", "Cook", f"2026-11-{10 + n}", said] for n, said in enumerate(STANDING)]
    assert understand(["Company", "Role", "Applied", header], *rows).mapped["status"] == header


def test_remarks_stay_notes_and_a_status_that_is_named_stays_the_status() -> None:
    remarks = [["Acme", "met Ann at the fair, she knows Bo"], ["Bolt", "rejected my first try in 2019, nice office"]]
    assert understand(["Company", "Notes"], *remarks).mapped.get("notes") == "Notes"
    named = [["Acme", "Applied", "rejected after final"], ["Bolt", "Offer", "hired!"]]
    assert understand(["Company", "Status", "Comments"], *named).mapped["status"] == "Status"


@pytest.mark.parametrize("header", ["Panel interview", "Panel"])
def test_a_round_full_of_days_names_nobody(header: str) -> None:
    rows = [["Acme", "2026-11-24 14:00", "2026-12-01 9:30"], ["Bolt", "2026-11-25 14:00", "2026-12-02 9:30"]]
    mapped = understand(["Company", "Phone screen", header], *rows).mapped
    assert header not in (mapped.get("interviewers"), mapped.get("contact_name"))
    assert header == "Panel" or {"Phone screen", header} <= set(mapped.values())


def test_a_column_of_numbers_to_call_is_no_number_of_the_row() -> None:
    rows = [["Acme", "2026-11-16", "020 7946 0101"], ["Bolt", "2026-11-17", "+44 20 7946 0102"]]
    assert understand(["Company", "Applied", "Number"], *rows).mapped["contact_phone"] == "Number"


@pytest.mark.parametrize("header", ["Country", "Land", "Pays", "País"])
def test_a_plain_country_is_the_contacts_where_every_cell_is_one(header: str) -> None:
    """`Remote` among them says that the column tells where the work is, and nothing of anybody's holidays."""
    head = ["Company", "Role", header]
    columns = understand(head, ["Acme", "Analyst", "Deutschland"], ["Globex", "Clerk", "JP"], ["Initech", "Clerk", ""])
    assert columns.mapped.get("contact_country") == header
    mixed = understand(head, ["Acme", "Analyst", "Deutschland"], ["Globex", "Clerk", "Remote"])
    assert "contact_country" not in mixed.mapped
    assert not mixed.asked


@pytest.mark.parametrize(
    "header",
    [
        "Their last message", "Last message from them", "Their last email", "Their last contact",
        "Last contact from them", "They answered", "Ihre letzte Nachricht", "Letzte Nachricht von ihnen",
    ],
)  # fmt: skip
def test_what_came_from_them_is_not_taken_for_a_message_of_ones_own(header: str) -> None:
    columns = understand(
        ["Company", "Role", "Applied", "Last contact", header], *[["A", "B", "2027-01-04"] + ["2027-01-05"] * 2] * 2
    )
    assert columns.mapped["last_inbound"] == header
    assert columns.mapped["last_outbound"] == "Last contact"


@pytest.mark.parametrize(
    "header", ["Decide by", "They will decide by", "Decision due", "Hear back by", "Entscheidung bis"]
)
@pytest.mark.parametrize("cell", ["2027-01-13", ""])
def test_the_day_by_which_they_decide_is_neither_an_outcome_nor_a_last_day_to_apply(header: str, cell: str) -> None:
    columns = understand(["Company", "Role", "Applied", "Status", header], ["A", "B", "2027-01-04", "Applied", cell])
    assert columns.mapped["they_decide_by"] == header


@pytest.mark.parametrize("header", ["Applied via", "Applied through"])
def test_ways_of_contact_beside_a_source_are_the_channel(header: str) -> None:
    rows = [[f"Firm {number}", "Clerk", "Indeed", way] for number, way in enumerate(("email", "phone", "email"))]
    columns = understand(["Company", "Role", "Source", header], *rows)
    assert (columns.mapped["source"], columns.mapped["channel"]) == ("Source", header)


def test_a_column_of_texts_is_not_said_to_hold_yes_or_no() -> None:
    headers = ["Company", "Role", "Applied", "Completed"]
    answers = understand(headers, ["Acme", "Dev", "2026-11-02", "yes"], ["Bolt", "Dev", "2026-11-03", "no"])
    texts = understand(headers, ["Acme", "Dev", "2026-11-02", "the form"], ["Bolt", "Dev", "2026-11-03", "two tasks"])
    assert answers.unread["Completed"] == "a yes or no that moves no follow-up"
    assert texts.unread["Completed"] == "it says nothing about when to follow up"
