"""The command init: asks, shows the guess, writes followup.toml."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import ConfigOption, NoColorOption, NowOption, app
from sync.cli.profiles import CONFIG_NAME, Profile, make_profile, parse_now, read_sheet
from sync.cli.screen import open_console
from sync.errors import OK, ConfigError, FollowupError

if TYPE_CHECKING:
    from rich.console import Console

    from sync.models import Table
    from sync.setup import Setup

Ask = Callable[[str, str, str], str]


@app.command()
def init(
    source: Annotated[str, typer.Option("--source", help="The sheet: a file, or the address of a Google Sheet.")] = "",
    target: Annotated[str, typer.Option("--target", help="The calendar: an .ics file, or a CalDAV address.")] = "",
    timezone: Annotated[str, typer.Option("--timezone", help="Your time zone, such as America/New_York.")] = "",
    holidays: Annotated[str, typer.Option("--holidays", help="Country or state, such as US, US-NY or DE-BY.")] = "",
    user: Annotated[str, typer.Option("--user", help="Your name on the CalDAV server.")] = "",
    calendar: Annotated[str, typer.Option("--calendar", help="The calendar's name on the CalDAV server.")] = "",
    tab: Annotated[str, typer.Option("--tab", help="The tab of the spreadsheet.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the guess.")] = False,
    config: ConfigOption = None,
    now: NowOption = "",
    no_color: NoColorOption = False,
) -> int:
    """Ask for sheet and calendar, show how the sheet is understood, write followup.toml."""
    from sync.setup import Setup

    path = config or Path(CONFIG_NAME)
    if path.exists():
        raise ConfigError(f"{path} exists and is never overwritten; edit it, or name another file with --config")
    if not path.resolve().parent.is_dir():
        raise ConfigError(f"there is no folder {path.parent} to write {path.name} into")
    ask = _questions(yes)
    sheet = _sheet_keys(ask("Your sheet (a file, or the address of a Google Sheet)", source, "leads.csv"), path, tab)
    zone = ask("Your time zone", timezone, _host_zone())
    days_off = ask("Public holidays to leave out (US, US-NY, DE-BY ...; empty for none)", holidays, "")
    place = _calendar_keys(ask("Your calendar (an .ics file or a CalDAV address)", target, "followups.ics"), path)
    place |= {key: value for key, value in (("user", user), ("calendar", calendar)) if value}
    setup = Setup(secrets.token_hex(4), zone, sheet, place, days_off)
    if place["type"] == "caldav" and not calendar and not yes and sys.stdin.isatty():
        setup = replace(setup, target=_choose_calendar(setup, path, ask))
    setup = replace(setup, target={**setup.target, "details": _ask_details(place["type"], ask)})
    text = _understand(setup, path, ask, now=now, console=open_console(no_color))
    _write_new(path, text)
    typer.echo(f"Wrote {path}. Next: followup plan")
    return OK


def _questions(yes: bool) -> Ask:
    """Asks for what was not given; without a terminal or with --yes the default is taken."""

    def ask(question: str, given: str, default: str) -> str:
        if given or yes or not sys.stdin.isatty():
            return given or default
        return str(typer.prompt(question, default=default, err=True))

    return ask


def _sheet_keys(text: str, config: Path, tab: str) -> dict[str, str]:
    from sync.setup import recognise_source

    keys = dict(recognise_source(text))
    if "path" in keys:
        keys["path"] = _beside(config, keys["path"])
    return keys | ({"tab": tab} if tab else {})


def _calendar_keys(text: str, config: Path) -> dict[str, str]:
    from sync.setup import explain_target, recognise_target

    keys = dict(recognise_target(text))
    for sentence in explain_target(keys):
        typer.echo(f"  {sentence}", err=True)
    if "path" in keys:
        keys["path"] = _beside(config, keys["path"])
    return keys


def _ask_details(kind: str, ask: Ask) -> str:
    from sync.setup import choose_details

    seen = ask("Does anyone else see that calendar (yes or no)?", "", "no") if kind == "caldav" else "no"
    return choose_details(kind, others_see_it=seen.strip().lower() not in ("no", "n"))


def _choose_calendar(setup: Setup, path: Path, ask: Ask) -> dict[str, str]:
    """Look at the server and let a person choose; the calendar's own address is what is kept.

    The password is used for this look only. A server that cannot be asked is named and the address stays as given.
    """
    from connectors import list_calendars
    from connectors.google.address import is_google_calendar
    from sync.setup import pick_calendar, write_settings

    keys = dict(setup.target)
    secret = ""
    if not is_google_calendar(keys["url"]):
        keys["user"] = ask("Your name on that server", keys.get("user", ""), "")
        hint = "Your password there (used now to list your calendars, kept nowhere; empty to skip)"
        secret = str(typer.prompt(hint, default="", hide_input=True, show_default=False, err=True))
        if not secret:
            return keys
    try:
        profile = make_profile(write_settings(replace(setup, target=keys)), path, secret=secret)
        found = list_calendars(profile.settings, profile.outside)
    except FollowupError as error:
        typer.echo(f"  Could not list the calendars: {error}\n  The address is kept as it is.", err=True)
        return keys
    typer.echo(f"  Found {len(found)} calendar{'' if len(found) == 1 else 's'}:", err=True)
    for number, info in enumerate(found, start=1):
        line = f"{number}. {info.name}  {info.url}" + (f"  (cannot be used: {info.trouble})" if info.trouble else "")
        typer.echo("  " + "".join(letter for letter in line if letter.isprintable()), err=True)
    usable = [number for number, info in enumerate(found, start=1) if not info.trouble]
    while usable:
        chosen = pick_calendar(found, ask("Which of them (number or name)", "", str(usable[0])))
        if chosen is not None:
            typer.echo(f"  Follow-ups go into {chosen.name!r}.", err=True)
            return keys | {"url": chosen.url}
        typer.echo("  That is none of them, or several, or one that cannot be used.", err=True)
    typer.echo("  None can be used; the address is kept as it is.", err=True)
    return keys


def _beside(config: Path, name: str) -> str:
    """The file as the configuration names it: relative to the configuration's folder."""
    path = Path(name).expanduser()
    return str(path) if path.is_absolute() else os.path.relpath(path, config.resolve().parent)


