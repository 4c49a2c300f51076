"""Field by field: in what two views of one event differ, and whose value each field is to have.

Two wishes of ours are compared by `changed_fields`, two looks into the calendar by `edited_fields`, a wish with a look
by `is_as_wanted`. Only meanings count, never bytes. The row and the link to it are shown but never compared: they are
those of the last write. So is the small print, and the whole text of a step that is not the next yet, which is written
when it becomes that.
"""

from __future__ import annotations

from msgspec.structs import replace

from sync.memory import EventMemory
from sync.models import Event, RemoteEvent, Snapshot, Stamp
from sync.moments import same_moment
from sync.reconcile.marker_lines import acted_on, our_part, place_of, put_our_part, user_part

TIME = ("start", "end")
ADDITIONS = "additions"
"""Kept like a field: the user put something of their own into the event since we wrote it."""
_OF_YOURS = frozenset({"summary", ADDITIONS})
"""What of an event may be the user's besides their own lines and categories: such an event is never deleted."""
_FIELDS = ("start", "end", "summary", "description", "categories", "status", "alarm", "url")


def _value(event: Event, name: str) -> object:
    if name == "status":
        return "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED"
    return getattr(event, name)


def changed_fields(event: Event, before: Event, *, whole: bool = False) -> tuple[str, ...]:
    """The fields in which two wishes differ; of the text only what the reader acts on, if not the `whole` counts."""
    if event == before:
        return ()
    changed = tuple(name for name in _FIELDS if _value(event, name) != _value(before, name))
    if whole or "description" not in changed:
        return changed
    waits = event.tentative and before.tentative
    if not waits and acted_on(event.description) != acted_on(before.description):
        return changed
    return tuple(name for name in changed if name != "description")


def edited_fields(observed: Snapshot, current: Snapshot) -> frozenset[str]:
    """The fields the user changed since our last write, times aside: those are reactions."""
    if observed == current:
        return frozenset()
    pairs = {
        "summary": (observed.summary, current.summary),
        "description": (our_part(observed.description), our_part(current.description)),
        "categories": (frozenset(observed.categories), frozenset(current.categories)),
        "status": (observed.status or "CONFIRMED", current.status or "CONFIRMED"),
        "alarm": (observed.our_alarm, current.our_alarm),
        "url": (observed.url, current.url),
        ADDITIONS: (observed.additions, current.additions),
    }
    return frozenset(name for name, (one, other) in pairs.items() if one != other)


def is_as_wanted(name: str, event: Event, current: Snapshot) -> bool:
    """Whether the calendar already holds what we want of this field."""
    if name == "start":
        return same_moment(event.start, current.start)
    if name == "end":
        # A length the user gave stays as long as the start is where we want it.
        return same_moment(event.end, current.end) or same_moment(event.start, current.start)
    if name == "description":
        return our_part(current.description) == our_part(put_our_part("", event.description))
    if name == "status":
        return (current.status or "CONFIRMED") == _value(event, name)
    if name == "alarm":
        return current.our_alarm == event.alarm
    if name == ADDITIONS:
        return not current.additions
    if name == "categories":
        return frozenset(current.categories) >= frozenset(event.categories)
    return bool(getattr(current, name) == _value(event, name))


def take_wanted(before: RemoteEvent, current: RemoteEvent, event: Event) -> RemoteEvent:
    """What the calendar showed before, with the fields that hold by now what we want of them."""
    if current.etag and current.etag == before.etag:
        return before
    shown = current.snapshot
    names = ("our_alarm" if name == "alarm" else name for name in _FIELDS if is_as_wanted(name, event, shown))
    return replace(before, snapshot=replace(before.snapshot, **{name: getattr(shown, name) for name in names}))


def with_kept(event: Event, kept: frozenset[str], current: Snapshot) -> Event:
    """The event as it is to be written: our wish, with the user's own values in the fields they took over."""
    if "summary" in kept:
        event = replace(event, summary=current.summary)
    if "categories" in kept:
        event = replace(event, categories=current.categories)
    if "status" in kept:
        event = replace(event, tentative=current.status == "TENTATIVE", cancelled=current.status == "CANCELLED")
    if "alarm" in kept:
        event = replace(event, alarm=current.our_alarm)
    if "url" in kept:
        event = replace(event, url=current.url)
    if "description" in kept:
        event = replace(event, description=our_part(current.description))
    return event


def event_of(uid: str, current: Snapshot, *, zone: str) -> Event:
    """The event that a look into the calendar shows, without the user's own lines."""
    row, address = place_of(current.description)
    return Event(
        uid=uid,
        start=current.start,
        end=current.end,
        zone=zone,
        summary=current.summary,
        description=our_part(current.description),
        categories=current.categories,
        tentative=current.status == "TENTATIVE",
        cancelled=current.status == "CANCELLED",
        alarm=current.our_alarm,
        url=current.url,
        row=row,
        address=address,
    )


def snapshot_of(event: Event, stamp: Stamp, *, text: str = "") -> Snapshot:
    """What a calendar that changes nothing gives back for this event; `text` is the description it had before."""
    status = "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED"
    return Snapshot(
        start=event.start,
        end=event.end,
        summary=event.summary,
        description=put_our_part(text, event.description, row=event.row, address=event.address),
        status=status,
        categories=event.categories,
        url=event.url,
        our_alarm=event.alarm,
        sequence=stamp.sequence,
        last_modified=stamp.written,
    )


def with_own_things(known: EventMemory, current: RemoteEvent) -> EventMemory:
    """What we know of it, with what the user put into it since the last look."""
    if known.observed is None:
        return known
    own = edited_fields(known.observed.snapshot, current.snapshot) & _OF_YOURS
    return replace(known, kept=known.kept | own) if own else known


def holds_yours(known: EventMemory, current: Snapshot) -> bool:
    """Whether the event would take something of the user's along."""
    own_categories = frozenset(current.categories) - frozenset(known.desired.categories)
    return bool(user_part(current.description) or own_categories or known.kept & _OF_YOURS)
