"""Days named from where their writer stood: "call on Tuesday", "tomorrow 2pm", "in 10 days", "till the 30th".

Such words say a date only together with the day on which they were written (`undated`).

| the words | the day, from the one on which they were written |
| --- | --- |
| Tuesday, by Tuesday, this Tuesday | the first one after it; on a Tuesday nobody knows which is meant |
| next Tuesday | the first one after it, where that is in the next week or a week away; else nobody knows |
| Tuesday next week | the one of the next week |
| tomorrow, in 3 days, in 2 weeks | so many days later |
| till the 30th | the first such day of a month after it |
| next week | nobody knows |

Where the days on which they may have been written give different ones, nobody knows either.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache

from msgspec import Struct

from sync.reading.cells import Fault
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.found_days import find_days
from sync.reading.scripts import any_of

_LONGEST = timedelta(days=92)
_LETTERS = re.compile(r"[^\W\d_]{2}|[月火水木金土日周曜天]")


class SaidDay(Struct, frozen=True):
    """A day in a text, from `start` to `end`: a weekday, so many days later, or a day of a month.

    `ahead`: the words themselves tell that it comes.
    """

    start: int
    end: int
    weekday: int | None = None
    days: int | None = None
    of_month: int | None = None
    next: bool = False
    next_week: bool = False
    ahead: bool = False

    def day_from(self, written: date) -> date | None:
        """The day that is meant where it was written on this one; None where nobody knows."""
        if self.days is not None:
            return written + timedelta(days=self.days)
        if self.of_month is not None:
            return next((day for day in _after(written) if day.day == self.of_month), None)
        if self.next_week and self.weekday is not None:
            return _next_monday(written) + timedelta(days=self.weekday)
        if self.weekday is None:
            return None
        if self.weekday == written.weekday():
            return written + timedelta(days=7) if self.next else None
        first = next(day for day in _after(written) if day.weekday() == self.weekday)
        return None if self.next and first < _next_monday(written) else first

    def day_within(self, first: date, last: date) -> date | None:
        """The day that is meant whichever of these days it was written on; None where they differ."""
        if last - first > _LONGEST:
            return None
        written = (first + timedelta(days=number) for number in range((last - first).days + 1))
        meant = {self.day_from(day) for day in written}
        return meant.pop() if len(meant) == 1 else None


def find_said_days(text: str, months: Mapping[str, int]) -> Sequence[SaidDay]:
    """The days in this text that are named so, from the left; none where a date stands in it.

    `months` are names of months in lower case, besides those of `dates.toml`.
    """
    if not _LETTERS.search(text):
        return ()
    plain = unicodedata.normalize("NFKC", text).casefold()
    if len(plain) != len(text):
        return ()  # the places would be others
    patterns = _patterns()
    if not patterns.any.search(plain) or find_days(plain, {**shipped_date_words().months, **months}):
        return ()
    return tuple(patterns.find(plain))


def why_undated(text: str, today: date | None, months: Mapping[str, int]) -> Fault | None:
    """What is wrong with a cell that names a day so, for whoever knows when it was written; None for any other."""
    said = find_said_days(text, months)
    if not said:
        return None
    week = said[0].next_week and said[0].weekday is None
    key = "undated_week" if week else "undated"
    if today is None:
        return Fault(key)
    day = said[0].day_from(today) or (_next_monday(today) if week else today + timedelta(days=7))
    return Fault(f"{key}_such_as", {"day": str(day)})


def _next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _after(day: date) -> Iterator[date]:
    """The days after it."""
    return (day + timedelta(days=number) for number in range(1, _LONGEST.days))


class _Patterns(Struct, frozen=True):
    any: re.Pattern[str]
    weekday: re.Pattern[str]
    tomorrow: re.Pattern[str]
    within: re.Pattern[str]
    of_month: re.Pattern[str]
    next_week: re.Pattern[str]

    def find(self, text: str) -> Iterator[SaidDay]:
        """What is named in this text, from the left."""
        found = [*self._weekdays(text), *self._tomorrows(text), *self._counted(text), *self._of_month(text)]
        if not found and (week := self.next_week.search(text)):
            found = [SaidDay(week.start(), week.end(), next_week=True)]
        yield from sorted(found, key=lambda said: said.start)

    def _weekdays(self, text: str) -> Iterator[SaidDay]:
        words = shipped_date_words()
        for match in self.weekday.finditer(text):
            word, number = match["day"], words.weekdays[match["day"]]
            ahead = bool(match["ahead"] or match["next"] or match["week"] or match["week_behind"])
            alone = match.start("day") == 0 and match.end() == len(text)
            if number is None or match["behind"] or (word in words.said.rarely and not (ahead or alone)):
                continue
            start = min(match.start(group) for group in ("next", "week", "day") if match[group])
            yield SaidDay(
                start, match.end(), weekday=number, next=bool(match["next"]),
                next_week=bool(match["week"] or match["week_behind"]), ahead=ahead,
            )  # fmt: skip

    def _tomorrows(self, text: str) -> Iterator[SaidDay]:
        for match in self.tomorrow.finditer(text):
            if not match["morning"]:
                yield SaidDay(match.start("day"), match.end("day"), days=1, ahead=True)

    def _counted(self, text: str) -> Iterator[SaidDay]:
        for match in self.within.finditer(text):
            days = int(match["number"]) * (7 if match["weeks"] else 1)
            if days <= _LONGEST.days:
                yield SaidDay(match.start("within"), match.end(), days=days, ahead=True)

    def _of_month(self, text: str) -> Iterator[SaidDay]:
        for match in self.of_month.finditer(text):
            if 1 <= (day := int(match["number"])) <= 31:
                yield SaidDay(match.start("day"), match.end("day"), of_month=day, ahead=True)


@cache
def _patterns() -> _Patterns:
    words = shipped_date_words()
    said = words.said
    days = [word for word, number in words.weekdays.items() if number is not None]
    ahead, the = any_of(said.ahead), any_of(said.the)
    lead = rf"(?:(?P<behind>{any_of(said.behind)})\s*)?(?:(?P<ahead>{ahead})\s+)?(?:{the}\s+)?"
    weeks = any_of(said.next_week)
    weekday = (
        rf"{lead}(?:(?P<week>{weeks})\s*)?(?:(?P<next>{any_of(said.next)})\s+)?"
        rf"(?P<day>{any_of(days)})(?:\s+(?P<week_behind>{weeks}))?"
    )
    return _Patterns(
        any=re.compile(rf"{any_of(days)}|{any_of(said.tomorrow)}|{weeks}|\d"),
        weekday=re.compile(weekday),
        tomorrow=re.compile(rf"(?:(?P<morning>{any_of(said.morning)})\s+)?(?P<day>{any_of(said.tomorrow)})"),
        within=re.compile(
            rf"(?P<within>{any_of(said.within)}\s+(?P<number>\d{{1,2}})\s+"
            rf"(?:(?P<weeks>{any_of(said.weeks)})|{any_of(said.days)}))"
        ),
        of_month=re.compile(
            rf"{ahead}\s+(?:{the}\s+)?(?P<day>(?P<number>\d{{1,2}})(?:st|nd|rd|th|\.))(?=\s*(?:$|[,;.!?)]))"
        ),
        next_week=re.compile(any_of(word for word in said.next_week if len(word) > 1)),
    )
