"""Target: a calendar on any CalDAV server, shared with a human who edits it too.

- `observe` is one PROPFIND; only objects of ours whose ETag is not the known one are downloaded. An event of ours that
  is missing from the listing is asked for by name: absence counts only with the server's own word.
- `apply` writes creates, then updates, then deletes, so that a run cut short leaves too much rather than too little.
  Every write is conditional; what the server took is read back in few requests and only then called done.
- Discovery, Digest and the probe are imported when asked for: they load `caldav`, which costs half a second.
- What one write's answer means stands in `dav.writes`, how many run at once in `dav.request_window`, what single
  servers need in `dav.server_profiles`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from connectors.dav.answers import READ_ONLY, LoginRefusedError, NotDavError
from connectors.dav.collection import BATCH, CalendarCollection, Found
from connectors.dav.request_window import RequestWindow
from connectors.dav.revision import ask_through
from connectors.dav.server_profiles import ServerProfile, choose_profile, tighten
from connectors.dav.writes import SETTLE_PAUSES, STOPPING, EventWriter, Verdict, Written, is_result
from connectors.google.address import is_google_calendar
from connectors.http_transport import WHOLE_SECONDS, HttpTransport, Login, NoAnswerError, Transport, same_path
from connectors.ical.reading import parse
from connectors.ical.writing import Dialect
from connectors.outside import Outside
from connectors.trust import trusting
from sync.config import Settings
from sync.errors import CredentialsError, FollowupError
from sync.models import (
    Abilities,
    Action,
    CalendarInfo,
    Change,
    Finding,
    Observation,
    Outcome,
    Remark,
    RemoteEvent,
    Result,
)

DOUBTS = 3
"""So many refusals without a reason, and nothing taken: as many of other events are tried, then no more."""
NO_EVENTS = frozenset({"supported-calendar-data", "supported-calendar-component"})
"""Preconditions of a calendar that takes other things than events."""
ORDER = {Action.CREATE: 0, Action.UPDATE: 1, Action.DELETE: 2}


def open_target(settings: Settings, outside: Outside) -> CaldavServer:
    """The calendar at `[target] url`; one given by name is looked up first, which asks the server."""
    url, outside = settings.target.url, _trusting(settings, outside)
    until = (outside.begun or outside.clock()) + timedelta(seconds=settings.limits.run_seconds + WHOLE_SECONDS)
    if is_google_calendar(url):
        from connectors.google.calendar import open_calendar

        url, login = open_calendar(settings, outside)
    else:
        login = Login(settings.target.user, outside.secret("target"))
        if settings.target.calendar:
            from connectors.dav.discovery import find_calendar

            url = find_calendar(url, settings.target.calendar, login, environ=outside.environ, clock=outside.clock)
    profile = choose_profile(settings.target.profile, urlsplit(settings.target.url).hostname or "")
    transport = HttpTransport(
        url, login, environ=outside.environ, clock=outside.clock, until=until, may_reach=outside.may_reach
    )
    return CaldavServer(
        transport,
        url,
        owner=settings.owner,
        profile=profile,
        outside=outside,
        login=login,
        until=until,
        zone=settings.zone,
    )


def list_calendars(settings: Settings, outside: Outside) -> Sequence[CalendarInfo]:
    """All calendars of the account at `[target] url`, which need not name one yet."""
    if is_google_calendar(settings.target.url):
        from connectors.google import calendar as google_calendar

        return google_calendar.list_calendars(settings, outside)
    from connectors.dav import discovery

    login, outside = Login(settings.target.user, outside.secret("target")), _trusting(settings, outside)
    return discovery.list_calendars(settings.target.url, login, environ=outside.environ, clock=outside.clock)


def make_calendar(settings: Settings, outside: Outside, name: str) -> CalendarInfo:
    """A new calendar in the account at `[target] url`. Raises `TargetError` where the server makes none."""
    from connectors.dav import discovery

    login, outside = Login(settings.target.user, outside.secret("target")), _trusting(settings, outside)
    return discovery.make_calendar(settings.target.url, name, login, environ=outside.environ, clock=outside.clock)


def _trusting(settings: Settings, outside: Outside) -> Outside:
    """What the calendar's own authority adds to the outside."""
    return replace(outside, environ=trusting(outside.environ, settings.target.ca_file, folder=outside.folder))


