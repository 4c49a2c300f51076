"""Facts that can be read and still cannot be: each is a problem that names one cell, never a guess.

The field is taken as unreadable: what hangs on it is neither made, moved nor deleted; the rest of the lead goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from operator import attrgetter

from msgspec.structs import replace

from sync.models import DAYS, MOMENTS, Lead, Problem
from sync.schedule.view import View

EMPTY = Lead(key="", row="", row_number=0)
DATED = (*DAYS, *MOMENTS)
"""Facts that have a date."""
_dates_of = attrgetter(*DATED)
PLAUSIBLE = timedelta(days=366 * 20)
"""No lead is older, and nothing is planned further ahead."""


def check_facts(lead: Lead, *, view: View) -> tuple[Lead, list[Problem]]:
    """The lead with its impossible facts marked unreadable, and a problem for each."""
    found = list(_impossible(lead, view))
    if not found:
        return lead, []
    fields = frozenset(field for field, _ in found)
    blank = {field: getattr(EMPTY, field) for field in fields}
    problems = [
        Problem(lead.row, lead.columns.get(field, field), _shown(getattr(lead, field)), reason)
        for field, reason in found
    ]
    return replace(lead, **blank, unreadable=lead.unreadable | fields), problems


def _impossible(lead: Lead, view: View) -> Iterator[tuple[str, str]]:
    far = set()
    for field, value in zip(DATED, _dates_of(lead), strict=True):
        if value is not None and abs(view.day_of(value) - view.today) > PLAUSIBLE:
            far.add(field)
            yield field, view.say("problem.far_year", year=f"{value.year:04d}")
    for field in ("interview_zone", "contact_zone"):
        if (name := getattr(lead, field)) and view.zone_named(name) is None:
            yield field, view.say("problem.unknown_zone")
    held, ends = lead.interview_at, lead.interview_end
    if held is None or "interview_at" in far:
        return
    if ends is not None and "interview_end" not in far and view.instant_of(ends) < view.instant_of(held):
        yield "interview_end", view.say("problem.ends_early")
    if lead.applied_on is not None and "applied_on" not in far and view.day_of(held) < lead.applied_on:
        yield "interview_at", view.say("problem.before_applied")


def _shown(value: object) -> str:
    return (
        value.isoformat(*((" ", "minutes") if hasattr(value, "hour") else ()))
        if isinstance(value, date)
        else str(value)
    )
