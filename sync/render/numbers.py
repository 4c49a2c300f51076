"""What was done: the record of contacts."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.safe_text import plain
from sync.work_log import Contact, contact_rows


def show_contacts(console: Console, contacts: Sequence[Contact]) -> None:
    """The record of contacts, oldest first."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("date", "employer", "person", "method", "position", "result", "known by"):
        grid.add_column(head, overflow="fold")
    for row in contact_rows(contacts):
        grid.add_row(*(Text(plain(cell)) for cell in row.values()))
    console.print(grid)
