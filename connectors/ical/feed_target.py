"""A calendar that is one text with all events, wherever that text lies: a file, or a row of a database.

- The text is replaced as a whole, and only when a change asks for it: a run without changes leaves it byte for byte.
- A text that followup did not write is never replaced.
- Every VEVENT's own text is its revision (`etag`), so that only events that really differ are parsed again; unchanged
  ones are written back as the text they have.
- A feed carries nothing back: nobody can drag or tick there (`abilities.reactions` is False).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from connectors.ical.feed import is_our_feed, parse_block, serialise_block, serialise_feed, split_feed
from connectors.ical.reading import UnreadableEvent
from connectors.ical.writing import snapshot_of
from sync.errors import TargetError
from sync.models import Abilities, Action, Change, Observation, Outcome, RemoteEvent, Result
from sync.reconcile.identity import is_ours, owner_of

FEED = Abilities(reactions=False)


class UnwritableFeed(Exception):
    """The text stays as it was; says why."""


class FeedPlace(Protocol):
    """Where the text lies."""

    @property
    def label(self) -> str:
        """What sentences call it."""

    def read(self) -> bytes:
        """The text; nothing where there is none yet. Raises `TargetError`."""

    def write(self, content: bytes) -> None:
        """Replace the text at once and as a whole. Raises `UnwritableFeed`."""


class Feed:
    """What a `Target` of one text does. `name` and `zone` are what calendar programs show for the whole feed."""

    def __init__(self, place: FeedPlace, *, owner: str, name: str, zone: str, clock: Callable[[], datetime]) -> None:
        self._place = place
        self._owner = owner
        self._name = name
        self._zone = zone
        self._clock = clock

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """Everything of ours in it; one that is not there holds nothing. Raises `TargetError`."""
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
        """Write the text anew if any change is a write; then one outcome for each of them."""
        writes = [change for change in changes if change.action is not Action.KEEP]
        if not writes:
            return
        if self._clock() > deadline:
            yield from (Outcome(change.uid, Result.HELD, message="the run's time was up") for change in writes)
            return
        if observed.others:
            reason = f"{self._place.label} holds events of another owner; give this configuration its own path"
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
            self._place.write(serialise_feed(blocks, name=self._name, zone=self._zone))
        except UnwritableFeed as error:
            yield from (Outcome(change.uid, Result.REFUSED, message=str(error)) for change in writes)
            return
        yield from (Outcome(change.uid, Result.DONE, events.get(change.uid)) for change in writes)

    def _read(self) -> bytes:
        raw = self._place.read()
        if raw and not is_our_feed(raw):
            raise TargetError(
                f"{self._place.label} was not written by followup and is left alone; move it away or set another "
                "[target] path"
            )
        return raw


def _digest(block: bytes) -> str:
    return sha256(block).hexdigest()[:32]
