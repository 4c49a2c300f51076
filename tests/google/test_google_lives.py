"""Whole lives in a calendar of Google's: reactions over many runs, a kill at every point, the same life over CalDAV.

What a person sees must not depend on the way their calendar is spoken to.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import ZONE, at
from google_calendars import CalendarOfGoogle
from google_emulator import GoogleEmulator, running_google, tab
from runner import HEADERS, Seeker, a_row
from servers import Server, radicale
from worlds import GOOGLE_USER, Edit, GoogleWorld, ServerWorld, World

from connectors.google.events import google_id
from connectors.google.login import APP_CREATED, READ_SHEETS
from connectors.memory import MemoryState
from connectors.sqlite_state import SqliteState
from sync.cli import run_command
from sync.errors import GuardStop
from sync.memory import Reaction
from sync.models import Moment
from sync.repair import undo

ROOT = Path(__file__).parents[2]


@pytest.fixture
def google() -> Iterator[GoogleEmulator]:
    with running_google(refresh_tokens={"made-up-refresh": (APP_CREATED, READ_SHEETS)}) as emulator:
        yield emulator


# --- reactions -----------------------------------------------------------------------------------------------


@dataclass
class Life:
    """A seeker whose calendar lies at Google's."""

    world: GoogleWorld
    seeker: Seeker
    uid: str = ""

    def run(self) -> None:
        """One run on the next day."""
        self.seeker.now += timedelta(hours=24)
        self.world.at(self.seeker.now)
        report = self.seeker.run()
        assert report.exit_code == 0, report.messages

    @property
    def reaction(self) -> Reaction | None:
        return self.seeker.store.load().touches[self.uid].reaction

    @property
    def held(self) -> Mapping[str, object]:
        return self.world.calendar.events[google_id(self.uid)]


@pytest.fixture
def life(google: GoogleEmulator) -> Life:
    world = GoogleWorld(google)
    life = Life(world, Seeker([a_row("Acme", "2027-01-04")], target=world.target))
    life.run()
    memory = life.seeker.store.load()
    [life.uid] = [touch.uid for touch in memory.touches.values() if touch.rule == "R-001-1"]
    return life


def test_a_drag_stays(life: Life) -> None:
    there = at("2027-01-14", "15:00")
    life.world.edit(life.uid, Edit(start=there))
    for _ in range(3):
        life.run()
        assert life.held["start"] == {"dateTime": there.isoformat(), "timeZone": "America/New_York"}
    assert life.reaction is Reaction.DRAGGED


def test_a_new_title_stays(life: Life) -> None:
    life.world.edit(life.uid, Edit(title="Ring Dana"))
    for _ in range(3):
        life.run()
        assert life.held["summary"] == "Ring Dana"


def test_a_tick_stays_and_counts(life: Life) -> None:
    life.world.edit(life.uid, Edit(title="✓ done"))
    for _ in range(3):
        life.run()
        assert life.held["summary"] == "✓ done"
    assert life.reaction is Reaction.TICKED


def test_a_deleted_event_stays_away(life: Life) -> None:
    life.world.delete(life.uid)
    for _ in range(3):
        life.run()
        assert life.held["status"] == "cancelled"
    assert life.reaction is Reaction.DELETED


def test_a_note_stays_also_when_the_event_is_written(life: Life) -> None:
    life.world.edit(life.uid, Edit(note="she prefers mail"))
    life.seeker.rows[0]["applied_on"] = "2027-01-05"
    for _ in range(3):
        life.run()
        assert str(life.held["description"]).endswith("she prefers mail")
        assert "2027-01-12T09:00" in str(life.held["start"])


def test_an_event_with_guests_is_never_written_again(google: GoogleEmulator, life: Life) -> None:
    google.v3.edit(life.world.calendar, google_id(life.uid), attendees=[{"email": "ann@example.org"}])
    before = dict(life.held)
    life.seeker.rows[0]["applied_on"] = "2027-01-05"
    for _ in range(3):
        life.run()
        assert life.held == before


