"""The command line: the one impure room. It gathers clock, environment, files and connectors, and calls `sync.run`.

Results go to stdout; warnings, progress and errors to stderr. An expected failure is one sentence and its exit code
(DESIGN 4.5); anything else is a bug of ours and shows its traceback. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from importlib import import_module

import click

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
    "login": "accounts:login",
}
"""Every command as `module:command`, in the order that --help lists them."""


class Commands(click.Group):
    """All of `COMMANDS`, each imported when it is asked for: to import them all takes longer than many a whole run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command of this name. Raises `NoSuchCommand` with the names it may have been meant for."""
        if cmd_name not in COMMANDS:
            raise click.exceptions.NoSuchCommand(cmd_name, possibilities=COMMANDS, ctx=ctx)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"sync.cli.{module}"), name)
        return command


@click.group("followup", cls=Commands)
@click.version_option(__version__, message="followup %(version)s", help="Show the version.")
def followup() -> None:
    """Reads your leads from a sheet and puts the right follow-ups into your calendar."""


def main() -> None:
    """The console script."""
    gc.set_threshold(50_000)  # what a run makes lives as long as the run: looking for garbage oftener finds none
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some reads the metadata of every package
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line; returns its exit code. Expected failures become one sentence on stderr."""
    try:
        result = followup(arguments, prog_name="followup", standalone_mode=False)
        sys.stdout.flush()  # that the reader has gone is noticed here, not when Python ends
    except FollowupError as error:
        click.echo(f"followup: {error}", err=True)
        return error.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        click.echo(f"followup: {error.format_message()} Try followup --help.", err=True)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("followup: interrupted; the next run heals what was left half done", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception:  # noqa: BLE001 - the one place where a bug of ours becomes an exit code
        import traceback

        traceback.print_exc()
        return BUG
    return result if isinstance(result, int) else OK
