"""How a connection to PostgreSQL is opened: encrypted but on loopback, and with a bound for every wait."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from connectors.http_transport import is_loopback
from sync.errors import ConfigError

if TYPE_CHECKING:
    from psycopg_pool import ConnectionPool

Connect = Callable[[], AbstractContextManager[Connection[Any]]]
"""Lends a connection for a `with`: a new one each time, or `pool.connection` of a `psycopg_pool.ConnectionPool`."""

ENCRYPTED = ("require", "verify-ca", "verify-full")
BOUNDS = {
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
    "tcp_user_timeout": "30000",
    "gssencmode": "disable",  # TLS encrypts; trying Kerberos first has crashed others (psycopg #1213)
    "options": "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s"
    " -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4",
}
"""Used where the address says nothing else; a server that is gone is noticed within half a minute, and so is
a worker's machine by the server, which then gives its locks free."""


def connect_to(address: str) -> Connect:
    """Opens connections to this address (a URI or `key=value` pairs). Raises `ConfigError` for one without TLS.

    Other machines are spoken to with `sslmode=verify-full` unless the address names a weaker mode that still encrypts.
    """
    full = secure(address)
    return lambda: psycopg.connect(full, autocommit=True)


def open_pool(address: str, *, most: int, wait: float) -> ConnectionPool[Connection[Any]]:
    """So many connections at most, each looked at before it is lent; whoever waits for one longer gives up."""
    from psycopg_pool import ConnectionPool

    return ConnectionPool(
        secure(address), kwargs={"autocommit": True}, min_size=1, max_size=most, timeout=wait,
        check=ConnectionPool.check_connection, open=False,
    )  # fmt: skip


def secure(address: str) -> str:
    """The address with what it leaves out: for a pool. Raises `ConfigError`; the sentence repeats nothing of it."""
    try:
        given = {name: str(value) for name, value in conninfo_to_dict(address).items() if value is not None}
    except psycopg.ProgrammingError:
        raise ConfigError(
            "the address of the state database cannot be read; write it as postgresql://user:password@host/database"
        ) from None
    hosts = [host for name in ("host", "hostaddr") for host in given.get(name, "").split(",") if host]
    if not hosts or not all(is_loopback(host) or host.startswith(("/", "@")) for host in hosts):
        mode = given.setdefault("sslmode", "verify-full")
        if mode not in ENCRYPTED:
            raise ConfigError(
                f"sslmode={mode} speaks to the state database without encryption; write sslmode=verify-full"
            )
    return make_conninfo("", **{**BOUNDS, **given})
