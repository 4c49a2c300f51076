"""How every state store writes values down: one JSON document per value of `sync.memory`, and the rows of the journal.

Two stores that hold the same documents hold the same memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.json import Decoder, Encoder

from sync.memory import EventMemory, Intent, LeadMemory, Memory, RunMemory, TouchMemory
from sync.models import Action, Change, Event, Moment, RemoteEvent, Stamp

KEEP_DAYS = 30
"""So long the copies of what was replaced or deleted are kept."""

WRITES = (Action.CREATE.value, Action.UPDATE.value, Action.DELETE.value)
"""What the journal calls the writes of a run, in the order in which they are counted."""

LOCKED = "another run of followup is at work on this state"
"""What one is told who finds the lock held."""


class Wanted(Struct, frozen=True):
    """What an intent was about to make of an event, and of our memory of it."""

    event: Event | None
    stamp: Stamp | None
    after: EventMemory | None = None


def _moment(kind: type, text: str) -> Moment:
    """The moment in this text, the only type that msgspec leaves to its reader: a date stays a date."""
    return date.fromisoformat(text) if len(text) == len("2027-01-04") else datetime.fromisoformat(text)


_ENCODER = Encoder(order="deterministic")
_RUNS = Decoder(RunMemory, dec_hook=_moment)
_WANTED = Decoder(Wanted, dec_hook=_moment)
_BEFORE = Decoder(RemoteEvent | None, dec_hook=_moment)

DOCUMENTS: Mapping[str, Decoder[Any]] = {
    "leads": Decoder(LeadMemory, dec_hook=_moment),
    "touches": Decoder(TouchMemory, dec_hook=_moment),
    "events": Decoder(EventMemory, dec_hook=_moment),
}
"""The mappings of a `Memory`, each with what reads one of its values."""


def to_document(value: object) -> str:
    """The value as a document; equal values give equal texts."""
    return _ENCODER.encode(value).decode()


def read_runs(document: str) -> RunMemory:
    """The memory of runs. Raises `MsgspecError` or `ValueError` where the document is none."""
    if '"owner"' not in document:
        raise ValueError("a document of another kind")
    return _RUNS.decode(document)


def to_journal(change: Change, after: Memory) -> tuple[str, str, str, str]:
    """Action, UID, what is wanted and what was there before, as a row of the journal has them."""
    wanted = Wanted(change.event, change.stamp, after.events.get(change.uid))
    return change.action.value, change.uid, to_document(wanted), to_document(change.base)


def read_intent(
    run: int, action: str, uid: str, wanted: str, before: str, *, done: bool = False, ended: bool = False
) -> Intent:
    """The intent in a row of the journal. Raises `MsgspecError` or `ValueError` where it is none."""
    made = _WANTED.decode(wanted)
    return Intent(run, Action(action), uid, made.event, made.stamp, _BEFORE.decode(before), made.after, done, ended)
