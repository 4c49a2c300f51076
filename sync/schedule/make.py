"""Leads into a schedule: every touch of the advice for every lead, with its day, its time, its text and its reason.

The steps, each in a module of its own:

    cases       lead + memory -> case            ladders     what is past, what comes next
    placing     days: guard, levelling           timing      times of day
    text        what the events say              make        what is shown, what is remembered

Pure: the same leads, settings, memory and `now` give the same schedule, whatever the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sync.advice import Advice
from sync.config import Settings
from sync.models import Abilities, Lead, Leads, Moment, Schedule, Stage, Touch
from sync.reconcile.memory import Memory, TouchMemory
from sync.schedule.cases import Case, open_case
from sync.schedule.desk import Desk, open_desk
from sync.schedule.drafts import Draft, remember
from sync.schedule.ladders import Ladder, replay
from sync.schedule.organisations import Guard
from sync.schedule.placing import Placing, Train
from sync.schedule.text import description_of, initials, title_of, who_of
from sync.schedule.timing import give_times


def make_schedule(
    leads: Leads, *, settings: Settings, advice: Advice, memory: Memory, now: datetime, abilities: Abilities
) -> tuple[Schedule, Memory]:
    """All touches of the advice for these leads, and the memory as it is once they are all in the calendar.

    `now` is aware. `memory` already holds the user's reactions. Nothing in `memory.events` is changed.
    """
    desk = open_desk(leads, settings=settings, advice=advice, memory=memory, now=now, abilities=abilities)
    cases = [open_case(lead, desk=desk) for lead in sorted(leads.leads, key=lambda lead: lead.key)]
    placing = Placing(desk, _open_guard(desk))
    placing.reserve_given_days()
    for case in cases:
        _note_past_contacts(case, placing.guard, desk)
    frozen = frozenset(pair for case in cases for pair in _frozen(case, desk))
    trains: list[Train] = [ladder for case in cases if (ladder := _application_ladder(case, desk)) is not None]
    drafts = list(placing.place_all(trains))
    give_times(drafts, desk=desk)
    _publish(drafts, desk=desk)
    touches = sorted((_touch(draft, desk) for draft in drafts), key=lambda touch: (_sortable(touch.start), touch.uid))
    schedule = Schedule(
        touches=tuple(touches),
        notes=tuple(desk.notes),
        frozen=frozen,
        frozen_leads=frozenset(leads.silent_keys)
        | {case.lead.key for case in cases if case.lead.unreadable & {"status", "do_not_contact"}},
        done=frozenset(desk.done),
        missed=frozenset(desk.missed),
        asked_for=frozenset(case.lead.key for case in cases if _says_stop(case.lead)),
    )
    return schedule, _next_memory(desk, cases, drafts, frozen)


def _open_guard(desk: Desk) -> Guard:
    rules, limits = desk.advice.rules, desk.settings.limits
    chosen = desk.settings.rules.numbers.get("R-003-5")
    days = chosen.days if chosen and chosen.days is not None else limits.organisation_days
    floor = rules["R-004-3"].days or 0
    return Guard(organisation_days=days if rules["R-003-5"].on else 0, person_days=max(days, floor))


def _note_past_contacts(case: Case, guard: Guard, desk: Desk) -> None:
    """What already reached them starts the clock of their organisation."""
    lead = case.lead
    if lead.last_outbound is not None:
        day = desk.day_of(lead.last_outbound)
        if day != lead.applied_on:
            guard.note_contact(case.org_keys, day, label=lead.label, lead_key=lead.key)


def _application_ladder(case: Case, desk: Desk) -> Ladder | None:
    first, later, cap = desk.rule("R-001-1"), desk.rule("R-001-12"), desk.advice.rules["R-003-5"].cap or 1
    lead = case.lead
    if first is None or lead.applied_on is None or case.stage is not Stage.SENT or not _may_write(case, first.reads):
        return None
    intervals = (later.intervals if later else ()) or ()
    steps = [first.days or 0, *intervals, *[intervals[-1] if intervals else 0] * cap][: cap if later else 1]
    ladder = Ladder(
        case=case,
        desk=desk,
        rules=tuple(first if number == 0 or later is None else later for number in range(len(steps))),
        intervals=tuple(steps),
        base=lead.applied_on,
        base_text=desk.say("reason.since_applied"),
        generation=case.seen.generation,
    )
    replay(ladder)
    return ladder


def _may_write(case: Case, reads: Iterable[str]) -> bool:
    """Whether a touch to the contact may be planned: wanted, and every cell it depends on can be read."""
    return case.can_read(*reads) and case.can_read("status", "do_not_contact") and not _says_stop(case.lead)


def _says_stop(lead: Lead) -> bool:
    return lead.stage.closed or lead.do_not_contact or not lead.interested


def _frozen(case: Case, desk: Desk) -> Iterable[tuple[str, str]]:
    unreadable = case.lead.unreadable
    return ((case.lead.key, rule.id) for rule in desk.advice.rules.values() if unreadable and rule.reads & unreadable)


# --- what is shown and what is remembered ---------------------------------------------------------------------


def _publish(drafts: Iterable[Draft], *, desk: Desk) -> None:
    """Show the next weeks, every lead's next touch, and whatever was shown before."""
    ahead = desk.settings.ahead_days
    until = date.max if ahead == "all" else desk.today + timedelta(days=ahead)
    first_of: dict[str, Draft] = {}
    for draft in drafts:
        known = first_of.get(draft.key)
        if known is None or draft.day < known.day:
            first_of[draft.key] = draft
    for draft in drafts:
        shown = draft.memory is not None and draft.memory.published
        draft.published = draft.own_event and (draft.day <= until or first_of[draft.key] is draft or shown)


