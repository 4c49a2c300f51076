"""The log beside the state: for the seeker's eyes, small, one line a run, and never a reason to fail."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from conftest import NOW

from connectors import run_log
from connectors.run_log import RunLog
from sync.quiet import Trouble

TROUBLE = (Trouble("k", "the sheet is gone"),)


def a_log(path: Path) -> RunLog:
    return RunLog(path, clock=lambda: NOW)


def test_one_line_for_each_sentence_readable_by_the_owner_only(tmp_path: Path) -> None:
    log = a_log(tmp_path / "deep" / "ann.sqlite")
    log.write("exit 0: 3 created")
    log.write("exit 5: a name\nwith a line break")
    lines = log.path.read_text("utf-8").splitlines()
    assert [line.partition(" INFO ")[2] for line in lines] == ["exit 0: 3 created", "exit 5: a name with a line break"]
    assert lines[0].startswith(NOW.isoformat(timespec="seconds"))
    assert stat.S_IMODE(log.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.path.parent.stat().st_mode) == 0o700


def test_it_turns_over_before_it_grows_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "MAX_BYTES", 200)
    log = a_log(tmp_path / "ann.sqlite")
    for number in range(60):
        log.write(f"exit 0: run {number}")
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["ann.log", "ann.log.1", "ann.log.2", "ann.log.3"]
    assert "run 59" in log.path.read_text("utf-8")
    assert all(path.stat().st_size < 400 for path in tmp_path.iterdir())
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_news_are_kept_between_runs_and_forgotten_when_healed(tmp_path: Path) -> None:
    state = tmp_path / "ann.sqlite"
    assert a_log(state).news(TROUBLE, now=NOW) == ["the sheet is gone"]
    assert a_log(state).news(TROUBLE, now=NOW) == []
    assert stat.S_IMODE((tmp_path / "ann.said").stat().st_mode) == 0o600
    assert a_log(state).news((), now=NOW) == []
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_takes_no_log_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    log = a_log(tmp_path / "file" / "ann.sqlite")
    log.write("exit 0")
    assert log.news(TROUBLE, now=NOW) == ["the sheet is gone"]


def test_a_full_disk_says_nothing_of_its_own(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "ann.log").symlink_to("/dev/full")
    a_log(tmp_path / "ann.sqlite").write("exit 6")
    assert capfd.readouterr() == ("", "")


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """What a link in the place of the log points to is somebody else's."""
    other = tmp_path / "diary.txt"
    other.write_text("mine")
    log = a_log(tmp_path / "ann.sqlite")
    for name in ("ann.log", "ann.said"):
        (tmp_path / name).symlink_to(other)
    log.write("exit 0")
    assert log.news(TROUBLE, now=NOW) == ["the sheet is gone"]
    assert other.read_text() == "mine"
