"""Touches that wait for a day: ladders, single floors, and rules that never end.

Each function looks at one lead (or one agency, one referrer) and gives a train for `placing`, or nothing. A **floor**
whose day passed without a sign is offered once more and then taken as missed; a touch of the seeker's own whose day
passed is history. A rule that never ends has one open **round** at a time; it counts from the last one or from any
other touch, whichever is later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from sync.advice import Rule
from sync.models import Lead, Moment, Person, Stage, TouchClass
from sync.reconcile.memory import TouchMemory
from sync.schedule.cases import Case, end_of, may_write
from sync.schedule.desk import Desk, was_deleted
from sync.schedule.drafts import Draft, draft_for, remember
from sync.schedule.ladders import WEEK, Ladder, count_reasons, offer_sheet_date, replay, roll_reasons, sheet_date
from sync.schedule.organisations import referrer_key
from sync.schedule.people import agency_person, asked_person, channel_for
from sync.schedule.placing import Single, Train
from sync.schedule.plain_text import clean

ROUNDS = 10
"""The round of a status step is ten times the interview's round plus the step (DESIGN 6)."""
ALONE = 50
"""First round of a `follow_up_on` that belongs to no ladder."""
OLD = timedelta(days=30)
"""A row that is older at first sight is no news: it goes into the triage event."""


def trains_of(case: Case, *, desk: Desk) -> Iterator[Train]:
    """Everything that waits for a day in this lead."""
    ladder = _application(case, desk) or _waiting(case, desk)
    if ladder is not None:
        replay(ladder)
        if not _whole_ladder_past(ladder, desk):
            yield ladder
    else:
        yield from _single(_sheet_alone(case, desk))
    for draft in (
        _value_add(case, desk),
        _acquainted(case, desk),
        _travel(case, desk),
        _on_hold(case, desk),
        _planned(case, desk),
        _add_the_date(case, desk),
    ):
        yield from _single(draft)


def _single(draft: Draft | None) -> Iterator[Single]:
    if draft is not None and draft.case is not None:
        yield Single(draft.case, draft)


# --- ladders -------------------------------------------------------------------------------------------------


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
        rules=tuple(first if number == 0 or later is None else later for number in range(len(intervals))),
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
    if base is None:
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


def _waiting_since(case: Case, desk: Desk) -> tuple[date | None, str]:
    """The day an answer is waited for since: interview, their message, or what they said; else first sight."""
    lead, days = case.lead, []
    if lead.interview_at is not None:
        held = desk.day_of(end_of(lead.interview_at, lead.interview_end, desk=desk))
        days.append((held, _column(case, "interview_at", "reason.since_interview", desk)))
    if lead.last_inbound is not None and (case.stage in _TALKING or _answered(case, desk)):
        days.append((desk.day_of(lead.last_inbound), _column(case, "last_inbound", "reason.since_answer", desk)))
    if lead.under_consideration_on is not None:
        days.append(
            (lead.under_consideration_on, _column(case, "under_consideration_on", "reason.since_considered", desk))
        )
    if not days and case.stage in _TALKING:
        days.append((_stage_since(case), desk.say("reason.since_stage")))
    return max(days, key=lambda found: found[0], default=(None, ""))


def _column(case: Case, field: str, otherwise: str, desk: Desk) -> str:
    """The header of the column a day stands in; without one, our word for it."""
    header = clean(case.lead.columns.get(field, ""))
    return desk.say("reason.column", column=header) if header else desk.say(otherwise)


_TALKING = (Stage.IN_TOUCH, Stage.ASSESSMENT)


def _answered(case: Case, desk: Desk) -> bool:
    """A reply or an interview stops the application ladder."""
    lead = case.lead
    if lead.interview_at is not None or lead.under_consideration_on is not None:
        return True
    since = lead.applied_on
    return lead.last_inbound is not None and since is not None and desk.day_of(lead.last_inbound) > since


