"""The lead key, which outlives edits, sorting and corrected spelling: its forms, and what they are made of.

A lead that was never seen before takes the first form that is free (`remembered_leads`):

    id       the `id` column, where it does not just number the rows
    short    normalised company and role; without a company, contact and role
    long     short, contact, url, applied_on; for a double that comes later
    counted  long and a number, for rows that differ in other cells only

Normalisation is identity: **it may never change**, or every user's events double.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypedDict

from msgspec import Struct

from sync.models import Lead, Person

SEPARATOR = "\t"
"""Cannot stand in a normalised text, since white space is collapsed there."""


class Identity(Struct, frozen=True):
    """The cells by which a row is recognised. `cells` are all mapped cells; they only break ties."""

    id: str = ""
    company: str = ""
    role: str = ""
    contact: str = ""
    url: str = ""
    applied_on: date | None = None
    cells: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """The short form of the key."""
        return short_form(self.company, self.role, self.contact)


class Identities(Struct, frozen=True):
    """The identity cells of all rows, column by column: few rows are ever looked at as a whole."""

    ids: Sequence[str | None]
    companies: Sequence[str | None]
    roles: Sequence[str | None]
    people: Sequence[Person]
    urls: Sequence[str | None]
    days: Sequence[date | None]
    cells: Callable[[int], tuple[str, ...]]
    """All mapped cells of a row."""

    def __len__(self) -> int:
        return len(self.people)

    def __getitem__(self, index: int) -> Identity:
        return Identity(
            self.ids[index] or "",
            self.companies[index] or "",
            self.roles[index] or "",
            self.people[index].party,
            self.urls[index] or "",
            self.days[index],
            self.cells(index),
        )

    def short_forms(self) -> list[str]:
        """The short form of each row's key; a name that repeats itself is normalised once."""
        plain = {name: normalise_name(name or "") for name in {*self.companies, *self.roles}}
        return [
            _join_names(plain[company], plain[role], "" if plain[company] else person.party)
            for company, role, person in zip(self.companies, self.roles, self.people, strict=True)
        ]


class IdentityCells(TypedDict):
    """The identity cells as `LeadMemory` keeps them."""

    id: str
    company: str
    role: str
    contact: str
    url: str
    applied_on: date | None


def normalise_name(text: str) -> str:
    """One width, one case, single spaces, nothing invisible. Part of every identity; never to be changed."""
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    kept = "".join(char for char in folded if unicodedata.category(char) not in ("Cc", "Cf") or char.isspace())
    return " ".join(kept.split())


def identity_cells(lead: Lead) -> IdentityCells:
    """What memory keeps of a lead so that its row is recognised next time."""
    return IdentityCells(
        id=lead.id,
        company=lead.company,
        role=lead.role,
        contact=lead.contact.party,
        url=lead.url,
        applied_on=lead.applied_on,
    )


def key_forms(lead: Lead) -> tuple[str, ...]:
    """Every key this lead may have been given, its present one first: tried when memory was lost."""
    row = Identity(**identity_cells(lead))
    forms = (lead.key, _id_form(row.id) if row.id else row.short, row.short, _long_form(row, row.short))
    return tuple(dict.fromkeys(forms))


def numbers_rows(ids: Iterable[str]) -> bool:
    """Whether an id column just numbers the rows: whole numbers without a gap from 0, 1 or 2 on, in any order."""
    texts = list(ids)
    if not texts or not all(text.isascii() and text.isdigit() and len(text) < 8 for text in texts):
        return False
    numbers = {int(text) for text in texts}
    return len(numbers) == len(texts) and min(numbers) <= 2 and max(numbers) - min(numbers) == len(numbers) - 1


def short_form(company: str, role: str, contact: str) -> str:
    """The form that most leads have."""
    return _join_names(normalise_name(company), normalise_name(role), contact)


def free_form(row: Identity, short: str, used: set[str]) -> str:
    """The first form of this row's key that nobody has."""
    if row.id and (form := _id_form(row.id)) not in used:
        return form
    if short not in used:
        return short
    long = form = _long_form(row, short)
    count = 1
    while form in used:
        count += 1
        form = f"{long}{SEPARATOR}{count}"
    return form


def _join_names(company: str, role: str, contact: str) -> str:
    return f"{company}{SEPARATOR}{role}" if company else f"{SEPARATOR}{normalise_name(contact)}{SEPARATOR}{role}"


def _id_form(id: str) -> str:
    return f"{SEPARATOR}{SEPARATOR}{normalise_name(id)}"


def _long_form(row: Identity, short: str) -> str:
    applied = row.applied_on.isoformat() if row.applied_on else ""
    return SEPARATOR.join((short, normalise_name(row.contact), row.url.strip(), applied))
