"""Time of day: quarters of an hour, windows of a day, and which quarters are taken.

A **quarter** is an instant as whole quarters of an hour since 1970 in UTC; every zone's offset is a multiple of one.
Counting quarters instead of wall clocks makes clock changes harmless: a gap or a repeated hour in some zone changes
where a window of a day begins and ends, never the arithmetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from datetime import date, datetime, time
from functools import lru_cache
from itertools import filterfalse
from zoneinfo import ZoneInfo

from sync.config import Hours

QUARTER = 900
"""Seconds."""


def count_quarters(minutes: int) -> int:
    """How many quarters these minutes take."""
    return -(-minutes * 60 // QUARTER)


def quarter_up(moment: datetime) -> int:
    """The first quarter that does not begin before this aware moment."""
    return -int(-moment.timestamp() // QUARTER)


def quarter_down(moment: datetime) -> int:
    """The last quarter that does not begin after this aware moment."""
    return int(moment.timestamp() // QUARTER)


@lru_cache(maxsize=4096)  # a schedule has many starts and few different ones
def moment_of(quarter: int, zone: ZoneInfo) -> datetime:
    """When this quarter begins, as an aware datetime in the zone."""
    return datetime.fromtimestamp(quarter * QUARTER, zone)


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """This wall-clock time of this day. In a gap: the same instant told by the new clock; repeated: the first one."""
    wall = datetime.combine(day, clock, tzinfo=zone)
    return datetime.fromtimestamp(wall.timestamp(), zone)


class Windows:
    """The daily windows of these hours in a zone, as quarters, remembered per day."""

    def __init__(self, **windows: Hours) -> None:
        self._hours = windows
        self._known: dict[tuple[date, str, ZoneInfo], tuple[int, int]] = {}

    def bounds(self, day: date, window: str, zone: ZoneInfo) -> tuple[int, int]:
        """First quarter of the window and the first one after it."""
        key = (day, window, zone)
        if (known := self._known.get(key)) is None:
            hours = self._hours[window]
            known = quarter_up(at(day, hours.start, zone)), quarter_down(at(day, hours.end, zone))
            self._known[key] = known
        return known


class TakenQuarters:
    """Which quarters are taken, so that no two of our events stand at the same time."""

    def __init__(self) -> None:
        self._taken: Counter[int] = Counter()
        self._new: set[int] = set()

    def find_free(
        self, low: int, high: int, *, length: int, held: Set[int] = frozenset(), backwards: bool = False
    ) -> int | None:
        """The first quarter from which `length` quarters are free and end by `high`; None where there is none.

        Quarters that are `held` for others count as taken. `backwards` finds the last one.
        """
        step, found, after = (-1 if backwards else 1), 0, low
        for quarter in filterfalse(self._taken.__contains__, range(low, high)[::step]):
            if quarter in held:
                continue
            found, after = found + 1 if quarter == after else 1, quarter + step
            if found == length:
                return quarter if backwards else quarter - length + 1
        return None

    def least_taken(self, low: int, high: int, *, length: int) -> int:
        """The quarter from which the fewest of ours would have to share; the last one of several."""
        last = max(low, high - length)
        taken = [self._taken[quarter] for quarter in range(low, last + length)]
        most = [*map(max, zip(*(taken[after:] for after in range(length)), strict=False))]
        return last - most[::-1].index(min(most))

    def is_free(self, quarter: int, *, length: int, shared: bool = False) -> bool:
        """Whether nothing of ours lies in these quarters; if `shared`, nothing that was not there in the last run."""
        taken = self._new if shared else self._taken.keys()
        return taken.isdisjoint(range(quarter, quarter + length))

    def is_alone(self, quarter: int, *, length: int) -> bool:
        """Whether one event and no other lies in these quarters."""
        return {*map(self._taken.get, range(quarter, quarter + length))} == {1}

    def take(self, quarter: int, *, length: int, new: bool = True) -> None:
        """Keep these quarters for one event, which is `new` there or stood there in the last run."""
        for each in range(quarter, quarter + length):
            self._taken[each] = self._taken.get(each, 0) + 1
            if new:
                self._new.add(each)

    def release(self, quarter: int, *, length: int) -> None:
        """Give these quarters of one event back, where it was alone."""
        for each in range(quarter, quarter + length):
            del self._taken[each]
            self._new.discard(each)
