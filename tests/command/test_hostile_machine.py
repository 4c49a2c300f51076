"""Files of this machine that are half written, damaged, somebody else's or made to do harm: one sentence, no loss."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from runner import Seeker, a_row

from connectors.csv_file import CsvFile
from connectors.csv_write_back import write_cells
from connectors.dav.answers import NotDavError, read_rows
from connectors.excel_file import ExcelFile
from connectors.http_transport import Answer
from connectors.local_file import read_bytes
from connectors.sqlite_state import SqliteState
from connectors.whole_file import BACKUP, replace_file
from sync.errors import CredentialsError, FollowupError, SourceError
from sync.models import CellToWrite
from sync.safe_text import defuse, plain, plain_json

SHEET = "company,role,applied_on,status\nAcme,Analyst,2027-01-04,sent\nBolt,Clerk,2027-01-05,sent\n"


# --- half a sheet ----------------------------------------------------------------------------------------------


@pytest.fixture
def seeker(tmp_path: Path) -> Seeker:
    path = tmp_path / "leads.csv"
    path.write_text(SHEET)
    naps: list[float] = []
    seeker = Seeker()
    seeker.source = lambda: CsvFile(path, sleep=naps.append)  # type: ignore[assignment, method-assign, return-value]
    assert seeker.run().exit_code == 0
    return seeker


@pytest.mark.parametrize(
    "cut", [SHEET[:-1], SHEET[:-7], SHEET[: SHEET.index("-05") + 2], SHEET[: SHEET.index("Bolt") + 2]], ids=repr
)
def test_a_sheet_cut_in_the_middle_of_its_last_cell_changes_nothing(seeker: Seeker, tmp_path: Path, cut: str) -> None:
    """`2026-12-2` is a date, too: three events were deleted for it."""
    before = dict(seeker.calendar)
    (tmp_path / "leads.csv").write_text(cut)
    with pytest.raises(SourceError, match="middle of a line"):
        seeker.run()
    assert seeker.calendar == before
    assert seeker.run(accept_deletes=True).exit_code == 0, "a person may say that it is whole"


def test_a_sheet_that_is_whole_a_moment_later_is_read(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(SHEET)
    seeker = Seeker()
    finish: Callable[[float], object] = lambda _: path.write_text(SHEET)  # noqa: E731
    seeker.source = lambda: CsvFile(path, sleep=finish)  # type: ignore[assignment, method-assign, return-value, arg-type]
    seeker.run()
    path.write_text(SHEET[:-8])
    assert seeker.run().exit_code == 0
    assert path.read_text() == SHEET


def test_a_sheet_that_never_ended_its_last_line_is_cut_only_where_that_line_shrinks(
    seeker: Seeker, tmp_path: Path
) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(SHEET[:-1])
    seeker.run(accept_deletes=True)
    path.write_text(SHEET[:-1].replace("Acme", "Acme & Co"))
    assert seeker.run().exit_code == 0
    path.write_text(path.read_text()[:-2])
    with pytest.raises(SourceError, match="middle of a line"):
        seeker.run()


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes(b"old,half")
    writes = iter([b"new", b"", b""])
    plain_stat = os.fstat

    def write_meanwhile(handle: int) -> os.stat_result:
        found = plain_stat(handle)
        if new := next(writes, b""):
            path.write_bytes(new)
        return found

    monkeypatch.setattr("connectors.local_file.os.fstat", write_meanwhile)
    naps: list[float] = []
    assert read_bytes(path, 100, sleep=naps.append) == b"new"
    assert len(naps) == 1


# --- the state ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["file", "folder"])
def test_a_state_that_others_can_change_is_refused(tmp_path: Path, which: str) -> None:
    """What stands there decides where the password goes."""
    folder = tmp_path / "state"
    store = SqliteState(folder / "state.sqlite")
    with store.lock():
        store.keep(store.load())
    (folder if which == "folder" else store.path).chmod(0o777)
    with pytest.raises(CredentialsError, match="chmod go-w"), SqliteState(store.path).lock():
        pass
    with pytest.raises(CredentialsError, match="chmod go-w"):
        SqliteState(store.path).load()


@pytest.mark.parametrize("table", ["leads", "touches", "events", "meta", "intents"])
@pytest.mark.parametrize("text", ["{", "[]", '{"key": 7}', "\x00", '{"uid": {}, "desired": 3}'])
def test_a_damaged_document_is_a_lost_memory_and_the_file_is_kept(tmp_path: Path, table: str, text: str) -> None:
    store = SqliteState(tmp_path / "state.sqlite")
    seeker = Seeker([a_row("Acme")], store=store)
    seeker.run()
    column = "wanted" if table == "intents" else "document"
    with sqlite3.connect(store.path) as database:
        database.execute(f"UPDATE {table} SET {column} = ?", (text,))
        database.execute("UPDATE runs SET ended = NULL")
    database.close()
    seeker.store = SqliteState(store.path)
    assert seeker.store.load().lost
    assert any("memory of earlier runs" in note.reason for note in seeker.run().plan.notes)
    assert (tmp_path / "state.sqlite.corrupt").exists()
    assert seeker.run().exit_code == 0


@pytest.mark.parametrize("version", [0, 1, 99])
def test_a_database_of_another_program_is_kept_aside_as_it_is(tmp_path: Path, version: int) -> None:
    path = tmp_path / "state.sqlite"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE bookmarks (url TEXT)")
        database.execute(f"PRAGMA user_version = {version}")
    database.close()
    theirs = path.read_bytes()
    (tmp_path / "state.sqlite.corrupt").write_text("from last time")
    seeker = Seeker([a_row("Acme")], store=SqliteState(path))
    assert seeker.run().exit_code == 0
    assert (tmp_path / "state.sqlite.corrupt").read_text() == "from last time"
    assert (tmp_path / "state.sqlite.corrupt1").read_bytes() == theirs


# --- copies beside the sheet ---------------------------------------------------------------------------------------


def test_write_back_leaves_everybody_elses_files_alone(tmp_path: Path) -> None:
    path, other = tmp_path / "leads.csv", tmp_path / "diary.txt"
    path.write_text("company,next\nAcme,\n")
    other.write_text("mine")
    (tmp_path / "leads.csv.bak").write_text("my own copy")
    (tmp_path / f"leads.csv{BACKUP}").symlink_to(other)
    (tmp_path / ".leads.csv.new").hardlink_to(other)
    cell = CellToWrite("leads.csv:2", "next", "2027-01-11", {"company": "Acme"})
    write_cells(path, [cell], before=path.read_bytes())
    assert path.read_text() == "company,next\nAcme,2027-01-11\n"
    assert other.read_text() == "mine"
    assert (tmp_path / "leads.csv.bak").read_text() == "my own copy"
    assert not (tmp_path / f"leads.csv{BACKUP}").is_symlink()


def test_a_replacement_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "feed.ics"
    path.write_text("old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("connectors.whole_file.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")
    assert [file.name for file in tmp_path.iterdir()] == ["feed.ics"]
    assert path.read_text() == "old"


# --- files made to take for ever -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", [b"<c ", b'<c t="e" ', b"<sheet ", b"<Relationship ", b'<c t="e" r="A1"><f>', b"<c "])
def test_a_spreadsheet_made_of_beginnings_is_measured_in_its_length(tmp_path: Path, tag: bytes) -> None:
    path = tmp_path / "leads.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            archive.writestr(part, tag * 300_000 + b't="e" ' * 300_000)
    with pytest.raises(FollowupError):
        ExcelFile(path, "").read()


def bomb(padding: int, *, encoding: str = "utf-8") -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 8))
    head = f'<?xml version="1.0" encoding="{encoding}"?>' + " " * padding
    body = f'<!DOCTYPE d:multistatus [<!ENTITY e0 "<d:response/>">{entities}]>'
    return (head + body + '<d:multistatus xmlns:d="DAV:">&e7;</d:multistatus>').encode(encoding)


@pytest.mark.parametrize("answer", [bomb(0), bomb(5_000), bomb(20_000), bomb(5_000, encoding="utf-16")])
def test_a_document_type_is_refused_wherever_it_stands(answer: bytes) -> None:
    with pytest.raises(NotDavError):
        read_rows(Answer(207, {}, answer))


ROW = "<d:response><d:href>/x.ics</d:href><d:propstat><d:prop>{}</d:prop></d:propstat></d:response>"
DATA = '<C:calendar-data xmlns:C="urn:ietf:params:xml:ns:caldav">SUMMARY:Gr{}n</C:calendar-data>'


@pytest.mark.parametrize("before", [b"", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("fold", [b"", b"\r\n ", b"&#13;\n ", b"\n\t"])
def test_answers_that_strict_readers_refuse_are_read(before: bytes, fold: bytes) -> None:
    """A blank line before the declaration, a byte order mark, a line folded in the middle of a letter."""
    text = '<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">' + ROW.format(DATA) + "</d:multistatus>"
    first, last = text.encode().split(b"{}")
    (row,) = read_rows(Answer(207, {}, before + first + b"\xc3" + fold + b"\xbc" + last))
    assert row.data == "SUMMARY:Grün"


# --- text that comes out of us -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-2", "@x", " =1", "\t=1", "'=1", "a;=1", "a\t=1", "a|@x", "\uff1d1", "x;\uff0b1", "a\n=1", "a,=1"],
)
def test_no_cell_of_ours_is_run_by_any_spreadsheet(cell: str) -> None:
    """Whatever separates cells in its locale: comma, semicolon, tab."""
    written = defuse(cell)
    assert written.replace("'", "") == cell.replace("'", "")
    for separator in ",;\t|\n":
        for part in written.split(separator):
            assert part.strip(" '\"\t")[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20") or "'" in part


def test_marks_that_turn_a_line_round_are_shown_as_what_they_are() -> None:
    evil = "a\u202eb\u2066c\x1b[31m\x9b\u061c"
    assert not set(plain(evil)) & set("\u202e\u2066\x1b\x9b\u061c")
    document = json.dumps({"name": evil}, ensure_ascii=False)
    assert not set(plain_json(document)) & set("\u202e\u2066\x1b\x9b\u061c")
    assert json.loads(plain_json(document)) == {"name": evil}
