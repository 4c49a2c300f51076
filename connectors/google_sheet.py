"""Leads in a Google Sheet.

Two ways in, chosen by whether there is a login (`google.login`):

- **With a login**: one `spreadsheets.get` of one tab with a field mask, through gspread's client. It gives typed cells,
  links, hidden rows, the sheet's zone and real row numbers. A tab that is not named by its title is
  looked up first: read without a range, every tab would come along, however large.
- **Without**: the CSV of a sheet shared by link, or of a page published to the web (`google.link_csv`).

Reading is complete or it raises. `tab` is a title or a number (gid), else the address's gid, else the first visible
tab; a run goes on with the tab of the run before, whose title it knows, so that it asks once.
gspread is imported when a sheet is read, not before: neither a CSV file nor a feed needs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import requests
from msgspec import Struct
from msgspec.structs import replace

from connectors.google.address import DOCS, SheetAddress, parse_address
from connectors.google.grid import FORMULA_FIELDS, GRID_FIELDS, TABS_FIELDS, Json, formulas, is_loading, read_table
from connectors.google.http import (
    TIMEOUTS,
    NotSharedError,
    Passing,
    Timeouts,
    keep_trying,
    network_failure,
    open_session,
    refusal,
)
from connectors.google.login import READ_SHEETS, WRITE_SHEETS, Login, fetch_token, find_login
from connectors.outside import Outside
from sync.config import Settings
from sync.errors import ConfigError, CredentialsError, FollowupError, LoginTo, SourceError
from sync.models import CellToWrite, Remark, Table
from sync.protocols import Source
from sync.reading.cells import column_letters
from sync.write_back import Found, find_cells

API = "https://sheets.googleapis.com"


def open_source(settings: Settings, outside: Outside) -> Source:
    """The sheet that the settings name."""
    source = settings.source
    address = parse_address(source.sheet)
    tab: str | int = address.gid if source.tab == "" and address.gid is not None else source.tab
    login = None if address.published else find_login(source.credentials, outside)
    if login is None or not login.may(READ_SHEETS, WRITE_SHEETS):
        from connectors.google.link_csv import PublicSheet

        if settings.write_back:
            raise CredentialsError(
                "write-back needs a login that may change the sheet; run `followup login google`", login=LoginTo.GOOGLE
            )
        return PublicSheet(address, tab, outside=outside, root=(source.api_root or DOCS).rstrip("/"))
    scope = WRITE_SHEETS if settings.write_back else READ_SHEETS
    api = SheetsApi(login, outside=outside, scope=scope, root=(source.api_root or API).rstrip("/"))
    return GoogleSheet(address, tab, api=api)


class SheetsApi(Struct):
    """The Sheets interface for one login: a token fetched when first needed, requests that end, refusals explained."""

    login: Login
    outside: Outside
    scope: str
    root: str = API
    timeouts: Timeouts = TIMEOUTS
    title: str = ""
    """The tab's exact title, once it is known."""
    gid: int | None = None
    """The number of the tab that had this title when the title was learned in an earlier run."""
    tabs: tuple[str, ...] = ()
    """The titles of all tabs, once they were looked up."""
    _token: str = ""

    def __repr__(self) -> str:
        return f"SheetsApi({self.login!r})"  # never the token

    def get(self, spreadsheet: str, params: Mapping[str, str | Sequence[str]]) -> Json:
        """`GET` of a spreadsheet or, with a path behind the id, of a part of it."""
        return self._request("get", spreadsheet, params=params)

    def post(self, path: str, body: Json) -> Json:
        """`POST` of a request that may be repeated without harm."""
        return self._request("post", path, json=body)

    def _request(self, method: str, path: str, **parts: Any) -> Json:
        return keep_trying(lambda: self._once(method, path, **parts), outside=self.outside)

    def _once(self, method: str, path: str, **parts: Any) -> Json:
        """One request; a token that Google no longer takes is replaced once (it may have been revoked early)."""
        for fresh in (not self._token, True):
            if fresh:
                self._token = ""
                self._token = fetch_token(
                    self.login, scopes=(self.scope,), outside=self.outside, timeouts=self.timeouts
                )
            response = self._send(method, path, **parts)
            if response.status_code != 401:
                break
        if not response.ok:
            raise refusal(response, who=self.login.who, now=self.outside.clock())
        try:
            answer: Json = response.json()
        except requests.RequestException as error:
            raise network_failure(error, "Google Sheets") from None
        if not isinstance(answer, dict):
            raise Passing("Google Sheets answered with a page that is not data")
        return answer

    def _send(self, method: str, path: str, **parts: Any) -> requests.Response:
        from gspread.exceptions import APIError
        from gspread.http_client import HTTPClient

        received: list[requests.Response] = []
        with open_session(self.outside) as session:
            session.hooks["response"].append(lambda response, **_: received.append(response))
            session.max_redirects = 0
            session.auth = self._sign
            client = HTTPClient(None, session)
            client.set_timeout(self.timeouts)
            try:
                response: requests.Response = client.request(method, f"{self.root}/v4/spreadsheets/{path}", **parts)
            except (APIError, KeyError, TypeError, AttributeError):
                if not received:
                    raise
                response = received[-1]  # gspread stumbles over refusals that are not in the form it expects
            except requests.RequestException as error:
                raise network_failure(error, "Google Sheets") from None
        return response

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class GoogleSheet(Struct, frozen=True):
    """One tab, read through the Sheets interface."""

    address: SheetAddress
    tab: str | int
    api: SheetsApi

    @property
    def identity(self) -> str:
        """The spreadsheet's id and the tab as configured."""
        return self.address.identity(self.tab)

    def resume(self, bookmark: str) -> None:
        """Ask at once for the tab of last time: its title need not be looked up."""
        gid, _, title = bookmark.partition(" ")
        if gid.isdigit() and title:
            self.api.gid, self.api.title = int(gid), title

    def read(self) -> Table:
        """The whole tab. Raises `SourceError`, `CredentialsError`, `ConfigError` (no such tab)."""
        return keep_trying(self._read_once, outside=self.api.outside)

    def _read_once(self) -> Table:
        answer, sheet = self._fetch()
        table = read_table(answer, sheet, address=self.address, tabs=self.api.tabs if self.tab == "" else ())
        if is_loading(table):
            raise Passing(f"{table.name}: a header is a formula that Google is still computing")
        return replace(table, bookmark=f"{_gid_of(sheet)} {self.api.title}")

    def write_back(self, cells: Sequence[CellToWrite]) -> tuple[Remark, ...]:
        """Put these texts into their cells, found again in the sheet as it is now, in one batch: all or nothing.

        RAW: Google stores the text as it is and never runs it as a formula. A formula of the user's is left alone.
        """
        answer, sheet = keep_trying(lambda: self._fetch(FORMULA_FIELDS), outside=self.api.outside)
        found, notes = find_cells(read_table(answer, sheet, address=self.address), cells)
        held = formulas(sheet)
        if any((cell.number, cell.column) in held for cell in found):
            notes += (Remark("write_back.formulas"),)
            found = tuple(cell for cell in found if (cell.number, cell.column) not in held)
        if found:
            title = quote_title(sheet["properties"]["title"])
            data = [{"range": f"{title}!{cell_name(cell)}", "values": [[cell.text]]} for cell in found]
            try:
                self.api.post(f"{self.address.id}/values:batchUpdate", {"valueInputOption": "RAW", "data": data})
            except NotSharedError:  # it was read a moment ago
                raise CredentialsError(
                    f"the sheet may be read by {self.api.login.who} but not changed, so nothing is written back into"
                    " it; everything else was done. Open the sheet, press Share and make that an Editor, or take"
                    " [write_back] out of followup.toml"
                ) from None
            except SourceError as error:
                if "validation" not in str(error):
                    raise
                columns = ", ".join(sorted({repr(one.column) for one in cells}))
                raise SourceError(
                    f"the sheet's data validation refuses what is written back into {columns}; in Google Sheets choose"
                    " Data > Data validation and let that column take any text"
                ) from None
        return notes

    def _fetch(self, fields: str = GRID_FIELDS) -> tuple[Json, Json]:
        """Google's answer, and the tab in it."""
        named = str(self.tab)
        title = self.api.title or (named if named and not named.isdigit() else "")
        found = self._ask(title, fields) if title else None
        if found is None or not self._is_meant(found[1]):
            self.api.gid, title = None, self._look_up()
            found = self._ask(title, fields)
        if found is None:
            raise SourceError(f"the tab {title[:60]!r} was renamed while it was read; the next run tries again")
        self.api.title = title
        return found

    def _ask(self, title: str, fields: str) -> tuple[Json, Json] | None:
        """Google's answer for the tab of this title, and the tab in it; None where there is none."""
        try:
            answer = self.api.get(self.address.id, {"fields": fields, "ranges": quote_title(title)})
        except SourceError as error:
            if "Unable to parse range" not in str(error):
                raise
            return None
        sheet = find_tab(answer.get("sheets", ()), title)
        return None if sheet is None else (answer, sheet)

    def _is_meant(self, sheet: Json) -> bool:
        """Whether a tab found by an earlier title is the one from then, and still the one the settings mean."""
        return self.api.gid is None or (self.api.gid == _gid_of(sheet) and find_tab([sheet], self.tab) is not None)

    def _look_up(self) -> str:
        """The exact title of the tab that is meant."""
        tabs = self.api.get(self.address.id, {"fields": TABS_FIELDS})
        if not tabs.get("sheets"):
            raise Passing("Google Sheets answered without any tab, which no sheet is")
        sheet = find_tab(tabs.get("sheets", ()), self.tab)
        if sheet is None:
            raise self._no_such_tab(tabs)
        self.api.tabs = titles_of(tabs["sheets"])
        return str(sheet["properties"]["title"])

    def _no_such_tab(self, answer: Json) -> FollowupError:
        titles = [str(sheet["properties"]["title"])[:60] for sheet in answer.get("sheets", ())]
        return ConfigError(f"the sheet has no tab {self.tab!r}; its tabs are {', '.join(titles[:20])}: set source.tab")


