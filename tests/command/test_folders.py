"""`--all DIR` of the commands that look: every seeker under their name, and nobody's failure hides another's result."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import free_port

from sync.cli import log, run_command

SYNCED, NOW = "2027-01-04T08:30:00-05:00", "2027-01-12T08:30:00-05:00"
SHEET = "company,role,contact_name,applied_on,last_outbound,interview_at,status\n"
HOSTILE = "\x1b[31m<b>\u202eEvil\u2066"


def add_seeker(folder: Path, name: str, *rows: str, target: str = "") -> None:
    target = target or f'type = "ics"\npath = "{name}.ics"'
    (folder / f"{name}.toml").write_text(
        f'owner = "{name}"\ntimezone = "America/New_York"\n[source]\ntype = "csv"\npath = "{name}.csv"\n'
        f'[target]\n{target}\n[state]\npath = "state/{name}.sqlite"\n',
        "utf-8",
    )
    (folder / f"{name}.csv").write_text(SHEET + "".join(f"{row}\n" for row in rows), "utf-8")


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Anna's thanks are late, Bert's sheet is hostile, Carl's settings are broken, Dora's sheet is a login page."""
    add_seeker(tmp_path, "anna", "Globex,Analyst,Dana Reed,2026-12-20,,2027-01-08 10:00,interview")
    add_seeker(tmp_path, "bert", f"{HOSTILE},Clerk,Kim Orr,2027-01-05,2027-01-05,,sent")
    (tmp_path / "carl.toml").write_text("[source", "utf-8")
    add_seeker(tmp_path, "dora")
    (tmp_path / "dora.csv").write_text("<html><body>please log in</body></html>\n")
    assert run_command(["sync", "--all", str(tmp_path), "--now", SYNCED]) == 2
    capsys.readouterr()
    return tmp_path


def failures(err: str) -> list[str]:
    return [line.partition(":")[0] for line in err.splitlines()]


