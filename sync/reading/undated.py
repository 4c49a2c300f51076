"""Cells that name a day without its date ("call on Tuesday"), read by the day on which they were written.

Nobody knows that day of a sheet that is read for the first time. Of a cell that is new since the last run it is known,
and it is remembered (`Written`), so that Tuesday stays the one that was meant. Such a cell is read as if its date stood
there; where nobody knows the day it stays as it is, and is named.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from sync.memory import LeadMemory
from sync.models import CellValue, Row, Stage, Table, Written
from sync.moments import named_day
from sync.reading.cells import clean_text, spaced
from sync.reading.hour_grammar import match_hour
from sync.reading.said_day import SaidDay
from sync.reading.said_days import find_said_behind, find_said_days, why_undated
from sync.reading.sheet import Sheet
from sync.reading.vocabulary import ROUNDS

AHEAD = (
    "next_step", "status", "follow_up_on", "follow_up_day", "interview_at", "promised_on", "they_decide_by",
    "they_call_at", "meeting_on", "answer_by", "closes_on", "snooze_until", *ROUNDS,
)  # fmt: skip
"""Fields in which a day that is named so is still to come, or may be."""

PASSED = ("last_outbound", "last_inbound", "applied_on", "received_at", "offer_on")
"""Fields of days that have passed: a bare weekday in them is the last one."""

TOLD = ("status", "next_step")
"""Fields of words, in which a last day is told from a day by what stands before it."""


_STEP = "next_step"
_READ_THERE = ("last_outbound", "last_inbound", "follow_up_on")
"""Fields into which the date of a next step may have gone."""


def with_dates(
    table: Table, sheet: Sheet, keys: Mapping[int, str], memory: Mapping[str, LeadMemory], *,
    months: Mapping[str, int], settled: Container[str], accepted: Mapping[str, str], read_before: date | None,
    today: date,
) -> tuple[Table, Mapping[int, Mapping[str, Written]]]:  # fmt: skip
    """The table with the dates that are known of such cells; and what to remember of them, by the number of the row.

    `keys` are those of the leads by the number of their row, `accepted` is the mapping of the last run: what was not
    read then may have been written at any time. `read_before` is the day of the last run.
    """
    places = {name: sheet.columns.fields[name] for name in (*AHEAD, *PASSED) if name in sheet.columns.fields}
    found = {
        name: dict(_said_in(sheet.rows, place, months, settled if name == "status" else (), passed=name in PASSED))
        for name, place in places.items()
    }
    behind = dict(_said_behind(sheet, places, months, today))
    found.setdefault(_STEP, {}).update({number: (text, said) for number, (text, said, _) in behind.items()})
    written: dict[int, dict[str, Written]] = {}
    dated: dict[int, dict[int, str]] = {}
    for name, cells in found.items():
        since = read_before if accepted.get(name) == sheet.columns.mapped.get(name) else None
        for number, (text, said) in cells.items():
            known = memory.get(keys.get(number, ""))
            before = (known.written or {}).get(name) if known else None
            if before is not None and before.text == text:
                now = before
            else:  # nobody knows how old those of a row that is out are, nor of a lead of before they were looked for
                is_new = bool(keys.get(number)) and (known is None or known.written is not None)
                now = Written(text, on=today, since=since if is_new else None)
            written.setdefault(number, {})[name] = now
            begun = behind[number][2] if name == _STEP and number in behind else None
            if (plain := _dated(text, said, now, name, begun)) != text:
                dated.setdefault(number, {})[places[name]] = plain
    rows = tuple(_changed(row, dated[row.number]) if row.number in dated else row for row in table.rows)
    return (replace(table, rows=rows) if dated else table), written


def labels_in(answers: Iterable[str], months: Mapping[str, int]) -> Iterator[str]:
    """The user's own statuses that are nothing but such a day: "This week" is the label of a column, and no term."""
    for text in map(clean_text, answers):
        if any(text[one.start : one.end] == text for one in find_said_days(text, months)):
            yield spaced(text)


def answers_beside(table: Table, dated: Table, sheet: Sheet, answers: Mapping[str, Stage]) -> Mapping[str, Stage]:
    """What the user has told of statuses, for the texts in which dates have taken the place of their days."""
    place = sheet.columns.fields.get("status")
    known = {spaced(text): stage for text, stage in answers.items()}
    pairs = zip(table.rows, dated.rows, strict=True) if known else ()
    if place is None:
        return {}
    cells = ((row.values[place], new.values[place]) for row, new in pairs if row is not new)
    return {
        clean_text(new): known[said] for old, new in cells if old != new and (said := spaced(clean_text(old))) in known
    }


