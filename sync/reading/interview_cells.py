"""Several interviews in one cell: `12 Jan 10:00; 20 Jan 14:00` is read as if each stood in a column of its own.

A cell is parted only between two days, at what people put between two things: a semicolon, a line break, a comma, a
plus, a slash, `and`. A dash is none of them (`12-14 Jan`), nor is a bracket (`12 Jan (moved from 10 Jan)`): such a cell
stays whole and is named. An arrow with nothing but hours before it is from when until when (`24 Nov → 26 Nov`, as
Notion writes a range): one interview that lasts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from sync.patterns import lazy_compile
from sync.reading.cells import MAX_TEXT
from sync.reading.found_days import find_days
from sync.reading.sheet import Sheet
from sync.reading.vocabulary import ROUNDS

_BETWEEN = lazy_compile(
    r"\s*[;\n；]\s*|\s*(?:→|->)\s*|\s*[,、，]\s*|\s*[+&]\s*|\s+/\s+"
    r"|\s+(?:and|then|und|dann|et|puis|y|luego|e|poi|en|dan|og|och|i|и)\s+",
    re.IGNORECASE,
)
_RANGE = lazy_compile(r"[\d:.,\s]*(?:[ap]\.?m\.?|h|uhr)?\s*(?:→|->)\s*", re.IGNORECASE)
_STRONG = lazy_compile(r"[;\n；]")


def part_rounds(sheet: Sheet, months: Mapping[str, int]) -> None:
    """Give the second and every further interview of a cell a column of its own, under the same header, and the day on
    which one that lasts is over."""
    _part_ends(sheet, months)
    for own in ("interview_at", *ROUNDS):
        open_ = [name for name in ROUNDS if name not in sheet.cells]
        if own in sheet.cells and open_:
            _part_column(sheet, own, open_, months)


def _part_ends(sheet: Sheet, months: Mapping[str, int]) -> None:
    cells = sheet.cells.get("interview_at", ())
    found = {
        index: parts
        for index, cell in enumerate(cells)
        if isinstance(cell, str) and ("→" in cell or "->" in cell) and len(parts := part_range(cell, months)) > 1
    }
    if not found or "interview_end" in sheet.cells:
        return
    for number, name in enumerate(("interview_at", "interview_end")):
        column = [found[index][number] if index in found else (cell, "")[number] for index, cell in enumerate(cells)]
        sheet.cells = {**sheet.cells, name: column}
    fields = sheet.columns.fields
    sheet.columns = replace(sheet.columns, fields={"interview_end": fields["interview_at"], **fields})


def part_range(text: str, months: Mapping[str, int]) -> tuple[str, ...]:
    """From when until when, where the cell says just that; else the whole text."""
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
    days = find_days(plain, months)
    if len(days) != 2 or not _RANGE.fullmatch(plain[days[0][1] : days[1][0]]):
        return (text,)
    first, _, last = plain.replace("->", "→").partition("→")
    return first.strip(), last.strip()


def _part_column(sheet: Sheet, own: str, open_: Sequence[str], months: Mapping[str, int]) -> None:
    cells = sheet.cells[own]
    several = {
        cell: parts
        for cell in set(cells)
        if cell and isinstance(cell, str) and _BETWEEN.search(cell) and len(parts := part(cell, months)) > 1
    }
    if not several:
        return
    found = {index: several[cell] for index, cell in enumerate(cells) if isinstance(cell, str) and cell in several}
    names = (own, *open_)
    found = {index: parts for index, parts in found.items() if len(parts) <= len(names)}
    place = sheet.columns.fields[own]
    for number, name in enumerate(names[: max(map(len, found.values()), default=1)]):
        column = list(cells) if name == own else [""] * len(sheet.rows)
        for index, parts in found.items():
            column[index] = parts[number] if number < len(parts) else ""
        sheet.cells = {**sheet.cells, name: column}
        sheet.columns = replace(sheet.columns, fields={name: place, **sheet.columns.fields})


def part(text: str, months: Mapping[str, int]) -> tuple[str, ...]:
    """The text of each interview in this cell; the whole text where it is one or where they cannot be told apart."""
    plain = unicodedata.normalize("NFKC", text[:MAX_TEXT]).casefold()
    days = find_days(plain, months)
    cuts = [0]
    for (_, end), (start, _) in pairwise(days):
        between = plain[end:start]
        signs = list(_BETWEEN.finditer(between))
        strong = [sign for sign in signs if _STRONG.search(sign[0])]
        if not signs:
            return (text,)
        cut = (strong or signs)[0]
        cuts += [end + cut.start(), end + cut.end()]
    cuts.append(len(plain))
    return tuple(plain[first:last].strip() for first, last in zip(cuts[::2], cuts[1::2], strict=True)) or (text,)
