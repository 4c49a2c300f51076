"""`undo`, `clear` and `status` as commands: what they print, what they ask, how they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from folders import Folder, Terminal
from runner import a_row


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme"), a_row("Globex"))
    assert folder.run("sync") == 0
    return folder


def test_undo_brings_back(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.write_rows(a_row("Acme"))
    assert folder.run("sync") == 0
    assert "Globex" not in folder.feed()
    capsys.readouterr()
    assert folder.run("undo") == 2
    shown = capsys.readouterr()
    assert "Globex" in shown.out, "it is shown before"
    assert "nothing was brought back: without a terminal to ask on, give --yes" in shown.err
    assert "Globex" not in folder.feed()
    assert folder.run("undo", "--yes") == 0
    assert "created" in capsys.readouterr().out
    assert "Globex" in folder.feed()
    assert folder.run("plan", "--exit-code") == 0
    assert folder.run("undo", "--yes") == 2


def test_the_runs_that_wrote_are_listed_and_each_can_be_undone_by_its_number(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.write_rows(a_row("Acme"))
    assert folder.run("sync", now="2027-01-06T09:00:00-05:00") == 0
    folder.write_rows(a_row("Acme"), a_row("Initech"))
    assert folder.run("sync", now="2027-01-07T09:00:00-05:00") == 0
    before = folder.feed()
    capsys.readouterr()
    assert folder.run("undo", "--list") == 0
    third, second, first = capsys.readouterr().out.splitlines()
    assert first.split()[:4] == ["1", "Tue", "2027-01-05", "09:00"]
    assert "created" in first
    assert "brought back" not in first
    assert second.split()[:4] == ["2", "Wed", "2027-01-06", "09:00"]
    assert "deleted" in second
    assert "up to 2 can be brought back" in second
    assert third.split()[0] == "3"
    assert folder.feed() == before, "a list changes nothing"
    assert folder.run("undo", "2", "--yes", now="2027-01-07T10:00:00-05:00") == 0
    assert "Globex" in folder.feed()
    assert folder.run("undo", "99", "--yes") == 2
    assert "followup undo --list" in capsys.readouterr().err


def test_what_was_said_to_be_done_is_undone_with_the_step_after_it(
    folder: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    """The step after it had become the next one: it is tentative again, which a calendar shows as its status."""
    assert folder.run("done", "Acme") == 0
    assert folder.run("sync") == 0
    assert "SUMMARY:✓ " in folder.feed()
    capsys.readouterr()
    assert folder.run("undo", "--yes") == 0
    assert ", status: brought back by undo" in " ".join(capsys.readouterr().out.split())
    assert "SUMMARY:✓ " not in folder.feed()


def test_before_the_first_run_there_is_nothing_to_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Folder(tmp_path).run("undo", "--list") == 0
    assert capsys.readouterr().out == "No run of the last 30 days wrote anything.\n"
    assert not (tmp_path / "state.sqlite").exists()


def test_clear_asks_first(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    before = folder.feed()
    assert folder.run("clear") == 2
    assert "without a terminal to ask on, give --yes" in capsys.readouterr().err
    assert folder.feed() == before
    assert folder.run("clear", "--yes") == 0
    assert "fills the calendar again" in capsys.readouterr().err
    assert "BEGIN:VEVENT" not in folder.feed()


@pytest.mark.parametrize(
    ("typed", "exit_code", "said"),
    [
        pytest.param("n\n", 0, "Nothing was taken out.", id="no"),
        pytest.param("\n", 0, "Nothing was taken out.", id="Enter"),
        pytest.param("", 130, "interrupted", id="Ctrl-D"),
        pytest.param("y\n", 0, "deleted", id="yes"),
    ],
)
def test_clear_does_what_is_answered(
    folder: Folder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    exit_code: int,
    said: str,
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert folder.run("clear") == exit_code
    assert said in "".join(capsys.readouterr())
    assert ("BEGIN:VEVENT" in folder.feed()) == (typed != "y\n")


def test_status_is_for_monitors(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    later = "2027-01-07T09:00:00-05:00"
    capsys.readouterr()
    assert folder.run("status", now=later) == 0
    assert capsys.readouterr().out.startswith("Last good run: Tue 2027-01-05 09:00 (2 days ago).")
    assert folder.run("status", "--max-age", "3d", now=later) == 0
    assert folder.run("status", "--max-age", "36h", now=later) == 4
    assert folder.run("status", "--max-age", "soon", now=later) == 2
    capsys.readouterr()
    assert folder.run("status", "--json", now=later) == 0
    assert json.loads(capsys.readouterr().out)["age_seconds"] == 48 * 3600
