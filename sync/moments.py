"""Days and instants: a moment in a calendar is the one or the other, and each has its day in the seeker's zone."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from sync.models import Moment


def day_of(moment: Moment, zone: tzinfo) -> date:
    """The civil day of a moment in this zone."""
    return moment.astimezone(zone).date() if isinstance(moment, datetime) else moment


def same_moment(one: Moment | None, other: Moment | None) -> bool:
    """Whether both are the same day, or the same instant. A day never equals an instant."""
    return isinstance(one, datetime) == isinstance(other, datetime) and one == other
