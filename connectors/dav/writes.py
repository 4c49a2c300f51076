"""One write to a CalDAV server and what its answer means.

The status alone is never believed. Every answer is judged into a verdict by one table:

| verdict  | create                                | update             | delete   | next                        |
| -------- | ------------------------------------- | ------------------ | -------- | --------------------------- |
| STORED   | 201, 204                              | 201, 204, bare 200 |          | read back with others       |
| GONE     |                                       |                    | 204, 404 | done                        |
| UNPROVEN | other 2xx                             | other 2xx          | 2xx      | read back; that counts      |
| LOOK     | 3xx, 404, 409, 412, uid conflicts     | same               | 3xx      | look at it, then decide     |
| DOUBTED  | other 4xx; LOOK that found nothing    | other 4xx          | 4xx      | see below                   |
| UNKNOWN  | 5xx, no answer                        | same               | same     | look; once more if untouched|
| REJECTED | a precondition about content is named | same               |          | this event is left out      |
| BURNT    | uid conflict, not to be found         |                    |          | under its next generation   |
| REFUSED  |                                       |                    | 412      | kept as it is               |
| BUSY     | 423                                   | same               | same     | again in a moment           |
| WAIT     | 429, 503 with Retry-After, quota 403  | same               | same     | nothing more is sent        |
| LOGIN    | 401                                   | same               | same     | nothing more is sent        |
| STOP     | 405, 501, need-privileges, no VEVENT  | same               | same     | nothing more is sent        |
| FULL     | 507                                   | same               | same     | no more creates             |

A refusal without a reason is DOUBTED until the run is over: of one event while the server takes others, its content is
refused; of all, the calendar takes no writes, and the run says so.

A precondition is never dropped to get through, nothing is deleted to be made anew, an update never becomes a create.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from msgspec import Struct
from msgspec.structs import replace

from connectors.dav.answers import is_calendar_data, is_rate_limit, preconditions, reason_of, unasked_wait
from connectors.dav.collection import OVER_ASKED, CalendarCollection, Found, is_strong
from connectors.http_transport import Answer, NoAnswerError, path_of, wait_asked
from connectors.ical.reading import YEARS, parse, says_the_same
from connectors.ical.writing import Dialect, serialise, serialise_new
from sync.errors import CredentialsError, FollowupError
from sync.models import Action, Change, RemoteEvent, Snapshot, Stamp

CALENDAR_HEADERS = {"Content-Type": "text/calendar; charset=utf-8"}
SETTLE_PAUSES = (0.0, 1.0, 3.0, 10.0)
"""Some servers show a write only after a while (Bedework)."""
BUSY_PAUSES = (0.05, 0.1, 0.3, 1.0)
CONTENT_REFUSED = frozenset(
    {"valid-calendar-data", "valid-calendar-object-resource"}
    | {"max-resource-size", "max-attendees-per-instance", "min-date-time", "max-date-time", "max-instances"}
)
"""Preconditions about what was sent (RFC 4791 5.3.2.1); Xandikos says them with 412."""
CALENDAR_REFUSED = frozenset({"need-privileges", "supported-calendar-data", "supported-calendar-component"})
"""Preconditions that every event of ours would fail: they say what may be done in this calendar."""
UID_CONFLICTS = frozenset({"no-uid-conflict", "unique-scheduling-object-resource"})


class Verdict(Enum):
    """What an answer means; see the table above."""

    STORED = auto()
    GONE = auto()
    UNPROVEN = auto()
    LOOK = auto()
    UNKNOWN = auto()
    DOUBTED = auto()
    REJECTED = auto()
    REFUSED = auto()
    BUSY = auto()
    WAIT = auto()
    LOGIN = auto()
    STOP = auto()
    FULL = auto()
    PROVEN = auto()
    """Read back already: `Written.remote` is the proof."""
    OUT_OF_REACH = auto()
    """Not even a look succeeded any more, after all its tries: unknown, and nothing more is sent."""
    BURNT = auto()
    """The UID is refused as used, although it is nowhere to be found: in a trash, or deleted and remembered."""
    LOCKED_OUT = auto()
    """The look after a lost answer was refused for its login: unknown, and nothing more is sent."""


STOPPING = frozenset({Verdict.WAIT, Verdict.LOGIN, Verdict.STOP, Verdict.OUT_OF_REACH, Verdict.LOCKED_OUT})


class Written(Struct, frozen=True):
    """One write after its judgement. `trouble`: the server had a hard time, so less should be asked at once."""

    change: Change
    verdict: Verdict
    href: str
    message: str = ""
    remote: RemoteEvent | None = None
    not_before: datetime | None = None
    trouble: bool = False
    sent: bytes = b""
    shows: Snapshot | None = None
    """What `sent` says, where nobody else wrote into it."""
    status: int = 0
    """The status of a refusal whose `message` is only the server's; 0 where the message explains itself."""
    named: frozenset[str] = frozenset()
    """The preconditions that such a refusal names."""


