"""The commands `followup fleet ...`: many seekers on one PostgreSQL (docs/fleet.md). Nothing of it is loaded before."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sync.cli.options import Json, NoColor, Now, parse_now
from sync.cli.output import say
from sync.errors import OK, ConfigError

if TYPE_CHECKING:
    from psycopg import Connection

    from connectors.postgres.connecting import Connect
    from sync.fleet.profiles import Kept
    from sync.fleet.secrets import MasterKeys

LOOPBACK = "FOLLOWUP_FLEET_LOOPBACK"
"""Set to 1 where a fleet is tried out with calendar servers on its own machine."""
GOOGLE = "FOLLOWUP_GOOGLE_KEY"
"""The file of the firm's service account, which reads the sheets of whoever has no login of their own."""
ADDRESS, KEYS = "FOLLOWUP_DATABASE", "FOLLOWUP_MASTER_KEYS"
LIBRARIES = ("cryptography", "procrastinate", "psycopg", "psycopg_pool", "waitress", "werkzeug")
"""What `followup[fleet]` brings beyond followup."""
MOST_AT_ONCE = 200
ONLY_FIRM = "firm"
"""Whose data key seals the secrets of profiles that were added without a firm."""
Name = Annotated[str, typer.Argument(metavar="NAME", help="The profile.")]
fleet = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help=f"Many seekers on one PostgreSQL, whose address is in {ADDRESS} (docs/fleet.md).",
)


@fleet.callback()
def _have_libraries() -> None:
    """Says what is missing before anything fails for want of it."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if missing:
        raise ConfigError(f"a fleet needs {', '.join(missing)}, too; say: pip install 'followup[fleet]'")


@fleet.command()
def migrate() -> int:
    """Make the tables, or bring them up to date. For the login that owns them."""
    from connectors.postgres import schema
    from sync.fleet.queue_schema import migrate_queue

    with _connected() as connection:
        version = schema.migrate(connection)
        migrate_queue(connection)
    typer.echo(f"The database is ready (schema {version}).")
    return OK


@fleet.command()
def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="NAME.toml or NAME/followup.toml of each.")],
    hours: Annotated[float, typer.Option(metavar="HOURS", help="How often it runs.")] = 24.0,
    canary: Annotated[bool, typer.Option("--canary", help="Try a new version on these before the others.")] = False,
    tenant: Annotated[str, typer.Option(metavar="FIRM", help="Whose they are; no firm takes the others' places.")] = "",
    now: Now = "",
) -> int:
    """Add profiles, or give them new settings and sheets; each runs at once. For the login that owns the tables."""
    moment, worst_code = parse_now(now), OK
    with _connected() as connection:
        for path in files:
            try:
                typer.echo(
                    _add(connection, path, period=timedelta(hours=hours), now=moment, canary=canary, firm=tenant)
                )
            except ConfigError as error:
                say(f"followup: {error}", err=True)
                worst_code = error.exit_code
    return worst_code


@fleet.command()
def remove(name: Name) -> int:
    """Delete a profile and all that is remembered of it; its events stay. For the login that owns the tables."""
    from sync.fleet.profiles import remove_profile

    with _connected() as connection:
        _known(connection, name)
        remove_profile(connection, name)
    return OK


@fleet.command()
def secret(
    name: Name,
    section: Annotated[str, typer.Option("--for", metavar="SECTION", help="What it opens.")] = "target",
    tenant: Annotated[str, typer.Option(metavar="FIRM", help="Whose data key seals it: its firm's.")] = "",
) -> int:
    """Seal a password that is read from the input, and let a profile that waits for it run. For the owner's login."""
    from sync.fleet.profiles import resume_profile
    from sync.fleet.secrets import put_secret

    value = typer.prompt("Password", hide_input=True, err=True) if sys.stdin.isatty() else sys.stdin.read().rstrip("\n")
    with _connected() as connection:
        firm = _known(connection, name).firm
        if firm and tenant not in ("", firm):
            raise ConfigError(f"{name} is of {firm}; say it without --tenant, or add the profile with that firm first")
        put_secret(connection, _masters(), value, tenant=tenant or firm or ONLY_FIRM, profile=name, name=section)
        resume_profile(connection, name, now=parse_now(""), by_hand=False)
    return OK


