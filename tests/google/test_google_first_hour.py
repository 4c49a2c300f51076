"""From nothing to the first follow-up with a private Google Sheet and Google Calendar: pages, one agreement, done.

A stand-in browser agrees to what is asked; everything else is the real command behind a TLS proxy.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from google_calendars import CalendarOfGoogle
from google_emulator import GoogleEmulator, running_google, tab
from terminal import answer_all, converse, followup
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

    def init_again(self, *answers: tuple[str, str]) -> tuple[str, int]:
        return answer_all(self.folder, answers, "--again", "--now", NOW, environment=self.environment)


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
    print(f"from nothing to the first follow-up: {len(consoles)} pages, {answers} answers")
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


def test_a_login_that_ended_is_made_anew_with_the_client_that_init_was_given(home: Home) -> None:
    home.init(
        SHEET, ("Log in to Google now", ""), *PAGES,
        ("Drag the downloaded file", f"'{home.folder}/client_secret_123.json'"), *REST,
    )  # fmt: skip
    told = converse(home.folder, [], command="login google", environment=home.environment)
    assert f"Logged in as {ME}; kept in" in told


def lay_ready_a_client(home: Home) -> Path:
    """An organisation's own client in followup's folder, which is given."""
    folder = home.folder / ".config" / "followup"
    folder.mkdir(parents=True)
    (folder / "client.json").write_text(json.dumps({"installed": CLIENT}))
    return folder


def made_by_followup(home: Home) -> CalendarOfGoogle:
    """The one calendar that is not the person's own."""
    [calendar] = (one for one in home.google.v3.calendars.values() if one.made_by_app)
    return calendar


def test_an_organisations_client_makes_the_pages_vanish(home: Home) -> None:
    lay_ready_a_client(home)
    home.google.expires_in = 604799
    screen, _ = home.init(SHEET, ("Log in to Google now", ""), *REST)
    assert not [page for page in home.pages if "console.cloud.google.com" in page]
    assert "this login ends on 2027-01-11: the app is still in Testing" in screen


def test_a_switched_off_interface_is_named_and_tried_again(home: Home) -> None:
    lay_ready_a_client(home)
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


# --- once more -----------------------------------------------------------------------------------------------

LOGIN_NOW = ("Log in to Google now", "")
THERE = [("Which calendar", ""), ("Go on with these follow-ups", "")]
OTHER = "other@example.com"


@dataclass
class Settled:
    """Somebody whose follow-ups lie in a calendar that followup made, and what was there then."""

    home: Home
    logins: Path
    calendar: CalendarOfGoogle
    events: set[str]

    def lose(self, *what: str) -> None:
        if "configuration" in what:
            (self.home.folder / "followup.toml").unlink()
        if "memory" in what:
            shutil.rmtree(self.home.folder / ".local")
        if "login" in what:
            (self.logins / "google-login.json").unlink()

    def goes_on(self) -> bool:
        """Whether the next run makes nothing a second time."""
        followup(self.home.folder, "sync", "--now", NOW)
        return made_by_followup(self.home) is self.calendar and set(self.calendar.events) == self.events


@pytest.fixture
def settled(home: Home, monkeypatch: pytest.MonkeyPatch) -> Settled:
    logins = lay_ready_a_client(home)
    home.init(SHEET, LOGIN_NOW, *REST)
    for name, value in home.environment.items():
        monkeypatch.setenv(name, value)
    followup(home.folder, "sync", "--now", NOW)
    calendar = made_by_followup(home)
    return Settled(home, logins, calendar, set(calendar.events))


@pytest.mark.parametrize(
    "lost",
    [
        pytest.param(("configuration",), id="configuration"),
        pytest.param(("configuration", "memory"), id="configuration and memory"),
        pytest.param(("configuration", "memory", "login"), id="everything: another computer"),
    ],
)
def test_the_calendar_is_found_again_whatever_was_lost(settled: Settled, lost: tuple[str, ...]) -> None:
    settled.lose(*lost)
    login = [LOGIN_NOW] if "login" in lost else []
    screen, _ = settled.home.init(SHEET, *login, *REST[:2], *THERE, *REST[2:])
    listed = screen.partition("Calendars there:")[2].partition("Which calendar")[0].split("\n")
    assert [line.strip() for line in listed if line.strip()] == ["1. Follow-ups"], "the narrow right reaches no other"
    assert settled.goes_on()


def test_a_lost_memory_alone_makes_nothing_twice(settled: Settled) -> None:
    settled.lose("memory")
    assert settled.goes_on()


