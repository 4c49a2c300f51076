"""The command open, and what opens a page or a file on this machine. Only addresses of our own data are opened."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Annotated

import typer

from sync.cli.options import Config
from sync.cli.output import say
from sync.cli.places import find_config
from sync.cli.profiles import Profile, open_profile
from sync.errors import OK, ConfigError

SECONDS = 10
"""Given to the program that opens a file; most hand it over and end at once."""


def open_it(
    config: Config = None,
    show: Annotated[bool, typer.Option("--print", help="Only print where it is.")] = False,
) -> int:
    """Open the calendar with the follow-ups, or their file. Prints where it is where nothing can be opened."""
    profile = open_profile(find_config(config))
    if profile.settings.target.type == "ics":
        return _open_feed(profile, show=show)
    return _open_calendar(profile, show=show)


def open_page(address: str) -> bool:
    """Open a page in the browser there is; whether there was one."""
    import webbrowser

    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def open_outside(what: str) -> bool:
    """Open a file or a mail link in the program that this machine has for its kind; whether there was one."""
    if sys.platform == "win32":
        try:
            os.startfile(what)  # noqa: S606 - the system's own opener, of what is ours
        except OSError:
            return False
        return True
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None or (sys.platform != "darwin" and not _has_desktop()):
        return False
    try:
        done = subprocess.run(  # noqa: S603 - the system's own opener, of what is ours
            [opener, what], stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True  # the program itself, which stays open
    except OSError:
        return False
    return done.returncode == 0


def _open_feed(profile: Profile, *, show: bool) -> int:
    path = (profile.outside.folder / profile.settings.target.path).resolve()
    if not path.is_file():
        raise ConfigError(f"{path} is not there yet; `followup sync` writes it")
    say(str(path))
    if not show and open_outside(str(path)):
        typer.echo("If the program asks whether to import it, say no and subscribe instead: docs/feed.md.", err=True)
    return OK


def _open_calendar(profile: Profile, *, show: bool) -> int:
    from sync.setup.calendars import find_page

    target = profile.settings.target
    google = target.type == "google_calendar"
    page = find_page("https://calendar.google.com/" if google else target.url)
    if not page:
        say(target.url)
        typer.echo("No page of this calendar is known; look at it in the program that shows it to you.", err=True)
        return OK
    say(page)
    if not show and not open_page(page):
        typer.echo("No browser could be opened here; open this address yourself.", err=True)
    return OK


def _has_desktop() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
