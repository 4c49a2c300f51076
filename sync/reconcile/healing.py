"""What a run does first about the run before it: it believes the calendar, not the journal.

An intent without a known result may or may not have reached the calendar. The listing tells:

| intent | in the calendar | then |
| --- | --- | --- |
| create, update | carries the stamp we were about to write | it happened: what the journal wanted is what we wrote |
| create, update | anything else | it did not happen (or somebody wrote later): memory stays as it is |
| delete | absent | it happened: gone by our hand, not by the user's |
| delete | present | it did not happen |

After a loss of state there is no journal and no memory. Then events are recognised by the UIDs of today's plan
(`adopt`); a title that is ticked or none of ours and a start on another day are taken for the user's doing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.memory import EventMemory, Intent, Memory, Reaction, TouchMemory
from sync.models import Action, Event, Observation, RemoteEvent, Snapshot, Touch
from sync.moments import day_of
from sync.reconcile.changes import Wish
from sync.reconcile.identity import is_shared_key
from sync.reconcile.outcomes import found
from sync.reconcile.reactions import TickPattern


def heal(memory: Memory, observation: Observation) -> Memory:
    """Memory with the open intents settled by what the calendar holds."""
    if not memory.intents:
        return memory
    events, touches = dict(memory.events), dict(memory.touches)
    made: dict[str, EventMemory] = {}
    for intent in memory.intents:
        current = observation.events.get(intent.uid)
        if intent.action is Action.DELETE:
            # What one killed run made and the next one, killed too, deleted is in no memory: its UID is used up.
            known = events.get(intent.uid) or made.get(intent.uid)
            if current is None and intent.uid not in observation.unreadable and known is not None:
                events[intent.uid] = replace(known, gone=True)
            continue
        if intent.event is None or intent.stamp is None:
            continue
        written = made[intent.uid] = EventMemory(uid=intent.uid, desired=intent.event, stamp=intent.stamp)
        if current is not None and _happened(intent, current.snapshot):
            seen = replace(current, etag="", snapshot=_as_written(intent.event, current.snapshot))
            events[intent.uid] = replace(written, observed=seen)
            touches.setdefault(
                intent.uid, TouchMemory(uid=intent.uid, lead_key="", rule="", start=intent.event.start, published=True)
            )
    return replace(memory, events=events, touches=touches, intents=())


def _happened(intent: Intent, current: Snapshot) -> bool:
    assert intent.stamp is not None
    if current.last_modified == intent.stamp.written and current.sequence == intent.stamp.sequence:
        return True
    # A client that edited after us raises the stamp; a create that is there at all was ours.
    return intent.before is None or current.sequence >= intent.stamp.sequence > intent.before.snapshot.sequence


def _as_written(event: Event, current: Snapshot) -> Snapshot:
    """What the server held right after our write: what differs in `current` is then the user's edit."""
    return replace(current, start=event.start, end=event.end, summary=event.summary)


def adopt(
    memory: Memory,
    observation: Observation,
    *,
    wishes: Iterable[Wish],
    planned: Mapping[str, TouchMemory],
    zone: ZoneInfo,
    ticks: TickPattern,
) -> Memory:
    """Memory rebuilt from the calendar for the touches of today's plan; what is not in it stays a stray.

    `planned` is what today's plan itself would remember of each touch.
    """
    events, known = dict(memory.events), dict(memory.touches)
    for wish in wishes:
        touch = wish.touch
        current = observation.events.get(touch.uid)
        if current is None or touch.uid in events:
            continue
        events[touch.uid] = _adopted(wish, current)
        known[touch.uid] = _remembered(
            touch, known.get(touch.uid) or planned.get(touch.uid), current.snapshot, zone=zone, ticks=ticks
        )
    return replace(memory, events=events, touches=known)


def _adopted(wish: Wish, current: RemoteEvent) -> EventMemory:
    """As if what lies there were our last write, but for a title that is none of ours: that is the user's."""
    title, ours = current.snapshot.summary, wish.event.summary
    renamed = not ours.endswith(title) and not is_shared_key(wish.touch.lead_key)  # it may have become late since
    kept = frozenset({"summary"}) if renamed else frozenset[str]()
    return replace(found(wish.event.uid, current, zone=wish.event.zone), kept=kept)


def _remembered(
    touch: Touch, known: TouchMemory | None, current: Snapshot, *, zone: ZoneInfo, ticks: TickPattern
) -> TouchMemory:
    base = known or TouchMemory(
        uid=touch.uid,
        lead_key=touch.lead_key,
        rule=touch.rule,
        party=touch.party,
        round=touch.round,
        generation=touch.generation,
        step=touch.step,
    )
    base = replace(base, published=True, fact=touch.fact)
    if current.status == "COMPLETED" or ticks.matches(current.summary):
        day = day_of(current.last_modified or current.start, zone)
        return replace(base, start=touch.given, reaction=Reaction.TICKED, reacted_on=day, done_on=day)
    if day_of(current.start, zone) == day_of(touch.given, zone):
        return replace(base, start=current.start)
    return replace(base, start=touch.given, reaction=Reaction.DRAGGED, pinned_to=current.start, pinned_fact=touch.fact)
