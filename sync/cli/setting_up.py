"""The command init: asks, shows what it understood, writes followup.toml. What is asked stands in `sync.setup`."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import Config, NoColor, Now, parse_now
from sync.cli.places import CONFIG_NAME, language_of
from sync.errors import OK, ConfigError, FollowupError

if TYPE_CHECKING:
    from rich.console import Console

    from sync.cli.world import Computer
    from sync.models import Table
    from sync.setup.conversation import Options
    from sync.setup.questions import Interview
    from sync.setup.settings_file import Setup
    from sync.setup.sheets import Understood


def init(
    sheet: Annotated[str, typer.Argument(help="The sheet: a file, or the address of a Google Sheet.")] = "",
    source: Annotated[str, typer.Option(help="The same, for scripts.")] = "",
    target: Annotated[str, typer.Option(help="The calendar: a name such as icloud, an .ics file, an address.")] = "",
    timezone: Annotated[str, typer.Option(help="Your time zone, such as America/New_York.")] = "",
    holidays: Annotated[str, typer.Option(help="Country or state, such as US, US-NY or DE-BY.")] = "",
    user: Annotated[str, typer.Option(help="Your name on the CalDAV server.")] = "",
    calendar: Annotated[str, typer.Option(help="The calendar's name on the CalDAV server.")] = "",
    tab: Annotated[str, typer.Option(help="The tab of the spreadsheet.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing; take what would be proposed, but guess no status.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Ask once more, from the file that is there.")] = False,
    config: Config = None,
    now: Now = "",
    no_color: NoColor = False,
) -> int:
    """Ask for sheet and calendar and write followup.toml. Shows how the sheet is understood."""
    from sync.cli.console import open_console
    from sync.cli.terminal import Terminal, is_answered
    from sync.cli.world import Computer
    from sync.setup.conversation import Options
    from sync.setup.questions import Interview, load_phrases

    path = config or Path(CONFIG_NAME)
    if not path.resolve().parent.is_dir():
        raise ConfigError(f"there is no folder {path.parent} to write {path.name} into")
    answered = is_answered() and not yes
    language = language_of(path)
    talk = Interview(Terminal(), load_phrases(language), asks=answered)
    computer = Computer(path, parse_now(now))
    if sheet and source and sheet != source:
        raise ConfigError(f"two sheets are named, {sheet} and {source}; init takes one")
    options = Options(source or sheet, tab, timezone, holidays, target, user, calendar)
    if path.exists():
        if not again and (not answered or options != Options()):
            raise ConfigError(
                f"{path} exists and is never overwritten; `followup init --again` goes on from it, or name another"
                " file with --config"
            )
        return _go_on(talk, computer, options, open_console(no_color))
    return _begin(talk, computer, options, language, open_console(no_color))


def _begin(talk: Interview, computer: Computer, options: Options, language: str, console: Console) -> int:
    import secrets

    from sync.setup.conversation import converse
    from sync.setup.settings_file import write_settings

    agreed = converse(talk, computer, options, owner=secrets.token_hex(4), language=language)
    setup = _fix_guess(agreed.setup, agreed.understood)
    _show(talk, computer, setup, agreed.understood, agreed.table, console)
    path = computer.config
    _write_new(path, write_settings(setup))
    if agreed.connection.secret:
        _keep_password(talk, computer, setup, agreed.connection.secret)
    typer.echo(talk.phrase("wrote", path=path))
    if talk.asks:
        _offer_timer(talk, path)
    return OK


def _go_on(talk: Interview, computer: Computer, options: Options, console: Console) -> int:
    """From the settings that are there: what was answered stays, only what is new is asked. A sheet that is named takes
    the place of the one there, as after it was renamed."""
    from msgspec.structs import replace

    from connectors.whole_file import replace_file
    from sync import toml
    from sync.cli.profiles import open_profile, read_text
    from sync.setup.conversation import continue_with
    from sync.setup.settings_file import read_setup, write_settings

    path = computer.config
    profile = open_profile(path)
    text = read_text(path, "configuration")
    before = read_setup(text, toml.loads(text))
    if options.source:
        keys, table = computer.open_sheet(options.source, options.tab)
        before = replace(before, source={**before.source, **keys})
    else:
        table = computer.read_sheet(profile)
    setup, understood = continue_with(talk, computer, before, table)
    setup = _fix_guess(setup, understood)
    _show(talk, computer, setup, understood, table, console)
    new = write_settings(setup)
    if new == text:
        typer.echo(talk.phrase("unchanged", path=path))
        return OK
    replace_file(path, new.encode())
    typer.echo(talk.phrase("wrote_again", path=path))
    if options.source:
        talk.say("sheet_moved")
    return OK


def _fix_guess(setup: Setup, understood: Understood) -> Setup:
    """The settings with every column that was shown written down, and the words that nobody settled named."""
    from msgspec.structs import replace

    words = [status.text for status in understood.leads.unclear if status.text not in setup.statuses]
    return replace(setup, columns={**understood.leads.mapped, **setup.columns}, words=words)


def _show(
    talk: Interview, computer: Computer, setup: Setup, understood: Understood, table: Table, console: Console
) -> None:
    """How the columns are read, what of the rows is understood, and the first events as they will look."""
    from sync.render.checks import show_columns
    from sync.render.plans import show_first
    from sync.setup.preview import first_events
    from sync.setup.telling import tell_understood
    from sync.texts import load_screens

    heads = talk.phrase("columns").split("|")
    meaning = partial(talk.phrases.meaning_of, selling=understood.sells)
    show_columns(console, understood.columns, heads=heads, meaning=meaning)
    report = computer.preview(setup, table)
    planned = (touch.lead_key for touch in report.plan.schedule)
    tell_understood(talk, understood, planned)
    first = first_events(report.plan.changes)
    if first:
        words = load_screens(setup.language)
        show_first(console, first, report.plan.timezone, head=talk.phrase("first"), words=words)


def _keep_password(talk: Interview, computer: Computer, setup: Setup, secret: str) -> None:
    from connectors.password import keep_password

    try:
        place = keep_password(secret, computer.profile(setup).settings, config=computer.config.resolve())
    except FollowupError as error:
        talk.say("wrong", error=error)
    else:
        talk.say("kept", place=place)


def _offer_timer(talk: Interview, path: Path) -> None:
    """The timer, shown before it is written."""
    from sync.cli.scheduling import find_kind, start_timer, timer_for
    from sync.setup.timer import describe_timer

    if not find_kind():
        return
    timer = timer_for(path)
    if not talk.agree(talk.pose("timer", proposal=talk.phrases.yes[0], above=(describe_timer(timer),))):
        return
    try:
        start_timer(timer)
    except FollowupError as error:
        talk.say("wrong", error=error)
    else:
        talk.say("timer_runs")
        if timer.hint:
            talk.say("cannot", what=timer.hint)


def _write_new(path: Path, text: str) -> None:
    """A new file that only its owner reads; an existing one is never touched."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path} exists and is never overwritten") from None
    except OSError as error:
        with suppress(OSError):
            path.unlink()  # half a file would be taken for a whole one
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
