"""Days and instants: a moment in a calendar is the one or the other, and each has its day in the seeker's zone.

Which zones there are stands in the list that comes with the time zone database. It spells their names as calendars
know them, while a file system that ignores case would open `europe/berlin` too; and `zoneinfo.available_timezones`
opens every file of the database, which takes as long as a fortieth of a whole run.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import cache
from importlib.resources import files

from sync.models import Moment


def day_of(moment: Moment, zone: tzinfo) -> date:
    """The civil day of a moment in this zone."""
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


def named_day(moment: Moment) -> date:
    """The day that a moment itself names, in its own zone: what a cell of the sheet says."""
    return moment.date() if isinstance(moment, datetime) else moment


def same_moment(one: Moment | None, other: Moment | None) -> bool:
    """Whether both are the same day, or the same instant. A day never equals an instant."""
    return isinstance(one, datetime) == isinstance(other, datetime) and one == other


@cache
def zone_names() -> frozenset[str]:
    """The names of all time zones."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


def sortable(moment: Moment | None) -> tuple[int, int]:
    """An order of moments: by day, then by instant; a date before the hours of its day."""
    if isinstance(moment, datetime):
        return moment.toordinal(), int(moment.timestamp())
    return (moment.toordinal() if moment else 0, 0)
