"""The standard library's transport: the contract, logins, proxies, and where it refuses to speak."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from urllib.parse import urlsplit

import pytest
from transport_contract import Told, TransportContract, told

from connectors.dav.digest_transport import CaldavTransport
from connectors.deadlines import within
from connectors.http_transport import HttpTransport, Login, NoAnswerError, Transport, path_of, proxy_for, same_path
from sync.errors import ConfigError

__all__ = ["told"]
NOW = datetime(2027, 1, 11, tzinfo=UTC)


def make_transport(url: str, login: Login | None = None) -> HttpTransport:
    return HttpTransport(url, login, environ={}, clock=lambda: NOW)


class TestHttpTransport(TransportContract):
    @pytest.fixture
    def transport(self, told: Told) -> Iterator[Transport]:
        transport = make_transport(told.url, Login("ann", "s3cret"))
        yield transport
        transport.close()


@pytest.mark.parametrize(
    ("login", "sent"),
    [
        pytest.param(Login("ann", "s3:crét"), "Basic " + base64.b64encode("ann:s3:crét".encode()).decode(), id="basic"),
        pytest.param(Login("", "t0ken"), "Bearer t0ken", id="bearer"),
    ],
)
def test_login(told: Told, login: Login, sent: str) -> None:
    transport = make_transport(told.url, login)
    told.say(207)
    transport.send("PROPFIND", "/", headers={})
    transport.close()
    assert told.seen[0][2]["Authorization"] == sent
    assert login.secret not in repr(login)


@pytest.mark.parametrize("url", ["http://example.org/", "ftp://127.0.0.1/", "http://10.0.0.1/", "https://"])
def test_only_tls_or_loopback(url: str) -> None:
    with pytest.raises(ConfigError, match="https"):
        make_transport(url)


@pytest.mark.parametrize(
    ("url", "environ", "proxy"),
    [
        pytest.param("https://cal.example.org/", {"https_proxy": "http://p:3128"}, "http://p:3128", id="named"),
        pytest.param("https://cal.example.org/", {"HTTPS_PROXY": "p:3128"}, "http://p:3128", id="upper case, bare"),
        pytest.param(
            "https://cal.example.org/", {"https_proxy": "http://p", "no_proxy": "example.org"}, None, id="left out"
        ),
        pytest.param("https://cal.example.org/", {"http_proxy": "http://p"}, None, id="for another scheme"),
        pytest.param(
            "http://127.0.0.1:5232/", {"https_proxy": "http://p", "all_proxy": "http://p"}, None, id="loopback"
        ),
    ],
)
def test_proxy(url: str, environ: dict[str, str], proxy: str | None) -> None:
    found = proxy_for(urlsplit(url), environ)
    assert (found.geturl() if found else None) == proxy


def test_a_proxy_we_cannot_use_is_said() -> None:
    with pytest.raises(ConfigError, match="socks5"):
        proxy_for(urlsplit("https://cal.example.org/"), {"all_proxy": "socks5://p:1080"})


@pytest.fixture(params=["in the body", "in a header", "endless 100 Continue", "says nothing"])
def dripping(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that goes on for ever, a byte at a time, until it is hung up on."""
    begun = {
        "in the body": b"HTTP/1.1 201 Created\r\nContent-Length: 99999\r\n\r\n",
        "in a header": b"HTTP/1.1 201 Created\r\nX-Long: ",
    }
    again = b"HTTP/1.1 100 Continue\r\n\r\n" if request.param == "endless 100 Continue" else b"x"
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        with contextlib.suppress(OSError):
            while True:
                peer = listening.accept()[0]
                with peer, contextlib.suppress(OSError):
                    peer.recv(65536)
                    peer.sendall(begun.get(request.param, b""))
                    while True:
                        if request.param != "says nothing":
                            peer.sendall(again)
                        elif not peer.recv(1):
                            break
                        time.sleep(0.001)

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(5)


@pytest.mark.parametrize("method", ["PROPFIND", "PUT"])
@pytest.mark.parametrize("kind", ["http", "caldav"])
def test_an_exchange_ends_however_slowly_a_server_answers(dripping: str, method: str, kind: str) -> None:
    transport: Transport
    if kind == "http":
        ticks = count()  # every look at the timer is a second later
        transport = HttpTransport(
            dripping, None, environ={}, clock=lambda: NOW, longest=20, timer=lambda: float(next(ticks)), silence=0.2
        )
    else:
        transport = CaldavTransport(dripping, Login("ann", "x"), environ={}, clock=lambda: NOW, longest=0.2)
    with pytest.raises(NoAnswerError, match="in time"):
        transport.send(method, "/", headers={}, body=b"x" * 100)
    transport.close()


@pytest.mark.parametrize("kind", [HttpTransport, CaldavTransport])
def test_no_exchange_goes_on_past_the_end_of_the_run(told: Told, kind: type[HttpTransport | CaldavTransport]) -> None:
    transport = kind(told.url, Login("ann", "x"), environ={}, clock=lambda: NOW, until=NOW)
    with pytest.raises(NoAnswerError, match="in time"):
        transport.send("PROPFIND", "/", headers={})
    transport.close()
    assert told.seen == []


def test_work_that_does_not_end_is_given_up_on() -> None:
    hold = threading.Event()
    with pytest.raises(TimeoutError):
        within(0.01, hold.wait)
    hold.set()
    assert within(60, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        within(60, lambda: 1 // 0)


@pytest.mark.parametrize(
    ("href", "path", "same"),
    [
        ("/cal/x.ics", "/cal/x.ics", "/cal/x.ics"),
        ("https://p01-caldav.icloud.com/1/cal/x.ics", "/1/cal/x.ics", "/1/cal/x.ics"),
        ("/ann%40home/x.ics", "/ann%40home/x.ics", "/ann@home/x.ics"),
        ("/ann@home/x.ics", "/ann@home/x.ics", "/ann@home/x.ics"),
        ("/über cal/x.ics", "/%C3%BCber%20cal/x.ics", "/über cal/x.ics"),
        ("//evil.example/cal/x.ics", "/cal/x.ics", "/cal/x.ics"),
        ("/cal/x.ics\r\nX: 1", "/cal/x.ics%0D%0AX:%201", "/cal/x.ics\r\nX: 1"),
        ("https://[broken/cal/x.ics?a#b", "/cal/x.ics", "/cal/x.ics"),
        ("", "", ""),
    ],
)
def test_hrefs(href: str, path: str, same: str) -> None:
    assert (path_of(href), same_path(href)) == (path, same)