def _host_zone() -> str:
    """What this computer is set to: offered as an answer, shown, never taken in silence."""
    name = os.environ.get("TZ", "").lstrip(":")
    link = os.path.realpath("/etc/localtime")
    return name or (link.partition("zoneinfo/")[2] if "zoneinfo/" in link else "UTC")


def _understand(setup: Setup, path: Path, ask: Ask, *, now: str, console: Console) -> str:
    """The settings' text with the mapping that was shown and accepted."""
    from connectors import open_source
    from sync.render import show_guess
    from sync.setup import OLD_AFTER_DAYS, count_old, write_settings

    profile = make_profile(write_settings(setup), path)
    table = open_source(profile.settings, profile.outside).read()
    leads, guesses = read_sheet(table, profile)
    show_guess(console, guesses)
    columns = dict(leads.mapped)
    for guess in guesses:
        if not guess.field and "several things" in guess.reason and any(guess.samples):
            answer = ask(f"What is {guess.header!r}? Give a field, or nothing to leave it", "", "")
            columns |= {answer: guess.header} if answer else {}
    words = sorted({lead.status_text for lead in leads.leads if lead.status_text and not lead.stage_known})
    setup = replace(setup, columns=columns, words=words)
    started = parse_now(now)
    day = started.astimezone(profile.settings.zone).date() - timedelta(days=OLD_AFTER_DAYS)
    old = count_old(leads.leads, day)
    if old:
        typer.echo(f"{old} of {len(leads.leads)} leads have no date since {day}.", err=True)
        if ask("Leave such old rows out (yes or no)?", "", "no").strip().lower() in ("yes", "y"):
            setup = replace(setup, ignore_before=day)
    _preview(make_profile(write_settings(setup), path), table, started, console)
    return write_settings(setup)


def _preview(profile: Profile, table: Table, started: datetime, console: Console) -> None:
    """The first follow-ups that these settings would give, without touching any calendar."""
    from connectors.memory import MemorySource, MemoryState, MemoryTarget
    from sync.render import show_first
    from sync.run import run
    from sync.setup import first_events

    report = run(
        profile.settings,
        source=MemorySource(table),
        target=MemoryTarget(),
        store=MemoryState(),
        now=started,
        deadline=started + timedelta(minutes=5),
        write=False,
    )
    show_first(console, first_events(report.plan.changes), profile.settings.zone, problems=len(report.plan.problems))


def _write_new(path: Path, text: str) -> None:
    """A new file that only its owner reads; an existing one is never touched."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path} exists and is never overwritten") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
