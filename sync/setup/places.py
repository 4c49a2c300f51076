"""Where the sheet is and where the follow-ups go: what a person writes about it, taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sync.errors import ConfigError
from sync.models import CalendarInfo

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


def choose_details(target_type: str, *, others_see_it: bool) -> str:
    """How much an event tells: everything in a calendar of one's own, no names where others may look."""
    return "short" if target_type == "ics" or others_see_it else "full"
