"""The installed command, unchanged, as a subprocess: a Google Sheet in, Google Calendar out, behind a TLS proxy."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from google_caldav import CALENDAR_ID, EVENTS, GoogleCaldav, google_calendar
from google_emulator import NOT_SHARED, Fault, GoogleEmulator, make_service_account, running_google, tab
from servers import radicale
from tls_proxy import TlsProxy, tls_proxy

ID = "made-up-sheet-0001"
ROBOT = "robot@made-up.iam.gserviceaccount.com"
COMMAND = Path(sys.executable).with_name("followup")
FORMULA = '=IMPORTDATA("http://example.com")'
NOW = "2027-01-04T12:00:00-05:00"


@dataclass
class Whole:
    """Everything that runs, and the folder of the configuration."""

    google: GoogleEmulator
    calendar: GoogleCaldav
    proxy: TlsProxy
    folder: Path

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The command as cron would start it: no terminal, an environment of its own."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        return subprocess.run(
            [COMMAND, *arguments],
            cwd=self.folder,
            env={
                **kept,
                **self.proxy.environment,
                "HOME": str(self.folder),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def whole(tmp_path: Path) -> Iterator[Whole]:
    (tmp_path / "dav").mkdir()
    with (
        running_google() as google,
        radicale(tmp_path / "dav") as server,
        google_calendar(google, server, lossy=True) as calendar,
    ):
        ports = {name: int(urlsplit(root).port or 0) for name, root in (("api", google.root), ("dav", calendar.root))}
        routes = dict.fromkeys(
            ("sheets.googleapis.com", "oauth2.googleapis.com", "www.googleapis.com", "docs.google.com"), ports["api"]
        )
        key = _service_account(google)
        (tmp_path / "service.json").write_text(key)
        (tmp_path / "service.json").chmod(0o600)
        google.add(
            tab(
                "Leads",
                ["Company", "Role", "Date Applied", "Status", "Next planned"],
                ["Acme", "Welder", date(2027, 1, 2), "Applied"],
                [FORMULA, "Cook", date(2027, 1, 3), "Applied"],
            ),
            shared_with={ROBOT},
        )
        (tmp_path / "followup.toml").write_text(CONFIG)
        with tls_proxy({**routes, "apidata.googleusercontent.com": ports["dav"]}, tmp_path) as proxy:
            yield Whole(google, calendar, proxy, tmp_path)


def _service_account(google: GoogleEmulator) -> str:
    return json.dumps(json.loads(make_service_account(google)) | {"token_uri": "https://oauth2.googleapis.com/token"})


CONFIG = f"""
owner = "k3x9"
timezone = "America/New_York"
[source]
type = "google_sheet"
sheet = "https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0"
credentials = "service.json"
[target]
type = "caldav"
url = "https://apidata.googleusercontent.com/caldav/v2/{CALENDAR_ID}/user"
[state]
path = "state.sqlite"
[write_back]
next_follow_up = "Next planned"
"""


def test_a_sheet_in_two_requests_into_the_calendar_and_a_second_run_writes_nothing(whole: Whole) -> None:
    first = whole.call("sync", "--now", NOW)
    assert (first.returncode, first.stderr) == (0, "")
    assert [request.partition("?")[0] for request in whole.google.requests] == [
        "POST /token",
        "POST /token",
        f"GET /v4/spreadsheets/{ID}",
        f"GET /v4/spreadsheets/{ID}",
        f"GET /v4/spreadsheets/{ID}",
        f"POST /v4/spreadsheets/{ID}/values:batchUpdate",
    ]
    titles = _titles(whole)
    assert any("Acme" in title for title in titles)
    assert any(FORMULA in title for title in titles), "a formula is text in the calendar"
    leads = whole.google.sheets[ID].tabs[0]
    assert [row[4].shown for row in leads.rows] == ["Next planned", "2027-01-11", "2027-01-11"]
    assert not any(cell.formula for row in leads.rows for cell in row)

    whole.google.requests.clear()
    whole.calendar.requests.clear()
    whole.calendar.etag_age += 1
    second = whole.call("sync", "--now", NOW)
    assert (second.returncode, second.stderr) == (0, "")
    assert whole.calendar.writes == []
    assert [request.partition("?")[0] for request in whole.google.requests] == [
        "POST /token",
        "POST /token",
        f"GET /v4/spreadsheets/{ID}",
    ]
    assert whole.proxy.refused == []


def test_after_a_failed_read_nothing_is_written_and_the_sentence_says_what_to_do(whole: Whole) -> None:
    whole.google.faults.append(Fault("/v4/", 403, NOT_SHARED))
    done = whole.call("sync", "--now", NOW)
    assert done.returncode == 7
    assert re.fullmatch(rf"followup: the sheet is not shared with {re.escape(ROBOT)}; .*\n", done.stderr)
    assert whole.calendar.writes == []
    assert "PRIVATE KEY" not in done.stdout + done.stderr


def test_a_sheet_that_is_shared_for_viewing_is_read_and_why_nothing_is_written_back_is_said(whole: Whole) -> None:
    sheet = whole.google.sheets[ID]
    sheet.shared_with.clear()
    sheet.by_link = True
    done = whole.call("sync", "--now", NOW)
    assert done.returncode == 7
    said = f"the sheet may be read by {ROBOT} but not changed, so nothing is written back into it; everything else was"
    assert said in " ".join(done.stderr.split())
    assert "make that an Editor, or take [write_back] out" in " ".join(done.stderr.split())
    assert any("Acme" in title for title in _titles(whole))


def test_calendars_are_listed_with_their_addresses(whole: Whole) -> None:
    whole.google.calendars.append({"id": CALENDAR_ID, "summary": "Jobs", "accessRole": "owner"})
    done = whole.call("calendars", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [{"name": "Jobs", "url": whole.calendar.url, "trouble": ""}]
    assert whole.call("calendars").stdout == f"Jobs\n  {whole.calendar.url}\n"


def _titles(whole: Whole) -> list[str]:
    listing = whole.calendar.behind.send("PROPFIND", whole.calendar.path, Depth="1").text
    names = re.findall(r"fu-k3x9-[0-9a-f]{32}\.ics", listing)
    texts = (whole.calendar.stored(f"{EVENTS}{name}").text.replace("\r\n ", "") for name in names)
    return [re.findall(r"SUMMARY:(.*)", text.replace("\\", ""))[0] for text in texts]
