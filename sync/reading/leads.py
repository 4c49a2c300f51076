"""A table into leads: one pass, pure, nothing skipped in silence.

1. The columns are understood (`columns`), each date column decides its order of day and month (`dates`).
2. Each row becomes its fields (`fields`); a cell that cannot be understood is a problem and its field `unreadable`.
3. A row without company and contact, or without any readable date, is out as a whole: `silent_rows`, and where memory
   knows it, `silent_keys`. Its events stay as they are.
4. Rows alike in every mapped cell are one lead. Every lead gets its key (`keys`).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, tzinfo
from itertools import islice, repeat, zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from sync.config import Settings
from sync.models import CellValue, Lead, Leads, Note, Person, Problem, Row, Stage, Table
from sync.reading.cells import Fault, clean_text, shown
from sync.reading.columns import Columns, understand_columns
from sync.reading.dates import Reading, decide_order, read_moment
from sync.reading.fields import Later, make_readers, read_cell
from sync.reading.keys import Identity, Keys, assign_keys, numbers_rows
from sync.reading.lint import lint_leads
from sync.reading.statuses import StageWords, UnknownWords, own_words
from sync.reading.vocabulary import DAYS, MOMENTS, Vocabulary
from sync.reconcile.memory import LeadMemory

_MERGE_MARKS = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")
_DATES = DAYS | MOMENTS
_PERSON = frozenset(("contact_name", "contact_email", "contact_phone"))
_WHO = frozenset(("company", "contact_name", "contact_email", "contact_phone"))
_NOBODY = Person()
_EMPTY: Mapping[str, Any] = {}
_DEFAULTS = {field.name: field.default for field in fields(Lead)}


@dataclass(slots=True)
class _Draft:
    """One row on its way to a lead."""

    row: Row
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    cells: tuple[str, ...] = ()
    contact: Person = _NOBODY
    unreadable: frozenset[str] = frozenset()
    silent: bool = False


def read_leads(
    table: Table,
    *,
    settings: Settings,
    vocabulary: Vocabulary,
    memory: Mapping[str, LeadMemory],
    accepted: Mapping[str, str] = _EMPTY,
) -> Leads:
    """The leads of this table. `accepted` is the mapping of earlier runs (`Leads.mapped`); it never changes by itself.

    Raises `ConfigError` when no header row is found or a mapped column is missing. An empty table has no leads.
    """
    notes = [*(Note(text) for text in table.notes), *_zone_notes(table, settings)]
    if not any(row.values for row in table.rows):
        return Leads((), notes=tuple(notes))
    columns = understand_columns(
        table,
        chosen=settings.source.columns,
        vocabulary=vocabulary,
        accepted=accepted,
        mapping=settings.source.mapping,
    )
    notes += [Note(text) for text in columns.notes]
    reading = _Reading(table, columns, settings, vocabulary)
    drafts = reading.read_rows(skip_hidden=settings.source.skip_hidden)
    kept = _merge_alike(drafts, notes)
    keys = _assign_keys(kept, memory)
    mapped = columns.mapped
    spoken = [index for index, draft in enumerate(kept) if not draft.silent]
    leads = _make_leads([kept[index] for index in spoken], [keys.keys[index] for index in spoken], mapped)
    for lead, index in zip(leads, spoken, strict=True):
        if index in keys.renamed:
            notes.append(_renamed_note(lead, keys.renamed[index]))
    silent_keys = [keys.keys[index] for index in keys.remembered if kept[index].silent]
    return Leads(
        leads=tuple(leads),
        problems=tuple(reading.problems),
        notes=(*notes, *reading.unknown.notes(reading.words), *reading.contradictions, *lint_leads(leads)),
        silent_rows=tuple(draft.name for draft in drafts if draft.silent),
        silent_keys=tuple(sorted(silent_keys)),
        mapped=mapped,
    )


def _zone_notes(table: Table, settings: Settings) -> tuple[Note, ...]:
    """People set a sheet's zone once and forget it; times in its cells are the seeker's all the same (DESIGN 5.3)."""
    if table.zone in (None, settings.timezone) or not any(
        isinstance(value, datetime) for row in table.rows for value in row.values
    ):
        return ()
    text = f"the sheet is set to the time zone {table.zone}, you to {settings.timezone}: times in it are taken as yours"
    return (Note(text),)


class _Reading:
    """Reads the rows below the header and collects what could not be understood."""

    def __init__(self, table: Table, columns: Columns, settings: Settings, vocabulary: Vocabulary) -> None:
        self.table, self.columns, self.vocabulary = table, columns, vocabulary
        self.zone: tzinfo = settings.zone
        self.problems: list[Problem] = []
        shape = columns.shape
        self.constants: Mapping[str, str] = shape.constants if shape else {}
        own = {**(shape.statuses if shape else {}), **settings.source.statuses}
        self.words = StageWords(own_words(own), vocabulary)
        self.unknown = UnknownWords()
        self.contradictions: list[Note] = []
        self.body = table.rows[columns.header_index + 1 :]
        self.readings = self._decide_dates(settings.source.date_order)
        self.readers = make_readers(vocabulary, self.readings)
        ids = columns.fields.get("id")
        self.ids_number_rows = ids is not None and numbers_rows(
            text for row in self.body if ids < len(row.values) and (text := clean_text(row.values[ids]))
        )

    def _decide_dates(self, order: str) -> Mapping[str, Reading]:
        """How each date column is read: its own evidence, else that of the sheet's other date columns."""
        months = self.vocabulary.months
        names = [name for name in self.columns.fields if name in _DATES or name == "plan"]
        if order != "auto":
            fixed = Reading(order=order, zone=self.zone, months=months)  # type: ignore[arg-type]
            return dict.fromkeys(names, fixed)
        own = {name: decide_order(self._texts(self.columns.fields[name])) for name in names}
        orders = (
            {found for found, mixed in own.values() if found} if not any(mixed for _, mixed in own.values()) else set()
        )
        common = orders.pop() if len(orders) == 1 else None
        return {
            name: Reading(order=found or (None if mixed else common), zone=self.zone, months=months, mixed=mixed)
            for name, (found, mixed) in own.items()
        }

    def _texts(self, index: int) -> list[str]:
        cells = (row.values[index] for row in self.body if index < len(row.values))
        return [cell.strip() for cell in cells if isinstance(cell, str)]

    def read_rows(self, *, skip_hidden: bool) -> list[_Draft]:
        """Every row that is a row: neither blank nor a repeated header nor a merge conflict's mark.

        Cells are read column by column, each different cell once; then the rows are put together.
        """
        header = [clean_text(value) for value in self.table.rows[self.columns.header_index].values]
        prefix = f"{self.table.name}:"
        drafts = [
            _Draft(row, f"{prefix}{row.number}")
            for row in self.body
            if not (skip_hidden and row.hidden) and not self._is_no_lead(row, header)
        ]
        whole = [draft for draft in drafts if not self._has_shifted(draft)]
        cells = _cut_columns([draft.row.values for draft in whole], list(self.columns.fields.values()))
        columns = {
            name: self._read_column(name, column) for name, column in zip(self.columns.fields, cells, strict=True)
        }
        faulty = [name for name, values in columns.items() if any(value.__class__ is Fault for value in values)]
        texts = zip(*map(_texts_of, cells), strict=True)
        for draft, own, results in zip(whole, texts, zip(*columns.values(), strict=True), strict=True):
            draft.cells = own
            draft.values = {name: value for name, value in zip(columns, results, strict=True) if value is not None}
            self._settle_row(draft, faulty)
        return drafts

    def _read_column(self, name: str, cells: Sequence[CellValue]) -> list[Any]:
        """The field's value in each of these cells; a text that repeats itself is read once."""
        reader, blank = self.readers.get(name), self.vocabulary.blank
        # 1, 1.0 and True are one key of a dictionary, but not one cell: only texts are looked up.
        texts = {cell for cell in cells if isinstance(cell, str)}
        known = {text: read_cell(text, name=name, reader=reader, blank=blank) for text in texts}
        return [
            known[cell] if isinstance(cell, str) else read_cell(cell, name=name, reader=reader, blank=blank)
            for cell in cells
        ]

    def _is_no_lead(self, row: Row, header: Sequence[str]) -> bool:
        first = clean_text(row.values[0]) if row.values else ""
        if first == header[0] and [clean_text(value) for value in row.values] == header:
            return True
        if first.startswith(_MERGE_MARKS):
            reason = "is a mark left by a merge conflict; delete the line"
            name = f"{self.table.name}:{row.number}"
            self.problems.append(Problem(name, self.columns.headers[0], shown(row.values[0]), reason))
            return True
        return not first and not any(clean_text(value) for value in row.values)

    def _problem(self, draft: _Draft, column: str, value: CellValue, reason: str) -> None:
        self.problems.append(Problem(draft.name, column, shown(value), reason))

    def _has_shifted(self, draft: _Draft) -> bool:
        values, width = draft.row.values, len(self.columns.headers)
        if not (self.table.delimited and len(values) > width and any(values[width:])):
            return False
        reason = f"the row has {len(values)} cells, the header {width}: a text with commas needs quotes"
        self._silence(draft, self.columns.headers[-1], values[-1], reason)
        return True

    def _settle_row(self, draft: _Draft, faulty: Sequence[str]) -> None:
        """What the cells of one row mean together. `faulty` are the fields that some row has a fault in."""
        values = draft.values
        for name in faulty:
            if isinstance(values.get(name), Fault):
                self._set_unreadable(draft, name, values.pop(name).reason)
        if "contact_first_name" in values or "contact_last_name" in values:
            _join_name(values)
        for name, constant in self.constants.items():
            values.setdefault(name, constant)
        if self.ids_number_rows:
            values.pop("id", None)
        self._settle_interview(draft)
        self._settle_url(draft)
        self._settle_stage(draft)
        self._settle_whole(draft)
        _settle_words(values)
        if not _PERSON.isdisjoint(values):
            draft.contact = _contact(values)

    def _set_unreadable(self, draft: _Draft, name: str, reason: str) -> None:
        draft.unreadable |= {name}
        self._problem(draft, self.columns.mapped[name], draft.row.values[self.columns.fields[name]], reason)

    def _settle_interview(self, draft: _Draft) -> None:
        """An interview's hour is wall-clock time in its own zone or the contact's, unless the cell has an offset."""
        if "interview_at" not in draft.values and "interview_end" not in draft.values:
            return
        zone = draft.values.get("interview_zone") or draft.values.get("contact_zone")
        if draft.unreadable & {"interview_zone", "contact_zone"} and isinstance(
            draft.values.get("interview_at"), datetime
        ):
            draft.unreadable |= {"interview_at"}
        if not zone:
            return
        for name in ("interview_at", "interview_end"):
            if isinstance(draft.values.get(name), datetime):
                reading = self.readings[name]
                value = draft.row.values[self.columns.fields[name]]
                moved = read_moment(value, Reading(reading.order, ZoneInfo(zone), reading.months, reading.mixed))
                if not isinstance(moved, Fault):
                    draft.values[name] = moved

    def _settle_url(self, draft: _Draft) -> None:
        """A link that hangs on the cell, where the cell's own text is none."""
        if draft.row.links and "url" not in draft.values and "url" in self.columns.fields:
            link = draft.row.links.get(self.columns.fields["url"], "")
            address = read_cell(link, name="url", reader=self.readers["url"], blank=self.vocabulary.blank)
            if isinstance(address, str):
                draft.values["url"] = address

    def _settle_stage(self, draft: _Draft) -> None:
        values = draft.values
        text, outcome = values.pop("status", ""), values.pop("outcome", "")
        stage = self.words.stage_of(text) if text else None
        ended = self.words.stage_of(outcome) if outcome else None
        if stage is None and ended is None:
            for word in (text, outcome):
                if word:
                    self.unknown.add(word, draft.name)
        if stage and ended and stage.closed and ended.closed and stage is not ended:
            reason = f'"{text}" and "{outcome}" contradict each other; the first counts'
            self.contradictions.append(Note(reason, row=draft.name))
        if ended and (stage is None or (ended.closed and not stage.closed)):
            text, stage = outcome, ended
        applied = "applied_on" in values or "applied_on" in draft.unreadable
        values["status_text"] = text or outcome
        values["stage_known"] = stage is not None
        values["stage"] = stage or (Stage.SENT if applied else Stage.IDEA)

    def _settle_whole(self, draft: _Draft) -> None:
        """Rows that nothing can be planned for are out as a whole."""
        values = draft.values
        if _WHO.isdisjoint(values):
            column = self.columns.mapped.get("company") or self.columns.mapped.get("contact_name") or "company"
            self._silence(draft, column, "", "the row names neither a company nor a contact")
        elif not self._has_time(values):
            faulty = not _DATES.isdisjoint(draft.unreadable)
            column = self.columns.mapped.get("applied_on") or self.columns.mapped.get("received_at") or "applied_on"
            draft.silent = True
            if not faulty:
                self._problem(draft, column, "", "the row has no date; nothing can be planned for it")

    def _has_time(self, values: Mapping[str, Any]) -> bool:
        """Whether anything says when. A row marked as an idea arrived when first seen (DESIGN 5.3)."""
        idea = values["stage_known"] and values["stage"] is Stage.IDEA
        return idea or not _DATES.isdisjoint(values) or isinstance(values.get("plan"), Later)

    def _silence(self, draft: _Draft, column: str, value: CellValue, reason: str) -> None:
        draft.silent = True
        self._problem(draft, column, value, reason)


