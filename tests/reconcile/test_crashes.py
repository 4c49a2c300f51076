"""SIGKILL of the real process at every durable step of a run against real Radicale, and the troubles of one machine:
a folder that can't be written, a disk that fills up, two runs at once.
"""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import at
from icalendar import Calendar
from runner import HEADERS, a_row
from servers import Server, radicale
from worlds import Edit, ServerWorld

from connectors.sqlite_state import SqliteState
from sync.cli import run_command

ROOT = Path(__file__).parents[2]
CONFIG = """
owner = "test"
timezone = "America/New_York"
holidays = "US"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "{url}"
user = "ann"
password_env = "CALENDAR_PASSWORD"
[state]
path = "{state}"
"""
POINTS = 22
"""Both sides of: the plan, seven writes (heartbeat's included), their results, the heartbeat's result, the commit."""


@dataclass
class Desk:
    """A seeker's folder: a sheet, a configuration, a state; and the calendar it writes to."""

    folder: Path
    server: Server
    url: str
    now: str = "2027-01-11T09:00:00-05:00"

    def write_rows(self, *rows: Mapping[str, str]) -> None:
        with (self.folder / "leads.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, HEADERS, restval="")
            table.writeheader()
            table.writerows(rows)

    def arguments(self, command: str = "sync") -> list[str]:
        return [command, "--config", str(self.folder / "followup.toml"), "--now", self.now]

    def sync(self) -> int:
        return run_command(self.arguments())

    def sync_and_die(self, step: int, how: str = "SIGKILL") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "tests" / "kit" / "killed_run.py"), f"{step}:{how}", *self.arguments()]
        return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})

    def shown(self) -> list[tuple[str, str]]:
        """Title and start of everything in the calendar."""
        answer = self.server.send("GET", self.url.removeprefix(self.server.root))
        events = Calendar.from_ical(answer.body.decode()).walk("VEVENT")
        return sorted((str(event["SUMMARY"]), str(event.start)) for event in events)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("CALENDAR_PASSWORD", "secret")
    name = re.sub(r"\W+", "-", tmp_path.name)
    desk = Desk(tmp_path, server, server.make_calendar(name))
    (tmp_path / "followup.toml").write_text(CONFIG.format(url=desk.url, state=tmp_path / "state.sqlite"))
    return desk


BEFORE = (a_row("Acme", "2027-01-08"), a_row("Globex", "2027-01-08"))
AFTER = (a_row("Acme", "2027-01-08", status="rejected"), a_row("Globex", "2027-01-07"), a_row("Initech", "2027-01-08"))


def changed(desk: Desk) -> None:
    """A calendar in use, and a sheet that now asks for creates, updates and deletes on the next day."""
    desk.write_rows(*BEFORE)
    assert desk.sync() == 0
    desk.write_rows(*AFTER)
    desk.now = "2027-01-12T09:00:00-05:00"


