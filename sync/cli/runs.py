"""The commands that run the pipeline: plan, sync, agenda, explain."""

from __future__ import annotations

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
from sync.cli.profiles import Profile, find_config, open_profile, open_profiles, opened_target, parse_now, state_path
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
    options = {"strict": strict, "accept_deletes": yes_delete}
    if every is not None:
        if config is not None:
            raise ConfigError("--all runs a whole folder; --config is for one configuration")
        return _sync_all(every, now, json=json, quiet=quiet, no_color=no_color, **options)
    path = find_config(config)
    inquiry = _inquire(path, now)
    if inquiry.proof and not (json or verbose or strict or yes_delete or (quiet and inquiry.proof.told)):
        return _tell_end(inquiry.proof.said, inquiry.proof.told, quiet=quiet)
    profile = open_profile(path, secret=inquiry.secret)
    with show_progress(quiet=quiet or json, no_color=no_color) as progress:
        ended = _attend(profile, now, quiet=quiet, inquiry=inquiry, progress=progress, **options)
    report = ended.report
    if report is not None and json:
        from sync.plan_json import plan_json

        sys.stdout.write(plan_json(report.plan, report.outcomes))
    elif report is not None and verbose:
        from sync.render import show_plan

        show_plan(open_console(no_color), report.plan, all_notes=True)
    _tell_end("" if json or verbose else ended.said, ended.sentences, quiet=quiet)
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
    from connectors import open_source, open_state
    from connectors.evidence import gather_evidence
    from sync.protocols import KeepsProof
    from sync.quiet import sentences_of
    from sync.run import run
    from sync.summary import done_line

    settings, started = profile.settings, parse_now(now)
    if settings.holidays:
        _spare_other_countries()
    source, store = open_source(settings, profile.outside), open_state("sqlite", settings, profile.outside)
    with opened_target(profile) as target:
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


def _spare_other_countries() -> None:
    """Let `holidays` import the country it is asked for and not all 250, a sixth of the time a run needs to start.

    It loads countries one by one when they are asked for, but from a package that imports every one of them when it is
    itself imported; an empty package in its place leaves that out. A command has its process for itself, so it may.
    """
    from importlib.util import find_spec, module_from_spec

    found = find_spec("holidays.countries")
    if found is not None:
        sys.modules.setdefault("holidays.countries", module_from_spec(found))


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
    """How the run of one profile ended. Without a report it failed or was left out.

    `said` is what was done, in one line; the sentences are what a human is told besides.
    """

    exit_code: int
    sentences: tuple[str, ...]
    said: str = ""
    report: Report | None = None


def _attend(profile: Profile, now: str, *, quiet: bool, **options: Any) -> _Ended:
    """One writing run, with its line in the log. An expected failure is a result; quiet, only news is told."""
    import logging

    from connectors.run_log import RunLog
    from sync.quiet import sentences_of, trouble_of_error, troubles_of_report
    from sync.summary import done_line

    log = RunLog(profile.state, clock=profile.outside.clock)
    report: Report | None = None
    try:
        report = run_profile(profile, now, write=True, **options)
    except FollowupError as error:
        exit_code, troubles, said = error.exit_code, trouble_of_error(error), ""
        told = [str(error)]
        if isinstance(error, LockedError) and quiet:
            log.write(f"exit {exit_code}: {error}", level=logging.WARNING)
            return _Ended(exit_code, ())
    except Exception as error:
        log.write(f"exit {BUG}: a bug, {type(error).__name__}", level=logging.CRITICAL)
        raise
    else:
        exit_code, troubles = report.exit_code, troubles_of_report(report)
        said, told = done_line(report.plan, report.outcomes), list(sentences_of(report))
    line = " ".join([said, *told] if said else told)
    log.write(f"exit {exit_code}: {line}", level=logging.WARNING if troubles else logging.INFO)
    if quiet:
        told = log.news(troubles, now=parse_now(now))
    return _Ended(exit_code, tuple(told), said, report)


def _sync_all(folder: Path, now: str, *, json: bool, quiet: bool, no_color: bool, **options: Any) -> int:
    """Sync every configuration of a folder. None can disturb another: each has its own state, lock, log and result."""
    from concurrent.futures import ThreadPoolExecutor

    opened = open_profiles(folder)
    parse_now(now)
    asks_more = json or any(options.values())

    def attend(name: str) -> _Ended:
        profile = opened[name]
        if not isinstance(profile, Profile):
            return _Ended(profile.exit_code, (str(profile),))
        try:
            inquiry = _inquire(profile.path, now)
            if inquiry.proof and not (asks_more or (quiet and inquiry.proof.told)):
                return _Ended(OK, inquiry.proof.told, inquiry.proof.said)
            if inquiry.secret:  # found out already, and a keyring or a command may be slow
                profile = open_profile(profile.path, secret=inquiry.secret)
            return _attend(profile, now, quiet=quiet, inquiry=inquiry, **options)
        except FollowupError as error:
            return _Ended(error.exit_code, (str(error),))
        except Exception:  # noqa: BLE001 - a bug in one seeker's run must not stop the others' runs
            import traceback

            return _Ended(BUG, (traceback.format_exc(),))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ended = dict(zip(opened, pool.map(attend, opened), strict=True))
    for name, one in ended.items():
        for sentence in one.sentences:
            typer.echo(f"{name}: {sentence}", err=True)
    if json:
        from sync.summary import profiles_json

        sys.stdout.write(profiles_json({name: (e.exit_code, e.report, e.sentences) for name, e in ended.items()}))
    elif not quiet:
        from sync.render import show_profiles

        show_profiles(open_console(no_color), {name: (one.exit_code, one.said) for name, one in ended.items()})
    return worst(one.exit_code for one in ended.values())
