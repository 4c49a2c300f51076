"""Events as iCalendar text and back: one VCALENDAR per event for CalDAV, one with all of them for a feed. Pure.

- Written by RFC 5545 as clients and servers really take it (caldav-facts 7, 8, 12): DTEND always, IANA zone
  with its VTIMEZONE, transparent, private, no attendee, no recurrence, at most one alarm of ours.
- A text the server already has is the `base`: our properties replace theirs, everything else in it stays (foreign
  alarms, X- properties, the user's lines around our part of the description, categories, a status we never write).
- `parse` gives the fields that count, normalised (caldav-facts 9); stamps, zones' text and clients' marks are left out.
- icalendar is the authority for every encoding and the only reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Alarm, Calendar, Component, Timezone
from icalendar import Event as VEvent

from connectors.ical.compiled_text import (
    CompiledText,
    Encoder,
    encode_address,
    encode_categories,
    encode_instant,
    encode_moment,
    encode_number,
    encode_text,
)
from connectors.ical.vtimezone import make_vtimezone
from sync.models import Event, Moment, Snapshot, Stamp
from sync.reconcile.text_marks import marked, put_our_part, tidy, tidy_line, unmarked

PRODID = "-//followup//follow-ups//EN"
FEED_COLOR = "steelblue"
FEED_REFRESH = timedelta(hours=1)

MAX_LETTERS = 1_000_000
"""A calendar object larger than this is not read; ours have a few thousand letters."""

_YEARS_AHEAD = 2
_OCTETS = {"summary": 250, "description": 7000, "category": 80, "url": 2000}
"""How much of the sheet's text goes into an event; servers refuse large objects (caldav-facts 7)."""
_OUR_STATUSES = ("CONFIRMED", "TENTATIVE", "CANCELLED")
_READ = ("DTSTART", "DTEND", "DURATION", "SUMMARY", "DESCRIPTION", "STATUS", "RRULE", "RDATE")
_NO_ALARM = datetime(1976, 4, 1, 0, 55, 45, tzinfo=UTC)
"""The trigger Apple writes with ACTION:NONE; servers and clients know it (caldav-facts 8)."""


class UnreadableEvent(ValueError):
    """The text is no event we can understand: never the same as an event that is gone or was changed."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server needs to be told differently. `utc`: it loses events with a TZID (Yahoo).

    `marked`: lines in the description say where the user's own text goes. Nobody can write into a feed.
    """

    none_alarm: bool = False
    utc: bool = False
    marked: bool = True


FEED = Dialect(marked=False)


# --- writing -------------------------------------------------------------------------------------------------


def serialise(event: Event, stamp: Stamp, *, base: str = "", dialect: Dialect = Dialect()) -> bytes:
    """The whole calendar object of one event, merged into `base`. Raises `UnreadableEvent` if the base is broken."""
    zone = None if dialect.utc else _zone_of(event)
    if not base:
        top, bottom = _around(zone, event.start.year)
        return top + _write(event, stamp, dialect) + bottom
    calendar = _read(base)
    for name in ("METHOD", "PRODID", "VERSION"):
        calendar.pop(name, None)
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    _fill(_find_event(calendar, event.uid), event, stamp, dialect)
    if zone and zone not in {str(part.get("TZID")) for part in calendar.walk("VTIMEZONE")}:
        calendar.subcomponents.insert(0, _zone_component(zone, event.start.year))
    return bytes(calendar.to_ical())


def serialise_block(event: Event, stamp: Stamp) -> str:
    """The bare VEVENT of one event, as it stands in a feed."""
    return _write(event, stamp, FEED).decode()


