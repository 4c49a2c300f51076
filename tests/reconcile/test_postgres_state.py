"""The state of many profiles in a real PostgreSQL: the contract, who sees whose rows, and what a lost session does."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from conftest import NOW
from msgspec.structs import replace
from postgres_server import OWNER, PASSWORD, WORKER, Postgres, migrated, postgres
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool
from runner import Seeker, a_row, settings_with
from source_contract import outside
from state_contract import FULL, PROOF, REMOTE, TOUCH, StateContract, a_create, saved
from worlds import BurningTarget, Fuse

from connectors import STATES
from connectors.memory import MemoryTarget
from connectors.postgres.connecting import connect_to, secure
from connectors.postgres.schema import _GRANTS, MIGRATIONS, check_ready, migrate
from connectors.postgres.schema import WORKER as ROLE
from connectors.postgres_state import PostgresState
from connectors.sqlite_state import SqliteState
from sync.errors import ConfigError, CredentialsError, FollowupError, LockedError, TargetError
from sync.memory import Memory
from sync.models import Action, Change, Outcome, Result
from sync.protocols import StateStore
from sync.run import run

STORED = Path(__file__).parents[1] / "data" / "state"
TABLES = ("memory", "runs", "intents", "set_aside")


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    with migrated() as server:
        yield server


@pytest.fixture
def profile(request: pytest.FixtureRequest) -> str:
    """One profile for each test: they all work on one database, as the firm's workers do."""
    name: str = request.node.nodeid
    return name[-150:]


@pytest.fixture
def store(server: Postgres, profile: str) -> PostgresState:
    return PostgresState(connect_to(server.address(WORKER)), profile)


class TestPostgresState(StateContract):
    @pytest.fixture
    def store(self, server: Postgres, profile: str) -> StateStore:
        self.server = server
        return PostgresState(connect_to(server.address(WORKER)), profile)

    def another(self, store: StateStore) -> StateStore:
        assert isinstance(store, PostgresState)
        return PostgresState(connect_to(self.server.address(WORKER)), store.profile)

    def proofs(self, store: StateStore) -> list[str]:
        assert isinstance(store, PostgresState)
        with self.server.connect("admin") as admin:
            kept = "SELECT document FROM followup.memory WHERE profile = %s AND kind = 'proof'"
            return [document for (document,) in admin.execute(kept, (store.profile,))]


def rows(server: Postgres, table: str, profile: str) -> int:
    with server.connect("admin") as admin:
        found = admin.execute(f"SELECT count(*) FROM followup.{table} WHERE profile = %s", (profile,)).fetchone()
        assert found is not None
        return int(found[0])


# --- who sees whose rows ------------------------------------------------------------------------------------------


def test_a_query_that_names_no_profile_sees_and_changes_nothing(server: Postgres, store: PostgresState) -> None:
    saved(store, FULL, a_create())
    for role in (WORKER, OWNER):
        with server.connect(role) as connection:
            for table in ("memory", "runs", "intents"):
                assert connection.execute(f"SELECT * FROM followup.{table}").fetchall() == []
                assert connection.execute(f"DELETE FROM followup.{table}").rowcount == 0
    assert store.load() == FULL


def test_a_query_that_names_one_profile_sees_no_other(server: Postgres, profile: str) -> None:
    ann, bob = (PostgresState(connect_to(server.address(WORKER)), f"{profile} {name}") for name in ("ann", "bob"))
    saved(ann, FULL, a_create())
    saved(bob, replace(FULL, leads={}))
    with server.connect(WORKER) as connection, connection.transaction():
        connection.execute("SELECT set_config('followup.profile', %s, true)", (ann.profile,))
        for table in ("memory", "runs", "intents"):
            found = {name for (name,) in connection.execute(f"SELECT profile FROM followup.{table}")}
            assert found == {ann.profile}
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"), connection.transaction():
            connection.execute("INSERT INTO followup.runs VALUES (%s, 9, now())", (bob.profile,))
        assert connection.execute("DELETE FROM followup.memory WHERE profile = %s", (bob.profile,)).rowcount == 0
    assert (ann.load(), bob.load()) == (FULL, replace(FULL, leads={}))


