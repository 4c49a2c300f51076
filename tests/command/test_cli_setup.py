"""`init`, `check` and `log` as a person runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from servers import radicale
from terminal import answer_all, converse

from sync.cli import run_command
from sync.config import parse_settings
from sync.models import CalendarInfo
from sync.setup.places import pick_calendar

NOW = "2026-09-10T08:00:00+02:00"
SHEET = """Company,Role,Applied on,Status,Phone
Acme,Schlosser,01.09.2026,beworben,yes
Bolt,Fahrer,02.09.2026,其他,no
Core,Koch,morgen,beworben,no
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leads.csv").write_text(SHEET, "utf-8")
    return tmp_path


def init(*more: str) -> int:
    return run_command(
        [
            "init",
            "--source",
            "leads.csv",
            "--target",
            "f.ics",
            "--timezone",
            "Europe/Berlin",
            "--yes",
            "--now",
            NOW,
            *more,
        ]
    )


def keep_state_here(folder: Path) -> None:
    path = folder / "followup.toml"
    path.write_text(path.read_text("utf-8") + '[state]\npath = "state.sqlite"\n', "utf-8")


def test_init_shows_the_guess_and_the_first_follow_ups_and_writes_what_was_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init("--holidays", "DE-BY") == 0
    shown = capsys.readouterr()
    assert "the day you applied" in shown.out
    assert "first follow-ups" in shown.out
    assert "1 cell could not be read" in shown.err
    assert "never ring" in shown.err
    text = (folder / "followup.toml").read_text("utf-8")
    settings = parse_settings(text)
    assert settings.source.columns == {
        "company": "Company",
        "role": "Role",
        "applied_on": "Applied on",
        "status": "Status",
    }
    assert settings.target.details == "full", "nobody else reads a file that nobody hosts"
    assert '# "其他" = "STAGE"' in text
    assert not (folder / "f.ics").exists()
    assert (folder / "followup.toml").stat().st_mode & 0o777 == 0o600


def test_in_a_list_of_people_the_name_is_proposed_as_the_person_not_as_the_firm(folder: Path) -> None:
    rows = "Namn,Telefon,Status,Senaste kontakt\nIda Ek,070-555 01 01,offert skickad,2026-11-03\n"
    (folder / "leads.csv").write_text(rows, "utf-8")
    assert init() == 0
    columns = parse_settings((folder / "followup.toml").read_text("utf-8")).source.columns
    assert columns["contact_name"] == "Namn"
    assert "company" not in columns


def test_yes_takes_no_guess_about_a_status(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    guessed = "Bolt,Fahrer,02.09.2026,beworben blubb quark\nDorn,Koch,03.09.2026,Absage?\n"
    (folder / "leads.csv").write_text(SHEET.replace("Bolt,Fahrer,02.09.2026,其他,no\n", guessed), "utf-8")
    assert init() == 0
    assert parse_settings((folder / "followup.toml").read_text("utf-8")).source.statuses == {}
    assert "perhaps sent" in capsys.readouterr().err


def test_the_sheet_may_simply_be_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run_command(["init", "leads.csv", "--target", "f.ics", "--timezone", "Europe/Berlin", "--yes", "--now", NOW])
        == 0
    )
    assert 'path = "leads.csv"' in (folder / "followup.toml").read_text("utf-8")
    assert init("other.csv") == 2
    assert "two sheets are named" in capsys.readouterr().err


def test_init_never_overwrites(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "followup.toml").write_text("mine", "utf-8")
    assert init() == 2
    assert "never overwritten" in capsys.readouterr().err
    assert (folder / "followup.toml").read_text("utf-8") == "mine"


