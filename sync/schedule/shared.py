"""Events of the seeker's own that name many leads: decide, find names, more, triage (DESIGN 5.3).

One of a kind per day. Its identity is a running count kept in memory; the event of a day is found again by the day it
was made for (`raw`). What such an event names is written when it is made and as long as it is ahead; a day that has
passed is history and never repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct

from sync.advice import Rule
from sync.memory import TouchMemory
from sync.models import Asking, Stage, TouchClass, UnclearStatus
from sync.reconcile.identity import SELF
from sync.safe_text import clean
from sync.schedule.cases import Case, may_write
from sync.schedule.decisions import add_the_date
from sync.schedule.desk import Desk, was_deleted
from sync.schedule.drafts import Draft, draft_for, hold_pin
from sync.schedule.slots import at, moment_of, quarter_up

MAX_NAMES = 60
"""So many leads are named in one event; the rest is counted."""
MAX_NAME = 60
"""Characters of one of these names."""
IN_A_LINE = 10
"""So many are named in one line of the review."""


class SharedEvents(Struct):
    """The seeker's own events of this run. `counters` are the running counts as they stand afterwards."""

    desk: Desk
    counters: dict[str, int] = {}

    def draft(self, rule: Rule, raw: date, *, party: str = "") -> Draft:
        """The event of this rule for this day, found again or new. It stands where it stood; a new one of today, whose
        hours are over, on the next working day."""
        desk, record = self.desk, self._record(rule.id, raw, party)
        number = record.round if record else self._count(rule.id)
        uid, generation, memory = desk.identify(SELF, rule.id, party=party, round=number)
        draft = Draft(
            rule=rule, case=None, uid=uid, key=SELF, party=party, round=number, generation=generation, step=1,
            memory=memory, zone=desk.zone, raw=raw, day=raw, kind=TouchClass.SELF,
        )  # fmt: skip
        if memory is not None and memory.start is not None and memory.raw == raw:
            draft.day = desk.day_of(memory.start)
        elif raw == desk.today and self._is_over_today(rule):
            draft.day = desk.days.add(raw, 1)
        hold_pin(draft, desk)
        return draft

    def is_ahead(self, rule: Rule, raw: date, *, party: str = "") -> bool:
        """Whether the event of this day is still to come: it lies ahead, or it was put on a later day."""
        record = self._record(rule.id, raw, party)
        stood = record.start if record else None
        return raw >= self.desk.today or (stood is not None and self.desk.day_of(stood) >= self.desk.today)

    def _is_over_today(self, rule: Rule) -> bool:
        desk, settings = self.desk, self.desk.settings
        hours = settings.message_hours if rule.window == "message" else settings.work_hours
        _, high = desk.windows.bounds(desk.today, hours, desk.zone)
        return desk.has_begun(high)

    def _record(self, rule_id: str, raw: date, party: str) -> TouchMemory | None:
        records = self.desk.by_lead.get(SELF, ())
        return next((r for r in records if r.rule == rule_id and r.raw == raw and r.party == party), None)

    def _count(self, rule_id: str) -> int:
        known = (r.round for r in self.desk.by_lead.get(SELF, ()) if r.rule == rule_id)
        before = self.counters.get(rule_id, self.desk.memory.runs.counters.get(rule_id, 0))
        self.counters[rule_id] = max(before, max(known, default=0)) + 1
        return self.counters[rule_id]


def is_past(draft: Draft, desk: Desk) -> bool:
    """Whether it stood on a day that has passed, was ticked or deleted; then it is not made again."""
    memory = draft.memory
    if memory is None:
        return False
    if memory.done_on:
        desk.done.add(draft.uid)
        return True
    if was_deleted(memory):
        return True
    stood = memory.pinned_to if memory.pinned_to is not None else memory.start
    if stood is not None and desk.day_of(stood) < desk.today:
        desk.missed.add(draft.uid)
        return True
    return False


def leave_shared(drafts: Iterable[Draft], *, desk: Desk) -> None:
    """While rows are out, an event that may have named them stays as it is instead of vanishing with them."""
    planned = {draft.uid for draft in drafts}
    for record in desk.by_lead.get(SELF, ()):
        stood = record.pinned_to if record.pinned_to is not None else record.start
        ahead = stood is not None and desk.day_of(stood) >= desk.today
        if record.published and ahead and record.uid not in planned:
            desk.missed.add(record.uid)


# --- decide the next step ------------------------------------------------------------------------------------