def test_what_the_user_chose_in_an_event_comes_back_when_an_emptied_calendar_is_filled_again(
    google: GoogleEmulator, life: Life
) -> None:
    reminders = {"useDefault": False, "overrides": [{"method": "email", "minutes": 90}]}
    own = {"location": "Cafe Kern", "colorId": "3", "visibility": "default"}
    google.v3.edit(life.world.calendar, google_id(life.uid), **own, reminders=reminders)
    life.run()
    for uid in life.world.uids():
        life.world.delete(uid)
    with pytest.raises(GuardStop):
        life.run()
    report = life.seeker.repair(undo, source=life.seeker.source())
    assert report.exit_code == 0, report.messages
    there = (held for held in life.world.calendar.events.values() if held["status"] != "cancelled")
    [back] = [held for held in there if held.get("location")]
    assert {name: back[name] for name in own} == own
    assert {"method": "email", "minutes": 90} in back["reminders"]["overrides"]
    life.run()
    assert life.seeker.run().plan.writes == ()


@pytest.mark.parametrize("late", [False, True], ids=["both from the start", "one comes later"])
def test_two_computers_keep_one_calendar(google: GoogleEmulator, life: Life, late: bool) -> None:
    """One takes a row's events away, makes those of a new row and gives the day's alarm on; the other agrees."""
    life.seeker.rows[:] = [a_row("Acme", "2027-01-04"), a_row("Birch", "2027-01-04")]
    life.run()
    other = Life(life.world, replace(life.seeker, target=life.world.target, store=MemoryState()))
    if not late:
        other.run()
    life.seeker.rows[0] |= {"status": "rejected"}
    life.run()
    life.seeker.rows.append(a_row("Cedar", "2027-01-04"))
    life.run()
    after = {uid: dict(held) for uid, held in life.world.calendar.events.items()}
    other.seeker.now = life.seeker.now - timedelta(hours=24)
    other.run()
    assert life.world.calendar.events == after
    touches = [*life.seeker.store.load().touches.values(), *other.seeker.store.load().touches.values()]
    assert [touch.reaction for touch in touches if touch.reaction] == []


def test_a_foreign_event_is_as_it_was(life: Life) -> None:
    for _ in range(3):
        life.run()
    assert life.world.foreign_is_whole()


# --- a kill at every point -----------------------------------------------------------------------------------

CONFIG = """
owner = "test"
timezone = "America/New_York"
holidays = "US"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "google_calendar"
calendar = "{calendar}"
credentials = "login.json"
api_root = "{root}"
[state]
path = "state.sqlite"
"""
BEFORE = (a_row("Acme", "2027-01-08"), a_row("Globex", "2027-01-08"))
AFTER = (a_row("Acme", "2027-01-08", status="rejected"), a_row("Globex", "2027-01-07"), a_row("Initech", "2027-01-08"))
POINTS = 14
"""Both sides of: the login's token, the plan,
the one request with all writes, their results, the heartbeat's, its result, the commit."""


@dataclass
class Place:
    """A seeker's folder and the calendar it writes to."""

    folder: Path
    google: GoogleEmulator
    calendar: CalendarOfGoogle
    now: str = "2027-01-11T09:00:00-05:00"

    def write_rows(self, *rows: Mapping[str, str]) -> None:
        with (self.folder / "leads.csv").open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, HEADERS, restval="")
            table.writeheader()
            table.writerows(rows)

    def arguments(self, command: str = "sync") -> list[str]:
        return [command, "--config", str(self.folder / "followup.toml"), "--now", self.now]

    def sync_and_die(self, step: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "tests" / "kit" / "killed_run.py"), str(step), *self.arguments()]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    def shown(self) -> list[tuple[str, str]]:
        there = (held for held in self.calendar.events.values() if held["status"] != "cancelled")
        return sorted((held["summary"], str(held["start"])) for held in there)

    def change(self) -> None:
        """A calendar in use, and a sheet that now asks for creates, updates and deletes on the next day."""
        self.write_rows(*BEFORE)
        assert run_command(self.arguments()) == 0
        self.write_rows(*AFTER)
        self.now = "2027-01-12T09:00:00-05:00"


