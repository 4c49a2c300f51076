"""What sets an obligation off: an **occasion** is the moment a touch counts from, the first moment it may begin, its
deadline, and since when an outbound message counts as having done it. Deadlines are elapsed hours on the UTC line.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Rule
from sync.models import Moment
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.quarters import at
from sync.schedule.reasons import Reason, roll_reasons
from sync.schedule.rounds import end_of, last_day
from sync.schedule.view import View

EVENING = time(18)
"""When a meeting without an hour is over for sure."""
END_OF_DAY = time(23, 59)
CRITICAL = "critical:"
"""Begins the note of a touch whose place a decision took; the day follows."""
TIME_ASSUMED = Reason("reason.time_assumed")
TRIAGED = "triaged"
"""The note of a touch that was given up when its lead was named in the triage event."""


class Occasion(Struct, frozen=True):
    """What sets a rule off. `since` is the moment from which on an outbound message counts as having done it."""

    since: Moment
    earliest: datetime
    deadline: datetime
    said: Reason
    round: int = 0
    bounds: tuple[int, int] | None = None
    """The window in quarters, where it is no ordinary one."""
    moved: tuple[Reason, ...] = ()
    """Why it begins on another day than counted, where it does."""
    until: datetime | None = None
    """After this moment the touch makes no sense any more."""


def within_hours(
    rule: Rule, since: Moment, view: View, *, said: Reason, start: datetime | None = None, round: int = 0
) -> Occasion:
    """Elapsed hours from the trigger; a date without hour counts as the start of work."""
    trigger = start or view.instant_of(since)
    earliest = trigger + timedelta(minutes=rule.minutes or 0)
    if start is None and not isinstance(since, datetime):
        said = replace(said, then=TIME_ASSUMED)
    return Occasion(since, earliest, _later(trigger, hours=rule.hours or 0), said, round)


def soon_after(rule: Rule, case: Case, view: View, *, field: str, round: int = 0) -> Occasion:
    """Elapsed hours from the moment that the field names."""
    return within_hours(rule, getattr(case.lead, field), view, said=said(case, field), round=round)


def _later(moment: datetime, *, hours: int) -> datetime:
    """Elapsed hours, counted on the UTC line and told in the moment's own zone."""
    return datetime.fromtimestamp(moment.timestamp() + hours * 3600, moment.tzinfo)


def after_it_is_over(
    rule: Rule, case: Case, view: View, *, field: str, end: Moment | None = None, round: int
) -> Occasion:
    """Elapsed hours from the end of what the field names; a day without an hour is over in the evening."""
    held: Moment = getattr(case.lead, field)
    told = said(case, field)
    if isinstance(held, datetime):
        return within_hours(rule, end_of(held, end, view=view), view, said=told, round=round)
    zone = interview_zone(case, view)
    last = last_day(held, end)
    start, until = at(last, EVENING, zone), at(last + timedelta(days=1), END_OF_DAY, zone)
    return Occasion(last, start, until, replace(told, then=TIME_ASSUMED), round)


def by_the_day(case: Case, view: View, *, field: str, days: int = 0, round: int = 0) -> Occasion:
    """So many days before the day the field names, on a business day; due at its end."""
    due: date = getattr(case.lead, field)
    eve = due - timedelta(days=days)
    day = view.days.at_or_before(eve)
    if day < view.today <= eve:  # away already, with no day left before that: it stays, as every deadline does
        day = view.days_away.at_or_before(eve)
    start, until = at(day, view.settings.work_hours.start, view.zone), at(due, END_OF_DAY, view.zone)
    moved = roll_reasons(eve, day, view=view)
    return Occasion(day, start, until, said(case, field), round, moved=moved)


def interview_zone(case: Case, view: View) -> ZoneInfo:
    """The zone of an interview: its own, the contact's, the seeker's. A cell with an offset has its hour from that."""
    lead = case.lead
    return view.zone_named(lead.interview_zone) or view.zone_named(lead.contact_zone) or view.zone


def said(case: Case, field: str) -> Reason:
    """The column an occasion stands in, with what it says; where no column has it, what it is in plain words."""
    lead = case.lead
    told = "meeting_on" if lead.is_customer and field == "interview_at" else field
    column = clean(lead.columns.get(field, "")) or Reason(f"told.{told}")
    return Reason("reason.cell", {"column": column, "day": getattr(lead, field)})


def not_before(sent: Moment, since: Moment, view: View) -> bool:
    """Whether a message went out at or after this moment; by the day where one of them has no hour."""
    if isinstance(sent, datetime) and isinstance(since, datetime):
        return sent >= since
    return view.day_of(sent) >= view.day_of(since)