def decide_events(cases: Sequence[Case], busy: Iterable[str], *, shared: SharedEvents) -> Iterator[Draft]:
    """R-000-4: leads without a touch of their own, one event for all that arrived on one day."""
    desk, rule, taken = shared.desk, shared.desk.rule("R-000-4"), set(busy)
    if rule is None:
        return
    arrived: dict[date, list[Case]] = {}
    for case in cases:
        if (
            case.lead.asking is not Asking.ALLOWED
            or case.lead.key in taken
            or _was_triaged(case, desk)
            or not _wants_decision(case)
        ):
            continue
        day = _decide_day(case, rule, desk)
        if shared.is_ahead(rule, day):
            arrived.setdefault(day, []).append(case)
        elif case.new:
            desk.triage(case)
    for day, group in sorted(arrived.items()):
        draft = shared.draft(rule, day)
        if is_past(draft, desk):
            continue
        draft.low, draft.high = desk.windows.bounds(draft.day, desk.settings.message_hours, desk.zone)
        draft.facts = {"count": str(len(group)), "leads": name_all(group, desk)}
        draft.reason.append(desk.say("reason.arrived", count=len(group)))
        for case in group:
            desk.waiting[case.lead.key] = desk.say("note.decide", day=desk.tell(draft.day))
        yield draft


WORDS = "words"
"""The party of the event that names rows whose status is not understood."""


def unclear_events(cases: Iterable[Case], unclear: Iterable[UnclearStatus], *, shared: SharedEvents) -> Iterator[Draft]:
    """R-000-4: rows that wait until the person says what their status means; their words stand in the event."""
    desk, rule = shared.desk, shared.desk.rule("R-000-4")
    if rule is None:
        return
    words = {row: status.text for status in unclear for row in status.waiting}
    arrived: dict[date, list[Case]] = {}
    for case in cases:
        if case.lead.row in words and not case.stage.closed and case.lead.interested:
            arrived.setdefault(desk.days.add(case.stage_since, 1), []).append(case)
    for day, group in sorted(arrived.items()):
        if not shared.is_ahead(rule, day, party=WORDS):
            continue
        draft = shared.draft(rule, day, party=WORDS)
        if is_past(draft, desk):
            continue
        draft.low, draft.high = desk.windows.bounds(draft.day, desk.settings.message_hours, desk.zone)
        named = sorted(_with_word(case, words[case.lead.row], desk) for case in group)
        draft.facts = {"count": str(len(group)), "leads": list_names(named, desk)}
        draft.reason.append(desk.say("reason.unclear", count=len(group)))
        yield draft


def _with_word(case: Case, word: str, desk: Desk) -> str:
    return desk.say("act.word", lead=clean(case.lead.label, limit=30), status=clean(word, limit=MAX_NAME - 36))


def _was_triaged(case: Case, desk: Desk) -> bool:
    """Whether it was named in a triage event, now or in an earlier run: then it is no new lead."""
    records = desk.by_lead.get(case.lead.key, ())
    return case.lead.key in desk.triaged or any(record.missed and record.start is None for record in records)


def _wants_decision(case: Case) -> bool:
    lead = case.lead
    open_ = not case.stage.closed and lead.interested and case.stage in (Stage.IDEA, Stage.SENT)
    return open_ and not lead.unreadable and not case.seen.triaged


def _decide_day(case: Case, rule: Rule, desk: Desk) -> date:
    """The last day whose message hours begin within the hours the rule gives, usually the one after it arrived."""
    arrived = case.lead.received_at if case.lead.received_at is not None else case.seen.first_seen
    due = moment_of(quarter_up(desk.instant_of(arrived)) + 4 * (rule.hours or 0), desk.zone)
    day = due.date()
    begun = quarter_up(at(day, desk.settings.message_hours.start, desk.zone)) <= quarter_up(due)
    return max(desk.day_of(arrived), day if begun else day - timedelta(days=1))


# --- find a name ---------------------------------------------------------------------------------------------


def find_names(drafts: Iterable[Draft], *, shared: SharedEvents) -> Iterator[Draft]:
    """R-003-6: two business days before the first touch of a lead without a name; one event a day for all of them."""
    desk, rule = shared.desk, shared.desk.rule("R-003-6")
    if rule is None:
        return
    by_day: dict[date, list[Draft]] = {}
    for draft in drafts:
        case = draft.case
        if case is None or draft.rule.trigger != "applied" or case.lead.contact.party or case.lead.agency.strip():
            continue
        if not may_write(case, rule.reads):
            continue
        day = desk.days.add(draft.day, -(rule.business_days or 0))
        own = draft_for(case, rule, desk=desk, raw=day, generation=case.seen.generation)
        if was_deleted(own.memory) or not shared.is_ahead(rule, day):
            continue
        own.own_event = False
        own.reason.append(desk.say("reason.nameless", day=desk.tell(draft.day)))
        by_day.setdefault(day, []).append(own)
    for day, owns in sorted(by_day.items()):
        event = shared.draft(rule, day)
        if is_past(event, desk):
            continue
        cases = [own.case for own in owns if own.case is not None]
        event.facts = {"count": str(len(owns)), "leads": name_all(cases, desk)}
        event.reason.append(desk.say("reason.find_names", count=len(owns)))
        for own in owns:
            own.day = event.day
        yield event
        yield from owns


