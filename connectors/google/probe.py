"""Finds out what a Google calendar really does, with a scratch event that is gone afterwards (`check --live`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from json import loads

from msgspec.structs import replace

from connectors.google.calendar_api import CalendarApi, Json, Meaning, Reply, Request
from connectors.google.events import google_id, new_resource, patch, read_resource
from connectors.ical.reading import UnreadableEvent
from sync.errors import CredentialsError, TargetError
from sync.models import Event, Finding, Stamp
from sync.reconcile.identity import SELF, make_uid

AHEAD = timedelta(days=300)
QUIETLY = "sendUpdates=none"
EVENING = timedelta(hours=-9)
"""An alarm at nine on the day, which Google can only ring on the evening before."""


def probe_calendar(api: CalendarApi, *, owner: str, now: datetime) -> tuple[Finding, ...]:
    """What this calendar does and does not. Raises `TargetError` or `CredentialsError` where it cannot be tried."""
    scratch = [_scratch(owner, now, number) for number in range(2)]
    try:
        return tuple(_try(api, owner, *scratch, now=now))
    except UnreadableEvent as error:
        raise TargetError(f"the calendar cannot be tried out: Google gives an event back and {error}") from None
    finally:
        for event in scratch:
            api.send(Request("DELETE", f"/events/{google_id(event.uid)}?{QUIETLY}"))


def _try(api: CalendarApi, owner: str, event: Event, other: Event, *, now: datetime) -> Iterator[Finding]:
    body = new_resource(event, Stamp(now, now, 0), owner=owner)
    path = f"/events/{google_id(event.uid)}?{QUIETLY}"
    made = _need(api.send(Request("POST", f"/events?{QUIETLY}", body)))
    lost = _differences(event, made)
    does_not = f"changes what is written: {', '.join(lost)}"
    yield _found("round_trip", not lost, "gives an event back as it was written", does_not)
    first = (now + AHEAD).date()
    day = replace(event, start=first, end=first + timedelta(days=1), alarm=EVENING)
    kept = True
    for wanted in (day, replace(event, alarm=None)):
        base = read_resource(_need(api.send(Request("GET", path.partition("?")[0]))), event.uid, href="")
        changed = patch(wanted, Stamp(now, now, base.snapshot.sequence + 1), base, held=loads(base.raw), owner=owner)
        reply = api.send(Request("PATCH", path, changed, base.etag))
        kept = kept and reply.meaning is Meaning.DONE and not _differences(wanted, reply.resource)
        made = reply.resource or made
    yield _found(
        "kinds", kept, "lets an hour become a whole day and the other way round", "mixes up whole days and hours"
    )
    reminders = made.get("reminders", {})
    silent = not reminders.get("useDefault") and not reminders.get("overrides")
    yield _found("silence", silent, "keeps an event without an alarm silent", "puts its own alarm where there is none")
    yield from _try_guards(api, body, owner, other, now=now)


def _try_guards(api: CalendarApi, body: Json, owner: str, other: Event, *, now: datetime) -> Iterator[Finding]:
    """The event lies there, whose body this was: what Google refuses, what it tells, and what it brings back."""
    path = f"/events/{body['id']}?{QUIETLY}"
    again = api.send(Request("POST", f"/events?{QUIETLY}", body)).meaning is Meaning.TAKEN
    yield _found("identity", again, "takes no id twice", "takes one id twice: a lost answer may make a twin")
    listed, token = _listing(api)
    yield _found("listing", body["id"] in listed, "lists what was made", "does not list at once what was made")
    stale = api.send(Request("PATCH", path, {"summary": body["summary"]}, '"1"')).meaning is Meaning.CHANGED
    yield _found(
        "update_guard", stale, "refuses a stale write", "takes a stale write: an edit of yours may be overwritten"
    )
    kept = api.send(Request("DELETE", path, etag='"1"')).meaning is Meaning.CHANGED
    yield _found("delete_guard", kept, "refuses a stale deletion", "deletes in spite of a stale mark")
    api.send(Request("DELETE", path))
    changed, _ = _listing(api, token)
    told = token != "" and changed.get(body["id"]) == "cancelled"
    yield _found(
        "changes",
        told,
        "tells what changed since the last look",
        "does not tell what changed: every look is a whole one",
    )
    gone = _listing(api)[0].get(body["id"], "cancelled") == "cancelled"
    yield _found("deletion", gone, "shows what was deleted", "still lists what was deleted")
    back = api.send(Request("PUT", path, body | {"sequence": 9}))
    yield _found("restore", back.meaning is Meaning.DONE, "brings a deleted event back", "keeps deleted events deleted")
    pair = [Request("PATCH", path, {"summary": "x"}), Request("POST", f"/events?{QUIETLY}", _new(other, owner, now))]
    several = all(reply.meaning is Meaning.DONE for reply in api.send_together(pair) or [Reply(Meaning.UNKNOWN)])
    yield _found(
        "batch", several, "takes several changes in one request", "does not take several changes in one request"
    )
    told = "@" in api.who
    yield _found("account", told, f"tells whose login this is: {api.who}", "does not tell whose login this is")


def _differences(event: Event, resource: Json) -> list[str]:
    """What Google gives back in another way than it was written."""
    read = read_resource(resource, event.uid, href="").snapshot
    pairs = {
        "start": (read.start, event.start), "end": (read.end, event.end), "title": (read.summary, event.summary),
        "text": (event.description in read.description, True), "link": (read.url, event.url),
        "categories": (read.categories, event.categories), "alarm": (read.our_alarm, event.alarm),
        "status": (read.status, "TENTATIVE" if event.tentative else "CONFIRMED"),
    }  # fmt: skip
    return [name for name, (found, meant) in pairs.items() if found != meant]


def _scratch(owner: str, now: datetime, number: int) -> Event:
    start = (now + AHEAD).replace(minute=0, second=0, microsecond=0)
    return Event(
        uid=make_uid(owner, SELF, "probe", round=number, generation=int(now.timestamp() * 1_000_000)),
        start=start,
        end=start + timedelta(minutes=15),
        zone="UTC",
        summary="followup tries out this calendar; this event is removed at once",
        description="If you read this, the test was cut short. You can delete this event.",
        url="https://example.com/followup",
        categories=("Follow-up",),
        alarm=timedelta(minutes=10),
        tentative=True,
    )


def _new(event: Event, owner: str, now: datetime) -> Json:
    return new_resource(event, Stamp(now, now, 0), owner=owner)


def _listing(api: CalendarApi, since: str = "") -> tuple[dict[str, str], str]:
    """The status of every event, or of those that changed since, by id; and the token of this listing."""
    listing = api.list_events(since)
    found = listing.items if listing else []
    return {str(one.get("id")): str(one.get("status")) for one in found}, listing.token if listing else ""


def _need(reply: Reply) -> Json:
    if reply.meaning in (Meaning.LOGIN, Meaning.RIGHTS):
        raise CredentialsError(reply.sentence, login=reply.login)
    if reply.meaning is not Meaning.DONE:
        raise TargetError(f"the calendar cannot be tried out: {reply.sentence}", not_before=reply.not_before)
    return reply.resource


def _found(name: str, good: bool, does: str, does_not: str) -> Finding:
    return Finding(name, good, f"Google {does if good else does_not}.")
