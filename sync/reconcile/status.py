"""How followup is doing, from memory alone: no request, so that a monitor may ask every minute."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from sync.errors import ConfigError, GuardStop
from sync.memory import Memory, Reaction, Stop
from sync.models import Moment
from sync.moments import day_of
from sync.pauses import pause_documents, tell_pause
from sync.wording import Wording, load_screens

if TYPE_CHECKING:
    from sync.config import Pause

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


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


def parse_age(text: str) -> timedelta:
    """`90m`, `36h` or `3d`. Raises `ConfigError`."""
    match = re.fullmatch(r"(\d{1,5})\s*([mhd])", text.strip().lower())
    if not match:
        raise ConfigError(f"--max-age {text!r} should look like 90m, 36h or 3d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def status_lines(status: Status, *, zone: ZoneInfo, words: Wording | None = None) -> Iterator[str]:
    """The status as lines for a person; the first one is the most important."""
    words = words or load_screens("en")
    say = words.say
    if status.last_good_run is None or status.age is None:
        yield say("status.never")
    else:
        yield say("status.good", moment=_said(status.last_good_run, zone, words), ago=_ago(status.age, words))
    yield from (tell_pause(pause, day_of(status.now, zone), words) for pause in status.pauses)
    if status.lost:
        yield say("status.lost")
    if status.held:
        yield say("status.held", what=status.held)
    for stop in status.stops:
        what = "status.guard" if stop.exit_code == GuardStop.exit_code else "status.failed"
        yield say(what, code=stop.exit_code, moment=_said(stop.at, zone, words), message=stop.message)
    if status.not_before:
        yield say("status.not_before", moment=_said(status.not_before, zone, words))
    if status.open_writes:
        yield say("status.open", count=status.open_writes)
    if status.unread:
        yield say("status.unread", count=len(status.unread), rows=_named(status.unread, words))
    yield from (say("status.calendar", sentence=sentence) for sentence in status.unreadable[:10])
    if status.refused:
        yield say("status.refused", count=len(status.refused), titles=_named(status.refused, words))
    for dismissal in status.dismissed:
        lead = f'"{dismissal.lead}"' if dismissal.lead else "LEAD"
        day = f"{words.weekday(dismissal.on)} {dismissal.on:%Y-%m-%d}" if dismissal.on else ""
        did = "skipped_on" if dismissal.skipped and day else "deleted_on" if day else "deleted"
        yield say(f"status.{did}", title=dismissal.title, day=day, lead=lead)
    if status.strays:
        yield say("status.strays", count=len(status.strays))


def status_document(status: Status) -> Mapping[str, object]:
    """The status as a JSON value, in the order of its names."""
    document: dict[str, object] = {"schema": 1, **asdict(status)}
    document["age_seconds"] = int(status.age.total_seconds()) if status.age is not None else None
    document["pauses"] = pause_documents(status.pauses)
    del document["age"]
    return json.loads(json.dumps(document, default=_plain, sort_keys=True))  # type: ignore[no-any-return]


def _dismissals(memory: Memory) -> Iterator[Dismissal]:
    for uid, touch in sorted(memory.touches.items()):
        if touch.reaction is not Reaction.DELETED:
            continue
        event = memory.events.get(uid)
        lead = memory.leads.get(touch.lead_key)
        label = ", ".join(part for part in (lead.company or lead.contact, lead.role) if part) if lead else ""
        yield Dismissal(event.desired.summary if event else touch.rule, label, touch.reacted_on, skipped=touch.told)


def _plain(value: object) -> object:
    """What `json` cannot write by itself."""
    if isinstance(value, Struct):
        return asdict(value)
    assert isinstance(value, date)
    return value.isoformat()


def _said(moment: Moment, zone: ZoneInfo, words: Wording) -> str:
    if isinstance(moment, datetime):
        moment = moment.astimezone(zone)
        return f"{words.weekday(moment)} {moment:%Y-%m-%d %H:%M}"
    return f"{words.weekday(moment)} {moment:%Y-%m-%d}"


def _ago(age: timedelta, words: Wording) -> str:
    hours, minutes = int(age.total_seconds() // 3600), int(age.total_seconds() // 60)
    if minutes < 1:
        return words.say("span.now")
    if hours < 1:
        return words.say("span.minutes_ago", count=minutes)
    return words.say("span.hours_ago", count=hours) if hours < 48 else words.say("span.days_ago", count=hours // 24)


def _named(names: tuple[str, ...], words: Wording, limit: int = 10) -> str:
    more = words.say("more", count=len(names) - limit) if len(names) > limit else ""
    return ", ".join(names[:limit]) + more