def a_place(google: GoogleEmulator, folder: Path) -> Place:
    folder.mkdir(exist_ok=True)
    calendar = google.v3.add(f"{folder.name.replace('[', '').replace(']', '')}@made.up", roles={GOOGLE_USER: "owner"})
    login = {
        "type": "authorized_user", "client_id": "made-up", "client_secret": "made-up",
        "refresh_token": "made-up-refresh", "token_uri": f"{google.root}/token", "scopes": [APP_CREATED],
    }  # fmt: skip
    (folder / "login.json").write_text(json.dumps(login))
    (folder / "login.json").chmod(0o600)
    (folder / "followup.toml").write_text(CONFIG.format(calendar=calendar.id, root=google.root))
    return Place(folder, google, calendar)


def test_a_run_killed_anywhere_heals(google: GoogleEmulator, tmp_path: Path) -> None:
    undisturbed = a_place(google, tmp_path / "undisturbed")
    undisturbed.change()
    ended = undisturbed.sync_and_die(-1)
    assert (ended.returncode, f"points: {POINTS}" in ended.stdout) == (0, True), ended.stdout + ended.stderr
    for step in range(POINTS):
        place = a_place(google, tmp_path / f"step{step}")
        place.change()
        assert place.sync_and_die(step).returncode == -9
        assert run_command(place.arguments()) == 0
        assert run_command(place.arguments()) == 0
        assert place.shown() == undisturbed.shown()
        assert run_command([*place.arguments("plan"), "--exit-code"]) == 0
        memory = SqliteState(place.folder / "state.sqlite").load()
        assert memory.intents == ()
        assert [touch for touch in memory.touches.values() if touch.reaction] == []


def test_a_run_without_a_change_is_one_request_for_the_sheet_and_one_for_the_calendar(
    google: GoogleEmulator, tmp_path: Path
) -> None:
    place = a_place(google, tmp_path / "place")
    rows = ["Acme", "Welder", date(2027, 1, 8), "Applied"], ["Globex", "Cook", date(2027, 1, 7), "Applied"]
    google.add(tab("Leads", ["Company", "Role", "Date Applied", "Status"], *rows), shared_with={GOOGLE_USER})
    config = place.folder / "followup.toml"
    sheet = f'type = "google_sheet"\nsheet = "made-up-sheet-0001"\napi_root = "{google.root}"'
    config.write_text(
        config.read_text().replace('type = "csv"\npath = "leads.csv"', f'{sheet}\ncredentials = "login.json"')
    )
    login = json.loads((place.folder / "login.json").read_text())
    (place.folder / "login.json").write_text(json.dumps(login | {"scopes": [APP_CREATED, READ_SHEETS]}))
    requests = []
    for _ in range(3):
        google.requests.clear()
        assert run_command(place.arguments()) == 0
        requests.append([one.partition("?")[0] for one in google.requests if "/token" not in one])
    events = f"/calendar/v3/calendars/{place.calendar.id}/events"
    assert requests[2] == ["GET /v4/spreadsheets/made-up-sheet-0001", f"GET {events}"]
    assert [answer["items"] for schema, answer in google.v3.answered if schema == "Events"][-1] == []


def test_check_live_tries_every_point_that_is_not_verified(
    google: GoogleEmulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = a_place(google, tmp_path / "place")
    place.write_rows(*BEFORE)
    assert run_command([*place.arguments("check"), "--live", "--no-color"]) == 0
    good = capsys.readouterr().out
    google.v3.habits |= {"forgets_links", "hides_deletions", "burns_ids"}
    assert run_command([*place.arguments("check"), "--live", "--no-color"]) == 0
    bad = capsys.readouterr().out
    assert "changes what is written: link" not in good
    for sentence in ("changes what is written: link", "every look is a whole one", "keeps deleted events deleted"):
        assert sentence in " ".join(bad.split())
    assert good.count("Google ") == bad.count("Google ") == 12
    assert place.shown() == [], "nothing is left behind"


LOADED = """
import sys
from sync.cli import run_command
code = run_command(sys.argv[1:])
print("loaded:", *sorted({"requests", "google.auth", "cryptography", "gspread", "caldav"} & set(sys.modules)))
sys.exit(code)
"""


def test_a_push_with_a_persons_login_loads_no_http_library(google: GoogleEmulator, tmp_path: Path) -> None:
    """What is loaded is half of what a first push costs; a form needs no library."""
    place = a_place(google, tmp_path / "place")
    place.write_rows(*BEFORE)
    command = [sys.executable, "-c", LOADED, *place.arguments()]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "loaded:"), done.stdout + done.stderr
    assert len(place.shown()) > 1


