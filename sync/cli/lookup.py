"""Which leads of a sheet somebody means who types a part of a name, or a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sync.errors import ConfigError

if TYPE_CHECKING:
    from sync.models import Lead, Leads
    from sync.texts import Wording


def find_leads(leads: Leads, text: str, words: Wording) -> list[Lead]:
    """The leads whose company, role, contact, agency or row is meant. Raises `ConfigError` if there is none.

    Of a row that is there it is never said that it is not.
    """
    if found := leads_called(leads, text):
        return found
    for row, reasons in find_left_out(leads, text, words).items():
        raise ConfigError(words.say("lookup.left_out", row=row, why="; ".join(reasons)))
    raise ConfigError(words.say("lookup.none", text=repr(text)))


def leads_called(leads: Leads, text: str) -> list[Lead]:
    """The same, none where there is none."""
    wanted = text.casefold().strip()
    return [
        known
        for known in leads.leads
        if wanted in known.label.casefold()
        or wanted in known.contact.name.casefold()
        or wanted in known.agency.casefold()
        or wanted in (str(known.row_number), known.row.casefold())
    ]


def find_left_out(leads: Leads, text: str, words: Wording) -> dict[str, list[str]]:
    """The rows meant that are no lead of their own, each with the reasons."""
    wanted = text.casefold().strip()
    rows = [
        row
        for row, cells in leads.left_out.items()
        if wanted in (row.casefold(), row.rpartition(":")[2]) or (wanted and wanted in cells.casefold())
    ]
    found: dict[str, list[str]] = {}
    for row in rows:
        problems = [problem for problem in leads.problems if problem.row == row]
        said = [f"{one.column}: " + (f"“{one.value}” " if one.value else "") + one.reason for one in problems]
        said += [note.reason for note in leads.notes if row in re.split(r"[\s,]+", note.reason)]
        found[row] = said or [words.say("lookup.no_plan")]
    return found
