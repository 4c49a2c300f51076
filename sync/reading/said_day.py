"""One day as it is named from where its writer stood, and the date it is from the day of writing.

| the words | the day, from the one on which they were written |
| --- | --- |
| Tuesday, by Tuesday, this Tuesday | the first one after it; on a Tuesday nobody knows which is meant |
| next Tuesday | the first one after it, where that is in the next week or a week away; else nobody knows |
| Tuesday next week | the one of the next week |
| tomorrow, in 3 days, within two weeks | so many days later, working days where they are called so |
| till the 30th | the first such day of a month after it |
| end of the week, end of the month | its Friday, its last day; on that day or behind it nobody knows |
| yesterday, 3 days ago | so many days before |
| last Tuesday | the last one before it, where that was in the week before; else nobody knows |
| next week, this week, week 50, mid December, next month | nobody knows |

"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

LONGEST = timedelta(days=93)
"""Further away nobody counts by days and weeks."""


class SaidDay(Struct, frozen=True):
    """A day in a text, from `start` to `end`: a weekday, so many days later, or a day of a month.

    `ahead`: the words themselves tell that it comes; `back`: that it has passed, as a negative number of days does.
    `next` and `last` stand before a weekday, `next_week` and `last_week` say of which week it is. `last_day`: something
    is due up to it.
    """

    start: int
    end: int
    weekday: int | None = None
    days: int | None = None
    working: bool = False
    of_month: int | None = None
    month_end: bool = False
    next: bool = False
    next_week: bool = False
    last: bool = False
    last_week: bool = False
    ahead: bool = False
    back: bool = False
    last_day: bool = False
    week: int | None = None
    """Of the year: "KW 50"."""
    month: int | None = None
    part: int = 0
    """Of a month only a part is named: the day that stands for it."""
    next_month: bool = False
    """The month is the one after that of writing."""

    @property
    def is_past(self) -> bool:
        """Whether the words themselves tell that it has passed."""
        return self.back or (self.days is not None and self.days < 0)

    @property
    def is_week(self) -> bool:
        """Whether only a week is named."""
        named = self.weekday is None and self.days is None and self.of_month is None
        return named and not self.month_end and not self.is_month

    @property
    def is_month(self) -> bool:
        """Whether only a month is named, or a part of one."""
        return self.month is not None or self.next_month

    def day_from(self, written: date) -> date | None:
        """The day that is meant where it was written on this one; None where nobody knows."""
        if self.days is not None:
            return _working_days_after(written, self.days) if self.working else written + timedelta(days=self.days)
        if self.of_month is not None:
            return next((day for day in _after(written) if day.day == self.of_month), None)
        if self.month_end:
            last = next(day for day in _after(written) if (day + timedelta(days=1)).day == 1)
            return None if last.month != written.month else last
        return None if self.weekday is None else self._weekday_from(written, self.weekday)

    def _weekday_from(self, written: date, weekday: int) -> date | None:
        if self.next_week or self.last_week:
            monday = _next_monday(written) - timedelta(days=14 if self.last_week else 0)
            return monday + timedelta(days=weekday)
        if self.back:
            before = written - timedelta(days=(written.weekday() - weekday) % 7 or 7)
            return None if self.last and before >= _next_monday(written) - timedelta(days=7) else before
        if self.last_day and weekday <= written.weekday() and not self.next:
            return None  # the end of this week has come
        if weekday == written.weekday():
            return written + timedelta(days=7) if self.next else None
        first = next(day for day in _after(written) if day.weekday() == weekday)
        return None if self.next and first < _next_monday(written) else first

    def day_within(self, first: date, last: date) -> date | None:
        """The day that is meant whichever of these days it was written on; None where they differ."""
        if last - first > LONGEST:
            return None
        written = (first + timedelta(days=number) for number in range((last - first).days + 1))
        meant = {self.day_from(day) for day in written}
        return meant.pop() if len(meant) == 1 else None

    def example(self, today: date) -> date:
        """The day that is meant where it is written today; where nobody knows, one that may be meant."""
        if (day := self.day_from(today)) is not None:
            return day
        if self.week is not None:
            friday = date.fromisocalendar(today.year, min(self.week, 52), 5)
            return friday if friday >= today else date.fromisocalendar(today.year + 1, min(self.week, 52), 5)
        if self.is_month:
            month = today.month % 12 + 1 if self.next_month else self.month
            return next(day for day in _year_after(today) if (day.month, day.day) == (month, self.part or 1))
        if self.is_week:
            return _next_monday(today) - timedelta(days=0 if self.next_week else 3)
        return today - timedelta(days=7) if self.is_past else today + timedelta(days=7)


def _working_days_after(written: date, number: int) -> date:
    """So many days later, Saturdays and Sundays left out."""
    days = (day for day in _after(written) if day.weekday() < 5)
    return next(day for counted, day in enumerate(days, 1) if counted >= number)


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _year_after(day: date) -> Iterator[date]:
    return (day + timedelta(days=number) for number in range(1, 367))


def _after(day: date) -> Iterator[date]:
    """The days after it."""
    return (day + timedelta(days=number) for number in range(1, 2 * LONGEST.days))