@fleet.command("rotate-key")
def rotate_key() -> int:
    """Seal every data key under the first master key. For the login that owns the tables."""
    from sync.counting import counted
    from sync.fleet.secrets import rotate_keys

    with _connected() as connection:
        typer.echo(f"{counted(rotate_keys(connection, _masters()), 'data key')} sealed anew.")
    return OK


@fleet.command()
def work(
    at_once: Annotated[int, typer.Option(min=1, max=MOST_AT_ONCE, help="Runs at the same time.")] = 8,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="End when nothing waits.")] = False,
    dead_after: Annotated[
        float, typer.Option(min=1.0, metavar="SECONDS", help="Without a sign of life a worker is taken for dead.")
    ] = 30.0,
    now: Now = "",
) -> int:
    """Make the runs that are due, until a signal ends it. One for each core; start it again when it ends."""
    import logging
    import time

    from connectors.http_transport import is_loopback
    from connectors.outside import Outside
    from connectors.reachable import is_public
    from sync.fleet.secrets import check_keys
    from sync.fleet.worker import run_worker

    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s", stream=sys.stderr)
    engine = logging.getLogger("procrastinate")
    engine.setLevel(logging.WARNING)  # it shows each run that waits for its turn as an error
    masters = _masters() if os.environ.get(KEYS) else None
    google, alone = _read_google_key(), os.environ.get(LOOPBACK) == "1"
    with _connected() as connection:
        check_keys(connection, masters)
    _agree(_connect(), now)

    def world(begun: datetime, secret: Callable[[str], str]) -> Outside:
        return Outside(
            folder=Path(os.devnull), clock=lambda: parse_now(now), sleep=time.sleep, secret=secret, environ=os.environ,
            begun=begun, may_reach=lambda peer: is_public(peer) or (alone and is_loopback(peer)),
        )  # fmt: skip

    run_worker(
        _address(), world=world, masters=masters, firm={"google": google}, agree=lambda connect: _agree(connect, now),
        at_once=at_once, until_idle=until_idle, dead_after=dead_after,
    )  # fmt: skip
    return OK


@fleet.command()
def limit(
    name: Annotated[str, typer.Argument(metavar="HOST", help="A server, or Google's with a project behind a slash.")],
    most: Annotated[int, typer.Argument(metavar="N", help="Runs a minute, of all workers together.")],
    firm: Annotated[bool, typer.Option("--firm", help="HOST is a firm, N its runs at the same time.")] = False,
) -> int:
    """Send a server no more runs than this, or let a firm have no more at the same time (with the owner's login)."""
    from sync.fleet.firms import put_firm
    from sync.fleet.limits import put_limit

    with _connected() as connection:
        if firm:
            put_firm(connection, name, most)
        else:
            put_limit(connection, name, most)
    return OK


@fleet.command()
def tick(now: Now = "") -> int:
    """Give out what is due, as workers do by themselves every minute."""
    from sync.counting import counted
    from sync.fleet.queue import give_out

    typer.echo(f"{counted(give_out(_connect(), now=_agree(_connect(), now)), 'profile')} given out.")
    return OK


@fleet.command()
def status(json: Json = False, now: Now = "") -> int:
    """Profiles, queue, failures of the last hour, and who is paused why."""
    from msgspec.json import encode

    from sync.fleet.status import read_status, tell_status

    moment = parse_now(now)
    with _connected() as connection:
        found = read_status(connection, now=moment)
    if json:
        typer.echo(encode(found).decode())
    else:
        for line in tell_status(found, now=moment):
            say(line)
    return OK


@fleet.command()
def overview(json: Json = False, now: Now = "", no_color: NoColor = False) -> int:
    """Who has what late, due today or unread, by seeker, as of their last runs."""
    from sync.cli.console import open_console
    from sync.fleet.seekers import look_at_all
    from sync.overview import by_need, overview_json
    from sync.render.seekers import show_overview

    moment = parse_now(now)
    with _connected() as connection:
        seekers = by_need(look_at_all(connection, now=moment))
    if json:
        sys.stdout.write(overview_json(seekers, now=moment))
    else:
        show_overview(open_console(no_color), seekers, moment.tzinfo)
    return OK


