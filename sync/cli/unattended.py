"""A sync that nobody may be watching: its line in the log, what is news, and a whole folder of configurations."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sync.cli.console import open_console
from sync.cli.folders import Failure, ask_each
from sync.cli.inquiry import ask_first
from sync.cli.options import parse_now
from sync.cli.output import say
from sync.cli.profiles import Profile, open_profile
from sync.cli.runs import run_profile
from sync.errors import BUG, OK, FollowupError, LockedError, worst

if TYPE_CHECKING:
    from sync.run import Report


class Ended(Struct, frozen=True):
    """How the run of one profile ended. Without a report it failed or was left out.

    `said` is what was done, in one line; the sentences are what a human is told besides.
    """

    exit_code: int
    sentences: tuple[str, ...]
    said: str = ""
    report: Report | None = None


def attend(profile: Profile, now: str, *, quiet: bool, **options: Any) -> Ended:
    """One writing run, with its line in the log. An expected failure is a result; quiet, only news is told."""
    from connectors.run_log import RunLog
    from sync.quiet import sentences_of, trouble_of_error, troubles_of_report
    from sync.summary import done_line
    from sync.texts import load_screens

    log = RunLog(profile.state, clock=profile.outside.clock)
    report: Report | None = None
    language = profile.settings.language
    try:
        report = run_profile(profile, now, write=True, **options)
    except FollowupError as error:
        troubles = trouble_of_error(error, hangs=_hangs(error, profile), language=language)
        exit_code, said, told = error.exit_code, "", [trouble.sentence for trouble in troubles] or [error.say(language)]
        if isinstance(error, LockedError) and quiet and not troubles:
            log.write(f"exit {exit_code}: {error.say(language)}", level=logging.WARNING)
            return Ended(exit_code, ())
    except Exception as error:
        log.write(f"exit {BUG}: a bug, {type(error).__name__}", level=logging.CRITICAL)
        raise
    else:
        exit_code, troubles = report.exit_code, troubles_of_report(report, language)
        said, told = (
            done_line(report.plan, report.outcomes, load_screens(language)),
            list(sentences_of(report, language)),
        )
    line = " ".join([said, *told] if said else told)
    log.write(f"exit {exit_code}: {line}", level=logging.WARNING if troubles else logging.INFO)
    if quiet:
        told = log.news(troubles, now=parse_now(now))
    return Ended(exit_code, tuple(told), said, report)


def _hangs(error: FollowupError, profile: Profile) -> bool:
    """Whether the run that holds the lock has held it for longer than a run can last."""
    from connectors.http_transport import WHOLE_SECONDS

    longest = timedelta(seconds=profile.settings.limits.run_seconds + WHOLE_SECONDS)
    since = error.since if isinstance(error, LockedError) else None
    return since is not None and profile.outside.clock() - since > longest


def sync_all(folder: Path, now: str, *, json: bool, quiet: bool, no_color: bool, **options: Any) -> int:
    """Sync every configuration of a folder. None can disturb another: each has its own state, lock, log and result."""
    parse_now(now)
    asks_more = json or any(options.values())

    def take(profile: Profile) -> Ended:
        inquiry = ask_first(profile.path, now)
        if inquiry.proof and not (asks_more or (quiet and inquiry.proof.told)):
            return Ended(OK, inquiry.proof.told, inquiry.proof.said)
        if inquiry.secret:  # found out already, and a keyring or a command may be slow
            profile = open_profile(profile.path, secret=inquiry.secret)
        return attend(profile, now, quiet=quiet, inquiry=inquiry, **options)

    found = ask_each(folder, take)
    ended = {n: Ended(one.exit_code, (one.sentence,)) if isinstance(one, Failure) else one for n, one in found.items()}
    for name, one in ended.items():
        for sentence in one.sentences:
            say(f"{name}: {sentence}", err=True)
    if json:
        from sync.summary import profiles_json

        sys.stdout.write(profiles_json({name: (e.exit_code, e.report, e.sentences) for name, e in ended.items()}))
    elif not quiet:
        from sync.render.seekers import show_profiles

        show_profiles(open_console(no_color), {name: (one.exit_code, one.said) for name, one in ended.items()})
    return worst(one.exit_code for one in ended.values())
