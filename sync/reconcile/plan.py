"""A run's whole plan: what becomes of each event, within what the guards allow, in the order people read it.

What becomes of one event is decided in `changes`. Here all of them meet: too many deletes are held back, what is held
back is said, and problems and notes of all rooms are put in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec.structs import replace

from sync.advice import Rule
from sync.config import Settings
from sync.memory import Memory, TouchMemory
from sync.models import Abilities, Action, Change, Leads, Note, Observation, Plan, Problem, Schedule, TouchClass
from sync.moments import day_of
from sync.reconcile.changes import KEPT_BY_UNDO, MOVED, Decider, Wish
from sync.reconcile.guards import hold_deletes
from sync.reconcile.reactions import future_events
from sync.reconcile.undo import BROUGHT_BACK, as_kept, digest_of


def make_plan(
    schedule: Schedule,
    wishes: Iterable[Wish],
    *,
    leads: Leads,
    memory: Memory,
    observation: Observation,
    settings: Settings,
    abilities: Abilities,
    now: datetime,
    rules: Mapping[str, Rule] = MappingProxyType({}),
    rules_changed: bool,
    words_changed: bool = False,
    accept_deletes: bool = False,
    lost: bool = False,
    if_held: Callable[[str], Iterable[Wish]] = lambda sentence: (),
    notes: Iterable[Note] = (),
    problems: Iterable[Problem] = (),
) -> tuple[Plan, Memory]:
    """What one run would do and why, and the memory after it if all of it succeeds.

    `rules_changed` says that mapping, rules or settings differ from the last run: then every delete that no row asks
    for is counted by the guard. `words_changed` says that the user wants other texts: then no text is left for later.
    `accept_deletes` lifts the guard for this run. With `lost` memory nothing is deleted.
    `rules` tell what an event is that only `undo` keeps. `if_held` is asked, with the guard's sentence, for wishes
    that take the place of others.
    """
    zone = settings.zone
    decide = Decider(
        schedule=schedule,
        memory=memory,
        observation=observation,
        now=now.replace(microsecond=0),
        today=now.astimezone(zone).date(),
        zone=zone,
        present=frozenset(lead.key for lead in leads.leads),
        restored=_restored_digests(leads, memory),
        rules_changed=rules_changed,
        words_changed=words_changed,
        lost=lost,
        cancelled_days=0 if abilities.reactions else settings.target.cancelled_days,
    )
    wanted = {wish.touch.uid: wish for wish in wishes if wish.touch.published}
    events = dict(memory.events)
    changes: list[Change] = []
    for uid in sorted(wanted.keys() | {uid for uid, event in memory.events.items() if not event.gone}):
        change, after = decide.change(uid, wanted.get(uid))
        changes.append(change)
        events[uid] = after
    future = len(future_events(memory.events, today=decide.today, zone=zone))
    future = future or sum(change.action is Action.CREATE for change in changes)  # the first run counts its own
    limits = settings.limits
    if accept_deletes:
        limits = limits.model_copy(update={"max_delete_floor": len(changes), "max_delete_percent": 100})
    kept, window, held = hold_deletes(changes, memory=memory, limits=limits, today=decide.today, future=future)
    for planned, change in zip(changes, kept, strict=True):
        if change is not planned:  # held back: it stays as it was
            events[change.uid] = memory.events[change.uid]
    spoken = {wish.touch.uid: wish for wish in if_held(held)} if held else {}
    for uid, wish in spoken.items():
        change, events[uid] = decide.change(uid, wish)
        kept = tuple(change if other.uid == uid else other for other in kept)
    unreadable = _name_unreadable(observation, memory)
    refused = [Note(f"“{c.summary}”: {c.reason}", row=c.row) for c in kept if c.rejected]
    stays = {change.uid: BROUGHT_BACK for change in kept if change.reason == KEPT_BY_UNDO}
    stays |= {
        change.uid: MOVED
        for change in kept
        if change.reason == MOVED and day_of(events[change.uid].stands_at, zone) >= decide.today
    }
    touches = tuple(spoken[touch.uid].touch if touch.uid in spoken else touch for touch in schedule.touches)
    plan = Plan(
        now=decide.now,
        timezone=settings.timezone,
        schedule=as_kept(touches, stays, memory=replace(memory, events=events), leads=leads.leads, rules=rules),
        changes=kept,
        problems=tuple(sorted({*problems, *leads.problems, *schedule.problems}, key=_problem_order)),
        notes=tuple(sorted({*notes, *unreadable, *refused, *leads.notes, *schedule.notes}, key=_note_order)),
        held=held,
        unreadable=unreadable,
        missed=tuple(
            change
            for change in kept
            if change.uid in schedule.missed
            and not change.absent
            and _goes_to_others(memory.touches.get(change.uid), rules)
        ),
    )
    return plan, replace(memory, events=events, runs=replace(memory.runs, deletes=window))


def _goes_to_others(touch: TouchMemory | None, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(touch.rule) if touch is not None else None
    return rule is not None and rule.kind is not TouchClass.SELF


def _name_unreadable(observation: Observation, memory: Memory) -> tuple[Note, ...]:
    """A note for each event of ours whose text in the calendar nobody understands, with the cure."""
    named = []
    for uid, reason in observation.unreadable.items():
        known = memory.events.get(uid)
        title = f"“{known.desired.summary}”" if known else f"an event of ours ({uid})"
        text = (
            f"{title} was changed in the calendar in a way that cannot be read ({reason}); it is left as it is, "
            "and what you did there is not taken up. Give it a day and an hour again, or delete it"
        )
        named.append(Note(text, row=known.desired.row or None if known else None))
    return tuple(sorted(named, key=_note_order))


def _restored_digests(leads: Leads, memory: Memory) -> dict[str, str]:
    """For each event that `undo` brought back, what its row says now; empty where there is no such row."""
    restored = [uid for uid, event in memory.events.items() if event.restored is not None and not event.gone]
    if not restored:
        return {}
    rows = {lead.key: lead for lead in leads.leads}
    keys = {uid: memory.touches[uid].lead_key if uid in memory.touches else "" for uid in restored}
    return {uid: digest_of(rows[key]) if key in rows else "" for uid, key in keys.items()}


def _problem_order(problem: Problem) -> tuple[object, ...]:
    return _natural(problem.row), problem.column, problem.value


def _note_order(note: Note) -> tuple[object, ...]:
    return _natural(note.row or ""), note.lead or "", note.rule or "", note.reason


def _natural(reference: str) -> tuple[str, int]:
    """`leads.csv:7` sorts before `leads.csv:12`."""
    name, _, number = reference.rpartition(":")
    return (name, int(number)) if number.isdigit() else (reference, 0)
