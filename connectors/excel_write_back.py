"""Writing into single cells of an .xlsx or .xlsm file, every other byte of the workbook as it was.

- The workbook is not written anew: libraries that do (openpyxl) drop what they do not know, such as slicers, threaded
  comments, form controls and parts of other programs. The one sheet's XML is taken apart by positions, with expat of
  the standard library, and only the cells meant get other bytes; all other parts are copied.
- A cell keeps its style. Its text is an inline string, which no program takes for a formula. A cell that holds a
  formula of the user's is left alone.
- Nothing is written if the file is not the one that this run read, if it is open in another program, or if reading the
  result would show any other difference than the cells meant. The file before is kept beside it as in
  `csv_write_back`.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from html import escape
from io import BytesIO
from pathlib import Path
from xml.parsers import expat

from msgspec import Struct

from connectors.open_elsewhere import find_lock, say_open
from connectors.whole_file import check_may_write, replace_sheet
from sync.errors import SourceError
from sync.models import CellToWrite, Remark, Table
from sync.safe_text import defuse
from sync.write_back import Found, differences, find_cells, meant

_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_STYLE = re.compile(r'\ss\s*=\s*"\d+"')

Parse = Callable[[bytes], Table]


class _Cell(Struct):
    """A cell in the sheet's bytes: where it begins and ends, and whether it holds a formula."""

    start: int
    end: int = 0
    formula: bool = False


class _Row(Struct):
    """A row: where it begins, where its content ends, and its cells by column."""

    start: int
    tag: str
    end: int = 0
    cells: dict[int, _Cell] = {}


def write_cells(
    path: Path, cells: Sequence[CellToWrite], *, before: bytes, part: str, parse: Parse
) -> tuple[Remark, ...]:
    """Write these cells into the sheet in this part of the file, which must still hold `before`.

    Raises `SourceError`; then the file is as it was.
    """
    found, notes = find_cells(parse(before), cells)
    if not found:
        return notes
    if lock := find_lock(path):
        return (say_open(path, lock),)
    check_may_write(path)
    after, left = put_cells(before, found, part=part, name=path.name)
    notes += (Remark("write_back.formulas"),) if left else ()
    written = [cell for cell in found if (cell.number, cell.column) not in left]
    if not written:
        return notes
    if differences(parse(before), parse(after)) != meant(written):
        raise SourceError(f"{path.name} is built too oddly to write into a single cell; nothing was written into it")
    replace_sheet(path, before, after)
    return notes


