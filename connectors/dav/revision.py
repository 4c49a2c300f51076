"""What a calendar says about itself, found out in one request: two equal answers mean that nothing in it has changed.

A **revision** is the calendar's own mark for its present state, with its kind (`read_revision`), or else the digest of
one listing. It is empty where there is none to rely on. Standard library only: this runs in front of every `sync`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from connectors.dav.answers import (
    LIST_BODY,
    LoginRefusedError,
    NotDavError,
    read_revision,
    read_rows,
    revision_body,
    wants_digest,
)
from connectors.http_transport import Answer, HttpTransport, Login, NoAnswerError, Transport, path_of
from sync.errors import FollowupError

COARSE = 10
LONGEST = 30
"""Seconds."""


def ask_revision(
    address: str, login: Login, *, like: str = "", environ: Mapping[str, str], clock: Callable[[], datetime]
) -> str:
    """The revision of the calendar at this address; empty where it can't be asked. Raises `LoginRefusedError`.

    `like` is an earlier one: only its kind is asked for. Whoever answers slowly is not waited for: the run asks again.
    """
    try:
        transport = HttpTransport(address, login, environ=environ, clock=clock, longest=LONGEST)
    except FollowupError:
        return ""
    try:
        return ask_through(transport, path_of(address), like=like, clock=clock)
    except LoginRefusedError:
        raise
    except (NoAnswerError, NotDavError):
        return ""
    finally:
        transport.close()


def ask_through(transport: Transport, path: str, *, like: str = "", clock: Callable[[], datetime]) -> str:
    """The same over a connection that is open already. Raises `NoAnswerError` and `NotDavError`."""
    if not like.startswith("listing "):
        revision = read_revision(_ask(transport, path, revision_body(like), depth="0"), path)
        if revision or like:
            return "" if _is_clock(revision, clock()) else revision
    rows = read_rows(_ask(transport, path, LIST_BODY, depth="1"))
    members = [row for row in rows if "collection" not in row.kinds]
    if any(row.truncated or row.status // 100 != 2 for row in rows) or not all(row.etag for row in members):
        return ""
    return "listing " + sha256("\n".join(sorted(f"{row.href} {row.etag}" for row in members)).encode()).hexdigest()


def _ask(transport: Transport, path: str, body: bytes, *, depth: str) -> Answer:
    headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": depth}
    answer = transport.send("PROPFIND", path, headers=headers, body=body)
    if answer.status == 401 and not wants_digest(answer):
        raise LoginRefusedError("the login is refused")
    return answer


def _is_clock(revision: str, now: datetime) -> bool:
    """Whether this is the present time: a server that counts seconds (SOGo) has one revision for a whole second."""
    return any(abs(int(digits) - now.timestamp()) < COARSE for digits in re.findall(r"(?<!\d)\d{10}", revision))
