"""The command that prints a message: draft."""

from __future__ import annotations

import sys
from datetime import date
from typing import Annotated

import typer

from sync.cli.completing import LeadNamed
from sync.cli.console import open_console
from sync.cli.lookup import find_leads
from sync.cli.opening import open_outside
from sync.cli.options import Config, Json, NoColor, Now, parse_now
from sync.cli.places import find_config
from sync.cli.profiles import open_profile
from sync.cli.runs import spare_other_countries
from sync.errors import OK, ConfigError


def draft(
    lead: LeadNamed,
    config: Config = None,
    now: Now = "",
    touch: Annotated[
        str, typer.Option("--touch", metavar="DATE", help="The message of this day instead of the next one.")
    ] = "",
    show: Annotated[bool, typer.Option("--open", help="Open it in the mail program.")] = False,
    json: Json = False,
    no_color: NoColor = False,
) -> int:
    """Print the next message to a lead, ready to be sent. Writes nothing and needs no calendar."""
    from connectors import open_source, open_state
    from sync.drafting import choose_messages, drafts_json, link_of, plan_messages
    from sync.render.agendas import show_drafts
    from sync.texts import load_screens

    profile = open_profile(find_config(config))
    settings, day = profile.settings, _parse_day(touch)
    if settings.holidays:
        spare_other_countries()
    leads, touches = plan_messages(
        open_source(settings, profile.outside).read(),
        settings=settings,
        memory=open_state(settings, profile.outside).load(),
        now=parse_now(now),
        wording=profile.wording,
        mapping=profile.mapping,
    )
    found = find_leads(leads, lead, load_screens(settings.language))
    chosen = choose_messages(touches, found, on=day, settings=settings)
    if json:
        sys.stdout.write(drafts_json(chosen, settings))
    else:
        show_drafts(open_console(no_color), chosen, [known.label for known in found], settings.zone)
    if show:
        links = [link for link in map(link_of, chosen) if link]
        if not links:
            raise ConfigError("--open: there is no mail with an address to open; put the address into the sheet")
        opened = [open_outside(link) for link in links]
        if not all(opened):
            said = "No mail program could be opened here; copy the message, or take the `link` that --json prints."
            typer.echo(said, err=True)
    return OK


def _parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigError(f"--touch {text!r} is no date such as 2027-01-11") from None
