"""Who is who in the sheet: the lead key, which outlives edits, sorting and corrected spelling (DESIGN 6).

Forms of a key, the first that is free is taken by a lead that was never seen before:

    id       the `id` column, where it does not just number the rows
    short    normalised company and role; without a company, contact and role
    long     short, contact, url, applied_on; for a double that comes later
    counted  long and a number, for rows that differ in other cells only

A lead keeps the key it first got; memory decides, not the form. Rows are matched with memory by id and name, by id, by
name, and what is left over on both sides by likeness: a corrected spelling is the same lead, reported as renamed.
Nothing depends on the order of rows. Normalisation is identity: **it may never change**, or every user's events double.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TypedDict

from sync.models import Lead
from sync.reconcile.memory import LeadMemory

_SEPARATOR = "\t"
"""Cannot stand in a normalised text, since white space is collapsed there."""
_SIMILAR = 0.8
_ENOUGH = 3
"""Points of likeness from which an unmatched row and a vanished lead are the same lead."""
_MANY = 250_000
"""Pairs up to which every row of a group of doubles is compared with every remembered one."""


@dataclass(frozen=True, slots=True)
class Identity:
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
        return _short_form(self.company, self.role, self.contact)


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of each row, in the order of the rows, and which remembered lead was recognised in a new spelling."""

    keys: tuple[str, ...]
    renamed: Mapping[int, LeadMemory]
    remembered: frozenset[int]
    """Rows that memory knew."""


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
    return tuple(dict.fromkeys((lead.key, *_forms(Identity(**identity_cells(lead))))))


def numbers_rows(ids: Iterable[str]) -> bool:
    """Whether an id column just numbers the rows: whole numbers without a gap from 0, 1 or 2 on, in any order."""
    texts = list(ids)
    if not texts or not all(text.isascii() and text.isdigit() and len(text) < 8 for text in texts):
        return False
    numbers = {int(text) for text in texts}
    return len(numbers) == len(texts) and min(numbers) <= 2 and max(numbers) - min(numbers) == len(numbers) - 1


def assign_keys(
    rows: Sequence[Identity], memory: Mapping[str, LeadMemory], *, silent: frozenset[int] = frozenset()
) -> Keys:
    """A key for each row. The same rows in another order get the same keys.

    `silent` rows are recognised like the others, but a new one gets no key: there is nothing to identify.
    """
    matching = _Matching(rows, memory)
    matching.by_id()
    matching.by_name()
    renamed = matching.by_likeness()
    recognised = frozenset(matching.keys)
    matching.name_the_rest(silent)
    return Keys(tuple(matching.keys.get(index, "") for index in range(len(rows))), renamed, recognised)


def _short_form(company: str, role: str, contact: str) -> str:
    name, job = normalise_name(company), normalise_name(role)
    return _SEPARATOR.join((name, job) if name else ("", normalise_name(contact), job))


def _forms(row: Identity) -> tuple[str, ...]:
    short = row.short
    return (_id_form(row.id), short, _long_form(row, short)) if row.id else (short, _long_form(row, short))


def _id_form(id: str) -> str:
    return f"{_SEPARATOR}{_SEPARATOR}{normalise_name(id)}"


def _long_form(row: Identity, short: str) -> str:
    applied = row.applied_on.isoformat() if row.applied_on else ""
    return _SEPARATOR.join((short, normalise_name(row.contact), row.url.strip(), applied))


def _free_form(row: Identity, short: str, used: set[str]) -> str:
    """The first form of this row's key that nobody has."""
    if row.id and (form := _id_form(row.id)) not in used:
        return form
    if short not in used:
        return short
    long = form = _long_form(row, short)
    count = 1
    while form in used:
        count += 1
        form = f"{long}{_SEPARATOR}{count}"
    return form


def _age_first(row: Identity) -> tuple[object, ...]:
    """The order among doubles: who applied first is the older lead."""
    return (row.applied_on is None, row.applied_on or date.min, row.contact, row.url, row.id, row.cells)


