"""The engine's tables, in a schema of their own beside ours: made and brought up to date by its own statements.

What is ours in there: an index that finds the jobs of a lock without reading the waiting ones (without it a queue that
has just changed as a whole is fetched from a hundred times slower), and tables that are cleaned often, since their rows
live for seconds.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from procrastinate.schema import SchemaManager
from psycopg import Connection, sql

from connectors.postgres.schema import WORKER
from connectors.postgres.sentences import speak_plainly

SCHEMA = "followup_queue"
_FIRST = """
CREATE SCHEMA IF NOT EXISTS followup_queue;
SET LOCAL search_path TO followup_queue;
CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, migrated timestamptz NOT NULL DEFAULT now());
"""
_OURS = """
CREATE INDEX followup_lock ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing');
ALTER TABLE procrastinate_jobs SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
                                    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 5000);
ALTER TABLE procrastinate_events SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
"""
_GRANTS = """
GRANT USAGE ON SCHEMA followup_queue TO {worker};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA followup_queue TO {worker};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA followup_queue TO {worker};
"""


def migrate_queue(connection: Connection[Any], *, worker: str = WORKER) -> None:
    """Make or update the engine's tables in one commit, and let the worker's role work with them. For the owner."""
    migrations = files("procrastinate.sql") / "migrations"
    known = sorted(one.name for one in migrations.iterdir() if one.name.endswith(".sql"))
    with speak_plainly(), connection.transaction():
        connection.execute(_FIRST)
        done = {row[0] for row in connection.execute("SELECT name FROM migrations").fetchall()}
        if not done:
            connection.execute(SchemaManager.get_schema())
            connection.execute(_OURS)
        for name in known:
            if name in done:
                continue
            if done:  # theirs, out of the package that is installed
                connection.execute((migrations / name).read_bytes())
            connection.execute("INSERT INTO migrations (name) VALUES (%s)", (name,))
        connection.execute(sql.SQL(_GRANTS).format(worker=sql.Identifier(worker)))
