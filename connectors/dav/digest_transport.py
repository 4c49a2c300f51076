"""caldav's own client behind the same transport protocol, for logins that `http_transport` does not speak (Digest).

Only the client's session is used, with its authentication: caldav's own `put` follows redirects with an empty body
and takes login pages for success. Importing it costs half a second, so nothing else imports this.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from http.client import HTTPException
from typing import Any

import niquests
from caldav import DAVClient

from connectors.deadlines import within
from connectors.http_transport import (
    CONNECT_SECONDS,
    MAX_OCTETS,
    PRIVATE,
    READ_SECONDS,
    REPEATABLE,
    USER_AGENT,
    WHOLE_SECONDS,
    Answer,
    Login,
    NoAnswerError,
    check_origin,
    proxy_for,
)
from connectors.trust import authorities_in


def open_client(url: str, login: Login, *, environ: Mapping[str, str], auth_type: str | None = None) -> DAVClient:
    """caldav's client for this address; it asks nothing yet, unless the address is a bare domain to be looked up."""
    origin = check_origin(url)
    proxy = proxy_for(origin, environ)
    authorities = authorities_in(environ) if origin.scheme == "https" else None
    bare = origin.scheme == "https" and origin.path in ("", "/")
    client = DAVClient(
        url=url,
        username=login.user or None,
        password=login.secret,
        auth_type=auth_type or ("bearer" if not login.user else None),
        timeout=READ_SECONDS,
        proxy=proxy.geturl() if proxy else None,
        ssl_verify_cert=authorities or True,
        enable_rfc6764=bare,
        require_tls=True,
        rate_limit_handle=False,
    )
    client.session.trust_env = False
    return client


class CaldavTransport:
    """A `Transport` over caldav's client, one per thread."""

    def __init__(
        self,
        origin: str,
        login: Login,
        *,
        environ: Mapping[str, str],
        clock: Callable[[], datetime],
        auth_type: str = "digest",
        until: datetime | None = None,
        longest: float = WHOLE_SECONDS,
    ) -> None:
        self._origin = check_origin(origin)
        self._login = login
        self._environ = environ
        self._clock = clock
        self._auth_type = auth_type
        self._until = until
        self._longest = longest
        self._own = threading.local()
        self._all: list[Any] = []
        self._lock = threading.Lock()

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """The answer; one more try where the method allows it. Raises `NoAnswerError`."""
        try:
            return self._exchange(method, path, headers, body)
        except (OSError, HTTPException, niquests.exceptions.RequestException) as error:
            if method not in REPEATABLE or isinstance(error, niquests.exceptions.Timeout | TimeoutError):
                raise NoAnswerError(_explain(error)) from None
        try:
            return self._exchange(method, path, headers, body)
        except (OSError, HTTPException, niquests.exceptions.RequestException) as error:
            raise NoAnswerError(_explain(error)) from None

    def open(self) -> None:
        """Nothing can be made ahead: caldav's client connects with its first request."""

    def close(self) -> None:
        """Close every thread's client."""
        with self._lock:
            for client in self._all:
                client.close()

    def _client(self) -> Any:
        found = getattr(self._own, "client", None)
        if found is None:
            url = self._origin.geturl()
            found = open_client(url, self._login, environ=self._environ, auth_type=self._auth_type)
            found.build_auth_object([self._auth_type])
            with self._lock:
                self._own.client = found
                self._all.append(found)
        return found

    def _exchange(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        left = self._longest if self._until is None else (self._until - self._clock()).total_seconds()
        if left <= 0:
            raise TimeoutError("the run's time is up")
        client = self._client()
        try:
            return within(min(left, self._longest), lambda: self._ask(client, method, path, headers, body))
        except TimeoutError:
            self._own.client = None  # its connection is still at work
            raise

    def _ask(self, client: Any, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        response = client.session.request(
            method,
            f"{self._origin.scheme}://{self._origin.netloc.rpartition('@')[2]}{path}",
            data=body or None,
            headers={"User-Agent": USER_AGENT, **headers},
            auth=client.auth,
            allow_redirects=False,
            stream=True,
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            verify=client.ssl_verify_cert,
            proxies={"https": client.proxy} if client.proxy else None,
        )
        content = bytearray()
        for part in response.iter_content(256 * 1024):
            content += part
            if len(content) > MAX_OCTETS:
                raise HTTPException("the answer is too large")
        received = {str(name).lower(): str(value) for name, value in response.headers.items()}
        return Answer(int(response.status_code or 0), received, bytes(content))


def _explain(error: Exception) -> str:
    if isinstance(error, niquests.exceptions.Timeout | TimeoutError):
        return "it did not answer in time"
    if isinstance(error, niquests.exceptions.SSLError):
        return f"its certificate cannot be trusted; {PRIVATE}"
    return str(error) if type(error) is HTTPException else "the connection broke"
