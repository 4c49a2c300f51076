"""The commands that look back: status, undo, clear."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.completing import complete_leads
from sync.cli.console import open_console
from sync.cli.folders import View, show_each
from sync.cli.lookup import find_leads
from sync.cli.options import Config, Every, Json, NoColor, Now, Quiet, parse_age, parse_now
from sync.cli.output import say
from sync.cli.places import find_config
from sync.cli.profiles import Profile, open_profile, opened_target
from sync.cli.runs import run_once
from sync.errors import OK, ConfigError, GuardStop

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]

if TYPE_CHECKING:
    from sync.models import Lead
    from sync.run import Report
    from sync.texts import Wording


def status(
    config: Config = None,
    every: Every = None,
    now: Now = "",
    json: Json = False,
    quiet: Quiet = False,
    max_age: Annotated[
        str, typer.Option(metavar="AGE", help="Fail when the last good run is older, such as 36h.")
    ] = "",
) -> int:
    """Show the last good run and what is open. What a guard stopped and what could not be read, too."""
    from sync.moments import day_of
    from sync.pauses import pauses_ahead
    from sync.render.statuses import status_document, status_lines
    from sync.status import make_status
    from sync.texts import load_screens

    limit, moment = parse_age(max_age) if max_age else None, parse_now(now)

    def look(profile: Profile) -> View:
        from connectors import open_state

        settings = profile.settings
        memory = open_state(settings, profile.outside).load()
        found = make_status(memory, now=moment, pauses=pauses_ahead(settings.pause, day_of(moment, settings.zone)))
        too_old = limit is not None and found.is_older_than(limit)
        lines = "\n".join(status_lines(found, zone=settings.zone, words=load_screens(settings.language)))
        return View(
            (lambda: say(lines)) if too_old or not quiet else None,
            status_document(found),
            GuardStop.exit_code if too_old else OK,
        )

    return show_each(config, every, look, what="status", json=json)


def undo(
    run: Annotated[int | None, typer.Argument(help="The run's number; else the last one.", show_default=False)] = None,
    dismissed: Annotated[
        str,
        typer.Option(
            metavar="LEAD", help="Let what you deleted of this lead be planned again.", autocompletion=complete_leads
        ),
    ] = "",
    config: Config = None,
    now: Now = "",
    no_color: NoColor = False,
    yes: Yes = False,
    listed: Annotated[bool, typer.Option("--list", help="List the runs that wrote; change nothing.")] = False,
) -> int:
    """Bring back what a run overwrote or deleted. Shows it before; it stays as it is until its row changes."""
    from sync import repair

    if listed:
        return _list_runs(config)
    if dismissed:
        leads = find_leads(run_once(config, now, write=False).leads, dismissed, _words(config))
        return _lift(config, now, leads)
    return _show_and_ask(
        repair.undo, config, now, no_color, yes=yes, question="undo.ask", nothing="undo.nothing",
        with_source=True, run=run,
    )  # fmt: skip


def clear(
    config: Config = None,
    now: Now = "",
    no_color: NoColor = False,
    past_too: Annotated[bool, typer.Option("--all", help="Past events too.")] = False,
    yes: Yes = False,
) -> int:
    """Take the coming follow-ups out of the calendar. Shows which before; events of others are never touched."""
    from sync import repair

    return _show_and_ask(
        repair.clear, config, now, no_color, yes=yes, question="clear.ask",
        nothing="clear.nothing", afterwards=_offer_to_stop, past_too=past_too,
    )  # fmt: skip


def _offer_to_stop(config: Path | None, *, asks: bool) -> None:
    """After a clearing: say that the next sync writes again, and offer to stop the timer that would run it."""
    from sync.cli.scheduling import find_timers, stop_timer
    from sync.setup.timer import KINDS

    timers, told = find_timers(find_config(config)), _words(config).say
    if not timers:
        typer.echo(told("clear.filled_again"), err=True)
        return
    named = told("clear.and").join(KINDS[timer.kind] for timer in timers)
    typer.echo(told("clear.run_by", timers=named), err=True)
    if asks and typer.confirm(told("clear.ask_stop")):
        for timer in timers:
            stop_timer(timer)
        typer.echo(told("clear.stopped"))
    else:
        typer.echo(told("clear.to_stop"), err=True)


def _show_and_ask(
    command: Callable[..., Report], config: Path | None, now: str, no_color: bool, *, yes: bool, question: str,
    nothing: str, afterwards: Callable[..., None] | None = None, **options: Any,
) -> int:  # fmt: skip
    """Show what a repair would do, ask, and do it. Raises `ConfigError` where nobody can be asked.

    `question` and `nothing` are keys of texts.
    """
    from sync.render.plans import show_plan

    shown = _repair(command, config, now, write=False, **options)
    words = _words(config)
    show_plan(open_console(no_color), shown.plan, words=words)
    if shown.plan.writes and not yes:
        if not sys.stdin.isatty():
            raise ConfigError(words.say(f"{nothing}_asked"))
        if not typer.confirm(words.say(question)):
            typer.echo(words.say(nothing))
            return OK
    exit_code = _show_repair(_repair(command, config, now, **options), words, no_color)
    if shown.plan.writes and afterwards:
        afterwards(config, asks=not yes)
    return exit_code


def _words(config: Path | None) -> Wording:
    """What is shown to whose configuration this is."""
    return open_profile(find_config(config)).words


def _repair(command: Callable[..., Report], config: Path | None, now: str, **options: Any) -> Report:
    """Run `undo` or `clear` of `sync.repair`."""
    from connectors import open_source, open_state

    profile = open_profile(find_config(config))
    settings = profile.settings
    if options.pop("with_source", False):
        options["source"] = open_source(settings, profile.outside)
    with opened_target(profile) as target:
        return command(
            settings,
            target=target,
            store=open_state(settings, profile.outside),
            now=parse_now(now),
            deadline=datetime.now(UTC) + timedelta(seconds=settings.limits.run_seconds),
            **options,
        )


def _list_runs(config: Path | None) -> int:
    """The runs that `undo RUN` knows, the last one first."""
    from connectors import open_state
    from sync.summary import run_lines

    profile = open_profile(find_config(config))
    store = open_state(profile.settings, profile.outside)
    if store.load().lost:
        raise ConfigError(_words(config).say("undo.broken"))
    for line in run_lines(store.list_runs(), zone=profile.settings.zone):
        typer.echo(line)
    return OK


def _lift(config: Path | None, now: str, leads: list[Lead]) -> int:
    from connectors import open_state
    from sync.repair import lift

    profile = open_profile(find_config(config))
    store = open_state(profile.settings, profile.outside)
    titles = [title for lead in leads for title in lift(store=store, lead=lead)]
    for title in titles:
        say(_words(config).say("undo.lifted", title=title))
    if not titles:
        typer.echo(_words(config).say("undo.none_deleted"))
    return OK


def _show_repair(report: Report, words: Wording, no_color: bool) -> int:
    from sync.summary import done_line

    open_console(no_color).print(done_line(report.plan, report.outcomes, words), highlight=False, markup=False)
    for message in report.messages:
        say(f"followup: {message}", err=True)
    return report.exit_code
