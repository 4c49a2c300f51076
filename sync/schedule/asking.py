"""What asks them for something: the ladder after an application or a conversation, the date in the sheet, a trip.

A lead runs one ladder at a time: that of its application until somebody answers, then the one that waits for what
comes of it. A ladder that lies in the past as a whole when we first see it is named in the triage event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from sync.models import Asking, Stage
from sync.safe_text import clean
from sync.schedule.cases import Case, end_of, may_write
from sync.schedule.decisions import OLD, newest_date
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft
from sync.schedule.floors import floor_draft, is_over, leave, offer_floor, single
from sync.schedule.ladders import ROUNDS, WEEK, Ladder, offer_sheet_date, roll_reasons, sheet_date
from sync.schedule.people import asked_person
from sync.schedule.placing import Train
from sync.schedule.replay import pass_before, replay

ALONE = 50
"""First round of a `follow_up_on` that belongs to no ladder."""
_TALKING = (Stage.IN_TOUCH, Stage.ASSESSMENT)


def asking_trains(case: Case, *, desk: Desk) -> Iterator[Train]:
    """The lead's ladder, or the date of the sheet alone; an idea on their problem; a trip to their city."""
    asking = case.lead.asking
    if asking is Asking.NONE:
        return
    ladder = (_application(case, desk) or _waiting(case, desk)) if asking is Asking.ALLOWED else None
    idea = _value_add(case, desk)
    if ladder is not None:
        replay(ladder)
        if not ladder.first_counts and (sent := _idea_sent_on(case, desk)):
            ladder.count_from_idea(sent, is_sent=True)
        if not _whole_ladder_past(ladder, desk):
            yield AfterIdea(ladder, idea) if idea else ladder
        else:
            yield from single(idea)
    else:
        yield from single(_sheet_alone(case, desk))
        yield from single(idea)
    if asking is Asking.ALLOWED:
        yield from single(_travel(case, desk))


class AfterIdea(Struct):
    """A train of the idea on their problem and the ladder of questions that count from it."""

    ladder: Ladder
    idea: Draft

    @property
    def case(self) -> Case:
        """The lead of both."""
        return self.ladder.case

    def next_draft(self, previous: Draft | None) -> Draft | None:
        """The idea, then the steps of the ladder."""
        if previous is None:
            return self.idea
        if previous is not self.idea:
            return self.ladder.next_draft(previous)
        self.ladder.count_from_idea(previous.day, is_sent=False)
        return self.ladder.next_draft(None)


def _application(case: Case, desk: Desk) -> Ladder | None:
    """R-001-1, then R-001-12 up to the cap: 7, 7, 14, 30 days (C5)."""
    first, later, cap = desk.rule("R-001-1"), desk.rule("R-001-12"), _cap(desk)
    lead = case.lead
    if first is None or lead.applied_on is None or case.stage not in first.stages or _answered(case, desk):
        return None
    if not may_write(case, first.reads):
        return None
    tail = later.intervals if later and later.intervals else ()
    intervals = _intervals((first.days or 0, *tail), cap if tail else 1)
    return Ladder(
        case=case,
        desk=desk,
        rules=(first, *[later or first] * (len(intervals) - 1)),
        intervals=intervals,
        base=lead.applied_on,
        base_text=_column(case, "applied_on", "reason.since_applied", desk),
        generation=case.seen.generation,
        decide_by=lead.they_decide_by,
    )


def _waiting(case: Case, desk: Desk) -> Ladder | None:
    """R-004-4 after an interview or an answer, R-003-15 first where they said "under consideration"."""
    rule, lead = desk.rule("R-004-4"), case.lead
    if rule is None or not may_write(case, rule.reads) or case.stage in (Stage.OFFER, Stage.ON_HOLD):
        return None
    base, what = _waiting_since(case, desk)
    if base is None or _is_forgotten(case, base, desk):
        return None
    considered = desk.rule("R-003-15") if lead.under_consideration_on == base else None
    intervals = _intervals(rule.intervals or (), min(_cap(desk), ROUNDS - 1))
    rules = [rule] * len(intervals)
    if considered is not None:
        intervals = _intervals((considered.days or 0, *intervals[2:]), len(intervals))
        rules[0] = considered
    number = case.seen.interviews[-1].round if case.seen.interviews and lead.interview_at else 0
    return Ladder(
        case=case,
        desk=desk,
        rules=tuple(rules),
        intervals=intervals,
        base=base,
        base_text=what,
        generation=_conversation(case, desk, base, number * ROUNDS),
        round_base=number * ROUNDS,
        first_counts=False,
        decide_by=lead.they_decide_by,
        decision_party="waiting",
    )


