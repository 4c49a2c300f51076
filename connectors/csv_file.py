"""Source: a CSV file on disk. How its bytes become a table stands in `csv_text`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from connectors.csv_text import MAX_BYTES, parse_csv
from connectors.csv_write_back import write_cells
from connectors.local_file import read_bytes
from connectors.outside import Outside
from sync.config import Settings
from sync.models import CellToWrite, Note, Table


def open_source(settings: Settings, outside: Outside) -> CsvFile:
    """The CSV file the settings name, relative to the configuration's folder."""
    return CsvFile(outside.folder / Path(settings.source.path).expanduser())


class CsvFile:
    """One CSV file on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.identity = f"csv:{path.resolve()}"
        self.files = (path,)
        self._content = b""

    def read(self) -> Table:
        """All records. Raises `ConfigError` where there is no such file, `SourceError` where it cannot be read."""
        self._content = read_bytes(self.path, MAX_BYTES)
        return parse_csv(self._content, name=self.path.name)

    def write_back(self, cells: Sequence[CellToWrite]) -> tuple[Note, ...]:
        """Write these cells and leave every other byte; refused if the file is no longer the one that was read."""
        return write_cells(self.path, cells, before=self._content)
