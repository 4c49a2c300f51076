"""Many seekers on one machine: `sync --all DIR`, and runs that nobody watches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from servers import free_port

from sync.cli import run_command

NOW = ("--now", "2027-01-04T08:30:00-05:00")
LATER = ("--now", "2027-01-04T10:30:00-05:00")
NEXT_DAY = ("--now", "2027-01-05T09:30:00-05:00")
SHEET = "company,role,applied_on,status\n{name} Works,Analyst,2027-01-02,sent\n"


def add_profile(folder: Path, name: str, *, sheet: str = SHEET, target: str = "") -> None:
    target = target or f'type = "ics"\npath = "{name}.ics"'
    (folder / f"{name}.toml").write_text(
        f'owner = "{name}"\ntimezone = "America/New_York"\n[source]\ntype = "csv"\npath = "{name}.csv"\n'
        f'[target]\n{target}\n[state]\npath = "state/{name}.sqlite"\n',
        "utf-8",
    )
    (folder / f"{name}.csv").write_text(sheet.format(name=name), "utf-8")


def test_200_profiles_of_which_two_are_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"user{number:03}" for number in range(200)]
    dead, broken = names[50], names[120]
    for name in names:
        add_profile(tmp_path, name)
    add_profile(tmp_path, dead, target=f'type = "caldav"\nurl = "http://127.0.0.1:{free_port()}/x/"')
    add_profile(tmp_path, broken, sheet="<html><body>please log in</body></html>\n")
    assert run_command(["sync", "--all", str(tmp_path), *NOW]) in (5, 6, 7)
    out, err = capsys.readouterr()
    good = {path.stem for path in tmp_path.glob("*.ics")}
    assert good == set(names) - {dead, broken}
    assert all(f"{name} Works" in (tmp_path / f"{name}.ics").read_text("utf-8") for name in good)
    assert [line.partition(":")[0] for line in err.splitlines()] == [f"{dead}.toml", f"{broken}.toml"]
    assert "198 of 200 configurations done." in out
    assert "Traceback" not in out + err


def test_a_script_reads_how_each_configuration_ended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_profile(tmp_path, "anna", sheet=SHEET + "{name} Works,Clerk,someday,sent\n")
    add_profile(tmp_path, "bert", sheet="<html><body>please log in</body></html>\n")
    (tmp_path / "carl.toml").write_text("[source", "utf-8")
    assert run_command(["sync", "--all", str(tmp_path), "--json", *NOW]) == 2
    out, err = capsys.readouterr()
    document = json.loads(out)
    anna, bert, carl = document["profiles"]
    assert (document["schema"], document["exit_code"]) == (1, 2)
    assert [one["config"] for one in document["profiles"]] == ["anna.toml", "bert.toml", "carl.toml"]
    assert [(one["exit_code"], one["result"]) for one in document["profiles"]] == [
        (0, "done"), (5, "sheet failed"), (2, "settings"),
    ]  # fmt: skip
    written = (tmp_path / "anna.ics").read_text("utf-8").count("BEGIN:VEVENT")
    assert written > 1
    assert anna["done"] == {"create": written, "update": 0, "delete": 0, "keep": 0}
    assert anna["problems"] == 1
    assert "anna.csv:3, applied_on" in anna["messages"][0]
    for one in (bert, carl):
        assert (one["done"], one["problems"], len(one["messages"])) == (None, None, 1)
    assert err.count("\n") == 3
    assert run_command(["sync", "--all", str(tmp_path), "--json", *LATER]) == 2
    again = json.loads(capsys.readouterr().out)["profiles"][0]
    assert again["done"] == {"create": 0, "update": 0, "delete": 0, "keep": written}


def test_a_folder_where_nothing_changed_is_proven_not_run_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log tells the runs that looked: with a proof of before, only the one whose sheet was edited does."""
    for name in ("anna", "bert"):
        add_profile(tmp_path, name)
    for minute in (0, 15, 30):
        assert run_command(["sync", "--all", str(tmp_path), "--now", f"2027-01-04T09:{minute:02}:00-05:00"]) == 0
    add_profile(tmp_path, "bert", sheet=SHEET + "New Firm,Clerk,2027-01-03,sent\n")
    capsys.readouterr()
    assert run_command(["sync", "--all", str(tmp_path), "--now", "2027-01-04T09:45:00-05:00"]) == 0
    anna, bert, *_ = capsys.readouterr().out.splitlines()
    assert "Nothing to change" in anna
    assert "created" in bert
    logs = [(tmp_path / "state" / f"{name}.log").read_text("utf-8").splitlines() for name in ("anna", "bert")]
    assert [len(lines) for lines in logs] == [2, 3]