class _Progress(Struct):
    """How one `apply` stands: why it ends early, if it does, and what is still to be read back."""

    stopped: Written | None = None
    full: bool = False
    unread: list[Written] = []
    doubted: list[Written] = []
    """Refused without a reason; what that means shows when all is done."""
    said_yes: set[Action] = set()
    taken: set[Action] = set()
    """Kinds of writes of which the server said in this run that it took one, and of which that is proven."""

    def doubts(self, action: Action) -> int:
        """How many writes of a kind were refused without a reason while none was taken."""
        return 0 if action in self.said_yes else sum(one.change.action is action for one in self.doubted)


class CaldavServer:
    """A `Target` on one calendar."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        *,
        owner: str,
        login: Login,
        profile: ServerProfile,
        outside: Outside,
        until: datetime | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        clock, sleep = outside.clock, outside.sleep
        parts = urlsplit(url)
        self._collection = CalendarCollection(
            transport,
            url,
            owner=owner,
            clock=clock,
            sleep=sleep,
            digest=self._speak_digest,
            login_refused=outside.login_refused,
            zone=zone,
        )
        self._until = until
        self._url = url
        self._owner = owner
        self._login = login
        self._may_reach = outside.may_reach
        self._environ = outside.environ
        self._clock = clock
        self._sleep = sleep
        self._follow(profile)
        self.identity = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{same_path(self._collection.path)}"
        self.revision_address = "" if is_google_calendar(url) else url

    def heed(self, findings: Sequence[Finding]) -> None:
        """Be as careful as a probe found necessary."""
        self._follow(tighten(self._profile, findings))

    def revision(self) -> str:
        """What the calendar says about its present state; empty where that tells nothing."""
        if self._collection.login_refused:
            return ""
        try:
            return ask_through(self._collection.transport, self._collection.path, clock=self._clock)
        except LoginRefusedError:
            self._collection.login_refused = True
            return ""
        except (NoAnswerError, NotDavError):
            return ""

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """Everything of ours that lies there now; raises rather than mistaking silence for absence."""
        rows = self._collection.list_rows()
        named = {same_path(remote.href): uid for uid, remote in known.items()}
        events: dict[str, RemoteEvent] = {}
        wanted: dict[str, str] = {}
        others: Counter[str] = Counter()
        foreign = 0
        for path, row in rows.items():
            uid = named.get(path) or self._collection.uid_of(row.href)
            if uid is None:
                owners = self._collection.owners_of(row.href)
                others.update(owners)
                foreign += not owners
                continue
            before = known.get(uid)
            if row.status // 100 == 2 and before is not None and row.etag and row.etag == before.etag:
                events[uid] = before
            else:
                wanted[uid] = row.href
        missing = {uid: remote.href for uid, remote in known.items() if uid not in events and uid not in wanted}
        unreadable: dict[str, str] = {}
        notes: list[Remark] = []
        for uid, found in self._collection.fetch({**missing, **wanted}):
            if found is None:
                continue
            if found.remote is None:
                unreadable[uid] = found.unreadable
            else:
                events[uid] = _with_revision(found.remote, known.get(uid))
            if uid in missing:
                notes.append(Remark("event.left_out"))
        return Observation(events, unreadable, tuple(notes[:1]), others, foreign)

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        """Write what the plan says; one outcome for each write.

        After the last outcome it raises `CredentialsError` if the server refused the login on the way.
        """
        progress = _Progress()
        unseen = {one.uid for one in changes if one.action is Action.DELETE and one.uid not in observed.events}
        for uid in sorted(unseen):
            yield Outcome(uid, Result.REFUSED, message="it was not seen in this run, so it is not deleted")
        writes = sorted(
            (change for change in changes if change.action is not Action.KEEP and change.uid not in unseen),
            key=lambda change: (ORDER[change.action], str(change.start), change.uid),
        )
        window = RequestWindow(
            tasks=len(writes),
            widest=self._profile.window,
            pause=self._profile.pause_seconds,
            connect=self._collection.transport.open,
            clock=self._clock,
            sleep=self._sleep,
        )
        with window:
            for action in ORDER:
                wave = [change for change in writes if change.action is action]
                yield from self._wave(wave, progress, window, deadline)
        yield from self._read_back(progress)
        yield from self._resolve_doubts(progress)
        if progress.stopped is not None and progress.stopped.verdict in (Verdict.LOGIN, Verdict.LOCKED_OUT):
            raise CredentialsError(
                f"{self._collection.host} refuses the login; nothing more was written", login=self._collection.login
            )

    def close(self) -> None:
        """Close every connection."""
        self._collection.transport.close()

    def probe(self) -> Sequence[Finding]:
        """What this server does and does not, found out with one scratch event."""
        from connectors.dav.probe import probe_calendar

        return probe_calendar(
            self._collection, owner=self._owner, dialect=self._dialect, now=self._clock(), sleep=self._sleep
        )

    def _follow(self, profile: ServerProfile) -> None:
        self._profile = profile
        self._dialect = Dialect(none_alarm=profile.silence_rings, utc=profile.utc)
        self._writer = EventWriter(
            self._collection, dialect=self._dialect, clock=self._clock, sleep=self._sleep,
            guards_creates=profile.guards_creates, guards_updates=profile.guards_updates,
            guards_deletes=profile.guards_deletes,
        )  # fmt: skip
        self.abilities = Abilities(reactions=True, silent_means_default_alarm=profile.silence_rings)

    def _speak_digest(self) -> Transport:
        if self._may_reach is not None:
            raise CredentialsError("the calendar wants a Digest login, which this host does not speak; ask for Basic")
        from connectors.dav.digest_transport import CaldavTransport

        return CaldavTransport(self._url, self._login, environ=self._environ, clock=self._clock, until=self._until)

    def _wave(
        self, wave: Sequence[Change], progress: _Progress, window: RequestWindow, deadline: datetime
    ) -> Iterator[Outcome]:
        """All writes of one kind; what could not be begun any more is held."""
        allowed = self._profile.creates_per_run if wave and wave[0].action is Action.CREATE else None
        now, later = (wave, []) if allowed is None else (wave[:allowed], wave[allowed:])
        for doubts in (DOUBTS, 2 * DOUBTS):
            begun = 0
            for written in window.run(
                now,
                self._writer.write,
                troubled=lambda written: written.trouble,
                enough=lambda most=doubts: self._ended(wave[0].action, progress, deadline, most),  # type: ignore[misc]
            ):
                begun += 1
                yield from self._take(written, progress)
                if len(progress.unread) >= BATCH:
                    yield from self._read_back(progress)
            now = _spread(now[begun:])
            if wave and progress.doubts(wave[0].action) >= doubts and progress.stopped is None:
                self._stop_in_doubt(progress, for_good=doubts > DOUBTS)
        for change in now:
            yield self._held(change, progress)
        for change in later:
            yield Outcome(change.uid, Result.HELD, message=f"{len(later)} more follow in the next runs", paced=True)

    def _ended(self, action: Action, progress: _Progress, deadline: datetime, most_doubts: int) -> bool:
        full = (progress.full and action is Action.CREATE) or progress.doubts(action) >= most_doubts
        return progress.stopped is not None or full or self._clock() > deadline

    def _stop_in_doubt(self, progress: _Progress, *, for_good: bool) -> None:
        """No more writes if the calendar itself says that it takes none, or if it looks like that `for_good`."""
        doubted = progress.doubted[-1]
        if for_good or self._collection.why_unwritable():
            progress.stopped = replace(doubted, verdict=Verdict.STOP, message=self._meaning_of(doubted), status=0)

    def _held(self, change: Change, progress: _Progress) -> Outcome:
        if progress.stopped is not None:
            stopped = progress.stopped
            return Outcome(change.uid, Result.HELD, message=stopped.message, not_before=stopped.not_before)
        reason = "the server has no room for more" if progress.full else "the run's time was up"
        return Outcome(change.uid, Result.HELD, message=reason)

    def _take(self, written: Written, progress: _Progress) -> Iterator[Outcome]:
        """One judged write: its outcome, or a place among those to be read back."""
        uid, verdict, message = written.change.uid, written.verdict, written.message
        action = written.change.action
        if verdict is Verdict.STOP:
            written = replace(written, message=self._meaning_of(written), status=0)
            message = written.message
        if verdict in STOPPING and progress.stopped is None:
            progress.stopped = written
        if verdict in (Verdict.STORED, Verdict.UNPROVEN):
            progress.unread.append(written)
            progress.said_yes.add(action)
        elif verdict is Verdict.DOUBTED:
            progress.doubted.append(written)
        elif verdict is Verdict.PROVEN:
            progress.said_yes.add(action)
            progress.taken.add(action)
            yield Outcome(uid, Result.DONE, written.remote)
        elif verdict is Verdict.GONE:
            progress.said_yes.add(action)
            progress.taken.add(action)
            yield Outcome(uid, Result.DONE)
        elif verdict is Verdict.BURNT:
            yield Outcome(uid, Result.REFUSED, message=message, burnt=True)
        elif verdict is Verdict.REJECTED:
            yield Outcome(uid, Result.REFUSED, message=message, rejected=True)
        elif verdict in (Verdict.UNKNOWN, Verdict.OUT_OF_REACH, Verdict.LOCKED_OUT):
            yield Outcome(uid, Result.UNKNOWN, written.remote, message, not_before=written.not_before)
        elif verdict in (Verdict.WAIT, Verdict.BUSY, Verdict.FULL, Verdict.LOGIN):
            progress.full = progress.full or verdict is Verdict.FULL
            yield Outcome(uid, Result.HELD, message=message, not_before=written.not_before)
        else:
            yield Outcome(uid, Result.REFUSED, message=message)

    def _resolve_doubts(self, progress: _Progress) -> Iterator[Outcome]:
        """What refusals without a reason were about: this event, if the server took others, else the calendar."""
        meaning = progress.stopped.message if progress.stopped and progress.stopped.verdict is Verdict.STOP else ""
        for written in progress.doubted:
            if written.change.action is Action.DELETE and progress.taken:
                message = f"the server does not let it be taken out ({written.message})"
                yield Outcome(written.change.uid, Result.REFUSED, message=message)
                continue
            if written.change.action in progress.taken:
                message = f"the server refuses this one while it takes others ({written.message})"
                yield Outcome(written.change.uid, Result.REFUSED, message=message, rejected=True)
                continue
            meaning = meaning or self._meaning_of(written)
            yield Outcome(written.change.uid, Result.REFUSED, message=meaning)

    def _meaning_of(self, refused: Written) -> str:
        """What it means that the server refuses to write here, for a person."""
        said = refused.message
        if not refused.status:
            return said
        why = self._collection.why_unwritable()
        if not why and refused.named & NO_EVENTS:
            why = "this calendar takes no events; choose another with followup calendars"
        if not why and refused.status == 403:
            why = READ_ONLY
        why = why or "it takes no events at this address; followup calendars shows those of the calendars it has"
        return f"{self._collection.host} refuses to write ({said}): {why}"

    def _read_back(self, progress: _Progress) -> Iterator[Outcome]:
        """The proof for what the server said it took: few requests, again after a while for what does not show yet."""
        waiting = {written.change.uid: written for written in progress.unread}
        progress.unread = []
        expected = {uid: event for uid, written in waiting.items() if (event := _expected(written))}
        trouble = "the server has not shown it yet; the next run looks again"
        for pause in SETTLE_PAUSES:
            if not waiting:
                return
            if pause:
                self._sleep(pause)
            try:
                hrefs = {uid: written.href for uid, written in waiting.items()}
                seen = dict(self._collection.fetch(hrefs, expected=expected))
            except CredentialsError as error:  # not again: servers lock accounts
                trouble = str(error)
                progress.stopped = replace(next(iter(waiting.values())), verdict=Verdict.LOCKED_OUT, message=trouble)
                break
            except FollowupError as error:
                trouble = str(error)
                continue
            for uid, found in seen.items():
                outcome = self._proof(waiting[uid], found)
                if outcome is not None:
                    progress.taken.add(waiting.pop(uid).change.action)
                    yield outcome
        for uid in waiting:
            yield Outcome(uid, Result.UNKNOWN, message=trouble)

    def _proof(self, written: Written, found: Found | None) -> Outcome | None:
        """The outcome that a read-back proves, or None while it proves nothing."""
        change = written.change
        if change.action is Action.DELETE:
            return Outcome(change.uid, Result.DONE) if found is None else None
        if found is None or found.remote is None or change.event is None or change.stamp is None:
            return None
        remote, base = found.remote, change.base
        if base is not None and remote.etag and remote.etag == base.etag:
            return None
        unproven = written.verdict is Verdict.UNPROVEN or (base is not None and not remote.etag)
        if unproven and not is_result(remote, parse(written.sent.decode(), change.uid)):
            return None
        return Outcome(change.uid, Result.DONE, remote)


def _expected(written: Written) -> RemoteEvent | None:
    """The event as a server gives it back that changes nothing; None where others wrote into it."""
    if written.shows is None:
        return None
    return RemoteEvent(written.change.uid, written.href, "", written.shows, written.sent.decode(), ours_alone=True)


def _spread(changes: Sequence[Change]) -> Sequence[Change]:
    """The same changes, those first that have least to do with what was tried before: others' leads, other days."""
    size = len(changes)
    first = dict.fromkeys((size - 1, size // 2, size // 4) if size else ())
    return [changes[place] for place in first] + [one for place, one in enumerate(changes) if place not in first]


def _with_revision(remote: RemoteEvent, before: RemoteEvent | None) -> RemoteEvent:
    """The copy itself; where a server gives no ETags and nothing changed, the known copy, so that nothing moves."""
    if before is not None and not remote.etag and remote.snapshot == before.snapshot:
        return replace(before, href=remote.href, raw=remote.raw, ours_alone=remote.ours_alone)
    return remote