def _is_forgotten(case: Case, base: date, desk: Desk) -> bool:
    """Whether a conversation that no date of the row tells of is old news at first sight: then it is named, once."""
    told = case.lead.interview_at or case.lead.last_inbound or case.lead.under_consideration_on
    if told is not None or base != case.stage_since:
        return False
    if case.new and newest_date(case.lead, desk) + OLD < desk.today:
        desk.triage(case)
        return True
    return case.seen.triaged and len(case.seen.stages) == 1


def _waiting_since(case: Case, desk: Desk) -> tuple[date | None, str]:
    """The day an answer is waited for since: interview, their message, or what they said; else first sight."""
    lead, days = case.lead, []
    if (held := _held_on(case, desk)) is not None:
        days.append((held, _column(case, "interview_at", "reason.since_interview", desk)))
    if lead.last_inbound is not None and (case.stage in _TALKING or _answered(case, desk)):
        days.append((desk.day_of(lead.last_inbound), _column(case, "last_inbound", "reason.since_answer", desk)))
    if lead.under_consideration_on is not None:
        days.append(
            (lead.under_consideration_on, _column(case, "under_consideration_on", "reason.since_considered", desk))
        )
    if not days and case.stage in _TALKING:
        days.append((case.stage_since, desk.say("reason.since_stage")))
    return max(days, key=lambda found: found[0], default=(None, ""))


def _column(case: Case, field: str, otherwise: str, desk: Desk) -> str:
    """The header of the column a day stands in; without one, our word for it."""
    header = clean(case.lead.columns.get(field, ""))
    return desk.say("reason.column", column=header) if header else desk.say(otherwise)


def _answered(case: Case, desk: Desk) -> bool:
    """A reply or an interview stops the application ladder."""
    lead = case.lead
    if lead.interview_at is not None or lead.under_consideration_on is not None:
        return True
    since = lead.applied_on
    return lead.last_inbound is not None and since is not None and desk.day_of(lead.last_inbound) > since


def _conversation(case: Case, desk: Desk, base: date, round_base: int) -> int:
    """The generation of a status ladder: it rises when a new answer comes after a step of the old one was over.

    What was done before the interview it asks about belongs to that interview all the same. A single step may stand in
    a later one, where its UID was used up; that moves no other step.
    """
    generation, asks_about_it = case.seen.generation, _held_on(case, desk) == base
    going_on: list[int] = []
    for record in desk.by_lead.get(case.lead.key, ()):
        if record.rule not in ("R-004-4", "R-003-15") or not 0 < record.round - round_base < ROUNDS:
            continue
        over = record.done_on or (record.planned if record.missed else None)
        if not asks_about_it:
            over = pass_before(record, min(base, desk.today), desk=desk)
        event = desk.memory.events.get(record.uid)
        if over is not None and over < base and not asks_about_it:
            generation = max(generation, record.generation + 1)
        elif over is not None or event is None or not event.gone:
            going_on.append(record.generation)
    return max(generation, min(going_on, default=generation))


def _held_on(case: Case, desk: Desk) -> date | None:
    """The day the interview is over."""
    lead = case.lead
    return None if lead.interview_at is None else desk.day_of(end_of(lead.interview_at, lead.interview_end, desk=desk))


def _whole_ladder_past(ladder: Ladder, desk: Desk) -> bool:
    """At first sight a ladder that lies in the past as a whole goes into the triage event; later it stays silent."""
    if ladder.step <= ladder.cap:
        return False
    if ladder.case.seen.triaged:
        return True
    last = ladder.counts_from + timedelta(days=desk.advice.rules["R-003-1"].days or 0)
    if ladder.case.new and last < desk.today:
        desk.triage(ladder.case)
        return True
    return False


