"""Terms in notes: "sie meldet sich bis 4.12.", "they want references by Dec 8".

Notes speak of anything, so that only a day with words of a decision, an answer or of what they asked for counts, and
only where the row names none of its own. Nobody is asked before it. One without its date is named, no more: nobody
knows how old a note is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sync.models import Stage
from sync.moments import named_day
from sync.reading.cells import Fault, clean_text
from sync.reading.dates import Reading
from sync.reading.found_days import find_days
from sync.reading.put_off import PARTS
from sync.reading.said_days import find_said_days, may_name_day, why_undated
from sync.reading.sheet import Sheet
from sync.reading.status_phrases import may_tell_a_term, requests_in, terms_in
from sync.reading.statuses import StageWords
from sync.reading.years import read_told_day

FIELD = "they_decide_by"
ANSWER = "answer_by"
_OWN = (FIELD, "they_call_at", "follow_up_on", ANSWER)
"""Where the row tells of one of these its notes are not needed."""
_WAITED_IN = (Stage.SENT, Stage.IN_TOUCH, Stage.ASSESSMENT, Stage.INTERVIEW)
_ASKED_IN = (Stage.IN_TOUCH, Stage.ASSESSMENT)
"""Stages at which they wait for something that they asked for."""


def settle_noted_terms(sheet: Sheet, words: StageWords, reading: Reading, year: int | None) -> None:
    """The days in notes by which they decide or wait for something, into their field; one without its date is named."""
    cells, today = sheet.cells.get("notes"), reading.today
    if cells is None or today is None:
        return
    nothing: Sequence[Any] = [None] * len(sheet.rows)
    columns = {name: list(sheet.values.get(name, nothing)) for name in (FIELD, ANSWER)}
    told = sheet.has(*_OWN)
    for index, stage in enumerate(sheet.values["stage"]):
        text = clean_text(cells[index])
        if stage not in _WAITED_IN or told[index] or not text or FIELD in sheet.unreadable.get(index, ()):
            continue
        for name, said in _terms_of(text, words, stage):
            value = _read_term(said, name, reading, year)
            if isinstance(value, Fault):
                sheet.set_unreadable(index, name, Fault("told", {"text": said, "why": value}), told_by="notes")
            elif value is not None:
                columns[name][index] = value
                sheet.tell_column(index, name, sheet.columns.mapped["notes"])
        if fault := _why_undated(text, words, today):
            sheet.add_problem(sheet.rows[index], sheet.columns.mapped["notes"], cells[index], fault)
    sheet.values |= {name: column for name, column in columns.items() if any(column)}


def _read_term(said: str, name: str, reading: Reading, year: int | None) -> date | Fault | None:
    """The day that is to come; None for one that has passed."""
    value = read_told_day(said, name, reading, year=year)
    if isinstance(value, Fault) or reading.today is None:
        return value if isinstance(value, Fault) else None
    return named_day(value) if isinstance(value, date) and named_day(value) >= reading.today else None


def _terms_of(text: str, words: StageWords, stage: Stage) -> Iterator[tuple[str, str]]:
    for part in _parts_of(text):
        if any(map(str.isdigit, part)) and (days := find_days(part, words.months)):
            yield from ((FIELD, said) for said in terms_in(part, days))
            yield from ((ANSWER, said) for said in requests_in(part, days) if stage in _ASKED_IN)


def _why_undated(text: str, words: StageWords, today: date) -> Fault | None:
    """What is wrong with a term that names no date: `they reply by Friday`, `Zeugnisse nachreichen bis Di`."""
    for part in _parts_of(text):
        if not may_name_day(part) or not may_tell_a_term(part):
            continue
        for said in find_said_days(part, words.months):
            dated = f"{part[: said.start]} by {said.example(today)} {part[said.end :]}"
            days = find_days(dated, words.months)
            if not said.is_past and (terms_in(dated, days) or requests_in(dated, days)):
                return why_undated(part, today, words.months)
    return None


def _parts_of(text: str) -> Sequence[str]:
    return PARTS.split(unicodedata.normalize("NFKC", text).casefold())
