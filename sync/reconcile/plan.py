"""From what should be and what is to what to do: the one place where changes are decided. Pure.

Three views of an event meet here, field by field (caldav-facts 9): *desired* now against desired when we last wrote it,
and *current* in the calendar against *observed* right after that write.

| wanted now | known to memory | in the calendar | then |
| --- | --- | --- | --- |
| yes | no | no | create |
| yes | no | yes | adopt: a lost answer or a lost state; write only what differs |
| yes | yes | yes, as written | update the fields whose plan changed; none: keep |
| yes | yes | yes, edited by the user | the edited fields are theirs from then on; the others as above |
| yes | yes | no | on a feed: create again; elsewhere the user deleted it, and the schedule no longer wants it |
| yes | any | recurring, or with attendees | hands off: a write could mail people |
| no, done or past | yes | yes | keep as history; a ticked one loses its alarm |
| no, its cell is unreadable | yes | yes | keep as it is |
| no | yes | with the user's own text | keep, marked closed, without alarm |
| no | yes | yes | delete; in a file for people who import it, cancel for some days first |
| any | no | ours, in no plan | a stray: never touched by a run |

Nothing is written unless a wish of ours changed, so a server that rewrites events can't make us write again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sync.config import Settings
from sync.models import (
    Abilities,
    Action,
    Change,
    Event,
    Leads,
    Moment,
    Note,
    Observation,
    Outcome,
    Plan,
    Problem,
    RemoteEvent,
    Result,
    Schedule,
    Snapshot,
    Stamp,
    Touch,
)
from sync.reconcile.guards import hold_deletes
from sync.reconcile.identity import is_shared_key
from sync.reconcile.memory import EventMemory, Memory, Reaction
from sync.reconcile.reactions import future_events, same_moment
from sync.reconcile.text_marks import our_part, put_our_part, user_part
from sync.reconcile.undo import digest_of

CLOSED_MARK = "Closed: "


@dataclass(frozen=True, slots=True)
class Wish:
    """A touch together with the event that shows it."""

    touch: Touch
    event: Event


def make_plan(
    schedule: Schedule,
    wishes: Iterable[Wish],
    *,
    leads: Leads,
    memory: Memory,
    observation: Observation,
    settings: Settings,
    abilities: Abilities,
    now: datetime,
    rules_changed: bool,
    accept_deletes: bool = False,
    lost: bool = False,
    if_held: Callable[[str], Iterable[Wish]] = lambda sentence: (),
    notes: Iterable[Note] = (),
    problems: Iterable[Problem] = (),
) -> tuple[Plan, Memory]:
    """What one run would do and why, and the memory after it if all of it succeeds.

    `rules_changed` says that mapping, rules or settings differ from the last run: then every delete that no row asks
    for is counted by the guard. `accept_deletes` lifts the guard for this run. With `lost` memory nothing is deleted.
    `if_held` is asked, with the guard's sentence, for wishes that take the place of others.
    """
    zone = settings.zone
    decide = _Decider(
        schedule=schedule,
        memory=memory,
        observation=observation,
        abilities=abilities,
        now=now.replace(microsecond=0),
        today=now.astimezone(zone).date(),
        zone=zone,
        present=frozenset(lead.key for lead in leads.leads),
        restored=_restored_digests(leads, memory),
        rules_changed=rules_changed,
        lost=lost,
        cancelled_days=0 if abilities.reactions else settings.target.cancelled_days,
    )
    wanted = {wish.touch.uid: wish for wish in wishes if wish.touch.published}
    events = dict(memory.events)
    changes: list[Change] = []
    for uid in sorted(wanted.keys() | {uid for uid, event in memory.events.items() if not event.gone}):
        change, after = decide.change(uid, wanted.get(uid))
        changes.append(change)
        events[uid] = after
    future = len(future_events(memory.events, today=decide.today, zone=zone))
    future = future or sum(change.action is Action.CREATE for change in changes)  # the first run counts its own
    limits = settings.limits
    if accept_deletes:
        limits = limits.model_copy(update={"max_delete_floor": len(changes), "max_delete_percent": 100})
    kept, window, held = hold_deletes(changes, memory=memory, limits=limits, today=decide.today, future=future)
    for planned, change in zip(changes, kept, strict=True):
        if change is not planned:  # held back: it stays as it was
            events[change.uid] = memory.events[change.uid]
    spoken = {wish.touch.uid: wish for wish in if_held(held)} if held else {}
    for uid, wish in spoken.items():
        change, events[uid] = decide.change(uid, wish)
        kept = tuple(change if other.uid == uid else other for other in kept)
    plan = Plan(
        now=decide.now,
        timezone=settings.timezone,
        schedule=tuple(spoken[touch.uid].touch if touch.uid in spoken else touch for touch in schedule.touches),
        changes=kept,
        problems=tuple(sorted({*problems, *leads.problems, *schedule.problems}, key=_problem_order)),
        notes=tuple(sorted({*notes, *leads.notes, *schedule.notes}, key=_note_order)),
        held=held,
    )
    return plan, replace(memory, events=events, deletes=window)


@dataclass(frozen=True, slots=True)
class _Decider:
    """The case table of this module; every case is one method."""

    schedule: Schedule
    memory: Memory
    observation: Observation
    abilities: Abilities
    now: datetime
    today: date
    zone: ZoneInfo
    present: frozenset[str]
    restored: Mapping[str, str]
    rules_changed: bool
    lost: bool
    cancelled_days: int

    def change(self, uid: str, wish: Wish | None) -> tuple[Change, EventMemory]:
        """The change for one event of ours, and its memory afterwards."""
        known = self.memory.events.get(uid)
        current = self.observation.events.get(uid)
        if known is not None and known.gone:
            known = None
        if known is not None and known.restored is not None:
            if current is not None and known.restored == self.restored[uid]:
                row = wish.touch.row if wish else known.desired.row or None
                after = replace(known, observed=current)
                return _keep(known, current, row, "kept by undo until its row changes"), after
            known = replace(known, restored=None)
        if wish is None:
            assert known is not None
            return self._unwanted(known, current)
        if uid in self.observation.unreadable and known is not None:
            return _keep(known, current, wish.touch.row, f"left alone: {self.observation.unreadable[uid]}"), known
        if current is None:
            return self._create(wish, known)
        return self._existing(wish, known, current)

    def _create(self, wish: Wish, known: EventMemory | None) -> tuple[Change, EventMemory]:
        event = wish.event
        if known is not None and known.rejected and not changed_fields(event, known.desired):
            return _keep(
                known, None, wish.touch.row, "the calendar server refused this event; see `followup check`"
            ), known
        created = known.stamp.created if known else self.now
        stamp = Stamp(created, self.now, known.stamp.sequence + 1 if known else 0)
        change = _change(Action.CREATE, wish, event=event, stamp=stamp, base=None, fields=())
        return change, EventMemory(uid=event.uid, desired=event, stamp=stamp)

    def _existing(self, wish: Wish, known: EventMemory | None, current: RemoteEvent) -> tuple[Change, EventMemory]:
        if known is None or known.observed is None:
            known = _unwritten(wish.event, current)
        assert known.observed is not None
        if current.snapshot.hands_off:
            reason = f"left alone: {current.snapshot.hands_off}"
            return _keep(known, current, wish.touch.row, reason), replace(known, observed=current)
        kept = known.kept | edited_fields(known.observed.snapshot, current.snapshot)
        kept -= {name for name in kept if _as_wanted(name, wish.event, current.snapshot)}
        fields = tuple(
            name
            for name in changed_fields(wish.event, known.desired)
            if name not in kept and not _as_wanted(name, wish.event, current.snapshot)
        )
        if not fields:
            after = replace(known, desired=wish.event, observed=current, kept=kept, closed=False)
            return _keep(after, current, wish.touch.row, ""), after
        event = _with_kept(wish.event, kept, current.snapshot)
        stays = {name: getattr(current.snapshot, name) for name in _TIME if name not in fields}
        event = replace(event, **stays)
        stamp = self._next_stamp(known.stamp, current.snapshot)
        change = _change(Action.UPDATE, wish, event=event, stamp=stamp, base=current, fields=fields)
        return change, EventMemory(uid=event.uid, desired=wish.event, stamp=stamp, kept=kept)

    def _unwanted(self, known: EventMemory, current: RemoteEvent | None) -> tuple[Change, EventMemory]:
        touch = self.memory.touches.get(known.uid)
        lead_key = touch.lead_key if touch else ""
        frozen = lead_key in self.schedule.frozen_leads or (
            touch is not None and (lead_key, touch.rule) in self.schedule.frozen
        )
        row = known.desired.row or None
        if frozen or known.uid in self.observation.unreadable:
            return _keep(known, current, row, "left as it is: a cell it depends on cannot be read"), known
        if known.desired.cancelled and current is not None:
            return self._cancelled(known, current, row)
        if self._done(known.uid) or known.uid in self.schedule.missed or self._past(known):
            return self._history(known, current, row)
        if current is None:
            gone = replace(known, gone=True)
            return _keep(known, None, row, "already gone from the calendar"), gone
        if current.snapshot.hands_off:
            return _keep(known, current, row, f"left alone: {current.snapshot.hands_off}"), known
        if self.lost:
            return _keep(known, current, row, "kept: nothing is deleted in a run without memory"), known
        if user_part(current.snapshot.description):
            return self._close(known, current, row, with_mark=True)
        change = Change(
            action=Action.DELETE,
            uid=known.uid,
            summary=known.desired.summary,
            start=known.desired.start,
            row=row,
            reason=self._why_deleted(lead_key),
            base=current,
            counted=self._counted(lead_key),
        )
        if self.cancelled_days:
            return self._cancel(change, known, current)
        return change, replace(known, gone=True)

    def _cancel(self, delete: Change, known: EventMemory, current: RemoteEvent) -> tuple[Change, EventMemory]:
        """For people who import the file: an event that just vanished from it would stay in their calendar."""
        event = replace(known.desired, cancelled=True, tentative=False, alarm=None)
        stamp = self._next_stamp(known.stamp, current.snapshot)
        change = replace(delete, action=Action.UPDATE, fields=("status",), event=event, stamp=stamp)
        return change, EventMemory(uid=known.uid, desired=event, stamp=stamp, closed=True)

    def _cancelled(self, known: EventMemory, current: RemoteEvent, row: str | None) -> tuple[Change, EventMemory]:
        """A cancelled event leaves the file once everybody had the days to import it."""
        if (self.today - day_of(known.stamp.written, self.zone)).days < self.cancelled_days:
            return _keep(known, current, row, "cancelled; it leaves the file later"), replace(known, observed=current)
        change = Change(
            action=Action.DELETE,
            uid=known.uid,
            summary=known.desired.summary,
            start=known.desired.start,
            row=row,
            reason="it was shown as cancelled long enough",
            base=current,
        )
        return change, replace(known, gone=True)

    def _history(self, known: EventMemory, current: RemoteEvent | None, row: str | None) -> tuple[Change, EventMemory]:
        ticked_ahead = self._done(known.uid) and not self._past(known)
        if ticked_ahead and current is not None and current.snapshot.our_alarm is not None and not known.closed:
            return self._close(known, current, row, with_mark=False)
        after = known if current is None else replace(known, observed=current)
        return _keep(known, current, row, "kept as history"), after

    def _close(
        self, known: EventMemory, current: RemoteEvent, row: str | None, *, with_mark: bool
    ) -> tuple[Change, EventMemory]:
        """Take the alarm off an event that stays; say in its title that its reason is gone, if that is so."""
        summary, snapshot = current.snapshot.summary, current.snapshot
        if with_mark and not summary.startswith(CLOSED_MARK):
            summary = CLOSED_MARK + summary
        event = replace(known.desired, start=snapshot.start, end=snapshot.end, summary=summary, alarm=None)
        if summary == snapshot.summary and snapshot.our_alarm is None:
            return _keep(known, current, row, "kept for your own text in it"), replace(known, observed=current)
        stamp = self._next_stamp(known.stamp, snapshot)
        change = Change(
            action=Action.UPDATE,
            uid=known.uid,
            summary=summary,
            start=event.start,
            row=row,
            reason="kept for your own text in it" if with_mark else "done: its alarm is off",
            fields=("summary", "alarm") if with_mark else ("alarm",),
            event=event,
            stamp=stamp,
            base=current,
        )
        return change, EventMemory(uid=known.uid, desired=event, stamp=stamp, kept=known.kept, closed=True)

    def _next_stamp(self, stamp: Stamp, current: Snapshot) -> Stamp:
        return Stamp(stamp.created, self.now, max(stamp.sequence, current.sequence) + 1)

    def _done(self, uid: str) -> bool:
        """A ticked event stays as history, even where the schedule has nothing to say about it any more."""
        touch = self.memory.touches.get(uid)
        return uid in self.schedule.done or (touch is not None and touch.reaction is Reaction.TICKED)

    def _past(self, known: EventMemory) -> bool:
        """Before today in the seeker's zone; past events are history, never deleted because their reason is gone."""
        return day_of(known.desired.start, self.zone) < self.today

    def _counted(self, lead_key: str) -> bool:
        vanished = lead_key not in self.present and not is_shared_key(lead_key)
        return vanished or (self.rules_changed and lead_key not in self.schedule.asked_for)

    def _why_deleted(self, lead_key: str) -> str:
        if lead_key in self.schedule.asked_for:
            return "its row says stop"
        if lead_key in self.present or is_shared_key(lead_key):
            return "the plan no longer holds it"
        return "its row is no longer in the sheet"


