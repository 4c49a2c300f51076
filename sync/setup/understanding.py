"""Understanding a sheet by asking: which column is what, then its days and its statuses.

Each question shows cells of the sheet and a proposal. What must be known for anything to be planned is asked first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.errors import ConfigError
from sync.models import Table
from sync.moments import named_day
from sync.reading.cells import Fault, clean_text
from sync.reading.columns import Column
from sync.reading.date_order import decide_order
from sync.reading.dates import Reading, looks_dated, read_moment
from sync.reading.vocabulary import DAYS, MOMENTS, load_vocabulary
from sync.setup.day_questions import is_month_first, settle_order, settle_year
from sync.setup.questions import Interview, pick, pick_one
from sync.setup.settings_file import Setup
from sync.setup.sheets import Sheets, Understood
from sync.setup.status_questions import settle_statuses

WHO = ("company", "contact_name", "contact_email", "organisation")
MOST_CHOICES = 20
LEAST_SURE = 0.5
"""A reading of a column that is not surer is not proposed: leaving it out is."""
SAMPLES = 3


def understand(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, *, reserve: int
) -> tuple[Setup, Understood]:
    """The settings with what was asked about the sheet, and the sheet read with them.

    `reserve` is how many questions are still to come after these.
    """
    setup, seen = _settle_header(talk, sheets, setup, table)
    setup, seen = _settle_who(talk, sheets, setup, table, seen)
    asked_when = not any(column.ask and _is_dated(column) and _sure_of(column) for column in seen.columns)
    if asked_when:  # several columns of days, and none of them is likelier than another
        setup, seen = _settle_when(talk, sheets, setup, table, seen)
    setup, seen = _settle_columns(talk, sheets, setup, table, seen, reserve=reserve + 1)
    if not asked_when:
        setup, seen = _settle_when(talk, sheets, setup, table, seen)
    setup, seen = _settle_left_over(talk, sheets, setup, table, seen, reserve=reserve + 1)
    setup, seen = settle_order(talk, sheets, setup, table, seen)
    setup, seen = settle_year(talk, sheets, setup, table, seen)
    setup = settle_statuses(talk, sheets, setup, seen, reserve=reserve)
    return setup, sheets.understand(setup, table)


def _settle_header(talk: Interview, sheets: Sheets, setup: Setup, table: Table) -> tuple[Setup, Understood]:
    """The sheet read; where no row names columns that are known, the company is asked for in its first row."""
    try:
        return setup, sheets.understand(setup, table)
    except ConfigError:
        first = next((row for row in table.rows if any(clean_text(value) for value in row.values)), None)
        heads = [text for value in (first.values if first else ()) if (text := clean_text(value))][:MOST_CHOICES]
        if not talk.asks or setup.columns or len(heads) < 2:
            raise
    rows = [talk.phrase("pick_row", number=number, header=head, cells="") for number, head in enumerate(heads, 1)]
    above = (talk.phrase("no_header", name=table.name), *rows)
    chosen = talk.ask(talk.pose("company", proposal="1", above=above), lambda text: pick_one(heads, text))
    setup = _with_column(setup, "company", chosen)
    return setup, sheets.understand(setup, table)


def _settle_who(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood
) -> tuple[Setup, Understood]:
    """A column that names the company or a person: without one no row can be planned."""
    people = any(column.ask and column.proposal == "contact_name" for column in seen.columns)
    if people or any(name in seen.leads.mapped for name in WHO):
        return setup, seen  # in a list of people, who they are is asked with the other columns
    named = [column for column in _unread(seen, setup) if not _is_dated(column) and _has_words(column)]
    proposed = [column for column in named if column.proposal == "company"] or named
    return _ask_needed(talk, sheets, setup, table, seen, "company", proposed[:1], named)


def _settle_when(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood
) -> tuple[Setup, Understood]:
    """A column that holds days: without one no row can be planned, unless its status says some."""
    if any(name in seen.leads.mapped for name in DAYS | MOMENTS):
        return setup, seen
    dated = [column for column in _unread(seen, setup) if _is_dated(column)]
    past = [column for column in dated if not _lies_ahead(sheets, setup, column)]
    return _ask_needed(talk, sheets, setup, table, seen, "applied_on", (past or dated)[:1], dated)


def _ask_needed(
    talk: Interview,
    sheets: Sheets,
    setup: Setup,
    table: Table,
    seen: Understood,
    name: str,
    proposed: Sequence[Column],
    among: Sequence[Column],
) -> tuple[Setup, Understood]:
    if not among or not proposed:
        return setup, seen
    heads = [column.header for column in among][:MOST_CHOICES]
    rows = [
        talk.phrase("pick_row", number=number, header=column.header, cells=_cells(column))
        for number, column in enumerate(among[:MOST_CHOICES], 1)
    ]
    what = "company" if name == "company" else "date"
    proposal = str(heads.index(proposed[0].header) + 1) if proposed[0].header in heads else ""
    question = talk.pose(what, proposal=proposal, above=(talk.phrase(f"pick_{what}"), *rows))
    chosen = talk.ask(question, lambda text: pick(heads, text))
    if not chosen:
        return setup, seen
    setup = _with_column(setup, name, chosen)
    return setup, sheets.understand(setup, table)


def _settle_columns(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood, *, reserve: int
) -> tuple[Setup, Understood]:
    """Columns that probably matter and that nothing settles, as many as there is room for."""
    for column in seen.columns:
        if not column.ask or not talk.room(reserve):
            continue
        proposal = _sure_of(column)
        if not proposal and _is_dated(column) and _lies_ahead(sheets, setup, column):
            ahead = [one for one in column.choices if one.field in _AHEAD]
            proposal = ahead[0].field if ahead else ""
            column = replace(column, choices=(*ahead, *(one for one in column.choices if one.field not in _AHEAD)))
        if not proposal and _is_open_day(column, setup, seen):
            continue
        setup = _ask_column(talk, setup, seen, column, proposal)
    return setup, sheets.understand(setup, table)


def _is_open_day(column: Column, setup: Setup, seen: Understood) -> bool:
    """Whether it holds days of which nothing says what they are, beside others that are known: it can wait."""
    known = seen.leads.mapped.keys() | setup.columns.keys()
    return column.ask and _is_dated(column) and not (DAYS | MOMENTS).isdisjoint(known)


_AHEAD = ("follow_up_on", "interview_at", "closes_on")
"""What a day that is still to come may be."""


def _sure_of(column: Column) -> str:
    """What is proposed for this column, if it is likely enough to be taken by Enter."""
    sure = {one.field for one in column.choices if one.confidence > LEAST_SURE}
    return column.proposal if column.proposal in sure else ""


def _lies_ahead(sheets: Sheets, setup: Setup, column: Column) -> bool:
    """Whether all days that are shown of this column are still to come."""
    zone = ZoneInfo(setup.timezone)
    order, _ = decide_order(column.samples)
    reading = Reading(order or ("mdy" if is_month_first(setup) else "dmy"), zone, load_vocabulary().months)
    days = [named_day(found) for text in column.samples if not isinstance(found := read_moment(text, reading), Fault)]
    return len(days) > 1 and min(days) > sheets.now.astimezone(zone).date()


def _ask_column(talk: Interview, setup: Setup, seen: Understood, column: Column, proposal: str) -> Setup:
    """What this column is; one that is left out is not asked about again."""
    names = [one.field for one in column.choices if one.field not in {**seen.leads.mapped, **setup.columns}]
    if not names:
        return setup
    meanings = [
        talk.phrase("choice", number=number, meaning=talk.phrases.meaning_of(name, selling=seen.sells))
        for number, name in enumerate(names, 1)
    ]
    about = talk.phrase("column_about", header=column.header, cells=_cells(column))
    number = str(names.index(proposal) + 1) if proposal in names else "0"
    question = talk.pose("column", proposal=number, above=(about, *meanings), header=column.header)
    chosen = talk.ask(question, lambda text: pick(names, text))
    if chosen:
        return _with_column(setup, chosen, column.header)
    return _leave_out(setup, [column.header]) if talk.asks else setup


def _leave_out(setup: Setup, headers: Sequence[str]) -> Setup:
    return replace(setup, not_read=tuple(dict.fromkeys((*setup.not_read, *headers))))


def _settle_left_over(
    talk: Interview, sheets: Sheets, setup: Setup, table: Table, seen: Understood, *, reserve: int
) -> tuple[Setup, Understood]:
    """What is left though it holds something and nothing says that it is of no use, in one question."""
    asked = set(setup.columns.values())
    left = [
        column
        for column in _unread(seen, setup)
        if column.header not in asked and (column.left_over or _is_open_day(column, setup, seen))
    ][:MOST_CHOICES]
    if not left or talk.room(reserve) <= 1:
        return setup, seen
    heads = [column.header for column in left]
    rows = [
        talk.phrase("pick_row", number=number, header=column.header, cells=_cells(column))
        for number, column in enumerate(left, 1)
    ]
    question = talk.pose("left_over", proposal=talk.phrases.no[0], above=(talk.phrase("left_over"), *rows))
    chosen = talk.ask(question, lambda text: _pick_several(talk, heads, text))
    if talk.asks:
        setup = _leave_out(setup, [header for header in heads if header not in chosen])
    for column in left:
        if column.header in chosen and talk.room(reserve):
            setup = _ask_column(talk, setup, seen, column, column.choices[0].field)
    return setup, sheets.understand(setup, table)


def _pick_several(talk: Interview, heads: Sequence[str], text: str) -> list[str]:
    if text.strip().casefold() in talk.phrases.no or text.strip() in heads:
        return [text.strip()] if text.strip() in heads else []
    return [header for part in re.split(r"[\s,;]+", text.strip()) if (header := pick(heads, part))]


def _unread(seen: Understood, setup: Setup) -> list[Column]:
    """The columns that hold something and are not read, without those that somebody left out."""
    left_out = set(setup.not_read)
    return [column for column in seen.columns if not column.field and column.samples and column.header not in left_out]


def _is_dated(column: Column) -> bool:
    months = load_vocabulary().months
    return sum(looks_dated(text, months) for text in column.samples) * 2 >= len(column.samples)


def _has_words(column: Column) -> bool:
    return sum(any(char.isalpha() for char in text) for text in column.samples) * 2 >= len(column.samples)


def _cells(column: Column) -> str:
    return " | ".join(text if len(text) <= 24 else f"{text[:23]}…" for text in column.samples[:SAMPLES])


def _with_column(setup: Setup, name: str, header: str) -> Setup:
    return replace(setup, columns={**setup.columns, name: header})
