"""The commands about accounts and files as they are: login, calendars, check, log."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from sync.cli.folders import Failure, View, ask_each, check_alone, show_each, tell_failures
from sync.cli.options import Config, Every, Json, NoColor, Now, Strict, parse_now
from sync.cli.output import say
from sync.cli.places import CONFIG_NAME, find_config, google_client, logins_folder
from sync.cli.profiles import Profile, open_profile, opened_target, read_sheet, read_text
from sync.cli.screen import open_console
from sync.errors import OK, UNREADABLE_ROWS, ConfigError, FollowupError

if TYPE_CHECKING:
    from rich.console import Console

    from sync.models import Finding, Leads
    from sync.reading.columns import Column
    from sync.wording import Wording
    from sync.work_log import Contact

login = typer.Typer(help="Log in to a service.", no_args_is_help=True, add_completion=False)

_NONE = "this account has no calendar yet; make one in your calendar program, or let `followup init` make it"
_NONE_AT_GOOGLE = "this login sees no calendar; share one with it, or set calendar to its id"

_OTHER = "That is {who}; before it was {before}, whose calendars {who} does not reach. Keep the login of {who}"

ROWS_SHOWN = 50
"""What was understood of so many rows is shown by `check`."""


@login.callback()
def _log_in() -> None:
    """Keeps `login` a group while it knows one service only."""


@login.command("google")
def login_google(
    client: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The OAuth client, type Desktop app; else client.json.")
    ] = None,
    config: Config = None,
    every: Annotated[bool, typer.Option("--all-calendars", help="Also calendars that followup did not make.")] = False,
    keyring: Annotated[bool, typer.Option("--keyring", help="Keep it in the keyring, open for cron.")] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address to open.")] = False,
) -> int:
    """Log in to Google once, in a browser; later runs need none."""
    from connectors.google.login import (
        EVERY_CALENDAR,
        EVERYTHING,
        keep_login,
        kept_account,
        log_in,
        parse_login,
        seconds_left,
        wanted_scopes,
    )

    if not sys.stdin.isatty():
        raise ConfigError("`followup login google` needs a person at a terminal; run it by hand, once")
    known = config is not None or Path(CONFIG_NAME).exists()
    scopes = wanted_scopes(open_profile(find_config(config)).settings) if known else EVERYTHING
    scopes = (*(scopes or EVERYTHING), *((EVERY_CALENDAR,) if every else ()))
    client = client or google_client()
    if client is None:
        raise ConfigError("no OAuth client is here; `followup init` leads you to one, or name its file with --client")
    login = log_in(read_text(client, "the OAuth client"), scopes=scopes, open_browser=not no_browser)
    who, before = parse_login(login, origin="").who, kept_account(logins_folder())
    if before not in ("", who) and not typer.confirm(_OTHER.format(who=who, before=before)):
        say(f"The login of {before} stays.")
        return OK
    place = keep_login(login, logins_folder(), in_keyring=keyring)
    say(f"Logged in{f' as {who}' if '@' in who else ''}; kept in {place}.")
    left = seconds_left(login)
    if left:
        ends = (datetime.now(UTC) + timedelta(seconds=left)).date()
        typer.echo(f'It ends on {ends}: the app is still in Testing. Set it to "In production", then log in again.')
    return OK


def calendars(config: Config = None, json: Json = False) -> int:
    """List the calendars of the account with their addresses."""
    from connectors import list_calendars
    from connectors.google.address import is_google_calendar
    from sync.safe_text import plain, plain_json

    profile = open_profile(find_config(config))
    found = list_calendars(profile.settings, profile.outside)
    if json:
        listed = [{"name": one.name, "url": one.url, "trouble": one.trouble} for one in found]
        sys.stdout.write(plain_json(dumps(listed, ensure_ascii=False, indent=1)) + "\n")
        return OK
    for one in found:
        lines = (one.name, f"  {one.url}", *([f"  {one.trouble}"] if one.trouble else []))
        typer.echo("\n".join(map(plain, lines)))
    if not found:
        at_google = is_google_calendar(profile.settings.target.url)
        typer.echo(f"followup: {_NONE_AT_GOOGLE if at_google else _NONE}", err=True)
    return OK


def check(
    config: Config = None,
    every: Every = None,
    now: Now = "",
    live: Annotated[bool, typer.Option("--live", help="Try the calendar out with one scratch event.")] = False,
    strict: Strict = False,
    no_color: NoColor = False,
) -> int:
    """Prove configuration, sheet, login and calendar. Lists every cell that cannot be read."""

    def look(profile: Profile) -> View:
        from connectors import open_source
        from sync.advice import load_advice
        from sync.wording import load_screens

        load_advice(profile.settings, wording=profile.wording, mapping=profile.mapping)
        moment = parse_now(now)
        leads, columns = read_sheet(open_source(profile.settings, profile.outside).read(), profile, now=moment)
        reached, failure = _reach(profile, live=live, now=moment)
        return View(
            lambda: _show_checked(
                open_console(no_color), leads, columns, reached, words=load_screens(profile.settings.language)
            ),
            exit_code=UNREADABLE_ROWS if strict and leads.problems else OK,
            failure=failure,
        )

    return show_each(config, every, look)


class _Reached(Struct, frozen=True):
    """What a calendar answered: how many events of ours it holds, and what trying it out found (None: not tried)."""

    events: int
    findings: tuple[Finding, ...] | None = None


def _reach(profile: Profile, *, live: bool, now: datetime) -> tuple[_Reached | None, FollowupError | None]:
    """The calendar's answer, or why there is none; the sheet is worth showing either way."""
    from connectors import open_state
    from sync.protocols import Probes
    from sync.repair import try_out

    try:
        with opened_target(profile) as target:
            held = len(target.observe({}).events)
            if not live:
                return _Reached(held), None
            if not isinstance(target, Probes):
                return _Reached(held, ()), None
            store = open_state(profile.settings, profile.outside)
            tried = try_out(target, address=target.identity, store=store, now=now)
            return _Reached(held, tuple(tried)), None
    except FollowupError as error:
        return None, error


