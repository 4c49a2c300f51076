"""Ladders: a fixed number of asking touches that count from each other, and the decision at their end.

Vocabulary: **planned** is a step's day by arithmetic alone, counted from the ladder's base date. A step **stood** on
the day the calendar gave it. Rules:

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

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import asdict

from sync.advice import Rule
from sync.memory import TouchMemory
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, draft_for, has_gone_by, take_channel
from sync.schedule.ledger import was_deleted
from sync.schedule.people import asked_person, channel_for
from sync.schedule.reasons import Counted, Reason
from sync.schedule.sheet_dates import offer_sheet_date, sheet_date
from sync.schedule.view import View
from sync.schedule.waiting import Remark

IDEA = -1
"""In the place of a step: the idea on their problem."""
ROUNDS = 10
"""The round of a status step is ten times the interview's round plus the step."""


class Steps(Struct, kw_only=True):
    """The asking touches of one lead, as its rule says them.

    `rules[i]` and `intervals[i]` belong to step i+1. `round_base` plus the step is its round in its identity.
    `first_counts` says whether an outbound after the base is the first step by itself (applications: yes).
    `decide_by` is the day they said they decide by: the next ask is on the first business day after it. `call_on` is
    the day they said they call on: nobody is asked before it has passed.
    """

    rules: tuple[Rule, ...]
    intervals: tuple[int, ...]
    base: date
    base_text: Reason
    generation: int
    round_base: int = 0
    first_counts: bool = True
    decide_by: date | None = None
    call_on: date | None = None
    decision_party: str = ""
    passed: Sequence[tuple[TouchMemory, date]] = ()
    """Steps of the conversation before this one that passed with it, and the days they count for."""

    @property
    def cap(self) -> int:
        """How many steps there are."""
        return len(self.intervals)


