"""A fleet with Google sheets and a Google login of each seeker: two workers, a real PostgreSQL, our own Google."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from conftest import NOW
from fleet_kills import MASTER
from fleet_profiles import a_firm
from google_calendars import CalendarOfGoogle
from google_emulator import GoogleEmulator, running_google, tab
from postgres_server import OWNER, WORKER, Postgres, migrated
from tls_proxy import TlsProxy, tls_proxy

from connectors.google.login import APP_CREATED, READ_SHEETS

USER = "user@example.com"
FOLLOWUP = Path(sys.executable).with_name("followup")
SETTINGS = """
owner = "{name}7"
timezone = "America/New_York"
[source]
type = "google_sheet"
sheet = "https://docs.google.com/spreadsheets/d/{sheet}/edit#gid=0"
[target]
type = "google_calendar"
calendar = "{calendar}"
"""
DAY = timedelta(days=1)


@dataclass
class Firm:
    """A fleet and the Google that its workers see."""

    server: Postgres
    owner: psycopg.Connection[Any]
    google: GoogleEmulator
    proxy: TlsProxy
    folder: Path

    def call(self, *arguments: str, role: str = WORKER, given: str = "") -> str:
        """A command of `followup fleet` in a process of its own, which must end well; what it printed."""
        done = subprocess.run(
            [FOLLOWUP, "fleet", *arguments], env=self.world(role), input=given, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def world(self, role: str = WORKER) -> dict[str, str]:
        return {
            **os.environ, **self.proxy.environment,
            "FOLLOWUP_DATABASE": self.server.address(role), "FOLLOWUP_MASTER_KEYS": MASTER,
        }  # fmt: skip

    def add(self, name: str, project: str) -> CalendarOfGoogle:
        """A seeker with a sheet, a calendar, and a login by the OAuth client of that project."""
        calendar = self.google.v3.add(f"{name}@made.up", roles={USER: "owner"})
        leads = tab("Leads", ["Company", "Date Applied", "Status"], [f"{name}s firm", date(2027, 1, 2), "Applied"])
        self.google.add(leads, id=f"made-up-sheet-{name}", shared_with={USER})
        text = SETTINGS.format(name=name, sheet=f"made-up-sheet-{name}", calendar=calendar.id)
        (self.folder / f"{name}.toml").write_text(text)
        self.call("add", str(self.folder / f"{name}.toml"), "--now", NOW.isoformat(), role=OWNER)
        self.log_in(name, project)
        return calendar

    def log_in(self, name: str, project: str) -> None:
        self.google.refresh_tokens[f"refresh-{name}"] = (APP_CREATED, READ_SHEETS)
        login = {"type": "authorized_user", "client_id": f"{project}-abc.apps.googleusercontent.com", "account": USER,
                 "client_secret": "made-up", "refresh_token": f"refresh-{name}",
                 "scopes": [APP_CREATED, READ_SHEETS]}  # fmt: skip
        self.call("secret", name, "--for", "google", role=OWNER, given=json.dumps(login))

    def work(self, now: datetime) -> None:
        """Give out what is due, and let two workers come to an end with it."""
        self.call("tick", "--now", now.isoformat())
        command = [str(FOLLOWUP), "fleet", "work", "--until-idle", "--at-once", "2", "--now", now.isoformat()]
        pair = [subprocess.Popen(command, env=self.world(), stderr=subprocess.DEVNULL) for _ in range(2)]
        assert [one.wait(120) for one in pair] == [0, 0]

    def last(self) -> dict[str, int | None]:
        return dict(self.owner.execute("SELECT profile, last_exit_code FROM followup.profile ORDER BY 1").fetchall())


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    with running_google() as google, migrated() as server, a_firm(server) as owner:
        names = ("sheets.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com")
        with tls_proxy(dict.fromkeys(names, urlsplit(google.root).port or 0), tmp_path) as proxy:
            yield Firm(server, owner, google, proxy, tmp_path)


def shown(calendar: CalendarOfGoogle) -> list[str]:
    return sorted(event["summary"] for event in calendar.events.values() if event["status"] != "cancelled")


def test_a_login_that_is_revoked_is_one_line_in_status_and_nobody_elses_trouble(firm: Firm) -> None:
    calendars = {name: firm.add(name, "111") for name in ("ann", "bob", "cyd")}
    firm.work(NOW)
    assert firm.last() == {"ann": 0, "bob": 0, "cyd": 0}
    assert all(any(f"{name}s firm" in title for title in shown(held)) for name, held in calendars.items())

    asked = firm.google.requests.count("POST /token")
    del firm.google.refresh_tokens["refresh-bob"]
    for name in calendars:
        firm.google.sheets[f"made-up-sheet-{name}"].tabs[0].rows += tab(
            "x", [f"{name}s other firm", date(2027, 1, 4), "Applied"]
        ).rows
    firm.work(NOW + DAY)
    assert firm.google.requests.count("POST /token") > asked, "each run has a fresh token"
    assert firm.last() == {"ann": 0, "bob": 7, "cyd": 0}
    grown = {name: any("other firm" in title for title in shown(held)) for name, held in calendars.items()}
    assert grown == {"ann": True, "bob": False, "cyd": True}
    [line] = [line for line in firm.call("status").splitlines() if line.startswith("paused:")]
    assert line.startswith(
        "paused: bob: the Google login has expired or was revoked; run `followup login google` again"
    )
    assert line.endswith("; seal the new one: `followup fleet secret bob --for google`")

    firm.log_in("bob", "111")
    firm.work(NOW + 2 * DAY)
    assert firm.last() == {"ann": 0, "bob": 0, "cyd": 0}
    assert any("other firm" in title for title in shown(calendars["bob"]))
    assert firm.proxy.refused == []


def test_a_project_whose_quota_is_used_up_waits_and_the_others_go_on(firm: Firm) -> None:
    """Three seekers by one OAuth client, two by another; Google counts the requests of each client by themselves."""
    for name, project in (("ann", "111"), ("bob", "111"), ("cyd", "111"), ("fay", "222"), ("gus", "222")):
        firm.add(name, project)
    firm.call("limit", "sheets.googleapis.com", "2")
    firm.work(NOW)
    ran = {name for name, code in firm.last().items() if code == 0}
    assert len(ran & {"ann", "bob", "cyd"}) == len(ran & {"fay", "gus"}) == 1, "the next turn is half a minute later"
    told = firm.call("status", "--now", NOW.isoformat())
    assert "sheets.googleapis.com/111: 0 of 2 runs a minute free" in told
    firm.call("limit", "sheets.googleapis.com/111", "600")
    told = json.loads(firm.call("status", "--json", "--now", NOW.isoformat()))
    assert {one["host"]: one["per_minute"] for one in told["limits"]} == {
        "sheets.googleapis.com": 2, "sheets.googleapis.com/111": 600, "sheets.googleapis.com/222": 2,
    }  # fmt: skip
