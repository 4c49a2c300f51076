"""A real PostgreSQL on a free loopback port, made and stopped by the tests: from where Debian puts it, or the path."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from servers import free_port

from connectors.postgres.schema import WORKER as ROLE
from connectors.postgres.schema import migrate
from sync.fleet.queue_schema import migrate_queue

OWNER, WORKER, PASSWORD = "firm", "worker_one", "secret"
FAST = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=16MB", "max_wal_senders=0")
"""A crash of the machine would lose data, a killed server does not. Commits wait for nothing where nobody asks."""


@dataclass
class Postgres:
    """A cluster. `admin` is its superuser; `OWNER` may own tables, `WORKER` is to work with them."""

    binaries: Path
    data: Path
    port: int
    user: str | None
    process: subprocess.Popen[bytes] | None = None

    def address(self, role: str, *, password: str = PASSWORD, database: str = "postgres") -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def connect(self, role: str) -> psycopg.Connection:
        return psycopg.connect(self.address(role), autocommit=True)

    def make(self) -> None:
        """A new cluster with the roles that a firm would make."""
        secret = self.data.parent / "password"
        secret.write_text(PASSWORD)
        if self.user:
            shutil.chown(secret, self.user)
        made = self._call("initdb", "-D", self.data, "-U", "admin", "-A", "scram-sha-256", "--pwfile", secret,
                          "--no-sync", "--no-locale", "-E", "UTF8")  # fmt: skip
        assert made.wait(60) == 0, "initdb failed"

    def start(self) -> None:
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", *FAST)
        options = [word for setting in settings for word in ("-c", setting)]
        for _ in range(600):
            if self.process is None or self.process.poll() is not None:  # or those of a killed one are still ending
                self.process = self._call("postgres", "-D", self.data, "-p", str(self.port), *options)
            try:
                self.connect("admin").close()
                return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise AssertionError("postgres does not answer")

    def kill(self) -> None:
        """End it without a word, and its sessions with it: by themselves they notice only after what they are at."""
        assert self.process is not None
        number = self.process.pid
        children = Path(f"/proc/{number}/task/{number}/children")
        sessions = children.read_text("ascii").split() if children.exists() else []
        self.process.kill()
        for session in sessions:
            with suppress(ProcessLookupError):
                os.kill(int(session), 9)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(2)  # disconnects everybody and ends
            self.process.wait(20)

    def _call(self, name: str, *arguments: str | Path) -> subprocess.Popen[bytes]:
        command = [str(self.binaries / name), *map(str, arguments)]
        return subprocess.Popen(
            command, user=self.user, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}, start_new_session=True,
        )  # fmt: skip


def find_binaries() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest there is."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: int(place.parent.name), reverse=True)
    found = shutil.which("initdb")
    places += [Path(found).resolve().parent] if found else []
    return next((place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None)


def give_away(folder: Path) -> str:
    """Make the folder somebody's who is not root; their name."""
    for name in ("postgres", "nobody"):
        with suppress(LookupError):
            shutil.chown(folder, name)
            return name
    raise AssertionError("there is nobody but root here")


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running server. Where none is installed the test is skipped, but with FOLLOWUP_POSTGRES=required it fails."""
    binaries = find_binaries()
    if binaries is None or sys.platform == "win32":
        reason = "PostgreSQL is not installed (on Debian and Ubuntu: apt-get install postgresql)"
        if os.environ.get("FOLLOWUP_POSTGRES") == "required":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = Path(tempfile.mkdtemp(prefix="followup-postgres-"))
    user = give_away(folder) if os.geteuid() == 0 else None  # the server does not run as root
    server = Postgres(binaries, folder / "data", free_port(), user)
    try:
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def migrated() -> Iterator[Postgres]:
    """A running server with the tables of followup, and a login that may work with them."""
    with postgres() as server:
        with server.connect("admin") as admin:
            admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
            admin.execute(f"GRANT CREATE ON DATABASE postgres TO {OWNER}")
            admin.execute(f"CREATE ROLE {WORKER} LOGIN PASSWORD '{PASSWORD}'")
        with server.connect(OWNER) as owner:
            migrate(owner)
            migrate_queue(owner)
        with server.connect("admin") as admin:
            admin.execute(f"GRANT {ROLE} TO {WORKER}")
        yield server
