"""Writing into single cells of a CSV file: the cell changes, every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.csv_file import CsvFile
from connectors.csv_write_back import put_cells
from sync.cli import run_command
from sync.errors import SourceError
from sync.models import CellToWrite
from sync.texts import load_remarks
from sync.write_back import Found

DAY = "2026-10-05"


@pytest.mark.parametrize(
    ("before", "cell", "after"),
    [
        pytest.param(b"A,Next\nx,old\n", (2, 1), b"A,Next\nx,2026-10-05\n", id="a full cell"),
        pytest.param(b"A,Next\nx,\n", (2, 1), b"A,Next\nx,2026-10-05\n", id="an empty cell"),
        pytest.param(b"A,Next\r\nx,\r\n", (2, 1), b"A,Next\r\nx,2026-10-05\r\n", id="Windows line ends"),
        pytest.param(b"A,Next\rx,\r", (2, 1), b"A,Next\rx,2026-10-05\r", id="old Mac line ends"),
        pytest.param(b"A,Next\nx,", (2, 1), b"A,Next\nx,2026-10-05", id="no line end at the end"),
        pytest.param(b"A,Next\nx\n", (2, 1), b"A,Next\nx,2026-10-05\n", id="a short row grows"),
        pytest.param(b"A,B,C,Next\nx\ny,1,2,3\n", (2, 3), b"A,B,C,Next\nx,,,2026-10-05\ny,1,2,3\n", id="much shorter"),
        pytest.param(b'"A","Next"\n"x","old"\n', (2, 1), b'"A","Next"\n"x","2026-10-05"\n', id="quotes stay"),
        pytest.param(
            b'A,Next\n"x\ny, ""z""",old\n', (2, 1), b'A,Next\n"x\ny, ""z""",2026-10-05\n', id="a break inside"
        ),
        pytest.param(b"A;Next\nx;old\n", (2, 1), b"A;Next\nx;2026-10-05\n", id="semicolons"),
        pytest.param(b"sep=;\r\nA;Next\r\nx;old\r\n", (2, 1), b"sep=;\r\nA;Next\r\nx;2026-10-05\r\n", id="a sep line"),
        pytest.param(b"A\tNext\nx\told\n", (2, 1), b"A\tNext\nx\t2026-10-05\n", id="tabs"),
        pytest.param(
            b"\xef\xbb\xbfA,Next\nx,\n", (2, 1), b"\xef\xbb\xbfA,Next\nx,2026-10-05\n", id="a mark at the start"
        ),
        pytest.param(b"A,Next\nM\xfcller,\n", (2, 1), b"A,Next\nM\xfcller,2026-10-05\n", id="Latin-1"),
        pytest.param(b"A,Next\nM\xc3\xbcller,\n", (2, 1), b"A,Next\nM\xc3\xbcller,2026-10-05\n", id="UTF-8"),
        pytest.param(
            "\ufeffA,Next\nMüller,\n".encode("utf-16-le"),
            (2, 1),
            "\ufeffA,Next\nMüller,2026-10-05\n".encode("utf-16-le"),
            id="UTF-16",
        ),
        pytest.param(b"A,Next\n\n\nx,\n", (4, 1), b"A,Next\n\n\nx,2026-10-05\n", id="blank rows count"),
        pytest.param(b"A, Next\nx, old\n", (2, 1), b"A, Next\nx,2026-10-05\n", id="blanks behind commas"),
    ],
)
def test_changed(before: bytes, cell: tuple[int, int], after: bytes) -> None:
    assert put_cells(before, [Found(*cell, DAY)], name="leads.csv") == after


@given(
    rows=st.lists(
        st.lists(st.text(st.sampled_from("ab \",;\n'é="), max_size=6), min_size=3, max_size=3), min_size=1, max_size=5
    ),
    line_end=st.sampled_from(["\n", "\r\n"]),
    data=st.data(),
)
def test_every_other_byte_stays(rows: list[list[str]], line_end: str, data: st.DataObject) -> None:
    records = [["A", "B", "Next"], *rows]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in records]
    before = (line_end.join(quoted) + line_end).encode()
    number = data.draw(st.integers(2, len(records)))
    after = put_cells(before, [Found(number, 2, DAY)], name="x.csv")
    records[number - 1] = [*records[number - 1][:2], DAY]
    expected = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in records]
    assert after == (line_end.join(expected) + line_end).encode()


def test_several_cells_of_one_short_row() -> None:
    cells = [Found(2, 4, "b"), Found(2, 2, "a")]
    assert put_cells(b"A,B,C,D,E\nx\n", cells, name="x.csv") == b"A,B,C,D,E\nx,,a,,b\n"


def test_what_cannot_be_promised_is_refused() -> None:
    with pytest.raises(SourceError, match="too oddly"):
        put_cells(b"A,Next\nx,\n", [Found(9, 1, DAY)], name="leads.csv")


