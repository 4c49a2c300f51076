"""Whoever gave you a name: since when it is used, and how often they hear of it (R-001-7, R-002-7).

Of what their rules ask for, the rest waits, goes into the next note, or is named in the schedule's notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from sync.models import Moment
from sync.reading.organisations import referrer_key
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, draft_for
from sync.schedule.late import Waiting, hold_back_late
from sync.schedule.ledger import is_over, over_day
from sync.schedule.occasions import not_before
from sync.schedule.registry import News
from sync.schedule.view import View


def first_contact(case: Case, *, view: View) -> Moment | None:
    """When somebody we were introduced to was first reached: as remembered; with its hour where the sheet has it."""
    lead, call = case.lead, view.rule("R-002-1")
    if call is None or not (lead.received_at is not None and lead.referrer.strip() and lead.contact.name.strip()):
        return None
    record = draft_for(case, call, view=view, raw=view.day_of(lead.received_at)).memory
    known = record.done_on if record else None
    sent = lead.last_outbound
    if sent is None or not not_before(sent, lead.received_at, view):
        return known
    return sent if known is None or view.day_of(sent) <= known else known


def hold_back_words(owed: Sequence[Draft], cases: Iterable[Case], *, desk: Desk) -> tuple[list[Draft], list[Waiting]]:
    """R-002-7: one word to a referrer in its `days`, however many calls are owed; the others wait for it.

    One that goes out after a call turned critical is about that call, too.
    """
    words = _by_referrer("R-002-7", owed)
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


def hold_back_notes(owed: Sequence[Draft], cases: Iterable[Case], *, view: View) -> tuple[list[Draft], News]:
    """R-001-7: at most one note to a referrer in seven days, those made in this run included.

    The first contact with a lead has a note of its own where none went out lately, none stands ahead and nothing else
    of the lead is late; else it waits for the next progress note, which names it.
    """
    notes = _by_referrer("R-001-7", owed)
    if not notes:
        return list(owed), {}
    leads: dict[str, list[str]] = {}
    for case in cases:
        leads.setdefault(referrer_key(case.lead), []).append(case.lead.key)
    behind = {draft.uid for draft, _ in hold_back_late(owed)[1]}
    left: set[str] = set()
    news: dict[str, list[tuple[date, Case]]] = {}
    for key, drafts in notes.items():
        rule = drafts[0].rule
        progress = view.records.of(key)
        firsts = [r for lead in leads[key] for r in view.records.of(lead) if r.rule == rule.id]
        told = [day for record in progress if (day := over_day(record))]
        last = max([*told, *(day for r in firsts if (day := over_day(r)))], default=date.min)
        kept, ahead = False, any(not is_over(record) for record in progress)
        for draft in sorted(
            drafts, key=lambda draft: (draft.memory is None, not draft.pinned, draft.day, draft.lead_key)
        ):
            new, close = draft.memory is None, draft.day < last + timedelta(days=rule.days or 0)
            if new and any(draft.raw < day for day in told):
                left.add(draft.uid)  # a progress note has named it
            elif not draft.pinned and (kept or (new and (ahead or close or draft.uid in behind))):
                left.add(draft.uid)
                news.setdefault(key, []).append((draft.raw, draft.case))
            else:
                kept = True
    return [draft for draft in owed if draft.uid not in left], news


def _by_referrer(rule: str, owed: Iterable[Draft]) -> Mapping[str, list[Draft]]:
    """The drafts of a rule, by whoever they go to."""
    found: dict[str, list[Draft]] = {}
    for draft in owed:
        if draft.rule.id == rule:
            found.setdefault(referrer_key(draft.case.lead), []).append(draft)
    return found
