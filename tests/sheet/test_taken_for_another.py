"""Columns that were taken for another one, each with a made-up twin: a day, a person, a firm, a yes or no, a round."""

from __future__ import annotations

import pytest

from sync.models import Asking, CellValue, Row, Stage, Table
from sync.reading.columns import Columns, understand_columns
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
WORDS = StageWords({}, VOCABULARY)


def understand(*rows: list[CellValue]) -> Columns:
    table = Table("leads.csv", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
    return understand_columns(table, chosen={}, vocabulary=VOCABULARY, accepted={})


def field_of(header: str, *rows: list[CellValue]) -> str:
    """What the column is read as; `ask` where it is asked about, empty where it is left."""
    column = next(column for column in understand(*rows).columns if column.header == header)
    return "ask" if column.ask else column.field


# --- days


def test_a_day_in_a_list_of_addresses_is_of_anything_and_is_asked_about() -> None:
    rows: list[list[CellValue]] = [
        ["2026-11-03", "Eiche", "a@eiche.example"],
        ["2026-11-04", "Linde", "b@linde.example"],
    ]
    assert field_of("Ausgestellt", ["Ausgestellt", "Firma", "E-Mail"], *rows) == "ask"
    assert field_of("Dokument_Datum", ["Dokument_Datum", "Firma", "E-Mail"], *rows) == "ask"
    assert (
        field_of(
            "Ausgestellt",
            ["Ausgestellt", "Firma", "Stelle"],
            ["2026-11-03", "Eiche", "Koch"],
            ["2026-11-04", "Linde", "Koch"],
        )
        == "ask"
    )


def test_the_last_time_of_something_is_no_application() -> None:
    assert field_of(
        "마지막 미팅",
        ["회사", "직무", "마지막 미팅", "상태"],
        ["한빛", "개발자", "2026-11-03", "준비 중"],
        ["두리", "기획", "2026-11-05", "서류 합격"],
    ) == "ask"  # fmt: skip


@pytest.mark.parametrize(("kind", "day"), [("面接タイプ", "日時"), ("面接種別", "実施日")])
def test_a_bare_day_behind_the_kind_of_an_interview_is_that_interview(kind: str, day: str) -> None:
    found = understand(
        ["企業名", kind, day], ["青葉商事", "一次", "2026-12-03 10:00"], ["若葉工業", "二次", "2026-12-05 13:00"]
    )
    assert found.mapped == {"company": "企業名", "interview_at": day}


def test_a_number_under_application_is_no_day() -> None:
    heads: list[CellValue] = ["Application", "Company", "Role", "Date", "Status"]
    rows: list[list[CellValue]] = [
        ["A-014", "Fernhill", "Nurse", "2026-11-03", "sent"],
        ["A-015", "Oakdale", "Nurse", "2026-11-04", "sent"],
    ]
    assert understand(heads, *rows).mapped["applied_on"] == "Date"
    assert understand(heads).mapped["applied_on"] == "Date"
    assert understand(["Application", "Company", "Role"]).mapped["applied_on"] == "Application"


def test_due_is_the_day_of_the_step_before_it_and_else_the_last_day() -> None:
    row: list[CellValue] = ["Ash", "2026-11-03", "call Jo", "2026-12-03"]
    found = understand(["Company", "Date applied", "Next action", "Due"], row).mapped
    assert (found["follow_up_on"], found["next_step"]) == ("Due", "Next action")
    assert field_of("Due", ["Company", "Role", "Due"], ["Ash", "Cook", "2026-12-03"]) == "closes_on"


# --- people


def test_an_empty_contact_does_not_stand_before_one_with_names() -> None:
    found = understand(
        ["Bedrift", "Kontaktperson (rolle)", "Kontakt 1", "Dato sendt"],
        ["Selje AS", "Ola Berg", "-", "2026-11-03"],
        ["Furu AS", "Kari Lund", "-", "2026-11-05"],
    )
    assert found.mapped["contact_name"] == "Kontaktperson (rolle)"


def test_the_other_contact_stands_behind_the_first_with_name_and_address() -> None:
    found = understand(
        ["Company", "Other contact name", "Other contact email", "HR contact name", "HR contact email", "Applied"],
        ["Ash", "Jo Park", "jo@ash.example", "Kim Vale", "kim@ash.example", "2026-11-03"],
    )
    assert found.mapped["contact_name"] == "HR contact name"
    assert found.mapped.get("contact_email") in (None, "HR contact email")


def test_a_recruiter_stands_before_a_bare_contact_that_may_be_a_number() -> None:
    assert understand(["Empresa", "Contato", "Recrutador"]).mapped["contact_name"] == "Recrutador"
    found = understand(["Empresa", "Contato", "Recrutador"], ["Ipê", "(11) 95555-0101", "Renata"]).mapped
    assert (found["contact_name"], found["contact_phone"]) == ("Recrutador", "Contato")
    assert understand(["Bedrift", "Ny kontakt", "Kontaktperson"]).mapped["contact_name"] == "Kontaktperson"


@pytest.mark.parametrize("header", ["Owner", "负责人", "Ответственный"])
def test_who_looks_after_a_row_is_asked_about_and_no_contact(header: str) -> None:
    rows: list[list[CellValue]] = [["Ash", "Jo Park", "2026-11-03"], ["Elm", "Jo Park", "2026-11-04"]]
    assert field_of(header, ["Company", header, "Applied"], *rows) == "ask"
    assert field_of(header, ["Company", header, "Applied"]) == ""


def test_the_first_contact_is_a_day_or_somebody_as_its_cells_say_and_a_hot_lead_a_yes_or_no() -> None:
    heads: list[CellValue] = ["Company", "First contact", "Hot lead"]
    assert (
        understand(heads, ["Ash", "2026-11-03", "yes"], ["Elm", "2026-11-04", "no"]).mapped["last_outbound"]
        == "First contact"
    )
    assert understand(heads, ["Ash", "Jo Park", ""], ["Elm", "Kim Vale", ""]).mapped["contact_name"] == "First contact"
    assert "contact_name" not in understand(heads).mapped


def test_in_a_list_of_people_a_name_is_not_the_firm() -> None:
    heads: list[CellValue] = ["Namn", "Telefon", "Status", "Senaste kontakt"]
    row: list[CellValue] = ["Ida Ek", "070-555 01 01", "offert", "2026-11-03"]
    column = understand(heads, row).columns[0]
    assert (column.ask, column.proposal) == (True, "contact_name")
    assert understand(heads).columns[0].reason == "it is empty; once it is not, it may be contact_name"
    assert field_of("Name", ["Name", "Status", "Date"], ["Ash Ltd", "applied", "2026-11-03"]) == "company"


def test_beside_a_contact_the_name_is_the_firm() -> None:
    heads: list[CellValue] = ["Nazwa", "Telefon", "Osoba kontaktowa", "Ostatni kontakt"]
    assert understand(heads).mapped["company"] == "Nazwa"


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["555-010-2299", "Jo Park 555-010-2291"], "contact_phone"),
        (["jo@ash.example", "Kim Vale, kim@elm.example"], "contact_email"),
        (["Jo Park", "Kim Vale"], "contact_name"),
    ],
)
def test_contact_details_are_what_their_cells_say(cells: list[str], field: str) -> None:
    for header in ("Contact info", "Kontaktdaten", "Kontaktinfo"):
        assert field_of(header, ["Company", header], ["Ash", cells[0]], ["Elm", cells[1]]) == field


