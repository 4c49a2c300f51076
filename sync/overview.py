"""The morning page of somebody who looks after many seekers: who has what late, due today, unread, and since when.

Made from memories alone, without a request: whoever keeps them (a folder of state files, a database) reads them and
hands them in. Pure: `now` and the zone of each seeker are arguments.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from sync.counting import counted
from sync.memory import Memory, TouchMemory
from sync.models import Moment
from sync.moments import day_of
from sync.reconcile.heartbeat import RULE as HEARTBEAT
from sync.reconcile.identity import SELF
from sync.safe_text import clean, plain_json
from sync.schedule.ledger import is_over

if TYPE_CHECKING:
    from sync.config import Pause

NAMED = 5
"""So many follow-ups of a seeker are named; the others are counted."""
STOP_SHOWN = 160
"""Characters of the sentence with which a run stopped."""
STALE = timedelta(hours=36)
"""A last good run older than this is worth a look: cron runs once a day at least."""


class Due(Struct, frozen=True):
    """One follow-up: its title as the calendar shows it, and the day it stands on in the seeker's zone."""

    title: str
    day: date


class Seeker(Struct, frozen=True):
    """What one seeker needs today. `trouble` is why nothing is known of them; it has no line break."""

    name: str
    late: tuple[Due, ...] = ()
    today: tuple[Due, ...] = ()
    unread: tuple[str, ...] = ()
    """Rows of the sheet of which a cell could not be read."""
    held: str = ""
    """The sentence of the guard that holds deletes back."""
    stopped: str = ""
    """Why the last run ended before it wrote, where no good one came after it."""
    last_good_run: datetime | None = None
    is_stale: bool = False
    paused_until: date | None = None
    trouble: str = ""

    @property
    def need(self) -> tuple[object, ...]:
        """Who comes first: no run at all, no run for long, most late, a run that stopped or a guard, rows unread, most
        due, the name."""
        waits = bool(self.stopped or self.held)
        return (
            not self.trouble, not self.is_stale, -len(self.late), not waits, -len(self.unread), -len(self.today),
            self.name,
        )  # fmt: skip


def look_at(
    name: str, memory: Memory, *, now: datetime, zone: ZoneInfo, late_mark: str, pauses: Iterable[Pause] = ()
) -> Seeker:
    """What this memory says of its seeker at `now`. `late_mark` begins the titles of what is late, in their words."""
    today = now.astimezone(zone).date()
    late: list[Due] = []
    due: list[Due] = []
    for uid, known in memory.events.items():
        touch = memory.touches.get(uid)
        if known.gone or known.closed or touch is None or touch.rule == HEARTBEAT or is_over(touch):
            continue
        event = known.desired
        day = day_of(_stands(touch, event.start), zone)
        found = Due(clean(event.summary.removeprefix(late_mark)), day)
        if day < today or (day == today and event.summary.startswith(late_mark)):
            if touch.lead_key != SELF:  # a review whose week is over is owed to nobody
                late.append(found)
        elif day == today:
            due.append(found)
    good = memory.runs.last_good_run
    return Seeker(
        name,
        late=_in_order(late),
        today=_in_order(due),
        unread=memory.runs.unread,
        held=memory.runs.held,
        stopped=next((stop.message for stop in reversed(memory.runs.stops) if good is None or stop.at > good), ""),
        last_good_run=good,
        is_stale=good is None or now - good > STALE,
        paused_until=max((one.last for one in pauses if one.holds(today)), default=None),
    )


def by_need(seekers: Iterable[Seeker]) -> list[Seeker]:
    """Those who need somebody first."""
    return sorted(seekers, key=lambda seeker: seeker.need)


def tell_last_run(seeker: Seeker, zone: tzinfo | None) -> str:
    """When the last good run was, as a person reads it."""
    if seeker.last_good_run is None:
        return "never"
    at = seeker.last_good_run.astimezone(zone)
    return f"{at:%a} {at.day} {at:%b %H:%M}" + (", too long ago" if seeker.is_stale else "")