def _cut_columns(rows: Sequence[Sequence[CellValue]], wanted: Sequence[int]) -> list[Sequence[CellValue]]:
    """The columns with these positions, from the top; a row that ends before one has an empty cell there."""
    every = list(islice(zip_longest(*rows, fillvalue=""), max(wanted, default=-1) + 1))
    return [every[index] if index < len(every) else ("",) * len(rows) for index in wanted]


def _texts_of(cells: Sequence[CellValue]) -> list[str]:
    return [cell if isinstance(cell, str) else clean_text(cell) for cell in cells]


def _join_name(values: dict[str, Any]) -> None:
    parts = [values.pop(name) for name in ("contact_first_name", "contact_last_name") if name in values]
    if parts and "contact_name" not in values:
        values["contact_name"] = " ".join(parts)


def _merge_alike(drafts: Sequence[_Draft], notes: list[Note]) -> list[_Draft]:
    """Rows alike in every mapped cell are one lead: the first of them, with a note."""
    groups: dict[tuple[str, ...], list[_Draft]] = defaultdict(list)
    kept = []
    for draft in drafts:
        same = groups[draft.cells]
        same.append(draft)
        if len(same) == 1 or draft.silent:
            kept.append(draft)
    for same in groups.values():
        if len(same) > 1 and not same[0].silent:
            rows = ", ".join(draft.name for draft in same[1:])
            notes.append(
                Note(
                    f"the rows {same[0].name}, {rows} are alike in every cell that is read: one lead", row=same[0].name
                )
            )
    return kept


