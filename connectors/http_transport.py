"""One small way to send requests to one server: request in; status, headers and bytes out.

- Redirects are answers like any other, never followed: followed, a PUT loses its body.
- One origin for good. Only paths are asked for, so that credentials never reach another host, whatever a server lists.
- Connections are kept alive. PROPFIND, REPORT, GET and OPTIONS are sent again once when a connection breaks; PUT and
  DELETE never: their outcome is unknown and must be read back.
- Every exchange ends: connecting, sending and every byte of the answer share one of `deadlines`, and none goes on past
  `until`, the end of the run. A server that keeps saying "100 Continue" is cut off with the rest.
- Sizes are bounded, unpacked ones too. TLS is verified; without TLS only a loopback address is spoken to.
- With `may_reach` every connection is made to an address that may be spoken to (`reachable`), or not at all.
- Proxies and authorities come from the environment mapping handed in (`https_proxy`, `no_proxy`, `trust`).

The ordinary implementation is the standard library's; `dav.transport` speaks through caldav's own client for
servers that need more than Basic or Bearer. One contract suite runs over both.
"""

from __future__ import annotations

import base64
import re
import select
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from typing import Protocol
from urllib.parse import SplitResult, quote, unquote, urlsplit

from msgspec import Struct

from connectors.deadlines import BoundedSocket, Deadline, Timer
from connectors.trust import authorities_in, make_context
from sync import __version__
from sync.errors import ConfigError

CONNECT_SECONDS = 20
READ_SECONDS = 90
"""iCloud needs more than 30 seconds for a full multiget."""
WHOLE_SECONDS = 120
"""The longest exchange: every run ends within its `run_seconds` and one of these."""
MAX_OCTETS = 32 * 1024 * 1024
PRIVATE = "[target] ca_file names an authority of your own"
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PROPFIND", "REPORT"})
USER_AGENT = f"followup/{__version__}"


LONGEST_WAIT = timedelta(hours=2)
"""No server makes us stay away for longer: DAVx5's bound for Retry-After."""


class NoAnswerError(Exception):
    """The connection failed, broke or timed out, or the answer was not HTTP: whether it took effect is unknown."""


class Answer(Struct, frozen=True):
    """What the server said. Header names are in lower case; the body is unpacked."""

    status: int
    headers: Mapping[str, str] = {}
    body: bytes = b""

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} octets)"  # a token may be among them

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.body.decode("utf-8", errors="replace")


def wait_asked(answer: Answer, now: datetime) -> timedelta | None:
    """How long Retry-After asks us to stay away, in both its forms, bounded; None where it asks nothing."""
    value = answer.headers.get("retry-after", "").strip()
    if value.isdigit():
        asked = timedelta(seconds=min(int(value), 10**6))
    else:
        try:
            until = parsedate_to_datetime(value)
        except (ValueError, TypeError):
            return None
        asked = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(max(asked, timedelta(0)), LONGEST_WAIT)


class Transport(Protocol):
    """A way to one server. Safe to use from several threads."""

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """The server's answer, whatever its status. Raises `NoAnswerError`."""

    def open(self) -> None:
        """Make one more connection, ahead of the request that needs it. Never raises: that one says what is wrong."""

    def close(self) -> None:
        """Close all connections; the next request opens new ones."""


class Login(Struct, frozen=True):
    """Who we are. Without a user the secret is a bearer token."""

    user: str
    secret: str

    def __repr__(self) -> str:
        return f"Login({self.user!r})"  # never the secret

    @property
    def authorization(self) -> str:
        """The Authorization header's value."""
        if not self.user:
            return f"Bearer {self.secret.strip()}"
        return "Basic " + base64.b64encode(f"{self.user}:{self.secret}".encode()).decode()


