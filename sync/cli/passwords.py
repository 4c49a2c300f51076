"""The command password: the calendar's password, tried and kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from sync.cli.options import Config
from sync.cli.output import say
from sync.cli.places import find_config
from sync.cli.profiles import open_profile, opened_target
from sync.errors import OK, ConfigError, CredentialsError, TargetError

if TYPE_CHECKING:
    from sync.cli.profiles import Profile

TRIES = 3
"""Then it stops: servers lock accounts."""


def password(config: Config = None) -> int:
    """Keep the calendar's password. It is tried at once; without a terminal it is read from the input."""
    from connectors.google.address import is_google_calendar
    from connectors.password import keep_password

    path = find_config(config)
    profile = open_profile(path)
    target = profile.settings.target
    if target.type == "caldav" and is_google_calendar(target.url):
        raise ConfigError("Google Calendar takes no password; run `followup login google`")
    if target.type == "caldav" and not target.user:
        raise ConfigError("[target] user is missing: the name that the password belongs to")
    if target.type != "caldav" or target.password_command or target.password_env:
        keep_password("", profile.settings, config=path.resolve())  # raises with the reason
    secret = _ask_working(profile)
    place = keep_password(secret, profile.settings, config=path.resolve())
    typer.echo(f"The password is kept in {place}.")
    return OK


def _ask_working(profile: Profile) -> str:
    """A password that the calendar takes. Raises `CredentialsError` after some that it does not."""
    asked = sys.stdin.isatty()
    target = profile.settings.target
    for tries_left in reversed(range(TRIES)):
        secret = typer.prompt(f"Password of {target.user}", hide_input=True, err=True) if asked else _read_line()
        try:
            with opened_target(open_profile(profile.path, secret=secret)) as calendar:
                calendar.observe({})
        except CredentialsError as error:
            if not (asked and tries_left):
                raise
            say(f"  {error}", err=True)
        except TargetError as error:
            say(f"  It could not be tried: {error}", err=True)
            return secret
        else:
            typer.echo("  The calendar takes it.", err=True)
            return secret
    raise AssertionError("the last try ends above")


def _read_line() -> str:
    secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise ConfigError("no password was given; run `followup password` at a terminal, or write it to its input")
    return secret
