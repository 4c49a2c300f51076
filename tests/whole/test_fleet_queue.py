"""The engine on a real PostgreSQL: what is due is given out once, what dead workers held is given to others."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import NOW
from fleet_profiles import UPLOADED, a_firm
from postgres_server import OWNER, WORKER, Postgres, migrated
from source_contract import outside

from connectors.outside import Outside
from connectors.postgres.connecting import Connect, connect_to
from connectors.postgres_state import PostgresState
from sync.cli import run_command
from sync.config import Settings
from sync.errors import ConfigError, GuardStop
from sync.fleet.guard import FEWEST, lift_guard
from sync.fleet.opening import Open, open_hosted
from sync.fleet.profiles import open_feed, put_profile, put_upload
from sync.fleet.queue import IN_LINE, give_out, make_app, put_back, work
from sync.fleet.queue_schema import migrate_queue
from sync.fleet.secrets import parse_master_keys, put_secret
from sync.fleet.work import sync_profile
from sync.protocols import Source, Target

DAY = timedelta(days=1)
LATER = NOW + DAY
SHEET = b"company,role,contact_name,applied_on,status\nAcme,Analyst,Dana Reed,2027-01-04,sent\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with migrated() as server:
        yield server


@pytest.fixture
def owner(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    with a_firm(server) as owner:
        owner.execute("SET search_path TO followup_queue")
        yield owner


def fill(owner: psycopg.Connection[Any], count: int) -> list[str]:
    names = [f"seeker-{number:05}" for number in range(count)]
    with owner.transaction():
        for name in names:
            put_profile(owner, name, UPLOADED, period=DAY, now=NOW)
            put_upload(owner, name, "leads.csv", SHEET)
            open_feed(owner, name, token=f"token-of-{name}")
    return names


def in_queue(owner: psycopg.Connection[Any]) -> list[tuple[str, dict[str, str]]]:
    rows = "SELECT lock, args FROM followup_queue.procrastinate_jobs WHERE task_name = 'sync_profile' ORDER BY lock"
    return owner.execute(rows).fetchall()


def work_off(server: Postgres, *, exit_code: int = 0) -> list[str]:
    """What waits is worked off in this process; the profiles whose runs began."""
    ran: list[str] = []

    def run(profile: str) -> int:
        ran.append(profile)
        return exit_code

    address = server.address(WORKER)
    app = make_app(address, connect_to(address), run=run, clock=lambda: NOW)
    asyncio.run(work(app, at_once=4, until_idle=True))
    return ran


# --- tick ---------------------------------------------------------------------------------------------------------


def test_jobs_hold_the_id_of_a_profile_and_nothing_else(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    names = fill(owner, 3)
    assert give_out(connect_to(server.address(WORKER)), now=LATER) == 3
    assert in_queue(owner) == [(name, {"profile": name}) for name in names]


def test_what_is_due_is_given_out_in_bounded_batches(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    fill(owner, 25)
    connect = connect_to(server.address(WORKER))
    assert give_out(connect, now=LATER, batch=10, batches=2) == 20
    assert give_out(connect, now=LATER, batch=10, batches=2) == 5
    assert give_out(connect, now=LATER, batch=10, batches=2) == 0


def test_a_profile_that_waits_or_runs_is_not_put_into_the_queue_again(
    server: Postgres, owner: psycopg.Connection[Any]
) -> None:
    """One more job of it would be refused, and the whole batch with it, if the engine were asked to see to that."""
    names = fill(owner, 4)
    connect = connect_to(server.address(WORKER))
    give_out(connect, now=LATER)
    owner.execute("UPDATE followup_queue.procrastinate_jobs SET status = 'doing' WHERE lock = %s", (names[0],))
    owner.execute("DELETE FROM procrastinate_jobs WHERE lock = 'seeker-00003'")
    assert give_out(connect, now=LATER + DAY) == 1
    assert [name for name, _ in in_queue(owner)] == names


def test_a_tick_that_is_killed_before_its_commit_loses_nobody(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """The process ends with -9 when all is claimed and deferred and only the commit is missing."""
    names = fill(owner, 5)
    program = f"""
import os, signal
from datetime import datetime
from sync.fleet import queue
from connectors.outside import Outside
from connectors.postgres.connecting import Connect, connect_to
from connectors.postgres_state import PostgresState
class Killed(queue.JobManager):
    def batch_defer_jobs(self, jobs, connection=None):
        super().batch_defer_jobs(jobs, connection=connection)
        os.kill(os.getpid(), signal.SIGKILL)
queue.JobManager = Killed
queue.give_out(connect_to({server.address(WORKER)!r}), now=datetime.fromisoformat({LATER.isoformat()!r}))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -9
    assert in_queue(owner) == []
    assert give_out(connect_to(server.address(WORKER)), now=LATER) == 5
    assert [name for name, _ in in_queue(owner)] == names


