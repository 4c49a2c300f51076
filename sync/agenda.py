"""What is due, in the groups in which a person looks for it: late, today, the next days, and who is waited for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from sync.models import Change, Plan, Touch
from sync.moments import day_of
from sync.pauses import pauses_ahead
from sync.reconcile.heartbeat import RULE as HEARTBEAT

if TYPE_CHECKING:
    from sync.config import Pause

MISSED_DAYS = 7
"""Calendar days for which a follow-up that was missed is named: it can be made good or said to be done."""

LATE, TODAY, NEXT, WAITING = "late", "today", "next", "waiting"


class Group(Struct, frozen=True):
    """Follow-ups that want the same of a person, in the order of the schedule. `key` is one of the words above."""

    key: str
    title: str
    touches: tuple[Touch, ...]


class Agenda(Struct, frozen=True):
    """A plan as somebody reads it who has the next `days` in view; all four groups, empty ones too."""

    plan: Plan
    days: int
    groups: tuple[Group, ...]
    pauses: tuple[Pause, ...] = ()
    """Those that are on or begin within these days."""
    missed: tuple[Change, ...] = ()
    """Follow-ups whose last chance passed within the last `MISSED_DAYS` days, the latest first."""


def make_agenda(plan: Plan, *, days: int, pauses: Iterable[Pause] = ()) -> Agenda:
    """The agenda at the plan's `now`. Late is what has a deadline that passed; later tentative steps are left out."""
    zone = ZoneInfo(plan.timezone)
    today = plan.now.astimezone(zone).date()
    found: dict[str, list[Touch]] = {key: [] for key in (LATE, TODAY, NEXT, WAITING)}
    shared = {(touch.rule, day_of(touch.start, zone)) for touch in plan.schedule if touch.published and not touch.lead}
    for touch in plan.schedule:
        if touch.rule == HEARTBEAT:
            continue
        day = day_of(touch.start, zone)
        if not touch.published and (day <= today or (touch.rule, day) in shared):
            continue  # another event of the day names it
        if touch.deadline is not None and touch.deadline < plan.now:
            found[LATE].append(touch)
        elif day <= today:
            found[TODAY].append(touch)
        elif day <= today + timedelta(days=days):
            found[NEXT].append(touch)
        elif not touch.tentative:
            found[WAITING].append(touch)
    titles = {LATE: "Late", TODAY: "Today", NEXT: f"Next {days} days", WAITING: "Waiting until"}
    groups = tuple(Group(key, titles[key], tuple(touches)) for key, touches in found.items())
    since = today - timedelta(days=MISSED_DAYS)
    missed = [(day, change) for change in plan.missed if change.start and (day := day_of(change.start, zone)) >= since]
    missed.sort(key=lambda found: (-found[0].toordinal(), found[1].uid))
    ahead = pauses_ahead(pauses, today, days=days)
    return Agenda(plan, days, groups, ahead, tuple(change for _, change in missed))
