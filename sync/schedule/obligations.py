"""Obligations: what is owed to somebody by a deadline, before a date, or by a promise (DESIGN 5.1, 5.3, 5.4).

Vocabulary: an **occasion** is what sets a rule off in one lead: the moment it counts from, the first moment the touch
may begin, its deadline, and since when an outbound message counts as having done it. Rules:

- Deadlines are elapsed hours on the UTC line and never move for a weekend. A call stays in the contact's hours; its
  deadline is the end of the first window in which it could be made.
- A touch whose day passed is late and moves to the first allowed slot at or after now, once a day. Three business days
  after its deadline, or after the day it was first offered, it is critical: it stays where it is as history and one
  decision takes its place. Never more than one late event per lead.
- More than a week past at first sight it goes by name into the triage event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sync.advice import Rule
from sync.models import Moment, Person
from sync.reconcile.memory import TouchMemory
from sync.schedule.cases import Case, end_of, may_write
from sync.schedule.desk import Desk, was_deleted
from sync.schedule.drafts import Draft, draft_for, remember
from sync.schedule.ladders import WEEK, roll_reasons
from sync.schedule.people import channel_for, recipients
from sync.schedule.plain_text import clean
from sync.schedule.slots import at, moment_of, quarter_down, quarter_up

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


def obligations(case: Case, *, desk: Desk) -> list[Draft]:
    """What is owed for this lead now; at most one of them late."""
    drafts: list[Draft] = []
    for trigger, find in FINDERS.items():
        for rule in desk.advice.by_trigger.get(trigger, ()):
            if rule.time not in ("deadline", "before", "promise") or not may_write(case, rule.reads):
                continue
            for occasion in find(case, rule, desk):
                for person, party in recipients(rule, case):
                    drafts += settle(_draft(case, rule, occasion, desk, person, party), occasion, desk=desk)
    return _one_late(drafts, desk)


def _draft(case: Case, rule: Rule, occasion: Occasion, desk: Desk, person: Person, party: str) -> Draft:
    draft = draft_for(
        case, rule, desk=desk, raw=desk.day_of(occasion.earliest), person=person, party=party, round=occasion.round
    )
    draft.channel = channel_for(rule, case, person)
    if draft.channel == "phone":
        draft.zone = desk.zone_named(case.lead.contact_zone) or desk.zone
    draft.reason.insert(0, occasion.said)
    draft.deadline = occasion.deadline
    return draft


# --- from an occasion to a day -------------------------------------------------------------------------------


def settle(draft: Draft, occasion: Occasion, *, desk: Desk) -> list[Draft]:
    """The draft with its day, or what takes its place, or nothing where it is over."""
    memory = draft.memory
    if memory and (done := done_on(draft, occasion.since, desk=desk)):
        desk.keep(replace(memory, done_on=done, missed=False, assumed=_assumed(memory, draft, desk)))
        desk.done.add(draft.uid)
        return []
    if was_deleted(memory) or (memory is None and done_on(draft, occasion.since, desk=desk)):
        return []
    if memory and memory.missed:
        desk.missed.add(draft.uid)
        return _replacement(draft, memory, desk)
    first = quarter_up(occasion.earliest)
    if draft.channel == "phone":
        first, draft.deadline = _call_window(draft, first, desk)
    draft.low = first
    if draft.pinned:
        _note_beyond(draft, desk)
        return [draft]
    assert draft.deadline is not None
    stood = desk.day_of(memory.start) if memory and memory.start is not None else None
    if occasion.until is not None and stood != desk.today and desk.has_come(occasion.until):
        return _expire(draft, memory, desk)
    if memory is None and desk.day_of(draft.deadline) + WEEK < desk.today:
        desk.triage(draft.case, whole=False)
        _leave(draft, desk)
        return []
    if memory and stood and stood < desk.today and (day := critical_day(draft, memory, desk)) <= desk.today:
        return _turn_critical(draft, memory, day, desk)
    _choose_day(draft, occasion, stood, desk)
    return [draft]


def done_on(draft: Draft, since: Moment, *, desk: Desk) -> date | None:
    """The day it was done: by a tick; to the contact also by an outbound message; to others, without ticks, assumed."""
    memory, case = draft.memory, draft.case
    assert case is not None
    if memory and memory.done_on:
        return memory.done_on
    lead = case.lead
    if draft.rule.id == "R-000-2" and lead.acknowledged_on:
        return lead.acknowledged_on
    if _to_contact(draft, case):
        sent = lead.last_outbound
        return desk.day_of(sent) if sent is not None and _not_before(sent, since, desk) else None
    return _assumed_day(memory, desk)


def _to_contact(draft: Draft, case: Case) -> bool:
    lead = case.lead
    return draft.person == lead.contact or (draft.rule.audience in ("interviewers", "employer") and not draft.party)


def _assumed_day(memory: TouchMemory | None, desk: Desk) -> date | None:
    if desk.abilities.reactions or memory is None or memory.start is None or memory.missed:
        return None
    stood = desk.day_of(memory.start)
    return stood if stood < desk.today else None


def _assumed(memory: TouchMemory, draft: Draft, desk: Desk) -> bool:
    return memory.assumed or (draft.case is not None and not _to_contact(draft, draft.case) and not memory.reaction)


def _not_before(sent: Moment, since: Moment, desk: Desk) -> bool:
    if isinstance(sent, datetime) and isinstance(since, datetime):
        return sent >= since
    return desk.day_of(sent) >= desk.day_of(since)


def _call_window(draft: Draft, first: int, desk: Desk) -> tuple[int, datetime]:
    """A call stays in the contact's hours: its first quarter, and the end of that window as its deadline."""
    day = moment_of(first, draft.zone).date()
    while True:
        day = desk.days.at_or_after(day)
        low, high = desk.windows.bounds(day, desk.settings.work_hours, draft.zone)
        if max(low, first) < high:
            return max(low, first), moment_of(high, draft.zone)
        day += timedelta(days=1)


