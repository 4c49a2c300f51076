"""The command line: sentences and exit codes for what people get wrong, and nothing written then."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sync import __version__
from sync.cli import COMMANDS, run_command

GOOD = """owner = "clitest"
timezone = "America/New_York"
holidays = "US"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "out/followups.ics"
[state]
path = "state/state.sqlite"
"""
NOW = ("--now", "2027-01-04T08:30:00-05:00")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "followup.toml").write_text(GOOD, "utf-8")
    (tmp_path / "leads.csv").write_text(
        "company,role,applied_on,status\nAcme,Analyst,2027-01-02,sent\nBroken,Clerk,31/31/2027,sent\n", "utf-8"
    )
    return tmp_path


def call(folder: Path, *arguments: str) -> int:
    command, *options = arguments
    return run_command([command, "--config", str(folder / "followup.toml"), *options])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(("owner", "ower"), "unknown key 'ower'; did you mean 'owner'?", id="unknown key"),
        pytest.param(('"csv"', '"cvs"'), "source.type = 'cvs'", id="unknown type"),
        pytest.param(("timezone", "# timezone"), "'timezone' is missing", id="missing key"),
        pytest.param(("America/New_York", "America/NewYork"), "did you mean 'America/New_York'?", id="unknown zone"),
        pytest.param(("America/New_York", "America"), "'America' is no time zone", id="folder of zones"),
        pytest.param(("America/", "posix/America/"), "did you mean 'America/New_York'?", id="zone of another clock"),
        pytest.param(("America/New_York", ""), "'' is no time zone", id="no zone"),
        pytest.param(("America/New_York", "america/new_york"), "did you mean 'America/New_York'?", id="zone in small"),
        pytest.param(('owner = "clitest"', 'ahead_days = "many"'), "ahead_days", id="wrong type"),
        pytest.param(("[source]", "[source"), "not valid TOML", id="no TOML"),
        pytest.param(("[source]", f"x = {'[' * 100_000}\n[source]"), "nest too deeply", id="endless brackets"),
        pytest.param(('"US"', '"XX"'), "XX", id="unknown country"),
        pytest.param(('[state]', '[rules]\ndisable = ["R-001-99"]\n[state]'), "did you mean 'R-001-", id="no rule"),
        pytest.param(('[state]', '[rules."R-001-1"]\ndaysx = 3\n[state]'), "did you mean 'days'?", id="number"),
        pytest.param(('[state]', '[me]\nphon = "1"\n[state]'), "did you mean 'phone'?", id="who you are"),
        pytest.param(('[state]', '[me]\ngreeting = "last"\n[state]'), "me.greeting = 'last'", id="greeting"),
        pytest.param(('[state]', '[source.columns]\ncompany = "Employer"\n[state]'), "Employer", id="no column"),
    ],
)  # fmt: skip
def test_mistakes_in_the_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], said: str
) -> None:
    (folder / "followup.toml").write_text(GOOD.replace(*change), "utf-8")
    assert call(folder, "sync", *NOW) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert err.count("\n") == 1
    assert not (folder / "out").exists()


def test_a_missing_sheet_is_a_failure_of_the_source(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "followup.toml").write_text(GOOD.replace("leads.csv", "lost.csv"), "utf-8")
    assert call(folder, "sync", *NOW) == 5
    assert "lost.csv" in capsys.readouterr().err
    assert not (folder / "out").exists()


def test_a_password_in_the_file_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = GOOD.replace(
        'type = "ics"\npath = "out/followups.ics"', 'type = "caldav"\nurl = "https://x/"\npassword = "geheim"'
    )
    (folder / "followup.toml").write_text(text, "utf-8")
    assert call(folder, "plan", *NOW) == 2
    err = capsys.readouterr().err
    assert "password_command" in err
    assert "geheim" not in err


@pytest.mark.parametrize(
    ("now", "said"),
    [("yesterday", "not ISO 8601"), ("2027-01-04T08:30", "needs an offset"), ("2027-13-01T00:00Z", "not ISO")],
)
def test_a_time_that_is_none(folder: Path, capsys: pytest.CaptureFixture[str], now: str, said: str) -> None:
    assert call(folder, "plan", "--now", now) == 2
    assert said in capsys.readouterr().err


def test_no_configuration_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert run_command(["plan"]) == 2
    assert "name one with --config" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param("plam", "No such command 'plam'. Did you mean 'plan'?", id="command misspelt"),
        pytest.param("frobnicate", "No such command 'frobnicate'.", id="no command"),
        pytest.param("login goggle", "No such command 'goggle'. Did you mean 'google'?", id="service misspelt"),
        pytest.param("plan --no-colour", "No such option: --no-colour (Possible options: --no-color)", id="misspelt"),
        pytest.param("plan --js", "No such option: --js (Possible options: --json)", id="abbreviated"),
        pytest.param("plan -x", "No such option: -x", id="short option"),
        pytest.param("--jason plan", "No such option: --jason", id="option before the command"),
        pytest.param("plan --config", "Option '--config' requires an argument.", id="no value"),
        pytest.param("plan --json=yes", "Option '--json' does not take a value.", id="value of a switch"),
        pytest.param("plan acme", "Got unexpected extra argument(s) (acme)", id="argument too many"),
        pytest.param("explain", "Missing argument 'LEAD'.", id="no argument"),
        pytest.param("undo last", "Invalid value for 'run': 'last' is no whole number.", id="no number"),
        pytest.param("agenda --days 0", "Invalid value for '--days': 0 is not in the range 1<=x<=366.", id="range"),
    ],
)
def test_what_is_mistyped_is_named_in_one_sentence(
    arguments: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"followup: {said}")
    assert re.search(r"\. Try followup( [a-z]+)* --help\.\n$", err)
    assert err.count("\n") == 1


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["login"], 2)], ids=["followup", "followup login"])
def test_a_group_alone_shows_its_help(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(arguments) == code
    out, err = capsys.readouterr()
    assert run_command([*arguments, "--help"]) == 0
    assert (out.strip(), err) == (capsys.readouterr().out.strip(), "")


def test_somebody_new_is_told_where_to_begin(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([]) == 0
    assert "Begin with: followup init" in capsys.readouterr().out


def test_the_configuration_may_be_named_before_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--config", str(folder / "followup.toml"), "plan", "--json", *NOW]) == 0
    assert '"Acme, Analyst"' in capsys.readouterr().out


def test_the_shell_proposes_the_leads_of_the_last_run(folder: Path) -> None:
    assert call(folder, "sync", "--quiet", *NOW) == 0
    (folder / "leads.csv").unlink()
    done = subprocess.run(
        [sys.executable, "-c", "from sync.cli import main; main()"], cwd=folder, capture_output=True, text=True,
        check=True,
        env={
            **os.environ,
            "_FOLLOWUP_COMPLETE": "complete_bash",
            "COMP_WORDS": "followup explain A",
            "COMP_CWORD": "2",
        },
    )  # fmt: skip
    assert done.stdout.splitlines() == ["Acme"]


def test_unreadable_cells_are_named_and_the_rest_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(folder, "plan", *NOW, "--no-color") == 0
    out = capsys.readouterr().out
    assert "leads.csv:3, applied_on: “31/31/2027”" in out
    assert "Acme" in out
    assert call(folder, "sync", "--strict", "--quiet", *NOW) == 3
    assert (folder / "out" / "followups.ics").exists()


def test_a_file_that_is_not_ours_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "out").mkdir()
    mine = folder / "out" / "followups.ics"
    mine.write_text("BEGIN:VCALENDAR\nPRODID:-//me//EN\nEND:VCALENDAR\n")
    assert call(folder, "sync", *NOW) == 6
    assert "was not written by followup" in capsys.readouterr().err
    assert "PRODID:-//me//EN" in mine.read_text()


def test_explain_shows_the_arithmetic_and_what_moved_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(folder, "explain", "acme", *NOW, "--no-color") == 0
    out = capsys.readouterr().out
    assert "R-001-1" in out
    assert "applied_on: Sat 2 Jan + 7 days = Sat 9 Jan" in out
    assert "moved to Mon 11 Jan" in out


def test_explain_finds_a_lead_by_the_agency_that_its_event_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "leads.csv").write_text(
        "Company,Agency,Status,Date Applied\nQuill,Tall Pines,applied,2027-01-04\n", "utf-8"
    )
    assert call(folder, "explain", "tall pines", *NOW, "--no-color") == 0
    assert "Tall Pines about Quill: follow up" in capsys.readouterr().out


def test_explain_of_an_unreadable_lead_names_the_cell(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(folder, "explain", "nobody", *NOW) == 2
    assert "no lead in the sheet is called 'nobody'" in capsys.readouterr().err


def test_agenda_shows_what_comes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert call(folder, "agenda", *NOW, "--no-color") == 0
    out = capsys.readouterr().out
    assert "Next 14 days" in out
    assert "Mon 11 Jan 09:00" in out


def test_text_from_the_sheet_cannot_command_the_terminal(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "leads.csv").write_text(
        "company,applied_on,status\n[red]Acme[/] \x1b]0;owned\x07\x1b[31m,2027-01-02,sent\n", "utf-8"
    )
    assert call(folder, "plan", *NOW) == 0
    assert call(folder, "explain", "acme", *NOW) == 0
    out = capsys.readouterr().out
    assert "\x1b]0" not in out
    assert "[red]Acme[/]" in out


def test_output_is_the_same_on_every_host(folder: Path) -> None:
    outputs = set()
    for zone, seed in (("UTC", "1"), ("Asia/Tokyo", "2"), ("America/Los_Angeles", "3")):
        command = [sys.executable, "-c", "from sync.cli import main; main()", "plan", "--json", *NOW]
        done = subprocess.run(
            [*command, "--config", "followup.toml"], cwd=folder, check=True, stdout=subprocess.PIPE,
            env={"TZ": zone, "PYTHONHASHSEED": seed, "PATH": "/usr/bin", "HOME": str(folder)},
        )  # fmt: skip
        outputs.add(done.stdout)
    assert len(outputs) == 1


def test_help_lists_every_command_in_the_order_of_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--help"]) == 0
    out = capsys.readouterr().out
    first = [line.split()[1] for line in out.splitlines() if line.startswith("│ ")]
    assert [word for word in first if word in COMMANDS] == list(COMMANDS)
    assert "Take days off: nothing new begins on them." in out
    assert "Interviews and deadlines stay" not in out, "one line for each: the rest says its own --help"


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("command", [*COMMANDS, "login google"])
def test_every_command_has_its_help(command: str, option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command([*command.split(), option]) == 0
    assert f"followup {command} [OPTIONS]" in capsys.readouterr().out


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["--version"]) == 0
    assert capsys.readouterr().out == f"followup {__version__}\n"


@pytest.mark.parametrize("command", ["log --csv", "status"])
def test_a_reader_that_went_before_the_end_is_no_failure(folder: Path, command: str) -> None:
    read, write = os.pipe()
    os.close(read)
    program = [sys.executable, "-c", "from sync.cli import main; main()", *command.split()]
    environment = {**os.environ, "PYTHONUNBUFFERED": ""}
    done = subprocess.run(
        program, cwd=folder, env=environment, stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_run_says_all_it_has_to_say_and_ends_without_taking_python_apart(folder: Path) -> None:
    code = "import atexit; atexit.register(print, 'taken apart'); from sync.cli import main; main()"
    program = [sys.executable, "-c", code, "plan", "--json", *NOW]
    done = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert json.loads(done.stdout)["schema"] == 1


def test_the_console_script_says_how_rarely_to_look_for_garbage_before_it_imports_anything() -> None:
    script = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    module, _, name = script["followup"].partition(":")
    code = (
        "import gc, sys; gc.set_threshold = lambda first: print(first, 'typer' in sys.modules);"
        f"sys.argv = ['followup', '--version']; from {module} import {name}; {name}()"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["200000 False", f"followup {__version__}"]


def test_csv_to_ics_loads_no_heavy_library(folder: Path) -> None:
    code = (
        "import sys; from sync.cli import run_command;"
        f"assert run_command(['sync', '--config', r'{folder / 'followup.toml'}', '--now', '{NOW[1]}']) == 0;"
        "print(sorted({'gspread', 'caldav', 'niquests', 'keyring', 'google'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_loads_neither_gspread_nor_caldav() -> None:
    code = (
        "import sys; from sync.cli import run_command; run_command(['--help']);"
        "print(sorted({'gspread', 'caldav', 'niquests', 'pydantic', 'icalendar', 'holidays'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
