"""What the sheet says about a follow-up: the columns `done_on` and `snooze_until`. Pure.

They are for people whose calendar carries nothing back. A cell does to the next follow-up of its lead what
`followup done` and `followup snooze` do (`words`), and each value does it once:

| the cell | means |
| --- | --- |
| `done_on` gets a day, or its box is ticked | done on that day; a box: on the day it was first seen |
| `done_on` is put right by a day or two, while nothing stood open then | the same follow-up, on the other day |
| `snooze_until` gets a day | moved to that day; with nothing ahead it waits for what comes until then |
| the cell is emptied while the follow-up lies ahead | taken back |
| the cell is emptied later | room for the next one |

A day that is known already as that of a follow-up done says nothing new, wherever it was known from. Nothing is heard
in a run without memory, and of a lead seen for the first time only what is not older than events are watched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.memory import EventMemory, Heard, Memory, TouchMemory, Word, WordKind
from sync.models import Lead, Leads, Note, Problem, Schedule, Touch
from sync.moments import day_of, sortable
from sync.reading.cells import Fault, tell_fault
from sync.reconcile.reactions import WATCH_DAYS
from sync.reconcile.words import keys_of, take_back, take_word, tell_word
from sync.texts import Wording

KINDS = {"done_on": WordKind.DONE, "snooze_until": WordKind.SNOOZE}
"""In this order: what is to be moved is next after what is done."""
BOX = "x"
CORRECTED = timedelta(days=2)
"""A day that is put right moves by no more than this."""

Plan = Callable[[Memory], tuple[Schedule, Memory]]


def take_cells(
    leads: Leads, memory: Memory, *, plan: Plan, today: date, zone: ZoneInfo, lost: bool, words: Wording
) -> tuple[Memory, list[Note], list[Problem]]:
    """Memory with what these cells say, a note for each, and a problem where one cannot be.

    `plan` gives the schedule of these leads with a memory; it is asked only where a cell says something new.
    """
    hearing = _Hearing(today, zone, words, memory.events, dict(memory.touches), dict(memory.runs.heard))
    for field in KINDS:
        if field not in leads.mapped:
            continue
        spoken = [
            (lead, now)
            for lead in leads.leads
            if field not in lead.unreadable
            and (now := hearing.listen(lead, field, new=lead.key not in memory.leads, lost=lost)) is not None
        ]
        if spoken:
            schedule, after = plan(hearing.into(memory))
            hearing.look_at(schedule, after)
            for lead, now in spoken:
                hearing.take(lead, field, now)
    return hearing.into(memory), hearing.notes, hearing.problems


class _Hearing(Struct):
    """The cells of one run, as far as they are taken."""

    today: date
    zone: ZoneInfo
    words: Wording
    events: Mapping[str, EventMemory]
    touches: dict[str, TouchMemory]
    heard: dict[str, Heard]
    notes: list[Note] = []
    problems: list[Problem] = []
    planned: Mapping[str, TouchMemory] = {}
    by_key: dict[str, list[Touch]] = {}

    def into(self, memory: Memory) -> Memory:
        """Memory with what was heard so far."""
        runs = memory.runs if self.heard == memory.runs.heard else replace(memory.runs, heard=dict(self.heard))
        return replace(memory, touches=dict(self.touches), runs=runs)

    def listen(self, lead: Lead, field: str, *, new: bool, lost: bool) -> Heard | None:
        """What the cell says now, where it has something to say that was not heard yet and can be."""
        before, now = self.heard.get(_key(field, lead)), self._read(lead, field)
        if now is None:
            if before is not None:
                self._empty(before, lead, field)
            return None
        if before is not None and before.value == now.value and not (before.waits and now.on >= self.today):
            return None
        if lost or (new and self._is_old(now, KINDS[field])):
            self.heard[_key(field, lead)] = now
            return None
        if fault := self._impossible(lead, KINDS[field], now):
            reason = tell_fault(fault, self.words)
            self.problems.append(Problem(lead.row, lead.columns.get(field, field), now.value, reason, fault.key))
            return None
        return now

    def look_at(self, schedule: Schedule, after: Memory) -> None:
        """Learn what is planned."""
        self.planned, self.by_key = after.touches, {}
        for touch in schedule.touches:
            if touch.published and not touch.done and not touch.busy:
                self.by_key.setdefault(touch.lead_key, []).append(touch)

    def take(self, lead: Lead, field: str, now: Heard) -> None:
        """Do to the lead's next follow-up what the cell says."""
        kind, name, before = KINDS[field], _key(field, lead), self.heard.get(_key(field, lead))
        found = list(self._open(lead))
        self.heard[name] = now
        if kind is WordKind.DONE and not (found and day_of(found[0].start, self.zone) <= now.on):
            if self._is_known(lead, now.on):
                self._note(lead, "known", field=field, day=now.on)
                return
            if before is not None and before.uids and abs(now.on - before.on) <= CORRECTED:
                self._correct(lead, field, before, now)
                return
        if not found:
            waits = kind is WordKind.SNOOZE
            self.heard[name] = replace(now, waits=waits)
            self._note(lead, "waits" if waits else "nothing_ahead", field=field, day=now.on)
            return
        if kind is WordKind.SNOOZE and day_of(found[0].start, self.zone) == now.on:
            return  # it stands there already
        meant = [touch for touch in found if self._what(touch) == self._what(found[0])]
        word = Word(found[0].uid, kind, on=now.on)
        for touch in meant:
            known, event = self.touches.get(touch.uid) or self.planned[touch.uid], self.events.get(touch.uid)
            start = event.observed.snapshot.start if event and event.observed else touch.start
            self.touches[touch.uid] = take_word(word, known, start=start, zone=touch.zone, today=self.today)
        self.heard[name] = replace(now, uids=tuple(touch.uid for touch in meant))
        for touch in meant:
            said = tell_word(word, touch.summary, today=self.today, words=self.words)
            self.notes.append(Note(said, rule=touch.rule, lead=lead.label, row=lead.row))

    def _read(self, lead: Lead, field: str) -> Heard | None:
        if field == "done_on" and lead.done_box:
            return Heard(BOX, self.today)
        day: date | None = getattr(lead, field)
        return None if day is None else Heard(day.isoformat(), day)

    def _is_old(self, now: Heard, kind: WordKind) -> bool:
        return now.on < (self.today - timedelta(days=WATCH_DAYS) if kind is WordKind.DONE else self.today)

    def _impossible(self, lead: Lead, kind: WordKind, now: Heard) -> Fault | None:
        if kind is WordKind.SNOOZE:
            return Fault("passed") if now.on < self.today else None
        if now.on > self.today:
            return Fault("to_come")
        if lead.applied_on is not None and now.on < lead.applied_on:
            return Fault("before_applied", {"applied": lead.applied_on.isoformat()})
        return None

    def _open(self, lead: Lead) -> Iterator[Touch]:
        """What the calendar shows or will show of this lead, and nothing was done about."""
        found = [touch for key in keys_of([lead]) for touch in self.by_key.get(key, ())]
        for touch in sorted(found, key=lambda touch: (*sortable(touch.start), touch.uid)):
            known = self.touches.get(touch.uid)
            if known is None or known.done_on is None:
                yield touch

    def _what(self, touch: Touch) -> tuple[object, ...]:
        """What follow-ups have in common that are done in one go: the thank-yous to three interviewers."""
        return touch.rule, touch.lead_key, day_of(touch.start, self.zone)

    def _is_known(self, lead: Lead, day: date) -> bool:
        keys = keys_of([lead])
        return any(
            touch.done_on == day and not touch.assumed and touch.lead_key in keys for touch in self.touches.values()
        )

    def _correct(self, lead: Lead, field: str, before: Heard, now: Heard) -> None:
        for uid in before.uids:
            if uid in self.touches and self.touches[uid].done_on == before.on:
                self.touches[uid] = replace(self.touches[uid], reacted_on=now.on, done_on=now.on)
        self.heard[_key(field, lead)] = replace(now, uids=before.uids)
        self._note(lead, "corrected", field=field, day=before.on, other=now.on)

    def _empty(self, before: Heard, lead: Lead, field: str) -> None:
        """The cell was emptied: taken back while the follow-up lies ahead."""
        del self.heard[_key(field, lead)]
        taken = False
        for uid in before.uids:
            touch, event = self.touches.get(uid), self.events.get(uid)
            if touch is None or not touch.told:
                continue
            if event is None:
                del self.touches[uid]
            elif day_of(event.desired.start, self.zone) < self.today:
                continue
            else:
                self.touches[uid] = take_back(touch)
            taken = True
        if taken:
            self._note(lead, "emptied", field=field, day=before.on)

    def _note(self, lead: Lead, key: str, **facts: object) -> None:
        self.notes.append(Note(self.words.say(f"said.{key}", **facts), lead=lead.label, row=lead.row))


def _key(field: str, lead: Lead) -> str:
    return f"{field} {lead.key}"
