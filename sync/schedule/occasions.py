"""What sets an obligation off: information, an introduction, an interview, a message, an offer, a promise, a meeting.

An **occasion** is the moment a touch counts from, the first moment it may begin, its deadline, and since when an
outbound message counts as having done it. Deadlines are elapsed hours on the UTC line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sync.advice import Rule
from sync.models import Moment
from sync.schedule.cases import Case, end_of
from sync.schedule.desk import Desk
from sync.schedule.drafts import draft_for
from sync.schedule.ladders import roll_reasons
from sync.schedule.plain_text import clean
from sync.schedule.slots import at, moment_of

EVENING = time(18)
"""When a meeting without an hour is over for sure (DESIGN 5.3)."""
END_OF_DAY = time(23, 59)
CRITICAL = "critical:"
"""Begins the note of a touch whose place a decision took; the day follows."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What sets a rule off. `since` is the moment from which on an outbound message counts as having done it."""

    since: Moment
    earliest: datetime
    deadline: datetime
    said: str
    round: int = 0
    bounds: tuple[int, int] | None = None
    """The window in quarters, where it is no ordinary one."""
    until: datetime | None = None
    """After this moment the touch makes no sense any more."""


def _deadline(rule: Rule, since: Moment, desk: Desk, *, said: str, start: datetime | None = None) -> Occasion:
    """Elapsed hours from the trigger; a date without hour counts as the start of work."""
    trigger = start or desk.instant_of(since)
    earliest = trigger + timedelta(minutes=rule.minutes or 0)
    if start is None and not isinstance(since, datetime):
        said = f"{said}; {desk.say('reason.time_assumed')}"
    return Occasion(since, earliest, _later(trigger, hours=rule.hours or 0), said)


def _later(moment: datetime, *, hours: int) -> datetime:
    """Elapsed hours, counted on the UTC line and told in the moment's own zone."""
    return datetime.fromtimestamp(moment.timestamp() + hours * 3600, moment.tzinfo)


