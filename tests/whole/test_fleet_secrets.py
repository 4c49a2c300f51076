"""Secrets of a fleet lie sealed in a real PostgreSQL: who holds the dump holds none, and no row opens elsewhere."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import NOW
from fleet_profiles import ON_SERVERS, a_firm
from msgspec.structs import replace
from postgres_server import OWNER, WORKER, Postgres, migrated
from servers import radicale
from source_contract import outside

from connectors.postgres.connecting import connect_to
from sync.cli import run_command
from sync.errors import ConfigError, CredentialsError
from sync.fleet.profiles import put_profile, put_upload, remove_profile
from sync.fleet.secrets import (
    MasterKeys,
    WrongKeysError,
    parse_master_keys,
    put_secret,
    rotate_keys,
    secrets_of,
)
from sync.fleet.work import sync_profile

PLANTED = "planted-pässword"


def text_of(*names: str) -> str:
    """Master keys that differ by name, as the environment has them."""
    return ",".join(f"{name}:{b64encode(name.encode() * 32)[:43].decode()}=" for name in names)


def masters(*names: str) -> MasterKeys:
    """The same, read."""
    return parse_master_keys(text_of(*names))


def wrong(name: str) -> MasterKeys:
    """Another key of that name."""
    return MasterKeys({name: bytes(32)})


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with migrated() as server:
        yield server


@pytest.fixture
def owner(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    with a_firm(server) as owner:
        for profile in ("ann", "bob"):
            put_profile(owner, profile, ON_SERVERS, period=timedelta(days=1), now=NOW)
        yield owner


def keep(owner: psycopg.Connection[Any], value: str = PLANTED, profile: str = "ann", name: str = "target") -> None:
    put_secret(owner, masters("one"), value, tenant="firm", profile=profile, name=name)


def opened(server: Postgres, keys: MasterKeys, profile: str = "ann", name: str = "target") -> str:
    return secrets_of(connect_to(server.address(WORKER)), keys, profile)(name)


def test_a_secret_comes_back_and_a_newer_one_takes_its_place(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    keep(owner)
    assert opened(server, masters("one")) == PLANTED
    keep(owner, "newer")
    assert opened(server, masters("one")) == "newer"
    with pytest.raises(CredentialsError, match=r"no secret for \[source\]"):
        opened(server, masters("one"), name="source")


def test_no_table_shows_a_secret_or_a_key(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    keep(owner)
    with server.connect("admin") as admin:
        kept = [bytes(column) for row in admin.execute("SELECT sealed FROM followup.secret") for column in row]
        kept += [bytes(column) for row in admin.execute("SELECT data_key FROM followup.tenant") for column in row]
    assert len(kept) == 2
    assert not any(PLANTED.encode() in column for column in kept)
    assert repr(masters("one")) == "MasterKeys(one)"


def test_a_wrong_master_key_opens_nothing_and_says_so(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    keep(owner)
    with pytest.raises(CredentialsError, match="the master key is another") as caught:
        opened(server, wrong("one"))
    assert caught.value.__cause__ is None
    with pytest.raises(CredentialsError, match="the master key is another"):
        put_secret(owner, wrong("one"), "x", tenant="firm", profile="ann", name="target")
    with pytest.raises(CredentialsError, match="the master key one is missing"):
        opened(server, masters("two"))
    assert opened(server, masters("one")) == PLANTED


@pytest.mark.parametrize("change", ["profile = 'bob'", "name = 'source'", "tenant = 'other'"])
def test_a_row_that_was_put_elsewhere_does_not_open(
    server: Postgres, owner: psycopg.Connection[Any], change: str
) -> None:
    keep(owner)
    put_secret(owner, masters("one"), "theirs", tenant="other", profile="bob", name="other")
    with server.connect("admin") as admin:
        admin.execute(f"UPDATE followup.secret SET {change} WHERE profile = 'ann'")
    profile = "bob" if "bob" in change else "ann"
    with pytest.raises(CredentialsError, match="its row was changed"):
        opened(server, masters("one"), profile, "source" if "source" in change else "target")


def test_a_transaction_that_named_another_profile_sees_no_secret(
    server: Postgres, owner: psycopg.Connection[Any]
) -> None:
    keep(owner)
    with server.connect(WORKER) as worker, worker.transaction():
        assert worker.execute("SELECT * FROM followup.secret").fetchall() == []
        worker.execute("SELECT set_config('followup.profile', 'bob', true)")
        assert worker.execute("SELECT * FROM followup.secret").fetchall() == []


def test_after_a_rotation_the_new_master_key_is_enough(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    keep(owner)
    put_secret(owner, masters("one"), "theirs", tenant="other", profile="bob", name="target")
    with pytest.raises(CredentialsError, match="the master key one is missing"):
        rotate_keys(owner, masters("two"))
    assert rotate_keys(owner, masters("two", "one")) == 2
    assert rotate_keys(owner, masters("two", "one")) == 0
    assert opened(server, masters("two")) == PLANTED
    assert opened(server, masters("two"), "bob") == "theirs"
    with pytest.raises(CredentialsError, match="the master key two is missing"):
        opened(server, masters("one"))


def test_a_rotation_that_is_killed_half_way_locks_nobody_out_and_is_said_again(
    server: Postgres, owner: psycopg.Connection[Any]
) -> None:
    """The command ends with -9 when one of two firms is sealed under the new master key; workers still have the old."""
    keep(owner)
    put_secret(owner, masters("one"), "theirs", tenant="other", profile="bob", name="target")
    killed = """
