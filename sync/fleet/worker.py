"""A worker: one process, its connections, and what each of its runs is given of the outside world."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from connectors.outside import Outside
from connectors.postgres.connecting import Connect, open_pool
from sync.fleet.queue import make_app, work
from sync.fleet.secrets import MasterKeys, secrets_of
from sync.fleet.work import sync_profile

CONNECTIONS = 3
"""Of a run: its place in its firm, its lock, and one for everything else."""
WAIT = 30.0
"""Seconds for a connection to be free."""


def run_worker(
    address: str,
    *,
    world: Callable[[datetime, Callable[[str], str]], Outside],
    masters: MasterKeys | None,
    firm: Mapping[str, str],
    agree: Callable[[Connect], datetime],
    at_once: int,
    until_idle: bool,
    dead_after: float,
) -> None:
    """Make runs until a signal ends it, or with `until_idle` until nothing waits.

    `world` is told when a run begins and who resolves its profile's secrets, `firm` having what takes the place of
    missing ones. `agree` gives the time, and raises `ConfigError` where this machine's clock is not to be believed.
    """
    with open_pool(address, most=CONNECTIONS * at_once + 2, wait=WAIT) as pool:
        connect = pool.connection

        def run(profile: str) -> int:
            now = agree(connect)
            outside = world(now, secrets_of(connect, masters, profile, firm=firm))
            return sync_profile(connect, profile, outside=outside, now=now)

        app = make_app(address, connect, run=run, clock=lambda: agree(connect), dead_after=dead_after)
        asyncio.run(work(app, at_once=at_once, until_idle=until_idle, dead_after=dead_after))
