"""The options that commands share, and what they mean."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from typer import Option

from sync.errors import ConfigError

Config = Annotated[Path | None, Option("--config", metavar="FILE", help="The configuration; else ./followup.toml.")]
Moved = Annotated[bool, Option("--moved", help="Yes, sheet or calendar lie in another place now.")]
Now = Annotated[str, Option("--now", metavar="TIME", help="Act as if it were TIME (ISO 8601 with offset).")]
Json = Annotated[bool, Option("--json", help="Print JSON for scripts.")]
Quiet = Annotated[bool, Option("--quiet", help="Print nothing unless a human is needed.")]
Verbose = Annotated[bool, Option("--verbose", help="Print every note.")]
Strict = Annotated[bool, Option("--strict", help="Exit with 3 when a cell could not be read.")]
Every = Annotated[Path | None, Option("--all", metavar="DIR", help="Every configuration in this folder.")]
NoColor = Annotated[bool, Option("--no-color", help="Print without colour.")]

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def parse_age(text: str) -> timedelta:
    """The age given with --max-age: `90m`, `36h` or `3d`."""
    match = re.fullmatch(r"(\d{1,5})\s*([mhd])", text.strip().lower())
    if not match:
        raise ConfigError(f"--max-age {text!r} should look like 90m, 36h or 3d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def parse_now(text: str) -> datetime:
    """The time given with --now, else the clock's."""
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--now {text!r} is not ISO 8601, such as 2027-01-04T09:00:00-05:00") from None
    if moment.tzinfo is None:
        timed = moment.isoformat()
        raise ConfigError(f"--now {text!r} needs an offset, such as {timed}-05:00 or {timed}Z")
    return moment
