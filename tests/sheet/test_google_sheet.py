"""The Google Sheet source over real sockets, against a Google of our own on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from google_emulator import (
    HTML_502,
    NOT_FOUND,
    NOT_SHARED,
    QUOTA,
    SWITCHED_OFF,
    TOO_FEW_RIGHTS,
    UNAUTHENTICATED,
    Cell,
    Fault,
    GoogleEmulator,
    Tab,
    cell,
    google_error,
    make_service_account,
    running_google,
    tab,
)
from source_contract import Grid, SourceContract

from connectors import open_source
from connectors.google.http import NotSharedError
from connectors.google_sheet import GoogleSheet, cell_name
from connectors.outside import Outside
from sync.config import parse_settings
from sync.errors import ConfigError, CredentialsError, FollowupError, SourceError
from sync.models import CellToWrite, Table
from sync.protocols import Source
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary
from sync.write_back import Found

NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
ID = "made-up-sheet-0001"
ROBOT = "robot@made-up.iam.gserviceaccount.com"


class VirtualTime:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture(scope="module")
def key() -> tuple[str, dict[str, str]]:
    """One key for all tests: making one takes longer than using it."""
    google = GoogleEmulator()
    return make_service_account(google), google.public_keys


@pytest.fixture
def google(key: tuple[str, dict[str, str]]) -> Iterator[GoogleEmulator]:
    with running_google(public_keys=key[1]) as emulator:
        emulator.add(
            tab("Leads", ["Company", "Applied", "Phone"], ["Acme", date(2026, 9, 28), "+15551234567"], ["Bolt"]),
            tab("Archive", ["Company"], ["Old"], gid=55),
            shared_with={ROBOT},
        )
        yield emulator


@pytest.fixture
def time() -> VirtualTime:
    return VirtualTime()


@pytest.fixture
def outside(google: GoogleEmulator, key: tuple[str, dict[str, str]], time: VirtualTime, tmp_path: Path) -> Outside:
    path = tmp_path / "service.json"
    path.write_text(json.dumps(json.loads(key[0]) | {"token_uri": f"{google.root}/token"}))
    path.chmod(0o600)
    return Outside(folder=tmp_path, clock=time.clock, sleep=time.sleep, secret=lambda _: "")


def open_sheet(
    google: GoogleEmulator, outside: Outside, *, sheet: str = ID, more: str = "", after: str = ""
) -> GoogleSheet:
    text = f"""
