"""Introductions (article 002): call now. Why delay hurts you and whoever gave you the name.

R-002-6 (critical after some business days) is in `obligations`; R-002-5 and R-002-8 to R-002-10 are words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from sync.advice import Rule
from sync.models import Moment
from sync.reading.organisations import referrer_key
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, draft_for
from sync.schedule.obligations import Waiting
from sync.schedule.occasions import CRITICAL, Occasion, not_before, soon_after, within_hours
from sync.schedule.quarters import at
from sync.schedule.registry import owed


@owed("R-002-1")
def call_now(case: Case, rule: Rule, desk: Desk) -> Occasion:
    """Somebody gave you this name."""
    return soon_after(rule, case, desk, field="received_at")


def first_contact(case: Case, *, desk: Desk) -> Moment | None:
    """When somebody we were introduced to was first reached: as remembered; with its hour where the sheet has it."""
    lead, call = case.lead, desk.rule("R-002-1")
    if call is None or not (lead.received_at is not None and lead.referrer.strip() and lead.contact.name.strip()):
        return None
    record = draft_for(case, call, desk=desk, raw=desk.day_of(lead.received_at)).memory
    known = record.done_on if record else None
    sent = lead.last_outbound
    if sent is None or not not_before(sent, lead.received_at, desk):
        return known
    return sent if known is None or desk.day_of(sent) <= known else known


@owed("R-002-7", after="R-002-1")
def tell_that_you_are_late(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    """The call you owe whoever referred you has turned critical."""
    call, received = desk.rule("R-002-1"), case.lead.received_at
    if call is None or received is None:
        return None
    uid = draft_for(case, call, desk=desk, raw=desk.day_of(received)).uid
    record = desk.ledger.find(uid)
    if record is None or not record.missed or record.done_on or not record.note.startswith(CRITICAL):
        return None
    day = date.fromisoformat(record.note.removeprefix(CRITICAL))
    start = at(day, desk.settings.message_hours.start, desk.zone) - timedelta(minutes=rule.minutes or 0)
    return within_hours(rule, day, desk, said=desk.say("reason.neglected", day=desk.tell(day)), start=start)


def hold_back_words(owed: Sequence[Draft], cases: Iterable[Case], *, desk: Desk) -> tuple[list[Draft], list[Waiting]]:
    """R-002-7: one word to a referrer in its `days`, however many calls are owed; the others wait for it.

    One that goes out after a call turned critical is about that call, too.
    """
    words: dict[str, list[Draft]] = {}
    for draft in owed:
        if draft.rule.id == "R-002-7":
            words.setdefault(referrer_key(draft.case.lead), []).append(draft)
    leads = {case.lead.key: referrer_key(case.lead) for case in cases} if words else {}
    told: dict[str, date] = {}
    for record in desk.ledger.before.values():
        if record.rule == "R-002-7" and record.done_on and (key := leads.get(record.lead_key)):
            told[key] = max(told.get(key, date.min), record.done_on)
    left: set[str] = set()
    waiting: list[Waiting] = []
    for key, drafts in words.items():
        first: Draft | None = None
        lately = desk.today - timedelta(days=drafts[0].rule.days or 0)
        for draft in sorted(drafts, key=lambda draft: (not draft.pinned, not draft.was_shown, draft.collision_order)):
            free = told.get(key, date.min) < min(lately, draft.raw)
            if draft.pinned or draft.was_shown or (first is None and free):
                first = first or draft
                continue
            left.add(draft.uid)
            if first is not None:
                waiting.append((draft, first))
            else:
                desk.note("note.told", draft.case, rule=draft.rule.id, day=desk.tell(told[key]))
    return [draft for draft in owed if draft.uid not in left], waiting
