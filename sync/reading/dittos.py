"""Cells that say that the one above is meant: `"`, `〃`, `dto.`, `Ídem`, `同上`. The words are `[dittos]`
of the statuses.

Only right below a row that says it; elsewhere nobody knows which cell is meant, and the row waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

from msgspec.structs import replace

from sync.models import CellValue, Row
from sync.reading.cells import clean_text
from sync.reading.vocabulary import DAYS, MOMENTS

WHOSE = ("company", "contact_name", "contact_email", "contact_phone", "role", "city")
"""What a row is about; a mark below a status or a note may mean a part of it."""
_FIELDS = (*WHOSE, *sorted(DAYS | MOMENTS))


def has_marks(cells: Mapping[str, Sequence[CellValue]], marks: Set[str]) -> bool:
    """Whether one of these columns, by their fields, has such a mark where it may say that the cell above is meant."""
    found: set[CellValue] = set().union(*(cells[name] for name in _FIELDS if name in cells))
    return not marks.isdisjoint(cell.strip().casefold() for cell in found if isinstance(cell, str))


def repeat_above(
    rows: Sequence[Row], all_rows: Sequence[Row], fields: Mapping[str, int], marks: Set[str]
) -> tuple[Sequence[Row], Sequence[tuple[Row, int]]]:
    """The rows with the cell above in place of each mark, and those whose mark has none, with the place of the mark.

    `all_rows` has the lines that are no leads, too: what stands above such a line is not meant.
    """
    places = [fields[name] for name in _FIELDS if name in fields]
    whose = [fields[name] for name in WHOSE if name in fields]
    above = {id(below): row for row, below in pairwise(all_rows)}
    kept: dict[int, Row] = {}
    unsure: list[tuple[Row, int]] = []
    for row in rows:
        marked = [place for place in places if _is_mark(row, place, marks)]
        before = kept.get(id(above.get(id(row))))
        told = {place: _cell(before, place) for place in marked} if before else {}
        lost = next((place for place in whose if place in marked and not clean_text(told.get(place, ""))), None)
        if lost is not None:
            unsure.append((row, lost))
            continue
        values = tuple(told.get(place) or value for place, value in enumerate(row.values))
        kept[id(row)] = replace(row, values=values) if told else row
    return list(kept.values()), unsure


def _cell(row: Row, place: int) -> CellValue:
    return row.values[place] if place < len(row.values) else ""


def _is_mark(row: Row, place: int, marks: Set[str]) -> bool:
    cell = _cell(row, place)
    return isinstance(cell, str) and clean_text(cell).casefold() in marks
