"""What is to come, in the words of a column of next steps: "onsite 12/1 14:00", "call her 11/30".

A day with an hour, or with the words of an interview, is one; any other is the day of a follow-up. What the row's own
columns say of that fact wins, but an interview that comes after theirs is a further round. A no beside a day leaves it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from sync.models import Moment, Round
from sync.reading.cells import Fault, clean_text
from sync.reading.dates import Reading, Yearless, read_date
from sync.reading.found_days import find_moments
from sync.reading.lexicon import lexicons_for, split_words
from sync.reading.settling import in_order
from sync.reading.sheet import Sheet
from sync.reading.status_phrases import says_no
from sync.reading.statuses import StageWords
from sync.reading.years import give_year

_MEETING = frozenset(("interview", "test"))
_OVER = frozenset(("rejected", "withdrawn", "no_answer"))


def settle_next_steps(sheet: Sheet, words: StageWords, reading: Reading, year: int | None) -> None:
    """The days in the column of next steps, into the interview or the follow-up of their rows."""
    steps = sheet.values.pop("next_step", None)
    if steps is None:
        return
    empty: Sequence[Any] = [None] * len(sheet.rows)
    columns = {name: list(sheet.values.get(name, empty)) for name in ("interview_at", "follow_up_on")}
    earlier: list[Any] = list(sheet.values.get("earlier_rounds", [()] * len(sheet.rows)))
    header = sheet.columns.mapped["next_step"]
    for index, text in enumerate(steps):
        for name, value in _days_in(text, words, reading, year) if text else ():
            if isinstance(value, Fault):
                sheet.set_unreadable(index, name, value.reason, told_by="next_step")
                continue
            old = columns[name][index]
            if name in sheet.unreadable.get(index, ()) or (old and (name != "interview_at" or not _after(value, old))):
                continue
            if old:
                own = sheet.own_headers.get(index, {}).get(name) or sheet.columns.mapped.get(name, header)
                earlier[index] = (*earlier[index], Round(old, own))
            columns[name][index] = value
            sheet.own_headers[index] = {**sheet.own_headers.get(index, {}), name: header}
    sheet.values |= columns | {"earlier_rounds": earlier}


def _days_in(text: str, words: StageWords, reading: Reading, year: int | None) -> list[tuple[str, Moment | Fault]]:
    """Each day of a next step with the field it belongs to."""
    plain = unicodedata.normalize("NFKC", clean_text(text)).casefold()
    phrase = words.read(text)
    senses: Mapping[str, str] = {said: sense for sense, said in phrase.dated}
    found: list[tuple[str, Moment | Fault]] = []
    for start, end in find_moments(plain, words.months):
        said = next((one for one in senses if one.startswith(plain[start:end])), plain[start:end])
        sense = senses.get(said, "")
        if sense in _OVER or (not sense and says_no(plain[:start])):
            continue
        value = read_date(said, replace(reading, in_work_hours=True))
        timed = isinstance(value, datetime) or (isinstance(value, Yearless) and value.clock is not None)
        name = "interview_at" if timed or (sense in _MEETING and _names_interview(text)) else "follow_up_on"
        if isinstance(value, Yearless):
            value = give_year(value, name, reading, year=year)
        found.append((name, value))
    return found


def _names_interview(text: str) -> bool:
    """Whether an interview or a test is named: "call her" is not one, whatever a status would say with it."""
    words = split_words(text)
    return any({"interview", "test", "round"} & lexicon.read(words).meanings for lexicon in lexicons_for([text]))


def _after(new: Moment, old: Moment) -> bool:
    """Whether the new one is on a later day."""
    return in_order(new)[0] > in_order(old)[0]
