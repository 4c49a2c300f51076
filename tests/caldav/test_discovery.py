"""An account's calendars are found where people's addresses begin: at bare roots, behind a server that asks no login.

A real Radicale answers; a front before it behaves as Cyrus, SOGo, DAViCal or a moved server does where it is asked.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from servers import USER, Server, radicale

from sync.cli import run_command

TOML = """owner = "k3x9"
timezone = "America/New_York"
source = {{type = "csv", path = "leads.csv"}}
[target]
type = "caldav"
url = "{url}"
user = "ann"
password_env = "CALENDAR_PASSWORD"
"""
NOBODY = (
    b'<?xml version="1.0"?><multistatus xmlns="DAV:"><response><href>/</href><propstat><prop><current-user-principal>'
    b"<unauthenticated/></current-user-principal></prop><status>HTTP/1.1 200 OK</status></propstat></response>"
    b"</multistatus>"
)


class Front:
    """What stands before the server: where CalDAV begins, where it is told, whether a login is asked for."""

    def __init__(self, server: Server, *, under: str = "", leads: str = "", silent: int = 404, asks: bool = True):
        self.server, self.under, self.leads, self.silent, self.asks = server, under, leads, silent, asks
        self.refused = 0

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        if path == "/.well-known/caldav" and self.leads:
            return 301, {"Location": self.leads}, b""
        if not path.startswith(self.under + "/"):
            return self.silent, {"Content-Type": "text/html"}, b"<html>It works!</html>"
        if not self.asks and "Authorization" not in headers:
            return 207, {"Content-Type": "application/xml"}, NOBODY
        headers.pop("Accept-Encoding", None)
        if self.under:
            headers["X-Script-Name"] = self.under
        connection = HTTPConnection(self.server.root.removeprefix("http://"), timeout=20)
        connection.request(method, path.removeprefix(self.under), body or None, headers)
        response = connection.getresponse()
        content = response.read()
        self.refused += response.status == 401 and "Authorization" in headers
        kept = {name: value for name, value in response.getheaders() if name in ("Content-Type", "WWW-Authenticate")}
        connection.close()
        return response.status, kept, content


@contextmanager
def standing(front: Front) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, headers, content = front.answer(self.command, self.path, dict(self.headers), body)
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_OPTIONS = do_PROPFIND = do_REPORT = do_MKCALENDAR = do_MKCOL = do  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale"), password="secret") as running:
        running.make_calendar("own")
        yield running


def calendars(folder: Path, url: str) -> int:
    (folder / "followup.toml").write_text(TOML.format(url=url))
    return run_command(["calendars", "--config", str(folder / "followup.toml")])


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALENDAR_PASSWORD", "secret")


FRONTS = {
    "cyrus": ({"asks": False}, "/"),
    "cyrus under /dav/": ({"asks": False, "under": "/dav"}, "/"),
    "cyrus at /dav/": ({"asks": False, "under": "/dav"}, "/dav/"),
    "sogo": ({"under": "/SOGo/dav"}, "/"),
    "davical": ({"under": "/caldav.php", "silent": 200}, "/"),
    "davical, 405": ({"under": "/caldav.php", "silent": 405}, "/"),
    "a relative hint": ({"under": "/elsewhere", "leads": "/elsewhere/"}, "/"),
}


@pytest.mark.parametrize("kind", FRONTS)
def test_calendars_are_found_where_addresses_begin(
    server: Server, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options, at = FRONTS[kind]
    with standing(Front(server, **options)) as url:  # type: ignore[arg-type]
        assert calendars(tmp_path, url + at) == 0
        assert f"/{USER}/own/" in capsys.readouterr().out


@pytest.mark.parametrize("kind", FRONTS)
def test_a_wrong_password_is_refused_as_one_and_sent_once(
    server: Server, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALENDAR_PASSWORD", "wrong")
    options, at = FRONTS[kind]
    front = Front(server, **options)  # type: ignore[arg-type]
    with standing(front) as url:
        assert calendars(tmp_path, url + at) == 7
    assert "refuses the login" in capsys.readouterr().err
    assert front.refused == 1


def test_a_server_without_calendars_is_no_empty_account(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with standing(Front(server, under="/nowhere", silent=404)) as url:
        assert calendars(tmp_path, url + "/") == 6
    said = capsys.readouterr().err
    assert "no calendars can be found" in said
    assert "share one with it" not in said, "that is Google's"


def test_a_hint_to_another_server_takes_no_password_there(server: Server, tmp_path: Path) -> None:
    with standing(Front(server)) as other:
        seen: list[str] = []
        stranger = Front(server)
        stranger.answer = lambda *asked: (seen.append(asked[2].get("Authorization", "")), (404, {}, b""))[1]  # type: ignore[method-assign,func-returns-value]
        with standing(stranger) as elsewhere, standing(Front(server, under="/nowhere", leads=elsewhere + "/")) as url:
            assert other
            assert calendars(tmp_path, url + "/") == 6
        assert not any(seen)


def test_an_account_without_a_calendar_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "radicale"
    folder.mkdir()
    with radicale(folder, password="secret") as empty:
        assert calendars(tmp_path, empty.root + "/") == 0
    said = capsys.readouterr().err
    assert "no calendar yet" in said
    assert "followup init" in said
