"""A touch into the event a calendar shows.

Details decide how much of a lead leaves the sheet: everything, a title with initials, or the bare word. The row's
number never stands in the text: it is a field of its own and not compared.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sync.config import Settings
from sync.models import Abilities, Event, Moment, Touch, TouchClass

MARK = "followup"
"""The first category of every event, so that a calendar can filter ours."""

COLORS = {
    TouchClass.ASKING: "steelblue",
    TouchClass.OBLIGATION: "crimson",
    TouchClass.ONCE_EXEMPT: "seagreen",
    TouchClass.RELATION: "goldenrod",
    TouchClass.SELF: "slategray",
}
"""Colour names of RFC 7986 5.9 (CSS3)."""


PREPARED = timedelta(minutes=30)
"""Nobody wants to be reminded of an interview when it begins."""


def to_event(touch: Touch, *, settings: Settings, abilities: Abilities) -> Event:
    """The event of this touch with the details, style and alarm the settings ask for."""
    target = settings.target
    start, end = _span(touch, all_day=target.style == "all-day", settings=settings)
    full = target.details == "full"
    return Event(
        uid=touch.uid,
        start=start,
        end=end,
        zone=touch.zone,
        summary=touch.summary if full else touch.discreet,
        description=touch.description if full else "",
        categories=(MARK, touch.kind.value),
        tentative=touch.tentative,
        alarm=_before_start(touch, start, settings=settings),
        url=touch.url if full else "",
        color=COLORS[touch.kind],
        busy=touch.busy,
        row=touch.row or "",
        address=touch.address if full else "",
    )


def _before_start(touch: Touch, start: Moment, *, settings: Settings) -> timedelta | None:
    """How long before the event's start it rings. An all-day event rings at the hour the touch would have had."""
    minutes = settings.target.alarm_minutes
    if not touch.alarm or minutes == "none" or not isinstance(touch.start, datetime):
        return None
    early = timedelta(minutes=minutes)
    if touch.busy:
        early = max(early, PREPARED)
    if isinstance(start, datetime):
        return early
    midnight = datetime.combine(start, time(), settings.zone)
    return early - (touch.start.astimezone(UTC) - midnight.astimezone(UTC))


def _span(touch: Touch, *, all_day: bool, settings: Settings) -> tuple[Moment, Moment]:
    """All-day moves only what has no hour of its own: no deadline, no pin."""
    if all_day and touch.deadline is None and not touch.pinned and not touch.busy and isinstance(touch.start, datetime):
        day = touch.start.astimezone(settings.zone).date()
        return day, day + timedelta(days=1)
    return touch.start, touch.end
