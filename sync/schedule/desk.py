"""What lies on the desk while one schedule is made: the inputs, prepared for fast questions, and what was noted.

The desk lives inside `make_schedule` and never leaves it. It is the only thing in this package that is written to;
what goes in and comes out are frozen values.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct, field
from msgspec.structs import replace

from sync.advice import Advice, Rule
from sync.config import Settings
from sync.memory import LeadMemory, Memory, Reaction, TouchMemory
from sync.models import Abilities, Lead, Leads, Moment, Note
from sync.moments import zone_names
from sync.reconcile.identity import make_uid
from sync.safe_text import clean
from sync.schedule.business_days import BusinessDays, open_business_days
from sync.schedule.slots import Slots, Windows, at, moment_of, quarter_up

ABSENCE = timedelta(days=7)
"""No run for so long is an absence (DESIGN 5.3)."""


class HasLead(Protocol):
    """A case, as far as the desk knows one."""

    @property
    def lead(self) -> Lead:
        """Its lead."""


class Desk(Struct):
    """The inputs of one run and its notes. `today` is the day in the seeker's zone.

    `now` is only written down. What depends on it asks `has_come`, `is_behind`, `has_begun` or `from_now_on`, which
    note in `turns` or `turn` when their answer changes by itself: until the first of these, the same inputs give the
    same schedule.
    """

    settings: Settings
    advice: Advice
    memory: Memory
    now: datetime
    abilities: Abilities
    zone: ZoneInfo
    today: date
    soonest: date
    """The first business day from today on."""
    days: BusinessDays
    never_logs: bool
    by_lead: dict[str, list[TouchMemory]]
    unseen: LeadMemory
    """What is known of a lead that was never seen before."""
    quarter: int
    """The first one that does not begin before `now`."""
    turn: int
    """The first quarter whose coming changes an answer; midnight at the latest."""
    rule: Callable[[str], Rule | None]
    """The rule of this id, where it is switched on."""
    say: Callable[..., str]
    """Says a sentence in the user's wording (`Wording.say`)."""
    tell: Callable[[date], str]
    """A day in the user's wording (`Wording.day`)."""
    tell_moment: Callable[[datetime], str]
    """A moment in the user's wording (`Wording.moment`)."""
    windows: Windows = field(default_factory=Windows)
    slots: Slots = field(default_factory=Slots)
    notes: list[Note] = []
    touches: dict[str, TouchMemory] = {}
    done: set[str] = set()
    missed: set[str] = set()
    triaged: dict[str, str] = {}
    """Labels of leads that go into the triage event, by key."""
    settled: set[str] = set()
    """Those of them whose whole past is settled by it."""
    waiting: dict[str, str] = {}
    """What a lead without a touch of its own waits for, by key."""
    turns: list[datetime] = []

    @property
    def absent(self) -> bool:
        """Nobody ran this for a week: what was due meanwhile is not piled up."""
        long_ago = self.memory.runs.last_run is not None and self.is_behind(self.memory.runs.last_run + ABSENCE)
        if long_ago:
            self.turns.append(self.now)  # this run is the end of it
        return long_ago

    @property
    def holds_until(self) -> datetime:
        """The first instant at which the clock alone may change an answer of this desk; midnight at the latest."""
        return min((moment_of(self.turn, self.zone), *self.turns))

    def has_come(self, moment: datetime) -> bool:
        """Whether this instant is now or past."""
        if moment > self.now:
            self.turns.append(moment)
        return moment <= self.now

    def is_behind(self, moment: datetime) -> bool:
        """Whether this instant is past."""
        if moment >= self.now:
            self.turns.append(moment)
        return moment < self.now

    def has_begun(self, quarter: int) -> bool:
        """Whether it is too late for a new touch to begin before this quarter."""
        if quarter > self.quarter:
            self.turn = min(self.turn, quarter - 1)
        return quarter <= self.quarter

    def from_now_on(self, quarter: int) -> int:
        """This quarter, or the first one from now on where that is later: no new touch starts in the past."""
        first = max(quarter, self.quarter)
        self.turn = min(self.turn, first)
        return first

    def zone_named(self, name: str) -> ZoneInfo | None:
        """The zone of this name; None for an empty or unknown one."""
        return ZoneInfo(name) if name in zone_names() else None

    def note(self, key: str, case: HasLead | None, *, rule: str | None = None, **facts: object) -> None:
        """Say something about a lead."""
        lead = case.lead if case else None
        self.notes.append(
            Note(self.say(key, **facts), rule=rule, lead=lead.label if lead else None, row=lead.row if lead else None)
        )

    def triage(self, case: HasLead | None, *, whole: bool = True) -> None:
        """Name the lead in the triage event instead of making an event of its own; `whole` settles it for good."""
        if case is not None:
            self.triaged.setdefault(case.lead.key, clean(case.lead.label))
            if whole:
                self.settled.add(case.lead.key)

    def keep(self, record: TouchMemory) -> None:
        """Write down what became of a touch. Whoever asks later in this run is told what the next run will be told."""
        self.touches[record.uid] = record
        records = self.by_lead.setdefault(record.lead_key, [])
        place = next((place for place, known in enumerate(records) if known.uid == record.uid), len(records))
        records[place:] = [record, *records[place + 1 :]]

    def close(
        self, record: TouchMemory, *, done_on: date | None = None, assumed: bool = False, note: str = ""
    ) -> TouchMemory:
        """Write down that a touch is over: done on this day, or missed. The one place where that happens.

        What was done stays done.
        """
        if done_on is None and record.done_on is not None:
            done_on, assumed = record.done_on, record.assumed
        missed = done_on is None
        closed = replace(record, done_on=done_on, assumed=assumed, missed=missed, note=note or record.note)
        self.keep(closed)
        (self.missed if missed else self.done).add(record.uid)
        return closed

    def day_of(self, moment: Moment) -> date:
        """The day of a moment, in the seeker's zone."""
        return moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment

    def instant_of(self, moment: Moment) -> datetime:
        """A date without hour counts as the start of work (DESIGN 5.4, "time assumed")."""
        return moment if isinstance(moment, datetime) else at(moment, self.settings.work_hours.start, self.zone)

    def identify(
        self, key: str, rule: str, *, party: str = "", round: int = 0, generation: int = 0
    ) -> tuple[str, int, TouchMemory | None]:
        """The UID to use, its generation and what is remembered of it.

        The UID of an event that was deleted is never used again: then the generation rises. A touch the user deleted
        keeps its UID, so that its tombstone is found.
        """
        while True:
            uid = make_uid(self.settings.owner, key, rule, party=party, round=round, generation=generation)
            known, event = self.memory.touches.get(uid), self.memory.events.get(uid)
            if event is None or not event.gone or (known and (known.done_on or known.missed or was_deleted(known))):
                return uid, generation, known
            generation += 1


