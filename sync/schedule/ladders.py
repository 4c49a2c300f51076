"""Ladders: a fixed number of asking touches that count from each other, and the decision at their end.

Vocabulary: **planned** is a step's day by arithmetic alone, counted from the ladder's base date. A step **stood** on
the day the calendar gave it. Rules (DESIGN 5.1):

- Steps done = the largest of: `follow_ups_done`; the highest ticked step; one if `last_outbound` is after
  `applied_on`, plus each further step planned on or before `last_outbound`.
- The next step counts from the real date; with only a count, from that step's planned day. While nothing is done,
  from the day finally given to the step before it.
- A step whose day passed without a sign: for people who never log it counts as done on its day. Otherwise it is
  offered once more on the next business day, then taken as missed; the ladder goes on from its planned day.
- A step the user deleted is not made again; later steps keep their days.
- `follow_up_on` takes the place of the next open step.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sync.advice import Rule
from sync.models import Moment, Note
from sync.reconcile.memory import TouchMemory
from sync.schedule.cases import Case
from sync.schedule.desk import Desk, was_deleted
from sync.schedule.drafts import Draft, draft_for, remember
from sync.schedule.people import asked_person, channel_for

WEEK = timedelta(days=7)
"""A date not older than this is still worth offering once (DESIGN 5.3)."""


@dataclass(slots=True)
class Ladder:
    """The asking touches of one lead, unfolded step by step while days are given.

    `rules[i]` and `intervals[i]` belong to step i+1. `round_base` plus the step is its round in its identity.
    `first_counts` says whether an outbound after the base is the first step by itself (applications: yes).
    `decide_by` is the day they said they decide by: the next ask is on the first business day after it.
    """

    case: Case
    desk: Desk
    rules: tuple[Rule, ...]
    intervals: tuple[int, ...]
    base: date
    base_text: str
    generation: int
    round_base: int = 0
    first_counts: bool = True
    decide_by: date | None = None
    decision_party: str = ""
    step: int = 1
    counts_from: date = date.min
    counts_text: str = ""
    records: dict[int, list[TouchMemory]] = field(default_factory=dict)
    started: bool = False
    ended: bool = False
    offer: tuple[int, date, date] | None = None
    """Step, day and planned day of a step that is offered once more."""

    @property
    def cap(self) -> int:
        """How many steps there are."""
        return len(self.rules)

    def next_draft(self, previous: Draft | None) -> Draft | None:
        """The next open step, counted from the one before it; after the last one the decision; then nothing."""
        if previous is not None:
            self._count_from(previous.counts_from or previous.day, previous.step)
            self.step = previous.step + 1
        while self.step <= self.cap and (deleted := self._deleted()):
            self._count_from(self.desk.day_of(deleted.start or deleted.planned or self.raw_day()), self.step)
            self.step += 1
        if self.ended:
            return None
        draft: Draft | None
        if self.step > self.cap:
            self.ended = True
            draft = self._decision()
        else:
            draft = self._sheet_step() or self._own_step()
        if draft is None:
            return None
        draft.tentative = self.started
        self.started = True
        return draft

    def raw_day(self) -> date:
        """The current step's day by arithmetic alone: a floor, moved later to a business day."""
        floor = self.desk.days.at_or_after(self.counts_from + timedelta(days=self.intervals[self.step - 1]))
        after = self._decided()
        return floor if after is None else max(floor, after) if self.first_counts else after

    def _decided(self) -> date | None:
        """The first business day after the day they decide by, while that is still ahead of the last step."""
        if self.decide_by is None or self.decide_by < self.counts_from:
            return None
        return self.desk.days.add(self.decide_by, 1)

    def _count_from(self, day: date, step: int) -> None:
        """The next step counts from this day; nobody is asked how an interview went before it was held."""
        self.counts_from, self.counts_text = day, self.desk.say("reason.since_step", step=step)
        if day < self.base:
            self.counts_from, self.counts_text = self.base, self.base_text

    def _deleted(self) -> TouchMemory | None:
        return next((record for record in self.records.get(self.step, ()) if was_deleted(record)), None)

    def _own_step(self) -> Draft:
        rule, desk = self.rules[self.step - 1], self.desk
        raw = self.raw_day()
        if self.decide_by and raw == self._decided():
            reason = [desk.say("reason.decide_by", **{"from": desk.tell(self.decide_by)})]
        else:
            reason = count_reasons(self.counts_text, self.counts_from, self.intervals[self.step - 1], desk=desk)
        draft = self._draft(rule, raw)
        draft.reason[:0] = reason
        if self.offer and self.offer[0] == self.step and not draft.fixed:
            _, day, planned = self.offer
            draft.day, draft.counts_from, draft.offers = day, planned, 2
            draft.reason.append(desk.say("reason.again", day=desk.tell(planned)))
        return draft

    def _sheet_step(self) -> Draft | None:
        rule = self.desk.rule("sheet")
        if self.started or rule is None:
            return None
        day = sheet_date(self.case, self.desk, after=self.counts_from if self.step > 1 else None)
        if day is None:
            return None
        draft = self._draft(rule, day)
        offer_sheet_date(draft, day, desk=self.desk)
        return draft

    def _draft(self, rule: Rule, raw: date) -> Draft:
        draft = draft_for(
            self.case, rule, desk=self.desk, raw=raw, person=asked_person(self.case.lead),
            round=self.round_base + self.step, step=self.step, generation=self.generation,
        )  # fmt: skip
        draft.channel = channel_for(rule, self.case, draft.person)
        if draft.channel == "phone":
            draft.zone = self.desk.zone_named(self.case.lead.contact_zone) or draft.zone
        return draft

    def _decision(self) -> Draft | None:
        rule, desk = self.desk.rule("R-003-1"), self.desk
        if rule is None:
            return None
        raw = desk.days.at_or_after(self.counts_from + timedelta(days=rule.days or 0))
        draft = draft_for(
            self.case, rule, desk=desk, raw=raw, party=self.decision_party, round=self.round_base,
            step=self.cap + 1, generation=self.generation,
        )  # fmt: skip
        memory = draft.memory
        if memory and (was_deleted(memory) or memory.done_on):
            return None
        if memory and memory.start is not None and not draft.fixed and desk.day_of(memory.start) < desk.today:
            desk.missed.add(draft.uid)
            return None
        draft.reason[:0] = count_reasons(self.counts_text, self.counts_from, rule.days or 0, desk=desk)
        return draft


