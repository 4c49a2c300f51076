"""The bytes of a table on disk: bounded, and every way in which there may be none is one sentence."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from sync.errors import ConfigError, SourceError

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
    raise SourceError(f"{path.name} is being written at the moment; the next run reads it")


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
        raise SourceError(
            f"there is no file {path}; was it moved or renamed? Give the name it has now"
            " (where settings are there: followup init --again NAME)"
        ) from None
    except IsADirectoryError:
        raise ConfigError(f"{path} is a folder, not a file; name the file in it") from None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from None
    content = b"".join(chunks)
    if len(content) > limit:
        raise SourceError(f"{path.name} is larger than {limit // 1_000_000} MB, which no list of leads is")
    steady = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return content, steady
