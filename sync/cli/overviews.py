"""The command overview: who of a folder of seekers needs somebody this morning. Reads their state files only."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.options import Json, NoColor, Now, parse_now
from sync.cli.profiles import Profile, open_profiles
from sync.cli.screen import open_console
from sync.errors import OK, ConfigError, FollowupError

if TYPE_CHECKING:
    from sync.overview import Seeker


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
    from sync.render import show_overview

    moment = parse_now(now)
    seekers = by_need(_look(name, found, moment) for name, found in open_profiles(folder).items())
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


def _look(name: str, found: Profile | FollowupError, now: datetime) -> Seeker:
    """One seeker by their memory; whoever's settings or memory cannot be read is told apart."""
    from connectors import open_state
    from sync.advice import load_advice
    from sync.overview import Seeker, look_at

    short = name.removesuffix("/followup.toml").removesuffix(".toml")
    if not isinstance(found, Profile):
        return Seeker(short, trouble=" ".join(str(found).split()))
    try:
        wording = load_advice(found.settings, wording=found.wording).wording
        store = open_state(found.settings, found.outside)
        memory = store.load()
    except FollowupError as error:
        return Seeker(short, trouble=" ".join(str(error).split()))
    late = wording.say("title.late", title="")
    return look_at(short, memory, now=now, zone=found.settings.zone, late_mark=late)
