"""Who is who in a calendar after the state was lost: every key form, rule, round and generation is tried.

What is found tells four things that no other place knows any more: under which form of its key a lead began, which
UIDs are burnt (the generations before the one found), which round the events that are not about one lead have come
to, and which leads had events already. Such a lead gets no touch that lies before its last event: whatever is missing
there may have been deleted by the user.

The touches of today's plan are then taken for what lies in the calendar under their UIDs (`adopt`); a title that is
ticked or none of ours and a start on another day are the user's doing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import product
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Rule
from sync.memory import EventMemory, LeadMemory, Memory, Reaction, TouchMemory
from sync.models import Event, Lead, Observation, RemoteEvent, Snapshot, Stage, Stamp, Touch
from sync.moments import day_of
from sync.reading.keys import identity_cells, key_forms
from sync.reading.organisations import agency_key, organisation_key, referrer_key
from sync.reconcile.changes import Wish
from sync.reconcile.identity import SELF, is_shared_key, make_uid
from sync.reconcile.many_names import names_in
from sync.reconcile.marker_lines import our_part
from sync.reconcile.outcomes import found as found_there
from sync.reconcile.reactions import TickPattern, day_of_edit
from sync.schedule.shared import DATES, WORDS

ROUNDS = 100
GENERATIONS = 10
MANY = 2_000_000
"""Identities after which only the likely ones are still tried: strays must not hold a run up for minutes."""
LIKELY = 14


def _unlikely(generation: int, round_: int) -> int:
    """Runs that are ended before they write raise a generation, steps raise a round: three steps to one such run."""
    return 3 * generation + round_


_LIKELY_FIRST = sorted(product(range(GENERATIONS), range(ROUNDS)), key=lambda pair: _unlikely(*pair))


class Found(Struct, frozen=True):
    """One event of ours and the identity its UID stands for; `lead` is None for an event that is not about one."""

    uid: str
    lead: Lead | None
    key: str
    rule: str
    party: str
    round: int
    generation: int


def recognise(uids: Iterable[str], *, leads: Iterable[Lead], rules: Mapping[str, Rule], owner: str) -> list[Found]:
    """The identities that these UIDs stand for; what stays unknown is left out."""
    left, leads, names = set(uids), list(leads), sorted(name for name, rule in rules.items() if rule.sort == "event")
    subjects = {"rule": ["on_hold", "waiting", *names], "stage": [stage.value for stage in Stage]}
    about = [(name, subject) for name in names for subject in subjects.get(rules[name].about, ())]
    organisations = sorted(set(map(organisation_key, leads)))
    shared = {key for lead in leads for key in (agency_key(lead), referrer_key(lead)) if key}
    tried: list[tuple[Lead | None, str, str, str]] = [
        (None, key, rule, "") for key, rule in product((SELF, *sorted(shared)), names)
    ]
    tried += [(None, SELF, name, party) for name, party in product(names, (DATES, WORDS))]
    of_organisations = [name for name in names if rules[name].about == "organisation"]
    tried += [(None, SELF, name, party) for name, party in product(of_organisations, organisations)]
    for row in leads:
        pairs = [*product(names, _parties(row)), *about]
        tried += [(row, key, rule, party) for key in key_forms(row) for rule, party in pairs]
    found: list[Found] = []
    count = 0
    for generation, round_ in _LIKELY_FIRST:
        if not left or (count > MANY and _unlikely(generation, round_) > LIKELY):
            break
        for lead, key, rule, party in tried:
            uid = make_uid(owner, key, rule, party=party, round=round_, generation=generation)
            if uid in left:
                left.discard(uid)
                found.append(Found(uid, lead, key, rule, party, round_, generation))
        count += len(tried)
    return found


def recall(
    memory: Memory,
    found: Iterable[Found],
    observation: Observation,
    *,
    owner: str,
    now: datetime,
    zone: ZoneInfo,
    ticks: TickPattern,
) -> Memory:
    """Memory of the leads under the keys they began with, of the UIDs that are burnt, of rounds that went by."""
    leads, events, touches = dict(memory.leads), dict(memory.events), dict(memory.touches)
    chosen: dict[str, Found] = {}
    for item in found:
        for generation in range(item.generation):
            uid = make_uid(owner, item.key, item.rule, party=item.party, round=item.round, generation=generation)
            events.setdefault(uid, _burnt(uid, now))
        if is_shared_key(item.key) and item.uid in observation.events:
            shown = observation.events[item.uid].snapshot
            touches.setdefault(item.uid, _round(item, shown, now=now, zone=zone, ticks=ticks))
        if item.lead is not None:
            chosen[item.lead.key] = max(chosen.get(item.lead.key, item), item, key=_precision)
    for item in chosen.values():
        if item.lead is not None:
            leads[item.key] = LeadMemory(item.key, first_seen=now, **identity_cells(item.lead))
    return replace(memory, leads=leads, events=events, touches=touches)


def with_traces(memory: Memory, found: Iterable[Found], observation: Observation) -> Memory:
    """Memory that also knows which touches of leads stand in the calendar, though not where they were put.

    Only to plan with: it tells which steps of a ladder are over, though the state that knew so is lost.
    """
    traces = {item.uid: _trace(item) for item in found if item.lead is not None and item.uid in observation.events}
    return replace(memory, touches={**traces, **memory.touches})


def adopt(
    memory: Memory,
    observation: Observation,
    *,
    wishes: Iterable[Wish],
    planned: Mapping[str, TouchMemory],
    now: datetime,
    zone: ZoneInfo,
    ticks: TickPattern,
    only_ticked: bool = False,
) -> Memory:
    """Memory rebuilt from the calendar for the touches of today's plan; what is not in it stays a stray.

    `planned` is what today's plan itself would remember of each touch. What the user ticked is known again though the
    plan takes it as over.
    """
    events, known = dict(memory.events), dict(memory.touches)
    for wish in wishes:
        touch = wish.touch
        current = observation.events.get(touch.uid)
        if current is None or touch.uid in events or (only_ticked and not ticks.shown_by(current.snapshot)):
            continue
        events[touch.uid] = _adopted(wish, current)
        known[touch.uid] = _remembered(
            touch, planned.get(touch.uid) or known.get(touch.uid), current.snapshot, now=now, zone=zone, ticks=ticks
        )
    for uid, over in planned.items():
        current = observation.events.get(uid)
        if current is not None and uid not in events and ticks.shown_by(current.snapshot):
            events[uid] = found_there(uid, current, zone=str(zone))
            known[uid] = _ticked(over, current.snapshot, now=now, zone=zone)
    return replace(memory, events=events, touches=known)


def _adopted(wish: Wish, current: RemoteEvent) -> EventMemory:
    """As if what lies there were our last write, but for a title that is none of ours: that is the user's."""
    title, ours = current.snapshot.summary, wish.event.summary
    renamed = not ours.endswith(title) and not is_shared_key(wish.touch.lead_key)  # it may have become late since
    kept = frozenset({"summary"}) if renamed else frozenset[str]()
    return replace(found_there(wish.event.uid, current, zone=wish.event.zone), kept=kept)


