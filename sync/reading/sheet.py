"""The rows of a table that are about leads, column by column: the same place in every column is the same row.

Not about leads, and left out: blank rows, headings that part a list by months (with a note), rows with nothing but
check boxes, zeros and placeholders, a header that is repeated (with a note), hidden rows where the settings say so.
Left out with a problem: a mark that a merge conflict left, and a row that is wider than its header in a file whose
cells are told apart by a separator, since there they have shifted.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from functools import partial
from operator import itemgetter
from typing import Any

from msgspec import Struct

from sync.models import CellValue, Note, Problem, Row, Stage, Table
from sync.reading.beside import cut_rows
from sync.reading.cells import Fault, clean_text, each_once, shown, tell_fault
from sync.reading.columns import Columns
from sync.reading.dittos import has_marks, repeat_above
from sync.reading.header_row import NO_HEADER
from sync.reading.vocabulary import HOURS, ROUNDS
from sync.texts import Wording

_ZERO = re.compile(r"[^\w\s]?\s?-?0+(?:[.,:]0+)*\s?[^\w\s]?")
"""What a formula shows of empty cells: `0`, `0.00`, `$0`, `0%`."""
CELLS_SHOWN = 12
"""Of a row that is left out."""
_MERGE_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


class Sheet(Struct):
    """The rows in the making. `values` grow out of `cells` step by step (`fields`, `settling`)."""

    name: str
    words: Wording
    """What is said of cells and rows, in the reader's language."""
    columns: Columns
    rows: Sequence[Row]
    cells: Mapping[str, Sequence[CellValue]]
    """Field to its cell in each row."""
    values: dict[str, Sequence[Any]] = {}
    """Field to its value in each row; None where the cell is empty or cannot be understood."""
    unreadable: dict[int, frozenset[str]] = {}
    """Place of a row to its fields whose cell is a problem."""
    silent: set[int] = set()
    """Places of rows that nothing can be planned for."""
    outside: list[Row] = []
    """Rows whose cells have shifted, or are those of nobody knows which row: no cell of them is read."""
    repeated: list[Row] = []
    """Rows that are the header once more."""
    sums: list[Row] = []
    """The line of sums below the list."""
    headings: list[str] = []
    """What stands in the rows that part the list by months."""
    problems: list[tuple[int, Problem]] = []
    """With the number of the row."""
    own_headers: dict[int, Mapping[str, str]] = {}
    """Place of a row to the headers of its fields, where they are others than the sheet's."""

    def reference(self, row: Row) -> str:
        """How a person finds the row: `leads.csv:7`."""
        return f"{self.name}:{row.number}"

    def say(self, key: str, row: Row | None = None, **facts: object) -> Note:
        """A note, about this row or the whole sheet."""
        return Note(self.words.say(f"note.{key}", **facts), row=self.reference(row) if row else None)

    def add_problem(self, row: Row, column: str, value: CellValue, fault: Fault) -> None:
        """One cell that cannot be understood."""
        reason = tell_fault(fault, self.words)
        self.problems.append((row.number, Problem(self.reference(row), column, shown(value), reason, fault.key)))

    def set_unreadable(self, index: int, name: str, fault: Fault, *, told_by: str = "") -> None:
        """The row's cell of this field is a problem; `told_by` is the field whose cell tells it, if another."""
        self.unreadable[index] = self.unreadable.get(index, frozenset()) | {name}
        cell = told_by or name
        self.add_problem(self.rows[index], self.columns.mapped[cell], self.cells[cell][index], fault)

    def tell_column(self, index: int, name: str, header: str) -> None:
        """The row's value of this field stands in the column of this header."""
        self.own_headers[index] = {**self.own_headers.get(index, {}), name: header}

    def has(self, *names: str) -> list[bool]:
        """For each row whether any of these fields has a value."""
        columns = [self.values[name] for name in names if name in self.values]
        return list(map(any, zip(*columns, strict=True))) if columns else [False] * len(self.rows)

    def filled(self, *names: str) -> list[bool]:
        """For each row whether anything stands in the cell of one of these fields, whether it can be read or not."""
        columns = [self.cells[name] for name in names if name in self.cells]
        return [any(map(clean_text, cells)) for cells in zip(*columns, strict=True)] or [False] * len(self.rows)

    def texts(self, index: int) -> tuple[str, ...]:
        """The row's mapped cells as text: what two rows have in common."""
        cells = (column[index] for column in self.cells.values())
        return tuple(cell if isinstance(cell, str) else clean_text(cell) for cell in cells)

    def left_out(self, alike: Iterable[int]) -> Mapping[str, str]:
        """References of the rows that are no lead of their own, with their cells as text, from the top."""
        rows = [*self.outside, *(self.rows[index] for index in {*self.silent, *alike})]
        return {
            self.reference(row): " | ".join(text for value in row.values[:CELLS_SHOWN] if (text := clean_text(value)))
            for row in sorted(rows, key=lambda row: row.number)
        }

    @property
    def silent_rows(self) -> tuple[str, ...]:
        """References of the rows that are out as a whole, from the top."""
        rows = [*self.outside, *(self.rows[index] for index in self.silent)]
        return tuple(self.reference(row) for row in sorted(rows, key=lambda row: row.number))


