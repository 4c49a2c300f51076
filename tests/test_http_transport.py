"""The standard library's transport: the contract, logins, proxies, and where it refuses to speak."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from urllib.parse import urlsplit

import pytest
from transport_contract import Told, TransportContract, told

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


def test_a_server_that_drips_is_left(told: Told) -> None:
    moments = (NOW + timedelta(hours=n) for n in count())
    transport = HttpTransport(told.url, None, environ={}, clock=lambda: next(moments))
    told.say(200, b"x" * 10)
    told.say(200, b"x" * 10)
    with pytest.raises(NoAnswerError, match="slow"):
        transport.send("GET", "/", headers={})
    transport.close()


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
