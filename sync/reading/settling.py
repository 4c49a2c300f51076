"""What the cells of a row mean together: the parts of a name, the zone of an hour, the stage, and whether it is enough.

Every step takes whole columns of a `Sheet` and puts others in their place; what is rare is looked for by its column, so
that a row without it costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.models import CUSTOMER, Moment, Person, Round, Stage
from sync.moments import named_day, zone_names
from sync.reading.cells import Fault, clean_text
from sync.reading.dates import Reading, Yearless, complete, read_date, read_end
from sync.reading.fields import Later, read_url
from sync.reading.organisations import has_address_of, lists_recruiters
from sync.reading.sheet import Sheet
from sync.reading.vocabulary import DAYS, MOMENTS, ROUNDS, SAID

_DATES = (DAYS | MOMENTS) - SAID
_HOURS = ("interview_at", "interview_end", *ROUNDS)
_ZONES = ("interview_zone", "contact_zone")
_PERSON = ("contact_name", "contact_email", "contact_phone")
_RANKS = {"high": 1, "normal": 2, "low": 3}
_NOBODY = Person()


def fill_constants(sheet: Sheet, constants: Mapping[str, str]) -> None:
    """What all rows of a well-known export have in common, where the row's own cell says nothing."""
    for name, constant in constants.items():
        own = sheet.values.get(name)
        sheet.values[name] = [constant] * len(sheet.rows) if own is None else [value or constant for value in own]


def join_names(sheet: Sheet) -> None:
    """First and last name in two columns are one name, unless there is a column of whole names."""
    parts = [sheet.values.pop(name) for name in ("contact_first_name", "contact_last_name") if name in sheet.values]
    if parts:
        joined = [" ".join(filter(None, names)) or None for names in zip(*parts, strict=True)]
        whole = sheet.values.get("contact_name", joined)
        sheet.values["contact_name"] = [name or other for name, other in zip(whole, joined, strict=True)]


def settle_links(sheet: Sheet) -> None:
    """A link that hangs on the cell, where the cell's own text is none."""
    place = sheet.columns.fields.get("url")
    if place is not None and any(row.links for row in sheet.rows):
        hanging = [read_url(clean_text(row.links.get(place, ""))) for row in sheet.rows]
        sheet.values["url"] = [own or link for own, link in zip(sheet.values["url"], hanging, strict=True)]


def settle_interviews(sheet: Sheet, readings: Mapping[str, Reading]) -> None:
    """An interview's hour is wall-clock time in its own zone or the contact's, unless the cell has an offset."""
    zones = [sheet.values[name] for name in _ZONES if name in sheet.values]
    hours = {name: list(sheet.values[name]) for name in _HOURS if name in sheet.values}
    if not zones or not hours:
        return
    for index, names in sheet.unreadable.items():
        if (
            not names.isdisjoint(_ZONES)
            and "interview_at" in hours
            and isinstance(hours["interview_at"][index], datetime)
        ):
            sheet.unreadable[index] = names | {"interview_at"}
    for index, several in enumerate(zip(*zones, strict=True)):
        zone = next(filter(None, several), "")
        for name in hours if zone else ():
            if isinstance(hours[name][index], datetime):
                there = replace(readings[name], zone=ZoneInfo(zone))
                moved = read_date(sheet.cells[name][index], there)
                if isinstance(moved, Yearless):
                    moved = complete(moved, hours[name][index].year, there)
                if not isinstance(moved, Fault):
                    hours[name][index] = moved
    sheet.values |= hours


def settle_first_contacts(sheet: Sheet) -> None:
    """Where a sheet has no day of an application, what is sent was sent on the day of the message that it has.

    Whoever is to hear from you every so often, in a row that tells of no post and no status, was not applied to.
    """
    days = sheet.values.get("last_outbound")
    if days is None or "applied_on" in sheet.columns.fields or "applied_on" in sheet.values:
        return
    kinds = sheet.values.get("lead_kind", [None] * len(sheet.rows))
    rhythm, work = sheet.filled("every"), sheet.filled("role", "status")
    sheet.values["applied_on"] = [
        named_day(at)
        if at and stage is Stage.SENT and kind in (None, "posting", CUSTOMER) and (told or not often)
        else None
        for at, stage, kind, often, told in zip(days, sheet.values["stage"], kinds, rhythm, work, strict=True)
    ]
    header = sheet.columns.mapped.get("last_outbound", "")
    for index, day in enumerate(sheet.values["applied_on"]):
        if day and header:
            own = sheet.own_headers.get(index, {})
            sheet.own_headers[index] = {**own, "applied_on": own.get("last_outbound", header)}


