"""Events in a Google calendar, through the Calendar API v3.

Against the same calendar over CalDAV it needs less: one login with the narrowest right there is (only calendars that
followup made), fifty writes in one request, deletions and refusals with their reasons, and silence that is certain.

- **Observing** is one listing with deleted events in it, so that a deletion is seen and not guessed; later looks ask
  only for what changed since (`google.listing`). What a listing leaves out is asked for by its id before it
  counts as gone. It is the whole calendar and not what carries our mark: only so Google gives a token for the next
  look, and another followup's events are seen.
- **Writing** is conditional on the ETag seen. An answer carries the event as it lies there: that is the read-back. What
  has no answer is looked at again; a create that finds its own id taken looks whether that was itself.
- A deleted event keeps its id for ever. The plan never uses a UID twice; where `undo` or a lost memory does, the
  deleted event is restored under its id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from json import loads

from msgspec.structs import replace

from connectors.google.calendar import calendar_login
from connectors.google.calendar_api import BATCH, CalendarApi, Json, Listing, Meaning, Reply, Request, root_of
from connectors.google.events import google_id, new_resource, patch, read_resource
from connectors.google.http import plain
from connectors.google.listing import Seen, read_bookmark
from connectors.google.login import APP_CREATED, CALENDAR, CALENDAR_NAMES, EVERY_CALENDAR, Login, fetch_token
from connectors.ical.reading import UnreadableEvent
from connectors.outside import Outside
from sync.config import Settings
from sync.errors import CredentialsError, FollowupError, LoginTo, NoCalendarError, TargetError
from sync.models import (
    Abilities,
    Action,
    CalendarInfo,
    Change,
    Event,
    Finding,
    Observation,
    Outcome,
    Remark,
    RemoteEvent,
    Result,
    Stamp,
)

ORDER = {Action.CREATE: 0, Action.UPDATE: 1, Action.DELETE: 2}
STOPS = (Meaning.WAIT, Meaning.LOGIN, Meaning.RIGHTS, Meaning.NOWHERE)
"""After one of these nothing more is asked in this run."""
QUIETLY = "sendUpdates=none"


def open_target(settings: Settings, outside: Outside) -> GoogleCalendar:
    """The calendar whose id the settings name. Raises `CredentialsError` without a login that may write into it."""
    api = _open_api(settings, outside, calendar_login(settings, outside))
    return GoogleCalendar(api, owner=settings.owner, zone=settings.timezone)


def list_calendars(settings: Settings, outside: Outside) -> Sequence[CalendarInfo]:
    """The calendars this login may write into, by name; their ids stand in place of addresses.

    The narrow login reaches only those that followup made. Raises `TargetError` or `CredentialsError`, the latter also
    for a login that may not see any names: a calendar that was made before would not be found with it.
    """
    login = calendar_login(settings, outside)
    if not login.may(CALENDAR, CALENDAR_NAMES):
        raise CredentialsError(
            f"the login of {login.who} does not show which calendars there are, so one that followup made before would"
            " not be found; run `followup login google` again and tick every box",
            login=LoginTo.GOOGLE,
        )
    api = _open_api(settings, outside, login)
    every = login.may(CALENDAR, EVERY_CALENDAR)
    try:
        listed = [
            CalendarInfo(
                plain(str(one.get("summaryOverride") or one.get("summary", "")), 100), str(one.get("id", "")),
                ours=not every,
            )
            for one in api.list_calendars()
        ]  # fmt: skip
        found = [info for info in listed if every or api.reaches(info.url)]
    finally:
        api.close()
    return sorted(found, key=lambda info: (info.name.casefold(), info.url))


def _open_api(settings: Settings, outside: Outside, login: Login) -> CalendarApi:
    scope = APP_CREATED if APP_CREATED in login.scopes else CALENDAR
    return CalendarApi(
        settings.target.calendar,
        login.who,
        lambda: fetch_token(login, scopes=(scope,), outside=outside, failure=TargetError),
        outside,
        root_of(settings.target.api_root),
    )


def make_calendar(settings: Settings, outside: Outside, name: str) -> CalendarInfo:
    """A new calendar of this login; its id stands in place of an address."""
    return open_target(settings, outside).make_calendar(name)


class GoogleCalendar:
    """A `Target` on one calendar."""

    def __init__(self, api: CalendarApi, *, owner: str, zone: str) -> None:
        self._api = api
        self._owner = owner
        self._zone = zone
        self._bookmark = ""
        self.identity = f"google_calendar:{api.calendar}"
        self.abilities = Abilities(reactions=True)

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """Everything of ours that lies there now, deletions proven; of others what was listed."""
        seen, bookmark = self._changes(known) or self._everything()
        notes = []
        for uid in sorted(known.keys() - seen.uids):
            found = self._fetch(uid)
            if found is not None:
                seen.take(found)
                notes.append(Remark("event.left_out_by_google"))
        told = tuple(notes[:1])
        return Observation(seen.events, seen.unreadable, told, seen.others, seen.foreign, bookmark)

    def resume(self, bookmark: str) -> None:
        """Ask at the next look only for what changed since this one."""
        self._bookmark = bookmark

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        """Write what the plan says, fifty changes a request; one outcome for each write.

        After the last outcome it raises `CredentialsError` if Google refused the login or the right on the way, and
        `NoCalendarError` if the calendar is not there.
        """
        unseen = {one.uid for one in changes if one.action is Action.DELETE and one.uid not in observed.events}
        for uid in sorted(unseen):
            yield Outcome(uid, Result.REFUSED, message="it was not seen in this run, so it is not deleted")
        writes = sorted(
            (change for change in changes if change.action is not Action.KEEP and change.uid not in unseen),
            key=lambda change: (ORDER[change.action], str(change.start), change.uid),
        )
        stopped: Reply | None = None
        blind, taken = "", False
        for first in range(0, len(writes), BATCH):
            portion = writes[first : first + BATCH]
            if stopped is not None or self._api.outside.clock() > deadline:
                reason = stopped.sentence if stopped else "the run's time was up"
                later = stopped.not_before if stopped else None
                yield from (Outcome(one.uid, Result.HELD, message=reason, not_before=later) for one in portion)
                continue
            replies = self._api.send_all([self._request(change) for change in portion])
            taken = taken or any(reply.meaning is Meaning.DONE for reply in replies)
            for change, reply in zip(portion, replies, strict=True):
                if reply.meaning is Meaning.REJECTED and not taken:
                    yield Outcome(change.uid, Result.REFUSED, message=reply.sentence)
                    continue
                if reply.meaning in STOPS:
                    stopped = stopped or reply
                if blind and reply.meaning in (Meaning.UNKNOWN, Meaning.TAKEN):
                    yield Outcome(change.uid, Result.UNKNOWN, message=f"{reply.sentence}; {blind}")
                    continue
                try:
                    yield self._outcome(change, reply)
                except FollowupError as error:  # not even a look succeeds: the next run looks at the rest
                    blind = str(error)
                    stopped = stopped or Reply(Meaning.WAIT, sentence=blind, not_before=error.not_before)
                    yield Outcome(change.uid, Result.UNKNOWN, message=f"{reply.sentence}; {blind}")
        if stopped is not None and stopped.meaning is Meaning.NOWHERE:
            raise NoCalendarError(stopped.sentence)
        if stopped is not None and stopped.meaning is not Meaning.WAIT:
            raise CredentialsError(f"{stopped.sentence}; nothing more was written", login=stopped.login)

    def make_calendar(self, name: str) -> CalendarInfo:
        """A new calendar; its id is its address."""
        made = self._api.make_calendar(name, self._zone)
        return CalendarInfo(name=str(made.get("summary", name)), url=str(made["id"]))

    def probe(self) -> Sequence[Finding]:
        """What this calendar does and does not, found out with a scratch event."""
        from connectors.google.probe import probe_calendar

        return probe_calendar(self._api, owner=self._owner, now=self._api.outside.clock())

    def heed(self, findings: Sequence[Finding]) -> None:
        """Nothing has to be done more slowly or in other words here."""

    def close(self) -> None:
        """Close the connections."""
        self._api.close()

    def _everything(self) -> tuple[Seen, str]:
        """The whole calendar, and the bookmark with which the next look begins."""
        listing = self._api.list_events()
        assert listing is not None
        seen = self._sort(listing)
        return seen, seen.mark(listing.token)

    def _changes(self, known: Mapping[str, RemoteEvent]) -> tuple[Seen, str] | None:
        """The same by what changed since the last look; None where that is not known for certain.

        A state without any event of its own looks at the whole calendar: others' may be what matters there.
        """
        last = read_bookmark(self._bookmark) if known else None
        listing = self._api.list_events(last.token) if last else None
        if last is None or listing is None:
            return None
        seen = self._sort(listing)
        if not seen.complete(last, known):
            return None
        return seen, seen.mark(listing.token) if listing.items else self._bookmark

    def _sort(self, listing: Listing) -> Seen:
        seen = Seen(self._owner, self._api.path)
        for resource in listing.items:
            seen.take(resource)
        return seen

    def _request(self, change: Change) -> Request:
        path = f"/events/{google_id(change.uid)}?{QUIETLY}"
        etag = change.base.etag if change.base else ""
        if change.event is None or change.stamp is None:
            return Request("DELETE", path, etag=etag)
        if change.base is None:
            return Request("POST", f"/events?{QUIETLY}", self._new(change, change.event, change.stamp))
        held: Json = loads(change.base.raw)
        return Request(
            "PATCH", path, patch(change.event, change.stamp, change.base, held=held, owner=self._owner), etag
        )

    def _new(self, change: Change, event: Event, stamp: Stamp) -> Json:
        """The resource of an event that is made, or made again; a copy kept in a calendar of another kind is no use."""
        again = loads(change.again.raw) if change.again and change.again.raw.startswith("{") else None
        return new_resource(event, stamp, owner=self._owner, again=again)

    def _outcome(self, change: Change, reply: Reply) -> Outcome:
        """The outcome that an answer means; what it leaves open is looked at."""
        uid, meaning = change.uid, reply.meaning
        if meaning is Meaning.DONE:
            return self._done(change, reply.resource)
        if meaning is Meaning.CHANGED:
            return Outcome(uid, Result.REFUSED, message=reply.sentence)
        if meaning is Meaning.REJECTED:
            return Outcome(uid, Result.REFUSED, message=reply.sentence, rejected=True)
        if meaning in STOPS:
            return Outcome(uid, Result.HELD, message=reply.sentence, not_before=reply.not_before)
        return self._look(change, reply)

    def _done(self, change: Change, resource: Json) -> Outcome:
        if change.event is None:
            return Outcome(change.uid, Result.DONE)
        try:
            return Outcome(change.uid, Result.DONE, self._read(resource, change.uid))
        except UnreadableEvent as error:
            return Outcome(change.uid, Result.UNKNOWN, message=f"Google's answer cannot be read: {error}")

    def _look(self, change: Change, reply: Reply) -> Outcome:
        """After a lost answer or a taken id: what lies there, and whether it is what was to be written."""
        uid = change.uid
        unknown = Outcome(uid, Result.UNKNOWN, message=reply.sentence, not_before=reply.not_before)
        try:
            resource = self._fetch(uid)
            lies = resource is not None and resource.get("status") != "cancelled"
            if resource is None:
                return unknown
            if change.event is None or change.stamp is None:
                return unknown if lies else Outcome(uid, Result.DONE)
            if not lies:
                return self._restore(change, resource, reply) if reply.meaning is Meaning.TAKEN else unknown
            remote = self._read(resource, uid)
        except UnreadableEvent as error:
            return replace(unknown, message=f"{reply.sentence}; {error}")
        if change.base is not None and remote.etag == change.base.etag:
            return unknown
        if self._is_result(change, remote):
            return Outcome(uid, Result.DONE, remote)
        return replace(unknown, remote=remote)

    def _restore(self, change: Change, deleted: Json, reply: Reply) -> Outcome:
        """A deleted event back under its id: an id that was used once is used for ever."""
        assert change.event is not None
        assert change.stamp is not None
        sequence = max(change.stamp.sequence, int(deleted.get("sequence") or 0))
        body = self._new(change, change.event, replace(change.stamp, sequence=sequence))
        path = f"/events/{google_id(change.uid)}?{QUIETLY}"
        restored = self._api.send(Request("PUT", path, body, str(deleted.get("etag", ""))))
        if restored.meaning is Meaning.DONE:
            return self._done(change, restored.resource)
        return Outcome(change.uid, Result.UNKNOWN, message=restored.sentence or reply.sentence)

    def _is_result(self, change: Change, remote: RemoteEvent) -> bool:
        """Whether this is what the change wrote: every field that counts but the server's own stamp."""
        sent = self._request(change).body
        assert sent is not None
        held = {**(loads(change.base.raw) if change.base else {}), **sent}
        meant = self._read(held, change.uid).snapshot
        return replace(meant, last_modified=remote.snapshot.last_modified) == remote.snapshot

    def _fetch(self, uid: str) -> Json | None:
        """The resource of this UID, deleted ones too; None where there is none. Raises where nobody can tell."""
        reply = self._api.read(Request("GET", f"/events/{google_id(uid)}"), or_else=(Meaning.GONE,))
        return None if reply.meaning is Meaning.GONE else reply.resource

    def _read(self, resource: Json, uid: str) -> RemoteEvent:
        return read_resource(resource, uid, href=f"{self._api.path}/events/{google_id(uid)}")
