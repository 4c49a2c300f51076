"""The options that commands share, and what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from sync.errors import ConfigError

config_option = click.option("--config", type=Path, metavar="FILE", help="The configuration; else ./followup.toml.")
now_option = click.option("--now", default="", metavar="TIME", help="Act as if it were TIME (ISO 8601 with offset).")
json_option = click.option("--json", is_flag=True, help="Print JSON for scripts.")
quiet_option = click.option("--quiet", is_flag=True, help="Print nothing unless a human is needed.")
verbose_option = click.option("--verbose", is_flag=True, help="Print every note.")
strict_option = click.option("--strict", is_flag=True, help="Exit with 3 when a cell could not be read.")
no_color_option = click.option("--no-color", is_flag=True, help="Print without colour.")


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