def judge(action: Action, answer: Answer | None, now: datetime) -> Verdict:
    """What this answer to this kind of write means. None stands for no answer at all."""
    if answer is None:
        return Verdict.UNKNOWN
    status = answer.status
    if status == 401:
        return Verdict.LOGIN
    if is_rate_limit(answer) or (status == 503 and wait_asked(answer, now) is not None):
        return Verdict.WAIT
    if status in (405, 501):
        return Verdict.STOP
    if status == 423:
        return Verdict.BUSY
    if status == 507:
        return Verdict.FULL
    if status >= 500:
        return Verdict.UNKNOWN
    if action is Action.DELETE:
        return _judge_delete(status)
    return _judge_put(action, answer)


def _judge_delete(status: int) -> Verdict:
    if status in (204, 404, 410):
        return Verdict.GONE  # the href was listed in this run, so a 404 means it has just gone
    if status // 100 == 2:
        return Verdict.UNPROVEN  # Radicale says 200, login pages do too
    if status == 412:
        return Verdict.REFUSED
    return Verdict.LOOK if status // 100 == 3 else Verdict.DOUBTED


def _judge_put(action: Action, answer: Answer) -> Verdict:
    named = preconditions(answer)
    if answer.status in (201, 204) or (answer.status == 200 and action is Action.UPDATE and not answer.body):
        return Verdict.STORED
    if answer.status // 100 == 2:
        return Verdict.UNPROVEN
    if named & CALENDAR_REFUSED:
        return Verdict.STOP
    if named & CONTENT_REFUSED:
        return Verdict.REJECTED
    if answer.status // 100 == 3 or answer.status in (404, 409, 410, 412) or says_used(answer):
        return Verdict.LOOK
    return Verdict.DOUBTED


def says_used(answer: Answer) -> bool:
    """Whether a refusal says that the uid is in use, or was (a trash bin)."""
    if preconditions(answer) & UID_CONFLICTS:
        return True
    text = answer.body[:2000].lower()  # Nextcloud says it with 400 and a sentence, Purelymail with a name of its own
    return answer.status // 100 == 4 and b"uid" in text and b"exist" in text