class HttpTransport:
    """The standard library's client, with as many connections as requests were under way at once."""

    def __init__(
        self,
        origin: str,
        login: Login | None,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        until: datetime | None = None,
        longest: float = WHOLE_SECONDS,
        silence: float = READ_SECONDS,
        timer: Timer = time.monotonic,
        may_reach: Callable[[str], bool] | None = None,
    ) -> None:
        self._may_reach = may_reach
        self._origin = check_origin(origin)
        self._login = login
        self._proxy = proxy_for(self._origin, environ) if may_reach is None else None  # it would resolve the name anew
        self._authorities = authorities_in(environ) if self._origin.scheme == "https" else None
        self._clock = clock
        self._until = until
        self._longest, self._silence = longest, silence
        self._timer = timer
        self._idle: list[HTTPConnection] = []
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """The answer; one more try on a new connection where the method allows it."""
        sent = {"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **headers}
        if self._login:
            sent["Authorization"] = self._login.authorization
        with self._connection() as connection:
            try:
                return self._exchange(connection, method, path, sent, body)
            except (OSError, HTTPException) as error:
                connection.close()
                if method not in REPEATABLE or isinstance(error, TimeoutError | ssl.SSLCertVerificationError):
                    raise NoAnswerError(explain(error)) from None
            try:
                return self._exchange(connection, method, path, sent, body)
            except (OSError, HTTPException) as error:
                connection.close()
                raise NoAnswerError(explain(error)) from None

    def open(self) -> None:
        """Keep one more connection ready."""
        with self._lock:
            connection = self._make_connection()
        try:
            self._connect(connection, self._deadline())
        except (OSError, HTTPException):
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Close every connection that is not in use."""
        for connection in self._idle:
            connection.close()

    @contextmanager
    def _connection(self) -> Iterator[HTTPConnection]:
        """A connection for one request: the one that rested longest, so that one just opened has its time to open."""
        with self._lock:
            found = self._idle.pop(0) if self._idle else self._make_connection()
        if found.sock is not None and select.select([found.sock], [], [], 0)[0]:
            found.close()  # an idle connection with something to read was closed by the server
        try:
            yield found
        finally:
            self._idle.append(found)

    def _make_connection(self) -> HTTPConnection:
        host, port = self._origin.hostname or "", self._origin.port
        if self._origin.scheme == "http":
            return HTTPConnection(host, port, timeout=CONNECT_SECONDS)
        self._tls = self._tls or make_context(self._authorities)
        if self._proxy is None:
            return HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=self._tls)
        through = HTTPSConnection(
            self._proxy.hostname or "", self._proxy.port or 8080, timeout=CONNECT_SECONDS, context=self._tls
        )
        told = {}
        if self._proxy.username:
            login = Login(unquote(self._proxy.username), unquote(self._proxy.password or ""))
            told["Proxy-Authorization"] = login.authorization
        through.set_tunnel(host, port or 443, headers=told)
        return through

    def _exchange(
        self, connection: HTTPConnection, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        deadline = self._deadline()
        self._connect(connection, deadline)
        connection.request(method, path, body=body or None, headers=dict(headers))
        response = connection.getresponse()
        content = self._read(response)
        received = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, received, unpack(content, received.get("content-encoding", "")))

    def _deadline(self) -> Deadline:
        """The bound of one exchange that begins now."""
        left = self._longest if self._until is None else (self._until - self._clock()).total_seconds()
        return Deadline(min(left, self._longest), silence=self._silence, timer=self._timer)

    def _connect(self, connection: HTTPConnection, deadline: Deadline) -> None:
        """Open the connection unless it is open, and let the exchange that follows be bounded."""
        if connection.sock is None:
            connection.timeout = min(CONNECT_SECONDS, deadline.wait())
            if self._may_reach is not None:
                self._restrict(connection, self._may_reach)
            connection.connect()
            assert connection.sock is not None
            connection.sock = BoundedSocket(connection.sock, deadline)
        assert isinstance(connection.sock, BoundedSocket)
        connection.sock.deadline = deadline

    def _restrict(self, connection: HTTPConnection, may_reach: Callable[[str], bool]) -> None:
        """Let every connecting look at the addresses of its host: http.client has this seam for tunnels and tests."""
        from connectors.reachable import connect_where_allowed

        connection._create_connection = partial(connect_where_allowed, may_reach)  # type: ignore[attr-defined]

    def _read(self, response: HTTPResponse) -> bytes:
        parts: list[bytes] = []
        size = 0
        while part := response.read(256 * 1024):
            parts.append(part)
            size += len(part)
            if size > MAX_OCTETS:
                raise HTTPException("the answer is too large")
        stated = response.headers.get("Content-Length", "")
        if stated.isdigit() and int(stated) != size and response.status not in (204, 304):
            raise HTTPException("the answer was cut off")
        return b"".join(parts)


def unpack(content: bytes, encoding: str) -> bytes:
    """The content without its compression, bounded. Raises `HTTPException` for what cannot be unpacked."""
    encoding = encoding.strip().lower()
    if encoding in ("", "identity") or not content:
        return content
    if encoding not in ("gzip", "x-gzip"):
        raise HTTPException(f"the answer is packed as {encoding!r}, which was not asked for")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(content, MAX_OCTETS)
    except zlib.error:
        raise HTTPException("the answer cannot be unpacked") from None
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise HTTPException("the answer is too large or was cut off")
    return plain


def check_origin(url: str) -> SplitResult:
    """The parts of an address that may be spoken to. Raises `ConfigError` for anything but TLS or loopback."""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return parts
    if parts.scheme == "http" and is_loopback(parts.hostname or ""):
        return parts
    raise ConfigError(f"{parts.scheme}://{parts.hostname} is not encrypted; use its https:// address")


def is_loopback(host: str) -> bool:
    """Whether this names the machine itself."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(origin: SplitResult, environ: Mapping[str, str]) -> SplitResult | None:
    """The proxy the environment names for this address. Raises `ConfigError` for a kind we cannot use."""
    low = {name.lower(): value for name, value in environ.items()}
    chosen = low.get("https_proxy") or low.get("all_proxy")
    host = origin.hostname or ""
    if not chosen or is_loopback(host):
        return None
    from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]

    if proxy_bypass_environment(host, {"no": low.get("no_proxy", "")}):
        return None
    parts = urlsplit(chosen if "://" in chosen else f"http://{chosen}")
    if parts.scheme != "http" or not parts.hostname:
        raise ConfigError(f"https_proxy names a {parts.scheme} proxy; only http:// proxies can be used here")
    return parts


def explain(error: Exception) -> str:
    """One plain reason, without addresses or secrets."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be trusted ({error.verify_message}); {PRIVATE}"
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "it refuses connections"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error) if type(error) is HTTPException else "the connection broke"


_PATH = re.compile(r"(?:[^:/?#]+:)?(?://[^/?#]*)?([^?#]*)")
"""An href's path (RFC 3986, appendix B): a match for any text at all, where `urlsplit` refuses some."""


def path_of(href: str) -> str:
    """The path of an href as it may be requested: what a server listed, with odd characters encoded."""
    return quote(_path(href), safe="/%@:!$&'()*+,;=~-._")


def same_path(href: str) -> str:
    """What hrefs are compared by: the path, decoded once; hosts differ on iCloud, `%40` is `@`."""
    return unquote(_path(href))


def _path(href: str) -> str:
    found = _PATH.match(href)
    assert found is not None
    return found[1]
