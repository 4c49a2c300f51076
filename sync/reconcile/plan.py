"""A run's whole plan: what becomes of each event, within what the guards allow, in the order people read it.

    decide -> hold -> tell

What becomes of one event is decided in `changes`. Here all of them meet: too many deletes are held back, what is held
back is said, and problems and notes of all rooms are put in order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Advice, Rule
from sync.config import Settings
from sync.memory import EventMemory, Memory, TouchMemory
from sync.models import (
    Abilities,
    Action,
    Change,
    Leads,
    Note,
    Observation,
    Plan,
    Problem,
    Schedule,
    Touch,
    TouchClass,
)
from sync.moments import day_of
from sync.reconcile.changes import Decider, Wish
from sync.reconcile.guards import Held, future_events, hold_deletes
from sync.reconcile.held import remember_saying, speak, tell_held
from sync.reconcile.undo import as_kept, pin_of
from sync.texts import Wording, load_remarks


class Terms(Struct, frozen=True, kw_only=True):
    """What a plan is made under, whatever sheet and calendar hold.

    `rules_changed` says that mapping, rules or settings differ from the last run: then every delete that no row asks
    for is counted by the guard. `words_changed` says that the user wants other texts: then no text is left for later.
    `accept_deletes` lifts the guard for this run. With `lost` memory nothing is deleted.
    """

    settings: Settings
    advice: Advice
    abilities: Abilities
    now: datetime
    rules_changed: bool = False
    words_changed: bool = False
    accept_deletes: bool = False
    lost: bool = False


def make_plan(
    schedule: Schedule,
    wishes: Sequence[Wish],
    *,
    leads: Leads,
    memory: Memory,
    observation: Observation,
    terms: Terms,
    notes: Iterable[Note] = (),
) -> tuple[Plan, Memory]:
    """What one run would do and why, and the memory after it if all of it succeeds."""
    decide = _open_decider(schedule, leads, memory, observation, terms)
    planned, after = _decide(decide, wishes)
    changes, after, held = _hold(decide, planned, after, terms)
    sentence, touches = "", schedule.touches
    if held is not None:
        sentence = tell_held(held, terms.advice.wording)
        changes, after, touches = _tell(decide, sentence, wishes, changes, after)
    words = load_remarks(terms.settings.language)
    unreadable, rules = _name_unreadable(observation, memory, words), terms.advice.rules
    refused = [
        Note(words.say("event.refused", title=change.summary, why=change.reason), row=change.row)
        for change in changes
        if change.rejected
    ]
    plan = Plan(
        now=decide.now,
        timezone=terms.settings.timezone,
        schedule=as_kept(
            touches, _what_stays(decide, changes, after), memory=after, leads=leads.leads, rules=rules, words=words
        ),
        changes=changes,
        problems=tuple(sorted({*leads.problems, *schedule.problems}, key=_problem_order)),
        notes=tuple(sorted({*notes, *unreadable, *refused, *leads.notes, *schedule.notes}, key=_note_order)),
        held=sentence,
        unreadable=unreadable,
        missed=tuple(
            change
            for change in changes
            if change.uid in schedule.missed
            and not change.absent
            and _goes_to_others(memory.touches.get(change.uid), rules)
        ),
    )
    return plan, after


def _open_decider(schedule: Schedule, leads: Leads, memory: Memory, observation: Observation, terms: Terms) -> Decider:
    settings = terms.settings
    return Decider(
        schedule=schedule,
        memory=memory,
        observation=observation,
        now=terms.now.replace(microsecond=0),
        today=day_of(terms.now, settings.zone),
        zone=settings.zone,
        present=frozenset(lead.key for lead in leads.leads),
        restored=_pins_now(leads, memory, settings),
        rules_changed=terms.rules_changed,
        words_changed=terms.words_changed,
        lost=terms.lost,
        cancelled_days=0 if terms.abilities.reactions else settings.target.cancelled_days,
        words=load_remarks(settings.language),
    )


def _decide(decide: Decider, wishes: Iterable[Wish]) -> tuple[list[Change], Memory]:
    """What becomes of every event of ours and of every wish, by uid, as if there were no limits."""
    wanted = {wish.touch.uid: wish for wish in wishes if wish.touch.published}
    events: dict[str, EventMemory] = dict(decide.memory.events)
    changes: list[Change] = []
    for uid in sorted(wanted.keys() | {uid for uid, event in events.items() if not event.gone}):
        change, events[uid] = decide.change(uid, wanted.get(uid))
        changes.append(change)
    return changes, replace(decide.memory, events=events)


def _hold(
    decide: Decider, planned: Sequence[Change], after: Memory, terms: Terms
) -> tuple[tuple[Change, ...], Memory, Held | None]:
    """The changes that the guard lets through, with those it holds back as what they keep."""
    before, limits = decide.memory, terms.settings.limits
    future = len(future_events(before.events, today=decide.today, zone=decide.zone))
    future = future or sum(change.action is Action.CREATE for change in planned)  # the first run counts its own
    if terms.accept_deletes:
        limits = limits.model_copy(update={"max_delete_floor": len(planned), "max_delete_percent": 100})
    changes, window, held = hold_deletes(
        planned, memory=before, limits=limits, today=decide.today, future=future, words=decide.words
    )
    back = [change.uid for change, was in zip(changes, planned, strict=True) if change is not was]
    events = {**after.events, **{uid: before.events[uid] for uid in back}} if back else after.events
    return changes, replace(after, events=events, runs=replace(after.runs, deletes=window)), held


def _tell(
    decide: Decider, sentence: str, wishes: Sequence[Wish], changes: Iterable[Change], after: Memory
) -> tuple[tuple[Change, ...], Memory, tuple[Touch, ...]]:
    """The same with heartbeat and review that say what is held back, and the schedule they stand in."""
    spoken = {wish.touch.uid: wish for wish in speak(sentence, wishes, memory=decide.memory, today=decide.today)}
    told = {uid: decide.change(uid, wish) for uid, wish in spoken.items()}
    events = {**after.events, **{uid: event for uid, (_, event) in told.items()}}
    after = remember_saying(replace(after, events=events), sentence, today=decide.today)
    touches = tuple(spoken[touch.uid].touch if touch.uid in spoken else touch for touch in decide.schedule.touches)
    return tuple(told[change.uid][0] if change.uid in told else change for change in changes), after, touches


def _what_stays(decide: Decider, changes: Iterable[Change], after: Memory) -> dict[str, str]:
    """What stands there though no plan asks for it, by uid with why: kept by `undo`, or moved to a coming day."""
    stays = {}
    for change in changes:
        event = after.events[change.uid]
        if change.stays and event.restored is not None:
            stays[change.uid] = decide.say("brought_back")
        elif change.stays and day_of(event.stands_at, decide.zone) >= decide.today:
            stays[change.uid] = change.reason
    return stays


def _goes_to_others(touch: TouchMemory | None, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(touch.rule) if touch is not None else None
    return rule is not None and rule.kind is not TouchClass.SELF


def _name_unreadable(observation: Observation, memory: Memory, words: Wording) -> tuple[Note, ...]:
    """A note for each event of ours whose text in the calendar nobody understands, with the cure."""
    named = []
    for uid, reason in observation.unreadable.items():
        known = memory.events.get(uid)
        title = words.say("event.named", title=known.desired.summary) if known else words.say("event.ours", uid=uid)
        text = words.say("event.unreadable", event=title, why=reason)
        named.append(Note(text, row=known.desired.row or None if known else None))
    return tuple(sorted(named, key=_note_order))


def _pins_now(leads: Leads, memory: Memory, settings: Settings) -> dict[str, str]:
    """For each event that `undo` brought back, what its pin would be now."""
    restored = {uid: event for uid, event in memory.events.items() if event.restored is not None and not event.gone}
    if not restored:
        return {}
    rows = {lead.key: lead for lead in leads.leads}
    return {
        uid: pin_of(
            rows.get(memory.touches[uid].lead_key) if uid in memory.touches else None,
            event.desired.start,
            pauses=settings.pause,
            zone=settings.zone,
        )
        for uid, event in restored.items()
    }


def _problem_order(problem: Problem) -> tuple[object, ...]:
    return _natural(problem.row), problem.column, problem.value


def _note_order(note: Note) -> tuple[object, ...]:
    return _natural(note.row or ""), note.lead or "", note.rule or "", note.reason


def _natural(reference: str) -> tuple[str, int]:
    """`leads.csv:7` sorts before `leads.csv:12`."""
    name, _, number = reference.rpartition(":")
    return (name, int(number)) if number.isdigit() else (reference, 0)
