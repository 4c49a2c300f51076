"""`make fleet`: two hundred made-up seekers on a real PostgreSQL, half with feeds, half with calendars.

Most calendars lie on a real Radicale, the others on the kit's server in memory. Everything is started on loopback,
used by the commands that a firm uses, and stopped again, also where it fails or is told to end. Simulated time: each
round of the two workers is an hour later than the one before. What it measured stands at the end.
"""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import NOW
from fleet_kills import SETTINGS, sheet_of
from postgres_server import OWNER, PASSWORD, WORKER, Postgres, postgres
from servers import Server, free_port, radicale
from stub_server import CALENDAR, StubServer, VirtualTime, serve

from connectors.postgres.schema import WORKER as ROLE
from sync.fleet.secrets import parse_master_keys, put_secret

SEEKERS = int(os.environ.get("SEEKERS", "200"))
HOURS = 3
"""Simulated."""
WORKERS = 2
IN_MEMORY = 20
"""One seeker in so many has a calendar on the server in memory."""
FOLLOWUP = Path(sys.executable).with_name("followup")
KEYS = "demo:" + b64encode(bytes(range(32))).decode()
CHANGED = "Another Firm,Analyst,Lee Park,lee@another.example,2027-01-03,sent\n"


def world(database: Postgres, role: str) -> dict[str, str]:
    """The environment of a firm's machine, on which the calendar server of this demonstration runs, too."""
    address = database.address(role)
    return {
        **os.environ, "FOLLOWUP_DATABASE": address, "FOLLOWUP_MASTER_KEYS": KEYS, "FOLLOWUP_FLEET_LOOPBACK": "1"
    }  # fmt: skip


def command(database: Postgres, role: str, *arguments: str | Path, given: str = "") -> str:
    """What a command printed. It must end well."""
    done = subprocess.run(
        [FOLLOWUP, "fleet", *arguments], env=world(database, role), input=given, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(f"followup fleet {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def make_folder(folder: Path, calendars: Server, stack: ExitStack) -> list[Path]:
    """A folder for each seeker, as an advisor has them."""
    files = []
    for number in range(SEEKERS):
        place = folder / f"seeker-{number:04}"
        place.mkdir()
        target = 'type = "ics"\npath = "feed"'
        if number % 2:
            if number % IN_MEMORY == 1:
                url = stack.enter_context(serve(StubServer(VirtualTime()))) + CALENDAR
            else:
                url = calendars.make_calendar(place.name)
            target = f'type = "caldav"\nuser = "ann"\nurl = "{url}"'
        (place / "followup.toml").write_text(SETTINGS.format(owner=f"o{number:05}", target=target))
        (place / "leads.csv").write_text(sheet_of(number))
        files.append(place / "followup.toml")
    return files


def round_of(database: Postgres, now: datetime, what: str) -> str:
    """Give out what is due and let two workers come to an end with it; a line of what it took."""
    given = int(command(database, WORKER, "tick", "--now", now.isoformat()).split()[0])
    env = world(database, WORKER)
    before, began = os.times(), time.monotonic()
    work = [str(FOLLOWUP), "fleet", "work", "--until-idle", "--at-once", "4", "--now", now.isoformat()]
    workers = [subprocess.Popen(work, env=env, stderr=subprocess.DEVNULL) for _ in range(WORKERS)]
    try:
        for worker in workers:
            if worker.wait(600):
                raise SystemExit("a worker failed")
    finally:
        for worker in workers:
            worker.kill()
            worker.wait(20)
    took, after = time.monotonic() - began, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return (
        f"  {what}: {given} runs, {given / took * 3600:,.0f} an hour, {1000 * cpu / max(given, 1):.0f} ms of CPU each, "
        "the start of the workers included"
    )


def fetch_twice(database: Postgres, path: str) -> str:
    """A feed over HTTP, as a calendar program fetches it."""
    port = free_port()
    env = world(database, WORKER)
    site = subprocess.Popen([FOLLOWUP, "fleet", "serve", "--port", str(port)], env=env, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", path)
                break
            except OSError:
                time.sleep(0.1)
        first = connection.getresponse()
        events = first.read().count(b"BEGIN:VEVENT")
        connection.request("GET", path, headers={"If-None-Match": first.headers["ETag"]})
        second = connection.getresponse()
        second.read()
        connection.close()
    finally:
        site.terminate()
        site.wait(20)
    assert (first.status, second.status) == (200, 304), (first.status, second.status)
    return f"  first {first.status} with {events} events, then {second.status}"


def prepare(database: Postgres) -> None:
    """What a firm's administrator says once."""
    with database.connect("admin") as admin:
        admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
        admin.execute(f"GRANT CREATE ON DATABASE postgres TO {OWNER}")
        admin.execute(f"CREATE ROLE {ROLE} NOLOGIN; CREATE ROLE {WORKER} LOGIN PASSWORD '{PASSWORD}' IN ROLE {ROLE}")


def main() -> None:
    """All of it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end; all that was started is stopped"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="followup-fleet-")))
        database = stack.enter_context(postgres())
        calendars = stack.enter_context(radicale(folder / "radicale"))
        prepare(database)
        print(command(database, OWNER, "migrate"), end="")
        (folder / "seekers").mkdir()
        files = make_folder(folder / "seekers", calendars, stack)
        began = NOW - timedelta(hours=1)
        added = command(database, OWNER, "add", *files, "--hours", "1", "--now", began.isoformat())
        print(f"{SEEKERS} seekers added, the first of them: {added.splitlines()[0]}")
        command(database, OWNER, "secret", files[1].parent.name, given="secret\n")
        with database.connect(OWNER) as owner:  # as that command does it, without starting it a hundred times
            for file in files[3::2]:
                put_secret(
                    owner, parse_master_keys(KEYS), "secret", tenant="firm", profile=file.parent.name, name="target"
                )
        lines = [round_of(database, NOW, "first run")]
        for hour in range(1, HOURS - 1):
            lines.append(round_of(database, NOW + timedelta(hours=hour), "no change"))
        for file in files:
            with (file.parent / "leads.csv").open("a") as sheet:
                sheet.write(CHANGED)
        last = NOW + timedelta(hours=HOURS - 1)
        command(database, OWNER, "add", *files, "--hours", "1", "--now", (last - timedelta(hours=1)).isoformat())
        lines.append(round_of(database, last, "a lead more"))
        print("\nfollowup fleet status")
        print(command(database, WORKER, "status", "--now", last.isoformat()), end="")
        print("\nfollowup fleet overview (the first lines)")
        print("\n".join(command(database, WORKER, "overview", "--now", last.isoformat()).splitlines()[:12]))
        print("\nA feed, fetched twice")
        print(fetch_twice(database, added.splitlines()[0].rpartition(" ")[2]))
        print("\nMeasured with", WORKERS, "workers, database and calendar server on the same machine")
        print("\n".join(lines))


if __name__ == "__main__":
    try:
        main()
    except pytest.skip.Exception as missing:
        raise SystemExit(str(missing)) from None
    except KeyboardInterrupt:
        raise SystemExit("stopped, with all that was started") from None