def test_the_profile_is_forgotten_when_its_transaction_ends(server: Postgres, store: PostgresState) -> None:
    saved(store, FULL)
    with ConnectionPool(server.address(WORKER), min_size=1, max_size=1, open=True) as pool:
        pooled = PostgresState(pool.connection, store.profile)
        saved(pooled, FULL)
        with pool.connection() as connection:
            assert connection.execute("SELECT * FROM followup.memory").fetchall() == []
            held = "SELECT * FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
            assert connection.execute(held).fetchall() == []
            assert connection.execute("SHOW application_name").fetchone() == ("",)


def test_the_workers_role_owns_no_table_and_changes_none(server: Postgres) -> None:
    with server.connect("admin") as admin:
        owners = {name for (name,) in admin.execute("SELECT tableowner FROM pg_tables WHERE schemaname = 'followup'")}
        assert owners == {OWNER}
        policed = admin.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'followup'::regnamespace AND relkind = 'r'"
            " AND relrowsecurity AND relforcerowsecurity ORDER BY relname"
        ).fetchall()
    assert [name for (name,) in policed] == sorted((*TABLES, "secret", "upload", "feed"))
    with server.connect(WORKER) as connection:
        for statement in ("DROP TABLE followup.memory", "TRUNCATE followup.memory", "CREATE TABLE followup.x ()",
                          "ALTER TABLE followup.memory DISABLE ROW LEVEL SECURITY", "SELECT * FROM followup.set_aside",
                          "DELETE FROM followup.migrations"):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)


def test_a_login_that_sees_every_row_is_refused(server: Postgres, profile: str) -> None:
    store = PostgresState(connect_to(server.address("admin")), profile)
    with pytest.raises(ConfigError, match="role admin can read the rows of every profile"):
        store.load()
    with pytest.raises(ConfigError, match="is no superuser"), store.lock():
        pass


# --- the lock and its session -------------------------------------------------------------------------------------


def test_whoever_finds_the_lock_held_is_told_since_when(store: PostgresState) -> None:
    begun = datetime.now(UTC)
    with store.lock():
        locked = pytest.raises(LockedError, match=r"at work on this state since .* UTC; try again")
        with locked as caught, PostgresState(store._connect, store.profile).lock():
            pass
        assert caught.value.exit_code == 8
        assert caught.value.since is not None
        assert abs(caught.value.since - begun) < timedelta(minutes=2)
        with PostgresState(store._connect, f"{store.profile} of somebody else").lock():
            pass


def test_nothing_is_written_once_the_session_is_gone(server: Postgres, store: PostgresState) -> None:
    saved(store, FULL)
    other = replace(FULL, leads={})
    steps: list[Callable[[], object]] = [
        lambda: store.begin([a_create()], memory=other, after=other, now=NOW),
        lambda: store.record(1, [Outcome(TOUCH.uid, Result.DONE)]),
        lambda: store.keep(other),
        lambda: store.commit(1, other, exit_code=0),
    ]
    for step in steps:
        with store.lock():
            store.load()
            end_session(server, store)
            with PostgresState(store._connect, store.profile).lock():
                pass  # the lock went with its session
            for _ in range(2):
                with pytest.raises(TargetError, match="lost in the middle of a run"):
                    step()
        with pytest.raises(TargetError, match="lost in the middle of a run"):
            step()  # nor without a lock
    assert store.load() == FULL


def end_session(server: Postgres, store: PostgresState) -> None:
    """What a database that is restarted, or a network that breaks, does to the run at work."""
    with server.connect("admin") as admin:
        assert admin.execute("SELECT pg_terminate_backend(%s, 5000)", (store._session,)).fetchone() == (True,)


def test_another_session_behind_the_same_connection_cannot_write(store: PostgresState) -> None:
    """As a pooler would hand out that changes sessions with every transaction."""
    with store.lock():
        store.load()
        store._session += 1
        with pytest.raises(TargetError, match="lost in the middle"):
            store.keep(FULL)
        store._session -= 1
    assert store.load() == Memory()


# --- whole runs ---------------------------------------------------------------------------------------------------


@contextmanager
def cut(server: Postgres, store: PostgresState, seeker: Seeker, step: int) -> Iterator[None]:
    """The session ends before or after a change of the calendar."""
    target = seeker.target
    assert isinstance(target, MemoryTarget)

    class Cut(Fuse):
        def burn(self) -> None:
            self.steps = getattr(self, "steps", 0) + 1
            if self.steps == step:
                end_session(server, store)

    seeker.target = BurningTarget(target, Cut())
    try:
        yield
    finally:
        seeker.target = target


