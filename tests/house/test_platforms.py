"""A machine that lacks what POSIX systems have, as Windows does: files are kept, replaced and read all the same."""

from __future__ import annotations

import errno
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest
from filelock import SoftFileLock
from tzlocal.windows_tz import win_tz

from connectors.google.login import LOGIN_FILE, keep_login, recall_login
from connectors.own_files import others_may_read, stranger_in
from connectors.whole_file import WAITS, replace_file
from sync.cli import run_command
from sync.cli.world import Computer

CONFIG = """
owner = "test"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "out.ics"
[state]
path = "state/state.sqlite"
"""
SHEET = "company,role,applied_on,status\nAcme,Analyst,2027-01-04,sent\nBolt,Clerk,2027-01-05,sent\n"


@pytest.fixture
def other_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No owners by number, no modes of open files, no folders to open."""
    real = os.open

    def open_file(path: os.PathLike[str] | str, flags: int, mode: int = 0o777) -> int:
        if Path(path).is_dir():
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path, flags, mode)

    for name in ("getuid", "fchmod", "O_NOFOLLOW", "O_DIRECTORY"):
        monkeypatch.delattr(os, name)
    monkeypatch.setattr(os, "open", open_file)
    # filelock chooses by sys.platform, which this is not: it would ask for the functions that are gone
    monkeypatch.setattr("connectors.sqlite_state.FileLock", lambda path, mode: SoftFileLock(path))


def _hold(monkeypatch: pytest.MonkeyPatch, *, tries: int, code: int | None = 32) -> None:
    """A file that another program has open for the first tries, as Windows tells it; without a code, as POSIX does."""
    left = [code] * tries
    real = Path.replace

    def replace(new: Path, path: Path) -> Path:
        if left:
            error = PermissionError(errno.EACCES, "The process cannot access the file", str(path))
            vars(error).update({"winerror": code} if left.pop() else {})
            raise error
        return real(new, path)

    monkeypatch.setattr(Path, "replace", replace)


@pytest.mark.usefixtures("other_system")
def test_runs_from_a_sheet_into_a_feed(tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text(SHEET)
    config = tmp_path / "followup.toml"
    config.write_text(CONFIG)
    for day in ("04", "05"):
        now = f"2027-01-{day}T09:03:00-05:00"
        assert run_command(["sync", "--config", str(config), "--now", now]) == 0
    feed = (tmp_path / "out.ics").read_bytes()
    assert feed.count(b"BEGIN:VEVENT") > 1
    (tmp_path / "leads.csv").write_text(SHEET.replace("sent", "rejected"))
    assert run_command(["sync", "--yes-delete", "--config", str(config), "--now", "2027-01-05T10:03:00-05:00"]) == 0
    assert (tmp_path / "out.ics").read_bytes() != feed
    assert not [path.name for path in tmp_path.iterdir() if path.name.endswith(".new")]


@pytest.mark.usefixtures("other_system")
def test_secrets_are_kept_and_read(tmp_path: Path) -> None:
    """The folder's own rights keep others away there: no advice speaks of a mode."""
    keep_login("first", tmp_path)
    keep_login("second", tmp_path)
    (tmp_path / LOGIN_FILE).chmod(0o644)
    assert recall_login(tmp_path) == "second"
    assert not others_may_read(tmp_path / LOGIN_FILE)
    tmp_path.chmod(0o777)
    assert stranger_in(tmp_path) is None


@pytest.mark.usefixtures("other_system")
def test_a_file_keeps_its_mode_without_modes_of_open_files(tmp_path: Path) -> None:
    path = tmp_path / "out.ics"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o640)


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_file_that_a_calendar_program_reads_is_replaced_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    path = tmp_path / "out.ics"
    path.write_bytes(b"old")
    _hold(monkeypatch, tries=2, code=code)
    naps: list[float] = []
    replace_file(path, b"new", sleep=naps.append)
    assert path.read_bytes() == b"new"
    assert naps == list(WAITS[:2])


def test_a_file_that_stays_open_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.ics"
    path.write_bytes(b"old")
    _hold(monkeypatch, tries=100)
    naps: list[float] = []
    with pytest.raises(PermissionError):
        replace_file(path, b"new", sleep=naps.append)
    assert naps == list(WAITS)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"], "nothing else is left behind"


def test_a_folder_nobody_may_write_to_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _hold(monkeypatch, tries=1, code=None)
    naps: list[float] = []
    with pytest.raises(PermissionError):
        replace_file(tmp_path / "out.ics", b"new", sleep=naps.append)
    assert not naps


def test_a_share_that_flushes_no_folder_is_no_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def flush(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", flush)
    replace_file(tmp_path / "out.ics", b"new")
    assert (tmp_path / "out.ics").read_bytes() == b"new"


def test_a_broken_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    (tmp_path / "out.ics").write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        replace_file(tmp_path / "out.ics", b"new")
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"old"]


def test_windows_names_for_zones_are_understood(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The registry names them in words of its own; `init` proposed UTC there."""
    assert win_tz["W. Europe Standard Time"] == "Europe/Berlin"
    computer = Computer(tmp_path / "followup.toml", datetime(2027, 1, 4, tzinfo=UTC))
    monkeypatch.setattr("tzlocal.get_localzone_name", lambda: "Europe/Berlin")
    assert computer.zone == "Europe/Berlin"


def test_a_machine_that_contradicts_itself_is_asked_from_utc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def contradict() -> str:
        raise ZoneInfoNotFoundError("two settings")

    monkeypatch.setattr("tzlocal.get_localzone_name", contradict)
    assert Computer(tmp_path / "followup.toml", datetime(2027, 1, 4, tzinfo=UTC)).zone == "UTC"
