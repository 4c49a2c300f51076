"""Bringing back what a run overwrote or deleted, from the copies in the journal.

- An event that is still there is set back in place, field by field; what the user changed since stays theirs.
- An event that is gone is created again under its next generation, since servers remember deleted UIDs, with what the
  user had put into it; not with its guests, to whom a server would send mails.
- What came back is **kept by undo**: the next runs leave it as it is until its row in the sheet changes, or what pause
  lies over its day; else they would do again what was just undone.
- After a mass disappearance (`guards.check_disappearance`) there is no run to undo: what vanished is put back the same
  way. The plan still wants these events, so they need no pin.
- What the user had said on the command line or in the sheet, and that run had brought into the calendar, is taken back.
- A dismissal that is lifted makes no event here; the next run plans the touch anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Rule
from sync.config import Pause, Settings
from sync.memory import EventMemory, Intent, Memory, Reaction, TouchMemory
from sync.models import (
    Action,
    Change,
    Event,
    Lead,
    Moment,
    Observation,
    RemoteEvent,
    Snapshot,
    Stamp,
    Touch,
    TouchClass,
)
from sync.moments import day_of, same_moment, sortable
from sync.reconcile.fields import event_of
from sync.reconcile.generations import follows, renew
from sync.reconcile.guards import future_events
from sync.reconcile.heartbeat import RULE as HEARTBEAT
from sync.reconcile.identity import SELF
from sync.reconcile.marker_lines import our_part, put_our_part
from sync.reconcile.words import take_back
from sync.texts import Wording, load_remarks

_PLACES = frozenset({"row", "row_number", "address", "columns", "unreadable"})
"""Where a lead stands and how it was read; none of it is what its row says."""
_STATUS = {"tentative": "status", "cancelled": "status"}
"""What of an event is its status to the calendar, and so in what is told of a change."""


def digest_of(lead: Lead) -> str:
    """What a row says, as one short text that changes when the row does."""
    said = [repr(getattr(lead, name)) for name in Lead.__struct_fields__ if name not in _PLACES]
    return sha256("\x1f".join(said).encode()).hexdigest()[:16]


def pin_of(lead: Lead | None, start: Moment, *, pauses: Iterable[Pause], zone: ZoneInfo) -> str:
    """What has to stay the same for an undo to be kept: the row, and the pause over the day of the event.

    Nothing where there is no row: its event has nobody who would move it.
    """
    if lead is None:
        return ""
    day = day_of(start, zone)
    over = next((f" {one.first}/{one.last}" for one in pauses if one.holds(day)), "")
    return digest_of(lead) + over


class Undoing(Struct):
    """One undo being worked out: the changes so far and the memory they lead to."""

    observation: Observation
    memory: Memory
    owner: str
    now: datetime
    rows: Mapping[str, Lead]
    pauses: Sequence[Pause]
    zone: ZoneInfo
    words: Wording
    changes: list[Change] = []
    events: dict[str, EventMemory] = {}
    touches: dict[str, TouchMemory] = {}

    def bring_back(self, intent: Intent) -> None:
        """Set one write of the run back to the copy it replaced."""
        touch = self.touches.get(intent.uid)
        if intent.before is None or intent.uid in self.observation.unreadable or (touch and touch.rule == HEARTBEAT):
            return
        if touch is not None and _brought_a_word(intent, intent.before, touch):
            touch = self.touches[intent.uid] = take_back(touch)
        current = self.observation.events.get(intent.uid)
        if current is None and touch is None and intent.uid in self.events and self.events[intent.uid].gone:
            touch = self._successor(intent.uid)
            if touch is None or touch.published or touch.reaction is Reaction.DELETED:
                return  # brought back already, under its next generation
        if current is None:
            self._create(touch.uid if touch else intent.uid, intent.before, self._pin(touch, intent.before.snapshot))
        elif intent.action is Action.UPDATE and not current.snapshot.hands_off:
            self._set_back(intent, intent.before, current)

    def put_back(self, uid: str) -> None:
        """Create again what vanished from the calendar without our doing."""
        known = self.events[uid]
        assert known.observed is not None
        self._create(uid, known.observed, None)

    def _successor(self, uid: str) -> TouchMemory | None:
        """What an undo brought back of it, or was about to when it was ended."""
        return next((touch for touch in self.touches.values() if follows(touch, uid, owner=self.owner)), None)

    def _pin(self, touch: TouchMemory | None, shown: Event | Snapshot) -> str:
        lead = self.rows.get(touch.lead_key) if touch else None
        return pin_of(lead, shown.start, pauses=self.pauses, zone=self.zone)

    def _create(self, uid: str, copy: RemoteEvent, pin: str | None) -> None:
        touch = self.touches.get(uid) or TouchMemory(uid=uid, lead_key=uid, rule="undo")
        touch = renew(touch, owner=self.owner, events=self.events)
        new = touch.uid
        if new in self.events and new in self.observation.events:
            return  # a later run planned it anew
        known = self.events.get(uid)
        if known is not None:
            self.events[uid] = replace(known, gone=True)
        zone = known.desired.zone if known else "UTC"
        event = replace(event_of(new, copy.snapshot, zone=zone), notes=copy.snapshot.description)
        if known is not None:
            event = replace(event, color=known.desired.color, row=known.desired.row, address=known.desired.address)
        stamp = Stamp(self.now, self.now, 0)
        kept = known.kept if known else frozenset()
        there = self.observation.events.get(new)
        self.events[new] = EventMemory(new, event, stamp, observed=there, kept=kept, restored=pin)
        self.touches.pop(uid, None)
        self.touches[new] = replace(touch, published=True)
        if there is None:
            self.changes.append(replace(_change(Action.CREATE, event, stamp, None, (), self.words), again=copy))

    def _set_back(self, intent: Intent, copy: RemoteEvent, current: RemoteEvent) -> None:
        known = self.events.get(intent.uid)
        if known is None:
            return
        written = intent.event or known.desired
        event, names = _older(written, copy.snapshot, current.snapshot)
        if not names or (names == ("alarm",) and event.alarm is None):  # which one rings that day, the next run says
            return
        event = replace(event, zone=written.zone, color=written.color, row=written.row, address=written.address)
        stamp = known.stamp.renewed(self.now, over=current.snapshot.sequence)
        pin = self._pin(self.touches.get(intent.uid), event)
        self.events[intent.uid] = EventMemory(intent.uid, event, stamp, kept=known.kept, restored=pin)
        self.changes.append(_change(Action.UPDATE, event, stamp, current, names, self.words))


def as_kept(
    touches: Iterable[Touch],
    stays: Mapping[str, str],
    *,
    memory: Memory,
    leads: Iterable[Lead],
    rules: Mapping[str, Rule],
    words: Wording,
) -> tuple[Touch, ...]:
    """The schedule with what stays, as the calendar holds it and why, also where the plan has nothing of the kind."""
    if not stays:
        return tuple(touches)
    planned = {touch.uid: touch for touch in touches}
    rows = {lead.key: lead for lead in leads}
    for uid, why in stays.items():
        event, record = memory.events[uid], memory.touches.get(uid)
        there = event.observed.snapshot if event.observed is not None else event.desired
        shown = replace(event.desired, start=there.start, end=there.end)
        touch = planned.get(uid) or _only_kept(uid, shown, record, rows, rules, words)
        planned[uid] = replace(
            touch, start=shown.start, end=shown.end, given=shown.start, summary=shown.summary,
            description=shown.description, deadline=None, published=True, tentative=shown.tentative,
            reason=(*touch.reason, why),
        )  # fmt: skip
    return tuple(sorted(planned.values(), key=lambda touch: (*sortable(touch.start), touch.uid)))


def _only_kept(
    uid: str,
    shown: Event,
    record: TouchMemory | None,
    rows: Mapping[str, Lead],
    rules: Mapping[str, Rule],
    words: Wording,
) -> Touch:
    """A touch of which only the calendar and memory know."""
    record = record or TouchMemory(uid=uid, lead_key=uid, rule="undo")
    lead, rule = rows.get(record.lead_key), rules.get(record.rule)
    day = record.start.date() if isinstance(record.start, datetime) else record.start
    return Touch(
        uid=uid, rule=record.rule, kind=rule.kind if rule else TouchClass.SELF, lead_key=record.lead_key,
        party=record.party, round=record.round, generation=record.generation, step=record.step,
        lead=lead.label if lead else None, row=lead.row if lead else None, start=shown.start, end=shown.end,
        zone=shown.zone, given=shown.start, deadline=None, summary=shown.summary, description=shown.description,
        channel="", who="", move=record.move, tentative=shown.tentative, published=True,
        reason=(words.say("change.stood_on", day=words.stamp(day)),) if day else (),
    )  # fmt: skip


def open_undoing(
    memory: Memory, observation: Observation, *, settings: Settings, now: datetime, leads: Iterable[Lead] = ()
) -> Undoing:
    """Begin an undo. `leads` are the rows as they are now, for the pins."""
    return Undoing(
        observation=observation,
        memory=memory,
        owner=settings.owner,
        now=now.replace(microsecond=0),
        rows={lead.key: lead for lead in leads},
        pauses=settings.pause,
        zone=settings.zone,
        words=load_remarks(settings.language),
        events=dict(memory.events),
        touches=dict(memory.touches),
    )


def vanished(memory: Memory, observation: Observation, *, today: date, zone: ZoneInfo) -> list[str]:
    """Our future events that are gone from the calendar although neither we nor, so far as we know, the user did it."""
    ahead = future_events(memory.events, today=today, zone=zone)
    return sorted(
        uid
        for uid, event in ahead.items()
        if event.observed and uid not in observation.events and uid not in observation.unreadable
    )


def lift_dismissals(memory: Memory, lead_key: str) -> tuple[Memory, tuple[str, ...]]:
    """Memory without the user's deletions of this lead's follow-ups, and the titles of those that may come back."""
    lifted = [
        uid
        for uid, touch in memory.touches.items()
        if touch.lead_key == lead_key and touch.reaction is Reaction.DELETED and lead_key != SELF
    ]
    touches = {uid: touch for uid, touch in memory.touches.items() if uid not in lifted}
    events = dict(memory.events)
    for uid in lifted:
        if uid in events:
            events[uid] = replace(events[uid], gone=True)
    titles = tuple(sorted(events[uid].desired.summary for uid in lifted if uid in events))
    return replace(memory, touches=touches, events=events), titles


def _brought_a_word(intent: Intent, copy: RemoteEvent, touch: TouchMemory) -> bool:
    """Whether this write brought into the calendar what the user had said of the touch (`words`)."""
    if not touch.told:
        return False
    if intent.action is Action.DELETE:
        return touch.reaction is Reaction.DELETED
    if intent.event is None:
        return False
    if touch.reaction is Reaction.TICKED and intent.event.summary != copy.snapshot.summary:
        return True
    to = touch.pinned_to
    return to is not None and same_moment(intent.event.start, to) and not same_moment(copy.snapshot.start, to)


def _older(written: Event, copy: Snapshot, current: Snapshot) -> tuple[Event, tuple[str, ...]]:
    """The event as it was before; a field the user changed after our write stays as it is now."""
    older, now = event_of(written.uid, copy, zone=written.zone), event_of(written.uid, current, zone=written.zone)
    ours = {"summary", "description", "categories", "tentative", "cancelled", "alarm", "url"}
    back = {name for name in ours if _same(name, now, written) and not _same(name, now, older)}
    if same_moment(now.start, written.start) and not same_moment(now.start, older.start):
        back |= {"start", "end"}
    event = replace(now, **{name: getattr(older, name) for name in back})
    return event, tuple(sorted({_STATUS.get(name, name) for name in back}))


def _same(name: str, one: Event, other: Event) -> bool:
    if name == "description":
        return bool(_as_kept(one.description) == _as_kept(other.description))
    if name == "categories":
        return set(one.categories) == set(other.categories)
    return bool(getattr(one, name) == getattr(other, name))


def _as_kept(text: str) -> str:
    """Text as the calendar keeps it."""
    return our_part(put_our_part("", text))


def _change(
    action: Action, event: Event, stamp: Stamp, base: RemoteEvent | None, names: tuple[str, ...], words: Wording
) -> Change:
    return Change(
        action=action,
        uid=event.uid,
        summary=event.summary,
        start=event.start,
        row=event.row or None,
        reason=words.say("change.back"),
        fields=names,
        event=event,
        stamp=stamp,
        base=base,
    )
