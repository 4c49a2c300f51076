"""The state file: what went in comes out, a journal without results is open, a broken file is a loss and no crash."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from conftest import NOW, a_touch, at
from lives import plain
from msgspec.structs import replace

from connectors.sqlite_state import SCHEMA, SqliteState
from sync.errors import ConfigError, LockedError, TargetError
from sync.memory import (
    DeletesOfDay,
    EventMemory,
    LeadMemory,
    Memory,
    Reaction,
    RunMemory,
    StageSeen,
    Stop,
    TouchMemory,
)
from sync.models import Action, Change, Event, Lead, Outcome, RemoteEvent, Result, Stage, Stamp
from sync.reconcile.fields import snapshot_of
from sync.repair import lift

STATES = Path(__file__).parents[1] / "data" / "state"
TOUCH = a_touch()
EVENT = Event(TOUCH.uid, TOUCH.start, TOUCH.end, TOUCH.zone, "Follow up", "Why", alarm=timedelta(minutes=-540))
STAMP = Stamp(NOW, NOW, 0)
REMOTE = RemoteEvent(TOUCH.uid, "/a.ics", '"1"', snapshot_of(EVENT, STAMP), "BEGIN:VCALENDAR\r\nü\r\n")
FULL = Memory(
    RunMemory(
        owner="test", source="csv:/leads.csv", target="ics:/f.ics", first_run=NOW, last_run=NOW,
        counters={"review": 3}, texts={"rules": "abc"}, deletes=(DeletesOfDay(date(2027, 1, 3), 2, 40),),
    ),
    leads={
        "acme|analyst": LeadMemory(
            "acme|analyst", NOW, company="Acme", applied_on=date(2027, 1, 4), interview_at=at("2027-01-20", "00:00"),
            promised_on=date(2027, 1, 5), stages=(StageSeen(Stage.SENT, date(2027, 1, 4)),),
        )
    },
    touches={
        TOUCH.uid: TouchMemory(
            TOUCH.uid, "acme|analyst", "R-001-1", start=at("2027-01-11"), planned=date(2027, 1, 11),
            reaction=Reaction.DRAGGED, pinned_to=date(2027, 1, 13), pinned_fact="2027-01-04",
        )
    },
    events={TOUCH.uid: EventMemory(TOUCH.uid, EVENT, STAMP, REMOTE, kept=frozenset({"summary"}))},
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> SqliteState:
    return SqliteState(tmp_path / "deep" / "state.sqlite")


def a_create() -> Change:
    return Change(Action.CREATE, TOUCH.uid, "Follow up", TOUCH.start, "leads.csv:2", "", event=EVENT, stamp=STAMP)


def saved(store: SqliteState, memory: Memory, *changes: Change, exit_code: int = 0) -> None:
    with store.lock():
        store.load()
        store.commit(store.begin(changes, memory=memory, after=memory, now=NOW), memory, exit_code=exit_code)


def test_memory_comes_back_as_it_was(store: SqliteState) -> None:
    saved(store, FULL)
    assert store.load() == FULL


def test_a_date_stays_a_date_and_midnight_stays_an_instant(store: SqliteState) -> None:
    saved(store, FULL)
    again = store.load()
    assert type(again.touches[TOUCH.uid].pinned_to) is date
    assert again.leads["acme|analyst"].interview_at == at("2027-01-20", "00:00")


def test_what_is_removed_from_memory_is_removed_from_the_file(store: SqliteState) -> None:
    saved(store, FULL)
    saved(store, replace(FULL, touches={}, leads={}))
    assert store.load() == replace(FULL, touches={}, leads={})


def test_loading_makes_no_file(store: SqliteState) -> None:
    assert store.load() == Memory()
    assert not store.path.parent.exists()


def test_a_run_that_was_killed_leaves_open_intents(store: SqliteState) -> None:
    saved(store, FULL)
    with store.lock():
        store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
    with store.lock():
        (intent,) = store.load().intents
    assert (intent.action, intent.uid, intent.event, intent.stamp, intent.before) == (
        Action.CREATE, TOUCH.uid, EVENT, STAMP, None,
    )  # fmt: skip


def test_intents_stay_open_until_the_run_ends_even_with_a_result(store: SqliteState) -> None:
    with store.lock():
        run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
        store.record(run, [Outcome(TOUCH.uid, Result.DONE, REMOTE)])
    assert len(store.load().intents) == 1
    with store.lock():
        store.load()
        store.commit(run, FULL, exit_code=0)
    assert store.load().intents == ()


@pytest.mark.parametrize(("result", "still_open"), [(Result.UNKNOWN, 1), (Result.HELD, 0), (Result.REFUSED, 0)])
def test_only_an_unknown_outcome_outlives_its_run(store: SqliteState, result: Result, still_open: int) -> None:
    with store.lock():
        run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
        store.record(run, [Outcome(TOUCH.uid, result)])
        store.commit(run, FULL, exit_code=6)
    assert len(store.load().intents) == still_open


def test_a_second_run_is_locked_out_at_once(store: SqliteState) -> None:
    with store.lock(), pytest.raises(LockedError), SqliteState(store.path).lock():
        pass


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


def test_copies_of_what_was_replaced_are_kept_for_undo(store: SqliteState) -> None:
    delete = Change(Action.DELETE, TOUCH.uid, "Follow up", TOUCH.start, None, "", base=REMOTE)
    saved(store, FULL, a_create())
    assert store.copies() == (0, ())
    saved(store, FULL, delete)
    saved(store, FULL, a_create())
    run, copies = store.copies()
    assert (run, [intent.before for intent in copies]) == (2, [REMOTE])
    assert store.copies(1) == (0, ())


def test_a_write_that_was_refused_is_nothing_to_undo(store: SqliteState) -> None:
    delete = Change(Action.DELETE, TOUCH.uid, "Follow up", TOUCH.start, None, "", base=REMOTE)
    with store.lock():
        store.load()
        run = store.begin([delete], memory=FULL, after=FULL, now=NOW)
        store.record(run, [Outcome(TOUCH.uid, Result.REFUSED)])
        store.commit(run, FULL, exit_code=6)
    assert store.copies() == (0, ())


def test_a_run_that_stopped_before_it_wrote_leaves_the_journal_open(store: SqliteState) -> None:
    saved(store, FULL)
    with store.lock():
        store.load()
        store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
    with store.lock():
        known = store.load()
        store.keep(replace(known, runs=replace(known.runs, stops=(Stop(NOW, 6, "no answer"),), not_before=NOW)))
    again = store.load()
    assert [intent.uid for intent in again.intents] == [TOUCH.uid]
    assert (again.runs.stops[0].message, again.runs.not_before) == ("no answer", NOW)
    assert again.touches == FULL.touches


def test_a_lifted_dismissal_leaves_the_journal_of_a_killed_run_open(store: SqliteState) -> None:
    saved(store, FULL)
    with store.lock():
        store.load()
        store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
    lift(store=store, lead=Lead(key=TOUCH.lead_key, row="leads.csv:2", row_number=2))
    assert [intent.uid for intent in store.load().intents] == [TOUCH.uid]


def test_an_unknown_outcome_stays_open_until_the_next_run_has_settled_it(store: SqliteState) -> None:
    with store.lock():
        store.load()
        run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
        store.record(run, [Outcome(TOUCH.uid, Result.UNKNOWN)])
        store.commit(run, FULL, exit_code=6)
    assert [(intent.uid, intent.ended) for intent in store.load().intents] == [(TOUCH.uid, True)]
    with store.lock():
        store.load()
        store.begin((), memory=FULL, after=FULL, now=NOW)
    assert store.load().intents == ()


def test_what_a_run_learned_is_kept_before_its_first_write(store: SqliteState) -> None:
    saved(store, Memory())
    with store.lock():
        store.load()
        run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
        store.record(run, [Outcome(TOUCH.uid, Result.DONE)])
    killed = store.load()
    assert replace(killed, intents=()) == FULL
    assert [(intent.after, intent.done) for intent in killed.intents] == [(FULL.events[TOUCH.uid], True)]


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
            since |= {"told": False, "said": ""} if "pinned_to" in value else {}
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
