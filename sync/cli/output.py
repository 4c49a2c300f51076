"""Where results go, whatever the shell made of it: an old encoding, a closed stream, a full disk, nobody to read."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from io import TextIOWrapper
from pathlib import Path

UNWRITABLE = frozenset({errno.ENOSPC, errno.EIO, errno.EBADF, errno.EDQUOT, errno.EFBIG})
"""How writing into an output can fail, beside a reader that has left."""


def say(text: str, *, err: bool = False) -> None:
    """Print text that may hold words of sheets, servers and files: nothing in it steers a terminal or turns a line."""
    import typer

    from sync.safe_text import plain

    try:
        typer.echo("\n".join(map(plain, text.split("\n"))), err=err)
    except OSError:
        if not err:  # where even a complaint cannot be written, the exit code says it
            raise


def prepare_streams() -> None:
    """Let no letter and no missing stream end a command: what an encoding lacks is written as `\\u201c`, as in JSON."""
    codecs.register_error("followup", _escape)
    if sys.stdin is None:  # closed by the shell: `<&-`
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - to the end
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the shell: `>&-`
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - to the end
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="followup")


def silence_output() -> None:
    """Send what is left to nowhere: Python would else complain when it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def _escape(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n] << 8 | units[n + 1]:04x}" for n in range(0, len(units), 2)), error.end
