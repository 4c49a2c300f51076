"""Setting up: recognised sources and targets, the shown guess, the written file."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.config import parse_settings
from sync.errors import ConfigError
from sync.models import Lead, Row, Stage, Table
from sync.reading.columns import understand_columns
from sync.reading.guess import ASKED
from sync.reading.vocabulary import load_vocabulary
from sync.setup.guess import MEANINGS, STAGE_MEANINGS, count_old, guess_columns
from sync.setup.places import choose_details, explain_target, recognise_source, recognise_target
from sync.setup.settings_file import Setup, write_settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("leads.csv", {"type": "csv", "path": "leads.csv"}),
        ("My Jobs.XLSX", {"type": "excel", "path": "My Jobs.XLSX"}),
        ("jobs.ods", {"type": "excel", "path": "jobs.ods"}),
        (
            " https://docs.google.com/spreadsheets/d/abc/edit#gid=0",
            {"type": "google_sheet", "sheet": "https://docs.google.com/spreadsheets/d/abc/edit#gid=0"},
        ),
    ],
)
def test_sources(text: str, expected: dict[str, str]) -> None:
    assert recognise_source(text) == expected


@pytest.mark.parametrize("text", ["", "https://example.org/table"])
def test_what_is_no_source(text: str) -> None:
    with pytest.raises(ConfigError):
        recognise_source(text)


def test_targets() -> None:
    assert recognise_target("out/f.ics")["type"] == "ics"
    assert recognise_target("https://cal.example/dav/")["type"] == "caldav"
    with pytest.raises(ConfigError):
        recognise_target("calendar")


def test_a_feed_is_said_not_to_ring_and_to_need_hosting() -> None:
    text = " ".join(explain_target({"type": "ics", "path": "f.ics"}))
    assert "never ring" in text
    assert "https address" in text
    assert "Rings: yes" in explain_target({"type": "caldav", "url": "https://cal.example"})[0]


@pytest.mark.parametrize(
    ("kind", "others", "details"), [("ics", False, "short"), ("caldav", True, "short"), ("caldav", False, "full")]
)
def test_details(kind: str, others: bool, details: str) -> None:
    assert choose_details(kind, others_see_it=others) == details


def test_the_guess_shows_every_column_with_its_reason_and_cells() -> None:
    rows = (("Company", "Phone", "Zodiac"), ("Acme", "yes", "Leo"), ("Bolt", "no", ""))
    table = Table("leads.csv", tuple(Row(i, cells) for i, cells in enumerate(rows, 1)))
    columns = understand_columns(table, chosen={}, vocabulary=load_vocabulary(), accepted={})
    company, phone, zodiac = guess_columns(table, columns)
    assert (company.field, company.reason, company.samples) == ("company", "a known header", ("Acme", "Bolt"))
    assert phone.field == ""
    assert phone.reason == "it holds no phone numbers"
    assert zodiac.reason == "nothing says what it holds"


def test_old_rows_are_counted() -> None:
    leads = [Lead(str(day), "r", 1, applied_on=date(2026, 1, day)) for day in (1, 10, 20)]
    assert count_old(leads, date(2026, 1, 15)) == 2


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20)


@given(path=TEXT, header=TEXT, word=TEXT)
def test_whatever_the_answers_the_file_says_the_same(path: str, header: str, word: str) -> None:
    setup = Setup(
        owner="k3x9",
        timezone="Europe/Berlin",
        source={"type": "csv", "path": f"x{path}x"},
        target={"type": "ics", "path": "f.ics", "details": "short"},
        holidays="DE-BY",
        columns={"company": f"x{header}x"},
        words=[word],
        ignore_before=date(2026, 9, 1),
    )
    settings = parse_settings(write_settings(setup))
    assert settings.source.path == f"x{path}x"
    assert settings.source.columns == {"company": f"x{header}x"}
    assert settings.source.statuses == {}
    assert (settings.target.details, settings.ignore_before, settings.holidays) == (
        "short",
        date(2026, 9, 1),
        ("DE-BY",),
    )


def test_every_field_a_column_may_be_asked_about_has_a_meaning() -> None:
    assert set(MEANINGS) == ASKED
    assert list(STAGE_MEANINGS) == list(Stage)
