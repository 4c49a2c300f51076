"""Figures of a fleet for `docs/fleet.md`, taken in one run: claims among a million, runs of a worker, its memory.

Run it alone on a machine: `PYTHONPATH=tests:tests/kit python tests/bench/fleet.py`. Ratios are worth more than times.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from conftest import NOW
from fleet_kills import SETTINGS, sheet_of
from postgres_server import OWNER, WORKER, Postgres, migrated

from connectors.postgres.connecting import connect_to
from sync.fleet.profiles import claim_due, open_feed, put_profile, put_upload
from sync.fleet.queue import give_out

MILLION = 1_000_000
SEEKERS, ROUNDS = int(os.environ.get("SEEKERS", "1000")), int(os.environ.get("ROUNDS", "10"))
HOUR = timedelta(hours=1)
FIRMS = 20
ANOTHER = "Another Firm,Analyst,Lee Park,lee@another.example,2027-01-03,sent\n"
"""What a change is: one more lead."""
ROUND = ((1, "first runs"), (2, "no change"), (3, "a change"))
FEED = 'type = "ics"\npath = "feed"'
FOLLOWUP = str(Path(sys.executable).with_name("followup"))


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of CPU in the processes it started and ended."""
    before, began = os.times(), time.monotonic()
    work()
    took, after = time.monotonic() - began, os.times()
    return took, after.children_user + after.children_system - before.children_user - before.children_system


def claims(server: Postgres) -> str:
    """How long a claim of a thousand takes among a million profiles."""
    with server.connect(OWNER) as owner:
        owner.execute("SET statement_timeout = 0")
        owner.execute(
            "INSERT INTO followup.profile (profile, settings, period, phase, next_run_at)"
            " SELECT 'many-' || n, '', 86400, n %% 86400, followup.next_slot(%s, 86400, n %% 86400)"
            " FROM generate_series(1, %s) AS n",
            (NOW, MILLION),
        )
        owner.execute("ANALYZE followup.profile")
        took = []
        with connect_to(server.address(WORKER))() as worker:
            for _ in range(20):
                began = time.monotonic()
                assert len(claim_due(worker, now=NOW + 12 * HOUR, limit=1000)) == 1000
                took.append(time.monotonic() - began)
        owner.execute("TRUNCATE followup.profile CASCADE")
    return f"claim of 1,000 among 1,000,000: median {1000 * statistics.median(took):.0f} ms"


def fill(server: Postgres) -> None:
    """Seekers of some firms with a sheet and a feed in the database."""
    with server.connect(OWNER) as owner, owner.transaction():
        for number in range(SEEKERS):
            name, settings = f"seeker-{number:05}", SETTINGS.format(owner=f"o{number:05}", target=FEED)
            put_profile(owner, name, settings, period=HOUR, now=NOW, firm=f"firm-{number % FIRMS}")
            put_upload(owner, name, "leads.csv", sheet_of(number).encode())
            open_feed(owner, name, token=name)


def change(server: Postgres) -> None:
    """One more lead in each sheet."""
    with server.connect(OWNER) as owner, owner.transaction():
        for number in range(SEEKERS):
            put_upload(owner, f"seeker-{number:05}", "leads.csv", (sheet_of(number) + ANOTHER).encode())


def rounds(server: Postgres) -> list[str]:
    """Two workers for first runs, runs without a change and with one; then one for many rounds, and its memory."""
    lines = []
    env = {**os.environ, "FOLLOWUP_DATABASE": server.address(WORKER)}

    def work(now: str) -> None:
        command = [FOLLOWUP, "fleet", "work", "--until-idle", "--at-once", "4", "--now", now]
        pair = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        told = [one.communicate()[1] for one in pair]
        ended = [one.returncode for one in pair]
        assert ended == [0, 0], "\n".join([f"exit codes {ended}", *(text[-2000:] for text in told)])

    connect = connect_to(server.address(WORKER))
    for hour, what in ROUND:
        now = NOW + hour * HOUR
        if what == "a change":
            change(server)
        given = give_out(connect, now=now)
        took, cpu = measured(partial(work, now.isoformat()))
        hourly = given / took * 3600
        lines.append(
            f"{what}: {hourly:,.0f} profiles an hour with two processes, {1000 * cpu / given:.1f} ms of CPU each"
        )
    lone = [FOLLOWUP, "fleet", "work", "--at-once", "4", "--now", (NOW + 3 * HOUR).isoformat()]
    with subprocess.Popen(lone, env=env, stderr=subprocess.DEVNULL) as worker:
        sizes = []
        for hour in range(4, 4 + ROUNDS):
            give_out(connect, now=NOW + hour * HOUR)
            while waiting(server):
                time.sleep(0.5)
            sizes.append(resident(worker.pid))
        worker.terminate()
    lines.append(
        f"memory of one process after {SEEKERS:,} runs {sizes[0]:.0f} MB, after {SEEKERS * ROUNDS:,} {sizes[-1]:.0f} MB"
    )
    return lines


def waiting(server: Postgres) -> int:
    """Runs that are not ended."""
    with server.connect(OWNER) as owner:
        count = "SELECT count(*) FROM followup_queue.procrastinate_jobs WHERE task_name = 'sync_profile'"
        row = owner.execute(count).fetchone()
    assert row is not None
    return int(row[0])


def resident(pid: int) -> float:
    """Megabytes that a process holds."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def one_machine(folder: Path) -> list[str]:
    """The same seekers by `followup sync --all`, with files."""
    for number in range(SEEKERS):
        place = folder / f"seeker-{number:05}"
        place.mkdir()
        state = '\n[state]\npath = "state.sqlite"\n'
        text = SETTINGS.format(owner=f"o{number:05}", target='type = "ics"\npath = "feed.ics"') + state
        (place / "followup.toml").write_text(text)
        (place / "leads.csv").write_text(sheet_of(number))
    lines = []
    for hour, what in ROUND:
        if what == "a change":
            for number in range(SEEKERS):
                with (folder / f"seeker-{number:05}" / "leads.csv").open("a") as sheet:
                    sheet.write(ANOTHER)
        now = (NOW + hour * HOUR).isoformat()
        command = [FOLLOWUP, "sync", "--all", folder, "--now", now]
        took, cpu = measured(partial(subprocess.run, command, check=True, capture_output=True))
        hourly = SEEKERS / took * 3600
        lines.append(f"sync --all, {what}: {hourly:,.0f} an hour, {1000 * cpu / SEEKERS:.1f} ms of CPU each")
    return lines


def main() -> None:
    """All figures."""
    with migrated() as server:
        print(claims(server), flush=True)
        fill(server)
        print("\n".join(rounds(server)), flush=True)
    folder = Path(tempfile.mkdtemp(prefix="followup-fleet-"))
    try:
        print("\n".join(one_machine(folder)))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
