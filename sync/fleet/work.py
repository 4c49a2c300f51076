"""One run of one profile of a fleet: the function that any queue calls."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from psycopg import Connection

from connectors.google.address import is_google_calendar
from connectors.google.login import find_login
from connectors.outside import Outside
from connectors.postgres.connecting import Connect
from connectors.postgres.schema import check_ready
from connectors.postgres.sentences import speak_plainly
from connectors.postgres_state import PostgresState
from sync.config import Settings, parse_settings
from sync.errors import (
    BUG,
    OK,
    ConfigError,
    CredentialsError,
    FollowupError,
    LoginTo,
    SourceError,
    TargetError,
    login_of,
)
from sync.fleet.firms import a_place
from sync.fleet.limits import hosts_of, pause_host, take_turn
from sync.fleet.opening import Open, open_hosted
from sync.fleet.profiles import Kept, file_verdict, read_profile
from sync.fleet.secrets import WrongKeysError
from sync.fleet.verdicts import judge
from sync.protocols import HoldsConnections
from sync.run import run

LOG = logging.getLogger(__name__)


class _State(PostgresState):
    """The state of a profile of the table: of one that was removed nothing is remembered any more."""

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Raises `ConfigError`, too, where the profile was removed after its run began."""
        with super().lock():
            with self._connect() as connection:
                if read_profile(connection, self.profile) is None:
                    raise ConfigError(f"{self.profile} was removed")
            yield


class _Ended(Struct, frozen=True):
    exit_code: int
    said: str = ""
    not_before: datetime | None = None
    login: LoginTo | None = None


def sync_profile(connect: Connect, profile: str, *, outside: Outside, now: datetime, opened: Open | None = None) -> int:
    """Run a profile and keep how it ended; the exit code. A profile that is paused or removed is left alone with 0.

    Every failure of the run, a bug of ours included, is kept with the profile and raises nothing: one seeker's trouble
    is nobody else's. Raises `NoPlaceError` where its firm has as many runs as it may, `NotItsTurn` where its servers
    have had enough runs of others, and `FollowupError` only for what is the worker's trouble: the table of profiles
    cannot be reached or is of another version, the master keys are not those of the database. `outside.secret` gives
    this profile's secrets. The log has names of profiles and places in the code, never what stood in a sheet.
    """
    with speak_plainly(), connect() as connection:
        check_ready(connection)  # a worker that is older or newer than the database is no seeker's mistake
        kept = read_profile(connection, profile)
    if kept is None or kept.paused:
        return OK
    try:
        with a_place(connect, kept.firm, kept.at_once):
            return _run_kept(connect, profile, kept, outside=outside, now=now, opened=opened or open_hosted)
    except WrongKeysError as error:
        LOG.error("%s", error)
        raise


def _run_kept(connect: Connect, profile: str, kept: Kept, *, outside: Outside, now: datetime, opened: Open) -> int:
    hosts = ("", "")
    try:
        settings = parse_settings(kept.settings, name=profile, hosted=True)
    except ConfigError as error:
        ended = _Ended(error.exit_code, str(error))
    else:
        hosts = hosts_of(settings, _quota(settings, outside))
        with connect() as connection:
            take_turn(connection, profile, hosts, now=now)
        ended = _attend(connect, profile, settings, outside=outside, now=now, opened=opened)
    verdict = judge(ended.exit_code, _with_cure(ended, profile), tries=kept.tries, now=now, not_before=ended.not_before)
    LOG.info("profile %s: exit %d", profile, ended.exit_code)
    if verdict is not None:
        with connect() as connection:
            file_verdict(connection, profile, kept, verdict, exit_code=ended.exit_code, now=now)
            _let_others_wait(connection, hosts, ended, now=now)
    return ended.exit_code


def _with_cure(ended: _Ended, profile: str) -> str:
    """What a run said. Its cure for a login that ended is one for a person's own computer: here it is to be sealed."""
    if ended.login is None:
        return ended.said
    section = "" if ended.login is LoginTo.CALENDAR else f" --for {ended.login}"
    return f"{ended.said}; seal the new one: `followup fleet secret {profile}{section}`"


def _quota(settings: Settings, outside: Outside) -> str:
    """Whose quota at Google the run uses; empty where it is none's, or where there is no login to tell."""
    of_google = settings.source.type == "google_sheet" or settings.target.type == "google_calendar"
    if not of_google and not is_google_calendar(settings.target.url):
        return ""
    try:
        login = find_login("", outside)
    except WrongKeysError:
        raise
    except CredentialsError:
        return ""  # its run will say it
    return login.quota if login else ""


def _let_others_wait(connection: Connection[Any], hosts: tuple[str, str], ended: _Ended, *, now: datetime) -> None:
    """What a server asked of one run, it asked of all of ours."""
    source, target = hosts
    host = {SourceError.exit_code: source, TargetError.exit_code: target}.get(ended.exit_code)
    if ended.not_before is not None and host:
        pause_host(connection, host, ended.not_before, now=now)


def _attend(
    connect: Connect, profile: str, settings: Settings, *, outside: Outside, now: datetime, opened: Open
) -> _Ended:
    try:
        source, target = opened(settings, outside, connect, profile)
        try:
            report = run(
                settings, source=source, target=target, store=_State(connect, profile), now=now,
                deadline=now + timedelta(seconds=settings.limits.run_seconds), write=True,
            )  # fmt: skip
        finally:
            if isinstance(target, HoldsConnections):
                target.close()
    except WrongKeysError:
        raise  # else a worker with a wrong environment would pause everybody whose run it makes
    except FollowupError as error:
        return _Ended(error.exit_code, str(error), error.not_before, login_of(error))
    except Exception as error:  # noqa: BLE001 - a bug in one seeker's run must not stop the others' runs
        where = "".join(traceback.format_tb(error.__traceback__))
        LOG.error("profile %s: a bug, %s\n%s", profile, type(error).__name__, where)
        return _Ended(BUG, f"a bug of followup ({type(error).__name__}); the log says where")
    return _Ended(report.exit_code, " ".join(report.messages), report.memory.runs.not_before, report.login)