def _sheet_alone(case: Case, desk: Desk) -> Draft | None:
    """`follow_up_on` on a lead without a ladder."""
    rule = desk.rule("sheet")
    if rule is None or not may_write(case, rule.reads) or case.lead.follow_up_on is None:
        return None
    spent = sum(record.rule == "sheet" and is_over(record) for record in desk.by_lead.get(case.lead.key, ()))
    day = sheet_date(case, desk, after=None)
    if day is None:
        return None
    draft = floor_draft(case, rule, day, desk, round=ALONE + spent)
    if day < desk.today and not draft.pinned:
        memory = draft.memory
        stood = desk.day_of(memory.start) if memory and memory.start is not None else day
        once = memory is not None and memory.offers > 1 and stood < desk.today
        if day + WEEK < desk.today and memory is None:
            desk.triage(case)
        if desk.never_logs or once or day + WEEK < desk.today:
            leave(draft, day, desk)
            return None
    offer_sheet_date(draft, day, desk=desk)
    return draft


def _value_add(case: Case, desk: Desk) -> Draft | None:
    """R-004-6: an idea on their problem, three business days after the interview."""
    rule, lead = desk.rule("R-004-6"), case.lead
    if rule is None or lead.interview_at is None or not may_write(case, rule.reads) or not case.seen.interviews:
        return None
    held = desk.day_of(end_of(lead.interview_at, lead.interview_end, desk=desk))
    raw = desk.days.add(held, rule.business_days or 0)
    number = case.seen.interviews[-1].round
    draft = floor_draft(case, rule, raw, desk, round=number)
    draft.step = 0
    draft.person = asked_person(lead)
    draft.reason.insert(
        0, desk.say("reason.business_days", what=desk.say("reason.since_interview"), **{"from": desk.tell(held)},
                    days=rule.business_days, day=desk.tell(raw))
    )  # fmt: skip
    thanks = next(
        (r for r in desk.by_lead.get(lead.key, ()) if r.rule == rule.joins and r.round == number and not r.party), None
    )
    if thanks and thanks.offers > 1 and (thanks.done_on or thanks.missed) and not draft.pinned:
        leave(draft, thanks.done_on or raw, desk, done=thanks.done_on is not None)
        return None
    done = lead.last_outbound is not None and desk.day_of(lead.last_outbound) >= raw
    return offer_floor(draft, desk, done=desk.day_of(lead.last_outbound) if done and lead.last_outbound else None)


def _idea_sent_on(case: Case, desk: Desk) -> date | None:
    """When the idea of this interview was sent."""
    if case.lead.interview_at is None or not case.seen.interviews:
        return None
    number = case.seen.interviews[-1].round
    records = desk.by_lead.get(case.lead.key, ())
    return next((r.done_on for r in records if r.rule == "R-004-6" and r.round == number and r.done_on), None)


def _travel(case: Case, desk: Desk) -> Draft | None:
    """R-003-16: propose to meet a week before a trip to their city."""
    rule, trip = desk.rule("R-003-16"), case.lead.travel_on
    if rule is None or trip is None or not case.lead.city or not may_write(case, rule.reads) or trip <= desk.today:
        return None
    wanted = trip - timedelta(days=rule.days or 0)
    raw = desk.days.at_or_before(wanted)
    draft = floor_draft(case, rule, raw, desk)
    draft.latest = trip - timedelta(days=1)
    draft.reason[:0] = [
        desk.say("reason.before", what=desk.say("reason.trip"), **{"from": desk.tell(trip)}, days=rule.days,
                 day=desk.tell(wanted)),
        *roll_reasons(wanted, raw, desk=desk),
    ]  # fmt: skip
    return offer_floor(draft, desk)


def _cap(desk: Desk) -> int:
    return desk.advice.rules["R-003-5"].cap or 1


def _intervals(days: tuple[int, ...], cap: int) -> tuple[int, ...]:
    """As many intervals as there are steps; the last one repeats."""
    return (*days, *(days[-1:] * cap))[:cap]
