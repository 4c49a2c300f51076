"""How followup is doing, from memory alone: no request, so that a monitor may ask every minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from sync.memory import Memory, Reaction, Stop

if TYPE_CHECKING:
    from sync.config import Pause


class Dismissal(Struct, frozen=True):
    """A follow-up the user took out of the calendar, by hand or with `skip`: it stays out until they take that back."""

    title: str
    lead: str
    on: date | None
    skipped: bool = False


class Status(Struct, frozen=True):
    """What a person or a monitor wants to know. `age` is that of the last good run; None without one."""

    now: datetime
    last_good_run: datetime | None
    age: timedelta | None
    last_run: datetime | None
    not_before: datetime | None
    sheet_asked: bool
    """Whether the sheet's server asked for that pause, and not the calendar's."""
    held: str
    stops: tuple[Stop, ...]
    unread: tuple[str, ...]
    open_writes: int
    dismissed: tuple[Dismissal, ...]
    strays: tuple[str, ...]
    unreadable: tuple[str, ...]
    """Sentences about events of ours that could not be read."""
    refused: tuple[str, ...]
    """Titles of events that the calendar server rejects as they are."""
    lost: bool
    pauses: tuple[Pause, ...] = ()
    """Those of the configuration that are not over."""

    def is_older_than(self, limit: timedelta) -> bool:
        """Whether no run ended well within the limit."""
        return self.age is None or self.age > limit


def make_status(memory: Memory, *, now: datetime, pauses: tuple[Pause, ...] = ()) -> Status:
    """The status at `now`. `pauses` are those of the configuration that are on or to come."""
    good = memory.runs.last_good_run
    since = good or datetime.fromtimestamp(0, ZoneInfo("UTC"))
    return Status(
        now=now,
        last_good_run=good,
        age=now - good if good else None,
        last_run=memory.runs.last_run,
        not_before=memory.runs.not_before if memory.runs.not_before and memory.runs.not_before > now else None,
        sheet_asked=memory.runs.sheet_asked,
        held=memory.runs.held,
        stops=tuple(stop for stop in memory.runs.stops if stop.at > since),
        unread=memory.runs.unread,
        open_writes=len(memory.intents),
        dismissed=tuple(_dismissals(memory)),
        strays=memory.runs.strays,
        unreadable=memory.runs.unreadable,
        refused=tuple(
            sorted(one.refused.event.summary for one in memory.events.values() if one.refused and not one.gone)
        ),
        lost=memory.lost,
        pauses=pauses,
    )


def _dismissals(memory: Memory) -> Iterator[Dismissal]:
    for uid, touch in sorted(memory.touches.items()):
        if touch.reaction is not Reaction.DELETED:
            continue
        event = memory.events.get(uid)
        lead = memory.leads.get(touch.lead_key)
        label = ", ".join(part for part in (lead.company or lead.contact, lead.role) if part) if lead else ""
        yield Dismissal(event.desired.summary if event else touch.rule, label, touch.reacted_on, skipped=touch.told)
