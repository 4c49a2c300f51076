"""`every`: how often somebody is to hear from the seeker, as people write it."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import settings_for

from sync.advice import load_advice
from sync.models import Leads, Row, Table
from sync.reading.intervals import read_interval
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

WORDS = load_vocabulary().words


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("6 weeks", 42), ("6 Wochen", 42), ("monthly", 30), ("30", 30), ("every 2 months", 60),
        ("every other week", 14), ("biweekly", 14), ("once a month", 30), ("alle 14 Tage", 14), ("quarterly", 91),
        ("vierteljährlich", 91), ("6w", 42), ("ca. 3 Monate", 90), ("every three months", 90),
        ("jede zweite Woche", 14),
        ("yearly", 365), ("toutes les 2 semaines", 14), ("每月", 30), ("  MONTHLY ", 30), ("30.0", 30), ("30,0", 30),
    ],
)  # fmt: skip
def test_how_often(text: str, days: int) -> None:
    assert read_interval(text, words=WORDS) == days


@pytest.mark.parametrize(
    "text",
    [
        "often",
        "when I can",
        "twice a month",
        "every",
        "6 7 weeks",
        "daily",
        "1",
        "0",
        "5000",
        "9" * 400,
        "-",
        "½",
        "1.5 months",
        "30.5",
    ],
)
def test_what_is_no_interval_is_a_problem_of_its_cell(text: str) -> None:
    assert not isinstance(read_interval(text, words=WORDS), int)


def read(**cells: str) -> Leads:
    """A sheet of one row, with just these headers."""
    settings = settings_for()
    table = Table("leads.csv", (Row(1, tuple(cells)), Row(2, tuple(cells.values()))))
    return read_leads(table, settings=settings, vocabulary=load_advice(settings).vocabulary, memory={})


def test_one_sentence_says_what_to_write_instead() -> None:
    leads = read(company="Acme", last_outbound="2027-01-05", every="now and then")
    (problem,) = leads.problems
    assert (problem.row, problem.column, problem.value) == ("leads.csv:2", "every", "now and then")
    assert problem.reason == 'is no interval; write it as "6 weeks", "monthly", or 30 for days'
    assert "every" in leads.leads[0].unreadable


def test_too_often_is_said() -> None:
    (problem,) = read(contact_name="Ida Berg", last_outbound="2027-01-05", every="daily").problems
    assert problem.reason == "is 1 day; from 2 to 1000 days are possible"


@pytest.mark.parametrize("header", ["Keep in touch every", "How often", "Kontakt alle", "every", "Contact frequency"])
def test_a_column_says_it_in_other_words(header: str) -> None:
    leads = read(**{"Company": "Acme", "Date applied": "2027-01-04", header: "6 weeks"}).leads
    assert [lead.every for lead in leads] == [42]


def test_a_column_of_ticks_under_that_name_is_none() -> None:
    leads = read(**{"Company": "Acme", "Date applied": "2027-01-04", "Keep in touch": "yes"})
    assert (leads.problems, leads.leads[0].every) == ((), None)


@pytest.mark.parametrize("header", ["They will call", "Call expected", "Rückruf erwartet", "they_call_at"])
def test_a_promised_call_in_a_column_of_its_own(header: str) -> None:
    (lead,) = read(**{"Company": "Acme", "Date applied": "2027-01-04", header: "2027-01-12 3:30"}).leads
    assert f"{lead.they_call_at:%Y-%m-%d %H:%M}" == "2027-01-12 15:30"


def test_a_list_of_people_without_posts_is_no_list_of_applications() -> None:
    """A sheet of name, last contact and rhythm: the last contact was no application, read or unread."""
    for every, unreadable in (("6 weeks", False), ("blue moon", True)):
        (lead,) = read(company="Acme", contact_name="Ida Berg", last_outbound="2027-01-05", every=every).leads
        assert lead.applied_on is None
        assert ("every" in lead.unreadable) is unreadable
    (applied,) = read(company="Acme", role="Clerk", last_outbound="2027-01-05", every="6 weeks").leads
    assert applied.applied_on == date(2027, 1, 5)
    (rare,) = read(company="Acme", last_outbound="2027-01-05", every="").leads
    assert rare.applied_on == date(2027, 1, 5)
