"""What whoever looks after a fleet wants to know at a glance, in one reading of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from psycopg import Connection

from connectors.postgres.sentences import speak_plainly
from sync.counting import counted
from sync.errors import GuardStop
from sync.fleet.guard import check_guard
from sync.fleet.limits import Headroom, read_headroom

NAMED = 20
"""Paused profiles and busy hosts that are named."""
COUNTS = """
SELECT count(*), count(*) FILTER (WHERE paused), count(*) FILTER (WHERE next_run_at <= %(now)s AND NOT paused),
       min(next_run_at) FILTER (WHERE next_run_at <= %(now)s AND NOT paused),
       count(*) FILTER (WHERE last_run > %(since)s),
       count(*) FILTER (WHERE last_run > %(since)s AND last_exit_code NOT IN (0, 3)),
       count(*) FILTER (WHERE attention <> '' AND NOT paused)
  FROM followup.profile
"""
PAUSED = "SELECT profile, attention FROM followup.profile WHERE paused ORDER BY profile LIMIT %s"
LINE = (
    "SELECT status::text, count(*) FROM followup_queue.procrastinate_jobs WHERE task_name = 'sync_profile' GROUP BY 1"
)


class Status(Struct, frozen=True):
    """Numbers of profiles, of the queue, and of the last hour."""

    profiles: int
    paused: int
    due: int
    oldest_due: datetime | None
    waiting: int
    running: int
    ran_last_hour: int
    failed_last_hour: int
    told: int
    """Profiles that run on and have a sentence for a human."""
    halted: str
    """Why nothing is given out; empty where it is."""
    why_paused: Mapping[str, str]
    limits: Sequence[Headroom] = ()
    """The busiest hosts that have a limit."""


def read_status(connection: Connection[Any], *, now: datetime) -> Status:
    """All of it as of `now`."""
    with speak_plainly(), connection.transaction():
        row = connection.execute(COUNTS, {"now": now, "since": now - timedelta(hours=1)}).fetchone()
        line = dict(connection.execute(LINE).fetchall())
        why = dict(connection.execute(PAUSED, (NAMED,)).fetchall())
        try:
            check_guard(connection)
            halted = ""
        except GuardStop as stop:
            halted = str(stop)
        limits = read_headroom(connection, now=now, limit=NAMED)
    assert row is not None
    profiles, paused, due, oldest, ran, failed, told = row
    return Status(
        profiles, paused, due, oldest, line.get("todo", 0), line.get("doing", 0), ran, failed, told, halted, why, limits
    )


def tell_status(status: Status, *, now: datetime) -> Iterator[str]:
    """The same in sentences, the worst first."""
    if status.halted:
        yield f"HALTED: {status.halted}"
    yield f"{counted(status.profiles, 'profile')}, {status.paused} paused, {status.told} with something to look at"
    waiting = f"{status.waiting} waiting, {status.running} running, {status.due} due and not given out"
    if status.oldest_due is not None:
        waiting += f", the oldest for {(now - status.oldest_due) // timedelta(minutes=1)} minutes"
    yield waiting
    yield f"last hour: {counted(status.ran_last_hour, 'profile')} ran, {status.failed_last_hour} of them in vain"
    for limit in status.limits:
        free = f"{limit.host}: {limit.free} of {counted(limit.per_minute, 'run')} a minute free"
        yield f"{free}, paused until {limit.paused_until:%H:%M %Z}" if limit.paused_until else free
    for profile, why in status.why_paused.items():
        yield f"paused: {profile}: {why or 'by hand'}"
    if status.paused > len(status.why_paused):
        yield f"paused: {status.paused - len(status.why_paused)} more"
