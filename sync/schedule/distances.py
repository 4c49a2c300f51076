"""How long nobody at an organisation, at an agency or of one name may be asked again (R-003-5, R-004-3).

Vocabulary: a **key** names an organisation, an agency or a person. An **ask** is an asking touch, a **contact**
anything else that reaches them. Asks of one key keep the limit's distance from each other on both sides; they also
keep it after a contact, but a contact may come any time after an ask: obligations are never delayed.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from sync.advice import Rule
from sync.models import TouchClass
from sync.schedule.cases import Case

_FAR = 183
"""An ask the limits would push further than half a year is not planned."""


class Reached(NamedTuple):
    """A day on which somebody of a key was reached, or will be. A tuple, since every look at a budget compares some."""

    day: int
    label: str
    lead_key: str


class Block(NamedTuple):
    """What forbids an ask: whose budget, its limit in days, who was reached when, and the first day it forbids not."""

    key: str
    limit: int
    reached: Reached
    until: int


class _Record(Struct):
    """What is known of one key. `limit`: how many days apart two asks of it are at least."""

    limit: int
    asks: list[Reached] = []
    contacts: list[Reached] = []


class Limits(NamedTuple):
    """Days between two asks of one organisation or agency, and of one person; 0 for none."""

    organisation: int
    person: int


def find_limits(rules: Mapping[str, Rule]) -> Limits:
    """R-003-5 where it is on; R-004-3 is the floor that nothing goes under for a person."""
    days = (rules["R-003-5"].days or 0) if rules["R-003-5"].on else 0
    return Limits(days, max(days, rules["R-004-3"].days or 0))


class Guard:
    """The budget of every organisation, agency and person."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._records: dict[str, _Record] = {}

    def note(self, keys: Collection[str], day: date, case: Case, kind: TouchClass) -> None:
        """They were or will be reached on this day for this lead: asked, or by something that asks for nothing."""
        if not keys:
            return
        reached = Reached(day.toordinal(), case.label, case.lead.key)
        for key in keys:
            if (record := self._records.get(key)) is None:
                limit = self._limits.person if key.startswith("person:") else self._limits.organisation
                record = self._records[key] = _Record(limit)
            insort(record.asks if kind is TouchClass.ASKING else record.contacts, reached)

    def is_free(self, keys: Collection[str], day: date) -> bool:
        """Whether an ask may stand on this day."""
        return self._block(keys, day.toordinal()) is None

    def first_free(
        self, keys: Collection[str], day: date, *, roll: Callable[[date], date]
    ) -> tuple[date | None, Block | None]:
        """The first day from this one on that `roll` leaves in place and no limit forbids, and what forbade the days
        before it last.

        None where that would be further away than half a year.
        """
        block, last = None, day.toordinal() + _FAR
        while True:
            day = roll(day)
            found = self._block(keys, day.toordinal())
            if found is None:
                return day, block
            block = found
            if block.until > last:
                return None, block
            day = date.fromordinal(block.until)

    def _block(self, keys: Collection[str], day: int) -> Block | None:
        """What forbids an ask on this day."""
        for key in keys:
            record = self._records.get(key)
            if record is None or not (limit := record.limit):
                continue
            reached = _first(record.asks, day - limit + 1, day + limit - 1)
            reached = reached or _first(record.contacts, day - limit + 1, day)
            if reached is not None:
                return Block(key, limit, reached, reached.day + limit)
        return None


def _first(reached: list[Reached], low: int, high: int) -> Reached | None:
    """The first of these days from low to high, both included."""
    place = bisect_left(reached, (low,))
    return reached[place] if place < len(reached) and reached[place].day <= high else None