def settle_own_zones(sheet: Sheet, zone: tzinfo) -> None:
    """An interview is on the clock that its cell names (`10:00 ET`), unless the row names a zone."""
    interviews = sheet.values.get("interview_at", ())
    told = {index: name for index, at in enumerate(interviews) if (name := _zone_of(at, zone))}
    if told:
        empty: Sequence[Any] = [None] * len(sheet.rows)
        named = sheet.has(*_ZONES)
        own = list(sheet.values.get("interview_zone", empty))
        sheet.values["interview_zone"] = [
            told.get(index) if not named[index] else known for index, known in enumerate(own)
        ]


def _zone_of(at: Any, ours: tzinfo) -> str:
    """The name of the zone of a moment, where it is not ours: of an offset that of a zone which always has it."""
    if not isinstance(at, datetime) or at.tzinfo is ours:
        return ""
    name = getattr(at.tzinfo, "key", "")
    offset = at.utcoffset() or timedelta()
    if not name and not offset % timedelta(hours=1):
        name = f"Etc/GMT{-(offset // timedelta(hours=1)):+d}" if offset else "UTC"
    return name if name in zone_names() else ""


def settle_slots(sheet: Sheet, readings: Mapping[str, Reading]) -> None:
    """The end of a slot (`10:00-11:00`) is the end of the interview, where the row names no other."""
    starts = sheet.values.get("interview_at")
    if starts is None:
        return
    cells = sheet.cells["interview_at"]
    ends: list[Any] = list(sheet.values.get("interview_end", [None] * len(sheet.rows)))
    for index, start in enumerate(starts):
        if isinstance(start, datetime) and ends[index] is None:
            ends[index] = read_end(cells[index], start, readings["interview_at"])
    sheet.values["interview_end"] = ends


def settle_rounds(sheet: Sheet) -> None:
    """Interviews in columns of their own are rounds of one lead: the last is `interview_at`, the others come before it.

    A round whose cell cannot be read leaves open which of them is the last, so that nothing about interviews moves.
    """
    rounds = {name: sheet.values.pop(name) for name in ROUNDS if name in sheet.values}
    if not rounds:
        return
    mapped = sheet.columns.mapped
    first = sheet.values.get("interview_at", [None] * len(sheet.rows))
    headers = [mapped.get("interview_at", ""), *(mapped[name] for name in rounds)]
    last: list[Moment | None] = list(first)
    before: list[tuple[Round, ...]] = [()] * len(sheet.rows)
    ends: list[Moment | None] = list(sheet.values.get("interview_end", first))
    for index, moments in enumerate(zip(first, *rounds.values(), strict=True)):
        columns = {
            at: header for at, header in zip(reversed(moments), reversed(headers), strict=True) if at is not None
        }
        held = [Round(at, header) for at, header in columns.items()]
        held.sort(key=lambda one: in_order(one.at))
        if held:
            last[index], before[index] = held[-1].at, tuple(held[:-1])
            if held[-1].at != first[index]:
                sheet.tell_column(index, "interview_at", held[-1].column)
                ends[index] = None
    sheet.values |= {"interview_at": last, "earlier_rounds": before}
    if "interview_end" in sheet.values:
        sheet.values["interview_end"] = ends
    for index, names in sheet.unreadable.items():
        if not names.isdisjoint(rounds):
            sheet.unreadable[index] = names | {"interview_at"}


def in_order(at: Moment) -> tuple[str, str]:
    """A day without an hour comes after those with one."""
    return (at.date().isoformat(), at.isoformat()) if isinstance(at, datetime) else (at.isoformat(), "~")


def settle_follow_ups(sheet: Sheet, today: date | None) -> None:
    """The day of a follow-up, where one column has those that were made and those that are planned."""
    days = sheet.values.pop("follow_up_day", None)
    if days is None:
        return
    empty: Sequence[Any] = [None] * len(sheet.rows)
    made = [day if day and today and day <= today else None for day in days]
    planned = [day if day and not done else None for day, done in zip(days, made, strict=True)]
    for name, found in (("last_outbound", made), ("follow_up_on", planned)):
        known = sheet.values.get(name, empty)
        sheet.values[name] = [old or new for old, new in zip(known, found, strict=True)]
    if (header := sheet.columns.mapped["follow_up_day"]) and "follow_up_on" not in sheet.columns.mapped:
        for index, day in enumerate(planned):
            if day:
                sheet.tell_column(index, "follow_up_on", header)