def test_what_a_program_could_run_is_written_as_text() -> None:
    assert put_cells(b"A,Next\nx,\n", [Found(2, 1, "=1+1")], name="leads.csv") == b"A,Next\nx,'=1+1\n"


def test_an_open_file_is_left_alone(file: CsvFile) -> None:
    file.read()
    lock = file.path.with_name(".~lock.leads.csv#")
    lock.touch()
    before = file.path.read_bytes()
    (note,) = (load_remarks("en").tell(one) for one in file.write_back([cell()]))
    assert "leads.csv is open in another program" in note
    assert file.path.read_bytes() == before
    lock.unlink()
    assert file.write_back([cell()]) == ()
    assert file.path.read_bytes() != before


# --- the file ------------------------------------------------------------------------------------------------


def cell(text: str = DAY, company: str = "Acme") -> CellToWrite:
    return CellToWrite("leads.csv:2", "Next", text, {"Company": company})


@pytest.fixture
def file(tmp_path: Path) -> CsvFile:
    path = tmp_path / "leads.csv"
    path.write_bytes(b"Company;Next\r\nAcme;\r\nB\xfclow;x\r\n")
    path.chmod(0o640)
    return CsvFile(path)


def test_the_file_is_replaced_and_the_old_one_kept(file: CsvFile) -> None:
    old = file.path.read_bytes()
    file.read()
    assert file.write_back([cell()]) == ()
    assert file.path.read_bytes() == b"Company;Next\r\nAcme;2026-10-05\r\nB\xfclow;x\r\n"
    backup = file.path.with_name("leads.csv.before-followup")
    assert backup.read_bytes() == old
    assert [path.stat().st_mode & 0o777 for path in (file.path, backup)] == [0o640, 0o640]
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["leads.csv", "leads.csv.before-followup"]


def test_a_file_that_changed_meanwhile_is_left_alone(file: CsvFile) -> None:
    file.read()
    file.path.write_bytes(b"Company;Next\r\nAcme;by hand\r\n")
    with pytest.raises(SourceError, match="was changed while followup was at work"):
        file.write_back([cell()])
    assert file.path.read_bytes() == b"Company;Next\r\nAcme;by hand\r\n"
    assert not file.path.with_name("leads.csv.before-followup").exists()


def test_a_file_that_is_read_only_is_left_alone_with_what_to_do(file: CsvFile) -> None:
    """Its folder would let it be replaced all the same."""
    old = file.path.read_bytes()
    file.read()
    file.path.chmod(0o440)
    with pytest.raises(SourceError, match=r"leads.csv is read-only, so nothing is written back .* \[write_back\] out"):
        file.write_back([cell()])
    assert [path.name for path in file.path.parent.iterdir()] == ["leads.csv"]
    assert file.path.read_bytes() == old


def test_a_row_that_is_not_there_leaves_the_file_untouched(file: CsvFile) -> None:
    file.read()
    before = file.path.stat()
    assert [note.row for note in file.write_back([cell(company="Gone")])] == ["leads.csv:2"]
    assert file.path.stat() == before


def test_a_link_stays_a_link(file: CsvFile, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(file.path)
    linked = CsvFile(link)
    linked.read()
    linked.write_back([cell()])
    assert link.is_symlink()
    assert b"2026-10-05" in file.path.read_bytes()


def test_the_next_follow_up_is_written_back_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs: the first fills the column the user named, the second changes neither the sheet nor the feed."""
    sheet, feed, config = tmp_path / "leads.csv", tmp_path / "out.ics", tmp_path / "followup.toml"
    sheet.write_bytes(
        b"Company;Role;Date Applied;Status;Next planned by followup\r\n"
        b"Acme;Welder;2027-01-04;Applied;\r\nOld;Cook;2026-12-01;Rejected;2026-12-24\r\n"
    )
    config.write_text(
        'timezone = "America/New_York"\n[source]\ntype = "csv"\npath = "leads.csv"\n'
        '[target]\ntype = "ics"\npath = "out.ics"\n[state]\npath = "state.sqlite"\n'
        '[write_back]\nnext_follow_up = "Next planned by followup"\n'
    )
    command = ["sync", "--config", str(config), "--now", "2027-01-04T12:00:00-05:00"]
    assert run_command(command) == 0
    assert capsys.readouterr().err == ""
    first = sheet.read_bytes(), feed.read_bytes(), sheet.stat()
    assert first[0] == (
        b"Company;Role;Date Applied;Status;Next planned by followup\r\n"
        b"Acme;Welder;2027-01-04;Applied;2027-01-11\r\nOld;Cook;2026-12-01;Rejected;\r\n"
    )
    assert run_command(command) == 0
    assert (sheet.read_bytes(), feed.read_bytes(), sheet.stat()) == first
