"""What the shell may propose for a lead: the names that the last run knew. The sheet is not read for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sync.cli.places import find_config
from sync.errors import FollowupError


def complete_leads(ctx: typer.Context) -> list[tuple[str, str]]:
    """Every company, else contact, with its role; Typer keeps those that fit. A fault proposes nothing."""
    from connectors import open_state
    from sync.cli.profiles import open_profile

    given: Path | None = ctx.params.get("config")
    try:
        profile = open_profile(find_config(given))
        leads = open_state(profile.settings, profile.outside).load().leads.values()
    except FollowupError:
        return []
    named = {(lead.company or lead.contact): lead.role for lead in leads if lead.company or lead.contact}
    return sorted(named.items())


LeadNamed = Annotated[
    str,
    typer.Argument(metavar="LEAD", help="Company, contact or row number of the lead.", autocompletion=complete_leads),
]