def _choose_day(draft: Draft, occasion: Occasion, stood: date | None, desk: Desk) -> None:
    """The first day with room for it; a day once given is kept while what it follows from is the same."""
    memory = draft.memory
    same = memory is not None and memory.raw == draft.raw
    if occasion.bounds:
        low, high = occasion.bounds
        day = moment_of(low, desk.zone).date()
        open_ = not desk.has_begun(high) and (stood is None or stood >= desk.today or stood == day)
        if open_ or (same and stood == day == desk.today):
            draft.low, draft.high, draft.day = low, high, day
            return
    if memory and stood and same and stood >= desk.today:
        draft.day, draft.offers = stood, memory.offers
        _keep_odd_hour(draft, memory, desk)
    else:
        late = stood is not None and stood < desk.today
        draft.offers = (memory.offers if memory else 0) + late if memory else 1
        draft.day = _first_day(draft, desk.from_now_on(draft.low), desk)
    kept = memory.start if memory and draft.day == stood and isinstance(memory.start, datetime) else None
    late = draft.deadline is not None and (kept > draft.deadline if kept else desk.is_behind(draft.deadline))
    draft.late = draft.offers > 1 or late


def _keep_odd_hour(draft: Draft, memory: TouchMemory, desk: Desk) -> None:
    """A start outside of the day's window was demanded by the deadline; later runs of the day leave it there."""
    if not isinstance(memory.start, datetime) or draft.channel == "phone":
        return
    hours = desk.settings.work_hours if draft.rule.window == "work" else desk.settings.message_hours
    low, high = desk.windows.bounds(draft.day, hours, desk.zone)
    quarter = quarter_down(memory.start)
    if not low <= quarter < high:
        draft.low, draft.high = quarter, quarter + -(-draft.rule.length // 15)


def _first_day(draft: Draft, quarter: int, desk: Desk) -> date:
    """The first day whose window has room from this quarter on; outside of all windows where a deadline demands it."""
    call = draft.channel == "phone"
    zone = draft.zone if call else desk.zone
    hours = desk.settings.work_hours if call or draft.rule.window == "work" else desk.settings.message_hours
    first = moment_of(quarter, zone).date()
    for offset in range(60):
        day = first + timedelta(days=offset)
        if (call or draft.rule.window == "work") and not desk.days.is_open(day):
            continue
        low, high = desk.windows.bounds(day, hours, zone)
        if max(low, quarter) >= high:
            continue
        last = quarter_down(draft.deadline) if draft.deadline else high
        if not call and max(low, quarter) >= last > quarter:
            draft.low, draft.high = quarter, last
            return moment_of(quarter, desk.zone).date()
        return day
    return first


def critical_day(draft: Draft, memory: TouchMemory, desk: Desk) -> date:
    """Three business days after its deadline, or after the day it was first offered if that is later (R-002-6)."""
    assert draft.deadline is not None
    due = desk.day_of(draft.deadline)
    number = desk.advice.rules["R-002-6"].business_days or 0
    return desk.days.add(max(due, memory.planned or due), number)


def _turn_critical(draft: Draft, memory: TouchMemory, day: date, desk: Desk) -> list[Draft]:
    memory = replace(memory, missed=True, note=CRITICAL + day.isoformat())
    desk.keep(memory)
    desk.missed.add(draft.uid)
    return _replacement(draft, memory, desk)


def _replacement(draft: Draft, memory: TouchMemory, desk: Desk) -> list[Draft]:
    """The decision in the place of a critical touch, until its day has passed."""
    rule, case = desk.rule("R-003-1"), draft.case
    if rule is None or case is None or not memory.note.startswith(CRITICAL) or case.seen.triaged:
        return []
    day = date.fromisoformat(memory.note.removeprefix(CRITICAL))
    decision = draft_for(case, rule, desk=desk, raw=day, party=draft.rule.id, round=draft.round)
    known = decision.memory
    if known and known.missed:
        desk.missed.add(known.uid)
        return []
    if known and (known.done_on or was_deleted(known) or (known.start and desk.day_of(known.start) < desk.today)):
        return []
    decision.facts = {"what": desk.say(f"name.{draft.rule.id}")}
    decision.critical = True
    decision.reason.append(desk.say("reason.critical", what=decision.facts["what"], day=desk.tell(day)))
    return [decision]


def _expire(draft: Draft, memory: TouchMemory | None, desk: Desk) -> list[Draft]:
    if memory is None and desk.day_of(draft.deadline or draft.day) + WEEK >= desk.today:
        desk.note("note.too_late", draft.case, rule=draft.rule.id)
    _leave(draft, desk)
    return []


def _leave(draft: Draft, desk: Desk) -> None:
    desk.keep(replace(draft.memory or remember(draft), missed=True))
    desk.missed.add(draft.uid)


def _note_beyond(draft: Draft, desk: Desk) -> None:
    if draft.deadline and draft.fixed and desk.instant_of(draft.fixed) > draft.deadline:
        desk.note("note.beyond_deadline", draft.case, rule=draft.rule.id, day=desk.tell(draft.day))


def _one_late(drafts: list[Draft], desk: Desk) -> list[Draft]:
    """Never more than one late event per lead: the first keeps its place, the others wait for it."""
    late = sorted(
        (draft for draft in drafts if draft.late and not draft.pinned), key=lambda draft: draft.collision_order
    )
    for draft in late[1:]:
        drafts.remove(draft)
        if draft.memory:
            desk.keep(draft.memory)
        desk.note("note.one_late", draft.case, rule=draft.rule.id, what=desk.say(f"name.{late[0].rule.id}"))
    return drafts


# --- what sets them off --------------------------------------------------------------------------------------


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
    known = record.done_on if record and not record.assumed else None
    sent = lead.last_outbound
    if sent is None or not _not_before(sent, lead.received_at, desk):
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