# --- yes and no, rounds, channels, notes


def test_a_header_that_asks_is_a_day_only_where_days_stand_below() -> None:
    heads: list[CellValue] = ["Company", "Date applied", "Follow up?", "Followed up"]
    assert understand(heads).mapped == {"company": "Company", "applied_on": "Date applied"}
    assert understand(heads, ["Ash", "2026-11-03", "yes", "no"]).mapped == {
        "company": "Company",
        "applied_on": "Date applied",
    }
    found = understand(heads, ["Ash", "2026-11-03", "2026-12-03", "2026-11-20"]).mapped
    assert (found["follow_up_on"], found["last_outbound"]) == ("Follow up?", "Followed up")


def test_numbered_rounds_are_read_while_they_are_empty_and_others_wait() -> None:
    found = understand(["Bedrift", "Søknadsdato", "Intervju 1", "Intervju 2"]).mapped
    assert (found["interview_at"], found["interview_2"]) == ("Intervju 1", "Intervju 2")
    column = understand(["Firma", "Beworben am", "Gespräch"], ["Eiche", "2026-11-03", ""]).columns[2]
    assert (column.field, column.ask) == ("", False)
    assert column.reason == "it is empty; once it is not, it may be interview_at"


def test_by_which_way_in_spanish_is_no_agency() -> None:
    found = understand(
        ["Empresa", "Fecha contacto", "Vía"], ["Roble", "2026-11-03", "email"], ["Olmo", "2026-11-04", "teléfono"]
    )
    assert found.mapped["channel"] == "Vía"


