"""A status that is not clear: nothing is asked against it, it is asked about once, and one line settles it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sync.cli import run_command

SETTINGS = """
owner = "unclear"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
{more}
[target]
type = "ics"
path = "followups.ics"
[state]
path = "state.sqlite"
"""
SHEET = """Company,Role,Date Applied,Status,Next follow-up
Larkfield,Cook,2026-11-20,Applied,
Tern Kitchens,Baker,2026-11-19,Declined,
Orchard,Waiter,2026-11-18,offer accepted,2026-12-01
Plover,Host,2026-11-18,moon in the seventh house,2026-12-02
"""
NOW = ("--now", "2026-11-25T09:00:00-05:00")
ASKS = ("R-001-1", "R-001-12", "R-004-4", "sheet")


def call(folder: Path, *arguments: str, more: str = "") -> int:
    (folder / "followup.toml").write_text(SETTINGS.format(more=more), "utf-8")
    (folder / "leads.csv").write_text(SHEET, "utf-8")
    command, *options = arguments
    return run_command([command, "--config", str(folder / "followup.toml"), *NOW, *options])


def asked(text: str) -> set[tuple[str, str]]:
    return {(touch["lead"], touch["rule"]) for touch in json.loads(text)["schedule"] if touch["rule"] in ASKS}


def test_nothing_is_asked_against_its_words_and_only_the_own_date_of_unknown_ones_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tmp_path, "plan", "--json") == 0
    assert asked(capsys.readouterr().out) == {
        ("Larkfield, Cook", "R-001-1"),
        ("Larkfield, Cook", "R-001-12"),
        ("Plover, Host", "sheet"),
    }


def test_a_line_settles_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, "plan", "--json", more='statuses = {"moon in the seventh house" = "sent"}') == 0
    assert ("Plover, Host", "sheet") in asked(capsys.readouterr().out)


def test_sync_asks_about_it_once_and_says_how_many_rows_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(tmp_path, "sync", "--quiet") == 0
    assert "3 rows ask nobody anything until you say what" in capsys.readouterr().err
    assert call(tmp_path, "sync", "--quiet") == 0
    assert "rows ask nobody" not in capsys.readouterr().err


def test_the_weekly_review_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "followup.toml").write_text(SETTINGS.format(more=""), "utf-8")
    (tmp_path / "leads.csv").write_text(SHEET, "utf-8")
    friday = ("--now", "2026-11-27T08:00:00-05:00")
    assert run_command(["plan", "--config", str(tmp_path / "followup.toml"), *friday, "--json"]) == 0
    review = next(t for t in json.loads(capsys.readouterr().out)["schedule"] if t["rule"] == "R-001-14")
    assert "Say what these statuses mean (3 rows wait for it)" in review["description"]


def test_events_that_a_status_takes_away_are_asked_for_by_their_row(tmp_path: Path) -> None:
    clear = "Company,Role,Date Applied,Status\n" + "".join(f"Firm {n},Cook,2026-11-20,Applied\n" for n in range(12))
    (tmp_path / "followup.toml").write_text(SETTINGS.format(more=""), "utf-8")
    (tmp_path / "leads.csv").write_text(clear, "utf-8")
    options = ("--config", str(tmp_path / "followup.toml"), *NOW, "--quiet")
    assert run_command(["sync", *options]) == 0
    (tmp_path / "leads.csv").write_text(clear.replace("Applied\n", "Declined\n"), "utf-8")
    assert run_command(["sync", *options]) == 0
    assert "Follow up" not in (tmp_path / "followups.ics").read_text("utf-8")


def test_one_event_names_the_words_and_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(tmp_path, "plan", "--json") == 0
    schedule = json.loads(capsys.readouterr().out)["schedule"]
    [event] = [touch for touch in schedule if touch["rule"] == "R-000-4" and "status" in touch["summary"]]
    assert "Run followup init --again" in event["description"]
    assert "“offer accepted”" in event["description"]
    assert not any("new leads" in touch["summary"] for touch in schedule)


def test_a_row_without_a_date_is_told_with_the_status_that_is_not_clear(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "followup.toml").write_text(SETTINGS.format(more=""), "utf-8")
    (tmp_path / "leads.csv").write_text(SHEET + "Wren,Cook,,hand in by the gate,\n", "utf-8")
    assert run_command(["check", "--config", str(tmp_path / "followup.toml"), *NOW]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "the row has no date, and its status “hand in by the gate” is not clear" in said
