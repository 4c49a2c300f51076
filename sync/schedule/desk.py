"""What lies on the desk while one schedule is made: what it is made from (`view`), and what is noted on the way.

The desk lives inside `make_schedule` and never leaves it. Its ledger, the taken quarters and its notes are the only
things in this package that are written to; what goes in and comes out are frozen values.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache, partial
from typing import Protocol

from msgspec import field
from msgspec.structs import replace

from sync.advice import Advice
from sync.config import Settings
from sync.memory import LeadMemory, Memory
from sync.models import Abilities, Lead, Leads, Note
from sync.safe_text import clean
from sync.schedule.business_days import open_business_days
from sync.schedule.ledger import Ledger, open_ledger, read_only, take_up_pins
from sync.schedule.now import start_clock
from sync.schedule.quarters import TakenQuarters, Windows
from sync.schedule.view import View


class HasLead(Protocol):
    """A case, as far as the desk knows one."""

    @property
    def lead(self) -> Lead:
        """Its lead."""


class Desk(View, frozen=True, kw_only=True):
    """A view, and what is written down beside it: what becomes of touches, which quarters are taken, what is said."""

    ledger: Ledger
    """The `records`, to be written to."""
    taken: TakenQuarters = field(default_factory=TakenQuarters)
    notes: list[Note] = field(default_factory=list)
    triaged: dict[str, str] = field(default_factory=dict)
    """Labels of leads that go into the triage event, by key."""
    settled: set[str] = field(default_factory=set)
    """Those of them whose whole past is settled by it."""
    waiting: dict[str, str] = field(default_factory=dict)
    """What a lead without a touch of its own waits for, by key."""

    def note(self, key: str, case: HasLead, *, rule: str | None = None, **facts: object) -> None:
        """Say something about a lead."""
        self.notes.append(Note(self.say(key, **facts), rule=rule, lead=case.lead.label, row=case.lead.row))

    def triage(self, case: HasLead, *, whole: bool = True) -> None:
        """Name the lead in the triage event instead of making an event of its own; `whole` settles it for good."""
        self.triaged.setdefault(case.lead.key, clean(case.lead.label))
        if whole:
            self.settled.add(case.lead.key)


def open_desk(
    leads: Leads, *, settings: Settings, advice: Advice, memory: Memory, now: datetime, abilities: Abilities
) -> Desk:
    """The desk at the beginning of a run."""
    today = now.astimezone(settings.zone).date()
    if memory.runs.last_run is not None and memory.runs.last_run > now:
        memory = replace(memory, touches=take_up_pins(memory.touches, today=today, zone=settings.zone))
    days = open_business_days(settings, year=today.year)
    logged = any(lead.follow_ups_done is not None or lead.last_outbound is not None for lead in leads.leads)
    never_logs = not logged and not memory.ever_ticked
    ledger = open_ledger(memory.touches, never_logs=never_logs, today=today, zone=settings.zone)
    return Desk(
        settings=settings,
        advice=advice,
        memory=memory,
        abilities=abilities,
        zone=settings.zone,
        today=today,
        soonest=days.at_or_after(today),
        days=days,
        clock=start_clock(now, settings.zone, today=today, last_run=memory.runs.last_run),
        records=read_only(ledger),
        ledger=ledger,
        unseen=LeadMemory(key="", first_seen=now),
        rule={id_: rule if rule.on else None for id_, rule in advice.rules.items()}.__getitem__,
        say=advice.wording.say,
        windows=Windows(work=settings.work_hours, message=settings.message_hours),
        tell=cache(partial(advice.wording.day, seen_from=today)),  # a schedule names the same few days again and again
    )
