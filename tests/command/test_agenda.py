"""What is due, as somebody reads it who does not open the calendar."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from folders import Folder
from runner import a_row


def test_what_another_event_names_is_not_due_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rows without their date are named in one event; the calendar shows no second one, so neither does the agenda."""
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme", status="offer"), a_row("Globex", status="offer"))
    assert folder.run("sync") == 0
    assert folder.feed().count("SUMMARY:2 rows: add a date") == 1
    capsys.readouterr()
    assert folder.run("agenda", "--json") == 0
    titles = [touch["summary"] for touch in json.loads(capsys.readouterr().out)["today"]]
    assert titles == ["2 rows: add a date"]


def test_a_name_to_find_on_a_coming_day_stands_in_the_agenda_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme", "2027-01-11", role="Cook", contact_name=""))
    assert folder.run("agenda", now="2027-01-11T09:00:00-05:00") == 0
    assert capsys.readouterr().out.count("Acme, Cook: find a name") == 1


def test_a_thank_you_that_was_missed_is_named_for_a_week(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its last chance passed and it left every group: without a word it would look as if it had been sent."""
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme", status="interview", interview_at="2027-01-05 10:00"))
    found: dict[int, tuple[list[str], list[str]]] = {}
    for day in range(5, 27):
        now = f"2027-01-{day:02}T12:00:00-05:00"
        assert folder.run("sync", now=now) == 0
        capsys.readouterr()
        assert folder.run("agenda", "--json", now=now) == 0
        told = json.loads(capsys.readouterr().out)
        due = [touch["summary"] for key in ("late", "today", "next") for touch in told[key]]
        found[day] = (
            [title for title in due if "thank for" in title],
            [change["summary"] for change in told["missed"] if "thank for" in change["summary"]],
        )
    open_days = [day for day, (due, _) in found.items() if due]
    missed = [day for day, (_, gone) in found.items() if gone]
    assert missed[0] == open_days[-1] + 1
    assert len(missed) == 7
    assert not set(open_days) & set(missed)


def test_what_was_missed_is_named_with_its_cure_until_it_is_said_to_be_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme", status="interview", interview_at="2027-01-05 10:00"))
    for day in range(5, 13):
        assert folder.run("sync", now=f"2027-01-{day:02}T12:00:00-05:00") == 0
    capsys.readouterr()
    assert folder.run("agenda", now="2027-01-12T12:00:00-05:00") == 0
    shown = capsys.readouterr().out
    assert "Missed (1)" in shown
    assert "Late: Acme: thank for the interview" in shown
    assert "followup done LEAD --touch 2027-01-10" in shown
    assert folder.run("done", "Acme", "--touch", "2027-01-10", now="2027-01-12T12:00:00-05:00") == 0
    assert folder.run("sync", now="2027-01-12T12:15:00-05:00") == 0
    capsys.readouterr()
    assert folder.run("agenda", "--json", now="2027-01-12T12:30:00-05:00") == 0
    assert not json.loads(capsys.readouterr().out)["missed"]
