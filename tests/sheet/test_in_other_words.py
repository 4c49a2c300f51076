"""What people say of a lead in a cell that was meant for something else: read as they mean it, or named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from runner import Seeker, a_row

from sync.config import parse_settings
from sync.models import CellValue, Leads, Person, Row, Stage, Table
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

NEW_YORK = ZoneInfo("America/New_York")
NAMES = ("Tern", "Heron", "Wren")
TODAY = date(2026, 11, 25)


def read(*rows: list[CellValue], order: str = "auto") -> Leads:
    settings = parse_settings(
        f"""
        timezone = "America/New_York"
        source = {{type = "csv", path = "leads.csv", date_order = "{order}"}}
        target = {{type = "ics", path = "out.ics"}}
        """
    )
    table = Table("leads.csv", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
    return read_leads(table, settings=settings, vocabulary=load_vocabulary(), memory={}, today=TODAY)


def named(cells: list[str]) -> list[list[CellValue]]:
    return [[name, cell] for name, cell in zip(NAMES, cells, strict=False)]


@pytest.mark.parametrize(
    ("cell", "facts"),
    [
        ("call Kim 11/30", {"follow_up_on": date(2026, 11, 30), "follow_up_channel": "phone"}),
        ("ring her 11/30 2pm", {"follow_up_on": date(2026, 11, 30), "follow_up_channel": "phone"}),
        ("email Kim 11/30", {"follow_up_on": date(2026, 11, 30), "follow_up_channel": "email"}),
        ("don't call before 12/8", {"follow_up_on": date(2026, 12, 8)}),
        ("11/30 moved to 12/2", {"follow_up_on": date(2026, 12, 2)}),
        ("emailed Kim 11/20", {"last_outbound": date(2026, 11, 20), "follow_up_on": None}),
        ("cancelled 11/30", {"follow_up_on": None}),
        ("no follow up 11/30", {"follow_up_on": None}),
        ("interview with Kim 12/3 10am", {"interview_at": datetime(2026, 12, 3, 10, tzinfo=NEW_YORK)}),
    ],
)
@pytest.mark.parametrize("others", [["11/27/2026", "12/4/2026"], ["call Jo 11/27", "ring Al 12/4"]])
def test_a_follow_up_in_words_is_one_on_its_day(cell: str, facts: dict[str, Any], others: list[str]) -> None:
    rows: list[list[CellValue]] = [[f"Firm {place}", "10/13/2026", text] for place, text in enumerate((cell, *others))]
    leads = read(["Company", "Applied", "Follow up"], *rows)
    assert not leads.problems
    assert {name: getattr(leads.leads[0], name) for name in facts} == facts
    assert leads.leads[1].follow_up_on == date(2026, 11, 27)


def test_a_relance_in_words_was_made_or_is_planned() -> None:
    leads = read(
        ["Entreprise", "Envoyé", "Relance"],
        ["Saulaie", "03/11/2026", "relancé par mail le 18/11"],
        ["Tremble", "03/11/2026", "à relancer"],
        ["Frêne", "13/11/2026", "relancer le 2/12"],
    )
    assert [lead.last_outbound for lead in leads.leads] == [date(2026, 11, 18), None, None]
    assert [lead.follow_up_on for lead in leads.leads] == [None, None, date(2026, 12, 2)]
    assert not leads.problems


def test_a_call_that_is_planned_is_a_call() -> None:
    seeker = Seeker([a_row("Acme", "2026-12-14", next_step="call Kim 1/20")])
    assert [touch.channel for touch in seeker.run().plan.schedule if touch.rule == "sheet"] == ["phone"]


def test_who_was_only_rung_is_followed_up_from_that_day() -> None:
    leads = read(["Shop", "rang on"], ["Tern", "11/10"], ["Heron", "11/13"])
    assert [lead.applied_on for lead in leads.leads] == [date(2026, 11, 10), date(2026, 11, 13)]
    assert leads.leads[0].columns["applied_on"] == "rang on"


def test_a_day_of_an_application_that_is_missing_stays_missing() -> None:
    leads = read(["Shop", "Applied", "rang on"], ["Tern", "11/10", "11/12"], ["Heron", "", "11/13"])
    assert leads.leads[1].applied_on is None


@pytest.mark.parametrize("word", ["interested", "Interessiert", "intéressé", "interesada", "感兴趣"])
def test_who_was_written_to_and_is_interested_is_in_touch(word: str) -> None:
    leads = read(
        ["Business", "Contact", "Last contact", "Status"],
        ["Tern", "Kim", "2026-11-10", word],
        ["Heron", "Jo", "", word],
    )
    assert [lead.stage for lead in leads.leads] == [Stage.IN_TOUCH, Stage.IDEA]


def test_a_posting_that_interests_the_seeker_is_an_idea() -> None:
    leads = read(["Company", "Date", "Status"], ["Tern", "2026-11-10", "Interested"], ["Elm", "2026-11-11", "Applied"])
    assert leads.leads[0].stage is Stage.IDEA


def test_a_column_of_phones_with_names_and_mails_says_who_it_is() -> None:
    leads = read(
        ["Company", "Applied", "Phone"],
        ["Tern", "2026-11-10", "Kim Bell 555-201-3344"],
        ["Heron", "2026-11-11", "jo@heron.example"],
        ["Wren", "2026-11-12", "Ron"],
        ["Rook", "2026-11-12", "front desk"],
    )
    people = [Person("Kim Bell", phone="555-201-3344"), Person(email="jo@heron.example"), Person("Ron"), Person()]
    assert [lead.contact for lead in leads.leads] == people
    assert not leads.problems


def test_a_column_of_phones_without_a_number_is_the_contact() -> None:
    leads = read(
        ["Company", "Applied", "Phone"],
        ["Tern", "2026-11-10", "Kim Bell"],
        ["Heron", "2026-11-11", "Jo Ray"],
        ["Wren", "2026-11-12", "jo@wren.example"],
    )
    assert leads.mapped["contact_name"] == "Phone"
    assert not any("is not read" in note.reason for note in leads.notes)


@pytest.mark.parametrize("cells", [["26-11-18", "26-10-18"], ["26/11/18", "26/11/20"], ["26-11-25", "26-11-24"]])
def test_days_that_begin_with_two_figures_of_their_year_are_read_so_and_it_is_said(cells: list[str]) -> None:
    leads = read(["Company", "Applied"], *named(cells))
    assert [f"{lead.applied_on:%y-%m-%d}" for lead in leads.leads] == [cell.replace("/", "-") for cell in cells]
    assert any('date_order = "ymd"' in note.reason for note in leads.notes)


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["18-11-26", "25-11-26"], date(2026, 11, 18)),
        (["26-11-25", "28-11-25"], date(2025, 11, 26)),
        (["25/11/26", "24/11/26"], date(2026, 11, 25)),
    ],
)
def test_days_that_end_with_their_year_stay_so(cells: list[str], first: date) -> None:
    leads = read(["Company", "Applied"], *named(cells))
    assert leads.leads[0].applied_on == first


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("12/3 9-3", 9, 15), ("12/3 11-2", 11, 14), ("12/3 2-3", 14, 15), ("Dec 3, 9-3", 9, 15),
        ("12/3 (9 - 3)", 9, 15), ("12/3 9-3 with Kim Bell", 9, 15),
    ],
)  # fmt: skip
def test_bare_hours_behind_a_day_are_a_slot(cell: str, start: int, end: int) -> None:
    leads = read(["Company", "Interview date"], ["Tern", cell], order="mdy")
    lead = leads.leads[0]
    assert lead.interview_at == datetime(2026, 12, 3, start, tzinfo=NEW_YORK)
    assert lead.interview_end == datetime(2026, 12, 3, end, tzinfo=NEW_YORK)


@pytest.mark.parametrize("cell", ["12-3 9-3", "12/3 3-2"])
def test_two_numbers_that_may_be_a_second_day_are_named(cell: str) -> None:
    assert read(["Company", "Interview date"], ["Tern", cell], order="mdy").problems


@pytest.mark.parametrize(
    "status",
    [
        "appel de la RH ce matin", "got a call from HR", "missed call from recruiter",
        "Anruf von der Personalabteilung", "llamada de RRHH", "telefoon van HR", "звонок от HR", "HR called",
    ],
)  # fmt: skip
def test_who_called_has_answered_and_interviewed_nobody(status: str) -> None:
    assert read(["Company", "Applied", "Status"], ["Tern", "2026-11-10", status]).leads[0].stage is Stage.IN_TOUCH


@pytest.mark.parametrize(
    "text", ["responder até 01/12", "antworten bis 1.12.", "respond by 12/1", "répondre avant le 1/12"]
)
def test_what_is_to_be_answered_by_a_day_is_not_asked_about(text: str) -> None:
    order = "12/1" if "12/1" in text else "1/12"
    days = ["13/10/2026", "14/10/2026"] if order == "1/12" else ["10/13/2026", "10/14/2026"]
    leads = read(["Company", "Applied", "Status"], ["Tern", days[0], text], ["Heron", days[1], "sent"])
    assert (leads.leads[0].stage, leads.leads[0].answer_by) == (Stage.OFFER, date(2026, 12, 1))


@pytest.mark.parametrize("word", ["jan", "after the holidays", "thanksgiving wk no"])
def test_nobody_is_asked_before_a_day_of_ones_own_that_cannot_be_read(word: str) -> None:
    """ "Call in January" is no leave to write in December: the cell is named, and the ladder waits for it."""
    ours = a_row("Acme", "2026-12-14", follow_up_on=word)
    plan = Seeker([ours, a_row("Globex", "2026-12-14", follow_up_on="2027-01-20")]).run().plan
    assert not [touch for touch in plan.schedule if touch.summary.startswith("Acme")]
    assert [problem.value for problem in plan.problems] == [word]
