"""Builders for tests of the schedule: one lead, one run, several runs in a row with the user's reactions between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.advice import load_advice
from sync.config import Settings, parse_settings
from sync.memory import Memory, Reaction
from sync.models import Abilities, Lead, Leads, Person, Schedule, Stage, Touch
from sync.schedule.make import make_schedule

NEW_YORK = ZoneInfo("America/New_York")

BASE = """
owner = "k3x9"
timezone = "{zone}"
holidays = {holidays}
{more}
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "https://calendar.example/leads/"
{target}
{tables}
"""


def settings_for(
    zone: str = "America/New_York", holidays: str = '"US"', more: str = "", target: str = "", tables: str = ""
) -> Settings:
    return parse_settings(BASE.format(zone=zone, holidays=holidays, more=more, target=target, tables=tables))


def when(text: str, zone: str = "America/New_York") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def a_lead(number: int = 2, **facts: Any) -> Lead:
    facts.setdefault("key", f"lead-{number}")
    facts.setdefault("company", "Acme")
    facts.setdefault("stage", Stage.SENT if facts.get("applied_on") else Stage.IDEA)
    facts.setdefault("stage_known", "stage" in facts)
    columns = {name: name.replace("_", " ").title() for name in facts}
    return Lead(row=f"leads.csv:{number}", row_number=number, columns=columns, **facts)


def person(name: str = "Dana Reed", email: str = "", phone: str = "") -> Person:
    return Person(name=name, email=email, phone=phone)


@dataclass
class Seeker:
    """Somebody who runs followup again and again: each run starts from the memory of the one before."""

    settings: Settings = field(default_factory=settings_for)
    reactions: bool = True
    memory: Memory = field(default_factory=Memory)
    schedule: Schedule = field(default_factory=lambda: Schedule(()))

    def run(self, now: str, leads: Iterable[Lead] | Lead) -> Schedule:
        given = (leads,) if isinstance(leads, Lead) else tuple(leads)
        self.schedule, self.memory = make_schedule(
            Leads(given),
            settings=self.settings,
            advice=load_advice(self.settings),
            memory=self.memory,
            now=when(now, self.settings.timezone),
            abilities=Abilities(reactions=self.reactions),
        )
        return self.schedule

    def find(self, rule: str, **facts: Any) -> Touch:
        found = self.all(rule, **facts)
        assert len(found) == 1, [(touch.rule, touch.start) for touch in self.schedule.touches]
        return found[0]

    def all(self, rule: str, **facts: Any) -> list[Touch]:
        return [
            touch
            for touch in self.schedule.touches
            if touch.rule == rule and all(getattr(touch, name) == value for name, value in facts.items())
        ]

    def react(self, touch: Touch, reaction: Reaction, on: date, *, to: datetime | None = None) -> None:
        memory = self.memory.touches[touch.uid]
        changed = replace(
            memory,
            reaction=reaction,
            reacted_on=on,
            done_on=on if reaction is Reaction.TICKED else None,
            pinned_to=to,
            pinned_fact=touch.fact if to else "",
        )
        self.memory = replace(self.memory, touches={**self.memory.touches, touch.uid: changed})

    def tick(self, touch: Touch, on: str) -> None:
        self.react(touch, Reaction.TICKED, date.fromisoformat(on))

    def delete(self, touch: Touch, on: str) -> None:
        self.react(touch, Reaction.DELETED, date.fromisoformat(on))

    def drag(self, touch: Touch, on: str, *, to: str) -> None:
        self.react(touch, Reaction.DRAGGED, date.fromisoformat(on), to=when(to, self.settings.timezone))


def day(touch: Touch) -> str:
    return touch.start.isoformat()[:10]


def clock(touch: Touch) -> str:
    return touch.start.isoformat()[:16].replace("T", " ")


def days(touches: Iterable[Touch]) -> list[str]:
    return sorted(day(touch) for touch in touches)


ASKS = ("R-001-1", "R-001-12", "R-003-15", "R-004-4", "sheet")


def asks(seeker: Seeker, key: str = "lead-2") -> list[str]:
    """The days on which somebody is asked for this lead."""
    return days(touch for rule in ASKS for touch in seeker.all(rule, lead_key=key))


ONE_OF_EACH = (
    a_lead(2, key="a", role="Clerk", applied_on=date(2027, 1, 12), contact=person(), follow_ups_done=0),
    a_lead(
        3, key="b", company="Beta", received_at=when("2027-01-13 08:00"), referrer="Lou Ames",
        contact=person("Bo Lind", phone="+1 555 0101"),
    ),
    a_lead(
        4, key="c", company="Gamma", agency="Harnham", stage=Stage.INTERVIEW, interview_at=when("2027-01-20 14:00"),
        interviewers=(person("Ann Lee", "ann@gamma.example"),), references_given_on=date(2027, 1, 22),
        reference_names=(person("Ray Orr", "ray@orr.example"),),
    ),
    a_lead(5, key="d", company="Delta", stage=Stage.OFFER, offer_on=date(2027, 1, 13)),
    a_lead(
        6, key="e", company="Eta", meeting_on=date(2027, 1, 12), contact_kind="network",
        contact=person("Eve Fox", "eve@eta.example"), last_inbound=when("2027-01-13 08:10"),
        last_inbound_channel="text", promised_on=date(2027, 1, 21), travel_on=date(2027, 2, 10), city="Boston",
    ),
    a_lead(7, key="f", company="Theta", applied_on=date(2027, 1, 13), under_consideration_on=date(2027, 1, 13)),
    a_lead(8, key="g", company="Iota", follow_up_on=date(2027, 1, 25)),
    a_lead(9, key="h", company="Kappa", stage=Stage.ON_HOLD),
    a_lead(10, key="i", company="Lambda"),
    a_lead(11, key="j", company="Mu", role="Editor", plan="research"),
    a_lead(12, key="k", company="Nu", applied_on=date(2026, 7, 1)),
    a_lead(13, key="l", company="Xi", closes_on=date(2027, 1, 29)),
    a_lead(14, key="m", company="Omicron", contact=person("Oz Hall", "oz@omicron.example"), every=42),
    a_lead(15, key="n", company="Pi", contact=person("Pia Roth"), they_call_at=when("2027-01-15 14:00")),
    a_lead(16, key="o", company="Rho", stage=Stage.OFFER, offer_on=date(2027, 1, 11), answer_by=date(2027, 1, 22)),
)  # fmt: skip
"""A row for each kind of advice."""
