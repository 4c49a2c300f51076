"""What a run on another computer did since the last one here is no reaction of the user's.

Two computers may keep one calendar from one sheet, each with a memory of its own (docs/calendars.md). A run here then
finds events that it knows gone or moved, and events of its owner that it never made. Whether a hand or a run did that
is told by today's plan, made as if nothing had happened: a run leaves what the sheet asks for.

| in the calendar | in today's plan | then |
| --- | --- | --- |
| absent | not wanted | the other run took it away |
| absent | wanted | the user took it away |
| another value in a field | that value | the other run wrote it |
| another value in a field | something else | the user's |
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from sync.memory import EventMemory, Memory
from sync.models import Observation, RemoteEvent
from sync.reconcile.changes import Wish
from sync.reconcile.fields import take_wanted
from sync.reconcile.heartbeat import RULE as HEARTBEAT


def ran_elsewhere(memory: Memory, observation: Observation) -> bool:
    """Whether another computer wrote since: events of ours that no run here made, or a heartbeat that went on."""
    if observation.events.keys() - memory.events.keys() - set(memory.runs.strays):
        return True
    return any(_moved_on(memory.events.get(uid), observation.events.get(uid)) for uid in _heartbeats(memory))


def _heartbeats(memory: Memory) -> frozenset[str]:
    return frozenset(touch.uid for touch in memory.touches.values() if touch.rule == HEARTBEAT)


def _moved_on(known: EventMemory | None, current: RemoteEvent | None) -> bool:
    if known is None or current is None or known.observed is None:
        return False
    return str(known.observed.snapshot.start) < str(current.snapshot.start)


def follow(memory: Memory, observation: Observation, wishes: Iterable[Wish]) -> Memory:
    """Memory after the other computer's run. `wishes` is today's plan, made without any reaction of today."""
    wanted = {wish.event.uid: wish.event for wish in wishes}
    events, beats = dict(memory.events), _heartbeats(memory)
    for uid, event in memory.events.items():
        if event.gone or event.observed is None or uid in observation.unreadable:
            continue
        current = observation.events.get(uid)
        if uid in beats:
            events[uid] = replace(event, observed=current) if _moved_on(event, current) else event
        elif current is None and uid not in wanted:
            events[uid] = replace(event, gone=True)
        elif current is not None and uid in wanted:
            events[uid] = replace(event, observed=take_wanted(event.observed, current, wanted[uid]))
    return replace(memory, events=events)
