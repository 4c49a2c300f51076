"""A table into leads: one pass, pure, nothing skipped in silence.

1. The columns are understood (`columns`), each date column decides its order of day and month (`dates`).
2. Each row becomes its fields (`fields`); a cell that cannot be understood is a problem and its field `unreadable`.
3. A row without company and contact, or without any readable date, is out as a whole: `silent_rows`, and where memory
   knows it, `silent_keys`. Its events stay as they are.
4. Rows alike in every mapped cell are one lead. Every lead gets its key (`keys`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
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
    leads = []
    silent_keys = []
    for index, (draft, key) in enumerate(zip(kept, keys.keys, strict=True)):
        if draft.silent:
            silent_keys += [key] if index in keys.remembered else []
            continue
        leads.append(_to_lead(draft, key, mapped))
        if index in keys.renamed:
            notes.append(_renamed_note(leads[-1], keys.renamed[index]))
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
        self.fields = [(name, index, self.readers.get(name)) for name, index in columns.fields.items()]
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
        drafts = [
            _Draft(row, f"{self.table.name}:{row.number}") for row in self.body if not (skip_hidden and row.hidden)
        ]
        drafts = [draft for draft in drafts if not self._is_no_lead(draft, header)]
        whole = [draft for draft in drafts if not self._has_shifted(draft)]
        names = [name for name, _, _ in self.fields]
        cells = [
            [draft.row.values[index] if index < len(draft.row.values) else "" for draft in whole]
            for _, index, _ in self.fields
        ]
        columns = [self._read_column(name, column) for name, column in zip(names, cells, strict=True)]
        for draft, raw, results in zip(whole, zip(*cells, strict=True), zip(*columns, strict=True), strict=True):
            draft.cells = tuple([cell if isinstance(cell, str) else clean_text(cell) for cell in raw])
            draft.values = {name: value for name, value in zip(names, results, strict=True) if value is not None}
            self._settle_row(draft)
        return drafts

    def _read_column(self, name: str, cells: Sequence[CellValue]) -> list[Any]:
        """The field's value in each of these cells; a text that repeats itself is read once."""
        reader, blank = self.readers.get(name), self.vocabulary.blank
        texts = {cell for cell in cells if isinstance(cell, str)}
        known = {text: read_cell(text, name=name, reader=reader, blank=blank) for text in texts}
        # 1, 1.0 and True are one key of a dictionary, but not one cell: only texts are looked up.
        return [
            known[cell] if isinstance(cell, str) else read_cell(cell, name=name, reader=reader, blank=blank)
            for cell in cells
        ]

    def _is_no_lead(self, draft: _Draft, header: Sequence[str]) -> bool:
        values = draft.row.values
        if not any(clean_text(value) for value in values):
            return True
        first = clean_text(values[0])
        if first == header[0] and [clean_text(value) for value in values] == header:
            return True
        if first.startswith(_MERGE_MARKS):
            self._problem(
                draft,
                self.columns.headers[0],
                draft.row.values[0],
                "is a mark left by a merge conflict; delete the line",
            )
            return True
        return False

    def _problem(self, draft: _Draft, column: str, value: CellValue, reason: str) -> None:
        self.problems.append(Problem(draft.name, column, shown(value), reason))

    def _has_shifted(self, draft: _Draft) -> bool:
        values, width = draft.row.values, len(self.columns.headers)
        if not (self.table.delimited and len(values) > width and any(values[width:])):
            return False
        reason = f"the row has {len(values)} cells, the header {width}: a text with commas needs quotes"
        self._silence(draft, self.columns.headers[-1], values[-1], reason)
        return True

    def _settle_row(self, draft: _Draft) -> None:
        """What the cells of one row mean together."""
        values = draft.values
        for name in [name for name, value in values.items() if value.__class__ is Fault]:
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
        draft.contact = _contact(values)

    def _set_unreadable(self, draft: _Draft, name: str, reason: str) -> None:
        draft.unreadable |= {name}
        self._problem(draft, self.columns.mapped[name], draft.row.values[self.columns.fields[name]], reason)

    def _settle_interview(self, draft: _Draft) -> None:
        """An interview's hour is wall-clock time in its own zone or the contact's, unless the cell has an offset."""
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
        text, outcome = draft.values.get("status", ""), draft.values.pop("outcome", "")
        stage = self.words.stage_of(text) if text else None
        ended = self.words.stage_of(outcome) if outcome else None
        for word in (text, outcome):
            if word and stage is None and ended is None:
                self.unknown.add(word, draft.name)
        if stage and ended and stage.closed and ended.closed and stage is not ended:
            reason = f'"{text}" and "{outcome}" contradict each other; the first counts'
            self.contradictions.append(Note(reason, row=draft.name))
        if ended and (stage is None or (ended.closed and not stage.closed)):
            text, stage = outcome, ended
        applied = "applied_on" in draft.values or "applied_on" in draft.unreadable
        draft.values["status"] = text or outcome
        draft.values["stage_known"] = stage is not None
        draft.values["stage"] = stage or (Stage.SENT if applied else Stage.IDEA)

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
    values = draft.values
    return Identity(
        id=values.get("id", ""),
        company=values.get("company", ""),
        role=values.get("role", ""),
        contact=draft.contact.party,
        url=values.get("url", ""),
        applied_on=values.get("applied_on"),
        cells=draft.cells,
    )


def _contact(values: Mapping[str, Any]) -> Person:
    get = values.get
    return Person(get("contact_name", ""), get("contact_email", ""), get("contact_phone", ""))


_RANKS = {"high": 1, "normal": 2, "low": 3}
_RENAMED_FIELDS = {"status": "status_text", "interest": "interested"}


def _to_lead(draft: _Draft, key: str, mapped: Mapping[str, str]) -> Lead:
    values = {_RENAMED_FIELDS.get(name, name): value for name, value in draft.values.items() if name not in _PERSON}
    if "priority" in values:
        values["priority"] = _RANKS[values["priority"]]
    if isinstance(values.get("plan"), Later):
        values |= {"plan": "later", "plan_on": values["plan"].on}
    return Lead(
        key=key,
        row=draft.name,
        row_number=draft.row.number,
        columns=mapped,
        unreadable=draft.unreadable,
        address=draft.row.address,
        contact=draft.contact,
        **values,
    )


def _renamed_note(lead: Lead, before: LeadMemory) -> Note:
    old = ", ".join(part for part in (before.company or before.contact, before.role) if part)
    return Note(f'"{old}" is now written "{lead.label}": the same lead', lead=lead.label, row=lead.row)
