"""What is to come, in the words of a column of next steps: "onsite 12/1 14:00", "call her 11/30".

A day with an hour, or with the words of an interview, is one; one by which an answer, a test or an application is due
is its last day ("apply by 12/4"); any other is the day of a follow-up. So is one without any words in a row that has
only been applied for, and one that is told in words ("call Kim 11/30"), whatever its hour: only the words of an
interview make it one. What the row's own columns say of that fact wins, but an interview that comes after theirs is a
further round. A no beside a day leaves it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from msgspec.structs import replace

from sync.models import Moment, Round, Stage
from sync.moments import named_day
from sync.patterns import lazy_compile
from sync.reading.cells import Fault, clean_text, spaced
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.dates import Reading, Yearless, read_date
from sync.reading.found_days import find_moments, tells_a_day
from sync.reading.lexicon import lexicons_for, split_words
from sync.reading.scripts import any_of
from sync.reading.settling import in_order
from sync.reading.sheet import Sheet
from sync.reading.status_phrases import tells_to_do, turns_in
from sync.reading.status_scan import ASKED_ON
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import DAYS
from sync.reading.years import give_year

_FOLLOW_UPS = ("follow_up_on", "follow_up_day")
_ALONE = re.compile(r"\s*[^\W\d_]+(?:\s+[^\W\d_]+)?:?\s*")
_CLAUSES = lazy_compile(r"[,;.–—]\s")
_ALONE_BEHIND = re.compile(r"\s*-?[^\W\d_]+\.?\s*")
_MEETING = frozenset(("interview", "test"))
_OWN = ("wrote", *ASKED_ON)
"""What the seeker did or is to do."""
_MET_AT = frozenset((Stage.IN_TOUCH, Stage.ASSESSMENT, Stage.INTERVIEW, Stage.OFFER))
"""Stages at which a bare day with an hour is that of an appointment: nobody meets who has only applied."""
_WAITED_FOR = "they_decide_by"
_CALLED = "they_call_at"
_OVER = frozenset(("rejected", "withdrawn", "no_answer"))
_LAST_DAYS: Mapping[tuple[str, Stage], str] = {
    ("answer", Stage.OFFER): "answer_by",
    ("decide", Stage.OFFER): "answer_by",
    ("closes", Stage.OFFER): "answer_by",
    ("answer", Stage.ASSESSMENT): "answer_by",
    ("answer", Stage.IN_TOUCH): "answer_by",
    ("closes", Stage.IDEA): "closes_on",
    ("closes", Stage.SENT): "closes_on",
    **{("hand_in", stage): "promised_on" for stage in Stage},
    ("hand_in", Stage.IN_TOUCH): "answer_by",
    ("hand_in", Stage.ASSESSMENT): "answer_by",
}
"""What a day is by which something is to be done, by the sense of its words and where the lead stands."""


def part_follow_ups(sheet: Sheet, months: Mapping[str, int]) -> None:
    """Give the follow-ups that are told in words a column of their own, of next steps under the same header."""
    name = next((name for name in _FOLLOW_UPS if name in sheet.cells), "")
    if not name or "next_step" in sheet.cells:
        return
    cells = sheet.cells[name]
    told = {cell for cell in set(cells) if isinstance(cell, str) and tells_a_day(cell, months)}
    if told:
        place = sheet.columns.fields[name]
        sheet.columns = replace(sheet.columns, fields={**sheet.columns.fields, "next_step": place})
        bare = ["" if cell in told else cell for cell in cells]
        steps = [cell if cell in told else "" for cell in cells]
        sheet.cells = {**sheet.cells, name: bare, "next_step": steps}


def settle_next_steps(sheet: Sheet, words: StageWords, reading: Reading, year: int | None) -> None:
    """The days in the column of next steps, into the interview or the follow-up of their rows."""
    steps = sheet.values.pop("next_step", None)
    if steps is None:
        return
    empty: Sequence[Any] = [None] * len(sheet.rows)
    columns = {
        name: list(sheet.values.get(name, empty))
        for name in (
            "interview_at",
            "follow_up_on",
            "last_outbound",
            _WAITED_FOR,
            _CALLED,
            *sorted(set(_LAST_DAYS.values())),
        )
    }
    channels: list[str | None] = [None] * len(sheet.rows)
    earlier: list[Any] = list(sheet.values.get("earlier_rounds", [()] * len(sheet.rows)))
    header = sheet.columns.mapped["next_step"]
    place = sheet.columns.fields["next_step"]
    follow_ups = any(sheet.columns.fields.get(name) == place for name in _FOLLOW_UPS)
    stages = sheet.values["stage"]
    for index, text in enumerate(steps):
        ours = follow_ups or (stages[index] not in _MET_AT and not tells_a_day(text or "", words.months))
        for name, value in _days_in(text, words, reading, year, stages[index], follow_ups=ours) if text else ():
            if isinstance(value, Fault):
                sheet.set_unreadable(index, name, value, told_by="next_step")
                continue
            if name == "follow_up_on" and value == columns["answer_by"][index]:
                continue  # "wants a quote by 12/1", and beside it "I send it before 12/1": it is sent, and not asked
            old = columns[name][index]
            if name in sheet.unreadable.get(index, ()) or (old and (name != "interview_at" or not _after(value, old))):
                continue
            if old:
                own = sheet.own_headers.get(index, {}).get(name) or sheet.columns.mapped.get(name, header)
                earlier[index] = (*earlier[index], Round(old, own))
            columns[name][index] = value
            if name == "follow_up_on":
                channels[index] = _channel_in(text, words.vocabulary.words["channel"])
            sheet.tell_column(index, name, header)
    sheet.values |= columns | {"earlier_rounds": earlier, "follow_up_channel": channels}


def _days_in(
    text: str, words: StageWords, reading: Reading, year: int | None, stage: Stage, *, follow_ups: bool
) -> list[tuple[str, Moment | Fault]]:
    """Each day of a next step with the field it belongs to. `follow_ups`: one at an hour is a follow-up, too."""
    plain = unicodedata.normalize("NFKC", clean_text(text)).casefold()
    phrase = words.read(text)
    senses: Mapping[str, str] = {said: sense for sense, said in phrase.dated}
    found: list[tuple[str, Moment | Fault]] = []
    moments = find_moments(plain, words.months)
    for place, (start, end) in enumerate(moments, 1):
        if place < len(moments) and "moved" in turns_in(plain[end : moments[place][0]]):
            continue
        said = next((one for one in senses if one.startswith(plain[start:end])), plain[start:end])
        sense = senses.get(said, "") or _last_day_in(plain[:start], plain[end:], stage)
        if sense == "closes" and stage is Stage.SENT and "ask" in turns_in(text):
            sense = "remind"  # "send the portfolio by Dec 4": the application is out
        if sense in _OVER or turns_in(_CLAUSES.split(plain[:start])[-1]) & {"not", "off"}:
            continue
        value = read_date(said, replace(reading, in_work_hours=True))
        timed = isinstance(value, datetime) or (isinstance(value, Yearless) and value.clock is not None)
        own = follow_ups or sense in ("remind", "hand_in", *_OWN)
        meeting = (timed and not own) or (sense in _MEETING and _names_interview(text))
        name = "interview_at" if meeting else _LAST_DAYS.get((sense, stage), "follow_up_on")
        if _is_theirs(name, sense, plain[:start], text):
            name = _WAITED_FOR  # "wait for Dan till Dec 4": nobody is asked on that day, only after it
        if name in ("follow_up_on", _WAITED_FOR, "interview_at") and _tells_of_their_call(plain[:start]):
            name = _CALLED
        if isinstance(value, Yearless):
            value = give_year(value, name, reading, year=year)
        if name == "follow_up_on" and sense in _OWN and _has_passed(value, reading.today):
            name = "last_outbound"  # "emailed 11/20"
        found.append((name, value.date() if name in DAYS and isinstance(value, datetime) else value))
    return _without_what_was(found, reading.today)


def _without_what_was(found: list[tuple[str, Moment | Fault]], today: date | None) -> list[tuple[str, Moment | Fault]]:
    """The days without those for a message that have passed, where another is to come: "rief 23.11. an, Mi 25.11."."""
    asked = [value for name, value in found if name == "follow_up_on" and isinstance(value, date)]
    if today is None or not any(named_day(day) >= today for day in asked):
        return found
    gone = [day for day in asked if named_day(day) < today]
    return [(name, value) for name, value in found if name != "follow_up_on" or value not in gone]


def _is_theirs(name: str, sense: str, before: str, text: str) -> bool:
    """Whether it is they who do something by this day: "decision by Dec 4", and not "answer by Dec 4"."""
    if name == "follow_up_on" and sense == "decide" and not tells_to_do(_CLAUSES.split(before)[-1]):
        return True
    return name in ("follow_up_on", "answer_by") and sense in ("decide", "due", "awaited") and "wait" in turns_in(text)


@cache
def _their_call() -> re.Pattern[str]:
    return re.compile(any_of(shipped_date_words().said.they_call))


def _tells_of_their_call(before: str) -> bool:
    """Whether the part of the text before a day says that they call: "er ruft Mi 2.12. an"."""
    return bool(_their_call().search(_CLAUSES.split(before)[-1]))


def _last_day_in(before: str, behind: str, stage: Stage) -> str:
    """The sense of a day that stands alone with such a word: "due 11/29", "bis 30.11.", "dec. 3-ig"; whoever has an
    offer is to answer it by then, whatever else stands there."""
    if stage is Stage.OFFER and "limit" in turns_in(_CLAUSES.split(before)[-1]):
        return "answer"
    last = bool(_ALONE.fullmatch(before) and turns_in(before) & {"limit", "closing"})
    if not last and not (not before.strip() and _ALONE_BEHIND.fullmatch(behind) and "limit" in turns_in(behind)):
        return ""
    return "closes" if stage is Stage.IDEA else "answer"


def _has_passed(value: Moment | Fault, today: date | None) -> bool:
    return today is not None and isinstance(value, date) and named_day(value) <= today


def _channel_in(text: str, channels: Mapping[str, str]) -> str | None:
    """The way of contact that these words name: "call" in "call Kim 11/30"."""
    return next((channels[word] for word in spaced(text).split() if word in channels), None)


def _names_interview(text: str) -> bool:
    """Whether an interview or a test is named: "call her" is not one, whatever a status would say with it."""
    words = split_words(text)
    return any({"interview", "test", "round"} & lexicon.read(words).meanings for lexicon in lexicons_for([text]))


def _after(new: Moment, old: Moment) -> bool:
    """Whether the new one is on a later day."""
    return in_order(new)[0] > in_order(old)[0]
