"""The state file: what went in comes out, a journal without results is open, a broken file is a loss and no crash."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW
from lives import plain
from msgspec.structs import replace
from state_contract import FULL, StateContract, a_create, saved

from connectors.sqlite_state import SCHEMA, SqliteState
from sync.errors import ConfigError, TargetError
from sync.memory import Memory
from sync.protocols import StateStore

STATES = Path(__file__).parents[1] / "data" / "state"


@pytest.fixture
def store(tmp_path: Path) -> SqliteState:
    return SqliteState(tmp_path / "deep" / "state.sqlite")


class TestSqliteState(StateContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> StateStore:
        return SqliteState(tmp_path / "deep" / "state.sqlite")

    def another(self, store: StateStore) -> StateStore:
        assert isinstance(store, SqliteState)
        return SqliteState(store.path)

    def proofs(self, store: StateStore) -> list[str]:
        assert isinstance(store, SqliteState)
        rows = store._open().execute("SELECT document FROM meta WHERE name = 'proof'")
        return [document for (document,) in rows]


def test_loading_makes_no_file(store: SqliteState) -> None:
    assert store.load() == Memory()
    assert not store.path.parent.exists()


def test_file_and_folder_are_the_users_alone(store: SqliteState) -> None:
    saved(store, FULL)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("spoil", [b"", b"no database at all, but a text as long as a page" * 100])
def test_a_broken_file_is_a_loss_and_is_moved_aside(store: SqliteState, spoil: bytes) -> None:
    saved(store, FULL)
    data = store.path.read_bytes()
    store.path.write_bytes(spoil or data[:4096] + data[6096:])
    assert store.load() == Memory(lost=True)
    saved(store, replace(FULL, lost=False))
    assert store.load() == FULL
    assert store.path.with_name("state.sqlite.corrupt").exists()


def test_a_newer_state_file_is_refused(store: SqliteState) -> None:
    saved(store, FULL)
    with sqlite3.connect(store.path) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(ConfigError, match="newer followup"):
        store.load()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be made"), SqliteState(tmp_path / "file" / "state.sqlite").lock():
        pass


def test_a_full_disk_is_said_in_plain_words(store: SqliteState) -> None:
    saved(store, FULL)
    before = store.path.read_bytes()
    store._open().execute("PRAGMA max_page_count = 1")
    with pytest.raises(TargetError, match=r"cannot be written \(the disk is full\); nothing is lost"):
        store.keep(replace(FULL, runs=replace(FULL.runs, texts={"long": "x" * 100_000})))
    assert store.path.read_bytes() == before
    assert store.load() == FULL


def test_old_copies_are_dropped(store: SqliteState) -> None:
    saved(store, FULL, a_create())
    with store.lock():
        store.load()
        run = store.begin((), memory=FULL, after=FULL, now=NOW + timedelta(days=31))
        store.commit(run, FULL, exit_code=0)
    with sqlite3.connect(store.path) as database:
        assert database.execute("SELECT count(*) FROM intents").fetchone() == (0,)
        assert database.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    database.close()


def test_an_older_file_is_copied_and_brought_up_to_date(store: SqliteState, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store, FULL)
    before = store.path.read_bytes()
    monkeypatch.setattr("connectors.sqlite_state.SCHEMA", SCHEMA + 2)
    steps = {SCHEMA: "ALTER TABLE runs ADD COLUMN one TEXT;", SCHEMA + 1: "ALTER TABLE runs ADD COLUMN two TEXT;"}
    monkeypatch.setattr("connectors.sqlite_state.MIGRATIONS", steps)
    again = SqliteState(store.path)
    assert again.load() == FULL
    copy = store.path.with_name(f"state.sqlite.schema{SCHEMA}")
    assert copy.read_bytes() == before
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert SqliteState(store.path).load() == FULL


def test_a_copy_takes_no_name_that_somebody_has(tmp_path: Path) -> None:
    path, mine = tmp_path / "state.sqlite", tmp_path / "state.sqlite.schema1"
    shutil.copy(STATES / "schema1.sqlite", path)
    mine.write_text("mine")
    SqliteState(path).load()
    assert mine.read_text() == "mine"
    assert path.with_name("state.sqlite.schema1.1").read_bytes() == (STATES / "schema1.sqlite").read_bytes()


def test_a_file_that_an_older_version_wrote_is_read_as_that_version_read_it(tmp_path: Path) -> None:
    """`data/state` holds a file of each schema, of a rich life that ended in a killed run, and what it meant then."""
    path = tmp_path / "state.sqlite"
    shutil.copy(STATES / "schema1.sqlite", path)
    known = json.loads((STATES / "schema1.json").read_text("utf-8"))
    store = SqliteState(path)
    memory = as_then(store.load())
    assert {**memory.pop("runs"), **memory} == known["memory"]
    assert as_then(store.copies()) == known["copies"]
    assert path.with_name("state.sqlite.schema1").read_bytes() == (STATES / "schema1.sqlite").read_bytes()
    with store.lock():
        store.keep(store.load())
    assert SqliteState(path).load() == store.load()


def as_then(value: object) -> Any:
    """The value without the fields that are known since."""

    def older(value: object) -> object:
        if isinstance(value, dict):
            since: dict[str, object] = {"after": None, "done": False, "ended": False} if "before" in value else {}
            since |= {"unreadable": [], "words": [], "heard": {}} if "strays" in value else {}
            since |= {"written": None} if "triaged" in value else {}
            since |= {"revived": False} if "desired" in value else {}
            since |= {"additions": []} if "last_modified" in value and "summary" in value else {}
            since |= (
                {"told": False, "said": "", "turn": None, "let_go": None, "late": False, "pins_before": []}
                if "pinned_to" in value
                else {}
            )
            since |= {"busy": False} if "tentative" in value else {}
            assert {name: value[name] for name in since} == since
            return {name: older(item) for name, item in value.items() if name not in since}
        return [older(item) for item in value] if isinstance(value, list) else value

    return older(plain(value))


def test_a_migration_that_fails_changes_nothing(store: SqliteState, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(store, FULL)
    before = store.path.read_bytes()
    monkeypatch.setattr("connectors.sqlite_state.SCHEMA", SCHEMA + 1)
    monkeypatch.setattr("connectors.sqlite_state.MIGRATIONS", {SCHEMA: "ALTER TABLE nothing ADD COLUMN one TEXT;"})
    with pytest.raises(ConfigError, match="cannot be brought up to date"):
        SqliteState(store.path).load()
    assert store.path.read_bytes() == before
