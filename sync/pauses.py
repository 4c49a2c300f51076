"""Pauses as a person is told of them: which are on or to come, and each in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sync.safe_text import clean
from sync.texts import Wording, load_screens

if TYPE_CHECKING:
    from sync.config import Pause


def pauses_ahead(pauses: Iterable[Pause], today: date, *, days: int | None = None) -> tuple[Pause, ...]:
    """Those that are not over, or of them those that begin within so many days, the nearest first."""
    limit = None if days is None else today + timedelta(days=days)
    ahead = (one for one in pauses if one.last >= today and (limit is None or one.first <= limit))
    return tuple(sorted(ahead, key=lambda one: one.first))


def tell_pause(pause: Pause, today: date, words: Wording | None = None) -> str:
    """One sentence about a pause that is on or to come."""
    reason = f" ({clean(pause.reason)})" if pause.reason else ""
    words = words or load_screens("en")
    first, last = (f"{words.day(day)} {day.year}" for day in (pause.first, pause.last))
    return words.say("pause.ahead" if pause.first > today else "pause.on", first=first, last=last, reason=reason)


def pause_documents(pauses: Iterable[Pause]) -> list[Mapping[str, str]]:
    """The same for scripts, with the names that they have in the configuration."""
    return [{"from": one.first.isoformat(), "to": one.last.isoformat(), "reason": clean(one.reason)} for one in pauses]
