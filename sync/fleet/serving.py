"""What a fleet shows by HTTP: feeds at their secret addresses, whether it is well, numbers for Prometheus. No pages.

A feed is handed out as its last run wrote it, with its digest as ETag, so that a calendar program that asks every hour
is mostly answered with 304. Whoever knows an address may read the feed, and nobody can find one by trying. TLS is the
business of the proxy in front, which also keeps `/metrics` for its own people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from connectors.ical.feed import serialise_feed
from connectors.postgres.connecting import Connect
from connectors.postgres.schema import check_ready
from connectors.postgres.sentences import speak_plainly
from sync.errors import FollowupError
from sync.fleet.status import Status, read_status

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ROUTES = Map(
    [
        Rule("/feed/<token>.ics", endpoint="feed", methods=["GET"]),
        Rule("/health", endpoint="health", methods=["GET"]),
        Rule("/metrics", endpoint="metrics", methods=["GET"]),
    ]
)
FEED = "SELECT content, digest FROM followup.feed WHERE token = %s"
THREADS = 8
"""Requests that are answered at once, each with a connection to the database."""
WAIT = 5.0
"""Seconds for one of them to be free."""
AWAY = "60"
"""Seconds after which to ask again while the database is away."""
EMPTY = serialise_feed((), name="Follow-ups", zone="UTC")
"""What a feed is before its first run: a calendar program may be told of it at once."""


def make_site(connect: Connect, *, clock: Callable[[], datetime]) -> WSGIApplication:
    """The site as a WSGI application."""

    def answer(request: Request) -> Response:
        try:
            endpoint, given = ROUTES.bind_to_environ(request.environ).match()
            if endpoint == "feed":
                return _feed(connect, request, **given)
            return _health(connect) if endpoint == "health" else _metrics(connect, clock())
        except HTTPException as error:
            return Response(f"{error.name}\n", status=error.code, headers=dict(error.get_headers()))
        except (FollowupError, psycopg.Error):
            return Response("not now\n", status=503, headers={"Retry-After": AWAY})

    def site(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        response = answer(Request(environ))
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-cache"
        return response(environ, start_response)

    return site


def _feed(connect: Connect, request: Request, *, token: str) -> Response:
    with speak_plainly(), connect() as connection, connection.transaction():
        if "\0" in token:
            raise NotFound
        connection.execute("SELECT set_config('followup.token', %s, true)", (token,))
        row = connection.execute(FEED, (token,)).fetchone()
    if row is None:
        raise NotFound
    content, digest = row
    response = Response(bytes(content) or EMPTY, content_type="text/calendar; charset=utf-8")
    response.set_etag(bytes(digest).hex()[:32])
    response.make_conditional(request)
    return response


def _health(connect: Connect) -> Response:
    with speak_plainly(), connect() as connection:
        check_ready(connection)
    return Response("well\n")


def _metrics(connect: Connect, now: datetime) -> Response:
    with connect() as connection:
        status = read_status(connection, now=now)
    return Response("".join(_lines(status, now)), content_type="text/plain; version=0.0.4; charset=utf-8")


def _lines(status: Status, now: datetime) -> Iterator[str]:
    """Prometheus' text format."""
    oldest = (now - status.oldest_due) / timedelta(seconds=1) if status.oldest_due else 0
    gauges: dict[str, tuple[str, Any]] = {
        "profiles": ("Profiles there are.", status.profiles),
        "profiles_paused": ("Profiles that wait for a human.", status.paused),
        "profiles_due": ("Profiles that are due and not given out.", status.due),
        "oldest_due_seconds": ("How long the longest of them waits.", round(oldest)),
        "jobs_waiting": ("Runs in the queue.", status.waiting),
        "jobs_running": ("Runs being made.", status.running),
        "ran_last_hour": ("Profiles whose last run ended in the last hour.", status.ran_last_hour),
        "failed_last_hour": ("Those of them that ended in vain.", status.failed_last_hour),
        "halted": ("1 while the guard gives nothing out.", int(bool(status.halted))),
    }
    for name, (told, value) in gauges.items():
        yield f"# HELP followup_{name} {told}\n# TYPE followup_{name} gauge\nfollowup_{name} {value}\n"
    yield "# HELP followup_runs_free Runs that a host with a limit takes within a minute.\n"
    yield "# TYPE followup_runs_free gauge\n"
    for limit in status.limits:
        yield f"followup_runs_free{{host={json.dumps(limit.host)}}} {limit.free}\n"
