"""What an event says: title and description, filled from the sheet and from nothing else.

Everything that comes from the sheet is bounded and stripped of control characters. No text holds a quantity that
depends on the moment of the run, nor the row's number, so that an unchanged event stays unchanged.
"""

from __future__ import annotations

import re

from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft

MAX_CELL = 200
"""Characters of a cell that are shown."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


def clean(text: str, *, limit: int = MAX_CELL) -> str:
    """One line of plain text, bounded."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def who_of(draft: Draft) -> str:
    """The recipient and the firm, as the sheet spells them."""
    if draft.case is None:
        return ""
    lead = draft.case.lead
    parts = [clean(draft.person.name or draft.person.email), clean(lead.company)]
    return ", ".join(dict.fromkeys(part for part in parts if part))


def initials(name: str) -> str:
    """`A. R.` for Ana Reed."""
    return " ".join(f"{word[0].upper()}." for word in clean(name).split()[:3] if word[0].isalpha())


def title_of(draft: Draft, *, desk: Desk) -> str:
    """The event's title."""
    lead = draft.case.lead if draft.case else None
    return desk.say(
        f"title.{draft.rule.id}", who=who_of(draft), lead=clean(lead.label) if lead else "", **draft.facts
    ).strip()


def description_of(draft: Draft, *, desk: Desk) -> str:
    """The event's description."""
    return f"{draft.rule.id}: {draft.rule.advice}\n" + "\n".join(draft.reason)