@fleet.command()
def serve(
    host: Annotated[str, typer.Option(help="Where to listen; a proxy with TLS stands in front.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Its port.")] = 8080,
) -> int:
    """Hand out the feeds at /feed/TOKEN.ics, with /health and /metrics."""
    import waitress

    from connectors.postgres.connecting import open_pool
    from sync.fleet.serving import THREADS, WAIT, make_site

    with open_pool(_address(), most=THREADS, wait=WAIT) as pool:
        site = make_site(pool.connection, clock=lambda: parse_now(""))
        try:
            waitress.serve(site, host=host, port=port, threads=THREADS, ident=None)
        except OSError as error:
            raise ConfigError(f"{host}:{port} cannot be listened on: {error.strerror}") from None
    return OK


@fleet.command()
def pause(name: Name) -> int:
    """Let a profile not run until it is resumed."""
    from sync.fleet.profiles import pause_profile

    with _connected() as connection:
        _found(pause_profile(connection, name), name)
    return OK


@fleet.command()
def resume(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The profile.")] = "",
    guard: Annotated[bool, typer.Option("--guard", help="Go on after the guard stopped all.")] = False,
) -> int:
    """Let a paused profile run again, at once, or the fleet after its guard stopped it."""
    from sync.fleet.guard import lift_guard
    from sync.fleet.profiles import resume_profile

    if bool(name) == guard:
        raise ConfigError("name a profile, or say --guard")
    with _connected() as connection:
        if guard:
            lift_guard(connection, parse_now(""))
        else:
            _found(resume_profile(connection, name, now=parse_now("")), name)
    return OK


def _add(connection: Connection[Any], path: Path, *, period: timedelta, now: datetime, canary: bool, firm: str) -> str:
    """Add one profile with what it brings along; a line that says so. Nothing of it is kept if a part is wrong."""
    from secrets import token_urlsafe

    from sync.cli.profiles import read_text
    from sync.config import parse_settings
    from sync.fleet.profiles import open_feed, put_profile, put_upload

    text = read_text(path, "configuration")
    name = path.resolve().parent.name if path.name == "followup.toml" else path.stem
    settings = parse_settings(text, name=str(path), hosted=True)
    with connection.transaction():
        put_profile(connection, name, text, period=period, now=now, first=now, canary=canary, firm=firm)
        if settings.source.type != "google_sheet":
            sheet = path.parent / settings.source.path
            try:
                content = sheet.read_bytes()
            except OSError as error:
                raise ConfigError(f"{path}: {sheet} cannot be read: {error.strerror}") from None
            put_upload(connection, name, settings.source.path, content)
        if settings.target.type != "ics":
            return f"{name}: added"
        return f"{name}: added, feed /feed/{open_feed(connection, name, token=token_urlsafe(32))}.ics"


@contextmanager
def _connected() -> Iterator[Connection[Any]]:
    from connectors.postgres.sentences import speak_plainly

    with speak_plainly(), _connect()() as connection:
        yield connection


def _connect() -> Connect:
    from connectors.postgres.connecting import connect_to

    return connect_to(_address())


def _agree(connect: Connect, now: str) -> datetime:
    """The time given with --now, else the clock's, of which the database must say the same."""
    from sync.fleet.clock import check_clock

    moment = parse_now(now)
    if not now:
        with connect() as connection:
            check_clock(connection, moment)
    return moment


def _address() -> str:
    address = os.environ.get(ADDRESS, "")
    if not address:
        raise ConfigError(f"put the database's address into {ADDRESS}: postgresql://user:password@host/database")
    return address


def _masters() -> MasterKeys:
    from sync.fleet.secrets import parse_master_keys

    return parse_master_keys(os.environ.get(KEYS, ""))


def _read_google_key() -> str:
    """The firm's key for Google, tried at once; empty where it has none, and sheets are shared by link."""
    from connectors.google.login import parse_login
    from sync.cli.profiles import read_text

    path = os.environ.get(GOOGLE, "")
    if not path:
        return ""
    text = read_text(Path(path), "the Google key")
    parse_login(text, origin=path)
    return text


def _known(connection: Connection[Any], name: str) -> Kept:
    from sync.fleet.profiles import read_profile

    kept = read_profile(connection, name)
    if kept is None:
        raise ConfigError(f"there is no profile {name}")
    return kept


def _found(there: bool, name: str) -> None:
    if not there:
        raise ConfigError(f"there is no profile {name}")
