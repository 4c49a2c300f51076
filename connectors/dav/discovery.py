"""The calendars of a CalDAV account, through the `caldav` library: well-known address, principal, home (RFC 6764).

Used by `init`, `calendars` and for a calendar given by name; a run with the calendar's own URL never comes here.
The library raises many kinds of errors at servers that talk nonsense: all become one here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import niquests
from caldav.lib import error as caldav_errors
from lxml.etree import LxmlError
from msgspec import Struct

from connectors.dav.answers import LoginRefusedError
from connectors.dav.digest_transport import open_client
from connectors.dav.principal import find_principal
from connectors.deadlines import within
from connectors.http_transport import PRIVATE, WHOLE_SECONDS, Login, is_loopback
from sync.errors import ConfigError, CredentialsError, LoginTo, TargetError
from sync.models import CalendarInfo, Remark

_NONSENSE = (
    caldav_errors.DAVError,
    niquests.exceptions.RequestException,
    LxmlError,
    OSError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
LOOK_SECONDS = 2 * WHOLE_SECONDS
"""For all requests of one look at an account."""
Found = TypeVar("Found")
_WRITING = frozenset({"{DAV:}write", "{DAV:}write-content", "{DAV:}bind", "{DAV:}all"})
_PRIVILEGES = '<propfind xmlns="DAV:"><prop><current-user-privilege-set/></prop></propfind>'
NAME_IT = "put the calendar's own address into [target] url"
_NOT_FOR_EVENTS = "it takes no events"
_READ_ONLY = "it is read-only for you"


class Account(Struct, frozen=True):
    """An account whose calendars can be asked for at this address. They are sorted by name."""

    url: str
    calendars: tuple[CalendarInfo, ...]
    scheme: str | None = None
    """How the login is sent along with every request; None waits until it is asked for."""


def list_calendars(
    url: str, login: Login, *, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> tuple[CalendarInfo, ...]:
    """All calendars of the account, by name. Raises `TargetError` or `CredentialsError`."""
    return _find_account(url, login, environ, clock).calendars


def _find_account(url: str, login: Login, environ: Mapping[str, str], clock: Callable[[], datetime]) -> Account:
    """The account at this address or, where the address itself tells of none, at the places that are usual.

    Nothing at all is only an answer where the server said who we are: an account without a calendar.
    """
    silent: TargetError | None = None
    try:
        account = _look(url, login, environ)
    except TargetError as error:
        silent = error
    else:
        if account.calendars:
            return account
    host = urlsplit(url).hostname
    try:
        place = find_principal(url, login, environ=environ, clock=clock) if login.user else ""
    except LoginRefusedError:
        raise _refused(host) from None
    if place:
        return _look(place, login, environ, scheme="basic")
    raise silent or TargetError(f"no calendars can be found at {host}; {NAME_IT}")


def _look(url: str, login: Login, environ: Mapping[str, str], *, scheme: str | None = None) -> Account:
    def look() -> list[CalendarInfo]:
        with _client(url, login, environ, scheme) as client:
            return [_describe(calendar) for calendar in client.get_calendars()]

    found = _in_time(url, look)
    return Account(url, tuple(sorted(found, key=lambda info: (info.name.casefold(), info.url))), scheme)


def find_calendar(
    url: str, name: str, login: Login, *, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> str:
    """The URL of the one calendar with exactly this name. Raises `ConfigError` naming what there is instead."""
    calendars = list_calendars(url, login, environ=environ, clock=clock)
    fitting = [info for info in calendars if info.name == name]
    if len(fitting) == 1:
        if fitting[0].trouble:
            raise ConfigError(f"the calendar {name!r} cannot be used: {fitting[0].trouble}")
        return fitting[0].url
    names = ", ".join(repr(info.name) for info in calendars) or "none at all"
    what = "several calendars are called" if fitting else "there is no calendar called"
    raise ConfigError(f"{what} {name!r}; found: {names}. Put the calendar's own address into [target] url")


def make_calendar(
    url: str, name: str, login: Login, *, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> CalendarInfo:
    """A new calendar, looked up again afterwards: servers choose addresses of their own."""
    account = _find_account(url, login, environ, clock)
    before = {info.url for info in account.calendars}

    def make() -> None:
        with _client(account.url, login, environ, account.scheme) as client:
            client.principal().make_calendar(name=name)

    _in_time(url, make)
    after = _look(account.url, login, environ, scheme=account.scheme)
    new = [info for info in after.calendars if info.url not in before]
    if len(new) != 1:
        raise TargetError(f"the server made no calendar {name!r}; make it in your calendar program and name it here")
    return new[0]


def _in_time(url: str, work: Callable[[], Found]) -> Found:
    """What the work gives; a server that does not come to an end is left."""
    try:
        return within(LOOK_SECONDS, work)
    except TimeoutError:
        raise TargetError(f"{urlsplit(url).hostname} does not answer in time; the next try may go better") from None


@contextmanager
def _client(url: str, login: Login, environ: Mapping[str, str], scheme: str | None = None) -> Iterator[Any]:
    host = urlsplit(url).hostname or ""
    try:
        client = open_client(url, login, environ=environ, auth_type=scheme)
        host = client.url.hostname or host
        if client.url.scheme != "https" and not is_loopback(host):
            raise TargetError(f"{host} is not encrypted; use its https:// address")
        try:
            yield client
        finally:
            client.close()
    except caldav_errors.AuthorizationError as error:
        if getattr(error, "status", 401) == 403:
            raise TargetError(
                f"{host} does not let you look around; put the calendar's address into [target] url"
            ) from None
        raise _refused(host) from None
    except niquests.exceptions.SSLError:
        raise TargetError(f"the certificate of {host} cannot be trusted; {PRIVATE}") from None
    except _NONSENSE as error:
        raise TargetError(f"no calendars can be found at {host} ({type(error).__name__}); {NAME_IT}") from None


def _refused(host: str | None) -> CredentialsError:
    return CredentialsError(
        Remark("failed.login", {"host": host}),
        login=LoginTo.CALENDAR,
    )


def _describe(calendar: Any) -> CalendarInfo:
    trouble = ""
    if not _takes_events(calendar):
        trouble = _NOT_FOR_EVENTS
    elif not _lets_write(calendar):
        trouble = _READ_ONLY
    name = " ".join(str(calendar.get_display_name() or calendar.id or "").split())[:200]
    return CalendarInfo(name, str(calendar.url), trouble)


def _takes_events(calendar: Any) -> bool:
    try:
        kinds: Sequence[str] = calendar.get_supported_components()
    except _NONSENSE:
        return True
    return not kinds or "VEVENT" in kinds


def _lets_write(calendar: Any) -> bool:
    """Whether the privileges say so; a server that names none is believed to let us."""
    headers = {"Depth": "0", "Content-Type": "application/xml; charset=utf-8"}
    try:
        answer = calendar.client.request(str(calendar.url), "PROPFIND", _PRIVILEGES, headers)
        named = {str(held.tag) for privilege in answer.tree.iter("{DAV:}privilege") for held in privilege}
    except _NONSENSE:
        return True
    return not named or bool(named & _WRITING)
