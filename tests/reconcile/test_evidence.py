"""A run is left out only while nothing can have changed: every kind of edit takes the proof away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import NOW, at
from servers import Server, radicale, xandikos
from stub_server import CALENDAR, StubServer, VirtualTime, serve

from connectors.evidence import Inquiry, digest_inputs, inquire
from connectors.sqlite_proof import last_left_out, recall_proof
from sync.cli import run_command
from sync.proof import Proof

CONFIG = """
owner = "k3x9"
timezone = "America/New_York"
wording = "words.toml"
[source]
type = "csv"
path = "leads.csv"
[target]
{target}
[state]
path = "state.sqlite"
"""
LEADS = "Company,Role,Contact,Date Applied,Status\nAcme,Analyst,Ann Lee,2027-01-04,Applied\nBolt,,,2026-12-30,Applied\n"
LATER = NOW + timedelta(minutes=5)


def sync(folder: Path, now: datetime = NOW, *options: str) -> int:
    return run_command(["sync", "--config", str(folder / "followup.toml"), "--now", now.isoformat(), *options])


def ask(folder: Path, now: datetime = LATER) -> Inquiry:
    return inquire(
        folder / "followup.toml",
        default_state=lambda owner: folder / "nowhere",
        now=now,
        environ={},
        clock=lambda: now,
    )


def write(folder: Path, target: str) -> None:
    (folder / "followup.toml").write_text(CONFIG.format(target=target))
    (folder / "leads.csv").write_text(LEADS)
    (folder / "words.toml").write_text("")


@pytest.fixture
def settled(tmp_path: Path) -> Path:
    """A folder whose second run did and learned nothing."""
    write(tmp_path, 'type = "ics"\npath = "out.ics"')
    assert [sync(tmp_path), sync(tmp_path)] == [0, 0]
    return tmp_path


def test_nothing_changed(settled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(settled).proof is not None
    before = (settled / "out.ics").read_bytes()
    capsys.readouterr()
    assert sync(settled, LATER) == 0
    left_out = capsys.readouterr()
    assert sync(settled, LATER, "--strict") == 0, "the same by the whole pipeline"
    assert left_out == capsys.readouterr() != ("", "")
    assert (settled / "out.ics").read_bytes() == before


EDITS: dict[str, Callable[[Path], object]] = {
    "a cell": lambda folder: (folder / "leads.csv").write_text(LEADS.replace("Analyst", "Manager")),
    "a row": lambda folder: (folder / "leads.csv").write_text(LEADS + "Cog,,,2027-01-03,Applied\n"),
    "the sheet is gone": lambda folder: (folder / "leads.csv").unlink(),
    "a setting": lambda folder: (folder / "followup.toml").open("a").write("[limits]\ndaily_touches = 3\n"),
    "the configuration is broken": lambda folder: (folder / "followup.toml").open("a").write("]"),
    "the wording": lambda folder: (folder / "words.toml").write_text("# mine\n"),
    "the calendar file": lambda folder: (folder / "out.ics").open("a").write("\n"),
    "the calendar file is gone": lambda folder: (folder / "out.ics").unlink(),
    "the memory is gone": lambda folder: (folder / "state.sqlite").unlink(),
    "the memory is broken": lambda folder: (folder / "state.sqlite").write_bytes(b"no database" * 1000),
    "another run wrote": lambda folder: sync(folder, NOW + timedelta(minutes=1), "--verbose"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_every_edit_makes_it_doubt(
    settled: Path, edit: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    edited = recall_proof(settled / "state.sqlite")
    edit(settled)
    found = ask(settled)
    assert found.proof is None or found.proof != edited


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(NOW - timedelta(seconds=1), id="the clock went back"),
        pytest.param(at("2027-01-05", "00:00"), id="the next day in the seeker's zone"),
        pytest.param(NOW + timedelta(days=400), id="long after"),
    ],
)
def test_time_makes_it_doubt(settled: Path, now: datetime) -> None:
    assert ask(settled, now).proof is None


def test_the_program_is_an_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest_inputs([])
    monkeypatch.setattr("connectors.evidence.__version__", "0")
    assert digest_inputs([]) != before


def test_a_run_that_wrote_leaves_no_proof(tmp_path: Path) -> None:
    write(tmp_path, 'type = "ics"\npath = "out.ics"')
    assert sync(tmp_path) == 0
    assert recall_proof(tmp_path / "state.sqlite") is None


@pytest.mark.parametrize("option", ["--json", "--verbose", "--yes-delete", "--strict"])
def test_a_question_for_more_runs(settled: Path, option: str) -> None:
    before = recall_proof(settled / "state.sqlite")
    assert sync(settled, LATER, option) == 0
    assert recall_proof(settled / "state.sqlite") != before


def test_a_run_left_out_counts_as_a_good_one(settled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sync(settled, LATER) == 0
    capsys.readouterr()
    config = ["--config", str(settled / "followup.toml")]
    assert run_command(["status", *config, "--now", (LATER + timedelta(minutes=1)).isoformat(), "--max-age", "2m"]) == 0


@pytest.mark.parametrize("text", ["", "yesterday", "2027-01-04", "2027-01-04T09:08:00", "\x00\xe4"])
def test_a_note_that_cannot_be_read_is_none(settled: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    (settled / "state.left_out").write_text(text, "utf-8")
    assert last_left_out(settled / "state.sqlite") is None
    assert run_command(["status", "--config", str(settled / "followup.toml"), "--now", LATER.isoformat()]) == 0
    assert sync(settled, LATER) == 0
    assert last_left_out(settled / "state.sqlite") == LATER


def test_a_run_that_cannot_be_noted_is_not_left_out(settled: Path) -> None:
    (settled / "state.left_out").mkdir()
    assert ask(settled).proof is None


# --- on a server ---------------------------------------------------------------------------------------------


@pytest.fixture(params=["radicale", "xandikos"], scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    start = {"radicale": radicale, "xandikos": xandikos}[request.param]
    with start(tmp_path_factory.mktemp(request.param)) as running:
        yield running


def test_an_edit_on_the_server_makes_it_doubt(server: Server, tmp_path: Path) -> None:
    url = server.make_calendar("proof")
    os.environ.setdefault("FOLLOWUP_TEST_PASSWORD", "secret")
    write(tmp_path, f'type = "caldav"\nurl = "{url}"\nuser = "ann"\npassword_command = ["echo", "secret"]')
    for file in (tmp_path, tmp_path / "followup.toml"):
        file.chmod(0o700)
    assert [sync(tmp_path), sync(tmp_path)] == [0, 0]
    proof = ask(tmp_path).proof
    assert isinstance(proof, Proof)
    assert proof.revision.partition(" ")[0] in ("sync-token", "getctag")
    path = url.removeprefix(server.root)
    foreign = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:theirs\r\nDTSTAMP:20270101T000000Z\r\n"
    )
    foreign += b"DTSTART:20270110T100000Z\r\nDTEND:20270110T110000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    assert server.send("PUT", f"{path}theirs.ics", foreign, Content_Type="text/calendar").status == 201
    assert ask(tmp_path).proof is None
    assert sync(tmp_path, LATER) == 0
    assert ask(tmp_path, LATER + timedelta(minutes=1)).proof is not None
    assert server.send("DELETE", f"{path}theirs.ics").status in (200, 204)
    assert ask(tmp_path, LATER + timedelta(minutes=2)).proof is None


def test_a_refused_login_is_sent_once_though_it_is_asked_first_whether_to_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Servers lock accounts; every try counts."""
    stub = StubServer(VirtualTime())
    with serve(stub) as root:
        login = 'user = "ann"\npassword_command = ["echo", "secret"]'
        write(tmp_path, f'type = "caldav"\nurl = "{root}{CALENDAR}"\n{login}')
        for file in (tmp_path, tmp_path / "followup.toml"):
            file.chmod(0o700)
        assert [sync(tmp_path), sync(tmp_path)] == [0, 0]
        for edited in (False, True):
            stub.faults = {"read_401": 9}
            stub.log.clear()
            if edited:
                (tmp_path / "leads.csv").write_text((tmp_path / "leads.csv").read_text("utf-8") + "\n", "utf-8")
            assert sync(tmp_path, LATER) == 7
            assert len(stub.log) == 1
            assert "refuses the login" in capsys.readouterr().err
