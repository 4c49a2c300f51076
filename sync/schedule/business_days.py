"""Which days one works: weekdays, holidays of any country or region, days the user adds, and none of a pause.

A pause is nothing but days on which one does not work: whatever waits for a business day moves behind it and is spread
there as ever. What is owed by a deadline stays: it asks for days without `pauses`.

The `holidays` library is asked once per span of years; after that every question is one or two lookups in arrays
(days are ordinals, `date.toordinal`). Years beyond the span extend it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from sync.config import WEEKDAYS, Pause, Settings
from sync.errors import ConfigError

SPAN = 2
"""Years made ready on either side of a year that is asked for."""


class BusinessDays:
    """The seeker's working calendar. Deterministic: the same codes, extra days and workdays give the same answers.

    `language` is the one holidays are named in, where the country's calendar has it.
    """

    def __init__(
        self,
        codes: Collection[str],
        *,
        extra: Collection[date],
        workdays: Collection[str],
        year: int,
        language: str,
        pauses: Iterable[Pause] = (),
    ):
        self._codes, self._language = tuple(codes), language
        self._extra = frozenset(day.toordinal() for day in extra)
        self._pauses = {
            day: pause.reason for pause in pauses for day in range(pause.first.toordinal(), pause.last.toordinal() + 1)
        }
        self._workdays = frozenset(WEEKDAYS.index(day) for day in workdays)
        self._first_year, self._last_year = year - SPAN, year + SPAN
        self._rolled: dict[date, date] = {}  # a schedule asks for the same few days again and again
        self._fill()

    def is_open(self, day: date) -> bool:
        """Whether this is a business day."""
        position = self._position(day)
        return self._open[position] == day.toordinal()

    def at_or_after(self, day: date) -> date:
        """The first business day that is not before this day."""
        if (known := self._rolled.get(day)) is None:
            position = self._position(day)
            known = self._rolled[day] = date.fromordinal(self._open[position])
        return known

    def at_or_before(self, day: date) -> date:
        """The last business day that is not after this day."""
        position = self._position(day)
        found = self._open[position]
        return date.fromordinal(found if found == day.toordinal() else self._open[position - 1])

    def add(self, day: date, count: int) -> date:
        """The `count`-th business day after this day; before it where `count` is negative."""
        position = self._position(day)
        if count <= 0 or self._open[position] == day.toordinal():
            position += count
        else:
            position += count - 1
        if not 0 <= position < len(self._open) - 1:
            self._extend(day.year + (count // 200 or (1 if count > 0 else -1)))
            return self.add(day, count)
        return date.fromordinal(self._open[position])

    def why_closed(self, day: date) -> str:
        """The holiday's name, or nothing for a weekend or a business day."""
        self._make_ready(day)
        return self._names.get(day.toordinal(), "")

    def first_paused(self, first: date, end: date) -> date | None:
        """The first day of a pause from this day on and before that one: what it moves furthest is told of it alone."""
        if not self._pauses:
            return None
        days = range(first.toordinal(), end.toordinal())
        return next((date.fromordinal(day) for day in days if day in self._pauses), None)

    def why_paused(self, day: date) -> str | None:
        """What the pause is for that this day lies in, perhaps nothing; None outside of every pause."""
        return self._pauses.get(day.toordinal())

    def _position(self, day: date) -> int:
        """Where in `_open` the first business day stands that is not before this day.

        Asking may replace the arrays: they are looked at afterwards only.
        """
        self._make_ready(day)
        return self._next[day.toordinal() - self._start]

    def _make_ready(self, day: date) -> None:
        if not self._first_year < day.year < self._last_year:
            self._extend(day.year)

    def _extend(self, year: int) -> None:
        self._first_year = max(1, min(self._first_year, year - SPAN))
        self._last_year = min(9999, max(self._last_year, year + SPAN))
        self._fill()

    def _fill(self) -> None:
        self._start = date(self._first_year, 1, 1).toordinal()
        end = date(self._last_year, 12, 31).toordinal()
        self._names: dict[int, str] = {}
        for code in self._codes:
            self._names |= holidays_of(code, self._language, self._first_year, self._last_year)
        shut = self._names.keys() | self._extra | self._pauses.keys()
        self._open = [
            ordinal
            for ordinal in range(self._start, end + 1)
            if (ordinal - 1) % 7 in self._workdays and ordinal not in shut
        ]
        self._next: list[int] = []
        for position, ordinal in enumerate(self._open):
            self._next.extend([position] * (ordinal - self._start - len(self._next) + 1))


@lru_cache(maxsize=256)
def holidays_of(code: str, language: str, first_year: int, last_year: int) -> Mapping[int, str]:
    """The holidays of a country or region by ordinal. Owners of one country share the answer: it takes longest."""
    import holidays  # asked only where a country is configured; half a hundred milliseconds

    country, _, region = code.partition("-")
    try:
        known = holidays.country_holidays(country, subdiv=region or None)
        named_in = _named_in(language, known.supported_languages, known.default_language)
        years = range(first_year, last_year + 1)
        found = holidays.country_holidays(country, subdiv=region or None, years=years, language=named_in)
    except (NotImplementedError, KeyError):
        raise ConfigError(
            f"holidays = {code!r}: no such country or region; use a code such as US, US-NY or DE-BY"
        ) from None
    return MappingProxyType({day.toordinal(): str(name) for day, name in found.items()})


def _named_in(language: str, offered: Collection[str], native: str | None) -> str | None:
    """The offered language that comes closest, else the country's own. Left open, the host's locale would decide."""
    close = [name for name in sorted(offered) if name.partition("_")[0] == language]
    return native if native in close or not close else close[0]


def open_business_days(settings: Settings, *, year: int, also: str = "", pauses: bool = True) -> BusinessDays:
    """The calendar of these settings, ready around this year; without the holidays of another country, too, where one
    is named; in the `pauses` as ever where they do not count. Raises `ConfigError` for an unknown country."""
    return BusinessDays(
        (*settings.holidays, also) if also else settings.holidays,
        extra=settings.extra_holidays,
        workdays=settings.workdays,
        year=min(max(year, 4), 9990),
        language=settings.language,
        pauses=settings.pause if pauses else (),
    )
