"""The commands about accounts: login, calendars."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from json import dumps
from pathlib import Path
from typing import Annotated

import typer

from sync.cli.options import Config, Json
from sync.cli.output import say
from sync.cli.places import CONFIG_NAME, find_config, google_client, logins_folder
from sync.cli.profiles import open_profile, read_text
from sync.errors import OK, ConfigError, CredentialsError

login = typer.Typer(help="Log in to a service.", no_args_is_help=True, add_completion=False)

_NONE = "this account has no calendar yet; make one in your calendar program, or let `followup init` make it"
_NONE_AT_GOOGLE = "this login sees no calendar; share one with it, or set calendar to its id"

_OTHER = "That is {who}; before it was {before}, whose calendars {who} does not reach. Keep the login of {who}"


@login.callback()
def _log_in() -> None:
    """Keeps `login` a group while it knows one service only."""


@login.command("google")
def login_google(
    client: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The OAuth client, type Desktop app; else client.json or that of before."),
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
        client_of,
        keep_login,
        kept_account,
        log_in,
        parse_login,
        recall_login,
        seconds_left,
        wanted_scopes,
    )

    if not sys.stdin.isatty():
        raise ConfigError("`followup login google` needs a person at a terminal; run it by hand, once")
    known = config is not None or Path(CONFIG_NAME).exists()
    scopes = wanted_scopes(open_profile(find_config(config)).settings) if known else EVERYTHING
    scopes = (*(scopes or EVERYTHING), *((EVERY_CALENDAR,) if every else ()))
    client, text = client or google_client(), ""
    if client is not None:
        text = read_text(client, "the OAuth client")
    else:
        with suppress(CredentialsError):  # no login yet, a damaged one, a keyring that stays closed
            text = client_of(parse_login(recall_login(logins_folder()), origin=""))
    if not text:
        raise ConfigError("no OAuth client is here; `followup init` leads you to one, or name its file with --client")
    login = log_in(text, scopes=scopes, open_browser=not no_browser)
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
