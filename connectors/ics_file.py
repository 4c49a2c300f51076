"""Target: one .ics file with all events, to be published as a feed or imported (caldav-facts 12).

- The file is replaced as a whole and atomically, and only when a change asks for it: a run without changes leaves it
  byte for byte. Nothing is kept beside it, since whoever can read the feed could read that too (DESIGN 4.2).
- A file that followup did not write is never replaced.
- Every VEVENT's own text is its revision (`etag`), so that only events that really differ are parsed again; unchanged
  ones are written back as the text they have.
- A feed carries nothing back: nobody can drag or tick there (`abilities.reactions` is False).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from connectors.ical.feed import is_our_feed, parse_block, serialise_block, serialise_feed, split_feed
from connectors.ical.reading import UnreadableEvent
from connectors.ical.writing import snapshot_of
from connectors.outside import Outside
from connectors.whole_file import replace_file
from sync.config import Settings
from sync.errors import TargetError
from sync.models import Abilities, Action, Change, Observation, Outcome, RemoteEvent, Result
from sync.reconcile.identity import is_ours, owner_of

MAX_OCTETS = 512 * 1024 * 1024


def open_target(settings: Settings, outside: Outside) -> IcsFile:
    """The file at `[target] path`, relative to the configuration's folder."""
    return IcsFile(
        outside.folder / settings.target.path,
        owner=settings.owner,
        name=settings.target.name,
        zone=settings.timezone,
        outside=outside,
    )


class IcsFile:
    """A `Target` in one file. `name` and `zone` are what calendar programs show for the whole feed."""

    abilities = Abilities(reactions=False)

    def __init__(self, path: Path, *, owner: str, name: str, zone: str, outside: Outside) -> None:
        self._path = path
        self.files = (path,)
        self._owner = owner
        self._name = name
        self._zone = zone
        self._clock = outside.clock

    @property
    def identity(self) -> str:
        """The file's full path."""
        return f"ics:{self._path.resolve()}"

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """Everything of ours in the file; a file that is not there holds nothing. Raises `TargetError`."""
        events: dict[str, RemoteEvent] = {}
        unreadable: dict[str, str] = {}
        others: Counter[str] = Counter()
        for uid, block in split_feed(self._read()):
            if not is_ours(uid, self._owner):
                others[owner_of(uid)] += 1
                continue
            etag = _digest(block)
            if uid in known and known[uid].etag == etag:
                events[uid] = known[uid]
                continue
            text = block.decode(errors="replace")
            try:
                events[uid] = RemoteEvent(uid, "", etag, parse_block(text, uid), text)
            except UnreadableEvent as error:
                unreadable[uid] = str(error)
        return Observation(events, unreadable, others=others)

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        """Write the file anew if any change is a write; then one outcome for each of them."""
        writes = [change for change in changes if change.action is not Action.KEEP]
        if not writes:
            return
        if self._clock() > deadline:
            yield from (Outcome(change.uid, Result.HELD, message="the run's time was up") for change in writes)
            return
        if observed.others:
            reason = f"{self._path} holds events of another owner; give this configuration its own path"
            yield from (Outcome(change.uid, Result.REFUSED, message=reason) for change in writes)
            return
        events = dict(observed.events)
        for change in writes:
            events.pop(change.uid, None)
            if change.event is not None and change.stamp is not None:
                block = serialise_block(change.event, change.stamp)
                snapshot = snapshot_of(change.event, change.stamp)
                events[change.uid] = RemoteEvent(change.uid, "", _digest(block), snapshot, block.decode())
        blocks = ((event.snapshot.start, event.uid, event.raw.encode()) for event in events.values())
        try:
            replace_file(self._path, serialise_feed(blocks, name=self._name, zone=self._zone))
        except OSError as error:
            reason = f"{self._path} cannot be written: {error.strerror}"
            yield from (Outcome(change.uid, Result.REFUSED, message=reason) for change in writes)
            return
        yield from (Outcome(change.uid, Result.DONE, events.get(change.uid)) for change in writes)

    def _read(self) -> bytes:
        try:
            if self._path.stat().st_size > MAX_OCTETS:
                raise TargetError(f"{self._path} is too large to be a feed of followup; move it away")
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise TargetError(f"{self._path} cannot be read: {error.strerror}") from None
        if raw and not is_our_feed(raw):
            raise TargetError(
                f"{self._path} was not written by followup and is left alone; move it away or set another [target] path"
            )
        return raw


def _digest(block: bytes) -> str:
    return sha256(block).hexdigest()[:32]
