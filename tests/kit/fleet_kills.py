"""A fleet that is killed at random while it works: what is lost, what ran twice at once, what the calendars hold.

Profiles have a sheet of their own in a real PostgreSQL; most write a feed there, some a calendar on a real
Radicale, with a sealed password. Workers end by `kill -9` every second or so and are started again; PostgreSQL ends
once. Then the next slot comes, without kills. What each calendar holds is compared with that of an undisturbed run.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from conftest import NOW
from postgres_server import OWNER, WORKER, Postgres
from servers import Server, radicale
from source_contract import outside

from connectors import open_target
from connectors.csv_text import parse_csv
from connectors.memory import MemorySource, MemoryState
from connectors.outside import Outside
from connectors.postgres.connecting import connect_to
from connectors.postgres_state import PostgresState
from sync.config import parse_settings
from sync.fleet.opening import open_hosted
from sync.fleet.profiles import open_feed, put_profile, put_upload
from sync.fleet.queue import give_out
from sync.fleet.secrets import parse_master_keys, put_secret
from sync.protocols import Target
from sync.run import run

PERIOD = timedelta(hours=1)
SLOTS = (NOW + PERIOD, NOW + 2 * PERIOD)
"""When the disturbed runs are made, and those that heal."""
EVERY, MOST_CALENDARS = 10, 100
"""One profile in so many has a calendar on a server, a hundred of them at most."""
PATIENCE = 600
"""Seconds in which no run ended, after which a fleet is given up."""
SIGNS = ("--dead-after", "2")
WORKERS = 2
MASTER = "one:" + b64encode(bytes(range(32))).decode()
SETTINGS = """
owner = "{owner}"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
{target}
"""
HEAD = "company,role,contact_name,contact_email,applied_on,status\n"
Held = tuple[object, ...]


def sheet_of(number: int) -> str:
    """Some leads, other ones for each profile."""
    rows = [
        f"Firm {number}-{lead},Analyst,Dana Reed {lead},dana{lead}@firm{number}.example,2026-12-{14 + lead},sent\n"
        for lead in range(1 + number % 3)
    ]
    return HEAD + "".join(rows)


@dataclass
class Fleet:
    """Profiles on a database and a calendar server, and what was noted of their runs."""

    database: Postgres
    calendars: Server
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    died: dict[Path, int] = field(default_factory=dict)
    """When the worker with these notes was killed."""
    kills: int = 0
    every: int = EVERY

    def add(self, count: int) -> None:
        """New profiles with all they need."""
        self.every = max(EVERY, count // MOST_CALENDARS)
        with self.database.connect(OWNER) as owner, owner.transaction():
            for number in range(count):
                name = f"seeker-{number:05}"
                target = 'type = "ics"\npath = "feed"'
                if number % self.every == 0:
                    target = f'type = "caldav"\nuser = "ann"\nurl = "{self.calendars.make_calendar(name)}"'
                self.settings[name] = SETTINGS.format(owner=f"o{number:05}", target=target)
                put_profile(owner, name, self.settings[name], period=PERIOD, now=NOW)
                put_upload(owner, name, "leads.csv", sheet_of(number).encode())
                if number % self.every:
                    open_feed(owner, name, token=name)
                else:
                    put_secret(owner, parse_master_keys(MASTER), "secret", tenant="firm", profile=name, name="target")

    def work(self, now: datetime, *, kills: int, seed: int = 1) -> None:
        """Give out what is due and let workers come to an end with it; kill them and the database meanwhile."""
        while give_out(connect_to(self.database.address(WORKER)), now=now):
            pass
        draw, left, waiting, until = random.Random(seed), kills, 0, time.monotonic() + PATIENCE
        crash_at = kills // 2
        workers = [self._start(now) for _ in range(WORKERS)]
        try:
            while left_over := self._in_line():
                if left_over != waiting:
                    waiting, until = left_over, time.monotonic() + PATIENCE
                assert time.monotonic() < until, "the fleet does not come to an end"
                time.sleep(draw.uniform(0.5, 1.5) if left else 0.2)
                for position, (process, _) in enumerate(workers):
                    if process.poll() is not None:  # it lost its database
                        workers[position] = self._start(now)
                if left and self._has_begun(workers):
                    position = draw.randrange(WORKERS)
                    self._kill(*workers[position])
                    workers[position] = self._start(now)
                    left -= 1
                    if left == crash_at:
                        self.database.kill()
                        self.database.start()
        finally:
            for process, notes in workers:
                self._kill(process, notes)

    def lost(self) -> list[str]:
        """Profiles whose last run did not end well, or that never ran."""
        with self.database.connect(OWNER) as owner:
            bad = "SELECT profile FROM followup.profile WHERE last_exit_code IS DISTINCT FROM 0 ORDER BY profile"
            return [row[0] for row in owner.execute(bad)]

    def spans(self) -> Iterator[tuple[str, int, int]]:
        """Who was held by a worker from when to when; to its death, where it was killed."""
        for notes in self.folder.glob("notes-*"):
            open_: dict[str, int] = {}
            for line in notes.read_text().splitlines():
                sign, profile, moment = line.split()
                if sign == "+":
                    open_[profile] = int(moment)
                else:
                    yield profile, open_.pop(profile), int(moment)
            for profile, began in open_.items():
                yield profile, began, self.died.get(notes, began)

    def overlaps(self) -> list[str]:
        """Profiles that two runs held at once."""
        found, last = [], dict[str, int]()
        for profile, began, ended in sorted(self.spans(), key=lambda span: span[1]):
            if began < last.get(profile, 0):
                found.append(profile)
            last[profile] = max(ended, last.get(profile, 0))
        return found

    def repeats(self) -> int:
        """Runs beyond the one that each profile is owed in each slot."""
        return sum(Counter(profile for profile, _, _ in self.spans()).values()) - len(SLOTS) * len(self.settings)

    def held_by(self, profile: str) -> Counter[Held]:
        """What the profile's calendar shows."""
        settings = parse_settings(self.settings[profile], hosted=True)
        _, target = open_hosted(settings, self._world(), connect_to(self.database.address(WORKER)), profile)
        return shown_by(target)

    def undisturbed(self, profile: str) -> Counter[Held]:
        """What it shows after the same runs by themselves, with a memory that no crash ever touched."""
        text, number = self.settings[profile], int(profile.removeprefix("seeker-"))
        if number % self.every == 0:
            text = text.replace(f"/{profile}/", f"/calm-{profile}/")
            self.calendars.make_calendar(f"calm-{profile}")
        settings = parse_settings(text)
        table = parse_csv(sheet_of(number).encode(), name="leads.csv")
        place = self.folder / profile
        place.mkdir()
        target, store = open_target(settings, self._world(place)), MemoryState()
        for now in SLOTS:
            report = run(settings, source=MemorySource(table), target=target, store=store, now=now,
                         deadline=now + timedelta(minutes=5), write=True)  # fmt: skip
            assert report.exit_code == 0
        return shown_by(target)

    def open_intents(self) -> Mapping[str, int]:
        """Profiles of which a write is still unsettled."""
        connect = connect_to(self.database.address(WORKER))
        found = {name: len(PostgresState(connect, name).load().intents) for name in self.settings}
        return {name: count for name, count in found.items() if count}

    def _world(self, folder: Path | None = None) -> Outside:
        return outside(folder or self.folder)

    def _start(self, now: datetime) -> tuple[subprocess.Popen[bytes], Path]:
        notes = self.folder / f"notes-{len(list(self.folder.glob('notes-*')))}"
        notes.touch()
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("fleet_worker.py"), notes, *SIGNS, "--now", now.isoformat()],
            cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "FOLLOWUP_DATABASE": self.database.address(WORKER),
                 "FOLLOWUP_MASTER_KEYS": MASTER, "FOLLOWUP_FLEET_LOOPBACK": "1",
                 "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
        return process, notes

    def _kill(self, process: subprocess.Popen[bytes], notes: Path) -> None:
        process.kill()
        process.wait(10)
        self.died[notes] = time.monotonic_ns()
        self.kills += 1

    def _has_begun(self, workers: list[tuple[subprocess.Popen[bytes], Path]]) -> bool:
        return all(notes.stat().st_size for _, notes in workers)

    def _in_line(self) -> int:
        with self.database.connect(OWNER) as owner:
            count = "SELECT count(*) FROM followup_queue.procrastinate_jobs WHERE task_name = 'sync_profile'"
            row = owner.execute(count).fetchone()
        assert row is not None
        return int(row[0])


def shown_by(target: Target) -> Counter[Held]:
    """What a person sees of a calendar; which identity an event has, and how often it was written, they do not."""
    events = target.observe({}).events.values()
    return Counter(
        (str(one.start), str(one.end), one.summary, one.description, one.status, one.our_alarm)
        for one in (event.snapshot for event in events)
    )


@contextmanager
def a_fleet(database: Postgres, folder: Path, count: int) -> Iterator[Fleet]:
    """So many new profiles."""
    with radicale(folder / "radicale") as calendars:
        fleet = Fleet(database, calendars, folder)
        fleet.add(count)
        yield fleet
