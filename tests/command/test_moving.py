"""Sheet and calendar in another place: a new computer, a renamed file, an account that is closed."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from folders import Folder
from runner import Seeker, a_row

from connectors.memory import MemoryTarget
from sync.cli import run_command
from sync.errors import ConfigError, GuardStop
from sync.models import Action

LATER = "2027-01-05T09:30:00-05:00"


def run(folder: Path, *command: str) -> int:
    return run_command([*command, "--config", str(folder / "followup.toml"), "--now", LATER])


def test_on_a_new_computer_everything_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole folder is taken along; what was skipped stays away, and no event gets a second one beside it."""
    (old := tmp_path / "old").mkdir()
    folder = Folder(old)
    folder.write_rows(a_row("Acme"), a_row("Globex"))
    assert folder.run("sync") == 0
    assert folder.run("skip", "Acme") == 0
    assert folder.run("sync") == 0
    before = folder.feed()
    old.rename(new := tmp_path / "new")
    assert run(new, "sync") == 2
    assert "followup sync --moved" in capsys.readouterr().err
    assert run(new, "plan", "--moved") == 0
    assert "Nothing to change" in capsys.readouterr().out
    assert run(new, "sync", "--moved") == 0
    assert (new / "followups.ics").read_text("utf-8") == before
    assert run(new, "sync") == 0, "once is enough"
    assert run(new, "status") == 0
    assert "Acme" in capsys.readouterr().out


def test_a_sheet_with_another_name_is_the_same_one_if_somebody_says_so(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme"))
    assert folder.run("sync") == 0
    before = folder.feed()
    shutil.move(tmp_path / "leads.csv", tmp_path / "search.csv")
    config = tmp_path / "followup.toml"
    config.write_text(config.read_text().replace("leads.csv", "search.csv"))
    assert run(tmp_path, "sync") == 2
    assert folder.feed() == before
    assert run(tmp_path, "sync", "--moved") == 0
    assert folder.feed().count("BEGIN:VEVENT") == before.count("BEGIN:VEVENT")


def test_where_the_old_calendar_is_out_of_reach_the_new_one_is_filled_and_nothing_counts_as_deleted() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    seeker.run()
    left, seeker.target = seeker.calendar, MemoryTarget(identity="memory:other")
    with pytest.raises(GuardStop, match="--moved"):
        seeker.run()
    plan = seeker.run(moved=True).plan
    assert {change.action for change in plan.writes} == {Action.CREATE}
    assert sorted(e.snapshot.summary for e in seeker.calendar.values()) == sorted(
        e.snapshot.summary for e in left.values()
    )
    assert not left.keys() & seeker.calendar.keys()
    assert all(touch.reaction is None for touch in seeker.store.load().touches.values())
    assert seeker.run().plan.writes == ()


def test_who_comes_back_to_the_calendar_of_before_finds_each_event_once_and_what_was_done_meanwhile_is_done() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex"), a_row("Hooli")])
    seeker.run()
    first, other = seeker.target, MemoryTarget(identity="memory:other")
    before = Counter(event.snapshot.summary for event in seeker.calendar.values())
    seeker.target = other
    seeker.run(moved=True)
    seeker.run()
    seeker.edit(seeker.shown("Acme").uid, summary="done")
    dragged = seeker.shown("Globex")
    to = dragged.snapshot.start + timedelta(days=1)
    seeker.edit(dragged.uid, start=to, end=to + timedelta(minutes=15))
    seeker.run()
    seeker.target = first
    seeker.run(moved=True)
    assert seeker.run().plan.writes == ()
    after = Counter(event.snapshot.summary for event in seeker.calendar.values())
    assert max(after.values()) <= max(before.values())
    assert seeker.shown("Globex").snapshot.start == to


def test_said_though_nothing_moved_it_changes_nothing() -> None:
    """A deletion of the user stays one."""
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    seeker.run()
    del seeker.calendar[seeker.shown("Acme").uid]
    seeker.run(moved=True)
    assert [touch.reaction for touch in seeker.store.load().touches.values() if touch.reaction] == ["deleted"]


def test_a_second_sheet_is_refused_as_before() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    source = seeker.source()
    source.identity = "memory:second"
    seeker.source = lambda: source  # type: ignore[method-assign]
    with pytest.raises(ConfigError, match="another owner"):
        seeker.run()
