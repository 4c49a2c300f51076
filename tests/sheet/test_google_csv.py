"""A Google Sheet without a login, over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from google_emulator import HTML_502, LOGIN_PAGE, Fault, GoogleEmulator, running_google, tab
from source_contract import Grid, SourceContract
from source_contract import outside as made_up_outside

from connectors import open_source
from connectors.google.link_csv import PublicSheet
from connectors.outside import Outside
from sync.config import parse_settings
from sync.errors import ConfigError, CredentialsError, FollowupError, PrivateSheetError, SourceError
from sync.models import Remark, Table
from sync.protocols import Source

ID = "made-up-sheet-0001"
PAGE = "2PACX-made-up-page"
PUBLISHED = f"https://docs.google.com/spreadsheets/d/e/{PAGE}/pub?gid=55&single=true&output=csv"


@pytest.fixture
def google() -> Iterator[GoogleEmulator]:
    with running_google() as emulator:
        emulator.add(
            tab("Leads", ["Company", "Applied"], ["Acme", date(2026, 9, 28)], [], ["Müller", "a\nb"]),
            tab("Archive", ["Company"], ["Old"], gid=55),
            by_link=True,
            published_as=PAGE,
        )
        yield emulator


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return made_up_outside(tmp_path)


def open_public(google: GoogleEmulator, outside: Outside, *, sheet: str = ID, more: str = "") -> Source:
    source = f'[source]\ntype = "google_sheet"\nsheet = "{sheet}"\napi_root = "{google.root}"\n{more}'
    target = '[target]\ntype = "ics"\npath = "out.ics"\n'
    return open_source(parse_settings(f'timezone = "Europe/Berlin"\n{source}\n{target}'), outside)


def read(google: GoogleEmulator, outside: Outside, *, sheet: str = ID, more: str = "") -> Table:
    return open_public(google, outside, sheet=sheet, more=more).read()


class TestContract(SourceContract):
    """A shared sheet is a source like any other."""

    @pytest.fixture(autouse=True)
    def _google(self, google: GoogleEmulator, outside: Outside) -> None:
        self.google, self.outside = google, outside

    def make_source(self, grid: Grid, folder: Path) -> Source:
        self.google.add(tab("Leads", *grid), by_link=True)
        return open_public(self.google, self.outside)


def test_a_shared_sheet_is_read_as_displayed_with_its_row_numbers(google: GoogleEmulator, outside: Outside) -> None:
    table = read(google, outside, sheet=f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0")
    assert table.name == "Job search – Leads.csv"
    assert [(row.number, row.values) for row in table.rows if any(row.values)] == [
        (1, ("Company", "Applied")),
        (2, ("Acme", "09/28/2026")),
        (4, ("Müller", "a\nb")),
    ]
    assert table.rows[1].address == f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0&range=A2"
    assert table.notes == (Remark("table.link", {"sheet": table.name, "way": "shared link"}),)


@pytest.mark.parametrize(
    ("sheet", "more", "cell"),
    [
        pytest.param(ID, "", "Acme", id="the first tab"),
        pytest.param(ID, "tab = 55", "Old", id="a tab by number"),
        pytest.param(f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=55", "", "Old", id="the address's tab"),
        pytest.param(PUBLISHED, "", "Old", id="a published page"),
    ],
)
def test_tabs(google: GoogleEmulator, outside: Outside, sheet: str, more: str, cell: str) -> None:
    assert read(google, outside, sheet=sheet, more=more).rows[1].values[0] == cell


def test_a_published_page_has_no_links_to_rows(google: GoogleEmulator, outside: Outside) -> None:
    assert {row.address for row in read(google, outside, sheet=PUBLISHED).rows} == {""}


def test_a_published_page_needs_no_login_even_where_there_is_one(google: GoogleEmulator, outside: Outside) -> None:
    assert open_public(google, outside, sheet=PUBLISHED, more='credentials = "service.json"').read()


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        pytest.param(Fault("/d/", 200, LOGIN_PAGE), PrivateSheetError, "is private", id="a login page that says 200"),
        pytest.param(
            Fault("/d/", 302, "", {"Location": "https://accounts.google.com/ServiceLogin?continue=x"}),
            PrivateSheetError,
            "is private",
            id="a redirect to the login",
        ),
        pytest.param(
            Fault("/d/", 302, "", {"Location": "https://example.com/x.csv"}),
            SourceError,
            "not Google's",
            id="a redirect elsewhere",
        ),
        pytest.param(
            Fault("/d/", 302, "", {"Location": "http://docs.google.com/x"}),
            SourceError,
            "not Google's",
            id="without TLS",
        ),
        pytest.param(Fault("/d/", 401, LOGIN_PAGE), PrivateSheetError, "is private", id="401"),
        pytest.param(Fault("/d/", 404, "<html>"), SourceError, "no sheet has this address", id="404"),
        pytest.param(Fault("/d/", 400, "<html>"), ConfigError, "no tab number", id="a tab that is gone"),
        pytest.param(Fault("/d/", 502, HTML_502, times=9), SourceError, "status 502", id="502 for ever"),
        pytest.param(Fault("/d/", 429, "", {"Retry-After": "900"}, times=9), SourceError, "429", id="429, come later"),
        pytest.param(
            Fault("exported", headers={"Content-Type": "text/csv"}, cut=True, times=9),
            SourceError,
            "broke off",
            id="half a sheet is no sheet",
        ),
        pytest.param(
            Fault("/d/", 302, "", {"Location": "/spreadsheets/d/x/export"}, times=99),
            SourceError,
            "one address to the next",
            id="a circle",
        ),
    ],
)
def test_failures(
    google: GoogleEmulator, outside: Outside, fault: Fault, kind: type[FollowupError], sentence: str
) -> None:
    google.faults.append(fault)
    with pytest.raises(FollowupError, match=sentence) as caught:
        read(google, outside)
    assert type(caught.value) is kind
    if "Retry-After" in fault.headers:
        assert caught.value.not_before == outside.clock() + timedelta(minutes=15)


def test_a_private_sheet_says_what_to_click(google: GoogleEmulator, outside: Outside) -> None:
    google.sheets[ID].by_link = False
    with pytest.raises(SourceError, match="Anyone with the link"):
        read(google, outside)


def test_a_failure_that_passes(google: GoogleEmulator, outside: Outside) -> None:
    google.faults.append(Fault("exported", 503, HTML_502, times=2))
    assert read(google, outside).rows


def test_a_tab_by_title_needs_a_login(google: GoogleEmulator, outside: Outside) -> None:
    with pytest.raises(ConfigError, match="gid=NUMBER"):
        read(google, outside, more='tab = "Archive"')


def test_write_back_needs_a_login(google: GoogleEmulator, outside: Outside) -> None:
    with pytest.raises(CredentialsError, match="write-back needs a login"):
        open_public(google, outside, more='[write_back]\nnext_follow_up = "Next"')


def test_the_identity_stays_when_a_login_comes(google: GoogleEmulator, outside: Outside) -> None:
    source = open_public(google, outside, more="tab = 55")
    assert isinstance(source, PublicSheet)
    assert source.identity == f"google_sheet:{ID}#55"