def snapshot_of(event: Event, stamp: Stamp, *, dialect: Dialect = Dialect()) -> Snapshot:
    """What `parse` reads from `serialise` of this event without a base: known, so no need to parse it again."""
    values = _values(event, stamp, dialect, _BLANK)
    start, end = values["DTSTART"], values["DTEND"]
    return Snapshot(
        start=start.astimezone(UTC) if isinstance(start, datetime) else start,
        end=end.astimezone(UTC) if isinstance(end, datetime) else end,
        summary=tidy_line(values["SUMMARY"]),
        description=tidy(values["DESCRIPTION"]),
        status=values["STATUS"],
        categories=tuple(sorted({name for name in values["CATEGORIES"] or () if name})),
        url=tidy_line(values["URL"] or ""),
        our_alarm=event.alarm,
        sequence=stamp.sequence,
        last_modified=stamp.written.astimezone(UTC).replace(microsecond=0),
    )


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
    return make_vtimezone(zone, first_year=year, last_year=year + _YEARS_AHEAD)


def _write(event: Event, stamp: Stamp, dialect: Dialect) -> bytes:
    """A VEVENT that nobody else has touched."""
    values = _values(event, stamp, dialect, _BLANK)
    utc = dialect.utc or not _zone_of(event)
    template = _template(
        _Shape(
            zone="" if utc else event.zone,
            all_day=not isinstance(event.start, datetime),
            status=values["STATUS"],
            color=values["COLOR"],
            alarm=event.alarm,
            silent=event.alarm is None and dialect.none_alarm,
            described=values["DESCRIPTION"] is not None,
            url=values["URL"] is not None,
            categories=values["CATEGORIES"] is not None,
        )
    )
    return template.write(_slot_values(values))


class _Shape(NamedTuple):
    """What decides which lines a VEVENT has; everything else in it is a value."""

    zone: str
    all_day: bool
    status: str
    color: str | None
    alarm: timedelta | None
    silent: bool
    described: bool
    url: bool
    categories: bool


_BLANK: Mapping[str, Any] = {}
"""The properties of an event that nobody has written yet."""
_SLOTS: Mapping[tuple[str, str], Encoder] = {
    ("VEVENT", "UID"): encode_text,
    ("VEVENT", "DTSTAMP"): encode_instant,
    ("VEVENT", "CREATED"): encode_instant,
    ("VEVENT", "LAST-MODIFIED"): encode_instant,
    ("VEVENT", "SEQUENCE"): encode_number,
    ("VEVENT", "DTSTART"): encode_moment,
    ("VEVENT", "DTEND"): encode_moment,
    ("VEVENT", "SUMMARY"): encode_text,
    ("VEVENT", "DESCRIPTION"): encode_text,
    ("VEVENT", "CATEGORIES"): encode_categories,
    ("VEVENT", "URL"): encode_address,
    ("VALARM", "UID"): encode_text,
    ("VALARM", "DESCRIPTION"): encode_text,
}


@lru_cache(maxsize=512)
def _template(shape: _Shape) -> CompiledText:
    """An event of this shape as icalendar writes it, with slots."""
    start = (
        date(2000, 1, 1) if shape.all_day else datetime(2000, 1, 1, tzinfo=ZoneInfo(shape.zone) if shape.zone else UTC)
    )
    event = Event(
        uid="uid",
        start=start,
        end=start,
        zone=shape.zone,
        summary="summary",
        description="description" if shape.described else "",
        categories=("category",) if shape.categories else (),
        tentative=shape.status == "TENTATIVE",
        cancelled=shape.status == "CANCELLED",
        alarm=shape.alarm,
        url="https://example.org/" if shape.url else "",
        color=shape.color or "",
    )
    dialect = Dialect(none_alarm=shape.silent, utc=not shape.zone, marked=shape.described)
    stamp = Stamp(datetime(2000, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC), 0)
    component = VEvent()
    _fill(component, event, stamp, dialect)
    values = _values(event, stamp, dialect, _BLANK)
    return CompiledText(component, slots=_SLOTS, values=_slot_values(values))


def _slot_values(values: Mapping[str, Any]) -> Mapping[tuple[str, str], Any]:
    found = {slot: values[slot[1]] for slot in _SLOTS}
    found["VEVENT", "CATEGORIES"] = tuple(values["CATEGORIES"] or ())
    found["VALARM", "UID"] = _alarm_uid(values["UID"])
    found["VALARM", "DESCRIPTION"] = values["SUMMARY"]
    return found


