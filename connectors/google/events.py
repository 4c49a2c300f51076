"""An event of ours as a resource of the Calendar API v3, and back. Pure.

- **Identity**: the resource's `id` is the UID in base32hex, Google's own alphabet for ids. The same UID is always the
  same id, so a create whose answer was lost meets itself (409) instead of making a twin. Events are made with `insert`:
  `import` lets Google choose the id.
- **Marks** that nobody sees stand in `extendedProperties.private`: the owner, the categories, and the alarm as we meant
  it. Google cannot ring after an all-day event began; such an alarm rings on the evening before, and the mark lets it
  be read back as what it stands for.
- **Reminders** are always our own or none: `useDefault` is false, so that an event without an alarm is silent. Other
  reminders the user adds stay.
- An update is a PATCH of what we own: whatever else the user set (colour, visibility, place, guests) stays.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from html import unescape
from json import dumps
from typing import Any
from zoneinfo import ZoneInfo

from connectors.ical.reading import MAX_ADDITION, UnreadableEvent
from sync.models import Event, Moment, RemoteEvent, Snapshot, Stamp
from sync.moments import zone_names
from sync.reconcile.identity import is_ours
from sync.reconcile.marker_lines import put_our_part, tidy, tidy_line

Json = dict[str, Any]

OWNER_MARK = "followup"
ALARM_MARK = "followupAlarm"
CATEGORIES_MARK = "followupCategories"
EVENING_BEFORE = timedelta(hours=6)
"""Before the midnight with which an all-day event begins: 18:00."""
LONGEST_ALARM = timedelta(minutes=40320)
COLOR_IDS = {"steelblue": "7", "crimson": "11", "seagreen": "10", "goldenrod": "5", "slategray": "8"}
"""Our colours (RFC 7986 5.9) as Google's: Peacock, Tomato, Basil, Banana, Graphite."""


def google_id(uid: str) -> str:
    """The resource id of a UID: its bytes in base32hex (RFC 4648 7), small letters, no padding."""
    return base64.b32hexencode(uid.encode()).decode().rstrip("=").lower()


def uid_behind(identity: str) -> str | None:
    """The UID that this resource id was made from, whosever it is; None for an id that was not made so."""
    try:
        text = identity.upper()
        uid = base64.b32hexdecode(text + "=" * (-len(text) % 8)).decode("ascii")
    except ValueError:
        return None
    return uid if google_id(uid) == identity else None


def uid_of(identity: str, owner: str) -> str | None:
    """The UID behind a resource id, where it is one of this owner's."""
    uid = uid_behind(identity)
    return uid if uid and is_ours(uid, owner) else None


def new_resource(event: Event, stamp: Stamp, *, owner: str, again: Json | None = None) -> Json:
    """The whole resource of an event that is to be made; `again` is that of a deleted one which it brings back.

    What the user chose in it comes along, but for guests and attachments, which take a permission of their own.
    """
    resource = {
        "id": google_id(event.uid),
        "status": _status(event),
        "transparency": "opaque" if event.busy else "transparent",
        "visibility": "private",
        **_shared(event, stamp, owner=owner, text=event.notes),
        "reminders": {"useDefault": False, "overrides": _overrides(event)},
    }
    if event.color in COLOR_IDS:
        resource["colorId"] = COLOR_IDS[event.color]
    if again:
        resource |= {name: again[name] for name in _CHOSEN if name in again}
        resource["reminders"] = _reminders(event, again)
    return resource


_CHOSEN = ("location", "colorId", "visibility", "transparency")
"""What of a resource is the user's to choose, and comes back with it."""


def patch(event: Event, stamp: Stamp, base: RemoteEvent, *, held: Json, owner: str) -> Json:
    """What is to change in a resource (`held`) that holds `base`: our fields and nothing else."""
    resource = {**_shared(event, stamp, owner=owner, text=base.snapshot.description), "status": _status(event)}
    for name in ("start", "end"):  # where a day becomes an hour or an hour a day, the other key has to go
        resource[name] |= {key: None for key in held.get(name, {}) if key not in resource[name]}
    if event.alarm is not None or not held.get("reminders", {}).get("useDefault"):
        resource["reminders"] = _reminders(event, held)
    return resource


