"""The table of profiles: when each is due, and how its last run ended.

A profile runs in slots: multiples of its period, shifted by a phase that comes from its name and never changes. So
profiles spread evenly over a period, also after an outage, and slots that were missed are not caught up. `claim_due`
gives each due profile to one caller and sets its next slot in the caller's transaction: whoever hands the profile to a
queue in the same transaction loses none and gives none out twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString

from msgspec import Struct
from psycopg import Connection

from connectors.postgres.hosted import MAX_BYTES
from connectors.postgres.sentences import speak_plainly
from connectors.postgres_state import PostgresState
from sync.config import parse_settings
from sync.errors import ConfigError
from sync.fleet.firms import know_firm
from sync.fleet.verdicts import GOOD, Verdict

SHORTEST = timedelta(minutes=5)
PUT = """
INSERT INTO followup.profile AS kept (profile, settings, period, phase, canary, next_run_at, tenant)
VALUES (%(profile)s, %(settings)s, %(period)s, %(phase)s, %(canary)s,
        coalesce(%(first)s::timestamptz, followup.next_slot(%(now)s, %(period)s, %(phase)s)), %(firm)s)
    ON CONFLICT (profile) DO UPDATE
   SET settings = excluded.settings, period = excluded.period, phase = excluded.phase, canary = excluded.canary,
       next_run_at = excluded.next_run_at, attention = '', paused = false, tries = 0,
       tenant = coalesce(excluded.tenant, kept.tenant)