# --- add the date --------------------------------------------------------------------------------------------

DATES = "dates"
"""The party of the event that names rows without the date their stage promises."""


def missing_dates(cases: Iterable[Case], *, shared: SharedEvents) -> Iterator[Draft]:
    """R-000-4: an interview, an offer or an application without its date; one event a day for all of them."""
    desk, rule = shared.desk, shared.desk.rule("R-000-4")
    if rule is None:
        return
    by_day: dict[date, list[Draft]] = {}
    for case in cases:
        own = add_the_date(case, rule, desk=desk)
        if own is not None and shared.is_ahead(rule, own.raw, party=DATES):
            own.own_event = False
            by_day.setdefault(own.raw, []).append(own)
    for day, owns in sorted(by_day.items()):
        event = shared.draft(rule, day, party=DATES)
        if is_past(event, desk):
            continue
        event.facts = {"count": str(len(owns)), "leads": name_all([own.case for own in owns if own.case], desk)}
        event.reason.append(desk.say("reason.no_dates", count=len(owns)))
        for own in owns:
            own.day = event.day
        yield event
        yield from owns


# --- more, triage --------------------------------------------------------------------------------------------


def more_events(drafts: Iterable[Draft], *, shared: SharedEvents) -> Iterator[Draft]:
    """What a day has no room for: one event that names the leads."""
    desk, rule = shared.desk, shared.desk.advice.rules["more"]
    crowded: dict[date, list[Case]] = {}
    for draft in drafts:
        if draft.crowded and draft.case is not None:
            crowded.setdefault(draft.day, []).append(draft.case)
    for day, cases in sorted(crowded.items()):
        event = shared.draft(rule, day)
        if is_past(event, desk):
            continue
        event.facts = {"count": str(len(cases)), "leads": name_all(cases, desk)}
        limit = desk.settings.limits.daily_touches
        event.reason.append(desk.say("reason.more" if limit else "reason.more_slots", count=len(cases), limit=limit))
        yield event


def triage_event(*, shared: SharedEvents) -> Iterator[Draft]:
    """What lies long in the past, by name, in one event today; kept as written until its day has passed."""
    desk, rule = shared.desk, shared.desk.rule("triage")
    if rule is None:
        return
    open_ = [
        record
        for record in desk.by_lead.get(SELF, ())
        if record.rule == rule.id and record.start is not None and desk.day_of(record.start) >= desk.today
    ]
    known = open_[-1] if open_ else None
    names = (known.note.split("\n") if known and known.note else []) + sorted(desk.triaged.values())
    if not names:
        return
    day = known.raw if known and known.raw else desk.soonest
    _, high = desk.windows.bounds(day, desk.settings.work_hours, desk.zone)
    if known is None and desk.has_begun(high - 1):
        day = desk.days.add(day, 1)
    draft = shared.draft(rule, day)
    if is_past(draft, desk):
        return
    names = list(dict.fromkeys(names))
    draft.note = "\n".join(names)
    draft.facts = {"count": str(len(names)), "leads": list_names(names, desk)}
    draft.reason.append(desk.say("reason.triage", count=len(names)))
    yield draft


# --- names ---------------------------------------------------------------------------------------------------


def name_all(cases: Iterable[Case], desk: Desk) -> str:
    """The labels of these leads, one a line, bounded."""
    return list_names(sorted(case.lead.label for case in cases), desk)


def list_names(names: Sequence[str], desk: Desk) -> str:
    """These names, one a line, bounded in number and length."""
    return "\n".join(_bounded(names, MAX_NAMES, desk))


def in_a_line(names: Sequence[str], desk: Desk) -> str:
    """These names in one short line; the rest is counted."""
    return "; ".join(_bounded(names, IN_A_LINE, desk))


def _bounded(names: Sequence[str], most: int, desk: Desk) -> Iterator[str]:
    yield from (clean(name, limit=MAX_NAME) for name in names[:most])
    if len(names) > most:
        yield desk.say("review.and_more", count=len(names) - most)
