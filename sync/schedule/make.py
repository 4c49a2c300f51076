"""Leads into a schedule: every touch of the advice for every lead, with its day, its time, its text and its reason.

The steps, each in a module of its own:

    impossible_facts  what cannot be is a problem    cases       lead + memory -> case
    advice/           the rules, by article          registry    which of them speak of a lead
    obligations       what is owed: deadlines        asking      the ladder of a lead, what waits beside it
    referrers         what they are not told yet     late        one late event a lead
    placing           days: firm's limits, levelling reach       whose limits a touch counts in
    timing            times of day, by `quarters`    shared      events that name many leads
    showing           what has room, what rings      text        what the events say

`occasions`, `ladders` with `replay`, and `waiting` are what rules are made of.

Pure: the same leads, settings, memory and `now` give the same schedule, whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Set
from datetime import datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

import sync.schedule.advice  # noqa: F401 - there the rules are entered
from sync.advice import Advice
from sync.config import Settings
from sync.memory import Memory, Reaction, TouchMemory
from sync.models import DAYS, MOMENTS, Abilities, Asking, Lead, Leads, Problem, Schedule, Stage, Texts, TouchClass
from sync.moments import sortable
from sync.schedule.asking import AfterIdea, find_trains
from sync.schedule.cases import STOPS, Case, open_case
from sync.schedule.desk import Desk, open_desk
from sync.schedule.distances import Guard, find_limits
from sync.schedule.drafts import CROWDED, Draft, Planned, SharedDraft, freeze, remember
from sync.schedule.impossible_facts import check_facts
from sync.schedule.late import bound_late
from sync.schedule.notes import make_remarks
from sync.schedule.obligations import obligations, spill_over, tell_the_day
from sync.schedule.placing import Placing, Single, Train
from sync.schedule.reach import note_past_contacts
from sync.schedule.referrers import hold_back_notes, hold_back_words
from sync.schedule.registry import Rules, Whole, switched_on
from sync.schedule.shared import SharedEvents, leave_shared
from sync.schedule.showing import publish, ring, share_days
from sync.schedule.text import write_texts
from sync.schedule.timing import give_times
from sync.schedule.view import View
from sync.schedule.waiting import Answer


def make_schedule(
    leads: Leads,
    *,
    settings: Settings,
    advice: Advice,
    memory: Memory,
    now: datetime,
    abilities: Abilities,
    texts: Texts = Texts.WHOLE,
) -> tuple[Schedule, Memory]:
    """All touches of the advice for these leads, and the memory as it is once they are all in the calendar.

    `now` is aware. `memory` already holds the user's reactions. Nothing in `memory.events` is changed. `texts`
    says how much of it is put into words.
    """
    open_ = partial(open_desk, leads, settings=settings, advice=advice, memory=memory, now=now, abilities=abilities)
    drawn = _draw(leads, open_())
    if nobody_asks := _fills_days_for_nobody(drawn, leads):
        drawn = _draw(leads, open_(), nobody_asks=nobody_asks)
    desk, cases, problems, active, shared = drawn.desk, drawn.cases, drawn.problems, drawn.active, drawn.shared
    drafts, events = drawn.drafts, drawn.events
    planned = [*drafts, *events]
    if leads.silent_keys:
        leave_shared(planned, desk=desk)
    give_times(planned, desk=desk)
    publish(planned, view=desk)
    ring(planned, view=desk)
    write_texts(drafts, events, active, view=desk, texts=texts)
    make_remarks(cases, active, drafts, desk=desk)
    frozen, frozen_leads = _what_is_frozen(leads, cases, desk)
    schedule = Schedule(
        touches=tuple(
            sorted(
                map(freeze, planned),
                key=lambda touch: (*sortable(touch.start), touch.uid),
            )
        ),
        notes=tuple(dict.fromkeys(desk.notes)),
        holds_until=desk.clock.holds_until,
        problems=tuple(problems),
        frozen=frozen,
        frozen_leads=frozen_leads,
        done=frozenset(desk.ledger.done),
        missed=frozenset(desk.ledger.missed),
        done_ahead=frozenset(uid for uid in desk.ledger.done if _stands_ahead(uid, desk)),
        asked_for=frozenset(case.lead.key for case in cases if _says_stop(case.lead)),
        over_mark=desk.say("title.over", title=""),
    )
    return schedule, _next_memory(
        desk,
        cases,
        planned,
        shared,
        kept=lambda touch: touch.lead_key in frozen_leads or (touch.lead_key, touch.rule) in frozen,
    )


class _Drawn(Struct, frozen=True):
    """Everything with its day, before hours and texts."""

    desk: Desk
    cases: list[Case]
    active: list[Case]
    problems: list[Problem]
    placing: Placing
    shared: SharedEvents
    drafts: list[Draft]
    events: list[SharedDraft]


def _draw(leads: Leads, desk: Desk, *, nobody_asks: Set[str] = frozenset()) -> _Drawn:
    """Every touch with its day; no room is kept for those that `nobody_asks` for."""
    advice = desk.advice
    cases, problems = _open_cases(leads, desk)
    active = [case for case in cases if not _is_ignored(case, desk)]
    placing, rules = Placing(desk, Guard(find_limits(advice.rules))), switched_on(advice.rules)
    cells = [f"{problem.row} {problem.column}" for problem in (*leads.problems, *problems)]
    shared = SharedEvents(desk)
    whole = Whole(active, [], shared, problems=cells, unclear=leads.unclear)
    drafts, events = _plan(whole, rules, placing, desk, nobody_asks=nobody_asks)
    return _Drawn(desk, cases, active, problems, placing, shared, drafts, events)


def _fills_days_for_nobody(drawn: _Drawn, leads: Leads) -> Set[str]:
    """What was to stand on days that are full with it, and is planned by nobody any more: rules or reading changed."""
    desk, placing = drawn.desk, drawn.placing
    limit = desk.settings.limits.daily_touches
    left = {uid for uid, day in placing.reserved.items() if limit and placing.load[day] >= limit}
    if not left:
        return left
    frozen, frozen_leads = _what_is_frozen(leads, drawn.cases, desk)
    known = desk.memory.touches
    return {
        uid
        for uid in left
        if known[uid].lead_key not in frozen_leads and (known[uid].lead_key, known[uid].rule) not in frozen
    }


def _what_is_frozen(
    leads: Leads, cases: Iterable[Case], view: View
) -> tuple[frozenset[tuple[str, str]], frozenset[str]]:
    """The pairs of lead and rule, and the leads, of which a cell cannot be read: what stands of them stays."""
    frozen = frozenset(pair for case in cases for pair in _frozen(case, view))
    return frozen, frozenset(leads.silent_keys) | {case.lead.key for case in cases if case.lead.unreadable & STOPS}


def _open_cases(leads: Leads, view: View) -> tuple[list[Case], list[Problem]]:
    cases, problems = [], []
    for lead in sorted(leads.leads, key=lambda lead: lead.key):
        checked, found = check_facts(lead, view=view)
        cases.append(open_case(checked, view=view))
        problems += found
    return cases, problems


def _is_ignored(case: Case, view: View) -> bool:
    """Rows whose newest date is older than `ignore_before` make no events."""
    before = view.settings.ignore_before
    if before is None:
        return False
    dates = [view.day_of(value) for field in (*DAYS, *MOMENTS) if (value := getattr(case.lead, field)) is not None]
    return bool(dates) and max(dates) < before


def _plan(
    whole: Whole, rules: Rules, placing: Placing, desk: Desk, *, nobody_asks: Set[str]
) -> tuple[list[Draft], list[SharedDraft]]:
    """Every draft with its day, what is owed and what waits, and the seeker's own events that name many leads."""
    cases, drafts = whole.cases, whole.drafts
    if any(case.ends_search and case.can_read("status") for case in cases):
        drafts += placing.place_all(
            [train for rule, make in rules.at_the_end for train in _trains_of(make(whole, rule, desk), desk)]
        )
        return drafts, []
    placing.reserve_given_days(nobody_asks=nobody_asks)
    at = {stage: rules.at(stage) for stage in Stage}
    owed = [draft for case in cases for draft in obligations(case, at[case.stage], desk=desk)]
    owed, words = hold_back_words(owed, cases, desk=desk)
    owed, whole.news = hold_back_notes(owed, cases, view=desk)
    owed = bound_late(owed, words, desk)
    spill_over(owed, view=desk)
    tell_the_day(owed, view=desk)
    drafts += [draft for draft in owed if draft.kind is not TouchClass.SELF]
    for draft in drafts:
        placing.record(draft)
    trains = [train for case in cases for train in find_trains(case, at[case.stage], desk=desk)]
    trains += [Single(draft) for draft in owed if draft.kind is TouchClass.SELF]
    for rule, make in rules.across:
        trains += _trains_of(make(whole, rule, desk), desk)
    note_past_contacts(cases, placing.guard, desk)
    late = {(draft.lead_key, draft.rule.id) for draft in drafts if draft.late}
    floors = list(placing.place_all(list(_without_joined(trains, late, desk))))
    share_days(floors, view=desk)
    late_keys = {key for key, _ in late}
    for floor in floors:  # a date of the sheet that passed is offered once more, but one "Late:" is enough for a lead
        floor.late = floor.late and floor.lead_key not in late_keys
    drafts += floors
    events: list[SharedDraft] = []
    over = not cases or any(case.ends_search for case in cases)
    for rule, name in () if over else rules.shared:
        for made in list(name(whole, rule, desk)):
            if isinstance(made, Draft):
                drafts.append(made)
            else:
                events.append(made)
    return drafts, events