def test_init_writes_paths_relative_to_the_configuration(folder: Path) -> None:
    assert init("--config", "conf/me.toml") == 2
    (folder / "conf").mkdir()
    assert init("--config", "conf/me.toml") == 0
    assert parse_settings((folder / "conf/me.toml").read_text("utf-8")).source.path == "../leads.csv"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--source", "gone.csv"], 5),
        (["--source", "leads.csv", "--target", "nowhere"], 2),
        (["--timezone", "Mars/Base"], 2),
    ],
)
def test_init_with_a_wrong_answer_writes_nothing(
    arguments: list[str], code: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["init", "--yes", "--now", NOW, *arguments]) == code
    assert capsys.readouterr().err.count("followup: ") == 1
    assert not (folder / "followup.toml").exists()


def test_check_reads_the_sheet_as_of_the_time_it_is_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Days without a year are those of that time."""
    (folder / "leads.csv").write_text("Company,Applied on\nAcme,Mar 3\nBirch,Mar 4\nCedar,Mar 5\n", encoding="utf-8")
    init()
    keep_state_here(folder)
    for year in (2026, 2029):
        capsys.readouterr()
        assert run_command(["check", "--now", f"{year}-03-10T09:00:00Z"]) == 0
        assert f"3 Mar {year}" in capsys.readouterr().out
    assert run_command(["check", "--now", "soon"]) == 2


def test_check_lists_every_cell_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init()
    keep_state_here(folder)
    capsys.readouterr()
    assert run_command(["check"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "leads.csv:4, Applied on: “morgen” names a day, but not its date" in shown
    assert "2 leads, 1 row out" in shown
    assert run_command(["check", "--strict"]) == 3


def test_log_prints_facts_of_the_sheet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init()
    keep_state_here(folder)
    capsys.readouterr()
    assert run_command(["log", "--csv"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "date,employer,person,method,position,result,known by",
        "2026-09-01,Acme,,,Schlosser,,sheet",
        "2026-09-02,Bolt,,,Fahrer,,sheet",
    ]


def test_a_renamed_column_stops_the_run_and_names_the_nearest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an accepted guess in the configuration, the mapping of the last run counts."""
    init()
    keep_state_here(folder)
    config = folder / "followup.toml"
    lines = config.read_text("utf-8").splitlines()
    config.write_text("\n".join(line for line in lines if '"Applied on"' not in line), "utf-8")
    assert run_command(["sync", "--now", NOW]) == 0
    before = (folder / "f.ics").read_bytes()
    (folder / "leads.csv").write_text(SHEET.replace("Applied on", "Applied"), "utf-8")
    capsys.readouterr()
    assert run_command(["sync", "--now", NOW]) == 2
    assert "no column 'Applied on' for applied_on; the nearest is 'Applied'" in capsys.readouterr().err
    assert (folder / "f.ics").read_bytes() == before


def test_a_row_that_is_out_keeps_its_events(folder: Path) -> None:
    init()
    keep_state_here(folder)
    assert run_command(["sync", "--now", NOW]) == 0
    before = (folder / "f.ics").read_bytes()
    assert b"BEGIN:VEVENT" in before
    (folder / "leads.csv").write_text(SHEET.replace("01.09.2026", "#REF!").replace("02.09.2026", "bald"), "utf-8")
    assert run_command(["sync", "--now", NOW]) == 0
    assert (folder / "f.ics").read_bytes() == before


def test_a_mapping_of_ones_own_is_read_beside_the_configuration(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "leads.csv").write_text("Wer,Wann genau,Wo\nAcme,2026-09-01,Köln\n", "utf-8")
    config = """
    owner = "k3x9"
    timezone = "Europe/Berlin"
    source = {type = "csv", path = "leads.csv", mapping = "mine.toml"}
    target = {type = "ics", path = "f.ics"}
    state = {path = "state.sqlite"}
    """
    (folder / "followup.toml").write_text(config, "utf-8")
    assert run_command(["plan", "--now", NOW]) == 2
    assert "mine.toml does not exist" in " ".join(capsys.readouterr().err.split())
    mine = 'title = "Mine"\nrecognised_by = ["Wer"]\n[columns]\ncompany = ["Wer"]\napplied_on = ["Wann genau"]\n'
    (folder / "mine.toml").write_text(mine, "utf-8")
    assert run_command(["plan", "--now", NOW]) == 0
    assert "Acme" in capsys.readouterr().out
    (folder / "mine.toml").write_text(mine.replace("company", "compny"), "utf-8")
    assert run_command(["plan", "--now", NOW]) == 2
    assert "'compny' is no field" in capsys.readouterr().err


