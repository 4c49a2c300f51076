"""The clock of one schedule: it answers what depends on `now`, and knows how long its answers hold.

`now` itself is only written down. What depends on it asks here; an answer that changes by itself is noted in `turns` or
`turn`: until the first of these, the same inputs give the same schedule.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from sync.schedule.quarters import at, moment_of, quarter_up

ABSENCE = timedelta(days=7)
"""No run for so long is an absence."""


class Clock(Struct):
    """`quarter` is the first one that does not begin before `now`; `turn` the first quarter whose coming changes an
    answer, midnight at the latest."""

    now: datetime
    zone: ZoneInfo
    last_run: datetime | None
    quarter: int
    turn: int
    turns: list[datetime] = []

    @property
    def absent(self) -> bool:
        """Nobody ran this for a week: what was due meanwhile is not piled up."""
        long_ago = self.last_run is not None and self.is_behind(self.last_run + ABSENCE)
        if long_ago:
            self.turns.append(self.now)  # this run is the end of it
        return long_ago

    @property
    def holds_until(self) -> datetime:
        """The first instant at which the clock alone may change an answer; midnight at the latest."""
        return min((moment_of(self.turn, self.zone), *self.turns))

    def has_come(self, moment: datetime) -> bool:
        """Whether this instant is now or past."""
        if moment > self.now:
            self.turns.append(moment)
        return moment <= self.now

    def is_behind(self, moment: datetime) -> bool:
        """Whether this instant is past."""
        if moment >= self.now:
            self.turns.append(moment)
        return moment < self.now

    def has_begun(self, quarter: int) -> bool:
        """Whether it is too late for a new touch to begin before this quarter."""
        if quarter > self.quarter:
            self.turn = min(self.turn, quarter - 1)
        return quarter <= self.quarter

    def from_now_on(self, quarter: int) -> int:
        """This quarter, or the first one from now on where that is later: no new touch starts in the past."""
        first = quarter if quarter > self.quarter else self.quarter
        if first < self.turn:
            self.turn = first
        return first


def start_clock(now: datetime, zone: ZoneInfo, *, today: date, last_run: datetime | None) -> Clock:
    """The clock of a run that starts now."""
    return Clock(now, zone, last_run, quarter_up(now), quarter_up(at(today + timedelta(days=1), time(0), zone)))
