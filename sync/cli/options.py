"""The command line's application and the options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Reads your leads from a sheet and puts the right follow-ups into your calendar.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

logins = typer.Typer(help="Log in to a service.", no_args_is_help=True)
app.add_typer(logins, name="login")

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The configuration; else ./followup.toml.")
]
NowOption = Annotated[str, typer.Option("--now", metavar="TIME", help="Act as if it were TIME (ISO 8601 with offset).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing unless a human is needed.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Print every note.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit with 3 when a cell could not be read.")]
NoColorOption = Annotated[bool, typer.Option("--no-color", help="Print without colour.")]
