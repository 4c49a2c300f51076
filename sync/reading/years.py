"""The year of a day that was written without one (`11/2`, `9-Nov`): by its neighbours and by today.

- What has happened (applied, answered) is not after today; a plan or an interview is the nearest one to today.
- A year is taken if it puts the day within six months of today or of the dates above and below it in its column, and no
  other year does. A day that is said to have happened and that no year puts there is old whichever year is meant: the
  last one is taken, unless that day is about to come.
- Where that leaves a choice, `[source] year` decides; without it the cell is a problem.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from sync.models import Moment
from sync.moments import named_day
from sync.reading.cells import Fault
from sync.reading.dates import NO_YEAR, Reading, Yearless, complete, read_date
from sync.reading.vocabulary import ROUNDS

NEAR = timedelta(days=183)
SOON = timedelta(days=31)
"""A day so near ahead may be a plan in the wrong column; it is asked about."""
YEARS_BACK = 3
AHEAD = frozenset(
    (
        "interview_at",
        "interview_end",
        "meeting_on",
        "follow_up_on",
        "they_decide_by",
        "they_call_at",
        "travel_on",
        "closes_on",
        "answer_by",
        "snooze_until",
        "promised_on",
        "follow_up_day",
        *ROUNDS,
    )
)
"""Fields whose day may lie ahead."""


class Completed(Struct, frozen=True):
    """A column with its years: the values, and which years were given to how many cells."""

    values: Sequence[Any]
    count: int
    years: tuple[int, ...]


def complete_years(values: Sequence[Any], field: str, reading: Reading, year: int | None) -> Completed:
    """The column with every `Yearless` day completed, or a fault in its place. `year` is what the settings say."""
    found = list(values)
    above = list(_nearest(values))
    below = list(_nearest(values[::-1]))[::-1]
    years: list[int] = []
    for index, value in enumerate(values):
        if isinstance(value, Yearless):
            around = [day for day in (above[index], below[index]) if day is not None]
            found[index] = give_year(value, field, reading, around=around, year=year)
            if isinstance(found[index], date):
                years.append(found[index].year)
    return Completed(found, len(years), tuple(sorted(set(years))))


def give_year(
    day: Yearless, field: str, reading: Reading, *, around: Iterable[date] = (), year: int | None = None
) -> Moment | Fault:
    """The day with its year. `around` are dates beside it whose year is known."""
    chosen = _choose(day, field in AHEAD, reading.today, tuple(around))
    if chosen is None:
        chosen = year
    if chosen is None:
        return NO_YEAR
    found = complete(day, chosen, reading)
    if not isinstance(found, Fault) and day.weekday is not None and found.weekday() != day.weekday:
        return Fault("other_weekday", {"day": f"{found:%Y-%m-%d}"})
    return found


def read_told_day(text: str, field: str, reading: Reading, *, year: int | None) -> Moment | Fault:
    """A day that stands in words, with its year; its fault where it can't be read or has none."""
    found = read_date(text, reading)
    return give_year(found, field, reading, year=year) if isinstance(found, Yearless) else found


def _nearest(values: Sequence[Any]) -> Iterator[date | None]:
    """For each cell the last known date before it."""
    last: date | None = None
    for value in values:
        yield last
        if isinstance(value, date):
            last = named_day(value)


def _choose(day: Yearless, ahead: bool, today: date | None, around: Sequence[date]) -> int | None:
    """The only year that fits, or None."""
    middle = today or (around[0] if around else None)
    if middle is None:
        return None
    years = {*range(middle.year - YEARS_BACK, middle.year + 2)}
    years |= {near.year + shift for near in around for shift in (-1, 0, 1)}
    options = [
        option
        for number in sorted(years)
        if (option := _day(number, day)) and (ahead or today is None or option <= today)
    ]
    by_today = {option for option in options if today and abs(option - today) <= NEAR}
    by_around = [{option for option in options if abs(option - near) <= NEAR} for near in around]
    beside = set.union(*by_around) if by_around else set()
    near = by_today | beside
    if len(near) == 1:
        return near.pop().year
    if near and by_around and len(set.intersection(*by_around)) == 1 and len(around) > 1:
        return set.intersection(*by_around).pop().year
    if near or ahead or today is None or not options:
        return None
    coming = _day(max(options).year + 1, day)
    if coming is not None and coming - today <= SOON:
        return None
    return max(options).year


def _day(year: int, day: Yearless) -> date | None:
    try:
        found = date(year, day.month, day.day)
    except ValueError:
        return None
    return found if day.weekday is None or found.weekday() == day.weekday else None
