"""A table into leads: one pass, pure, nothing skipped in silence.

1. The columns are understood (`columns`), the rows about leads are taken (`sheet`).
2. Each cell is read by itself, column by column, a text that repeats itself once (`fields`); each date column decides
   its order of day and month (`dates`). A cell that cannot be understood is a problem and its field `unreadable`.
3. The cells of a row are put together (`settling`). A row without company and contact, or without any readable date, is
   out as a whole: `silent_rows`, and where memory knows it, `silent_keys`. Its events stay as they are.
4. Rows alike in every mapped cell are one lead. Every lead gets its key (`keys`, `remembered_leads`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import repeat
from typing import Any

from msgspec import Struct
from msgspec.structs import fields, replace

from sync.config import Settings
from sync.memory import LeadMemory, Memory
from sync.models import CUSTOMER, Lead, Leads, Note, Row, Stage, Table, UnclearStatus, Written
from sync.moments import day_of
from sync.reading import settling
from sync.reading.cells import Fault, clean_text
from sync.reading.columns import Columns, understand_columns
from sync.reading.customers import (
    constants_of,
    dated_words_of_sellers,
    lists_customers,
    settle_customers,
    words_of_sellers,
)
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.date_order import LOCALE, decide_readings, reading_beside
from sync.reading.dates import Order, Reading, Yearless
from sync.reading.fields import make_readers, read_column
from sync.reading.headers import counts_to_24, spoken_order
from sync.reading.interview_cells import part_rounds
from sync.reading.keys import Identities, numbers_rows
from sync.reading.lint import lint_leads
from sync.reading.meetings import settle_days_ahead, settle_meetings, settle_talks
from sync.reading.next_steps import part_follow_ups, settle_next_steps
from sync.reading.noted_terms import settle_noted_terms
from sync.reading.parting import part_people
from sync.reading.relations import settle_acquaintances, settle_own_agencies, settle_relations
from sync.reading.remembered_leads import Keys, assign_keys
from sync.reading.sheet import Sheet, drop_answers, join_hours, take_rows
from sync.reading.standings import days_in_words, settle_stages, tell_figures
from sync.reading.statuses import StageWords, ask_notes, own_words
from sync.reading.still_ahead import keep_ahead
from sync.reading.told_people import note_told_people
from sync.reading.undated import answers_beside, labels_in, name_undated, with_dates
from sync.reading.vocabulary import DAYS, MET, MOMENTS, Vocabulary
from sync.reading.years import Completed, complete_years
from sync.texts import Wording, load_remarks

_EMPTY: Mapping[str, Any] = {}
_DATED = DAYS | MOMENTS | {"plan"}
_DEFAULTS = {field.name: field.default for field in fields(Lead)}
_NOTHING: frozenset[str] = frozenset()
_EARLY_HOUR = re.compile(r"(?<!\d)[56]\s?[:.]\s?[0-5]\d(?!\d)")
MAX_FUTURE = 10
"""So many rows with an application still to come are named."""
MAX_HEADINGS = 12
"""So many headings of months are named: those of a year."""


def read_leads(
    table: Table,
    *,
    settings: Settings,
    vocabulary: Vocabulary,
    memory: Mapping[str, LeadMemory],
    accepted: Mapping[str, str] = _EMPTY,
    today: date | None = None,
    read_before: date | None = None,
) -> Leads:
    """The leads of this table. `accepted` is the mapping of earlier runs (`Leads.mapped`); it never changes by itself.

    `today` is the seeker's day; without it nothing is known to be old. `read_before` is the day of the last run: cells
    that memory does not know were written since ("call on Tuesday").

    Raises `ConfigError` when no header row is found or a mapped column is missing. An empty table has no leads.
    """
    words = load_remarks(settings.language)
    notes = [*(Note(words.tell(note)) for note in table.notes), *_zone_notes(table, settings, words)]
    if not any(row.values for row in table.rows):
        return Leads((), notes=tuple(notes))
    columns = columns_of(table, settings=settings, vocabulary=vocabulary, accepted=accepted)
    notes += [Note(text) for text in columns.notes]
    understand = partial(_understand, columns, settings, vocabulary, memory, today, words)
    read = understand(table)
    written: Mapping[int, Mapping[str, Written]] = {}
    if today is not None:
        labels = labels_in(settings.source.statuses, vocabulary.months)
        dated, written = with_dates(
            table, read.sheet, read.keys_by_number(), memory,
            months=vocabulary.months, settled={*vocabulary.stages, *labels},
            accepted=accepted, read_before=read_before, today=today,
        )  # fmt: skip
        if dated is not table:
            read = understand(dated, answered=answers_beside(table, dated, read.sheet, settings.source.statuses))
        name_undated(read.sheet, written, months=vocabulary.months, today=today)
    sheet, kept, keys = read.sheet, read.kept, read.keys
    spoken = [place for place, index in enumerate(kept) if index not in sheet.silent]
    leads = _make_leads(sheet, _pick(kept, spoken), _pick(keys.keys, spoken), written)
    if today is not None:
        leads = keep_ahead(leads, memory, today)
    renamed = {keys.keys[place]: before for place, before in keys.renamed.items()}
    notes += [*read.notes, *(_renamed_note(lead, renamed[lead.key], words) for lead in leads if lead.key in renamed)]
    return Leads(
        leads=tuple(leads),
        problems=tuple(problem for _, problem in sorted(sheet.problems, key=lambda numbered: numbered[0])),
        notes=(*notes, *ask_notes(read.unclear, words), *read.remarks, *lint_leads(leads, words)),
        silent_rows=sheet.silent_rows,
        silent_keys=tuple(sorted(keys.keys[place] for place in keys.remembered if kept[place] in sheet.silent)),
        mapped=columns.mapped,
        left_out=sheet.left_out(set(range(len(sheet.rows))) - set(kept)),
        unclear=read.unclear,
    )


def columns_of(
    table: Table, *, settings: Settings, vocabulary: Vocabulary, accepted: Mapping[str, str] = _EMPTY
) -> Columns:
    """How these settings have the columns understood. Raises what `read_leads` does."""
    return understand_columns(
        table,
        chosen=settings.source.columns,
        vocabulary=vocabulary,
        accepted=accepted,
        mapping=settings.source.mapping,
        reserved=[*settings.write_back.columns.values()] if settings.write_back else [],
        not_read=settings.source.not_read,
        language=settings.language,
    )


def read_again(table: Table, *, settings: Settings, vocabulary: Vocabulary, memory: Memory, now: datetime) -> Leads:
    """The leads of this table as `read_leads` gives them, by what the runs before understood and remember.

    `now` is aware. Raises what `read_leads` does.
    """
    return read_leads(
        table,
        settings=settings,
        vocabulary=vocabulary,
        memory=memory.leads,
        accepted=memory.runs.mapped,
        today=day_of(now, settings.zone),
        read_before=memory.runs.day_before(settings.zone),
    )


class _Read(Struct, frozen=True):
    """The rows of a table, read and told apart. `kept` are the places of those that stand for themselves."""

    sheet: Sheet
    kept: Sequence[int]
    keys: Keys
    unclear: tuple[UnclearStatus, ...]
    notes: Sequence[Note]
    remarks: Sequence[Note]

    def keys_by_number(self) -> Mapping[int, str]:
        """The keys of the rows, by the number that a person sees in the sheet."""
        rows = self.sheet.rows
        return {rows[index].number: key for index, key in zip(self.kept, self.keys.keys, strict=True)}


def _understand(
    columns: Columns,
    settings: Settings,
    vocabulary: Vocabulary,
    memory: Mapping[str, LeadMemory],
    today: date | None,
    words: Wording,
    table: Table,
    answered: Mapping[str, Stage] = _EMPTY,
) -> _Read:
    """The rows of this table, and which leads they are about. `answered`: further statuses the user has told of."""
    if answered:
        told = {**settings.source.statuses, **answered}
        source = settings.source.model_copy(update={"statuses": told})
        settings = settings.model_copy(update={"source": source})
    idle = vocabulary.yes | vocabulary.no | vocabulary.blank
    sheet = take_rows(
        table, columns, words=words, skip_hidden=settings.source.skip_hidden, idle=idle, sums=vocabulary.sums,
        months=vocabulary.months, dittos=vocabulary.dittos,
    )  # fmt: skip
    notes = [sheet.say("repeated_header", row) for row in sheet.repeated]
    notes += [sheet.say("sums", row) for row in sheet.sums]
    if sheet.headings:
        notes.append(sheet.say("headings", names=", ".join(sheet.headings[:MAX_HEADINGS])))
    join_hours(sheet)
    drop_answers(sheet, vocabulary.yes, vocabulary.no)
    unclear, remarks = _read_rows(sheet, settings, vocabulary, today, table.locale)
    kept, alike = _merge_alike(sheet)
    silent = frozenset(place for place, index in enumerate(kept) if index in sheet.silent)
    keys = assign_keys(_identify(sheet, kept), memory, silent=silent)
    return _Read(sheet, kept, keys, unclear, [*notes, *alike], remarks)


def _zone_notes(table: Table, settings: Settings, words: Wording) -> tuple[Note, ...]:
    """People set a sheet's zone once and forget it; times in its cells are the seeker's all the same."""
    if table.zone in (None, settings.timezone) or not any(
        isinstance(value, datetime) for row in table.rows for value in row.values
    ):
        return ()
    return (Note(words.say("note.zones", theirs=table.zone, yours=settings.timezone)),)


def _read_rows(
    sheet: Sheet, settings: Settings, vocabulary: Vocabulary, today: date | None, locale: str
) -> tuple[tuple[UnclearStatus, ...], list[Note]]:
    """Cells into the fields of a lead; gives the statuses to ask about and what else is to be said of the rows."""
    parted = part_people(sheet)
    part_rounds(sheet, vocabulary.months)
    part_follow_ups(sheet, vocabulary.months)
    dated = {name: cells for name, cells in sheet.cells.items() if name in _DATED}
    spoken = tuple(days_in_words(sheet, vocabulary.months))
    usual = partial(_usual_order, sheet.columns.headers, locale)
    readings = decide_readings(
        dated, settings.source.date_order, zone=settings.zone, months=vocabulary.months, days=DAYS, met=MET,
        today=today, beside=spoken, usual=usual,
    )  # fmt: skip
    to_24 = _tells_early_hour(sheet) and counts_to_24(sheet.columns.headers)
    readings = {name: replace(one, own_act=name == "applied_on", counts_to_24=to_24) for name, one in readings.items()}
    readers = make_readers(vocabulary, readings)
    remarks = [*parted, *_order_note(readings, sheet, locale)]
    for name, cells in sheet.cells.items():
        values: Sequence[Any] = read_column(cells, readers[name])
        if Yearless in map(type, values):
            completed = complete_years(values, name, readings[name], settings.source.year)
            remarks += _years_note(sheet.columns.mapped[name], completed, sheet)
            values = completed.values
        _take_values(sheet, name, values)
    if "id" in sheet.values and numbers_rows(text for cell in sheet.cells["id"] if (text := clean_text(cell))):
        del sheet.values["id"]
    shape = sheet.columns.shape
    constants = constants_of(shape.constants, sheet.cells.get("status", ())) if shape else _EMPTY
    settling.fill_constants(sheet, constants)
    settling.join_names(sheet)
    settling.settle_links(sheet)
    settling.settle_interviews(sheet, readings)
    settling.settle_slots(sheet, readings)
    settling.settle_rounds(sheet)
    settling.settle_follow_ups(sheet, today)
    settling.settle_refusals(sheet)
    settling.settle_plans(sheet)
    settling.settle_boxes(sheet)
    selling = constants.get("lead_kind") == CUSTOMER or lists_customers(
        sheet.columns.headers, sheet.columns.mapped, sheet.cells.get("status", ())
    )
    own = {
        **(shape.statuses if shape else {}),
        **(words_of_sellers() if selling else {}),
        **settings.source.statuses,
    }
    words = StageWords(
        own_words(own), vocabulary, canonical=_is_canonical(sheet),
        dated=dated_words_of_sellers() if selling else _NOTHING,
    )  # fmt: skip
    reading = reading_beside(
        readings, zone=settings.zone, months=vocabulary.months, today=today, beside=spoken,
        usual=usual if tell_figures(sheet) else None,
    )  # fmt: skip
    reading = replace(reading, counts_to_24=to_24)
    unclear, against = settle_stages(sheet, words, reading, settings.source.year)
    settle_acquaintances(sheet)
    settle_next_steps(sheet, words, reading, settings.source.year)
    settle_noted_terms(sheet, words, reading, settings.source.year)
    settling.settle_first_contacts(sheet)
    if selling:
        settle_customers(sheet, today)
    settle_days_ahead(sheet, today)
    settle_meetings(sheet, today)
    settle_talks(sheet)
    settling.settle_own_zones(sheet, settings.zone)
    settling.silence_rows(sheet)
    settle_relations(sheet)
    settling.settle_people(sheet)
    settle_own_agencies(sheet)
    settling.settle_recruiters(sheet)
    settling.settle_words(sheet)
    return unclear, [*remarks, *against, *note_told_people(sheet), *_future_notes(sheet, today)]


def _order_note(readings: Mapping[str, Reading], sheet: Sheet, locale: str) -> list[Note]:
    """Said once: no cell proves the order, but only one of them makes sense."""
    found = next((reading for reading in readings.values() if reading.because), None)
    if found is None:
        return []
    first = sheet.words.say(f"order.{found.order or 'dmy'}")
    because = sheet.words.say(f"order.{found.because}", locale=locale)
    return [sheet.say("order", first=first, because=because, order=found.order)]


def _tells_early_hour(sheet: Sheet) -> bool:
    """Whether an hour stands in it that the language of its headers tells: whoever counts to 24 means the morning."""
    names = ("status", "outcome", "next_step", *MET)
    cells = (cell for name in names for cell in set(sheet.cells.get(name, ())))
    return any(isinstance(cell, str) and _EARLY_HOUR.search(cell) for cell in cells)


def _usual_order(headers: Sequence[str], locale: str) -> tuple[Order | None, str]:
    """Which of day and month comes first in the language of these headers and the locale of their sheet, and why.

    Nobody chooses a locale, so that it is said; it settles nothing against the language of the headers.
    """
    spoken = spoken_order(headers)
    order = shipped_date_words().usual_order(locale)
    if spoken:
        return (spoken if order in (spoken, None) else None), ""
    return order, LOCALE


def _years_note(header: str, completed: Completed, sheet: Sheet) -> list[Note]:
    """Said once per column, with the count."""
    if not completed.count:
        return []
    years = sheet.words.say("joint.years").join(map(str, completed.years))
    return [sheet.say("years", count=completed.count, header=repr(header), years=years, year=completed.years[-1])]


def _future_notes(sheet: Sheet, today: date | None) -> list[Note]:
    """Nobody has applied tomorrow: the year or the column may be wrong."""
    days = sheet.values.get("applied_on")
    if today is None or days is None:
        return []
    ahead = [(row, day) for row, day in zip(sheet.rows, days, strict=True) if day is not None and day > today]
    return [sheet.say("to_come", row, day=f"{day:%Y-%m-%d}") for row, day in ahead[:MAX_FUTURE]]


def _is_canonical(sheet: Sheet) -> bool:
    """Whether the column of statuses has our name and holds our stages only."""
    cells = sheet.cells.get("status", ())
    return sheet.columns.mapped.get("status") == "status" and {*map(clean_text, set(cells)), ""} <= {*Stage, ""}


def _take_values(sheet: Sheet, name: str, values: Sequence[Any]) -> None:
    """The column's values; what could not be understood becomes a problem of its cell."""
    if Fault in map(type, values):
        for index, value in enumerate(values):
            if isinstance(value, Fault):
                sheet.set_unreadable(index, name, value)
        values = tuple(None if isinstance(value, Fault) else value for value in values)
    sheet.values[name] = values


