"""The command line: the one impure room. It gathers clock, environment, files and connectors, and calls `sync.run`.

Results go to stdout; warnings, progress and errors to stderr. An expected failure is one sentence and its exit code
(DESIGN 4.5); anything else is a bug of ours and shows its traceback. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Annotated

import typer

from sync import __version__
from sync.errors import BUG, OK, FollowupError

COMMANDS: Mapping[str, str] = {
    "calendars": "accounts:calendars",
    "check": "accounts:check",
    "log": "accounts:log",
    "plan": "runs:plan",
    "sync": "syncing:sync",
    "agenda": "runs:agenda",
    "explain": "runs:explain",
    "status": "repairs:status",
    "undo": "repairs:undo",
    "clear": "repairs:clear",
    "init": "setting_up:init",
    "login": "accounts:logins",
}
"""Every command as `module:function`, in the order that --help lists them; an application is a group of commands."""


def make_app(asked: str) -> typer.Typer:
    """The command line for the command that is asked for; all of it where that is none of them, as in --help.

    Importing the modules of all commands and describing their options takes as long as a whole run without a change.
    """
    app = typer.Typer(
        help="Reads your leads from a sheet and puts the right follow-ups into your calendar.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback(invoke_without_command=True)(_version)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module, _, command = COMMANDS[name].partition(":")
        found = getattr(import_module(f"sync.cli.{module}"), command)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


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
        result = make_app(arguments[0] if arguments else "")(arguments, standalone_mode=False)
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
