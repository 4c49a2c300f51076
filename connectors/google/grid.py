"""The grid of a Google Sheet, as `spreadsheets.get` returns it, into a `Table`. Pure.

Vocabulary of the answer: a *serial* is a number of days since 1899-12-30 on the wall clock of
the sheet; only the cell's *number format* tells a date from a number; what a person sees is the *formatted value*.

Rules:

- DATE and DATE_TIME cells become dates; with an hour in them, naive datetimes. A TIME below one day becomes a time.
- A number that is shown as something else (`007`, `+1 (555) ...`, `Oct 1`) is the text that is shown.
- An error cell is a `CellError`, never empty. `Loading...` is one too: half a sheet is no sheet.
- A number that shows a day, month and year which are its own is a date, whatever its format is called.
- A person's chip is `Name <address>`, also among others; a file's chip is a link.
- Hidden is what the user hid. A filter that was left on hides nothing from us.
- A cell merged over several rows holds for each of them: that is what a person sees. Across columns it is a heading.
- Row numbers are those of the sheet. Trailing empty rows and cells are cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from connectors.google.address import SheetAddress
from sync.models import CellError, CellValue, Remark, Row, Table
from sync.reading.cells import LOADING

Json = Mapping[str, Any]

TABS_FIELDS = "properties(title,locale,timeZone),sheets(properties(sheetId,title,hidden,sheetType))"
"""What tells which tab is meant, without one cell of any."""
GRID_FIELDS = (
    "properties(title,locale,timeZone),"
    "sheets(properties(sheetId,title,hidden,sheetType,gridProperties(rowCount)),merges,"
    "data(startRow,startColumn,rowMetadata(hiddenByUser,hiddenByFilter),"
    "rowData(values(formattedValue,effectiveValue,hyperlink,effectiveFormat(numberFormat(type)),"
    "chipRuns(startIndex,chip(personProperties(email),richLinkProperties(uri)))))))"
)
"""Everything a `Table` needs in one answer, and little else: row metadata alone is sent for every row of the tab."""
FORMULA_FIELDS = GRID_FIELDS.replace("formattedValue,", "formattedValue,userEnteredValue(formulaValue),")
"""The same, and which cells hold formulas."""

LONGEST_CELL = 50_000
_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - the wall clock of the sheet, wherever it hangs
_LAST_SERIAL = 2_958_465
_A_NUMBER = re.compile(r"[-−]?([1-9]\d*|0)([.,'’\s]\d+)*")


def read_table(answer: Json, sheet: Json, *, address: SheetAddress, tabs: tuple[str, ...] = ()) -> Table:
    """One tab of the answer as a table; `tabs` are the titles of all of them, where none was named."""
    properties = sheet["properties"]
    gid = int(properties.get("sheetId", 0))
    grids: Sequence[Json] = sheet.get("data") or [{}]
    top = int(grids[0].get("startRow", 0))
    cells = {top + i: _read_row(row, grids[0]) for i, row in enumerate(grids[0].get("rowData", ()))}
    links = {top + i: _read_links(row, grids[0]) for i, row in enumerate(grids[0].get("rowData", ()))}
    hidden = {top + i for i, row in enumerate(grids[0].get("rowMetadata", ())) if row.get("hiddenByUser")}
    notes = _fill_merged(cells, sheet.get("merges", ()))
    last = max((index for index, values in cells.items() if any(value != "" for value in values)), default=-1)
    rows = tuple(
        Row(
            number=index + 1,
            values=_cut(cells[index]),
            links=links[index],
            hidden=index in hidden,
            address=address.row_link(index + 1, gid),
        )
        for index in sorted(cells)
        if index <= last
    )
    return Table(
        name=_one_line(properties.get("title", "")) or "sheet",
        rows=rows,
        notes=notes,
        zone=answer.get("properties", {}).get("timeZone"),
        locale=str(answer.get("properties", {}).get("locale", ""))[:20],
        tabs=tabs,
    )


def formulas(sheet: Json) -> frozenset[tuple[int, int]]:
    """The cells that hold formulas, by row number and column, in an answer to `FORMULA_FIELDS`."""
    return frozenset(
        (int(grid.get("startRow", 0)) + i + 1, int(grid.get("startColumn", 0)) + j)
        for grid in sheet.get("data", ())
        for i, row in enumerate(grid.get("rowData", ()))
        for j, cell in enumerate(row.get("values", ()))
        if "formulaValue" in cell.get("userEnteredValue", {})
    )


def read_cell(cell: Json) -> CellValue:
    """What one cell holds, typed by its number format."""
    value: Json = cell.get("effectiveValue", {})
    shown = str(cell.get("formattedValue", ""))[:LONGEST_CELL]
    if "errorValue" in value:
        return CellError(shown or f"#{value['errorValue'].get('type', 'ERROR')}")
    if "boolValue" in value:
        return bool(value["boolValue"])
    if "numberValue" in value:
        kind = cell.get("effectiveFormat", {}).get("numberFormat", {}).get("type", "")
        return _read_number(float(value["numberValue"]), kind, shown)
    text = str(value.get("stringValue", shown))[:LONGEST_CELL]
    return CellError(text) if text == LOADING else _with_addresses(text, cell.get("chipRuns", ()))


def is_loading(table: Table) -> bool:
    """Whether a header is still being computed: without it nobody knows what its column means."""
    heading = next((row for row in table.rows if any(value != "" for value in row.values)), None)
    return heading is not None and CellError(LOADING) in heading.values


def _with_addresses(text: str, runs: Sequence[Json]) -> str:
    """The text with the mail address behind each name that is a person's chip."""
    starts = [int(run.get("startIndex", 0)) for run in runs]
    pieces: list[str] = []
    for run, start, end in zip(runs, starts, [*starts[1:], len(text)], strict=False):
        piece = text[start:end].strip(" ,;\n")
        address = str(run.get("chip", {}).get("personProperties", {}).get("email", ""))
        if re.fullmatch(r"[^\s<>;,]{1,200}@[^\s<>;,]{1,200}", address) and address != piece:
            piece = f"{piece.lstrip('@')} <{address}>"
        pieces += [piece] if piece else []
    return "; ".join(pieces) if any("<" in piece for piece in pieces) else text


