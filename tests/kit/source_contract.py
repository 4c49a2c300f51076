"""What every source keeps. A source's test subclasses `SourceContract` and gives `make_source`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.outside import Outside
from sync.models import CellValue
from sync.protocols import Source

Grid = list[list[CellValue]]

LEADS: Grid = [
    ["company", "role", "notes"],
    ["Acme", "Welder", "asked for\ntwo references"],
    [],
    ["Müller & Söhne", "Fahrer", "kommt, vielleicht"],
]


def outside(folder: Path) -> Outside:
    """An outside world in this folder, without secrets and with a clock that stands still."""
    return Outside(folder, clock=lambda: datetime(2026, 9, 1, tzinfo=UTC), sleep=lambda _: None, secret=lambda _: "")


class SourceContract:
    """Subclasses say how a grid of cells becomes a source."""

    def make_source(self, grid: Grid, folder: Path) -> Source:
        raise NotImplementedError

    def cells(self, grid: Grid, folder: Path) -> dict[int, list[CellValue]]:
        """Row number to cells, without empty cells at the end."""
        rows = {}
        for row in self.make_source(grid, folder).read().rows:
            values = list(row.values)
            while values and values[-1] == "":
                values.pop()
            if values:
                rows[row.number] = values
        return rows

    def test_rows_have_the_numbers_a_person_sees(self, tmp_path: Path) -> None:
        assert self.cells(LEADS, tmp_path) == {1: LEADS[0], 2: LEADS[1], 4: LEADS[3]}

    def test_reading_twice_gives_the_same(self, tmp_path: Path) -> None:
        source = self.make_source(LEADS, tmp_path)
        assert source.read() == source.read()

    def test_identity_lasts(self, tmp_path: Path) -> None:
        assert self.make_source(LEADS, tmp_path).identity == self.make_source(LEADS[:2], tmp_path).identity

    def test_table_has_a_name(self, tmp_path: Path) -> None:
        assert self.make_source(LEADS, tmp_path).read().name

    def test_an_empty_sheet_is_an_empty_table(self, tmp_path: Path) -> None:
        assert self.cells([], tmp_path) == {}

    @pytest.mark.parametrize("text", ["=1+1", "+44 20 7946 0000", "-5", "@home", " padded ", "🙂", "\u202eabc"])
    def test_text_stays_as_it_is(self, text: str, tmp_path: Path) -> None:
        (value,) = self.cells([["company"], [text]], tmp_path)[2]
        assert isinstance(value, str)
        assert value.strip() == text.strip()