def _conversation(case: Case, desk: Desk, base: date, round_base: int) -> int:
    """The generation of a status ladder: it rises when a new answer comes after a step of the old one was over."""
    records = [
        record
        for record in desk.by_lead.get(case.lead.key, ())
        if record.rule in ("R-004-4", "R-003-15") and 0 < record.round - round_base < ROUNDS
    ]
    generation = max((record.generation for record in records), default=case.seen.generation)
    for record in records:
        over = record.done_on or (record.planned if record.missed else None)
        if record.generation == generation and over is not None and over < base:
            return generation + 1
    return max(generation, case.seen.generation)


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
    spent = sum(record.rule == "sheet" and _is_over(record) for record in desk.by_lead.get(case.lead.key, ()))
    day = sheet_date(case, desk, after=None)
    if day is None:
        return None
    draft = _draft(case, rule, day, desk, round=ALONE + spent)
    if day < desk.today and not draft.pinned:
        memory = draft.memory
        stood = desk.day_of(memory.start) if memory and memory.start is not None else day
        once = memory is not None and memory.offers > 1 and stood < desk.today
        if day + WEEK < desk.today and memory is None:
            desk.triage(case)
        if desk.never_logs or once or day + WEEK < desk.today:
            _leave(draft, day, desk)
            return None
    offer_sheet_date(draft, day, desk=desk)
    return draft


# --- single floors -------------------------------------------------------------------------------------------


def _value_add(case: Case, desk: Desk) -> Draft | None:
    """R-004-6: an idea on their problem, three business days after the interview."""
    rule, lead = desk.rule("R-004-6"), case.lead
    if rule is None or lead.interview_at is None or not may_write(case, rule.reads) or not case.seen.interviews:
        return None
    held = desk.day_of(end_of(lead.interview_at, lead.interview_end, desk=desk))
    raw = desk.days.add(held, rule.business_days or 0)
    number = case.seen.interviews[-1].round
    draft = _draft(case, rule, raw, desk, round=number)
    draft.step = 0
    draft.person = asked_person(lead)
    draft.reason.insert(
        0, desk.say("reason.business_days", what=desk.say("reason.since_interview"), **{"from": desk.tell(held)},
                    days=rule.business_days, day=desk.tell(raw))
    )  # fmt: skip
    thanks = next(
        (r for r in desk.by_lead.get(lead.key, ()) if r.rule == "R-001-4" and r.round == number and not r.party), None
    )
    if thanks and thanks.offers > 1 and (thanks.done_on or thanks.missed):
        _leave(draft, thanks.done_on or raw, desk, done=thanks.done_on is not None)
        return None
    done = lead.last_outbound is not None and desk.day_of(lead.last_outbound) >= raw
    return offer_floor(draft, desk, done=desk.day_of(lead.last_outbound) if done and lead.last_outbound else None)


def _travel(case: Case, desk: Desk) -> Draft | None:
    """R-003-16: propose to meet a week before a trip to their city."""
    rule, trip = desk.rule("R-003-16"), case.lead.travel_on
    if rule is None or trip is None or not case.lead.city or not may_write(case, rule.reads) or trip <= desk.today:
        return None
    wanted = trip - timedelta(days=rule.days or 0)
    raw = desk.days.at_or_before(wanted)
    draft = _draft(case, rule, raw, desk)
    draft.latest = trip - timedelta(days=1)
    draft.reason[:0] = [
        desk.say("reason.before", what=desk.say("reason.trip"), **{"from": desk.tell(trip)}, days=rule.days,
                 day=desk.tell(wanted)),
        *roll_reasons(wanted, raw, desk=desk),
    ]  # fmt: skip
    return offer_floor(draft, desk)