def put_cells(
    content: bytes, cells: Sequence[Found], *, part: str, name: str
) -> tuple[bytes, frozenset[tuple[int, int]]]:
    """The workbook with these cells of one part changed, and the places of those that hold formulas and are not."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if any(info.filename.startswith("_xmlsignatures/") for info in archive.infolist()):
            raise SourceError(f"{name} is signed, and writing into it would break the signature; nothing was written")
        sheet, left = _edit_sheet(archive.read(part), cells, name=name)
        result = BytesIO()
        with zipfile.ZipFile(result, "w") as copy:
            copy.comment = archive.comment
            for info in archive.infolist():
                copy.writestr(info, sheet if info.filename == part else archive.read(info))
    return result.getvalue(), left


def _edit_sheet(sheet: bytes, cells: Sequence[Found], *, name: str) -> tuple[bytes, frozenset[tuple[int, int]]]:
    rows = _find_rows(sheet, {cell.number for cell in cells}, name=name)
    edits: list[tuple[int, int, bytes]] = []
    left: set[tuple[int, int]] = set()
    for cell in sorted(cells, key=lambda cell: (cell.number, cell.column)):
        row = rows.get(cell.number)
        if row is None:
            raise SourceError(f"{name} has no row {cell.number} to write into; nothing was written into it")
        known = row.cells.get(cell.column)
        if known is not None and known.formula:
            left.add((cell.number, cell.column))
        elif known is not None:
            edits.append((known.start, known.end, _cell(row, cell, like=sheet[known.start : known.end])))
        elif cell.text:
            later = [row.cells[column].start for column in row.cells if column > cell.column]
            place = min(later, default=row.end)
            edits.append((place, place, _cell(row, cell, like=b"")))
    edited = _splice(sheet, edits, rows)
    _find_rows(edited, set(), name=name)  # what is no XML any more never reaches the file
    return edited, frozenset(left)


def _splice(sheet: bytes, edits: Sequence[tuple[int, int, bytes]], rows: Mapping[int, _Row]) -> bytes:
    """The edits put in; a row without any cell (`<row/>`) is opened for its first."""
    parts, position = [], 0
    opened = {row.end: row for row in rows.values() if sheet[row.end - 2 : row.end] == b"/>"}
    for number, (start, end, new) in enumerate(edits):
        if start in opened and not opened[start].cells:
            first = number == 0 or edits[number - 1][0] != start
            last = number + 1 == len(edits) or edits[number + 1][0] != start
            if first:
                parts.append(sheet[position : start - 2] + b">")
            parts += [new, f"</{opened[start].tag}>".encode() if last else b""]
        else:
            parts += [sheet[position:start], new]
        position = end
    return b"".join([*parts, sheet[position:]])


def _cell(row: _Row, cell: Found, *, like: bytes) -> bytes:
    """The cell with its text, in the style of the one before."""
    prefix = row.tag.removesuffix("row")
    head = like.split(b">", 1)[0].decode("utf-8", "replace")
    style = _STYLE.search(head)
    begin = f'<{prefix}c r="{_letters(cell.column)}{cell.number}"{style[0] if style else ""}'
    if not cell.text:
        return f"{begin}/>".encode()
    text = escape(defuse(cell.text), quote=False)
    string = f'<{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is>'
    return f'{begin} t="inlineStr">{string}</{prefix}c>'.encode()


def _find_rows(sheet: bytes, wanted: set[int], *, name: str) -> Mapping[int, _Row]:
    """The rows of these numbers, in the positions of the sheet's bytes. A number that is left out counts on."""
    if not sheet.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
        raise SourceError(f"{name} keeps its sheet in an unusual encoding; nothing was written into it")
    reader = _Reader(sheet, wanted)
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: reader.begin(tag, attributes, parser.CurrentByteIndex)
    parser.EndElementHandler = lambda tag: reader.finish(tag, parser.CurrentByteIndex)
    parser.StartDoctypeDeclHandler = reader.refuse
    try:
        parser.Parse(sheet, True)
    except (expat.ExpatError, _RefusedError) as error:
        raise SourceError(f"{name} cannot be written into: its sheet is no plain XML ({str(error)[:80]})") from None
    return reader.rows


class _RefusedError(Exception):
    """A document type in a sheet: no spreadsheet program writes one."""


class _Reader(Struct):
    """What is learned while a sheet is read once."""

    sheet: bytes
    wanted: set[int]
    rows: dict[int, _Row] = {}
    number: int = 0
    column: int = -1
    row: _Row | None = None
    cell: _Cell | None = None

    def refuse(self, *_: object) -> None:
        raise _RefusedError("it has a document type")

    def begin(self, tag: str, attributes: Mapping[str, str], at: int) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "row":
            told = attributes.get("r", "")
            self.number = int(told) if told.isdigit() else self.number + 1
            self.column, self.row = -1, _Row(at, tag) if self.number in self.wanted else None
        elif kind == "c" and self.row is not None:
            place = _PLACE.fullmatch(attributes.get("r", ""))
            self.column = _number(place[1]) if place else self.column + 1
            self.cell = _Cell(at)
        elif kind == "f" and self.cell is not None:
            self.cell.formula = True

    def finish(self, tag: str, at: int) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "c" and self.row is not None and self.cell is not None:
            self.cell.end = self._end(self.cell.start, at)
            self.row.cells[self.column], self.cell = self.cell, None
        elif kind == "row" and self.row is not None:
            alone = self._is_alone(self.row.start)
            self.row.end = self._behind(self.row.start) if alone else at
            self.rows[self.number], self.row = self.row, None

    def _end(self, start: int, at: int) -> int:
        """Behind an element that begins here and is said to end at `at`: of one that stands alone (`<c/>`) expat names
        its first byte there or the first one behind it."""
        return self._behind(start if self._is_alone(start) else at)

    def _is_alone(self, start: int) -> bool:
        behind = self._behind(start)
        return self.sheet[behind - 2 : behind] == b"/>"

    def _behind(self, at: int) -> int:
        """Behind the tag that begins here; a `>` in one of its attributes does not end it."""
        quote = 0
        for place in range(at, len(self.sheet)):
            byte = self.sheet[place]
            if quote:
                quote = 0 if byte == quote else quote
            elif byte in b"\"'":
                quote = byte
            elif byte == ord(">"):
                return place + 1
        return len(self.sheet)


def _number(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


def _letters(column: int) -> str:
    letters, index = "", column + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
