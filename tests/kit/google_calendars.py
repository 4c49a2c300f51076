"""The Calendar API v3 of `google_emulator`: calendars and events as Google's published schema has them.

- A token needs a right that the method's entry in the schema names; `calendar.app.created` reaches only calendars that
  the app made. A reader may not write.
- Ids are Google's alphabet; one used once is taken for ever: a deleted event stays as `cancelled`.
- ETags change with every write, `If-Match` is honoured (412). A SEQUENCE below the present one is refused.
- Listings are paged and may be filtered by a private property; without a filter they end with a `nextSyncToken`, which
  works once events changed and answers 410 when it is too old.
- Times come back in the calendar's zone. Reminders never change `updated`.
- A batch is answered part by part, each with its own status.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from google_schema import body_violations, question_violations, violations

AUTH = "https://www.googleapis.com/auth/"
ANY = frozenset({f"{AUTH}calendar", f"{AUTH}calendar.app.created"})
NAMES = frozenset({f"{AUTH}calendar", f"{AUTH}calendar.calendarlist.readonly"})
EVENTS = ANY | {f"{AUTH}calendar.events"}
WRITABLE = frozenset(
    {"id", "summary", "description", "start", "end", "status", "sequence", "colorId", "transparency", "visibility"}
    | {"reminders", "source", "extendedProperties", "location", "attendees", "recurrence"}
)
MONDAY = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)

Json = dict[str, Any]


class Refused(Exception):
    """An answer that is an error: its status and Google's body for it."""

    def __init__(self, status: int, reason: str, message: str = "made up") -> None:
        super().__init__(status)
        self.status = status
        self.body = {
            "error": {
                "errors": [{"domain": "global", "reason": reason, "message": message}],
                "code": status,
                "message": message,
            }
        }


def breaches(v3: GoogleCalendars, document: Mapping[str, Any]) -> list[str]:
    """Everything asked or answered that Google's own document does not have: methods, parameters, rights, fields."""
    found: list[str] = []

    def entry_of(method: str) -> Any:
        group, _, name = method.partition(".")
        return document["resources"][group]["methods"][name]

    for method, _, query in v3.asked:
        entry = entry_of(method)
        found += [f"{method}: {what}" for what in question_violations(query, entry)]
        found += [] if (ANY | NAMES) & set(entry["scopes"]) else [f"{method}: our rights do not reach it"]
    for method, body in v3.sent:
        told = body_violations(without_nulls(body), f"calendar.{method}", entry_of(method), document["schemas"])
        found += [f"{method}: {what}" for what in told]
    for schema, body in v3.answered:
        found += violations(without_nulls(body), schema, document["schemas"])
    return found


def without_nulls(body: Any) -> Any:
    """The same without keys that are null: they count as absent, or take a key away, and no schema mentions them."""
    if isinstance(body, dict):
        return {key: without_nulls(value) for key, value in body.items() if value is not None}
    return body


@dataclass
class CalendarOfGoogle:
    """One calendar: who has which role in it, and every event there ever was."""

    id: str
    summary: str = "Follow-ups"
    zone: str = "America/New_York"
    roles: dict[str, str] = field(default_factory=dict)
    made_by_app: bool = True
    hidden: bool = False
    """Taken out of the list that its user sees."""
    events: dict[str, Json] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    """Ids in the order in which they were written: what sync tokens count."""
    oldest_token: int = 0
    left_out: set[str] = field(default_factory=set)
    """Ids that no listing shows, though the events are there."""


