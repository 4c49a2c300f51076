"""The command check: configuration, sheet, login and calendar as they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import Struct

from sync.cli.console import open_console
from sync.cli.folders import View, show_each
from sync.cli.options import Config, Every, NoColor, Now, Strict, parse_now
from sync.cli.profiles import Profile, opened_target, read_sheet
from sync.errors import OK, UNREADABLE_ROWS, FollowupError

if TYPE_CHECKING:
    from rich.console import Console

    from sync.models import Finding, Leads
    from sync.reading.columns import Column
    from sync.texts import Wording

ROWS_SHOWN = 50
"""What was understood of so many rows is shown by `check`."""


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
        from sync.texts import load_screens

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
