"""One event as a calendar object (RFC 5545), as clients and servers really take it. Pure.

- DTEND always, IANA zone with its VTIMEZONE, transparent, private, no attendee, no recurrence, at most one alarm.
- A text the server already has is the `base`: our properties replace theirs, everything else in it stays (foreign
  alarms, X- properties, the user's lines around our part of the description, categories, a status we never write).
- Without a base the text is compiled (`ical.compiled_text`); icalendar is the authority for every encoding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Timezone
from icalendar import Event as VEvent
from msgspec import Struct

from connectors.ical.compiled_text import (
    CompiledText,
    Slots,
    encode_address,
    encode_categories,
    encode_instant,
    encode_moment,
    encode_number,
    encode_text,
)
from connectors.ical.reading import alarm_uid, before_start, categories_of, find_event, find_our_alarm, read_calendar
from connectors.ical.vtimezone import make_vtimezone
from sync.models import Event, Snapshot, Stamp
from sync.reconcile.marker_lines import put_our_part, tidy_line

PRODID = "-//followup//follow-ups//EN"
YEARS_AHEAD = 2
_OCTETS = {"summary": 250, "description": 7000, "category": 80, "url": 2000}
"""How much of the sheet's text goes into an event; servers refuse large objects."""
_COLOR = re.compile("[a-z]+")
_WEB = re.compile("https?:", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_OUR_STATUSES = ("CONFIRMED", "TENTATIVE", "CANCELLED")
_NO_ALARM = datetime(1976, 4, 1, 0, 55, 45, tzinfo=UTC)
"""The trigger Apple writes with ACTION:NONE; servers and clients know it."""


class Dialect(Struct, frozen=True):
    """What a server needs to be told differently. `utc`: it loses events with a TZID (Yahoo).

    `marked`: lines in the description say where the user's own text goes. Nobody can write into a feed.
    """

    none_alarm: bool = False
    utc: bool = False
    marked: bool = True


PLAIN = Dialect()
"""A server that keeps what it is given."""


def serialise(event: Event, stamp: Stamp, *, base: str = "", was: str = "", dialect: Dialect = PLAIN) -> bytes:
    """The whole calendar object of one event, merged into `base`. Raises `UnreadableEvent` if the base is broken.

    `was` is the uid of the base, where it is that of an event which was deleted and comes back as this one: then what a
    server acts on, guests and repetition, is left out.
    """
    if not base:
        return _put_around(event, write_event(event, stamp, dialect), dialect)
    zone = _zone_of(event, dialect)
    calendar = read_calendar(base)
    for name in ("METHOD", "PRODID", "VERSION"):
        calendar.pop(name, None)
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    component = find_event(calendar, was or event.uid)
    if was not in ("", event.uid):
        _begin_anew(calendar, component, was)
    _fill(component, event, stamp, dialect)
    if zone and zone not in {str(part.get("TZID")) for part in calendar.walk("VTIMEZONE")}:
        calendar.subcomponents.insert(0, _zone_component(zone, event.start.year))
    return bytes(calendar.to_ical())


def serialise_new(event: Event, stamp: Stamp, *, dialect: Dialect = PLAIN) -> tuple[bytes, Snapshot]:
    """The same of an event that nobody else has touched, with what `parse` reads from it: it need not be parsed."""
    values = _values(event, stamp, dialect)
    return _put_around(event, _fill_template(event, values, dialect), dialect), _snapshot(event, stamp, values)


def snapshot_of(event: Event, stamp: Stamp, *, dialect: Dialect = PLAIN) -> Snapshot:
    """What `parse` reads from `serialise` of this event without a base."""
    return _snapshot(event, stamp, _values(event, stamp, dialect))


def _snapshot(event: Event, stamp: Stamp, values: Mapping[str, Any]) -> Snapshot:
    start, end = values["DTSTART"], values["DTEND"]
    return Snapshot(
        start=start.astimezone(UTC) if isinstance(start, datetime) else start,
        end=end.astimezone(UTC) if isinstance(end, datetime) else end,
        summary=values["SUMMARY"],
        description=values["DESCRIPTION"] or "",
        status=values["STATUS"],
        categories=tuple(sorted({name for name in values["CATEGORIES"] or () if name})),
        url=values["URL"] or "",
        our_alarm=event.alarm,
        sequence=stamp.sequence,
        last_modified=stamp.written.astimezone(UTC).replace(microsecond=0),
    )


def _put_around(event: Event, text: bytes, dialect: Dialect) -> bytes:
    top, bottom = _around(_zone_of(event, dialect), event.start.year)
    return top + text + bottom


@lru_cache(maxsize=256)
def _around(zone: str | None, year: int) -> tuple[bytes, bytes]:
    """What stands before and after the VEVENT in an object of its own."""
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    if zone:
        calendar.add_component(_zone_component(zone, year))
    top, end, bottom = calendar.to_ical().rpartition(b"END:VCALENDAR")
    return top, end + bottom


def _zone_component(zone: str, year: int) -> Timezone:
    return make_vtimezone(zone, first_year=year, last_year=year + YEARS_AHEAD)


def write_event(event: Event, stamp: Stamp, dialect: Dialect) -> bytes:
    """A VEVENT that nobody else has touched."""
    return _fill_template(event, _values(event, stamp, dialect), dialect)


def _fill_template(event: Event, values: Mapping[str, Any], dialect: Dialect) -> bytes:
    template = _template(
        zone=_zone_of(event, dialect),
        all_day=not isinstance(event.start, datetime),
        status=values["STATUS"],
        color=values["COLOR"],
        alarm=event.alarm,
        silent=event.alarm is None and dialect.none_alarm,
        described=values["DESCRIPTION"] is not None,
        url=values["URL"] is not None,
        categories=values["CATEGORIES"] is not None,
        busy=event.busy,
    )
    return template.write(values)


_SLOTS: Slots = {
    ("VEVENT", "UID"): ("UID", encode_text),
    ("VEVENT", "DTSTAMP"): ("DTSTAMP", encode_instant),
    ("VEVENT", "CREATED"): ("CREATED", encode_instant),
    ("VEVENT", "LAST-MODIFIED"): ("LAST-MODIFIED", encode_instant),
    ("VEVENT", "SEQUENCE"): ("SEQUENCE", encode_number),
    ("VEVENT", "DTSTART"): ("DTSTART", encode_moment),
    ("VEVENT", "DTEND"): ("DTEND", encode_moment),
    ("VEVENT", "SUMMARY"): ("SUMMARY", encode_text),
    ("VEVENT", "DESCRIPTION"): ("DESCRIPTION", encode_text),
    ("VEVENT", "CATEGORIES"): ("CATEGORIES", encode_categories),
    ("VEVENT", "URL"): ("URL", encode_address),
    ("VALARM", "UID"): ("UID", lambda uid: encode_text(alarm_uid(uid))),
    ("VALARM", "DESCRIPTION"): ("SUMMARY", encode_text),
}


@lru_cache(maxsize=512)
def _template(
    *,
    zone: str | None,
    all_day: bool,
    status: str,
    color: str | None,
    alarm: timedelta | None,
    silent: bool,
    described: bool,
    url: bool,
    categories: bool,
    busy: bool,
) -> CompiledText:
    """An event as icalendar writes it, with slots: what is given decides which lines it has, the rest are values."""
    start = date(2000, 1, 1) if all_day else datetime(2000, 1, 1, tzinfo=ZoneInfo(zone) if zone else UTC)
    event = Event(
        uid="uid",
        start=start,
        end=start,
        zone=zone or "",
        summary="summary",
        description="description" if described else "",
        categories=("category",) if categories else (),
        tentative=status == "TENTATIVE",
        cancelled=status == "CANCELLED",
        alarm=alarm,
        url="https://example.org/" if url else "",
        color=color or "",
        busy=busy,
    )
    dialect = Dialect(none_alarm=silent, utc=not zone, marked=described)
    stamp = Stamp(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC), 0)
    component = VEvent()
    _fill(component, event, stamp, dialect)
    values = _values(event, stamp, dialect)
    return CompiledText(component, slots=_SLOTS, values=values)