def _trains_of(answers: Iterable[Answer], desk: Desk) -> Iterator[Train]:
    yield from (Single(draft) for answer in answers if (draft := answer.offer(desk)) is not None)


def _without_joined(trains: Iterable[Train], late: set[tuple[str, str]], desk: Desk) -> Iterator[Train]:
    """The trains without what a late touch of the same lead takes in (R-004-6 in R-001-4)."""
    for train in trains:
        draft = train.draft if isinstance(train, Single) else train.idea if isinstance(train, AfterIdea) else None
        if draft is None or draft.pinned or (draft.lead_key, draft.rule.joins) not in late:
            yield train
            continue
        desk.note("note.merged", train.case, rule=draft.rule.id)
        if draft.memory:
            desk.ledger.keep(replace(draft.memory, published=False, note=CROWDED))
        if isinstance(train, AfterIdea):
            yield train.ladder


def _stands_ahead(uid: str, view: View) -> bool:
    """Whether what is done still stands today or later; what the user ticked, or moved there later, stays there."""
    record = view.records.find(uid)
    if record is None or record.reaction is Reaction.TICKED:
        return False
    if record.assumed and record.reaction is Reaction.DRAGGED:
        return False
    stood = view.records.stood_on(record)
    return stood is not None and stood >= view.today


