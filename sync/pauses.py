"""Pauses as a person is told of them: which are on or to come, and each in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sync.safe_text import clean

if TYPE_CHECKING:
    from sync.config import Pause


def pauses_ahead(pauses: Iterable[Pause], today: date, *, days: int | None = None) -> tuple[Pause, ...]:
    """Those that are not over, or of them those that begin within so many days, the nearest first."""
    limit = None if days is None else today + timedelta(days=days)
    ahead = (one for one in pauses if one.last >= today and (limit is None or one.first <= limit))
    return tuple(sorted(ahead, key=lambda one: one.first))


def tell_pause(pause: Pause, today: date) -> str:
    """One sentence about a pause that is on or to come."""
    reason = f" ({clean(pause.reason)})" if pause.reason else ""
    if pause.first > today:
        return f"A pause is to come, {_said(pause.first)} to {_said(pause.last)}{reason}: nothing new begins in it."
    return f"Paused until {_said(pause.last)}{reason}: nothing new begins before it is over."


def pause_documents(pauses: Iterable[Pause]) -> list[Mapping[str, str]]:
    """The same for scripts, with the names that they have in the configuration."""
    return [{"from": one.first.isoformat(), "to": one.last.isoformat(), "reason": clean(one.reason)} for one in pauses]


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b} {day.year}"
