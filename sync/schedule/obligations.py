"""Obligations: what is owed to somebody by a deadline, before a date, or by a promise.

What sets one off is an occasion (`occasions`). Rules:

- Deadlines are elapsed hours on the UTC line and never move for a weekend. A call stays in the contact's hours; its
  deadline is the end of the first window in which it could be made.
- A touch whose day passed is late and moves to the first allowed slot at or after now, once a day. Three business days
  after its deadline, or after the day it was first offered, it is critical: it stays where it is as history and one
  decision takes its place. Never more than one late event per lead.
- More than a week past at first sight it goes by name into the triage event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from sync.advice import Rule
from sync.memory import TouchMemory
from sync.models import Moment, Person
from sync.schedule.cases import Case, has_live_offer, is_same_fact, rounds_of
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, draft_for, has_gone_by, known_of, take_channel
from sync.schedule.late import leave_to_triage
from sync.schedule.ledger import WEEK, was_deleted
from sync.schedule.occasions import CRITICAL, Occasion, not_before
from sync.schedule.people import channel_for, recipients
from sync.schedule.quarters import moment_of, quarter_down, quarter_up
from sync.schedule.reasons import Reason, tell_reasons
from sync.schedule.registry import Owed, Rules, applies
from sync.schedule.timing import first_day_with_room, kept_quarter, window_of
from sync.schedule.view import View


def obligations(case: Case, rules: Rules, *, desk: Desk) -> Iterator[Draft]:
    """What is owed for this lead now; of those that are late only one is shown (`hold_back_late`)."""
    if not case.reachable:
        return
    yield from _owed(case, rules.owed, desk)
    for one in rounds_of(case):
        yield from _owed(one, (made for made in rules.owed if "interview_at" in made[0].trigger), desk)


def _owed(case: Case, made: Iterable[tuple[Rule, Owed]], desk: Desk) -> Iterator[Draft]:
    for rule, find in made:
        if applies(rule, case) and (occasion := find(case, rule, desk)) is not None:
            for person, party in recipients(rule, case):
                draft = settle(_draft(case, rule, occasion, desk, person, party), occasion, desk=desk)
                if draft is not None:
                    yield draft


def _draft(case: Case, rule: Rule, occasion: Occasion, view: View, person: Person, party: str) -> Draft:
    draft = draft_for(case, rule, view=view, raw=view.day_of(occasion.earliest), party=party, round=occasion.round)
    draft.person = person
    take_channel(draft, channel_for(rule, case, person), view=view)
    draft.reason[:0] = (occasion.said, *occasion.moved)
    draft.deadline = occasion.deadline
    return draft


# --- from an occasion to a day -------------------------------------------------------------------------------


def settle(draft: Draft, occasion: Occasion, *, desk: Desk) -> Draft | None:
    """The draft with its day, or what takes its place, or nothing where it is over."""
    memory, deadline = draft.memory, occasion.deadline
    if memory and (done := done_on(draft, occasion.since, view=desk)):
        desk.ledger.close(memory, done_on=done, assumed=_assumed(memory, draft))
        return None
    if was_deleted(memory) or (memory is None and done_on(draft, occasion.since, view=desk)):
        return None
    if memory and desk.ledger.is_history(memory):
        return _replacement(draft, memory, desk)
    first = quarter_up(occasion.earliest)
    if draft.channel == "phone":
        first, deadline = _call_window(draft, first, desk)
    draft.low, draft.deadline = first, deadline
    if draft.pinned:
        _note_beyond(draft, desk)
        if memory is not None:  # what was late when it was moved stays that
            gave = memory.start if isinstance(memory.start, datetime) else None
            overdue = gave is not None and gave > deadline
            draft.offers, draft.late = memory.offers, memory.offers > 1 or overdue
        return draft
    stood = desk.ledger.given_on(memory)
    if occasion.until is not None and stood != desk.today and desk.clock.has_come(occasion.until):
        _expire(draft, memory, desk)
        return None
    if memory is None and desk.day_of(deadline) + WEEK < desk.today:
        if has_live_offer(draft.case, view=desk):
            desk.ledger.close(known_of(draft))
        else:
            leave_to_triage(draft, desk)
        return None
    if memory and stood and stood < desk.today and (day := critical_day(deadline, memory, desk)) <= desk.today:
        return _turn_critical(draft, memory, day, desk)
    _choose_day(draft, occasion, stood, desk)
    stays = stood == draft.day == desk.today
    if occasion.until is not None and not stays and _begins(draft, desk) > occasion.until:
        _expire(draft, memory, desk)
        return None
    return draft


def done_on(draft: Draft, since: Moment, *, view: View) -> date | None:
    """The day it was done: by a tick; to the contact also by an outbound message; to others, without ticks, assumed."""
    memory, lead = draft.memory, draft.case.lead
    if memory and memory.done_on:
        return memory.done_on
    if draft.rule.id == "R-000-2" and lead.acknowledged_on:
        return lead.acknowledged_on
    if _to_contact(draft):
        sent = lead.last_outbound
        return view.day_of(sent) if sent is not None and not_before(sent, since, view) else None
    return _assumed_day(memory, view)


def _to_contact(draft: Draft) -> bool:
    return draft.person == draft.case.lead.contact or (
        draft.rule.audience in ("interviewers", "employer") and not draft.party
    )


def _assumed_day(memory: TouchMemory | None, view: View) -> date | None:
    stood = view.records.given_on(memory)
    if view.abilities.reactions or memory is None or memory.missed or stood is None or stood >= view.today:
        return None
    return stood


def _assumed(memory: TouchMemory, draft: Draft) -> bool:
    return memory.assumed or (not _to_contact(draft) and not memory.reaction)


def _call_window(draft: Draft, first: int, view: View) -> tuple[int, datetime]:
    """A call stays in the contact's hours: its first quarter, and the end of that window as its deadline."""
    day = moment_of(first, draft.zone).date()
    while True:
        day = view.days_to_call(draft.case.lead).at_or_after(day)
        low, high = view.hours_on(day, "work", draft.zone)
        if max(low, first) < high:
            return max(low, first), moment_of(high, draft.zone)
        day += timedelta(days=1)