def _says_stop(lead: Lead) -> bool:
    return lead.stage.closed or lead.do_not_contact or not lead.interested or lead.asking is not Asking.ALLOWED


def _frozen(case: Case, view: View) -> Iterable[tuple[str, str]]:
    unreadable = case.lead.unreadable
    if not unreadable:
        return ()
    return ((case.lead.key, rule.id) for rule in view.advice.rules.values() if rule.reads & unreadable)


def _next_memory(
    desk: Desk,
    cases: Iterable[Case],
    drafts: Iterable[Planned],
    shared: SharedEvents,
    *,
    kept: Callable[[TouchMemory], bool],
) -> Memory:
    """Reactions, history and what was shown stay; a plan that was never shown and is gone is forgotten."""
    memory = desk.memory
    touches: dict[str, TouchMemory] = {
        uid: touch
        for uid, touch in memory.touches.items()
        if touch.done_on or touch.missed or touch.reaction or touch.published or kept(touch)
    }
    touches |= desk.ledger.touches
    touches |= {draft.uid: remember(draft) for draft in drafts}
    seen = {
        case.lead.key: replace(case.seen, triaged=True) if case.lead.key in desk.settled else case.seen
        for case in cases
    }
    runs = replace(
        memory.runs,
        first_run=memory.runs.first_run or desk.clock.now,
        last_run=desk.clock.now,
        counters={**memory.runs.counters, **shared.counters},
    )
    return replace(memory, runs=runs, leads={**memory.leads, **seen}, touches=touches)