_ACTED_ON = ("ATTENDEE", "ORGANIZER", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID")


def _begin_anew(calendar: Calendar, component: VEvent, was: str) -> None:
    """Leave of an object what one of another uid can begin with."""
    calendar.subcomponents = [part for part in calendar.subcomponents if part.name != "VEVENT" or part is component]
    if (alarm := find_our_alarm(component, was)) is not None:
        component.subcomponents.remove(alarm)
    for name in _ACTED_ON:
        component.pop(name, None)


def _fill(component: VEvent, event: Event, stamp: Stamp, dialect: Dialect) -> None:
    """Put our fields into the component and leave everything else in it as it is."""
    ours = _values(event, stamp, dialect, text=str(component.get("DESCRIPTION", "")))
    for name, value in _beside_theirs(ours, component).items():
        component.pop(name, None)
        if value is not None:
            component.add(name, value)
    _put_alarm(component, event, dialect)


def _values(event: Event, stamp: Stamp, dialect: Dialect, *, text: str = "") -> dict[str, Any]:
    """Our properties of this event, None for one it must not have. `text` is a description that is there already."""
    zone = _zone_of(event, dialect)
    wall = ZoneInfo(zone) if zone else UTC
    described = put_our_part(
        text or event.notes,
        _bounded(event.description, "description"),
        row=event.row,
        address=_web_address(event.address),
        marks=dialect.marked,
    )
    return {
        "UID": event.uid,
        "DTSTAMP": stamp.written,
        "CREATED": stamp.created,
        "LAST-MODIFIED": stamp.written,
        "SEQUENCE": stamp.sequence,
        "DTSTART": event.start.astimezone(wall) if isinstance(event.start, datetime) else event.start,
        "DTEND": event.end.astimezone(wall) if isinstance(event.end, datetime) else event.end,
        "DURATION": None,
        "SUMMARY": _bounded(tidy_line(event.summary), "summary") or "Follow-up",
        "DESCRIPTION": described.replace("\\N", "\\n") or None,  # see _bounded; the row and the user's lines too
        "CATEGORIES": _category_names(event.categories) or None,
        "STATUS": "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED",
        "TRANSP": "OPAQUE" if event.busy else "TRANSPARENT",
        "CLASS": "PRIVATE",
        "X-MICROSOFT-CDO-BUSYSTATUS": "BUSY" if event.busy else "FREE",
        "URL": _web_address(event.url) or None,
        "COLOR": event.color if _COLOR.fullmatch(event.color) else None,
    }


_WRITTEN_ONCE = ("TRANSP", "CLASS", "X-MICROSOFT-CDO-BUSYSTATUS", "COLOR")
"""How it looks and to whom: what stands there in a later write is what the user chose, or as we made it."""


def _beside_theirs(ours: dict[str, Any], component: VEvent) -> dict[str, Any]:
    """Our properties with what others put into the same ones: categories, a status we never write, a link of theirs,
    how it looks and to whom."""
    names = ours["CATEGORIES"] or ()
    status, url = str(component.get("STATUS", "")).upper(), str(component.get("URL", ""))
    looks = {name: component[name] for name in _WRITTEN_ONCE if name in component}
    return {
        **ours,
        **looks,
        "CATEGORIES": [*names, *(name for name in categories_of(component) if name not in names)] or None,
        "STATUS": status if status and status not in _OUR_STATUSES else ours["STATUS"],
        "URL": ours["URL"] or (None if _WEB.match(url) else url or None),  # Apple writes message: links; ours are web
    }


def _put_alarm(component: VEvent, event: Event, dialect: Dialect) -> None:
    """Our one alarm; those of others stay, and ours keeps what clients noted in it while its time is the same."""
    ours = find_our_alarm(component, event.uid)
    if ours is not None and (event.alarm is None or before_start(ours, component) != event.alarm):
        component.subcomponents.remove(ours)
        ours = None
    summary = str(component["SUMMARY"])
    if event.alarm is not None and ours is not None:
        ours.pop("DESCRIPTION", None)
        ours.add("DESCRIPTION", summary)
    elif event.alarm is not None or (dialect.none_alarm and not component.walk("VALARM")):
        alarm = Alarm()
        alarm.add("UID", alarm_uid(event.uid))
        alarm.add("ACTION", "NONE" if event.alarm is None else "DISPLAY")
        alarm.add("TRIGGER", _NO_ALARM if event.alarm is None else -event.alarm)
        if event.alarm is not None:
            alarm.add("DESCRIPTION", summary)
        component.add_component(alarm)


def _zone_of(event: Event, dialect: Dialect) -> str | None:
    """The zone whose rules the event needs: none when it is all-day or in UTC, or where a server loses zones."""
    if dialect.utc or not isinstance(event.start, datetime) or event.zone in ("", "UTC", "Etc/UTC"):
        return None
    return event.zone


@lru_cache(maxsize=1024)
def _category_names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_bounded(tidy_line(name), "category") for name in names)


def _bounded(text: str, kind: str) -> str:
    """Text short enough for every server. icalendar takes a backslash before N for a line break, so it becomes n."""
    text = text.replace("\\N", "\\n")
    limit = _OCTETS[kind]
    if len(text) * 4 <= limit or len(encoded := text.encode()) <= limit:
        return text
    return encoded[: limit - 3].decode(errors="ignore").rstrip() + "…"


def _web_address(text: str) -> str:
    if not text:
        return ""
    text = tidy_line(text)
    return text if _WEB_ADDRESS.fullmatch(text) and len(text.encode()) <= _OCTETS["url"] else ""