def _choose_day(draft: Draft, occasion: Occasion, stood: date | None, view: View) -> None:
    """The first day with room for it; a day once given is kept while what it follows from is the same."""
    memory = draft.memory
    same = memory is not None and memory.raw == draft.raw
    there = memory is not None and memory.pinned_to is None  # what the user had moved away has no hour to keep
    if occasion.bounds:
        low, high = occasion.bounds
        day = moment_of(low, view.zone).date()
        open_ = not view.clock.has_begun(high) and (not same or stood is None or stood >= view.today or stood == day)
        if open_ or (same and stood == day == view.today):
            draft.low, draft.high, draft.day = low, high, day
            return
    kept_day = stood is not None and same and (stood > view.today or (there and stood == view.today))
    draft.day = stood if stood and kept_day else draft.day
    if memory and kept_day and _still_fits(draft, draft.day, view):
        draft.offers = memory.offers
        _keep_odd_hour(draft, memory, view)
    else:
        # Of what is to be done now, not of what was; before the day of its deadline nothing is late.
        due = draft.deadline is None or view.day_of(draft.deadline) <= view.today
        passed = same and stood is not None and stood < view.today and due
        draft.offers = (memory.offers + passed) if memory and same else 1
        draft.day = first_day_with_room(draft, view.clock.from_now_on(draft.low), view)
    kept = kept_quarter(draft, view) if draft.day == stood else None
    begins = _begins(draft, view) if kept is None else moment_of(kept, view.zone)
    late = draft.deadline is not None and begins > draft.deadline
    if kept is not None and memory and is_same_fact(memory.fact, draft.fact):
        late = late and memory.late  # behind what came first it is no later than it was
    draft.late = draft.offers > 1 or late


def _still_fits(draft: Draft, day: date, view: View) -> bool:
    """Whether the day given last is still one for it: a call has its hours, and nothing is put off beyond its deadline
    that could come sooner by now (a call that became a mail, a pause that was taken back)."""
    if draft.channel == "phone":
        low, high = window_of(draft, day, view=view)
        if low >= high or not view.days_to_call(draft.case.lead).is_open(day):
            return False
        if day == view.today and view.clock.has_begun(high - 1) and kept_quarter(draft, view) is None:
            return False  # a message of this morning that became a call
    if draft.deadline is None or day <= view.day_of(draft.deadline):
        return True
    return first_day_with_room(draft, view.clock.from_now_on(draft.low), view) >= day


