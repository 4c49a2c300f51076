"""What the status cells make of the rows: stage, what may be asked, and the facts that stand in them with their days.

A day inside a status is read like a cell of that fact: "interview 3/17 10am" is a stage and an interview. The row's own
cell of that fact wins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from msgspec.structs import replace

from sync.models import Asking, Moment, Note, Round, Stage, UnclearStatus
from sync.moments import named_day
from sync.reading.cells import Fault, clean_text
from sync.reading.dates import NO_YEAR, Reading, Yearless, read_date, read_end
from sync.reading.found_days import find_days
from sync.reading.put_off import BESIDE, find_put_off
from sync.reading.scripts import is_unspaced
from sync.reading.settling import in_order
from sync.reading.sheet import Sheet
from sync.reading.statuses import StageWords, Standing, unclear_statuses
from sync.reading.vocabulary import DAYS, MET
from sync.reading.years import give_year, read_told_day

YOUNG = timedelta(days=65)
"""Up to this age an application without an answer is followed up: the ladder's 58 days and a week to decide."""

_WORDS_OF_AN_END = 12

FIELD_OF: Mapping[str, str] = {
    "interview": "interview_at",
    "offer": "offer_on",
    "reply": "last_inbound",
    "met": "last_inbound",
    "sent": "applied_on",
    "followed": "last_outbound",
    "wrote": "last_outbound",
    "remind": "follow_up_on",
    "decide": "they_decide_by",
    "due": "they_decide_by",
    "closes": "closes_on",
    "answer": "answer_by",
    "test": "answer_by",
    "trial": "answer_by",
    "hand_in": "promised_on",
    "introduced": "received_at",
    "awaited": "they_decide_by",
}
"""Which fact a day belongs to, by the sense of the words it stands with."""

STILL_TO_COME: Mapping[str, str] = {
    "last_inbound": "they_decide_by",
    "last_outbound": "follow_up_on",
    "offer_on": "answer_by",
}
"""What a day is that cannot have been one yet: "will call 12/1" is the day by which they do."""
_OF_LAST_YEAR = timedelta(days=270)
"""A day without a year that would lie so long before the application lies less than a quarter of a year behind it."""


def settle_stages(
    sheet: Sheet, words: StageWords, reading: Reading, year: int | None
) -> tuple[tuple[UnclearStatus, ...], list[Note]]:
    """Stage, its words and what may be asked; the statuses to ask about, and the rows that contradict themselves."""
    empty: Sequence[Any] = [None] * len(sheet.rows)
    status, outcome = sheet.values.pop("status", empty), sheet.values.pop("outcome", empty)
    standings = {
        said: words.standing_of(said[0] or "", said[1] or "") for said in set(zip(status, outcome, strict=True))
    }
    found = [standings[said] for said in zip(status, outcome, strict=True)]
    beside = {**find_put_off(sheet, words, found, reading.today), **_ends_beside(sheet, words, found)}
    standings |= {(standing.text, None): standing for standing in beside.values()}
    found = [beside.get(index, standing) for index, standing in enumerate(found)]
    if any(standing.days or standing.phrase.off for standing in standings.values()):
        _take_days(sheet, found, reading, year)
    sheet.values["status_text"] = [standing.text for standing in found]
    sheet.values["stage_known"] = [standing.phrase.settled for standing in found]
    sheet.values["asking"] = [standing.phrase.asking for standing in found]
    sheet.values["stage"] = _stages(sheet, found, words, reading, year)
    _take_turns(sheet, found)
    _answer_offers(sheet, reading.today)
    if not any(standing.unclear or standing.contradiction for standing in standings.values()):
        return (), []
    against = [
        sheet.say("contradiction", row, **standing.contradiction)
        for row, standing in zip(sheet.rows, found, strict=True)
        if standing.contradiction
    ]
    return unclear_statuses(zip(found, map(sheet.reference, sheet.rows), strict=True)), against


