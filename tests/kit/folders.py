"""A seeker's folder on disk, and commands run in it as they would be typed."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from runner import HEADERS

from sync.cli import run_command

CONFIG = """
owner = "test"
timezone = "America/New_York"
source = { type = "csv", path = "leads.csv" }
target = { type = "ics", path = "followups.ics" }
state = { path = "state.sqlite" }
"""


class Folder:
    """A seeker's folder with a sheet, a feed and a state."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "followup.toml").write_text(CONFIG)

    def write_rows(self, *rows: Mapping[str, str]) -> None:
        with (self.path / "leads.csv").open("w", newline="", encoding="utf-8") as file:
            extra = sorted({name for row in rows for name in row} - set(HEADERS))
            table = csv.DictWriter(file, [*HEADERS, *extra], restval="")
            table.writeheader()
            table.writerows(rows)

    def run(self, command: str, *options: str, now: str = "2027-01-05T09:00:00-05:00") -> int:
        return run_command([command, *options, "--config", str(self.path / "followup.toml"), "--now", now])

    def feed(self) -> str:
        return (self.path / "followups.ics").read_text("utf-8")


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True
