"""Source: a CSV file on disk. How its bytes become a table stands in `csv_text`."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from connectors.csv_text import MAX_BYTES, parse_csv
from connectors.csv_write_back import write_cells
from connectors.local_file import read_bytes
from connectors.outside import Outside
from sync.config import Settings
from sync.models import CellToWrite, Remark, Table


def open_source(settings: Settings, outside: Outside) -> CsvFile:
    """The CSV file the settings name, relative to the configuration's folder."""
    return CsvFile(outside.folder / Path(settings.source.path).expanduser(), sleep=outside.sleep)


LATER = 2.0
"""Seconds."""


class CsvFile:
    """One CSV file on disk."""

    def __init__(self, path: Path, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.path = path
        self._sleep = sleep
        self.identity = f"csv:{path.resolve()}"
        self.files = (path,)
        self._content = b""

    def read(self) -> Table:
        """All records. Raises `ConfigError` where there is no such file, `SourceError` where it cannot be read."""
        self._content = read_bytes(self.path, MAX_BYTES, sleep=self._sleep)
        return parse_csv(self._content, name=self.path.name)

    def read_later(self) -> Table:
        """The same a moment later, when whoever is writing the file may be through."""
        self._sleep(LATER)
        return self.read()

    def write_back(self, cells: Sequence[CellToWrite]) -> tuple[Remark, ...]:
        """Write these cells and leave every other byte; refused if the file is no longer the one that was read."""
        return write_cells(self.path, cells, before=self._content)
