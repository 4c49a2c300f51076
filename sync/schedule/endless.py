"""Rules that never end: keep in touch with people and agencies, look what an employer does.

Such a rule has one open **round** at a time; it counts from the last one or from any other touch, whichever is later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from sync.advice import Rule
from sync.schedule.cases import Case, may_write
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, take_channel
from sync.schedule.floors import floor_draft, is_over, offer_floor, over_day, single
from sync.schedule.ladders import ROUNDS, count_reasons
from sync.schedule.people import agency_person, channel_for
from sync.schedule.placing import Single
from sync.schedule.reach import reached_by


def acquainted(case: Case, *, desk: Desk) -> Draft | None:
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
        draft.person = lead.contact
        take_channel(draft, channel_for(rule, case, lead.contact), desk=desk)
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
        if case.agency and may_write(case, rule.reads):
            rows.setdefault(case.agency, []).append(case)
    for key, open_cases in sorted(rows.items()):
        sent = [desk.day_of(c.lead.last_outbound) for c in open_cases if c.lead.last_outbound is not None]
        sent += [day for case in open_cases for day in _reached_agency(case, desk)]
        since = sent or [case.lead.applied_on or first_day(case, desk) for case in open_cases]
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
        if rule and record.done_on and case.agency in reached_by(record, rule, case):
            yield record.done_on


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
            case, rule, desk, base=first_day(case, desk), sent=None, first=rule.days or 0, then=rule.days or 0,
            key="self", party=case.organisation,
        )  # fmt: skip
        yield from single(draft)


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
    if last and not is_over(last) and sent is not None and last.planned and sent >= last.planned:
        last = desk.close(last, done_on=sent)
        records = [*records[:-1], last]
    for _ in range(2):
        overs = [day for record in records if is_over(record) and (day := over_day(record))]
        days = then if overs else first
        since = max([base, *overs])
        number = (last.round + is_over(last)) if last else 1
        raw = desk.days.at_or_after(since + timedelta(days=days))
        draft = floor_draft(case, rule, raw, desk, key=key, party=party, round=number)
        draft.reason[:0] = count_reasons(desk.say("reason.since_touch"), since, days, desk=desk)
        offered = offer_floor(draft, desk, overdue=True)
        last = desk.touches.get(draft.uid)
        if offered is not None or last is None:
            return offered
        records = [*(record for record in records if record.uid != draft.uid), last]
    return None


def first_day(case: Case, desk: Desk) -> date:
    return desk.day_of(case.seen.first_seen)
