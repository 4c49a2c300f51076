"""What one run looks at while it makes a schedule: its inputs, what is known of touches, and the clock.

Whoever is handed a `View` answers from it alone and writes nothing down. What is noted on the way lies on the `Desk`
(`desk`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Advice, Rule, Window
from sync.config import Settings
from sync.memory import LeadMemory, Memory, Reaction, TouchMemory
from sync.models import Abilities, Lead, Moment
from sync.moments import zone_names
from sync.reconcile.identity import make_uid
from sync.schedule.business_days import BusinessDays, open_business_days
from sync.schedule.ledger import Records, is_over
from sync.schedule.now import Clock
from sync.schedule.quarters import Windows, at


class View(Struct, frozen=True):
    """The inputs of one run. `today` is the day in the seeker's zone; what depends on the hour asks the clock."""

    settings: Settings
    advice: Advice
    memory: Memory
    abilities: Abilities
    zone: ZoneInfo
    today: date
    soonest: date
    """The first business day from today on."""
    days: BusinessDays
    unseen: LeadMemory
    """What is known of a lead that was never seen before."""
    rule: Callable[[str], Rule | None]
    """The rule of this id, where it is switched on."""
    say: Callable[..., str]
    """Says a sentence in the user's wording (`Wording.say`)."""
    tell: Callable[[date], str]
    """A day in the user's wording (`Wording.day`)."""
    windows: Windows
    clock: Clock
    records: Records
    other_days: dict[tuple[str, bool], BusinessDays] = {}
    """The seeker's days without the holidays of another country, too, and with or without pauses."""

    def zone_named(self, name: str) -> ZoneInfo | None:
        """The zone of this name; None for an empty or unknown one."""
        return ZoneInfo(name) if name and name in zone_names() else None

    def say_about(self, lead: Lead, key: str, **facts: object) -> str:
        """The text of this key; of a customer the one for customers, where there is one."""
        if lead.is_customer and self.advice.wording.has(special := f"{key}-customer"):
            key = special
        return self.say(key, **facts)

    def tell_moment(self, moment: datetime) -> str:
        """A moment in the user's wording, on the seeker's clock: `Sat 16 Jan 16:40`."""
        moment = moment.astimezone(self.zone)
        return self.say("moment", day=self.tell(moment.date()), time=f"{moment.hour:02}:{moment.minute:02}")

    def days_of(self, lead: Lead) -> BusinessDays:
        """The days on which this lead's contact is asked: the seeker's, without the holidays of the contact's own."""
        country = lead.contact_country
        if not country or country in self.settings.holidays:
            return self.days
        return self._other_days(country, pauses=True)

    @property
    def days_away(self) -> BusinessDays:
        """The seeker's days with those of the pauses."""
        return self._other_days("", pauses=False)

    def days_to_call(self, lead: Lead) -> BusinessDays:
        """The days on which a call that is owed can be made: the contact's, in a pause of the seeker's as ever."""
        return self._other_days(lead.contact_country, pauses=False)

    def _other_days(self, country: str, *, pauses: bool) -> BusinessDays:
        if (known := self.other_days.get((country, pauses))) is None:
            known = open_business_days(self.settings, year=self.today.year, also=country, pauses=pauses)
            self.other_days[country, pauses] = known
        return known

    def hours_on(self, day: date, window: Window, zone: ZoneInfo | None = None) -> tuple[int, int]:
        """The first quarter of this day's hours, in the seeker's zone or another, and the first one after them."""
        return self.windows.bounds(day, window, zone or self.zone)

    def day_of(self, moment: Moment) -> date:
        """The day of a moment, in the seeker's zone."""
        return moment.astimezone(self.zone).date() if isinstance(moment, datetime) else moment

    def day_or_none(self, moment: Moment | None) -> date | None:
        """The same, where there is one."""
        return None if moment is None else self.day_of(moment)

    def instant_of(self, moment: Moment) -> datetime:
        """A date without hour counts as the start of work."""
        return moment if isinstance(moment, datetime) else at(moment, self.settings.work_hours.start, self.zone)

    def is_gone(self, uid: str) -> bool:
        """Whether its event was taken out of the calendar for good: it holds no place there any more."""
        event = self.memory.events.get(uid)
        return event is not None and event.gone

    def identify(
        self, key: str, rule: str, *, party: str = "", round: int = 0, generation: int = 0
    ) -> tuple[str, int, TouchMemory | None]:
        """The UID to use, its generation and what is remembered of it.

        The UID of an event that was deleted is never used again: then the generation rises. A touch the user deleted
        keeps its UID, so that its tombstone is found. A day that the user chose goes on with it.
        """
        chosen: TouchMemory | None = None
        while True:
            uid = make_uid(self.settings.owner, key, rule, party=party, round=round, generation=generation)
            known, event = self.memory.touches.get(uid), self.memory.events.get(uid)
            if event is None or not event.gone or (known and is_over(known)):
                return uid, generation, known or (chosen and replace(chosen, uid=uid, generation=generation))
            if known and known.reaction is Reaction.DRAGGED:
                chosen = known
            generation += 1
