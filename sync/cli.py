"""The command line: the one impure module. It gathers clock, environment, files and connectors, and calls `sync.run`.

Results go to stdout; warnings, progress and errors to stderr. An expected failure is one sentence and its exit code
(DESIGN 4.5); anything else is a bug of ours and shows its traceback. Nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from json import dumps, loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync import __version__
from sync.errors import (
    BUG,
    CHANGES_PENDING,
    OK,
    UNREADABLE_ROWS,
    ConfigError,
    FollowupError,
    GuardStop,
    LockedError,
    worst,
)

if TYPE_CHECKING:
    from rich.console import Console

    from connectors import Outside
    from connectors.evidence import Inquiry
    from sync.config import Settings
    from sync.models import Lead, Leads, Table
    from sync.reconcile.memory import Memory
    from sync.run import Report
    from sync.setup import ColumnGuess, Setup

CONFIG_NAME = "followup.toml"
AT_ONCE = 8
"""Profiles of `sync --all` that run at once: most of a run is waiting for somebody's server."""

app = typer.Typer(
    help="Reads your leads from a sheet and puts the right follow-ups into your calendar.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

logins = typer.Typer(help="Log in to a service.", no_args_is_help=True)
app.add_typer(logins, name="login")

ConfigOption = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The configuration; else ./followup.toml.")
]
NowOption = Annotated[str, typer.Option("--now", metavar="TIME", help="Act as if it were TIME (ISO 8601 with offset).")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing unless a human is needed.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Print every note.")]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit with 3 when a cell could not be read.")]
NoColorOption = Annotated[bool, typer.Option("--no-color", help="Print without colour.")]


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

    report = _run(config, now, write=False, strict=strict)
    if json:
        sys.stdout.write(plan_json(report.plan))
    elif not quiet:
        show_plan(_console(no_color), report.plan, all_notes=verbose)
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
    path = _find_config(config)
    inquiry = _inquire(path, now)
    if inquiry.proof and not (json or verbose or strict or yes_delete or (quiet and inquiry.proof.told)):
        return _tell_end(inquiry.proof.said, inquiry.proof.told, quiet=quiet)
    from sync.plan_json import plan_json
    from sync.render import done_line, show_plan

    profile = _open_profile(path, secret=inquiry.secret)
    options = {"strict": strict, "accept_deletes": yes_delete}
    with _progress(quiet=quiet or json, no_color=no_color) as progress:
        ended = _attend(profile, now, quiet=quiet, inquiry=inquiry, progress=progress, **options)
    report = ended.report
    if report is not None and json:
        sys.stdout.write(plan_json(report.plan, report.outcomes))
    elif report is not None and verbose:
        show_plan(_console(no_color), report.plan, all_notes=True)
    said = "" if report is None or json or verbose else done_line(report.plan, report.outcomes)
    _tell_end(said, ended.sentences, quiet=quiet)
    return ended.exit_code


def _tell_end(said: str, told: Iterable[str], *, quiet: bool) -> int:
    """The end of a sync, whether it ran or was proven needless: what was done, and what a human is to see."""
    if said and not quiet:
        typer.echo(said)
    for sentence in told:
        typer.echo(f"followup: {sentence}", err=True)
    return OK


@app.command()
def undo(
    run: Annotated[int | None, typer.Argument(metavar="RUN", help="The run's number; else the last one.")] = None,
    dismissed: Annotated[str, typer.Option("--dismissed", metavar="LEAD", help="Lift your own deletions.")] = "",
    config: ConfigOption = None,
    now: NowOption = "",
    no_color: NoColorOption = False,
) -> int:
    """Bring back what a run overwrote or deleted. It stays as it is until its row changes."""
    from sync import repair

    if dismissed:
        leads = _find_leads(_run(config, now, write=False), dismissed)
        return _lift(config, now, leads)
    return _show_repair(_repair(repair.undo, config, now, with_source=True, run=run), no_color)