def count_reasons(what: str, start: date, days: int, *, desk: Desk) -> list[str]:
    """The arithmetic of a floor: start, days, and why the day moved later."""
    raw = start + timedelta(days=days)
    said = [desk.say("reason.count", what=what, **{"from": desk.tell(start)}, days=days, day=desk.tell(raw))]
    return said + roll_reasons(raw, desk.days.at_or_after(raw), desk=desk)


def roll_reasons(raw: date, rolled: date, *, desk: Desk) -> list[str]:
    """Why a day moved to a business day; nothing where it did not."""
    if raw == rolled:
        return []
    name = desk.days.why_closed(raw)
    key = "reason.holiday" if name else "reason.closed"
    return [desk.say(key, day=desk.tell(raw), name=name, to=desk.tell(rolled))]


def sheet_date(case: Case, desk: Desk, *, after: date | None) -> date | None:
    """The `follow_up_on` that still applies; a note where there is one that does not."""
    lead, day = case.lead, case.lead.follow_up_on
    if day is None or day in spent_dates(case, desk) or not case.can_read("follow_up_on"):
        return None
    bounds = [bound for bound in (lead.applied_on, after, _day_or_none(lead.last_outbound, desk)) if bound]
    if bounds and day <= max(bounds):
        desk.notes.append(
            Note(
                desk.say("note.sheet_too_early", day=desk.tell(day), bound=desk.tell(max(bounds))),
                rule="sheet",
                lead=lead.label,
                row=lead.row,
            )
        )
        return None
    return day