def test_the_fleet_stops_when_too_many_runs_fail_and_goes_on_when_told(
    server: Postgres, owner: psycopg.Connection[Any]
) -> None:
    fill(owner, 2 * FEWEST)
    connect = connect_to(server.address(WORKER))
    spoilt = "UPDATE followup.profile SET last_run = %s, last_exit_code = CASE WHEN profile < %s THEN 4 ELSE 0 END"
    owner.execute(spoilt, (NOW, "seeker-00008"))  # a fifth of them
    assert give_out(connect, now=NOW, batches=1) == 0
    owner.execute(spoilt, (NOW, "seeker-00009"))
    with pytest.raises(GuardStop, match="9 of the last 40 runs"):
        give_out(connect, now=LATER)
    assert in_queue(owner) == []
    with server.connect(WORKER) as worker:
        lift_guard(worker, NOW)
    assert give_out(connect, now=LATER) == 2 * FEWEST


def test_a_new_version_runs_the_canaries_first_and_the_others_when_it_went_well(
    server: Postgres, owner: psycopg.Connection[Any]
) -> None:
    names = fill(owner, 6)
    connect = connect_to(server.address(WORKER))
    for name in names[:2]:
        put_profile(owner, name, UPLOADED, period=DAY, now=LATER, canary=True)  # not due before the next day
    assert give_out(connect, now=LATER, version="9.1") == 2
    assert [name for name, _ in in_queue(owner)] == names[:2]
    assert give_out(connect, now=LATER, version="9.1") == 0
    ran = "UPDATE followup.profile SET last_run = %s, last_exit_code = %s WHERE profile = %s"
    owner.execute(ran, (LATER, 0, names[0]))
    assert give_out(connect, now=LATER, version="9.1") == 0
    owner.execute(ran, (LATER, 1, names[1]))
    with pytest.raises(GuardStop, match=r"followup 9\.1 failed.* for 1 of those who try a new version first"):
        give_out(connect, now=LATER, version="9.1")
    with server.connect(WORKER) as worker:
        lift_guard(worker, LATER)
    assert give_out(connect, now=LATER, version="9.1") == 4


# --- workers ------------------------------------------------------------------------------------------------------


