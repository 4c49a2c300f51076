"""The engine: Procrastinate, on the same PostgreSQL. It carries ids of profiles, and loses none.

Three tasks. `tick` gives out what is due, every minute; `sync_profile` is one run; `retry_stalled` puts back what a
worker held that gave no sign of life. They stand on three rules:

- The table of profiles is the truth. A profile is claimed and put into the queue in one commit; a job that is lost all
  the same costs one period.
- A job's lock is its profile: the engine starts no second job of it. Under it lies the run's own lock, since a worker
  that seems dead may only be slow; its run and the one that was given its job meet there, and one ends with 8.
- A finished job is deleted. How it ended is kept with the profile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta

import psycopg
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Job
from procrastinate.manager import JobManager
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from connectors.postgres.connecting import Connect, secure
from connectors.postgres.schema import check_ready
from connectors.postgres.sentences import speak_plainly
from sync import __version__
from sync.errors import FollowupError, LockedError
from sync.fleet.clock import set_right
from sync.fleet.firms import NoPlaceError
from sync.fleet.guard import check_guard, wait_for_canaries
from sync.fleet.limits import NotItsTurn
from sync.fleet.profiles import claim_due
from sync.fleet.queue_schema import SCHEMA

LOG = logging.getLogger(__name__)

BATCH = 1000
"""Profiles that are claimed in one commit."""
BATCHES = 20
"""Commits of one tick; what is due beyond them waits for the next minute."""
DEAD_AFTER = 30.0
"""Seconds without a sign of life, after which the jobs of a worker are given to others."""
SIGNS = 3
"""Signs of life in that time."""
FIRST_OF_ALL = 100
"""The priority of what keeps the queue going."""
LONGEST_SPREAD = 64
"""Seconds over which jobs come back whose firm had no place for them."""
FIRST_PAUSE, MOST_TRIES = timedelta(seconds=5), 50
IN_LINE = """
SELECT lock FROM followup_queue.procrastinate_jobs WHERE lock = ANY(%s) AND status IN ('todo', 'doing')
"""
PLACES = """
WITH line AS (
    SELECT coalesce(tenant, '') AS firm, -min(priority) AS last
      FROM followup_queue.procrastinate_jobs JOIN followup.profile ON profile = lock
     WHERE status IN ('todo', 'doing') GROUP BY 1
)
SELECT profile, coalesce(last, 0) + row_number() OVER (PARTITION BY coalesce(tenant, '') ORDER BY profile)
  FROM followup.profile LEFT JOIN line ON firm = coalesce(tenant, '') WHERE profile = ANY(%s)
"""
"""Each firm's runs stand in a line of their own, and the engine takes the first of every line, then the second."""