def _assign_keys(drafts: Sequence[_Draft], memory: Mapping[str, LeadMemory]) -> Keys:
    """Keys for all rows. Silent rows come last, so that none of them takes the key of a readable one."""
    identities = [_identity(draft) for draft in drafts]
    return assign_keys(identities, memory, silent=frozenset(i for i, draft in enumerate(drafts) if draft.silent))


def _identity(draft: _Draft) -> Identity:
    get = draft.values.get
    return Identity(
        id=get("id", ""),
        company=get("company", ""),
        role=get("role", ""),
        contact=draft.contact.party if draft.contact is not _NOBODY else "",
        url=get("url", ""),
        applied_on=get("applied_on"),
        cells=draft.cells,
    )


_RANKS = {"high": 1, "normal": 2, "low": 3}


def _settle_words(values: dict[str, Any]) -> None:
    """Words of the sheet that a lead keeps in another form."""
    if "interest" in values:
        values["interested"] = values.pop("interest")
    if "priority" in values:
        values["priority"] = _RANKS[values["priority"]]
    if isinstance(values.get("plan"), Later):
        values["plan"], values["plan_on"] = "later", values["plan"].on


def _contact(values: Mapping[str, Any]) -> Person:
    get = values.get
    return Person(get("contact_name", ""), get("contact_email", ""), get("contact_phone", ""))


def _make_leads(drafts: Sequence[_Draft], keys: Iterable[str], mapped: Mapping[str, str]) -> list[Lead]:
    """The leads of these rows, set field by field: for each lead by itself, its fifty fields cost twice as much."""
    leads = [object.__new__(Lead) for _ in drafts]
    present = frozenset().union(*(draft.values for draft in drafts))
    columns: dict[str, Iterable[Any]] = {
        name: [draft.values.get(name, default) for draft in drafts] if name in present else repeat(default)
        for name, default in _DEFAULTS.items()
    }
    columns |= {
        "key": keys,
        "row": [draft.name for draft in drafts],
        "row_number": [draft.row.number for draft in drafts],
        "columns": repeat(mapped),
        "unreadable": [draft.unreadable for draft in drafts],
        "address": [draft.row.address for draft in drafts],
        "contact": [draft.contact for draft in drafts],
    }
    for name, values in columns.items():
        deque(map(getattr(Lead, name).__set__, leads, values), maxlen=0)
    return leads


def _renamed_note(lead: Lead, before: LeadMemory) -> Note:
    old = ", ".join(part for part in (before.company or before.contact, before.role) if part)
    return Note(f'"{old}" is now written "{lead.label}": the same lead', lead=lead.label, row=lead.row)
