"""What the outcomes of a run make of memory.

| outcome | event before the run | memory afterwards |
| --- | --- | --- |
| done | any | as planned, with the copy that was read back |
| anything else | known | as before; content that the server rejected is remembered |
| content rejected | new | as planned, with what was rejected |
| uid refused as used | new | used up |
| unknown, and a copy of ours lies there | new | that copy, which the next run compares with and finds |
| anything else | new | nothing; its touch is not in the calendar |
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from sync.memory import EventMemory, Memory, Refusal
from sync.models import Outcome, RemoteEvent, Result, Stamp
from sync.reconcile.fields import event_of


def settle(before: Memory, after: Memory, outcomes: Mapping[str, Outcome]) -> Memory:
    """The memory to commit, from those without and with all changes. An event without an outcome is as in `after`."""
    events, touches = dict(after.events), dict(after.touches)
    for uid, outcome in outcomes.items():
        if outcome.result is Result.DONE:
            if outcome.remote is not None:
                events[uid] = replace(events[uid], observed=outcome.remote)
        elif uid in before.events and not before.events[uid].gone:
            events[uid] = replace(before.events[uid], refused=_refusal(events[uid], outcome))
        elif outcome.rejected:
            events[uid] = replace(events[uid], refused=_refusal(events[uid], outcome))
        elif outcome.burnt:
            events[uid] = replace(events[uid], gone=True)
        elif outcome.remote is not None:
            events[uid] = found(uid, outcome.remote, zone=events[uid].desired.zone)
        else:
            events.pop(uid, None)
            if uid in touches:
                touches[uid] = replace(touches[uid], published=False)
    return replace(after, events=events, touches=touches)


def _refusal(planned: EventMemory, outcome: Outcome) -> Refusal | None:
    return Refusal(planned.desired, planned.stamp.written) if outcome.rejected else None


def found(uid: str, current: RemoteEvent, *, zone: str) -> EventMemory:
    """Memory of an event that lies in the calendar although we do not know that we wrote it: it is what it shows."""
    snapshot = current.snapshot
    written = snapshot.last_modified or datetime.fromtimestamp(0, UTC)
    desired = event_of(uid, snapshot, zone=zone)
    return EventMemory(uid, desired, Stamp(written, written, snapshot.sequence), observed=current)