timezone = "America/New_York"
[source]
type = "google_sheet"
sheet = "{sheet}"
credentials = "service.json"
api_root = "{google.root}"
{more}
[target]
type = "ics"
path = "out.ics"
{after}
"""
    source = open_source(parse_settings(text), outside)
    assert isinstance(source, GoogleSheet)
    return source


def read(google: GoogleEmulator, outside: Outside, *, sheet: str = ID, more: str = "") -> Table:
    return open_sheet(google, outside, sheet=sheet, more=more).read()


def test_two_requests_after_the_token_and_no_other_tab(google: GoogleEmulator, outside: Outside) -> None:
    table = read(google, outside)
    assert [row.values for row in table.rows] == [
        ("Company", "Applied", "Phone"),
        ("Acme", date(2026, 9, 28), "+15551234567"),
        ("Bolt",),
    ]
    assert table.zone == "America/New_York"
    assert [request.partition("?")[0] for request in google.requests] == [
        "POST /token",
        f"GET /v4/spreadsheets/{ID}",
        f"GET /v4/spreadsheets/{ID}",
    ]
    assert "ranges='Leads'" in google.requests[-1]


def test_a_tab_named_by_its_title_is_one_request(google: GoogleEmulator, outside: Outside) -> None:
    read(google, outside, more='tab = "Leads"')
    assert len(google.api_requests) == 1


def read_again(google: GoogleEmulator, outside: Outside, *, sheet: str = ID, more: str = "") -> tuple[Table, int]:
    """The sheet as the run after this one reads it, and in how many requests."""
    first = read(google, outside, sheet=sheet, more=more)
    google.requests.clear()
    source = open_sheet(google, outside, sheet=sheet, more=more)
    source.resume(first.bookmark)
    return source.read(), len(google.api_requests)


@pytest.mark.parametrize(
    ("sheet", "more"),
    [
        pytest.param(ID, "", id="the first tab"),
        pytest.param(f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=55", "", id="an address with a gid"),
        pytest.param(ID, 'tab = "Leads"', id="a title without the blank at its end"),
    ],
)
def test_a_tab_known_from_the_last_run_is_one_request(
    google: GoogleEmulator, outside: Outside, sheet: str, more: str
) -> None:
    google.sheets[ID].tabs[0].title = "Leads "
    table, requests = read_again(google, outside, sheet=sheet, more=more)
    again = read(google, outside, sheet=sheet, more=more)
    assert (table.rows, table.bookmark, requests) == (again.rows, again.bookmark, 1)


@pytest.mark.parametrize("change", ["renamed", "two titles exchanged", "hidden", "deleted"])
def test_a_tab_that_is_not_any_more_what_it_was_is_looked_up_again(
    google: GoogleEmulator, outside: Outside, change: str
) -> None:
    first = read(google, outside)
    leads, archive = google.sheets[ID].tabs
    if change == "renamed":
        leads.title = "Jobs"
    elif change == "two titles exchanged":
        leads.title, archive.title = archive.title, leads.title
    elif change == "hidden":
        leads.hidden = True
    else:
        google.sheets[ID].tabs.remove(leads)
    source = open_sheet(google, outside)
    source.resume(first.bookmark)
    meant = archive if change in ("hidden", "deleted") else leads
    assert source.read().name == meant.title


def test_damage_to_what_was_noted_costs_a_request_and_no_more(google: GoogleEmulator, outside: Outside) -> None:
    source = open_sheet(google, outside)
    source.resume("no tab")
    assert source.read().name == "Leads"


@pytest.mark.parametrize("sheet", [f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0", ID])
def test_other_tabs_however_large_are_never_read(google: GoogleEmulator, outside: Outside, sheet: str) -> None:
    google.sheets[ID].tabs[1].rows = [[cell("x" * 1000)] * 50] * 50
    read(google, outside, sheet=sheet)
    assert max(len(json.dumps(answer)) for _, answer in google.answers) < 20_000


def test_a_title_that_ends_in_a_blank_can_be_named(google: GoogleEmulator, outside: Outside) -> None:
    google.sheets[ID].tabs[0].title = "Leads "
    assert read(google, outside, more='tab = "Leads"').rows[1].values[0] == "Acme"


def test_a_header_still_being_computed_is_read_again(google: GoogleEmulator, outside: Outside) -> None:
    google.sheets[ID].tabs[0].put(0, 1, cell("Loading..."))
    with pytest.raises(SourceError, match="a header is a formula that Google is still computing; tried 4 times"):
        read(google, outside)


@pytest.mark.parametrize(("locale", "day"), [("en_US", date(2026, 9, 8)), ("en_GB", date(2026, 8, 9))])
def test_dates_typed_as_text_are_read_as_the_sheet_has_them(
    google: GoogleEmulator, outside: Outside, locale: str, day: date
) -> None:
    google.sheets[ID].locale = locale
    google.sheets[ID].tabs[0].put(1, 1, cell("9/8/2026"))
    given = parse_settings(
        'timezone = "America/New_York"\n[source]\ntype = "csv"\npath = "-"\n[target]\ntype = "ics"\npath = "-"'
    )
    leads = read_leads(read(google, outside), settings=given, vocabulary=load_vocabulary(), memory={}, today=NOW.date())
    assert (leads.leads[0].applied_on, [problem.value for problem in leads.problems]) == (day, [""])


def test_a_person_in_a_cell_comes_with_their_address(google: GoogleEmulator, outside: Outside) -> None:
    ann = {"chip": {"personProperties": {"email": "ann@example.org"}}}
    bo = {"startIndex": 9, "chip": {"personProperties": {"email": "bo@x.org"}}}
    leads = google.sheets[ID].tabs[0]
    leads.put(1, 2, Cell("Ann Lee", "Ann Lee", chips=(ann,)))
    leads.put(2, 2, Cell("Ann Lee, Bo Ray", "Ann Lee, Bo Ray", chips=({**ann, "startIndex": 0}, {"startIndex": 7}, bo)))
    leads.put(1, 3, Cell("CV", "CV", chips=({"chip": {"richLinkProperties": {"uri": "https://docs.example/cv"}}},)))
    rows = read(google, outside).rows
    assert rows[1].values[2] == "Ann Lee <ann@example.org>"
    assert rows[2].values[2] == "Ann Lee <ann@example.org>; Bo Ray <bo@x.org>"
    assert rows[1].links[3] == "https://docs.example/cv"


def test_a_filter_left_on_hides_nothing_from_us(google: GoogleEmulator, outside: Outside) -> None:
    leads = google.sheets[ID].tabs[0]
    leads.filtered_rows.add(1)
    leads.hidden_rows.add(2)
    assert [row.hidden for row in read(google, outside).rows] == [False, False, True]


@pytest.mark.parametrize(
    ("sheet", "more", "title"),
    [
        pytest.param(ID, "", "Leads", id="the first visible tab"),
        pytest.param(ID, 'tab = "Archive"', "Archive", id="a title"),
        pytest.param(ID, 'tab = "archive"', "Archive", id="a title in another case, as Google takes it"),
        pytest.param(ID, "tab = 55", "Archive", id="a number"),
        pytest.param(ID, 'tab = "55"', "Archive", id="a number in quotes"),
        pytest.param(f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=55", "", "Archive", id="the address's gid"),
        pytest.param(
            f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=55", 'tab = "Leads"', "Leads", id="tab beats address"
        ),
        pytest.param(ID, 'tab = "It\'s 2026!A1"', "It's 2026!A1", id="a title that looks like a range"),
        pytest.param(ID, 'tab = "2026"', "2026", id="a title that is a number"),
    ],
)
def test_tabs(google: GoogleEmulator, outside: Outside, sheet: str, more: str, title: str) -> None:
    tabs = google.sheets[ID].tabs
    tabs.insert(0, tab("Hidden", ["Company"], gid=9, hidden=True))
    tabs.insert(0, tab("Chart", gid=8, kind="OBJECT"))
    tabs.append(tab("It's 2026!A1", ["Company"], gid=10))
    tabs.append(tab("2026", ["Company"], gid=11))
    assert read(google, outside, sheet=sheet, more=more).name == title


@pytest.mark.parametrize("name", ['"Leeds"', "4711"], ids=["by title", "by number"])
def test_a_missing_tab_names_the_tabs_there_are(google: GoogleEmulator, outside: Outside, name: str) -> None:
    with pytest.raises(ConfigError, match="its tabs are Leads, Archive"):
        read(google, outside, more=f"tab = {name}")


def test_the_identity_is_the_sheet_and_tab_as_configured(google: GoogleEmulator, outside: Outside) -> None:
    assert open_sheet(google, outside).identity == f"google_sheet:{ID}"
    assert open_sheet(google, outside, more="tab = 55").identity == f"google_sheet:{ID}#55"


def test_a_formula_and_its_value(google: GoogleEmulator, outside: Outside) -> None:
    google.sheets[ID].tabs[0].put(2, 0, cell('=IMPORTDATA("http://example.com")'))
    assert read(google, outside).rows[2].values == ('=IMPORTDATA("http://example.com")',)


class TestContract(SourceContract):
    """A Google Sheet is a source like any other."""

    @pytest.fixture(autouse=True)
    def _google(self, google: GoogleEmulator, outside: Outside) -> None:
        self.google, self.outside = google, outside

    def make_source(self, grid: Grid, folder: Path) -> Source:
        self.google.add(tab("Leads", *grid), shared_with={ROBOT})
        return open_sheet(self.google, self.outside)


# --- when it goes wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        pytest.param(Fault("/v4/", 403, NOT_SHARED), NotSharedError, f"not shared with {ROBOT}", id="403 not shared"),
        pytest.param(
            Fault("/v4/", 403, SWITCHED_OFF),
            CredentialsError,
            r"switched off .* open https://console\.developers\.google\.com/apis/api/sheets.*project=123",
            id="403 API switched off",
        ),
        pytest.param(Fault("/v4/", 403, TOO_FEW_RIGHTS), CredentialsError, "tick every box", id="403 too few rights"),
        pytest.param(Fault("/v4/", 404, NOT_FOUND), SourceError, "no sheet with this id", id="404"),
        pytest.param(
            Fault("/v4/", 401, UNAUTHENTICATED, times=2), CredentialsError, "no longer accepts", id="401 twice"
        ),
        pytest.param(
            Fault(
                "/v4/",
                400,
                google_error(400, "FAILED_PRECONDITION", "This operation is not supported for this document"),
            ),
            SourceError,
            "Save as Google Sheets",
            id="an Excel file in Drive",
        ),
        pytest.param(Fault("/v4/", 429, QUOTA, times=99), SourceError, "limit of requests", id="429 for ever"),
        pytest.param(Fault("/v4/", 502, HTML_502, times=99), SourceError, r"status 502", id="HTML 502 for ever"),
        pytest.param(
            Fault("/v4/", 200, "<html>Sign in", times=99), SourceError, "not data", id="a page instead of data"
        ),
        pytest.param(
            Fault("/v4/", 302, "", {"Location": "https://accounts.google.com/ServiceLogin"}, times=99),
            SourceError,
            "not data",
            id="a detour to a login page is not followed",
        ),
        pytest.param(Fault("/v4/", cut=True, times=99), SourceError, "broke off", id="half an answer"),
        pytest.param(
            Fault("/token", 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}),
            CredentialsError,
            f"the key of {ROBOT} was deleted",
            id="token refused",
        ),
        pytest.param(
            Fault(
                "/token",
                400,
                {
                    "error": "invalid_grant",
                    "error_description": "Invalid JWT: Token must be a short-lived token (60 minutes) and in a"
                    " reasonable timeframe. Check your iat and exp values in the JWT claim.",
                },
            ),
            CredentialsError,
            "clock is wrong",
            id="clock wrong",
        ),
        pytest.param(
            Fault("/token", 502, HTML_502, times=99), SourceError, "login service is out of order", id="token 502"
        ),
        pytest.param(Fault("/token", cut=True, times=99), SourceError, "login service", id="token answer cut"),
        pytest.param(Fault("/token", 200, "<html>", times=99), SourceError, "not data", id="a captive portal"),
        pytest.param(Fault("/v4/", 200, [], times=99), SourceError, "not data", id="a list"),
        pytest.param(Fault("/v4/", 200, None, times=99), SourceError, "not data", id="null"),
        pytest.param(Fault("/v4/", 200, {}, times=99), SourceError, "without any tab", id="an empty object"),
        pytest.param(
            Fault(
                "/v4/", 403, {"error": {"errors": [{"reason": "rateLimitExceeded"}], "message": "made up"}}, times=99
            ),
            SourceError,
            "limit of requests",
            id="the limit, said as 403",
        ),
        pytest.param(Fault("/v4/", 400, {"error": "text"}), SourceError, "refused the request", id="an odd refusal"),
    ],
)
def test_each_failure_is_one_sentence_and_ends(
    google: GoogleEmulator,
    outside: Outside,
    time: VirtualTime,
    fault: Fault,
    kind: type[FollowupError],
    sentence: str,
) -> None:
    google.faults.append(fault)
    with pytest.raises(FollowupError, match=sentence) as caught:
        read(google, outside)
    assert type(caught.value) is kind
    assert "made-up-token" not in str(caught.value)
    assert sum(time.slept) < 90
    assert len(google.requests) <= 6


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault("/v4/", 401, UNAUTHENTICATED), id="401 once: a fresh token"),
        pytest.param(Fault("/v4/", 429, QUOTA, {"Retry-After": "7"}), id="429 once"),
        pytest.param(Fault("/v4/", 503, HTML_502, times=3), id="503 three times"),
        pytest.param(Fault("/v4/", cut=True), id="cut once"),
        pytest.param(Fault("/token", 503, {"error": "internal_failure"}, times=2), id="token 503 twice"),
    ],
)
def test_failures_that_pass(google: GoogleEmulator, outside: Outside, fault: Fault) -> None:
    google.faults.append(fault)
    assert len(read(google, outside).rows) == 3


@pytest.mark.parametrize(
    ("header", "slept"),
    [
        pytest.param("7", [7.0], id="seconds"),
        pytest.param("Thu, 01 Oct 2026 12:00:20 GMT", [20.0], id="a date"),
    ],
)
def test_retry_after_is_honoured(
    google: GoogleEmulator, outside: Outside, time: VirtualTime, header: str, slept: list[float]
) -> None:
    google.faults.append(Fault("/v4/", 429, QUOTA, {"Retry-After": header}))
    read(google, outside)
    assert time.slept == slept


def test_a_long_wait_is_left_to_a_later_run(google: GoogleEmulator, outside: Outside, time: VirtualTime) -> None:
    google.faults.append(Fault("/v4/", 429, QUOTA, {"Retry-After": "3600"}, times=9))
    with pytest.raises(SourceError) as caught:
        read(google, outside)
    assert caught.value.not_before == NOW + timedelta(hours=1)
    assert time.slept == []


def test_a_wait_without_measure_is_bounded(google: GoogleEmulator, outside: Outside) -> None:
    google.faults.append(Fault("/v4/", 429, QUOTA, {"Retry-After": "999999"}, times=9))
    with pytest.raises(SourceError) as caught:
        read(google, outside)
    assert caught.value.not_before == NOW + timedelta(hours=2)


def test_silence_ends(google: GoogleEmulator, outside: Outside) -> None:
    silence = threading.Event()
    google.faults.append(Fault("/v4/", silent=silence, times=9))
    source = open_sheet(google, outside)
    source.api.timeouts = (1.0, 0.05)
    try:
        with pytest.raises(SourceError, match="did not answer in time"):
            source.read()
    finally:
        silence.set()


def test_nobody_there(google: GoogleEmulator, outside: Outside) -> None:
    source = open_sheet(google, outside)
    source.api.root = "http://127.0.0.1:9"
    with pytest.raises(SourceError, match="cannot be reached"):
        source.read()


def test_a_sheet_shared_with_nobody_names_the_address_to_share_with(google: GoogleEmulator, outside: Outside) -> None:
    google.sheets[ID].shared_with.clear()
    with pytest.raises(CredentialsError, match=f"press Share and add {ROBOT}"):
        read(google, outside)


def test_no_secret_in_any_repr(google: GoogleEmulator, outside: Outside) -> None:
    source = open_sheet(google, outside)
    source.read()
    shown = repr(source)
    assert "PRIVATE KEY" not in shown
    assert "made-up-token" not in shown


# --- write-back ----------------------------------------------------------------------------------------------

WRITE_BACK = '\n[write_back]\nnext_follow_up = "Next"\n'


def next_of(company: str, text: str) -> CellToWrite:
    return CellToWrite("Leads:9", "Next", text, {"Company": company})


@pytest.fixture
def sheet_with_next(google: GoogleEmulator) -> Tab:
    google.add(
        tab("Jo's leads", ["Company", "Next"], ["Acme"], ["Bolt", "old"], ["=IMPORTDATA(1)"]), shared_with={ROBOT}
    )
    return google.sheets[ID].tabs[0]


def test_write_back_is_one_raw_batch_into_the_right_rows_of_a_sorted_sheet(
    google: GoogleEmulator, outside: Outside, sheet_with_next: Tab
) -> None:
    source = open_sheet(google, outside, after=WRITE_BACK)
    source.read()
    google.sort_rows(ID, lambda row: row[0].shown)
    google.requests.clear()
    cells = [next_of("Acme", "2026-10-05"), next_of("Bolt", ""), next_of("=IMPORTDATA(1)", "=IMPORTDATA(2)")]
    assert source.write_back(cells) == ()
    assert sheet_with_next.shown() == [
        ["Company", "Next"],
        ["=IMPORTDATA(1)", "=IMPORTDATA(2)"],
        ["Acme", "2026-10-05"],
        ["Bolt"],
    ]
    assert not any(one.formula for row in sheet_with_next.rows for one in row)
    assert [request.partition("?")[0] for request in google.requests] == [
        f"GET /v4/spreadsheets/{ID}",
        f"POST /v4/spreadsheets/{ID}/values:batchUpdate",
    ]


def test_write_back_leaves_rows_alone_that_it_does_not_find(
    google: GoogleEmulator, outside: Outside, sheet_with_next: Tab
) -> None:
    source = open_sheet(google, outside, after=WRITE_BACK)
    notes = source.write_back([next_of("Gone", "2026-10-05")])
    assert [note.row for note in notes] == ["Leads:9"]
    assert google.api_requests[-1].startswith("GET")


def test_write_back_reads_again_what_google_answered_without_any_tab(
    google: GoogleEmulator, outside: Outside, sheet_with_next: Tab
) -> None:
    source = open_sheet(google, outside, after=WRITE_BACK)
    source.read()
    google.faults.append(Fault("/v4/", 200, {}, times=2))
    assert source.write_back([next_of("Acme", "2026-10-05")]) == ()
    assert ["Acme", "2026-10-05"] in sheet_with_next.shown()


def test_write_back_leaves_formulas_alone(google: GoogleEmulator, outside: Outside, sheet_with_next: Tab) -> None:
    sheet_with_next.put(1, 1, Cell("soon", "soon", formula='=IF(A2="Acme","soon","")'))
    notes = open_sheet(google, outside, after=WRITE_BACK).write_back([next_of("Acme", "x"), next_of("Bolt", "y")])
    assert [note.key for note in notes] == ["write_back.formulas"]
    assert [row[1] for row in sheet_with_next.shown()[1:3]] == ["soon", "y"]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        pytest.param(Fault("batchUpdate", 403, NOT_SHARED), "make that an Editor", id="only shared for reading"),
        pytest.param(
            Fault(
                "batchUpdate",
                400,
                google_error(400, "INVALID_ARGUMENT", "You are trying to edit a protected cell or object."),
            ),
            "is protected",
            id="a protected column",
        ),
    ],
)
def test_write_back_refused(
    google: GoogleEmulator, outside: Outside, sheet_with_next: Tab, fault: Fault, sentence: str
) -> None:
    google.faults.append(fault)
    with pytest.raises(CredentialsError, match=sentence):
        open_sheet(google, outside, after=WRITE_BACK).write_back([next_of("Acme", "x")])


def test_data_validation_that_refuses_names_the_column(
    google: GoogleEmulator, outside: Outside, sheet_with_next: Tab
) -> None:
    said = "The data you entered in cell B2 violates the data validation rules set on this cell."
    google.faults.append(Fault("batchUpdate", 400, google_error(400, "INVALID_ARGUMENT", said)))
    with pytest.raises(SourceError, match="validation refuses what is written back into 'Next'"):
        open_sheet(google, outside, after=WRITE_BACK).write_back([next_of("Acme", "x")])


def test_reading_alone_asks_for_no_right_to_write(
    google: GoogleEmulator, outside: Outside, sheet_with_next: Tab
) -> None:
    with pytest.raises(CredentialsError, match="does not include this right"):
        open_sheet(google, outside).write_back([next_of("Acme", "x")])


@pytest.mark.parametrize(("column", "name"), [(0, "A2"), (25, "Z2"), (26, "AA2"), (701, "ZZ2"), (702, "AAA2")], ids=str)
def test_cells_in_a1_notation(column: int, name: str) -> None:
    assert cell_name(Found(2, column, "")) == name