def _on_hold(case: Case, desk: Desk) -> Draft | None:
    rule = desk.rule("R-003-1")
    if rule is None or case.stage is not Stage.ON_HOLD or not case.can_read("status") or not case.lead.interested:
        return None
    since, days = _stage_since(case), (rule.intervals or (0,))[0]
    number = sum(stage.stage is Stage.ON_HOLD for stage in case.seen.stages)
    raw = desk.days.at_or_after(since + timedelta(days=days))
    draft = _draft(case, rule, raw, desk, party="on_hold", round=number)
    draft.reason[:0] = count_reasons(desk.say("reason.since_hold"), since, days, desk=desk)
    return offer_floor(draft, desk)


def _add_the_date(case: Case, desk: Desk) -> Draft | None:
    """An interview or offer without its date, or an application without the day it was sent."""
    rule, lead = desk.rule("R-000-4"), case.lead
    missing = {
        Stage.INTERVIEW: ("interview_at", lead.interview_at),
        Stage.OFFER: ("offer_on", lead.offer_on),
        Stage.SENT: ("applied_on", lead.applied_on or lead.meeting_on),
    }.get(case.stage)
    if rule is None or missing is None or missing[1] is not None or not lead.interested:
        return None
    if not case.can_read("status", missing[0]) or (case.stage is Stage.INTERVIEW and lead.follow_up_on):
        return None
    since = _stage_since(case)
    if case.new and _newest(lead, desk) + OLD < desk.today:
        desk.triage(case)
        return None
    if case.seen.triaged or lead.key in desk.settled:
        return None
    number = sum(stage.stage is case.stage for stage in case.seen.stages)
    draft = _draft(case, rule, desk.days.at_or_after(since), desk, party=case.stage.value, round=number)
    draft.facts = {"field": desk.say(f"field.{missing[0]}")}
    draft.reason.insert(0, desk.say("reason.no_date", **draft.facts))
    return offer_floor(draft, desk)


def _planned(case: Case, desk: Desk) -> Draft | None:
    """R-000-5: the seeker's own plan, later on a date or half an hour of research; never before an introduction."""
    rule, lead = desk.rule("R-000-5"), case.lead
    if rule is None or lead.stage.closed or not lead.interested or not case.can_read(*rule.reads, "status"):
        return None
    introduced = bool(lead.received_at and lead.referrer and lead.contact.name)
    if lead.plan_on is not None:
        draft = _draft(case, rule, desk.days.at_or_after(lead.plan_on), desk, round=1)
        draft.reason[:0] = [desk.say("reason.plan", day=desk.tell(lead.plan_on))]
    elif lead.plan == "research" and not introduced:
        since = desk.day_of(lead.received_at or case.seen.first_seen)
        draft = _draft(case, rule, desk.days.at_or_after(since), desk)
        draft.reason[:0] = [desk.say("reason.research")]
    else:
        return None
    if (case.new or case.seen.triaged) and draft.memory is None and draft.raw + WEEK < desk.today:
        if case.new:
            desk.triage(case)
        return None
    return offer_floor(draft, desk)


# --- rules that never end ------------------------------------------------------------------------------------


def _acquainted(case: Case, desk: Desk) -> Draft | None:
    """R-003-3: keep in touch with somebody met; any touch in either direction starts the clock anew."""
    rule, lead = desk.rule("R-003-3"), case.lead
    if rule is None or lead.meeting_on is None or not may_write(case, rule.reads):
        return None
    network = lead.contact_kind in ("network", "association") or lead.lead_kind == "connection"
    if not network and (lead.applied_on is not None or lead.interview_at is not None):
        return None
    base = max(desk.day_of(day) for day in (lead.meeting_on, lead.last_outbound, lead.last_inbound) if day is not None)
    if base > desk.today and desk.day_of(lead.meeting_on) < base:
        base = desk.day_of(lead.meeting_on)
    sent = desk.day_of(lead.last_outbound) if lead.last_outbound is not None else None
    draft = endless(case, rule, desk, base=base, sent=sent, first=rule.days or 0, then=(rule.intervals or (0,))[0])
    if draft is not None:
        draft.person, draft.channel = lead.contact, channel_for(rule, case, lead.contact)
    return draft


