"""What sets an obligation off: information, an introduction, an interview, a message, an offer, a promise, a meeting.

An **occasion** is the moment a touch counts from, the first moment it may begin, its deadline, and since when an
outbound message counts as having done it. Deadlines are elapsed hours on the UTC line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Rule
from sync.models import Moment
from sync.safe_text import clean
from sync.schedule.cases import Case, end_of, may_write, rounds_of
from sync.schedule.desk import Desk
from sync.schedule.drafts import draft_for
from sync.schedule.ladders import WEEK, roll_reasons
from sync.schedule.slots import at, moment_of

EVENING = time(18)
"""When a meeting without an hour is over for sure (DESIGN 5.3)."""
END_OF_DAY = time(23, 59)
CRITICAL = "critical:"
"""Begins the note of a touch whose place a decision took; the day follows."""


_OWED = frozenset({"deadline", "before", "promise"})
"""The kinds of time an obligation has."""


class Occasion(Struct, frozen=True):
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


def find_occasions(case: Case, *, desk: Desk) -> Iterator[tuple[Case, Rule, Occasion]]:
    """Everything that sets an obligation of this lead off, with the rule that asks for it.

    Of several interviews each has its own; it comes with the case as it stood for that one.
    """
    yield from _find(case, _FINDERS, desk)
    for one in rounds_of(case):
        yield from _find(one, {"interview_at": _FINDERS["interview_at"]}, desk)


def _find(case: Case, by_fact: Mapping[str, _Finders], desk: Desk) -> Iterator[tuple[Case, Rule, Occasion]]:
    for fact, finders in by_fact.items():
        if getattr(case.lead, fact) is None:
            continue
        for trigger in sorted(finders, key=lambda trigger: (trigger in _AFTER, trigger)):
            for rule in desk.advice.by_trigger.get(trigger, ()):
                if rule.time in _OWED and may_write(case, rule.reads) and (found := finders[trigger](case, rule, desk)):
                    yield case, rule, found


def _deadline(
    rule: Rule, since: Moment, desk: Desk, *, said: str, start: datetime | None = None, round: int = 0
) -> Occasion:
    """Elapsed hours from the trigger; a date without hour counts as the start of work."""
    trigger = start or desk.instant_of(since)
    earliest = trigger + timedelta(minutes=rule.minutes or 0)
    if start is None and not isinstance(since, datetime):
        said = f"{said}; {desk.say('reason.time_assumed')}"
    return Occasion(since, earliest, _later(trigger, hours=rule.hours or 0), said, round)


def _later(moment: datetime, *, hours: int) -> datetime:
    """Elapsed hours, counted on the UTC line and told in the moment's own zone."""
    return datetime.fromtimestamp(moment.timestamp() + hours * 3600, moment.tzinfo)


