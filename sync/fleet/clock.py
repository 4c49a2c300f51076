"""A clock that was ahead and was set right: what it put off would wait for a time that is far away now.

A day's mistake would cost every profile a day, a wrong year the year. It shows in the table of profiles: a run that
ended in the future. Then slots, turns and pauses from there are taken back, and everybody goes on as of now.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import Connection

SLACK = timedelta(hours=1)
"""Workers' clocks may differ by that; who waits for so long in vain needs no help."""
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


def set_right(connection: Connection[Any], *, now: datetime) -> bool:
    """Take back what lies ahead, if runs ended in the future; whether they did. In a transaction of the caller."""
    row = connection.execute(LATEST).fetchone()
    assert row is not None
    if row[0] is None or row[0] <= now + SLACK:
        return False
    for statement in SET_RIGHT:
        connection.execute(statement, {"now": now})
    return True