def _restored_digests(leads: Leads, memory: Memory) -> dict[str, str]:
    """For each event that `undo` brought back, what its row says now; empty where there is no such row."""
    restored = [uid for uid, event in memory.events.items() if event.restored is not None and not event.gone]
    if not restored:
        return {}
    rows = {lead.key: lead for lead in leads.leads}
    keys = {uid: memory.touches[uid].lead_key if uid in memory.touches else "" for uid in restored}
    return {uid: digest_of(rows[key]) if key in rows else "" for uid, key in keys.items()}


# --- fields --------------------------------------------------------------------------------------------------

_TIME = ("start", "end")
_FIELDS = ("start", "end", "summary", "description", "categories", "status", "alarm", "url")


def _value(event: Event, name: str) -> object:
    if name == "status":
        return "CANCELLED" if event.cancelled else "TENTATIVE" if event.tentative else "CONFIRMED"
    return getattr(event, name)


def changed_fields(event: Event, before: Event) -> tuple[str, ...]:
    """The fields in which two wishes differ. Row and link to the row are shown but never compared."""
    if event == before:
        return ()
    return tuple(name for name in _FIELDS if _value(event, name) != _value(before, name))


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
    }
    return frozenset(name for name, (one, other) in pairs.items() if one != other)


def _as_wanted(name: str, event: Event, current: Snapshot) -> bool:
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
    if name == "categories":
        return frozenset(current.categories) >= frozenset(event.categories)
    return bool(getattr(current, name) == _value(event, name))