"""
CLAIM = """
WITH due AS (
    SELECT profile FROM followup.profile WHERE next_run_at <= %(now)s AND NOT paused AND (canary OR NOT %(canaries)s)
     ORDER BY next_run_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE followup.profile AS kept SET next_run_at = followup.next_slot(%(now)s, period, phase)
  FROM due WHERE kept.profile = due.profile RETURNING kept.profile
"""
UPLOAD = """
INSERT INTO followup.upload (profile, name, content) VALUES (%s, %s, %s)
    ON CONFLICT (profile, name) DO UPDATE SET content = excluded.content, uploaded = now()
"""
FEED = "INSERT INTO followup.feed (profile, token) VALUES (%s, %s) ON CONFLICT (profile) DO NOTHING"
READ = """
SELECT settings, paused, tries, coalesce(tenant, ''), coalesce(at_once, 0)
  FROM followup.profile LEFT JOIN followup.tenant USING (tenant) WHERE profile = %s
"""
FILE = """
UPDATE followup.profile
   SET last_run = %(now)s, last_exit_code = %(exit_code)s, attention = %(attention)s, tries = %(tries)s,
       last_good_run = CASE WHEN %(good)s THEN %(now)s ELSE last_good_run END,
       paused = paused OR %(paused)s AND settings = %(settings)s,
       next_run_at = CASE WHEN %(in_vain)s THEN greatest(next_run_at, %(not_before)s::timestamptz)
                          ELSE coalesce(%(not_before)s::timestamptz,
                                        least(next_run_at, followup.next_slot(%(now)s, period, phase))) END
 WHERE profile = %(profile)s
"""
RESUME = """
UPDATE followup.profile SET paused = false, attention = '', tries = 0, next_run_at = %(now)s
 WHERE profile = %(profile)s AND (%(by_hand)s OR paused AND attention <> '')
"""
FORGET: tuple[LiteralString, ...] = (
    "DELETE FROM followup.runs WHERE profile = %s",
    "DELETE FROM followup.memory WHERE profile = %s",
    "DELETE FROM followup.set_aside WHERE profile = %s",
    "DELETE FROM followup.secret WHERE profile = %s",
    "DELETE FROM followup.upload WHERE profile = %s",
    "DELETE FROM followup.feed WHERE profile = %s",
    "DELETE FROM followup.profile WHERE profile = %s",
)


class Kept(Struct, frozen=True):
    """What a run needs to know of its profile."""

    settings: str
    paused: bool
    tries: int
    firm: str
    """Whose it is; empty where there is one firm only."""
    at_once: int
    """Runs of that firm at the same time."""


def put_profile(
    connection: Connection[Any],
    profile: str,
    settings: str,
    *,
    period: timedelta,
    now: datetime,
    first: datetime | None = None,
    canary: bool = False,
    firm: str = "",
) -> None:
    """Add a profile, or give it new settings and let it go on. Raises `ConfigError` before anything is written.

    Its next run is due at `first`, else at its slot. A `canary` tries a new version before the others. Without a `firm`
    it stays with the one that it has.
    """
    parse_settings(settings, name=profile, hosted=True)
    if period < SHORTEST:
        raise ConfigError(f"{profile}: a period of {period} is too short; take {SHORTEST} or more")
    seconds = int(period.total_seconds())
    phase = int.from_bytes(sha256(profile.encode()).digest()[:8]) % seconds
    given = {
        "profile": profile,
        "settings": settings,
        "period": seconds,
        "phase": phase,
        "now": now,
        "first": first,
        "canary": canary,
        "firm": firm or None,
    }
    with speak_plainly(), connection.transaction():
        if firm:
            know_firm(connection, firm)
        connection.execute(PUT, given)


def remove_profile(connection: Connection[Any], profile: str) -> None:
    """Delete a profile and all that is remembered of it; its events stay in the calendar. For the tables' owner.

    Raises `LockedError` while a run of it is under way, which would remember it again.
    """
    run = PostgresState(lambda: nullcontext(connection), profile)
    with run.lock(), speak_plainly(), connection.transaction():
        connection.execute("SELECT set_config('followup.profile', %s, true)", (profile,))
        for statement in FORGET:
            connection.execute(statement, (profile,))


def resume_profile(connection: Connection[Any], profile: str, *, now: datetime, by_hand: bool = True) -> bool:
    """Let a paused profile run again at once; whether there is one.

    Not `by_hand`: only where a run paused it, since what that run lacked is there now.
    """
    with speak_plainly():
        return connection.execute(RESUME, {"profile": profile, "now": now, "by_hand": by_hand}).rowcount == 1


def pause_profile(connection: Connection[Any], profile: str) -> bool:
    """Let a profile not run until it is resumed or gets new settings; whether there is one."""
    with speak_plainly():
        paused = "UPDATE followup.profile SET paused = true, attention = '' WHERE profile = %s"
        return connection.execute(paused, (profile,)).rowcount == 1


def claim_due(connection: Connection[Any], *, now: datetime, limit: int, canaries: bool = False) -> Sequence[str]:
    """Up to `limit` profiles that are due, longest waiting first chosen; each has its next slot once this commits.

    With `canaries` only those that try a new version before the others.
    """
    with speak_plainly():
        return sorted(row[0] for row in connection.execute(CLAIM, {"now": now, "limit": limit, "canaries": canaries}))


def read_profile(connection: Connection[Any], profile: str) -> Kept | None:
    """A profile as it is kept; None if it was removed."""
    with speak_plainly():
        row = connection.execute(READ, (profile,)).fetchone()
    return Kept(*row) if row else None


def file_verdict(
    connection: Connection[Any], profile: str, kept: Kept, verdict: Verdict, *, exit_code: int, now: datetime
) -> None:
    """Keep how a run ended. It does not pause a profile whose settings were changed while it ran."""
    given = {
        "profile": profile,
        "settings": kept.settings,
        "exit_code": exit_code,
        "good": exit_code in GOOD,
        "attention": verdict.attention.replace("\0", ""),
        "paused": verdict.paused,
        "tries": verdict.tries,
        "not_before": verdict.not_before,
        "in_vain": verdict.in_vain,
        "now": now,
    }
    with speak_plainly():
        connection.execute(FILE, given)


def put_upload(connection: Connection[Any], profile: str, name: str, content: bytes) -> None:
    """Keep a table of a profile, in place of an older one of that name. Raises `ConfigError`. For the tables' owner."""
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{name} has more than {MAX_BYTES // 1_000_000} MB; no list of leads has that")
    with speak_plainly(), connection.transaction():
        connection.execute("SELECT set_config('followup.profile', %s, true)", (profile,))
        connection.execute(UPLOAD, (profile, name, content))


def open_feed(connection: Connection[Any], profile: str, *, token: str) -> str:
    """The token under which a profile's feed is served: `token` if it has none yet. For the tables' owner."""
    with speak_plainly(), connection.transaction():
        connection.execute("SELECT set_config('followup.profile', %s, true)", (profile,))
        connection.execute(FEED, (profile, token))
        row = connection.execute("SELECT token FROM followup.feed WHERE profile = %s", (profile,)).fetchone()
    assert row is not None
    return str(row[0])
