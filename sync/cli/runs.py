"""The commands that run the pipeline: plan, sync, agenda, explain."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.options import (
    ConfigOption,
    JsonOption,
    NoColorOption,
    NowOption,
    QuietOption,
    StrictOption,
    VerboseOption,
    app,
)
from sync.cli.profiles import Profile, find_config, open_profile, open_profiles, parse_now, state_path
from sync.cli.screen import open_console, show_progress
from sync.errors import BUG, CHANGES_PENDING, OK, ConfigError, FollowupError, LockedError, worst

if TYPE_CHECKING:
    from connectors.evidence import Inquiry
    from sync.models import Lead
    from sync.run import Report

AT_ONCE = 8
"""Profiles of `sync --all` that run at once: most of a run is waiting for somebody's server."""


@app.command()
def plan(
    config: ConfigOption = None,
    now: NowOption = "",
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    strict: StrictOption = False,
    no_color: NoColorOption = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 10 when changes are pending.")] = False,
) -> int:
    """Show what sync would do and why. Writes nothing anywhere."""
    from sync.plan_json import plan_json
    from sync.render import show_plan

    report = run_once(config, now, write=False, strict=strict)
    if json:
        sys.stdout.write(plan_json(report.plan))
    elif not quiet:
        show_plan(open_console(no_color), report.plan, all_notes=verbose)
    pending = CHANGES_PENDING if exit_code and report.plan.writes else OK
    return worst([report.exit_code, pending])


@app.command()
def sync(
    config: ConfigOption = None,
    now: NowOption = "",
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    strict: StrictOption = False,
    no_color: NoColorOption = False,
    yes_delete: Annotated[bool, typer.Option("--yes-delete", help="Lift the delete guard for this run.")] = False,
    every: Annotated[Path | None, typer.Option("--all", metavar="DIR", help="Run every configuration there.")] = None,
) -> int:
    """Bring the calendar up to date with the sheet."""
    if every is not None:
        if config is not None or json:
            raise ConfigError("--all runs a whole folder; --config and --json are for one configuration")
        return _sync_all(every, now, quiet=quiet, no_color=no_color, strict=strict, accept_deletes=yes_delete)
    path = find_config(config)
    inquiry = _inquire(path, now)
    if inquiry.proof and not (json or verbose or strict or yes_delete or (quiet and inquiry.proof.told)):
        return _tell_end(inquiry.proof.said, inquiry.proof.told, quiet=quiet)
    from sync.plan_json import plan_json
    from sync.render import done_line, show_plan

    profile = open_profile(path, secret=inquiry.secret)
    options = {"strict": strict, "accept_deletes": yes_delete}
    with show_progress(quiet=quiet or json, no_color=no_color) as progress:
        ended = _attend(profile, now, quiet=quiet, inquiry=inquiry, progress=progress, **options)
    report = ended.report
    if report is not None and json:
        sys.stdout.write(plan_json(report.plan, report.outcomes))
    elif report is not None and verbose:
        show_plan(open_console(no_color), report.plan, all_notes=True)
    said = "" if report is None or json or verbose else done_line(report.plan, report.outcomes)
    _tell_end(said, ended.sentences, quiet=quiet)
    return ended.exit_code


@app.command()
def agenda(
    config: ConfigOption = None,
    now: NowOption = "",
    no_color: NoColorOption = False,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days ahead.")] = 14,
) -> int:
    """Show what is due: late, today, the next days, waiting until."""
    from sync.render import show_agenda

    report = run_once(config, now, write=False)
    show_agenda(open_console(no_color), report.plan, days=days)
    return report.exit_code


@app.command()
def explain(
    lead: Annotated[str, typer.Argument(metavar="LEAD", help="Company, contact or row number of the lead.")],
    config: ConfigOption = None,
    now: NowOption = "",
    no_color: NoColorOption = False,
) -> int:
    """Show every date of one lead: rule, arithmetic, what moved it, what is left out and why."""
    from sync.render import show_explanation

    report = run_once(config, now, write=False)
    show_explanation(open_console(no_color), report.plan, find_leads(report, lead))
    return report.exit_code


def _tell_end(said: str, told: Iterable[str], *, quiet: bool) -> int:
    """The end of a sync, whether it ran or was proven needless: what was done, and what a human is to see."""
    if said and not quiet:
        typer.echo(said)
    for sentence in told:
        typer.echo(f"followup: {sentence}", err=True)
    return OK


def _inquire(path: Path, now: str) -> Inquiry:
    """Whether nothing can have changed since the last run (`sync.proof`), asked before anything heavy is imported."""
    from connectors.evidence import inquire

    return inquire(
        path, default_state=state_path, now=parse_now(now), environ=os.environ, clock=lambda: datetime.now(UTC)
    )