@pytest.mark.parametrize("command", ["plan", "agenda", "status", "check", "log"])
def test_each_seeker_stands_under_their_name_and_failures_are_told_apart(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    when = [] if command in ("check", "log") else ["--now", NOW]
    assert run_command([command, "--all", str(folder), *when]) == 2
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines.index("anna.toml") < lines.index("bert.toml")
    assert "carl.toml" not in lines
    assert failures(err) == (["carl.toml"] if command == "status" else ["carl.toml", "dora.toml"])
    assert "not valid TOML" in err
    assert "Traceback" not in out + err
    assert not {"\x1b", "\u202e", "\u2066"} & set(out + err)
    if command != "status":
        assert "Globex" in out
        assert "Evil" in out


@pytest.mark.parametrize("command", ["plan", "agenda", "status", "log"])
def test_a_script_gets_one_document(folder: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    when = [] if command == "log" else ["--now", NOW]
    assert run_command([command, "--all", str(folder), "--json", *when]) == 2
    document = json.loads(capsys.readouterr().out)
    anna, bert, carl, dora = document["profiles"]
    assert [one["config"] for one in document["profiles"]] == ["anna.toml", "bert.toml", "carl.toml", "dora.toml"]
    assert (document["schema"], document["exit_code"]) == (1, 2)
    assert (carl["exit_code"], carl["result"], carl[command]) == (2, "settings", None)
    assert len(carl["messages"]) == 1
    if command != "status":
        assert (dora["exit_code"], dora["result"], dora[command]) == (5, "sheet failed", None)
    for name, one in (("anna", anna), ("bert", bert)):
        assert one["messages"] == []
        alone = [command, "--config", str(folder / f"{name}.toml"), "--json", *when]
        assert run_command(alone) == 0
        assert one[command] == json.loads(capsys.readouterr().out), "the same as of one alone"


def test_the_agenda_of_one_for_scripts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = "2027-01-10T08:30:00-05:00"
    assert run_command(["agenda", "--config", str(folder / "anna.toml"), "--json", "--now", later]) == 0
    out = capsys.readouterr().out
    found = json.loads(out)
    assert (found["schema"], found["timezone"], found["days"]) == (1, "America/New_York", 14)
    assert [touch["rule"] for touch in found["late"]] == ["R-001-4"]
    assert found["late"][0]["lead"] == "Globex, Analyst"
    assert found["late"][0]["deadline"] < later
    assert {"today", "next", "waiting", "unreadable"} <= found.keys()
    assert not [touch for group in ("late", "today", "next", "waiting") for touch in found[group] if not touch["rule"]]


def test_pending_changes_of_anybody_are_told_by_the_exit_code(tmp_path: Path) -> None:
    add_seeker(tmp_path, "anna", "Globex,Analyst,Dana Reed,2027-01-02,2027-01-02,,sent")
    add_seeker(tmp_path, "bert", "Acme,Clerk,Kim Orr,2027-01-02,2027-01-02,,sent")
    everybody = ["plan", "--all", str(tmp_path), "--exit-code", "--quiet", "--now", SYNCED]
    assert run_command(everybody) == 10
    assert run_command(["sync", "--all", str(tmp_path), "--now", SYNCED]) == 0
    assert run_command(everybody) == 0
    add_seeker(tmp_path, "bert", "Acme,Clerk,Kim Orr,2027-01-02,2027-01-02,,sent", "Initech,Editor,,2027-01-03,,,sent")
    assert run_command(everybody) == 10


def test_a_monitor_is_told_of_those_only_whose_runs_are_too_old(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("anna", "bert"):
        add_seeker(tmp_path, name, "Acme,Clerk,Kim Orr,2027-01-02,2027-01-02,,sent")
    assert run_command(["sync", "--config", str(tmp_path / "anna.toml"), "--now", NOW]) == 0
    assert run_command(["sync", "--config", str(tmp_path / "bert.toml"), "--now", SYNCED]) == 0
    capsys.readouterr()
    assert run_command(["status", "--all", str(tmp_path), "--quiet", "--max-age", "36h", "--now", NOW]) == 4
    out = capsys.readouterr().out
    assert "bert.toml" in out
    assert "anna.toml" not in out


def test_a_calendar_that_is_down_hides_no_sheet_and_no_neighbour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = f'type = "caldav"\nurl = "http://127.0.0.1:{free_port()}/x/"'
    add_seeker(tmp_path, "anna", "Globex,Analyst,Dana Reed,2027-01-02,2027-01-02,,sent", target=dead)
    add_seeker(tmp_path, "bert", "Acme,Clerk,Kim Orr,2027-01-02,2027-01-02,,sent")
    assert run_command(["check", "--all", str(tmp_path)]) in (6, 7)
    out, err = capsys.readouterr()
    assert out.index("Globex") < out.index("Acme") < out.index("Calendar: reached, 0 events of ours.")
    assert failures(err) == ["anna.toml"]
    assert run_command(["check", "--config", str(tmp_path / "anna.toml")]) in (6, 7)
    out, err = capsys.readouterr()
    assert "Globex" in out
    assert err.startswith("followup: ")


def test_a_bug_met_with_one_seeker_hides_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    record: Callable[..., object] = log._record

    def fails_for_anna(profile: object) -> object:
        if "anna" in str(getattr(profile, "path", "")):
            raise ZeroDivisionError("anna's")
        return record(profile)

    monkeypatch.setattr(log, "_record", fails_for_anna)
    assert run_command(["log", "--all", str(folder)]) == 1
    out, err = capsys.readouterr()
    assert "Evil" in out
    assert "ZeroDivisionError" in err


def test_the_record_of_all_names_the_seeker_in_each_row(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["log", "--all", str(folder), "--csv"]) == 2
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [(row["seeker"], row["date"]) for row in rows] == [("anna.toml", "2026-12-20"), ("bert.toml", "2027-01-05")]
    assert failures(err) == ["carl.toml", "dora.toml"]


@pytest.mark.parametrize("command", ["plan", "agenda", "status", "check", "log"])
def test_a_folder_without_seekers_and_a_folder_beside_one_configuration(
    tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([command, "--all", str(tmp_path)]) == 2
    assert "holds no configuration" in capsys.readouterr().err
    assert run_command([command, "--all", str(tmp_path), "--config", "x.toml"]) == 2
    assert "--config is for one configuration" in capsys.readouterr().err
