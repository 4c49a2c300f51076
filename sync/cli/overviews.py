"""The command overview: who of a folder of seekers needs somebody this morning. Reads their state files only."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from sync.cli.console import open_console
from sync.cli.folders import Failure, ask_each
from sync.cli.options import Json, NoColor, Now, parse_now
from sync.cli.profiles import Profile
from sync.errors import OK, ConfigError

if TYPE_CHECKING:
    from sync.config import Settings
    from sync.memory import Memory
    from sync.overview import Seeker


class _Remembered(Struct, frozen=True):
    """A memory, the settings of its seeker, and how titles of what is late begin in their words."""

    memory: Memory
    settings: Settings
    late_mark: str


def overview(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder with NAME.toml or NAME/followup.toml of each seeker.")
    ],
    json: Json = False,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one page for a browser or a printer.")
    ] = None,
    now: Now = "",
    no_color: NoColor = False,
) -> int:
    """Show who of many seekers has what late, due today or unread. As of their last runs; no server is asked."""
    from sync.overview import by_need, overview_html, overview_json
    from sync.render.seekers import show_overview

    moment = parse_now(now)
    found = ask_each(folder, _remember)
    seekers = by_need(_look(_short(name), one, moment) for name, one in found.items())
    zone = moment.tzinfo
    if html is not None:
        from connectors.whole_file import replace_file

        try:
            replace_file(html, overview_html(seekers, now=moment, zone=zone).encode())
        except OSError as error:
            raise ConfigError(f"{html} cannot be written: {error.strerror}") from None
    if json:
        sys.stdout.write(overview_json(seekers, now=moment))
    elif html is None:
        show_overview(open_console(no_color), seekers, zone)
    return OK


def _remember(profile: Profile) -> _Remembered:
    """What the last runs of a profile left, and what is needed to read it."""
    from connectors import open_state
    from sync.advice import load_advice

    wording = load_advice(profile.settings, wording=profile.wording).wording
    memory = open_state(profile.settings, profile.outside).load()
    return _Remembered(memory, profile.settings, wording.say("title.late", title=""))


def _look(name: str, found: _Remembered | Failure, now: datetime) -> Seeker:
    """One seeker by their memory; whoever's settings or memory cannot be read is told apart."""
    from sync.overview import Seeker, look_at

    if isinstance(found, Failure):
        return Seeker(name, trouble=found.line)
    return look_at(
        name,
        found.memory,
        now=now,
        zone=found.settings.zone,
        late_mark=found.late_mark,
        pauses=found.settings.pause,
    )


def _short(name: str) -> str:
    return name.removesuffix("/followup.toml").removesuffix(".toml")
