"""How followup is doing, as lines for a person and as JSON for a monitor."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from sync.errors import GuardStop
from sync.memory import Stop
from sync.models import Moment
from sync.moments import day_of
from sync.pauses import pause_documents, tell_pause
from sync.render.days import ENGLISH
from sync.status import Status
from sync.texts import Wording


def status_lines(status: Status, *, zone: ZoneInfo, words: Wording = ENGLISH) -> Iterator[str]:
    """The status as lines for a person; the first one is the most important."""
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
    yield from _stops(status.stops, zone, words)
    if status.not_before:
        who = "status.sheet_asked" if status.sheet_asked else "status.not_before"
        yield say(who, moment=_said(status.not_before, zone, words))
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


def _stops(stops: Iterable[Stop], zone: ZoneInfo, words: Wording) -> Iterator[str]:
    """Runs that stopped, each trouble once: how often, when first and when last."""
    alike: dict[tuple[int, str], list[Stop]] = {}
    for stop in stops:
        alike.setdefault((stop.exit_code, stop.message), []).append(stop)
    for (code, message), several in alike.items():
        what = "status.guard" if code == GuardStop.exit_code else "status.failed"
        first, last = _said(several[0].at, zone, words), _said(several[-1].at, zone, words)
        if len(several) == 1:
            yield words.say(what, code=code, moment=first, message=message)
        else:
            yield words.say(f"{what}_often", code=code, times=len(several), first=first, last=last, message=message)


def status_document(status: Status) -> Mapping[str, object]:
    """The status as a JSON value, in the order of its names."""
    document: dict[str, object] = {"schema": 1, **asdict(status)}
    document["age_seconds"] = int(status.age.total_seconds()) if status.age is not None else None
    document["pauses"] = pause_documents(status.pauses)
    del document["age"]
    return json.loads(json.dumps(document, default=_plain, sort_keys=True))  # type: ignore[no-any-return]


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
