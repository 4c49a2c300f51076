"""Days and hours as a person says them, and how near they are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sync.models import Moment


def day_name(day: date, today: date) -> str:
    """A day as a person says it; the year only where it is another than today's."""
    return f"{day:%a} {day.day:2} {day:%b}" + (f" {day.year}" if day.year != today.year else "")


def distance(day: date, today: date) -> str:
    ahead = (day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return "  " + near.get(ahead, f"in {ahead} days" if ahead > 0 else f"{-ahead} days ago")


def urgency(day: date, today: date) -> str:
    """Red for what has passed, yellow for today, bright for the week ahead, calm for the rest."""
    ahead = (day - today).days
    return "bold red" if ahead < 0 else "bold yellow" if ahead == 0 else "bold" if ahead <= 7 else "bold dim"


def hour_of(moment: Moment | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}" if isinstance(moment, datetime) else "     "


def when(moment: Moment | None, zone: ZoneInfo) -> str:
    """A start as a person reads it, in the seeker's zone, always of one width."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"
    return f"{moment:%a %Y-%m-%d}      "


def ago(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
