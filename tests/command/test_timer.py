"""The timer: what is written for each system, and `followup schedule` with stand-ins for the system's own commands."""

from __future__ import annotations

import configparser
import os
import plistlib
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from sync.setup.timer import add_line, describe_timer, drop_line, make_timer

ODD = "/home/ann/my jobs/100% sure $x/followup.toml"
TOML = """owner = "k3x9"
timezone = "America/New_York"
source = {type = "csv", path = "leads.csv"}
target = {type = "ics", path = "f.ics"}
"""


def test_a_line_of_cron_survives_spaces_and_percent_signs_and_leaves_other_lines_alone() -> None:
    timer = make_timer("cron", owner="k3x9", program="/opt/followup", config=ODD)
    mine = "MAILTO=ann\n0 7 * * * backup\n"
    once = add_line(mine, timer)
    assert add_line(once, timer) == once
    assert drop_line(once, timer) == mine
    minutes, *_, command = once.splitlines()[-1].split(" ", 5)
    assert minutes == "*/15"
    assert shlex.split(command.replace(r"\%", "%"), comments=True)[-1] == ODD
    other = make_timer("cron", owner="k3x", program="/opt/followup", config=ODD)
    assert drop_line(once, other) == once, "an owner that ends alike is another one"


def test_systemd_expands_nothing_in_a_path() -> None:
    timer = make_timer("systemd", owner="k3x9", program="/opt/followup", config=ODD, minutes=30)
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(timer.files[".config/systemd/user/followup-k3x9.service"])
    line = unit["Service"]["ExecStart"]
    assert shlex.split(line) == [
        "/opt/followup",
        "sync",
        "--quiet",
        "--config",
        ODD.replace("%", "%%").replace("$", "$$"),
    ]
    assert "OnCalendar=*:0/30" in timer.files[".config/systemd/user/followup-k3x9.timer"]


