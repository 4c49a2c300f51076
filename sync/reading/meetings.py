"""Meetings, and which of them are interviews: appointments, a day to come under a bare `Date`, talks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sync import toml
from sync.models import CUSTOMER, Stage
from sync.moments import named_day
from sync.reading.cells import clean_text, spaced
from sync.reading.customers import names_appointment
from sync.reading.lexicon import lexicons_for, split_words
from sync.reading.sheet import Sheet

_TALKED = (Stage.IN_TOUCH, Stage.INTERVIEW)


def settle_meetings(sheet: Sheet, today: date | None) -> None:
    """An appointment (`Termin`, `Cita`, `Meeting`) is the interview, where the status says that there is one.

    Only one with an hour or still to come: a coffee of last month stays what it was. To a customer it is the meeting
    that the stage is called by ("Demo booked").
    """
    meetings = sheet.values.get("meeting_on")
    if meetings is None:
        return
    empty: Sequence[Any] = [None] * len(sheet.rows)
    interviews, stages = list(sheet.values.get("interview_at", empty)), list(sheet.values["stage"])
    left, kinds, known = list(meetings), sheet.values.get("lead_kind", empty), sheet.values["stage_known"]
    for index, at in enumerate(meetings):
        if at is None or not known[index] or interviews[index] is not None:
            continue
        booked = kinds[index] == CUSTOMER and names_appointment(sheet.values["status_text"][index])
        if not booked and stages[index] is not Stage.INTERVIEW:
            continue
        if isinstance(at, datetime) or (today is not None and at >= today):
            interviews[index], left[index], stages[index] = at, None, Stage.INTERVIEW
            own = sheet.own_headers.get(index, {})
            header = own.get("meeting_on") or sheet.columns.mapped["meeting_on"]
            sheet.own_headers[index] = {**own, "interview_at": header}
    sheet.values |= {"interview_at": interviews, "meeting_on": left, "stage": stages}


def settle_days_ahead(sheet: Sheet, today: date | None) -> None:
    """A day to come under a header that says no more than `Date` is the interview, where the status says that there is
    one: nobody has applied tomorrow."""
    days, header = sheet.values.get("applied_on"), sheet.columns.mapped.get("applied_on", "")
    words = split_words(header)
    if days is None or today is None or not any(one.read(words).meanings == {"day"} for one in lexicons_for([header])):
        return
    applied, interviews = list(days), list(sheet.values.get("interview_at", [None] * len(sheet.rows)))
    met = sheet.has("interview_at", "meeting_on")
    stages = zip(sheet.values["stage_known"], sheet.values["stage"], strict=True)
    for index, (day, stage) in enumerate(zip(days, stages, strict=True)):
        own = "applied_on" in sheet.own_headers.get(index, {})
        if day is not None and day > today and stage == (True, Stage.INTERVIEW) and not (met[index] or own):
            interviews[index], applied[index] = day, None
            sheet.tell_column(index, "interview_at", header)
    sheet.values |= {"interview_at": interviews, "applied_on": applied}


def settle_talks(sheet: Sheet) -> None:
    """A talk with an acquaintance ("coffee 11/24") is no interview: the row tells of no post, and calls it a talk.

    Whom it was with is of the seeker's network from then on, and is asked about no post. An informational talk is never
    about one, whatever stands beside it as a role: it may be theirs. A last contact on the very day is the talk itself,
    and no word of thanks after it. What stands in a column of interviews is one, unless the row calls it such a talk.
    """
    empty: Sequence[Any] = [None] * len(sheet.rows)
    names = ("role", "applied_on", "agency", "lead_kind", "contact_kind", "how_known", "meeting_on")
    columns = [sheet.values.get(name, empty) for name in names]
    left, met = list(sheet.values.get("interview_at", empty)), list(columns[-1])
    written, kinds = list(sheet.values.get("last_outbound", empty)), list(columns[4])
    stages, steps = list(sheet.values["stage"]), sheet.cells.get("next_step", empty)
    for index, (role, applied, agency, kind, contact, known, meeting) in enumerate(zip(*columns, strict=True)):
        if stages[index] not in _TALKED or applied or agency or kind == CUSTOMER:
            continue
        if "interview_at" in sheet.unreadable.get(index, ()) or (left[index] is not None and meeting is not None):
            continue
        in_column = left[index] is not None and "interview_at" not in sheet.own_headers.get(index, {})
        acquainted = bool(known) or kind == "connection" or contact in ("network", "association")
        acquainted = acquainted and not in_column
        status = sheet.values["status_text"][index] or ""
        told, whatever = f"{status} {clean_text(steps[index])}", kind == "connection" and not (status or in_column)
        if not _is_talk(told, acquainted=acquainted, about_a_post=bool(role), whatever=whatever):
            continue
        kinds[index] = contact or "network"
        if left[index] is not None:
            met[index], left[index] = left[index], None
            own = sheet.own_headers.get(index, {}).get("interview_at")
            if header := own or sheet.columns.mapped.get("interview_at"):
                sheet.tell_column(index, "meeting_on", header)
        if met[index] is None:
            continue
        if (last := written[index]) is not None and named_day(last) == named_day(met[index]):
            written[index] = None
        stages[index] = Stage.IN_TOUCH
    sheet.values |= {"interview_at": left, "meeting_on": met, "stage": stages}
    sheet.values |= {"last_outbound": written, "contact_kind": kinds}


@lru_cache(maxsize=4096)
def _is_talk(text: str, *, acquainted: bool, about_a_post: bool, whatever: bool) -> bool:
    """Whether its words call it a talk; `whatever`: what is not called an interview is one."""
    words, said = toml.shipped("names.toml")["talks"], spaced(text).split()
    if any(word.startswith(tuple(words["informational"])) for word in said):
        return True
    told = (*words["informal"], *(words["among"] if acquainted else ()))
    if about_a_post or any(word.startswith(tuple(words["interview"])) for word in said):
        return False
    return whatever or any(word.startswith(told) for word in said)