def take_rows(
    table: Table,
    columns: Columns,
    *,
    words: Wording,
    skip_hidden: bool,
    idle: AbstractSet[str] = frozenset(),
    sums: AbstractSet[str] = frozenset(),
    months: Container[str] = (),
    dittos: AbstractSet[str] = frozenset(),
) -> Sheet:
    """The rows below the header, nothing of them read yet. `idle` are the lower-case words that say nothing alone,
    `sums` those that begin a line of sums, `months` the names of months, `dittos` what says that the cell above is
    meant.
    """
    sheet = Sheet(table.name, words, columns, (), {})
    body: Sequence[Row] = table.rows[columns.header_index + 1 :]
    if skip_hidden:
        body = [row for row in body if not row.hidden]
    if columns.second:
        body = cut_rows(body, columns.second)
    named = columns.header_index != NO_HEADER
    header = [clean_text(value) for value in table.rows[columns.header_index].values] if named else [""]
    lines = body
    body = _drop_headings(_drop_sums(_drop_lines(body, header, sheet, idle), sheet, sums), sheet, months)
    if table.delimited:
        body = _drop_shifted(body, sheet)
    cells = _cut_columns(body, columns.fields)
    if has_marks(cells, dittos):
        body, unsure = repeat_above(body, lines, columns.fields, dittos)
        for row, place in unsure:
            sheet.outside.append(row)
            sheet.add_problem(row, columns.headers[place], row.values[place], Fault("ditto"))
        cells = _cut_columns(body, columns.fields)
    sheet.rows, sheet.cells = body, cells
    return sheet


def _drop_lines(rows: Sequence[Row], header: Sequence[str], sheet: Sheet, idle: AbstractSet[str]) -> Sequence[Row]:
    """The rows that are neither blank nor the header again nor a merge mark: nearly always told by the first cell."""
    firsts = {row.values[0] for row in rows if row.values}
    special = ("", header[0])
    ordinary = {
        cell
        for cell in firsts
        if isinstance(cell, str)
        and (text := clean_text(cell)) not in special
        and not text.startswith(_MERGE_MARKS)
        and text.casefold() not in idle
    }
    return [
        row for row in rows if (row.values and row.values[0] in ordinary) or _is_about_a_lead(row, header, sheet, idle)
    ]


def _is_about_a_lead(row: Row, header: Sequence[str], sheet: Sheet, idle: AbstractSet[str]) -> bool:
    texts = [clean_text(value) for value in row.values]
    if texts and texts[0].startswith(_MERGE_MARKS):
        sheet.add_problem(row, sheet.columns.headers[0], texts[0], Fault("merge_mark"))
        return False
    if texts == header and any(texts):
        sheet.repeated.append(row)
        return False
    return any(text and text.casefold() not in idle and not _ZERO.fullmatch(text) for text in texts)


_LABEL = re.compile(r"([^\W\d_][^\d:=]*?)\s*[:=]?\s*[\d.,]*")
_FIGURE = re.compile(r"[^\w]*\d[\d.,'\s]*[^\w]*")


def _drop_sums(rows: Sequence[Row], sheet: Sheet, words: AbstractSet[str]) -> Sequence[Row]:
    """Without the last line, where it is one of sums: a word such as "Total", and figures or nothing beside it."""
    texts = [text for value in rows[-1].values if (text := clean_text(value))] if rows else []
    label = _LABEL.fullmatch(texts[0]) if texts else None
    if label is None or label[1].casefold() not in words or not all(map(_FIGURE.fullmatch, texts[1:])):
        return rows
    sheet.sums.append(rows[-1])
    return rows[:-1]