def serialise_feed(blocks: Iterable[tuple[Moment, str, str]], *, name: str, zone: str) -> bytes:
    """A whole feed out of (start, uid, VEVENT text), sorted by start and uid: the same events give the same bytes."""
    header = Calendar()
    header.add("VERSION", "2.0")
    header.add("PRODID", PRODID)
    header.add("CALSCALE", "GREGORIAN")
    header.add("METHOD", "PUBLISH")
    header.add("NAME", tidy_line(name))
    header.add("X-WR-CALNAME", tidy_line(name))
    header.add("X-WR-TIMEZONE", zone)
    header.add("REFRESH-INTERVAL", FEED_REFRESH, parameters={"VALUE": "DURATION"})
    header.add("X-PUBLISHED-TTL", "PT1H")
    header.add("COLOR", FEED_COLOR)
    top, bottom = header.to_ical().decode().split("END:VCALENDAR")
    ordered = sorted(blocks, key=lambda block: (_instant(block[0]), block[1]))
    return "".join([top, *_feed_zones(ordered), *(text for _, _, text in ordered), "END:VCALENDAR", bottom]).encode()


def _feed_zones(blocks: Iterable[tuple[Moment, str, str]]) -> Iterator[str]:
    years: dict[str, set[int]] = {}
    for start, _, text in blocks:
        for zone in re.findall(r"^DT(?:START|END);TZID=([^:;\r\n]+):", text, re.M):
            years.setdefault(zone, set()).add(start.year)
    for zone, seen in sorted(years.items()):
        yield make_vtimezone(zone, first_year=min(seen), last_year=max(seen) + _YEARS_AHEAD).to_ical().decode()


def _fill(component: VEvent, event: Event, stamp: Stamp, dialect: Dialect) -> None:
    """Put our fields into the component and leave everything else in it as it is."""
    for name, value in _values(event, stamp, dialect, component).items():
        component.pop(name, None)
        if value is not None:
            component.add(name, value)
    _put_alarm(component, event, dialect)


def _values(event: Event, stamp: Stamp, dialect: Dialect, component: Mapping[str, Any]) -> dict[str, Any]:
    """Our properties of this event, None for one it must not have; what others put into the component is respected."""
    described = put_our_part(
        str(component.get("DESCRIPTION", "")) or event.notes,
        _bounded(tidy(event.description), "description"),
        row=event.row,
        address=_web_address(event.address),
    )
    if not dialect.marked:
        described = unmarked(described)
    categories = _category_names(event.categories)
    theirs = [name for name in _categories(component) if name not in categories]
    status = str(component.get("STATUS", "")).upper()
    url = _web_address(event.url)
    kept_url = str(component.get("URL", ""))
    if url or not re.match("https?:", kept_url, re.I):
        url = url or kept_url  # Apple writes message: links there; ours are web addresses
    return {
        "UID": event.uid,
        "DTSTAMP": stamp.written,
        "CREATED": stamp.created,
        "LAST-MODIFIED": stamp.written,
        "SEQUENCE": stamp.sequence,
        "DTSTART": _in_zone(event.start, event, dialect),
        "DTEND": _in_zone(event.end, event, dialect),
        "DURATION": None,
        "SUMMARY": _bounded(tidy_line(event.summary), "summary") or "Follow-up",
        "DESCRIPTION": described.replace("\\N", "\\n") or None,  # see _bounded; the row and the user's lines too
        "CATEGORIES": [*categories, *theirs] or None,
        "STATUS": status if status and status not in _OUR_STATUSES else _status(event),
        "TRANSP": "TRANSPARENT",
        "CLASS": "PRIVATE",
        "X-MICROSOFT-CDO-BUSYSTATUS": "FREE",
        "URL": url or None,
        "COLOR": event.color if re.fullmatch("[a-z]+", event.color) else None,
    }


