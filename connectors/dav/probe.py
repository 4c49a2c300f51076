"""Finds out what a calendar server really does, with one scratch event that is gone afterwards (`check --live`).

The scratch event lies far ahead, is named as what it is, and has an identity used this once: servers remember deleted
ones. Every finding is one plain sentence; a bad one says what followup does about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from msgspec.structs import replace

from connectors.dav.answers import reason_of
from connectors.dav.collection import CalendarCollection, is_strong
from connectors.dav.writes import CALENDAR_HEADERS, SETTLE_PAUSES
from connectors.http_transport import Answer, NoAnswerError
from connectors.ical.reading import parse
from connectors.ical.writing import Dialect, serialise
from sync.errors import CredentialsError, TargetError
from sync.models import Event, Finding, RemoteEvent, Stamp
from sync.reconcile.identity import SELF, make_uid

AHEAD = timedelta(days=300)
HANDS = 4
"""How many requests it is tried with at once."""


def probe_calendar(
    collection: CalendarCollection,
    *,
    owner: str,
    dialect: Dialect,
    now: datetime,
    sleep: Callable[[float], None],
) -> tuple[Finding, ...]:
    """What this calendar does and does not. Raises `TargetError` or `CredentialsError` where it cannot be tried."""
    collection.list_rows()
    event = _scratch(owner, now)
    probe = _Probe(collection, event, dialect, now, sleep)
    try:
        return tuple(probe.run())
    finally:
        probe.remove()


def _scratch(owner: str, now: datetime) -> Event:
    start = (now + AHEAD).replace(minute=0, second=0, microsecond=0)
    return Event(
        uid=make_uid(owner, SELF, "probe", generation=int(now.timestamp())),
        start=start,
        end=start + timedelta(minutes=15),
        zone="Europe/Berlin",
        summary="followup tries out this calendar; this event is removed at once",
        description="If you read this, the test was cut short. You can delete this event.",
        categories=("follow-up",),
        alarm=timedelta(minutes=10),
        url="https://example.org/followup",
    )


class _Probe:
    """One scratch event's way through the server."""

    def __init__(
        self,
        collection: CalendarCollection,
        event: Event,
        dialect: Dialect,
        now: datetime,
        sleep: Callable[[float], None],
    ) -> None:
        self._collection = collection
        self._event = event
        self._dialect = dialect
        self._now = now
        self._sleep = sleep
        self._href = collection.href_of(event.uid)

    def run(self) -> Iterator[Finding]:
        """All findings, in the order they are found."""
        first = self._put({"If-None-Match": "*"}, self._event, 0)
        if first.status == 401:
            raise CredentialsError(
                f"{self._collection.host} lets you read but refuses the login for writing",
                login=self._collection.login,
            )
        stored = self._read()
        zones = stored is not None or self._dialect.utc
        if not zones:
            self._dialect = replace(self._dialect, utc=True)
            first = self._put({}, self._event, 0)
            stored = self._read()
        if stored is None:
            raise TargetError(f"{self._collection.host} does not take events into this calendar ({reason_of(first)})")
        yield Finding("writes", True, "Events can be written into this calendar and read back.")
        if not zones:
            yield Finding("zones", False, "It loses events that name a time zone; followup writes them in UTC.")
        yield self._kept(stored)
        yield self._etag(first, stored)
        yield self._guard("create_guard", {"If-None-Match": "*"}, "It refuses to create over an event that is there.")
        yield self._guard("update_guard", {"If-Match": '"0-not-this"'}, "It refuses to overwrite your changes unseen.")
        yield self._silence()
        yield self._renewal()
        yield self._at_once()
        yield self._delete_guard()
        yield self._removal()

    def remove(self) -> None:
        """Take the scratch event away, whatever happened; one that stays is named as what it is."""
        try:
            if self._collection.look(self._event.uid, self._href) is not None:
                self._collection.transport.send("DELETE", self._href, headers={})
        except (TargetError, CredentialsError, NoAnswerError):
            return

    def _kept(self, stored: RemoteEvent) -> Finding:
        sent = parse(serialise(self._event, self._stamp(0)).decode(), self._event.uid)
        names = {"start": "time", "summary": "title", "description": "text", "our_alarm": "alarm", "url": "link"}
        names["categories"] = "categories"
        lost = [word for name, word in names.items() if getattr(stored.snapshot, name) != getattr(sent, name)]
        if not lost:
            return Finding("keeps", True, "It keeps all that followup writes.")
        bad = bool({"time", "title", "text"} & set(lost))
        return Finding("keeps", not bad, f"It changes or drops: {', '.join(lost)}. followup copes with that.")

    def _etag(self, first: Answer, stored: RemoteEvent) -> Finding:
        if not is_strong(stored.etag):
            return Finding(
                "etag", False, "It marks no versions of events; followup compares contents before it writes."
            )
        told = first.headers.get("etag", "")
        if told and told != stored.etag:
            return Finding("etag", False, "It names a wrong version after writing; followup reads back instead.")
        return Finding("etag", True, "It marks versions of events, so that no change of yours is overwritten.")

    def _guard(self, name: str, condition: Mapping[str, str], good: str) -> Finding:
        answer = self._put(condition, self._event, 1)
        if answer.status in (403, 409, 412):
            return Finding(name, True, good)
        return Finding(name, False, f"It ignores the guard {next(iter(condition))}; followup looks before each write.")

    def _delete_guard(self) -> Finding:
        """A delete that must be refused; some servers guard updates and not deletes (SOGo)."""
        answer = self._collection.transport.send("DELETE", self._href, headers={"If-Match": '"0-not-this"'})
        if answer.status in (403, 409, 412) and self._collection.look(self._event.uid, self._href) is not None:
            return Finding("delete_guard", True, "It refuses to delete what you changed unseen.")
        self._put({}, self._event, 3)
        text = "It deletes in spite of the guard If-Match; followup looks right before each delete."
        return Finding("delete_guard", False, text)

    def _at_once(self) -> Finding:
        """Whether it bears several requests at once: the same write from several hands."""
        with ThreadPoolExecutor(HANDS) as hands:
            tries = [hands.submit(self._put, {}, self._event, 1) for _ in range(HANDS)]
        refused = {
            "no answer" if one.exception() else str(one.result().status)
            for one in tries
            if one.exception() or one.result().status // 100 != 2
        }
        if not refused:
            return Finding("at_once", True, f"It takes {HANDS} requests at once.")
        said = ", ".join(sorted(refused))
        return Finding("at_once", False, f"It stumbles over requests at once ({said}); followup sends them one by one.")

    def _renewal(self) -> Finding:
        """Whether an update must carry newer marks than what is stored, as Google asks."""
        base = self._read()
        guard = {"If-Match": base.etag} if base is not None and is_strong(base.etag) else {}
        answer = self._put(guard, self._event, base.snapshot.sequence if base else 2)
        if answer.status // 100 == 2:
            self._read(newer_than=base)
        if answer.status == 409:
            text = "It refuses updates that are not marked as newer; followup marks every one."
            return Finding("renewal", True, text)
        if answer.status // 100 != 2:
            return Finding("renewal", False, f"It refused an update of the scratch event ({reason_of(answer)}).")
        return Finding("renewal", True, "It takes updates whatever their marks.")

    def _silence(self) -> Finding:
        """Whether an event without an alarm stays without one."""
        base = self._read()
        if base is None:
            return Finding("stays", False, "The scratch event vanished while it was tried out.")
        guard = {"If-Match": base.etag} if is_strong(base.etag) else {}
        answer = self._put(guard, replace(self._event, alarm=None), 2)
        stored = self._read(newer_than=base) if answer.status // 100 == 2 else None
        if stored is None:
            return Finding("stays", False, f"Taking the alarm off could not be tried ({reason_of(answer)}).")
        if "BEGIN:VALARM" in stored.raw and "ACTION:NONE" not in stored.raw:
            text = "It adds an alarm to events that should have none; followup writes “no alarm” into them."
            return Finding("silence", False, text)
        return Finding("silence", True, "An event without an alarm stays without one.")

    def _removal(self) -> Finding:
        said = ""
        for pause in (*SETTLE_PAUSES, 1.0):
            self._sleep(pause)
            found = self._collection.look(self._event.uid, self._href)
            if found is None:
                return Finding("deletes", True, "Events can be removed from this calendar.")
            guard = {"If-Match": found.remote.etag} if found.remote and is_strong(found.remote.etag) else {}
            said = reason_of(self._collection.transport.send("DELETE", self._href, headers=guard))
        return Finding("deletes", False, f"It does not remove events ({said}); old ones will stay.")

    def _put(self, condition: Mapping[str, str], event: Event, sequence: int) -> Answer:
        body = serialise(event, self._stamp(sequence), dialect=self._dialect)
        try:
            return self._collection.transport.send(
                "PUT", self._href, headers={**CALENDAR_HEADERS, **condition}, body=body
            )
        except NoAnswerError as error:
            raise TargetError(f"{self._collection.host} cannot be reached: {error}") from None

    def _read(self, *, newer_than: RemoteEvent | None = None) -> RemoteEvent | None:
        """The scratch event as it shows by now; some servers need a while."""
        found = None
        for pause in SETTLE_PAUSES:
            self._sleep(pause)
            found = self._collection.look(self._event.uid, self._href)
            if found is not None and (newer_than is None or not found.remote or found.remote.raw != newer_than.raw):
                break
        return found.remote if found else None

    def _stamp(self, sequence: int) -> Stamp:
        written = self._now.replace(microsecond=0) + timedelta(seconds=sequence)
        return Stamp(created=self._now.replace(microsecond=0), written=written, sequence=sequence)
