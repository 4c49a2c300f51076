"""The seeker's own date in the sheet, `follow_up_on`: whether it still applies, and how its touch keeps the day."""

from __future__ import annotations

from datetime import date, datetime

from sync.schedule.cases import Case
from sync.schedule.drafts import Draft
from sync.schedule.ledger import is_over
from sync.schedule.reasons import Reason
from sync.schedule.view import View
from sync.schedule.waiting import Remark


def sheet_date(case: Case, view: View, *, after: date | None = None) -> date | Remark | None:
    """The date while it applies, a remark where it never did, nothing where there is none or it is spent.

    It lies behind what was done, and behind the step before it (`after`).
    """
    lead, day = case.lead, case.lead.follow_up_on
    if day is None or day in _spent_dates(case, view) or not case.can_read("follow_up_on"):
        return None
    bounds = [bound for bound in (lead.applied_on, after, view.day_or_none(lead.last_outbound)) if bound]
    if bounds and day <= max(bounds):
        return Remark(case, "sheet", "note.sheet_too_early", {"day": view.tell(day), "bound": view.tell(max(bounds))})
    if day == view.day_or_none(lead.interview_at):
        return Remark(case, "sheet", "note.sheet_same_day", {"day": view.tell(day)})
    return day


def _spent_dates(case: Case, view: View) -> frozenset[date]:
    """Values of `follow_up_on` that were done, missed or deleted: the same value never applies again."""
    return frozenset(
        touch.raw for touch in view.records.of(case.lead.key) if touch.rule == "sheet" and is_over(touch) and touch.raw
    )


def offer_sheet_date(draft: Draft, day: date, *, view: View) -> None:
    """Keep the very day written, weekend or not; past by up to a week it is late once."""
    draft.reason.insert(0, Reason("reason.sheet", {"day": day}))
    if draft.pinned:
        return
    draft.fixed, draft.chosen, draft.counts_from = day, True, None
    if day < view.today:
        given = view.records.given_on(draft.memory) if draft.memory and draft.memory.offers == 2 else None
        again = given or max(view.days.add(day, 1), view.soonest)
        draft.fixed, draft.offers, draft.late = again, 2, True
        draft.counts_from = day
    draft.day = draft.fixed if not isinstance(draft.fixed, datetime) else draft.fixed.date()