def _merge_alike(sheet: Sheet) -> tuple[Sequence[int], list[Note]]:
    """The places of the rows that stand for themselves.

    Rows alike in every mapped cell are one lead: the first of them, with a note.
    """
    everything = range(len(sheet.rows))
    if len(set(map(hash, zip(*sheet.cells.values(), strict=True)))) == len(everything):
        return everything, []
    groups: dict[tuple[str, ...], list[int]] = {}
    for index in everything:
        groups.setdefault(sheet.texts(index), []).append(index)
    notes, merged = [], set()
    for first, *others in groups.values():
        if others and first not in sheet.silent:
            merged |= set(others)
            rows = ", ".join(sheet.reference(sheet.rows[index]) for index in (first, *others))
            notes.append(sheet.say("alike", sheet.rows[first], rows=rows))
    return [index for index in everything if index not in merged], notes


def _identify(sheet: Sheet, kept: Sequence[int]) -> Identities:
    empty: Sequence[Any] = [None] * len(sheet.rows)
    names = ("id", "company", "role", "contact", "url", "applied_on")
    ids, companies, roles, people, urls, days = (_pick(sheet.values.get(name, empty), kept) for name in names)
    return Identities(ids, companies, roles, people, urls, days, lambda place: sheet.texts(kept[place]))