def test_init_on_a_terminal_lists_the_calendars_and_keeps_the_address_of_the_chosen_one(folder: Path) -> None:
    store = folder / "store"
    store.mkdir()
    with radicale(store) as server:
        server.make_calendar("home")
        wanted = server.make_calendar("work")
        screen = converse(
            folder,
            [
                ("Your sheet", "leads.csv"),
                ("Your time zone", "Europe/Berlin"),
                ("Your calendar", server.root),
                ("Your name there", "ann"),
                ("Your password there", "hunter2"),
                ("Which calendar", "7"),
                ("Which calendar", "work"),
                ("anyone else see", ""),
                ("Where is the password kept", ""),
                ("or correct", ""),
                ("How you sign", ""),
            ],
            "--now",
            NOW,
        )
    assert "1. home" in screen
    assert "hunter2" not in screen
    text = (folder / "followup.toml").read_text("utf-8")
    assert "hunter2" not in text
    target = parse_settings(text).target
    assert (target.url, target.user, target.details) == (wanted, "ann", "full")
    assert (folder / target.password_file).read_text("utf-8") == "hunter2\n"
    assert (folder / target.password_file).stat().st_mode & 0o777 == 0o600


def test_init_on_a_terminal_asks_again_at_once_and_lists_what_a_column_may_be(folder: Path) -> None:
    (folder / "leads.csv").write_text(
        "Company,Timestamp,Due on,Status\nAcme,2026-09-01,2026-09-20,其他\n", encoding="utf-8"
    )
    screen = converse(
        folder,
        [
            ("Your sheet", "gone.csv"),
            ("there is no file", "leads.csv"),
            ("Your time zone", "Berlin"),
            ("is no time zone", "Europe/Berlin ZZ"),
            ("no such country", "Europe/Berlin de-by"),
            ("Your calendar", "follow ups"),
            ("is no calendar that is known", "f.ics"),
            ("Will anybody but you see", ""),
            ("Which column says when you applied", "99"),
            ("is none of them", "1"),
            ("Does one of them say", "1"),
            ("What is 'Due on'", "follow_up_on"),
            ("or correct", "1 applied for it"),
            ("is none of", "1 sent"),
            ("How you sign", "Ann Lee; +49 30 901820; data analyst"),
        ],
        "--now",
        NOW,
    )
    assert ". the day on which you want to follow up" in screen
    assert "Acme" in screen.partition("first follow-ups")[2]
    assert "\x1b" not in screen
    settings = parse_settings((folder / "followup.toml").read_text("utf-8"))
    assert (settings.timezone, settings.holidays) == ("Europe/Berlin", ("DE-BY",))
    assert settings.source.columns["applied_on"] == "Timestamp"
    assert settings.source.columns["follow_up_on"] == "Due on"
    assert settings.source.statuses == {"其他": "sent"}
    assert (settings.me.name, settings.me.phone, settings.me.line) == ("Ann Lee", "+49 30 901820", "data analyst")


CALENDARS = (
    CalendarInfo("Home", "u1"),
    CalendarInfo("Work", "u2"),
    CalendarInfo("Work", "u3"),
    CalendarInfo("2", "u4"),
)


