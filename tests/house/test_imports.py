"""What each command loads, never how long it takes: thousands of runs without a change consist of starting up."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

NOW = "2027-01-04T09:03:00-05:00"
CONFIG = """
owner = "test"
timezone = "America/New_York"
holidays = "US"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "out.ics"
[state]
path = "state.sqlite"
"""
HEAVY = {
    "pydantic", "icalendar", "caldav", "niquests", "urllib3", "requests", "gspread", "holidays", "rich", "keyring",
    "asyncio", "logging", "dateutil", "lxml", "google", "python_calamine",
    "psycopg", "psycopg_pool", "procrastinate",
}  # fmt: skip
NETWORK = {
    "gspread",
    "caldav",
    "niquests",
    "requests",
    "keyring",
    "google",
    "python_calamine",
    "psycopg",
    "psycopg_pool",
    "procrastinate",
}
PROGRAM = """
import json, sys
from sync.cli import run_command
code = run_command(sys.argv[1:])
sys.stdout.flush()
json.dump([code, sorted(sys.modules)], sys.stderr)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration whose second run left a proof behind."""
    place = tmp_path_factory.mktemp("imports")
    (place / "followup.toml").write_text(CONFIG)
    (place / "leads.csv").write_text("Company,Contact,Date Applied,Status\nAcme,Ann Lee,2027-01-02,Applied\n")
    return place


@pytest.fixture(scope="module")
def load(folder: Path) -> Callable[..., set[str]]:
    """The top-level modules that a command loads in a process of its own, ours and countries by their full names."""

    def run(*arguments: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROGRAM, *arguments],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        code, modules = json.loads(done.stderr.splitlines()[-1])
        assert code == 0, done.stderr
        tops = {name.partition(".")[0] for name in modules}
        return tops | {name for name in modules if name.startswith(("sync.", "connectors.", "holidays.countries."))}

    return run


def options(folder: Path) -> tuple[str, ...]:
    return ("--config", str(folder / "followup.toml"), "--now", NOW)


def ours(loaded: set[str]) -> set[str]:
    """Our own modules, the command line itself left out: it is always there."""
    return {name for name in loaded if name.startswith(("sync.", "connectors.")) and not name.startswith("sync.cli")}


@pytest.mark.parametrize(("argument", "drawn_with"), [("--help", {"rich", "logging"}), ("--version", set())])
def test_help_and_version_load_nothing_of_ours_but_the_command_line(
    load: Callable[..., set[str]], argument: str, drawn_with: set[str]
) -> None:
    loaded = load(argument)
    assert not loaded & (HEAVY - drawn_with)
    assert ours(loaded) == {"sync.errors"}


def test_a_csv_into_a_file_loads_no_network_library(load: Callable[..., set[str]], folder: Path) -> None:
    loaded = load("sync", *options(folder))
    assert not loaded & NETWORK
    assert {"pydantic", "icalendar"} <= loaded, "the test would see them"
    assert len(loaded & {"tomli", "tomllib"}) == 1, "one parser reads all TOML"


def test_a_run_that_writes_loads_nothing_to_draw_with(load: Callable[..., set[str]], tmp_path: Path) -> None:
    (tmp_path / "followup.toml").write_text(CONFIG)
    (tmp_path / "leads.csv").write_text("company,applied_on,status\nAcme,2027-01-02,sent\n")
    loaded = load("sync", *options(tmp_path))
    assert not loaded & {"rich", "platformdirs"}, "nor what tells where logins lie, which nobody asked for"
    assert (tmp_path / "out.ics").exists()


def test_a_run_without_a_change_loads_next_to_nothing(load: Callable[..., set[str]], folder: Path) -> None:
    load("sync", *options(folder))
    load("sync", *options(folder))
    loaded = load("sync", *options(folder))
    assert not loaded & (HEAVY | {"tempfile"}), "nothing shipped is read, for which Python brings much"
    assert {name for name in loaded if name.startswith("sync.cli")} == {
        "sync.cli",
        "sync.cli.inquiry",
        "sync.cli.options",
        "sync.cli.output",
        "sync.cli.places",
        "sync.cli.console",
        "sync.cli.syncing",
    }
    assert ours(loaded) == {
        "sync.errors",
        "sync.proof",
        "sync.toml",
        "connectors.evidence",
        "connectors.own_files",
        "connectors.sqlite_proof",
    }
    assert not loaded & {"http", "ssl", "email"}, "a file is asked without a request"


def test_asking_a_calendar_loads_the_standard_library_only() -> None:
    program = "import sys, connectors.dav.revision, connectors.password; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "http.client" in loaded, "the test would see it"
    assert not loaded & (HEAVY | {"subprocess"})
    assert ours(loaded) == {
        "sync.errors",
        "connectors.deadlines",
        "connectors.dav",
        "connectors.dav.answers",
        "connectors.dav.revision",
        "connectors.http_transport",
        "connectors.own_files",
        "connectors.password",
        "connectors.trust",
    }


def test_a_plan_loads_neither_calendar_nor_network_library(load: Callable[..., set[str]], folder: Path) -> None:
    assert not load("plan", *options(folder), "--quiet") & NETWORK


def test_a_run_loads_the_holidays_of_its_own_country_only(load: Callable[..., set[str]], folder: Path) -> None:
    countries = {name for name in load("plan", *options(folder)) if name.startswith("holidays.countries.")}
    assert countries == {"holidays.countries.united_states"}


def test_every_country_can_be_loaded_without_the_others() -> None:
    program = """
import holidays
from holidays.registry import COUNTRIES
from sync.cli.runs import spare_other_countries
spare_other_countries()
for names in COUNTRIES.values():
    holidays.country_holidays(names[1], years=2027)
print(len(COUNTRIES))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) > 200


def test_a_plain_sheet_is_read_without_the_words_of_other_languages_hours_and_tales() -> None:
    program = """
from sync.config import parse_settings
from sync.models import Row, Table
from sync.reading import hour_grammar, lexicon, status_words
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary
settings = parse_settings('timezone = "America/New_York"\\nholidays = "US"\\n[source]\\ntype = "csv"\\npath = "leads.csv"\\n[target]\\ntype = "ics"\\npath = "out.ics"')
def read(status):
    head = ("Company", "Contact", "Date Applied", "Follow-up Date", "Status", "Notes")
    cells = ("Acme", "Ann Lee", "2027-01-02", "2027-01-09", status, "met in December; they build tools for archives")
    return read_leads(Table("leads.csv", (Row(1, head), Row(2, cells))), settings=settings, vocabulary=load_vocabulary(), memory={})
def kept():
    return [made.cache_info().currsize for made in (lexicon.load_lexicon, hour_grammar._patterns, status_words.shipped_status_words)]
assert read("Applied").leads[0].applied_on
print(kept())
read("Interview 1/11 at 10am")
print(kept())
"""  # noqa: E501
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    plain, told = map(json.loads, done.stdout.splitlines())
    assert plain == [0, 0, 0]
    assert all(told), "the test would see them"
