"""Many profiles in a real PostgreSQL: who is due, each given out once, and what becomes of a run by its exit code."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
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

from connectors.memory import MemoryTarget
from connectors.postgres.connecting import connect_to
from connectors.postgres_state import PostgresState
from sync.errors import ConfigError, CredentialsError, GuardStop, LockedError, LoginTo, SourceError, TargetError
from sync.fleet.guard import lift_guard
from sync.fleet.limits import NotItsTurn, pause_host, put_limit, take_turn
from sync.fleet.opening import Open
from sync.fleet.profiles import claim_due, put_profile, read_profile, remove_profile, resume_profile
from sync.fleet.queue import give_out
from sync.fleet.verdicts import TRIES, judge
from sync.fleet.work import sync_profile
from sync.memory import Memory, RunMemory
from sync.models import Change, Outcome, Result
from sync.protocols import Source, Target

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with migrated() as server:
        yield server


@pytest.fixture
def owner(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    with a_firm(server) as owner:
        yield owner


def kept_of(owner: psycopg.Connection[Any], profile: str, *columns: str) -> Any:
    row = owner.execute(f"SELECT {', '.join(columns)} FROM followup.profile WHERE profile = %s", (profile,)).fetchone()
    return row[0] if row and len(row) == 1 else row


def left_of(server: Postgres, profile: str) -> int:
    """Rows that name the profile, in all tables."""
    tables = "memory", "runs", "intents", "set_aside", "profile", "secret", "upload", "feed"
    with server.connect("admin") as admin:
        counts = [admin.execute(f"SELECT count(*) FROM followup.{one} WHERE profile = %s", (profile,)).fetchone()
                  for one in tables]  # fmt: skip
    return sum(count[0] for count in counts if count)


def fill(owner: psycopg.Connection[Any], count: int) -> None:
    for number in range(count):
        put_profile(owner, f"seeker-{number:05}", ON_SERVERS, period=DAY, now=NOW)


def work(server: Postgres, folder: Path, opened: Open, now: datetime = NOW) -> int:
    return sync_profile(connect_to(server.address(WORKER)), "ann", outside=outside(folder), now=now, opened=opened)


def failing(error: Exception) -> Open:
    def opened(*given: object) -> tuple[Source, Target]:
        raise error

    return opened


# --- who is due ---------------------------------------------------------------------------------------------------


def test_two_ticks_at_once_give_each_due_profile_out_once(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    fill(owner, 40)
    later = NOW + DAY
    with server.connect(WORKER) as one, server.connect(WORKER) as other, one.transaction(), other.transaction():
        first = claim_due(one, now=later, limit=25)  # neither has committed when the other asks
        second = claim_due(other, now=later, limit=25)
    assert len(first) == 25
    assert Counter([*first, *second]) == Counter(f"seeker-{number:05}" for number in range(40))
    with server.connect(WORKER) as third:
        assert claim_due(third, now=later, limit=100) == []


def test_a_claim_that_does_not_commit_gives_nothing_away(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    fill(owner, 3)
    with server.connect(WORKER) as worker:
        with worker.transaction(force_rollback=True):
            assert len(claim_due(worker, now=NOW + DAY, limit=9)) == 3
        assert len(claim_due(worker, now=NOW + DAY, limit=9)) == 3


@pytest.mark.parametrize("count", [600, pytest.param(10_000, marks=pytest.mark.soak)])
def test_after_an_outage_of_days_each_profile_runs_once_and_they_stay_spread(
    owner: psycopg.Connection[Any], count: int
) -> None:
    with owner.transaction():
        fill(owner, count)
    slots = dict(owner.execute("SELECT profile, next_run_at FROM followup.profile").fetchall())
    back = NOW + 3 * DAY
    assert len(claim_due(owner, now=back, limit=count)) == count
    assert claim_due(owner, now=back, limit=count) == []
    after = dict(owner.execute("SELECT profile, next_run_at FROM followup.profile").fetchall())
    assert all(after[profile] == slot + 3 * DAY for profile, slot in slots.items())  # the same hour as ever
    assert all(back < slot <= back + DAY for slot in after.values())
    hours = Counter((slot - back) // timedelta(hours=1) for slot in after.values())
    assert set(hours) == set(range(24))
    assert max(hours.values()) < 3 * count / 24


def test_those_who_wait_longest_come_first(owner: psycopg.Connection[Any]) -> None:
    fill(owner, 20)
    by_slot = [row[0] for row in owner.execute("SELECT profile FROM followup.profile ORDER BY next_run_at")]
    assert claim_due(owner, now=NOW + DAY, limit=5) == sorted(by_slot[:5])


@pytest.mark.parametrize(
    ("settings", "period", "said"),
    [
        ("timezone = 3", DAY, "ann: "),
        (ON_SERVERS.replace('user = "ann"', 'password_command = ["cat", "/etc/passwd"]'), DAY, "refused here"),
        (ON_SERVERS, timedelta(seconds=5), "too short"),
    ],
)
def test_a_profile_that_cannot_run_is_refused_before_anything_is_written(
    owner: psycopg.Connection[Any], settings: str, period: timedelta, said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        put_profile(owner, "ann", settings, period=period, now=NOW)
    assert read_profile(owner, "ann") is None


def test_a_clock_that_was_a_year_ahead_costs_nobody_a_year_when_it_is_set_right(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """Slots, turns, pauses, the guard and the canaries were all put off to a time that is far away again."""
    connect, ahead = connect_to(server.address(WORKER)), NOW + 365 * DAY
    fill(owner, 3)
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW, canary=True)
    put_limit(owner, "calendar.example", 1)
    seeker = Seeker([a_row("Acme")])
    assert give_out(connect, now=ahead, version="9.1") == 1
    assert work(server, tmp_path, lambda *given: (seeker.source(), seeker.target), ahead) == 0
    pause_host(owner, "sheets.googleapis.com", ahead + timedelta(hours=1), now=ahead)
    with pytest.raises(NotItsTurn):
        take_turn(owner, "seeker-00000", ["sheets.googleapis.com"], now=ahead)
    lift_guard(owner, ahead)
    owner.execute("SET search_path TO followup_queue")
    owner.execute("UPDATE procrastinate_jobs SET scheduled_at = %s", (ahead,))

    right = NOW + DAY
    assert give_out(connect, now=right, version="9.1") == 3
    assert owner.execute("SELECT lock FROM procrastinate_jobs WHERE scheduled_at > %s", (right,)).fetchall() == []
    slots = owner.execute("SELECT max(next_run_at), max(last_run), max(turn_at) FROM followup.profile").fetchone()
    assert slots is not None
    assert slots[0] <= right + DAY
    assert slots[1:] == (right, None)
    assert work(server, tmp_path, lambda *given: (seeker.source(), seeker.target), right) == 0
    with server.connect(WORKER) as worker:
        take_turn(worker, "seeker-00000", ["sheets.googleapis.com"], now=right + timedelta(minutes=2))


def test_a_tick_by_a_clock_that_was_ahead_is_forgotten_with_the_next_run(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    assert claim_due(owner, now=NOW + 365 * DAY, limit=9) == ["ann"]
    seeker = Seeker([a_row("Acme")])
    assert work(server, tmp_path, lambda *given: (seeker.source(), seeker.target)) == 0
    assert kept_of(owner, "ann", "next_run_at") <= NOW + DAY


@pytest.mark.parametrize(("pause", "exit_code"), [(timedelta(hours=6), 6), (365 * DAY, 0)])
def test_a_pause_that_no_server_asked_for_is_the_mistake_of_a_clock_that_was_ahead(
    pause: timedelta, exit_code: int
) -> None:
    seeker = Seeker([a_row("Acme")])
    with seeker.store.lock():
        seeker.store.keep(Memory(runs=RunMemory(not_before=NOW + pause)))
    if exit_code:
        with pytest.raises(TargetError, match="asked for a pause until 2027-01-04"):
            seeker.run()
    else:
        assert seeker.run().exit_code == 0


# --- one run ------------------------------------------------------------------------------------------------------


def test_a_run_writes_the_calendar_and_remembers_it(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    seeker = Seeker([a_row("Acme")])
    assert work(server, tmp_path, lambda *given: (seeker.source(), seeker.target)) == 0
    assert seeker.calendar
    assert kept_of(owner, "ann", "last_exit_code", "last_good_run", "attention", "paused") == (0, NOW, "", False)
    remembered = PostgresState(connect_to(server.address(WORKER)), "ann").load()
    assert set(remembered.events) == set(seeker.calendar)
    calendar = dict(seeker.calendar)
    assert work(server, tmp_path, lambda *given: (seeker.source(), seeker.target), NOW) == 0
    assert seeker.calendar == calendar
    remove_profile(owner, "ann")
    assert PostgresState(connect_to(server.address(WORKER)), "ann").load() == Memory()
    assert work(server, tmp_path, failing(AssertionError("nothing is opened any more"))) == 0


@pytest.mark.parametrize("error", [ConfigError("no such tab"), CredentialsError("log in anew")])
def test_what_only_a_human_can_mend_pauses_until_the_settings_change(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path, error: Exception
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    assert work(server, tmp_path, failing(error)) == getattr(error, "exit_code", None)
    assert kept_of(owner, "ann", "paused", "attention", "last_good_run") == (True, str(error), None)
    assert claim_due(owner, now=NOW + 9 * DAY, limit=9) == []
    assert work(server, tmp_path, failing(AssertionError("a paused one is not opened"))) == 0
    put_profile(owner, "ann", ON_SERVERS.replace("ann/", "ann2/"), period=DAY, now=NOW)
    assert claim_due(owner, now=NOW + DAY, limit=9) == ["ann"]


@pytest.mark.parametrize("midway", [False, True], ids=["before the run", "during the run"])
@pytest.mark.parametrize(
    ("error", "cure"),
    [
        pytest.param(
            CredentialsError("the login of ann has ended", login=LoginTo.GOOGLE),
            "; seal the new one: `followup fleet secret ann --for google`",
            id="google",
        ),
        pytest.param(
            CredentialsError("the server refuses the login", login=LoginTo.CALENDAR),
            "; seal the new one: `followup fleet secret ann`",
            id="calendar",
        ),
        pytest.param(CredentialsError("the database refused the user and password"), "", id="nobody's"),
    ],
)
def test_a_login_that_ended_is_to_be_sealed_anew_under_its_name(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path, error: CredentialsError, cure: str, midway: bool
) -> None:
    class Ending(MemoryTarget):
        def apply(self, changes: Sequence[Change], **more: Any) -> Iterator[Outcome]:
            yield from (Outcome(change.uid, Result.HELD, message=str(error)) for change in changes)
            raise error

    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    seeker = Seeker([a_row("Acme")], target=Ending())
    opened = (lambda *given: (seeker.source(), seeker.target)) if midway else failing(error)
    assert work(server, tmp_path, opened) == 7
    assert kept_of(owner, "ann", "paused") is True
    told = kept_of(owner, "ann", "attention")
    assert str(error) in told
    assert told.partition("; seal")[1:] == cure.partition("; seal")[1:]


def test_a_paused_profile_can_be_resumed_and_runs_at_once(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    work(server, tmp_path, failing(CredentialsError("log in anew")))
    assert resume_profile(owner, "ann", now=NOW)
    assert not resume_profile(owner, "nobody", now=NOW)
    assert claim_due(owner, now=NOW, limit=9) == ["ann"]


def test_settings_that_were_mended_during_a_run_are_not_paused_by_it(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)

    def mended(*given: object) -> tuple[Source, Target]:
        put_profile(owner, "ann", ON_SERVERS.replace("ann/", "ann2/"), period=DAY, now=NOW)
        raise ConfigError("no such calendar")

    assert work(server, tmp_path, mended) == 2
    assert kept_of(owner, "ann", "paused") is False


def test_a_profile_is_not_removed_while_its_run_is_under_way(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run would go on to write down what it did, and whoever gets that name later would find it."""
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    seeker = Seeker([a_row("Acme")])
    real, told = seeker.target.observe, []

    def observe(*given: Any) -> Any:
        with pytest.raises(LockedError, match=r"since 20.* try again when it has ended") as error:
            remove_profile(owner, "ann")
        told.append(error)
        return real(*given)

    monkeypatch.setattr(seeker.target, "observe", observe)
    assert work(server, tmp_path, lambda *given: (seeker.source(), seeker.target)) == 0
    assert told
    assert kept_of(owner, "ann", "last_exit_code") == 0
    remove_profile(owner, "ann")
    assert left_of(server, "ann") == 0


