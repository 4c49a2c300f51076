"""A cell that says that the one above is meant is no name of a firm or a person."""

from __future__ import annotations

from datetime import date

import pytest
from read_sheet import read_sheet

from sync.models import CellValue, Leads

HEADERS: list[CellValue] = ["Company", "Role", "Contact", "Date applied", "Status"]


def read(*rows: list[CellValue]) -> Leads:
    return read_sheet(HEADERS, *rows, today=date(2026, 11, 27))


@pytest.mark.parametrize(
    "mark", ['"', "〃", "dto.", "ditto", "Ídem", "Idem", "id.", "s.o.", "同上", "DTO", "same as above", "j.w."]
)
def test_the_cell_above_is_meant(mark: str) -> None:
    found = read(
        ["Lindenhof", "nurse", "Ida Moor", "2026-11-12", "sent"],
        [mark, "night nurse", mark, mark, "sent"],
        [mark, "cook", "Sid Pike", "2026-11-16", "sent"],
    )
    assert not found.problems
    assert [lead.company for lead in found.leads] == ["Lindenhof"] * 3
    assert [lead.contact.name for lead in found.leads] == ["Ida Moor", "Ida Moor", "Sid Pike"]
    assert [lead.applied_on for lead in found.leads] == [date(2026, 11, 12), date(2026, 11, 12), date(2026, 11, 16)]


@pytest.mark.parametrize(
    "above", [[], [["Lindenhof", "nurse", "Ida Moor", "2026-11-12", "sent"], ["NOVEMBER", "", "", "", ""]]]
)
def test_a_mark_with_nothing_right_above_it_is_named_and_its_row_waits(above: list[list[CellValue]]) -> None:
    found = read(
        *above, ["dto.", "cook", "Sid Pike", "2026-11-16", "sent"], ["Alder", "cook", "", "2026-11-16", "sent"]
    )
    assert [(problem.column, problem.kind) for problem in found.problems] == [("Company", "ditto")]
    assert "Alder" in [lead.company for lead in found.leads]
    assert not any(lead.company.startswith("dto") for lead in found.leads)
    assert found.silent_rows
