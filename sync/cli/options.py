"""The options that commands share, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from sync.errors import ConfigError

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The configuration; else ./followup.toml.")
]
NowOption = Annotated[str, typer.Option("--now", metavar="TIME", help="Act as if it were TIME (ISO 8601 with offset).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing unless a human is needed.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Print every note.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit with 3 when a cell could not be read.")]
NoColorOption = Annotated[bool, typer.Option("--no-color", help="Print without colour.")]


def parse_now(text: str) -> datetime:
    """The time given with --now, else the clock's."""
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--now {text!r} is not ISO 8601, such as 2027-01-04T09:00:00-05:00") from None
    if moment.tzinfo is None:
        raise ConfigError(f"--now {text!r} needs an offset, such as {text}-05:00 or {text}Z")
    return moment
