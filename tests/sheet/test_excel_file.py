"""Spreadsheet files: types, tabs, merged cells, and files that mean harm."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from source_contract import Grid, SourceContract, outside
from spreadsheets import write_ods, write_xlsx

from connectors import open_source
from connectors.excel_file import ExcelFile
from sync.config import parse_settings
from sync.errors import ConfigError, SourceError
from sync.models import CellError
from sync.protocols import Source


def settings(path: str) -> str:
    return f"""
    timezone = "Europe/Berlin"
    source = {{type = "excel", path = "{path}"}}
    target = {{type = "ics", path = "out.ics"}}
    """


class TestXlsxContract(SourceContract):
    def make_source(self, grid: Grid, folder: Path) -> Source:
        write_xlsx(folder / "leads.xlsx", {"Leads": grid})
        return open_source(parse_settings(settings("leads.xlsx")), outside(folder))


class TestOdsContract(SourceContract):
    def make_source(self, grid: Grid, folder: Path) -> Source:
        write_ods(folder / "leads.ods", grid)
        return open_source(parse_settings(settings("leads.ods")), outside(folder))


def test_cells_keep_their_types_and_errors_are_no_empty_cells(tmp_path: Path) -> None:
    values = ("Acme", date(2026, 9, 8), datetime(2026, 9, 8, 14, 30), 2.0, True, CellError("#REF!"), "=1+1")
    write_xlsx(tmp_path / "a.xlsx", {"Leads": [list(values)]})
    assert ExcelFile(tmp_path / "a.xlsx", "").read().rows[0].values == values


@pytest.mark.parametrize(
    ("attributes", "text"),
    [
        pytest.param('office:value-type="string" office:string-value=""', "#DIV/0!", id="as-empty-text"),
        pytest.param('office:value-type="float" office:value="0"', "#REF!", id="as-zero"),
    ],
)
def test_an_error_in_an_ods_file_is_no_empty_cell(attributes: str, text: str, tmp_path: Path) -> None:
    write_ods(tmp_path / "a.ods", [["company", "applied_on"], ["Acme", "ERROR"]])
    plain = b'<table:table-cell office:value-type="string"><text:p>ERROR</text:p>'
    error = f'<table:table-cell {attributes} calcext:value-type="error"><text:p>{text}</text:p>'
    replace_in(tmp_path / "a.ods", plain, error.encode())
    assert ExcelFile(tmp_path / "a.ods", "").read().rows[1].values == ("Acme", CellError(text))


def replace_in(path: Path, old: bytes, new: bytes) -> None:
    """Change the text of an .ods file's content."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts["content.xml"]
    calcext = b'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" xmlns:office='
    parts["content.xml"] = parts["content.xml"].replace(old, new).replace(b"xmlns:office=", calcext, 1)
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)


@pytest.mark.parametrize(
    ("tab", "expected"), [("", "shown"), ("Leads", "shown"), ("Old", "old"), (1, "hidden"), ("3", "old")]
)
def test_tabs(tab: str | int, expected: str, tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", {"Notes": [["hidden"]], "Leads": [["shown"]], "Old": [["old"]]}, hidden=["Notes"])
    assert ExcelFile(tmp_path / "a.xlsx", tab).read().rows[0].values == (expected,)


@pytest.mark.parametrize("tab", ["Leeds", 4, 0])
def test_a_missing_tab_names_those_that_are_there(tab: str | int, tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", {"Leads": [["a"]]})
    with pytest.raises(ConfigError, match="it has 'Leads'"):
        ExcelFile(tmp_path / "a.xlsx", tab).read()


def test_a_cell_merged_over_rows_holds_for_each_of_them(tmp_path: Path) -> None:
    grid: Grid = [["My search", ""], ["company", "role"], ["Acme", "Welder"], ["", "Painter"]]
    write_xlsx(tmp_path / "a.xlsx", {"Leads": grid}, merged=["A1:B1", "A3:A4"])
    assert [row.values for row in ExcelFile(tmp_path / "a.xlsx", "").read().rows] == [
        ("My search",),
        ("company", "role"),
        ("Acme", "Welder"),
        ("Acme", "Painter"),
    ]


def far_cell(path: Path) -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    raw = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData></worksheet>'
    write_xlsx(path, {"Leads": []}, raw_sheet=raw)


def bomb(path: Path) -> None:
    write_xlsx(path, {"Leads": [["a"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.bin", b"\0" * 160_000_000)


def repeated(path: Path) -> None:
    write_ods(path, [["marker"]])
    down, across = b'table:number-rows-repeated="1048576"', b'table:number-columns-repeated="16384"'
    far = b"<table:table-row " + down + b"><table:table-cell " + across + b" "
    replace_in(path, b"<table:table-row><table:table-cell ", far)


def half(path: Path) -> None:
    write_xlsx(path, {"Leads": [["a", "b"]] * 100})
    path.write_bytes(path.read_bytes()[:700])


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(far_cell, "reaches to row 1048576", id="one-cell-in-the-last-corner"),
        pytest.param(bomb, "unpacks to more than", id="zip-bomb"),
        pytest.param(repeated, "reaches to row 1048576", id="repeated-cells"),
        pytest.param(half, "damaged or only half", id="half-a-file"),
        pytest.param(lambda path: path.write_bytes(b""), "cannot be read", id="empty-file"),
        pytest.param(lambda path: path.write_bytes(b"a,b\n1,2\n"), "cannot be read", id="csv-named-xlsx"),
        pytest.param(lambda path: path.write_bytes(b"<!DOCTYPE html><p>Sign in"), "web page", id="login-page"),
        pytest.param(
            lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096)),
            "cannot be read",
            id="broken-xls",
        ),
        pytest.param(lambda path: zipfile.ZipFile(path, "w").close(), "cannot be read|damaged", id="empty-zip"),
    ],
)
def test_what_is_no_spreadsheet_ends_in_a_sentence(make: object, sentence: str, tmp_path: Path) -> None:
    make(tmp_path / "a.xlsx")  # type: ignore[operator]
    with pytest.raises(SourceError, match=sentence):
        ExcelFile(tmp_path / "a.xlsx", "").read()


def test_missing_file_is_a_matter_of_configuration(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="there is no file"):
        ExcelFile(tmp_path / "gone.xlsx", "").read()
