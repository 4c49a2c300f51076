"""The commands that look at the user's account, as called on the command line, on a real Radicale."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import USER, Server, radicale, xandikos

from connectors.sqlite_state import SqliteState
from sync.cli import run_command

TOML = """owner = "k3x9"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "{url}"
user = "{user}"
password_env = "FOLLOWUP_TEST_PASSWORD"
[state]
path = "state.sqlite"
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLLOWUP_TEST_PASSWORD", "not-shown-anywhere")


def configure(folder: Path, url: str) -> str:
    (folder / "leads.csv").write_text("company,applied_on,status\nAcme,2027-01-02,sent\n", "utf-8")
    path = folder / "followup.toml"
    path.write_text(TOML.format(url=url, user=USER), "utf-8")
    return str(path)


def test_calendars_lists_names_and_addresses(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.make_calendar("work")
    assert run_command(["calendars", "--config", configure(tmp_path, server.root)]) == 0
    assert f"work\n  {url}\n" in capsys.readouterr().out


def test_calendars_of_a_file_are_no_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(configure(tmp_path, "https://example.org/"))
    path.write_text(
        path.read_text("utf-8").partition("[target]")[0] + '[target]\ntype = "ics"\npath = "x.ics"\n', "utf-8"
    )
    assert run_command(["calendars", "--config", str(path)]) == 2
    assert "has no calendars to choose from" in capsys.readouterr().err


def test_calendars_of_a_server_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["calendars", "--config", configure(tmp_path, "http://127.0.0.1:9/")]) == 6
    said = capsys.readouterr()
    assert "no calendars can be found at 127.0.0.1" in said.err
    assert "not-shown-anywhere" not in said.err + said.out


def test_check_live_says_what_the_server_does(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.make_calendar("tried")
    assert run_command(["check", "--live", "--config", configure(tmp_path, url)]) == 0
    said = capsys.readouterr().out
    assert "Calendar: reached, 0 events of ours." in said
    assert "ok    Events can be written into this calendar and read back." in said
    assert "note" not in said.partition("Calendar: reached")[2]
    assert b".ics" not in server.send("PROPFIND", url.removeprefix(server.root), Depth="1").body
    kept = SqliteState(tmp_path / "state.sqlite").load().runs.probed
    assert kept is not None
    assert (kept.target, [finding.name for finding in kept.findings if not finding.good]) == (url, [])


ALL_COMMANDS = """
import sys
from sync.cli import run_command
for command in (["sync"], ["plan"], ["check", "--live"], ["clear", "--yes"], ["undo", "--yes"]):
    assert run_command([*command, "--config", sys.argv[1]]) == 0, command
"""


def test_no_command_leaves_a_connection_open(tmp_path: Path) -> None:
    """Xandikos keeps connections alive, Radicale does not."""
    with xandikos(tmp_path / "calendars") as server:
        config = configure(tmp_path, server.make_calendar("work"))
        command = [sys.executable, "-W", "always::ResourceWarning", "-c", ALL_COMMANDS, config]
        ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "unclosed" not in ended.stderr
