"""Addresses of Google Sheets and calendars: every form that people paste, taken apart once; and those made from them.

A sheet is a spreadsheet's id and perhaps a tab. A tab's number (`gid`) survives renaming, its title doesn't. A page
published to the web (`/d/e/2PACX-...`) has a key that is no id: nobody gets from it to the sheet or to a row.
gspread's own parser takes such a page for a sheet called "e" and refuses `/u/1/d/ID`.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from msgspec import Struct

from sync.errors import ConfigError

DOCS = "https://docs.google.com"
CALENDARS = "https://apidata.googleusercontent.com/caldav/v2"

_ID = r"[A-Za-z0-9_-]{10,120}"
_HOSTS = ("docs.google.com", "drive.google.com", "spreadsheets.google.com")


class SheetAddress(Struct, frozen=True):
    """A spreadsheet, or a page published from one, and the tab that was meant, where one was."""

    id: str
    gid: int | None = None
    published: bool = False

    def identity(self, tab: str | int) -> str:
        """What this source is, for good; the same for every way of reading it."""
        return f"google_sheet:{self.id}" + (f"#{tab}" if tab != "" else "")

    def row_link(self, number: int, gid: int | None) -> str:
        """A link that opens the sheet at this row, where the tab is known; empty for a published page."""
        if self.published:
            return ""
        return f"{DOCS}/spreadsheets/d/{self.id}/edit" + ("" if gid is None else f"#gid={gid}&range=A{number}")

    def csv_link(self, gid: int | None, *, root: str = DOCS) -> str:
        """Where the tab can be had as CSV without credentials; without a gid the first tab."""
        if self.published:
            query = {"single": "true", "output": "csv"} | ({} if gid is None else {"gid": str(gid)})
            return f"{root}/spreadsheets/d/e/{self.id}/pub?{urlencode(query)}"
        query = {"format": "csv"} | ({} if gid is None else {"gid": str(gid)})
        return f"{root}/spreadsheets/d/{self.id}/export?{urlencode(query)}"


def parse_address(text: str) -> SheetAddress:
    """The sheet meant by a pasted address or a bare id. Raises `ConfigError`."""
    text = text.strip()
    if re.fullmatch(_ID, text):
        return SheetAddress(text)
    url = urlsplit(text if "://" in text else f"https://{text}")
    if url.hostname not in _HOSTS:
        raise ConfigError(
            f"source.sheet = {text[:200]!r} is no address of a Google Sheet; open the sheet and copy the address bar"
        )
    query = parse_qs(url.query)
    gid = _number((query | parse_qs(url.fragment)).get("gid", [""])[0])
    if page := re.search(rf"/d/e/({_ID})(/|$)", url.path):
        return SheetAddress(page[1], gid, published=True)
    if sheet := re.search(rf"/d/({_ID})(/|$)", url.path):
        return SheetAddress(sheet[1], gid)
    for key in (*query.get("id", []), *query.get("key", [])):
        if re.fullmatch(_ID, key):
            return SheetAddress(key, gid)
    raise ConfigError(f"source.sheet = {text[:200]!r} names no sheet; the address of a sheet contains /spreadsheets/d/")


def is_google_calendar(url: str) -> bool:
    """Whether this is an address of Google Calendar."""
    return bool(re.match(r"https://([a-z0-9-]+\.)*(google|googleusercontent|googleapis)\.com([:/]|$)", url))


def events_url(url: str, calendar: str = "") -> str:
    """Where a Google calendar's events are: the one address that works over CalDAV.

    Takes what people have at hand: today's address, with `/user` at its end or nothing, the old one, and the server's
    with a calendar id beside it. Raises `ConfigError` for an address that cannot be written to.
    """
    parts = urlsplit(url)
    if parts.path.endswith(".ics"):
        raise ConfigError(
            "target.url is a feed that can only be read; use the calendar's id: Google Calendar > Settings of the"
            " calendar > Integrate calendar > Calendar ID, or run `followup calendars`"
        )
    found = re.match(r"/(?:caldav/v2|calendar/dav)/([^/]+)", parts.path)
    name = calendar or (unquote(found[1]) if found else "")
    if not re.fullmatch(r"[\w.+%#-]+(@[\w.-]+)?", name):
        raise ConfigError(
            'target.url names no Google calendar; run `followup calendars` and copy an address, or set calendar = "ID"'
        )
    return f"{CALENDARS}/{quote(name, safe='@')}/events/"


def _number(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,12}", text) else None
