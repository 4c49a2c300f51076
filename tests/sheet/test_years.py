"""Days without a year: nearest to today and to the dates beside, never in silence, never two ways."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from sync.reading.cells import Fault
from sync.reading.dates import Reading, Yearless, read_date
from sync.reading.vocabulary import load_vocabulary
from sync.reading.years import complete_years, give_year

TODAY = date(2026, 11, 25)
READING = Reading("mdy", ZoneInfo("America/New_York"), load_vocabulary().months, today=TODAY)


@pytest.mark.parametrize("text", ["11/2", "Nov 2", "2-Nov", "Nov 2nd", "11月2日", "11월 2일"])
def test_forms_without_a_year(text: str) -> None:
    found = read_date(text, READING)
    assert isinstance(found, Yearless)
    assert (found.month, found.day) == (11, 2)


@pytest.mark.parametrize(
    ("month", "day", "field", "expected"),
    [
        pytest.param(11, 2, "applied_on", date(2026, 11, 2), id="what has happened is not after today"),
        pytest.param(3, 4, "applied_on", date(2026, 3, 4), id="old whichever year is meant"),
        pytest.param(12, 3, "applied_on", None, id="about to come: a plan in the wrong column?"),
        pytest.param(12, 3, "interview_at", date(2026, 12, 3), id="an interview ahead"),
        pytest.param(11, 19, "interview_at", date(2026, 11, 19), id="an interview held"),
        pytest.param(2, 1, "follow_up_on", date(2027, 2, 1), id="a plan over the new year"),
        pytest.param(2, 29, "follow_up_on", None, id="a day that no near year has"),
    ],
)
def test_by_today(month: int, day: int, field: str, expected: date | None) -> None:
    found = give_year(Yearless(month, day), field, READING)
    assert isinstance(found, Fault) if expected is None else found == expected


def test_by_neighbours_in_an_old_sheet() -> None:
    values = (date(2024, 10, 30), Yearless(11, 2), date(2024, 11, 5), None)
    completed = complete_years(values, "applied_on", READING, None)
    assert completed.values[1] == date(2024, 11, 2)
    assert (completed.count, completed.years) == (1, (2024,))


def test_neighbours_of_long_ago_count_too() -> None:
    values = (date(2019, 7, 1), Yearless(7, 8), date(2019, 8, 6))
    assert complete_years(values, "applied_on", READING, None).values[1] == date(2019, 7, 8)
    assert isinstance(complete_years(values[1:], "applied_on", READING, None).values[0], Fault)


def test_neighbours_that_disagree_with_today_leave_it_to_the_settings() -> None:
    values = (date(2024, 10, 30), Yearless(11, 2))
    assert isinstance(complete_years(values, "applied_on", READING, None).values[1], Fault)
    assert complete_years(values, "applied_on", READING, 2026).values[1] == date(2026, 11, 2)


def test_a_weekday_tells_the_year_and_must_fit() -> None:
    assert give_year(Yearless(11, 1, weekday=2), "applied_on", READING) == date(2023, 11, 1)
    assert isinstance(give_year(Yearless(11, 20, weekday=0), "interview_at", READING), Fault)
