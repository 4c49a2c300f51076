"""Recruiters and interviews (article 004): keep the conversation going, send an idea, ask only while you want it.

R-004-3 is in `distances`, R-004-7 and R-004-8 are lines of the review; the others are words, or hold by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sync.advice import Rule
from sync.memory import TouchMemory
from sync.models import Stage
from sync.schedule.cases import TALKING, Case, is_offered_since, is_old_news, is_only_known
from sync.schedule.ladders import ROUNDS, Steps, call_day, count_cap, has_answered, repeat_last, told_since
from sync.schedule.ledger import is_over, was_deleted
from sync.schedule.people import asked_person
from sync.schedule.reasons import Reason
from sync.schedule.registry import Whole, across, laddered, waited
from sync.schedule.rounds import end_of
from sync.schedule.view import View
from sync.schedule.waiting import Answer, Floor, LongPast, Over, floor_draft


@laddered("R-004-4", "R-003-15")
def wait_for_what_comes_of_it(case: Case, rule: Rule, view: View) -> Steps | LongPast | None:
    """An interview is over or they answered; R-003-15 first where they said "under consideration"."""
    lead = case.lead
    if case.stage in (Stage.OFFER, Stage.ON_HOLD):
        return None
    if is_only_known(case):
        return None
    waiting = _waiting_since(case, view)
    if waiting is None:
        return None
    base, what = waiting
    if _is_untold(case, base):
        if is_old_news(case, view=view):
            return LongPast(case)
        if case.seen.triaged and len(case.seen.stages) == 1:
            return None
    if is_offered_since(case, base, view=view):
        return None
    considered = view.rule("R-003-15") if lead.under_consideration_on == base else None
    intervals = repeat_last(rule.intervals or (), min(count_cap(view), ROUNDS - 1))
    rules = [rule] * len(intervals)
    if considered is not None:
        intervals = repeat_last((considered.days or 0, *intervals[2:]), len(intervals))
        rules[0] = considered
    generation, passed = _conversation(case, view, base, case.interview_round * ROUNDS)
    return Steps(
        rules=tuple(rules),
        intervals=intervals,
        base=base,
        base_text=what,
        generation=generation,
        round_base=case.interview_round * ROUNDS,
        first_counts=False,
        decide_by=lead.they_decide_by,
        call_on=call_day(case, view),
        decision_party="waiting",
        passed=passed,
    )


def _is_untold(case: Case, base: date) -> bool:
    """Whether no date of the row tells of this conversation: old news at first sight is named, once."""
    told = case.lead.interview_at or case.lead.last_inbound or case.lead.under_consideration_on
    return told is None and base == case.stage_since


def _waiting_since(case: Case, view: View) -> tuple[date, Reason] | None:
    """The day an answer is waited for since: interview, their message, or what they said; else first sight."""
    lead, days = case.lead, []
    if (held := _held_on(case, view)) is not None:
        days.append((held, told_since(case, "interview_at", _since_talk(case))))
    if lead.last_inbound is not None and (case.stage in TALKING or has_answered(case, view)):
        days.append((view.day_of(lead.last_inbound), told_since(case, "last_inbound", "reason.since_answer")))
    if lead.under_consideration_on is not None:
        days.append(
            (lead.under_consideration_on, told_since(case, "under_consideration_on", "reason.since_considered"))
        )
    if not days and case.stage in TALKING:
        days.append((case.stage_since, Reason("reason.since_stage")))
    return max(days, key=lambda found: found[0], default=None)


def _since_talk(case: Case) -> str:
    """What days are counted from after an interview, which with a customer is a meeting."""
    return "reason.since_meeting" if case.lead.is_customer else "reason.since_interview"


def _conversation(
    case: Case, view: View, base: date, round_base: int
) -> tuple[int, Sequence[tuple[TouchMemory, date]]]:
    """The generation of a status ladder, and the steps that passed with the conversation before.

    It rises when a new answer comes after a step of the old one was over; what stood before that day is over with it.
    What was done before the interview it asks about belongs to that interview all the same. A single step may stand in
    a later one, where its UID was used up; that moves no other step, nor does it bring back one that the user deleted.
    """
    generation, asks_about_it = case.seen.generation, _held_on(case, view) == base
    going_on: list[int] = []
    passed: list[tuple[TouchMemory, date]] = []
    for record in view.records.of(case.lead.key):
        if record.rule not in ("R-004-4", "R-003-15") or not 0 < record.round - round_base < ROUNDS:
            continue
        over = record.done_on or (record.planned if record.missed else None)
        event, stood = view.memory.events.get(record.uid), view.records.stood_on(record)
        if not (asks_about_it or is_over(record)) and stood is not None and stood < min(base, view.today):
            over = record.planned or stood
            passed.append((record, over))
        again = record.missed and stood is not None and stood >= base  # a second offer, missed after the answer came
        if over is not None and over < base and not (asks_about_it or again):
            generation = max(generation, record.generation + 1)
        elif over is not None or event is None or not event.gone or was_deleted(record):
            going_on.append(record.generation)
    return max(generation, min(going_on, default=generation)), passed


def _held_on(case: Case, view: View) -> date | None:
    """The day the interview is over."""
    lead = case.lead
    return None if lead.interview_at is None else view.day_of(end_of(lead.interview_at, lead.interview_end, view=view))


@waited("R-004-6")
def send_an_idea(case: Case, rule: Rule, view: View) -> Answer | None:
    """An interview is over: an idea on the problem they told you of."""
    lead, held = case.lead, _held_on(case, view)
    if held is None or is_offered_since(case, held, view=view):
        return None
    raw = view.days.add(held, rule.business_days or 0)
    number = case.interview_round
    draft = floor_draft(case, rule, raw, view, round=number)
    draft.step = 0
    draft.person = asked_person(lead)
    facts = {"what": Reason(_since_talk(case)), "from": held, "days": rule.business_days, "day": raw}
    draft.reason.insert(0, Reason("reason.business_days", facts))
    thanks = next(
        (r for r in view.records.of(lead.key) if r.rule == rule.joins and r.round == number and not r.party), None
    )
    if thanks and thanks.offers > 1 and (thanks.done_on or thanks.missed) and not draft.pinned:
        return Over(draft, done_on=thanks.done_on)
    sent = view.day_or_none(lead.last_outbound)
    return Floor(draft, done=sent if sent is not None and sent >= raw else None)


@across("R-004-5")
def say_no_politely(whole: Whole, rule: Rule, view: View) -> Iterator[Floor]:
    """You talk to somebody and no longer want what it is about."""
    for case in whole.cases:
        lead = case.lead
        if lead.interested or lead.do_not_contact or case.stage not in rule.stages or not case.can_read(*rule.reads):
            continue
        draft = floor_draft(case, rule, view.soonest, view)
        if draft.memory and draft.memory.raw:
            draft.raw = draft.day = draft.memory.raw
        yield Floor(draft)
