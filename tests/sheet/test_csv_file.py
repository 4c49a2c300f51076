"""CSV files as programs and people write them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from source_contract import Grid, SourceContract, outside

from connectors import open_source
from connectors.csv_file import CsvFile
from connectors.csv_text import choose_delimiter
from connectors.memory import MemorySource
from sync.config import parse_settings
from sync.errors import ConfigError, SourceError
from sync.models import Row, Table
from sync.protocols import Source
from sync.texts import load_remarks

said = load_remarks("en").tell

SETTINGS = """
timezone = "Europe/Berlin"
source = {type = "csv", path = "leads.csv"}
target = {type = "ics", path = "out.ics"}
"""


class TestCsvContract(SourceContract):
    def make_source(self, grid: Grid, folder: Path) -> Source:
        text = io.StringIO()
        csv.writer(text).writerows(grid)
        (folder / "leads.csv").write_text(text.getvalue(), "utf-8", newline="")
        return open_source(parse_settings(SETTINGS), outside(folder))


class TestMemoryContract(SourceContract):
    def make_source(self, grid: Grid, folder: Path) -> Source:
        return MemorySource(Table("leads", tuple(Row(i, tuple(cells)) for i, cells in enumerate(grid, 1) if cells)))


def read(content: bytes, folder: Path) -> Table:
    (folder / "leads.csv").write_bytes(content)
    return CsvFile(folder / "leads.csv").read()


def grid(table: Table) -> dict[int, list[object]]:
    return {row.number: list(row.values) for row in table.rows}


PLAIN = {1: ["company", "role"], 2: ["Café Zürich", "Köchin"]}
TEXT = "company,role\nCafé Zürich,Köchin\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_needs_no_note(encoding: str, tmp_path: Path) -> None:
    table = read(TEXT.encode(encoding), tmp_path)
    assert grid(table) == PLAIN
    assert table.notes == ()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("Société;Date\nCafé;5 août 2026\n", "cp1252", id="French"),
        pytest.param("Firma;Data\nŁódź sp. z o.o.;5.8.2026\nŻabka;1.1.2026\n", "cp1250", id="Polish"),
        pytest.param("Компания;Дата\nЯндекс;5.8.2026\n", "cp1251", id="Russian"),
    ],
)
def test_a_short_sheet_keeps_its_letters(text: str, encoding: str, tmp_path: Path) -> None:
    table = read(text.encode(encoding), tmp_path)
    assert [list(row.values) for row in table.rows] == [line.split(";") for line in text.splitlines()]
    assert any("read as" in said(note) and f"({encoding})" in said(note) for note in table.notes)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_declared(encoding: str, tmp_path: Path) -> None:
    table = read(TEXT.encode(encoding), tmp_path)
    assert grid(table) == PLAIN
    assert "utf" in said(table.notes[0])


def test_old_windows_encoding_is_declared(tmp_path: Path) -> None:
    text = "company,role\n" + "".join(f"Café Zürich {i},Köchin für süße Gerichte\n" for i in range(30))
    table = read(text.encode("cp1252"), tmp_path)
    assert table.rows[1].values == ("Café Zürich 0", "Köchin für süße Gerichte")
    assert "not UTF-8" in said(table.notes[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a,b\r\n1,2\r\n", {1: ["a", "b"], 2: ["1", "2"]}, id="crlf"),
        pytest.param("a,b\r1,2\r", {1: ["a", "b"], 2: ["1", "2"]}, id="old-mac"),
        pytest.param("a,b\n1,2\r\n3,4\r5,6", {1: ["a", "b"], 2: ["1", "2"], 3: ["3", "4"], 4: ["5", "6"]}, id="mixed"),
        pytest.param("\na,b\n\n1,2\n", {2: ["a", "b"], 4: ["1", "2"]}, id="blank-lines-count"),
        pytest.param('a,b\n"1\n1",2\n3,4\n', {1: ["a", "b"], 2: ["1\n1", "2"], 3: ["3", "4"]}, id="quoted-newline"),
        pytest.param('a, "b, c"\n', {1: ["a", "b, c"]}, id="space-before-quote"),
        pytest.param('a;b\n1,5;"2;3"\n4;5\n', {1: ["a", "b"], 2: ["1,5", "2;3"], 3: ["4", "5"]}, id="semicolons"),
        pytest.param("a\tb\n1, 2\t3\n", {1: ["a", "b"], 2: ["1, 2", "3"]}, id="tabs"),
        pytest.param("sep=;\na;b\n1;2\n", {1: ["a", "b"], 2: ["1", "2"]}, id="excel-declares-separator"),
        pytest.param('a,b\n27" screen,2\n', {1: ["a", "b"], 2: ['27" screen', "2"]}, id="inch-mark"),
        pytest.param("company\nAcme\n", {1: ["company"], 2: ["Acme"]}, id="one-column"),
        pytest.param("", {}, id="empty"),
        pytest.param("\n\n\n", {}, id="blank"),
    ],
)
def test_shapes(text: str, expected: dict[int, list[str]], tmp_path: Path) -> None:
    assert grid(read(text.encode(), tmp_path)) == expected


def test_another_delimiter_is_declared(tmp_path: Path) -> None:
    assert "semicolons" in said(read(b"a;b\n1;2\n", tmp_path).notes[0])


def test_commas_in_text_do_not_make_a_comma_file() -> None:
    assert choose_delimiter("name;city, land;note\nA;b, c;d, e, f\nB;g, h;i\n") == ";"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"<!DOCTYPE html><html>Sign in</html>", "web page", id="login-page"),
        pytest.param(b"PK\x03\x04\x14\x00\xff\xfe rest", "spreadsheet", id="xlsx-named-csv"),
        pytest.param("company,role\nAcme".encode("utf-16")[:-1], "cut off", id="half-utf16"),
        pytest.param(b'a,b\n1,"2\n3,4\n', "never closed", id="half-quote"),
        pytest.param(b"a,b\n" + b"x" * 200_000 + b",2\n", "field larger", id="giant-cell"),
        pytest.param(b"\x80\xff\x00\x01\x02abcdefgh", "no text", id="binary"),
    ],
)
def test_what_is_no_table_ends_in_a_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=sentence):
        read(content, tmp_path)


def test_missing_file_is_a_matter_of_configuration(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no file"):
        CsvFile(tmp_path / "gone.csv").read()


def test_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="folder"):
        CsvFile(tmp_path).read()


def test_nuls_are_left_out_and_declared(tmp_path: Path) -> None:
    table = read(b"company,role\nAc\0me,Welder\n", tmp_path)
    assert table.rows[1].values == ("Acme", "Welder")
    assert "NUL" in said(table.notes[0])


def test_a_hundred_thousand_columns_are_bounded(tmp_path: Path) -> None:
    assert len(read(b"," * 100_000, tmp_path).rows[0].values) <= 1_000
