"""Who takes part, each in an environment of its own: how to install it, how to set it up, what one sync is.

A contestant gets a calendar's address and, at each step, a folder with one file for every event that the calendar is to
hold. followup gets the sheet these events come from instead. One that can't be had is left out by name.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
ROOT = HERE.parent.parent

PATIENCE = 180
"""Seconds that installing or setting up a contestant may take."""

Command = Sequence[str]


@dataclass(frozen=True)
class Corpus:
    """One state of the world: as a sheet, and as the events that followup makes of it."""

    sheet: Path
    events: Path


@dataclass(frozen=True)
class Contestant:
    """`prepare(place, url)` sets up a folder; `present(place, corpus)` puts the next state there, untimed.

    `sync(place, url, before, after)` is the command that is timed.
    """

    name: str
    prepare: Callable[[Path, str], None]
    present: Callable[[Path, Corpus], None]
    sync: Callable[[Path, str, Corpus | None, Corpus], Command]
    limit: bool = False


class CannotBeHad(Exception):
    """A contestant that could not be installed here, and why."""


def make_environment(place: Path, *packages: str) -> Path:
    """The Python of a virtual environment with these packages; made once and kept."""
    python = place / "bin" / "python"
    stamp = place / "installed"
    wanted = " ".join(packages)
    if stamp.exists() and stamp.read_text() == wanted and str(ROOT) not in packages:
        return python
    if not python.exists():
        call(sys.executable, "-m", "venv", str(place))
    call(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages)
    stamp.write_text(wanted)
    return python


def call(*command: str, folder: Path | None = None) -> None:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise CannotBeHad(f"{Path(command[0]).name} took longer than {PATIENCE} s") from None
    except OSError as error:
        raise CannotBeHad(f"{Path(command[0]).name}: {error.strerror}") from None
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
        raise CannotBeHad(last[0][:200])


# --- followup and the limit ----------------------------------------------------------------------------------

CONFIG = """
owner = "bench"
timezone = "America/New_York"
holidays = "US"
ahead_days = 0
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "{url}"
user = "ann"
password_env = "BENCH_PASSWORD"
heartbeat_days = 0
[limits]
daily_touches = 0
[rules]
disable = ["R-001-14"]
[state]
path = "state.sqlite"
"""


def followup(python: Path, now: str) -> Contestant:
    """The installed command as a whole process."""

    def prepare(place: Path, url: str) -> None:
        (place / "followup.toml").write_text(CONFIG.format(url=url))

    def present(place: Path, corpus: Corpus) -> None:
        shutil.copyfile(corpus.sheet, place / "leads.csv")

    def sync(place: Path, url: str, before: Corpus | None, after: Corpus) -> Command:
        return [str(python.parent / "followup"), "sync", "--config", str(place / "followup.toml"), "--now", now]

    return Contestant("followup", prepare, present, sync)


def raw(python: Path, connections: int) -> Contestant:
    """The same bytes over bare sockets, in followup's environment."""

    def sync(place: Path, url: str, before: Corpus | None, after: Corpus) -> Command:
        client = [str(python), str(HERE / "raw_client.py"), url, str(connections)]
        if before is None:
            return [*client, "push", str(after.events)]
        return [*client, "ask"] if before == after else [*client, "delta", str(before.events), str(after.events)]

    return Contestant(f"raw {connections}", nothing, nothing, sync, limit=True)


def nothing(place: Path, given: object) -> None:
    """Needs no preparation."""


# --- peers ---------------------------------------------------------------------------------------------------

VDIRSYNCER = """
[general]
status_path = "{place}/status/"
[pair bench]
a = "here"
b = "there"
collections = null
conflict_resolution = "a wins"
[storage here]
type = "filesystem"
path = "{place}/events/"
fileext = ".ics"
[storage there]
type = "caldav"
url = "{url}"
username = "ann"
password = "secret"
"""