class Again(BaseRetryStrategy):
    """When a job comes back: at its turn, soon where its firm has as many runs as it may, after a growing pause else.

    That pause is for a database that was away, and for another run at work. The rest is decided by exit codes
    (`verdicts`).
    """

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None lets the job go; its profile has its next slot."""
        if isinstance(exception, NotItsTurn):
            return RetryDecision(retry_at=exception.at)
        if isinstance(exception, NoPlaceError):
            spread = min(2**job.attempts, LONGEST_SPREAD)  # a firm's whole line does not come back at one moment
            return RetryDecision(retry_in={"seconds": 1 + (job.id or 0) % spread})
        if isinstance(exception, FollowupError) and job.attempts < MOST_TRIES:
            return RetryDecision(retry_in={"seconds": (FIRST_PAUSE * 2 ** min(job.attempts, 6)).seconds})
        return None


def give_out(
    connect: Connect, *, now: datetime, batch: int = BATCH, batches: int = BATCHES, version: str = __version__
) -> int:
    """Put the profiles that are due into the queue, those that wait or run there left out; how many were put.

    Raises `GuardStop` if too many of the last runs failed, and `FollowupError` if the database is away.
    """
    given = 0
    for _ in range(batches):
        with _speak_plainly(), connect() as connection, connection.transaction():
            check_ready(connection)
            if set_right(connection, now=now):
                LOG.error("tick: the clock was ahead of %s; whoever waited for a time beyond it goes on now", now)
            check_guard(connection)
            canaries = wait_for_canaries(connection, version, now=now)
            due = claim_due(connection, now=now, limit=batch, canaries=canaries)
            in_line = {row[0] for row in connection.execute(IN_LINE, (due,))}
            place = dict(connection.execute(PLACES, (due,)).fetchall())
            jobs = [_job_of(profile, place=place[profile]) for profile in due if profile not in in_line]
            if jobs:
                connection.execute(f"SET LOCAL search_path TO {SCHEMA}")
                JobManager(SyncPsycopgConnector()).batch_defer_jobs(jobs, connection=connection)
        given += len(jobs)
        if len(due) < batch:
            break
    return given


async def put_back(app: App, *, dead_after: float = DEAD_AFTER) -> int:
    """Let other workers have the jobs of those that are dead; how many there were."""
    count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after):
        try:
            await app.job_manager.retry_job(job)
        except ConnectorException:
            LOG.info("job %s was finished or put back meanwhile", job.id)
        else:
            count += 1
    return count


def make_app(
    address: str,
    connect: Connect,
    *,
    run: Callable[[str], int],
    clock: Callable[[], datetime],
    dead_after: float = DEAD_AFTER,
) -> App:
    """The engine with its three tasks. `run` makes one run of the profile it is given, in a thread; its exit code."""
    app = App(connector=PsycopgConnector(conninfo=_queue_address(address), min_size=1, max_size=4, timeout=10))

    @app.task(name="sync_profile", retry=Again())
    def sync_profile(profile: str) -> None:
        if run(profile) == LockedError.exit_code:
            raise LockedError("another run of this profile is at work, or was when its worker seemed dead")

    @app.periodic(cron="* * * * *")
    @app.task(name="tick", priority=FIRST_OF_ALL)
    def tick(timestamp: int) -> None:
        try:
            LOG.info("tick: %d profiles given out", give_out(connect, now=clock()))
        except FollowupError as error:
            LOG.error("tick: %s", error)

    @app.periodic(cron="* * * * *")
    @app.task(name="retry_stalled", priority=FIRST_OF_ALL)
    async def retry_stalled(timestamp: int) -> None:
        LOG.info("retry_stalled: %d jobs put back", await put_back(app, dead_after=dead_after))

    return app


async def work(app: App, *, at_once: int, until_idle: bool = False, dead_after: float = DEAD_AFTER) -> None:
    """Work until told to end by a signal, or with `until_idle` until nothing waits. Runs that are on are ended first.

    Ends by itself if the database goes away; whoever started it starts it again.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(at_once + 2, "run"))
    async with app.open_async():
        await put_back(app, dead_after=dead_after)
        await app.run_worker_async(
            concurrency=at_once,
            wait=not until_idle,
            delete_jobs=DeleteJobCondition.ALWAYS,
            update_heartbeat_interval=dead_after / SIGNS,
            stalled_worker_timeout=dead_after,
        )


def _job_of(profile: str, *, place: int) -> Job:
    return Job(
        queue="default", lock=profile, queueing_lock=None, task_name="sync_profile", task_kwargs={"profile": profile},
        priority=-place,
    )  # fmt: skip


def _queue_address(address: str) -> str:
    """The address in whose sessions the engine finds its tables."""
    full = secure(address)
    options = conninfo_to_dict(full).get("options") or ""
    return make_conninfo(full, options=f"{options} -c search_path={SCHEMA}")


@contextmanager
def _speak_plainly() -> Iterator[None]:
    """What the engine says of the database is what the database said."""
    with speak_plainly():
        try:
            yield
        except ConnectorException as error:
            raise (error.__cause__ if isinstance(error.__cause__, psycopg.Error) else error) from None
