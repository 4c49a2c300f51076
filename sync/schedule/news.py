"""What others are told when something has changed: progress to a referrer, thanks when it is over, a polite no."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sync.advice import Rule
from sync.models import Person, Stage
from sync.reading.organisations import referrer_key
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft
from sync.schedule.floors import floor_draft, is_over, offer_floor, over_day, single
from sync.schedule.letters import standing
from sync.schedule.placing import Single

News = dict[str, list[tuple[date, Case]]]
"""What each referrer is still to be told, by key: leads that were contacted, with the day."""


def hold_back_notes(owed: Sequence[Draft], cases: Iterable[Case], *, desk: Desk) -> tuple[list[Draft], News]:
    """R-001-7: at most one note to a referrer in seven days, those made in this run included.

    The first contact with a lead has a note of its own where none went out lately and none stands ahead; else it waits
    for the next progress note, which names it.
    """
    notes: dict[str, list[Draft]] = {}
    for draft in owed:
        if draft.rule.trigger == "introduction_used" and draft.case is not None:
            notes.setdefault(referrer_key(draft.case.lead), []).append(draft)
    if not notes:
        return list(owed), {}
    leads: dict[str, list[str]] = {}
    for case in cases:
        leads.setdefault(referrer_key(case.lead), []).append(case.lead.key)
    left: set[str] = set()
    news: News = {}
    for key, drafts in notes.items():
        rule = drafts[0].rule
        progress = desk.by_lead.get(key, [])
        firsts = [r for lead in leads[key] for r in desk.by_lead.get(lead, ()) if r.rule == rule.id]
        told = [day for record in progress if is_over(record) and (day := over_day(record))]
        last = max([*told, *(day for r in firsts if is_over(r) and (day := over_day(r)))], default=date.min)
        kept, ahead = False, any(not is_over(record) for record in progress)
        for draft in sorted(drafts, key=lambda draft: (draft.memory is None, not draft.pinned, draft.day, draft.key)):
            new, close = draft.memory is None, draft.day < last + timedelta(days=rule.days or 0)
            if new and any(draft.raw < day for day in told):
                left.add(draft.uid)  # a progress note has named it
            elif not draft.pinned and (kept or (new and (ahead or close))):
                left.add(draft.uid)
                assert draft.case is not None
                news.setdefault(key, []).append((draft.raw, draft.case))
            else:
                kept = True
    return [draft for draft in owed if draft.uid not in left], news


def progress_notes(cases: Iterable[Case], *, news: News, notes: Iterable[Draft], desk: Desk) -> Iterator[Single]:
    """R-001-7: what became of their leads, to each referrer, at most once in seven days.

    `news` are first contacts that have no note of their own, `notes` those of this run that have one.
    """
    rule = desk.rule("R-001-7")
    if rule is None:
        return
    rows: dict[str, list[Case]] = {}
    for case in cases:
        key = referrer_key(case.lead)
        if key and case.can_read(*rule.reads, "status") and not case.lead.do_not_contact:
            rows.setdefault(key, []).append(case)
    planned = {draft.key: draft.day for draft in notes if draft.rule.id == rule.id}
    for key, theirs in sorted(rows.items()):
        for _ in range(2):  # what is left behind in this run makes room for the next round
            draft = _progress_note(key, theirs, rule, desk, new=news.get(key, ()), planned=planned)
            offered = offer_floor(draft, desk, assumed=not desk.abilities.reactions) if draft else None
            if offered is not None:
                assert offered.case is not None
                yield Single(offered.case, offered)
            if offered is not None or draft is None or draft.uid not in desk.touches:
                break


def _progress_note(
    key: str, cases: Sequence[Case], rule: Rule, desk: Desk, *,
    new: Iterable[tuple[date, Case]], planned: Mapping[str, date],
) -> Draft | None:  # fmt: skip
    """The next note to this referrer about leads whose stage changed, or that were contacted, since the last one."""
    records = sorted(desk.by_lead.get(key, ()), key=lambda record: record.round)
    last = records[-1] if records else None
    told = max((day for record in records if is_over(record) and (day := over_day(record))), default=date.min)
    changed = [(stage.on, case) for case in cases for stage in case.seen.stages[1:] if stage.on > told]
    changed += new
    if not changed:
        return None
    firsts = [
        record.done_on or record.planned or date.min
        for case in cases
        for record in desk.by_lead.get(case.lead.key, ())
        if record.rule == rule.id
    ]
    quiet = max([told, *firsts, *(planned[case.lead.key] for case in cases if case.lead.key in planned)])
    since = min(day for day, _ in changed)
    raw = max(since, quiet + timedelta(days=rule.days or 0))
    first = min((case for _, case in changed), key=lambda case: case.lead.key)
    number = last.round + is_over(last) if last else 1
    draft = floor_draft(first, rule, desk.days.at_or_after(raw), desk, key=key, round=number)
    draft.person, draft.channel = Person(name=first.lead.referrer.strip()), "email"
    draft.facts = {"leads": "; ".join(sorted({clean(case.lead.label) for _, case in changed}))}
    draft.facts["progress"] = "; ".join(sorted({standing(case, desk) for _, case in changed}))
    draft.reason.insert(0, desk.say("reason.progress", day=desk.tell(since), leads=draft.facts["leads"]))
    return draft


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
