"""What a run on another computer did since the last one here is no reaction of the user's.

Two computers may keep one calendar from one sheet, each with a memory of its own (docs/calendars.md). A run here then
finds events that it knows gone or moved, and events of its owner that it never made. Whether a hand or a run did that
is told by today's plan, made as if nothing had happened: a run leaves what the sheet asks for.

| in the calendar | in today's plan | then |
| --- | --- | --- |
| absent | not wanted | the other run took it away |
| absent | wanted, or history (done or missed) | the user took it away |
| another value in a field | that value | the other run wrote it |
| another hour | that day | the other run wrote it, at an hour that was free then |
| another value in a field | something else | the user's |

Where the user did something before the other run, that run moved what counts from it. So the plan is made again with
the first thing of each lead that only the user can have done, and tells the next one, until all is told apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.memory import EventMemory, Memory
from sync.models import Observation, RemoteEvent, Schedule, Snapshot
from sync.moments import day_of, same_moment
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


def take_alarms(memory: Memory, observation: Observation) -> Memory:
    """Memory of the events that ring by now: the other run gave them the alarm of their day, which stays with them."""
    touches = dict(memory.touches)
    for uid, current in observation.events.items():
        known = memory.events.get(uid)
        if uid not in touches or known is None or known.observed is None or current.snapshot.our_alarm is None:
            continue
        if known.observed.snapshot.our_alarm is None:
            touches[uid] = replace(touches[uid], alarm=True)
    return replace(memory, touches=touches)


def follow(
    memory: Memory,
    observation: Observation,
    schedule: Schedule,
    wishes: Iterable[Wish],
    *,
    planned: Memory,
    users: AbstractSet[str],
    zone: ZoneInfo,
) -> Memory:
    """Memory after the other computer's run. `schedule` and `wishes` are today's, made without any reaction of today
    but for those to `users`, the events that only the user can have touched: these are left for them. `planned` is
    the memory after these.
    """
    history = (schedule.done | schedule.missed) - schedule.done_ahead
    wanted = {wish.event.uid: wish.event for wish in wishes}
    events, touches, beats = dict(memory.events), dict(memory.touches), _heartbeats(memory)
    for uid, event in memory.events.items():
        if event.gone or event.observed is None or uid in observation.unreadable or uid in users:
            continue
        current = observation.events.get(uid)
        if uid in beats:
            events[uid] = replace(event, observed=current) if _moved_on(event, current) else event
        elif current is None and uid not in wanted and uid not in history:
            events[uid] = replace(event, gone=True)
        elif current is not None and uid in wanted:
            there, wish = current.snapshot, wanted[uid]
            moved = not same_moment(there.start, event.observed.snapshot.start)
            if moved and uid in touches and day_of(there.start, zone) == day_of(wish.start, zone):
                wish = replace(wish, start=there.start, end=there.end)
                touches[uid] = replace(planned.touches[uid], start=there.start)
            events[uid] = replace(event, observed=take_wanted(event.observed, current, wish))
    return replace(memory, events=events, touches=touches)


def firsts_of_user(memory: Memory, observation: Observation, *, users: AbstractSet[str]) -> frozenset[str]:
    """Of each lead the first event that is not as our runs left it, if it is not among those of the `users` yet."""
    first: dict[str, tuple[str, str]] = {}
    for uid, event in memory.events.items():
        if event.gone or event.observed is None or uid in observation.unreadable or uid in users:
            continue
        current, before = observation.events.get(uid), event.observed.snapshot
        if current is None or not same_moment(current.snapshot.start, before.start) or _renamed(current, before):
            lead = memory.touches[uid].lead_key if uid in memory.touches else ""
            at = (str(before.start), uid)
            first[lead] = min(first.get(lead, at), at)
    return frozenset(uid for _, uid in first.values())


def _renamed(current: RemoteEvent, before: Snapshot) -> bool:
    """Whether it may have been ticked."""
    return (current.snapshot.summary, current.snapshot.status) != (before.summary, before.status)
