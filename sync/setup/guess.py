"""The guess about a sheet, for a person to check: each column with its field, what words mean, the first events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from sync.models import Change, Lead, Moment, Table
from sync.reading.cells import shown
from sync.reading.columns import Columns

SAMPLE_ROWS = 3
FIRST_EVENTS = 5
OLD_AFTER_DAYS = 90
"""Rows without a younger date are counted as old, and `ignore_before` is offered."""

_DATES = (
    "received_at acknowledged_on applied_on last_inbound last_outbound under_consideration_on meeting_on interview_at"
    " offer_on promised_on follow_up_on they_decide_by travel_on"
)

MEANINGS: Mapping[str, str] = {
    "agency": "the staffing agency",
    "applied_on": "the day you applied",
    "channel": "how you are in touch (email, phone, linkedin ...)",
    "closes_on": "the last day on which you can apply",
    "company": "the company",
    "contact_email": "that person's mail address",
    "contact_name": "the person you deal with",
    "contact_phone": "that person's telephone number",
    "follow_up_on": "the day on which you want to follow up",
    "interview_at": "the interview",
    "last_inbound": "the day they last wrote or called",
    "last_outbound": "the day you last wrote or called",
    "meeting_on": "a meeting that is no interview",
    "offer_on": "the day of their offer",
    "outcome": "how it ended",
    "promised_on": "the day by which you promised something",
    "received_at": "the day the lead came in",
    "referrer": "who recommended you",
    "rejected_on": "the day they said no",
    "role": "the job",
    "source": "where you found it",
    "status": "how it stands",
    "they_decide_by": "the day by which they decide",
    "url": "the link to the job",
}
"""What a column may be asked about, in a person's words."""

STAGE_MEANINGS: Mapping[str, str] = {
    "idea": "found, nothing sent yet",
    "sent": "you applied or wrote, no answer yet",
    "in_touch": "they answered, you are talking",
    "assessment": "a test or a task to do",
    "interview": "an interview is planned or was held",
    "offer": "they made an offer",
    "accepted": "you took it",
    "rejected": "they said no",
    "withdrawn": "you said no",
    "no_answer": "over: they never answered",
    "on_hold": "waiting, nothing to do for now",
}
"""What a status word may stand for, in a person's words."""


class ColumnGuess(Struct, frozen=True):
    """One column as the guess shows it: field (empty where it is not read), why, and sample cells."""

    header: str
    field: str
    reason: str
    samples: tuple[str, ...]
    choices: tuple[str, ...] = ()
    """The fields it may hold, where that was not settled."""


def guess_columns(table: Table, columns: Columns) -> tuple[ColumnGuess, ...]:
    """Every named column with its field, the reason and the cells of the first rows, in the order of the sheet."""
    fields = {index: name for name, index in columns.fields.items()}
    rows = [row for row in table.rows[columns.header_index + 1 :] if any(value != "" for value in row.values)]
    guesses = []
    for index, header in enumerate(columns.headers):
        if not header:
            continue
        name = fields.get(index, "")
        reason = columns.reasons.get(name, "") if name else columns.unread.get(header, "not a header that is known")
        cells = [shown(row.values[index]) if index < len(row.values) else "" for row in rows[:SAMPLE_ROWS]]
        guesses.append(ColumnGuess(header, name, reason, tuple(cells), columns.asked.get(header, ())))
    return tuple(guesses)


def newest_date(lead: Lead) -> date | None:
    """The newest date that the row names."""
    moments: list[Moment | None] = [getattr(lead, name) for name in _DATES.split()]
    days = [moment.date() if isinstance(moment, datetime) else moment for moment in moments if moment is not None]
    return max(days, default=None)


def count_old(leads: Sequence[Lead], before: date) -> int:
    """How many rows have no date from this day on."""
    return sum((newest_date(lead) or date.max) < before for lead in leads)


def first_events(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The events that would be created first."""
    created = [change for change in changes if change.event is not None and change.start is not None]
    return tuple(sorted(created, key=lambda change: (str(change.start), change.uid))[:FIRST_EVENTS])