def spent_dates(case: Case, desk: Desk) -> frozenset[date]:
    """Values of `follow_up_on` that were done, missed or deleted: the same value never applies again."""
    return frozenset(
        touch.raw
        for touch in desk.by_lead.get(case.lead.key, ())
        if touch.rule == "sheet" and (touch.done_on or touch.missed or was_deleted(touch)) and touch.raw
    )


def offer_sheet_date(draft: Draft, day: date, *, desk: Desk) -> None:
    """Keep the very day written, weekend or not; past by up to a week it is late once."""
    draft.reason.insert(0, desk.say("reason.sheet", day=desk.tell(day)))
    if draft.pinned:
        return
    draft.fixed, draft.counts_from = day, None
    if day < desk.today:
        again = max(desk.days.add(day, 1), desk.days.at_or_after(desk.today))
        if draft.memory and draft.memory.offers == 2 and draft.memory.start:
            again = desk.day_of(draft.memory.start)
        draft.fixed, draft.offers, draft.late = again, 2, True
        draft.counts_from = day
    draft.day = draft.fixed if not isinstance(draft.fixed, datetime) else draft.fixed.date()


def _day_or_none(moment: Moment | None, desk: Desk) -> date | None:
    return desk.day_of(moment) if moment is not None else None


# --- what is past --------------------------------------------------------------------------------------------


def replay(ladder: Ladder) -> None:
    """Bring a ladder from its base to its next open step; what is over becomes history."""
    _collect_records(ladder)
    planned = _planned_days(ladder)
    done, real = _steps_done(ladder, planned)
    ladder.counts_from, ladder.counts_text = ladder.base, ladder.base_text
    if done:
        _keep_history(ladder, done, real)
        ladder._count_from(real or planned[done - 1], done)
        ladder.step = done + 1
    while ladder.step <= ladder.cap and _pass_step(ladder):
        ladder._count_from(ladder.counts_from, ladder.step)
        ladder.step += 1


def _collect_records(ladder: Ladder) -> None:
    ids = {rule.id for rule in ladder.rules} | {"sheet", "R-003-15"}
    for record in ladder.desk.by_lead.get(ladder.case.lead.key, ()):
        step = record.round - ladder.round_base
        if record.rule in ids and record.generation >= ladder.generation and 1 <= step <= ladder.cap:
            ladder.records.setdefault(step, []).append(record)


def _planned_days(ladder: Ladder) -> list[date]:
    """Each step's day by arithmetic from the base; where the user dragged it, the earlier of the two."""
    days: list[date] = []
    day = ladder.base
    for step, interval in enumerate(ladder.intervals, 1):
        day = ladder.desk.days.at_or_after(day + timedelta(days=interval))
        drags = (ladder.desk.day_of(record.pinned_to) for record in ladder.records.get(step, ()) if record.pinned_to)
        days.append(min((day, *drags)))
    return days


def _steps_done(ladder: Ladder, planned: list[date]) -> tuple[int, date | None]:
    """How many steps are done, and the real date of the last one where it is known."""
    lead, desk = ladder.case.lead, ladder.desk
    ticked = max(
        (
            (step, record.done_on)
            for step, records in ladder.records.items()
            for record in records
            if record.done_on and not record.assumed
        ),
        default=(0, None),
    )
    counted = min(lead.follow_ups_done or 0, ladder.cap) if ladder.first_counts else 0
    outbound = _day_or_none(lead.last_outbound, desk)
    reached = 0
    if outbound and outbound > ladder.base:
        reached = sum(day <= outbound for day in planned)
        reached = max(1, reached) if ladder.first_counts else reached
    real = [day for day in (ticked[1], outbound if reached else None) if day]
    return max(ticked[0], counted, reached), max(real, default=None)