def _begins(draft: Draft, view: View) -> datetime:
    """When it may begin on its day, at the earliest."""
    low, _ = window_of(draft, draft.day, view=view)
    return moment_of(view.clock.from_now_on(low), view.zone)


def _keep_odd_hour(draft: Draft, memory: TouchMemory, view: View) -> None:
    """A start outside of the day's window was demanded by the deadline; later runs of the day leave it there."""
    if not isinstance(memory.start, datetime) or draft.channel == "phone":
        return
    low, high = view.hours_on(draft.day, draft.rule.window)
    quarter = quarter_down(memory.start)
    if not low <= quarter < high:
        draft.low, draft.high = quarter, quarter + draft.quarters


def critical_day(deadline: datetime, memory: TouchMemory, view: View) -> date:
    """Three business days after this deadline, or after the day it was first offered if that is later (R-002-6)."""
    due = view.day_of(deadline)
    number = view.advice.rules["R-002-6"].business_days or 0
    return view.days.add(max(due, memory.planned or due), number)


def _turn_critical(draft: Draft, memory: TouchMemory, day: date, desk: Desk) -> Draft | None:
    memory = desk.ledger.close(memory, note=CRITICAL + day.isoformat())
    return _replacement(draft, memory, desk)


def _replacement(draft: Draft, memory: TouchMemory, desk: Desk) -> Draft | None:
    """The decision in the place of a critical touch, until its day has passed."""
    rule, case = desk.rule("R-003-1"), draft.case
    if rule is None or not memory.note.startswith(CRITICAL) or case.seen.triaged:
        return None
    day = date.fromisoformat(memory.note.removeprefix(CRITICAL))
    decision = draft_for(case, rule, view=desk, raw=day, party=draft.rule.id, round=draft.round)
    if has_gone_by(decision, desk):
        return None
    decision.facts = {"what": desk.say(f"name.{draft.rule.id}")}
    decision.critical = True
    decision.reason.append(Reason("reason.critical", {"what": decision.facts["what"], "day": day}))
    return decision


def _expire(draft: Draft, memory: TouchMemory | None, desk: Desk) -> None:
    if memory is None and desk.day_of(draft.deadline or draft.day) + WEEK >= desk.today:
        desk.note("note.too_late", draft.case, rule=draft.rule.id)
    desk.ledger.close(known_of(draft))


def _note_beyond(draft: Draft, desk: Desk) -> None:
    if draft.deadline and draft.fixed and desk.instant_of(draft.fixed) > draft.deadline:
        desk.note("note.beyond_deadline", draft.case, rule=draft.rule.id, day=desk.tell(draft.day))


def spill_over(drafts: Iterable[Draft], *, view: View) -> None:
    """What today has no slot left for waits for tomorrow, where its deadline allows it; the latest deadlines first."""
    windows: dict[int, list[Draft]] = {}
    calls: list[tuple[int, int]] = []
    for draft in drafts:
        low, high = window_of(draft, draft.day, view=view)
        if draft.channel == "phone":
            calls.append((low, high))
        elif draft.day == view.today and not draft.high and not draft.pinned:
            windows.setdefault(high, []).append(draft)
    for high, found in windows.items():
        low = min(view.clock.from_now_on(window_of(draft, draft.day, view=view)[0]) for draft in found)
        new = [draft for draft in found if not (draft.memory and draft.memory.start is not None and draft.offers == 1)]
        meanwhile = sum(opens < high and low < closes for opens, closes in calls)
        left = high - low - (len(found) - len(new)) - meanwhile
        for draft in sorted(new, key=lambda draft: draft.collision_order)[max(left, 0) :]:
            opens, _ = window_of(draft, draft.day + timedelta(days=1), view=view)
            if draft.deadline is not None and moment_of(opens, view.zone) < draft.deadline:
                draft.day += timedelta(days=1)


def tell_the_day(drafts: Iterable[Draft], *, view: View) -> None:
    """A reason that ends in the day it was moved to goes on to the day it stands on."""
    for draft in drafts:
        if not draft.raw < draft.day or draft.pinned or not draft.reason[1:]:
            continue
        if tell_reasons(draft.reason[-1:], view)[0].endswith(view.tell(draft.raw)):
            key = "reason.again" if draft.offers > 1 else "reason.no_day_before"
            draft.reason.append(Reason(key, {"day": draft.raw, "to": draft.day}))
