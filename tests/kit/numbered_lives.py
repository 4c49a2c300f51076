"""Made-up lives by number: rows, days with edits and reactions, runs. The same number is always the same life.

Where Hypothesis looks for the one sheet that breaks a promise, these are for the many: what is to hold for all of six
hundred lives. `lives` writes them down.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from advisor import NEW_YORK, Seeker, a_lead, person, settings_for
from schedule_promises import Seen, in_rounds

from sync.memory import Reaction
from sync.models import Lead, Schedule, Stage, Touch

FIRST = datetime(2027, 1, 4, 8, 40, tzinfo=NEW_YORK)
FIRMS = ("Acme", "Acme, Inc.", "Beta", "Gamma", "Delta", "Epsilon", "Zeta")
PEOPLE = (
    person("Dana Reed", "dana@acme.example", "+1 555 0100"), person("Bo Lind", phone="+1 555 0101"),
    person("Cy Moss", "cy@agency.example"),
)  # fmt: skip
CHANNELS = ("email", "phone", "text", "linkedin")


@dataclass
class Life:
    """One seeker's days. `rows` are facts by row number; each day of `days` is a run."""

    number: int
    draw: Random = field(init=False)
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    now: datetime = FIRST
    logs: bool = False
    """Whether what was sent is written into the sheet."""
    pauses: list[tuple[date, date]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.draw = Random(self.number)
        self.logs = self.draw.random() < 0.5
        self.limit = self.draw.choice((8, 8, 8, 2, 3, 0))
        self.shows_interviews = self.draw.random() < 0.3
        self.seeker = Seeker(reactions=self.draw.random() < 0.8)
        if self.draw.random() < 0.3:
            self.pause()
        self.settle()
        for _ in range(self.draw.randint(1, 9)):
            self.add_row()

    def settle(self) -> None:
        """The settings as they stand now."""
        away = "".join(f"[[pause]]\nfrom = {first}\nto = {last}\n" for first, last in self.pauses)
        shown = "interviews = true" if self.shows_interviews else ""
        self.seeker.settings = settings_for(tables=f"[limits]\ndaily_touches = {self.limit}\n{away}", target=shown)

    def pause(self) -> None:
        """Some days off from one of the next on, unless they overlap with others."""
        first = self.now.date() + timedelta(days=self.draw.randint(0, 15))
        last = first + timedelta(days=self.draw.choice((0, 1, 4, 9, 16, 30)))
        if all(last < other or first > until for other, until in self.pauses):
            self.pauses.append((first, last))

    def add_row(self) -> None:
        """A lead, most of them plain applications."""
        draw = self.draw

        def past() -> date:
            return self.now.date() - timedelta(days=draw.randint(0, 30))

        def ahead() -> date:
            return self.now.date() + timedelta(days=draw.randint(-8, 16))

        def hour(day: date) -> datetime:
            clock = time(draw.randint(6, 21), draw.choice((0, 15, 30, 45)))
            return datetime.combine(day, clock, NEW_YORK)

        facts: dict[str, Any] = {"company": draw.choice(FIRMS), "role": draw.choice(("", "Analyst", "Editor"))}
        if draw.random() < 0.7:
            facts["applied_on"] = past()
        if draw.random() < 0.6:
            facts["contact"] = draw.choice(PEOPLE)
        for chance, name, make in (
            (0.15, "agency", lambda: draw.choice(("Harnham", "Hays"))),
            (0.2, "received_at", lambda: past() if draw.random() < 0.5 else hour(past())),
            (0.2, "referrer", lambda: draw.choice(("Lou Ames", "Kit Orr"))),
            (0.1, "contact_zone", lambda: draw.choice(("America/Los_Angeles", "Europe/London"))),
            (0.2 * self.logs, "last_outbound", past), (0.15, "last_inbound", past),
            (0.1, "last_inbound_channel", lambda: draw.choice(CHANNELS)),
            (0.1 * self.logs, "follow_ups_done", lambda: draw.randint(0, 3)),
            (0.2, "interview_at", lambda: ahead() if draw.random() < 0.5 else hour(ahead())),
            (0.1, "meeting_on", past), (0.05, "offer_on", past), (0.08, "promised_on", ahead),
            (0.1, "follow_up_on", ahead), (0.08, "they_decide_by", ahead), (0.05, "references_given_on", ahead),
            (0.05, "under_consideration_on", past), (0.05, "travel_on", ahead), (0.1, "city", lambda: "Boston"),
            (0.1, "plan", lambda: draw.choice(("now", "research"))), (0.05, "plan_on", ahead),
            (0.15, "problem", lambda: "slow reports"),
            (0.1, "contact_kind", lambda: draw.choice(("network", "recruiter"))),
            (0.2, "contact_country", lambda: draw.choice(("JP", "DE", "GB", "IN"))),
            (0.2, "every", lambda: draw.choice((1, 2, 7, 14, 30, 42))),
            (0.2, "they_call_at", lambda: ahead() if draw.random() < 0.5 else hour(ahead())),
            (0.15, "closes_on", ahead), (0.1, "answer_by", ahead),
            (0.15, "earlier_rounds", lambda: [ahead() if draw.random() < 0.5 else hour(ahead()) for _ in range(2)]),
        ):  # fmt: skip
            if draw.random() < chance:
                facts[name] = make()
        if draw.random() < 0.35:
            facts["stage"] = draw.choice([stage for stage in Stage if stage is not Stage.ACCEPTED])
        self.rows[len(self.rows) + 2] = facts

    @property
    def leads(self) -> list[Lead]:
        """The sheet as it stands."""
        return [a_lead(number, **in_rounds(dict(facts))) for number, facts in self.rows.items()]

    def seen(self, schedule: Schedule) -> Seen:
        """This run as the promises see it."""
        return Seen(self.leads, self.seeker, schedule, self.now, FIRST)

    def run(self) -> Schedule:
        """One run now."""
        return self.seeker.run(f"{self.now:%Y-%m-%d %H:%M}", self.leads)

    def days(self, count: int) -> Iterator[Schedule]:
        """Runs on so many days, with what happens in between."""
        for _ in range(count):
            yield self.run()
            self.react()
            self.now += timedelta(
                days=self.draw.choice((1, 1, 1, 1, 2, 3, 9)), hours=self.draw.choice((0, 0, 0, 3, 11))
            )
            self.now = self.now.replace(hour=max(6, self.now.hour))
            self.edit()

    def react(self) -> None:
        """Some events are ticked, dragged or deleted."""
        draw, today = self.draw, self.now.date()
        shown = [touch for touch in self.seeker.schedule.touches if touch.published]
        for touch in shown if self.seeker.reactions else ():
            chance = draw.random()
            near = day_of(touch) <= today + timedelta(days=4)
            if touch.uid not in self.seeker.memory.touches or not near:
                continue
            if chance < 0.2:
                self.seeker.react(touch, Reaction.TICKED, today)
            elif chance < 0.25:
                self.seeker.react(touch, Reaction.DELETED, today)
            elif chance < 0.3:
                to = datetime.combine(today + timedelta(days=draw.randint(0, 9)), datetime.min.time(), NEW_YORK)
                self.seeker.react(touch, Reaction.DRAGGED, today, to=to + timedelta(hours=10))

    def edit(self) -> None:
        """What changes in the sheet and in the settings meanwhile."""
        draw, today = self.draw, self.now.date()
        if draw.random() < 0.15:
            self.pause()
        elif self.pauses and draw.random() < 0.1:
            self.pauses.pop(draw.randrange(len(self.pauses)))  # back early
        self.settle()
        if draw.random() < 0.3:
            self.add_row()
        for facts in self.rows.values():
            chance = draw.random()
            if chance < 0.08 and self.logs:
                facts["last_outbound"] = today
            elif chance < 0.1:
                facts["last_inbound"], facts["last_inbound_channel"] = today, draw.choice(CHANNELS)
            elif chance < 0.13:
                facts["stage"] = draw.choice([stage for stage in Stage if stage is not Stage.ACCEPTED])
            elif chance < 0.15:
                facts["interview_at"] = today + timedelta(days=draw.randint(1, 9))


@dataclass
class CrowdedLife(Life):
    """A seeker with far more leads than the days have room for."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit = self.draw.randint(1, 5)
        self.settle()
        for _ in range(self.draw.randint(60, 200)):
            self.add_row()
        for row, facts in self.rows.items():  # and as many firms and people
            facts["company"] = f"{facts['company']} {row}"
            if "contact" in facts and self.draw.random() < 0.8:
                facts["contact"] = person(f"Person {row}", f"p{row}@firm.example")
            if self.draw.random() < 0.15:
                facts["follow_up_on"] = self.now.date() + timedelta(days=self.draw.choice((4, 9)))


def day_of(touch: Touch) -> date:
    """The day of a touch in the seeker's zone."""
    return touch.start.astimezone(NEW_YORK).date() if isinstance(touch.start, datetime) else touch.start