def _keep_history(ladder: Ladder, done: int, real: date | None) -> None:
    """What stood for the steps that are done. Of a step's own touch and the sheet's in its place only one was made."""
    for step in range(1, done + 1):
        records = [r for r in ladder.records.get(step, ()) if not r.missed and not was_deleted(r)]
        made = next((record for record in records if record.done_on), None)
        for record in records:
            on = record.done_on or real or record.planned
            if on is None:
                continue
            ladder.desk.done.add(record.uid)
            if made in (None, record):
                made = replace(record, done_on=on)
                ladder.desk.keep(made)


def _pass_step(ladder: Ladder) -> bool:
    """Whether the current step is over. If so `counts_from` becomes the day the next one counts from."""
    desk, records = ladder.desk, ladder.records.get(ladder.step, ())
    for known in records:
        if (over := _over_on(known, desk)) is not None:
            ladder.counts_from = over
            return True
    if (sheet := sheet_date(ladder.case, desk, after=None)) is not None:
        passed = _pass_sheet_step(ladder, sheet)
        ladder.counts_from = sheet if passed else ladder.counts_from
        return passed
    raw = ladder.raw_day()
    record = next((record for record in records if record.rule != "sheet" and record.start is not None), None)
    stood = _stood_on(record) if record else None
    day = desk.day_of(stood) if stood is not None else raw
    if record and record.offers == 2 and day >= desk.today:
        ladder.offer = (ladder.step, day, record.planned or day)
    if day >= desk.today or (desk.absent and record and not desk.never_logs):
        return False
    if not desk.never_logs:
        if record is None and day + WEEK >= desk.today:
            return False
        if record and record.offers == 1:
            again = max(desk.days.add(day, 1), desk.days.at_or_after(desk.today))
            ladder.offer = (ladder.step, again, day if record.pinned_to else record.planned or day)
            return False
    ladder.counts_from = _leave_behind(ladder, record, day)
    return True


def _over_on(record: TouchMemory, desk: Desk) -> date | None:
    """The day a step that is over counts for; None while it is open."""
    if record.done_on:
        desk.done.add(record.uid)
        return record.done_on
    if record.missed:
        desk.missed.add(record.uid)
        return record.planned or record.raw
    if was_deleted(record):
        return desk.day_of(record.start) if record.start is not None else record.planned or record.raw
    return None


def _stood_on(record: TouchMemory) -> Moment | None:
    return record.pinned_to if record.pinned_to is not None else record.start


def _pass_sheet_step(ladder: Ladder, day: date) -> bool:
    """A date of the sheet that passed: late once, then over."""
    desk, case = ladder.desk, ladder.case
    records = ladder.records.get(ladder.step, ())
    record = next((record for record in records if record.rule == "sheet" and record.raw == day), None)
    stood = desk.day_of(_stood_on(record) or day) if record else day
    if stood >= desk.today or day >= desk.today:
        return False
    if not desk.never_logs and (record is None or record.offers == 1) and day + WEEK >= desk.today:
        return False
    if record is not None:
        _mark_over(record, day, desk=desk)
    else:
        draft = draft_for(
            case, desk.advice.rules["sheet"], desk=desk, raw=day, round=ladder.round_base + ladder.step,
            step=ladder.step, generation=ladder.generation,
        )  # fmt: skip
        _mark_over(remember(draft), day, desk=desk)
    return True


def _leave_behind(ladder: Ladder, record: TouchMemory | None, day: date) -> date:
    """Take a passed step as done or missed; the day the next one counts from."""
    if record is None:
        record = remember(ladder._draft(ladder.rules[ladder.step - 1], day))
    on = day if ladder.desk.never_logs else record.planned or day
    _mark_over(record, on, desk=ladder.desk)
    return on


def _mark_over(record: TouchMemory, on: date, *, desk: Desk) -> None:
    if desk.never_logs:
        desk.keep(replace(record, done_on=on, assumed=True))
        desk.done.add(record.uid)
    else:
        desk.keep(replace(record, missed=True))
        desk.missed.add(record.uid)
