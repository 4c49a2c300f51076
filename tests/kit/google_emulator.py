"""A small Google of our own on loopback: the token service, Sheets v4, the CSV exports, and faults on demand.

It copies what Google's recorded answers and published schema show, not what we wish:

- `values` is absent for an empty range; trailing empty rows and cells are cut; a middle empty row is `[]`.
- Answers hold only the fields the mask names; an unknown field is a 400. `sheetId` 0 is left out of a range.
- A token must come from its own token service, hold the scope a method needs, and belong to somebody the sheet is
  shared with. A service account's signature and claims are verified.
- Errors have Google's bodies; 5xx are HTML pages.

`SHAPES` names the part of the schema that it speaks; a test holds it and every answer against Google's own document
where that lies beside the project.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from google_calendars import GoogleCalendars, breaches, without_nulls
from google_schema import body_violations, document, has_documents, question_violations, violations

Json = dict[str, Any]

TOKEN_ADDRESS = "https://oauth2.googleapis.com/token"
AUTH = "https://www.googleapis.com/auth/"
SHEETS = f"{AUTH}spreadsheets"
SHEETS_READONLY = f"{SHEETS}.readonly"

SHAPES: Mapping[str, Mapping[str, str]] = {
    "Spreadsheet": {
        "spreadsheetId": "",
        "spreadsheetUrl": "",
        "properties": "SpreadsheetProperties",
        "sheets": "Sheet",
    },
    "SpreadsheetProperties": {"title": "", "locale": "", "autoRecalc": "", "timeZone": ""},
    "Sheet": {"properties": "SheetProperties", "data": "GridData", "merges": "GridRange"},
    "SheetProperties": {
        "sheetId": "",
        "title": "",
        "index": "",
        "sheetType": "",
        "hidden": "",
        "gridProperties": "GridProperties",
    },
    "GridProperties": {"rowCount": "", "columnCount": ""},
    "GridRange": {"sheetId": "", "startRowIndex": "", "endRowIndex": "", "startColumnIndex": "", "endColumnIndex": ""},
    "GridData": {
        "startRow": "",
        "startColumn": "",
        "rowData": "RowData",
        "rowMetadata": "DimensionProperties",
    },
    "RowData": {"values": "CellData"},
    "DimensionProperties": {"hiddenByUser": "", "hiddenByFilter": "", "pixelSize": ""},
    "CellData": {
        "formattedValue": "",
        "effectiveValue": "ExtendedValue",
        "userEnteredValue": "ExtendedValue",
        "effectiveFormat": "CellFormat",
        "hyperlink": "",
        "note": "",
        "chipRuns": "ChipRun",
    },
    "ExtendedValue": {
        "numberValue": "",
        "stringValue": "",
        "boolValue": "",
        "formulaValue": "",
        "errorValue": "ErrorValue",
    },
    "ChipRun": {"startIndex": "", "chip": "Chip"},
    "Chip": {"personProperties": "PersonProperties", "richLinkProperties": "RichLinkProperties"},
    "PersonProperties": {"email": "", "displayFormat": ""},
    "RichLinkProperties": {"uri": "", "mimeType": ""},
    "ErrorValue": {"type": "", "message": ""},
    "CellFormat": {"numberFormat": "NumberFormat"},
    "NumberFormat": {"type": "", "pattern": ""},
}


# --- what a spreadsheet holds --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One cell: what it holds, how it is shown, its number format and its link."""

    value: str | float | bool | None = None
    shown: str = ""
    kind: str = ""
    link: str = ""
    error: str = ""
    formula: str = ""
    chips: tuple[Json, ...] = ()
    """`chipRuns` as Google tells them."""

    def as_json(self) -> Json:
        """The cell as grid data; nothing for an empty one."""
        if self.value is None and not self.error:
            return {}
        held: Json
        if self.error:
            held = {"errorValue": {"type": self.error, "message": "made up"}}
        elif isinstance(self.value, bool):
            held = {"boolValue": self.value}
        elif isinstance(self.value, str):
            held = {"stringValue": self.value}
        else:
            held = {"numberValue": self.value}
        entered = {"formulaValue": self.formula} if self.formula else held
        answer: Json = {"userEnteredValue": entered, "effectiveValue": held, "formattedValue": self.shown}
        if self.kind:
            answer["effectiveFormat"] = {"numberFormat": {"type": self.kind, "pattern": "made up"}}
        if self.link:
            answer["hyperlink"] = self.link
        if self.chips:
            answer["chipRuns"] = list(self.chips)
        return answer


