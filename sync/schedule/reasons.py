"""Why a touch stands on its day, in sentences that are put into words only where somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from sync.schedule.view import View


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


def tell_reasons(reasons: Iterable[Reason | Counted], view: View) -> tuple[str, ...]:
    """These reasons in the user's wording."""
    return tuple([tell_reason(one, view) for reason in reasons for one in _unfolded(reason, view)])


def _unfolded(reason: Reason | Counted, view: View) -> tuple[Reason, ...]:
    if isinstance(reason, Reason):
        return (reason,)
    day = reason.start + timedelta(days=reason.days)
    facts = {"what": reason.what, "from": reason.start, "days": reason.days, "day": day}
    return Reason("reason.count", facts), *roll_reasons(day, view.days.at_or_after(day), view=view)


def roll_reasons(raw: date, rolled: date, *, view: View) -> tuple[Reason, ...]:
    """Why a day moved to a business day; nothing where it did not."""
    if raw == rolled:
        return ()
    raw = view.days.first_paused(raw, rolled) or raw
    pause, name = view.days.why_paused(raw), view.days.why_closed(raw)
    if pause is not None:
        key, name = "reason.pause_for" if pause else "reason.pause", pause
    else:
        key = "reason.holiday" if name else "reason.closed"
    return (Reason(key, {"day": raw, "name": name, "to": rolled}),)


def tell_reason(reason: Reason, view: View) -> str:
    """This reason in the user's wording."""
    told = view.say(reason.key, **{name: _in_words(fact, view) for name, fact in reason.facts.items()})
    return f"{told}; {tell_reason(reason.then, view)}" if reason.then else told


def _in_words(fact: object, view: View) -> object:
    if isinstance(fact, date):
        return view.tell_moment(fact) if isinstance(fact, datetime) else view.tell(fact)
    return tell_reason(fact, view) if isinstance(fact, Reason) else fact
