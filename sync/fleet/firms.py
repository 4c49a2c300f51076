"""How many runs of one firm are on at once, of all workers together, so that no firm takes the places of the others.

A place is a lock of a session: tried and never waited for, and free again when the session ends. Nothing has to be
cleared away behind a worker that was killed. A run that finds no place goes back into the queue, and no worker waits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection
from psycopg import Error as PsycopgError

from connectors.postgres.connecting import Connect
from connectors.postgres.sentences import speak_plainly
from sync.errors import ConfigError

MOST = 10_000
KNOW = "INSERT INTO followup.tenant (tenant) VALUES (%s) ON CONFLICT DO NOTHING"
PUT = """
INSERT INTO followup.tenant (tenant, at_once) VALUES (%s, %s)
    ON CONFLICT (tenant) DO UPDATE SET at_once = excluded.at_once
"""
TAKE = "SELECT place FROM generate_series(1, %s) AS place WHERE pg_try_advisory_lock(hashtext(%s), place) LIMIT 1"
GIVE_BACK = "SELECT pg_advisory_unlock(hashtext(%s), %s)"


class NoPlaceError(Exception):
    """As many runs of this firm are on as may be; nothing was done yet."""


def know_firm(connection: Connection[Any], firm: str) -> None:
    """Have a row for a firm. For the tables' owner."""
    connection.execute(KNOW, (firm,))


def put_firm(connection: Connection[Any], firm: str, at_once: int) -> None:
    """Let a firm have so many runs at the same time and no more. Raises `ConfigError`. For the tables' owner."""
    if not 1 <= at_once <= MOST:
        raise ConfigError(f"{at_once} runs at the same time is no limit; take 1 to {MOST}")
    with speak_plainly():
        connection.execute(PUT, (firm, at_once))


@contextmanager
def a_place(connect: Connect, firm: str, at_once: int) -> Iterator[None]:
    """One of a firm's places. Raises `NoPlaceError` at once where all are taken; who has no firm needs none."""
    if not firm:
        yield
        return
    with connect() as connection:
        with speak_plainly():
            row = connection.execute(TAKE, (at_once, firm)).fetchone()
        if row is None:
            raise NoPlaceError(f"{at_once} runs of {firm} are on")
        try:
            yield
        finally:
            _give_back(connection, firm, row[0])


def _give_back(connection: Connection[Any], firm: str, place: int) -> None:
    """A session that cannot do so is ended, and its place is free with that."""
    try:
        connection.execute(GIVE_BACK, (firm, place))
    except PsycopgError:
        connection.close()