_MONTH = re.compile(r"([^\W\d_]+)\.?(?:\s+'?(?:\d{4}|\d\d))?")


def _drop_headings(rows: Sequence[Row], sheet: Sheet, months: Container[str]) -> Sequence[Row]:
    """Without the rows that hold a month in their first cell and nothing else ("SEPTEMBER", "Okt. 2026")."""
    firsts = {row.values[0] for row in rows if row.values}
    named = {
        cell
        for cell in firsts
        if isinstance(cell, str) and (found := _MONTH.fullmatch(clean_text(cell))) and found[1].casefold() in months
    }
    headings = (
        [row for row in rows if row.values and row.values[0] in named and not any(row.values[1:])] if named else []
    )
    sheet.headings = [clean_text(row.values[0]) for row in headings]
    return [row for row in rows if row not in headings] if headings else rows


def _drop_shifted(rows: Sequence[Row], sheet: Sheet) -> Sequence[Row]:
    headers = sheet.columns.headers
    width = len(headers)
    sheet.outside = [row for row in rows if len(row.values) > width and any(row.values[width:])]
    for row in sheet.outside:
        fault = Fault("shifted", {"cells": len(row.values), "headers": width})
        sheet.add_problem(row, headers[-1], row.values[-1], fault)
    shifted = {row.number for row in sheet.outside}
    return [row for row in rows if row.number not in shifted] if shifted else rows


def _cut_columns(rows: Sequence[Row], fields: Mapping[str, int]) -> Mapping[str, Sequence[CellValue]]:
    """The columns of these fields, from the top; a row that ends before one has an empty cell there."""
    width = max(fields.values(), default=-1) + 1
    padding = ("",) * width
    lines = [row.values if len(row.values) >= width else (row.values + padding)[:width] for row in rows]
    return {name: tuple(map(itemgetter(index), lines)) for name, index in fields.items()}


def drop_answers(sheet: Sheet, yes: frozenset[str], no: frozenset[str]) -> None:
    """A yes or no where a day is asked for says that there is one, not when: no day is missing.

    So it is in a column of follow-ups (`Follow up?`), and where interviews have columns of their own.
    """
    rounds = [name for name in ROUNDS if name in sheet.cells]
    names = ("follow_up_on", "follow_up_day", *(("interview_at", *rounds) if rounds else ()))
    statuses = [clean_text(cell).casefold() for cell in sheet.cells.get("status", ())]
    if any(statuses) and yes | no | {""} >= {*statuses}:  # `Heard back?`
        answers = [Stage.IN_TOUCH.value if text in yes else Stage.SENT.value if text else "" for text in statuses]
        sheet.cells = {**sheet.cells, "status": answers}
    days = {
        name: each_once(partial(_without_answer, yes=yes, no=no), sheet.cells[name])
        for name in names
        if name in sheet.cells
    }
    if days:
        sheet.cells = {**sheet.cells, **days}


_ANSWER = re.compile(r"([^\W\d_]+|[✓✔☑✅])(?:\s*[-–:,;(]\s*|\s+|$)(.*?)\)?")


def _without_answer(cell: CellValue, *, yes: frozenset[str], no: frozenset[str]) -> CellValue:
    """`Y - 11-30` is the day, `Y` and `N - 11-30` are none."""
    text = clean_text(cell)
    match = _ANSWER.fullmatch(text)
    said = match[1].casefold() if match else ""
    if text.casefold() in yes | no or said in no:
        return ""
    return match[2] if match and said in yes else cell


def join_hours(sheet: Sheet) -> None:
    """A day in one column and its hour in another are one moment."""
    for name, hour in HOURS.items():
        if hour in sheet.cells:
            cells = dict(sheet.cells)
            hours = cells.pop(hour)
            if name in cells:
                cells[name] = tuple(map(_join_hour, cells[name], hours))
            sheet.cells = cells


def _join_hour(day: CellValue, hour: CellValue) -> CellValue:
    text = clean_text(hour)
    if not text or not clean_text(day) or (isinstance(day, datetime) and day.time() != time(0)):
        return day
    if isinstance(day, date) and isinstance(hour, time):
        return datetime.combine(day, hour)
    if isinstance(day, int | float) and isinstance(hour, float):
        return day + hour % 1
    shown = day.date().isoformat() if isinstance(day, datetime) else clean_text(day)
    if ":" in shown:
        return shown
    return f"{shown} {text}:00" if text.isdigit() and len(text) < 3 else f"{shown} {text}"