def _with_kept(event: Event, kept: frozenset[str], current: Snapshot) -> Event:
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


def day_of(moment: Moment, zone: ZoneInfo) -> date:
    """The civil day of a moment in the seeker's zone."""
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


def _unwritten(event: Event, current: RemoteEvent) -> EventMemory:
    """Memory of an event that lies in the calendar although we do not know that we wrote it: everything may differ."""
    snapshot = current.snapshot
    written = snapshot.last_modified or datetime.fromtimestamp(0, ZoneInfo("UTC"))
    blank = Event(
        uid=event.uid, start=date.min, end=date.min, zone=event.zone, summary="", description="", categories=("",)
    )
    return EventMemory(uid=event.uid, desired=blank, stamp=Stamp(written, written, snapshot.sequence), observed=current)


def _keep(known: EventMemory, current: RemoteEvent | None, row: str | None, reason: str) -> Change:
    return Change(
        action=Action.KEEP,
        uid=known.uid,
        summary=known.desired.summary,
        start=known.desired.start,
        row=row,
        reason=reason,
        event=known.desired,
        stamp=known.stamp,
        base=current or known.observed,
    )


def _change(
    action: Action, wish: Wish, *, event: Event, stamp: Stamp, base: RemoteEvent | None, fields: tuple[str, ...]
) -> Change:
    return Change(
        action=action,
        uid=event.uid,
        summary=event.summary,
        start=event.start,
        row=wish.touch.row,
        reason="; ".join(wish.touch.reason),
        fields=fields,
        event=event,
        stamp=stamp,
        base=base,
    )


