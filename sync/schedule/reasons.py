"""Why a touch stands on its day, in sentences that are put into words only where somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from sync.schedule.desk import Desk


class Reason(Struct, frozen=True):
    """A sentence by its key, with the facts it tells: days and hours as they are, and reasons in their turn."""

    key: str
    facts: Mapping[str, object] = {}
    then: Reason | None = None
    """What the same sentence goes on with."""


class Counted(Struct, frozen=True):
    """The arithmetic of a floor: so many days from this one on, and why the day moved later."""

    what: Reason
    """What is counted from."""
    start: date
    days: int


def tell_reasons(reasons: Iterable[Reason | Counted], desk: Desk) -> tuple[str, ...]:
    """These reasons in the user's wording."""
    return tuple([tell_reason(one, desk) for reason in reasons for one in _unfolded(reason, desk)])


def _unfolded(reason: Reason | Counted, desk: Desk) -> tuple[Reason, ...]:
    if isinstance(reason, Reason):
        return (reason,)
    day = reason.start + timedelta(days=reason.days)
    facts = {"what": reason.what, "from": reason.start, "days": reason.days, "day": day}
    return Reason("reason.count", facts), *roll_reasons(day, desk.days.at_or_after(day), desk=desk)


def roll_reasons(raw: date, rolled: date, *, desk: Desk) -> tuple[Reason, ...]:
    """Why a day moved to a business day; nothing where it did not."""
    if raw == rolled:
        return ()
    raw = desk.days.first_paused(raw, rolled) or raw
    pause, name = desk.days.why_paused(raw), desk.days.why_closed(raw)
    if pause is not None:
        key, name = "reason.pause_for" if pause else "reason.pause", pause
    else:
        key = "reason.holiday" if name else "reason.closed"
    return (Reason(key, {"day": raw, "name": name, "to": rolled}),)


def tell_reason(reason: Reason, desk: Desk) -> str:
    """This reason in the user's wording."""
    told = desk.say(reason.key, **{name: _in_words(fact, desk) for name, fact in reason.facts.items()})
    return f"{told}; {tell_reason(reason.then, desk)}" if reason.then else told


def _in_words(fact: object, desk: Desk) -> object:
    if isinstance(fact, date):
        return desk.tell_moment(fact) if isinstance(fact, datetime) else desk.tell(fact)
    return tell_reason(fact, desk) if isinstance(fact, Reason) else fact
