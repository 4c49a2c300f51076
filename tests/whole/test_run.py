"""The main job end to end through the command line: a CSV on disk, an .ics file, real calendar servers on loopback."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from servers import Server, radicale, xandikos

from sync.cli import run_command

NOW = "2027-01-04T08:30:00-05:00"
HEADER = "Company,Role,Contact Email,Date Applied,Status,Follow-up Date,Notes"
ROWS = (
    "Brightwater Labs,Data analyst,dana@brightwater.example,2027-01-02,Applied,,",
    "Northwind Press,Editor,ed@northwind.example,2026-12-30,Applied,,met them at a fair",
    "Quayside Clinic,Receptionist,hr@quayside.example,2027-01-02,Applied,2027-01-14,",
    "Tern Software,Support engineer,li@tern.example,2026-12-29,Applied,,",
    "Alder & Finch,Office manager,jo@alder.example,2026-12-31,Applied,,",
)
FOREIGN = """BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//someone//else//EN\r\nBEGIN:VEVENT\r\nUID:dentist\r
DTSTAMP:20270101T000000Z\r\nDTSTART:20270105T100000Z\r\nDTEND:20270105T110000Z\r\nSUMMARY:Dentist\r
END:VEVENT\r\nEND:VCALENDAR\r\n"""


@dataclass
class Job:
    """One configuration in a folder of its own, run by its command line."""

    folder: Path
    state_of_calendar: Callable[[], dict[str, str]]
    capture: pytest.CaptureFixture[str]
    server: Server | None = None
    path: str = ""

    def write_rows(self, *rows: str) -> None:
        (self.folder / "leads.csv").write_text("\n".join([HEADER, *rows]) + "\n", "utf-8")

    def call(self, command: str, *options: str, now: str = NOW) -> tuple[int, str, str]:
        self.capture.readouterr()
        code = run_command([command, "--config", str(self.folder / "followup.toml"), "--now", now, *options])
        out, err = self.capture.readouterr()
        return code, out, err

    def sync(self, *rows: str, now: str = NOW) -> list[tuple[str, str]]:
        """Sync these rows; the changes as (action, title), keeps left out."""
        self.write_rows(*rows)
        code, out, err = self.call("sync", "--json", now=now)
        assert code == 0, err
        changes = json.loads(out)["changes"]
        assert all(change["outcome"] == "done" for change in changes if change["action"] != "keep")
        return [(change["action"], change["summary"]) for change in changes if change["action"] != "keep"]


def calendar_on(server: Server, path: str) -> dict[str, str]:
    """Every event's ETag on a server, by file name."""
    answer = server.send(
        "PROPFIND",
        path,
        b'<propfind xmlns="DAV:"><prop><getetag/></prop></propfind>',
        Depth="1",
        Content_Type="text/xml",
    )
    found = {}
    for response in ET.fromstring(answer.body).iter("{DAV:}response"):
        href, etag = response.findtext("{DAV:}href") or "", response.findtext(".//{DAV:}getetag") or ""
        if not href.endswith("/"):
            found[href.rsplit("/", 1)[1]] = etag
    return found


def blocks_of(path: Path) -> dict[str, str]:
    """Every event's text in a file, by UID."""
    text = path.read_bytes().decode() if path.exists() else ""
    return {re.findall(r"UID:(\S+)", block)[0]: block for block in re.findall(r"(?s)BEGIN:VEVENT.*?END:VEVENT", text)}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    with radicale(tmp_path_factory.mktemp("r")) as one, xandikos(tmp_path_factory.mktemp("x")) as two:
        yield {"radicale": one, "xandikos": two}


