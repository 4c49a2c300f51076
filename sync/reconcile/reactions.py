"""What the user did to our events in their calendar, written into memory.

Three things can be read there:

| seen | means | remembered as |
| --- | --- | --- |
| a title that now begins with a tick or “done”, or STATUS:COMPLETED | done | `TICKED`, done on the day of the edit |
| another start | snooze: not then, but then | `DRAGGED`, pinned to that start |
| gone, from a listing that proves absence | not this one | `DELETED`, never created again |

Everything else (a new title, a note in the text, a removed alarm) is kept by `plan` field by field. A snooze mark or
any other decoration of a client is no reaction: only meanings are compared, never bytes and never ETags alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.memory import EventMemory, Memory, Reaction, TouchMemory
from sync.models import Event, Moment, Note, Observation, RemoteEvent, Snapshot
from sync.moments import day_of, same_moment
from sync.patterns import lazy_compile
from sync.reconcile.fields import edited_fields
from sync.texts import Wording

WATCH_DAYS = 30
"""Past events are watched this long; what happens to them later means nothing."""

_MARKS = r"✓|✔|☑|✅|\[x\]"


class TickPattern:
    """Recognises a ticked title. `words` are those that mean done, in any language; ours and the user's."""

    def __init__(self, words: Iterable[str]) -> None:
        alternatives = "|".join(re.escape(word) for word in sorted({"x", "done", *words}))
        self._pattern = lazy_compile(rf"^\s*(?:(?:{_MARKS})|(?:{alternatives})(?=[\s:.,!-]|$))", re.IGNORECASE)

    def matches(self, title: str) -> bool:
        """Whether this title says that the follow-up is done."""
        return self._pattern.match(title) is not None

    def shown_by(self, seen: Snapshot) -> bool:
        """Whether this event is ticked, in its title or its status."""
        return seen.status == "COMPLETED" or self.matches(seen.summary)


def take_reactions(
    memory: Memory, observation: Observation, *, now: datetime, zone: ZoneInfo, ticks: TickPattern, words: Wording
) -> tuple[Memory, tuple[Note, ...]]:
    """Memory with the user's reactions since the last run, and a note for each new one.

    Only for targets whose users can react, and only with a listing that proves absence.
    """
    today = now.astimezone(zone).date()
    events, touches = dict(memory.events), dict(memory.touches)
    notes: list[Note] = []
    for uid, event in sorted(memory.events.items()):
        if event.gone or event.observed is None or uid in observation.unreadable:
            continue
        touch = touches.get(uid) or TouchMemory(uid=uid, lead_key="", rule="")
        current = observation.events.get(uid)
        if current is None:
            events[uid] = replace(event, gone=True)
            if day_of(event.observed.snapshot.start, zone) >= today - timedelta(days=WATCH_DAYS):
                touches[uid], said = _deleted(touch, event, today, words)
                notes += said
            continue
        if current.etag and current.etag == event.observed.etag:
            continue
        lead = memory.leads.get(touch.lead_key)
        applied_on = lead.applied_on if lead is not None else None
        touches[uid], said = _edited(
            touch, event, current, now=now, zone=zone, ticks=ticks, applied_on=applied_on, words=words
        )
        kept = event.kept | edited_fields(event.observed.snapshot, current.snapshot)
        revived = event.revived or day_of(event.observed.snapshot.start, zone) < today <= day_of(
            current.snapshot.start, zone
        )
        events[uid] = replace(
            event, desired=_moved(event, current), observed=current, kept=kept, revived=revived
        )  # taking it back is seen, too
        notes += said
    return replace(memory, events=events, touches=touches), tuple(notes)


def _moved(event: EventMemory, current: RemoteEvent) -> Event:
    """What we wanted of the event, at the time the user gave it: a move that is let go at once is taken back then."""
    assert event.observed is not None
    before, after = event.observed.snapshot, current.snapshot
    if same_moment(before.start, after.start):
        return event.desired
    zone = event.desired.zone
    return replace(event.desired, start=_in_zone(after.start, zone), end=_in_zone(after.end, zone))


