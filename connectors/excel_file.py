"""Source: a spreadsheet file (.xlsx, .xls, .ods) read by python-calamine, one tab of it.

How cells of an .xlsx file are written back stands in `excel_write_back`.

A zipped file is measured before it is opened: unpacked size, and how far its filled cells spread, since a reader fills
the whole rectangle up to the last cell. Cells keep their types; a formula counts as its last value. calamine hands over
error cells as empty ones (in .ods also as 0), so that those of .xlsx and .ods are looked up in the sheet; in .xls they
cannot be told, which is said. Merged cells that reach over several rows hold the value in each of them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

from msgspec import Struct

from connectors.local_file import read_bytes
from connectors.outside import Outside
from sync.config import Settings
from sync.errors import ConfigError, SourceError
from sync.models import MAX_COLUMNS, CellError, CellToWrite, CellValue, Remark, Row, Table

MAX_BYTES = 50_000_000
MAX_UNPACKED = 150_000_000
MAX_PARTS = 10_000
MAX_CELLS = 5_000_000
"""Rows times columns up to the last filled cell."""
MAX_CELL = 32_767

# No pattern reaches past the next "<": what a hostile file costs grows with its length, not with its square.
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_CELL = re.compile(rb"<c\s([^<>]*[^/<>])>")
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_VALUE = re.compile(rb"<c\s([^<>]*)>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>([^<]{1,40})</v>")
_ERROR = re.compile(rb'\bt="e"')
_SHEET = re.compile(rb"<sheet\s([^<>]*)>")
_RELATION = re.compile(rb"<Relationship\s([^<>]*)>")
_ODS_PART = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^<>]*)>")
_ODS_TEXT = re.compile(rb"<text:p>([^<]{1,40})</text:p>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')


class _Spread(Struct):
    """How far the filled cells of a sheet reach (rows, columns), and its error cells by row and column, from 0."""

    rows: int = 0
    columns: int = 0
    errors: dict[tuple[int, int], str] = {}


class ExcelFile:
    """One tab of a spreadsheet file on disk."""

    def __init__(self, path: Path, tab: str | int, *, skip_hidden: bool = False) -> None:
        self.path, self.tab, self.skip_hidden = path, tab, skip_hidden
        self.identity = f"excel:{path.resolve()}#{tab}"
        self.files = (path,)
        self._content = b""

    def read(self) -> Table:
        """All rows of the tab. Raises `ConfigError` (no such file or tab) and `SourceError` (unreadable)."""
        self._content = read_bytes(self.path, MAX_BYTES)
        return self._parse(self._content)[0]

    def write_back(self, cells: Sequence[CellToWrite]) -> tuple[Remark, ...]:
        """Write these cells and leave everything else; refused if the file is no longer the one that was read."""
        title = self._parse(self._content)[1]
        part = _find_part(self._content, title) if self._content.startswith(b"PK") else ""
        if not part:
            raise SourceError(f"only .xlsx and .xlsm files are written back into, and {self.path.name} is none")
        from connectors.excel_write_back import write_cells

        return write_cells(
            self.path, cells, before=self._content, part=part, parse=lambda content: self._parse(content)[0]
        )

    def _parse(self, content: bytes) -> tuple[Table, str]:
        return parse_excel(content, name=self.path.name, tab=self.tab, skip_hidden=self.skip_hidden)


def open_source(settings: Settings, outside: Outside) -> ExcelFile:
    """The spreadsheet file the settings name, relative to the configuration's folder."""
    source = settings.source
    return ExcelFile(outside.folder / Path(source.path).expanduser(), source.tab, skip_hidden=source.skip_hidden)


def parse_excel(content: bytes, *, name: str, tab: str | int, skip_hidden: bool) -> tuple[Table, str]:
    """The table in these bytes, and the title of its tab. Raises `ConfigError` (no such tab) and `SourceError`."""
    _check_page(content, name)
    spreads = _measure(content, name) if content.startswith(b"PK") else {}
    title, grid, merged, tabs = _load(content, name, tab)
    spread = spreads.get(title, _Spread())
    for (row, column), text in spread.errors.items():
        if row < len(grid) and column < len(grid[row]):
            grid[row][column] = CellError(text)
    _fill_merged(grid, merged)
    notes = []
    if skip_hidden:
        notes.append(Remark("table.hidden", {"sheet": name}))
    if content.startswith(_OLD_EXCEL):
        notes.append(Remark("table.old_excel", {"sheet": name}))
    rows = ((number, _cells(values)) for number, values in enumerate(grid, start=1))
    found = tuple(Row(number, cells) for number, cells in rows if cells)
    return Table(name=name, rows=found, notes=tuple(notes), tabs=tabs), title