import os, signal, sys
from sync.cli import run_command
from sync.fleet import secrets
real, sealed = secrets._seal, []
def seal(*given):
    if sealed:
        os.kill(os.getpid(), signal.SIGKILL)
    sealed.append(real(*given))
    return sealed[-1]
secrets._seal = seal
sys.exit(run_command(["fleet", "rotate-key"]))
"""
    env = {**os.environ, "FOLLOWUP_DATABASE": server.address(OWNER), "FOLLOWUP_MASTER_KEYS": text_of("two", "one")}
    command = [sys.executable, "-c", killed]
    assert subprocess.run(command, cwd=Path(__file__).parents[2], env=env, check=False).returncode == -9
    for keys in (masters("one"), masters("two", "one")):
        assert (opened(server, keys), opened(server, keys, "bob")) == (PLANTED, "theirs")
    assert rotate_keys(owner, masters("two", "one")) == 2
    assert (opened(server, masters("two")), opened(server, masters("two"), "bob")) == (PLANTED, "theirs")


def test_a_worker_with_the_keys_of_yesterday_pauses_nobody(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """It would take everybody whose run it makes out of the fleet, until somebody resumes each of them."""
    settings = ON_SERVERS.replace('type = "google_sheet"', 'type = "csv"\npath = "leads.csv"')
    put_profile(owner, "ann", re.sub("sheet = .*", "", settings), period=timedelta(days=1), now=NOW)
    put_upload(owner, "ann", "leads.csv", b"company,applied_on,status\nAcme,2027-01-04,sent\n")
    keep(owner)
    rotate_keys(owner, masters("two", "one"))
    connect = connect_to(server.address(WORKER))
    for keys, said in ((masters("one"), "two is missing"), (None, "no master keys"), (wrong("two"), "is another")):
        world = replace(outside(tmp_path), secret=secrets_of(connect, keys, "ann"))
        with pytest.raises(WrongKeysError, match=said):
            sync_profile(connect, "ann", outside=world, now=NOW)
    assert owner.execute("SELECT paused, last_run FROM followup.profile WHERE profile = 'ann'").fetchone() == (
        False,
        None,
    )
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(WORKER))
    monkeypatch.setenv("FOLLOWUP_MASTER_KEYS", text_of("one"))
    assert run_command(["fleet", "work", "--until-idle"]) == 7, "it does not even begin"
    assert "the master key two is missing" in capsys.readouterr().err


def test_who_has_no_google_login_reads_with_the_firms_or_as_shared_by_link(
    server: Postgres, owner: psycopg.Connection[Any]
) -> None:
    connect = connect_to(server.address(WORKER))
    assert secrets_of(connect, masters("one"), "ann", firm={"google": "key"})("google") == "key"
    assert secrets_of(connect, None, "ann", firm={"google": ""})("google") == ""
    keep(owner, name="google")
    assert secrets_of(connect, masters("one"), "ann", firm={"google": "key"})("google") == PLANTED
    with pytest.raises(CredentialsError, match="given no master keys"):
        secrets_of(connect, None, "ann", firm={"google": "key"})("google")


def test_a_firms_google_key_that_is_none_ends_the_worker_at_once(
    server: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key.json").write_text('{"planted": 1}')
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(WORKER))
    monkeypatch.setenv("FOLLOWUP_GOOGLE_KEY", str(tmp_path / "key.json"))
    assert run_command(["fleet", "work", "--until-idle"]) == 7
    said = capsys.readouterr().err
    assert "key.json is no Google key" in said
    assert "planted" not in said


@pytest.mark.parametrize(
    ("of", "said", "sealed_for"),
    [("", (), "firm"), ("acme", (), "acme"), ("", ("--tenant", "acme"), "acme"), ("acme", ("--tenant", "other"), None)],
)
def test_a_secret_is_sealed_for_the_firm_of_its_profile_without_being_told(
    server: Postgres, owner: psycopg.Connection[Any], of: str, said: tuple[str, ...], sealed_for: str | None,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    put_profile(owner, "ann", ON_SERVERS, period=timedelta(days=1), now=NOW, firm=of)
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(OWNER))
    monkeypatch.setenv("FOLLOWUP_MASTER_KEYS", text_of("one"))
    monkeypatch.setattr("sys.stdin", io.StringIO(PLANTED + "\n"))
    assert run_command(["fleet", "secret", "ann", *said]) == (0 if sealed_for else 2)
    assert ("ann is of acme" in capsys.readouterr().err) == (sealed_for is None)
    with server.connect("admin") as admin:
        assert admin.execute("SELECT (SELECT tenant FROM followup.secret)").fetchone() == (sealed_for,)


@pytest.mark.parametrize(("why", "still"), [("ann has no secret for [target]", False), ("", True)])
def test_a_profile_that_waits_for_its_secret_runs_once_it_is_there_and_one_paused_by_hand_does_not(
    server: Postgres, owner: psycopg.Connection[Any], why: str, still: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.execute("UPDATE followup.profile SET paused = true, attention = %s WHERE profile = 'ann'", (why,))
    monkeypatch.setenv("FOLLOWUP_DATABASE", server.address(OWNER))
    monkeypatch.setenv("FOLLOWUP_MASTER_KEYS", text_of("one"))
    monkeypatch.setattr("sys.stdin", io.StringIO(PLANTED + "\n"))
    assert run_command(["fleet", "secret", "ann"]) == 0
    assert owner.execute("SELECT paused FROM followup.profile WHERE profile = 'ann'").fetchone() == (still,)


def test_a_removed_profile_leaves_no_secret(server: Postgres, owner: psycopg.Connection[Any]) -> None:
    keep(owner)
    remove_profile(owner, "ann")
    with server.connect("admin") as admin:
        assert admin.execute("SELECT count(*) FROM followup.secret").fetchone() == (0,)


@pytest.mark.parametrize("text", ["", "planted", "one:planted", "one:cGxhbnRlZA==", ":" + "A" * 43 + "="])
def test_a_master_key_that_cannot_be_read_is_not_repeated(text: str) -> None:
    with pytest.raises(ConfigError, match="32 random bytes in base64") as caught:
        parse_master_keys(text)
    assert "planted" not in str(caught.value)


def test_no_dump_log_or_command_shows_a_planted_secret(
    server: Postgres, owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    """A right password and a wrong one at a real server, then everything that anybody may read."""
    planted, wrong = "planted-token-4711", "planted-other-0815"
    told = []

    def command(*arguments: str, given: str = "") -> None:
        role = OWNER if arguments[0] == "secret" else WORKER
        env = {**os.environ, "FOLLOWUP_DATABASE": server.address(role), "FOLLOWUP_FLEET_LOOPBACK": "1",
               "FOLLOWUP_MASTER_KEYS": "one:" + b64encode(b"m" * 32).decode()}  # fmt: skip
        clock = () if arguments[0] == "secret" else ("--now", NOW.isoformat())
        done = subprocess.run(
            [Path(sys.executable).with_name("followup"), "fleet", *arguments, *clock],
            env=env, input=given, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told.append(done.stdout + done.stderr)

    with radicale(tmp_path, password=planted) as calendars:
        for name, secret in (("ann", planted), ("bob", wrong)):
            url = f"{calendars.root}{calendars.home}{name}/"
            settings = ON_SERVERS.replace("https://calendar.example/ann/", url)
            a, _, rest = settings.partition("[source]")
            settings = a + '[source]\ntype = "csv"\npath = "leads.csv"\n[target]' + rest.partition("[target]")[2]
            put_profile(owner, name, settings, period=timedelta(days=1), now=NOW - timedelta(days=1))
            put_upload(owner, name, "leads.csv", b"company,applied_on,status\nAcme,2027-01-04,sent\n")
            command("secret", name, given=secret + "\n")
        command("tick")
        with server.connect("admin") as admin:  # while the jobs wait
            jobs = admin.execute("SELECT args FROM followup_queue.procrastinate_jobs WHERE lock = 'bob'").fetchall()
        assert jobs == [({"profile": "bob"},)]
        command("work", "--until-idle")
    command("status")
    command("overview")
    paused = owner.execute("SELECT last_exit_code, paused FROM followup.profile WHERE profile = 'bob'").fetchone()
    assert paused == (7, True)
    dump = subprocess.run(
        [server.binaries / "pg_dump", server.address("admin")], check=True, capture_output=True, text=True
    ).stdout
    assert "COPY followup.secret" in dump
    for text in (*told, dump):
        for secret in (planted, wrong, b64encode(planted.encode()).decode(), planted.encode().hex()):
            assert secret not in text
