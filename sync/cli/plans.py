"""The commands that show what a run would do: plan, agenda, explain."""

from __future__ import annotations

from typing import Annotated

import typer

from sync.cli.completing import LeadNamed
from sync.cli.console import open_console
from sync.cli.folders import View, show_each
from sync.cli.lookup import find_leads, find_left_out, leads_called
from sync.cli.options import Config, Every, Json, Moved, NoColor, Now, Quiet, Strict, Verbose, parse_now
from sync.cli.places import find_config
from sync.cli.profiles import Profile, open_profile
from sync.cli.runs import run_profile
from sync.errors import CHANGES_PENDING, OK, worst


def plan(
    config: Config = None,
    every: Every = None,
    now: Now = "",
    json: Json = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    strict: Strict = False,
    no_color: NoColor = False,
    moved: Moved = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 10 when changes are pending.")] = False,
) -> int:
    """Show what sync would do and why. Writes nothing anywhere."""

    def look(profile: Profile) -> View:
        from sync.plan_json import plan_document
        from sync.render.plans import show_plan
        from sync.texts import load_screens

        report = run_profile(profile, now, write=False, strict=strict, whole=json, moved=moved)
        words = load_screens(profile.settings.language)
        return View(
            None
            if quiet and not json
            else lambda: show_plan(open_console(no_color), report.plan, all_notes=verbose, words=words),
            plan_document(report.plan) if json else None,
            worst([report.exit_code, CHANGES_PENDING if exit_code and report.plan.writes else OK]),
        )

    parse_now(now)
    return show_each(config, every, look, what="plan", json=json)


def agenda(
    config: Config = None,
    every: Every = None,
    now: Now = "",
    json: Json = False,
    no_color: NoColor = False,
    days: Annotated[int, typer.Option(min=1, max=366, metavar="DAYS", help="How many days ahead.")] = 14,
) -> int:
    """Show what is due: late, today, the next days, what was missed this week, waiting until."""

    def look(profile: Profile) -> View:
        from sync.agenda import make_agenda
        from sync.plan_json import agenda_document
        from sync.render.agendas import show_agenda
        from sync.texts import load_screens

        report = run_profile(profile, now, write=False, whole=json)
        words = load_screens(profile.settings.language)
        due = make_agenda(report.plan, days=days, pauses=profile.settings.pause)
        return View(
            lambda: show_agenda(open_console(no_color), due, leads=report.leads.leads, words=words),
            agenda_document(due) if json else None,
            report.exit_code,
        )

    parse_now(now)
    return show_each(config, every, look, what="agenda", json=json)


def explain(
    lead: LeadNamed,
    config: Config = None,
    now: Now = "",
    no_color: NoColor = False,
) -> int:
    """Show how every date of one lead came about. Rule, arithmetic, what moved it, what is left out and why."""
    from sync.render.leads import show_explanation, show_left_out
    from sync.texts import load_screens

    profile = open_profile(find_config(config))
    report, words = run_profile(profile, now, write=False), load_screens(profile.settings.language)
    console = open_console(no_color)
    out = find_left_out(report.leads, lead, words)
    found = leads_called(report.leads, lead) if out else find_leads(report.leads, lead, words)
    show_explanation(console, report.plan, found, words)
    show_left_out(console, out, report.leads.left_out, words)
    return report.exit_code