def agency_touches(cases: Iterable[Case], *, desk: Desk) -> Iterator[Single]:
    """R-001-13: one regular touch per agency while a row of it is open, counted from the newest touch to it.

    That is the newest outbound of its rows, or an ask or a thank-you to it that is done. Nothing that is only planned
    moves it: only what reaches the same recruiter by name keeps its distance (DESIGN 5.2).
    """
    rule = desk.rule("R-001-13")
    if rule is None:
        return
    rows: dict[str, list[Case]] = {}
    for case in cases:
        if case.agency and may_write(case, rule.reads) and case.stage is not Stage.IDEA:
            rows.setdefault(case.agency, []).append(case)
    for key, open_cases in sorted(rows.items()):
        sent = [desk.day_of(c.lead.last_outbound) for c in open_cases if c.lead.last_outbound is not None]
        sent += [day for case in open_cases for day in _reached_agency(case, desk)]
        since = sent or [case.lead.applied_on or _first_day(case, desk) for case in open_cases]
        draft = endless(
            open_cases[0], rule, desk, base=max(since), sent=max(sent, default=None),
            first=rule.days or 0, then=rule.days or 0, key=key,
        )  # fmt: skip
        if draft is not None:
            draft.person = agency_person(open_cases[0].lead)
            draft.channel, draft.step = "email", ROUNDS
            yield Single(open_cases[0], draft)


def _reached_agency(case: Case, desk: Desk) -> Iterator[date]:
    """The days on which a touch of this row that goes to its agency was done."""
    for record in desk.by_lead.get(case.lead.key, ()):
        rule = desk.advice.rules.get(record.rule)
        asked = rule is not None and rule.kind in (TouchClass.ASKING, TouchClass.ONCE_EXEMPT)
        if rule and record.done_on and (asked or rule.audience in ("agency", "arranger")):
            yield record.done_on


def progress_notes(cases: Iterable[Case], *, desk: Desk) -> Iterator[Single]:
    """R-001-7: what became of their leads, to each referrer, at most once in seven days."""
    rule = desk.rule("R-001-7")
    if rule is None:
        return
    rows: dict[str, list[Case]] = {}
    for case in cases:
        key = referrer_key(case.lead)
        if key and case.can_read(*rule.reads, "status") and not case.lead.do_not_contact:
            rows.setdefault(key, []).append(case)
    for key, theirs in sorted(rows.items()):
        records = sorted(desk.by_lead.get(key, ()), key=lambda record: record.round)
        last = records[-1] if records else None
        told = [_over_day(record) for record in records if _is_over(record)]
        firsts = [
            record.done_on or record.planned
            for case in theirs
            for record in desk.by_lead.get(case.lead.key, ())
            if record.rule == rule.id
        ]
        news = [
            (stage.on, case)
            for case in theirs
            for stage in case.seen.stages[1:]
            if stage.on > max((day for day in told if day), default=date.min)
        ]
        if not news:
            continue
        quiet = max((day for day in (*told, *firsts) if day), default=None)
        since = min(day for day, _ in news)
        raw = max(since, quiet + timedelta(days=rule.days or 0)) if quiet else since
        first = min((case for _, case in news), key=lambda case: case.lead.key)
        number = last.round + _is_over(last) if last else 1
        draft = _draft(first, rule, desk.days.at_or_after(raw), desk, key=key, round=number)
        draft.person = Person(name=first.lead.referrer.strip())
        draft.channel = "email"
        draft.facts = {"leads": "; ".join(sorted({clean(case.lead.label) for _, case in news}))}
        draft.reason.insert(0, desk.say("reason.progress", day=desk.tell(since), **draft.facts))
        offered = offer_floor(draft, desk, assumed=not desk.abilities.reactions)
        if offered is not None:
            yield Single(first, offered)


