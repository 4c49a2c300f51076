"""The command sync: it asks first whether anything can have changed, and imports what a run needs only if so."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from sync.cli.console import open_console, show_progress
from sync.cli.inquiry import ask_first
from sync.cli.options import Config, Every, Json, Moved, NoColor, Now, Quiet, Strict, Verbose
from sync.cli.output import say
from sync.cli.places import find_config
from sync.errors import OK


def sync(
    config: Config = None,
    now: Now = "",
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    strict: Strict = False,
    no_color: NoColor = False,
    yes_delete: Annotated[bool, typer.Option("--yes-delete", help="Delete what was held back, too.")] = False,
    second_owner: Annotated[bool, typer.Option("--second-owner", help="Yes, two people share this calendar.")] = False,
    moved: Moved = False,
    every: Every = None,
) -> int:
    """Bring the calendar up to date with the sheet."""
    options = {"strict": strict, "accept_deletes": yes_delete, "second_owner": second_owner, "moved": moved}
    if every is not None:
        from sync.cli.folders import check_alone
        from sync.cli.unattended import sync_all

        check_alone(config)
        return sync_all(every, now, json=json, quiet=quiet, no_color=no_color, **options)
    path = find_config(config)
    inquiry = ask_first(path, now)
    if inquiry.proof and not (json or verbose or strict or yes_delete or (quiet and inquiry.proof.told)):
        return _tell_end(inquiry.proof.said, inquiry.proof.told, quiet=quiet)
    from sync.cli.profiles import open_profile
    from sync.cli.unattended import attend

    profile = open_profile(path, secret=inquiry.secret)
    with show_progress(quiet=quiet or json, no_color=no_color) as progress:
        ended = attend(profile, now, quiet=quiet, inquiry=inquiry, progress=progress, whole=json, **options)
    report = ended.report
    if report is not None and json:
        from sync.plan_json import plan_json

        sys.stdout.write(plan_json(report.plan, report.outcomes))
    elif report is not None and verbose:
        from sync.render.plans import show_plan
        from sync.texts import load_screens

        words = load_screens(profile.settings.language)
        show_plan(open_console(no_color), report.plan, all_notes=True, words=words)
    _tell_end("" if json or verbose else ended.said, ended.sentences, quiet=quiet)
    return ended.exit_code


def _tell_end(said: str, told: Iterable[str], *, quiet: bool) -> int:
    """The end of a sync, whether it ran or was proven needless: what was done, and what a human is to see."""
    if said and not quiet:
        typer.echo(said)
    for sentence in told:
        say(f"followup: {sentence}", err=True)
    return OK
