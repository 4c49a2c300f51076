"""Whether somebody has a file open in a spreadsheet program: what is written under it would be lost or would be theirs.

LibreOffice puts `.~lock.NAME#` beside the file, Excel `~$NAME`. Both are left behind where the program died.
"""

from __future__ import annotations

from pathlib import Path

from sync.models import Remark


def find_lock(path: Path) -> Path | None:
    """The lock that says so, if there is one."""
    path = path.resolve()
    marks = (path.with_name(f".~lock.{path.name}#"), path.with_name(f"~${path.name}"))
    return next((mark for mark in marks if mark.exists()), None)


def say_open(path: Path, lock: Path) -> Remark:
    """Why nothing was written, and what to do."""
    return Remark("write_back.open", {"sheet": path.name, "lock": lock.name})
