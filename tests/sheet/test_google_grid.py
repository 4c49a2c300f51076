"""The grid of a Google Sheet into typed cells and rows."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from google_emulator import Cell, cell
from hypothesis import given
from hypothesis import strategies as st

from connectors.google.address import SheetAddress
from connectors.google.grid import read_cell, read_table
from sync.models import CellError, CellValue, Remark, Table

ADDRESS = SheetAddress("1made-up-sheet-id")


def number(value: float, shown: str, kind: str = "") -> dict[str, Any]:
    return Cell(value, shown, kind).as_json()


@pytest.mark.parametrize(
    ("given_cell", "expected"),
    [
        pytest.param({}, "", id="an empty cell"),
        pytest.param({"effectiveFormat": {"numberFormat": {"type": "DATE"}}}, "", id="a format without a value"),
        pytest.param(cell("007").as_json(), "007", id="text that looks like a number stays text"),
        pytest.param(cell("+15551234567").as_json(), "+15551234567", id="a phone number stays text"),
        pytest.param(cell("=IMPORTDATA(1)").as_json(), "=IMPORTDATA(1)", id="text that looks like a formula"),
        pytest.param(number(7, "7"), 7, id="a whole number"),
        pytest.param(number(7, "7.00", "NUMBER"), 7, id="a whole number shown with decimals"),
        pytest.param(number(1234567, "1,234,567", "NUMBER"), 1234567, id="a number with separators"),
        pytest.param(number(0.5, "0.5"), 0.5, id="a fraction"),
        pytest.param(number(-3, "-3"), -3, id="a negative number"),
        pytest.param(number(7, "007", "NUMBER"), "007", id="leading zeros that only the format has"),
        pytest.param(number(15551234567, "+1 (555) 123-4567", "NUMBER"), "+1 (555) 123-4567", id="a formatted phone"),
        pytest.param(number(90000, "$90,000", "CURRENCY"), "$90,000", id="money as shown"),
        pytest.param(number(46296, "10/1/2026", "DATE"), date(2026, 10, 1), id="a date"),
        pytest.param(number(43831, "1/1/2020", "DATE"), date(2020, 1, 1), id="the date of Google's recorded answer"),
        pytest.param(number(46296, "10/1/2026"), date(2026, 10, 1), id="a date shown in a format of the user's own"),
        pytest.param(number(46296, "1. 10. 26", "NUMBER"), date(2026, 10, 1), id="the same with a short year"),
        pytest.param(number(46296, "4-62-96"), "4-62-96", id="three numbers that are no date of the serial's"),
        pytest.param(number(46296, "46296"), 46296, id="a number in a date column stays a number"),
        pytest.param(number(2.5, "1/1/1900 12:00", "DATE_TIME"), datetime(1900, 1, 1, 12), id="1900 is no leap year"),
        pytest.param(
            number(46296.604166666664, "10/1/2026 14:30", "DATE_TIME"),
            datetime(2026, 10, 1, 14, 30),
            id="an hour, rounded to the second",
        ),
        pytest.param(
            number(46296, "10/1/2026 0:00", "DATE_TIME"), datetime(2026, 10, 1), id="midnight, written as such"
        ),
        pytest.param(
            number(46296.5, "10/1/2026", "DATE"), datetime(2026, 10, 1, 12), id="an hour that the format hides"
        ),
        pytest.param(number(0.604166666666667, "14:30", "TIME"), time(14, 30), id="a time"),
        pytest.param(number(0.9999999, "24:00", "TIME"), time(23, 59, 59), id="the last instant of a day"),
        pytest.param(number(1.5, "36:00:00", "TIME"), "36:00:00", id="a duration is text"),
        pytest.param(number(-5, "#####", "DATE"), "#####", id="a date before all days"),
        pytest.param(number(9e9, "#####", "DATE"), "#####", id="a date after all days"),
        pytest.param(cell(True).as_json(), True, id="a ticked box"),
        pytest.param(cell(False).as_json(), False, id="an empty box is false, not nothing"),
        pytest.param(Cell(shown="#REF!", error="REF").as_json(), CellError("#REF!"), id="an error is never empty"),
        pytest.param(Cell(shown="", error="N_A").as_json(), CellError("#N_A"), id="an error without a text"),
        pytest.param(cell("Loading...").as_json(), CellError("Loading..."), id="a formula still at work"),
    ],
)
def test_cells(given_cell: dict[str, Any], expected: CellValue) -> None:
    read = read_cell(given_cell)
    assert read == expected
    assert type(read) is type(expected)


@given(st.datetimes(datetime(1900, 3, 1), datetime(2199, 12, 31)).map(lambda moment: moment.replace(microsecond=0)))
def test_every_second_survives_the_serial(moment: datetime) -> None:
    serial = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert read_cell(number(serial, "as the user likes it", "DATE_TIME")) == moment


def table(rows: list[list[object]], **parts: Any) -> Table:
    data: dict[str, Any] = {
        "rowData": [{"values": [cell(value).as_json() for value in row]} if row else {} for row in rows],
        "rowMetadata": [{"hiddenByUser": True} if i in parts.get("hidden", ()) else {} for i in range(len(rows) + 5)],
        **parts.get("data", {}),
    }
    sheet = {"properties": {"title": "Leads", "sheetId": 7}, "data": [data], "merges": parts.get("merges", [])}
    answer = {"properties": {"timeZone": "Europe/Berlin"}, "sheets": [sheet]}
    return read_table(answer, sheet, address=ADDRESS)


def test_rows_keep_the_numbers_of_the_sheet() -> None:
    read = table([["Company"], [], ["Acme", ""], [""], []])
    assert [(row.number, row.values) for row in read.rows] == [(1, ("Company",)), (2, ()), (3, ("Acme",))]
    assert read.rows[2].address == f"https://docs.google.com/spreadsheets/d/{ADDRESS.id}/edit#gid=7&range=A3"
    assert (read.name, read.zone) == ("Leads", "Europe/Berlin")


def test_data_that_begins_further_down_and_right() -> None:
    read = table([["Company"], ["Acme"]], data={"startRow": 3, "startColumn": 2})
    assert [(row.number, row.values) for row in read.rows] == [(4, ("", "", "Company")), (5, ("", "", "Acme"))]


def test_a_cell_merged_downwards_holds_for_every_row_and_says_so() -> None:
    merges = [{"startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 0, "endColumnIndex": 1}]
    read = table([["Company", "Role"], ["Acme", "Engineer"], ["", "Designer"], ["Bolt", "Tester"]], merges=merges)
    assert [row.values[0] for row in read.rows] == ["Company", "Acme", "Acme", "Bolt"]
    assert read.notes == (Remark("table.merged", {"count": 1}),)


@pytest.mark.parametrize(
    ("rows", "merge"),
    [
        pytest.param([["My job search", ""], ["Company", "Role"]], (0, 1, 0, 2), id="a heading across columns"),
        pytest.param([["Acme", "x"], []], (0, 2, 0, 1), id="an empty row under it stays empty"),
        pytest.param([["", "x"], ["Bolt", "y"]], (0, 2, 0, 1), id="an empty merged cell has nothing to give"),
        pytest.param([["Acme"]], (0, 900, 0, 1), id="a merge far beyond the data"),
    ],
)
def test_merges_that_change_nothing(rows: list[list[object]], merge: tuple[int, int, int, int]) -> None:
    top, bottom, left, right = merge
    found = {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}
    assert [row.values for row in table(rows, merges=[found]).rows] == [row.values for row in table(rows).rows]


def test_hidden_rows_are_read_and_marked() -> None:
    read = table([["Company"], ["Acme"], ["Bolt"]], hidden={1})
    assert [(row.number, row.hidden) for row in read.rows] == [(1, False), (2, True), (3, False)]


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        pytest.param("https://example.com/jobs/1", True, id="a web page"),
        pytest.param("javascript:alert(1)", False, id="a script"),
        pytest.param("https://example.com/\n\nX", False, id="a broken line"),
        pytest.param("#gid=5", False, id="a place in the sheet"),
    ],
)
def test_links_open_web_pages_only(link: str, kept: bool) -> None:
    read = table([[cell("x"), cell("Acme", link=link)]])
    assert read.rows[0].links == ({1: link} if kept else {})


def test_an_empty_tab_is_an_empty_table() -> None:
    assert table([]).rows == ()