def _received(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    at_ = case.lead.received_at
    return None if at_ is None else _deadline(rule, at_, desk, said=_said(case, "received_at", at_, desk))


def _introduced(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    lead = case.lead
    return _received(case, rule, desk) if lead.referrer.strip() and lead.contact.name.strip() else None


def _introduction_used(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    done = first_contact(case, desk=desk)
    if done is None:
        return None
    return _deadline(rule, done, desk, said=desk.say("reason.introduction_used", day=desk.tell(desk.day_of(done))))


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


def _neglected(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    call, lead = desk.rule("R-002-1"), case.lead
    if call is None or lead.received_at is None:
        return None
    uid = draft_for(case, call, desk=desk, raw=desk.day_of(lead.received_at)).uid
    record = desk.touches.get(uid) or desk.memory.touches.get(uid)
    if record is None or not record.missed or record.done_on or not record.note.startswith(CRITICAL):
        return None
    day = date.fromisoformat(record.note.removeprefix(CRITICAL))
    start = at(day, desk.settings.message_hours.start, desk.zone) - timedelta(minutes=rule.minutes or 0)
    return _deadline(rule, day, desk, said=desk.say("reason.neglected", day=desk.tell(day)), start=start)


def _interview(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    held = case.lead.interview_at
    if held is None or not case.seen.interviews:
        return None
    number = case.seen.interviews[-1].round
    if rule.time == "before":
        return _before(case, rule, held, desk, round=number)
    return _after(case, rule, held, desk, field="interview_at", end=case.lead.interview_end, round=number)


def _meeting(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    held = case.lead.meeting_on
    if held is None:
        return None
    return _after(case, rule, held, desk, field="meeting_on", end=None, round=case.round_of("meeting_on"))


def _after(case: Case, rule: Rule, held: Moment, desk: Desk, *, field: str, end: Moment | None, round: int) -> Occasion:
    """When what the field names is over."""
    said = _said(case, field, held, desk)
    if isinstance(held, datetime):
        return _deadline(rule, end_of(held, end, desk=desk), desk, said=said, round=round)
    zone = interview_zone(case, desk)
    start, until = at(held, EVENING, zone), at(held + timedelta(days=1), END_OF_DAY, zone)
    return Occasion(held, start, until, f"{said}; {desk.say('reason.time_assumed')}", round)


def _before(case: Case, rule: Rule, held: Moment, desk: Desk, *, round: int) -> Occasion:
    """The day before an interview, in its own zone, at an hour that suits both ends."""
    zone = interview_zone(case, desk)
    start = held if isinstance(held, datetime) else at(held, desk.settings.work_hours.start, zone)
    eve = start.astimezone(zone).date() - timedelta(days=rule.days or 0)
    day = desk.days.at_or_before(eve)
    bounds = _both_hours(day, zone, desk)
    last = start - timedelta(hours=rule.hours or 0)
    said = "; ".join((_said(case, "interview_at", held, desk), *roll_reasons(eve, day, desk=desk)))
    since = moment_of(bounds[0], desk.zone).date()
    return Occasion(since, moment_of(bounds[0], desk.zone), last, said, round, bounds=bounds, until=last)


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


def _references(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    given, offered = case.lead.references_given_on, case.lead.offer_on
    if given is None or (offered is not None and desk.day_of(offered) >= given):  # nobody calls them after an offer
        return None
    eve = given - timedelta(days=rule.days or 0)
    day = desk.days.at_or_before(eve)
    said = "; ".join((_said(case, "references_given_on", given, desk), *roll_reasons(eve, day, desk=desk)))
    return Occasion(day, at(day, desk.settings.work_hours.start, desk.zone), at(given, END_OF_DAY, desk.zone), said)


def _offer(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    offered = case.lead.offer_on
    return None if offered is None else _deadline(rule, offered, desk, said=_said(case, "offer_on", offered, desk))


def _message_in(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    came = case.lead.last_inbound
    if came is None:
        return None
    owed = _deadline(
        rule, came, desk, said=_said(case, "last_inbound", came, desk), round=case.round_of("last_inbound")
    )
    # A bare day is kept by people who seldom write down that they answered: after a week it is old news.
    return owed if case.lead.last_inbound_channel else replace(owed, until=owed.deadline + WEEK)


def _promised(case: Case, rule: Rule, desk: Desk) -> Occasion | None:
    promised = case.lead.promised_on
    if promised is None:
        return None
    day = desk.days.at_or_before(promised)
    said = "; ".join((_said(case, "promised_on", promised, desk), *roll_reasons(promised, day, desk=desk)))
    start = at(day, desk.settings.work_hours.start, desk.zone)
    return Occasion(day, start, at(promised, END_OF_DAY, desk.zone), said, case.round_of("promised_on"))


def interview_zone(case: Case, desk: Desk) -> ZoneInfo:
    """The zone of an interview: its own, the contact's, the seeker's. A cell with an offset has its hour from that."""
    lead = case.lead
    return desk.zone_named(lead.interview_zone) or desk.zone_named(lead.contact_zone) or desk.zone


def _said(case: Case, field: str, value: Moment, desk: Desk) -> str:
    column = clean(case.lead.columns.get(field, field))
    shown = desk.tell_moment(value) if isinstance(value, datetime) else desk.tell(value)
    return desk.say("reason.cell", column=column, day=shown)


def not_before(sent: Moment, since: Moment, desk: Desk) -> bool:
    """Whether a message went out at or after this moment; by the day where one of them has no hour."""
    if isinstance(sent, datetime) and isinstance(since, datetime):
        return sent >= since
    return desk.day_of(sent) >= desk.day_of(since)


_Finders = Mapping[str, Callable[[Case, Rule, Desk], Occasion | None]]

_AFTER = frozenset({"introduction_neglected"})
"""Triggers that ask what became of the others of this run: they come last, wherever they stand."""
_FINDERS: Mapping[str, _Finders] = {
    "received_at": {
        "received": _received,
        "introduced": _introduced,
        "introduction_used": _introduction_used,
        "introduction_neglected": _neglected,
    },
    "interview_at": {"interview": _interview},
    "references_given_on": {"references_given": _references},
    "offer_on": {"offer": _offer},
    "last_inbound": {"message_in": _message_in},
    "promised_on": {"promised": _promised},
    "meeting_on": {"meeting": _meeting},
}
"""What sets an obligation off, by the date without which nothing does and by the name the rules use."""
