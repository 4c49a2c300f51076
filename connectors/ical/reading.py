"""Calendar objects as the fields that count, normalised for comparing. Pure.

Stamps, zones' text and clients' marks are left out. icalendar is the only reader; what it cannot read is unreadable,
which is never the same as gone or changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Component
from icalendar import Event as VEvent

from sync.models import MAX_SEQUENCE, Moment, Snapshot
from sync.moments import zone_names
from sync.reconcile.marker_lines import tidy, tidy_line

MAX_LETTERS = 1_000_000
"""A calendar object larger than this is not read; ours have a few thousand letters."""

YEARS = range(1900, 2200)
"""An event elsewhere is a mistake of a program: 9999-12-31 and 0001-01-01 stand for "never"."""
_READ = ("DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "STATUS", "RRULE", "RDATE")


class UnreadableEvent(ValueError):
    """The text is no event we can understand: never the same as an event that is gone or was changed."""


def parse(raw: str, uid: str = "", *, zone: tzinfo | None = None) -> Snapshot:
    """The fields that count of the event with this uid (of the only one, without uid). Raises `UnreadableEvent`.

    Whatever a server took can be asked for: any text gives the one or the other. `zone` is where times without a zone
    are meant, as calcurse writes them (RFC 5545 3.3.5, form 1): the user's own.
    """
    try:
        return _parse(raw, uid, zone)
    except UnreadableEvent:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise UnreadableEvent(f"its text cannot be understood ({type(error).__name__})") from None


def _parse(raw: str, uid: str, zone: tzinfo | None) -> Snapshot:
    calendar = read_calendar(raw)
    component = find_event(calendar, uid)
    broken = [name for name, _ in component.errors if name in _READ]
    if broken:
        raise UnreadableEvent(f"its {broken[0]} cannot be understood")
    read = partial(_moment, component, calendar=calendar, zone=zone)
    start, end = read("DTSTART"), read("DTEND")
    if start is None:
        raise UnreadableEvent("it has no start")
    if end is None:
        length = component.get("DURATION")
        end = start + (length.dt if length else timedelta(0 if isinstance(start, datetime) else 1))
    if isinstance(start, datetime) != isinstance(end, datetime):  # a day that ends with an hour: the start counts
        end = start if isinstance(start, datetime) else start + timedelta(days=1)
    if not all(moment.year in YEARS for moment in (start, end)):
        raise UnreadableEvent(f"it lies in the year {start.year if start.year not in YEARS else end.year}")
    alarm = find_our_alarm(component, uid or str(component.get("UID", "")))
    modified = component.get("LAST-MODIFIED")
    return Snapshot(
        start=start,
        end=end,
        summary=tidy_line(str(component.get("SUMMARY", ""))),
        description=tidy(str(component.get("DESCRIPTION", ""))),
        status=str(component.get("STATUS", "")).upper() or "CONFIRMED",
        categories=tuple(sorted(set(categories_of(component)))),
        url=tidy_line(str(component.get("URL", ""))),
        our_alarm=None if alarm is None else before_start(alarm, component),
        sequence=_number(component.get("SEQUENCE")),
        last_modified=_aware(getattr(modified, "dt", None)),
        additions=tuple(_additions(component, alarm)),
        hands_off=_hands_off(calendar, component),
    )


MAX_ADDITION = 200
"""So many letters of it tell one from another."""


_BY_CLIENTS = ("X-APPLE-DEFAULT-ALARM", "X-APPLE-LOCAL-DEFAULT-ALARM", "RELATED-TO")
"""Marks of alarms that nobody chose for this event: a client's default, and what snoozes another (RFC 9074, 5)."""


def _additions(component: VEvent, ours: Alarm | None) -> Iterator[str]:
    """What stands in the event and is never written by us, each as one text. `ours` is our alarm."""
    for name in ("LOCATION", "COMMENT", "ATTACH", "CONTACT"):
        if found := component.get(name):
            yield f"{name}:{found}"[:MAX_ADDITION]
    others = (one for one in component.walk("VALARM") if one is not ours and not any(map(one.get, _BY_CLIENTS)))
    times = (time for other in others if (time := before_start(other, component)) is not None)
    yield from sorted(f"VALARM:{time}" for time in times)


def says_the_same(text: str, other: str) -> bool:
    """Whether both texts have the same lines in the same components: order and folding carry no meaning (RFC 5545 3.1).

    Much cheaper than to parse what a server has only put into its own order, as Radicale does. False proves nothing.
    """
    return text == other or _in_order(text) == _in_order(other)


_NO_TIME = {"TRIGGER:PT0S": "TRIGGER:P0D"}
"""The alarm at the start, as vobject writes it (Radicale), and as icalendar does."""


def _in_order(text: str) -> list[str]:
    """The lines, unfolded and sorted; those of a component are one, sorted within it."""
    parts: list[list[str]] = [[]]
    for line in re.sub(r"\r?\n[ \t]", "", text).split("\r\n"):
        if line.startswith("BEGIN:"):
            parts.append([])
        parts[-1].append(_NO_TIME.get(line, line))
        if line.startswith("END:") and len(parts) > 1:
            component = parts.pop()
            parts[-1].append(repr(sorted(component)))
    return sorted(parts[0])


def _plain_zone(match: re.Match[str]) -> str:
    """Evolution and old Thunderbirds name zones `/freeassociation.sourceforge.net/Europe/Berlin`."""
    parts = match[2].split("/")
    plain = (name for count in (3, 2, 1) if (name := "/".join(parts[-count:])) in zone_names())
    return match[1] + next(plain, match[2])


