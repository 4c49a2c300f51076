"""The command init: asks, shows the guess, writes followup.toml."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from sync.cli.options import Config, NoColor, Now, parse_now
from sync.cli.places import CONFIG_NAME
from sync.cli.profiles import Profile, make_profile, read_sheet
from sync.cli.questions import Questions
from sync.cli.screen import open_console
from sync.errors import OK, ConfigError, FollowupError

if TYPE_CHECKING:
    from rich.console import Console

    from sync.models import Table
    from sync.setup.guess import ColumnGuess
    from sync.setup.settings_file import Setup


MOST_WORDS = 8
"""Status words that are asked about; the rest are listed in the file."""


def init(
    source: Annotated[str, typer.Option(help="The sheet: a file, or the address of a Google Sheet.")] = "",
    target: Annotated[str, typer.Option(help="The calendar: an .ics file, or a CalDAV address.")] = "",
    timezone: Annotated[str, typer.Option(help="Your time zone, such as America/New_York.")] = "",
    holidays: Annotated[str, typer.Option(help="Country or state, such as US, US-NY or DE-BY.")] = "",
    user: Annotated[str, typer.Option(help="Your name on the CalDAV server.")] = "",
    calendar: Annotated[str, typer.Option(help="The calendar's name on the CalDAV server.")] = "",
    tab: Annotated[str, typer.Option(help="The tab of the spreadsheet.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the guess.")] = False,
    config: Config = None,
    now: Now = "",
    no_color: NoColor = False,
) -> int:
    """Ask for sheet and calendar and write followup.toml. Shows how the sheet is understood."""
    import secrets

    from sync.setup.settings_file import Setup

    path = config or Path(CONFIG_NAME)
    if path.exists():
        raise ConfigError(f"{path} exists and is never overwritten; edit it, or name another file with --config")
    if not path.resolve().parent.is_dir():
        raise ConfigError(f"there is no folder {path.parent} to write {path.name} into")
    questions = Questions(nothing=yes)
    sheet, table = questions.ask_until(
        "Your sheet (a file, or the address of a Google Sheet)",
        lambda text: _open_sheet(text, path, tab),
        given=source,
        default="leads.csv",
    )
    zone = questions.ask_until("Your time zone", _check_zone, given=timezone, default=_host_zone())
    days_off = questions.ask_until(
        "Public holidays to leave out (US, US-NY, DE-BY ...; Enter for none)", _check_holidays, given=holidays
    )
    place = questions.ask_until(
        "Your calendar (an .ics file or a CalDAV address)",
        lambda text: _calendar_keys(text, path),
        given=target,
        default="followups.ics",
    )
    place |= {key: value for key, value in (("user", user), ("calendar", calendar)) if value}
    setup = Setup(secrets.token_hex(4), zone, sheet, place, days_off)
    if place["type"] == "caldav" and not calendar and questions.are_asked:
        setup = replace(setup, target=_choose_calendar(setup, path, questions))
    setup = replace(setup, target={**setup.target, "details": _ask_details(place["type"], questions)})
    text = _understand(setup, path, table, questions, now=now, console=open_console(no_color))
    _write_new(path, text)
    typer.echo(f"Wrote {path}. Next: followup plan")
    return OK


def _open_sheet(text: str, path: Path, tab: str) -> tuple[dict[str, str], Table]:
    """The sheet's keys and the sheet, read: what is wrong with it is said before the next question."""
    from connectors import open_source
    from sync.setup.settings_file import Setup, write_settings

    keys = _sheet_keys(text, path, tab)
    nowhere = {"type": "ics", "path": "followups.ics"}
    profile = make_profile(write_settings(Setup("init", "UTC", keys, nowhere)), path)
    table = open_source(profile.settings, profile.outside).read()
    read_sheet(table, profile)
    return keys, table


def _check_zone(name: str) -> str:
    from sync.config import check_zone

    try:
        return check_zone(name.strip())
    except ValueError as error:
        raise ConfigError(f"{error} (zones look like America/New_York)") from None


def _check_holidays(code: str) -> str:
    from sync.config import WEEKDAYS
    from sync.schedule.business_days import BusinessDays

    word = code.strip()
    BusinessDays((word,) if word else (), extra=(), workdays=WEEKDAYS, year=2026, language="en")
    return word


def _sheet_keys(text: str, config: Path, tab: str) -> dict[str, str]:
    from sync.setup.places import recognise_source

    keys = dict(recognise_source(text))
    if "path" in keys:
        keys["path"] = _beside(config, keys["path"])
    return keys | ({"tab": tab} if tab else {})


