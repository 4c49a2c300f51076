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
