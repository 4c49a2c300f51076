"""What a run starts from: sheet, calendar and memory, brought together before anything is decided.

    read -> look at the calendar -> recognise what memory missed -> hear what the user did and said

Each step hands on the whole `Stock`, with a memory that knows more. A guard that sees less than there should be stops
the run here, before anything is planned.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Advice
from sync.config import Settings
from sync.events import to_event
from sync.memory import Memory, Text
from sync.models import Leads, Note, Observation, RemoteEvent, Schedule, Table, Texts
from sync.moments import day_of
from sync.protocols import Probes, ReadsLater, Resumes, Source, Target
from sync.reading.leads import read_again
from sync.reconcile.changes import Wish
from sync.reconcile.elsewhere import firsts_of_user, follow, ran_elsewhere, take_alarms
from sync.reconcile.guards import (
    check_disappearance,
    check_end,
    check_identities,
    check_owners,
    check_sheet,
    is_cut_off,
)
from sync.reconcile.healing import heal
from sync.reconcile.many_names import find_again, remember_named
from sync.reconcile.moving import follow_moves, settle_in
from sync.reconcile.reactions import TickPattern, take_reactions
from sync.reconcile.rebuilding import Found, adopt, leave_gaps, recall, recognise, with_traces
from sync.reconcile.said_in_sheet import take_cells
from sync.reconcile.words import take_words
from sync.schedule.make import make_schedule
from sync.texts import Wording, load_remarks
from sync.write_back import check_columns


class Given(Struct, frozen=True, kw_only=True):
    """What stays the same from the beginning of a run to its end."""

    settings: Settings
    advice: Advice
    source: Source
    target: Target
    now: datetime
    accept_deletes: bool
    second_owner: bool
    moved: bool
    texts: Texts
    wording: str

    @property
    def today(self) -> date:
        """The day in the seeker's zone."""
        return day_of(self.now, self.settings.zone)

    @property
    def words(self) -> Wording:
        """What is said of the sheet and the calendar."""
        return load_remarks(self.settings.language)

    @property
    def ticks(self) -> TickPattern:
        """How a user marks an event as done."""
        return TickPattern(self.advice.done_words)


class Stock(Struct, frozen=True):
    """What a run starts from: the sheet, the calendar, and the memory that has taken in what the calendar shows."""

    table: Table
    leads: Leads
    observation: Observation
    memory: Memory
    lost: bool
    notes: tuple[Note, ...] = ()


def take_stock(given: Given, memory: Memory) -> Stock:
    """Sheet, calendar and memory, the last brought up to what the calendar shows. Stops where a guard says so."""
    if given.moved:
        memory = follow_moves(memory, source=given.source.identity, target=given.target.identity)
    check_identities(memory, source=given.source.identity, target=given.target.identity)
    table, leads = _read_sheet(given, memory)
    observation = look_at(given.target, memory)
    if not given.second_owner:
        check_owners(memory, observation, owner=given.settings.owner)
    journaled = {intent.uid for intent in memory.intents}  # a first run that was killed is no loss of memory
    lost = memory.lost or (memory.runs.first_run is None and bool(observation.events.keys() - journaled))
    current = heal(memory, observation)
    if not memory.runs.target:
        current = settle_in(current, observation, owner=given.settings.owner)
    stock = Stock(table, leads, observation, current, lost)
    return _listen(given, _recognise(given, stock))


def _read_sheet(given: Given, memory: Memory) -> tuple[Table, Leads]:
    """The sheet as it is now, read again later where it ends too soon."""
    source, settings = given.source, given.settings
    if isinstance(source, Resumes):
        source.resume(memory.runs.text(Text.SHEET_BOOKMARK))
    table = source.read()
    whole = given.accept_deletes or not is_cut_off(memory, table)
    if not whole and isinstance(source, ReadsLater):
        table = source.read_later()
    leads = _understand(given, table, memory)
    if not whole:
        check_end(memory, table)
    check_sheet(memory, leads)
    if settings.write_back:
        check_columns(leads, columns=settings.write_back.columns.values(), words=given.words)
    return table, leads


def _understand(given: Given, table: Table, memory: Memory) -> Leads:
    """The leads of this table, columns understood as the last run understood them."""
    return read_again(table, settings=given.settings, vocabulary=given.advice.vocabulary, memory=memory, now=given.now)


