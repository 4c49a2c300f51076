"""Introductions (article 002): call now. Why delay hurts you and whoever gave you the name.

R-002-6 (critical after some business days) is in `obligations`, what of R-002-7 is held back in `referrers`; R-002-5
and R-002-8 to R-002-10 are words.
"""

from __future__ import annotations

from datetime import date, timedelta

from sync.advice import Rule
from sync.schedule.cases import Case
from sync.schedule.drafts import draft_for
from sync.schedule.occasions import CRITICAL, Occasion, soon_after, within_hours
from sync.schedule.quarters import at
from sync.schedule.reasons import Reason
from sync.schedule.registry import owed
from sync.schedule.view import View


@owed("R-002-1")
def call_now(case: Case, rule: Rule, view: View) -> Occasion:
    """Somebody gave you this name."""
    return soon_after(rule, case, view, field="received_at")


@owed("R-002-7", after="R-002-1")
def tell_that_you_are_late(case: Case, rule: Rule, view: View) -> Occasion | None:
    """The call you owe whoever referred you has turned critical."""
    call, received = view.rule("R-002-1"), case.lead.received_at
    if call is None or received is None:
        return None
    uid = draft_for(case, call, view=view, raw=view.day_of(received)).uid
    record = view.records.find(uid)
    if record is None or not record.missed or record.done_on or not record.note.startswith(CRITICAL):
        return None
    day = date.fromisoformat(record.note.removeprefix(CRITICAL))
    start = at(day, view.settings.message_hours.start, view.zone) - timedelta(minutes=rule.minutes or 0)
    return within_hours(rule, day, view, said=Reason("reason.neglected", {"day": day}), start=start)
