"""Events of the seeker's own that name many leads: decide, find names, more, triage, the weekly review (DESIGN 5.3).

One of a kind per day. Its identity is a running count kept in memory; the event of a day is found again by the day it
was made for (`raw`). What such an event names is written when it is made and as long as it is ahead; a day that has
passed is history and never repeated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sync.advice import Rule
from sync.models import Stage, TouchClass
from sync.reconcile.identity import SELF
from sync.reconcile.memory import TouchMemory
from sync.schedule.cases import Case, may_write
from sync.schedule.desk import Desk, was_deleted
from sync.schedule.drafts import Draft, draft_for
from sync.schedule.ladders import WEEK
from sync.schedule.slots import at, quarter_up

MAX_NAMES = 60
"""So many leads are named in one event; the rest is counted."""


@dataclass(slots=True)
class SharedEvents:
    """The seeker's own events of this run. `counters` are the running counts as they stand afterwards."""

    desk: Desk
    counters: dict[str, int] = field(default_factory=dict)

    def draft(self, rule: Rule, raw: date, *, day: date | None = None) -> Draft:
        """The event of this rule for this day, found again or new."""
        record = self._record(rule.id, raw)
        number = record.round if record else self._count(rule.id)
        uid, generation, memory = self.desk.identify(SELF, rule.id, round=number)
        return Draft(
            rule=rule, case=None, uid=uid, key=SELF, party="", round=number, generation=generation, step=1,
            memory=memory, zone=self.desk.zone, raw=raw, day=day or raw, kind=TouchClass.SELF,
        )  # fmt: skip

    def _record(self, rule_id: str, raw: date) -> TouchMemory | None:
        records = self.desk.by_lead.get(SELF, ())
        return next((r for r in records if r.rule == rule_id and r.raw == raw and not r.party), None)

    def _count(self, rule_id: str) -> int:
        known = (r.round for r in self.desk.by_lead.get(SELF, ()) if r.rule == rule_id and not r.party)
        before = self.counters.get(rule_id, self.desk.memory.counters.get(rule_id, 0))
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
        ahead = record.start is not None and desk.day_of(record.start) >= desk.today
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
        if case.lead.key in taken or _was_triaged(case, desk) or not _wants_decision(case):
            continue
        day = _decide_day(case, desk)
        if day >= desk.today:
            arrived.setdefault(day, []).append(case)
        elif case.new:
            desk.triage(case)
    for day, group in sorted(arrived.items()):
        draft = shared.draft(rule, day)
        if is_past(draft, desk):
            continue
        draft.low, draft.high = desk.windows.bounds(day, desk.settings.message_hours, desk.zone)
        draft.facts = {"count": str(len(group)), "leads": name_all(group, desk)}
        draft.reason.append(desk.say("reason.arrived", count=len(group)))
        for case in group:
            desk.waiting[case.lead.key] = desk.say("note.decide", day=desk.tell(day))
        yield draft


def _was_triaged(case: Case, desk: Desk) -> bool:
    """Whether it was named in a triage event, now or in an earlier run: then it is no new lead."""
    records = desk.by_lead.get(case.lead.key, ())
    return case.lead.key in desk.triaged or any(record.missed and record.start is None for record in records)


def _wants_decision(case: Case) -> bool:
    lead = case.lead
    open_ = not case.stage.closed and lead.interested and case.stage in (Stage.IDEA, Stage.SENT)
    return open_ and not lead.unreadable and not case.seen.triaged


def _decide_day(case: Case, desk: Desk) -> date:
    """The day after it arrived; the same day where it arrived before the message hours begin."""
    arrived = case.lead.received_at if case.lead.received_at is not None else case.seen.first_seen
    day, start = desk.day_of(arrived), desk.settings.message_hours.start
    early = quarter_up(desk.instant_of(arrived)) < quarter_up(at(day, start, desk.zone))
    return day if early else day + timedelta(days=1)


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
        if day < desk.today or was_deleted(own.memory):
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
        yield event
        yield from owns


# --- more, triage --------------------------------------------------------------------------------------------


