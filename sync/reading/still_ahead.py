"""Days of a status that were still to come when it was written: "meldet sich nach dem 10.12." tells of no message.

What such a day says depends on when somebody wrote it, and a row stays as it is when the day has passed. So the text is
remembered with the day on which it was first seen (`Written`); as long as it stays, so does what it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec.structs import replace

from sync.memory import LeadMemory
from sync.models import Lead, Written
from sync.moments import named_day
from sync.reading.standings import STILL_TO_COME


def keep_ahead(leads: Iterable[Lead], memory: Mapping[str, LeadMemory], today: date) -> list[Lead]:
    """The leads with the days of their statuses as the run took them that saw them first."""
    return [_keep(lead, memory.get(lead.key), today) if lead.status_text else lead for lead in leads]


def _keep(lead: Lead, known: LeadMemory | None, today: date) -> Lead:
    remembered = (known.written or {}) if known else {}
    for happened, expected in STILL_TO_COME.items():
        before = remembered.get(expected)
        seen = before if before is not None and before.text == lead.status_text else None
        if (day := _told(lead, expected)) is not None and day > today:
            lead = _remember(lead, expected, seen or Written(lead.status_text, on=today))
        elif seen is not None and (day := _told(lead, happened)) is not None and seen.on < day:
            lead = _remember(_put_back(lead, happened, expected, day), expected, seen)
        elif seen is not None and _told(lead, expected) is not None:
            lead = _remember(lead, expected, seen)
    return lead


def _told(lead: Lead, name: str) -> date | None:
    """The day of this fact, where the status told it."""
    value, column = getattr(lead, name), lead.columns.get(name)
    if not isinstance(value, date) or column is None or column not in map(lead.columns.get, ("status", "outcome")):
        return None
    return named_day(value)


def _put_back(lead: Lead, happened: str, expected: str, day: date) -> Lead:
    """The lead to which nothing has happened that day. Whose turn it is was told by the same words."""
    facts: dict[str, object] = {happened: None}
    if getattr(lead, expected) is None:
        facts[expected] = day
    if happened == "last_inbound" and lead.last_outbound is not None and named_day(lead.last_outbound) == day:
        facts["last_outbound"] = None
    columns = {**lead.columns, expected: lead.columns[happened]}
    return replace(lead, **facts, columns=columns)


def _remember(lead: Lead, name: str, written: Written) -> Lead:
    return replace(lead, written={**lead.written, name: written})
