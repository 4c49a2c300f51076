"""Connecting a calendar by asking, played on a real Radicale with a password."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pytest
from servers import Server, radicale

from sync.cli.world import Computer
from sync.setup.choosing import Connection
from sync.setup.connecting import Wanted, connect
from sync.setup.questions import Interview, load_phrases

NOW = datetime.fromisoformat("2026-11-25T09:00:00-05:00")
OWN_EVENT = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:dentist\r\nDTSTAMP:20261101T000000Z\r\n"
    b"DTSTART:20261201T090000Z\r\nDTEND:20261201T100000Z\r\nSUMMARY:Dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Script:
    """A screen on which the answers stand in the order of their questions; Enter after the last."""

    def __init__(self, answers: Sequence[tuple[str, str]]) -> None:
        self.answers, self.lines = list(answers), [""]

    def tell(self, text: str) -> None:
        self.lines.append(text)

    def read(self, question: str, *, proposal: str, secret: bool) -> str:
        self.lines.append(question)
        assert len(self.lines) < 200, self.text
        if self.answers and self.answers[0][0] in question:
            return self.answers.pop(0)[1] or proposal
        return proposal

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    (tmp_path / "store").mkdir()
    with radicale(tmp_path / "store", password="secret") as running:
        yield running


def play(folder: Path, *answers: tuple[str, str]) -> tuple[Script, Connection]:
    screen = Script(answers)
    talk = Interview(screen, load_phrases("en"), asks=True)
    connection = connect(talk, Computer(folder / "followup.toml", NOW), Wanted())
    assert not screen.answers, f"never asked: {screen.answers}\n{screen.text}"
    return screen, connection


def test_a_wrong_password_is_said_at_once_and_asked_for_again(server: Server, tmp_path: Path) -> None:
    url = server.make_calendar("work")
    screen, connection = play(
        tmp_path,
        ("Your calendar", server.root),
        ("Your name there", "ann"),
        ("Your password", "wrong"),
        ("Your password", "secret"),
        ("Which calendar", "work"),
        ("Does anyone else see", "yes"),
    )
    assert "refuses the login" in screen.text
    assert "The login works." in screen.text
    assert (connection.target["url"], connection.target["details"], connection.secret) == (url, "short", "secret")
    assert "secret" not in screen.text


def test_a_calendar_of_its_own_is_proposed_and_made(server: Server, tmp_path: Path) -> None:
    server.make_calendar("home")
    screen, connection = play(
        tmp_path, ("Your calendar", server.root), ("Your name", "ann"), ("Your password", "secret")
    )
    assert "Made the calendar 'Follow-ups'" in screen.text
    assert str(connection.target["url"]).startswith(f"{server.root}/ann/")
    assert connection.target.get("details", "full") == "full"
    assert connection.target["password_file"] == "followup-password"


def test_somebodys_own_calendar_is_warned_about(server: Server, tmp_path: Path) -> None:
    url = server.make_calendar("home")
    path = url.removeprefix(server.root)
    assert server.send("PUT", f"{path}dentist.ics", OWN_EVENT, Content_Type="text/calendar").status == 201
    screen, connection = play(
        tmp_path,
        ("Your calendar", server.root),
        ("Your name", "ann"),
        ("Your password", "secret"),
        ("Which calendar", "home"),
        ("Write into 'home' all the same", ""),
        ("Which calendar", "Mine alone"),
    )
    assert "'home' holds events of your own (1)" in screen.text
    assert connection.target["url"] != url
    assert connection.fresh


def test_a_command_of_ones_own_gives_the_password(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.password.keyring_works", lambda: False)
    _, connection = play(
        tmp_path,
        ("Your calendar", server.root),
        ("Your name", "ann"),
        ("Your password", "secret"),
        ("Where is the password kept", "2"),
        ("The command", "pass show 'my calendar'"),
    )
    assert connection.target["password_command"] == ("pass", "show", "my calendar")
    assert connection.secret == ""


def test_what_cannot_be_reached_is_said_and_another_one_may_be_named(tmp_path: Path) -> None:
    screen, connection = play(
        tmp_path,
        ("Your calendar", "http://127.0.0.1:9/"),
        ("Your name", "ann"),
        ("Your password", "secret"),
        ("Your calendar", "f.ics"),
    )
    assert "no calendars can be found at 127.0.0.1" in screen.text
    assert connection.target["type"] == "ics"


def test_whoever_turns_back_on_the_way_to_a_google_login_chooses_another_calendar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a sheet of their own the pages speak of the calendar alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sync.cli.opening.open_page", lambda address: False)  # no browser of whoever runs the tests
    screen, connection = play(
        tmp_path, ("Your calendar", "google"), ("Log in to Google now", ""), ("Drag the downloaded file", ""),
        ("Your calendar", ""),
    )  # fmt: skip
    assert connection.target["type"] == "ics"
    assert "Page 5 of 5" in screen.text
    assert "for reading the sheet" not in screen.text


def test_google_without_a_login_says_what_to_do_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    screen, connection = play(
        tmp_path, ("Your calendar", "google"), ("Log in to Google now", "no"), ("Your calendar", "")
    )
    assert "followup login google" in screen.text
    assert connection.target["type"] == "ics"


def test_a_mail_address_has_an_at_sign_and_no_password_leads_back_to_the_calendars(tmp_path: Path) -> None:
    screen, connection = play(
        tmp_path,
        ("Your calendar", "icloud"),
        ("Your name there", "me"),
        ("Your name there", "dana@example.com"),
        ("Your password", ""),
        ("Your calendar", ""),
    )
    assert "'me' is no mail address" in screen.text
    assert connection.target["type"] == "ics"
