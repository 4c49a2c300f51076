""" "No work till after Christmas", "on hold until January": who says until when has not said no."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import TEXT, Seeker, a_row

from connectors.memory import MemoryState
from sync.config import parse_settings
from sync.models import Lead, Stage


def lead_of(status: str, applied_on: str = "2026-11-16", **cells: str) -> Lead:
    """Read on Friday 27 November."""
    settings = parse_settings(
        TEXT.format(more="", target="").replace('"leads.csv"\n', '"leads.csv"\ndate_order = "dmy"\n')
    )
    rows = [a_row("Alder", applied_on, status=status, **cells), a_row("Birch", "2026-11-20")]
    seeker = Seeker(rows, settings=settings, now=datetime(2026, 11, 27, 9, tzinfo=ZONE), store=MemoryState())
    return next(lead for lead in seeker.run().leads.leads if lead.company == "Alder")


WAITS = [
    "no work till after xmas",
    "work pauses",
    "work pauses until January",
    "on hold until January",
    "not hiring before spring",
    "no openings until February",
    "closed till after new year",
    "keine Arbeit bis nach Weihnachten",
    "vor Januar keine Einstellungen",
    "bis Januar auf Eis",
    "pas d'embauche avant janvier",
    "en pause jusqu'en janvier",
    "no contratan hasta enero",
    "sin trabajo hasta después de navidad",
    "non assumono fino a gennaio",
    "chiusi fino a gennaio",
    "geen werk tot na kerst",
    "gesloten tot januari",
    "nie ma pracy do stycznia",
    "rekrutacja wstrzymana do stycznia",
    "não contratam até janeiro",
    "fechado até janeiro",
]


@pytest.mark.parametrize("text", WAITS)
def test_what_is_so_until_a_time_is_a_wait_and_no_end(text: str) -> None:
    assert (lead_of(text).stage, lead_of(text).stage_known) == (Stage.ON_HOLD, True)


@pytest.mark.parametrize("text", WAITS)
@pytest.mark.parametrize("column", ["notes", "next_step"])
@pytest.mark.parametrize("status", ["sent", "in touch", ""])
def test_a_note_or_a_next_step_that_says_so_makes_the_row_wait(text: str, column: str, status: str) -> None:
    assert lead_of(status, **{column: text}).stage is Stage.ON_HOLD


@pytest.mark.parametrize("text", ["no work until 4/1", "Betriebsferien bis 4.1.", "fermé jusqu'au 4 janvier"])
def test_where_the_time_is_a_day_they_are_asked_on_it(text: str) -> None:
    assert lead_of(text).follow_up_on == date(2027, 1, 4)
    lead = lead_of("in touch", notes=text)
    assert (lead.stage, lead.follow_up_on) == (Stage.IN_TOUCH, date(2027, 1, 4))


@pytest.mark.parametrize("status", ["no work", "not hiring", "not hiring since January", "rejected before xmas"])
def test_without_a_time_until_which_it_is_so_a_no_stays_one(status: str) -> None:
    assert lead_of(status).stage is Stage.REJECTED


@pytest.mark.parametrize(
    "notes",
    ["was on hold in summer", "used to be on hold until October", "no longer on hold", "put me on hold on the phone"],
)
def test_a_note_of_what_was_or_of_something_else_leaves_the_row_as_it_is(notes: str) -> None:
    assert lead_of("sent", notes=notes).stage is Stage.SENT


def test_a_note_puts_off_no_interview() -> None:
    lead = lead_of("interview", interview_at="2026-12-02 14:00", notes="no work till after xmas")
    assert lead.stage is Stage.INTERVIEW


def test_a_note_about_a_month_that_has_passed_holds_nobody_back() -> None:
    assert lead_of("sent", notes="on hold until October").stage is Stage.SENT
    assert lead_of("sent", notes="on hold until February").stage is Stage.ON_HOLD


def test_the_day_of_the_application_stays_that_of_a_row_that_waits() -> None:
    lead = lead_of("applied 20/11", applied_on="", notes="on hold until January")
    assert (lead.stage, lead.applied_on) == (Stage.ON_HOLD, date(2026, 11, 20))


def test_nothing_before_an_interview_says_no_time() -> None:
    assert lead_of("nothing before interview").stage is not Stage.ON_HOLD
