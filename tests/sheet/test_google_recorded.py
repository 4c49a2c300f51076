"""Google's own recorded answers and published schema against what we built, where they lie beside the project.

They are not part of the project. The folder is named by FOLLOWUP_GOOGLE_DATA, or lies at `../shared/data/google`; where
it doesn't, these tests say so and are skipped. The made-up twins at the end always run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from urllib.request import Request, urlopen

import gspread
import pytest
import requests
from google_emulator import (
    SHAPES,
    SHEETS,
    GoogleEmulator,
    cell,
    merge_trees,
    parse_mask,
    running_google,
    running_replay,
    tab,
)
from google_schema import FOLDER, document, needs_folder, violations
from gspread.exceptions import GSpreadException
from gspread.http_client import HTTPClient

from connectors.google.grid import FORMULA_FIELDS, GRID_FIELDS
from connectors.google_sheet import find_tab

ID = "SPREADSHEET_ID"
Exchange = dict[str, Any]


@cache
def recorded() -> Mapping[str, tuple[Exchange, ...]]:
    """The exchanges of the Sheets interface, by recording."""
    found: dict[str, list[Exchange]] = {}
    for line in (FOLDER / "recorded-answers.jsonl").read_text("utf-8").splitlines():
        exchange = json.loads(line)
        if exchange["path"].startswith("sheets.googleapis.com"):
            exchange["path"] = exchange["path"].removeprefix("sheets.googleapis.com")
            found.setdefault(exchange["cassette"].partition(".")[2], []).append(exchange)
    return {name: tuple(exchanges) for name, exchanges in found.items()}


def schemas() -> Mapping[str, Any]:
    found: Mapping[str, Any] = document("sheets")["schemas"]
    return found


# --- the published schema ------------------------------------------------------------------------------------


def answer_schema(exchange: Exchange) -> str:
    """The schema of a recorded answer, by its path."""
    path = exchange["path"].partition("?")[0]
    if "/values/" in path and exchange["method"] == "GET":
        return "ValueRange"
    if path.endswith("values:batchGet"):
        return "BatchGetValuesResponse"
    return "Spreadsheet" if exchange["method"] == "GET" else ""


@needs_folder
def test_the_check_itself_accepts_what_google_answered() -> None:
    checked = 0
    for exchange in (one for exchanges in recorded().values() for one in exchanges):
        if exchange["status"] == 200 and (name := answer_schema(exchange)):
            assert list(violations(exchange["response"], name, schemas())) == []
            checked += 1
    assert checked > 40


@needs_folder
def test_the_check_itself_finds_mistakes() -> None:
    wrong = {"sheets": [{"properties": {"sheetId": "0", "sheetType": "GRIT", "colour": 1}}]}
    assert [line.partition(":")[0] for line in violations(wrong, "Spreadsheet", schemas())] == [
        "$.sheets[0].properties.sheetId",
        "$.sheets[0].properties.sheetType",
        "$.sheets[0].properties.colour",
    ]


@needs_folder
def test_the_emulator_speaks_googles_schema() -> None:
    for name, fields in SHAPES.items():
        assert set(fields) <= set(schemas()[name]["properties"]), name


@needs_folder
def test_every_field_we_ask_for_exists() -> None:
    def walk(mask: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
        schema = schemas()[schema["$ref"]] if "$ref" in schema else schema
        schema = schema.get("items", schema)
        schema = schemas()[schema["$ref"]] if "$ref" in schema else schema
        for name, below in mask.items():
            assert name in schema["properties"], name
            walk(below, schema["properties"][name])

    walk(parse_mask(FORMULA_FIELDS), schemas()["Spreadsheet"])


@needs_folder
def test_the_emulators_answers_hold_against_googles_schema(google: GoogleEmulator) -> None:
    sheet = google.add(
        tab("Leads", ["Company", "When"], ["Acme", 7.5], [True, cell("x", link="https://example.com")]),
        id=ID,
        shared_with={"user@example.com"},
    )
    sheet.tabs[0].merges.append((1, 3, 0, 1))
    sheet.tabs[0].hidden_rows.add(1)
    sheet.tabs[0].put(3, 0, cell(None))
    client = gspread_at(google)
    client.request("get", f"{google.root}/v4/spreadsheets/{ID}", params={"fields": GRID_FIELDS})
    client.request("get", f"{google.root}/v4/spreadsheets/{ID}", params={"includeGridData": "false"})
    client.request("get", f"{google.root}/v4/spreadsheets/{ID}/values/Leads")
    client.request("get", f"{google.root}/v4/spreadsheets/{ID}/values:batchGet", params={"ranges": ["Leads!A1:B2"]})
    body = {"valueInputOption": "RAW", "data": [{"range": "'Leads'!C2", "values": [["=1+1"]]}]}
    client.request("post", f"{google.root}/v4/spreadsheets/{ID}/values:batchUpdate", json=body)
    assert len(google.answers) == 5
    for name, answer in google.answers:
        assert list(violations(answer, name, schemas())) == [], name


# --- recorded answers ----------------------------------------------------------------------------------------

WRITTEN_THEN_READ = (
    "test_values_get",
    "test_batch_get",
    "test_batch_update",
    "test_get_all_records",
    "test_get_all_records_duplicate_keys",
    "test_get_all_records_with_all_values_blank",
)


@needs_folder
@pytest.mark.parametrize("name", WRITTEN_THEN_READ)
def test_the_emulator_answers_like_google(google: GoogleEmulator, name: str) -> None:
    """Make the sheet that a recording wrote, ask what it asked, and compare the answers."""
    token = google_token(google)
    titles = ["Sheet1", "🌵 test_values_get 1"]
    google.add(*(tab(title, gid=gid) for gid, title in enumerate(titles)), id=ID, shared_with={"user@example.com"})
    compared = 0
    for exchange in recorded()[name]:
        if "/values" not in exchange["path"]:
            continue
        answer = ask(google, token, exchange)
        if exchange["method"] == "GET":
            assert just_values(answer) == just_values(exchange["response"])
            compared += 1
    assert compared


def just_values(answer: Mapping[str, Any]) -> list[Any]:
    """Values and resolved ranges. How far a whole tab reaches is the recording's own business."""
    ranges = answer.get("valueRanges", [answer])
    return [(one["range"].partition(":")[0], one.get("values")) for one in ranges]