@dataclass
class GoogleCalendars:
    """All calendars; `page` bounds a listing's page."""

    who: Callable[[str], tuple[str, tuple[str, ...]] | None]
    calendars: dict[str, CalendarOfGoogle] = field(default_factory=dict)
    listed: list[Json] = field(default_factory=list)
    """Further entries of everybody's list of calendars."""
    sent: list[tuple[str, Json]] = field(default_factory=list)
    """Method id of the schema and body of every request that has one."""
    answered: list[tuple[str, Json]] = field(default_factory=list)
    """Schema name and body of every answer that is no error."""
    asked: list[tuple[str, str, dict[str, list[str]]]] = field(default_factory=list)
    """Method id of the schema, path and query of every request."""
    page: int = 2500
    switched_off: int = 0
    """So many requests find the interface not enabled in the project."""
    refuse: list[tuple[str, Refused, int]] = field(default_factory=list)
    """Methods (`insert`, ...) whose next so many calls are refused."""
    habits: set[str] = field(default_factory=set)
    """What Google is not known to do, for the probe: forgets_links, mixes_days, rings_by_itself, takes_twins,
    lists_late, ignores_etags, keeps_no_token, hides_deletions, lists_deleted, burns_ids, takes_no_batch."""
    now: datetime = MONDAY
    numbers: Any = field(default_factory=lambda: itertools.count(3_600_000_000_000_000, 2))

    def add(self, id: str = "made-up@group.calendar.google.com", **parts: Any) -> CalendarOfGoogle:
        """Put a calendar in."""
        self.calendars[id] = CalendarOfGoogle(id, **parts)
        return self.calendars[id]

    # what a user does in Google's own calendar

    def edit(self, calendar: CalendarOfGoogle, id: str, **fields: Any) -> None:
        """Change fields as the user's own program does; only reminders leave `updated` as it is."""
        self.now += timedelta(minutes=1)
        held = calendar.events[id]
        held.update(fields)
        self._touch(calendar, held, silently=set(fields) == {"reminders"})

    def remove(self, calendar: CalendarOfGoogle, id: str) -> None:
        """Delete an event."""
        self.edit(calendar, id, status="cancelled")

    # the interface

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Json | None]:
        """Status and body for one request (a batch is taken apart before)."""
        url = urlsplit(target)
        query = parse_qs(url.query)
        try:
            return self._route(method, url.path, query, {k.lower(): v for k, v in headers.items()}, body)
        except Refused as refused:
            return refused.status, refused.body

    def answer_batch(self, headers: Mapping[str, str], body: bytes) -> tuple[str, bytes]:
        """Content type and body of a batch's answer."""
        kind = headers["Content-Type"]
        authorization = headers.get("Authorization", "")
        parts = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        written = b""
        for part in parts.walk():
            if part.is_multipart():
                continue
            inner = part.get_payload(decode=True)
            assert isinstance(inner, bytes)
            first, _, rest = inner.partition(b"\r\n")
            method, target, _ = first.decode().split(" ")
            asked = message_from_bytes(rest)
            told = {name: str(value) for name, value in asked.items()} | {"Authorization": authorization}
            content = asked.get_payload(decode=True)
            assert isinstance(content, bytes)
            status, answer = self.answer(method, target, told, content)
            text = b"" if answer is None else json.dumps(answer).encode()
            name = str(part["Content-ID"]).strip("<>")
            written += (
                f"--batch_made_up\r\nContent-Type: application/http\r\nContent-ID: <response-{name}>\r\n\r\n"
                f"HTTP/1.1 {status} X\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {len(text)}"
                "\r\n\r\n"
            ).encode() + text + b"\r\n"  # fmt: skip
        return "multipart/mixed; boundary=batch_made_up", written + b"--batch_made_up--\r\n"

    def _route(
        self, method: str, path: str, query: dict[str, list[str]], headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Json | None]:
        sent = json.loads(body) if body else {}
        known = self.who(headers.get("authorization", "").removeprefix("Bearer "))
        if known is None:
            raise Refused(401, "authError", "Invalid Credentials")
        if self.switched_off:
            self.switched_off -= 1
            raise Refused(403, "accessNotConfigured", "Calendar API has not been used in project 123 before.")
        if method == "POST" and path == "/calendar/v3/calendars":
            self._note("calendars.insert", path, query, sent)
            self._check_right(known[1], ANY)
            made = self.add(f"made-up-{next(self.numbers)}@group.calendar.google.com", roles={known[0]: "owner"})
            made.summary, made.zone = sent["summary"], sent.get("timeZone", "UTC")
            return 200, self._told("Calendar", {"kind": "calendar#calendar", "id": made.id, "summary": made.summary})
        if method == "GET" and path == "/calendar/v3/users/me/calendarList":
            self._note("calendarList.list", path, query, sent)
            self._check_right(known[1], NAMES)
            return 200, self._told("CalendarList", self._list_calendars(known[0], query))
        found = re.fullmatch(r"/calendar/v3/calendars/([^/]+)(/events(?:/([^/]+))?)?", path)
        if not found:
            raise Refused(404, "notFound", "Not Found")
        name = {"GET": "get" if found[3] or not found[2] else "list", "POST": "insert", "PUT": "update"}.get(
            method, method.lower()
        )
        self._note(f"{'events' if found[2] else 'calendars'}.{name}", path, query, sent)
        for number, (where, refused, times) in enumerate(self.refuse):
            if where == name and times:
                self.refuse[number] = (where, refused, times - 1)
                raise refused
        self._check_right(known[1], EVENTS if found[2] else ANY)
        calendar = self._open(unquote(found[1]), known, write=method != "GET")
        if not found[2]:
            about = {"kind": "calendar#calendar", "id": calendar.id, "summary": calendar.summary}
            return 200, self._told("Calendar", {**about, "timeZone": calendar.zone})
        return self._serve(calendar, name, unquote(found[3] or ""), query, headers.get("if-match", ""), sent)

    def _serve(
        self, calendar: CalendarOfGoogle, name: str, id: str, query: dict[str, list[str]], etag: str, sent: Json
    ) -> tuple[int, Json | None]:
        if name == "list":
            return 200, self._told("Events", self._list(calendar, query))
        if name == "insert":
            return 200, self._told("Event", self._insert(calendar, sent))
        held = calendar.events.get(id)
        if held is None:
            raise Refused(404, "notFound", "Not Found")
        if name == "get":
            return 200, self._told("Event", self._shown(calendar, held))
        if etag and etag != held["etag"] and "ignores_etags" not in self.habits:
            raise Refused(412, "conditionNotMet", "Precondition Failed")
        if name == "delete":
            if held["status"] == "cancelled":
                raise Refused(410, "deleted", "Resource has been deleted")
            held["status"] = "cancelled"
            self._touch(calendar, held)
            return 204, None
        if name == "update" and held["status"] == "cancelled" and "burns_ids" in self.habits:
            raise Refused(404, "notFound", "Not Found")
        if name == "patch" and held["status"] == "cancelled":
            raise Refused(404, "notFound", "Not Found")
        self._check(sent, at_least=int(held["sequence"]))
        if name == "update":
            kept = {key: held[key] for key in held if key not in WRITABLE or key in ("id", "sequence")}
            calendar.events[id] = held = {"status": "confirmed", **kept, **sent}
        else:
            _merge(held, without_nulls(sent) if "mixes_days" in self.habits else sent)
        self._touch(calendar, held)
        return 200, self._told("Event", self._shown(calendar, held))

    def _insert(self, calendar: CalendarOfGoogle, sent: Json) -> Json:
        self._check(sent, at_least=0)
        name = sent.get("id") or f"madeup{next(self.numbers)}"
        if not re.fullmatch(r"[a-v0-9]{5,1024}", name):
            raise Refused(400, "invalid", "Invalid resource id value.")
        if name in calendar.events and "takes_twins" not in self.habits:
            raise Refused(409, "duplicate", "The requested identifier already exists.")
        held: Json = {
            "kind": "calendar#event", "status": "confirmed", "sequence": 0, "iCalUID": f"{name}@google.com",
            "created": _stamp(self.now), "eventType": "default", **sent, "id": name,
        }  # fmt: skip
        calendar.events[name] = held
        self._touch(calendar, held)
        return self._shown(calendar, held)

    def _list(self, calendar: CalendarOfGoogle, query: dict[str, list[str]]) -> Json:
        get = {name: values[0] for name, values in query.items()}
        if "syncToken" in get:
            if {"privateExtendedProperty", "timeMin", "timeMax", "orderBy", "q", "iCalUID"} & get.keys():
                raise Refused(400, "badRequest", "Sync token cannot be used with other query restrictions.")
            told = get["syncToken"].removeprefix("made-up-")
            if not told.isdigit():
                raise Refused(400, "invalid", "Invalid sync token value.")
            since = int(told)
            if since < calendar.oldest_token:
                raise Refused(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
            wanted = [calendar.events[one] for one in dict.fromkeys(calendar.log[since:])]
            if "hides_deletions" in self.habits:
                wanted = [held for held in wanted if held["status"] != "cancelled"]
        else:
            key, _, value = get.get("privateExtendedProperty", "").partition("=")
            wanted = [
                held
                for held in calendar.events.values()
                if (get.get("showDeleted") == "true" or held["status"] != "cancelled")
                and (not key or held.get("extendedProperties", {}).get("private", {}).get(key) == value)
            ]
            if "lists_late" in self.habits:
                wanted = [held for held in wanted if held["id"] != calendar.log[-1]]
        wanted = [held for held in wanted if held["id"] not in calendar.left_out]
        size = min(self.page, int(get.get("maxResults", 250)), 2500)
        first = int(get.get("pageToken", "0"))
        answer: Json = {
            "kind": "calendar#events", "etag": '"made-up"', "summary": calendar.summary, "timeZone": calendar.zone,
            "accessRole": "owner", "defaultReminders": [{"method": "popup", "minutes": 30}],
            "items": [self._shown(calendar, held) for held in wanted[first : first + size]],
        }  # fmt: skip
        if first + size < len(wanted):
            answer["nextPageToken"] = str(first + size)
        elif "privateExtendedProperty" not in get and "keeps_no_token" not in self.habits:
            answer["nextSyncToken"] = f"made-up-{len(calendar.log)}"
        return answer

    def _list_calendars(self, who: str, query: dict[str, list[str]]) -> Json:
        """Everybody's list holds all calendars they have a role in, whoever made them."""
        writing = query.get("minAccessRole") == ["writer"]
        mine: list[Json] = [
            {"kind": "calendar#calendarListEntry", "id": one.id, "summary": one.summary, "accessRole": one.roles[who]}
            for one in self.calendars.values()
            if who in one.roles and (not one.hidden or query.get("showHidden") == ["true"])
        ]
        items = [one for one in [*mine, *self.listed] if not writing or one.get("accessRole") in ("owner", "writer")]
        first, size = int(query.get("pageToken", ["0"])[0]), min(self.page, int(query.get("maxResults", ["100"])[0]))
        answer = {"kind": "calendar#calendarList", "items": items[first : first + size]}
        return answer | ({"nextPageToken": str(first + size)} if first + size < len(items) else {})

    def _open(self, id: str, known: tuple[str, tuple[str, ...]], *, write: bool) -> CalendarOfGoogle:
        who, scopes = known
        calendar = self.calendars.get(id)
        narrow = f"{AUTH}calendar" not in scopes and f"{AUTH}calendar.events" not in scopes
        if calendar is None or who not in calendar.roles or (narrow and not calendar.made_by_app):
            raise Refused(404, "notFound", "Not Found")
        if write and calendar.roles[who] not in ("owner", "writer"):
            raise Refused(403, "requiredAccessLevel", "You need to have writer access to this calendar.")
        return calendar

    def _check_right(self, scopes: tuple[str, ...], wanted: frozenset[str]) -> None:
        if not wanted & set(scopes):
            raise Refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")

    def _check(self, sent: Json, *, at_least: int) -> None:
        if unknown := sent.keys() - WRITABLE:
            raise Refused(400, "invalid", f"unknown fields {sorted(unknown)}")
        if int(sent.get("sequence", at_least)) < at_least:
            raise Refused(400, "invalid", "Invalid sequence value.")
        reminders = sent.get("reminders", {})
        overrides = reminders.get("overrides", [])
        if reminders.get("useDefault") and overrides:
            raise Refused(400, "cannotUseDefaultRemindersAndSpecifyOverride")
        if len(overrides) > 5 or any(not 0 <= one["minutes"] <= 40320 for one in overrides):
            raise Refused(400, "invalid", "Invalid reminder.")
        for name in ("start", "end"):
            moment = {key: value for key, value in sent.get(name, {}).items() if value is not None}
            if name in sent and ("date" in moment) is ("dateTime" in moment):
                raise Refused(400, "invalid", f"Invalid {name}.")

    def _shown(self, calendar: CalendarOfGoogle, held: Json) -> Json:
        """A resource as it is answered: times in the calendar's zone."""
        shown = json.loads(json.dumps(held))
        for name in ("start", "end"):
            if "dateTime" in shown.get(name, {}):
                moment = datetime.fromisoformat(shown[name]["dateTime"]).astimezone(ZoneInfo(calendar.zone))
                shown[name]["dateTime"] = moment.isoformat()
        assert isinstance(shown, dict)
        if "lists_deleted" in self.habits:
            shown["status"] = shown["status"].replace("cancelled", "confirmed")
        if "forgets_links" in self.habits:
            shown.pop("source", None)
        if "rings_by_itself" in self.habits and not shown["reminders"].get("overrides"):
            shown["reminders"] = {"useDefault": True}
        return shown

    def _touch(self, calendar: CalendarOfGoogle, held: Json, *, silently: bool = False) -> None:
        held["etag"] = f'"{next(self.numbers)}"'
        if not silently:
            held["updated"] = _stamp(self.now)
        calendar.log.append(held["id"])

    def _note(self, method: str, path: str, query: dict[str, list[str]], sent: Json) -> None:
        self.asked.append((method, path, query))
        if sent:
            self.sent.append((method, sent))

    def _told(self, schema: str, answer: Json) -> Json:
        self.answered.append((schema, answer))
        return answer


def _merge(held: Json, sent: Json) -> None:
    """PATCH: objects are merged, null takes a key away, everything else is replaced."""
    for key, value in sent.items():
        if value is None:
            held.pop(key, None)
        elif isinstance(value, dict) and isinstance(held.get(key), dict):
            _merge(held[key], value)
        else:
            held[key] = value


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"