@pytest.fixture(params=["ics", "radicale", "xandikos"])
def job(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    servers: dict[str, Server],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Job:
    settings = """owner = "runtest"
        timezone = "America/New_York"
        holidays = "US"
        source = { type = "csv", path = "leads.csv" }
        state = { path = "state/state.sqlite" }
        """
    if request.param == "ics":
        job = Job(tmp_path, lambda: blocks_of(tmp_path / "followups.ics"), capsys)
        settings += '[target]\ntype = "ics"\npath = "followups.ics"\n'
    else:
        server = servers[request.param]
        url = server.make_calendar(f"jobs{abs(hash(request.node.name)) % 10**9}")
        path = url.removeprefix(server.root)
        job = Job(tmp_path, lambda: calendar_on(server, path), capsys, server, path)
        monkeypatch.setenv("CALENDAR_PASSWORD", "secret")
        settings += f'[target]\ntype = "caldav"\nurl = "{url}"\nuser = "ann"\npassword_env = "CALENDAR_PASSWORD"\n'
    (tmp_path / "followup.toml").write_text(settings.replace("        ", ""), "utf-8")
    return job


def test_first_sync_shows_every_lead(job: Job) -> None:
    changes = job.sync(*ROWS)
    assert {action for action, _ in changes} == {"create"}
    for company in ("Brightwater Labs", "Northwind Press", "Quayside Clinic", "Tern Software", "Alder & Finch"):
        assert any(company in title for _, title in changes)


def test_second_sync_writes_nothing(job: Job) -> None:
    job.sync(*ROWS)
    before = job.state_of_calendar()
    file = job.folder / "followups.ics"
    content = file.read_bytes() if file.exists() else b""
    assert job.sync(*ROWS) == []
    assert job.sync(*ROWS, now="2027-01-04T16:00:00-05:00") == []
    assert job.state_of_calendar() == before
    assert (file.read_bytes() if file.exists() else b"") == content


def test_shuffled_rows_change_nothing(job: Job) -> None:
    job.sync(*ROWS)
    before = job.state_of_calendar()
    assert job.sync(*reversed(ROWS)) == []
    assert job.sync(*ROWS[2:], *ROWS[:2]) == []
    assert job.state_of_calendar() == before


def test_an_added_row_creates_only_its_own_events(job: Job) -> None:
    job.sync(*ROWS)
    before = job.state_of_calendar()
    changes = job.sync("Kestrel Foods,Buyer,al@kestrel.example,2027-01-03,Applied,,", *ROWS)
    own = [change for change in changes if change[0] == "create" and "Kestrel Foods" in change[1]]
    displaced = [change for change in changes if change not in own]
    assert own
    assert all(action == "update" for action, _ in displaced)
    assert len(displaced) <= 2
    after = job.state_of_calendar()
    assert len(before.items() - after.items()) == len(displaced)


def test_a_closed_row_loses_its_future_events(job: Job) -> None:
    job.sync(*ROWS)
    changes = job.sync(*ROWS[:3], ROWS[3].replace("Applied", "Rejected"), ROWS[4])
    assert changes
    assert all(action == "delete" and "Tern Software" in title for action, title in changes)


def test_plan_shows_what_sync_does_and_writes_nothing(job: Job) -> None:
    job.write_rows(*ROWS)
    code, out, _ = job.call("plan", "--json")
    planned = json.loads(out)
    assert code == 0
    assert job.state_of_calendar() == {}
    assert not (job.folder / "state").exists()
    assert job.call("plan", "--json")[1] == out
    assert job.call("plan", "--exit-code", "--quiet")[0] == 10
    _, out, _ = job.call("sync", "--json")
    done = json.loads(out)
    for change in done["changes"]:
        assert change.pop("outcome") == "done"
    assert done == planned
    assert job.call("plan", "--exit-code", "--quiet")[0] == 0


def test_a_foreign_event_is_still_there_untouched(job: Job) -> None:
    if job.server is None:
        pytest.skip("a feed of ours has no foreign events; see test_ics_file for files that are not ours")
    answer = job.server.send("PUT", f"{job.path}dentist.ics", FOREIGN.encode(), Content_Type="text/calendar")
    assert answer.status in (201, 204)
    etag = job.state_of_calendar()["dentist.ics"]
    job.sync(*ROWS)
    job.sync(*ROWS[:2], ROWS[2].replace("Applied", "Rejected"), *ROWS[3:])
    assert job.state_of_calendar()["dentist.ics"] == etag


def test_half_a_sheet_is_a_guard_stop_and_not_a_loss(job: Job) -> None:
    many = [f"Firm number {index},Clerk,jo@firm{index}.example,2027-01-02,Applied,," for index in range(20)]
    job.sync(*many)
    before = job.state_of_calendar()
    job.write_rows(*many[:3])
    code, _, err = job.call("sync", "--quiet")
    assert code == 4
    assert "--yes-delete" in err
    assert job.state_of_calendar().keys() == before.keys()
    code, _, err = job.call("sync", "--quiet", "--yes-delete")
    assert (code, err) == (0, "")
    assert len(job.state_of_calendar()) < len(before)


def test_an_empty_sheet_is_an_error_and_not_an_instruction(job: Job) -> None:
    job.sync(*ROWS)
    before = job.state_of_calendar()
    job.write_rows()
    code, out, err = job.call("sync")
    assert (code, out) == (5, "")
    assert "nothing was changed" in err
    assert job.state_of_calendar() == before


def test_a_renamed_column_stops_the_run(job: Job) -> None:
    job.sync(*ROWS)
    before = job.state_of_calendar()
    (job.folder / "leads.csv").write_text("\n".join([HEADER.replace("Date Applied", "When"), *ROWS]), "utf-8")
    code, _, err = job.call("sync")
    assert code == 2
    assert "Date Applied" in err
    assert job.state_of_calendar() == before


def test_a_second_sheet_under_one_owner_is_refused(job: Job) -> None:
    job.sync(*ROWS)
    (job.folder / "other.csv").write_text("\n".join([HEADER, *ROWS]), "utf-8")
    config = job.folder / "followup.toml"
    config.write_text(config.read_text("utf-8").replace("leads.csv", "other.csv"), "utf-8")
    code, _, err = job.call("sync")
    assert code == 2
    assert "another owner" in err