def test_a_worker_runs_each_once_and_leaves_no_job_behind(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    names = fill(owner, 30)
    give_out(connect_to(server.address(WORKER)), now=LATER)
    assert sorted(work_off(server)) == names
    assert in_queue(owner) == []


def test_a_job_that_found_its_profile_at_work_is_tried_again(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    """Its other run may be that of a worker that dies a moment later."""
    fill(owner, 1)
    give_out(connect_to(server.address(WORKER)), now=LATER)
    work_off(server, exit_code=8)
    row = owner.execute("SELECT status::text, attempts, scheduled_at > now() FROM followup_queue.procrastinate_jobs"
                        " WHERE task_name = 'sync_profile'").fetchone()  # fmt: skip
    assert row == ("todo", 1, True)


def test_jobs_of_a_dead_worker_are_given_to_others(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    names = fill(owner, 4)
    give_out(connect_to(server.address(WORKER)), now=LATER)
    owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute'), (now())")
    dead, alive = (row[0] for row in owner.execute("SELECT id FROM procrastinate_workers ORDER BY last_heartbeat"))
    take = "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE lock = ANY(%s)"
    owner.execute(take, (dead, names[:2]))
    owner.execute(take, (alive, names[2:3]))
    assert sorted(work_off(server)) == [names[0], names[1], names[3]]
    assert [name for name, _ in in_queue(owner)] == [names[2]]
    owner.execute("DELETE FROM procrastinate_jobs; DELETE FROM procrastinate_workers")


def test_a_job_that_was_finished_meanwhile_is_not_put_back(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    fill(owner, 2)
    give_out(connect_to(server.address(WORKER)), now=LATER)
    owner.execute("UPDATE procrastinate_jobs SET status = 'doing'")
    address = server.address(WORKER)
    app = make_app(address, connect_to(address), run=lambda name: 0, clock=lambda: NOW)

    async def twice() -> list[int]:
        async with app.open_async():
            return list(await asyncio.gather(put_back(app), put_back(app)))

    assert sum(asyncio.run(twice())) == 2


def test_a_stalled_worker_that_wakes_writes_nothing(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """It read sheet and feed, then hung; its session was ended and its job given to another."""
    fill(owner, 1)
    connect = connect_to(server.address(WORKER))

    def run(opened: Open | None = None) -> int:
        return sync_profile(connect, "seeker-00000", outside=outside(tmp_path), now=NOW, opened=opened)

    def hang(settings: Settings, world: Outside, connect: Connect, profile: str) -> tuple[Source, Target]:
        source, target = open_hosted(settings, world, connect, profile)
        real = target.apply

        def late(*given: Any, **named: Any) -> Any:
            with server.connect("admin") as admin:
                end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'followup %'"
                assert admin.execute(end).rowcount == 1
            put_upload(owner, profile, "leads.csv", SHEET.replace(b"Acme", b"Bolt"))
            others.extend((run(), feed(), PostgresState(connect, profile).load()))
            return real(*given, **named)

        target.apply = late  # type: ignore[method-assign]
        return source, target

    def feed() -> bytes:
        with owner.transaction():
            owner.execute("SELECT set_config('followup.profile', 'seeker-00000', true)")
            row = owner.execute("SELECT content FROM followup.feed").fetchone()
        assert row is not None
        return bytes(row[0])

    others: list[Any] = []
    assert run(hang) == 6
    code, written, memory = others
    assert code == 0
    assert b"Bolt" in written
    assert b"Acme" not in written
    assert feed() == written
    assert PostgresState(connect, "seeker-00000").load() == memory


# --- the engine's tables ------------------------------------------------------------------------------------------


def test_fetch_plan_our_index_is_used_before_and_after_a_mass_change(owner: psycopg.Connection[Any]) -> None:
    """With statistics of another time a queue crawls, unless the lock has an index of its own."""
    body = owner.execute("SELECT prosrc FROM pg_proc WHERE proname = 'procrastinate_fetch_job_v2'").fetchone()
    assert body is not None
    found = re.search(r"WITH candidate AS \((.*?)\)\s+UPDATE", body[0], re.DOTALL)
    assert found is not None
    fetch = found[1].replace("target_queue_names", "NULL::varchar[]")

    def plans() -> list[str]:
        asked = [owner.execute("EXPLAIN " + fetch), owner.execute("EXPLAIN " + IN_LINE, (["seeker-00001"],))]
        return [" ".join(row[0] for row in answer.fetchall()) for answer in asked]

    fill_queue = """
        INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args)
        SELECT 'default', 'sync_profile', 'seeker-' || n, '{}' FROM generate_series(1, 20000) AS n
    """
    owner.execute(fill_queue)
    owner.execute("ANALYZE procrastinate_jobs")
    assert all("followup_lock" in plan for plan in plans())
    owner.execute("TRUNCATE procrastinate_jobs CASCADE")
    owner.execute(fill_queue)
    assert all("followup_lock" in plan for plan in plans())


def test_the_queue_is_migrated_once_and_again_without_harm(owner: psycopg.Connection[Any]) -> None:
    before = owner.execute("SELECT count(*) FROM followup_queue.migrations").fetchone()
    migrate_queue(owner)
    assert owner.execute("SELECT count(*) FROM followup_queue.migrations").fetchone() == before
    assert before is not None
    assert before[0] > 10


# --- the commands -------------------------------------------------------------------------------------------------


def a_folder(place: Path, *names: str) -> list[str]:
    for name in names:
        (place / name).mkdir()
        (place / name / "followup.toml").write_text(UPLOADED)
        (place / name / "leads.csv").write_bytes(SHEET)
    return [str(place / name / "followup.toml") for name in names]


def test_from_a_folder_of_seekers_to_their_feeds_by_commands(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(OWNER))
    assert run_command(["fleet", "migrate"]) == 0
    assert run_command(["fleet", "add", *a_folder(tmp_path, "ann", "bob"), "--now", NOW.isoformat()]) == 0
    said = capsys.readouterr().out
    assert "ann: added, feed /feed/" in said
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(WORKER))
    later = ["--now", NOW.isoformat()]  # whoever is added runs at once, and not a day later
    assert run_command(["fleet", "pause", "bob"]) == 0
    assert run_command(["fleet", "tick", *later]) == 0
    assert "1 profile given out" in capsys.readouterr().out
    assert run_command(["fleet", "work", "--until-idle", *later]) == 0
    assert run_command(["fleet", "resume", "bob"]) == 0
    assert run_command(["fleet", "tick", *later]) == 0
    assert run_command(["fleet", "work", "--until-idle", *later]) == 0
    capsys.readouterr()
    assert run_command(["fleet", "status", "--json", *later]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["profiles"], told["ran_last_hour"], told["failed_last_hour"], told["waiting"]) == (2, 2, 0, 0)
    assert run_command(["fleet", "overview", "--json", *later]) == 0
    seekers = json.loads(capsys.readouterr().out)
    assert "ann" in json.dumps(seekers)
    assert "bob" in json.dumps(seekers)
    for name in ("ann", "bob"):
        with owner.transaction():
            owner.execute("SELECT set_config('followup.profile', %s, true)", (name,))
            row = owner.execute("SELECT content FROM followup.feed").fetchone()
        assert row is not None
        assert b"Acme" in row[0]
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(OWNER))
    assert run_command(["fleet", "remove", "ann"]) == 0
    assert run_command(["fleet", "remove", "ann"]) == 2
    assert "there is no profile ann" in capsys.readouterr().err


def test_a_seeker_that_cannot_be_added_stops_no_other(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(OWNER))
    files = a_folder(tmp_path, "ann", "bob", "cat")
    (tmp_path / "ann" / "leads.csv").unlink()
    Path(files[1]).write_text(UPLOADED.replace("leads.csv", "../../secrets.csv"))
    assert run_command(["fleet", "add", *files]) == 2
    told = capsys.readouterr()
    assert "leads.csv cannot be read" in told.err
    assert "source.path names a local file" in told.err
    assert told.out.startswith("cat: added")
    assert owner.execute("SELECT profile FROM followup.profile").fetchall() == [("cat",)]


def test_a_calendar_inside_the_firms_network_pauses_its_profile(
    server: Postgres, owner: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker's command line sees to it; nothing listens there, and nothing is asked."""
    inside = UPLOADED.replace(
        'type = "ics"\npath = "feed"', 'type = "caldav"\nuser = "ann"\nurl = "https://127.0.0.1/a/"'
    )
    put_profile(owner, "ann", inside, period=DAY, now=NOW)
    put_upload(owner, "ann", "leads.csv", SHEET)
    masters = "one:" + b64encode(b"k" * 32).decode()
    put_secret(owner, parse_master_keys(masters), "secret", tenant="firm", profile="ann", name="target")
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(WORKER))
    monkeypatch.setenv("FOLLOWUP_MASTER_KEYS", masters)
    later = ["--now", LATER.isoformat()]
    assert run_command(["fleet", "tick", *later]) == 0
    assert run_command(["fleet", "work", "--until-idle", *later]) == 0
    row = owner.execute("SELECT last_exit_code, paused, attention FROM followup.profile").fetchone()
    assert row is not None
    assert row[:2] == (2, True)
    assert "127.0.0.1 leads to 127.0.0.1, which is not on the open internet" in row[2]


@pytest.mark.parametrize("right", [0, 1, 2], ids=["giving out", "beginning", "at work"])
@pytest.mark.parametrize("wrong", [timedelta(days=365), -timedelta(hours=1)])
def test_a_machine_whose_clock_is_wrong_makes_no_run_and_says_so(
    server: Postgres, owner: psycopg.Connection[Any], wrong: timedelta, right: int,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A year ahead it would take every lead for one that never answered."""
    fill(owner, 1)
    owner.execute("UPDATE followup.profile SET next_run_at = now()")
    calls = iter(range(99))
    monkeypatch.setattr(
        "sync.cli.fleet.parse_now", lambda text: datetime.now(UTC) + (wrong if next(calls) >= right else timedelta())
    )
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(WORKER))
    code = run_command(["fleet", "tick"]) or run_command(["fleet", "work", "--until-idle"])
    assert code == (2 if right < 2 else 0)
    if code:
        assert "no run is made here until whichever is wrong is set right" in capsys.readouterr().err
    assert owner.execute("SELECT last_run, paused FROM followup.profile").fetchone() == (None, False)
    assert len(in_queue(owner)) == min(right, 1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('api_root = "http://127.0.0.1:1/"', "source.api_root"),
        (
            '[target]\ntype = "caldav"\nuser = "a"\nurl = "https://x.example/"\ncalendar = "Mine"',
            "calendar's own address",
        ),
    ],
)
def test_what_would_lead_elsewhere_is_refused_when_it_is_added(
    owner: psycopg.Connection[Any], line: str, said: str
) -> None:
    head, _, target = UPLOADED.partition("[target]")
    with pytest.raises(ConfigError, match=said):
        put_profile(
            owner, "ann", head + line + ("" if "[target]" in line else "\n[target]" + target), period=DAY, now=NOW
        )


@pytest.mark.parametrize("command", ["migrate", "work", "serve", "status"])
def test_without_its_libraries_a_fleet_says_how_to_get_them(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.cli.fleet.LIBRARIES", ("psycopg", "no_such_library"))
    assert run_command(["fleet", command]) == 2
    assert "a fleet needs no_such_library, too; say: pip install 'followup[fleet]'" in capsys.readouterr().err


def test_without_an_address_the_commands_say_what_is_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FOLLOWUP_DATABASE", raising=False)
    assert run_command(["fleet", "status"]) == 2
    assert "FOLLOWUP_DATABASE" in capsys.readouterr().err
