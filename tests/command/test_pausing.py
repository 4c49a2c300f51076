"""`followup pause`: into the configuration, out of it again, and nothing else of it touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from folders import CONFIG, Folder
from runner import a_row

from sync.cli import run_command


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme"))
    return folder


def text(folder: Folder) -> str:
    return (folder.path / "followup.toml").read_bytes().decode()


def test_a_pause_is_added_listed_and_taken_out(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.run("sync") == 0
    before = folder.feed()
    assert folder.run("pause", "2027-01-08", "2027-01-24", "--reason", 'skiing "up there"') == 0
    assert "Paused: Fri 2027-01-08 to Sun 2027-01-24. The next followup sync" in capsys.readouterr().out
    assert text(folder).startswith(CONFIG)
    assert folder.run("sync") == 0
    assert "20270125T" in folder.feed()
    assert "20270111T" not in folder.feed()
    capsys.readouterr()
    assert folder.run("pause") == 0
    assert capsys.readouterr().out == 'Fri 2027-01-08 to Sun 2027-01-24 (skiing "up there")\n'
    assert folder.run("pause", "2027-01-08", "--remove") == 0
    assert text(folder) == CONFIG
    assert folder.run("sync") == 0
    assert "20270111T" in folder.feed()
    assert before.count("BEGIN:VEVENT") <= folder.feed().count("BEGIN:VEVENT")
    assert folder.run("pause") == 0
    assert "There is no pause" in capsys.readouterr().out


def test_of_two_the_one_that_is_meant_is_taken_out(folder: Folder) -> None:
    windows = CONFIG.replace("\n", "\r\n")
    (folder.path / "followup.toml").write_bytes(windows.encode())
    assert folder.run("pause", "2027-01-08", "2027-01-24") == 0
    first = text(folder)
    assert folder.run("pause", "2027-03-01", "2027-03-05") == 0
    assert "\n" not in text(folder).replace("\r\n", "")
    assert folder.run("pause", "2027-03-01", "--remove") == 0
    assert text(folder).split() == first.split()


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param(["2027-01-24", "2027-01-08"], "before it begins on 2027-01-24", id="backwards"),
        pytest.param(["2026-12-01", "2026-12-08"], "has passed; give days to come", id="over"),
        pytest.param(["2027-01-24"], "say its last day, too: followup pause 2027-01-24 2027-01-30", id="no end"),
        pytest.param(["soon", "2027-01-24"], "FROM 'soon' is no day; write it as 2027-01-18", id="no day"),
        pytest.param(["2027-02-03", "2027-02-09"], "out first: followup pause 2027-02-01 --remove", id="overlapping"),
        pytest.param(
            ["2027-02-03", "2027-02-09"], "overlap with the pause Mon 2027-02-01 to Fri 2027-02-05;", id="which one"
        ),
        pytest.param(["2027-03-01", "2028-03-03"], "2027-03-01 to 2028-03-03 is longer than a year; put", id="endless"),
        pytest.param(["--remove"], "say on which day it begins: followup pause FROM --remove", id="which to take out"),
        pytest.param(["2027-02-02", "--remove"], "no pause begins on 2027-02-02; there are:", id="no such pause"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_writes_nothing(
    folder: Folder, capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    assert folder.run("pause", "2027-02-01", "2027-02-05") == 0
    before = text(folder)
    assert folder.run("pause", *command) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert text(folder) == before


def test_a_pause_is_shown_wherever_somebody_looks(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    """A coach and a seeker who wonder why nothing comes read it in agenda, status and overview, until it is over."""
    during, after = "2027-01-20T09:00:00-05:00", "2027-01-25T09:00:00-05:00"
    assert folder.run("sync") == 0
    assert folder.run("pause", "2027-01-08", "2027-01-24", "--reason", "skiing") == 0

    def shown(command: str, now: str, *options: str) -> str:
        capsys.readouterr()
        assert folder.run(command, *options, now=now) == 0
        return capsys.readouterr().out

    said = "Paused until Sun 24 Jan 2027 (skiing)"
    assert "A pause is to come, Fri 8 Jan 2027 to Sun 24 Jan 2027 (skiing)" in shown("agenda", "2027-01-05T09:00-05:00")
    assert "A pause" not in shown("agenda", "2027-01-05T09:00-05:00", "--days", "2"), "it begins later than that"
    assert shown("agenda", during).startswith(said)
    assert said in shown("status", during)
    assert "pause" not in (shown("status", after) + shown("agenda", after)).lower()
    told = [{"from": "2027-01-08", "to": "2027-01-24", "reason": "skiing"}]
    assert json.loads(shown("status", during, "--json"))["pauses"] == told
    assert json.loads(shown("agenda", during, "--json"))["pauses"] == told
    assert run_command(["overview", str(folder.path), "--now", during]) == 0
    assert "paused until Sun 24 Jan" in capsys.readouterr().out
    assert run_command(["overview", str(folder.path), "--now", after, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["seekers"][0]["paused_until"] is None