def _remembered(
    touch: Touch, known: TouchMemory | None, current: Snapshot, *, now: datetime, zone: ZoneInfo, ticks: TickPattern
) -> TouchMemory:
    base = replace(known or _shown(touch), published=True, fact=touch.fact, alarm=current.our_alarm is not None)
    if ticks.shown_by(current):
        applied_on = date.fromisoformat(touch.fact) if touch.hangs_on == "applied_on" and touch.fact else None
        return _ticked(replace(base, start=touch.given), current, now=now, zone=zone, applied_on=applied_on)
    if day_of(current.start, zone) == day_of(touch.given, zone):
        return replace(base, start=current.start)
    return replace(base, start=touch.given, reaction=Reaction.DRAGGED, pinned_to=current.start, pinned_fact=touch.fact)


def _ticked(
    touch: TouchMemory, current: Snapshot, *, now: datetime, zone: ZoneInfo, applied_on: date | None = None
) -> TouchMemory:
    """The touch as the user ticked it in the calendar."""
    day, _ = day_of_edit(current.last_modified, now=now, zone=zone, applied_on=applied_on)
    start = current.start if touch.start is None else touch.start
    return replace(
        touch, start=start, reaction=Reaction.TICKED, reacted_on=day, done_on=day, assumed=False, missed=False
    )


