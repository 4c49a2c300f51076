"""Terms in notes: "sie meldet sich bis 4.12.", "they decide after the board meeting Dec 8".

Notes speak of anything, so that only a day with words of a decision or an answer before it counts, and only where the
row names none of its own. Nobody is asked before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sync.models import Stage
from sync.moments import named_day
from sync.reading.cells import Fault, clean_text
from sync.reading.dates import Reading, Yearless, read_date
from sync.reading.found_days import find_days
from sync.reading.sheet import Sheet
from sync.reading.status_phrases import terms_in
from sync.reading.statuses import StageWords
from sync.reading.years import give_year

FIELD = "they_decide_by"
_OWN = (FIELD, "they_call_at", "follow_up_on", "answer_by")
"""Where the row tells of one of these its notes are not needed."""
_PARTS = re.compile(r"[;\n]|(?<=[^\W\d]{3})[.!]\s")
_WAITED_IN = (Stage.SENT, Stage.IN_TOUCH, Stage.ASSESSMENT, Stage.INTERVIEW)


def settle_noted_terms(sheet: Sheet, words: StageWords, reading: Reading, year: int | None) -> None:
    """The days in notes by which they decide, into their field."""
    cells, today = sheet.cells.get("notes"), reading.today
    if cells is None or today is None:
        return
    nothing: Sequence[Any] = [None] * len(sheet.rows)
    column, told = list(sheet.values.get(FIELD, nothing)), sheet.has(*_OWN)
    for index, stage in enumerate(sheet.values["stage"]):
        text = clean_text(cells[index])
        if stage not in _WAITED_IN or told[index] or not any(map(str.isdigit, text)):
            continue
        if FIELD in sheet.unreadable.get(index, ()):
            continue
        for said in _terms_of(text, words):
            value = read_date(said, reading)
            if isinstance(value, Yearless):
                value = give_year(value, FIELD, reading, year=year)
            if isinstance(value, Fault):
                sheet.set_unreadable(index, FIELD, Fault("told", {"text": said, "why": value}), told_by="notes")
            elif isinstance(value, date) and named_day(value) >= today:
                column[index] = value.date() if isinstance(value, datetime) else value
                sheet.tell_column(index, FIELD, sheet.columns.mapped["notes"])
    if any(column):
        sheet.values[FIELD] = column


def _terms_of(text: str, words: StageWords) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text).casefold()
    for part in _PARTS.split(plain):
        if any(map(str.isdigit, part)) and (days := find_days(part, words.months)):
            yield from terms_in(part, days)