def test_one_folder_for_each_seeker_and_files_that_are_no_configuration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("anna", "bert"):
        (tmp_path / name).mkdir()
        add_profile(tmp_path / name, name)
        (tmp_path / name / f"{name}.toml").rename(tmp_path / name / "followup.toml")
    (tmp_path / "my-words.toml").write_text('title = "Ring {who}"\n', "utf-8")
    assert run_command(["sync", "--all", str(tmp_path), *NOW]) == 0
    assert "2 of 2 configurations done." in capsys.readouterr().out
    assert {path.name for path in tmp_path.rglob("*.ics")} == {"anna.ics", "bert.ics"}


@pytest.mark.parametrize(
    ("broken", "code", "said"),
    [
        pytest.param("[source", 2, "not valid TOML", id="no TOML"),
        pytest.param('ower = "x"\n[source]\ntype = "csv"\n', 2, "unknown key", id="unknown key"),
        pytest.param("", 2, "owner or the state", id="the neighbour's owner"),
    ],
)
def test_a_broken_configuration_is_told_and_the_others_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: str, code: int, said: str
) -> None:
    add_profile(tmp_path, "anna")
    (tmp_path / "bert.toml").write_text(broken or (tmp_path / "anna.toml").read_text("utf-8"), "utf-8")
    assert run_command(["sync", "--all", str(tmp_path), *NOW]) == code
    out, err = capsys.readouterr()
    assert said in err
    assert err.startswith("bert.toml: ")
    assert "1 of 2" in out
    assert (tmp_path / "anna.ics").exists()


def test_a_quiet_folder_tells_each_trouble_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_profile(tmp_path, "anna")
    add_profile(tmp_path, "bert", sheet="<html><body>please log in</body></html>\n")
    said = []
    for now in (NOW, LATER, NEXT_DAY):
        assert run_command(["sync", "--all", str(tmp_path), "--quiet", *now]) == 5
        out, err = capsys.readouterr()
        assert out == ""
        said.append([line.partition(":")[0] for line in err.splitlines()])
    assert said == [["bert.toml"], [], ["bert.toml"]]


def test_an_empty_folder_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["sync", "--all", str(tmp_path)]) == 2
    assert "no configuration" in capsys.readouterr().err


# --- quiet ---------------------------------------------------------------------------------------------------


def quiet(folder: Path, capsys: pytest.CaptureFixture[str], now: tuple[str, str]) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run_command(["sync", "--quiet", "--config", str(folder / "anna.toml"), *now])
    return (code, *capsys.readouterr())


def test_quiet_is_silent_while_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_profile(tmp_path, "anna")
    assert quiet(tmp_path, capsys, NOW) == (0, "", "")
    assert quiet(tmp_path, capsys, LATER) == (0, "", "")
    log = (tmp_path / "state" / "anna.log").read_text("utf-8").splitlines()
    assert len(log) == 2
    assert "exit 0: " in log[0]
    assert "Works" not in log[0]


def test_quiet_says_a_lasting_trouble_once_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_profile(tmp_path, "anna")
    quiet(tmp_path, capsys, NOW)
    sheet = tmp_path / "anna.csv"
    content = sheet.read_text("utf-8")
    sheet.unlink()
    code, out, err = quiet(tmp_path, capsys, NOW)
    assert (code, out, err.count("\n")) == (5, "", 1)
    assert "anna.csv" in err
    assert quiet(tmp_path, capsys, LATER) == (5, "", "")
    assert quiet(tmp_path, capsys, NEXT_DAY)[2] == err
    sheet.write_text(content, "utf-8")
    assert quiet(tmp_path, capsys, NEXT_DAY) == (0, "", "")
    sheet.unlink()
    assert quiet(tmp_path, capsys, NEXT_DAY)[2] == err


def test_quiet_tells_of_a_cell_once_and_of_the_next_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = "{name} Works,Clerk,31/31/2027,sent\n"
    add_profile(tmp_path, "anna", sheet=SHEET + bad)
    code, out, err = quiet(tmp_path, capsys, NOW)
    assert (code, out) == (0, "")
    assert "anna.csv:3, applied_on could not be read" in err
    add_profile(tmp_path, "anna", sheet=SHEET + "Added,Cook,2027-01-03,sent\n" + bad)
    assert quiet(tmp_path, capsys, LATER) == (0, "", "")
    add_profile(tmp_path, "anna", sheet=SHEET + bad + "Other,Cook,someday,sent\n")
    assert "and 1 more" in quiet(tmp_path, capsys, LATER)[2]


def test_quiet_leaves_a_run_at_work_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from filelock import FileLock

    add_profile(tmp_path, "anna")
    (tmp_path / "state").mkdir()
    with FileLock(tmp_path / "state" / "anna.sqlite.lock"):
        assert quiet(tmp_path, capsys, NOW) == (8, "", "")
    assert "exit 8" in (tmp_path / "state" / "anna.log").read_text("utf-8")