def vdirsyncer(environments: Path) -> Contestant:
    """A folder of files and a calendar, kept alike."""
    python = make_environment(environments / "vdirsyncer", "vdirsyncer")
    program = str(python.parent / "vdirsyncer")

    def prepare(place: Path, url: str) -> None:
        (place / "events").mkdir()
        (place / "config").write_text(VDIRSYNCER.format(place=place, url=url))
        call(program, "-c", str(place / "config"), "discover")

    def sync(place: Path, url: str, before: Corpus | None, after: Corpus) -> Command:
        return [program, "-c", str(place / "config"), "sync", "--force-delete"]

    return Contestant("vdirsyncer", prepare, copy_events, sync)


def caldav_loop(environments: Path) -> Contestant:
    """The loop of caldav's documentation."""
    python = make_environment(environments / "caldav", "caldav")

    def prepare(place: Path, url: str) -> None:
        (place / "events").mkdir()

    def sync(place: Path, url: str, before: Corpus | None, after: Corpus) -> Command:
        return [str(python), str(HERE / "caldav_loop.py"), url, str(place / "events")]

    return Contestant("caldav loop", prepare, copy_events, sync)


def copy_events(place: Path, corpus: Corpus) -> None:
    """Change only the files that differ, as a user's program would."""
    there = {path.name for path in (place / "events").iterdir()}
    for path in corpus.events.iterdir():
        copy = place / "events" / path.name
        if path.name not in there or copy.read_bytes() != path.read_bytes():
            shutil.copyfile(path, copy)
    for name in there - {path.name for path in corpus.events.iterdir()}:
        (place / "events" / name).unlink()


CALCURSE = """
[General]
Binary = {binary}
Hostname = {host}
Path = {path}
AuthMethod = basic
InsecureSSL = Yes
HTTPS = No
DryRun = No
SyncFilter = cal
[Auth]
Username = ann
Password = secret
"""


def calcurse(environments: Path) -> Contestant:
    """calcurse's own events and a calendar, from the distribution's package, unpacked beside the environments."""
    python = make_environment(environments / "calcurse", "httplib2")
    unpacked = environments / "calcurse-package"
    binary, script = unpacked / "usr/bin/calcurse", unpacked / "usr/bin/calcurse-caldav"
    if not script.exists():
        unpacked.mkdir(exist_ok=True)
        try:
            call("apt-get", "download", "calcurse", folder=unpacked)
            call("dpkg", "-x", *map(str, unpacked.glob("calcurse_*.deb")), str(unpacked))
        except FileNotFoundError:
            raise CannotBeHad("there is no Debian package manager here") from None
    call(str(binary), "--version")

    def prepare(place: Path, url: str) -> None:
        parts = urlsplit(url)
        (place / "caldav").mkdir()
        config = CALCURSE.format(binary=binary, host=parts.netloc, path=parts.path)
        (place / "caldav" / "config").write_text(config)

    def present(place: Path, corpus: Corpus) -> None:
        fresh = place / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        blocks = [path.read_text("utf-8").partition("BEGIN:VEVENT") for path in sorted(corpus.events.iterdir())]
        events = ["BEGIN:VEVENT" + rest.rpartition("END:VCALENDAR")[0] for _, _, rest in blocks]
        (fresh / "all.ics").write_text("BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(events) + "END:VCALENDAR\n")
        call(str(binary), "-q", "-D", str(fresh), "-i", str(fresh / "all.ics"))
        for name in ("apts", "notes", "conf", "todo", "keys"):
            if (fresh / name).is_dir():
                shutil.copytree(fresh / name, place / name, dirs_exist_ok=True)
            elif (fresh / name).exists():
                shutil.copyfile(fresh / name, place / name)

    def sync(place: Path, url: str, before: Corpus | None, after: Corpus) -> Command:
        command = [str(python), str(script), "--datadir", str(place), "--config", str(place / "caldav" / "config")]
        command += ["--syncdb", str(place / "caldav" / "sync.db"), "--lockfile", str(place / "lock")]
        return [*command, "--init=keep-local"] if before is None else command

    return Contestant("calcurse-caldav", prepare, present, sync)


PEERS = {"vdirsyncer": vdirsyncer, "caldav loop": caldav_loop, "calcurse-caldav": calcurse}
