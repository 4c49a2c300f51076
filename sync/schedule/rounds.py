"""Interviews and other meetings: when one ends, and which round of its lead it is.

A round keeps its number for good: it is part of the identity of what follows from it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sync.memory import InterviewSeen, LeadMemory
from sync.models import Lead, Moment
from sync.moments import named_day
from sync.schedule.view import View

INTERVIEW_LENGTH = timedelta(minutes=60)
"""A missing end."""


def end_of(start: Moment, end: Moment | None, *, view: View) -> datetime:
    """The end of a meeting that began at `start`."""
    if isinstance(start, datetime):
        return end if isinstance(end, datetime) and end > start else start + INTERVIEW_LENGTH
    return datetime.combine(last_day(start, end), view.settings.work_hours.end, tzinfo=view.zone)


def last_day(start: date, end: Moment | None) -> date:
    """The last day of a meeting without an hour that began on this one."""
    return start if end is None else max(start, named_day(end))


def count_rounds(lead: Lead, seen: LeadMemory, view: View) -> tuple[InterviewSeen, ...]:
    """The interviews that this row has told of, the last one last, each with the number of its round."""
    at = lead.interview_at
    if at is None:
        return seen.interviews
    if lead.earlier_rounds:
        return _rounds(lead, seen, view)
    if not seen.interviews:
        return (InterviewSeen(1, at),)
    last = seen.interviews[-1]
    if not is_same_moment(last.at, at) and view.clock.is_behind(end_of(last.at, None, view=view)):
        return (*seen.interviews, InterviewSeen(last.round + 1, at))
    return (*seen.interviews[:-1], InterviewSeen(last.round, at))


def _rounds(lead: Lead, seen: LeadMemory, view: View) -> tuple[InterviewSeen, ...]:
    """Every round of a lead that has several, the last one last.

    A round keeps its number while its moment stands in the sheet; a new moment takes the number of one that is gone
    from the sheet and was not held yet (it was moved), else the next number.
    """
    told, told_before = (*(held.at for held in lead.earlier_rounds), lead.interview_at), seen.interviews
    moments = list(dict.fromkeys(at for at in told if at is not None))
    known = {
        at: InterviewSeen(one.round, at) for at in moments for one in seen.interviews if is_same_moment(one.at, at)
    }
    gone = [one for one in told_before if not any(is_same_moment(one.at, at) for at in moments)]
    moved = [one for one in gone if not view.clock.is_behind(end_of(one.at, None, view=view))]
    most = max((one.round for one in told_before), default=0)
    rounds = []
    for at in moments:
        if at not in known and moved:
            known[at] = InterviewSeen(moved.pop(0).round, at)
        elif at not in known:
            most += 1
            known[at] = InterviewSeen(most, at)
        rounds.append(known[at])
    taken = {one.round for one in rounds}
    return (*(one for one in gone if one.round not in taken), *rounds)


def is_same_moment(known: Moment, told: Moment) -> bool:
    """Whether it is the moment that was told before, or its wall-clock time: somebody set another zone since."""
    if isinstance(known, datetime) and isinstance(told, datetime):
        return known == told or known.replace(tzinfo=None) == told.replace(tzinfo=None)
    return known == told