def leave_gaps(
    memory: Memory,
    found: Iterable[Found],
    observation: Observation,
    *,
    wishes: Iterable[Wish],
    planned: Mapping[str, TouchMemory],
    now: datetime,
    zone: ZoneInfo,
) -> Memory:
    """Memory in which what is missing before a lead's last event counts as deleted by the user.

    What today's plan takes as over for such a lead (`planned`) is over: no later run may offer it again.
    """
    last: dict[str, date] = {}
    for item in found:
        if item.lead is not None and item.uid in observation.events:
            day = day_of(observation.events[item.uid].snapshot.start, zone)
            last[item.key] = max(last.get(item.key, day), day)
    passed = {
        uid: touch for uid, touch in planned.items() if touch.lead_key in last and (touch.done_on or touch.missed)
    }
    events, touches = dict(memory.events), {**passed, **memory.touches}
    for touch, event in ((wish.touch, wish.event) for wish in wishes):
        missing = touch.uid not in observation.events and touch.uid not in observation.unreadable
        if missing and touch.published and day_of(touch.start, zone) <= last.get(touch.lead_key, date.min):
            events[touch.uid] = EventMemory(touch.uid, event, Stamp(now, now, 0), gone=True)
            touches[touch.uid] = replace(
                _shown(touch), start=touch.given, reaction=Reaction.DELETED, reacted_on=day_of(now, zone)
            )
    return replace(memory, events=events, touches=touches)


def _precision(item: Found) -> int:
    """The longer form of a key names one row alone; the short one may be that of a double that is gone."""
    return key_forms(item.lead).index(item.key) if item.lead else 0


def _parties(lead: Lead) -> Iterator[str]:
    people = {person.party for person in (lead.contact, *lead.interviewers, *lead.reference_names)}
    yield from sorted({"", *people})


def _trace(item: Found) -> TouchMemory:
    """What its identity alone tells of a touch that stands in the calendar."""
    return TouchMemory(
        uid=item.uid, lead_key=item.key, rule=item.rule, party=item.party, round=item.round,
        generation=item.generation, published=True,
    )  # fmt: skip


def _shown(touch: Touch) -> TouchMemory:
    """What today's plan tells of a touch that stands in the calendar, or did; not where it stands."""
    return TouchMemory(
        uid=touch.uid, lead_key=touch.lead_key, rule=touch.rule, party=touch.party, round=touch.round,
        generation=touch.generation, step=touch.step, published=True, fact=touch.fact,
    )  # fmt: skip


def _round(item: Found, current: Snapshot, *, now: datetime, zone: ZoneInfo, ticks: TickPattern) -> TouchMemory:
    """What the calendar tells of one round: when it was, and whether the user ticked it."""
    day = day_of(current.start, zone)
    note = "\n".join(sorted(names_in(our_part(current.description)))) if item.rule == "triage" else ""
    touch = replace(_trace(item), start=current.start, raw=day, planned=day, note=note)
    return _ticked(touch, current, now=now, zone=zone) if ticks.shown_by(current) else touch


def _burnt(uid: str, now: datetime) -> EventMemory:
    blank = Event(uid=uid, start=now, end=now, zone="UTC", summary="", description="")
    return EventMemory(uid, blank, Stamp(now, now, 0), gone=True)
