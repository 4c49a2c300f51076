"""The record of contacts as a work-search log: date, employer, person, method, position, result, known by.

Only facts: what the sheet says was sent or answered, what the user ticked in the calendar or said to be done. A touch
that was planned, assumed or missed is no contact. The record may be handed to an office, so nothing in it is guessed; a
cell that is not known stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from sync.memory import LeadMemory, Memory, Reaction, TouchMemory
from sync.models import Lead
from sync.moments import day_of
from sync.safe_text import defuse

SHEET, TICK, WORD = "sheet", "tick", "your word"
"""The last is what `followup done` or the column `done_on` said."""


class Contact(Struct, frozen=True, order=True):
    """One contact with an employer, on one day in the seeker's zone."""

    date: date
    employer: str
    person: str = ""
    method: str = ""
    position: str = ""
    result: str = ""
    known_by: str = SHEET


def record_contacts(
    leads: Sequence[Lead], memory: Memory, *, zone: tzinfo, touching: frozenset[str]
) -> tuple[Contact, ...]:
    """All contacts, oldest first, each once. `touching` are the rules whose tick is a contact with somebody.

    A tick on the day of a contact that the sheet names is the same contact; what was said of it is its result.
    """
    found: dict[tuple[date, str, str], Contact] = {}
    for lead in leads:
        for contact in _from_row(lead, zone):
            found.setdefault((contact.date, lead.key, contact.method), contact)
    in_sheet = {(day, key): (day, key, method) for day, key, method in found}
    by_key = {lead.key: lead for lead in leads}
    for touch in memory.touches.values():
        if (
            touch.reaction is not Reaction.TICKED
            or touch.done_on is None
            or touch.assumed
            or touch.rule not in touching
        ):
            continue
        if place := in_sheet.get((touch.done_on, touch.lead_key)):
            if touch.said and not found[place].result:
                found[place] = replace(found[place], result=touch.said)
            continue
        known = by_key.get(touch.lead_key) or memory.leads.get(touch.lead_key)
        if known is not None:
            found[touch.done_on, touch.lead_key, touch.uid] = _from_touch(known, touch)
    return tuple(sorted(found.values()))


def _from_row(lead: Lead, zone: tzinfo) -> Iterable[Contact]:
    """What the row says was sent: the application, the last message, the interview that its result proves."""
    employer, person = lead.company or lead.contact.name or lead.contact.email, lead.contact.name or lead.contact.email
    last = day_of(lead.last_outbound, zone) if lead.last_outbound is not None else None
    if lead.applied_on is not None and lead.applied_on != last:
        yield Contact(lead.applied_on, employer, person, lead.channel, lead.role, "")
    if last is not None:
        method = lead.last_outbound_channel or lead.channel
        yield Contact(last, employer, person, method, lead.role, lead.last_result)


def _from_touch(known: Lead | LeadMemory, touch: TouchMemory) -> Contact:
    assert touch.done_on is not None
    day, party, said, known_by = touch.done_on, touch.party, touch.said, WORD if touch.told else TICK
    if isinstance(known, LeadMemory):
        return Contact(day, known.company or known.contact, party or known.contact, "", known.role, said, known_by)
    person = known.contact.name or known.contact.email
    if party and party != known.contact.party:
        person = party
    return Contact(day, known.company or person, person, "", known.role, said, known_by)


def contacts_csv(contacts: Iterable[Contact] | Mapping[str, Iterable[Contact]]) -> str:
    """The record as CSV, of several seekers with a column of their names before the others.

    A cell that a spreadsheet would take for a formula is marked as text with an apostrophe.
    """
    head = [name.replace("_", " ") for name in Contact.__struct_fields__]
    if isinstance(contacts, Mapping):
        rows = [[who, *_cells(contact)] for who, theirs in contacts.items() for contact in theirs]
        head = ["seeker", *head]
    else:
        rows = [_cells(contact) for contact in contacts]
    return "".join(",".join(_csv_cell(cell) for cell in row) + "\r\n" for row in (head, *rows))


def _cells(contact: Contact) -> list[str]:
    return [str(getattr(contact, name)) for name in Contact.__struct_fields__]


def contact_rows(contacts: Iterable[Contact]) -> list[Mapping[str, str]]:
    """The record for JSON."""
    return [{name: str(getattr(contact, name)) for name in Contact.__struct_fields__} for contact in contacts]


def _csv_cell(text: str) -> str:
    harmless = defuse(text)
    return '"' + harmless.replace('"', '""') + '"' if re.search(r'[",;\t|\r\n]', harmless) else harmless
