"""Another followup's events in the calendar: nothing is written beside them in silence, and none is made twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import Server, radicale

from sync.cli import run_command

TOML = """owner = "{owner}"
timezone = "America/New_York"
source = {{type = "csv", path = "leads.csv"}}
state = {{path = "state.sqlite"}}
[target]
{target}
"""
ROWS = "company,applied_on,status\nAcme,2027-01-02,sent\nBolt,2027-01-02,sent\n"
NOW = "2027-01-04T09:00:00-05:00"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALENDAR_PASSWORD", "x")


def computer(folder: Path, *, owner: str, target: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "leads.csv").write_text(ROWS)
    (folder / "followup.toml").write_text(TOML.format(owner=owner, target=target))
    return str(folder / "followup.toml")


def sync(config: str, *options: str) -> int:
    return run_command(["sync", "--config", config, "--now", NOW, *options])


def listed(server: Server, url: str) -> set[str]:
    answer = server.send("PROPFIND", url.removeprefix(server.root), Depth="1")
    return {part.partition("<")[0] for part in answer.text.split("fu-")[1:]}


def test_a_second_computer_writes_nothing_beside_the_firsts_events(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.make_calendar("shared")
    target = f'type = "caldav"\nurl = "{url}"\nuser = "ann"\npassword_env = "CALENDAR_PASSWORD"'
    assert sync(computer(tmp_path / "first", owner="k3x9", target=target)) == 0
    before = listed(server, url)
    assert before
    second = computer(tmp_path / "second", owner="newer", target=target)
    capsys.readouterr()
    assert sync(second) == 4
    said = capsys.readouterr().err
    assert f"{len(before)} of the owner 'k3x9'" in said
    assert 'owner = "k3x9"' in said
    assert "--second-owner" in said
    assert run_command(["plan", "--config", second, "--now", NOW]) == 4
    assert listed(server, url) == before
    assert sync(computer(tmp_path / "second", owner="k3x9", target=target)) == 0, "it goes on as the first"
    assert listed(server, url) == before, "not one event more"


def test_two_people_may_share_a_calendar_once_they_say_so(server: Server, tmp_path: Path) -> None:
    url = server.make_calendar("family")
    target = f'type = "caldav"\nurl = "{url}"\nuser = "ann"\npassword_env = "CALENDAR_PASSWORD"'
    assert sync(computer(tmp_path / "ann", owner="anna", target=target)) == 0
    before = listed(server, url)
    bert = computer(tmp_path / "bert", owner="bert", target=target)
    assert sync(bert, "--second-owner") == 0
    assert before < listed(server, url)
    assert sync(bert) == 0, "it knows its own there now"


def test_a_file_has_one_owner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = f'type = "ics"\npath = "{tmp_path}/f.ics"'
    assert sync(computer(tmp_path / "first", owner="k3x9", target=target)) == 0
    before = (tmp_path / "f.ics").read_bytes()
    second = computer(tmp_path / "second", owner="newer", target=target)
    assert sync(second) == 4
    assert "owner 'k3x9'" in capsys.readouterr().err
    assert sync(second, "--second-owner") == 6, "a file cannot be shared"
    assert (tmp_path / "f.ics").read_bytes() == before
    assert sync(computer(tmp_path / "second", owner="k3x9", target=target)) == 0
    assert (tmp_path / "f.ics").read_bytes() == before
