"""Where the sheet is and where the follow-ups go: what a person writes about it, taken apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import unquote, urlsplit

from sync.errors import ConfigError
from sync.models import CalendarInfo
from sync.safe_text import holds_login


def clean_path(text: str, *, home: str, windows: bool = False) -> str:
    """A path as terminals and file managers hand it over: quoted, with escaped blanks, as file:// or with ~."""
    path = text.strip().removeprefix("& ")
    if len(path) > 1 and path[0] == path[-1] and path[0] in "'\"":
        path = path[1:-1]
    elif not windows:
        path = re.sub(r"\\(.)", r"\1", path)
    if path.casefold().startswith("file:"):
        path = unquote(urlsplit(path).path)
        path = path.removeprefix("/") if windows else path
    if path == "~" or path.startswith(("~/", "~\\")):
        path = home + path[1:]
    return path


def recognise_source(text: str) -> Mapping[str, str]:
    """The `[source]` keys for a file name or the address of a Google Sheet. Raises `ConfigError`."""
    given = text.strip()
    if holds_login(given):
        raise ConfigError("the address holds a name or a password before its host, which is never kept in a file")
    if re.match(r"https://docs\.google\.com/spreadsheets/", given):
        return {"type": "google_sheet", "sheet": given}
    if re.match(r"https?://", given):
        raise ConfigError(f"{given} is no Google Sheet; save the table as a file and give its name")
    if not given:
        raise ConfigError("the sheet is missing: give a file name or the address of a Google Sheet with --source")
    kind = "excel" if given.lower().endswith((".xlsx", ".xlsm", ".xls", ".ods")) else "csv"
    return {"type": kind, "path": given}


def pick_calendar(calendars: Sequence[CalendarInfo], answer: str) -> CalendarInfo | None:
    """The usable calendar with this number (from 1) or name; None where there is none, or more than one."""
    text = answer.strip()
    named = [info for info in calendars if info.name == text]
    if not named and text.isascii() and text.isdigit() and 0 < int(text[:9]) <= len(calendars):
        named = [calendars[int(text[:9]) - 1]]
    return named[0] if len(named) == 1 and not named[0].trouble else None


def explain_target(target: Mapping[str, str | Sequence[str]]) -> str:
    """The phrase that says whether the chosen calendar rings, how late it updates and what must be hosted."""
    if target["type"] == "ics":
        return "is_feed"
    return "is_google" if "google" in str(target["url"]) else "is_account"