def test_a_connection_that_is_lost_ends_the_run_with_a_sentence_and_the_next_one_heals_it(
    server: Postgres, profile: str, capfd: pytest.CaptureFixture[str]
) -> None:
    companies = [a_row("Acme"), a_row("Birch", "2027-01-02"), a_row("Cedar", "2026-12-30")]
    calm = Seeker(list(companies))
    calm.run()
    calm.run()
    wanted = {uid: event.snapshot for uid, event in calm.calendar.items()}
    assert len(wanted) > 4
    for step in (1, 2, 3, 6):
        store = PostgresState(connect_to(server.address(WORKER)), f"{profile} {step}")
        seeker = Seeker(list(companies), store=store)
        with cut(server, store, seeker, step), pytest.raises(TargetError, match="goes on from there") as caught:
            seeker.run()
        assert (caught.value.exit_code, "\n" in str(caught.value)) == (6, False)
        assert store.load().intents, "the journal was there before the first write"
        seeker.run()
        seeker.run()
        assert store.load().intents == ()
        assert titles(seeker) == sorted((event.summary, str(event.start)) for event in wanted.values())
    assert capfd.readouterr() == ("", "")


def titles(seeker: Seeker) -> list[tuple[str, str]]:
    return sorted((event.snapshot.summary, str(event.snapshot.start)) for event in seeker.calendar.values())


