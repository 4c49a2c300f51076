"""Why a touch stands on its day, in sentences that are put into words only where somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from msgspec import Struct

from sync.schedule.desk import Desk


class Reason(Struct, frozen=True):
    """A sentence by its key, with the facts it tells: days and hours as they are, and reasons in their turn."""

    key: str
    facts: Mapping[str, object] = {}
    then: Reason | None = None
    """What the same sentence goes on with."""


def tell_reasons(reasons: Iterable[Reason], desk: Desk) -> tuple[str, ...]:
    """These reasons in the user's wording."""
    return tuple([tell_reason(reason, desk) for reason in reasons])


def tell_reason(reason: Reason, desk: Desk) -> str:
    """This reason in the user's wording."""
    told = desk.say(reason.key, **{name: _in_words(fact, desk) for name, fact in reason.facts.items()})
    return f"{told}; {tell_reason(reason.then, desk)}" if reason.then else told


def _in_words(fact: object, desk: Desk) -> object:
    if isinstance(fact, date):
        return desk.tell_moment(fact) if isinstance(fact, datetime) else desk.tell(fact)
    return tell_reason(fact, desk) if isinstance(fact, Reason) else fact
