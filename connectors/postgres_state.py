"""State of many profiles in one PostgreSQL: the same documents and the same journal as in `sqlite_state`.

- Every transaction names its profile first, as `SET LOCAL` does; row-level security hides the rows of all others
  (`connectors.postgres.schema`). A login that row-level security does not bind is refused.
- The run's lock is an advisory lock of the session that also writes: tried and never waited for, gone with the session.
  So a run whose session is gone cannot write, and one that hangs keeps others out for as long as it could still write.
  It needs a server, or a pooler, that gives a run one session from its beginning to its end.
- A commit is on the disk when it returns, even where the database is set up to be faster than that: an intent is
  worth nothing if it can be forgotten after the calendar was written to.
- A document that cannot be read means a lost memory, as a broken file does; `begin` sets the profile's rows aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString

import psycopg
from msgspec import MsgspecError
from msgspec.structs import replace
from psycopg import Connection

from connectors.outside import Outside
from connectors.postgres import statements
from connectors.postgres.connecting import Connect, connect_to
from connectors.postgres.schema import check_ready
from connectors.postgres.sentences import LOST, speak_plainly
from connectors.state_documents import (
    DOCUMENTS,
    KEEP_DAYS,
    LOCKED,
    WRITES,
    read_intent,
    read_runs,
    to_document,
    to_journal,
)
from sync.config import Settings
from sync.errors import ConfigError, LockedError, TargetError
from sync.memory import Intent, Memory, RunMemory, RunRecord
from sync.models import Action, Change, Outcome, Result
from sync.proof import Proof

RUNNING = "followup since "
"""What a session that holds a lock is called, with the time: one that finds it held can say since when."""


def open_state(settings: Settings, outside: Outside) -> PostgresState:
    """The state of the settings' owner in the database whose address is the secret of `state`.

    For one firm whose owners are all different; whoever keeps profiles under ids of their own makes the store itself.
    """
    if not settings.owner:
        raise ConfigError('a state in a database needs an owner; write owner = "..." into the configuration')
    return PostgresState(connect_to(outside.secret("state")), settings.owner)


class PostgresState:
    """A `StateStore` of one profile. `lock` must be held around everything that writes.

    `connect` lends a connection for the length of a run, or of one reading outside of a run.
    """

    def __init__(self, connect: Connect, profile: str) -> None:
        self.profile = profile
        self._connect = connect
        self._key = int.from_bytes(sha256(f"followup state of {profile}".encode()).digest()[:8], signed=True)
        self._held: Connection[Any] | None = None
        self._session = 0
        self._loaded: Memory | None = None
        self._corrupt = False

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the profile's lock for a whole run; raises `LockedError` at once if it is held."""
        with speak_plainly(), self._connect() as connection:
            self._session = self._acquire(connection)
            self._held, self._loaded, self._corrupt = connection, None, False
            try:
                yield
            finally:
                self._held = self._loaded = None
                self._release(connection)

    def load(self) -> Memory:
        """The memory as last committed, with the intents of a run that did not end. Writes nothing.

        Rows that cannot be understood give a memory that says it is lost; `begin` sets them aside.
        """
        self._corrupt = False
        try:
            with self._reading() as database:
                self._loaded = self._read(database)
        except (MsgspecError, ValueError, TypeError, KeyError):
            self._loaded, self._corrupt = Memory(), True
            return Memory(lost=True)
        return self._loaded

    def begin(
        self, changes: Sequence[Change], *, memory: Memory, after: Memory, now: datetime, run: int | None = None
    ) -> int:
        """Record the plan and what was learned in one commit, before the first write; returns the run's number."""
        self._know()
        with self._writing() as database:
            if self._corrupt:
                self._set_aside(database)
            self._store_memory(database, memory)
            given: dict[str, object] = {
                "profile": self.profile,
                "now": now,
                "ended": now,
                "oldest": now - timedelta(days=KEEP_DAYS),
            }
            if run is None:
                run = _number(database.execute(statements.BEGIN, given))
            given["run"] = run
            first = _number(database.execute(statements.COUNT, given))
            rows = [
                (self.profile, run, position, action, uid.encode(), wanted, before)
                for position, change in enumerate(changes, first)
                if change.action is not Action.KEEP
                for action, uid, wanted, before in (to_journal(change, after),)
            ]
            if rows:
                database.cursor().executemany(statements.INTEND, rows)
            database.execute(statements.END_OLDER, given)
            database.execute(statements.DROP_OLD, given)
        self._loaded, self._corrupt = memory, False
        return run

    def record(self, run: int, outcomes: Sequence[Outcome]) -> None:
        """Record a batch of results in one commit."""
        last = {outcome.uid: outcome for outcome in outcomes}
        uids = [uid.encode() for uid in last]
        results = [outcome.result.value for outcome in last.values()]
        messages = [to_document(outcome.message) for outcome in last.values()]
        with self._writing() as database:
            if last:
                database.execute(statements.RECORD, (uids, results, messages, self.profile, run))

    def copies(self, run: int | None = None) -> tuple[int, Sequence[Intent]]:
        """Every write of a run that replaced or deleted something, with its copy; by default of the last such run.

        A write whose outcome nobody knows counts: whoever brings it back looks at the calendar first.
        """
        if self._corrupt:
            return 0, ()
        given: dict[str, object] = {
            "profile": self.profile,
            "run": run,
            "refused": Result.REFUSED.value,
            "held": Result.HELD.value,
        }
        with self._reading() as database:
            found = [_intent(row) for row in database.execute(statements.COPIES, given)]
        last = found[0].run if found else 0
        return last, tuple(intent for intent in found if intent.run == last)

    def list_runs(self) -> Sequence[RunRecord]:
        """The runs that wrote, or of which nobody knows whether they did, the last one first."""
        if self._corrupt:
            return ()
        given: dict[str, object] = {
            "profile": self.profile,
            "refused": Result.REFUSED.value,
            "held": Result.HELD.value,
            **{action: action for action in WRITES},
        }
        with self._reading() as database:
            return tuple(RunRecord(*row) for row in database.execute(statements.RUNS, given))

    def keep(self, memory: Memory) -> None:
        """Store the memory without ending any run. Rows that cannot be understood are left as they are."""
        self._know()
        if not self._corrupt:
            with self._writing() as database:
                self._store_memory(database, memory)
            self._loaded = replace(memory, intents=())

    def commit(self, run: int, memory: Memory, *, exit_code: int) -> None:
        """Store the new memory and end the run, and every older one that did not end, in one commit."""
        self._know()
        given: dict[str, object] = {
            "profile": self.profile,
            "run": run,
            "ended": memory.runs.last_run,
            "exit_code": exit_code,
        }
        with self._writing() as database:
            self._store_memory(database, memory)
            database.execute(statements.END, given)
            database.execute(statements.END_OLDER, given)
        self._loaded = replace(memory, intents=())

    def keep_proof(self, proof: Proof, *, run_at: datetime) -> None:
        """Keep what lets the next run be left out, unless another run began since that one, or is beginning now."""
        given: dict[str, object] = {"profile": self.profile, "proof": proof.to_json(), "run_at": run_at}
        with self._transaction() as database:
            row = database.execute("SELECT pg_try_advisory_xact_lock(%s)", (self._key,)).fetchone()
            if row is not None and row[0]:
                database.execute(statements.PROVE, given)

    # --- the session and its transactions ----------------------------------------------------------------------

    def _acquire(self, connection: Connection[Any]) -> int:
        """Take the lock, or raise `LockedError`; the number of the session that has it."""
        with connection.transaction():
            check_ready(connection)
            row = connection.execute("SELECT pg_try_advisory_lock(%s), pg_backend_pid()", (self._key,)).fetchone()
            assert row is not None
            if not row[0]:
                raise self._locked(connection)
            connection.execute(statements.SIGN, (RUNNING,))
        return int(row[1])

    def _release(self, connection: Connection[Any]) -> None:
        """Give the lock back. A session that cannot do so is ended, and the lock with it."""
        try:
            with connection.transaction():
                connection.execute("SELECT set_config('application_name', '', false)")
                connection.execute("SELECT pg_advisory_unlock(%s)", (self._key,))
        except psycopg.Error:
            connection.close()

    def _locked(self, connection: Connection[Any]) -> LockedError:
        row = connection.execute(statements.HOLDER, (self._key,)).fetchone()
        try:
            since = datetime.fromisoformat((row[0] or "").removeprefix(RUNNING)).replace(tzinfo=UTC) if row else None
        except ValueError:
            since = None
        said = f"{LOCKED} since {since:%Y-%m-%d %H:%M} UTC" if since else LOCKED
        return LockedError(f"{said}; try again when it has ended", since=since)

    @contextmanager
    def _transaction(self, begin: LiteralString = "") -> Iterator[Connection[Any]]:
        """A commit of this profile, in the session that holds the lock where there is one."""
        with speak_plainly():
            if self._held is None:
                with self._connect() as connection, connection.transaction():
                    self._enter(connection, begin)
                    check_ready(connection)
                    yield connection
                return
            try:
                with self._held.transaction():
                    if self._enter(self._held, begin) != self._session:
                        raise TargetError(LOST)
                    yield self._held
            except psycopg.Error:
                if self._held is not None and self._held.closed:
                    raise TargetError(LOST) from None
                raise

    def _enter(self, connection: Connection[Any], begin: LiteralString) -> int:
        """Name the profile whose rows this transaction may see; the number of the session it is in."""
        if begin:
            connection.execute(begin)
        row = connection.execute(statements.ENTER, (self.profile,)).fetchone()
        assert row is not None
        return int(row[-1])

    def _reading(self) -> AbstractContextManager[Connection[Any]]:
        """Everything in it is read as of one instant."""
        return self._transaction("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

    @contextmanager
    def _writing(self) -> Iterator[Connection[Any]]:
        """One commit of the run that holds the lock. No proof survives it: what it writes may change the next run."""
        if self._held is None:
            raise TargetError(LOST)
        with self._transaction() as database:
            database.execute("DELETE FROM followup.memory WHERE profile = %s AND kind = 'proof'", (self.profile,))
            yield database

    # --- rows --------------------------------------------------------------------------------------------------

    def _read(self, database: Connection[Any]) -> Memory:
        kept: dict[str, Any] = {kind: {} for kind in DOCUMENTS}
        runs = RunMemory()
        for kind, key, document in database.execute(statements.READ, (self.profile,)):
            if kind == "runs":
                runs = read_runs(document)
            else:
                kept[kind][key.decode()] = DOCUMENTS[kind].decode(document)
        given = {"profile": self.profile, **{result.name.lower(): result.value for result in Result}}
        return Memory(
            runs=runs, **kept, intents=tuple(_intent(row) for row in database.execute(statements.OPEN, given))
        )

    def _know(self) -> None:
        """What lies there is known before it is written over, so that what is gone from memory goes there, too."""
        if self._loaded is None:
            self.load()

    def _store_memory(self, database: Connection[Any], memory: Memory) -> None:
        """Write what differs from the memory as loaded; most runs change a handful of documents."""
        assert self._loaded is not None
        new, gone = [("runs", "", to_document(memory.runs))], []
        for kind in DOCUMENTS:
            values, loaded = getattr(memory, kind), getattr(self._loaded, kind)
            new += [(kind, key, to_document(value)) for key, value in values.items() if loaded.get(key) != value]
            gone += [(kind, key) for key in loaded.keys() - values.keys()]
        kinds, keys, documents = zip(*new, strict=True)
        database.execute(statements.STORE, (self.profile, list(kinds), [key.encode() for key in keys], list(documents)))
        if gone:
            database.execute(
                statements.FORGET, ([kind for kind, _ in gone], [key.encode() for _, key in gone], self.profile)
            )

    def _set_aside(self, database: Connection[Any]) -> None:
        """Keep rows that cannot be understood where no run reads them, for whoever wants to know why."""
        database.execute(statements.SET_ASIDE, {"profile": self.profile})
        database.execute("DELETE FROM followup.memory WHERE profile = %s", (self.profile,))
        database.execute("DELETE FROM followup.runs WHERE profile = %s", (self.profile,))


def _intent(row: Sequence[Any]) -> Intent:
    run, action, uid, wanted, before, *flags = row
    done, ended = flags or (False, False)
    return read_intent(run, action, uid.decode(), wanted, before, done=done, ended=ended)


def _number(answer: psycopg.Cursor[Any]) -> int:
    row = answer.fetchone()
    assert row is not None
    return int(row[0])