class _Matching:
    """Rows and remembered leads, being brought together; what is matched is taken from both sides."""

    def __init__(self, rows: Sequence[Identity], memory: Mapping[str, LeadMemory]) -> None:
        self.rows = rows
        self.memory = memory
        self.shorts = [row.short for row in rows]
        self.left = dict(memory)
        self.left_shorts = {key: _remembered_short(entry) for key, entry in memory.items()}
        self.keys: dict[int, str] = {}

    def _match(self, index: int, key: str) -> None:
        self.keys[index] = key
        del self.left[key]

    def _open(self) -> Iterable[int]:
        return (index for index in range(len(self.rows)) if index not in self.keys)

    def by_id(self) -> None:
        """The same id, first where the name agrees too. Renumbered rows are told by their names, not by the number."""
        if not any(entry.id for entry in self.left.values()):
            return
        groups: dict[str, tuple[list[int], list[str]]] = defaultdict(lambda: ([], []))
        for index in self._open():
            if self.rows[index].id:
                groups[normalise_name(self.rows[index].id)][0].append(index)
        for key, entry in self.left.items():
            if entry.id:
                groups[normalise_name(entry.id)][1].append(key)
        for indexes, keys in groups.values():
            self._pair(indexes, keys, lambda i, key: self.shorts[i] == self.left_shorts[key])
        open_shorts = {self.shorts[index] for index in self._open()}
        left_shorts = {self.left_shorts[key] for key in self.left}
        for indexes, keys in groups.values():
            self._pair(
                [i for i in indexes if i not in self.keys],
                [key for key in keys if key in self.left],
                lambda i, key: not (self.shorts[i] in left_shorts and self.left_shorts[key] in open_shorts),
            )

    def by_name(self) -> None:
        """The same company and role; of several doubles those that have most other cells in common."""
        by_short: dict[str, list[str]] = defaultdict(list)
        for key in self.left:
            by_short[self.left_shorts[key]].append(key)
        groups: dict[str, list[int]] = defaultdict(list)
        if by_short:
            for index in self._open():
                if self.shorts[index] in by_short:
                    groups[self.shorts[index]].append(index)
        for short, indexes in groups.items():
            self._pair(indexes, by_short[short], lambda i, key: True)

    def by_likeness(self) -> Mapping[int, LeadMemory]:
        """A corrected spelling: enough in common, and nobody else on either side has as much."""
        renamed: dict[int, LeadMemory] = {}
        if not self.left:
            return renamed
        places: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key, entry in self.left.items():
            for place in _places(entry.company, entry.role, entry.contact, entry.url, entry.applied_on):
                places[place].append(key)
        scores: list[tuple[int, int, str]] = []
        for index in self._open():
            row = self.rows[index]
            near = {
                key
                for place in _places(row.company, row.role, row.contact, row.url, row.applied_on)
                for key in places.get(place, ())[:50]
            }
            scores += [(score, index, key) for key in near if (score := _likeness(row, self.left[key])) >= _ENOUGH]
        best_of_row, best_of_key = _best(scores, 1), _best(scores, 2)
        for score, index, key in scores:
            if best_of_row[index] == (score, 1) and best_of_key[key] == (score, 1):
                renamed[index] = self.left[key]
        for index, entry in renamed.items():
            self._match(index, entry.key)
        return renamed

    def name_the_rest(self, silent: frozenset[int]) -> None:
        """New leads, the oldest first, each with the first form that nobody has or ever had."""
        used = set(self.memory) | set(self.keys.values())
        doubles: dict[str, list[int]] = defaultdict(list)
        for index in self._open():
            if index in silent:
                continue
            doubles[self.shorts[index]].append(index)
        for short in sorted(doubles):
            indexes = doubles[short]
            if len(indexes) == 1 and not self.rows[indexes[0]].id and short not in used:
                used.add(short)
                self.keys[indexes[0]] = short
                continue
            for index in sorted(indexes, key=lambda index: _age_first(self.rows[index])):
                self.keys[index] = _free_form(self.rows[index], short, used)
                used.add(self.keys[index])

    def _pair(self, indexes: list[int], keys: list[str], allowed: object) -> None:
        """Match rows of one group with remembered leads of the same group, the likest first."""
        assert callable(allowed)
        if not indexes or not keys:
            return
        if len(indexes) == 1 and len(keys) == 1:
            if allowed(indexes[0], keys[0]):
                self._match(indexes[0], keys[0])
            return
        ordered = sorted(indexes, key=lambda index: _age_first(self.rows[index]))
        if len(indexes) * len(keys) > _MANY:
            pairs = [
                (0, place, index, key) for place, (index, key) in enumerate(zip(ordered, sorted(keys), strict=False))
            ]
        else:
            pairs = [
                (-_agreement(self.rows[index], self.memory[key]), place, index, key)
                for place, index in enumerate(ordered)
                for key in keys
            ]
        for _, _, index, key in sorted(pairs, key=lambda pair: (pair[0], pair[1], pair[3])):
            if index not in self.keys and key in self.left and allowed(index, key):
                self._match(index, key)


def _remembered_short(entry: LeadMemory) -> str:
    if not (entry.company or entry.contact):
        return entry.key
    return _short_form(entry.company, entry.role, entry.contact)


def _agreement(row: Identity, entry: LeadMemory) -> int:
    return (
        8 * (bool(row.id) and row.id == entry.id)
        + 4 * (row.contact == entry.contact)
        + 2 * (row.url == entry.url)
        + 1 * (row.applied_on == entry.applied_on)
    )


def _places(company: str, role: str, contact: str, url: str, applied_on: date | None) -> Iterable[tuple[str, str]]:
    """Under which words a lead is looked up by likeness."""
    if company:
        yield "company", normalise_name(company)
    if contact:
        yield "contact", normalise_name(contact)
    if url:
        yield "url", url
    if role:
        yield "role", f"{normalise_name(role)}{_SEPARATOR}{applied_on or ''}"


def _likeness(row: Identity, entry: LeadMemory) -> int:
    company = _alike(row.company, entry.company)
    link = bool(row.url) and row.url == entry.url
    if not company and not link:
        return 0
    return (
        company
        + _alike(row.role, entry.role)
        + 3 * link
        + 2 * (bool(row.contact) and row.contact == entry.contact)
        + (row.applied_on is not None and row.applied_on == entry.applied_on)
    )


def _alike(one: str, other: str) -> int:
    """2 for the same, 1 for a spelling of it, 0 for something else."""
    left, right = normalise_name(one), normalise_name(other)
    if left == right:
        return 2 if left else 0
    if not left or not right:
        return 1 if left or right else 0
    if min(len(left), len(right)) < 3:
        return 0
    return int(SequenceMatcher(None, left[:100], right[:100], autojunk=False).ratio() >= _SIMILAR)


def _best(scores: Iterable[tuple[int, int, str]], place: int) -> Mapping[object, tuple[int, int]]:
    """For each row or key its best score and how many have it."""
    best: dict[object, tuple[int, int]] = {}
    for entry in scores:
        score, (top, count) = entry[0], best.get(entry[place], (0, 0))
        if score >= top:
            best[entry[place]] = (score, count + 1 if score == top else 1)
    return best