def _calendar_keys(text: str, config: Path) -> dict[str, str]:
    from sync.setup.places import explain_target, recognise_target

    keys = dict(recognise_target(text))
    for sentence in explain_target(keys):
        typer.echo(f"  {sentence}", err=True)
    if "path" in keys:
        keys["path"] = _beside(config, keys["path"])
    return keys


def _ask_details(kind: str, questions: Questions) -> str:
    from sync.setup.places import choose_details

    seen = kind == "caldav" and questions.agree("Does anyone else see that calendar?")
    return choose_details(kind, others_see_it=seen)


def _choose_calendar(setup: Setup, path: Path, questions: Questions) -> dict[str, str]:
    """Look at the server and let a person choose; the calendar's own address is what is kept.

    The password is used for this look only. A server that cannot be asked is named and the address stays as given.
    """
    from connectors import list_calendars
    from connectors.google.address import is_google_calendar
    from sync.setup.places import pick_calendar
    from sync.setup.settings_file import write_settings

    keys = dict(setup.target)
    secret = ""
    if not is_google_calendar(keys["url"]):
        keys["user"] = questions.ask("Your name on that server", given=keys.get("user", ""))
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
        chosen = pick_calendar(found, questions.ask("Which of them (number or name)", default=str(usable[0])))
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


def _understand(setup: Setup, path: Path, table: Table, questions: Questions, *, now: str, console: Console) -> str:
    """The settings' text with the mapping that was shown and accepted."""
    from sync.render import show_guess
    from sync.setup.guess import OLD_AFTER_DAYS, count_old
    from sync.setup.settings_file import write_settings

    profile = make_profile(write_settings(setup), path)
    leads, guesses = read_sheet(table, profile, now=parse_now(now))
    show_guess(console, guesses)
    setup = replace(setup, columns={**leads.mapped, **_ask_columns(guesses, leads.mapped, questions)})
    leads, _ = read_sheet(table, make_profile(write_settings(setup), path), now=parse_now(now))
    words = sorted({lead.status_text for lead in leads.leads if lead.status_text and not lead.stage_known})
    statuses = _ask_statuses(words, questions)
    setup = replace(setup, statuses=statuses, words=[word for word in words if word not in statuses])
    started = parse_now(now)
    day = started.astimezone(profile.settings.zone).date() - timedelta(days=OLD_AFTER_DAYS)
    old = count_old(leads.leads, day)
    if old:
        typer.echo(f"{old} of {len(leads.leads)} leads have no date since {day}.", err=True)
        if questions.agree("Leave such old rows out?"):
            setup = replace(setup, ignore_before=day)
    _preview(make_profile(write_settings(setup), path), table, started, console)
    return write_settings(setup)


def _ask_columns(guesses: Sequence[ColumnGuess], mapped: Mapping[str, str], questions: Questions) -> Mapping[str, str]:
    """Field to header, for columns that may mean several things and that a person settled."""
    from sync.setup.guess import MEANINGS

    settled: dict[str, str] = {}
    for guess in guesses if questions.are_asked else ():
        choices = {name: MEANINGS[name] for name in guess.choices if name not in mapped and name not in settled}
        if choices and any(guess.samples):
            cells = " | ".join(cell for cell in guess.samples if cell)
            typer.echo(f"\nThe column {guess.header!r} ({cells}) can be read as:", err=True)
            answer = questions.choose(f"What is {guess.header!r}?", choices)
            settled |= {answer: guess.header} if answer else {}
    return settled


def _ask_statuses(words: Sequence[str], questions: Questions) -> Mapping[str, str]:
    """The sheet's own status words with the stage that a person gave them."""
    from sync.setup.guess import STAGE_MEANINGS

    told: dict[str, str] = {}
    for word in words[:MOST_WORDS] if questions.are_asked else ():
        typer.echo(f"\nThe status {word!r} is not known. It may mean:", err=True)
        stage = questions.choose(f"What does {word!r} mean?", STAGE_MEANINGS)
        told |= {word: stage} if stage else {}
    return told


def _preview(profile: Profile, table: Table, started: datetime, console: Console) -> None:
    """The first follow-ups that these settings would give, with all names and without touching any calendar."""
    from connectors.memory import MemorySource, MemoryState, MemoryTarget
    from sync.render import show_first
    from sync.run import run
    from sync.setup.guess import first_events

    target = profile.settings.target.model_copy(update={"details": "full", "heartbeat_days": 0})
    report = run(
        profile.settings.model_copy(update={"target": target}),
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