def test_a_calendar_that_was_renamed_and_hidden_is_found_by_enter(settled: Settled) -> None:
    settled.calendar.summary, settled.calendar.hidden = "Jobs", True
    settled.lose("configuration")
    settled.home.init(SHEET, *REST[:2], *THERE, *REST[2:])
    assert settled.goes_on()


def test_of_two_calendars_of_one_name_enter_takes_the_one_with_the_follow_ups(settled: Settled) -> None:
    calendars = settled.home.google.v3.calendars
    calendars["empty"] = CalendarOfGoogle("empty", roles={ME: "owner"})
    settled.home.google.v3.calendars = {"empty": calendars["empty"], **calendars}
    settled.lose("configuration")
    settled.home.init(SHEET, *REST[:2], *THERE, *REST[2:])
    del settled.home.google.v3.calendars["empty"]
    assert settled.goes_on()


def test_a_setting_up_that_was_cut_short_after_the_calendar_was_made_makes_no_second_one(home: Home) -> None:
    lay_ready_a_client(home)
    home.google.v3.add("cut-short", summary="Follow-ups", roles={ME: "owner"})
    home.init(SHEET, LOGIN_NOW, *REST[:2], ("Which calendar", ""), *REST[2:])
    assert made_by_followup(home).id == "cut-short"


def test_a_login_of_before_that_shows_no_calendars_is_asked_for_again(settled: Settled) -> None:
    path = settled.logins / "google-login.json"
    login = json.loads(path.read_text())
    narrow = [scope for scope in login["scopes"] if "calendarlist" not in scope]
    path.write_text(json.dumps(login | {"scopes": narrow}))
    settled.lose("configuration")
    screen, _ = settled.home.init(SHEET, *REST[:2], LOGIN_NOW, *THERE, *REST[2:])
    assert f"the login of {ME} does not show which calendars there are" in screen
    assert settled.goes_on()


def test_with_the_login_of_another_account_a_second_calendar_is_made_only_by_somebody_who_says_so(
    settled: Settled,
) -> None:
    google = settled.home.google
    google.account = OTHER
    google.sheets[ID].shared_with.add(OTHER)
    settled.lose("configuration", "login")
    screen, _ = settled.home.init(
        SHEET,
        LOGIN_NOW,
        *REST[:2],
        ("Make a new one", ""),
        ("Log in to Google now", "no"),
        ("Your calendar", ""),
        REST[2],
    )
    assert f"{OTHER} shows no calendar of followup's" in screen
    assert made_by_followup(settled.home) is settled.calendar


def test_a_run_with_the_login_of_another_account_names_it_and_the_cure_works(settled: Settled) -> None:
    google, folder = settled.home.google, settled.home.folder
    google.sheets[ID].shared_with.add(OTHER)
    google.account = OTHER
    told = converse(
        folder, [(f"Keep the login of {OTHER}", "y")], "--client", str(settled.logins / "client.json"),
        command="login google", environment=settled.home.environment,
    )  # fmt: skip
    assert f"That is {OTHER}; before it was {ME}" in told
    refused = run_refused(settled)
    assert f"for {OTHER}: it was deleted, or it belongs to another account; run `followup init --again`" in refused
    google.account = ME
    answers = [
        ("Is it in another account", "yes"), ("Log in to Google now", "yes"), (f"Go on as {ME}", "yes"),
    ]  # fmt: skip
    settled.home.init_again(*answers)
    assert settled.goes_on()


def test_a_calendar_that_was_deleted_is_made_anew_and_filled(settled: Settled) -> None:
    del settled.home.google.v3.calendars[settled.calendar.id]
    assert "it was deleted" in run_refused(settled)
    screen, _ = settled.home.init_again(("Is it in another account", ""), ("Make a new one", "yes"))
    assert "Run once: followup sync --moved" in screen
    followup(settled.home.folder, "sync", "--moved", "--now", NOW)
    anew = made_by_followup(settled.home)
    assert shown(anew) == shown(settled.calendar), "nothing counts as deleted by the user"


def shown(calendar: CalendarOfGoogle) -> list[tuple[str, str]]:
    return sorted((held["summary"], str(held["start"])) for held in calendar.events.values())


def run_refused(settled: Settled) -> str:
    """What a run says that ends without having written anything."""
    program = [str(Path(sys.executable).with_name("followup")), "sync", "--now", NOW]
    environment = {**os.environ, "HOME": str(settled.home.folder), "COLUMNS": "100"}
    done = subprocess.run(
        program, cwd=settled.home.folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    return done.stderr
