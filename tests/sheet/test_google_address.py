"""Every form of address that people paste."""

from __future__ import annotations

import pytest

from connectors.google.address import SheetAddress, parse_address
from sync.errors import ConfigError

ID = "1aBcDeFgHiJkLmNoPqRsTuVwXyZ_0123456789-made-up"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ID, SheetAddress(ID), id="a bare id"),
        pytest.param(
            f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=0", SheetAddress(ID, 0), id="gid in the fragment"
        ),
        pytest.param(
            f"https://docs.google.com/spreadsheets/d/{ID}/edit?gid=77#gid=77",
            SheetAddress(ID, 77),
            id="gid in query and fragment, as browsers show it since 2024",
        ),
        pytest.param(
            f"https://docs.google.com/spreadsheets/u/1/d/{ID}/edit?usp=sharing",
            SheetAddress(ID),
            id="the second account of a browser, which gspread refuses",
        ),
        pytest.param(
            f"https://docs.google.com/a/school.example/spreadsheets/d/{ID}/", SheetAddress(ID), id="a school's domain"
        ),
        pytest.param(
            f"https://docs.google.com/spreadsheets/d/{ID}/export?format=csv&gid=5",
            SheetAddress(ID, 5),
            id="the export link itself",
        ),
        pytest.param(
            "https://docs.google.com/spreadsheets/d/e/2PACX-1vMadeUp_made-up/pub?gid=9&single=true&output=csv",
            SheetAddress("2PACX-1vMadeUp_made-up", 9, published=True),
            id="a published page, which gspread takes for a sheet called e",
        ),
        pytest.param(
            "https://docs.google.com/spreadsheets/d/e/2PACX-1vMadeUp_made-up/pubhtml",
            SheetAddress("2PACX-1vMadeUp_made-up", published=True),
            id="a published page to look at",
        ),
        pytest.param(f"https://drive.google.com/open?id={ID}", SheetAddress(ID), id="a link from Drive"),
        pytest.param(f"https://drive.google.com/file/d/{ID}/view", SheetAddress(ID), id="a file's page in Drive"),
        pytest.param(
            f"https://spreadsheets.google.com/ccc?key={ID}#gid=2", SheetAddress(ID, 2), id="a link from long ago"
        ),
        pytest.param(
            f" docs.google.com/spreadsheets/d/{ID}/edit \n", SheetAddress(ID), id="without https, with spaces"
        ),
    ],
)
def test_addresses_understood(text: str, expected: SheetAddress) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://example.com/spreadsheets/d/" + ID, id="somebody else's server"),
        pytest.param(
            "https://docs.google.com.example.com/spreadsheets/d/" + ID, id="a server that looks like Google's"
        ),
        pytest.param("https://docs.google.com/document/u/0/", id="no sheet at all"),
        pytest.param("https://docs.google.com/spreadsheets/d/../../etc/passwd", id="a path that climbs"),
        pytest.param("leads", id="a word"),
        pytest.param("", id="nothing"),
    ],
)
def test_addresses_refused_with_advice(text: str) -> None:
    with pytest.raises(ConfigError, match=r"source\.sheet"):
        parse_address(text)


def test_links_to_a_row_and_to_the_csv() -> None:
    sheet = SheetAddress(ID, 5)
    assert sheet.row_link(7, 5) == f"https://docs.google.com/spreadsheets/d/{ID}/edit#gid=5&range=A7"
    assert sheet.csv_link(5) == f"https://docs.google.com/spreadsheets/d/{ID}/export?format=csv&gid=5"
    page = SheetAddress("2PACX-1vMadeUp_made-up", 9, published=True)
    assert page.row_link(7, 9) == ""
    assert page.csv_link(9) == (
        "https://docs.google.com/spreadsheets/d/e/2PACX-1vMadeUp_made-up/pub?single=true&output=csv&gid=9"
    )
