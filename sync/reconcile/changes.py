"""One event of ours: from what should be and what is to what to do. The one place where changes are decided. Pure.

Three views of an event meet here, field by field: *desired* now against desired when we last wrote it,
and *current* in the calendar against *observed* right after that write.

| wanted now | known to memory | in the calendar | then |
| --- | --- | --- | --- |
| yes | no | no | create |
| yes | no | yes | adopt: a lost answer or a lost state; write only what differs |
| yes | yes | yes, as written | update the fields whose plan changed; none: keep |
| yes | yes | yes, edited by the user | the edited fields are theirs from then on; the others as above |
| yes | yes | no | on a feed: create again; elsewhere the user deleted it, and the schedule no longer wants it |
| yes | yes, and its new content was rejected lately | any | keep, and say so |
| yes, or no | any | recurring, or with attendees | hands off: a write could mail people |
| no, its cell is unreadable | yes | yes | keep as it is, unless you said something of it |
| no, shown as cancelled | yes | yes | delete once everybody had the days to import it |
| no, moved by you to a coming day after its own | yes | yes | keep there, or put it there; a stop seen later deletes |
| no, done or past | yes | yes | keep as history; a ticked one loses its alarm |
| no, you said done | yes | yes | keep, ticked, without alarm |
| no | yes | no | gone by itself |
| no, in a run without memory | yes | yes | keep |
| no, of the seeker's own, moved by you | yes | yes | keep where it stands |
| no | yes | with something of the user's own in it | keep, marked closed, without alarm; done before its day: ticked |
| no, done in the sheet before its day | yes | yes | delete |
| no, you said skip | yes | yes | delete, past or not |
| no | yes | yes | delete; in a file for people who import it, cancel for some days first |
| any | no | ours, in no plan | a stray: never touched by a run |

Nothing is written unless a wish of ours changed, so a server that rewrites events can't make us write again and again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.memory import EventMemory, Memory, Reaction, TouchMemory
from sync.models import Action, Change, Event, Moment, Observation, RemoteEvent, Schedule, Snapshot, Stamp, Touch
from sync.moments import day_of, same_moment
from sync.reconcile.fields import (
    TIME,
    changed_fields,
    edited_fields,
    holds_yours,
    is_as_wanted,
    with_kept,
    with_own_things,
)
from sync.reconcile.identity import SELF, is_shared_key
from sync.reconcile.outcomes import found
from sync.reconcile.reactions import WATCH_DAYS
from sync.texts import Wording

DONE_MARK = "✓ "
REFUSED_DAYS = 7
"""What a server rejected is sent again after so many days: not every rejection is for good."""


class Wish(Struct, frozen=True):
    """A touch together with the event that shows it."""

    touch: Touch
    event: Event


class _Unwanted(Struct, frozen=True):
    """An event of ours that no wish is for, with its touch; `said` is what you said of it on the command line."""

    known: EventMemory
    current: RemoteEvent | None
    touch: TouchMemory | None
    said: Reaction | None

    @property
    def row(self) -> str | None:
        """The row it was last written for."""
        return self.known.desired.row or None

    @property
    def lead_key(self) -> str:
        """The lead it was about; empty where nobody knows."""
        return self.touch.lead_key if self.touch is not None else ""


class Decider(Struct, frozen=True):
    """The case table above, for one run; every case is one method."""

    schedule: Schedule
    memory: Memory
    observation: Observation
    now: datetime
    today: date
    zone: ZoneInfo
    present: frozenset[str]
    restored: Mapping[str, str]
    rules_changed: bool
    words_changed: bool
    lost: bool
    cancelled_days: int
    words: Wording

    def say(self, key: str, **facts: object) -> str:
        """Why an event becomes what it does."""
        return self.words.say(f"change.{key}", **facts)

    def change(self, uid: str, wish: Wish | None) -> tuple[Change, EventMemory]:
        """The change for one event of ours, and its memory afterwards."""
        change, after = self._decide(uid, wish)
        known = self.memory.events.get(uid)
        if known is None or change.action not in (Action.CREATE, Action.UPDATE) or not self._refuses(known, after):
            return change, after
        kept = _keep(known, self.observation.events.get(uid), change.row, self.say("rejected", days=REFUSED_DAYS))
        return replace(kept, rejected=True), known

    def _refuses(self, known: EventMemory, after: EventMemory) -> bool:
        """Whether the server rejected this very content lately."""
        last = known.refused
        if last is None or (self.today - day_of(last.at, self.zone)).days >= REFUSED_DAYS:
            return False
        return not changed_fields(after.desired, last.event)

    def _decide(self, uid: str, wish: Wish | None) -> tuple[Change, EventMemory]:
        known = self.memory.events.get(uid)
        current = self.observation.events.get(uid)
        if known is not None and known.gone:
            known = None
        if known is not None and known.restored is not None:
            if current is not None and known.restored == self.restored[uid]:
                row = wish.touch.row if wish else known.desired.row or None
                after = replace(known, observed=current)
                return _keep(known, current, row, self.say("kept_by_undo"), stays=True), after
            known = replace(known, restored=None)
        if wish is None:
            assert known is not None
            return self._unwanted(known, current)
        if uid in self.observation.unreadable and known is not None:
            why = self.say("left_alone", why=self.observation.unreadable[uid])
            return _keep(known, current, wish.touch.row, why), known
        if current is None:
            return self._create(wish, known)
        return self._existing(wish, known, current)

    def _create(self, wish: Wish, known: EventMemory | None) -> tuple[Change, EventMemory]:
        event = wish.event
        stamp = known.stamp.renewed(self.now) if known else Stamp(self.now, self.now, 0)
        change = _change(Action.CREATE, wish, event=event, stamp=stamp, base=None, fields=())
        return change, EventMemory(uid=event.uid, desired=event, stamp=stamp)

    def _existing(self, wish: Wish, known: EventMemory | None, current: RemoteEvent) -> tuple[Change, EventMemory]:
        if known is None or known.observed is None:
            known = found(wish.event.uid, current, zone=wish.event.zone)
        assert known.observed is not None
        if current.snapshot.hands_off:
            reason = self.say("left_alone", why=current.snapshot.hands_off)
            return _keep(known, current, wish.touch.row, reason), replace(known, observed=current)
        kept = known.kept | edited_fields(known.observed.snapshot, current.snapshot)
        kept -= {name for name in kept - _taken_off(current) if is_as_wanted(name, wish.event, current.snapshot)}
        changed = changed_fields(wish.event, known.desired, whole=self.words_changed)
        fields = tuple(
            name for name in changed if name not in kept and not is_as_wanted(name, wish.event, current.snapshot)
        )
        if not fields:
            text = wish.event.description if "description" in changed else known.desired.description
            wanted = replace(wish.event, description=text)
            after = replace(known, desired=wanted, observed=current, kept=kept, closed=False, revived=False)
            return _keep(after, current, wish.touch.row, ""), after
        event = with_kept(wish.event, kept, current.snapshot)
        stays = {name: getattr(current.snapshot, name) for name in TIME if name not in fields}
        event = replace(event, **stays)
        stamp = self._next_stamp(known.stamp, current.snapshot)
        change = _change(Action.UPDATE, wish, event=event, stamp=stamp, base=current, fields=fields)
        return change, EventMemory(uid=event.uid, desired=wish.event, stamp=stamp, kept=kept)

    def _unwanted(self, known: EventMemory, current: RemoteEvent | None) -> tuple[Change, EventMemory]:
        """An event that no wish is for: the rows of the table in their order, the first that fits decides."""
        touch = self.memory.touches.get(known.uid)
        gone = _Unwanted(known, current, touch, touch.reaction if touch is not None and touch.told else None)
        return (
            self._left_alone(gone)
            or self._moved_on(gone)
            or self._passed(gone)
            or self._nothing_to_delete(gone)
            or self._kept_for_you(gone)
            or self._deleted(gone)
        )

    def _left_alone(self, gone: _Unwanted) -> tuple[Change, EventMemory] | None:
        """What a write could mail, whose cell or copy cannot be read, and what leaves the file in its own time."""
        known, current, touch = gone.known, gone.current, gone.touch
        if current is not None and current.snapshot.hands_off:
            reason = self.say("left_alone", why=current.snapshot.hands_off)
            return _keep(known, current, gone.row, reason), replace(known, observed=current)
        frozen = gone.lead_key in self.schedule.frozen_leads or (
            touch is not None and (gone.lead_key, touch.rule) in self.schedule.frozen
        )
        if (frozen and gone.said is None) or known.uid in self.observation.unreadable:
            return _keep(known, current, gone.row, self.say("frozen")), known
        return self._cancelled(known, current, gone.row) if known.desired.cancelled and current is not None else None

    def _moved_on(self, gone: _Unwanted) -> tuple[Change, EventMemory] | None:
        """What you moved to a coming day after its own stays there, or goes there; a stop seen later ends that."""
        known, current, touch = gone.known, gone.current, gone.touch
        to = touch.pinned_to if touch is not None and gone.said is Reaction.DRAGGED else None
        revived = known.revived and not self._ticked(known.uid) and (to or not gone.said)
        if not revived or current is None or self._stopped_since(touch):
            return None
        if to is not None and not same_moment(to, current.snapshot.start):
            return self._move(known, current, gone.row, to=to)
        return _keep(known, current, gone.row, self.say("moved"), stays=True), replace(known, observed=current)

    def _passed(self, gone: _Unwanted) -> tuple[Change, EventMemory] | None:
        """What is done or past is history; not what you skipped, nor what the sheet shows as done before its day."""
        known, current = gone.known, gone.current
        if known.uid in self.schedule.done_ahead or gone.said is Reaction.DELETED:
            return None
        over = self._done(known.uid) or known.uid in self.schedule.missed or self._is_past(known, current)
        return self._history(known, current, gone.row) if over else None

    def _nothing_to_delete(self, gone: _Unwanted) -> tuple[Change, EventMemory] | None:
        """What is gone by itself, and everything in a run that does not remember what it wrote."""
        known, current = gone.known, gone.current
        if current is None:
            return _keep(known, None, gone.row, self.say("gone")), replace(known, gone=True)
        if self.lost:
            return _keep(known, current, gone.row, self.say("no_memory")), known
        return None

    def _kept_for_you(self, gone: _Unwanted) -> tuple[Change, EventMemory] | None:
        """An event of the seeker's own that you moved, and one that holds something of yours."""
        known, current, touch = gone.known, gone.current, gone.touch
        assert current is not None
        if touch is not None and touch.reaction is Reaction.DRAGGED and touch.lead_key == SELF and not gone.said:
            return _keep(known, current, gone.row, self.say("moved"), stays=True), replace(known, observed=current)
        known = with_own_things(known, current)
        if not holds_yours(known, current.snapshot):
            return None
        mark = DONE_MARK if known.uid in self.schedule.done_ahead else self.schedule.over_mark
        return self._close(known, current, gone.row, mark=mark)

    def _deleted(self, gone: _Unwanted) -> tuple[Change, EventMemory]:
        """Everything else goes, in a file for people who import it shown as cancelled first."""
        known, current = gone.known, gone.current
        assert current is not None
        ahead, skipped = known.uid in self.schedule.done_ahead, gone.said is Reaction.DELETED
        why = self.say("skipped") if skipped else self.say("shown_done") if ahead else self._why_deleted(gone.lead_key)
        counted = not (ahead or skipped) and self._counted(gone.lead_key)
        delete = _delete(known, current, gone.row, why, counted=counted)
        return self._cancel(delete, known, current) if self.cancelled_days else (delete, replace(known, gone=True))

    def _move(
        self, known: EventMemory, current: RemoteEvent, row: str | None, *, to: Moment
    ) -> tuple[Change, EventMemory]:
        """What passed goes to the day you said, as if you had dragged it there."""
        shot = current.snapshot
        event = replace(known.desired, start=to, end=to + (shot.end - shot.start))
        stamp = self._next_stamp(known.stamp, shot)
        change = Change(
            action=Action.UPDATE, uid=known.uid, summary=shot.summary, start=to, row=row, reason=self.say("moved"),
            fields=TIME, event=with_kept(event, known.kept, shot), stamp=stamp, base=current, stays=True,
        )  # fmt: skip
        return change, EventMemory(uid=known.uid, desired=event, stamp=stamp, kept=known.kept, revived=True)

    def _cancel(self, delete: Change, known: EventMemory, current: RemoteEvent) -> tuple[Change, EventMemory]:
        """For people who import the file: an event that just vanished from it would stay in their calendar."""
        event = replace(known.desired, cancelled=True, tentative=False, alarm=None)
        stamp = self._next_stamp(known.stamp, current.snapshot)
        change = replace(delete, action=Action.UPDATE, fields=("status",), event=event, stamp=stamp)
        return change, EventMemory(uid=known.uid, desired=event, stamp=stamp, closed=True)

    def _cancelled(self, known: EventMemory, current: RemoteEvent, row: str | None) -> tuple[Change, EventMemory]:
        """A cancelled event leaves the file once everybody had the days to import it."""
        if (self.today - day_of(known.stamp.written, self.zone)).days < self.cancelled_days:
            return _keep(known, current, row, self.say("cancelled")), replace(known, observed=current)
        change = _delete(known, current, row, self.say("cancelled_long"), counted=False)
        return change, replace(known, gone=True)

    def _history(self, known: EventMemory, current: RemoteEvent | None, row: str | None) -> tuple[Change, EventMemory]:
        watched = day_of(known.desired.start, self.zone) >= self.today - timedelta(days=WATCH_DAYS)
        if watched and self._ticked(known.uid) and current is not None and not known.closed:
            mark = DONE_MARK if self.memory.touches[known.uid].told and "summary" not in known.kept else ""
            if mark or current.snapshot.our_alarm is not None:
                return self._close(known, current, row, mark=mark, why=self.say("done") if mark else "")
        after = known if current is None else replace(known, observed=current)
        return _keep(known, current, row, self.say("history")), after

    def _close(
        self, known: EventMemory, current: RemoteEvent, row: str | None, *, mark: str, why: str = ""
    ) -> tuple[Change, EventMemory]:
        """Take the alarm off an event that stays; a mark in its title says that its reason is gone, or done."""
        summary, snapshot = current.snapshot.summary, current.snapshot
        if not known.closed and not summary.startswith(
            (mark, DONE_MARK)
        ):  # one mark says it; a second one would only shout
            summary = mark + summary
        event = replace(known.desired, start=snapshot.start, end=snapshot.end, summary=summary, alarm=None)
        if summary == snapshot.summary and snapshot.our_alarm is None:
            return _keep(known, current, row, self.say("kept_for_you")), replace(known, observed=current)
        stamp = self._next_stamp(known.stamp, snapshot)
        change = Change(
            action=Action.UPDATE,
            uid=known.uid,
            summary=summary,
            start=event.start,
            row=row,
            reason=why or self.say("kept_for_you" if mark else "done"),
            fields=("summary", "alarm") if mark else ("alarm",),
            event=event,
            stamp=stamp,
            base=current,
        )
        return change, EventMemory(uid=known.uid, desired=event, stamp=stamp, kept=known.kept, closed=True)

    def _next_stamp(self, stamp: Stamp, current: Snapshot) -> Stamp:
        return stamp.renewed(self.now, over=current.sequence)

    def _done(self, uid: str) -> bool:
        """A ticked event stays as history, even where the schedule has nothing to say about it any more."""
        return uid in self.schedule.done or self._ticked(uid)

    def _ticked(self, uid: str) -> bool:
        touch = self.memory.touches.get(uid)
        return touch is not None and touch.reaction is Reaction.TICKED

    def _is_past(self, known: EventMemory, current: RemoteEvent | None) -> bool:
        """Where it stands now, before today; past events are history, never deleted because their reason is gone."""
        start = known.desired.start if current is None else current.snapshot.start
        return day_of(start, self.zone) < self.today

    def _stopped_since(self, touch: TouchMemory | None) -> bool:
        """Whether the row of a touch that the user moved says stop, and did not yet when it was moved."""
        if touch is None or touch.lead_key not in self.schedule.asked_for:
            return False
        lead = self.memory.leads.get(touch.lead_key)
        last = lead.stages[-1] if lead is not None and lead.stages else None
        return last is None or not last.stage.closed or touch.reacted_on is None or last.on > touch.reacted_on

    def _counted(self, lead_key: str) -> bool:
        vanished = lead_key not in self.present and not is_shared_key(lead_key)
        return vanished or (self.rules_changed and lead_key not in self.schedule.asked_for)

    def _why_deleted(self, lead_key: str) -> str:
        if lead_key in self.schedule.asked_for:
            return self.say("stop")
        if lead_key in self.present or is_shared_key(lead_key):
            return self.say("unasked")
        return self.say("no_row")


def _keep(
    known: EventMemory, current: RemoteEvent | None, row: str | None, reason: str, *, stays: bool = False
) -> Change:
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
        absent=current is None,
        stays=stays,
    )


def _taken_off(current: RemoteEvent) -> frozenset[str]:
    """An alarm that the user took off stays off, also once the plan wanted none for a while."""
    return frozenset({"alarm"}) if current.snapshot.our_alarm is None else frozenset()


def _delete(known: EventMemory, current: RemoteEvent, row: str | None, reason: str, *, counted: bool) -> Change:
    return Change(
        action=Action.DELETE,
        uid=known.uid,
        summary=known.desired.summary,
        start=known.desired.start,
        row=row,
        reason=reason,
        base=current,
        counted=counted,
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
