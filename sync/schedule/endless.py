"""Rules that never end: keep in touch with people and agencies, look what an employer does.

Such a rule has one open **round** at a time; it counts from the last one or from any other touch, whichever is later.
A round that passed and that the user moved to a coming day is the open one there, and the next counts from that day.
"""

from __future__ import annotations

from datetime import date, timedelta

from sync.advice import Rule
from sync.memory import Reaction, TouchMemory
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft
from sync.schedule.floors import floor_draft, offer_floor
from sync.schedule.ladders import count_reasons
from sync.schedule.ledger import is_over, over_day


def endless(
    case: Case, rule: Rule, desk: Desk, *, base: date, sent: date | None, key: str = "", party: str = ""
) -> Draft | None:
    """The open round of a rule that never ends: its days after `base`, later rounds its interval after a touch."""
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
        draft = floor_draft(case, rule, raw, desk, key=key, party=party, round=number)
        draft.reason[:0] = count_reasons(desk.say("reason.since_touch"), since, days, desk=desk)
        offered = offer_floor(draft, desk, overdue=True)
        last = desk.ledger.touches.get(draft.uid)
        if offered is not None or last is None:
            return offered
        records = [*(record for record in records if record.uid != draft.uid), last]
    return None


def _moved_to(record: TouchMemory, desk: Desk) -> date | None:
    """The day the user moved a round to after its own had passed, where it still stands there or did."""
    event = desk.memory.events.get(record.uid)
    if event is None or event.gone or not event.revived or record.reaction is not Reaction.DRAGGED:
        return None
    return desk.day_of(event.stands_at)


def first_day(case: Case, desk: Desk) -> date:
    return desk.day_of(case.seen.first_seen)