def _deleted(touch: TouchMemory, event: EventMemory, today: date, words: Wording) -> tuple[TouchMemory, list[Note]]:
    if touch.done_on is not None:
        return touch, []
    note = Note(words.say("said.deleted", title=event.desired.summary), rule=touch.rule or None)
    return replace(touch, reaction=Reaction.DELETED, reacted_on=today, told=False), [note]


def _edited(
    touch: TouchMemory,
    event: EventMemory,
    current: RemoteEvent,
    *,
    now: datetime,
    zone: ZoneInfo,
    ticks: TickPattern,
    applied_on: date | None,
    words: Wording,
) -> tuple[TouchMemory, list[Note]]:
    assert event.observed is not None
    before, after = event.observed.snapshot, current.snapshot
    notes: list[Note] = []

    def note(key: str, **facts: object) -> None:
        said = words.say(f"said.{key}", title=event.desired.summary, **facts)
        notes.append(Note(said, rule=touch.rule or None))

    def shows_tick(seen: Snapshot) -> bool:
        return ticks.shown_by(seen)

    ticked, was_ticked = shows_tick(after), touch.reaction is Reaction.TICKED
    ours = after.summary == event.desired.summary and after.status != "COMPLETED"  # a title of ours ticks nothing
    if ticked and not was_ticked and not ours:
        stamp = after.last_modified if after.last_modified != before.last_modified else None
        day, doubt = day_of_edit(stamp, now=now, zone=zone, written=event.stamp.written, applied_on=applied_on)
        touch = replace(touch, reaction=Reaction.TICKED, reacted_on=day, done_on=day, assumed=False, told=False)
        note(f"ticked{doubt}", day=words.stamp(day), other=words.stamp(day_of(stamp, zone)) if stamp else "")
    elif was_ticked and not ticked and shows_tick(before):
        touch = replace(take_tick_off(touch), told=False)
        note("unticked")
    if not same_moment(before.start, after.start) and not same_moment(touch.pinned_to, after.start):
        reaction = touch.reaction if touch.reaction is Reaction.TICKED else Reaction.DRAGGED
        if day_of(after.start, zone) >= now.astimezone(zone).date():
            touch = reopen(touch)
        touch = replace(
            touch,
            reaction=reaction,
            reacted_on=now.astimezone(zone).date(),
            pinned_to=_in_zone(after.start, event.desired.zone),
            pinned_fact=touch.fact,
            pins_before=(),
            told=False,
        )
        to = after.start.astimezone(zone) if isinstance(after.start, datetime) else after.start
        note("snooze", day=words.stamp(to))
    return touch, notes


def reopen(touch: TouchMemory) -> TouchMemory:
    """A touch that moves to a coming day is yet to be done, whatever was taken for granted when its own day passed."""
    return replace(touch, missed=False, assumed=False, done_on=None if touch.assumed else touch.done_on)


def take_tick_off(touch: TouchMemory) -> TouchMemory:
    """A touch that is not done after all: it is open again, on the day to which it was moved before."""
    if touch.pinned_to is None:
        return replace(touch, reaction=None, reacted_on=None, done_on=None)
    return replace(touch, reaction=Reaction.DRAGGED, done_on=None)


def day_of_edit(
    stamp: datetime | None,
    *,
    now: datetime,
    zone: ZoneInfo,
    written: datetime | None = None,
    applied_on: date | None = None,
) -> tuple[date, str]:
    """The day of a tick: its LAST-MODIFIED where that can be, else today; and why it cannot be, as its note has it.

    It is not in the future, not before we had `written` the event, and not before the application.
    """
    today = now.astimezone(zone).date()
    if stamp is None or stamp > now:
        return today, ""
    day = stamp.astimezone(zone).date()
    if day < today and written is not None and stamp < written:
        return today, "-before_written"
    if day < today and applied_on is not None and day < applied_on:
        return today, "-before_applied"
    return day, ""


def _in_zone(moment: Moment, zone: str) -> Moment:
    return moment.astimezone(ZoneInfo(zone)) if isinstance(moment, datetime) else moment