def _problem_order(problem: Problem) -> tuple[object, ...]:
    return _natural(problem.row), problem.column, problem.value


def _note_order(note: Note) -> tuple[object, ...]:
    return _natural(note.row or ""), note.lead or "", note.rule or "", note.reason


def _natural(reference: str) -> tuple[str, int]:
    """`leads.csv:7` sorts before `leads.csv:12`."""
    name, _, number = reference.rpartition(":")
    return (name, int(number)) if number.isdigit() else (reference, 0)


# --- afterwards ----------------------------------------------------------------------------------------------


def settle(before: Memory, after: Memory, outcomes: Mapping[str, Outcome]) -> Memory:
    """The memory to commit: what succeeded is as planned, everything else as it was before.

    A create that found a copy of ours already there, perhaps under another name, remembers that copy, so that the next
    run compares with it and knows its address.
    """
    events = dict(after.events)
    for uid, outcome in outcomes.items():
        if outcome.result is Result.DONE:
            if outcome.remote is not None:
                events[uid] = replace(events[uid], observed=outcome.remote)
        elif uid in before.events and not before.events[uid].gone:
            events[uid] = replace(before.events[uid], rejected=outcome.rejected)
        elif outcome.rejected:
            events[uid] = replace(events[uid], rejected=True)
        elif outcome.remote is not None:
            events[uid] = _unwritten(events[uid].desired, outcome.remote)
        else:
            events.pop(uid, None)
    return replace(after, events=events)