def _touch(draft: Draft, desk: Desk) -> Touch:
    lead = draft.case.lead if draft.case else None
    assert draft.start is not None and draft.end is not None
    given = draft.memory.start if draft.pinned and draft.memory and draft.memory.start is not None else draft.start
    return Touch(
        uid=draft.uid,
        rule=draft.rule.id,
        kind=draft.kind,
        lead_key=draft.key,
        party=draft.party,
        round=draft.round,
        generation=draft.generation,
        step=draft.step,
        lead=lead.label if lead else None,
        row=lead.row if lead else None,
        start=draft.start,
        end=draft.end,
        zone=draft.zone.key,
        given=given,
        deadline=draft.deadline,
        summary=title_of(draft, desk=desk),
        description=description_of(draft, desk=desk),
        channel=draft.channel,
        who=who_of(draft),
        move=draft.move,
        tentative=draft.tentative,
        published=draft.published,
        reason=tuple(draft.reason),
        alarm=draft.alarm,
        hangs_on=draft.hangs_on,
        fact=draft.fact,
        reads=draft.rule.reads,
        pinned=draft.pinned,
        offers=draft.offers,
        url=lead.url if lead else "",
        address=lead.address if lead else "",
        brief=desk.say("title.short", initials=initials(draft.person.name)),
        bare=desk.say("title.none"),
    )


def _sortable(moment: Moment) -> str:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment.isoformat()


def _next_memory(
    desk: Desk, cases: Iterable[Case], drafts: Iterable[Draft], frozen: frozenset[tuple[str, str]]
) -> Memory:
    memory = desk.memory
    touches: dict[str, TouchMemory] = {
        uid: touch
        for uid, touch in memory.touches.items()
        if touch.done_on or touch.missed or touch.reaction or touch.published or (touch.lead_key, touch.rule) in frozen
    }
    touches |= desk.touches
    touches |= {draft.uid: remember(draft) for draft in drafts}
    return replace(
        memory,
        first_run=memory.first_run or desk.now,
        last_run=desk.now,
        leads={**memory.leads, **{case.lead.key: case.seen for case in cases}},
        touches=touches,
    )