def name_some(due: Sequence[Due]) -> str:
    """The first of them by their titles, and how many more there are."""
    named = "; ".join(one.title for one in due[:NAMED])
    return f"{named}; and {len(due) - NAMED} more" if len(due) > NAMED else named


def tell_since(late: Sequence[Due]) -> str:
    """How long the first of what is late has waited, as a person reads it before its names."""
    return f"since {late[0].day:%a} {late[0].day.day} {late[0].day:%b}: " if late else ""


def overview_json(seekers: Sequence[Seeker], *, now: datetime) -> str:
    """The overview for programs."""
    document = {"now": now.isoformat(), "seekers": [_as_json(seeker) for seeker in seekers]}
    return plain_json(json.dumps(document, ensure_ascii=False, indent=1)) + "\n"


def overview_html(seekers: Sequence[Seeker], *, now: datetime, zone: tzinfo | None) -> str:
    """One page by itself: no script, nothing loaded, readable on a telephone and on paper. Every text is escaped."""
    text = files("mappings").joinpath("overview.html").read_text("utf-8")
    page, row = (Template(part) for part in text.split("<!-- row -->\n"))
    rows = "".join(row.substitute(_as_html(seeker, zone)) for seeker in seekers)
    at = now.astimezone(zone)
    day = f"{at:%A} {at.day} {at:%B %Y, %H:%M}"
    return page.substitute(day=day, count=escape(headline(seekers)), rows=rows)


def headline(seekers: Sequence[Seeker]) -> str:
    """How many there are and what is waiting, in one line."""
    late, today = (sum(map(len, found)) for found in ((s.late for s in seekers), (s.today for s in seekers)))
    quiet = sum(bool(seeker.trouble) or seeker.is_stale for seeker in seekers)
    told = f"{counted(len(seekers), 'seeker')}: {late} late, {today} due today"
    return f"{told}, {quiet} without a good run lately" if quiet else told


def _stands(touch: TouchMemory, written: Moment) -> Moment:
    return touch.pinned_to if touch.pinned_to is not None else written


def _in_order(found: Iterable[Due]) -> tuple[Due, ...]:
    return tuple(sorted(found, key=lambda due: (due.day, due.title)))


def _as_json(seeker: Seeker) -> Mapping[str, object]:
    return {
        "name": seeker.name,
        "late": [{"title": due.title, "day": due.day.isoformat()} for due in seeker.late],
        "today": [{"title": due.title, "day": due.day.isoformat()} for due in seeker.today],
        "unread": list(seeker.unread),
        "held": seeker.held,
        "stopped": seeker.stopped,
        "last_good_run": seeker.last_good_run.isoformat() if seeker.last_good_run else None,
        "stale": seeker.is_stale,
        "paused_until": seeker.paused_until.isoformat() if seeker.paused_until else None,
        "trouble": seeker.trouble,
    }


def _as_html(seeker: Seeker, zone: tzinfo | None) -> Mapping[str, str]:
    return {
        "name": escape(clean(seeker.name)),
        "kind": "wrong" if seeker.trouble or seeker.is_stale else "late" if seeker.late else "calm",
        "late": _cell(seeker.late, since=tell_since(seeker.late)),
        "today": _cell(seeker.today),
        "rest": escape(rest_of(seeker)),
        "run": escape(tell_last_run(seeker, zone)),
    }


def _cell(due: Sequence[Due], *, since: str = "") -> str:
    return f"<b>{len(due)}</b> {escape(since + name_some(due))}" if due else ""


def _rest(seeker: Seeker) -> Iterable[str]:
    if seeker.trouble:
        yield clean(seeker.trouble)
    if seeker.stopped:
        yield clean(seeker.stopped, limit=STOP_SHOWN)
    if seeker.paused_until:
        yield f"paused until {seeker.paused_until:%a} {seeker.paused_until.day} {seeker.paused_until:%b}"
    if seeker.held:
        yield clean(seeker.held)
    if seeker.unread:
        yield f"{counted(len(seeker.unread), 'row')} unread"


def rest_of(seeker: Seeker) -> str:
    """What else is to be known: trouble, why runs stop, a pause, what a guard holds back, rows not read."""
    return "; ".join(_rest(seeker))