def _put_alarm(component: VEvent, event: Event, dialect: Dialect) -> None:
    """Our one alarm; those of others stay, and ours keeps what clients noted in it while its time is the same."""
    ours = _our_alarm(component, event.uid)
    if ours is not None and (event.alarm is None or _before_start(ours, component) != event.alarm):
        component.subcomponents.remove(ours)
        ours = None
    summary = str(component["SUMMARY"])
    if event.alarm is not None and ours is not None:
        ours.pop("DESCRIPTION", None)
        ours.add("DESCRIPTION", summary)
    elif event.alarm is not None or (dialect.none_alarm and not component.walk("VALARM")):
        alarm = Alarm()
        alarm.add("UID", _alarm_uid(event.uid))
        alarm.add("ACTION", "NONE" if event.alarm is None else "DISPLAY")
        alarm.add("TRIGGER", _NO_ALARM if event.alarm is None else -event.alarm)
        if event.alarm is not None:
            alarm.add("DESCRIPTION", summary)
        component.add_component(alarm)


def _status(event: Event) -> str:
    return "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED"


def _zone_of(event: Event) -> str | None:
    """The zone whose rules the event needs: none when it is all-day or in UTC."""
    return event.zone if isinstance(event.start, datetime) and event.zone not in ("", "UTC", "Etc/UTC") else None


def _in_zone(moment: Moment, event: Event, dialect: Dialect) -> Moment:
    if not isinstance(moment, datetime):
        return moment
    zone = None if dialect.utc else _zone_of(event)
    return moment.astimezone(ZoneInfo(zone) if zone else UTC)


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
    return text if re.fullmatch(r"https?://[^\s<>\"]+", text) and len(text.encode()) <= _OCTETS["url"] else ""