def test_a_run_that_is_not_killed_passes_every_point(desk: Desk) -> None:
    changed(desk)
    ended = desk.sync_and_die(-1)
    assert ended.returncode == 0, ended.stderr
    assert f"points: {POINTS}" in ended.stdout


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, server: Server) -> list[tuple[str, str]]:
    """What the calendar holds where nobody killed anything."""
    folder = tmp_path_factory.mktemp("undisturbed")
    desk = Desk(folder, server, server.make_calendar("undisturbed"))
    (folder / "followup.toml").write_text(CONFIG.format(url=desk.url, state=folder / "state.sqlite"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CALENDAR_PASSWORD", "secret")
        changed(desk)
        assert desk.sync() == 0
    return desk.shown()


@pytest.mark.parametrize("step", range(POINTS))
def test_a_run_killed_anywhere_heals(desk: Desk, step: int, undisturbed: list[tuple[str, str]]) -> None:
    changed(desk)
    killed = desk.sync_and_die(step)
    assert killed.returncode == -9, killed.stderr
    assert desk.sync() == 0
    assert desk.sync() == 0
    assert desk.shown() == undisturbed
    assert run_command([*desk.arguments("plan"), "--exit-code"]) == 0
    memory = SqliteState(desk.folder / "state.sqlite").load()
    assert memory.intents == ()
    assert [touch for touch in memory.touches.values() if touch.reaction] == []


@pytest.mark.parametrize("step", [2, 7, 12])
@pytest.mark.parametrize(("how", "code"), [("SIGKILL", -9), ("SIGTERM", -15), ("SIGINT", 130)])
def test_what_the_user_did_outlives_a_run_that_is_ended_by_a_signal(desk: Desk, step: int, how: str, code: int) -> None:
    desk.write_rows(*BEFORE)
    assert desk.sync() == 0
    state = SqliteState(desk.folder / "state.sqlite")
    uids = {(touch.lead_key.partition("\t")[0], touch.round): uid for uid, touch in state.load().touches.items()}
    world = ServerWorld(desk.server, desk.url, now=datetime.fromisoformat(desk.now) + timedelta(hours=1))
    moved = at("2027-01-21", "15:00")
    world.edit(uids["globex", 1], Edit(title="✓ done"))
    world.edit(uids["globex", 2], Edit(start=moved, note="she is away until then"))
    desk.write_rows(AFTER[0], BEFORE[1], AFTER[2])
    desk.now = "2027-01-12T09:00:00-05:00"
    ended = desk.sync_and_die(step, how)
    assert ended.returncode == code, ended.stderr
    world.now = datetime.fromisoformat(desk.now) + timedelta(minutes=1)
    world.edit(uids["globex", 2], Edit(title="Ring Dana"))
    desk.now = "2027-01-12T09:05:00-05:00"
    assert [desk.sync(), desk.sync()] == [0, 0]
    assert run_command([*desk.arguments("plan"), "--exit-code"]) == 0
    assert "SUMMARY:✓ done" in world.text(uids["globex", 1])
    text = world.text(uids["globex", 2])
    assert "SUMMARY:Ring Dana" in text
    assert "she is away until then" in text.replace("\r\n ", "")
    touches = state.load().touches
    assert touches[uids["globex", 1]].done_on == date(2027, 1, 11)
    assert touches[uids["globex", 2]].pinned_to == moved
    assert [title for title, _ in desk.shown()].count("Weekly review") == 1


def test_a_folder_that_cannot_be_written_is_told_before_the_first_request(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.write_rows(*BEFORE)
    (desk.folder / "file").write_text("")
    nobody = CONFIG.format(url="http://127.0.0.1:1/nobody/", state=desk.folder / "file" / "state.sqlite")
    (desk.folder / "followup.toml").write_text(nobody)
    assert desk.sync() == 2
    assert capsys.readouterr().err == (
        f"followup: the state folder {desk.folder / 'file'} cannot be made (file exists); "
        "mend that, or name another place under [state] path\n"
    )


def test_a_full_disk_is_said_and_nothing_is_lost(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    changed(desk)
    path = desk.folder / "state.sqlite"
    before = path.read_bytes()
    full = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(path.stat().st_size), *desk.arguments()],
        capture_output=True,
        text=True,
    )
    assert full.returncode == 6, full.stderr
    assert f"the state file {path} cannot be written" in full.stderr
    assert "nothing is lost, and once that is mended the next run goes on from there" in full.stderr
    assert "Traceback" not in full.stderr
    assert path.read_bytes() == before
    assert desk.sync() == 0
    assert desk.sync() == 0
    assert run_command([*desk.arguments("plan"), "--exit-code"]) == 0


PLAIN_RUN = "import sys; from sync.cli import run_command; sys.exit(run_command(sys.argv[1:]))"
FULL_DISK = """
import resource, signal, sys
from sync.cli import run_command
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
sys.exit(run_command(sys.argv[2:]))
"""


def test_of_two_runs_at_once_one_leaves(desk: Desk) -> None:
    changed(desk)
    with SqliteState(desk.folder / "state.sqlite").lock():
        second = subprocess.run([sys.executable, "-c", PLAIN_RUN, *desk.arguments()], capture_output=True, text=True)
    assert second.returncode == 8, second.stderr
    assert "another run" in second.stderr
    assert desk.sync() == 0


def test_a_run_that_hangs_with_the_lock_is_said_under_quiet_too(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    """Otherwise nobody hears of it: every later run leaves in silence, for weeks."""
    changed(desk)
    quiet = [*desk.arguments(), "--quiet"]
    with SqliteState(desk.folder / "state.sqlite").lock():
        assert run_command(quiet) == 8
        assert capfd.readouterr().err == ""
        os.utime(desk.folder / "state.running", (0, 0))
        assert run_command(quiet) == 8
        said = capfd.readouterr().err
    assert f"process {os.getpid()}" in said and "hangs" in said
    assert not (desk.folder / "state.running").exists()
    assert desk.sync() == 0