def cell(value: object, *, shown: str | None = None, link: str = "") -> Cell:
    """A cell as Google holds it after somebody typed this value."""
    if isinstance(value, Cell):
        return value
    if value is None or value == "":
        return Cell()
    if isinstance(value, bool):
        return Cell(value, shown or str(value).upper(), link=link)
    if isinstance(value, datetime):
        serial = (value - datetime(1899, 12, 30)).total_seconds() / 86400
        return Cell(serial, shown or f"{value:%m/%d/%Y %H:%M:%S}", "DATE_TIME")
    if isinstance(value, date):
        return Cell((value - date(1899, 12, 30)).days, shown or f"{value:%m/%d/%Y}", "DATE")
    if isinstance(value, time):
        return Cell(
            (value.hour * 3600 + value.minute * 60 + value.second) / 86400, shown or f"{value:%H:%M:%S}", "TIME"
        )
    if isinstance(value, int | float):
        return Cell(value, str(value) if shown is None else shown, link=link)
    return Cell(str(value), str(value) if shown is None else shown, link=link)


@dataclass
class Tab:
    """One tab: rows of cells, hidden rows (by index), merged ranges (top, bottom, left, right; ends excluded)."""

    title: str
    rows: list[list[Cell]]
    gid: int = 0
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)
    filtered_rows: set[int] = field(default_factory=set)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    row_count: int = 1000
    kind: str = "GRID"

    def at(self, row: int, column: int) -> Cell:
        """The cell there; an empty one outside of the data."""
        cells = self.rows[row] if row < len(self.rows) else []
        return cells[column] if column < len(cells) else Cell()

    def put(self, row: int, column: int, value: Cell) -> None:
        """Set one cell, growing the tab as needed."""
        self.rows.extend([] for _ in range(row + 1 - len(self.rows)))
        self.rows[row].extend(Cell() for _ in range(column + 1 - len(self.rows[row])))
        self.rows[row][column] = value

    def shown(self) -> list[list[str]]:
        """Everything as displayed, trailing emptiness cut."""
        return cut([[one.shown for one in row] for row in self.rows])


@dataclass
class Spreadsheet:
    """A spreadsheet and who may see it."""

    id: str
    tabs: list[Tab]
    title: str = "Job search"
    zone: str = "America/New_York"
    locale: str = "en_US"
    shared_with: set[str] = field(default_factory=set)
    by_link: bool = False
    published_as: str = ""
    office_file: bool = False


def tab(title: str, *rows: Sequence[object], **parts: Any) -> Tab:
    """A tab made of plain values."""
    return Tab(title, [[cell(value) for value in row] for row in rows], **parts)