def employer_news(cases: Iterable[Case], *, desk: Desk) -> Iterator[Single]:
    """R-003-13: look what a target employer does, monthly; off unless enabled."""
    rule = desk.rule("R-003-13")
    if rule is None:
        return
    seen: set[str] = set()
    for case in cases:
        if case.organisation in seen or case.stage.closed or not case.organisation.startswith("organisation:"):
            continue
        seen.add(case.organisation)
        draft = endless(
            case, rule, desk, base=_first_day(case, desk), sent=None, first=rule.days or 0, then=rule.days or 0,
            key="self", party=case.organisation,
        )  # fmt: skip
        yield from _single(draft)


def closing_notes(cases: Iterable[Case], *, desk: Desk) -> Iterator[Single]:
    """R-003-19: an accepted offer; one note with thanks to everybody who helped."""
    rule, all_cases = desk.rule("R-003-19"), list(cases)
    accepted = [case for case in all_cases if case.stage is Stage.ACCEPTED and len(case.seen.stages) > 1]
    if rule is None or not accepted:
        return
    winner = min(accepted, key=lambda case: (case.seen.stages[-1].on, case.lead.key))
    helpers: dict[str, Person] = {}
    for case in all_cases:
        lead = case.lead
        people = [Person(name=lead.referrer.strip()), *lead.reference_names]
        people += [lead.contact] if lead.meeting_on is not None else []
        for person in people:
            if person.party and not lead.do_not_contact:
                helpers.setdefault(person.party, person)
    since = winner.seen.stages[-1].on
    for party, person in sorted(helpers.items()):
        raw = desk.days.at_or_after(since + timedelta(days=rule.days or 0))
        draft = _draft(winner, rule, raw, desk, party=party)
        draft.person, draft.channel = person, "email"
        draft.reason.insert(0, desk.say("reason.accepted", day=desk.tell(since)))
        offered = offer_floor(draft, desk, assumed=not desk.abilities.reactions)
        if offered is not None:
            yield Single(winner, offered)


def withdrawals(cases: Iterable[Case], *, desk: Desk) -> Iterator[Single]:
    """R-004-5: one polite line to somebody you talk to and no longer want to; off unless enabled."""
    rule = desk.rule("R-004-5")
    for case in cases if rule else ():
        assert rule is not None
        lead = case.lead
        if lead.interested or lead.do_not_contact or case.stage not in rule.stages or not case.can_read(*rule.reads):
            continue
        draft = _draft(case, rule, desk.days.at_or_after(desk.today), desk)
        if draft.memory and draft.memory.raw:
            draft.raw = draft.day = draft.memory.raw
        yield from _single(offer_floor(draft, desk))


def endless(
    case: Case,
    rule: Rule,
    desk: Desk,
    *,
    base: date,
    sent: date | None,
    first: int,
    then: int,
    key: str = "",
    party: str = "",
) -> Draft | None:
    """The open round of a rule that never ends, `first` days after `base`, later rounds `then` days after a touch."""
    records = sorted(
        (r for r in desk.by_lead.get(key or case.lead.key, ()) if r.rule == rule.id and r.party == party),
        key=lambda record: record.round,
    )
    last = records[-1] if records else None
    if last and not _is_over(last) and sent is not None and last.planned and sent >= last.planned:
        last = replace(last, done_on=sent)
        desk.keep(last)
        desk.done.add(last.uid)
        records = [*records[:-1], last]
    for _ in range(2):
        overs = [day for record in records if _is_over(record) and (day := _over_day(record))]
        days = then if overs else first
        since = max([base, *overs])
        number = (last.round + _is_over(last)) if last else 1
        raw = desk.days.at_or_after(since + timedelta(days=days))
        draft = _draft(case, rule, raw, desk, key=key, party=party, round=number)
        draft.reason[:0] = count_reasons(desk.say("reason.since_touch"), since, days, desk=desk)
        offered = offer_floor(draft, desk, overdue=True)
        last = desk.touches.get(draft.uid)
        if offered is not None or last is None:
            return offered
        records = [*(record for record in records if record.uid != draft.uid), last]
    return None


# --- what passed ---------------------------------------------------------------------------------------------


