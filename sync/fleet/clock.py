"""Clocks that are wrong.

A machine whose clock is not the database's makes no run: what it takes for past or future is another thing for every
lead. Where the database's own clock was ahead and was set right, what it put off would wait for a time that is far away
now: a wrong year would cost every profile that year. It shows in the table of profiles, a run that ended in the future.
Then slots, turns and pauses from there are taken back, and everybody goes on as of now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import Connection

from connectors.postgres.sentences import speak_plainly
from sync.errors import ConfigError

APART = timedelta(minutes=10)
"""By so much a machine's clock may differ from the database's."""
SLACK = timedelta(hours=1)
"""Who waits for so long in vain needs no help."""
LATEST = "SELECT max(last_run) FROM followup.profile"
SET_RIGHT: tuple[LiteralString, ...] = (
    """
    UPDATE followup.profile
       SET last_run = least(last_run, %(now)s), last_good_run = least(last_good_run, %(now)s), turn_at = NULL,
           next_run_at = least(next_run_at, followup.next_slot(%(now)s, period, phase))
     WHERE last_run > %(now)s OR turn_at > %(now)s OR next_run_at > %(now)s + period * interval '1 second'
    """,
    "UPDATE followup.host SET next_at = least(next_at, %(now)s), paused_until = least(paused_until, %(now)s)",
    "UPDATE followup.release SET first_seen = %(now)s WHERE first_seen > %(now)s",
    "UPDATE followup.guard SET counted_since = %(now)s WHERE counted_since > %(now)s",
    "SET LOCAL search_path TO followup_queue",  # its triggers want that
    """
    UPDATE procrastinate_jobs SET scheduled_at = NULL
     WHERE task_name = 'sync_profile' AND status = 'todo' AND scheduled_at > %(now)s
    """,
)


def check_clock(connection: Connection[Any], now: datetime) -> None:
    """Raises `ConfigError` where this machine and the database do not agree about the time."""
    with speak_plainly():
        row = connection.execute("SELECT clock_timestamp()").fetchone()
    assert row is not None
    theirs = row[0].astimezone(now.tzinfo)
    if abs(now - theirs) > APART:
        raise ConfigError(
            f"this machine's clock says {now:%Y-%m-%d %H:%M %Z} and the database's {theirs:%Y-%m-%d %H:%M}; "
            "no run is made here until whichever is wrong is set right"
        )


def set_right(connection: Connection[Any], *, now: datetime) -> bool:
    """Take back what lies ahead, if runs ended in the future; whether they did. In a transaction of the caller."""
    row = connection.execute(LATEST).fetchone()
    assert row is not None
    if row[0] is None or row[0] <= now + SLACK:
        return False
    for statement in SET_RIGHT:
        connection.execute(statement, {"now": now})
    return True
