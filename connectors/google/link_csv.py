"""A Google Sheet without a login: the CSV of a sheet shared by link, or of a page published to the web.

Whoever has the link can read such a sheet, and cells come as they are displayed: good for a first try.
Google answers with a redirect to the server that holds the file. A private sheet answers with a login page, often with
status 200: only `text/csv` is data.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urljoin, urlsplit

import requests
from msgspec import Struct
from msgspec.structs import replace

from connectors.csv_text import MAX_BYTES, parse_csv
from connectors.google.address import DOCS, SheetAddress
from connectors.google.http import (
    TIMEOUTS,
    Passing,
    Timeouts,
    keep_trying,
    network_failure,
    open_session,
    plain,
    retry_after,
)
from connectors.outside import Outside
from sync.errors import ConfigError, PrivateSheetError, SourceError
from sync.models import Remark, Table

DETOURS = 5
"""Redirects that are followed; Google needs one."""
_GOOGLES = re.compile(r"https://([a-z0-9-]+\.)*(google|googleusercontent)\.com/")

PRIVATE = (
    "the sheet is private: press Share and choose Anyone with the link (Viewer), or keep it private and run"
    " `followup login google`, or name a service account's key as source.credentials"
)


class PublicSheet(Struct, frozen=True):
    """One tab as CSV. `tab` can only be a number: titles need a login."""

    address: SheetAddress
    tab: str | int
    outside: Outside
    root: str = DOCS
    timeouts: Timeouts = TIMEOUTS

    @property
    def identity(self) -> str:
        """The same as with a login, so that getting one later changes nothing."""
        return self.address.identity(self.tab)

    def read(self) -> Table:
        """The whole tab. Raises `SourceError`, also for a private sheet; `ConfigError` for a tab named by title."""
        if self.tab != "" and not str(self.tab).isdigit():
            raise ConfigError(
                f"source.tab = {self.tab!r}: without a login a tab is known by its number only; open the tab and copy"
                " the address bar, which ends in gid=NUMBER"
            )
        gid = None if self.tab == "" else int(self.tab)
        content, name = keep_trying(lambda: self._fetch(gid), outside=self.outside)
        table = parse_csv(content, name=name)
        rows = tuple(replace(row, address=self.address.row_link(row.number, gid)) for row in table.rows)
        way = "published page" if self.address.published else "shared link"
        return replace(table, rows=rows, notes=(*table.notes, Remark("table.link", {"sheet": name, "way": way})))

    def _fetch(self, gid: int | None) -> tuple[bytes, str]:
        """The CSV and its name. Follows Google's own redirects, and no others."""
        url = self.address.csv_link(gid, root=self.root)
        with open_session(self.outside) as session:
            for _ in range(DETOURS):
                try:
                    with session.get(url, timeout=self.timeouts, allow_redirects=False, stream=True) as response:
                        if not response.is_redirect:
                            return self._judge(response), _file_name(response)
                        url = urljoin(url, response.headers["Location"])
                except requests.RequestException as error:
                    raise network_failure(error, "Google Sheets") from None
                if urlsplit(url).hostname == "accounts.google.com":
                    raise PrivateSheetError(PRIVATE)
                if not (_GOOGLES.match(url) or (self.root != DOCS and url.startswith(f"{self.root}/"))):
                    raise SourceError("Google Sheets sent us on to a server that is not Google's; nothing was read")
        raise Passing("Google Sheets sends us from one address to the next")

    def _judge(self, response: requests.Response) -> bytes:
        """The body of a good answer; every other answer explained."""
        status = response.status_code
        if status == 429 or status >= 500:
            wait = retry_after(response, self.outside.clock())
            raise Passing(f"Google Sheets is out of order at the moment (status {status})", retry_after=wait)
        if status in (404, 410):
            where = "page is published any more" if self.address.published else "sheet has this address"
            raise SourceError(f"no {where}; copy source.sheet again from the browser's address bar")
        if status == 400:
            raise ConfigError(f"the sheet has no tab number {self.tab}; open the tab and copy the address bar")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if status != 200 or kind != "text/csv":
            raise PrivateSheetError(PRIVATE)
        content = bytearray()
        for part in response.iter_content(1 << 16):
            content += part
            if len(content) > MAX_BYTES:
                raise SourceError(f"the sheet is larger than {MAX_BYTES // 1_000_000} MB, which no list of leads is")
        return bytes(content)


def _file_name(response: requests.Response) -> str:
    """What Google calls the file: spreadsheet and tab."""
    header = response.headers.get("Content-Disposition", "")
    if match := re.search(r"filename\*=UTF-8''([\w.%~!$&+^`|-]+)", header):
        return plain(unquote(match[1]), 100)
    match = re.search(r'filename="([^"]+)"', header)
    return plain(match[1], 100) if match else "sheet.csv"
