"""Who is who in the sheet: every row gets the key of the lead it is about, in whatever order the rows stand.

A lead keeps the key it first got; memory decides, not the form. Rows are matched with memory by id and name, by id, by
name, and what is left over on both sides by likeness: a corrected spelling is the same lead, reported as renamed. Rows
that match nothing are new leads and take the first form of a key (`keys`) that nobody has.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import SequenceMatcher
from unicodedata import combining, normalize

from msgspec import Struct

from sync.memory import LeadMemory
from sync.reading.keys import SEPARATOR, Identities, Identity, free_form, normalise_name, short_form
from sync.reading.organisations import bare_words

_SIMILAR = 0.8
_ENOUGH = 3
"""Points of likeness from which an unmatched row and a vanished lead are the same lead."""
_MANY = 250_000
"""Pairs up to which every row of a group of doubles is compared with every remembered one."""


class Keys(Struct, frozen=True):
    """The key of each row, in the order of the rows, and which remembered lead was recognised in a new spelling."""

    keys: tuple[str, ...]
    renamed: Mapping[int, LeadMemory]
    remembered: frozenset[int]
    """Rows that memory knew."""


def assign_keys(rows: Identities, memory: Mapping[str, LeadMemory], *, silent: frozenset[int] = frozenset()) -> Keys:
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


def _age_first(row: Identity) -> tuple[object, ...]:
    """The order among doubles: who applied first is the older lead."""
    return (row.applied_on is None, row.applied_on or date.min, row.contact, row.url, row.id, row.cells)


class _Matching:
    """Rows and remembered leads, being brought together; what is matched is taken from both sides."""

    def __init__(self, rows: Identities, memory: Mapping[str, LeadMemory]) -> None:
        self.rows = rows
        self.memory = memory
        self.shorts = rows.short_forms()
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
            if row_id := self.rows.ids[index]:
                groups[normalise_name(row_id)][0].append(index)
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
        rest = [index for index in self._open() if index not in silent]
        counts = Counter(map(self.shorts.__getitem__, rest))
        doubles: dict[int, Identity] = {}
        for index in rest:
            short = self.shorts[index]
            if counts[short] == 1 and not self.rows.ids[index] and short not in used:
                self.keys[index] = short
            else:
                doubles[index] = self.rows[index]
        used |= set(self.keys.values())
        for index in sorted(doubles, key=lambda index: (self.shorts[index], _age_first(doubles[index]))):
            self.keys[index] = free_form(doubles[index], self.shorts[index], used)
            used.add(self.keys[index])

    def _pair(self, indexes: list[int], keys: list[str], allowed: Callable[[int, str], bool]) -> None:
        """Match rows of one group with remembered leads of the same group, the likest first."""
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
    return short_form(entry.company, entry.role, entry.contact)


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
        yield from (("firm", word) for word in bare_words(_without_accents(company))[:1])
    if contact:
        yield "contact", normalise_name(contact)
    if url:
        yield "url", url
    if role:
        yield "role", f"{normalise_name(role)}{SEPARATOR}{applied_on or ''}"
    if company and not (role or contact or url):
        yield "bare", f"{applied_on or ''}"


def _likeness(row: Identity, entry: LeadMemory) -> int:
    company = _alike_firms(row.company, entry.company)
    link = bool(row.url) and row.url == entry.url
    if not (company or link or _is_same_application(row, entry)):
        return 0
    return (
        company
        + (2 if company and _is_all_the_same(row, entry) else _alike(row.role, entry.role))
        + 3 * link
        + 2 * (bool(row.contact) and row.contact == entry.contact)
        + (row.applied_on is not None and row.applied_on == entry.applied_on)
    )


def _is_all_the_same(row: Identity, entry: LeadMemory) -> bool:
    """Whether nothing but the firm tells the row from others, and nothing but its spelling changed."""
    same = (row.contact, row.url, row.applied_on) == (entry.contact, entry.url, entry.applied_on)
    return same and not row.role and not entry.role


def _is_same_application(row: Identity, entry: LeadMemory) -> bool:
    """One person, one role and one day say whose row it is, whatever the firm is called now."""
    same_day = row.applied_on is not None and row.applied_on == entry.applied_on
    return same_day and bool(row.contact) and row.contact == entry.contact and _alike(row.role, entry.role) == 2


def _alike_firms(one: str, other: str) -> int:
    """As `_alike`; a legal form changes nothing (`Acme, Inc.`), a word more is a spelling (`Acme Publishing`)."""
    left, right = bare_words(_without_accents(one)), bare_words(_without_accents(other))
    if left and left == right:
        return 2
    fewer, more = sorted((left, right), key=len)
    return int(bool(fewer) and more[: len(fewer)] == fewer) or _alike(one, other)


def _without_accents(name: str) -> str:
    """`Acmé` is `Acme`: somebody corrected it, or saved it in another encoding."""
    if name.isascii():
        return name
    return "".join(letter for letter in normalize("NFD", name) if not combining(letter))


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
