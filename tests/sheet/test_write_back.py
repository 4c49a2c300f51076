"""Which cells are written back, and where they are found again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from conftest import a_touch
from msgspec.structs import replace

from sync.errors import ConfigError
from sync.memory import Memory
from sync.models import CellError, CellToWrite, CellValue, Lead, Leads, Row, Table, TouchClass
from sync.texts import load_remarks
from sync.write_back import Found, cells_to_write, check_columns, find_cells, next_follow_ups

WORDS = load_remarks("en")

NEXT = "Next planned by followup"
MAPPED = {"company": "Company", "role": "Role", "applied_on": "Applied"}
HEADER: list[CellValue] = ["Company", "Role", "Applied", NEXT]
ACME: list[CellValue] = ["Acme", "Engineer", date(2026, 9, 28)]
BOLT: list[CellValue] = ["Bolt", "Tester", date(2026, 9, 29), "2026-10-06"]


def table(*rows: list[CellValue]) -> Table:
    return Table("Leads", tuple(Row(i, tuple(row)) for i, row in enumerate(rows, start=1)))


def leads(*numbers: int) -> Leads:
    found = tuple(Lead(key=f"k{number}", row=f"Leads:{number}", row_number=number) for number in numbers)
    return Leads(found, mapped=MAPPED)


def cell(text: str = "2026-10-05", **key: Any) -> CellToWrite:
    known: dict[str, Any] = {"Company": "Acme", "Role": "Engineer", "Applied": date(2026, 9, 28)}
    return CellToWrite("Leads:2", NEXT, text, known | key)


@pytest.mark.parametrize(
    ("rows", "texts", "written"),
    [
        pytest.param([HEADER, ACME], {"k2": "2026-10-05"}, ["2026-10-05"], id="an empty cell is filled"),
        pytest.param([HEADER, BOLT], {"k2": "2026-10-07"}, ["2026-10-07"], id="another day"),
        pytest.param([HEADER, BOLT], {}, [""], id="no follow-up any more"),
        pytest.param([["My job search"], HEADER, ACME], {"k3": "2026-10-05"}, ["2026-10-05"], id="a heading above"),
    ],
)
def test_changed(rows: list[list[CellValue]], texts: dict[str, str], written: list[str]) -> None:
    cells, notes = cells_to_write(table(*rows), leads(len(rows)), column=NEXT, texts=texts, words=WORDS)
    assert [one.text for one in cells] == written
    assert notes == ()


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        pytest.param([HEADER, BOLT], {"k2": "2026-10-06"}, id="it is there already"),
        pytest.param([HEADER, [*BOLT[:3], date(2026, 10, 6)]], {"k2": "2026-10-06"}, id="the sheet made a date of it"),
        pytest.param([HEADER, [*BOLT[:3], " 2026-10-06 "]], {"k2": "2026-10-06"}, id="with spaces around it"),
        pytest.param([HEADER, ACME], {}, id="nothing planned and nothing there"),
    ],
)
def test_noop(rows: list[list[CellValue]], texts: dict[str, str]) -> None:
    assert cells_to_write(table(*rows), leads(2), column=NEXT, texts=texts, words=WORDS) == ((), ())


@pytest.mark.parametrize(
    ("header", "why"),
    [
        pytest.param(["Company", "Role", "Applied"], "no such column; add one with this header", id="it is gone"),
        pytest.param(["Company", "Role", "Applied", NEXT, NEXT], "two columns of the sheet have this", id="twice"),
        pytest.param(["Company", "Role", "Applied", "Role", NEXT], "have the same header; rename", id="another twice"),
    ],
)
def test_without_one_such_column_nothing_is_written(header: list[CellValue], why: str) -> None:
    cells, notes = cells_to_write(table(header, ACME), leads(2), column=NEXT, texts={"k2": "x"}, words=WORDS)
    assert cells == ()
    assert f"{NEXT!r}: " in notes[0].reason
    assert why in notes[0].reason


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([HEADER, ACME, BOLT], Found(2, 3, "2026-10-05"), id="where it was"),
        pytest.param([HEADER, BOLT, ACME], Found(3, 3, "2026-10-05"), id="the user sorted the sheet"),
        pytest.param([["Title"], [], HEADER, ACME], Found(4, 3, "2026-10-05"), id="rows were put in above"),
        pytest.param([["Salary", *HEADER], ["1", *ACME]], Found(2, 4, "2026-10-05"), id="a column was put in before"),
        pytest.param([HEADER, ["Acme ", *ACME[1:]]], Found(2, 3, "2026-10-05"), id="a space more"),
    ],
)
def test_cells_are_found_again(rows: list[list[CellValue]], found: Found) -> None:
    assert find_cells(table(*rows), [cell()]) == ((found,), ())


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param([HEADER, BOLT], "no longer in the sheet", id="the row was deleted"),
        pytest.param([HEADER, ["Acme", "Lead", ACME[2]]], "no longer in the sheet", id="the row was edited"),
        pytest.param([HEADER, ACME, ACME], "cannot be told from another row", id="the row was copied"),
        pytest.param(
            [HEADER, ["Acme", "Engineer", CellError("#REF!")]], "no longer in the sheet", id="an error came up"
        ),
        pytest.param([HEADER[:3], ACME], "no longer in the sheet", id="the column was deleted"),
    ],
)
def test_doubtful_cells_are_left_alone_with_a_note(rows: list[list[CellValue]], reason: str) -> None:
    found, notes = find_cells(table(*rows), [cell()])
    assert found == ()
    assert [(one.row, reason in WORDS.tell(one)) for one in notes] == [("Leads:2", True)]


def test_a_datetime_in_a_key() -> None:
    moment = datetime(2026, 9, 28, 14, 30)
    found, _ = find_cells(table(HEADER, [*ACME[:2], moment]), [cell(Applied=moment)])
    assert found == (Found(2, 3, "2026-10-05"),)


def test_the_next_open_touch_of_a_lead_counts() -> None:
    touches = [
        a_touch("k2", "2027-01-19", round=2),
        a_touch("k2", "2027-01-11"),
        replace(a_touch("k2", "2027-01-05", round=3), done=True),
        replace(a_touch("k2", "2027-01-04", rule="R-003-6"), kind=TouchClass.SELF),
        replace(a_touch("self", "2027-01-04"), lead=None),
    ]
    assert next_follow_ups(leads(2), touches, Memory()) == {"k2": "2027-01-11"}


def test_a_column_that_is_read_is_never_written_into() -> None:
    with pytest.raises(ConfigError, match=r"'Company', which is read as company"):
        check_columns(leads(2), columns=["Company"], words=WORDS)
    check_columns(leads(2), columns=[NEXT], words=WORDS)
