"""What the whole fleet asks of one server in a minute, by turns in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import NOW
from fleet_profiles import ON_SERVERS, a_firm
from postgres_server import WORKER, Postgres, migrated
from runner import Seeker, a_row
from source_contract import outside

from connectors.postgres.connecting import connect_to
from sync.errors import ConfigError, TargetError
from sync.fleet.firms import TAKE, NoPlaceError, a_place, put_firm
from sync.fleet.limits import CALENDARS, SHEETS, Headroom, NotItsTurn, put_limit, read_headroom, take_turn
from sync.fleet.profiles import put_profile
from sync.fleet.queue import give_out, make_app, work
from sync.fleet.work import sync_profile

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
BUSY, IDLE = "busy.example", "idle.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with migrated() as server:
        yield server


@pytest.fixture
def owner(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    with a_firm(server) as owner:
        yield owner


def fill(owner: psycopg.Connection[Any], count: int, host: str = BUSY) -> list[str]:
    names = [f"{host}-{number:04}" for number in range(count)]
    for name in names:
        put_profile(owner, name, ON_SERVERS.replace("calendar.example", host), period=DAY, now=NOW)
    return names


def play(server: Postgres, names: list[str], *, minutes: int) -> dict[str, datetime]:
    """When each ran, if it comes at once and again whenever it is told to, in virtual time."""
    ran: dict[str, datetime] = {}
    waiting = dict.fromkeys(names, NOW)
    with server.connect(WORKER) as worker:
        while waiting:
            name = min(waiting, key=lambda one: (waiting[one], one))
            now = waiting[name]
            assert now < NOW + minutes * MINUTE, "it takes too long"
            try:
                take_turn(worker, name, [BUSY], now=now)
            except NotItsTurn as later:
                assert later.at > now
                waiting[name] = later.at
            else:
                ran[name] = now
                del waiting[name]
    return ran


@pytest.mark.parametrize("per_minute", [1, 7, 60, 250])
def test_no_minute_has_more_runs_than_the_limit_and_none_has_much_fewer(
    server: Postgres, owner: psycopg.Connection[Any], per_minute: int
) -> None:
    names = fill(owner, per_minute * 2 + per_minute // 2 + 1)
    put_limit(owner, BUSY, per_minute)
    moments = sorted(play(server, names, minutes=4).values())
    most = max(sum(one <= other < one + MINUTE for other in moments) for one in moments)
    assert most <= per_minute
    assert moments[-1] - moments[0] <= 3 * MINUTE


def test_those_who_came_first_run_first(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    names = fill(owner, 20)
    put_limit(owner, BUSY, 10)
    ran = play(server, names, minutes=4)
    assert sorted(names, key=lambda name: ran[name]) == names


def test_a_host_without_a_limit_is_asked_as_often_as_wanted(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    assert set(play(server, fill(owner, 50), minutes=1).values()) == {NOW}


@pytest.mark.parametrize("wrong", [0, -3, 10_000_000])
def test_a_limit_that_is_none_is_refused(owner: psycopg.Connection[Any], wrong: int) -> None:
    with pytest.raises(ConfigError, match="no limit"):
        put_limit(owner, BUSY, wrong)


def test_a_host_that_asks_for_a_pause_gets_it_from_all_and_the_others_go_on(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """429 with Retry-After for one host."""
    busy, idle = fill(owner, 12), fill(owner, 12, IDLE)
    until = NOW + timedelta(minutes=30)
    asked: Counter[str] = Counter()

    def opened(settings: Any, world: object, connect: object, profile: str) -> Any:
        host = profile.partition("-")[0]
        asked[host] += 1
        if host == BUSY and asked[BUSY] == 1:
            raise TargetError("too many requests", not_before=until)
        seeker = Seeker([a_row("Acme")])
        return seeker.source(), seeker.target

    def run(profile: str, now: datetime) -> int:
        return sync_profile(
            connect_to(server.address(WORKER)), profile, outside=outside(tmp_path), now=now, opened=opened
        )

    later: list[datetime] = []
    for name in [*busy, *idle]:
        try:
            run(name, NOW)
        except NotItsTurn as told:
            later.append(told.at)
    assert asked == {BUSY: 1, IDLE: 12}
    assert len(later) == 11
    assert min(later) >= until
    assert len(set(later)) == 11, "no herd when the pause is over"
    assert [run(name, max(later)) for name in busy[1:]] == [0] * 11


def test_an_account_that_may_write_no_more_today_holds_nobody_else_up_for_a_day(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """Google sends one account away for hours; a thousand others share its host."""
    first, second = fill(owner, 2)

    def opened(settings: Any, world: object, connect: object, profile: str) -> Any:
        raise TargetError("no more new events from this account", not_before=NOW + timedelta(hours=6))

    reach, world = connect_to(server.address(WORKER)), outside(tmp_path)
    sync_profile(reach, first, outside=world, now=NOW, opened=opened)
    with pytest.raises(NotItsTurn) as told:
        sync_profile(reach, second, outside=world, now=NOW, opened=opened)
    assert NOW + timedelta(hours=1) <= told.value.at < NOW + timedelta(hours=1, minutes=1)


def test_a_firm_with_five_hundred_due_lets_a_firm_with_five_run(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """The small one comes when the big one is at work, whose runs hang until those of the small one are made."""
    with owner.transaction():
        for firm, count, begun in (("big", 500, NOW), ('o\'neill "and" sons', 5, NOW + DAY)):
            for number in range(count):
                put_profile(owner, f"{firm}-{number:03}", ON_SERVERS, period=DAY, now=begun, firm=firm)
    put_firm(owner, "big", 4)
    lock, small_comes, small_is_done = threading.Lock(), threading.Event(), threading.Event()
    address = server.address(WORKER)
    on, most, ran = Counter[str](), Counter[str](), Counter[str]()

    def opened(settings: Any, world: object, connect: object, profile: str) -> Any:
        firm = "big" if profile.startswith("big") else "small"
        with lock:
            on[firm] += 1
            most[firm] = max(most[firm], on[firm])
            if on["big"] == 4 and not small_comes.is_set():
                small_comes.set()
                assert give_out(connect_to(address), now=NOW + 2 * DAY) == 5
        if firm == "big":
            assert small_is_done.wait(60), "the small firm starves"
        with lock:
            on[firm] -= 1
            ran[firm] += 1
            if ran["small"] == 5:
                small_is_done.set()
        seeker = Seeker([a_row("Acme")])
        return seeker.source(), seeker.target

    def run(profile: str) -> int:
        return sync_profile(connect_to(address), profile, outside=outside(tmp_path), now=NOW, opened=opened)

    assert give_out(connect_to(address), now=NOW + DAY) == 500
    asyncio.run(work(make_app(address, connect_to(address), run=run, clock=lambda: NOW), at_once=6, until_idle=True))
    ended = "SELECT count(*) FROM followup.profile WHERE last_exit_code = 0"
    waiting = "SELECT count(*) FROM followup_queue.procrastinate_jobs WHERE task_name = 'sync_profile'"
    row = owner.execute(f"SELECT ({ended}), ({waiting})").fetchone()
    assert row is not None
    assert ran["small"] == 5
    assert most["big"] == 4
    assert row[0] == ran.total()
    assert sum(row) == 505


def test_a_place_is_free_again_when_its_worker_is_gone(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    connect = connect_to(server.address(WORKER))
    with connect() as killed:
        killed.execute(TAKE, (1, "acme"))
        with pytest.raises(NoPlaceError), a_place(connect, "acme", 1):
            pass
    with a_place(connect, "acme", 1), a_place(connect, "another", 1), pytest.raises(NoPlaceError):  # noqa: SIM117
        with a_place(connect, "acme", 1):
            pass


@pytest.mark.parametrize(("quota", "usual"), [("4711", 150), ("robot@made-up.iam.gserviceaccount.com", 30)])
def test_google_is_asked_no_more_than_its_usual_quota_where_nobody_said_otherwise(
    server: Postgres, owner: psycopg.Connection[Any], quota: str, usual: int
) -> None:
    name = fill(owner, 1)[0]
    with server.connect(WORKER) as worker:
        take_turn(worker, name, [f"{SHEETS}/{quota}", f"{CALENDARS}/{quota}", BUSY], now=NOW)
        headroom = read_headroom(worker, now=NOW, limit=9)
    assert headroom == (Headroom(f"{SHEETS}/{quota}", usual, usual - 1, None),)


def test_a_job_whose_turn_is_later_goes_back_into_the_queue_with_its_time(
    server: Postgres, owner: psycopg.Connection[Any]
) -> None:
    fill(owner, 1)
    then = NOW + timedelta(days=3650)
    address = server.address(WORKER)

    def run(profile: str) -> int:
        raise NotItsTurn(then)

    give_out(connect_to(address), now=NOW + DAY)
    app = make_app(address, connect_to(address), run=run, clock=lambda: NOW)
    asyncio.run(work(app, at_once=2, until_idle=True))
    row = owner.execute("SELECT status::text, scheduled_at FROM followup_queue.procrastinate_jobs"
                        " WHERE task_name = 'sync_profile'").fetchone()  # fmt: skip
    assert row == ("todo", then)
