"""Calendars that a test can break, and the people who use them: one shape for memory, the stub and real servers.

A `World` is a target for the code under test and, at the same time, the other client: the user who drags, renames,
ticks, writes notes and deletes. A `Fuse` burns at a durable step or request: then the process is gone (`Killed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from google_calendars import CalendarOfGoogle, Refused
from google_emulator import AUTH, HTML_502, Fault, GoogleEmulator
from icalendar import Calendar
from msgspec.structs import replace
from servers import Server
from stub_server import CALENDAR, StubServer, VirtualTime
from target_contract import outside_for

from connectors.caldav_server import CaldavServer
from connectors.dav.server_profiles import ServerProfile
from connectors.google.calendar_api import CalendarApi
from connectors.google.events import google_id, uid_of
from connectors.google_calendar import GoogleCalendar
from connectors.http_transport import Answer, HttpTransport, Login, Transport
from connectors.memory import MemoryTarget
from sync.memory import Intent, Memory, RunRecord
from sync.models import Change, Observation, Outcome, RemoteEvent
from sync.protocols import StateStore, Target

T = TypeVar("T")
GOOGLE_USER = "user@example.com"
DENTIST = {"id": "dentist0", "status": "confirmed", "summary": "Dentist", "start": {"date": "2027-01-11"}}
LOGIN = Login("ann", "secret")
FOREIGN = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//other//EN\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTAMP:20270101T000000Z\r\nDTSTART:20270111T140000Z\r\nDTEND:20270111T150000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"  # noqa: E501


class Killed(BaseException):
    """The process is gone at this very point; nothing after it happens."""


@dataclass
class Fuse:
    """Burns after so many steps; None never burns. `steps` counts what passed."""

    left: int | None = None
    steps: int = 0

    def burn(self) -> None:
        """One step; raises `Killed` when the last one is reached."""
        self.steps += 1
        if self.left is None:
            return
        if self.left == 0:
            self.left = None
            raise Killed
        self.left -= 1


class World(Protocol):
    """A calendar with its user."""

    fuse: Fuse

    @property
    def target(self) -> Target: ...

    def uids(self) -> set[str]: ...

    def edit(self, uid: str, change: Edit) -> None: ...

    def delete(self, uid: str) -> None: ...

    def foreign_is_whole(self) -> bool: ...

    def fail(self, fault: str) -> None: ...

    def heal(self) -> None: ...

    def at(self, now: datetime) -> datetime: ...


@dataclass(frozen=True)
class Edit:
    """What a user changes in an event; None leaves it. A client that `counts` raises its SEQUENCE."""

    start: datetime | None = None
    title: str | None = None
    note: str | None = None
    no_alarm: bool = False
    alarm: timedelta | None = None
    guest: str | None = None
    counts: bool = False


def edited(text: str, change: Edit, now: datetime) -> str:
    """The calendar object after the edit, as another client writes it."""
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    if change.start is not None:
        length = event.end - event.start
        event.DTSTART, event.DTEND = change.start, change.start + length
    if change.title is not None:
        event["SUMMARY"] = change.title
    if change.note is not None:
        event["DESCRIPTION"] = str(event.get("DESCRIPTION", "")) + "\n" + change.note
    if change.no_alarm:
        event.subcomponents = [part for part in event.subcomponents if part.name != "VALARM"]
    if change.alarm is not None:
        for alarm in event.walk("VALARM"):
            alarm.TRIGGER = -change.alarm
    if change.counts:
        event.sequence = int(event.get("SEQUENCE", 0)) + 1
    if change.guest is not None:
        event.add("ATTENDEE", f"mailto:{change.guest}")
    event.pop("LAST-MODIFIED", None)
    event.add("LAST-MODIFIED", now)
    return str(calendar.to_ical(), "utf-8")


@dataclass
class BurningTarget:
    """A target whose process may be gone before or after each change."""

    inner: MemoryTarget
    fuse: Fuse

    @property
    def identity(self) -> str:
        return self.inner.identity

    @property
    def abilities(self):  # type: ignore[no-untyped-def]
        return self.inner.abilities

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        return self.inner.observe(known)

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        for change in changes:
            self.fuse.burn()
            outcomes = list(self.inner.apply([change], observed=observed, deadline=deadline))
            self.fuse.burn()
            yield from outcomes


@dataclass
class BurningTransport:
    """Requests whose process may be gone before they leave or after they arrived."""

    inner: Transport
    fuse: Fuse

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        if method not in ("PUT", "DELETE", "POST", "PATCH"):
            return self.inner.send(method, path, headers=headers, body=body)
        self.fuse.burn()
        answer = self.inner.send(method, path, headers=headers, body=body)
        self.fuse.burn()
        return answer

    def open(self) -> None:
        self.inner.open()

    def close(self) -> None:
        self.inner.close()


@dataclass
class BurningStore:
    """A state store whose process may be gone before or after each commit."""

    inner: StateStore
    fuse: Fuse

    def lock(self) -> AbstractContextManager[None]:
        return self.inner.lock()

    def load(self) -> Memory:
        return self.inner.load()

    def list_runs(self) -> Sequence[RunRecord]:
        return self.inner.list_runs()

    def copies(self, run: int | None = None) -> tuple[int, Sequence[Intent]]:
        return self.inner.copies(run)

    def begin(
        self, changes: Sequence[Change], *, memory: Memory, after: Memory, now: datetime, run: int | None = None
    ) -> int:
        return self._around(lambda: self.inner.begin(changes, memory=memory, after=after, now=now, run=run))

    def record(self, run: int, outcomes: Sequence[Outcome]) -> None:
        self._around(lambda: self.inner.record(run, outcomes))

    def keep(self, memory: Memory) -> None:
        self._around(lambda: self.inner.keep(memory))

    def commit(self, run: int, memory: Memory, *, exit_code: int) -> None:
        self._around(lambda: self.inner.commit(run, memory, exit_code=exit_code))

    def _around(self, step: Callable[[], T]) -> T:
        self.fuse.burn()
        result = step()
        self.fuse.burn()
        return result


@dataclass
class MemoryWorld:
    """A calendar in this process; it never fails by itself."""

    fuse: Fuse = field(default_factory=Fuse)
    calendar: MemoryTarget = field(default_factory=MemoryTarget)
    now: datetime = field(default_factory=lambda: VirtualTime().now)

    @property
    def target(self) -> Target:
        return BurningTarget(self.calendar, self.fuse)

    def uids(self) -> set[str]:
        return set(self.calendar.events)

    def edit(self, uid: str, change: Edit) -> None:
        event = self.calendar.events[uid]
        shot = replace(event.snapshot, last_modified=self.now)
        if change.start is not None:
            assert isinstance(shot.start, datetime)
            assert isinstance(shot.end, datetime)
            shot = replace(shot, start=change.start, end=change.start + (shot.end - shot.start))
        if change.title is not None:
            shot = replace(shot, summary=change.title)
        if change.note is not None:
            shot = replace(shot, description=f"{shot.description}\n{change.note}")
        if change.no_alarm:
            shot = replace(shot, our_alarm=None)
        if change.alarm is not None and shot.our_alarm is not None:
            shot = replace(shot, our_alarm=change.alarm)
        if change.counts:
            shot = replace(shot, sequence=shot.sequence + 1)
        if change.guest is not None:
            shot = replace(shot, hands_off="somebody was invited to it")
        self.calendar.events[uid] = replace(event, snapshot=shot, etag=event.etag + "'")

    def delete(self, uid: str) -> None:
        del self.calendar.events[uid]

    def foreign_is_whole(self) -> bool:
        return True

    def fail(self, fault: str) -> None:
        """Nothing fails here."""

    def heal(self) -> None:
        """Nothing to heal."""

    def at(self, now: datetime) -> datetime:
        self.now = now
        return now


@dataclass
class StubWorld:
    """The stub server with its habits and faults, in virtual time."""

    habits: frozenset[str] = frozenset()
    fuse: Fuse = field(default_factory=Fuse)
    zone: ZoneInfo | None = None
    stub: StubServer = field(init=False)

    def __post_init__(self) -> None:
        self.stub = StubServer(VirtualTime(), habits=self.habits)
        self.stub.put_foreign("dentist.ics", FOREIGN)
        self.stub.put_foreign("fu-test-notquite.ics", FOREIGN.replace("dentist", "fu-test-notquite"))

    @property
    def target(self) -> Target:
        outside = outside_for(Path(), clock=self.stub.time.clock, sleep=self.stub.time.sleep)
        transport = BurningTransport(self.stub, self.fuse)
        url = f"http://127.0.0.1:1{CALENDAR}"
        return CaldavServer(
            transport,
            url,
            owner="test",
            profile=ServerProfile(window=1),
            outside=outside,
            login=LOGIN,
            zone=self.zone,
        )

    def _path(self, uid: str) -> str:
        return f"{CALENDAR}{uid}.ics"

    def uids(self) -> set[str]:
        return {uid for uid in self.stub.uids() if uid not in ("dentist", "fu-test-notquite")}

    def edit(self, uid: str, change: Edit) -> None:
        thing = self.stub.things[self._path(uid)]
        self.stub.put(f"{uid}.ics", edited(thing.data, change, self.stub.time.now))

    def delete(self, uid: str) -> None:
        path = self._path(uid)
        self.stub.gone.add(path)
        del self.stub.things[path]

    def foreign_is_whole(self) -> bool:
        return self.stub.things[f"{CALENDAR}dentist.ics"].data == FOREIGN

    def fail(self, fault: str) -> None:
        self.stub.faults[fault] = self.stub.faults.get(fault, 0) + 1

    def heal(self) -> None:
        self.stub.faults.clear()
        self.stub.time.now += timedelta(seconds=30)

    def at(self, now: datetime) -> datetime:
        self.stub.time.now = max(self.stub.time.now, now)
        return self.stub.time.now


@dataclass
class ServerWorld:
    """A real server on loopback."""

    server: Server
    url: str
    fuse: Fuse = field(default_factory=Fuse)
    now: datetime = field(default_factory=lambda: VirtualTime().now)

    def __post_init__(self) -> None:
        self.server.send("PUT", self._path("dentist"), FOREIGN.encode(), Content_Type="text/calendar")

    @property
    def target(self) -> Target:
        outside = outside_for(Path(), clock=lambda: self.now)
        transport = HttpTransport(self.server.root, LOGIN, environ={}, clock=lambda: self.now)
        burning = BurningTransport(transport, self.fuse)
        return CaldavServer(
            burning, self.url, owner="test", profile=ServerProfile(window=1), outside=outside, login=LOGIN
        )

    def _path(self, uid: str) -> str:
        return f"{self.url.removeprefix(self.server.root)}{uid}.ics"

    def text(self, uid: str) -> str:
        """The event as the server has it."""
        answer = self.server.send("GET", self._path(uid))
        assert answer.status == 200, answer
        return answer.body.decode()

    def uids(self) -> set[str]:
        return set(self.target.observe({}).events)

    def edit(self, uid: str, change: Edit) -> None:
        text = edited(self.text(uid), change, self.now)
        answer = self.server.send("PUT", self._path(uid), text.encode(), Content_Type="text/calendar; charset=utf-8")
        assert answer.status in (200, 201, 204), answer

    def delete(self, uid: str) -> None:
        assert self.server.send("DELETE", self._path(uid)).status in (200, 204)

    def foreign_is_whole(self) -> bool:
        return "SUMMARY:Dentist" in self.text("dentist")

    def fail(self, fault: str) -> None:
        """A real server fails when it likes to."""

    def heal(self) -> None:
        """Nothing to heal."""

    def at(self, now: datetime) -> datetime:
        self.now = now
        return now


@dataclass
class GoogleWorld:
    """Google's Calendar API over real sockets, with its user."""

    google: GoogleEmulator
    fuse: Fuse = field(default_factory=Fuse)
    now: datetime = field(default_factory=lambda: VirtualTime().now)
    calendar: CalendarOfGoogle = field(init=False)

    def __post_init__(self) -> None:
        self.calendar = self.google.v3.add(f"c{len(self.google.v3.calendars)}@made.up", roles={GOOGLE_USER: "owner"})
        self.calendar.events["dentist0"] = dict(DENTIST)
        scopes = (f"{AUTH}calendar.app.created",)
        self._token = self.google._new_token(GOOGLE_USER, scopes)["access_token"]

    @property
    def target(self) -> Target:
        outside = outside_for(Path(), clock=lambda: self.now)
        api = CalendarApi(self.calendar.id, GOOGLE_USER, lambda: self._token, outside, self.google.root)
        wire = HttpTransport(self.google.root, Login("", self._token), environ={}, clock=lambda: self.now)
        api.transport = BurningTransport(wire, self.fuse)
        return GoogleCalendar(api, owner="test", zone="America/New_York")

    def uids(self) -> set[str]:
        there = (held for held in self.calendar.events.values() if held["status"] != "cancelled")
        return {uid for held in there if (uid := uid_of(held["id"], "test"))}

    def edit(self, uid: str, change: Edit) -> None:
        held = self.calendar.events[google_id(uid)]
        fields: dict[str, object] = {}
        if change.start is not None:
            length = datetime.fromisoformat(held["end"]["dateTime"]) - datetime.fromisoformat(held["start"]["dateTime"])
            zone = held["start"]["timeZone"]
            fields["start"] = {"dateTime": change.start.isoformat(), "timeZone": zone}
            fields["end"] = {"dateTime": (change.start + length).isoformat(), "timeZone": zone}
        if change.title is not None:
            fields["summary"] = change.title
        if change.note is not None:
            fields["description"] = held.get("description", "") + "\n" + change.note
        self.google.v3.edit(self.calendar, google_id(uid), **fields)

    def delete(self, uid: str) -> None:
        self.google.v3.remove(self.calendar, google_id(uid))

    def foreign_is_whole(self) -> bool:
        return bool(self.calendar.events["dentist0"] == DENTIST)

    def fail(self, fault: str) -> None:
        if fault in ("drop_after", "error_after"):
            self.google.answered_then_lost += 1
        elif fault in ("slow_down_429", "locked"):
            self.google.v3.refuse += [(name, Refused(403, "rateLimitExceeded"), 1) for name in ("insert", "patch")]
        elif fault.startswith("read_"):
            self.google.faults.append(Fault(f"{self.calendar.id}/events?", 502, HTML_502))
        else:
            self.google.faults.append(Fault("/calendar/v3", 502, HTML_502))

    def heal(self) -> None:
        self.google.faults.clear()
        self.google.v3.refuse.clear()
        self.google.answered_then_lost = 0

    def at(self, now: datetime) -> datetime:
        self.now = self.google.v3.now = now
        return now