# --- the same life over CalDAV -------------------------------------------------------------------------------

COMPANIES = ("Acme", "Globex", "Initech", "Umbrella")


@dataclass
class Twins:
    """One seeker twice: over CalDAV on Radicale, and over Google's interface."""

    dav: ServerWorld
    google: GoogleWorld
    rows: list[dict[str, str]] = field(default_factory=list)
    seekers: tuple[Seeker, ...] = ()

    def __post_init__(self) -> None:
        self.seekers = tuple(Seeker(self.rows, target=world.target) for world in (self.dav, self.google))

    def run(self, hours: int) -> None:
        worlds: tuple[World, ...] = (self.dav, self.google)
        for world, seeker in zip(worlds, self.seekers, strict=True):
            seeker.now += timedelta(hours=hours)
            world.at(seeker.now)
            seeker.run()

    def edit(self, uid: str, change: Edit) -> None:
        for world in (self.dav, self.google):
            world.edit(uid, change)

    def delete(self, uid: str) -> None:
        for world in (self.dav, self.google):
            world.delete(uid)

    def seen(self) -> list[dict[str, tuple[str, Moment, str, timedelta | None]]]:
        """What a person sees on either side: title, start, text and alarm of every event."""
        sides = []
        for world in (self.dav, self.google):
            there = world.target.observe({}).events
            shots = {uid: remote.snapshot for uid, remote in there.items()}
            sides.append({uid: (s.summary, s.start, s.description, s.our_alarm) for uid, s in shots.items()})
        return sides


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.mark.parametrize("number", range(6))
def test_the_same_life_looks_the_same(google: GoogleEmulator, server: Server, number: int) -> None:
    chance = random.Random(number)
    twins = Twins(ServerWorld(server, server.make_calendar(f"twin{number}")), GoogleWorld(google))
    twins.rows += [a_row(company, "2027-01-08") for company in COMPANIES[: chance.randint(1, 4)]]
    for _ in range(12):
        _live(twins, chance)
        twins.run(chance.choice((1, 5, 24, 72)))
        dav, over_api = twins.seen()
        assert over_api == dav


def _live(twins: Twins, chance: random.Random) -> None:
    """What happens between two runs, the same on both sides."""
    row = chance.choice(twins.rows)
    uids = sorted(twins.dav.uids() & twins.google.uids())
    uid = chance.choice(uids) if uids else ""
    now: datetime = twins.seekers[0].now.astimezone(ZONE)
    day = (now + timedelta(days=chance.randint(1, 9))).replace(hour=chance.randint(8, 19), minute=0)
    deed = chance.choice(("status", "date", "drag", "tick", "title", "note", "delete", "nothing"))
    if deed == "status":
        row["status"] = chance.choice(("sent", "rejected", "interview", "on_hold"))
    elif deed == "date":
        row["applied_on"] = f"2027-01-{chance.randint(4, 15):02}"
    elif uid and deed == "drag":
        twins.edit(uid, Edit(start=day.replace(second=0, microsecond=0)))
    elif uid and deed in ("tick", "title"):
        twins.edit(uid, Edit(title=chance.choice(("✓ done", "done: rang her")) if deed == "tick" else "My own title"))
    elif uid and deed == "note":
        twins.edit(uid, Edit(note="she is on holiday"))
    elif uid and deed == "delete":
        twins.delete(uid)