class EventWriter:
    """Sends writes to one calendar. Safe to use from several threads."""

    def __init__(
        self,
        collection: CalendarCollection,
        *,
        dialect: Dialect,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        guards_creates: bool = True,
        guards_updates: bool = True,
        guards_deletes: bool = False,
    ) -> None:
        self._collection = collection
        self._guards_creates = guards_creates
        self._guards_updates = guards_updates
        self._guards_deletes = guards_updates and guards_deletes
        self._dialect = dialect
        self._clock = clock
        self._sleep = sleep

    def write(self, change: Change) -> Written:
        """Carry one change out and judge the answer; what is only STORED or UNPROVEN is still to be read back."""
        try:
            return self._write(change)
        except FollowupError as error:
            href = change.base.href if change.base else self._collection.href_of(change.uid)
            verdict = Verdict.LOCKED_OUT if isinstance(error, CredentialsError) else Verdict.OUT_OF_REACH
            return Written(change, verdict, href, str(error), not_before=error.not_before, trouble=True)

    def _write(self, change: Change) -> Written:
        href = change.base.href if change.base else self._collection.href_of(change.uid)
        base = change.base
        guarded = self._guards_deletes if change.action is Action.DELETE else self._guards_updates
        if base is not None and not (guarded and is_strong(base.etag)):
            found = self._collection.look(change.uid, href, expected=base)
            if found is None and change.action is Action.DELETE:
                return Written(change, Verdict.GONE, href)
            if found is None or found.remote is None or not _is_unchanged(found.remote, base, change.action):
                return Written(change, Verdict.REFUSED, href, "it was changed in the calendar meanwhile")
            base = found.remote
            change = replace(change, base=base)
        if base is None and not self._guards_creates and self._collection.look(change.uid, href) is not None:
            return Written(
                change, Verdict.UNKNOWN, href, "an event with its name is there already; the next run takes it up"
            )
        body, shows = self._body(change)
        lost, newer, trouble, other_tag = False, True, False, False
        while True:
            answer, busy = self._send(change.action, href, body, base)
            verdict = judge(change.action, answer, self._clock())
            trouble = trouble or busy or verdict in (Verdict.UNKNOWN, Verdict.WAIT)
            said = reason_of(answer) if answer else "no answer"
            if verdict not in (Verdict.LOOK, Verdict.UNKNOWN):
                until = self._wait_until(answer) if answer and verdict is Verdict.WAIT else None
                plain = Written(change, verdict, href, said, not_before=until, trouble=trouble, sent=body, shows=shows)
                return _with_refusal(plain, answer)
            found = self._collection.look(change.uid, href)
            untouched = found is None if base is None else _same_revision(found, base)
            if verdict is Verdict.UNKNOWN and untouched and not lost:
                lost = True
                continue
            if lost and change.action is Action.UPDATE:
                verdict = Verdict.UNKNOWN  # the write whose answer was lost may be what is in the way of this one
            if answer and answer.status == 409 and found and found.remote and base is not None and untouched and newer:
                newer = False
                change = replace(change, stamp=_newer_stamp(change, found.remote, self._clock()))
                body, shows = self._body(change)
                continue
            if answer and answer.status == 412 and base and not other_tag and _has_other_tag(found, base):
                assert found is not None and found.remote is not None
                base, other_tag = found.remote, True  # the very same text under another tag: this one counts
                continue
            used = answer is not None and says_used(answer)
            return self._settle(
                change,
                href,
                answer,
                found=found,
                verdict=verdict,
                trouble=trouble,
                untouched=untouched,
                used=used,
                lost=lost,
            )

    def _settle(
        self,
        change: Change,
        href: str,
        answer: Answer | None,
        *,
        found: Found | None,
        verdict: Verdict,
        trouble: bool,
        untouched: bool,
        used: bool,
        lost: bool,
    ) -> Written:
        """The judgement after a look at the object itself."""
        said = reason_of(answer) if answer else "no answer"

        def written(verdict: Verdict, message: str, remote: RemoteEvent | None = None) -> Written:
            return Written(change, verdict, href, message, remote, trouble=trouble)

        if change.action is Action.DELETE:
            if found is None:
                return written(Verdict.GONE, "")
            return written(Verdict.UNKNOWN if untouched else Verdict.REFUSED, f"it is still in the calendar ({said})")
        sent = parse(self._body(change)[0].decode(), change.uid)
        if found is not None and found.remote and not (change.base and untouched) and is_result(found.remote, sent):
            return written(Verdict.PROVEN, "", found.remote)
        if verdict is Verdict.UNKNOWN:
            return written(Verdict.UNKNOWN, f"the server's answer was lost ({said}); the next run looks again")
        if change.action is Action.CREATE:
            return self._settle_create(written, change, href, answer, found, sent, used=used, lost=lost)
        if found is None:
            return written(Verdict.REFUSED, "it was removed from the calendar meanwhile; the next run decides")
        if untouched and answer and answer.status == 404:
            return _with_refusal(written(Verdict.DOUBTED, said), answer)
        if untouched:
            return written(Verdict.REFUSED, f"the server refuses the update ({said})")
        return written(Verdict.REFUSED, "it was changed in the calendar meanwhile; the next run looks again")

    def _settle_create(
        self,
        written: Callable[..., Written],
        change: Change,
        href: str,
        answer: Answer | None,
        found: Found | None,
        sent: Snapshot,
        *,
        used: bool,
        lost: bool,
    ) -> Written:
        """A create that was not simply stored: the object is there already, its uid is elsewhere, or it is refused."""
        if found is not None:
            return written(Verdict.UNKNOWN, "it is in the calendar already; the next run takes it up", found.remote)
        for pause in SETTLE_PAUSES if lost else SETTLE_PAUSES[:1]:  # only a write of ours may still have to show
            self._sleep(pause)
            there = self._collection.find(change.uid) or self._collection.look(change.uid, href)
            if there is None:
                continue
            if there.remote and is_result(there.remote, sent):
                return written(Verdict.PROVEN, "", there.remote)
            return written(Verdict.UNKNOWN, "it is in the calendar already; the next run takes it up", there.remote)
        if not self._collection.exists():
            return written(Verdict.STOP, "the calendar is not there any more")
        said = reason_of(answer) if answer else "no answer"
        if answer and answer.status // 100 == 3:
            return written(Verdict.STOP, f"the server sends writes elsewhere ({said}); check [target] url")
        if used:
            return written(Verdict.BURNT, f"the server refuses to take it ({said}); its trash may hold an old copy")
        return _with_refusal(written(Verdict.DOUBTED, said), answer)

    def _send(self, action: Action, href: str, body: bytes, base: RemoteEvent | None) -> tuple[Answer | None, bool]:
        """The answer, or None if it was lost; a locked calendar is tried again after a moment (it did nothing)."""
        headers = dict(CALENDAR_HEADERS) if body else {}
        if base is None:
            headers |= {"If-None-Match": "*"} if self._guards_creates else {}
        elif is_strong(base.etag):
            headers["If-Match"] = base.etag
        method = "DELETE" if action is Action.DELETE else "PUT"
        answer: Answer | None = None
        for tries, pause in enumerate((*BUSY_PAUSES, None)):
            try:
                answer = self._collection.transport.send(method, path_of(href), headers=headers, body=body)
            except NoAnswerError:
                return None, tries > 0
            if answer.status != 423 or pause is None:
                return answer, tries > 0
            self._sleep(pause)
        return answer, True

    def _body(self, change: Change) -> tuple[bytes, Snapshot | None]:
        """The text to send, and what it says where nobody else wrote into it."""
        if change.event is None or change.stamp is None:
            return b"", None
        own, shows = serialise_new(change.event, change.stamp, dialect=self._dialect)
        copy = change.base or change.again
        if copy is None or copy.ours_alone or not is_calendar_data(copy.raw):  # kept in a calendar of another kind
            return own, shows
        merged = serialise(change.event, change.stamp, base=copy.raw, was=copy.uid, dialect=self._dialect)
        return merged, shows if merged == own else None

    def _wait_until(self, answer: Answer) -> datetime:
        now = self._clock()
        asked = wait_asked(answer, now)
        return now + (max(asked * OVER_ASKED, timedelta(seconds=1)) if asked is not None else unasked_wait(answer))


