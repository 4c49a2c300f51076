"""VTIMEZONE components out of the local time zone database, for a few years (RFC 5545 3.6.5).

An event with a TZID must bring its zone along: Outlook.com drops a whole feed without it (caldav-facts 7, 12).
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

_Observance = tuple[timedelta, timedelta, str, bool]
"""Offset before, offset after, abbreviation, whether it is summer time."""


@lru_cache(maxsize=64)
def make_vtimezone(zone: str, *, first_year: int, last_year: int) -> Timezone:
    """The zone's rules from the start of `first_year` to the end of `last_year`. Not to be altered: it is shared."""
    info = ZoneInfo(zone)
    start = datetime(first_year, 1, 1, tzinfo=info)
    onsets: dict[_Observance, list[datetime]] = {
        (_offset(start), _offset(start), start.tzname() or zone, bool(start.dst())): [start.replace(tzinfo=None)]
    }
    for before, after in _changes(start, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        observance = (_offset(before), _offset(after), after.tzname() or zone, bool(after.dst()))
        onset = (after.astimezone(UTC) + _offset(before)).replace(tzinfo=None)
        onsets.setdefault(observance, []).append(onset)
    component = Timezone()
    component.add("TZID", zone)
    for (offset_from, offset_to, name, summer), times in onsets.items():
        part = TimezoneDaylight() if summer else TimezoneStandard()
        part.add("TZNAME", name)
        part.add("TZOFFSETFROM", offset_from)
        part.add("TZOFFSETTO", offset_to)
        part.add("DTSTART", times[0])
        if times[1:]:
            part.add("RDATE", times[1:])
        component.add_component(part)
    return component


def _changes(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The last second before and the first second after each change of the offset, in order."""
    day, zone = start.astimezone(UTC), start.tzinfo
    while day < end:
        low, high = day, day + timedelta(days=1)
        day = high
        if _rule(low.astimezone(zone)) == _rule(high.astimezone(zone)):
            continue
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
            if _rule(middle.astimezone(zone)) == _rule(low.astimezone(zone)):
                low = middle
            else:
                high = middle
        yield low.astimezone(zone), high.astimezone(zone)


def _rule(moment: datetime) -> tuple[timedelta, str | None]:
    return _offset(moment), moment.tzname()


def _offset(moment: datetime) -> timedelta:
    offset = moment.utcoffset()
    assert offset is not None
    return offset
