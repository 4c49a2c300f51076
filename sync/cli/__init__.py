"""The command line: the one impure room. It gathers clock, environment, files and connectors, and calls `sync.run`.

Results go to stdout; warnings, progress and errors to stderr. An expected failure is one sentence and its exit code
(DESIGN 4.5); anything else is a bug of ours and shows its traceback. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from sync import __version__
from sync.cli import accounts, repairs, runs, setting_up  # noqa: F401 - registers the commands, in this order
from sync.cli.options import app
from sync.errors import BUG, OK, FollowupError


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        typer.echo(f"followup {__version__}")
        raise typer.Exit


def main() -> None:
    """The console script."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some reads the metadata of every package
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line; returns its exit code. Expected failures become one sentence on stderr."""
    try:
        result = app(arguments, standalone_mode=False)
    except FollowupError as error:
        typer.echo(f"followup: {error}", err=True)
        return error.exit_code
    except typer.TyperException as error:
        typer.echo(f"followup: {error.format_message()} Try followup --help.", err=True)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("followup: interrupted; the next run heals what was left half done", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception:  # noqa: BLE001 - the one place where a bug of ours becomes an exit code
        import traceback

        traceback.print_exc()
        return BUG
    return result if isinstance(result, int) else OK
