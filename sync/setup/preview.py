"""What `init` says about a sheet before anything is written: how old its rows are, and the first events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sync.models import DAYS, MOMENTS, Change, Lead, Moment
from sync.moments import named_day

FIRST_EVENTS = 5
OLD_AFTER_DAYS = 90
"""Rows without a younger date are counted as old, and `ignore_before` is offered."""


def newest_date(lead: Lead) -> date | None:
    """The newest date that the row names."""
    moments: list[Moment | None] = [getattr(lead, name) for name in (*DAYS, *MOMENTS)]
    days = [named_day(moment) for moment in moments if moment is not None]
    return max(days, default=None)


def count_old(leads: Sequence[Lead], before: date) -> int:
    """How many rows have no date from this day on."""
    return sum((newest_date(lead) or date.max) < before for lead in leads)


def first_events(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The events that would be created first."""
    created = [change for change in changes if change.event is not None and change.start is not None]
    return tuple(sorted(created, key=lambda change: (str(change.start), change.uid))[:FIRST_EVENTS])