def settle_refusals(sheet: Sheet) -> None:
    """A day in the column of refusals is one, whatever the status still says."""
    days = sheet.values.pop("rejected_on", None)
    if days is not None:
        said = sheet.values.get("outcome", [None] * len(sheet.rows))
        sheet.values["outcome"] = [
            word or (Stage.REJECTED.value if day else None) for word, day in zip(said, days, strict=True)
        ]
        heard = sheet.values.get("last_inbound", [None] * len(sheet.rows))
        sheet.values["last_inbound"] = [known or day for known, day in zip(heard, days, strict=True)]


def settle_plans(sheet: Sheet) -> None:
    """`later:` with a date becomes the plan and its day."""
    plans = sheet.values.get("plan")
    if plans is not None:
        sheet.values["plan_on"] = [plan.on if isinstance(plan, Later) else None for plan in plans]
        sheet.values["plan"] = ["later" if isinstance(plan, Later) else plan for plan in plans]


def settle_boxes(sheet: Sheet) -> None:
    """A ticked box says that it is done, and not when."""
    done = sheet.values.get("done_on")
    if done is not None:
        sheet.values["done_box"] = [said is True for said in done]
        sheet.values["done_on"] = [None if said is True else said for said in done]


def silence_rows(sheet: Sheet) -> None:
    """Rows that nothing can be planned for, without anybody or without any date, are out as a whole.

    A row marked as an idea needs no date: it arrived when it was first seen, and so did somebody to keep
    in touch with.
    """
    mapped = sheet.columns.mapped
    who = mapped.get("company") or mapped.get("contact_name") or "company"
    when = mapped.get("applied_on") or mapped.get("received_at") or "applied_on"
    unread = next((column.header for column in sheet.columns.columns if column.dated), "")
    undated = Fault("dates_unread", {"header": repr(unread)}) if unread else Fault("no_dates")
    named = sheet.has("company", *_PERSON)
    dated = sheet.has(*_DATES, "plan_on", "every")
    stages = zip(sheet.values["stage_known"], sheet.values["stage"], strict=True)
    for index, (somebody, day, stage) in enumerate(zip(named, dated, stages, strict=True)):
        if somebody and (day or stage == (True, Stage.IDEA)):
            continue
        sheet.silent.add(index)
        if not somebody:
            sheet.add_problem(sheet.rows[index], who, "", Fault("nobody"))
        elif _DATES.isdisjoint(sheet.unreadable.get(index, ())):
            unclear = sheet.values["status_text"][index] if not stage[0] else ""
            fault = Fault("no_dates_unclear", {"status": unclear}) if unclear and not unread else undated
            sheet.add_problem(sheet.rows[index], when, "", fault)


def settle_people(sheet: Sheet) -> None:
    """Name, mail address and telephone are one contact."""
    empty: Sequence[Any] = [None] * len(sheet.rows)
    parts = [sheet.values.pop(name, empty) for name in _PERSON]
    sheet.values["contact"] = [
        Person(name or "", mail or "", phone or "") if name or mail or phone else _NOBODY
        for name, mail, phone in zip(*parts, strict=True)
    ]


def settle_recruiters(sheet: Sheet) -> None:
    """The contact of a row that goes through an agency works there, and is a recruiter, where the row names no firm,
    their column is one of recruiters, or their mail address is the agency's."""
    if "agency" not in sheet.values:
        return
    headers = (sheet.columns.mapped.get(name, "") for name in ("contact_name", "contact_email"))
    listed = any(map(lists_recruiters, headers))
    empty: Sequence[Any] = [None] * len(sheet.rows)
    columns = (sheet.values.get(name, empty) for name in ("contact_kind", "contact", "agency", "company"))
    sheet.values["contact_kind"] = [
        "recruiter"
        if not kind
        and agency
        and person.party
        and (listed or not (company or "").strip() or has_address_of(person, agency))
        else kind
        for kind, person, agency, company in zip(*columns, strict=True)
    ]


def settle_words(sheet: Sheet) -> None:
    """Words of the sheet that a lead keeps in another form."""
    if "interest" in sheet.values:
        sheet.values["interested"] = sheet.values.pop("interest")
    if "priority" in sheet.values:
        sheet.values["priority"] = [_RANKS.get(word) for word in sheet.values["priority"]]