def _ends_beside(sheet: Sheet, words: StageWords, found: Sequence[Standing]) -> dict[int, Standing]:
    """The rows without a status whose next step or note says that it is over: nobody is asked against it.

    In a next step such words stand for a status; a note may speak of something else, so that it is asked about.
    """
    without = [index for index, standing in enumerate(found) if not standing.text]
    ends: dict[int, Standing] = {}
    for name in BESIDE if without else ():
        cells = sheet.cells.get(name, ())
        read: dict[str, Standing | None] = {}
        for index in without if cells else ():
            text = clean_text(cells[index])
            if text not in read:
                read[text] = _end_in(text, words, told=name == "next_step") if text else None
            if (standing := read[text]) and index not in ends:
                ends[index] = standing
    return ends


def _end_in(text: str, words: StageWords, *, told: bool) -> Standing | None:
    """What stands for a status in these words; None where they do not speak of an end. `told`: they need no asking."""
    if len(text.split()) > _WORDS_OF_AN_END:
        return None
    phrase = replace(words.read(text), dated=())
    if words.own_word(text) or (told and phrase.settled and phrase.stage and phrase.stage.closed):
        return Standing(phrase, text)
    if phrase.stage is None or not phrase.stage.closed:
        return None
    phrase = replace(phrase, settled=False, asking=Asking.NONE, choices=phrase.choices or (phrase.stage,), weak=True)
    return Standing(phrase, text, ((text, phrase),))


def _take_turns(sheet: Sheet, found: Sequence[Standing]) -> None:
    """Where it is their turn nobody waits for an answer: what came from them counts as answered."""
    heard = sheet.values.get("last_inbound")
    if heard is None or not any(standing.phrase.theirs and day for standing, day in zip(found, heard, strict=True)):
        return
    told = list(sheet.values.get("last_outbound", [None] * len(sheet.rows)))
    for index, (standing, day) in enumerate(zip(found, heard, strict=True)):
        if (
            day is not None
            and standing.phrase.theirs
            and (told[index] is None or in_order(told[index]) < in_order(day))
        ):
            told[index] = named_day(day)
    sheet.values["last_outbound"] = told


def _answer_offers(sheet: Sheet, today: date | None) -> None:
    """The last day of a row with an offer is that to answer it: nobody applies there any more."""
    last = sheet.values.get("closes_on")
    if last is None or today is None:
        return
    answer = list(sheet.values.get("answer_by", [None] * len(sheet.rows)))
    for index, (stage, day) in enumerate(zip(sheet.values["stage"], last, strict=True)):
        if stage is Stage.OFFER and isinstance(day, date) and named_day(day) >= today and answer[index] is None:
            answer[index] = named_day(day)
            headers = sheet.own_headers.get(index, {})
            sheet.own_headers[index] = {
                **headers,
                "answer_by": headers.get("closes_on", sheet.columns.mapped["closes_on"]),
            }
    sheet.values["answer_by"] = answer


def days_in_words(sheet: Sheet, months: Mapping[str, int]) -> Iterator[str]:
    """The days that stand in the cells of statuses and next steps, as they are written."""
    for text in _told_in_words(sheet):
        yield from (text[start:end] for start, end in find_days(text, months))


def tell_figures(sheet: Sheet) -> bool:
    """Whether a figure stands in a status or next step, so that a day may stand there, too."""
    return any(map(str.isdigit, unicodedata.normalize("NFKC", " ".join(_told_in_words(sheet)))))


def _told_in_words(sheet: Sheet) -> set[str]:
    names = ("status", "outcome", "next_step")
    return {clean_text(cell).lower() for name in names for cell in set(sheet.cells.get(name, ()))}


