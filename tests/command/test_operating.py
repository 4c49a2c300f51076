"""The samples for cron, systemd, launchd and Windows work as they stand: run in an empty environment, as those do."""

from __future__ import annotations

import configparser
import plistlib
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from sync.cli import run_command

EXAMPLES = Path(__file__).parents[2] / "examples"
SETTINGS = """owner = "cronjob"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "followups.ics"
"""
SHEET = "company,role,applied_on,status\nAcme,Analyst,2027-01-02,sent\n"


def cron_lines() -> list[str]:
    lines = (EXAMPLES / "cron" / "crontab").read_text("utf-8").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert all(re.match(r"(\S+ ){5}\S", entry) for entry in entries)
    assert not any("%" in entry for entry in entries), "cron takes a % for a line break"
    return [entry.split(" ", 5)[5] for entry in entries]


def systemd_line(home: Path) -> str:
    unit = configparser.ConfigParser(interpolation=None)
    unit.read(EXAMPLES / "systemd" / "followup.service", "utf-8")
    return unit["Service"]["ExecStart"].replace("%h", shlex.quote(str(home)))


def launchd_line() -> str:
    plist = plistlib.loads((EXAMPLES / "launchd" / "followup.plist").read_bytes())
    return shlex.join(plist["ProgramArguments"])


def windows_line(home: Path) -> str:
    """What the task runs, said in this system's words."""
    task = ET.parse(EXAMPLES / "windows" / "followup.xml")
    command, arguments = (task.findtext(f".//{{*}}{name}", "") for name in ("Command", "Arguments"))
    line = f"{command.removesuffix('.exe')} {arguments}"
    return line.replace("%USERPROFILE%", str(home)).replace("\\", "/")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home folder as the samples expect it: the command in ~/.local/bin, settings and sheet in ~/followup."""
    (tmp_path / ".local" / "bin").mkdir(parents=True)
    (tmp_path / ".local" / "bin" / "followup").symlink_to(Path(sys.executable).parent / "followup")
    (tmp_path / "followup").mkdir()
    (tmp_path / "followup" / "followup.toml").write_text(SETTINGS, "utf-8")
    (tmp_path / "followup" / "leads.csv").write_text(SHEET, "utf-8")
    return tmp_path


def start(home: Path, line: str) -> tuple[int, str]:
    """Run a line as cron does: nearly no environment, another folder, no terminal; its exit code and its mail."""
    done = subprocess.run(
        ["env", "-i", f"HOME={home}", "LOGNAME=ann", "PATH=/usr/bin:/bin", "SHELL=/bin/sh", "/bin/sh", "-c", line],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("kind", ["cron", "systemd", "launchd", "windows"])
def test_a_sample_runs_in_an_empty_environment(home: Path, kind: str) -> None:
    lines = {"cron": cron_lines()[0], "systemd": systemd_line(home), "launchd": launchd_line()}
    line = (lines | {"windows": windows_line(home)})[kind]
    assert start(home, line) == (0, "")
    assert "Acme" in (home / "followup" / "followups.ics").read_text("utf-8")
    log = home / ".local" / "state" / "followup" / "cronjob.log"
    assert log.read_text("utf-8").count("exit 0") == 1
    (home / "followup" / "leads.csv").write_text("<html>please log in</html>", "utf-8")
    code, mail = start(home, line)
    assert (code, mail.count("\n")) == (5, 1)
    assert start(home, line) == (5, "")


def test_the_second_cron_line_tells_when_runs_have_stopped(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sync, watch = cron_lines()
    code, mail = start(home, watch)
    assert code != 0
    assert mail
    assert start(home, sync) == (0, "")
    assert start(home, watch) == (0, "")


def test_the_timer_belongs_to_the_service() -> None:
    timer = configparser.ConfigParser(interpolation=None)
    timer.read(EXAMPLES / "systemd" / "followup.timer", "utf-8")
    assert timer["Timer"]["OnCalendar"] == "*:0/15"
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_status_quiet_says_nothing_while_runs_are_good(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = home / "followup" / "followup.toml"
    config.write_text(SETTINGS + '[state]\npath = "state.sqlite"\n', "utf-8")
    options = ["--quiet", "--max-age", "36h", "--config", str(config)]
    assert run_command(["sync", "--config", str(config), "--quiet", "--now", "2027-01-04T09:00:00-05:00"]) == 0
    assert run_command(["status", *options, "--now", "2027-01-05T09:00:00-05:00"]) == 0
    assert capsys.readouterr() == ("", "")
    assert run_command(["status", *options, "--now", "2027-01-07T09:00:00-05:00"]) == 4
    assert "Last good run" in capsys.readouterr().out