def more_events(drafts: Iterable[Draft], *, shared: SharedEvents) -> Iterator[Draft]:
    """What a day has no room for: one event that names the leads."""
    desk, rule = shared.desk, shared.desk.advice.rules["more"]
    crowded: dict[date, list[Case]] = {}
    for draft in drafts:
        if not draft.own_event and draft.rule.levelled and draft.case is not None:
            crowded.setdefault(draft.day, []).append(draft.case)
    for day, cases in sorted(crowded.items()):
        event = shared.draft(rule, day)
        if is_past(event, desk):
            continue
        event.facts = {"count": str(len(cases)), "leads": name_all(cases, desk)}
        event.reason.append(desk.say("reason.more", count=len(cases), limit=desk.settings.limits.daily_touches))
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
    day = known.raw if known and known.raw else desk.days.at_or_after(desk.today)
    _, high = desk.windows.bounds(day, desk.settings.work_hours, desk.zone)
    if known is None and desk.has_begun(high - 1):
        day = desk.days.add(day, 1)
    draft = shared.draft(rule, day)
    if is_past(draft, desk):
        return
    names = list(dict.fromkeys(names))
    draft.note = "\n".join(names)
    draft.facts = {"count": str(len(names)), "leads": _list(names, desk)}
    draft.reason.append(desk.say("reason.triage", count=len(names)))
    yield draft


# --- the week ------------------------------------------------------------------------------------------------


def review_event(
    cases: Sequence[Case], drafts: Sequence[Draft], *, shared: SharedEvents, problems: Sequence[str]
) -> Iterator[Draft]:
    """R-001-14 with R-000-6, R-004-7 and R-004-8: the next one; its contents are written in the 24 hours before it."""
    desk, rule = shared.desk, shared.desk.rule("R-001-14")
    if rule is None or rule.at is None or not cases:
        return
    for week in range(3):
        day = _review_day(rule, desk.today + week * WEEK, desk)
        start = at(day, rule.at, desk.zone)
        draft = shared.draft(rule, day)
        kept = draft.memory is not None and draft.memory.start is not None and day == desk.today
        if day < desk.today or is_past(draft, desk) or (desk.is_behind(start) and not kept):
            continue
        draft.low, draft.high = quarter_up(start), quarter_up(at(day, desk.settings.work_hours.end, desk.zone))
        known = draft.memory.note if draft.memory else ""
        if not known and desk.has_come(start - timedelta(hours=24)):
            known = "\n".join(review_lines(cases, drafts, desk=desk, problems=problems))
        draft.note = known
        draft.facts = {"lines": known or desk.say("review.ahead")}
        draft.reason.append(desk.say("reason.review", day=desk.tell(day)))
        yield draft
        return


def _review_day(rule: Rule, today: date, desk: Desk) -> date:
    """The review of this week: its weekday, or the business day before it."""
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(rule.weekday or "fri")
    return desk.days.at_or_before(today + timedelta(days=weekday - today.weekday()))


def review_lines(
    cases: Sequence[Case], drafts: Sequence[Draft], *, desk: Desk, problems: Sequence[str]
) -> Iterator[str]:
    """What the review says, each line only where there is something to say."""
    monday = desk.today - timedelta(days=desk.today.weekday())
    records = [*({**desk.memory.touches, **desk.touches}).values()]
    done = [r for r in records if r.done_on and monday <= r.done_on <= desk.today and not r.assumed]
    assumed = [r for r in records if r.done_on and monday <= r.done_on <= desk.today and r.assumed]
    yield desk.say("review.done", count=len(done))
    if assumed:
        yield desk.say("review.assumed", count=len(assumed))
    soon = [d for d in drafts if d.own_event and d.case and desk.today <= d.day <= desk.today + timedelta(days=1)]
    if soon:
        yield desk.say("review.due", count=len(soon), leads=_list(_labels(soon), desk))
    if late := [d for d in drafts if d.late]:
        yield desk.say("review.late", count=len(late), leads=_list(_labels(late), desk))
    if stale := stale_cases(cases, drafts, desk):
        yield desk.say("review.stale", count=len(stale), leads=name_all(stale, desk))
    if close := [case for case in cases if dismissed_in_a_row(case, desk) >= 2 and not case.stage.closed]:
        yield desk.say("review.close", count=len(close), leads=name_all(close, desk))
    yield from _pipeline(cases, desk)
    if problems:
        yield desk.say("review.unread", count=len(problems), cells=_list(problems, desk))
    yield desk.say("review.learnt")