def _received(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    at_ = case.lead.received_at
    if at_ is not None:
        yield _deadline(rule, at_, desk, said=_said(case, "received_at", at_, desk))


def _introduced(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    lead = case.lead
    if lead.received_at is not None and lead.referrer.strip() and lead.contact.name.strip():
        yield _deadline(rule, lead.received_at, desk, said=_said(case, "received_at", lead.received_at, desk))


def _introduction_used(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    done = first_contact(case, desk=desk)
    if done is not None:
        yield _deadline(rule, done, desk, said=desk.say("reason.introduction_used", day=desk.tell(desk.day_of(done))))


def first_contact(case: Case, *, desk: Desk) -> Moment | None:
    """When somebody we were introduced to was first reached: as remembered; with its hour where the sheet has it."""
    lead, call = case.lead, desk.rule("R-002-1")
    if call is None or not (lead.received_at is not None and lead.referrer.strip() and lead.contact.name.strip()):
        return None
    record = draft_for(case, call, desk=desk, raw=desk.day_of(lead.received_at)).memory
    known = record.done_on if record else None
    sent = lead.last_outbound
    if sent is None or not not_before(sent, lead.received_at, desk):
        return known
    return sent if known is None or desk.day_of(sent) <= known else known


def _neglected(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    call, lead = desk.rule("R-002-1"), case.lead
    if call is None or lead.received_at is None:
        return
    uid = draft_for(case, call, desk=desk, raw=desk.day_of(lead.received_at)).uid
    record = desk.touches.get(uid) or desk.memory.touches.get(uid)
    if record and record.missed and not record.done_on and record.note.startswith(CRITICAL):
        day = date.fromisoformat(record.note.removeprefix(CRITICAL))
        start = at(day, desk.settings.message_hours.start, desk.zone) - timedelta(minutes=rule.minutes or 0)
        yield _deadline(rule, day, desk, said=desk.say("reason.neglected", day=desk.tell(day)), start=start)


def _interview(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    held = case.lead.interview_at
    if held is None or not case.seen.interviews:
        return
    number = case.seen.interviews[-1].round
    found = _before_interview(case, rule, desk) if rule.time == "before" else _after(case, rule, held, desk)
    if found:
        yield replace(found, round=number)


def _after(case: Case, rule: Rule, held: Moment, desk: Desk) -> Occasion | None:
    lead = case.lead
    field = "interview_at" if held is lead.interview_at else "meeting_on"
    said = _said(case, field, held, desk)
    if isinstance(held, datetime):
        end = end_of(held, lead.interview_end if field == "interview_at" else None, desk=desk)
        return replace(_deadline(rule, end, desk, said=said), since=end)
    zone = interview_zone(case, desk)
    start, end = at(held, EVENING, zone), at(held + timedelta(days=1), END_OF_DAY, zone)
    return Occasion(held, start, end, f"{said}; {desk.say('reason.time_assumed')}")


def _before_interview(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    """The day before, in the interview's own zone, at an hour that suits both ends."""
    held = case.lead.interview_at
    assert held is not None
    zone = interview_zone(case, desk)
    start = held if isinstance(held, datetime) else at(held, desk.settings.work_hours.start, zone)
    eve = start.astimezone(zone).date() - timedelta(days=rule.days or 0)
    day = desk.days.at_or_before(eve)
    bounds = _both_hours(day, zone, desk)
    last = start - timedelta(hours=rule.hours or 0)
    said = "; ".join((_said(case, "interview_at", held, desk), *roll_reasons(eve, day, desk=desk)))
    since = moment_of(bounds[0], desk.zone).date()
    return Occasion(since, moment_of(bounds[0], desk.zone), last, said, bounds=bounds, until=last)


def _both_hours(day: date, zone: ZoneInfo, desk: Desk) -> tuple[int, int]:
    """Quarters of a day's work hours there that lie in the seeker's message hours; else the last one before."""
    low, high = desk.windows.bounds(day, desk.settings.work_hours, zone)
    last = 0
    for offset in (-1, 0, 1):
        here = moment_of(low, desk.zone).date() + timedelta(days=offset)
        mine, until = desk.windows.bounds(here, desk.settings.message_hours, desk.zone)
        if max(low, mine) < min(high, until):
            return max(low, mine), min(high, until)
        if mine < high:
            last = min(until, high) - 1
    return last, last + 1


def _references(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    given = case.lead.references_given_on
    if given is None:
        return
    eve = given - timedelta(days=rule.days or 0)
    day = desk.days.at_or_before(eve)
    said = "; ".join((_said(case, "references_given_on", given, desk), *roll_reasons(eve, day, desk=desk)))
    yield Occasion(day, at(day, desk.settings.work_hours.start, desk.zone), at(given, END_OF_DAY, desk.zone), said)


def _offer(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    if case.lead.offer_on is not None:
        yield _deadline(rule, case.lead.offer_on, desk, said=_said(case, "offer_on", case.lead.offer_on, desk))


def _message_in(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    lead = case.lead
    if lead.last_inbound is not None and lead.last_inbound_channel:
        occasion = _deadline(rule, lead.last_inbound, desk, said=_said(case, "last_inbound", lead.last_inbound, desk))
        yield replace(occasion, round=case.round_of("last_inbound"))


def _promised(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    promised = case.lead.promised_on
    if promised is None:
        return
    day = desk.days.at_or_before(promised)
    said = "; ".join((_said(case, "promised_on", promised, desk), *roll_reasons(promised, day, desk=desk)))
    start = at(day, desk.settings.work_hours.start, desk.zone)
    yield Occasion(day, start, at(promised, END_OF_DAY, desk.zone), said, round=case.round_of("promised_on"))


def _meeting(case: Case, rule: Rule, desk: Desk) -> Iterator[Occasion]:
    held = case.lead.meeting_on
    if held is not None and (found := _after(case, rule, held, desk)):
        yield replace(found, round=case.round_of("meeting_on"))


def interview_zone(case: Case, desk: Desk) -> ZoneInfo:
    """The zone of an interview: its own, the contact's, the seeker's. A cell with an offset has its hour from that."""
    lead = case.lead
    return desk.zone_named(lead.interview_zone) or desk.zone_named(lead.contact_zone) or desk.zone


def _said(case: Case, field: str, value: Moment, desk: Desk) -> str:
    column = clean(case.lead.columns.get(field, field))
    shown = desk.advice.wording.moment(value) if isinstance(value, datetime) else desk.tell(value)
    return desk.say("reason.cell", column=column, day=shown)


def not_before(sent: Moment, since: Moment, desk: Desk) -> bool:
    """Whether a message went out at or after this moment; by the day where one of them has no hour."""
    if isinstance(sent, datetime) and isinstance(since, datetime):
        return sent >= since
    return desk.day_of(sent) >= desk.day_of(since)


FINDERS: Mapping[str, Callable[[Case, Rule, Desk], Iterator[Occasion]]] = {
    "received": _received,
    "introduced": _introduced,
    "introduction_used": _introduction_used,
    "introduction_neglected": _neglected,
    "interview": _interview,
    "references_given": _references,
    "offer": _offer,
    "message_in": _message_in,
    "promised": _promised,
    "meeting": _meeting,
}
"""What sets an obligation off, by the name the rules use."""