def _pick(column: Sequence[Any], places: Sequence[int]) -> Sequence[Any]:
    """What stands at these places, in their order."""
    return column if len(places) == len(column) else [column[place] for place in places]


def _make_leads(
    sheet: Sheet, kept: Sequence[int], keys: Iterable[str], written: Mapping[int, Mapping[str, Written]]
) -> list[Lead]:
    """The leads of these rows. `written` is by the number of the row."""
    rows: Sequence[Row] = _pick(sheet.rows, kept)
    columns: dict[str, Iterable[Any]] = {
        "key": keys,
        "row": map(sheet.reference, rows),
        "row_number": [row.number for row in rows],
        "columns": _headers(sheet, kept) if sheet.own_headers else repeat(sheet.columns.mapped),
        "unreadable": [sheet.unreadable.get(index, _NOTHING) for index in kept]
        if sheet.unreadable
        else repeat(_NOTHING),
        "address": [row.address for row in rows],
        "written": [written.get(row.number, _EMPTY) for row in rows] if written else repeat(_EMPTY),
    }
    for name, default in _DEFAULTS.items():
        if name in sheet.values:
            values = _pick(sheet.values[name], kept)
            columns[name] = values if default is None else [default if value is None else value for value in values]
    return list(map(Lead, *(columns.get(name, repeat(default)) for name, default in _DEFAULTS.items())))


def _headers(sheet: Sheet, kept: Sequence[int]) -> list[Mapping[str, str]]:
    """For each of these rows the headers of its fields."""
    mapped = sheet.columns.mapped
    return [{**mapped, **sheet.own_headers[index]} if index in sheet.own_headers else mapped for index in kept]


def _renamed_note(lead: Lead, before: LeadMemory, words: Wording) -> Note:
    old = ", ".join(part for part in (before.company or before.contact, before.role) if part)
    return Note(words.say("note.renamed", old=old, new=lead.label), lead=lead.label, row=lead.row)