def stale_cases(cases: Iterable[Case], drafts: Iterable[Draft], desk: Desk) -> list[Case]:
    """R-000-6: open leads without a future touch and without a sign of life for two weeks."""
    days = timedelta(days=desk.advice.rules["R-000-6"].days or 0)
    busy = {draft.key for draft in drafts}
    return [
        case
        for case in cases
        if not case.stage.closed and case.lead.interested and case.lead.key not in busy
        and last_sign(case, desk) + days <= desk.today
    ]  # fmt: skip


def last_sign(case: Case, desk: Desk) -> date:
    """The day of the last event of any sort: received, sent, answered, ticked, or first seen by us."""
    lead = case.lead
    found = (lead.received_at, lead.applied_on, lead.last_inbound, lead.last_outbound, lead.meeting_on)
    ticked = (record.done_on for record in desk.by_lead.get(lead.key, ()) if not record.assumed)
    past = [desk.day_of(day) for day in (*found, *ticked) if day is not None and desk.day_of(day) <= desk.today]
    return max(past, default=desk.day_of(case.seen.first_seen))


def dismissed_in_a_row(case: Case, desk: Desk) -> int:
    """How many of the lead's last asking touches the user deleted."""
    asks = [
        record
        for record in desk.by_lead.get(case.lead.key, ())
        if (rule := desk.advice.rules.get(record.rule)) and rule.kind is TouchClass.ASKING
        and (record.done_on or record.missed or was_deleted(record))
    ]  # fmt: skip
    asks.sort(key=lambda record: (record.generation, record.step))
    count = 0
    for record in reversed(asks):
        if not was_deleted(record):
            break
        count += 1
    return count


def _pipeline(cases: Sequence[Case], desk: Desk) -> Iterator[str]:
    """R-004-8 and R-004-7: too few organisations, nothing new, too much on one, one contact only."""
    rule = desk.advice.rules["R-004-8"]
    open_ = [case for case in cases if not case.stage.closed and case.lead.interested]
    people: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    names: dict[str, str] = {}
    for case in open_:
        people.setdefault(case.organisation, set()).update({case.lead.contact.party} - {""})
        count[case.organisation] = count.get(case.organisation, 0) + 1
        names.setdefault(case.organisation, case.lead.company or case.lead.label)
    received = [desk.day_of(c.lead.received_at or c.lead.applied_on or c.seen.first_seen) for c in cases]
    newest = max((day for day in received if day <= desk.today), default=desk.today)
    said = []
    if len(count) < (rule.cap or 0):
        said.append(desk.say("review.few", count=len(count), target=rule.cap))
    if (desk.today - newest).days >= (rule.days or 0):
        said.append(desk.say("review.none_new", days=(desk.today - newest).days))
    share = (rule.intervals or (50,))[0]
    if len(open_) > 1 and (most := max(count.values())) * 100 > share * len(open_):
        top = min(key for key, number in count.items() if number == most)
        said.append(desk.say("review.one_sided", organisation=names[top], percent=100 * most // len(open_)))
    if rule.on and said:
        yield desk.say("review.add_leads", reasons="; ".join(said))
    single = sorted(names[key] for key, known in people.items() if len(known) == 1)
    if single and desk.advice.rules["R-004-7"].on:
        yield desk.say("review.one_contact", count=len(single), names=_list(single, desk))


def name_all(cases: Iterable[Case], desk: Desk) -> str:
    """The labels of these leads, bounded."""
    return _list(sorted(case.lead.label for case in cases), desk)


def _labels(drafts: Iterable[Draft]) -> list[str]:
    return sorted({draft.case.lead.label for draft in drafts if draft.case is not None})


def _list(names: Sequence[str], desk: Desk) -> str:
    shown = "; ".join(names[:MAX_NAMES])
    return shown if len(names) <= MAX_NAMES else f"{shown}; {desk.say('review.and_more', count=len(names) - MAX_NAMES)}"