def test_a_run_whose_profile_was_removed_when_it_began_writes_nothing(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    seeker = Seeker([a_row("Acme")])

    def removed(*given: object) -> tuple[Source, Target]:
        remove_profile(owner, "ann")
        return seeker.source(), seeker.target

    assert work(server, tmp_path, removed) == 2
    assert not seeker.calendar
    assert left_of(server, "ann") == 0


def test_a_server_that_fails_is_tried_five_times_and_then_waits_for_its_slot(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    now, pauses = NOW, []
    for _ in range(TRIES):
        assert work(server, tmp_path, failing(TargetError("is down")), now) == 6
        again = kept_of(owner, "ann", "next_run_at")
        pauses.append((again - now) // timedelta(minutes=1))
        now = again
        assert claim_due(owner, now=now, limit=9) == ["ann"]
    assert pauses == [2, 4, 8, 16, 32]
    slot = kept_of(owner, "ann", "next_run_at")
    assert work(server, tmp_path, failing(TargetError("is down")), now) == 6
    assert kept_of(owner, "ann", "next_run_at", "tries") == (slot, 0)


def test_a_server_that_names_a_time_is_asked_then_and_not_before(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    then = NOW + timedelta(hours=2)
    assert work(server, tmp_path, failing(SourceError("too many requests", not_before=then))) == 5
    assert kept_of(owner, "ann", "next_run_at") == then


def test_a_run_that_found_the_lock_held_changes_nothing(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    before = kept_of(owner, "ann", "*")
    seeker = Seeker([a_row("Acme")])
    with PostgresState(connect_to(server.address(WORKER)), "ann").lock():
        assert work(server, tmp_path, lambda *given: (seeker.source(), seeker.target)) == 8
    assert not seeker.calendar
    assert kept_of(owner, "ann", "*") == before


def test_a_guard_tells_a_human_and_the_next_slot_stands(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    assert work(server, tmp_path, failing(GuardStop("would delete 40 of 41"))) == 4
    assert kept_of(owner, "ann", "paused", "attention") == (False, "would delete 40 of 41")


def test_a_bug_of_ours_is_kept_and_logged_without_what_stood_in_the_sheet(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    with caplog.at_level(logging.INFO):
        assert work(server, tmp_path, failing(RuntimeError("planted cell"))) == 1
    assert kept_of(owner, "ann", "last_exit_code", "paused") == (1, False)
    assert "RuntimeError" in caplog.text
    assert "test_fleet.py" in caplog.text
    assert "planted" not in caplog.text + kept_of(owner, "ann", "attention")


@pytest.mark.parametrize(("change", "said"), [("+ 100", "update followup"), ("- 100", "migrate it")])
def test_a_worker_of_another_version_than_the_database_pauses_nobody(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path, change: str, said: str
) -> None:
    """Between updating followup and migrating, each run would else take its profile out until somebody resumes it."""
    put_profile(owner, "ann", ON_SERVERS, period=DAY, now=NOW)
    before = kept_of(owner, "ann", "*")
    owner.execute(f"UPDATE followup.migrations SET version = version {change}")
    try:
        with pytest.raises(ConfigError, match=said):
            work(server, tmp_path, failing(AssertionError("nothing is opened")))
        with pytest.raises(ConfigError, match=said):
            give_out(connect_to(server.address(WORKER)), now=NOW + 9 * DAY)
    finally:
        owner.execute("UPDATE followup.migrations SET version = version - (%s)", (int(change.replace(" ", "")),))
    assert kept_of(owner, "ann", "*") == before


@pytest.mark.parametrize("exit_code", [0, 1, 2, 3, 4, 5, 6, 7, 8, 10])
def test_a_verdict_stands_for_every_exit_code(exit_code: int) -> None:
    verdict = judge(exit_code, "said", tries=0, now=NOW)
    if exit_code == 8:
        assert verdict is None
        return
    assert verdict is not None
    assert verdict.attention == ("said" if exit_code else "")
    assert verdict.paused == (exit_code in (2, 7))
    assert (verdict.not_before is not None) == (exit_code in (5, 6))


def test_a_profile_names_no_variable_of_the_worker(owner: psycopg.Connection[Any]) -> None:
    """Its value would go to a server of the profile's choice."""
    settings = ON_SERVERS + 'password_env = "FOLLOWUP_MASTER_KEYS"\n'
    with pytest.raises(ConfigError, match=r"target\.password_env names a local file, command or variable"):
        put_profile(owner, "ann", settings, period=DAY, now=NOW)
