"""Every command, whatever becomes of its output: no traceback, no "bug", nothing half written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFIG = """
owner = "k3x9"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "out.ics"
[state]
path = "state/state.sqlite"
"""
LEADS = "company,role,contact_name,applied_on,status\n" + "".join(
    f"Größe “{n}” 漢字 😀,Analyst,Zoë {n},2027-01-04,sent\n" for n in range(60)
)
NOW = ["--now", "2027-01-11T09:00-05:00"]
COMMANDS = [["plan"], ["plan", "--json"], ["sync"], ["agenda"], ["explain", "Größe"], ["status"]]
WITHOUT_NOW = [["log"], ["log", "--csv"], ["check"]]
EVERY = [*([*command, *NOW] for command in COMMANDS), *WITHOUT_NOW]
MAIN = "from sync.cli import main; main()"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "followup.toml").write_text(CONFIG)
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    return tmp_path


def shell(folder: Path, command: list[str], output: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a shell with its output sent somewhere."""
    quoted = " ".join(f"'{part}'" for part in [sys.executable, "-c", MAIN, *command])
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environ}
    line = f"set -o pipefail; {quoted} {output}"
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, env=environment)


def is_calm(done: subprocess.CompletedProcess[bytes]) -> None:
    said = (done.stderr + done.stdout).decode("utf-8", "replace")
    assert "Traceback" not in said and "Exception ignored" not in said and "Error:" not in said, said
    assert done.returncode not in (1, 120), said


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_an_encoding_without_the_letters(folder: Path, command: list[str]) -> None:
    done = shell(folder, command, "", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    is_calm(done)
    assert done.returncode == 0
    if "--json" in command:
        assert "Größe" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_reader_that_leaves(folder: Path, command: list[str]) -> None:
    is_calm(shell(folder, command, "| head -n 1"))


@pytest.mark.parametrize("command", ["plan", "sync"])
@pytest.mark.parametrize("output", ["| true", ">&-", "> /dev/full", ">&- 2>&-", "2> /dev/full"])
def test_an_output_that_takes_nothing(folder: Path, command: str, output: str) -> None:
    is_calm(shell(folder, [command, *NOW], output))
    assert shell(folder, ["sync", *NOW], "").returncode == 0


def test_a_closed_input_is_nobody_who_answers(folder: Path) -> None:
    (folder / "followup.toml").unlink()
    done = shell(folder, ["init", "leads.csv"], "<&-")
    is_calm(done)
    assert (folder / "followup.toml").is_file()


def test_a_complaint_that_cannot_be_written_keeps_its_exit_code(folder: Path) -> None:
    assert shell(folder, ["plan", "--config", "nowhere.toml"], "2> /dev/full").returncode == 2