def _stages(
    sheet: Sheet, found: Sequence[Standing], words: StageWords, reading: Reading, year: int | None
) -> list[Stage]:
    """An unreadable day of the application is still one; nobody knows how old it is, so it counts as young.

    Who keeps only the day of the last touch has written by then. A date of the seeker's own ahead keeps a row alive.
    """
    nothing: Sequence[Any] = [None] * len(sheet.rows)
    today = reading.today
    both = list(zip(*(sheet.values.get(name, nothing) for name in ("applied_on", "last_outbound")), strict=True))
    last = {days: max((day for day in days if day), default=None, key=str) for days in set(both)}
    oldest = today - YOUNG if today else date.min
    recent = {days: day is None or named_day(day) >= oldest for days, day in last.items()}
    sent = [last[days] is not None for days in both]
    for index, names in sheet.unreadable.items():
        sent[index] = sent[index] or "applied_on" in names
    follow_ups, steps = sheet.values.get("follow_up_on", nothing), sheet.values.get("next_step", nothing)
    ahead = [
        bool(day and today and day >= today) or (not recent[days] and _names_day_ahead(step, words, reading, year))
        for day, step, days in zip(follow_ups, steps, both, strict=True)
    ]
    return [
        standing.stage(applied=applied, young=recent[days] or own, written=days[0] is None and days[1] is not None)
        for standing, applied, days, own in zip(found, sent, both, ahead, strict=True)
    ]


def _names_day_ahead(step: str | None, words: StageWords, reading: Reading, year: int | None) -> bool:
    """Whether a next step names a day that is still to come: "richiamare dopo le feste, 11 gennaio"."""
    plain = unicodedata.normalize("NFKC", clean_text(step)).casefold() if step else ""
    for start, end in find_days(plain, words.months) if any(map(str.isdigit, plain)) else ():
        value = read_told_day(plain[start:end], "follow_up_on", reading, year=year)
        if isinstance(value, date) and reading.today is not None and named_day(value) >= reading.today:
            return True
    return False


def _take_days(sheet: Sheet, found: Sequence[Standing], reading: Reading, year: int | None) -> None:
    """The days of each status into the fields they belong to, where the row's own cell says nothing.

    Of several the last counts; several interviews are rounds of one lead. Of interviews the later word wins over the
    row's own cell: a further round comes behind it, what was moved in its place, what is off takes it away.
    """
    columns: dict[str, list[Any]] = {}
    for index, standing in enumerate(found):
        several: dict[str, list[Moment]] = {}
        ends: dict[Moment, datetime | None] = {}
        for sense, text in standing.days:
            # Chinese, Japanese and Korean put the month first, whatever the dates in the columns do.
            order = "mdy" if is_unspaced(standing.text) else reading.order
            read = partial(_read_day, text, index=index, sheet=sheet, reading=replace(reading, order=order), year=year)
            if sense == "introduced" and not sheet.has("referrer")[index]:
                continue  # the contact is not who told of the lead, and would be thanked for it
            name, value = _place_day(sense, read, reading.today)
            if not name or name in sheet.unreadable.get(index, ()):
                continue
            own = sheet.values.get(name)
            if own is not None and own[index] is not None and name != "interview_at":
                continue
            if isinstance(value, Fault):
                if own is not None and own[index] is not None and not standing.phrase.moved:
                    continue
                fault = Fault("told", {"text": text, "why": value})
                sheet.set_unreadable(index, name, fault, told_by=_column(standing, sheet, index))
                continue
            several.setdefault(name, []).append(value)
            if name == "interview_at" and isinstance(value, datetime):
                ends[value] = read_end(text, value, replace(reading, in_work_hours=True))
        if standing.phrase.off and sheet.has("interview_at")[index]:
            _put(columns, "interview_at", index, None, sheet)
        for name, values in several.items():
            values.sort(key=in_order)
            if name == "interview_at":
                _put_interviews(columns, index, values, ends, standing, sheet)
            else:
                _put(columns, name, index, values[-1], sheet)
                sheet.tell_column(index, name, sheet.columns.mapped.get(_column(standing, sheet, index), ""))
    sheet.values |= columns