def run_once(config: Path | None, now: str, *, write: bool, **options: Any) -> Report:
    """One run of the configuration given or found."""
    return run_profile(open_profile(find_config(config)), now, write=write, **options)


def run_profile(profile: Profile, now: str, *, write: bool, inquiry: Inquiry | None = None, **options: Any) -> Report:
    """One run. After an inquiry it leaves a proof behind if the next run could be left out."""
    from connectors import open_source, open_state, open_target
    from connectors.evidence import gather_evidence
    from sync.protocols import KeepsProof
    from sync.quiet import sentences_of
    from sync.render import done_line
    from sync.run import run

    settings, started = profile.settings, parse_now(now)
    source, target = open_source(settings, profile.outside), open_target(settings, profile.outside)
    store = open_state("sqlite", settings, profile.outside)
    evidence = gather_evidence(settings, source, target, config=profile.path, inquiry=inquiry) if inquiry else None
    report = run(
        settings,
        source=source,
        target=target,
        store=store,
        now=started,
        deadline=datetime.now(UTC) + timedelta(seconds=settings.limits.run_seconds),
        write=write,
        wording=profile.wording,
        mapping=profile.mapping,
        **options,
    )
    if evidence and report.quiet_until and isinstance(store, KeepsProof):
        said = done_line(report.plan, report.outcomes)
        proof = evidence.prove(made_at=started, until=report.quiet_until, said=said, told=sentences_of(report))
        store.keep_proof(proof, run_at=started)
    return report


def find_leads(report: Report, text: str) -> list[Lead]:
    """The leads whose company, role, contact or row is meant. Raises `ConfigError` if there is none."""
    wanted = text.casefold().strip()
    found = [
        known
        for known in report.leads.leads
        if wanted in known.label.casefold()
        or wanted in known.contact.name.casefold()
        or wanted == str(known.row_number)
    ]
    if not found:
        raise ConfigError(
            f"no lead in the sheet is called {text!r}; give a part of its company, role or contact, or its row"
        )
    return found


@dataclass(frozen=True, slots=True)
class _Ended:
    """How the run of one profile ended. Without a report it failed; the sentences are what a human is told."""

    report: Report | None
    exit_code: int
    sentences: tuple[str, ...]


def _attend(profile: Profile, now: str, *, quiet: bool, **options: Any) -> _Ended:
    """One writing run, with its line in the log. An expected failure is a result; quiet, only news is told."""
    from connectors.run_log import RunLog
    from sync.quiet import sentences_of, trouble_of_error, troubles_of_report
    from sync.render import done_line

    log = RunLog(profile.state, clock=profile.outside.clock)
    report: Report | None = None
    try:
        report = run_profile(profile, now, write=True, **options)
    except FollowupError as error:
        exit_code, troubles = error.exit_code, trouble_of_error(error)
        told = [str(error)]
        if isinstance(error, LockedError) and quiet:
            log.write(f"exit {exit_code}: {error}", level=logging.WARNING)
            return _Ended(None, exit_code, ())
    except Exception as error:
        log.write(f"exit {BUG}: a bug, {type(error).__name__}", level=logging.CRITICAL)
        raise
    else:
        exit_code, troubles = report.exit_code, troubles_of_report(report)
        told = list(sentences_of(report))
    done = [done_line(report.plan, report.outcomes)] if report else []
    log.write(f"exit {exit_code}: {' '.join([*done, *told])}", level=logging.WARNING if troubles else logging.INFO)
    if quiet:
        told = log.news(troubles, now=parse_now(now))
    return _Ended(report, exit_code, tuple(told))


def _sync_all(folder: Path, now: str, *, quiet: bool, no_color: bool, **options: Any) -> int:
    """Sync every configuration of a folder. None can disturb another: each has its own state, lock, log and result."""
    from concurrent.futures import ThreadPoolExecutor

    from sync.render import show_profiles

    opened = open_profiles(folder)
    parse_now(now)

    def attend(name: str) -> _Ended:
        profile = opened[name]
        if not isinstance(profile, Profile):
            return _Ended(None, profile.exit_code, (str(profile),))
        try:
            return _attend(profile, now, quiet=quiet, **options)
        except Exception:  # noqa: BLE001 - a bug in one seeker's run must not stop the others' runs
            import traceback

            return _Ended(None, BUG, (traceback.format_exc(),))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = dict(zip(opened, pool.map(attend, opened), strict=True))
    for name, one in ended.items():
        for sentence in one.sentences:
            typer.echo(f"{name}: {sentence}", err=True)
    if not quiet:
        reports = {name: (one.exit_code, one.report) for name, one in ended.items()}
        show_profiles(open_console(no_color), reports)
    return worst(one.exit_code for one in ended.values())
