"""`followup overview`: the morning page of somebody who looks after many seekers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sync.cli import overviews, run_command
from sync.cli.profiles import Profile
from sync.memory import Memory, RunMemory
from sync.overview import Due, Seeker, by_need, look_at, overview_html

CONFIG = """
owner = "{owner}"
timezone = "America/New_York"
source = {{ type = "csv", path = "leads.csv" }}
target = {{ type = "ics", path = "followups.ics" }}
state = {{ path = "state.sqlite" }}
"""
SHEET = "company,role,contact_name,applied_on,interview_at,status\n"
SYNCED, LOOKED = "2027-01-11T07:00:00-05:00", "2027-01-12T08:00:00-05:00"
HOSTILE = '<script>alert(1)</script>\u202e"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ann owes a thank-you since Friday; Bo waits for Tuesday's follow-up; Cy never ran; Di's settings are broken."""
    rows = {
        "ann": f"{HOSTILE},Editor,Sam Poe,2026-12-20,2027-01-08 10:00,interview\n",
        "bo": "Globex,Analyst,Dana Reed,2027-01-05,,sent\n",
        "cy": "Acme,Clerk,Kim Orr,2027-01-05,,sent\n",
    }
    for name, row in rows.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "followup.toml").write_text(CONFIG.format(owner=f"{name}xxx"))
        (tmp_path / name / "leads.csv").write_text(SHEET + row, "utf-8")
    for name in ("ann", "bo"):
        assert run_command(["sync", "--config", str(tmp_path / name / "followup.toml"), "--now", SYNCED]) == 0
    (tmp_path / "di.toml").write_text('[source]\ntype = "csv"\n')
    return tmp_path


def test_who_needs_somebody_comes_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run_command(["overview", str(folder), "--json", "--now", LOOKED]) == 0
    told = json.loads(capsys.readouterr().out)["seekers"]
    assert [seeker["name"] for seeker in told] == ["di", "cy", "ann", "bo"]
    di, cy, ann, bo = told
    assert "owner" in di["trouble"] or "path" in di["trouble"]
    assert (cy["last_good_run"], cy["stale"]) == (None, True)
    assert [due["day"] for due in ann["late"]] == ["2027-01-11"]
    assert not bo["late"]
    assert [due["title"] for due in bo["today"]] == ["Dana Reed, Globex: follow up"]
    assert run_command(["overview", str(folder), "--now", LOOKED]) == 0
    out = capsys.readouterr().out
    assert "4 seekers: 1 late, 1 due today, 2 without a good run lately" in out
    assert "late (1): since Mon 11 Jan: " in out


def test_the_first_days_of_a_month_are_told_as_everywhere_else(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, early = folder / "morning.html", "2027-02-03T08:00:00-05:00"
    assert run_command(["sync", "--config", str(folder / "ann" / "followup.toml"), "--now", early]) == 0
    assert run_command(["overview", str(folder), "--html", str(page), "--now", early]) == 0
    read = Page()
    read.feed(page.read_text("utf-8"))
    assert "Wednesday 3 February 2027, " in read.text
    assert "Wed 3 Feb " in read.text


class Page(HTMLParser):
    """The tags of a page and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_stands_alone_and_runs_nothing(folder: Path) -> None:
    page = folder / "morning.html"
    assert run_command(["overview", str(folder), "--html", str(page), "--now", LOOKED]) == 0
    text = page.read_text("utf-8")
    read = Page()
    read.feed(text)
    assert "script" not in read.tags
    assert not {"link", "img", "iframe"} & read.tags
    assert "http" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in read.text, "shown as it is written, and run by nobody"


def test_a_folder_without_seekers_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["overview", str(tmp_path)]) == 2
    assert "holds no configuration" in capsys.readouterr().err
    assert run_command(["overview", str(tmp_path / "gone")]) == 2
    assert "there is no folder " in capsys.readouterr().err


def test_a_review_whose_week_is_over_is_not_late(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = {}
    for day in ("15", "16"):
        capsys.readouterr()
        assert run_command(["overview", str(folder), "--json", "--now", f"2027-01-{day}T12:00:00-05:00"]) == 0
        found = json.loads(capsys.readouterr().out)["seekers"]
        said[day] = next(seeker for seeker in found if seeker["name"] == "bo")
    assert "Weekly review" in [due["title"] for due in said["15"]["today"]]
    assert [due["title"] for due in said["16"]["late"]] == ["Dana Reed, Globex: follow up"]


def test_a_bug_met_with_one_seeker_hides_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    remember: Callable[[Profile], object] = overviews._remember

    def fails_for_ann(profile: Profile) -> object:
        if profile.settings.owner == "annxxx":
            raise ZeroDivisionError("ann's")
        return remember(profile)

    monkeypatch.setattr(overviews, "_remember", fails_for_ann)
    capsys.readouterr()
    assert run_command(["overview", str(folder), "--json", "--now", LOOKED]) == 0
    found = {seeker["name"]: seeker for seeker in json.loads(capsys.readouterr().out)["seekers"]}
    assert found["ann"]["trouble"] == "a fault of followup itself: ZeroDivisionError: ann's"
    assert found["bo"]["today"]


def test_need_goes_before_names() -> None:
    late = Seeker("z", late=(Due("a", datetime(2027, 1, 11).date()),))
    assert by_need([Seeker("a"), late, Seeker("b", trouble="no settings")])[0].name == "b"
    assert by_need([Seeker("a"), late])[0] is late


def test_whose_last_run_stopped_comes_before_an_unread_row_and_what_is_due_today() -> None:
    due = (Due("a", datetime(2027, 1, 12).date()),)
    stopped = Seeker("z", stopped="there is no file leads.csv")
    late = Seeker("y", late=due)
    assert by_need([Seeker("a", unread=("leads.csv:8",)), Seeker("b", today=due), stopped, late])[:2] == [late, stopped]


def test_a_memory_without_a_run_is_stale_and_an_old_one_too() -> None:
    now, zone = datetime.fromisoformat(LOOKED), ZoneInfo("America/New_York")
    assert look_at("a", Memory(), now=now, zone=zone, late_mark="Late: ").is_stale
    ran = Memory(runs=RunMemory(last_good_run=now - timedelta(hours=30)))
    seeker = look_at("a", ran, now=now, zone=zone, late_mark="Late: ")
    assert not seeker.is_stale
    assert "1 seeker: 0 late, 0 due today" in overview_html([seeker], now=now, zone=zone)


def test_why_runs_stop_is_said_until_a_good_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = folder / "bo" / "leads.csv"
    text = sheet.read_text("utf-8")
    sheet.unlink()

    def stopped() -> str:
        capsys.readouterr()
        assert run_command(["overview", str(folder), "--json", "--now", LOOKED]) == 0
        found = json.loads(capsys.readouterr().out)["seekers"]
        return str(next(seeker["stopped"] for seeker in found if seeker["name"] == "bo"))

    assert stopped() == ""
    assert run_command(["sync", "--all", str(folder), "--now", LOOKED]) != 0
    assert "there is no file" in stopped()
    assert run_command(["overview", str(folder), "--now", LOOKED]) == 0
    assert "there is no file" in capsys.readouterr().out
    sheet.write_text(text, "utf-8")
    run_command(["sync", "--all", str(folder), "--now", LOOKED])
    assert stopped() == ""