@app.command()
def clear(
    config: ConfigOption = None,
    now: NowOption = "",
    no_color: NoColorOption = False,
    past_too: Annotated[bool, typer.Option("--all", help="Past events too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> int:
    """Take our future events out of the calendar, after showing which. Events of others are never touched."""
    from sync import repair
    from sync.render import show_plan

    shown = _repair(repair.clear, config, now, past_too=past_too, write=False)
    show_plan(_console(no_color), shown.plan)
    if not shown.plan.writes:
        return OK
    if not yes:
        if not sys.stdin.isatty():
            raise ConfigError("nothing was taken out: without a terminal to ask on, give --yes")
        typer.confirm("Take them out of the calendar?", abort=True)
    return _show_repair(_repair(repair.clear, config, now, past_too=past_too), no_color)


@app.command()
def status(
    config: ConfigOption = None,
    now: NowOption = "",
    json: JsonOption = False,
    quiet: QuietOption = False,
    max_age: Annotated[str, typer.Option("--max-age", metavar="AGE", help="Fail when older, such as 36h.")] = "",
) -> int:
    """Show the last good run and its age, what a guard stopped, what could not be read, what is open."""
    from connectors import open_state
    from sync.reconcile.status import make_status, parse_age, status_json, status_lines

    limit = parse_age(max_age) if max_age else None
    profile = _open_profile(_find_config(config))
    found = make_status(open_state("sqlite", profile.settings, profile.outside).load(), now=_parse_now(now))
    too_old = limit is not None and found.is_older_than(limit)
    lines = "".join(f"{line}\n" for line in status_lines(found, zone=profile.settings.zone))
    if too_old or not quiet:
        sys.stdout.write(status_json(found) if json else lines)
    return GuardStop.exit_code if too_old else OK


@app.command()
def agenda(
    config: ConfigOption = None,
    now: NowOption = "",
    no_color: NoColorOption = False,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days ahead.")] = 14,
) -> int:
    """Show what is due: late, today, the next days, waiting until."""
    from sync.render import show_agenda

    report = _run(config, now, write=False)
    show_agenda(_console(no_color), report.plan, days=days)
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

    report = _run(config, now, write=False)
    show_explanation(_console(no_color), report.plan, _find_leads(report, lead))
    return report.exit_code


@logins.command("google")
def login_google(
    client: Annotated[Path, typer.Option("--client", metavar="FILE", help="Your own OAuth client, type Desktop app.")],
    config: ConfigOption = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Keep it in the keyring; it must be open for cron.")
    ] = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address to open.")] = False,
) -> int:
    """Log in to Google once, in a browser; later runs need none."""
    from connectors.google_login import EVERYTHING, keep_login, log_in, wanted_scopes

    if not sys.stdin.isatty():
        raise ConfigError("`followup login google` needs a person at a terminal; run it by hand, once")
    known = config is not None or Path(CONFIG_NAME).exists()
    scopes = wanted_scopes(_open_profile(_find_config(config)).settings) if known else EVERYTHING
    login = log_in(_read_text(client, "the OAuth client"), scopes=scopes or EVERYTHING, open_browser=not no_browser)
    place = keep_login(login, _logins_folder(), in_keyring=keyring)
    typer.echo(f"Logged in; kept in {place}. If it ends after a week, set your app to In production.")
    return OK


@app.command()
def calendars(config: ConfigOption = None, json: JsonOption = False) -> int:
    """List the calendars of the account with their addresses."""
    from connectors import list_calendars

    profile = _open_profile(_find_config(config))
    found = list_calendars(profile.settings, profile.outside)
    if json:
        listed = [{"name": one.name, "url": one.url, "trouble": one.trouble} for one in found]
        sys.stdout.write(dumps(listed, ensure_ascii=False, indent=1) + "\n")
        return OK
    for one in found:
        lines = (one.name, f"  {one.url}", *([f"  {one.trouble}"] if one.trouble else []))
        typer.echo("\n".join("".join(letter for letter in line if letter.isprintable()) for line in lines))
    if not found:
        typer.echo("followup: this login sees no calendar; share one with it, or set calendar to its id", err=True)
    return OK


@app.command()
def init(
    source: Annotated[str, typer.Option("--source", help="The sheet: a file, or the address of a Google Sheet.")] = "",
    target: Annotated[str, typer.Option("--target", help="The calendar: an .ics file, or a CalDAV address.")] = "",
    timezone: Annotated[str, typer.Option("--timezone", help="Your time zone, such as America/New_York.")] = "",
    holidays: Annotated[str, typer.Option("--holidays", help="Country or state, such as US, US-NY or DE-BY.")] = "",
    user: Annotated[str, typer.Option("--user", help="Your name on the CalDAV server.")] = "",
    calendar: Annotated[str, typer.Option("--calendar", help="The calendar's name on the CalDAV server.")] = "",
    tab: Annotated[str, typer.Option("--tab", help="The tab of the spreadsheet.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the guess.")] = False,
    config: ConfigOption = None,
    now: NowOption = "",
    no_color: NoColorOption = False,
) -> int:
    """Ask for sheet and calendar, show how the sheet is understood, write followup.toml."""
    from sync.setup import Setup

    path = config or Path(CONFIG_NAME)
    if path.exists():
        raise ConfigError(f"{path} exists and is never overwritten; edit it, or name another file with --config")
    if not path.resolve().parent.is_dir():
        raise ConfigError(f"there is no folder {path.parent} to write {path.name} into")
    ask = _questions(yes)
    sheet = _sheet_keys(ask("Your sheet (a file, or the address of a Google Sheet)", source, "leads.csv"), path, tab)
    place = _calendar_keys(ask("Your calendar (an .ics file or a CalDAV address)", target, "followups.ics"), path, ask)
    place |= {key: value for key, value in (("user", user), ("calendar", calendar)) if value}
    zone = ask("Your time zone", timezone, _host_zone())
    days_off = ask("Public holidays to leave out (US, US-NY, DE-BY ...; empty for none)", holidays, "")
    setup = Setup(secrets.token_hex(4), zone, sheet, place, days_off)
    text = _understand(setup, path, ask, now=now, console=_console(no_color))
    _write_new(path, text)
    typer.echo(f"Wrote {path}. Next: followup plan")
    return OK


@app.command()
def check(
    config: ConfigOption = None,
    live: Annotated[bool, typer.Option("--live", help="Try the calendar out with one scratch event.")] = False,
    strict: StrictOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Prove configuration, sheet, login and calendar; list every cell that cannot be read."""
    from connectors import open_source, open_target
    from sync.protocols import Probes
    from sync.render import show_findings, show_guess, show_notes, show_problems

    profile = _open_profile(_find_config(config))
    table = open_source(profile.settings, profile.outside).read()
    leads, guesses = _read_sheet(table, profile)
    console = _console(no_color)
    show_guess(console, guesses)
    show_problems(console, leads.problems)
    show_notes(console, leads.notes, limit=None)
    target = open_target(profile.settings, profile.outside)
    held = target.observe({})
    console.print(f"\nSheet: {len(leads.leads)} leads, {len(leads.silent_rows)} rows out.", highlight=False)
    console.print(f"Calendar: reached, {len(held.events)} events of ours.", highlight=False)
    if live and isinstance(target, Probes):
        show_findings(console, target.probe())
    elif live:
        console.print("A file needs no trying out.", highlight=False)
    return UNREADABLE_ROWS if strict and leads.problems else OK


@app.command()
def log(
    config: ConfigOption = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV for an office or a spreadsheet.")] = False,
    json: JsonOption = False,
    no_color: NoColorOption = False,
) -> int:
    """Print the record of contacts: only what the sheet says and what was ticked, never what was planned."""
    from connectors import open_source, open_state
    from sync.advice import load_advice
    from sync.render import show_contacts
    from sync.work_log import contact_rows, contacts_csv, record_contacts

    profile = _open_profile(_find_config(config))
    settings = profile.settings
    memory = open_state("sqlite", settings, profile.outside).load()
    leads, _ = _read_sheet(open_source(settings, profile.outside).read(), profile, memory)
    touching = load_advice(settings, wording=profile.wording).touching
    contacts = record_contacts(leads.leads, memory, zone=settings.zone, touching=touching)
    if csv:
        sys.stdout.write(contacts_csv(contacts))
    elif json:
        sys.stdout.write(dumps(contact_rows(contacts), ensure_ascii=False, indent=1) + "\n")
    else:
        show_contacts(_console(no_color), contacts)
    return OK


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        typer.echo(f"followup {__version__}")
        raise typer.Exit


def main() -> None:
    """The console script."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line; returns its exit code. Expected failures become one sentence on stderr."""
    try:
        result = app(arguments, standalone_mode=False)
    except FollowupError as error:
        typer.echo(f"followup: {error}", err=True)
        return error.exit_code
    except typer.TyperException as error:
        typer.echo(f"followup: {error.format_message()} Try followup --help.", err=True)
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("followup: interrupted; the next run heals what was left half done", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception:  # noqa: BLE001 - the one place where a bug of ours becomes an exit code
        import traceback

        traceback.print_exc()
        return BUG
    return result if isinstance(result, int) else OK


# --- gathering -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Profile:
    """One configuration with what it needs from outside."""

    settings: Settings
    outside: Outside
    wording: str
    mapping: str
    path: Path

    @property
    def state_path(self) -> Path:
        return self.outside.folder / self.settings.state.path


@dataclass(frozen=True, slots=True)
class _Ended:
    """How the run of one profile ended. Without a report it failed; the sentences are what a human is told."""

    report: Report | None
    exit_code: int
    sentences: tuple[str, ...]


def _inquire(path: Path, now: str) -> Inquiry:
    """Whether nothing can have changed since the last run (`sync.proof`), asked before anything heavy is imported."""
    from connectors.evidence import inquire

    return inquire(
        path, default_state=_state_path, now=_parse_now(now), environ=os.environ, clock=lambda: datetime.now(UTC)
    )


def _run(config: Path | None, now: str, *, write: bool, **options: Any) -> Report:
    return _run_profile(_open_profile(_find_config(config)), now, write=write, **options)


def _run_profile(profile: _Profile, now: str, *, write: bool, inquiry: Inquiry | None = None, **options: Any) -> Report:
    """One run. After an inquiry it leaves a proof behind if the next run could be left out."""
    from connectors import open_source, open_state, open_target
    from connectors.evidence import gather_evidence
    from sync.protocols import KeepsProof
    from sync.quiet import sentences_of
    from sync.render import done_line
    from sync.run import run

    settings, started = profile.settings, _parse_now(now)
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


def _repair(command: Callable[..., Report], config: Path | None, now: str, **options: Any) -> Report:
    """Run `undo` or `clear` of `sync.repair`."""
    from connectors import open_source, open_state, open_target

    profile = _open_profile(_find_config(config))
    settings = profile.settings
    if options.pop("with_source", False):
        options["source"] = open_source(settings, profile.outside)
    return command(
        settings,
        target=open_target(settings, profile.outside),
        store=open_state("sqlite", settings, profile.outside),
        now=_parse_now(now),
        deadline=datetime.now(UTC) + timedelta(seconds=settings.limits.run_seconds),
        **options,
    )


def _lift(config: Path | None, now: str, leads: list[Lead]) -> int:
    from connectors import open_state
    from sync.repair import lift

    profile = _open_profile(_find_config(config))
    store = open_state("sqlite", profile.settings, profile.outside)
    titles = [title for lead in leads for title in lift(store=store, lead=lead, now=_parse_now(now))]
    for title in titles:
        typer.echo(f"“{title}” may be planned again; the next `followup sync` does it")
    if not titles:
        typer.echo("You deleted none of this lead's follow-ups.")
    return OK


def _find_leads(report: Report, text: str) -> list[Lead]:
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


def _attend(profile: _Profile, now: str, *, quiet: bool, **options: Any) -> _Ended:
    """One writing run, with its line in the log. An expected failure is a result; quiet, only news is told."""
    from connectors.run_log import RunLog
    from sync.quiet import sentences_of, trouble_of_error, troubles_of_report
    from sync.render import done_line

    log = RunLog(profile.state_path, clock=profile.outside.clock)
    report: Report | None = None
    try:
        report = _run_profile(profile, now, write=True, **options)
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
        told = log.news(troubles, now=_parse_now(now))
    return _Ended(report, exit_code, tuple(told))


def _sync_all(folder: Path, now: str, *, quiet: bool, no_color: bool, **options: Any) -> int:
    """Sync every configuration of a folder. None can disturb another: each has its own state, lock, log and result."""
    from concurrent.futures import ThreadPoolExecutor

    from sync.render import show_profiles

    opened = _open_profiles(folder)
    _parse_now(now)

    def attend(name: str) -> _Ended:
        profile = opened[name]
        if not isinstance(profile, _Profile):
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
        show_profiles(_console(no_color), reports)
    return worst(one.exit_code for one in ended.values())


def _open_profiles(folder: Path) -> dict[str, _Profile | FollowupError]:
    """The configurations in a folder, `*.toml` and `*/followup.toml`, by name; a broken one is its own error."""
    paths = sorted({*folder.glob("*.toml"), *folder.glob(f"*/{CONFIG_NAME}")})
    opened: dict[str, _Profile | FollowupError] = {}
    states: dict[Path, str] = {}
    for path in paths:
        name = str(path.relative_to(folder))
        try:
            if not _is_configuration(path):
                continue
            profile = _open_profile(path)
        except FollowupError as error:
            opened[name] = error
            continue
        first = states.setdefault(profile.state_path.resolve(), name)
        opened[name] = (
            profile if first == name else ConfigError(f"has the owner or the state of {first}; give it its own")
        )
    if not opened:
        raise ConfigError(f"{folder} holds no configuration: neither NAME.toml nor NAME/{CONFIG_NAME}")
    return opened


def _is_configuration(path: Path) -> bool:
    """Wording and mappings are TOML too; a configuration has a source or a target, or cannot be read."""
    import tomllib

    try:
        return bool({"source", "target"} & tomllib.loads(_read_text(path, "the configuration")).keys())
    except tomllib.TOMLDecodeError:
        return True


def _open_profile(path: Path, *, secret: str = "") -> _Profile:
    return _profile(_read_text(path, "the configuration"), path, secret=secret)


def _profile(text: str, path: Path, *, secret: str = "") -> _Profile:
    from connectors import Outside
    from connectors.password import secret_resolver
    from sync.config import parse_settings

    settings = parse_settings(text, name=path.name)
    folder = path.resolve().parent
    if not settings.state.path:
        state = settings.state.model_copy(update={"path": str(_state_path(settings.owner))})
        settings = settings.model_copy(update={"state": state})
    outside = Outside(
        folder=folder,
        clock=lambda: datetime.now(UTC),
        sleep=time.sleep,
        secret=secret_resolver(
            settings, config=path.resolve(), environment=os.environ, logins=_logins_folder(), known=secret
        ),
        environ=os.environ,
    )
    wording = _read_text(folder / settings.wording, "the wording") if settings.wording else ""
    named = settings.source.mapping
    mapping = _read_text(folder / named, "the mapping") if named.endswith(".toml") else ""
    return _Profile(settings, outside, wording, mapping, path)


def _find_config(given: Path | None) -> Path:
    if given is not None:
        return given
    if Path(CONFIG_NAME).exists():
        return Path(CONFIG_NAME)
    import platformdirs

    path = platformdirs.user_config_path("followup") / CONFIG_NAME
    if not path.exists():
        raise ConfigError(f"there is no {CONFIG_NAME} in this folder and none at {path}; name one with --config")
    return path


def _logins_folder() -> Path:
    import platformdirs

    return platformdirs.user_config_path("followup")


def _state_path(owner: str) -> Path:
    import platformdirs

    return platformdirs.user_state_path("followup") / f"{owner}.sqlite"


def _read_text(path: Path, what: str) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{what} {path} does not exist") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{what} {path} is not UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{what} {path} cannot be read: {error.strerror}") from None


def _parse_now(text: str) -> datetime:
    if not text:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--now {text!r} is not ISO 8601, such as 2027-01-04T09:00:00-05:00") from None
    if moment.tzinfo is None:
        raise ConfigError(f"--now {text!r} needs an offset, such as {text}-05:00 or {text}Z")
    return moment


# --- setting up ----------------------------------------------------------------------------------------------

Ask = Callable[[str, str, str], str]


def _questions(yes: bool) -> Ask:
    """Asks for what was not given; without a terminal or with --yes the default is taken."""

    def ask(question: str, given: str, default: str) -> str:
        if given or yes or not sys.stdin.isatty():
            return given or default
        return str(typer.prompt(question, default=default, err=True))

    return ask


def _sheet_keys(text: str, config: Path, tab: str) -> dict[str, str]:
    from sync.setup import recognise_source

    keys = dict(recognise_source(text))
    if "path" in keys:
        keys["path"] = _beside(config, keys["path"])
    return keys | ({"tab": tab} if tab else {})


def _calendar_keys(text: str, config: Path, ask: Ask) -> dict[str, str]:
    from sync.setup import choose_details, explain_target, recognise_target

    keys = dict(recognise_target(text))
    for sentence in explain_target(keys):
        typer.echo(f"  {sentence}", err=True)
    if "path" in keys:
        keys["path"] = _beside(config, keys["path"])
        seen = "no"
    else:
        seen = ask("Does anyone else see that calendar (yes or no)?", "", "no")
    keys["details"] = choose_details(keys["type"], others_see_it=seen.strip().lower() not in ("no", "n"))
    return keys


def _beside(config: Path, name: str) -> str:
    """The file as the configuration names it: relative to the configuration's folder."""
    path = Path(name).expanduser()
    return str(path) if path.is_absolute() else os.path.relpath(path, config.resolve().parent)


def _host_zone() -> str:
    """What this computer is set to: offered as an answer, shown, never taken in silence."""
    name = os.environ.get("TZ", "").lstrip(":")
    link = os.path.realpath("/etc/localtime")
    return name or (link.partition("zoneinfo/")[2] if "zoneinfo/" in link else "UTC")


def _understand(setup: Setup, path: Path, ask: Ask, *, now: str, console: Console) -> str:
    """The settings' text with the mapping that was shown and accepted."""
    from connectors import open_source
    from sync.render import show_guess
    from sync.setup import OLD_AFTER_DAYS, count_old, write_settings

    profile = _profile(write_settings(setup), path)
    table = open_source(profile.settings, profile.outside).read()
    leads, guesses = _read_sheet(table, profile)
    show_guess(console, guesses)
    columns = dict(leads.mapped)
    for guess in guesses:
        if not guess.field and "several things" in guess.reason and any(guess.samples):
            answer = ask(f"What is {guess.header!r}? Give a field, or nothing to leave it", "", "")
            columns |= {answer: guess.header} if answer else {}
    words = sorted({lead.status_text for lead in leads.leads if lead.status_text and not lead.stage_known})
    setup = replace(setup, columns=columns, words=words)
    started = _parse_now(now)
    day = started.astimezone(profile.settings.zone).date() - timedelta(days=OLD_AFTER_DAYS)
    old = count_old(leads.leads, day)
    if old:
        typer.echo(f"{old} of {len(leads.leads)} leads have no date since {day}.", err=True)
        if ask("Leave such old rows out (yes or no)?", "", "no").strip().lower() in ("yes", "y"):
            setup = replace(setup, ignore_before=day)
    _preview(_profile(write_settings(setup), path), table, started, console)
    return write_settings(setup)


def _preview(profile: _Profile, table: Table, started: datetime, console: Console) -> None:
    """The first follow-ups that these settings would give, without touching any calendar."""
    from connectors.memory import MemorySource, MemoryState, MemoryTarget
    from sync.render import show_first
    from sync.run import run
    from sync.setup import first_events

    report = run(
        profile.settings,
        source=MemorySource(table),
        target=MemoryTarget(),
        store=MemoryState(),
        now=started,
        deadline=started + timedelta(minutes=5),
        write=False,
    )
    show_first(console, first_events(report.plan.changes), profile.settings.zone, problems=len(report.plan.problems))


def _read_sheet(table: Table, profile: _Profile, memory: Memory | None = None) -> tuple[Leads, tuple[ColumnGuess, ...]]:
    """The leads of a table and how its columns are understood."""
    from sync.reading.columns import understand_columns
    from sync.reading.leads import read_leads
    from sync.reading.vocabulary import load_vocabulary
    from sync.setup import guess_columns

    settings, words = profile.settings, load_vocabulary(mapping=profile.mapping)
    accepted = loads(memory.texts.get("mapping", "{}")) if memory else {}
    remembered = memory.leads if memory else {}
    leads = read_leads(table, settings=settings, vocabulary=words, memory=remembered, accepted=accepted)
    if not table.rows:
        return leads, ()
    chosen, mapping = settings.source.columns, settings.source.mapping
    columns = understand_columns(table, chosen=chosen, vocabulary=words, accepted=accepted, mapping=mapping)
    return leads, guess_columns(table, columns)


def _write_new(path: Path, text: str) -> None:
    """A new file that only its owner reads; an existing one is never touched."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ConfigError(f"{path} exists and is never overwritten") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None


# --- showing -------------------------------------------------------------------------------------------------


def _show_repair(report: Report, no_color: bool) -> int:
    from sync.render import done_line

    _console(no_color).print(done_line(report.plan, report.outcomes), highlight=False, markup=False)
    for message in report.messages:
        typer.echo(f"followup: {message}", err=True)
    return report.exit_code


def _console(no_color: bool) -> Console:
    from rich.console import Console

    return Console(no_color=no_color or bool(os.environ.get("NO_COLOR")), highlight=False)


@contextmanager
def _progress(*, quiet: bool, no_color: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr, only on a terminal; gives the callback that moves it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True, no_color=no_color), transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole, description="Writing follow-ups")
