"""Two tables side by side in one sheet: the first is read, the second named and left out.

It stands behind an empty column or repeats the first header, and there is more to tell that it is one: its headers say
again what those of the first say, a caption stands over each, or rows of it go on where the first has ended.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from sync.models import Row, Table
from sync.reading.cells import clean_text, squeeze
from sync.reading.headers import understand_headers
from sync.reading.vocabulary import Vocabulary

_WHO = frozenset(("company", "contact_name", "contact_first_name", "organisation", "agency"))
_LEAST = 2
"""Columns of a table."""


def find_second(table: Table, index: int, headers: Sequence[str], vocabulary: Vocabulary, settled: set[str]) -> int:
    """The place at which another table begins beside that of the header row at `index`; 0 where none does.

    `settled` are squeezed headers that are read: where one of them stands is no other table.
    """
    forms = [squeeze(header) for header in headers]
    for place in _places(forms):
        left, right = forms[:place], [form for form in forms[place:] if form]
        if len(right) < _LEAST or sum(map(bool, left)) < _LEAST or not settled.isdisjoint({*right}.difference(left)):
            continue
        repeated = bool(forms[place])
        if not repeated and any(_cell(row, place) for row in table.rows):
            continue
        senses = [set(sense.fields) for sense in understand_headers(headers, vocabulary)]
        ours, theirs = (any(not _WHO.isdisjoint(sense) for sense in part) for part in (senses[:place], senses[place:]))
        again = len(set(left) & set(right)) >= _LEAST or (repeated and theirs)
        if ours and (again or _have_captions(table, index, forms, place) or (theirs and _goes_on(table, index, place))):
            return place
    return 0


def cut_rows(rows: Sequence[Row], place: int) -> list[Row]:
    """The rows without the cells from this place on."""
    return [replace(row, values=row.values[:place]) for row in rows]


def _places(forms: Sequence[str]) -> Iterator[int]:
    """Where a second table may begin: at an empty header, or where the first header stands again."""
    first = next((place for place, form in enumerate(forms) if form), len(forms))
    yield from (place for place in range(first + 1, len(forms)) if forms[place] in ("", forms[first]))


def _cell(row: Row, place: int) -> str:
    return clean_text(row.values[place]) if place < len(row.values) else ""


def _have_captions(table: Table, index: int, forms: Sequence[str], place: int) -> bool:
    """Whether the row above the headers names each of the two tables over its first column and says nothing else."""
    above = next((row for row in reversed(table.rows[:index]) if any(map(clean_text, row.values))), None)
    if above is None:
        return False
    starts = [next(at for at in range(begin, len(forms)) if forms[at]) for begin in (0, place)]
    return [at for at in range(len(above.values)) if _cell(above, at)] == starts


def _goes_on(table: Table, index: int, place: int) -> bool:
    """Whether a row stands in the second table where none does in the first."""
    below = table.rows[index + 1 :]
    return any(
        not any(map(clean_text, row.values[:place])) and sum(bool(clean_text(one)) for one in row.values[place:]) > 1
        for row in below
    )