def read_calendar(raw: str) -> Calendar:
    if len(raw) > MAX_LETTERS:
        raise UnreadableEvent("it is too large")
    if not raw.lstrip("\ufeff \t\r\n").startswith("BEGIN:VCALENDAR"):
        raise UnreadableEvent("it is no calendar data")
    unfolded = re.sub(r"\r?\n[ \t]", "", raw.lstrip("\ufeff \t\r\n"))
    try:
        calendar = Calendar.from_ical(re.sub(r"(TZID[=:]\"?)(/[^:;\"\r\n]+)", _plain_zone, unfolded))
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise UnreadableEvent(f"its text cannot be parsed ({type(error).__name__})") from None
    if not isinstance(calendar, Calendar):
        raise UnreadableEvent("it is no calendar data")
    return calendar


def find_event(calendar: Calendar, uid: str) -> VEvent:
    """The event itself, not one moved occurrence of it."""
    events = [part for part in calendar.walk("VEVENT") if not uid or str(part.get("UID", "")) == uid]
    events.sort(key=lambda part: "RECURRENCE-ID" in part)
    if not events:
        raise UnreadableEvent("it holds no event with its uid")
    return events[0]


def _moment(component: Component, name: str, *, calendar: Calendar, zone: tzinfo | None) -> Moment | None:
    """A day, or an instant in UTC. A time without a zone is one in `zone`; in one nobody defines it is no instant."""
    found = component.get(name)
    if found is None:
        return None
    if isinstance(found, list) or not isinstance(getattr(found, "dt", None), date):
        raise UnreadableEvent(f"its {name} cannot be understood")
    moment: Moment = found.dt
    if not isinstance(moment, datetime):
        return moment
    tzid = str(found.params.get("TZID", ""))
    if tzid and not isinstance(moment.tzinfo, ZoneInfo):
        # icalendar keeps such zones for the whole process; only this object's own definition counts
        own = [zone for zone in calendar.walk("VTIMEZONE") if str(zone.get("TZID", "")) == tzid]
        moment = moment.replace(tzinfo=own[0].to_tz(lookup_tzid=False) if own else None)
    if moment.tzinfo is None and zone is not None and not tzid:
        moment = moment.replace(tzinfo=zone)
    if moment.tzinfo is None:
        raise UnreadableEvent(f"its {name} has no time zone")
    if moment.year not in YEARS:  # near the end of the calendar even a change of zone is too much
        raise UnreadableEvent(f"its {name} lies in the year {moment.year}")
    return moment.astimezone(UTC)


def _hands_off(calendar: Calendar, component: VEvent) -> str:
    if "RRULE" in component or "RDATE" in component or len(calendar.walk("VEVENT")) > 1:
        return "it was made recurring"
    if "ATTENDEE" in component or "ORGANIZER" in component:
        return "somebody was invited to it"
    return ""


def categories_of(component: Mapping[str, Any]) -> list[str]:
    found = component.get("CATEGORIES", [])
    groups = found if isinstance(found, list) else [found]
    names = [tidy_line(str(name)) for group in groups for name in getattr(group, "cats", [group])]
    return [name for name in names if name]


def alarm_uid(uid: str) -> str:
    return f"{uid}-alarm"


def find_our_alarm(component: VEvent, uid: str) -> Alarm | None:
    """Our alarm by its uid; on servers that drop alarms' uids the first one without one that could be ours.

    Clients write alarms without a uid, too (Thunderbird), but not with the words that stand in ours.
    """
    alarms = component.walk("VALARM")
    for alarm in alarms:
        if str(alarm.get("UID", "")) == alarm_uid(uid):
            return alarm
    title = str(component.get("SUMMARY", ""))  # the user may have put a tick before what ours says
    bare = (a for a in alarms if "UID" not in a and "X-WR-ALARMUID" not in a and "X-APPLE-DEFAULT-ALARM" not in a)
    words = ((alarm, str(alarm.get("DESCRIPTION", ""))) for alarm in bare)
    return next((alarm for alarm, said in words if said in title or said == _GOOGLE_SAYS), None)


_GOOGLE_SAYS = "This is an event reminder"
"""What Google puts in the place of an alarm's description."""


LONGEST_ALARM = timedelta(days=366)


def before_start(alarm: Alarm, component: VEvent) -> timedelta | None:
    """How long before the start the alarm rings; None when it never does or cannot be read."""
    trigger = getattr(alarm.get("TRIGGER"), "dt", None)
    start = component["DTSTART"].dt
    if str(alarm.get("ACTION", "")).upper() == "NONE" or alarm.get("TRIGGER") is None:
        return None
    if isinstance(trigger, timedelta):
        if str(alarm["TRIGGER"].params.get("RELATED", "")).upper() == "END" and "DTEND" in component:
            trigger += component["DTEND"].dt - start
        return -trigger if abs(trigger) <= LONGEST_ALARM else None
    if isinstance(trigger, datetime) and isinstance(start, datetime) and trigger.tzinfo and start.tzinfo:
        return start - trigger if abs(start - trigger) <= LONGEST_ALARM else None
    return None


def _aware(moment: object) -> datetime | None:
    if not isinstance(moment, datetime) or not moment.tzinfo or moment.year not in YEARS:
        return None
    return moment.astimezone(UTC)


def _number(value: object) -> int:
    return min(max(int(value), 0), MAX_SEQUENCE) if isinstance(value, int) else 0
