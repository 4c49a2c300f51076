"""Which cells of the sheet are to hold what, where the user turned write-back on; and where those cells are now.

Rules:

- Only columns that the user named are written to, only in rows that are leads, and only where the text differs.
- A cell is known by its column's header and by other cells of its row, its *key*, never by a row number: people sort
  and insert rows between our reading and our writing. A key that fits no row, or several, is not written.
- What is written is plain text that no spreadsheet program takes for a formula.
- A column that is written to is never read, so that what comes out of here cannot come back as a fact (`done_on`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct

from sync.errors import ConfigError
from sync.memory import Memory
from sync.models import CellToWrite, CellValue, Leads, Note, Remark, Row, Table, Touch, TouchClass
from sync.moments import sortable
from sync.reconcile.words import keys_of
from sync.safe_text import clean, defuse
from sync.texts import Wording

KEY_FIELDS = ("id", "company", "role", "contact_name", "contact_email", "url", "applied_on")
"""What tells one row from another, as far as the sheet has it."""


class Found(Struct, frozen=True):
    """A cell to write, found again: its row as a person counts, its column counted from 0."""

    number: int
    column: int
    text: str


def check_columns(leads: Leads, *, columns: Collection[str], words: Wording) -> None:
    """Raises `ConfigError` where a column to write into is read as well: our own words would come back as facts."""
    for name, header in leads.mapped.items():
        if header in columns:
            raise ConfigError(words.say("write_back.read", header=repr(header), field=name))


def cells_to_write(
    table: Table, leads: Leads, *, column: str, texts: Mapping[str, str], words: Wording
) -> tuple[tuple[CellToWrite, ...], tuple[Note, ...]]:
    """What has to change so that every lead's cell in this column holds its text, by lead key; "" where it has none."""
    headers = [leads.mapped[name] for name in KEY_FIELDS if name in leads.mapped]
    places = _find_columns(table, [*headers, column])
    if places is None:
        return (), (Note(words.say(f"write_back.{_why_not(table, column)}", header=repr(column))),)
    rows = {row.number: row for row in table.rows}
    cells = []
    for lead in leads.leads:
        row = rows[lead.row_number]
        text = texts.get(lead.key, "")
        if _shown(_cell(row, places[column])) not in (text, defuse(text)):  # a text source may have to defuse it
            key = {header: _cell(row, places[header]) for header in headers}
            cells.append(CellToWrite(row=lead.row, column=column, text=text, key=key))
    return tuple(cells), ()


def _why_not(table: Table, column: str) -> str:
    """Why no cell of this column is to be found, as a key of `[write_back]`."""
    if _find_columns(table, [column]) is not None:
        return "alike"
    wanted = " ".join(column.split())
    if any(wanted in [" ".join(str(value).split()) for value in row.values] for row in table.rows):
        return "twice"
    return "no_column"


def next_follow_ups(leads: Leads, touches: Sequence[Touch], memory: Memory) -> Mapping[str, str]:
    """The day of each lead's next open touch to somebody, by lead key; the seeker's own chores don't count."""
    return {key: _day(touch) for key, touch in _next(touches).items()}


def what_comes_next(leads: Leads, touches: Sequence[Touch], memory: Memory) -> Mapping[str, str]:
    """What each lead's next open touch is, in the words of its title."""
    return {key: clean(touch.summary) for key, touch in _next(touches).items()}


def snoozed_to(leads: Leads, touches: Sequence[Touch], memory: Memory) -> Mapping[str, str]:
    """The day to which the user moved each lead's next open touch, by drag or by word."""
    return {key: _day(touch) for key, touch in _next(touches).items() if touch.pinned}


def last_done(leads: Leads, touches: Sequence[Touch], memory: Memory) -> Mapping[str, str]:
    """The last day on which a touch of each lead was done, by a tick, a word or the sheet; never what is assumed."""
    done: dict[str, date] = {}
    for touch in memory.touches.values():
        if touch.done_on is not None and not touch.assumed:
            done[touch.lead_key] = max(touch.done_on, done.get(touch.lead_key, touch.done_on))
    days = {lead.key: [done[key] for key in keys_of([lead]) if key in done] for lead in leads.leads}
    return {key: max(found).isoformat() for key, found in days.items() if found}


TEXTS: Mapping[str, Callable[[Leads, Sequence[Touch], Memory], Mapping[str, str]]] = {
    "next_follow_up": next_follow_ups,
    "last_done": last_done,
    "snoozed_to": snoozed_to,
    "what_next": what_comes_next,
}
"""What can be written back, by its name in the settings: the text of each lead, by lead key."""


def _next(touches: Sequence[Touch]) -> Mapping[str, Touch]:
    found: dict[str, Touch] = {}
    for touch in touches:
        if touch.lead is not None and touch.kind is not TouchClass.SELF and not touch.done:
            known = found.setdefault(touch.lead_key, touch)
            if sortable(touch.start) < sortable(known.start):
                found[touch.lead_key] = touch
    return found


def _day(touch: Touch) -> str:
    return (touch.start.date() if isinstance(touch.start, datetime) else touch.start).isoformat()


def find_cells(table: Table, cells: Sequence[CellToWrite]) -> tuple[tuple[Found, ...], tuple[Remark, ...]]:
    """Where these cells are in a table read just now, and why the others are not to be found."""
    found, lost = [], []
    for cell in cells:
        places = _find_columns(table, [*cell.key, cell.column])
        fitting = list(_fitting_rows(table, cell.key, places)) if places else []
        if places and len(fitting) == 1:
            found.append(Found(fitting[0].number, places[cell.column], cell.text))
        else:
            lost.append(
                Remark("write_back.several_rows" if fitting else "write_back.no_row", {"row": cell.row}, cell.row)
            )
    return tuple(found), tuple(lost)


def differences(before: Table, after: Table) -> Mapping[tuple[int, int], str]:
    """Every cell that reads differently, by row number and column."""
    found = {}
    old, new = ({row.number: row.values for row in table.rows} for table in (before, after))
    for number in old.keys() | new.keys():
        left, right = old.get(number, ()), new.get(number, ())
        for column in range(max(len(left), len(right))):
            was = left[column] if column < len(left) else ""
            now = right[column] if column < len(right) else ""
            if was != now:
                found[number, column] = str(now)
    return found


def meant(cells: Sequence[Found]) -> Mapping[tuple[int, int], str]:
    """The differences that writing these cells is to make."""
    return {(cell.number, cell.column): defuse(cell.text) for cell in cells}


def _fitting_rows(table: Table, key: Mapping[str, CellValue], places: Mapping[str, int]) -> Iterator[Row]:
    for row in table.rows:
        if all(_shown(_cell(row, places[header])) == _shown(value) for header, value in key.items()):
            yield row


def _find_columns(table: Table, headers: Sequence[str]) -> Mapping[str, int] | None:
    """Each header's column in the first row that has them all; None where there is none or a header stands twice."""
    wanted = [" ".join(header.split()) for header in headers]
    for row in table.rows:
        texts = [" ".join(value.split()) if isinstance(value, str) else None for value in row.values]
        if all(header in texts for header in wanted):
            if any(texts.count(header) > 1 for header in wanted):
                return None
            return {header: texts.index(name) for header, name in zip(headers, wanted, strict=True)}
    return None


def _cell(row: Row, column: int) -> CellValue:
    return row.values[column] if column < len(row.values) else ""


def _shown(value: CellValue) -> str:
    """A cell as text to compare: a date that the sheet typed equals the text it was written as."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if isinstance(value, str) else str(value)
