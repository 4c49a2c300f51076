"""What others are told when something has changed: progress to a referrer, thanks when it is over, a polite no."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sync.models import Person, Stage
from sync.reading.organisations import referrer_key
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.floors import floor_draft, is_over, offer_floor, over_day, single
from sync.schedule.letters import standing
from sync.schedule.placing import Single
from sync.schedule.plain_text import clean


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
        told = [over_day(record) for record in records if is_over(record)]
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
        number = last.round + is_over(last) if last else 1
        draft = floor_draft(first, rule, desk.days.at_or_after(raw), desk, key=key, round=number)
        draft.person = Person(name=first.lead.referrer.strip())
        draft.channel = "email"
        draft.facts = {"leads": "; ".join(sorted({clean(case.lead.label) for _, case in news}))}
        draft.facts["progress"] = "; ".join(sorted({standing(case, desk) for _, case in news}))
        draft.reason.insert(0, desk.say("reason.progress", day=desk.tell(since), leads=draft.facts["leads"]))
        offered = offer_floor(draft, desk, assumed=not desk.abilities.reactions)
        if offered is not None:
            yield Single(first, offered)


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
        draft = floor_draft(winner, rule, raw, desk, party=party)
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
        draft = floor_draft(case, rule, desk.soonest, desk)
        if draft.memory and draft.memory.raw:
            draft.raw = draft.day = draft.memory.raw
        yield from single(offer_floor(draft, desk))
