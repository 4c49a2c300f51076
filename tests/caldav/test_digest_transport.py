"""caldav's own client behind the transport protocol: the same contract, and Digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from transport_contract import Told, TransportContract, told

from connectors.dav.digest_transport import CaldavTransport
from connectors.http_transport import Login, Transport

__all__ = ["told"]
NOW = datetime(2027, 1, 11, tzinfo=UTC)


class TestCaldavTransport(TransportContract):
    @pytest.fixture
    def transport(self, told: Told) -> Iterator[Transport]:
        login = Login("ann", "s3cret")
        transport = CaldavTransport(told.url, login, environ={}, clock=lambda: NOW, auth_type="basic")
        yield transport
        transport.close()


def test_digest(told: Told) -> None:
    transport = CaldavTransport(told.url, Login("ann", "s3cret"), environ={}, clock=lambda: NOW)
    told.say(401, WWW_Authenticate='Digest realm="r", nonce="n", qop="auth", algorithm=MD5')
    told.say(207, b"<x/>")
    answer = transport.send("PROPFIND", "/cal/", headers={"Depth": "1"}, body=b"<p/>")
    transport.close()
    assert answer.status == 207
    assert told.seen[1][2]["Authorization"].startswith('Digest username="ann"')
    assert told.seen[1][3] == b"<p/>"
    assert "s3cret" not in str(told.seen)
