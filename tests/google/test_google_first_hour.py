"""From nothing to the first follow-up with a private Google Sheet and Google Calendar: pages, one agreement, done.

A stand-in browser agrees to what is asked; everything else is the real command behind a TLS proxy.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from google_calendars import CalendarOfGoogle
from google_emulator import GoogleEmulator, running_google, tab
from terminal import answer_all, followup
from tls_proxy import TlsProxy, tls_proxy

ID = "made-up-sheet-0001"
ME = "user@example.com"
NOW = "2027-01-04T09:00:00-05:00"
HOSTS = ("sheets.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com", "docs.google.com")
BROWSER = """#!{python}
import sys
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen
address = sys.argv[1]
open({log!r}, "a").write(address + "\\n")
if "redirect_uri" in address:
    asked = {{name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}}
    code = "code:" + asked["scope"].replace("https://www.googleapis.com/auth/", "")
    back = urlencode({{"state": asked["state"], "code": code, "scope": asked["scope"]}})
    urlopen(asked["redirect_uri"] + "?" + back, timeout=10).close()
"""
CLIENT = {
    "client_id": "made-up-client",
    "client_secret": "made-up-client-secret",
    "auth_uri": "https://accounts.google.com/o/oauth2/auth",
    "token_uri": "https://oauth2.googleapis.com/token",
}


@dataclass
class Home:
    """A person's folder, the internet they see, and the pages their browser was sent to."""

    folder: Path
    google: GoogleEmulator
    proxy: TlsProxy

    @property
    def environment(self) -> dict[str, str]:
        return {**self.proxy.environment, "BROWSER": f"{self.folder}/browser %s &", "HOME": str(self.folder)}

    @property
    def pages(self) -> list[str]:
        return (self.folder / "pages").read_text().splitlines()

    def init(self, *answers: tuple[str, str]) -> tuple[str, int]:
        return answer_all(self.folder, answers, "--now", NOW, environment=self.environment)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    (tmp_path / "client_secret_123.json").write_text(json.dumps({"installed": CLIENT}))
    (tmp_path / "web.json").write_text(json.dumps({"web": CLIENT}))
    browser = tmp_path / "browser"
    browser.write_text(BROWSER.format(python=sys.executable, log=str(tmp_path / "pages")))
    browser.chmod(0o755)
    scopes = ("spreadsheets.readonly", "calendar.app.created", "calendar.calendarlist.readonly")
    with running_google() as google:
        google.refresh_tokens["made-up-refresh"] = tuple(f"https://www.googleapis.com/auth/{name}" for name in scopes)
        google.v3.add(ME, summary=ME, roles={ME: "owner"}, made_by_app=False)
        google.add(
            tab(
                "Leads", ["Company", "Role", "Date Applied", "Status"], ["Acme", "Welder", date(2027, 1, 2), "Applied"]
            ),
            shared_with={ME},
        )
        port = int(urlsplit(google.root).port or 0)
        with tls_proxy(dict.fromkeys(HOSTS, port), tmp_path) as proxy:
            yield Home(tmp_path, google, proxy)


SHEET = ("Your sheet", f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0")
PAGES = [("Enter when it is done", "")] * 5
REST = [("Your time zone", "America/New_York"), ("Your calendar", "google"), ("How you sign", "")]


def test_from_nothing_to_the_first_follow_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    screen, asked = home.init(
        SHEET, ("Log in to Google now", ""), *PAGES, ("Drag the downloaded file", "web.json"),
        ("Drag the downloaded file", f"'{home.folder}/client_secret_123.json'"), *REST,
    )  # fmt: skip
    assert 'this is no OAuth client of type "Desktop app"' in screen
    assert f"Logged in as {ME}." in screen
    assert "Made the calendar 'Follow-ups'." in screen
    assert "Understood: 1 of 1 row" in screen
    consoles = [page for page in home.pages if "console.cloud.google.com" in page]
    answers = asked - 1  # the wrong file
    assert (len(consoles), answers) == (6, 11), screen
    agreed = [page for page in home.pages if "accounts.google.com" in page]
    assert len(agreed) == 1, "one login for sheet and calendar"
    assert "calendar.app.created" in agreed[0]
    told = (Path(__file__).parents[2] / "docs" / "google.md").read_text("utf-8")
    assert f"**{len(consoles)} pages, {answers} answers, one agreement**" in re.sub(r"\s+", " ", told)

    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)
    followup(home.folder, "sync", "--now", NOW)
    assert any("Acme" in held["summary"] for held in made_by_followup(home).events.values())


def made_by_followup(home: Home) -> CalendarOfGoogle:
    """The one calendar that is not the person's own."""
    [calendar] = (one for one in home.google.v3.calendars.values() if one.made_by_app)
    return calendar


def test_another_computer_finds_the_calendar_and_goes_on_with_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home.folder / ".config" / "followup"
    folder.mkdir(parents=True)
    (folder / "client.json").write_text(json.dumps({"installed": CLIENT}))
    home.init(SHEET, ("Log in to Google now", ""), *REST)
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)
    followup(home.folder, "sync", "--now", NOW)
    events = dict(made_by_followup(home).events)
    (home.folder / "followup.toml").unlink()
    (folder / "google-login.json").unlink()
    shutil.rmtree(home.folder / ".local", ignore_errors=True)
    there = [("Which calendar", ""), ("Go on with these follow-ups", "")]
    screen, _ = home.init(SHEET, ("Log in to Google now", ""), *REST[:2], *there, *REST[2:])
    listed = screen.partition("Calendars there:")[2].partition("Which calendar")[0].split("\n")
    assert [line.strip() for line in listed if line.strip()] == ["1. Follow-ups"], "the narrow right reaches no other"
    followup(home.folder, "sync", "--now", NOW)
    assert made_by_followup(home).events.keys() == events.keys(), "nothing is made twice"


def test_an_organisations_client_makes_the_pages_vanish(home: Home) -> None:
    folder = home.folder / ".config" / "followup"
    folder.mkdir(parents=True)
    (folder / "client.json").write_text(json.dumps({"installed": CLIENT}))
    home.google.expires_in = 604799
    screen, _ = home.init(SHEET, ("Log in to Google now", ""), *REST)
    assert not [page for page in home.pages if "console.cloud.google.com" in page]
    assert "this login ends on 2027-01-11: the app is still in Testing" in screen


def test_a_switched_off_interface_is_named_and_tried_again(home: Home) -> None:
    folder = home.folder / ".config" / "followup"
    folder.mkdir(parents=True)
    (folder / "client.json").write_text(json.dumps({"installed": CLIENT}))
    home.google.v3.switched_off = 1
    screen, _ = home.init(SHEET, ("Log in to Google now", ""), *REST[:2], ("Log in to Google now", ""), *REST[2:])
    assert "the Google Calendar API is switched off" in screen
    assert "Made the calendar 'Follow-ups'." in screen


def test_a_calendar_is_named_by_what_people_copy(home: Home) -> None:
    """Without anybody to ask: the id is taken out of an address and written down."""
    (home.folder / "leads.csv").write_text("company,applied_on,status\nAcme,2027-01-02,sent\n")
    share = "https://calendar.google.com/calendar/u/0?cid=YWJjQGdyb3VwLmNhbGVuZGFyLmdvb2dsZS5jb20"
    asked = ["--source", "leads.csv", "--timezone", "America/New_York", "--target", share, "--yes", "--now", NOW]
    followup(home.folder, "init", *asked)
    assert 'calendar = "abc@group.calendar.google.com"' in (home.folder / "followup.toml").read_text()
    assert os.access(home.folder / "followup.toml", os.R_OK)
