"""A single floor: a touch that waits for a day, and what becomes of it when its day has passed.

A passed floor without a sign that it was done is offered once more, on the next business day but never before the day
it waits for, and then taken as missed; for people who never log it counts as done. A touch of the seeker's own whose
day passed is history.

A rule that never ends (keep in touch with people and agencies, look what an employer does) has one open **round** at a
time; it counts from the last one or from any other touch, whichever is later. A round that passed and that the user
moved to a coming day is the open one there, and the next counts from that day.
"""

from __future__ import annotations

from datetime import date, timedelta

from sync.advice import Rule
from sync.memory import Reaction, TouchMemory
from sync.models import TouchClass
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, draft_for, known_of, take_channel
from sync.schedule.ledger import WEEK, Verdict, is_over, over_day
from sync.schedule.people import asked_person, channel_for
from sync.schedule.reasons import Counted, Reason
from sync.schedule.view import View


def floor_draft(
    case: Case, rule: Rule, raw: date, view: View, *, round: int = 0, party: str = "", key: str = ""
) -> Draft:
    """The draft of a touch that waits for this day, to whom the rule addresses, by the channel that suits."""
    draft = draft_for(case, rule, view=view, raw=raw, party=party, round=round, key=key)
    if rule.audience != "self":
        draft.person = asked_person(case.lead) if rule.kind is TouchClass.ASKING else case.lead.contact
    take_channel(draft, channel_for(rule, case, draft.person), view=view)
    return draft


def offer_floor(
    draft: Draft, desk: Desk, *, done: date | None = None, assumed: bool = False, overdue: bool = False
) -> Draft | None:
    """The draft while it is open; nothing once it is done, deleted, missed or, for the seeker's own, past.

    `assumed` takes a passed day as done; `overdue` offers even what lay more than a week back at first sight.
    """
    memory, own, verdict = draft.memory, draft.kind is TouchClass.SELF, desk.ledger.judge(draft.memory, draft.raw)
    if verdict is Verdict.OVER:
        return None
    if done is not None:
        if memory is not None:
            leave(draft, done, desk, done=True)
        return None
    if memory is None:
        if overdue or own or draft.raw + WEEK >= desk.today:
            return draft
        leave(draft, draft.raw, desk)
        return None
    stood, planned = desk.ledger.stood_on(memory) or draft.raw, memory.planned
    if verdict is Verdict.AHEAD:
        draft.offers = memory.offers
        if memory.offers > 1 and not draft.fixed:
            draft.day, draft.counts_from = max(stood, draft.raw), planned
            draft.reason.append(Reason("reason.again", {"day": planned or stood}))
    elif own or assumed or verdict is Verdict.PASSED:
        leave(draft, stood, desk, done=assumed)
        return None
    elif not desk.clock.absent:  # after an absence it is simply placed anew, from today
        draft.offers, draft.counts_from = 2, planned or stood
        draft.reason.append(Reason("reason.again", {"day": draft.counts_from}))
        draft.day = max(desk.days.add(stood, 1), desk.soonest, draft.raw)
    return draft


def leave(draft: Draft, on: date, desk: Desk, *, done: bool = False) -> None:
    """Take a passed touch as done or missed; nothing is assumed of the seeker's own."""
    record = known_of(draft)
    if done:
        desk.ledger.close(record, done_on=on, assumed=True)
    elif draft.kind is TouchClass.SELF:
        desk.ledger.close(record)
    else:
        desk.ledger.let_pass(record, on)


# --- rules that never end --------------------------------------------------------------------------------------------


def endless(
    case: Case, rule: Rule, desk: Desk, *, base: date, sent: date | None, key: str = "", party: str = "",
    decide_by: date | None = None,
) -> Draft | None:  # fmt: skip
    """The open round of a rule that never ends: its days after `base`, later rounds its interval after a touch.

    Where they answer by a day that is no older than the last touch, the next one is the first business day after it.
    """
    first, then = rule.days or 0, (rule.intervals or (rule.days or 0,))[0]
    records = sorted(
        (r for r in desk.ledger.of(key or case.lead.key) if r.rule == rule.id and r.party == party),
        key=lambda record: record.round,
    )
    last = records[-1] if records else None
    if last and not is_over(last) and sent is not None and last.planned and sent >= last.planned:
        last = desk.ledger.close(last, done_on=sent)
        records = [*records[:-1], last]
    moved = [day for record in records if (record is not last or is_over(record)) and (day := _moved_to(record, desk))]
    if any(day >= desk.today for day in moved):
        return None
    base = max([base, *moved])
    for _ in range(2):
        overs = [day for record in records if (day := over_day(record))]
        days = then if overs else first
        since = max([base, *overs])
        number = (last.round + is_over(last)) if last else 1
        raw = desk.days.at_or_after(since + timedelta(days=days))
        reason: Reason | Counted = Counted(Reason("reason.since_touch"), since, days)
        if decide_by is not None and decide_by >= since:
            raw, reason = desk.days.add(decide_by, 1), Reason("reason.decide_by", {"from": decide_by})
        draft = floor_draft(case, rule, raw, desk, key=key, party=party, round=number)
        draft.reason.insert(0, reason)
        offered = offer_floor(draft, desk, overdue=True)
        last = desk.ledger.touches.get(draft.uid)
        if offered is not None or last is None:
            return offered
        records = [*(record for record in records if record.uid != draft.uid), last]
    return None


def _moved_to(record: TouchMemory, view: View) -> date | None:
    """The day the user moved a round to after its own had passed, where it still stands there or did."""
    event = view.memory.events.get(record.uid)
    if event is None or event.gone or not event.revived or record.reaction is not Reaction.DRAGGED:
        return None
    return view.day_of(event.stands_at)


def first_day(case: Case, view: View) -> date:
    return view.day_of(case.seen.first_seen)
