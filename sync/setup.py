"""Setting up: the guess for a person to check, what a calendar does with it, and `followup.toml` with comments.

Pure: the command line asks the questions and writes the file. A guess that was shown and accepted is written down,
field by field, so that it never changes by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sync.errors import ConfigError
from sync.models import CalendarInfo, Change, Lead, Moment, Table
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
    "company": "the company",
    "contact_name": "the person you deal with",
    "contact_phone": "that person's telephone number",
    "follow_up_on": "the day on which you want to follow up",
    "interview_at": "the interview",
    "last_outbound": "the day you last wrote or called",
    "received_at": "the day the lead came in",
    "source": "where you found it",
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

_FEED = (
    "Rings: Google Calendar and Outlook never ring for a subscribed calendar; Apple's does without its Remove Alerts.",
    "Updates: every 8 to 24 hours in Google, about every 3 hours in Outlook, from 5 minutes to a week in Apple.",
    "Hosting: the file must lie at an https address that only you know; subscribe to that address, don't import it.",
    "Reactions: dragging, ticking and deleting are not seen in a subscribed calendar; a CalDAV calendar has them.",
)
_CALDAV = (
    "Updates: at once on the server; devices fetch it within minutes.",
    "Hosting: nothing; the events lie in your calendar.",
    "Reactions: drag an event to snooze it, delete it to drop it, put x or ✓ before its title when it is done.",
)


@dataclass(frozen=True, slots=True)
class Setup:
    """The answers. `source` and `target` hold the keys of their tables.

    `statuses` are the user's words whose stage was told, `words` those that stay unknown.
    """

    owner: str
    timezone: str
    source: Mapping[str, str]
    target: Mapping[str, str]
    holidays: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    words: Sequence[str] = ()
    ignore_before: date | None = None


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column as the guess shows it: field (empty where it is not read), why, and sample cells."""

    header: str
    field: str
    reason: str
    samples: tuple[str, ...]
    choices: tuple[str, ...] = ()
    """The fields it may hold, where that was not settled."""


def recognise_source(text: str) -> Mapping[str, str]:
    """The `[source]` keys for a file name or the address of a Google Sheet. Raises `ConfigError`."""
    given = text.strip()
    if re.match(r"https://docs\.google\.com/spreadsheets/", given):
        return {"type": "google_sheet", "sheet": given}
    if re.match(r"https?://", given):
        raise ConfigError(f"{given} is no Google Sheet; save the table as a file and give its name")
    if not given:
        raise ConfigError("the sheet is missing: give a file name or the address of a Google Sheet with --source")
    kind = "excel" if given.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")) else "csv"
    return {"type": kind, "path": given}


def recognise_target(text: str) -> Mapping[str, str]:
    """The `[target]` keys for a file name or the address of a CalDAV calendar. Raises `ConfigError`."""
    given = text.strip()
    if re.match(r"https?://", given):
        return {"type": "caldav", "url": given}
    if not given.lower().endswith((".ics", ".ical", ".ifb")):
        raise ConfigError(f"the calendar {given!r} is neither an .ics file nor an address beginning with https://")
    return {"type": "ics", "path": given}


def pick_calendar(calendars: Sequence[CalendarInfo], answer: str) -> CalendarInfo | None:
    """The usable calendar with this number (from 1) or name; None where there is none, or more than one."""
    text = answer.strip()
    named = [info for info in calendars if info.name == text]
    if not named and text.isascii() and text.isdigit() and 0 < int(text[:9]) <= len(calendars):
        named = [calendars[int(text[:9]) - 1]]
    return named[0] if len(named) == 1 and not named[0].trouble else None


def explain_target(target: Mapping[str, str]) -> tuple[str, ...]:
    """Whether the chosen calendar rings, how late it updates and what must be hosted, in plain sentences."""
    if target["type"] == "ics":
        return _FEED
    rings = "Rings: yes, on every device that shows this calendar."
    if "google" in target["url"]:
        rings = "Rings: yes; where we set no alarm, Google may add the calendar's own default."
    return (rings, *_CALDAV)


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


def choose_details(target_type: str, *, others_see_it: bool) -> str:
    """How much an event tells: everything in a calendar of one's own, no names where others may look."""
    return "short" if target_type == "ics" or others_see_it else "full"


def write_settings(setup: Setup) -> str:
    """The text of `followup.toml`, with comments for a person. The same answers give the same text."""
    lines = [
        "# Settings of followup, written by `followup init`. Change what you like; `followup check` tests it.",
        "",
        f"owner = {_quoted(setup.owner)}  # marks our events as ours; never change it once events exist",
        f"timezone = {_quoted(setup.timezone)}",
        f"holidays = {_quoted(setup.holidays)}"
        if setup.holidays
        else '# holidays = "US"  # country, or country and state ("US-NY", "DE-BY"): no follow-ups on public holidays',
        'work_hours = "09:00-17:30"',
        f"ignore_before = {_quoted(setup.ignore_before.isoformat())}"
        if setup.ignore_before
        else '# ignore_before = "2026-09-01"  # rows whose newest date is older make no events',
        "",
        "[source]",
        *(f"{key} = {_quoted(value)}" for key, value in setup.source.items()),
        "",
        "# Which column is read as what. A field with an empty header is not read.",
        "[source.columns]",
        *(f"{name} = {_quoted(header)}" for name, header in setup.columns.items()),
        "",
        "# What your own status words mean: idea, sent, in_touch, assessment, interview, offer, accepted, rejected,",
        "# withdrawn, no_answer or on_hold.",
        "[source.statuses]",
        *(f"{_quoted(word)} = {_quoted(stage)}" for word, stage in setup.statuses.items()),
        *(f'# {_quoted(word)} = "on_hold"' for word in setup.words),
        "",
        "[target]",
        *(f"{key} = {_quoted(value)}" for key, value in setup.target.items()),
        *_password_lines(setup.target),
    ]
    return "\n".join(lines) + "\n"


def _password_lines(target: Mapping[str, str]) -> list[str]:
    if target["type"] != "caldav":
        return []
    return [
        "# The password never stands here. Keep it in the system's keyring, or name a command that prints it:",
        '# password_command = ["pass", "show", "calendar"]',
    ]


def _quoted(text: str) -> str:
    """A TOML string: its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