def _read_number(number: float, kind: str, shown: str) -> CellValue:
    if kind in ("DATE", "DATE_TIME") and 0 <= number <= _LAST_SERIAL:
        moment = _DAY_ZERO + timedelta(seconds=round(number * 86400))
        return moment if moment.time() != time() or kind == "DATE_TIME" else moment.date()
    if kind == "TIME" and 0 <= number < 1:
        return (_DAY_ZERO + timedelta(seconds=min(round(number * 86400), 86399))).time()
    if shown and not _A_NUMBER.fullmatch(shown):
        return _shown_date(number, shown) or shown
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _shown_date(number: float, shown: str) -> CellValue:
    """The date that a number shows in a format of the user's own: its day, month and year are those of the serial."""
    parts = re.findall(r"\d+", shown)
    if not 0 <= number <= _LAST_SERIAL or len(parts) < 3:
        return ""
    moment = _DAY_ZERO + timedelta(seconds=round(number * 86400))
    told = sorted(int(part) for part in parts[:3])
    if told not in (sorted((moment.day, moment.month, year)) for year in (moment.year, moment.year % 100)):
        return ""
    return moment if moment.time() != time() else moment.date()


def _read_row(row: Json, grid: Json) -> list[CellValue]:
    return [""] * int(grid.get("startColumn", 0)) + [read_cell(cell) for cell in row.get("values", ())]


def _read_links(row: Json, grid: Json) -> dict[int, str]:
    """Links by column; only those that open a web page."""
    left = int(grid.get("startColumn", 0))
    found = {left + i: _link_of(cell) for i, cell in enumerate(row.get("values", ()))}
    return {i: link for i, link in found.items() if re.fullmatch(r"https?://[\x21-\x7e]{1,2000}", link)}


def _link_of(cell: Json) -> str:
    """The cell's own link, else that of its first file chip."""
    chips = (run.get("chip", {}).get("richLinkProperties", {}).get("uri", "") for run in cell.get("chipRuns", ()))
    return str(cell.get("hyperlink") or next(filter(None, chips), ""))


def _fill_merged(cells: dict[int, list[CellValue]], merges: Sequence[Json]) -> tuple[Remark, ...]:
    """Give the value of a cell merged downwards to each row it covers; says so in a note."""
    filled = 0
    for merge in merges:
        top, left = int(merge.get("startRowIndex", 0)), int(merge.get("startColumnIndex", 0))
        values = cells.get(top, [])
        if left >= len(values) or values[left] == "":
            continue
        for index in range(top + 1, min(int(merge["endRowIndex"]), max(cells) + 1)):
            row = cells.get(index, [])
            if row and any(value != "" for value in row):
                row.extend([""] * (left + 1 - len(row)))
                row[left] = values[left]
                filled += 1
    return (Remark("table.merged", {"count": filled}),) if filled else ()


def _cut(values: Sequence[CellValue]) -> tuple[CellValue, ...]:
    end = len(values)
    while end and values[end - 1] == "":
        end -= 1
    return tuple(values[:end])


def _one_line(text: str) -> str:
    return "".join(char for char in text if char.isprintable()).strip()[:100]
