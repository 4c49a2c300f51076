"""What every transport must do, on a server that answers as told."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from connectors.http_transport import MAX_OCTETS, NoAnswerError, Transport


@dataclass
class Told:
    """What the server is told to do, and what it saw. An empty answer closes the connection without a word."""

    answers: list[bytes] = field(default_factory=list)
    seen: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    connections: int = 0
    url: str = ""

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        """The next answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {len(body)}"] + [f"{n}: {v}" for n, v in named.items()]
        self.answers.append("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


@pytest.fixture
def told() -> Iterator[Told]:
    told = Told()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            told.connections += 1
            super().setup()

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told.seen.append((self.command, self.path, dict(self.headers), body))
            answer = told.answers.pop(0)
            if not answer or b"Content-Length: 99999" in answer:
                self.close_connection = True
            self.wfile.write(answer)

        do_GET = do_PUT = do_DELETE = do_PROPFIND = do_REPORT = do  # noqa: N815 - their names

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}"
    yield told
    server.shutdown()
    server.server_close()
    thread.join(5)


class TransportContract:
    """Subclasses give the fixture `transport`, logged in at `told.url` as ann with the secret "s3cret"."""

    @pytest.fixture
    def transport(self, told: Told) -> Iterator[Transport]:
        raise NotImplementedError

    def test_request_in_answer_out(self, transport: Transport, told: Told) -> None:
        told.say(201, b"body", ETag='"1"', X_Odd="yes")
        answer = transport.send("PUT", "/a%40b/x.ics", headers={"If-None-Match": "*"}, body=b"BEGIN")
        assert (answer.status, answer.body, answer.headers["etag"], answer.headers["x-odd"]) == (
            201,
            b"body",
            '"1"',
            "yes",
        )
        method, path, headers, body = told.seen[0]
        assert (method, path, body, headers["If-None-Match"]) == ("PUT", "/a%40b/x.ics", b"BEGIN", "*")
        assert headers["User-Agent"].startswith("followup/")

    @pytest.mark.parametrize("status", [204, 301, 302, 307, 308, 400, 403, 404, 409, 412, 423, 429, 500, 503, 507])
    def test_every_status_is_an_answer_and_no_redirect_is_followed(
        self, transport: Transport, told: Told, status: int
    ) -> None:
        told.say(status, Location="http://127.0.0.1:1/other", Retry_After="7")
        answer = transport.send("PUT", "/x.ics", headers={}, body=b"x")
        assert (answer.status, answer.headers["retry-after"]) == (status, "7")
        assert len(told.seen) == 1

    def test_the_connection_is_kept(self, transport: Transport, told: Told) -> None:
        for _ in range(3):
            told.say(207, b"<x/>")
            transport.send("PROPFIND", "/", headers={"Depth": "1"}, body=b"<p/>")
        assert (len(told.seen), told.connections) == (3, 1)

    def test_a_connection_opened_ahead_is_the_one_that_is_used(self, transport: Transport, told: Told) -> None:
        transport.open()
        told.say(201)
        assert transport.send("PUT", "/x.ics", headers={}, body=b"x").status == 201
        assert told.connections == 1

    @pytest.mark.parametrize("method", ["PROPFIND", "REPORT", "GET"])
    def test_a_read_survives_one_broken_connection(self, transport: Transport, told: Told, method: str) -> None:
        told.answers.append(b"")
        told.say(207, b"<x/>")
        assert transport.send(method, "/", headers={}, body=b"").status == 207

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_a_write_is_never_sent_twice(self, transport: Transport, told: Told, method: str) -> None:
        told.say(207, b"<x/>")
        transport.send("PROPFIND", "/", headers={}, body=b"")  # the connection is warm
        told.answers.append(b"")
        told.say(201)
        with pytest.raises(NoAnswerError):
            transport.send(method, "/x.ics", headers={}, body=b"x")
        time.sleep(0.05)
        assert [seen[0] for seen in told.seen] == ["PROPFIND", method]

    def test_an_answer_cut_off_is_no_answer(self, transport: Transport, told: Told) -> None:
        told.answers += [b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\nBEGIN:VCAL"] * 2
        with pytest.raises(NoAnswerError):
            transport.send("GET", "/x.ics", headers={})

    def test_packed_answers_are_unpacked_within_bounds(self, transport: Transport, told: Told) -> None:
        told.say(200, gzip.compress(b"hello"), Content_Encoding="gzip")
        assert transport.send("GET", "/x.ics", headers={}).body == b"hello"
        bomb = gzip.compress(bytes(MAX_OCTETS + 1), compresslevel=9)
        for _ in range(2):
            told.say(200, bomb, Content_Encoding="gzip")
        with pytest.raises(NoAnswerError):
            transport.send("GET", "/x.ics", headers={})

    def test_nobody_there_is_no_answer(self, transport: Transport, told: Told) -> None:
        told.answers += [b"", b""]
        with pytest.raises(NoAnswerError) as raised:
            transport.send("GET", "/", headers={})
        assert "s3cret" not in str(raised.value)

    def test_many_threads(self, transport: Transport, told: Told) -> None:
        for _ in range(40):
            told.say(200, b"ok")
        results: list[int] = []
        threads = [
            threading.Thread(
                target=lambda: results.extend(transport.send("GET", "/x", headers={}).status for _ in range(10))
            )
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert results == [200] * 40
