"""Replacing a file as a whole: a run killed in between leaves the old one."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from sync.errors import SourceError

IN_USE = frozenset({5, 32, 33})
"""Windows' codes for a file that another program has open: access denied, sharing violation, lock violation."""
WAITS = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between tries to replace such a file: a calendar program that reads it has it for a moment only."""
BACKUP = ".before-followup"
"""Ends the name of the copy that is kept of a sheet which was written into: nobody else's ends so."""
_NO_FOLDER_SYNC = frozenset({errno.EACCES, errno.EPERM, errno.EINVAL, errno.ENOTSUP, errno.EBADF})
"""How a system says that a folder is nothing to open or to flush: Windows always, some network shares."""


def replace_file(
    path: Path, content: bytes, *, mode: int | None = None, sleep: Callable[[float], object] = time.sleep
) -> None:
    """Put the new content in the file's place in one step. A link stays a link, and the file keeps its mode.

    With a `mode` the path itself is replaced, even where it is a link. The new file is made under a name that nobody
    has, so that no other file is ever written through it. Windows knows of a mode only whether it may be written; there
    the rights of the folder decide who reads it. Raises `OSError` with the old file as it was.
    """
    path = path.resolve() if mode is None else path.parent.resolve() / path.name
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{token_hex(8)}.new")
    with new.open("xb") as file:  # never through a link: O_EXCL
        try:
            if mode is not None or path.exists():
                _set_mode(file.fileno(), new, path.stat().st_mode & 0o7777 if mode is None else mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            file.close()
            new.unlink(missing_ok=True)
            raise
    try:
        _move(new, path, sleep)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def check_may_write(path: Path) -> None:
    """Raise `SourceError` where this sheet is not there to be written into: a new file in its place asks nobody but the
    folder. One that nobody may write is left alone by whoever has all rights, too."""
    if not path.stat().st_mode & 0o222 or not os.access(path, os.W_OK):
        raise SourceError(
            f"{path.name} is read-only, so nothing is written back into it; everything else was done. Allow it to be"
            " written, or take [write_back] out of followup.toml"
        )


def replace_sheet(path: Path, before: bytes, after: bytes) -> None:
    """Put the new content of a person's sheet in its place, and keep what was there beside it.

    Raises `SourceError`, with the sheet as it was, where it no longer holds `before` or cannot be written.
    """
    try:
        if path.read_bytes() != before:
            raise SourceError(f"{path.name} was changed while followup was at work; nothing was written into it")
        replace_file(path.with_name(path.name + BACKUP), before, mode=path.stat().st_mode & 0o7777)
        replace_file(path, after)
    except OSError as error:
        raise SourceError(f"{path} cannot be written back into: {error.strerror}") from None


def _set_mode(handle: int, path: Path, mode: int) -> None:
    if hasattr(os, "fchmod"):
        os.fchmod(handle, mode)
    else:
        path.chmod(mode)


def _move(new: Path, path: Path, sleep: Callable[[float], object]) -> None:
    for wait in WAITS:
        try:
            new.replace(path)
        except OSError as error:
            if getattr(error, "winerror", None) not in IN_USE:
                raise
            sleep(wait)
        else:
            return
    new.replace(path)


def _flush_folder(folder: Path) -> None:
    """Make the new name last, where a system can be told to."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        if error.errno in _NO_FOLDER_SYNC:
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)