def cut(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows without trailing empty cells, and without trailing empty rows."""
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


# --- faults --------------------------------------------------------------------------------------------------


@dataclass
class Fault:
    """What goes wrong with the next requests whose path contains `where`."""

    where: str
    status: int = 0
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    cut: bool = False
    """Promise a long answer, send the beginning of it and hang up."""
    silent: threading.Event | None = None
    """Say nothing until this is set."""


def google_error(code: int, status: str, message: str, *, reason: str = "") -> Json:
    """An error body as Google's."""
    error: Json = {"code": code, "message": message, "status": status}
    if reason:
        error["details"] = [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
        ]
    return {"error": error}


NOT_SHARED = google_error(403, "PERMISSION_DENIED", "The caller does not have permission")
SWITCHED_OFF = google_error(
    403,
    "PERMISSION_DENIED",
    "Google Sheets API has not been used in project 123 before or it is disabled. Enable it by visiting"
    " https://console.developers.google.com/apis/api/sheets.googleapis.com/overview?project=123 then retry.",
    reason="SERVICE_DISABLED",
)
TOO_FEW_RIGHTS = google_error(
    403,
    "PERMISSION_DENIED",
    "Request had insufficient authentication scopes.",
    reason="ACCESS_TOKEN_SCOPE_INSUFFICIENT",
)
NOT_FOUND = google_error(404, "NOT_FOUND", "Requested entity was not found.")
QUOTA = google_error(
    429, "RESOURCE_EXHAUSTED", "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute'."
)
UNAUTHENTICATED = google_error(
    401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token."
)
HTML_502 = "<!DOCTYPE html><html><title>Error 502 (Server Error)!!1</title><p>That\u2019s an error.</html>"
HTML_404 = "<!DOCTYPE html><html><title>Error 404 (Not Found)!!1</title><p>That\u2019s an error.</html>"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Google Sheets: Sign-in</title></head><body>Sign in</body></html>"


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(status)
        self.status, self.body = status, body


# --- the server ----------------------------------------------------------------------------------------------


@dataclass
class GoogleEmulator:
    """The servers' state; `requests` lists what was asked, as `METHOD path`."""

    sheets: dict[str, Spreadsheet] = field(default_factory=dict)
    public_keys: dict[str, str] = field(default_factory=dict)
    """PEM of the public key, by service account."""
    refresh_tokens: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Scopes of user logins."""
    owners: dict[str, str] = field(default_factory=dict)
    """Whose these logins are, where somebody agreed to them in a browser."""
    calendars: list[Json] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    answers: list[tuple[str, Json]] = field(default_factory=list)
    """Schema name and body of every good answer."""
    asked: list[tuple[str, dict[str, list[str]], Json]] = field(default_factory=list)
    """Method id of the schema, parameters and body of every request to a sheet."""
    root: str = ""
    v3: GoogleCalendars = field(init=False)
    """The Calendar API."""
    expires_in: int = 0
    """Seconds after which a login ends by itself: an app that is still in Testing."""
    account: str = "user@example.com"
    """Who agrees in the browser."""
    away: float = 0.0
    """How far away it is: seconds that every connection and every request take on their way."""
    answered_then_lost: int = 0
    """So many writes are carried out and their answers lost."""
    _tokens: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.v3 = GoogleCalendars(self.who, listed=self.calendars)

    def add(self, *tabs: Tab, id: str = "made-up-sheet-0001", **parts: Any) -> Spreadsheet:
        """Put a spreadsheet in."""
        self.sheets[id] = Spreadsheet(id, list(tabs), **parts)
        return self.sheets[id]

    @property
    def api_requests(self) -> list[str]:
        """Requests of the Sheets interface, without those for tokens."""
        return [request for request in self.requests if "/v4/" in request]

    def who(self, token: str) -> tuple[str, tuple[str, ...]] | None:
        """Whose token this is, and its scopes."""
        return self._tokens.get(token)

    # tokens

    def give_token(self, form: Mapping[str, str]) -> Json:
        if form.get("grant_type") == "refresh_token":
            scopes = self.refresh_tokens.get(form.get("refresh_token", ""))
            if scopes is None:
                raise Refused(
                    400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
                )
            return self._new_token(self.owners.get(form["refresh_token"], "user@example.com"), scopes)
        if form.get("grant_type") == "authorization_code":
            names = form["code"].removeprefix("code:").split(" ")
            scopes = tuple(name if name == "openid" else AUTH + name for name in names)
            claims = base64.urlsafe_b64encode(json.dumps({"email": self.account}).encode()).decode().rstrip("=")
            lasting = f"made-up-refresh-{self.account}" if self.account != "user@example.com" else "made-up-refresh"
            self.refresh_tokens[lasting], self.owners[lasting] = scopes, self.account
            return {
                **self._new_token(self.account, scopes),
                "refresh_token": lasting,
                "scope": " ".join(scopes),
                **({"refresh_token_expires_in": self.expires_in} if self.expires_in else {}),
                **({"id_token": f"e30.{claims}.made-up"} if "openid" in scopes else {}),
            }
        return self._new_token(*self._check_assertion(form.get("assertion", "")))

    def _check_assertion(self, assertion: str) -> tuple[str, tuple[str, ...]]:
        from google.auth import jwt

        claims = jwt.decode(assertion, verify=False)  # type: ignore[no-untyped-call]
        key = self.public_keys.get(claims["iss"])
        try:
            assert key is not None
            jwt.decode(assertion, certs=key, audience=TOKEN_ADDRESS)  # type: ignore[no-untyped-call]
        except (AssertionError, ValueError):
            raise Refused(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}) from None
        return claims["iss"], tuple(claims["scope"].split(" "))

    def _new_token(self, who: str, scopes: tuple[str, ...]) -> Json:
        token = f"made-up-token-{len(self._tokens) + 1}"
        self._tokens[token] = (who, scopes)
        return {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    # access

    def open_sheet(self, id: str, token: str, *, write: bool) -> Spreadsheet:
        """The spreadsheet, if this token may."""
        known = self.who(token)
        if known is None:
            raise Refused(401, UNAUTHENTICATED)
        who, scopes = known
        if not {SHEETS} & set(scopes) and (write or SHEETS_READONLY not in scopes):
            raise Refused(403, TOO_FEW_RIGHTS)
        sheet = self.sheets.get(id)
        if sheet is None:
            raise Refused(404, NOT_FOUND)
        if who not in sheet.shared_with and not (sheet.by_link and not write):
            raise Refused(403, NOT_SHARED)
        if sheet.office_file:
            raise Refused(
                400, google_error(400, "FAILED_PRECONDITION", "This operation is not supported for this document")
            )
        return sheet

    # spreadsheets.get

    def get_spreadsheet(self, sheet: Spreadsheet, query: Mapping[str, list[str]]) -> Json:
        chosen = [find_range(sheet, text) for text in query.get("ranges", [])]
        tabs = [one for one in sheet.tabs if not chosen or any(one is area.tab for area in chosen)]
        mask = query.get("fields", [""])[0]
        with_grid = bool(mask) or query.get("includeGridData") == ["true"]
        answer: Json = {
            "spreadsheetId": sheet.id,
            "properties": {
                "title": sheet.title,
                "locale": sheet.locale,
                "autoRecalc": "ON_CHANGE",
                "timeZone": sheet.zone,
            },
            "sheets": [self._tab_json(sheet, one, with_grid) for one in tabs],
            "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{sheet.id}/edit",
        }
        return apply_mask(answer, parse_mask(mask), "Spreadsheet") if mask else answer

    def _tab_json(self, sheet: Spreadsheet, one: Tab, with_grid: bool) -> Json:
        columns = max([26, *(len(row) for row in one.rows)])
        properties: Json = {
            "sheetId": one.gid,
            "title": one.title,
            "index": sheet.tabs.index(one),
            "sheetType": one.kind,
        }
        if one.kind == "GRID":
            properties["gridProperties"] = {"rowCount": one.row_count, "columnCount": columns}
        answer: Json = {"properties": properties | ({"hidden": True} if one.hidden else {})}
        if one.merges:
            answer["merges"] = [merge_json(one.gid, merge) for merge in one.merges]
        if with_grid and one.kind == "GRID":
            answer["data"] = [
                {
                    "rowData": [{"values": [each.as_json() for each in row]} if row else {} for row in one.rows],
                    "rowMetadata": [self._row_json(one, index) for index in range(one.row_count)],
                }
            ]
        return answer

    def _row_json(self, one: Tab, index: int) -> Json:
        flags: Json = {"pixelSize": 21}
        if index in one.hidden_rows:
            flags["hiddenByUser"] = True
        if index in one.filtered_rows:
            flags["hiddenByFilter"] = True
        return flags

    # values

    def get_values(self, sheet: Spreadsheet, text: str, query: Mapping[str, list[str]]) -> Json:
        area = find_range(sheet, text)
        option = query.get("valueRenderOption", ["FORMATTED_VALUE"])[0]
        rows = [
            [render(area.tab.at(row, column), option) for column in range(area.left, area.right)]
            for row in range(area.top, min(area.bottom, len(area.tab.rows)))
        ]
        rows = cut(rows)
        if query.get("majorDimension") == ["COLUMNS"]:
            width = max((len(row) for row in rows), default=0)
            rows = cut([[row[i] if i < len(row) else "" for row in rows] for i in range(width)])
        answer: Json = {"range": area.name, "majorDimension": query.get("majorDimension", ["ROWS"])[0]}
        return answer | ({"values": rows} if rows else {})

    def put_values(self, sheet: Spreadsheet, body: Mapping[str, Any], option: str) -> Json:
        if option != "RAW":
            raise Refused(400, google_error(400, "INVALID_ARGUMENT", "the emulator takes RAW only"))
        area = find_range(sheet, body["range"])
        for i, row in enumerate(body["values"]):
            for j, value in enumerate(row):
                if value is not None:
                    area.tab.put(area.top + i, area.left + j, cell(value))
        width = max((len(row) for row in body["values"]), default=0)
        return {
            "spreadsheetId": sheet.id,
            "updatedRange": area.name,
            "updatedRows": len(body["values"]),
            "updatedColumns": width,
            "updatedCells": sum(len(row) for row in body["values"]),
        }

    # what users do

    def sort_rows(self, sheet: str, key: Callable[[list[Cell]], Any]) -> None:
        """Sort the first tab below its header, as a user would."""
        rows = self.sheets[sheet].tabs[0].rows
        rows[1:] = sorted(rows[1:], key=key)

    def publish(self, sheet: Spreadsheet, gid: str) -> str:
        """The tab as CSV, as displayed; the first tab without a gid."""
        found = [one for one in sheet.tabs if str(one.gid) == gid] if gid else sheet.tabs[:1]
        if not found:
            raise Refused(400, "<html>Sorry, unable to open the file at this time.</html>")
        rows = found[0].shown()
        width = max((len(row) for row in rows), default=0)
        text = io.StringIO()
        csv.writer(text).writerows([*row, *[""] * (width - len(row))] for row in rows)
        return text.getvalue()


@dataclass(frozen=True)
class Area:
    """A range of one tab; ends excluded."""

    tab: Tab
    name: str
    top: int
    bottom: int
    left: int
    right: int


def find_range(sheet: Spreadsheet, text: str) -> Area:
    """A range in A1 notation; 400 where it cannot be parsed."""
    match = re.fullmatch(r"(?:'((?:[^']|'')+)'|([^'!]+?))(?:!([A-Z]+)?(\d+)?(?::([A-Z]+)?(\d+)?)?)?", text)
    title = (match[1] or match[2] or "").replace("''", "'") if match else ""
    one = next((one for one in sheet.tabs if one.title.casefold() == title.casefold()), None)
    if match is None or one is None:
        raise Refused(400, google_error(400, "INVALID_ARGUMENT", f"Unable to parse range: {text}"))
    width = max([26, *(len(row) for row in one.rows)])
    left, top = column_number(match[3]) or 0, int(match[4] or 1) - 1
    closed = bool(match[5] or match[6])
    single = bool(match[3] and match[4]) and not closed
    right = left + 1 if single else (column_number(match[5]) or width - 1) + 1 if closed else width
    bottom = top + 1 if single else int(match[6] or one.row_count)
    shown = one.title if re.fullmatch(r"\w+", one.title) else "'" + one.title.replace("'", "''") + "'"
    name = f"{shown}!{column_name(left)}{top + 1}" + ("" if single else f":{column_name(right - 1)}{bottom}")
    return Area(one, name, top, bottom, left, right)


def column_number(letters: str | None) -> int | None:
    if not letters:
        return None
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_name(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def render(one: Cell, option: str) -> object:
    """A cell's value as `values.get` gives it."""
    if one.value is None and not one.error:
        return ""
    if option == "FORMULA" and one.formula:
        return one.formula
    if option == "FORMATTED_VALUE" or one.error or one.value is None:
        return one.shown
    return one.value


def merge_json(gid: int, merge: tuple[int, int, int, int]) -> Json:
    top, bottom, left, right = merge
    found = {"startRowIndex": top, "endRowIndex": bottom, "startColumnIndex": left, "endColumnIndex": right}
    return ({"sheetId": gid} if gid else {}) | found


# --- field masks ---------------------------------------------------------------------------------------------


def parse_mask(text: str) -> Json:
    """The mask `a(b,c/d),e.f` as nested dicts; an empty dict means everything below."""
    tokens = re.findall(r"[A-Za-z*]+|[(),./]", text)
    if "".join(tokens) != text:
        raise Refused(400, google_error(400, "INVALID_ARGUMENT", "Request contains an invalid argument."))
    tree, rest = _parse_list(tokens)
    if rest:
        raise Refused(400, google_error(400, "INVALID_ARGUMENT", "Request contains an invalid argument."))
    return tree


def _parse_list(tokens: list[str]) -> tuple[Json, list[str]]:
    tree: Json = {}
    while tokens:
        path = [tokens.pop(0)]
        while tokens and tokens[0] in "./":
            tokens.pop(0)
            path.append(tokens.pop(0))
        below: Json = {}
        if tokens and tokens[0] == "(":
            below, tokens = _parse_list(tokens[1:])
            tokens = tokens[1:]
        for name in reversed(path):
            below = {name: below}
        merge_trees(tree, below)
        if not tokens or tokens[0] != ",":
            break
        tokens = tokens[1:]
    return tree, tokens


def merge_trees(tree: Json, more: Json) -> None:
    for name, below in more.items():
        merge_trees(tree.setdefault(name, {}), below)


def apply_mask(value: Any, mask: Json, shape: str) -> Any:
    """Only what the mask names. A name the shape does not have is a 400, as with Google."""
    if isinstance(value, list):
        return [apply_mask(item, mask, shape) for item in value]
    for name in mask:
        if name not in SHAPES[shape]:
            raise Refused(400, google_error(400, "INVALID_ARGUMENT", f"Invalid field selection {name}"))
    return {
        name: apply_mask(item, mask[name], SHAPES[shape][name]) if mask[name] else item
        for name, item in value.items()
        if name in mask
    }


# --- HTTP ----------------------------------------------------------------------------------------------------


@contextmanager
def running_google(**parts: Any) -> Iterator[GoogleEmulator]:
    """The emulator on a free port. Where Google's own documents are at hand, all that was said is held against them."""
    emulator = GoogleEmulator(**parts)
    server = ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: Handler(*args, emulator=emulator))
    server.daemon_threads = True
    emulator.root = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield emulator
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    if has_documents():
        found = [*breaches(emulator.v3, document("calendar")), *sheet_breaches(emulator, document("sheets"))]
        assert not found, found


