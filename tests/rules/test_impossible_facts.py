"""Facts that can be read and still cannot be: each names its cell, the rest of the lead goes on."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from advisor import Seeker, a_lead, when

from sync.models import Stage
from sync.render.leads import facts_of

NOW = "2027-01-13 08:40"


@pytest.mark.parametrize(
    ("facts", "column", "value", "reason"),
    [
        ({"applied_on": date(202, 1, 4)}, "Applied On", "0202-01-04", "the year 0202 is not plausible"),
        ({"follow_up_on": date(2207, 1, 4)}, "Follow Up On", "2207-01-04", "the year 2207 is not plausible"),
        (
            {"applied_on": date(2027, 1, 12), "interview_at": when("2027-01-04 10:00")},
            "Interview At", "2027-01-04 10:00", "the interview is before the application",
        ),
        (
            {"interview_at": when("2027-01-20 10:00"), "interview_end": when("2027-01-20 09:00")},
            "Interview End", "2027-01-20 09:00", "the interview ends before it starts",
        ),
        (
            {"interview_at": when("2027-01-20 10:00"), "interview_zone": "Europe/Atlantis"},
            "Interview Zone", "Europe/Atlantis", "no such time zone",
        ),
        ({"contact_zone": "CET5"}, "Contact Zone", "CET5", "no such time zone"),
    ],
    ids=["year 0202", "year 2207", "interview before application", "end before start", "no zone", "no contact zone"],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_one_named_problem(
    facts: dict[str, Any], column: str, value: str, reason: str
) -> None:
    schedule = Seeker().run(NOW, a_lead(7, **facts))
    [problem] = schedule.problems
    assert (problem.row, problem.column) == ("leads.csv:7", column)
    assert value in problem.value
    assert problem.reason.startswith(reason)


def test_what_hangs_on_the_cell_is_frozen_and_the_rest_goes_on() -> None:
    lead = a_lead(
        stage=Stage.INTERVIEW, applied_on=date(2027, 1, 12), interview_at=when("2027-01-04 10:00"),
        offer_on=date(2027, 1, 13),
    )  # fmt: skip
    seeker = Seeker()
    schedule = seeker.run(NOW, lead)
    assert (lead.key, "R-001-4") in schedule.frozen
    assert seeker.all("R-001-4") == []
    assert seeker.find("R-001-9")


def test_plausible_facts_are_no_problem() -> None:
    lead = a_lead(applied_on=date(2027, 1, 4), interview_at=when("2027-01-20 10:00"), interview_zone="Europe/Berlin")
    assert Seeker().run(NOW, lead).problems == ()


def test_a_promise_is_the_seekers_own() -> None:
    """R-000-3 keeps what you promised; the row's facts must not say that they did."""
    assert "you promised Wed 20 Jan 2027" in facts_of(a_lead(promised_on=date(2027, 1, 20)))


def test_of_a_customer_no_day_is_called_that_of_an_application() -> None:
    said = facts_of(a_lead(lead_kind="customer", applied_on=date(2027, 1, 4), interview_at=date(2027, 1, 20)))
    assert "first message Mon 4 Jan 2027; meeting Wed 20 Jan 2027" in said
