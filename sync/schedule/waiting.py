"""What a rule says of one touch that waits for a day, and what becomes of it when its day has passed.

A rule only looks; it answers with one of these values, and what is to be written down is written when the schedule
offers it:

    Floor      waits for a day
    Given      stands where the rule put it (an interview, your own date) until the rule says that it is over
    Endless    is due so many days after the last touch, whoever began it: one open round at a time
    FirstOpen  of several answers the first that is open
    Over       was done by another touch, or its time is over
    LongPast   is too old to be asked about: its lead is named in the triage event
    Remark     nothing is to be done, and the reader is told why

A passed floor without a sign that it was done is offered once more, on the next business day but never before the day
it waits for, and then taken as missed; for people who never log it counts as done. One that nothing is remembered of
and that lies more than a week back is taken so at once. A touch of the seeker's own whose day passed is history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

from msgspec import Struct

from sync.advice import Rule
from sync.memory import Reaction, TouchMemory
from sync.models import Person, TouchClass
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, draft_for, known_of, take_channel
from sync.schedule.ledger import WEEK, Verdict, is_over, over_day
from sync.schedule.people import asked_person, channel_for
from sync.schedule.reasons import Counted, Reason
from sync.schedule.view import View


class Answer(Protocol):
    """What a rule says."""

    def offer(self, desk: Desk) -> Draft | None:
        """The draft where it is open; what became of it is written down."""


def floor_draft(
    case: Case, rule: Rule, raw: date, view: View, *, round: int = 0, party: str = "", key: str = ""
) -> Draft:
    """The draft of a touch that waits for this day, to whom the rule addresses, by the channel that suits."""
    draft = draft_for(case, rule, view=view, raw=raw, party=party, round=round, key=key)
    if rule.audience != "self":
        draft.person = asked_person(case.lead) if rule.kind is TouchClass.ASKING else case.lead.contact
    take_channel(draft, channel_for(rule, case, draft.person), view=view)
    return draft


class Floor(Struct, frozen=True):
    """A touch that waits for a day: open until it is done, deleted, missed or, for the seeker's own, past.

    `done` is the day on which the sheet shows it done. `assumed` takes a passed day as done; `overdue` offers even what
    lay more than a week back at first sight. One that `gives_way` to a date of the seeker's own is shown only where the
    seeker moved it.
    """

    draft: Draft
    done: date | None = None
    assumed: bool = False
    overdue: bool = False
    gives_way: bool = False

    def offer(self, desk: Desk) -> Draft | None:
        """The draft on the day it waits for, or on the one it is offered again."""
        if not self._is_open(desk) or (self.gives_way and not self.draft.pinned):
            return None
        return self.draft

    def _is_open(self, desk: Desk) -> bool:
        draft, memory, own = self.draft, self.draft.memory, self.draft.kind is TouchClass.SELF
        verdict = desk.ledger.judge(memory, draft.raw)
        if verdict is Verdict.OVER:
            return False
        if self.done is not None:
            if memory is not None:
                _leave(draft, self.done, desk, done=True)
            return False
        if memory is None:
            if self.overdue or own or draft.raw + WEEK >= desk.today:
                return True
            _leave(draft, draft.raw, desk)
            return False
        stood, planned = desk.ledger.stood_on(memory) or draft.raw, memory.planned
        if verdict is Verdict.AHEAD:
            draft.offers = memory.offers
            if memory.offers > 1 and not draft.fixed:
                draft.day, draft.counts_from = max(stood, draft.raw), planned
                draft.reason.append(Reason("reason.again", {"day": planned or stood}))
        elif own or self.assumed or verdict is Verdict.PASSED:
            _leave(draft, stood, desk, done=self.assumed)
            return False
        elif not desk.clock.absent:  # after an absence it is simply placed anew, from today
            draft.offers, draft.counts_from = 2, planned or stood
            draft.reason.append(Reason("reason.again", {"day": draft.counts_from}))
            draft.day = max(desk.days.add(stood, 1), desk.soonest, draft.raw)
        return True


class Given(Struct, frozen=True):
    """A touch that stands where the rule put it, however its day lies to today, until it is done or deleted."""

    draft: Draft

    def offer(self, desk: Desk) -> Draft | None:
        """The draft as the rule made it."""
        return None if desk.ledger.is_history(self.draft.memory) else self.draft


class FirstOpen(Struct, frozen=True):
    """Of these answers the first that is open; one that is drawn lazily sees what became of those before it."""

    answers: Iterable[Answer]

    def offer(self, desk: Desk) -> Draft | None:
        """Its draft; the answers behind it are not asked."""
        return next((draft for answer in self.answers if (draft := answer.offer(desk)) is not None), None)


class Over(Struct, frozen=True):
    """A touch that is offered no more: done on this day by another, or its day passed."""

    draft: Draft
    done_on: date | None = None

    def offer(self, desk: Desk) -> None:
        """Nothing."""
        _leave(self.draft, self.done_on or self.draft.raw, desk, done=self.done_on is not None)


class LongPast(Struct, frozen=True):
    """What is too old to be asked about; its touch, where there is one already, is over."""

    case: Case
    draft: Draft | None = None

    def offer(self, desk: Desk) -> None:
        """Nothing: its lead is named in the triage event."""
        desk.triage(self.case)
        if self.draft is not None:
            _leave(self.draft, self.draft.raw, desk)


class Remark(Struct, frozen=True):
    """A sentence in the place of a touch: `key` in the wording, with its facts."""

    case: Case
    rule: str
    key: str
    facts: Mapping[str, object]

    def offer(self, desk: Desk) -> None:
        """Nothing: it is noted."""
        desk.note(self.key, self.case, rule=self.rule, **self.facts)


def _leave(draft: Draft, on: date, desk: Desk, *, done: bool = False) -> None:
    """Take a passed touch as done or missed; nothing is assumed of the seeker's own."""
    record = known_of(draft)
    if done:
        desk.ledger.close(record, done_on=on, assumed=True)
    elif draft.kind is TouchClass.SELF:
        desk.ledger.close(record)
    else:
        desk.ledger.let_pass(record, on)