def sheet_breaches(google: GoogleEmulator, known: Mapping[str, Any]) -> list[str]:
    """Everything asked of a sheet or answered that Google's own document does not have."""
    found: list[str] = []
    for method, query, body in google.asked:
        entry = known
        for name in method.split("."):
            entry = entry.get("resources", {}).get(name) or entry["methods"][name]
        found += [f"{method}: {what}" for what in question_violations(query, entry)]
        if body:
            told = body_violations(without_nulls(body), f"sheets.{method}", entry, known["schemas"])
            found += [f"{method}: {what}" for what in told]
    for schema, answer in google.answers:
        if schema in known["schemas"]:
            found += violations(answer, schema, known["schemas"])
    return found


class Handler(BaseHTTPRequestHandler):
    """One request: faults first, then the routes."""

    protocol_version = "HTTP/1.1"

    def __init__(self, *args: Any, emulator: GoogleEmulator) -> None:
        self.emulator = emulator
        sleep(emulator.away)
        super().__init__(*args)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_PATCH(self) -> None:
        self._serve("PATCH")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.emulator.requests.append(f"{method} {unquote(self.path)}")
        sleep(self.emulator.away)
        fault = next((one for one in self.emulator.faults if one.times and one.where in self.path), None)
        if fault:
            fault.times -= 1
            return self._fail(fault)
        url = urlsplit(self.path)
        if re.match(r"(/batch)?/calendar/v3(/calendars|/users|$)", url.path):
            return self._serve_calendars(method, url.path, body)
        try:
            name, answer = self._route(method, unquote(url.path), parse_qs(url.query), body)
        except Refused as refused:
            return self._send(refused.status, refused.body)
        if name:
            self.emulator.answers.append((name, answer))
        if name == "redirect":
            return self._send(307, "", {"Location": answer["to"]})
        if name == "csv":
            name = "filename=\"JobSearch-Leads.csv\"; filename*=UTF-8''Job%20search%20%E2%80%93%20Leads.csv"
            kind = {"Content-Type": "text/csv", "Content-Disposition": f"attachment; {name}"}
            return self._send(200, answer["text"], kind)
        if name == "page":
            return self._send(200, answer["text"])
        return self._send(200, answer)

    def _serve_calendars(self, method: str, path: str, body: bytes) -> None:
        google, headers = self.emulator, dict(self.headers.items())
        if path.startswith("/batch/") and "takes_no_batch" in google.v3.habits:
            self._send(404, HTML_404)
            return
        if path.startswith("/batch/"):
            kind, data = google.v3.answer_batch(headers, body)
            status = 200
        else:
            status, answer = google.v3.answer(method, self.path, headers, body)
            kind, data = "application/json; charset=UTF-8", b"" if answer is None else json.dumps(answer).encode()
        if method != "GET" and google.answered_then_lost:
            google.answered_then_lost -= 1
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _route(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> tuple[str, Json]:
        google = self.emulator
        if path == "/token":
            form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
            return "", google.give_token(form)
        if match := re.fullmatch(r"/v4/spreadsheets/([\w-]+)(.*)", path):
            return self._route_sheets(method, match[1], match[2], query, json.loads(body or b"{}"))
        if match := re.fullmatch(r"(/exported)?/spreadsheets/d/(e/)?([\w-]+)/(export|pub)", path):
            return self._route_csv(match, query)
        raise Refused(404, "<html>Not found</html>")

    def _route_sheets(
        self, method: str, id: str, rest: str, query: dict[str, list[str]], body: Json
    ) -> tuple[str, Json]:
        google = self.emulator
        name = {"": "get", "/values:batchGet": "values.batchGet", "/values:batchUpdate": "values.batchUpdate"}.get(
            rest, "values.get" if method == "GET" else "values.update"
        )
        google.asked.append((f"spreadsheets.{name}", query, body))
        sheet = google.open_sheet(id, self._token(), write=method != "GET")
        option = query.get("valueInputOption", [""])[0]
        if method == "GET" and not rest:
            return "Spreadsheet", google.get_spreadsheet(sheet, query)
        if method == "GET" and rest == "/values:batchGet":
            found = [google.get_values(sheet, text, query) for text in query.get("ranges", [])]
            return "BatchGetValuesResponse", {"spreadsheetId": id, "valueRanges": found}
        if method == "GET" and rest.startswith("/values/"):
            return "ValueRange", google.get_values(sheet, rest.removeprefix("/values/"), query)
        if method == "PUT" and rest.startswith("/values/"):
            area = {**body, "range": rest.removeprefix("/values/")}
            return "UpdateValuesResponse", google.put_values(sheet, area, option)
        if method == "POST" and rest == "/values:batchUpdate":
            done = [google.put_values(sheet, part, body.get("valueInputOption", "")) for part in body["data"]]
            totals = {
                f"total{name}": sum(one[name.replace("U", "u", 1)] for one in done)
                for name in ("UpdatedRows", "UpdatedCells")
            }
            return "BatchUpdateValuesResponse", {"spreadsheetId": id, **totals, "responses": done}
        raise Refused(404, NOT_FOUND)

    def _route_csv(self, match: re.Match[str], query: dict[str, list[str]]) -> tuple[str, Json]:
        """An open sheet redirects once to the server that holds the file; a private one to a login page."""
        google = self.emulator
        gid = query.get("gid", [""])[0]
        published = [one for one in google.sheets.values() if one.published_as == match[3]] if match[2] else []
        sheet = published[0] if published else google.sheets.get(match[3])
        if sheet is None or (match[2] and not published):
            raise Refused(404, "<html>Page not found</html>")
        if not published and not sheet.by_link:
            return "page", {"text": LOGIN_PAGE}
        if not match[1]:
            return "redirect", {"to": f"{google.root}/exported{urlsplit(self.path).path}?{urlencode({'gid': gid})}"}
        return "csv", {"text": google.publish(sheet, gid)}

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _fail(self, fault: Fault) -> None:
        if fault.silent:
            fault.silent.wait(20)
        if fault.cut or fault.silent:
            if fault.cut:
                kind = fault.headers.get("Content-Type", "application/json")
                head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: 9999\r\n\r\n"
                self.wfile.write(head.encode() + b"{")
            self.close_connection = True
            return
        self._send(fault.status, fault.body, dict(fault.headers))

    def _send(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        text = body if isinstance(body, str) else json.dumps(body, indent=2) + "\n"
        kind = "text/html; charset=UTF-8" if isinstance(body, str) else "application/json; charset=UTF-8"
        data = text.encode()
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Server": "ESF"} | dict(headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def running_replay(exchanges: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A server that gives recorded answers by method and path; the last recorded one where there are several."""
    answers = {(one["method"], unquote(one["path"])): (one["status"], one["response"]) for one in exchanges}

    class Replay(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            status, body = answers.get((self.command, unquote(self.path)), (404, {"error": {"code": 404}}))
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- keys ----------------------------------------------------------------------------------------------------


def make_service_account(google: GoogleEmulator, address: str = "robot@made-up.iam.gserviceaccount.com") -> str:
    """A new service account known to the emulator; its key file as text."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    google.public_keys[address] = (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return json.dumps(
        {
            "type": "service_account",
            "project_id": "made-up",
            "private_key_id": "k1",
            "private_key": private.decode(),
            "client_email": address,
            "token_uri": f"{google.root}/token",
        }
    )
