"""Files that decide what runs or where a password goes: the user's own, which nobody else may change."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def stranger_in(*paths: Path) -> Path | None:
    """The first of these that another user owns or may write into; what is not there is nobody's."""
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        if status.st_uid != os.getuid() or status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return path
    return None