def test_two_runs_of_one_profile_never_write_at_once(server: Postgres, profile: str) -> None:
    """Eight threads of one process, each with a store of its own, out of one pool."""
    inside, most, refused = 0, 0, 0
    guard = threading.Lock()

    def work(pool: ConnectionPool[Any]) -> None:
        nonlocal inside, most, refused
        for _ in range(5):
            store = PostgresState(pool.connection, profile)
            try:
                with store.lock():
                    with guard:
                        inside += 1
                        most = max(most, inside)
                    store.keep(store.load())
                    time.sleep(0.01)
                    with guard:
                        inside -= 1
            except LockedError:
                with guard:
                    refused += 1

    with ConnectionPool(secure(server.address(WORKER)), min_size=8, max_size=8, open=True) as pool:
        threads = [threading.Thread(target=work, args=(pool,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert most == 1
    assert refused > 0, "they did meet"


def test_a_killed_database_has_what_was_begun_and_the_run_ends_with_a_sentence(profile: str) -> None:
    """With `synchronous_commit=off`, as a queue beside may want it: the journal is on the disk all the same."""
    with postgres() as server:
        with server.connect("admin") as admin:
            migrate(admin)
            admin.execute(f"CREATE ROLE {WORKER} LOGIN PASSWORD '{PASSWORD}' IN ROLE {ROLE}")
            assert admin.execute("SHOW synchronous_commit").fetchone() == ("off",)
        store = PostgresState(connect_to(server.address(WORKER)), profile)
        with pytest.raises(TargetError, match="lost in the middle of a run"), store.lock():
            store.load()
            run = store.begin([a_create()], memory=FULL, after=FULL, now=NOW)
            server.kill()
            store.record(run, [Outcome(TOUCH.uid, Result.DONE)])
        with pytest.raises(TargetError, match="the state database does not work"):
            store.load()
        server.start()
        again = store.load()
        assert replace(again, intents=()) == FULL
        assert [intent.uid for intent in again.intents] == [TOUCH.uid]


# --- one memory, wherever it lies ---------------------------------------------------------------------------------


def test_a_rich_memory_is_the_same_in_every_store(store: PostgresState, tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes((STORED / "schema1.sqlite").read_bytes())
    rich = SqliteState(path).load()
    assert len(rich.events) > 10 and rich.intents, "a life of months that ended in a killed run"
    writes = [
        Change(intent.action, intent.uid, "", TOUCH.start, None, "", event=intent.event, stamp=intent.stamp,
               base=intent.before)
        for intent in rich.intents
    ]  # fmt: skip
    with store.lock():
        store.load()
        store.begin(writes, memory=rich, after=rich, now=NOW)
    here = store.load()
    assert replace(here, intents=()) == replace(rich, intents=())
    back = SqliteState(tmp_path / "back.sqlite")
    with back.lock():
        back.load()
        back.begin(writes, memory=here, after=here, now=NOW)
    assert back.load() == here
    assert back.copies() == store.copies()


def test_whole_runs_leave_the_same_memory_in_every_store(store: PostgresState, tmp_path: Path) -> None:
    seekers = [Seeker([a_row("Acme"), a_row("Birch")], store=kept) for kept in (store, SqliteState(tmp_path / "s"))]
    for seeker in seekers:
        seeker.run()
        seeker.rows[0]["status"] = "rejected"
        seeker.run()
    here, there = (seeker.store.load() for seeker in seekers)
    assert here == there
    assert seekers[0].store.copies() == seekers[1].store.copies()


def test_old_copies_are_dropped(server: Postgres, store: PostgresState) -> None:
    saved(store, FULL, Change(Action.DELETE, TOUCH.uid, "Follow up", TOUCH.start, None, "", base=REMOTE))
    assert store.copies()[0] == 1
    with store.lock():
        store.load()
        store.commit(store.begin((), memory=FULL, after=FULL, now=NOW + timedelta(days=31)), FULL, exit_code=0)
    assert store.copies() == (0, ())
    assert (rows(server, "runs", store.profile), rows(server, "intents", store.profile)) == (1, 0)


def test_rows_that_cannot_be_understood_are_a_loss_and_are_set_aside(server: Postgres, store: PostgresState) -> None:
    saved(store, FULL, a_create())
    with server.connect("admin") as admin:
        spoil = "UPDATE followup.memory SET document = left(document, 20) WHERE profile = %s AND kind = 'events'"
        admin.execute(spoil, (store.profile,))
    assert store.load() == Memory(lost=True)
    with store.lock():
        store.load()
        store.keep(FULL)  # a run that stopped before it wrote
    assert store.load() == Memory(lost=True)
    saved(store, FULL)
    assert store.load() == FULL
    assert rows(server, "set_aside", store.profile) == 5


def test_a_proof_is_not_kept_while_another_run_is_at_work(server: Postgres, store: PostgresState) -> None:
    saved(store, FULL)
    with PostgresState(store._connect, store.profile).lock():
        store.keep_proof(PROOF, run_at=NOW)
    with server.connect("admin") as admin:
        kept = "SELECT FROM followup.memory WHERE profile = %s AND kind = 'proof'"
        assert admin.execute(kept, (store.profile,)).fetchall() == []


# --- the database and its address ---------------------------------------------------------------------------------


@contextmanager
def empty_database(server: Postgres, name: str) -> Iterator[str]:
    """A new database, by its name."""
    with server.connect("admin") as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER {OWNER}")
        yield name
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_migrating_twice_changes_nothing_and_older_and_newer_schemas_are_refused(server: Postgres) -> None:
    with empty_database(server, "fresh") as name:
        store = PostgresState(connect_to(server.address(WORKER, database=name)), "ann")
        with pytest.raises(ConfigError, match="no tables of followup yet; migrate it"):
            store.load()
        with psycopg.connect(server.address(OWNER, database=name), autocommit=True) as owner:
            assert migrate(owner) == migrate(owner) == len(MIGRATIONS)
            saved(store, FULL)
            owner.execute("UPDATE followup.migrations SET version = version + 100")
            for step in (store.load, lambda: migrate(owner)):
                with pytest.raises(ConfigError, match="made by a newer followup"):
                    step()
            owner.execute("UPDATE followup.migrations SET version = version - 100 - %s", (len(MIGRATIONS),))
            with pytest.raises(ConfigError, match="has schema 0 and this followup needs"), store.lock():
                pass
            owner.execute("UPDATE followup.migrations SET version = version + %s", (2 * len(MIGRATIONS),))
            owner.execute("UPDATE followup.migrations SET version = version - %s", (len(MIGRATIONS),))
        assert store.load() == FULL


def test_a_database_from_before_a_right_was_widened_is_refused_until_it_is_migrated(server: Postgres) -> None:
    """Schema 7 let a worker not change the day on which a version was first seen: it failed in the middle of a tick."""
    with (
        empty_database(server, "narrow") as name,
        psycopg.connect(server.address(OWNER, database=name), autocommit=True) as owner,
    ):
        migrate(owner)
        owner.execute(f"REVOKE UPDATE ON followup.release FROM {ROLE}")
        owner.execute("DELETE FROM followup.migrations WHERE version > 7")
        with psycopg.connect(server.address(WORKER, database=name), autocommit=True) as worker:
            with pytest.raises(ConfigError, match="has schema 7 and this followup needs 8; migrate it"):
                check_ready(worker)
            assert migrate(owner) == 8
            check_ready(worker)
            assert worker.execute("UPDATE followup.release SET first_seen = now()").rowcount == 0


def test_rights_change_only_with_the_number_of_the_schema() -> None:
    """Whoever changes them adds a migration, if only an empty one, and puts the new pair here."""
    assert (len(MIGRATIONS), sha256(_GRANTS.encode()).hexdigest()[:12]) == (8, "2228a8ad2b77")


def test_two_that_migrate_at_once_make_one_database(server: Postgres) -> None:
    with empty_database(server, "twice") as name:
        done: list[int] = []

        def work() -> None:
            with psycopg.connect(server.address(OWNER, database=name), autocommit=True) as owner:
                done.append(migrate(owner))

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert done == [len(MIGRATIONS)] * 4


def test_a_refused_login_and_a_server_that_is_not_there_are_sentences(server: Postgres) -> None:
    found: list[tuple[type[FollowupError], str]] = [
        (CredentialsError, server.address(WORKER, password="planted-token")),
        (TargetError, f"postgresql://ann:planted-token@127.0.0.1:{free_of(server)}/postgres"),
        (TargetError, server.address(WORKER, database="nothing")),
    ]
    for kind, address in found:
        store = PostgresState(connect_to(address), "ann")
        for step in (store.load, lambda store=store: store.lock().__enter__()):
            with pytest.raises(kind) as caught:
                step()
            assert "\n" not in str(caught.value)
            assert "planted-token" not in str(caught.value)


def free_of(server: Postgres) -> int:
    """A port where nothing listens: the discard service's."""
    assert server.port != 9
    return 9


@pytest.mark.parametrize(
    "address", ["postgresql://ann:planted@db.example/x?sslmode={}", "host=10.0.0.4 password=planted sslmode={}"]
)
def test_another_machine_is_spoken_to_encrypted_only(address: str) -> None:
    for weak in ("disable", "allow", "prefer"):
        with pytest.raises(ConfigError, match=f"sslmode={weak}") as caught:
            connect_to(address.format(weak))
        assert "planted" not in str(caught.value)
    assert conninfo_to_dict(secure(address.format("require")))["sslmode"] == "require"
    assert conninfo_to_dict(secure(address.replace("?sslmode={}", "").replace("sslmode={}", "")))["sslmode"] == (
        "verify-full"
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "%2Frun%2Fpostgresql"])
def test_the_machine_itself_needs_no_certificate(host: str) -> None:
    assert "sslmode" not in conninfo_to_dict(secure(f"postgresql://ann@{host}/x"))


@pytest.mark.parametrize(("said", "mode"), [("", "disable"), ("?gssencmode=require", "require")])
def test_kerberos_is_tried_only_where_the_address_asks_for_it(said: str, mode: str) -> None:
    assert conninfo_to_dict(secure(f"postgresql://ann@127.0.0.1/x{said}"))["gssencmode"] == mode


def test_an_address_that_is_none_is_a_sentence_without_it() -> None:
    with pytest.raises(ConfigError, match="postgresql://user:password@host/database") as caught:
        connect_to("planted-token without a meaning")
    assert "planted" not in str(caught.value)


def test_the_page_about_it_says_what_works(server: Postgres) -> None:
    page = (Path(__file__).parents[2] / "docs" / "fleet.md").read_text("utf-8")
    (statements,) = re.findall(r"```sql\n(.*?)```", page, re.S)
    with server.connect("admin") as admin:
        for statement in statements.split(";")[:-1]:
            if f"CREATE ROLE {ROLE} " not in statement:  # there since the other tests began
                admin.execute(statement)
    seeker = Seeker([a_row("Acme")])
    known = {
        "owners_address": server.address("followup_owner", password="one-long-secret", database="followup"),
        "workers_address": server.address("night_shift", password="another-long-secret", database="followup"),
        "run": run, "settings": seeker.settings, "source": seeker.source(), "target": seeker.target,
        "claimed": [], "now": NOW, "deadline": NOW + timedelta(minutes=5),
    }  # fmt: skip
    for program in re.findall(r"```python\n(.*?)```", page, re.S):
        exec(program, known)
    assert seeker.calendar
    with server.connect("admin") as admin:
        admin.execute("DROP DATABASE followup WITH (FORCE)")


def test_the_registry_opens_it_by_owner_with_the_address_from_the_secrets(server: Postgres, tmp_path: Path) -> None:
    world = replace(outside(tmp_path), secret=lambda section: server.address(WORKER) if section == "state" else "")
    state = STATES["postgres"](settings_with(), world)
    assert isinstance(state, PostgresState)
    assert state.profile == "test"
    assert state.load() == Memory()