def _with_refusal(written: Written, answer: Answer | None) -> Written:
    """The same with the server's own words in a form that can be told apart."""
    if answer is None or answer.status < 400:
        return written
    return replace(written, status=answer.status, named=preconditions(answer))


def is_result(remote: RemoteEvent, sent: Snapshot) -> bool:
    """Whether what lies there is what we sent, as far as servers leave that alone."""
    there = remote.snapshot
    return (there.start, there.end, there.summary, there.status) == (
        sent.start,
        sent.end,
        sent.summary,
        sent.status,
    ) and (there.description == sent.description or there.sequence == sent.sequence)


def _newer_stamp(change: Change, there: RemoteEvent, now: datetime) -> Stamp | None:
    """Marks newer than those the server holds: Google refuses an update otherwise, with 409."""
    if change.stamp is None:
        return None
    held = (_read_stamp(text) for text in re.findall(r"^DTSTAMP:(\d{8}T\d{6}Z)", there.raw, re.MULTILINE))
    newer = (moment + timedelta(seconds=1) for moment in held if moment)
    written = max(change.stamp.written, now.replace(microsecond=0), *newer)
    return change.stamp.renewed(written, over=there.snapshot.sequence)


def _read_stamp(text: str) -> datetime | None:
    """A DTSTAMP of a year that an update can still be newer than."""
    try:
        moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment.year in YEARS else None


def _is_unchanged(there: RemoteEvent, base: RemoteEvent, action: Action) -> bool:
    """Whether the user did nothing to it: what a write would not carry over counts only where all of it goes."""
    if there.snapshot != base.snapshot:
        return False
    if action is not Action.DELETE or (is_strong(base.etag) and there.etag == base.etag):
        return True
    return not base.raw or says_the_same(there.raw, base.raw)


def _has_other_tag(found: Found | None, base: RemoteEvent) -> bool:
    """Whether the same text lies there with another strong ETag than it was listed with."""
    there = found.remote if found else None
    return (
        there is not None and is_strong(there.etag) and there.etag != base.etag and says_the_same(there.raw, base.raw)
    )


def _same_revision(found: Found | None, base: RemoteEvent) -> bool:
    if found is None or found.remote is None:
        return False
    if is_strong(base.etag) and is_strong(found.remote.etag):
        return found.remote.etag == base.etag
    return found.remote.snapshot == base.snapshot