def _instant(moment: Moment) -> datetime:
    """For sorting: a day counts from its UTC midnight."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)


# --- reading -------------------------------------------------------------------------------------------------


def parse(raw: str, uid: str = "") -> Snapshot:
    """The fields that count of the event with this uid (of the only one, without uid). Raises `UnreadableEvent`."""
    calendar = _read(raw)
    component = _find_event(calendar, uid)
    broken = [name for name, _ in component.errors if name in _READ]
    if broken:
        raise UnreadableEvent(f"its {broken[0]} cannot be understood")
    start = _moment(component, "DTSTART", calendar)
    end = _moment(component, "DTEND", calendar)
    if start is None:
        raise UnreadableEvent("it has no start")
    if end is None:
        length = component.get("DURATION")
        end = start + (length.dt if length else timedelta(0 if isinstance(start, datetime) else 1))
    alarm = _our_alarm(component, uid or str(component.get("UID", "")))
    modified = component.get("LAST-MODIFIED")
    return Snapshot(
        start=start,
        end=end,
        summary=tidy_line(str(component.get("SUMMARY", ""))),
        description=tidy(str(component.get("DESCRIPTION", ""))),
        status=str(component.get("STATUS", "")).upper() or "CONFIRMED",
        categories=tuple(sorted(set(_categories(component)))),
        url=tidy_line(str(component.get("URL", ""))),
        our_alarm=None if alarm is None else _before_start(alarm, component),
        sequence=_number(component.get("SEQUENCE")),
        last_modified=_aware(getattr(modified, "dt", None)),
        hands_off=_hands_off(calendar, component),
    )


def split_feed(raw: str) -> Iterator[tuple[str, str]]:
    """Every VEVENT of a feed of ours as (uid, text), in order and without parsing. A block cut off is left out."""
    for block in re.findall(r"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", raw, re.M | re.S):
        uid = re.search(r"^UID:([^\r\n]*)\r\n", block, re.M)
        if uid:
            yield uid[1], block


def parse_block(block: str, uid: str) -> Snapshot:
    """The same as `parse` for a bare VEVENT out of a feed of ours: its zones are known, all of its text is ours."""
    snapshot = parse(f"BEGIN:VCALENDAR\r\n{block}END:VCALENDAR\r\n", uid)
    return replace(snapshot, description=marked(snapshot.description))


def is_our_feed(raw: str) -> bool:
    """Whether a file was written by followup: it begins with our header."""
    return raw.startswith("BEGIN:VCALENDAR\r\n") and f"\r\nPRODID:{PRODID}\r\n" in raw[:1000]


def _plain_zone(match: re.Match[str]) -> str:
    """Evolution and old Thunderbirds name zones `/freeassociation.sourceforge.net/Europe/Berlin`."""
    parts = match[2].split("/")
    plain = (name for count in (3, 2, 1) if (name := "/".join(parts[-count:])) in available_timezones())
    return match[1] + next(plain, match[2])


def _read(raw: str) -> Calendar:
    if len(raw) > MAX_LETTERS:
        raise UnreadableEvent("it is too large")
    if not raw.lstrip().startswith("BEGIN:VCALENDAR"):
        raise UnreadableEvent("it is no calendar data")
    unfolded = re.sub(r"\r?\n[ \t]", "", raw)
    try:
        calendar = Calendar.from_ical(re.sub(r"(TZID[=:]\"?)(/[^:;\"\r\n]+)", _plain_zone, unfolded))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise UnreadableEvent(f"its text cannot be parsed ({type(error).__name__})") from None
    if not isinstance(calendar, Calendar):
        raise UnreadableEvent("it is no calendar data")
    return calendar


def _find_event(calendar: Calendar, uid: str) -> VEvent:
    """The event itself, not one moved occurrence of it."""
    events = [part for part in calendar.walk("VEVENT") if not uid or str(part.get("UID", "")) == uid]
    events.sort(key=lambda part: "RECURRENCE-ID" in part)
    if not events:
        raise UnreadableEvent("it holds no event with its uid")
    return events[0]


def _moment(component: Component, name: str, calendar: Calendar) -> Moment | None:
    """A day, or an instant in UTC. A time without a zone, or in one nobody defines, is no instant."""
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
    if moment.tzinfo is None:
        raise UnreadableEvent(f"its {name} has no time zone")
    return moment.astimezone(UTC)


def _hands_off(calendar: Calendar, component: VEvent) -> str:
    if "RRULE" in component or "RDATE" in component or len(calendar.walk("VEVENT")) > 1:
        return "it was made recurring"
    if "ATTENDEE" in component or "ORGANIZER" in component:
        return "somebody was invited to it"
    return ""


def _categories(component: Mapping[str, Any]) -> list[str]:
    found = component.get("CATEGORIES", [])
    groups = found if isinstance(found, list) else [found]
    names = [tidy_line(str(name)) for group in groups for name in getattr(group, "cats", [group])]
    return [name for name in names if name]


def _alarm_uid(uid: str) -> str:
    return f"{uid}-alarm"


def _our_alarm(component: VEvent, uid: str) -> Alarm | None:
    """Our alarm by its uid; on servers that drop alarms' uids the first one that has none."""
    alarms = component.walk("VALARM")
    for alarm in alarms:
        if str(alarm.get("UID", "")) == _alarm_uid(uid):
            return alarm
    bare = (a for a in alarms if "UID" not in a and "X-WR-ALARMUID" not in a and "X-APPLE-DEFAULT-ALARM" not in a)
    return next(bare, None)


def _before_start(alarm: Alarm, component: VEvent) -> timedelta | None:
    """How long before the start the alarm rings; None when it never does or cannot be read."""
    trigger = getattr(alarm.get("TRIGGER"), "dt", None)
    if str(alarm.get("ACTION", "")).upper() == "NONE" or alarm.get("TRIGGER") is None:
        return None
    if isinstance(trigger, timedelta):
        if str(alarm["TRIGGER"].params.get("RELATED", "")).upper() == "END" and "DTEND" in component:
            trigger += component["DTEND"].dt - component["DTSTART"].dt
        return -trigger
    start = component["DTSTART"].dt
    if isinstance(trigger, datetime) and isinstance(start, datetime) and trigger.tzinfo and start.tzinfo:
        return start - trigger
    return None


def _aware(moment: object) -> datetime | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else None


def _number(value: object) -> int:
    return int(value) if isinstance(value, int) else 0