def name_undated(
    sheet: Sheet, written: Mapping[int, Mapping[str, Written]], *, months: Mapping[str, int], today: date
) -> None:
    """A problem for each next step, and each status of an open row, that still names a day without its date.

    Who "waits until Friday" is not written to before it, so that the row of such a status waits. Where a column of its
    own tells of a day to come, or of one like that which has passed, nothing is missing.
    """
    places = {name: sheet.columns.fields.get(name) for name in TOLD}
    for index, row in enumerate(sheet.rows if written else ()):
        cells = written.get(row.number, {})
        for name, place in places.items():
            text = clean_text(row.values[place]) if name in cells and place is not None else ""
            said = find_said_days(text, months) or (find_said_behind(text, months) if name == _STEP else ())
            if (
                not said
                or (name == "status" and sheet.values["stage"][index].closed)
                or _is_told(sheet, index, said, name, today)
            ):
                continue
            waits = any(one.ahead or (name == "next_step" and not one.is_past) for one in said)
            if name == "status" and waits and _is_ahead(sheet, index, today):
                continue
            fault = why_undated(cells[name].text, today, months, behind=name == _STEP)
            if fault is None:
                continue
            if waits and name == "status":
                sheet.set_unreadable(index, name, fault)
            elif waits and not _is_ahead(sheet, index, today):
                sheet.set_unreadable(index, "follow_up_on", fault, told_by=name)
            else:
                sheet.add_problem(row, sheet.columns.mapped[name], cells[name].text, fault)


def _is_told(sheet: Sheet, index: int, said: Sequence[SaidDay], field: str, today: date) -> bool:
    """Whether the row has the dates of days that have passed or may have: a message, an answer, that very weekday.

    A next step ("chase Tue") is none that has passed.
    """
    if any(one.ahead for one in said):
        return False
    days = [sheet.values[name][index] for name in (*AHEAD, *PASSED) if name in sheet.values]
    if field == "next_step":
        days = [day for day in days if isinstance(day, date) and named_day(day) >= today]
    weekdays = {named_day(day).weekday() for day in days if isinstance(day, date)}
    messages = [sheet.values[name][index] for name in PASSED[:2] if name in sheet.values]
    return any(messages) if any(one.is_past for one in said) else {one.weekday for one in said} <= weekdays


def _is_ahead(sheet: Sheet, index: int, today: date) -> bool:
    """Whether a column of this row tells of a day to come."""
    days = (sheet.values[name][index] for name in AHEAD if name in sheet.values)
    return any(isinstance(day, date) and named_day(day) >= today for day in days)


def _dated(text: str, said: Iterable[SaidDay], written: Written, name: str, begun: date | None) -> str:
    """The text with the dates in the place of its days, as far as they are sure; `begun` is one before them."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    for one in reversed(tuple(said)):
        hour = match_hour(plain, one.end)
        told = one.ahead or one.is_past or one.days is not None
        sure = name != "status" or told or (hour is not None and not hour.fault)
        day = _day_of(one, written, begun) if sure else None
        if day is not None:
            by = "by " if one.last_day and name in TOLD else ""
            text = f"{text[: one.start]}{by}{day}{text[one.end :]}"
    return text


def _day_of(said: SaidDay, written: Written, begun: date | None) -> date | None:
    """The day that is meant; None where nobody knows.

    Behind a date the first one after that is meant, unless it had passed when somebody first read of it.
    """
    since = max((day for day in (written.since, begun) if day), default=None) if written.since else None
    day = said.day_within(since, written.on) if since else None
    if day is None and begun is not None:
        first = said.day_from(begun)
        return first if first is not None and first >= written.on else None
    return day


def _said_behind(
    sheet: Sheet, places: Mapping[str, int], months: Mapping[str, int], today: date
) -> Iterator[tuple[int, tuple[str, Sequence[SaidDay], date]]]:
    """The rows by number whose next step names a day behind a date that has passed; with that date, as it was read."""
    place, header = places.get(_STEP), sheet.columns.mapped.get(_STEP)
    if place is None:
        return
    for index, own in sheet.own_headers.items():
        days = [sheet.values[name][index] for name in _READ_THERE if own.get(name) == header and name in sheet.values]
        begun = max((named_day(day) for day in days if isinstance(day, date)), default=None)
        if begun is None or begun > today:
            continue
        row = sheet.rows[index]
        text = clean_text(row.values[place])
        if said := find_said_behind(text, months):
            yield row.number, (text, said, begun)


def _said_in(
    rows: Iterable[Row], place: int, months: Mapping[str, int], settled: Container[str], *, passed: bool
) -> Iterator[tuple[int, tuple[str, Sequence[SaidDay]]]]:
    """The rows by number whose cell at this place names a day so; `passed`: it is one that has passed.

    The words for it are read only where some cell may need them.
    """
    known: dict[CellValue, Sequence[SaidDay]] = {}
    for row in rows:
        value = row.values[place] if place < len(row.values) else None
        if isinstance(value, str) and value:
            if value not in known:
                text = clean_text(value)
                said = () if spaced(text) in settled else find_said_days(text, months)
                known[value] = tuple(replace(one, back=one.weekday is not None) for one in said) if passed else said
            if known[value]:
                yield row.number, (clean_text(value), known[value])


def _changed(row: Row, cells: Mapping[int, str]) -> Row:
    return replace(row, values=tuple(cells.get(place, value) for place, value in enumerate(row.values)))