# --- rules that never end --------------------------------------------------------------------------------------------


class Endless(Struct, frozen=True, kw_only=True):
    """The touch of a rule that never ends (keep in touch with people and agencies, look what an employer does).

    It has one open **round** at a time. The first waits its days after `base`, later ones its interval after the last
    round or any other touch, whichever is later; where they answer by a day that is no older than that (`decide_by`),
    the next is the first business day after it. A round that passed and that the user moved to a coming day is the open
    one there, and the next counts from that day.

    A message that was `sent` on this day closes the open round, if that was planned by then. `to` is whom it goes to by
    mail, where that is nobody of the row's own, and `step` its place among asking touches. `key` and `party` are the
    identity's.
    """

    case: Case
    rule: Rule
    base: date
    sent: date | None = None
    key: str = ""
    party: str = ""
    decide_by: date | None = None
    gives_way: bool = False
    to: Person | None = None
    step: int = 1

    def offer(self, desk: Desk) -> Draft | None:
        """The draft of the open round; one that is left behind in this run makes room for the next."""
        if self.sent is not None and (records := self._records(desk)):
            last = records[-1]
            if not is_over(last) and last.planned is not None and last.planned <= self.sent:
                desk.ledger.close(last, done_on=self.sent)
        return FirstOpen(next_rounds(self._round, desk)).offer(desk)

    def _records(self, view: View) -> Sequence[TouchMemory]:
        known = view.records.of(self.key or self.case.lead.key)
        own = [one for one in known if one.rule == self.rule.id and one.party == self.party]
        return sorted(own, key=lambda record: (record.round, record.generation))

    def _round(self, view: View) -> Floor | None:
        rule, records = self.rule, self._records(view)
        last = records[-1] if records else None
        moved = [day for one in records if (one is not last or is_over(one)) and (day := _moved_to(one, view))]
        if any(day >= view.today for day in moved):
            return None
        overs = [day for record in records if (day := over_day(record))]
        first, then = rule.days or 0, (rule.intervals or (rule.days or 0,))[0]
        since, days = max([self.base, *moved, *overs]), then if overs else first
        raw = view.days.at_or_after(since + timedelta(days=days))
        reason: Reason | Counted = Counted(Reason("reason.since_touch"), since, days)
        if self.decide_by is not None and self.decide_by >= since:
            raw, reason = view.days.add(self.decide_by, 1), Reason("reason.decide_by", {"from": self.decide_by})
        number = last.round + is_over(last) if last else 1
        draft = floor_draft(self.case, rule, raw, view, key=self.key, party=self.party, round=number)
        draft.reason.insert(0, reason)
        draft.step = self.step
        if self.to is not None:
            draft.person, draft.channel = self.to, "email"
        return Floor(draft, overdue=True, gives_way=self.gives_way)


def next_rounds(make: Callable[[View], Floor | None], view: View) -> Iterator[Floor]:
    """The open round as it follows from those before it, and the next one where that was left behind in this run."""
    for _ in range(2):
        floor = make(view)
        if floor is None:
            return
        yield floor
        if floor.draft.uid not in view.records.touches:
            return


def _moved_to(record: TouchMemory, view: View) -> date | None:
    """The day the user moved a round to after its own had passed, where it still stands there or did."""
    event = view.memory.events.get(record.uid)
    if event is None or event.gone or not event.revived or record.reaction is not Reaction.DRAGGED:
        return None
    return view.day_of(event.stands_at)


def first_day(case: Case, view: View) -> date:
    return view.day_of(case.seen.first_seen)