def test_one_note_that_sounds_like_an_answer_is_no_status() -> None:
    heads: list[CellValue] = ["Unternehmen", "Letzter Kontakt", "Notizen"]
    assert understand(heads, ["Eiche", "2026-11-03", "War sehr interessiert"]).mapped["notes"] == "Notizen"
    assert understand(heads, ["Eiche", "2026-11-03", "Absage"]).mapped["status"] == "Notizen"


def test_a_link_to_the_posting_and_a_project_are_what_they_say() -> None:
    assert understand(["Empresa", "Enlace a la publicación"]).mapped["url"] == "Enlace a la publicación"
    assert understand(["Virksomhed", "Projektnavn", "Medlemsstatus"]).mapped == {
        "company": "Virksomhed", "role": "Projektnavn", "status": "Medlemsstatus"
    }  # fmt: skip


# --- statuses


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("Inbox", Stage.IDEA), ("Bearbeitung", Stage.SENT), ("Touch 2 sent", Stage.SENT),
        ("Outreach verstuurd", Stage.SENT),
        ("Outreach sent", Stage.SENT), ("Vurderet", Stage.IDEA), ("vurdert", Stage.IDEA), ("Fravalgt", Stage.WITHDRAWN),
        ("jeg er blevet fravalgt", Stage.REJECTED), ("erfolgreich beworben", Stage.SENT),
        ("leider nicht erfolgreich", Stage.REJECTED), ("Gespräch war erfolgreich", Stage.INTERVIEW),
        ("提出済", Stage.SENT), ("未提出", Stage.IDEA), ("Archiviert", Stage.WITHDRAWN),
    ],
)  # fmt: skip
def test_a_clear_word_is_not_asked_about(status: str, stage: Stage) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (stage, True)


@pytest.mark.parametrize("status", ["À relancer", "Relance à faire", "Needs a follow-up"])
def test_what_is_to_be_chased_was_sent_where_it_has_a_day(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled, phrase.waits_for_day) == (Stage.SENT, True, True)


@pytest.mark.parametrize(("status", "guess"), [("Archiv", Stage.REJECTED), ("Erfolgreich", Stage.ACCEPTED)])
def test_an_end_of_which_too_little_is_said_is_asked_about_and_asks_nobody(status: str, guess: Stage) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled, phrase.asking) == (guess, False, Asking.NONE)


def test_a_second_column_of_numbers_is_no_interview() -> None:
    rows: list[list[CellValue]] = [["Eiche", "14", "0170 5550101"], ["Linde", "27", "0170 5550102"]]
    assert understand(["Firma", "Durchwahl", "Mobil"], *rows).mapped == {"company": "Firma", "contact_phone": "Mobil"}


def test_a_name_far_from_the_first_name_may_be_the_title_of_the_lead_and_is_asked_about() -> None:
    heads: list[CellValue] = ["First name", "Company", "Name"]
    rows: list[list[CellValue]] = [["Kim", "Fernhill", "Renewal 2027"], ["Jo", "Oakside", "New kitchen"]]
    assert field_of("Name", heads, *rows) == "ask"
    assert (
        understand(["Company", "First name", "Name"], ["Fernhill", "Kim", "Ray"]).mapped["contact_last_name"] == "Name"
    )
