"""The command line: the one impure room. It gathers clock, environment, files and connectors, and calls `sync.run`.

Results go to stdout; warnings, progress and errors to stderr. An expected failure is one sentence and its exit code;
anything else is a bug of ours and shows its traceback. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command

from sync import __version__
from sync.cli.options import Config
from sync.cli.output import UNWRITABLE, prepare_streams, say, silence_output
from sync.errors import BUG, OK, ConfigError, FollowupError

if TYPE_CHECKING:
    from typer.core import TyperCommand

INTERRUPTED = 130

BEGIN, DAILY, REPAIR, MANY = "To begin", "Day by day", "To look back and mend", "For firms"
COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": (BEGIN, "setting_up:init"),
    "check": (BEGIN, "check:check"),
    "calendars": (BEGIN, "accounts:calendars"),
    "login": (BEGIN, "accounts:login"),
    "password": (BEGIN, "passwords:password"),
    "schedule": (BEGIN, "scheduling:schedule"),
    "plan": (DAILY, "plans:plan"),
    "sync": (DAILY, "syncing:sync"),
    "agenda": (DAILY, "plans:agenda"),
    "open": (DAILY, "opening:open_it"),
    "explain": (DAILY, "plans:explain"),
    "draft": (DAILY, "drafts:draft"),
    "done": (DAILY, "words:done"),
    "snooze": (DAILY, "words:snooze"),
    "skip": (DAILY, "words:skip"),
    "pause": (DAILY, "pausing:pause"),
    "rules": (DAILY, "rulebooks:rules"),
    "log": (DAILY, "log:log"),
    "stats": (DAILY, "stats:stats"),
    "overview": (DAILY, "overviews:overview"),
    "status": (REPAIR, "repairs:status"),
    "undo": (REPAIR, "repairs:undo"),
    "clear": (REPAIR, "repairs:clear"),
    "fleet": (MANY, "fleet:fleet"),
}
"""Every command with its panel of --help and its function or group as `module:name`, in the order of use."""


class Commands(TyperGroup):
    """All of `COMMANDS`, each imported when it is asked for: to import them all takes longer than many a whole run."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Their names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> TyperCommand | TyperGroup | None:  # type: ignore[override]
        """The command of this name. Ends with a usage error that names the nearest one if there is none."""
        if cmd_name not in COMMANDS:
            near = get_close_matches(cmd_name, COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            return None if ctx.resilient_parsing else ctx.fail(f"No such command {cmd_name!r}.{hint}")
        panel, place = COMMANDS[cmd_name]
        module, _, name = place.partition(":")
        found = getattr(import_module(f"sync.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False)
            alone.command(cmd_name)(found)
            found = alone
        command = cast("TyperCommand | TyperGroup", get_command(found))
        command.name, command.rich_help_panel = cmd_name, panel
        command.short_help = f"{(command.help or '').partition('. ')[0].rstrip('.')}."
        return command


app = typer.Typer(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Begin with: followup init",
)


@app.callback()
def followup(
    ctx: typer.Context,
    config: Config = None,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> int:
    """Reads your leads from a sheet and puts the right follow-ups into your calendar."""
    if version:
        typer.echo(f"followup {__version__}")
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help(), nl=False)
        raise typer.Exit
    if config is not None:
        ctx.default_map = {ctx.invoked_subcommand: {"config": str(config)}}
    return OK


COMMAND_LINE = get_command(app)


def main() -> None:
    """The command line of a process of its own, which it ends."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for some reads the metadata of every package
    if "_FOLLOWUP_COMPLETE" in os.environ:
        COMMAND_LINE.main(prog_name="followup")  # the shell asks what may stand next; answers and ends
    prepare_streams()
    _leave(run_command(sys.argv[1:]))


def _leave(code: int) -> NoReturn:
    """End the process: files, locks and threads are closed, and to take Python apart first is a tenth of many a run."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _in_their_language(error: FollowupError, arguments: list[str]) -> str:
    """The sentence in the language of the configuration that is meant, where it is data."""
    if isinstance(error.message, str):
        return error.message
    from sync.cli.places import CONFIG_NAME, find_config, language_of

    named = [after for word, after in pairwise(arguments) if word == "--config"]
    named += [word.partition("=")[2] for word in arguments if word.startswith("--config=")]
    try:
        path = Path(named[-1]) if named else find_config(None)
    except FollowupError:  # there is none
        path = Path(CONFIG_NAME)
    return error.say(language_of(path))


def run_command(arguments: list[str]) -> int:
    """Run one command line; returns its exit code. Expected failures become one sentence on stderr."""
    try:
        with COMMAND_LINE.make_context("followup", list(arguments)) as context:
            result = COMMAND_LINE.invoke(context)
        sys.stdout.flush()  # that the reader has gone is noticed here, not when Python ends
    except FollowupError as error:
        say(f"followup: {_in_their_language(error, arguments)}", err=True)
        return error.exit_code
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        where = getattr(error, "ctx", None)
        said = error.format_message().rstrip(".").replace("is not a valid int", "is no whole number")
        if said:  # nothing is left to say where the help itself was the answer
            say(f"followup: {said}. Try {where.command_path if where else 'followup'} --help.", err=True)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("followup: interrupted; the next run heals what was left half done", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        silence_output()
        return OK
    except OSError as error:
        if error.errno not in UNWRITABLE or error.filename is not None:
            import traceback

            traceback.print_exc()
            return BUG
        silence_output()
        typer.echo(f"followup: the output cannot be written: {(error.strerror or '').lower()}", err=True)
        return ConfigError.exit_code
    except Exception:  # noqa: BLE001 - the one place where a bug of ours becomes an exit code
        import traceback

        traceback.print_exc()
        return BUG
    return result if isinstance(result, int) else OK