def _show_checked(
    console: Console, leads: Leads, columns: Sequence[Column], reached: _Reached | None, *, words: Wording
) -> None:
    from sync.render.checks import show_columns, show_findings, show_rows
    from sync.render.plans import show_notes, show_problems

    say = words.say
    show_columns(console, columns, heads=words.say("check.heads").split("|"))
    show_rows(console, leads.leads, limit=ROWS_SHOWN, words=words)
    show_problems(console, leads.problems, each=True, words=words)
    show_notes(console, leads.notes, limit=None, words=words)
    read, out = say("check.leads", count=len(leads.leads)), say("check.rows", count=len(leads.silent_rows))
    console.print(f"\n{say('check.sheet', leads=read, rows=out)}", highlight=False)
    if reached is None:
        return
    console.print(say("check.calendar", count=reached.events), highlight=False)
    if reached.findings:
        show_findings(console, reached.findings)
        console.print(say("check.heeded"), highlight=False)
    elif reached.findings is not None:
        console.print(say("check.file"), highlight=False)


def log(
    config: Config = None,
    every: Every = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV for an office or a spreadsheet.")] = False,
    json: Json = False,
    no_color: NoColor = False,
) -> int:
    """Print the record of contacts. Only what the sheet says and what was ticked or said, never what was planned."""
    from sync.work_log import contact_rows, contacts_csv

    def look(profile: Profile) -> View:
        contacts = _record(profile)
        return View(lambda: _show_contacts(contacts, csv=csv, no_color=no_color), contact_rows(contacts))

    if csv and every is not None:
        check_alone(config)
        found = ask_each(every, _record)
        known = {name: one for name, one in found.items() if not isinstance(one, Failure)}
        sys.stdout.write(contacts_csv(known))
        return tell_failures(found)
    return show_each(config, every, look, what="log", json=json)


def _record(profile: Profile) -> tuple[Contact, ...]:
    from connectors import open_source, open_state
    from sync.advice import load_advice
    from sync.work_log import record_contacts

    settings = profile.settings
    memory = open_state(settings, profile.outside).load()
    leads, _ = read_sheet(open_source(settings, profile.outside).read(), profile, memory)
    touching = load_advice(settings, wording=profile.wording).touching
    return record_contacts(leads.leads, memory, zone=settings.zone, touching=touching)


def _show_contacts(contacts: Sequence[Contact], *, csv: bool, no_color: bool) -> None:
    from sync.render.numbers import show_contacts
    from sync.work_log import contacts_csv

    if csv:
        sys.stdout.write(contacts_csv(contacts))
    else:
        show_contacts(open_console(no_color), contacts)
