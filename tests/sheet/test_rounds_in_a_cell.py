"""Several interviews in one cell: each is a round of its own, with its own confirmation and its own thanks."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from advisor import Seeker, settings_for, when

from sync.advice import load_advice
from sync.models import Leads, Row, Table
from sync.reading.interview_cells import part
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary
from sync.render.leads import facts_of


def read(cell: str, *, header: str = "Interview date", **more: str) -> Leads:
    cells = {"Company": "Acme", "Role": "Clerk", "Date applied": "2027-01-04", header: cell, **more}
    settings = settings_for()
    table = Table("leads.csv", (Row(1, tuple(cells)), Row(2, tuple(cells.values()))))
    words = load_advice(settings).vocabulary
    return read_leads(table, settings=settings, vocabulary=words, memory={}, today=date(2027, 1, 8))


def rounds(leads: Leads) -> list[str]:
    (lead,) = leads.leads
    assert lead.interview_at is not None
    moments = (*(one.at for one in lead.earlier_rounds), lead.interview_at)
    return [f"{at:%m-%d %H:%M}" if isinstance(at, datetime) else f"{at:%m-%d}" for at in moments]


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2027-01-12 10:00; 2027-01-20 14:00", ["01-12 10:00", "01-20 14:00"]),
        ("2027-01-12 10:00\n2027-01-20 14:00", ["01-12 10:00", "01-20 14:00"]),
        ("12 Jan 2027 10:00, 20 Jan 2027 2pm", ["01-12 10:00", "01-20 14:00"]),
        ("Jan 12, 2027 10am and Jan 20, 2027 at 2pm", ["01-12 10:00", "01-20 14:00"]),
        ("12 Jan 2027 10:00 and 20 Jan 2027 14:00", ["01-12 10:00", "01-20 14:00"]),
        ("12 Jan 2027 14:00 and 13th of Jan 2027", ["01-12 14:00", "01-13"]),
        ("12. Januar 2027 10:00 und 20. Januar 2027 14:00", ["01-12 10:00", "01-20 14:00"]),
        ("12 Jan 2027 10:00 to 11:30", ["01-12 10:00"]),
        ("20.01.2027 14:00 / 12.01.2027", ["01-12", "01-20 14:00"]),
        ("12. Januar 2027 und 20. Januar 2027, 14 Uhr", ["01-12", "01-20 14:00"]),
        ("2027-01-12; 2027-01-20; 2027-01-27 9:30", ["01-12", "01-20", "01-27 09:30"]),
        ("phone 12 Jan 2027 10:00, onsite 20 Jan 2027 14:00", ["01-12 10:00", "01-20 14:00"]),
        ("2027-01-12 10:00", ["01-12 10:00"]),
        ("Jan 12, 2027", ["01-12"]),
    ],
)
def test_each_day_of_a_cell_is_a_round(cell: str, found: list[str]) -> None:
    leads = read(cell)
    assert leads.problems == ()
    assert rounds(leads) == found
    assert {one.column for one in leads.leads[0].earlier_rounds} <= {"Interview date"}


@pytest.mark.parametrize(
    "cell",
    [
        "12 Jan 2027 (moved from 10 Jan 2027)",
        "12 Jan 2027 - 14 Jan 2027",
        "2027-01-12; 31 Feb 2027",
        "; ".join(f"2027-01-{day}" for day in range(10, 24)),
    ],
)
def test_what_cannot_be_told_apart_is_named_and_moves_nothing(cell: str) -> None:
    leads = read(cell)
    assert [problem.column for problem in leads.problems] == ["Interview date"]
    assert "interview_at" in leads.leads[0].unreadable


def test_a_slot_ends_its_own_round_and_not_the_next() -> None:
    (lead,) = read("2027-01-12 10:00-12:00; 2027-01-20 14:00").leads
    assert lead.interview_end is None


def test_a_column_for_the_second_interview_may_stand_beside_it() -> None:
    leads = read("2027-01-12 10:00; 2027-01-20 14:00", header="interview_at", interview_2="2027-01-27 9:30")
    assert rounds(leads) == ["01-12 10:00", "01-20 14:00", "01-27 09:30"]


def test_several_in_the_column_of_one_round_are_rounds_too() -> None:
    leads = read("", header="Onsite", **{"Phone screen": "12 Jan 2027 10:00; 20 Jan 2027 14:00"})
    assert leads.problems == ()
    assert rounds(leads) == ["01-12 10:00", "01-20 14:00"]
    leads = read("2027-01-27 9:30", header="Onsite", **{"Phone screen": "2027-01-12 10:00; 2027-01-20 14:00"})
    assert rounds(leads) == ["01-12 10:00", "01-20 14:00", "01-27 09:30"]


def test_every_round_is_shown_in_what_was_understood() -> None:
    (lead,) = read("2027-01-12 10:00; 2027-01-20", Status="interview").leads
    assert facts_of(lead).endswith("interview Tue 12 Jan 2027 10:00, Wed 20 Jan 2027")


def test_each_round_is_confirmed_and_thanked_for() -> None:
    seeker = Seeker()
    (lead,) = read("2027-01-12 10:00; 2027-01-20 14:00", Status="interview").leads
    seeker.run("2027-01-08 08:00", lead)
    assert [touch.start for touch in seeker.all("R-001-2")] == [when("2027-01-11 09:00"), when("2027-01-19 09:00")]
    assert [touch.start for touch in seeker.all("R-001-4")] == [when("2027-01-12 12:00"), when("2027-01-20 16:00")]


@pytest.mark.parametrize(
    "cell",
    [
        "January 12, 2027 → January 14, 2027",
        "2027-01-12 → 2027-01-14",
        "12.01.2027 -> 14.01.2027",
        "12 janvier 2027 → 14 janvier 2027",
    ],
)
def test_from_one_day_to_another_is_one_interview_that_lasts(cell: str) -> None:
    """A Notion range was two rounds: two thank-yous to one person within a quarter of an hour."""
    leads = read(cell, Status="interview")
    assert (leads.problems, rounds(leads)) == ((), ["01-12"])
    assert leads.leads[0].interview_end == date(2027, 1, 14)
    seeker = Seeker()
    seeker.run("2027-01-08 08:00", leads.leads)
    assert [touch.start for touch in seeker.all("R-001-4")] == [when("2027-01-14 18:00")]


def test_a_range_of_hours_and_days_ends_when_it_says() -> None:
    (lead,) = read("January 12, 2027 10:00 AM → January 14, 2027 3:00 PM").leads
    assert lead.interview_end is not None
    assert (lead.interview_at, lead.interview_end) == (when("2027-01-12 10:00"), when("2027-01-14 15:00"))


def test_an_arrow_between_what_is_named_parts_rounds() -> None:
    assert rounds(read("phone 12 Jan 2027 10:00 → onsite 20 Jan 2027 14:00")) == ["01-12 10:00", "01-20 14:00"]


def test_a_second_day_written_behind_the_first_leaves_the_first_as_it_was() -> None:
    seeker = Seeker()
    seeker.run("2027-01-08 08:00", read("2027-01-12 10:00", Status="interview").leads)
    first = seeker.find("R-001-4").uid
    seeker.run("2027-01-13 08:00", read("2027-01-12 10:00; 2027-01-20 14:00", Status="interview").leads)
    thanks = {touch.uid: touch.start for touch in seeker.all("R-001-4")}
    assert first in thanks
    assert max(thanks.values()) == when("2027-01-20 16:00")


@pytest.mark.parametrize("text", ["", "x" * 5000, "; ; ;", "and and", "12/3," * 300, "ß" * 40 + " 12/3; 12/10"])
def test_any_text_is_parted_or_left(text: str) -> None:
    assert part(text, load_vocabulary().months)
