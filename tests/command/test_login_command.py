"""`followup login google` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.cli import run_command


def test_without_a_terminal_nothing_waits_for_a_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(["login", "google", "--client", "client.json"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "followup: `followup login google` needs a person at a terminal; run it by hand, once\n"


def test_a_wrong_client_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    (tmp_path / "client.json").write_text("{}")
    assert run_command(["login", "google", "--client", "client.json"]) == 2
    assert "Desktop app" in capsys.readouterr().err