def _put_interviews(
    columns: dict[str, list[Any]],
    index: int,
    said: Sequence[Moment],
    ends: Mapping[Moment, datetime | None],
    standing: Standing,
    sheet: Sheet,
) -> None:
    """The interviews that a status names, in order, with the one of the row's own cell."""
    header = sheet.columns.mapped.get(_column(standing, sheet, index), "")
    held = sheet.values.get("interview_at")
    own = held[index] if held is not None else None
    rounds: tuple[Round, ...] = ()
    if own is not None and not standing.phrase.moved:
        first = said[0]
        if (
            len(said) == 1
            and named_day(first) == named_day(own)
            and isinstance(first, datetime) > isinstance(own, datetime)
        ):
            said = [first]  # the cell has the day, the status its hour
        else:
            said = [at for at in said if named_day(at) > named_day(own)]
            mine = sheet.own_headers.get(index, {}).get("interview_at") or sheet.columns.mapped.get(
                "interview_at", header
            )
            rounds = (Round(own, mine),)
    if not said:
        return
    *before, last = said
    _put(columns, "interview_at", index, last, sheet)
    sheet.tell_column(index, "interview_at", header)
    if ends.get(last) or own is not None:
        _put(columns, "interview_end", index, ends.get(last), sheet)
    rounds = (*rounds, *(Round(at, header) for at in before))
    if rounds:
        known = sheet.values.get("earlier_rounds")
        _put(columns, "earlier_rounds", index, (*(known[index] if known is not None else ()), *rounds), sheet)


def _put(columns: dict[str, list[Any]], name: str, index: int, value: Any, sheet: Sheet) -> None:
    """One value into a column that is a copy of the sheet's own."""
    if name not in columns:
        nothing: Any = () if name == "earlier_rounds" else None
        columns[name] = list(sheet.values.get(name, [nothing] * len(sheet.rows)))
    columns[name][index] = value


def _place_day(sense: str, read: Callable[[str], Any], today: date | None) -> tuple[str, Any]:
    """The field that a day belongs to, and the day; no field where it says nothing that a follow-up hangs on.

    A test is to be done by its day, unless that has passed; nobody is thanked for it. A piece of work at an hour
    (`trial`) is a meeting, and so is one to come with somebody one is in touch with (`met`).
    What is awaited comes by its day; one that has passed is since when.
    """
    if sense == "met" and isinstance(value := read("interview_at"), datetime) and _is_to_come(value, today):
        return "interview_at", value
    if sense == "trial" and isinstance(value := read("interview_at"), datetime):
        return "interview_at", value
    name = FIELD_OF.get(sense, "")
    value = read(name) if name else None
    if sense in ("test", "trial", "awaited") and isinstance(value, date) and not _is_to_come(value, today):
        return "", None
    if name in STILL_TO_COME and (isinstance(value, Fault) or _is_to_come(value, today)):
        name = STILL_TO_COME[name]
        value = read(name)
    return name, value


def _is_to_come(value: Any, today: date | None) -> bool:
    return isinstance(value, date) and today is not None and named_day(value) > today


def _read_day(text: str, name: str, *, index: int, sheet: Sheet, reading: Reading, year: int | None) -> Any:
    reading = replace(reading, in_work_hours=name in MET)
    value = read_date(text, reading)
    if isinstance(value, Yearless):
        applied = sheet.values.get("applied_on")
        day = applied[index] if applied is not None and name != "applied_on" else None
        around = [day] if day is not None else []
        value = give_year(value, name, reading, around=around, year=year)
        if name in STILL_TO_COME and day is not None and isinstance(value, date):
            long_before = named_day(day) - named_day(value) > _OF_LAST_YEAR
            value = NO_YEAR if long_before else value  # "they call 12/1", applied in November: that is to come
    return value.date() if name in DAYS and isinstance(value, datetime) else value


def _column(standing: Standing, sheet: Sheet, index: int) -> str:
    """Which of the two status columns said it."""
    cells = sheet.cells.get("status", ())
    return "status" if cells and clean_text(cells[index]) == standing.text else "outcome"
