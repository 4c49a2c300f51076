"""Files that decide what runs or where a password goes: the user's own, which nobody else may change, or even read.

Where files have no owner by number (Windows), a folder under the user's profile is closed to others by its own rights,
which no mode tells; nothing is checked there.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def stranger_in(*paths: Path) -> Path | None:
    """The first of these that another user owns or may write into; what is not there is nobody's."""
    for path in paths:
        try:
            if _is_open(path, _OTHERS_WRITE):
                return path
        except OSError:
            continue
    return None


def others_may_read(path: Path) -> bool:
    """Whether the file is somebody else's or lets others do anything with it. Raises `OSError` where it is missing."""
    return _is_open(path, _OTHERS)


def _is_open(path: Path, bits: int) -> bool:
    status = path.stat()
    return hasattr(os, "getuid") and (status.st_uid != os.getuid() or bool(status.st_mode & bits))