def open_desk(
    leads: Leads, *, settings: Settings, advice: Advice, memory: Memory, now: datetime, abilities: Abilities
) -> Desk:
    """The desk at the beginning of a run."""
    today = now.astimezone(settings.zone).date()
    days = open_business_days(settings, year=today.year)
    by_lead: dict[str, list[TouchMemory]] = {}
    for touch in memory.touches.values():
        by_lead.setdefault(touch.lead_key, []).append(touch)
    logged = any(lead.follow_ups_done is not None or lead.last_outbound is not None for lead in leads.leads)
    return Desk(
        settings=settings,
        advice=advice,
        memory=memory,
        now=now,
        abilities=abilities,
        zone=settings.zone,
        today=today,
        soonest=days.at_or_after(today),
        days=days,
        never_logs=not logged and not memory.ever_ticked,
        by_lead=by_lead,
        unseen=LeadMemory(key="", first_seen=now),
        quarter=quarter_up(now),
        turn=quarter_up(at(today + timedelta(days=1), time(0), settings.zone)),
        rule={id_: rule if rule.on else None for id_, rule in advice.rules.items()}.__getitem__,
        say=advice.wording.say,
        tell=partial(advice.wording.day, seen_from=today),
        tell_moment=partial(advice.wording.moment, seen_from=today),
    )


def was_deleted(touch: TouchMemory | None) -> bool:
    """Whether the user took it out of the calendar."""
    return touch is not None and touch.reaction is Reaction.DELETED
