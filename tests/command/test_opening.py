"""`followup open`: the page of the calendar or the file, opened by what this machine has, else printed."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest
from folders import Folder
from runner import a_row

from sync.cli import run_command
from sync.setup.calendars import find_page

CALDAV = """
owner = "test"
timezone = "America/New_York"
source = {{ type = "csv", path = "leads.csv" }}
target = {{ type = "caldav", url = "{url}" }}
"""


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://caldav.icloud.com/", "https://www.icloud.com/calendar/"),
        ("https://p42-caldav.icloud.com:443/123/calendars/home/", "https://www.icloud.com/calendar/"),
        ("https://apidata.googleusercontent.com/caldav/v2/a%40b/events/", "https://calendar.google.com/"),
        ("https://posteo.de:8443/calendars/ann/x/", "https://posteo.de/"),
        ("https://cloud.example.org/remote.php/dav/calendars/ann/x/", "https://cloud.example.org/apps/calendar/"),
        ("https://example.org:8443/next/remote.php/dav/", "https://example.org:8443/next/apps/calendar/"),
        ("https://calendar.zoho.eu/caldav/123/", "https://calendar.zoho.eu/"),
        ("https://icloud.com.example.org/dav/", ""),
        ("https://dav.example.org/ann/", ""),
    ],
)
def test_the_page_where_a_person_looks_at_a_calendar(url: str, page: str) -> None:
    assert find_page(url) == page


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a browser was asked to open."""
    pages: list[str] = []

    def take(page: str) -> bool:
        pages.append(page)
        return True

    monkeypatch.setattr(webbrowser, "open", take)
    return pages


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a desktop, whose opener writes down what it was given."""
    commands = tmp_path / "commands"
    commands.mkdir()
    (commands / "xdg-open").write_text(f'#!/bin/sh\necho "$#:$1" > "{tmp_path}/opened"\n')
    (commands / "xdg-open").chmod(0o700)
    monkeypatch.setenv("PATH", str(commands), prepend=":")
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("sys.platform", "linux")
    return tmp_path / "opened"


def test_the_calendar_is_opened_in_the_browser(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "followup.toml").write_text(CALDAV.format(url="https://caldav.icloud.com/"))
    at = ["--config", str(tmp_path / "followup.toml")]
    assert run_command(["open", "--print", *at]) == 0
    assert (capsys.readouterr().out, opened) == ("https://www.icloud.com/calendar/\n", [])
    assert run_command(["open", *at]) == 0
    assert opened == ["https://www.icloud.com/calendar/"]


def test_a_calendar_without_a_known_page_is_told_and_nothing_is_opened(
    tmp_path: Path, opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "followup.toml").write_text(CALDAV.format(url="https://dav.example.org/ann/"))
    assert run_command(["open", "--config", str(tmp_path / "followup.toml")]) == 0
    said = capsys.readouterr()
    assert said.out == "https://dav.example.org/ann/\n"
    assert "No page of this calendar is known" in said.err
    assert opened == []


def test_without_a_browser_the_address_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(page: str) -> bool:
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", fails)
    (tmp_path / "followup.toml").write_text(CALDAV.format(url="https://caldav.fastmail.com/dav/"))
    assert run_command(["open", "--config", str(tmp_path / "followup.toml")]) == 0
    said = capsys.readouterr()
    assert said.out == "https://app.fastmail.com/calendar/\n"
    assert "open this address yourself" in said.err


def test_the_file_is_handed_to_the_program_for_it(
    tmp_path: Path, desktop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(tmp_path)
    feed = tmp_path / "followups.ics"
    assert run_command(["open", "--config", str(tmp_path / "followup.toml")]) == 2
    assert "`followup sync` writes it" in capsys.readouterr().err
    folder.write_rows(a_row("Acme"))
    assert folder.run("sync") == 0
    capsys.readouterr()
    assert run_command(["open", "--print", "--config", str(tmp_path / "followup.toml")]) == 0
    assert not desktop.exists()
    assert run_command(["open", "--config", str(tmp_path / "followup.toml")]) == 0
    said = capsys.readouterr()
    assert said.out == f"{feed}\n{feed}\n"
    assert "subscribe instead" in said.err
    assert desktop.read_text() == f"1:{feed}\n"


def test_without_a_desktop_the_file_is_only_named(
    tmp_path: Path, desktop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    folder = Folder(tmp_path)
    folder.write_rows(a_row("Acme"))
    assert folder.run("sync") == 0
    capsys.readouterr()
    assert run_command(["open", "--config", str(tmp_path / "followup.toml")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'followups.ics'}\n"
    assert not desktop.exists()
