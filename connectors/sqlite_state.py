"""State in one SQLite file: memory, and the journal that makes a killed run heal.

- `meta` holds the memory of runs; `leads`, `touches`, `events` one JSON document per value of `sync.memory`, keyed as
  in `Memory`. The schema's number is the file's `user_version`.
- `runs` and `intents` are the journal. `begin` writes a run and everything it is about to do in one commit, before the
  first request, together with what the run learned (reactions, days, stages), so that nothing the user did is
  overwritten before it is known for good; `record` adds results in batches; `commit` stores the new memory and ends the
  run in one commit. An intent without a result is an unknown outcome: the next run reads the calendar before it
  believes anything. Only the last run's intents are ever open: it settled those of the runs before it.
- `meta` may hold a `proof` that nothing can have changed (`sync.proof`); every other write takes it away.
- The `before` copy of every intent is what `undo` brings back; copies are dropped after `KEEP_DAYS`.

The file is 0600 in a 0700 folder.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from msgspec import MsgspecError
from msgspec.structs import replace

from connectors.outside import Outside
from connectors.own_files import stranger_in
from connectors.sqlite_proof import last_left_out
from connectors.state_documents import (
    DOCUMENTS,
    KEEP_DAYS,
    WRITES,
    read_intent,
    read_runs,
    to_document,
    to_journal,
)
from sync.config import Settings
from sync.errors import ConfigError, CredentialsError, LockedError, TargetError
from sync.memory import Intent, Memory, RunMemory, RunRecord
from sync.models import Action, Change, Outcome, Remark, Result
from sync.proof import Proof

SCHEMA = 2
MIGRATIONS: Mapping[int, str] = {1: "UPDATE meta SET name = 'runs' WHERE name = 'facts';"}
"""For each older schema the statements that make the next one of it."""
ELSEWHERE = "mend that, or name another place under [state] path"
_CAUSES = {"SQLITE_FULL": "the disk is full", "SQLITE_CANTOPEN": "it is no file or nobody may open it"}
"""What SQLite says in words that mean something to a person."""

_TABLES = """
CREATE TABLE meta    (name TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE leads   (key TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE touches (key TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events  (key TEXT PRIMARY KEY, document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE runs    (run INTEGER PRIMARY KEY, started TEXT NOT NULL, ended TEXT, exit_code INTEGER);
CREATE TABLE intents (run INTEGER NOT NULL REFERENCES runs, position INTEGER NOT NULL, action TEXT NOT NULL,
                      uid TEXT NOT NULL, wanted TEXT NOT NULL, before TEXT NOT NULL,
                      result TEXT, message TEXT, PRIMARY KEY (run, position)) WITHOUT ROWID;
CREATE INDEX intents_by_uid ON intents (run, uid);
"""

OURS = {"meta", "leads", "touches", "events", "runs", "intents"}


def _confirmed(runs: RunMemory, left_out: datetime | None) -> RunMemory:
    """The memory of runs with the last one that was left out because a proof held: it was a good one."""
    if left_out is None or runs.last_run is None or left_out <= runs.last_run:
        return runs
    return replace(runs, last_run=left_out, last_good_run=left_out)


def open_state(settings: Settings, outside: Outside) -> SqliteState:
    """The state at `[state] path`, relative to the configuration's folder."""
    return SqliteState(outside.folder / settings.state.path)


class SqliteState:
    """A `StateStore` in one file. Made on first use; `lock` must be held around everything else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database: sqlite3.Connection | None = None
        self._loaded = Memory()
        self._corrupt = False

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the lock beside the file for a whole run; raises `LockedError` at once if it is held."""
        self._make_folder()
        self._check_owned()
        lock = FileLock(f"{self.path}.lock", mode=0o600)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise self._locked() from None
        except OSError as error:
            raise ConfigError(
                f"the state folder {self.path.parent} cannot be written ({_cause(error)}); {ELSEWHERE}"
            ) from None
        self._sign()
        try:
            yield
        finally:
            self.close()
            with suppress(OSError):  # Windows removes no file that somebody reads; the next run writes it anew
                self._signature.unlink()
            lock.release()

    def load(self) -> Memory:
        """The memory as last committed, with the intents of a run that did not end. Makes no file.

        A file that is no intact database gives a memory that says it is lost; `begin` moves the file aside.
        """
        self._loaded = Memory()
        if not self.path.exists():
            return self._loaded
        self._check_owned()
        if not self._intact():
            self._corrupt = True
            return replace(self._loaded, lost=True)
        try:
            self._loaded = self._read()
        except (MsgspecError, sqlite3.DatabaseError, ValueError, TypeError, KeyError):
            self._corrupt = True
            return Memory(lost=True)
        return self._loaded

    def _read(self) -> Memory:
        database = self._open()
        runs = database.execute("SELECT document FROM meta WHERE name = 'runs'").fetchone()
        return Memory(
            runs=_confirmed(read_runs(runs[0]), last_left_out(self.path)) if runs else RunMemory(),
            leads=self._documents("leads"),
            touches=self._documents("touches"),
            events=self._documents("events"),
            intents=tuple(self._open_intents()),
        )

    def begin(
        self, changes: Sequence[Change], *, memory: Memory, after: Memory, now: datetime, run: int | None = None
    ) -> int:
        """Record the plan and what was learned in one commit, before the first write; returns the run's number."""
        if self._corrupt:
            self.close()
            self.path.replace(self._unused(f"{self.path.name}.corrupt"))
            self._corrupt = False
        with self._transaction() as database:
            if run is None:
                run = database.execute("INSERT INTO runs (started) VALUES (?)", (now.isoformat(),)).lastrowid
            assert run is not None
            (first,) = database.execute("SELECT count(*) FROM intents WHERE run = ?", (run,)).fetchone()
            self._store_memory(database, memory)
            database.execute("UPDATE runs SET ended = ? WHERE ended IS NULL AND run < ?", (now.isoformat(), run))
            database.executemany(
                "INSERT INTO intents (run, position, action, uid, wanted, before) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (run, position, *to_journal(change, after))
                    for position, change in enumerate(changes, first)
                    if change.action is not Action.KEEP
                ),
            )
            oldest = (now - timedelta(days=KEEP_DAYS)).isoformat()
            database.execute("DELETE FROM runs WHERE ended IS NOT NULL AND started < ? AND run < ?", (oldest, run))
            database.execute("DELETE FROM intents WHERE run NOT IN (SELECT run FROM runs)")
        self._loaded = memory
        return run

    def record(self, run: int, outcomes: Sequence[Outcome]) -> None:
        """Record a batch of results in one commit."""
        with self._transaction() as database:
            database.executemany(
                "UPDATE intents SET result = ?, message = ? WHERE run = ? AND uid = ?",
                ((outcome.result.value, outcome.message, run, outcome.uid) for outcome in outcomes),
            )

    def copies(self, run: int | None = None) -> tuple[int, Sequence[Intent]]:
        """Every write of a run that replaced or deleted something, with its copy; by default of the last such run.

        A write whose outcome nobody knows counts: whoever brings it back looks at the calendar first.
        """
        if not self.path.exists() or self._corrupt:
            return 0, ()
        rows = self._open().execute(
            "SELECT run, action, uid, wanted, before FROM intents WHERE before != 'null'"
            " AND (result IS NULL OR result NOT IN (?, ?)) AND (? IS NULL OR run = ?) ORDER BY run DESC, position",
            (Result.REFUSED.value, Result.HELD.value, run, run),
        )
        found = [read_intent(*row) for row in rows]
        last = found[0].run if found else 0
        return last, tuple(intent for intent in found if intent.run == last)

    def list_runs(self) -> Sequence[RunRecord]:
        """The runs that wrote, or of which nobody knows whether they did, the last one first."""
        if not self.path.exists() or self._corrupt:
            return ()
        rows = self._open().execute(
            "SELECT run, started, exit_code, sum(action = ?), sum(action = ?), sum(action = ?), sum(before != 'null')"
            " FROM intents JOIN runs USING (run) WHERE result IS NULL OR result NOT IN (?, ?)"
            " GROUP BY run ORDER BY run DESC",
            (*WRITES, Result.REFUSED.value, Result.HELD.value),
        )
        return tuple(RunRecord(run, datetime.fromisoformat(started), *rest) for run, started, *rest in rows)

    def keep(self, memory: Memory) -> None:
        """Store the memory without ending any run. A broken file is left as it is."""
        if not self._corrupt:
            with self._transaction() as database:
                self._store_memory(database, memory)

    def commit(self, run: int, memory: Memory, *, exit_code: int) -> None:
        """Store the new memory and end the run, and every older one that did not end, in one commit."""
        with self._transaction() as database:
            self._store_memory(database, memory)
            ended = (memory.runs.last_run.isoformat() if memory.runs.last_run else "", exit_code)
            database.execute("UPDATE runs SET ended = ?, exit_code = ? WHERE run = ?", (*ended, run))
            database.execute("UPDATE runs SET ended = ? WHERE ended IS NULL AND run < ?", (ended[0], run))
        self._loaded = replace(memory, intents=())

    def keep_proof(self, proof: Proof, *, run_at: datetime) -> None:
        """Keep what lets the next run be left out, unless another run began since that one."""
        with self._transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO meta (name, document) SELECT 'proof', ?"
                " WHERE (SELECT started FROM runs ORDER BY run DESC LIMIT 1) = ?",
                (proof.to_json(), run_at.isoformat()),
            )

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._database is not None:
            self._database.close()
            self._database = None

    # --- who holds the lock ------------------------------------------------------------------------------------

    @property
    def _signature(self) -> Path:
        """A note of the run at work, for one that finds the lock held: made when it began, with its process."""
        return self.path.with_suffix(".running")

    def _sign(self) -> None:
        try:
            self._signature.unlink(missing_ok=True)
            with os.fdopen(os.open(self._signature, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as note:
                note.write(str(os.getpid()))
        except OSError:
            return  # a run that cannot say so is still a run

    def _locked(self) -> LockedError:
        try:
            process = int(self._signature.read_text("ascii")[:20])
            since = datetime.fromtimestamp(self._signature.stat().st_mtime, UTC)
        except (OSError, ValueError):
            return LockedError(Remark("failed.locked"))
        facts = {"since": f"{since:%Y-%m-%d %H:%M} UTC", "process": process}
        return LockedError(Remark("failed.locked_since", facts), since=since)

    def _unused(self, name: str) -> Path:
        """A path of this name, or one like it, where nothing lies yet."""
        paths = (self.path.with_name(f"{name}{count}" if count else name) for count in range(1000))
        return next(path for path in paths if not path.exists())

    def _check_owned(self) -> None:
        path = stranger_in(self.path, self.path.parent)
        if path is not None:
            raise CredentialsError(
                f"others can change {path}, and what stands there decides where your password goes and what is deleted;"
                f" make it yours alone: chmod go-w {path}"
            )

    # --- in here ---------------------------------------------------------------------------------------------

    def _intact(self) -> bool:
        """Whether the file is a whole database; SQLite would else return half of it, or fail in the middle."""
        try:
            database = self._open()
            return bool(database.execute("PRAGMA quick_check").fetchone() == ("ok",)) and _tables(database) >= OURS
        except sqlite3.DatabaseError:
            return False

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(
                f"the state folder {self.path.parent} cannot be made ({_cause(error)}); {ELSEWHERE}"
            ) from None

    def _open(self) -> sqlite3.Connection:
        if self._database is not None:
            return self._database
        self._make_folder()
        try:
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
            database = sqlite3.connect(self.path, isolation_level=None)
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("PRAGMA synchronous = FULL")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if _tables(database) and not _tables(database) >= OURS:
                raise sqlite3.DatabaseError("a database of another program")
            if version == 0:
                database.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {SCHEMA}; COMMIT;")
        except (OSError, sqlite3.OperationalError) as error:
            raise ConfigError(f"the state file {self.path} cannot be written ({_cause(error)}); {ELSEWHERE}") from None
        if version > SCHEMA:
            raise ConfigError(f"the state file {self.path} was written by a newer followup; update followup")
        if 0 < version < SCHEMA:
            self._migrate(database, version)
        self._database = database
        return database

    def _migrate(self, database: sqlite3.Connection, version: int) -> None:
        """Bring an older file up to date in one commit, after a copy of it was made beside it."""
        try:
            _keep_copy(self.path, f"schema{version}")
            steps = " ".join(MIGRATIONS[number] for number in range(version, SCHEMA))
            database.executescript(f"BEGIN; {steps} PRAGMA user_version = {SCHEMA}; COMMIT;")
        except (OSError, sqlite3.OperationalError) as error:
            raise ConfigError(f"the state file {self.path} cannot be brought up to date: {error}") from None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        database = self._open()
        try:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM meta WHERE name = 'proof'")  # whatever is written may change the next run
            yield database
            database.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise TargetError(
                f"the state file {self.path} cannot be written ({_cause(error)}); nothing is lost, "
                "and once that is mended the next run goes on from there"
            ) from None

    def _documents(self, table: str) -> dict[str, Any]:
        decode = DOCUMENTS[table].decode
        rows = self._open().execute(f"SELECT key, document FROM {table} ORDER BY key")  # noqa: S608 - our own names
        return {key: decode(document) for key, document in rows}

    def _open_intents(self) -> Iterator[Intent]:
        rows = self._open().execute(
            "SELECT intents.run, action, uid, wanted, before, result, ended FROM intents JOIN runs USING (run)"
            " WHERE ended IS NULL AND (result IS NULL OR result != ?)"
            " OR result = ? AND run = (SELECT max(run) FROM runs) ORDER BY intents.run, position",
            (Result.HELD.value, Result.UNKNOWN.value),
        )
        for *row, result, ended in rows:
            yield read_intent(*row, done=result == Result.DONE.value, ended=ended is not None)

    def _store_memory(self, database: sqlite3.Connection, memory: Memory) -> None:
        for table in DOCUMENTS:
            self._store(database, table, getattr(memory, table))
        runs = to_document(memory.runs)
        database.execute("INSERT OR REPLACE INTO meta (name, document) VALUES ('runs', ?)", (runs,))

    def _store(self, database: sqlite3.Connection, table: str, values: Mapping[str, Any]) -> None:
        """Write what differs from the memory as loaded; most runs change a handful of documents."""
        loaded: Mapping[str, Any] = getattr(self._loaded, table)
        database.executemany(
            f"INSERT OR REPLACE INTO {table} (key, document) VALUES (?, ?)",  # noqa: S608 - our own names
            ((key, to_document(value)) for key, value in values.items() if loaded.get(key) != value),
        )
        database.executemany(
            f"DELETE FROM {table} WHERE key = ?",  # noqa: S608 - our own names
            ((key,) for key in loaded.keys() - values.keys()),
        )


def _tables(database: sqlite3.Connection) -> set[str]:
    return {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _cause(error: OSError | sqlite3.OperationalError) -> str:
    """Why a file cannot be written, in a few plain words."""
    if isinstance(error, OSError):
        return (error.strerror or str(error)).lower()
    return _CAUSES.get(error.sqlite_errorname, str(error))


def _keep_copy(path: Path, why: str) -> None:
    """A copy beside the file that only its owner reads, under a name that nobody has yet."""
    names = (f"{path.name}.{why}{f'.{number}' if number else ''}" for number in count())
    copy = next(named for name in names if not os.path.lexists(named := path.with_name(name)))
    with os.fdopen(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(path.read_bytes())
