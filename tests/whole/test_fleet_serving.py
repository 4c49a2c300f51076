"""Feeds by address over a real HTTP server and a real PostgreSQL."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import waitress
from conftest import NOW
from fleet_profiles import UPLOADED, a_firm
from postgres_server import WORKER, Postgres, migrated
from servers import free_port
from source_contract import outside

from connectors.postgres.connecting import connect_to
from sync.fleet.limits import put_limit
from sync.fleet.profiles import open_feed, put_profile, put_upload
from sync.fleet.serving import make_site
from sync.fleet.work import sync_profile

TOKEN = "a-token-that-nobody-guesses"
SHEET = "company,role,contact_name,applied_on,status\n{company},Analyst,Dana Reed,2027-01-04,sent\n"


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with migrated() as server:
        yield server


@pytest.fixture
def owner(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    with a_firm(server) as owner:
        put_profile(owner, "ann", UPLOADED, period=timedelta(days=1), now=NOW)
        open_feed(owner, "ann", token=TOKEN)
        yield owner


@pytest.fixture
def site(server: Postgres) -> Iterator[http.client.HTTPConnection]:
    port = free_port()
    serving = waitress.create_server(
        make_site(connect_to(server.address(WORKER)), clock=lambda: NOW), host="127.0.0.1", port=port
    )

    def run() -> None:
        with contextlib.suppress(OSError):  # it may be waiting on its sockets while they are closed
            serving.run()

    thread = threading.Thread(target=run)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    yield connection
    connection.close()
    serving.close()
    thread.join(20)


def ask(
    site: http.client.HTTPConnection, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    site.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = site.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def sync(server: Postgres, owner: psycopg.Connection[Any], company: str, folder: Any) -> None:
    put_upload(owner, "ann", "leads.csv", SHEET.format(company=company).encode())
    code = sync_profile(connect_to(server.address(WORKER)), "ann", outside=outside(folder), now=NOW)
    assert code == 0


def test_a_feed_is_fetched_once_and_then_only_asked_for(
    server: Postgres, owner: psycopg.Connection[Any], site: http.client.HTTPConnection, tmp_path: Any
) -> None:
    sync(server, owner, "Acme", tmp_path)
    status, headers, body = ask(site, f"/feed/{TOKEN}.ics")
    assert (status, headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert b"Acme" in body
    assert headers["cache-control"] == "private, no-cache"
    assert ask(site, f"/feed/{TOKEN}.ics", If_None_Match=headers["etag"])[::2] == (304, b"")
    assert ask(site, f"/feed/{TOKEN}.ics", "HEAD")[::2] == (200, b"")
    put_upload(owner, "ann", "leads.csv", (SHEET.format(company="Acme") + "Bolt,Clerk,,2027-01-04,sent\n").encode())
    sync_profile(connect_to(server.address(WORKER)), "ann", outside=outside(tmp_path), now=NOW)
    status, after, body = ask(site, f"/feed/{TOKEN}.ics", If_None_Match=headers["etag"])
    assert status == 200
    assert after["etag"] != headers["etag"]
    assert b"Bolt" in body


def test_a_feed_before_its_first_run_is_an_empty_calendar(
    owner: psycopg.Connection[Any], site: http.client.HTTPConnection
) -> None:
    status, _, body = ask(site, f"/feed/{TOKEN}.ics")
    assert (status, body.startswith(b"BEGIN:VCALENDAR"), b"VEVENT" in body) == (200, True, False)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/feed/.ics", "GET", 404),
        ("/feed/wrong.ics", "GET", 404),
        ("/feed/%00.ics", "GET", 404),
        ("/feed/a%27%20OR%201=1.ics", "GET", 404),
        ("/feed/ann.ics", "GET", 404),
        ("/", "GET", 404),
        (f"/feed/{TOKEN}.ics", "PUT", 405),
        (f"/feed/{TOKEN}.ics", "DELETE", 405),
        ("/health", "GET", 200),
    ],
)
def test_nothing_else_is_answered(
    owner: psycopg.Connection[Any], site: http.client.HTTPConnection, path: str, method: str, status: int
) -> None:
    got, headers, body = ask(site, path, method)
    assert got == status
    assert headers["x-content-type-options"] == "nosniff"
    assert b"Traceback" not in body
    assert TOKEN.encode() not in body


def test_numbers_for_prometheus(owner: psycopg.Connection[Any], site: http.client.HTTPConnection) -> None:
    put_limit(owner, 'a"b.example', 7)
    status, headers, body = ask(site, "/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "\nfollowup_profiles 1\n" in body.decode()
    assert "\nfollowup_halted 0\n" in body.decode()
    assert body.decode().endswith('\nfollowup_runs_free{host="a\\"b.example"} 7\n')


def test_without_its_database_the_site_says_later_and_comes_back(
    server: Postgres, owner: psycopg.Connection[Any], site: http.client.HTTPConnection
) -> None:
    server.kill()
    for path in ("/health", "/metrics", f"/feed/{TOKEN}.ics"):
        status, headers, body = ask(site, path)
        assert (status, headers["retry-after"], body) == (503, "60", b"not now\n"), path
    server.start()
    assert ask(site, "/health")[0] == 200
