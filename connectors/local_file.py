"""The bytes of a table on disk: bounded, and every way in which there may be none is one sentence."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from sync.errors import ConfigError, SourceError
from sync.models import Remark

_CHUNK = 1 << 20


TRIES = 3
PAUSE = 1.0
"""Seconds until a file that is being written is read again."""


def read_bytes(path: Path, limit: int, *, sleep: Callable[[float], None] = time.sleep) -> bytes:
    """The whole file. Raises `SourceError` where it is missing, unreadable or too large.

    One that changes while it is read is read again a moment later; half of the old and half of the new is neither.
    """
    for _ in range(TRIES):
        content, steady = _read(path, limit)
        if steady:
            return content
        sleep(PAUSE)
    raise SourceError(Remark("failed.being_written", {"sheet": path.name}))


def _read(path: Path, limit: int) -> tuple[bytes, bool]:
    """The content, and whether the file was the same before and after."""
    chunks: list[bytes] = []
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            while (chunk := file.read(_CHUNK)) and len(chunks) <= limit // _CHUNK:
                chunks.append(chunk)
            after = os.fstat(file.fileno())
    except FileNotFoundError:
        raise SourceError(Remark("failed.no_file", {"path": path})) from None
    except IsADirectoryError:
        raise ConfigError(Remark("failed.folder", {"path": path})) from None
    except OSError as error:
        raise SourceError(Remark("failed.unreadable", {"path": path, "why": error.strerror or error})) from None
    content = b"".join(chunks)
    if len(content) > limit:
        raise SourceError(Remark("failed.large", {"sheet": path.name, "most": limit // 1_000_000}))
    steady = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return content, steady
