"""The command log: the record of contacts (`sync.work_log`)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sync.cli.console import open_console
from sync.cli.folders import Failure, View, ask_each, check_alone, show_each, tell_failures
from sync.cli.options import Config, Every, Json, NoColor
from sync.cli.profiles import Profile, read_sheet

if TYPE_CHECKING:
    from sync.work_log import Contact


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
