"""VTIMEZONE components out of the local time zone database, for a few years (RFC 5545 3.6.5).

An event with a TZID must bring its zone along: Outlook.com drops a whole feed without it.
icalendar has `Timezone.from_tzinfo`, but it puts the onset of summer time an hour late (it gives the wall time after
the change where the RFC wants the one before) and adds a COMMENT that Cyrus refused; so the onsets are found here and
only written by icalendar. Zones are excluded from every comparison, since their text changes with the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard


@lru_cache(maxsize=64)
def make_vtimezone(zone: str, *, first_year: int, last_year: int) -> Timezone:
    """The zone's rules from the start of `first_year` to the end of `last_year`. Not to be altered: it is shared."""
    info = ZoneInfo(zone)
    start = datetime(first_year, 1, 1, tzinfo=info)
    component = Timezone()
    component.add("TZID", zone)
    component.add_component(_observance(start, before=_offset(start), onset=start.replace(tzinfo=None)))
    for before, after in _changes(start, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        onset = (after.astimezone(UTC) + _offset(before)).replace(tzinfo=None)
        component.add_component(_observance(after, before=_offset(before), onset=onset))
    return component


def _observance(after: datetime, *, before: timedelta, onset: datetime) -> TimezoneDaylight | TimezoneStandard:
    """One change of the offset, in a component of its own.

    RDATE could put several into one, but ical.js, which Thunderbird and Nextcloud read calendars with, then forgets
    the onset in DTSTART and all but the first date of a list, and shows events an hour off.
    """
    part = TimezoneDaylight() if after.dst() else TimezoneStandard()
    part.add("TZNAME", after.tzname() or str(after.tzinfo))
    part.add("TZOFFSETFROM", before)
    part.add("TZOFFSETTO", _offset(after))
    part.add("DTSTART", onset)
    return part


def _changes(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The last second before and the first second after each change of the offset, in order."""
    day, rule, zone = start.astimezone(UTC), _rule(start), start.tzinfo
    while day < end:
        low, high = day, day + timedelta(days=1)
        day = high
        if _rule(high.astimezone(zone)) == rule:
            continue
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
            if _rule(middle.astimezone(zone)) == rule:
                low = middle
            else:
                high = middle
        yield low.astimezone(zone), high.astimezone(zone)
        rule = _rule(day.astimezone(zone))


def _rule(moment: datetime) -> tuple[timedelta, str | None]:
    return _offset(moment), moment.tzname()


def _offset(moment: datetime) -> timedelta:
    offset = moment.utcoffset()
    assert offset is not None
    return offset