def _gid_of(sheet: Json) -> int:
    return int(sheet["properties"].get("sheetId", 0))


def titles_of(sheets: Sequence[Json]) -> tuple[str, ...]:
    """The titles of the tabs that are shown and have cells."""
    every = (sheet["properties"] for sheet in sheets)
    return tuple(str(one["title"]) for one in every if one.get("sheetType", "GRID") == "GRID" and not one.get("hidden"))


def find_tab(sheets: Sequence[Json], tab: str | int) -> Json | None:
    """The tab with this title or number; without either, the first visible one. Titles differ in more than case."""
    grids = [sheet for sheet in sheets if sheet["properties"].get("sheetType", "GRID") == "GRID"]
    if tab == "":
        return next((sheet for sheet in grids if not sheet["properties"].get("hidden")), None)
    for like in (str, str.strip):  # a title may end in a blank that nobody sees
        for sheet in grids:
            if like(str(sheet["properties"]["title"])).casefold() == like(str(tab)).casefold():
                return sheet
    return next((sheet for sheet in grids if str(sheet["properties"].get("sheetId", 0)) == str(tab)), None)


def cell_name(cell: Found) -> str:
    """A cell in A1 notation."""
    return f"{column_letters(cell.column)}{cell.number}"


def quote_title(title: str) -> str:
    """A tab's title in A1 notation: always quoted, so that a tab called `A1` is not taken for a cell."""
    return "'" + title.replace("'", "''") + "'"
