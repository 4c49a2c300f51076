"""What the calendar shows of a schedule, what has no room there, and what rings.

Shown: everything of the next `ahead_days`, every lead's next touch, interviews, and whatever was shown before.
Ringing: events with an hour of their own; of a day's ordinary floors one, the first that got it; never a tentative
one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sync.moments import sortable
from sync.schedule.drafts import CROWDED, Draft, Planned
from sync.schedule.view import View

FULL = 30
"""Without levelling a day still holds no more floors than its slots."""


def share_days(drafts: Iterable[Draft], *, view: View) -> None:
    """Decide which floors of a day have an event of their own: as many as it has room for, in the order served.

    Asked when every day is given. What has its event there keeps it, however full the day has become since.
    """
    limit = view.settings.limits.daily_touches or FULL
    by_day: dict[date, list[Draft]] = {}
    for draft in drafts:
        if draft.rule.levelled:
            by_day.setdefault(draft.day, []).append(draft)
    for day, floors in by_day.items():
        if len(floors) <= limit:
            continue
        left = limit
        waiting = []
        for draft in floors:
            if draft.fixed is not None or _stands_there(draft, day, view):
                left -= 1
            else:
                waiting.append(draft)
        for draft in waiting[max(left, 0) :]:
            draft.own_event, draft.crowded = False, True


def _stands_there(draft: Draft, day: date, view: View) -> bool:
    memory = draft.memory
    if memory is None or not memory.published or memory.note == CROWDED or view.is_gone(memory.uid):
        return False
    return view.records.given_on(memory) == day


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


def ring(drafts: Sequence[Planned], *, view: View) -> None:
    """Mark what has an alarm."""
    by_day: dict[date, list[Planned]] = {}
    for draft in drafts:
        if not draft.published or draft.tentative or not isinstance(draft.start, datetime):
            continue
        if draft.deadline is not None or draft.rule.at is not None or draft.pinned or draft.rule.busy:
            draft.alarm = True
        else:
            by_day.setdefault(view.day_of(draft.start), []).append(draft)
    for day, floors in by_day.items():
        had = [draft for draft in floors if _rang(draft, day, view)]
        min(had or floors, key=lambda draft: (sortable(draft.start), draft.uid)).alarm = True


def _rang(draft: Planned, day: date, view: View) -> bool:
    return draft.memory is not None and draft.memory.alarm and view.records.given_on(draft.memory) == day