def _check_page(content: bytes, name: str) -> None:
    if content[:100].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise SourceError(f"{name} is a web page, not a spreadsheet; was it saved from a page that asks to log in?")


def _load(content: bytes, name: str, tab: str | int) -> tuple[str, list[list[Any]], list[Any], tuple[str, ...]]:
    """Title, grid and merged ranges of the tab, and the titles of all that are shown."""
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(BytesIO(content))
        title, tabs = _choose_tab(book, name, tab)
        sheet = book.get_sheet_by_name(title)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise SourceError(_too_wide(name, sheet.total_height, sheet.total_width))
        return title, sheet.to_python(skip_empty_area=False), list(sheet.merged_cell_ranges or ()), tabs
    except calamine.PasswordError:
        raise SourceError(Remark("failed.protected", {"sheet": name})) from None
    except calamine.CalamineError as error:
        raise SourceError(f"{name} cannot be read as a spreadsheet: {str(error)[:200]}") from None
    except BaseException as error:
        # A panic inside calamine is no `Exception`, so that nobody catches it by chance; here it is one damaged file.
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(Remark("failed.damaged", {"sheet": name})) from None


def _choose_tab(book: Any, name: str, tab: str | int) -> tuple[str, tuple[str, ...]]:
    """The tab that is meant, and the titles of all that are shown."""
    titles: list[str] = [sheet.name for sheet in book.sheets_metadata if str(sheet.typ).endswith("WorkSheet")]
    visible = [sheet.name for sheet in book.sheets_metadata if str(sheet.visible).endswith(".Visible")]
    if not titles:
        raise SourceError(Remark("failed.no_cells", {"sheet": name}))
    shown = tuple(title for title in titles if title in visible) or tuple(titles)
    if tab == "":
        return shown[0], shown
    if tab in titles:
        return str(tab), shown
    if str(tab).isdigit() and 1 <= int(tab) <= len(titles):
        return titles[int(tab) - 1], shown
    known = ", ".join(repr(title[:50]) for title in titles[:10])
    raise ConfigError(f"{name} has no tab {tab!r}; it has {known} (or 1 to {len(titles)})")


def _cells(values: list[Any]) -> tuple[CellValue, ...]:
    end = min(len(values), MAX_COLUMNS)
    while end and values[end - 1] == "":
        end -= 1
    return tuple(_cell(value) for value in values[:end])


def _cell(value: Any) -> CellValue:
    if isinstance(value, str):
        return value[:MAX_CELL]
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    return value  # type: ignore[no-any-return]


def _fill_merged(grid: list[list[Any]], merged: list[Any]) -> None:
    """A cell merged over several rows says the same of each of them. A title merged over columns stays one cell."""
    for (top, left), (bottom, right) in merged:
        if left == right and top < len(grid) and left < len(grid[top]):
            for row in range(top + 1, min(bottom + 1, len(grid))):
                grid[row][left] = grid[top][left]


# --- measuring a zipped file before it is opened ----------------------------------------------------------------


def _too_wide(name: str, rows: int, columns: int) -> str:
    return (
        f"{name}: the sheet reaches to row {rows} and column {columns}, which no list of leads does; "
        "delete what stands far outside"
    )


def _measure(content: bytes, name: str) -> Mapping[str, _Spread]:
    """What each tab holds, by title. Raises `SourceError` if all of them together are too much."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = _unpack(archive, name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise SourceError(f"{name} is damaged or only half there: {str(error)[:200]}") from None
    if "content.xml" in parts:
        spreads = dict(_ods_spreads(parts["content.xml"]))
    else:
        titles = _xlsx_titles(parts)
        sheets = [part for part in parts if part.startswith("xl/worksheets/") and part.endswith(".xml")]
        spreads = {titles.get(part, part): _xlsx_spread(parts[part]) for part in sheets}
    widest = max(spreads.values(), key=lambda spread: spread.rows * spread.columns, default=_Spread())
    if sum(spread.rows * spread.columns for spread in spreads.values()) > MAX_CELLS:
        raise SourceError(_too_wide(name, widest.rows, widest.columns))
    return spreads


def _find_part(content: bytes, title: str) -> str:
    """The part of an .xlsx file that holds the tab of this title; empty where there is none."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        parts = _unpack(archive, title)
    return next((part for part, shown in _xlsx_titles(parts).items() if shown == title and part in parts), "")


