"""Where an account is asked for its calendars, on servers that do not tell it where they were asked.

Cyrus answers 207 with "unauthenticated" instead of asking for a login; at the bare root of SOGo, DAViCal and many a
Nextcloud there is no CalDAV at all. So the login is sent along, and the usual places are asked in turn, on this server
only and only until one of them refuses the login: servers lock accounts. RFC 6764 6, RFC 5397 3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from connectors.dav.answers import LoginRefusedError, read_principal, wants_digest
from connectors.http_transport import HttpTransport, Login, NoAnswerError, path_of

PLACES = ("/.well-known/caldav", "/dav/", "/SOGo/dav/", "/caldav.php/", "/remote.php/dav/")
"""The first is the standard's; then Cyrus, SOGo, DAViCal, Nextcloud."""
HOPS = 3
LONGEST = 20
"""Seconds for one of them."""
_ASKED = (
    b'<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><current-user-principal/></prop></propfind>'
)


def find_principal(url: str, login: Login, *, environ: Mapping[str, str], clock: Callable[[], datetime]) -> str:
    """The address of who logs in, on the same server; empty where no place names it. Raises `LoginRefusedError`."""
    transport = HttpTransport(url, login, environ=environ, clock=clock, longest=LONGEST)
    try:
        for place in dict.fromkeys((path_of(url) or "/", *PLACES)):
            if found := _ask(transport, url, place):
                return urljoin(url, path_of(found))
    except NoAnswerError:
        return ""
    finally:
        transport.close()
    return ""


def _ask(transport: HttpTransport, url: str, place: str) -> str:
    headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": "0"}
    for _ in range(HOPS):
        answer = transport.send("PROPFIND", place, headers=headers, body=_ASKED)
        if answer.status == 401:
            if wants_digest(answer):
                return ""
            raise LoginRefusedError("the login is refused")
        if answer.status // 100 != 3:
            break
        there = urlsplit(urljoin(urljoin(url, place), answer.headers.get("location", "")))
        if there.netloc.rpartition("@")[2] != urlsplit(url).netloc.rpartition("@")[2]:
            return ""  # another server gets no password
        place = path_of(there.path) or "/"
    return read_principal(answer)