def offer_floor(
    draft: Draft, desk: Desk, *, done: date | None = None, assumed: bool = False, overdue: bool = False
) -> Draft | None:
    """The draft while it is open; nothing once it is done, deleted, missed or, for the seeker's own, past.

    `assumed` takes a passed day as done; `overdue` offers even what lay more than a week back at first sight.
    """
    memory = draft.memory
    if memory is not None and (memory.done_on or memory.missed):
        (desk.done if memory.done_on else desk.missed).add(draft.uid)
        return None
    if was_deleted(memory):
        return None
    if done is not None:
        if memory is not None:
            _leave(draft, done, desk, done=True)
        return None
    stood = _stood(memory, draft.raw, desk)
    if memory is None and not overdue and draft.kind is not TouchClass.SELF and stood + WEEK < desk.today:
        _leave(draft, stood, desk)
        return None
    if memory is None or memory.start is None or stood >= desk.today:
        draft.offers = memory.offers if memory else 1
        if memory and memory.offers > 1 and not draft.fixed:
            draft.day, draft.counts_from = stood, memory.planned
            draft.reason.append(desk.say("reason.again", day=desk.tell(memory.planned or stood)))
        return draft
    if draft.kind is TouchClass.SELF or assumed or desk.never_logs or memory.offers > 1:
        _leave(draft, stood, desk, done=assumed or (desk.never_logs and draft.kind is not TouchClass.SELF))
        return None
    if not desk.absent:
        draft.offers, draft.counts_from = 2, memory.planned or stood
        draft.reason.append(desk.say("reason.again", day=desk.tell(draft.counts_from)))
    draft.day = max(desk.days.add(stood, 1), desk.days.at_or_after(desk.today))
    return draft


def _draft(case: Case, rule: Rule, raw: date, desk: Desk, *, round: int = 0, party: str = "", key: str = "") -> Draft:
    person = asked_person(case.lead) if rule.kind is TouchClass.ASKING else case.lead.contact
    draft = draft_for(
        case, rule, desk=desk, raw=raw, person=person if rule.audience != "self" else Person(), party=party,
        round=round, key=key,
    )  # fmt: skip
    draft.channel = channel_for(rule, case, draft.person)
    return draft


def _leave(draft: Draft, on: date, desk: Desk, *, done: bool = False) -> None:
    record = draft.memory or remember(draft)
    if done or (desk.never_logs and draft.kind is not TouchClass.SELF):
        desk.keep(replace(record, done_on=on, assumed=True))
        desk.done.add(draft.uid)
    else:
        desk.keep(replace(record, missed=True))
        desk.missed.add(draft.uid)


def _stood(memory: TouchMemory | None, raw: date, desk: Desk) -> date:
    if memory is None:
        return raw
    at: Moment | None = memory.pinned_to if memory.pinned_to is not None else memory.start
    return desk.day_of(at) if at is not None else raw


def _is_over(record: TouchMemory) -> bool:
    return bool(record.done_on) or record.missed or was_deleted(record)


def _over_day(record: TouchMemory) -> date | None:
    return record.done_on or record.planned or record.raw


def _stage_since(case: Case) -> date:
    return case.seen.stages[-1].on if case.seen.stages else case.seen.first_seen.date()


def _first_day(case: Case, desk: Desk) -> date:
    return desk.day_of(case.seen.first_seen)


def _newest(lead: Lead, desk: Desk) -> date:
    found = (
        lead.received_at,
        lead.applied_on,
        lead.last_inbound,
        lead.last_outbound,
        lead.meeting_on,
        lead.follow_up_on,
    )
    return max((desk.day_of(day) for day in found if day is not None), default=desk.today)


def _cap(desk: Desk) -> int:
    return desk.advice.rules["R-003-5"].cap or 1


def _intervals(days: tuple[int, ...], cap: int) -> tuple[int, ...]:
    """As many intervals as there are steps; the last one repeats."""
    return (*days, *(days[-1:] * cap))[:cap]