def _unpack(archive: zipfile.ZipFile, name: str) -> Mapping[str, bytes]:
    """The parts of interest. Everything is unpacked once and counted: what a file says of its own size may be a lie."""
    parts: dict[str, bytes] = {}
    total = 0
    if len(archive.infolist()) > MAX_PARTS:
        raise SourceError(f"{name} holds more than {MAX_PARTS} parts, which no spreadsheet does")
    for info in archive.infolist():
        wanted = info.filename == "content.xml" or info.filename.startswith(
            ("xl/worksheets/", "xl/workbook.xml", "xl/_rels/")
        )
        chunks = []
        with archive.open(info) as part:
            while chunk := part.read(1 << 20):
                total += len(chunk)
                if total > MAX_UNPACKED:
                    raise SourceError(
                        f"{name} unpacks to more than {MAX_UNPACKED // 1_000_000} MB, which no list of leads does"
                    )
                if wanted:
                    chunks.append(chunk)
        if wanted:
            parts[info.filename] = b"".join(chunks)
    return parts


def _xlsx_titles(parts: Mapping[str, bytes]) -> Mapping[str, str]:
    """Part to tab title."""
    targets = {}
    for relation in _RELATION.findall(parts.get("xl/_rels/workbook.xml.rels", b"")):
        target = _attribute(relation, b"Target").lstrip("/")
        targets[_attribute(relation, b"Id")] = target if target.startswith("xl/") else f"xl/{target}"
    titles = {}
    for sheet in _SHEET.findall(parts.get("xl/workbook.xml", b"")):
        titles[targets.get(_attribute(sheet, b"r:id"), "")] = _attribute(sheet, b"name")
    return titles


def _attribute(attributes: bytes, name: bytes) -> str:
    match = re.search(rb"(?:^|\s)" + re.escape(name) + rb'="([^"]*)"', attributes)
    return unescape(match[1].decode("utf-8", "replace")) if match else ""


def _xlsx_spread(part: bytes) -> _Spread:
    spread = _Spread()
    for match in _CELL.finditer(part):
        place = _place(match[1])
        if place:
            spread.rows = max(spread.rows, place[0] + 1)
            spread.columns = max(spread.columns, place[1] + 1)
    for match in _VALUE.finditer(part):
        place = _place(match[1]) if _ERROR.search(match[1]) else None
        if place:
            spread.errors[place] = unescape(match[2].decode("utf-8", "replace"))
    return spread


def _place(attributes: bytes) -> tuple[int, int] | None:
    match = _REFERENCE.search(attributes)
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + letter - 64
    return int(match[2]) - 1, column - 1


def _ods_spreads(part: bytes) -> Mapping[str, _Spread]:
    """What each tab holds, repetitions counted. Error cells are told by LibreOffice's own attribute."""
    spreads: dict[str, _Spread] = {}
    spread = _Spread()
    row = column = repeat = 0
    for match in _ODS_PART.finditer(part):
        kind, attributes = match[1], match[2]
        times = _REPEATED.search(attributes)
        count = int(times[1]) if times else 1
        if kind == b"table":
            spread = spreads.setdefault(_attribute(attributes, b"table:name"), _Spread())
            row = repeat = 0
        elif kind == b"table-row":
            row, column, repeat = row + repeat, 0, count
        else:
            column += count
            if not attributes.endswith(b"/"):
                spread.rows = max(spread.rows, row + repeat)
                spread.columns = max(spread.columns, column)
            if b'calcext:value-type="error"' in attributes:
                said = _ODS_TEXT.match(part, match.end())
                text = unescape(said[1].decode("utf-8", "replace")) if said else "#ERROR!"
                spread.errors |= {(row, place): text for place in range(column - min(count, 100), column)}
    return spreads
