"""What a run does first about the run before it: it believes the calendar, not the journal.

An intent without a known result may or may not have reached the calendar. The listing tells:

| intent | in the calendar | then |
| --- | --- | --- |
| create, update | shows what we were about to write | it happened: memory is as that run planned it |
| update | shows what it was to replace | it did not happen: memory stays as it is |
| update | absent | the user took it away |
| create | absent, but known to have happened | the user took it away |
| create | absent | made and deleted, or never made: its UID is used up, the touch takes its next generation |
| delete | absent | it happened: gone by our hand, not by the user's |
| delete | present | it did not happen |

What the calendar shows beyond the copy that a write was about to replace, and beyond that write itself, is a reaction
of the user. Reactions that the killed run had seen already are in memory: it was stored before the first write.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.memory import EventMemory, Intent, Memory, TouchMemory
from sync.models import Action, Event, Observation, RemoteEvent, Snapshot, Stamp
from sync.moments import day_of
from sync.reconcile.fields import snapshot_of
from sync.reconcile.generations import renew
from sync.reconcile.marker_lines import our_part


def heal(memory: Memory, observation: Observation) -> Memory:
    """Memory with the open intents settled by what the calendar holds."""
    if not memory.intents:
        return memory
    events, touches = dict(memory.events), dict(memory.touches)
    for intent in memory.intents:
        uid, current = intent.uid, observation.events.get(intent.uid)
        touch = touches.get(uid)
        if intent.action is Action.DELETE:
            if current is None and uid not in observation.unreadable and uid in events:
                events[uid] = replace(events[uid], gone=True)
            continue
        if intent.event is None or intent.stamp is None:
            continue
        written = intent.after or EventMemory(uid=uid, desired=intent.event, stamp=intent.stamp)
        if current is not None:
            if not _happened(intent, current):
                continue
            seen = replace(current, etag="", snapshot=_as_written(intent, current.snapshot))
            events[uid] = replace(written, observed=seen)
        elif intent.action is Action.UPDATE:
            continue  # the user took it out of the calendar, before or after our write
        elif uid in observation.unreadable:
            events[uid] = written
        elif intent.done:
            seen = RemoteEvent(uid, "", "", snapshot_of(intent.event, intent.stamp), "")
            events[uid] = replace(written, observed=seen)
        elif intent.ended:
            continue  # the run itself looked and did not find it
        else:
            events[uid] = replace(written, gone=True)
            if touch is not None:
                del touches[uid]
                renewed = renew(touch, owner=memory.runs.owner, events=events)
                touches[renewed.uid] = replace(renewed, published=False)
            continue
        if touch is not None:
            touches[uid] = _offered(touch, intent.event, intent.stamp)
    return replace(memory, events=events, touches=touches, intents=())


def _offered(touch: TouchMemory, event: Event, stamp: Stamp) -> TouchMemory:
    """The touch whose event was written like that; one whose day had passed was offered once more by it."""
    touch, zone = replace(touch, published=True), ZoneInfo(event.zone)
    if touch.start is None or touch.pinned_to is not None:
        return touch
    if not day_of(touch.start, zone) < day_of(stamp.written, zone) <= day_of(event.start, zone):
        return touch
    return replace(touch, start=event.start, offers=touch.offers + 1)


def _happened(intent: Intent, current: RemoteEvent) -> bool:
    """Whether our write arrived, though the user may have edited the event after it or instead of it."""
    before, there = intent.before, current.snapshot
    if intent.done or before is None:
        return True  # a create that is there at all was ours
    if before.etag and before.etag == current.etag:
        return False
    assert intent.event is not None
    assert intent.stamp is not None
    ours, old = (
        _values(shot)
        for shot in (snapshot_of(intent.event, intent.stamp, text=before.snapshot.description), before.snapshot)
    )
    changed = [name for name in ours if ours[name] != old[name]]
    for names in (changed, [name for name in changed if name not in _OFTEN_THE_SAME]):
        new = any(_values(there)[name] == ours[name] for name in names)
        if new != any(_values(there)[name] == old[name] for name in names):
            return new
    # A client that edited after us leaves the revision we gave it or raises it.
    return _has_our_marks(intent, there) or there.sequence >= intent.stamp.sequence > before.snapshot.sequence


def _has_our_marks(intent: Intent, there: Snapshot) -> bool:
    """Whether the copy carries the marks of our write; an edit in the same second may carry them, too."""
    stamp = intent.stamp
    return stamp is not None and (there.last_modified, there.sequence) == (stamp.written, stamp.sequence)


def _as_written(intent: Intent, there: Snapshot) -> Snapshot:
    """What the server held right after our write: what differs in the copy that is there is then the user's edit.

    A field that still is as it was before our write, or that a server may have left out, was not edited; nor, where
    the copy carries our marks, one that servers put in order their own way.
    """
    assert intent.event is not None
    assert intent.stamp is not None
    before = intent.before.snapshot if intent.before is not None else None
    ours = snapshot_of(intent.event, intent.stamp, text=there.description)
    marked = _has_our_marks(intent, there)
    kept = {
        name: getattr(there, name)
        for name in ("status", "categories", "url")
        if (marked and name != "status") or (before is not None and getattr(there, name) == getattr(before, name))
    }
    if marked or (before is not None and our_part(there.description) == our_part(before.description)):
        kept["description"] = there.description
    additions = before.additions if before is not None else ()
    return replace(ours, additions=additions, hands_off=there.hands_off, **kept)


_OFTEN_THE_SAME = frozenset(("status", "alarm"))
"""Fields of few values: that the user's is the one we were about to write tells little (an alarm taken off)."""


def _values(shot: Snapshot) -> dict[str, object]:
    """The fields by which two looks are told apart."""
    return {
        "start": shot.start,
        "end": shot.end,
        "summary": shot.summary,
        "description": our_part(shot.description),
        "status": shot.status or "CONFIRMED",
        "alarm": shot.our_alarm,
    }
