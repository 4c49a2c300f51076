"""The commands that show what a run would do: plan, agenda, explain; and the one run behind every command."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import replace

from sync.cli.completing import complete_leads
from sync.cli.folders import View, show_each
from sync.cli.options import Config, Every, Json, Moved, NoColor, Now, Quiet, Strict, Verbose, parse_now
from sync.cli.places import find_config
from sync.cli.profiles import Profile, open_profile, opened_target
from sync.cli.screen import open_console
from sync.errors import CHANGES_PENDING, OK, ConfigError, worst

if TYPE_CHECKING:
    from connectors.evidence import Inquiry
    from sync.models import Lead, Leads
    from sync.run import Report


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
        from sync.wording import load_screens

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
        from sync.wording import load_screens

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
    lead: Annotated[
        str,
        typer.Argument(
            metavar="LEAD", help="Company, contact or row number of the lead.", autocompletion=complete_leads
        ),
    ],
    config: Config = None,
    now: Now = "",
    no_color: NoColor = False,
) -> int:
    """Show how every date of one lead came about. Rule, arithmetic, what moved it, what is left out and why."""
    from sync.render.leads import show_explanation, show_left_out
    from sync.wording import load_screens

    profile = open_profile(find_config(config))
    report, words = run_profile(profile, now, write=False), load_screens(profile.settings.language)
    console = open_console(no_color)
    out = find_left_out(report.leads, lead)
    found = _meant(report.leads, lead) if out else find_leads(report, lead)
    show_explanation(console, report.plan, found, words)
    show_left_out(console, out, report.leads.left_out, words)
    return report.exit_code


def run_once(config: Path | None, now: str, *, write: bool, **options: Any) -> Report:
    """One run of the configuration given or found."""
    return run_profile(open_profile(find_config(config)), now, write=write, **options)


def run_profile(profile: Profile, now: str, *, write: bool, inquiry: Inquiry | None = None, **options: Any) -> Report:
    """One run. After an inquiry it leaves a proof behind if the next run could be left out."""
    from connectors import open_source, open_state
    from connectors.evidence import gather_evidence
    from sync.protocols import KeepsProof
    from sync.quiet import sentences_of
    from sync.run import run
    from sync.summary import done_line
    from sync.wording import load_screens

    settings, started = profile.settings, parse_now(now)
    if settings.holidays:
        spare_other_countries()
    begun = (inquiry and inquiry.begun) or datetime.now(UTC)
    outside = replace(profile.outside, begun=begun, login_refused=bool(inquiry and inquiry.login_refused))
    profile = replace(profile, outside=outside)
    source, store = open_source(settings, profile.outside), open_state(settings, profile.outside)
    with opened_target(profile) as target:
        prove = gather_evidence(settings, source, target, config=profile.path, inquiry=inquiry) if inquiry else None
        report = run(
            settings,
            source=source,
            target=target,
            store=store,
            now=started,
            deadline=begun + timedelta(seconds=settings.limits.run_seconds),
            write=write,
            wording=profile.wording,
            mapping=profile.mapping,
            **options,
        )
    if prove and report.quiet_until and isinstance(store, KeepsProof):
        said = done_line(report.plan, report.outcomes, load_screens(settings.language))
        proof = prove(made_at=started, until=report.quiet_until, said=said, told=sentences_of(report))
        store.keep_proof(proof, run_at=started)
    return report


def spare_other_countries() -> None:
    """Let `holidays` import the country it is asked for and not all 250, a sixth of the time a run needs to start.

    It loads countries one by one when they are asked for, but from a package that imports every one of them when it is
    itself imported; an empty package in its place leaves that out. A command has its process for itself, so it may.
    """
    from importlib.util import find_spec, module_from_spec

    found = find_spec("holidays.countries")
    if found is not None:
        sys.modules.setdefault("holidays.countries", module_from_spec(found))


def find_leads(report: Report, text: str) -> list[Lead]:
    """The leads whose company, role, contact, agency or row is meant. Raises `ConfigError` if there is none."""
    return match_leads(report.leads, text)


def match_leads(leads: Leads, text: str) -> list[Lead]:
    """The same in a sheet that was only read. Of a row that is there it is never said that it is not."""
    if found := _meant(leads, text):
        return found
    for row, reasons in find_left_out(leads, text).items():
        raise ConfigError(f"{row} is in the sheet but left out: {'; '.join(reasons)}")
    raise ConfigError(
        f"no lead in the sheet is called {text!r}; give a part of its company, role, contact or agency, or its row"
    )


def _meant(leads: Leads, text: str) -> list[Lead]:
    wanted = text.casefold().strip()
    return [
        known
        for known in leads.leads
        if wanted in known.label.casefold()
        or wanted in known.contact.name.casefold()
        or wanted in known.agency.casefold()
        or wanted in (str(known.row_number), known.row.casefold())
    ]


def find_left_out(leads: Leads, text: str) -> dict[str, list[str]]:
    """The rows meant that are no lead of their own, each with the reasons."""
    wanted = text.casefold().strip()
    rows = [
        row
        for row, cells in leads.left_out.items()
        if wanted in (row.casefold(), row.rpartition(":")[2]) or (wanted and wanted in cells.casefold())
    ]
    found: dict[str, list[str]] = {}
    for row in rows:
        problems = [problem for problem in leads.problems if problem.row == row]
        said = [f"{one.column}: " + (f"“{one.value}” " if one.value else "") + one.reason for one in problems]
        said += [note.reason for note in leads.notes if row in re.split(r"[\s,]+", note.reason)]
        found[row] = said or ["nothing in it can be planned"]
    return found
