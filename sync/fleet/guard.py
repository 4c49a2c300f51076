"""The guard of a fleet: one bad release, or one bad day of a provider, shall not reach every calendar.

A version that is new to the fleet runs the canaries first, at once; the others wait until each of them has run, and
nobody follows if one of these runs failed or was stopped by a guard.

Nothing more is given out while too many of the last runs failed or were stopped by a guard of their own. It ends when
later runs went well (those in the queue still run), or when somebody who has looked says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg import Connection

from sync.errors import BUG, GuardStop

LAST = 200
"""Runs that are looked at, the last one of each profile."""
FEWEST = 20
"""Below so many nothing is said by a share."""
SHARE = 0.2
BAD = [BUG, GuardStop.exit_code]
"""Exit codes that speak of us and not of one seeker's settings, server or sheet."""
COUNT = """
WITH last AS (
    SELECT last_exit_code FROM followup.profile, followup.guard
     WHERE last_run IS NOT NULL AND last_run > counted_since ORDER BY last_run DESC LIMIT %s
)
SELECT count(*), count(*) FILTER (WHERE last_exit_code = ANY(%s)) FROM last
"""


SEEN = "INSERT INTO followup.release (version, first_seen) VALUES (%s, %s) ON CONFLICT DO NOTHING"
HURRY = "UPDATE followup.profile SET next_run_at = %s WHERE canary AND NOT paused"
TRIED = """
SELECT count(*) FILTER (WHERE NOT paused AND (last_run IS NULL OR last_run < first_seen)),
       count(*) FILTER (WHERE last_run >= first_seen AND last_run > counted_since AND last_exit_code = ANY(%s))
  FROM followup.profile, followup.release, followup.guard WHERE canary AND version = %s
"""


def wait_for_canaries(connection: Connection[Any], version: str, *, now: datetime) -> bool:
    """Whether only canaries may run yet. Raises `GuardStop` if this version did one of them no good."""
    if connection.execute(SEEN, (version, now)).rowcount == 1:
        connection.execute(HURRY, (now,))
    row = connection.execute(TRIED, (BAD, version)).fetchone()
    assert row is not None
    waiting, bad = row
    if bad:
        raise GuardStop(
            f"followup {version} failed, or was stopped by a guard, for {bad} of those who try a new version first; "
            "nothing is given out. Look at `followup fleet overview`, then say `followup fleet resume --guard`"
        )
    return bool(waiting)


def check_guard(connection: Connection[Any]) -> None:
    """Raises `GuardStop` with the numbers if nothing more may be given out."""
    row = connection.execute(COUNT, (LAST, BAD)).fetchone()
    assert row is not None
    count, bad = row
    if count >= FEWEST and bad > SHARE * count:
        raise GuardStop(
            f"{bad} of the last {count} runs failed or were stopped by a guard; no further runs are given out. "
            "Look at `followup fleet status`, then say `followup fleet resume --guard`"
        )


def lift_guard(connection: Connection[Any], now: datetime) -> None:
    """Count only runs after `now`."""
    connection.execute("UPDATE followup.guard SET counted_since = %s", (now,))