def _reminders(event: Event, held: Json) -> Json:
    """Our reminder, and those of others that a resource holds."""
    ours = _our_override(held)
    others = [one for one in held.get("reminders", {}).get("overrides", ()) if one is not ours]
    return {"useDefault": False, "overrides": [*_overrides(event), *others][:5]}


def read_resource(resource: Mapping[str, Any], uid: str, *, href: str) -> RemoteEvent:
    """The event as it lies in the calendar. Raises `UnreadableEvent` where its time cannot be understood."""
    _check_shape(resource)
    start, end = _read_moment(resource, "start"), _read_moment(resource, "end")
    if isinstance(start, datetime) is not isinstance(end, datetime):
        raise UnreadableEvent("its start and end are not of one kind")
    private = resource.get("extendedProperties", {}).get("private", {})
    snapshot = Snapshot(
        start=start,
        end=end,
        summary=tidy_line(str(resource.get("summary", ""))),
        description=tidy(_plain(str(resource.get("description", "")))),
        status=str(resource.get("status", "confirmed")).upper(),
        categories=tuple(sorted(filter(None, str(private.get(CATEGORIES_MARK, "")).split(",")))),
        url=tidy_line(str(resource.get("source", {}).get("url", ""))),
        our_alarm=_read_alarm(resource),
        sequence=_number(resource.get("sequence")),
        last_modified=_instant(resource.get("updated")),
        additions=tuple(_additions(resource)),
        hands_off=_hands_off(resource),
    )
    raw = dumps(resource, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return RemoteEvent(uid, href, str(resource.get("etag", "")), snapshot, raw)


def _additions(resource: Mapping[str, Any]) -> Iterator[str]:
    """What stands in the event and is never written by us, each as one text."""
    if place := resource.get("location"):
        yield f"location:{place}"[:MAX_ADDITION]
    yield from (f"attachment:{one}"[:MAX_ADDITION] for one in resource.get("attachments", ()))
    reminders, ours = resource.get("reminders", {}), _our_override(resource)
    if not reminders.get("useDefault"):
        others = (one for one in reminders.get("overrides", ()) if one is not ours)
        yield from sorted(f"reminder:{one.get('method')} {one.get('minutes')}" for one in others)


_PARTS = {
    "start": dict, "end": dict, "extendedProperties": dict, "reminders": dict, "source": dict,
    "attendees": list, "recurrence": list, "attachments": list,
}  # fmt: skip


def _check_shape(resource: Mapping[str, Any]) -> None:
    """Raises `UnreadableEvent` where a part is of another kind than Google's events have."""
    for name, kind in _PARTS.items():
        if not isinstance(resource.get(name, kind()), kind):
            raise UnreadableEvent(f"its {name} cannot be understood")
    overrides = resource.get("reminders", {}).get("overrides", [])
    if not isinstance(overrides, list) or not all(isinstance(one, dict) for one in overrides):
        raise UnreadableEvent("its reminders cannot be understood")
    if not isinstance(resource.get("extendedProperties", {}).get("private", {}), dict):
        raise UnreadableEvent("its extendedProperties cannot be understood")


def _shared(event: Event, stamp: Stamp, *, owner: str, text: str) -> Json:
    """What a new resource and a changed one have in common."""
    marks = {
        OWNER_MARK: owner,
        CATEGORIES_MARK: ",".join(event.categories)[:1000],
        ALARM_MARK: "" if event.alarm is None else str(_minutes(event.alarm)),
    }
    shared: Json = {
        "summary": event.summary,
        "description": put_our_part(text, event.description, row=event.row, address=event.address),
        "start": _moment(event.start, event.zone),
        "end": _moment(event.end, event.zone),
        "sequence": stamp.sequence,
        "extendedProperties": {"private": marks},
    }
    if re.match(r"https?://", event.url):
        shared["source"] = {"title": event.summary[:200], "url": event.url}
    return shared


def _status(event: Event) -> str:
    return "cancelled" if event.cancelled else "tentative" if event.tentative else "confirmed"


def _moment(moment: Moment, zone: str) -> Json:
    if isinstance(moment, datetime):
        there = moment.astimezone(ZoneInfo(zone)) if zone in zone_names() else moment
        return {"dateTime": there.isoformat(timespec="seconds"), "timeZone": zone}
    return {"date": moment.isoformat()}


def _overrides(event: Event) -> list[Json]:
    if event.alarm is None:
        return []
    early = event.alarm
    if early < timedelta(0):
        early = timedelta(0) if isinstance(event.start, datetime) else EVENING_BEFORE
    return [{"method": "popup", "minutes": _minutes(min(early, LONGEST_ALARM))}]


def _our_override(resource: Mapping[str, Any]) -> Json | None:
    """The reminder that stands for our alarm: the one we meant, else the first that pops up."""
    private = resource.get("extendedProperties", {}).get("private", {})
    popups = [one for one in resource.get("reminders", {}).get("overrides", ()) if one.get("method") == "popup"]
    meant = _meant(resource, private)
    return next(
        (one for one in popups if meant is not None and one.get("minutes") == meant[1]), next(iter(popups), None)
    )


def _meant(resource: Mapping[str, Any], private: Mapping[str, Any]) -> tuple[timedelta, int] | None:
    """The alarm as we last meant it, and the minutes that stand for it."""
    text = str(private.get(ALARM_MARK, ""))
    if not re.fullmatch(r"-?\d{1,6}", text):
        return None
    alarm = timedelta(minutes=int(text))
    early = alarm
    if alarm < timedelta(0):
        early = EVENING_BEFORE if "date" in resource.get("start", {}) else timedelta(0)
    return alarm, _minutes(min(early, LONGEST_ALARM))


def _read_alarm(resource: Mapping[str, Any]) -> timedelta | None:
    private = resource.get("extendedProperties", {}).get("private", {})
    found = _our_override(resource)
    if found is None or resource.get("reminders", {}).get("useDefault"):
        return None
    meant = _meant(resource, private)
    if meant is not None and found.get("minutes") == meant[1]:
        return meant[0]
    return timedelta(minutes=_number(found.get("minutes")))


def _read_moment(resource: Mapping[str, Any], name: str) -> Moment:
    """A day, or an instant in UTC."""
    held = resource.get(name, {})
    try:
        if "dateTime" in held:
            moment = datetime.fromisoformat(str(held["dateTime"]))
            if moment.tzinfo is None and held.get("timeZone") in zone_names():
                moment = moment.replace(tzinfo=ZoneInfo(held["timeZone"]))
            if moment.tzinfo is None:
                raise UnreadableEvent(f"its {name} has no time zone")
            return moment.astimezone(UTC)
        return date.fromisoformat(str(held["date"]))
    except (ValueError, KeyError, OverflowError):
        raise UnreadableEvent(f"its {name} cannot be understood") from None


_MARKUP = re.compile(r"<(/?)(br|p|div|span|ul|ol|li|b|i|u|a|html-blob)\b[^<>]*>", re.IGNORECASE)


def _plain(text: str) -> str:
    """A description that Google's own editor turned into HTML, as text again; any other text as it is.

    The editor is known by its `<br>`: a text of ours has line breaks and never that.
    """
    if not re.search(r"<br\s*/?>", text, re.IGNORECASE):
        return text
    text = re.sub(r"<br\s*/?>|</(p|div|li)>", "\n", text, flags=re.IGNORECASE)
    return unescape(_MARKUP.sub("", text)).replace("\N{NO-BREAK SPACE}", " ")


def _hands_off(resource: Mapping[str, Any]) -> str:
    if resource.get("recurrence") or resource.get("recurringEventId"):
        return "it was made recurring"
    guests: Sequence[Any] = resource.get("attendees", ())
    return "somebody was invited to it" if guests or resource.get("attendeesOmitted") else ""


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _instant(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None
