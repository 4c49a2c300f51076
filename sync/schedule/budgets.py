"""How long nobody at an organisation, at an agency or of one name may be asked again (R-003-5, R-004-3).

Vocabulary: a **key** names an organisation, an agency or a person. An **ask** is an asking touch, a **contact**
anything else that reaches them. Asks of one key keep the limit's distance from each other on both sides; they also
keep it after a contact, but a contact may come any time after an ask: obligations are never delayed.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection
from datetime import date
from typing import NamedTuple

from msgspec import Struct

_FAR = 183
"""An ask the limits would push further than half a year is not planned."""


class Reached(NamedTuple):
    """A day on which somebody of a key was reached, or will be. A tuple, since every look at a budget compares some."""

    day: int
    label: str
    lead_key: str


class _Record(Struct):
    """What is known of one key. `limit`: how many days apart two asks of it are at least."""

    limit: int
    asks: list[Reached] = []
    contacts: list[Reached] = []


class Guard:
    """The budget of every organisation, agency and person."""

    def __init__(self, *, organisation_days: int, person_days: int) -> None:
        self._organisation_days, self._person_days = organisation_days, person_days
        self._records: dict[str, _Record] = {}

    def note_ask(self, keys: Collection[str], day: date, *, label: str, lead_key: str) -> None:
        """An asking touch stands on this day."""
        reached = Reached(day.toordinal(), label, lead_key)
        for key in keys:
            insort(self._record(key).asks, reached)

    def note_contact(self, keys: Collection[str], day: date, *, label: str, lead_key: str) -> None:
        """They were or will be reached on this day by something that asks for nothing."""
        reached = Reached(day.toordinal(), label, lead_key)
        for key in keys:
            insort(self._record(key).contacts, reached)

    def _record(self, key: str) -> _Record:
        if (known := self._records.get(key)) is None:
            limit = self._person_days if key.startswith("person:") else self._organisation_days
            known = self._records[key] = _Record(limit)
        return known

    def is_free(self, keys: Collection[str], day: date) -> bool:
        """Whether an ask may stand on this day."""
        return self._block(keys, day.toordinal()) is None

    def first_free(
        self, keys: Collection[str], day: date, *, roll: Callable[[date], date]
    ) -> tuple[date | None, Reached | None]:
        """The first day from this one on that `roll` leaves in place and no limit forbids, and who forbade `day`.

        None where that would be further away than half a year.
        """
        first: Reached | None = None
        last = day.toordinal() + _FAR
        while True:
            day = roll(day)
            block = self._block(keys, day.toordinal())
            if block is None:
                return day, first
            until, reached = block
            first = first or reached
            if until > last:
                return None, first
            day = date.fromordinal(until)

    def _block(self, keys: Collection[str], day: int) -> tuple[int, Reached] | None:
        """Who forbids an ask on this day, and the first day on which they no longer do."""
        for key in keys:
            record = self._records.get(key)
            if record is None or not (limit := record.limit):
                continue
            reached = _first(record.asks, day - limit + 1, day + limit - 1)
            reached = reached or _first(record.contacts, day - limit + 1, day)
            if reached is not None:
                return reached.day + limit, reached
        return None


def _first(reached: list[Reached], low: int, high: int) -> Reached | None:
    """The first of these days from low to high, both included."""
    place = bisect_left(reached, (low,))
    return reached[place] if place < len(reached) and reached[place].day <= high else None
