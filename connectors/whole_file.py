"""Replacing a file as a whole: a run killed in between leaves the old one."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex


def replace_file(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Put the new content in the file's place in one step. A link stays a link, and the file keeps its mode.

    With a `mode` the path itself is replaced, even where it is a link. The new file is made under a name that nobody
    has, so that no other file is ever written through it.
    """
    path = path.resolve() if mode is None else path.parent.resolve() / path.name
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{token_hex(8)}.new")
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            if mode is not None or path.exists():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o7777 if mode is None else mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
