"""How many runs a minute a server gets from the whole fleet, whatever the number of workers.

Each host with a limit has a place in time behind which the next run stands; who takes a turn moves it on by one gap. A
run whose turn is later goes back into the queue with that time, and no worker sleeps. The turn is kept with the
profile: it has it when it comes back, and nobody who came later goes before it. A server that asks for a pause (429,
Retry-After) gets it from everybody: turns begin anew behind it.

Google counts by project, and for a service account by account: there each has turns of its own, as `HOST/QUOTA`, with
the limit of its host until it gets another.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct
from psycopg import Connection

from connectors.google.address import is_google_calendar
from connectors.postgres.sentences import speak_plainly
from sync.config import Settings
from sync.errors import ConfigError

SHEETS, CALENDARS = "sheets.googleapis.com", "www.googleapis.com"
PROJECT, ROBOT = 150, 30
"""Runs a minute with what Google usually gives a project, and an account; a run takes two readings at most."""
MOST = 100_000
AT_ONCE = timedelta(seconds=2)
"""Turns of so long a time may be taken at once; they are saved elsewhere, so that no minute has more than its limit."""
LEARNED = 600
"""Runs a minute of a host that has no limit of its own and asked for a pause, once it is over."""
LONGEST = timedelta(hours=1)
"""The longest pause that all take for one: who is sent away for longer has used up what its own account may do."""
PUT = """
INSERT INTO followup.host (host, per_minute, gap, burst) VALUES (%(host)s, %(limit)s, %(gap)s, %(burst)s)
    ON CONFLICT (host) DO UPDATE SET per_minute = excluded.per_minute, gap = excluded.gap, burst = excluded.burst
"""
PUT_ALL = """
UPDATE followup.host SET per_minute = %(limit)s, gap = %(gap)s, burst = %(burst)s
 WHERE starts_with(host, %(host)s || '/')
"""
BEGIN = """
INSERT INTO followup.host (host, per_minute, gap, burst)
SELECT %(host)s, per_minute, gap, burst FROM followup.host WHERE host = %(of)s
 UNION ALL SELECT %(host)s, %(limit)s, %(gap)s, %(burst)s WHERE %(usual)s
 LIMIT 1 ON CONFLICT DO NOTHING
"""
PAUSE = """
INSERT INTO followup.host (host, per_minute, gap, burst, paused_until)
VALUES (%(host)s, %(limit)s, %(gap)s, %(burst)s, %(until)s)
    ON CONFLICT (host) DO UPDATE SET paused_until = greatest(host.paused_until, excluded.paused_until)
"""
TURN = "SELECT turn_at FROM followup.profile WHERE profile = %s FOR UPDATE"
PAUSED = "SELECT max(paused_until) FROM followup.host WHERE host = ANY(%s)"
TAKE = """
UPDATE followup.host SET next_at = greatest(next_at, paused_until + burst, %(now)s) + gap
 WHERE host = %(host)s RETURNING greatest(next_at - gap - burst, paused_until)
"""
HEADROOM = """
SELECT host, per_minute, gap, greatest(next_at, %(now)s) - %(now)s AS ahead,
       CASE WHEN paused_until > %(now)s THEN paused_until END AS paused
  FROM followup.host ORDER BY paused DESC NULLS LAST, ahead DESC, host LIMIT %(limit)s
"""
KEEP = "UPDATE followup.profile SET turn_at = %s WHERE profile = %s"


class Headroom(Struct, frozen=True):
    """What a host, or one quota of it, has left."""

    host: str
    per_minute: int
    free: int
    """Runs that may begin within a minute."""
    paused_until: datetime | None


class NotItsTurn(Exception):
    """A run that is to be made later, at `at`; nothing was done yet."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"its turn is at {at:%H:%M:%S}")
        self.at = at


def hosts_of(settings: Settings, quota: str = "") -> tuple[str, str]:
    """Who is asked for the sheet and who for the calendar; empty where nobody is. `quota` is that of a Google login."""
    source, target = settings.source, settings.target
    of_quota = f"/{quota}" if quota else ""
    sheet = (urlsplit(source.api_root).hostname or SHEETS) + of_quota if source.type == "google_sheet" else ""
    if target.type == "google_calendar":
        return sheet, (urlsplit(target.api_root).hostname or CALENDARS) + of_quota
    calendar = urlsplit(target.url).hostname or ""
    return sheet, calendar + of_quota if is_google_calendar(target.url) else calendar


def put_limit(connection: Connection[Any], host: str, per_minute: int) -> None:
    """Let a host have so many runs a minute and no more, and each quota of it. Raises `ConfigError`."""
    if not 1 <= per_minute <= MOST:
        raise ConfigError(f"{per_minute} runs a minute is no limit; take 1 to {MOST}")
    given = {"host": host.lower(), **_numbers(per_minute)}
    with speak_plainly(), connection.transaction():
        connection.execute(PUT, given)
        connection.execute(PUT_ALL, given)


def pause_host(connection: Connection[Any], host: str, until: datetime, *, now: datetime) -> None:
    """Send nobody to this host until then, an hour at most, and after that no herd."""
    with speak_plainly():
        until = min(until, now + LONGEST)
        connection.execute(PAUSE, {"host": host.lower(), "until": until, **_numbers(LEARNED)})


def take_turn(connection: Connection[Any], profile: str, hosts: Collection[str], *, now: datetime) -> None:
    """Return at once if the profile may run now. Raises `NotItsTurn`, and keeps the turn it names for this profile."""
    named = sorted(host.lower() for host in set(hosts) if host)
    with speak_plainly(), connection.transaction():
        row = connection.execute(TURN, (profile,)).fetchone()
        if row is None:
            return
        turn, paused = row[0], connection.execute(PAUSED, (named,)).fetchone()
        assert paused is not None
        until = paused[0]
        if turn is None or (until is not None and turn < until):  # a turn from before the pause is none any more
            turn = now
            for host in named:
                turn = max(turn, _take(connection, host, now=now) or turn)
        if turn <= now and row[0] is None:
            return
        connection.execute(KEEP, (turn if turn > now else None, profile))
    if turn > now:
        raise NotItsTurn(turn)


def read_headroom(connection: Connection[Any], *, now: datetime, limit: int) -> Sequence[Headroom]:
    """Of hosts with a limit, the busiest first."""
    with speak_plainly():
        rows = connection.execute(HEADROOM, {"now": now, "limit": limit}).fetchall()
    return tuple(
        Headroom(host, most, max(0, most - math.ceil(ahead / gap)), paused) for host, most, gap, ahead, paused in rows
    )


def _take(connection: Connection[Any], host: str, *, now: datetime) -> datetime | None:
    """The next turn of a host; None where it has no limit."""
    given = {"host": host, "now": now}
    taken = connection.execute(TAKE, given).fetchone()
    if taken is None and "/" in host:
        of, _, quota = host.partition("/")
        usual = {"of": of, "usual": of == SHEETS, **_numbers(ROBOT if "@" in quota else PROJECT)}
        connection.execute(BEGIN, {**given, **usual})
        taken = connection.execute(TAKE, given).fetchone()
    return taken[0] if taken else None


def _numbers(per_minute: int) -> dict[str, object]:
    saved = min(per_minute - 1, int(per_minute * AT_ONCE / timedelta(minutes=1)))
    gap = timedelta(minutes=1) / (per_minute - saved)
    return {"limit": per_minute, "gap": gap, "burst": gap * saved}
