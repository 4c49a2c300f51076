"""Days and hours as a person says them, and how near they are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sync.models import Moment
from sync.texts import Wording, load_screens

ENGLISH = load_screens("en")


def day_name(day: date, today: date, words: Wording = ENGLISH) -> str:
    """A day as a person says it; the year only where it is another than today's."""
    return words.day(day, width=2) + (f" {day.year}" if day.year != today.year else "")


def distance(day: date, today: date, words: Wording = ENGLISH) -> str:
    """How far a day is from today."""
    ahead = (day - today).days
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(ahead, "ahead" if ahead > 0 else "back")
    return f"  {words.say(f'span.{near}', days=abs(ahead))}"


def urgency(day: date, today: date) -> str:
    """Red for what has passed, yellow for today, bright for the week ahead, calm for the rest."""
    ahead = (day - today).days
    return "bold red" if ahead < 0 else "bold yellow" if ahead == 0 else "bold" if ahead <= 7 else "bold dim"


def hour_of(moment: Moment | None, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}" if isinstance(moment, datetime) else "     "


def when(moment: Moment | None, zone: ZoneInfo, words: Wording = ENGLISH) -> str:
    """A start as a person reads it, in the seeker's zone, always of one width."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        moment = moment.astimezone(zone)
        return f"{words.weekday(moment)} {moment:%Y-%m-%d %H:%M}"
    return f"{words.weekday(moment)} {moment:%Y-%m-%d}      "


def length_of(span: timedelta, words: Wording = ENGLISH) -> str:
    """Hours, and days from two of them on."""
    hours = int(span.total_seconds() // 3600)
    return words.say("span.hours", count=hours) if hours < 48 else words.say("span.days", count=hours // 24)


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
