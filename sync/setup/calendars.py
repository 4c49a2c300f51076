"""The calendars people have, out of `mappings/calendars.toml`, and what somebody means who names one.

A number of the list, a name (`icloud`), a mail address, an address copied from the browser or a CalDAV address is
understood; what cannot be written into is refused with what can.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qs, quote, unquote, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from sync import toml
from sync.convert import convert
from sync.errors import ConfigError
from sync.safe_text import holds_login

FILE_ENDINGS = (".ics", ".ical", ".ifb")


class CalendarService(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of calendar. The meaning of each field stands in the head of the data."""

    title: str
    names: tuple[str, ...]
    web: tuple[str, ...] = ()
    page: str = ""
    mail: tuple[str, ...] = ()
    url: str = ""
    host: str = ""
    user: str = ""
    password: str = ""
    makes: bool = False
    make: str = ""
    cannot: tuple[str, ...] = ()
    feed: bool = False

    def address(self, *, host: str = "", user: str = "") -> str:
        """Where programs find the calendar of this user on this host, which may be given as a whole address.

        Raises `ConfigError` for a host that is none.
        """
        if "{host}" not in self.url:
            return self.url.format(user=quote(user, safe="@"))
        if self.url == "{host}":
            return host if "://" in host else f"https://{host}"
        place = urlsplit(host if "://" in host else f"https://{host}")
        if not place.netloc or not re.fullmatch(r"[\w.-]+(:\d+)?", place.netloc):
            raise ConfigError(f"{host!r} is no address of a server")
        return self.url.format(host=place.netloc, user=quote(user, safe="@"))


class Meant(Struct, frozen=True):
    """The calendar somebody means: the service, and what the words said already."""

    service: CalendarService
    user: str = ""
    host: str = ""
    url: str = ""
    path: str = ""
    calendar: str = ""
    """The id of one calendar of the account, where the words named it."""


@cache
def list_services() -> Mapping[str, CalendarService]:
    """All services by their short name, in the order of the list."""
    text = files("mappings").joinpath("calendars.toml").read_text("utf-8")
    return convert(toml.loads(text), dict[str, CalendarService])


def in_words(service: CalendarService, said: Mapping[str, Mapping[str, str | tuple[str, ...]]]) -> CalendarService:
    """The service as one language speaks of it."""
    name = next((name for name, one in list_services().items() if one is service), "")
    return replace(service, **said.get(name, {}))


def recognise_calendar(text: str) -> Meant:
    """What calendar this names. Raises `ConfigError` with what would be right."""
    refuse_login(text)
    services = list_services()
    given = text.strip()
    word = given.casefold()
    if word.isascii() and word.isdigit() and 0 < int(word[:9]) <= len(services):
        return Meant(list(services.values())[int(word[:9]) - 1])
    for service in services.values():
        if word in service.names or word == service.title.casefold():
            return Meant(service)
    if (calendar := google_calendar_id(given)) and _by_google(given):
        return Meant(services["google"], calendar=calendar)
    if re.match(r"(https?|webcals?)://", word):
        return _by_address(given)
    if re.fullmatch(r"[^\s@/]+@[^\s@/]+\.[^\s@/]+", given):
        return _by_mail(given)
    if word.endswith(FILE_ENDINGS):
        return Meant(services["file"], path=given)
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?", given) and _service_of(given.split("/")[0]):
        return _by_address(f"https://{given}")
    raise ConfigError(
        f"{given!r} is no calendar that is known: give a number of the list, a name such as icloud, an address that"
        " begins with https://, or a file name that ends in .ics"
    )


def refuse_login(address: str) -> None:
    """Raises `ConfigError`, which never repeats it, for an address with a name or a password in it."""
    if holds_login(address):
        raise ConfigError("the address holds a name or a password before its host; give it without: both are asked for")


def find_page(url: str) -> str:
    """Where a person looks at the calendar with this CalDAV address in a browser; empty where no page is known."""
    parts, services = urlsplit(url), list_services()
    host, before_dav = (parts.hostname or "").casefold(), parts.path.partition("/remote.php/")
    if before_dav[1]:
        return services["nextcloud"].page.format(host=parts.netloc + before_dav[0])
    for service in services.values():
        if any(host == web or host.endswith(f".{web}") for web in service.web):
            return service.page.format(host=parts.netloc)
    return ""


_GOOGLE_ID = r"[\w.+%-]+@(group|import|resource)\.(v\.)?calendar\.google\.com"


def google_calendar_id(text: str) -> str:
    """The id of a Google calendar in what people copy: the id itself, an address to share or to embed, a feed."""
    given = unquote(text.strip())
    if re.fullmatch(_GOOGLE_ID, given):
        return given
    query = parse_qs(urlsplit(text.strip()).query)
    coded = [*query.get("cid", []), *re.findall(r"/settings/calendar/([\w-]+)", given)]
    for code in coded:
        with suppress(ValueError):
            return base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode("ascii")
    named = [
        *query.get("src", []),
        *re.findall(r"/calendar/ical/([^/]+@[^/]+)/", given),
        *re.findall(_GOOGLE_PATH, given),
    ]
    return named[0] if named and "@" in named[0] else ""


_GOOGLE_PATH = r"/(?:caldav/v2|calendar/dav)/([^/]+@[^/]+)/"


def _by_google(text: str) -> bool:
    host = urlsplit(text).hostname
    return host is None or _service_of(host) is list_services()["google"]


def _service_of(host: str) -> CalendarService | None:
    return next((service for service in list_services().values() if host.casefold() in service.web), None)


def _by_mail(address: str) -> Meant:
    domain = address.rpartition("@")[2].casefold()
    for service in list_services().values():
        if domain in service.mail:
            return Meant(service, user=address)
    raise ConfigError(f"which calendar belongs to {address} is not known; give its number or its CalDAV address")


def _by_address(url: str) -> Meant:
    """What an address means: a program's own is kept, one of a web page is answered with the right one."""
    services, parts = list_services(), urlsplit(url)
    path = parts.path
    if parts.scheme.startswith("webcal") or path.casefold().endswith(FILE_ENDINGS):
        raise ConfigError(
            f"{url} is a feed that can only be read; followup has to write: name the calendar's service, or its"
            " CalDAV address"
        )
    service = _service_of(parts.hostname or "")
    if service is not None and service.feed:
        return Meant(service)
    if service is not None and not re.search(r"caldav|/dav|googleusercontent", f"{parts.hostname}{path}"):
        host = parts.netloc if "{host}" in service.url else ""
        return Meant(service, host=host)
    if found := re.match(r"(.*)/(?:index\.php/)?apps/(?:calendar|dashboard|files)\b", path):
        return Meant(services["nextcloud"], url=f"https://{parts.netloc}{found[1]}/remote.php/dav/")
    return Meant(service or services["caldav"], url=url)
