"""A stranger's address leads to the open internet or nowhere: its name is looked at after it is resolved."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from target_contract import NOW

from connectors.http_transport import HttpTransport, Login, is_loopback
from connectors.reachable import connect_where_allowed, is_public
from sync.errors import ConfigError

PUBLIC = ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
OTHERS = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.5", "64:ff9b::a00:5", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "x", "",
]  # fmt: skip


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        yield listening


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
    """Let names resolve to these addresses, to the next ones at each time."""
    left = list(answers)

    def resolve(host: str, port: int, *given: Any, **named: Any) -> list[Any]:
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", OTHERS)
def test_addresses_that_are_not(address: str) -> None:
    assert not is_public(address)


def test_nothing_is_sent_to_a_machine_that_may_not_be_reached(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    transport = HttpTransport(
        f"http://localhost:{port}/", Login("ann", "secret"), environ={}, clock=lambda: NOW, may_reach=is_public
    )
    with pytest.raises(ConfigError, match=r"localhost leads to .*, which is not on the open internet"):
        transport.send("GET", "/", headers={})
    with pytest.raises(TimeoutError):
        listener.accept()


def test_a_name_with_one_address_inside_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["93.184.215.14", "10.0.0.5"])
    with pytest.raises(ConfigError, match=r"calendar\.example leads to 10\.0\.0\.5"):
        connect_where_allowed(is_public, ("calendar.example", 443), 5)


def test_a_name_that_leads_elsewhere_the_next_moment_gains_nothing(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was looked at is the one connected to."""
    port, asked = listener.getsockname()[1], list[str]()

    def only_the_first(address: str) -> bool:
        asked.append(address)
        return is_loopback(address)

    names(monkeypatch, ["127.0.0.1"], ["127.0.0.1"], ["10.0.0.5"])
    connect_where_allowed(only_the_first, ("calendar.example", port), 5).close()
    peer, _ = listener.accept()
    peer.close()
    assert asked == ["127.0.0.1"]


def test_each_connection_is_looked_at_anew(listener: socket.socket, tmp_path: Path) -> None:
    allowed = True
    port = listener.getsockname()[1]
    transport = HttpTransport(
        f"http://127.0.0.1:{port}/", None, environ={}, clock=lambda: NOW, may_reach=lambda address: allowed
    )
    transport.open()
    listener.accept()[0].close()
    transport.close()
    allowed = False
    with pytest.raises(ConfigError, match="not on the open internet"):
        transport.send("GET", "/", headers={})


def test_a_proxy_is_passed_by_since_it_would_resolve_the_name_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["10.0.0.5"])
    environ = {"https_proxy": "http://proxy.example:3128"}
    transport = HttpTransport(
        "https://calendar.example/", None, environ=environ, clock=lambda: NOW, may_reach=is_public
    )
    with pytest.raises(ConfigError, match=r"calendar\.example leads to 10\.0\.0\.5"):
        transport.send("GET", "/", headers={})