def test_launchd_and_windows() -> None:
    agent = plistlib.loads(
        make_timer("launchd", owner="k3x9", program="/opt/followup", config=ODD)
        .files["Library/LaunchAgents/followup-k3x9.plist"]
        .encode()
    )
    assert (agent["ProgramArguments"][-1], agent["StartInterval"]) == (ODD, 900)
    task = make_timer("windows", owner="k3x9", program=r"C:\Program Files\followup.exe", config=r"C:\me\followup.toml")
    assert task.start[0][-1] == r'"C:\Program Files\followup.exe" sync --quiet --config "C:\me\followup.toml"'
    assert "schtasks" in describe_timer(task)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with settings, and stand-ins for systemctl and crontab that write down how they were called."""
    commands = tmp_path / "commands"
    commands.mkdir()
    (commands / "systemctl").write_text('#!/bin/sh\necho "$@" >> "$HOME/called"\n')
    (commands / "crontab").write_text(
        '#!/bin/sh\nif [ "$1" = -l ]; then cat "$HOME/tab" 2>/dev/null; else cat > "$HOME/tab"; fi\n'
    )
    for command in commands.iterdir():
        command.chmod(0o700)
    (tmp_path / "followup.toml").write_text(TOML)
    return tmp_path


def schedule(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, "-c", "from sync.cli import main; main()", "schedule", *options]
    environment = {**os.environ, "HOME": str(home), "PATH": f"{home}/commands:{os.environ['PATH']}"}
    return subprocess.run(
        program, cwd=home, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def test_the_timer_is_shown_written_started_and_taken_away(home: Path) -> None:
    shown = schedule(home, "--kind", "systemd")
    assert shown.returncode == 2
    assert "give --yes" in shown.stderr
    assert "followup-k3x9.timer" in shown.stdout
    assert not (home / ".config").exists()
    assert schedule(home, "--yes").returncode == 0, "systemd answers here, so that it is the way"
    units = home / ".config/systemd/user"
    assert str(home / "followup.toml") in (units / "followup-k3x9.service").read_text()
    assert (home / "called").read_text().splitlines()[-2:] == [
        "--user daemon-reload",
        "--user enable --now followup-k3x9.timer",
    ]
    assert schedule(home, "--remove").returncode == 0
    assert list(units.iterdir()) == []
    assert (home / "called").read_text().splitlines()[-1] == "--user disable --now followup-k3x9.timer"
    assert schedule(home, "--remove").returncode == 0, "one that is not there is no failure"


def test_a_crontab_keeps_its_other_lines(home: Path) -> None:
    (home / "tab").write_text("0 7 * * * backup\n")
    assert schedule(home, "--kind", "cron", "--every", "20", "--yes").returncode == 0
    first, second = (home / "tab").read_text().splitlines()
    assert first == "0 7 * * * backup"
    assert second.startswith("*/20 * * * * ")
    assert schedule(home, "--kind", "cron", "--remove").returncode == 0
    assert (home / "tab").read_text() == "0 7 * * * backup\n"


def test_whatever_lets_it_run_is_taken_away(home: Path) -> None:
    """Somebody who wants to stop everything need not know how it was begun."""
    (home / "tab").write_text("0 7 * * * backup\n")
    assert schedule(home, "--kind", "cron", "--yes").returncode == 0
    assert schedule(home, "--kind", "systemd", "--yes").returncode == 0
    done = schedule(home, "--remove")
    assert (done.returncode, done.stdout) == (0, "followup no longer runs by itself here.\n")
    assert (home / "tab").read_text() == "0 7 * * * backup\n"
    assert list((home / ".config/systemd/user").iterdir()) == []
    assert schedule(home, "--remove").stdout == "Nothing lets followup run by itself here.\n"


def test_the_line_that_cron_runs_syncs(home: Path) -> None:
    (home / "leads.csv").write_text("company,applied_on,status\nAcme,2027-01-02,sent\n")
    schedule(home, "--kind", "cron", "--yes")
    command = (home / "tab").read_text().split(" ", 5)[5].replace(r"\%", "%")
    done = subprocess.run(["/bin/sh", "-c", command], env={"HOME": str(home)}, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert (home / "f.ics").exists()


def clear(home: Path, *options: str, typed: str = "") -> tuple[int, str]:
    """`followup clear` as somebody types it who answers so; exit code and all that is said."""
    program = [sys.executable, "-c", "import sys; sys.stdin.isatty = lambda: True; from sync.cli import main; main()"]
    environment = {**os.environ, "HOME": str(home), "PATH": f"{home}/commands:{os.environ['PATH']}"}
    done = subprocess.run(
        [*program, "clear", *options],
        cwd=home,
        env=environment,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["systemd", "cron"])
def test_clear_says_that_the_timer_writes_again_and_offers_to_stop_it(home: Path, kind: str) -> None:
    (home / "leads.csv").write_text("company,applied_on,status\nAcme,2027-01-02,sent\n")
    (home / "tab").write_text("0 7 * * * backup\n")
    assert schedule(home, "--kind", kind, "--yes").returncode == 0

    def fill() -> None:
        call = "from sync.cli import run_command; run_command(['sync', '--now', '2027-01-04T09:00:00-05:00'])"
        subprocess.run([sys.executable, "-c", call], cwd=home, env={**os.environ, "HOME": str(home)}, check=True)
        assert "BEGIN:VEVENT" in (home / "f.ics").read_text()

    def runs_by_itself() -> bool:
        unit = home / ".config/systemd/user/followup-k3x9.timer"
        return unit.exists() or "followup-k3x9" in (home / "tab").read_text()

    now = ("--now", "2027-01-04T09:30:00-05:00")
    fill()
    code, said = clear(home, *now, typed="n\n")
    assert code == 0
    assert "The next `followup sync` fills the calendar again. Take them out" in said
    assert "Stop that, too?" not in said
    code, said = clear(home, *now, "--yes")
    assert code == 0
    assert "It is run by" in said
    assert "followup schedule --remove" in said
    assert runs_by_itself(), "a script is not asked, so that nothing more is taken away"
    fill()
    code, said = clear(home, *now, typed="y\nn\n")
    assert (code, runs_by_itself()) == (0, True)
    fill()
    code, said = clear(home, *now, typed="y\ny\n")
    assert (code, runs_by_itself()) == (0, False)
    assert "no longer runs by itself" in said
    assert "backup" in (home / "tab").read_text()


def test_a_kind_that_is_none_is_named(home: Path) -> None:
    done = schedule(home, "--kind", "at")
    assert done.returncode == 2
    assert "is none of systemd, launchd, cron, windows" in done.stderr
