"""What the calendar shows of a schedule, and what rings.

Shown: everything of the next `ahead_days`, every lead's next touch, interviews, and whatever was shown before.
Ringing: events with an hour of their own; of a day's ordinary floors one, the first that got it; never a tentative
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sync.moments import sortable
from sync.schedule.desk import Desk
from sync.schedule.drafts import Planned
from sync.schedule.view import View


def publish(drafts: Iterable[Planned], *, view: View) -> None:
    """Mark what the calendar shows."""
    ahead = view.settings.ahead_days
    until = date.max if ahead == "all" else view.today + timedelta(days=ahead)
    first_of: dict[str, Planned] = {}
    for draft in drafts:
        if not draft.own_event or draft.rule.busy:
            continue
        known = first_of.get(draft.lead_key)
        if known is None or (draft.day, draft.uid) < (known.day, known.uid):
            first_of[draft.lead_key] = draft
    for draft in drafts:
        next_ = first_of.get(draft.lead_key) is draft
        draft.published = draft.own_event and (draft.day <= until or next_ or draft.was_shown or draft.rule.busy)


def ring(drafts: Sequence[Planned], *, desk: Desk) -> None:
    """Mark what has an alarm."""
    by_day: dict[date, list[Planned]] = {}
    for draft in drafts:
        if not draft.published or draft.tentative or not isinstance(draft.start, datetime):
            continue
        if draft.deadline is not None or draft.rule.at is not None or draft.pinned or draft.rule.busy:
            draft.alarm = True
        else:
            by_day.setdefault(desk.day_of(draft.start), []).append(draft)
    for day, floors in by_day.items():
        had = [draft for draft in floors if _rang(draft, day, desk)]
        min(had or floors, key=lambda draft: (sortable(draft.start), draft.uid)).alarm = True


def _rang(draft: Planned, day: date, desk: Desk) -> bool:
    return draft.memory is not None and draft.memory.alarm and desk.ledger.given_on(draft.memory) == day
