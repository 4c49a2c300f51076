"""Events of the seeker's own that name many leads, known again by their names when the memory of them was lost.

Such an event was made for a day that only memory knew. It says which leads it is about, though: a lead that it names is
no new one, and what would be made today for the same leads is that event, on whichever day it stands. Where the
calendar tells no names (`details`), the last one of its kind is taken for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.memory import LeadMemory, Memory, Reaction, StageSeen, TouchMemory
from sync.models import Lead, Observation, Snapshot
from sync.moments import day_of
from sync.reading.keys import identity_cells
from sync.reconcile.changes import Wish
from sync.reconcile.identity import SELF
from sync.reconcile.marker_lines import SMALL_PRINT, our_part
from sync.safe_text import clean
from sync.schedule.cases import plan_stage
from sync.schedule.shared import MAX_NAME, WORDS

ARRIVED = "R-000-4"
REVIEW = "R-001-14"
NOON = time(12)
WEEK = timedelta(days=7)
NEVER_OVER = ("more",)
"""What has no room on one day may have none on another: the event of a day that passed says nothing of the next."""


def names_in(ours: str) -> frozenset[str]:
    """The lines that name leads in our part of a description."""
    lines = ours.split("\n")
    told = lines[: lines.index(SMALL_PRINT)] if SMALL_PRINT in lines else lines
    return frozenset(line.removeprefix("- ") for line in told if line.startswith("- "))


def remember_named(
    memory: Memory, observation: Observation, *, leads: Iterable[Lead], now: datetime, zone: ZoneInfo
) -> Memory:
    """Memory of these leads as the events that name them tell: since when they are there, and what was triaged."""
    found = _unwritten(memory, observation, zone=zone)
    events = [(record, shown, names_in(our_part(shown.description))) for record, shown in found]
    events.reverse()  # the first day that names it is the one that counts
    known = dict(memory.leads)
    for lead in leads:
        for record, shown, names in events:
            if _is_named(lead, names, record.party):
                before = known.get(lead.key) or LeadMemory(lead.key, first_seen=now, **identity_cells(lead))
                known[lead.key] = _since(before, lead, record, day_of(shown.start, zone), memory, now=now, zone=zone)
    return replace(memory, leads=known)


def _since(
    before: LeadMemory, lead: Lead, record: TouchMemory, day: date, memory: Memory, *, now: datetime, zone: ZoneInfo
) -> LeadMemory:
    """The lead's memory with what an event of this day tells that names it."""
    first_seen = min(before.first_seen, datetime.combine(day - timedelta(days=1), NOON, zone))
    seen = replace(before, first_seen=first_seen)
    if record.rule == "triage" and lead.key not in memory.leads:  # what has events of its own goes on
        return replace(seen, triaged=True)
    if record.rule == ARRIVED and record.party and not before.stages:
        on = day - timedelta(days=record.party == WORDS)
        return replace(seen, stages=(StageSeen(plan_stage(lead), min(on, day_of(now, zone))),))
    return seen


def _is_named(lead: Lead, names: frozenset[str], party: str) -> bool:
    if party == WORDS:  # the label is cut short there, and the word follows
        return any(name.startswith(clean(lead.label, limit=30)) for name in names)
    return clean(lead.label, limit=MAX_NAME) in names


def find_again(
    memory: Memory,
    observation: Observation,
    *,
    wishes: Iterable[Wish],
    planned: Mapping[str, TouchMemory],
    zone: ZoneInfo,
    today: date,
) -> Memory:
    """Memory in which an event that stands there was made for the day for which today's plan would make it anew.

    One that stands today or later is it where they have a name in common; one whose day has passed where it names all
    that today's would: a lead that came since is still to be told of.
    """
    texts = {wish.touch.uid: wish.event.description for wish in wishes if wish.touch.published}
    left = [(record, shown) for record, shown in _unwritten(memory, observation, zone=zone) if record.uid not in texts]
    touches = dict(memory.touches)
    for uid in sorted(texts):
        wanted = planned.get(uid)
        if wanted is None or wanted.lead_key != SELF or uid in observation.events:
            continue
        for record, shown in left:
            same = (record.rule, record.party) == (wanted.rule, wanted.party)
            if same and (found := _found(record, shown, wanted, names_in(texts[uid]), today=today, zone=zone)):
                touches[record.uid] = found
                left.remove((record, shown))
                break
    return replace(memory, touches=touches)


def _found(
    record: TouchMemory, shown: Snapshot, wanted: TouchMemory, names: frozenset[str], *, today: date, zone: ZoneInfo
) -> TouchMemory | None:
    """The event that stands there as the one that is wanted; None where it is another one."""
    if record.rule != REVIEW:
        it = _is_it(record.rule, names, shown, today=today, zone=zone)
        return replace(record, raw=wanted.raw) if it else None
    day = day_of(shown.start, zone)
    if wanted.raw is None or abs(day - wanted.raw) >= (WEEK if day >= today else WEEK / 2):
        return None
    moved = replace(record, raw=wanted.raw, start=wanted.start, pinned_to=shown.start)
    return moved if record.reaction is not None else replace(moved, reaction=Reaction.DRAGGED)


def _is_it(rule: str, names: frozenset[str], shown: Snapshot, *, today: date, zone: ZoneInfo) -> bool:
    day, told = day_of(shown.start, zone), names_in(our_part(shown.description))
    if day < today and rule in NEVER_OVER:
        return False
    if not names or not told:
        return abs(day - today) < WEEK
    return names <= told if day < today else bool(names & told)


def _unwritten(memory: Memory, observation: Observation, *, zone: ZoneInfo) -> Iterator[tuple[TouchMemory, Snapshot]]:
    """The events of the seeker's own that were found there, the last one first: none was written by this memory."""
    found = [
        (record, observation.events[uid].snapshot)
        for uid, record in memory.touches.items()
        if record.lead_key == SELF and uid in observation.events and uid not in memory.events
    ]
    yield from sorted(found, key=lambda pair: (day_of(pair[1].start, zone), pair[0].uid), reverse=True)