@pytest.mark.parametrize(
    ("answer", "url"),
    [
        pytest.param("1", "u1", id="a number"),
        pytest.param(" Home ", "u1", id="a name"),
        pytest.param("2", "u4", id="a name that is a number"),
        pytest.param("Work", None, id="a name that two have"),
        pytest.param("0", None, id="no number of the list"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_calendar_is_picked_by_number_or_name(answer: str, url: str | None) -> None:
    chosen = pick_calendar(CALENDARS, answer)
    assert (chosen.url if chosen else None) == url


def test_explain_finds_a_row_that_is_left_out_and_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init()
    keep_state_here(folder)
    for wanted in ("Core", "4", "leads.csv:4"):
        capsys.readouterr()
        assert run_command(["explain", wanted, "--now", NOW]) == 0
        shown = " ".join(capsys.readouterr().out.split())
        assert "leads.csv:4: left out" in shown
        assert "Core | Koch | morgen | beworben" in shown
        assert "“morgen” names a day, but not its date" in shown
    assert run_command(["undo", "--dismissed", "Core", "--now", NOW]) == 2
    assert "leads.csv:4 is in the sheet but left out: Applied on" in capsys.readouterr().err
    assert run_command(["explain", "Zeppelin", "--now", NOW]) == 2
    assert "no lead in the sheet is called 'Zeppelin'" in capsys.readouterr().err


def test_explain_finds_a_row_that_is_alike_another(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "leads.csv").write_text(SHEET + "Acme,Schlosser,01.09.2026,beworben,yes\n", "utf-8")
    init()
    keep_state_here(folder)
    capsys.readouterr()
    assert run_command(["explain", "5", "--now", NOW]) == 0
    assert "alike in every cell" in capsys.readouterr().out


def test_explain_and_check_say_what_was_understood_of_a_row(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "leads.csv").write_text(
        "Company,Role,Applied on,Status\nAcme,Koch,01.09.2026,interview 16 Sep 2026 10am\nBolt,Koch,02.09.2026,sent\n",
        "utf-8",
    )
    init()
    keep_state_here(folder)
    for command in (["explain", "Acme", "--now", NOW], ["agenda", "--now", NOW], ["check"]):
        capsys.readouterr()
        assert run_command(command) == 0
        shown = " ".join(capsys.readouterr().out.split())
        assert (
            "interview (“interview 16 Sep 2026 10am”); applied Tue 1 Sep 2026; interview Wed 16 Sep 2026 10:00" in shown
        )


def test_without_settings_every_command_says_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert run_command(["plan"]) == 2
    assert "`followup init` makes one" in capsys.readouterr().err


def test_init_again_goes_on_from_the_file_that_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    init()
    config = folder / "followup.toml"
    mine = config.read_text("utf-8").replace("[target]", "# my own remark\n[target]") + "[limits]\ndaily_touches = 3\n"
    config.write_text(mine, "utf-8")
    assert run_command(["init", "--again", "--yes", "--now", NOW]) == 0
    assert "stays as it is" in capsys.readouterr().out
    assert config.read_text("utf-8") == mine
    (folder / "leads.csv").write_text(
        SHEET.replace(",Phone", ",Interview on").replace(",yes", ",15.09.2026 10:00"), "utf-8"
    )
    assert run_command(["init", "--again", "--yes", "--now", NOW]) == 0
    new = config.read_text("utf-8")
    assert parse_settings(new).source.columns["interview_at"] == "Interview on"
    assert "# my own remark" in new
    assert parse_settings(new).limits.daily_touches == 3
    assert run_command(["init", "--yes", "--now", NOW]) == 2
    assert "`followup init --again` goes on from it" in capsys.readouterr().err


def test_init_again_takes_the_new_name_of_a_sheet(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An export that was saved under another name: nothing is made twice, and every answer stays."""
    (folder / "leads.csv").write_text("Company,Applied,Status\nAcme,2026-09-02,sent\nBolt,2026-09-03,sent\n")
    init()
    assert run_command(["sync", "--now", NOW]) == 0
    made = (folder / "f.ics").read_bytes().count(b"BEGIN:VEVENT")
    (folder / "leads.csv").rename(folder / "leads (1).csv")
    assert run_command(["sync", "--now", NOW]) == 5
    assert "followup init --again NAME" in capsys.readouterr().err
    text = (folder / "followup.toml").read_text()
    assert run_command(["init", "leads (1).csv", "--again", "--yes", "--now", NOW]) == 0
    assert "followup sync --moved" in capsys.readouterr().err
    assert (folder / "followup.toml").read_text() == text.replace('"leads.csv"', '"leads (1).csv"')
    assert run_command(["sync", "--moved", "--now", NOW]) == 0
    assert (folder / "f.ics").read_bytes().count(b"BEGIN:VEVENT") == made


def test_init_again_reads_no_column_that_followup_itself_writes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "leads.csv").write_text("Company,Role,Applied on,Next step\nAcme,Cook,2026-09-01,2026-09-14\n")
    init()
    config = folder / "followup.toml"
    ours = config.read_text("utf-8").replace('follow_up_on = "Next step"\n', "")
    config.write_text(ours + '[write_back]\nnext_follow_up = "Next step"\n', "utf-8")
    capsys.readouterr()
    assert run_command(["init", "--again", "--yes", "--now", NOW]) == 0
    shown = capsys.readouterr().out
    assert "Applied on" in shown
    assert "its header says" not in shown, "what is written there is no wish of the user's"


def test_init_on_a_terminal_goes_on_by_itself_and_asks_only_what_is_new(folder: Path) -> None:
    init("--holidays", "DE-BY")
    (folder / "leads.csv").write_text(SHEET + "Delt,Koch,03.09.2026,quuxly,no\n", "utf-8")
    screen = converse(folder, [("or correct", "quuxly rejected"), ("a number of the list", "2 rejected, 1 sent")],
                      "--now", NOW)  # fmt: skip
    assert "Your sheet" not in screen
    statuses = parse_settings((folder / "followup.toml").read_text("utf-8")).source.statuses
    assert sorted(statuses) == ["quuxly", "其他"]


def test_at_the_end_the_timer_is_shown_and_installed(folder: Path) -> None:
    commands = folder / "commands"
    commands.mkdir()
    (commands / "systemctl").write_text('#!/bin/sh\necho "$@" >> "$HOME/called"\n')
    (commands / "systemctl").chmod(0o700)
    screen, asked = answer_all(
        folder, [("Your time zone", "Europe/Berlin DE-BY"), ("Let followup run by itself", "yes")], "--now", NOW,
        environment={"PATH": f"{commands}:/usr/bin:/bin"},
    )  # fmt: skip
    assert asked <= 10
    assert "OnCalendar=*:0/15" in screen.partition("Let followup run by itself")[0], "shown before it is written"
    owner = parse_settings((folder / "followup.toml").read_text("utf-8")).owner
    assert (folder / f".config/systemd/user/followup-{owner}.timer").exists()
    assert f"enable --now followup-{owner}.timer" in (folder / "called").read_text()


def test_a_question_about_a_whole_column_is_asked_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"Firm{day},Cook,{day}/2/2026,sent\n" for day in range(3, 9))
    (folder / "leads.csv").write_text(f"Company,Role,Date Applied,Status\n{rows}")
    assert init() == 0
    text = (folder / "followup.toml").read_text("utf-8")
    assert 'date_order = "dmy"' in text, "init settles it"
    (folder / "followup.toml").write_text(text.replace('date_order = "dmy"', ""))
    keep_state_here(folder)
    capsys.readouterr()
    assert run_command(["plan", "--now", NOW]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "6 cells could not be read" in said
    assert said.count("could be day or month first") == 1
    assert "and 5 more cells of this column" in said
    assert run_command(["check"]) == 0
    shown = capsys.readouterr()
    assert (shown.out + shown.err).count("could be day or month first") == 6