def ask(google: GoogleEmulator, token: str, exchange: Exchange) -> Mapping[str, Any]:
    body = exchange["request_body"]
    answer = requests.request(
        exchange["method"],
        google.root + exchange["path"],
        data=body if isinstance(body, str) else json.dumps(body) if body else None,
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    answer.raise_for_status()
    found: Mapping[str, Any] = answer.json()
    return found


@needs_folder
def test_unmodified_gspread_reads_the_recorded_answers_as_its_own_tests_say() -> None:
    """Dates come as serials or as displayed, blanks stay in place, doubles are refused: what `google_grid` avoids."""
    with running_replay(recorded()["test_get_all_records_value_render_options"]) as root:
        client = HTTPClient(None, requests.Session())
        path = f"{root}/v4/spreadsheets/{ID}/values/'Sheet1'"
        shown = client.request("get", path).json()["values"]
        held = client.request("get", path, params={"valueRenderOption": "UNFORMATTED_VALUE"}).json()["values"]
        client.session.close()
    assert shown[0][1] == "2020-01-01"
    assert held[0][1] == 43831
    with running_replay(recorded()["test_get_all_records_duplicate_keys"]) as root:
        sheet = gspread.Client(None, requests.Session(), http_client=at(root)).open_by_key(ID).sheet1
        with pytest.raises(GSpreadException, match="duplicates"):
            sheet.get_all_records()
        sheet.client.session.close()


@needs_folder
def test_the_first_visible_tab_of_recorded_spreadsheets() -> None:
    answers = [one["response"] for one in recorded()["test_worksheets_exclude_hidden"] if "?" in one["path"]]
    found = find_tab(answers[-1]["sheets"], "")
    assert found is not None
    assert found["properties"]["title"] == "Sheet1"
    assert find_tab(answers[-1]["sheets"], "finances") is not None


# --- made-up twins -------------------------------------------------------------------------------------------


@pytest.fixture
def google() -> Iterator[GoogleEmulator]:
    with running_google(refresh_tokens={"made-up": (SHEETS,)}) as emulator:
        yield emulator


def google_token(google: GoogleEmulator) -> str:
    form = b"grant_type=refresh_token&refresh_token=made-up"
    with urlopen(Request(f"{google.root}/token", form), timeout=10) as answer:
        return str(json.load(answer)["access_token"])


def at(root: str) -> Any:
    """gspread's own client, its requests turned towards another root."""

    def make(auth: Any, session: requests.Session) -> HTTPClient:
        client = HTTPClient(auth, session)
        send = client.request
        client.request = lambda method, endpoint, *args, **parts: send(
            method, endpoint.replace("https://sheets.googleapis.com", root), *args, **parts
        )
        return client

    return make


def gspread_at(google: GoogleEmulator) -> HTTPClient:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {google_token(google)}"
    client: HTTPClient = at(google.root)(None, session)
    return client


def test_unmodified_gspread_reads_the_emulator(google: GoogleEmulator) -> None:
    google.add(
        tab("Sheet1", ["Company", "", "Phone", "Company"], ["Acme", "", "007"], [], ["", "x", "+15551234567"]),
        id=ID,
        shared_with={"user@example.com"},
    )
    client = gspread_at(google)
    sheet = gspread.Client(None, client.session, http_client=at(google.root)).open_by_key(ID).sheet1
    assert sheet.get_all_values() == [
        ["Company", "", "Phone", "Company"],
        ["Acme", "", "007", ""],
        ["", "", "", ""],
        ["", "x", "+15551234567", ""],
    ]
    with pytest.raises(GSpreadException, match="duplicates"):
        sheet.get_all_records()
    client.session.close()


def test_masks() -> None:
    assert parse_mask("a(b,c/d),e.f") == {"a": {"b": {}, "c": {"d": {}}}, "e": {"f": {}}}
    tree: dict[str, Any] = {"a": {"b": {}}}
    merge_trees(tree, {"a": {"c": {}}})
    assert tree == {"a": {"b": {}, "c": {}}}