def _recognise(given: Given, stock: Stock) -> Stock:
    """What happened without this memory: it was lost, a row was not readable then, another computer ran.

    Events are found again by their identity, those of a row that could not be read once it can be.
    """
    current, observation, owner, zone = stock.memory, stock.observation, given.settings.owner, given.settings.zone
    unknown = (observation.events.keys() | observation.unreadable.keys()) - current.events.keys()
    leads = stock.leads.leads
    new = leads if stock.lost else [lead for lead in leads if unknown and lead.key not in current.leads]
    found = recognise(unknown if new else (), leads=new, rules=given.advice.rules, owner=owner)
    now, ticks = given.now, given.ticks
    elsewhere = not stock.lost and ran_elsewhere(current, observation)
    if not (stock.lost or found or elsewhere):
        return stock
    if stock.lost or found:
        current = recall(current, found, observation, owner=owner, now=now, zone=zone, ticks=ticks)
        stock = replace(stock, leads=_understand(given, stock.table, current))
        came = [lead for lead in stock.leads.leads if lead.key not in stock.memory.leads]
        current = remember_named(current, observation, leads=came, now=now, zone=zone)
    if elsewhere:
        current = take_alarms(current, observation)
    users: AbstractSet[str] = frozenset()
    followed = current
    while elsewhere:
        schedule, wishes, after = _plan_today(given, stock, current, found, users)
        followed = follow(current, observation, schedule, wishes, planned=after, users=users, zone=zone)
        more = firsts_of_user(followed, observation, users=users) if given.target.abilities.reactions else ()
        if not more:
            break
        users = users | more
    current = followed
    for only_ticked in (True, False):  # what stands after a tick counts from it
        _, wishes, after = _plan_today(given, stock, current, found, users)
        named = find_again(current, observation, wishes=wishes, planned=after.touches, zone=zone, today=given.today)
        if named.touches != current.touches:
            current = named
            _, wishes, after = _plan_today(given, stock, current, found, users)
        current = adopt(
            current, observation, wishes=wishes, planned=after.touches, now=now, zone=zone, ticks=ticks,
            only_ticked=only_ticked,
        )  # fmt: skip
    current = leave_gaps(current, found, observation, wishes=wishes, planned=after.touches, now=now, zone=zone)
    if stock.lost:
        return replace(stock, memory=replace(current, lost=True), notes=(Note(given.words.say("run.lost")),))
    return replace(stock, memory=current)


def _plan_today(
    given: Given, stock: Stock, memory: Memory, found: Iterable[Found], users: AbstractSet[str]
) -> tuple[Schedule, list[Wish], Memory]:
    """Today's plan as a run elsewhere would make it: with what was found, and what the user did to these events."""
    theirs = replace(memory, events={uid: memory.events[uid] for uid in users})
    heard, _ = take_reactions(
        theirs, stock.observation, now=given.now, zone=given.settings.zone, ticks=given.ticks, words=given.words
    )
    known = replace(memory, events={**memory.events, **heard.events}, touches=heard.touches)
    named = replace(given, texts=max(given.texts, Texts.NAMED))  # titles tell what the user renamed
    return plan_events(named, stock.leads, with_traces(known, found, stock.observation))


def _listen(given: Given, stock: Stock) -> Stock:
    """What the user did in the calendar, said to the command line and wrote into the sheet, taken into memory."""
    current, zone, today = stock.memory, given.settings.zone, given.today
    notes = list(stock.notes)
    if given.target.abilities.reactions:
        if not given.accept_deletes:
            check_disappearance(current, stock.observation, today=today, zone=zone)
        current, said = take_reactions(
            current, stock.observation, now=given.now, zone=zone, ticks=given.ticks, words=given.words
        )
        notes += said
    current, said = take_words(current, now=given.now, zone=zone, words=given.words)
    notes += said
    plan = partial(plan_touches, given, stock.leads)
    current, heard, wrong = take_cells(
        stock.leads, current, plan=plan, today=today, zone=zone, lost=stock.lost, words=given.words
    )
    leads = replace(stock.leads, problems=(*stock.leads.problems, *wrong))
    notes += [*heard, *(Note(given.words.tell(one)) for one in (*stock.table.notes, *stock.observation.notes))]
    return replace(stock, memory=current, leads=leads, notes=tuple(notes))


def plan_touches(given: Given, leads: Leads, memory: Memory) -> tuple[Schedule, Memory]:
    """The schedule of these leads, and the memory after it."""
    return make_schedule(
        leads,
        settings=given.settings,
        advice=given.advice,
        memory=memory,
        now=given.now,
        abilities=given.target.abilities,
        texts=given.texts,
    )


def plan_events(given: Given, leads: Leads, memory: Memory) -> tuple[Schedule, list[Wish], Memory]:
    """The schedule, its touches with the events that show them, and the memory after it."""
    settings, abilities = given.settings, given.target.abilities
    schedule, after = plan_touches(given, leads, memory)
    wishes = [Wish(touch, to_event(touch, settings=settings, abilities=abilities)) for touch in schedule.touches]
    return schedule, wishes, after


def look_at(target: Target, memory: Memory) -> Observation:
    """The calendar as it is now, by a target that knows what was found out about its server."""
    if isinstance(target, Probes) and memory.runs.probed is not None and memory.runs.probed.target == target.identity:
        target.heed(memory.runs.probed.findings)
    if isinstance(target, Resumes):
        target.resume(memory.runs.text(Text.CALENDAR_BOOKMARK))
    return target.observe(known_copies(memory))


def known_copies(memory: Memory) -> dict[str, RemoteEvent]:
    """Last run's copies by uid, for `Target.observe`."""
    return {
        uid: event.observed
        for uid, event in memory.events.items()
        if not event.gone and event.observed is not None and event.observed.etag
    }