class Ladder(Steps, kw_only=True):
    """The same while days are given, unfolded step by step (`start_ladder`)."""

    case: Case
    desk: Desk
    step: int = 1
    counts_from: date = date.min
    counts_step: int = 0
    """The step that `counts_from` is the day of; 0 for the base, `IDEA` for the idea."""
    records: dict[int, list[TouchMemory]] = {}
    started: bool = False
    ended: bool = False
    idea_on: date | None = None
    """The day of the idea on their problem that comes before the next question."""
    waits: bool = False
    """Whether that idea is still to be sent."""
    offer: tuple[int, date, date] | None = None
    """Step, day and planned day of a step that is offered once more."""

    def next_draft(self, previous: Draft | None) -> Draft | None:
        """The next open step, counted from the one before it; after the last one the decision; then nothing."""
        if previous is not None:
            self.count_from(previous.counts_from or previous.day, previous.step)
            self.step = previous.step + 1
        while self.step <= self.cap and (over := self._over()):
            if was_deleted(over):
                self.count_from(self.desk.day_of(over.start or over.planned or self.raw_day()), self.step)
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
        day = floor if after is None else max(floor, after) if self.first_counts else after
        return self.desk.days.add(self.call_on, 1) if self.call_on is not None and day <= self.call_on else day

    def _decided(self) -> date | None:
        """The first business day after the day they decide by, while that is still ahead of the last step."""
        if self.decide_by is None or self.decide_by < self.counts_from:
            return None
        return self.desk.days.add(self.decide_by, 1)

    def count_from(self, day: date, step: int) -> None:
        """The next step counts from this day; nobody is asked how an interview went before it was held."""
        start = (self.base, 0) if self.idea_on is None or self.idea_on <= self.base else (self.idea_on, IDEA)
        self.counts_from, self.counts_step = max(start, (day, step))

    def count_from_idea(self, day: date, *, is_sent: bool) -> None:
        """The idea on their problem comes before the question: the next step counts from it, open or just sent."""
        self.idea_on, self.waits = day, not is_sent
        self.count_from(self.counts_from, self.counts_step)

    def _over(self) -> TouchMemory | None:
        """What was deleted ahead of its day, or passed before the user moved the step before it to a coming day."""
        records = self.records.get(self.step, ())
        return next((record for record in records if self.desk.ledger.is_history(record)), None)

    def _own_step(self) -> Draft:
        rule, raw = self.rules[self.step - 1], self.raw_day()
        if self.call_on and raw == self.desk.days.add(self.call_on, 1):
            reason: Reason | Counted = Reason("reason.they_call", {"day": self.call_on})
        elif self.decide_by and raw == self._decided():
            reason = Reason("reason.decide_by", {"from": self.decide_by})
        else:
            reason = self._counted(self.intervals[self.step - 1])
        draft = self.draft(rule, raw)
        draft.reason.insert(0, reason)
        if self.offer and self.offer[0] == self.step and not draft.fixed:
            _, day, planned = self.offer
            draft.day, draft.counts_from, draft.offers = max(day, raw) if self.waits else day, planned, 2
            draft.reason.append(Reason("reason.again", {"day": planned}))
        return draft

    def _sheet_step(self) -> Draft | None:
        rule = self.desk.rule("sheet")
        if self.started or rule is None:
            return None
        day = self.sheet_date(after=self.counts_from if self.step > 1 else None)
        if day is None:
            return None
        draft = self.draft(rule, day)
        offer_sheet_date(draft, day, view=self.desk)
        return draft

    def sheet_date(self, *, after: date | None = None) -> date | None:
        """The seeker's own date where it applies, behind this day; a note where there is one that does not."""
        found = sheet_date(self.case, self.desk, after=after)
        if isinstance(found, Remark):
            found.offer(self.desk)
            return None
        return found

    def draft(self, rule: Rule, raw: date) -> Draft:
        """The current step's touch, under this rule."""
        draft = self.step_under(rule, raw)
        draft.person = asked_person(self.case.lead)
        take_channel(draft, channel_for(rule, self.case, draft.person), view=self.desk)
        return draft

    def step_under(self, rule: Rule, raw: date) -> Draft:
        """The same as it is remembered: whoever it goes to."""
        number = self.round_base + self.step
        draft = draft_for(self.case, rule, view=self.desk, raw=raw, round=number, generation=self.generation)
        draft.step = self.step
        return draft

    def _decision(self) -> Draft | None:
        rule, desk = self.desk.rule("R-003-1"), self.desk
        if rule is None:
            return None
        raw = desk.days.at_or_after(self.counts_from + timedelta(days=rule.days or 0))
        draft = draft_for(
            self.case, rule, view=desk, raw=raw, party=self.decision_party, round=self.round_base,
            generation=self.generation,
        )  # fmt: skip
        draft.step = self.cap + 1
        if has_gone_by(draft, desk):
            return None
        draft.reason.insert(0, self._counted(rule.days or 0))
        return draft

    def _counted(self, days: int) -> Counted:
        step, what = self.counts_step, self.base_text
        if step:
            what = Reason("reason.since_step", {"step": step}) if step > 0 else Reason("reason.since_idea")
        return Counted(what, self.counts_from, days)


def start_ladder(steps: Steps, case: Case, desk: Desk) -> Ladder:
    """The ladder of these steps at its foot; what passed with the conversation before it is over."""
    for record, on in steps.passed:
        desk.ledger.let_pass(record, on)
    return Ladder(case=case, desk=desk, **asdict(steps))


def count_cap(view: View) -> int:
    """How many asking touches there are for one application at most (R-003-5)."""
    return view.advice.rules["R-003-5"].cap or 1


def repeat_last(days: tuple[int, ...], cap: int) -> tuple[int, ...]:
    """As many intervals as there are steps; the last one repeats."""
    return (*days, *(days[-1:] * cap))[:cap]


def call_day(case: Case, view: View) -> date | None:
    """The day on which they said they would call, where R-005-3 asks after it."""
    due = case.lead.they_call_at
    return view.day_of(due) if due is not None and view.rule("R-005-3") else None


def told_since(case: Case, field: str, otherwise: str) -> Reason:
    """The header of the column a day stands in; without one, our word for it."""
    header = clean(case.lead.columns.get(field, ""))
    return Reason("reason.column", {"column": header}) if header else Reason(otherwise)


def has_answered(case: Case, view: View) -> bool:
    """A reply, an interview or an offer stops the application ladder."""
    lead = case.lead
    if (lead.interview_at, lead.under_consideration_on, lead.offer_on) != (None, None, None):
        return True
    since = lead.applied_on
    return lead.last_inbound is not None and since is not None and view.day_of(lead.last_inbound) > since
