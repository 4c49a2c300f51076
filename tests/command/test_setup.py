"""Setting up: recognised sources and targets, the shown guess, the written file."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.config import parse_settings
from sync.errors import ConfigError
from sync.models import Lead, Stage
from sync.reading.guess import ASKED
from sync.reading.vocabulary import EXTRA_FIELDS, FIELDS
from sync.setup.places import clean_path, explain_target, recognise_source
from sync.setup.preview import count_old
from sync.setup.questions import load_phrases
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


@pytest.mark.parametrize(
    ("typed", "path"),
    [
        ("leads.csv", "leads.csv"),
        ("'/home/ann/my jobs/leads.csv' ", "/home/ann/my jobs/leads.csv"),
        ('"/home/ann/my jobs/leads.csv"', "/home/ann/my jobs/leads.csv"),
        (r"/home/ann/my\ jobs/leads\ \(1\).csv", "/home/ann/my jobs/leads (1).csv"),
        ("file:///home/ann/my%20jobs/leads.csv", "/home/ann/my jobs/leads.csv"),
        ("~/leads.csv", "/home/ann/leads.csv"),
        ("'~/my leads.csv'", "/home/ann/my leads.csv"),
    ],
)
def test_paths_as_a_terminal_gets_them_when_a_file_is_dragged_there(typed: str, path: str) -> None:
    assert clean_path(typed, home="/home/ann") == path


def test_paths_on_windows_keep_their_backslashes() -> None:
    assert clean_path(r"& 'C:\My Jobs\leads.csv'", home="", windows=True) == r"C:\My Jobs\leads.csv"
    assert clean_path("file:///C:/My%20Jobs/leads.csv", home="", windows=True) == "C:/My Jobs/leads.csv"


def test_a_feed_is_said_not_to_ring_and_to_need_hosting() -> None:
    says = load_phrases("en").says
    text = says[explain_target({"type": "ics", "path": "f.ics"})]
    assert "never ring" in text
    assert "https address" in text
    assert "Rings: yes, on every" in says[explain_target({"type": "caldav", "url": "https://cal.example"})]
    assert "Google may add" in says[explain_target({"type": "caldav", "url": "https://apidata.googleusercontent.com/"})]


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


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_field_and_every_stage_is_put_in_a_persons_words(language: str) -> None:
    phrases = load_phrases(language)
    missing = {*ASKED, *FIELDS, *EXTRA_FIELDS} - set(phrases.meanings)
    assert not missing, f"[meanings] of mappings/conversation.{language}.toml"
    assert list(phrases.stages) == list(Stage)
