"""Dates of other years: nothing ends a run, nothing old comes alive, and the year is said."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, asks, person, when

from sync.models import Stage


@pytest.mark.parametrize("year", range(2029, 2047))
@pytest.mark.parametrize("field", ["applied_on", "interview_at", "promised_on"])
def test_a_date_of_a_far_year_ends_no_run(field: str, year: int) -> None:
    value = when(f"{year}-06-03 10:00") if field == "interview_at" else date(year, 6, 3)
    seeker = Seeker()
    schedule = seeker.run("2027-01-13 08:40", a_lead(2, contact=person(), **{field: value}))
    assert schedule.touches
    assert not schedule.problems


@pytest.mark.parametrize("year", [2009, 2016, 2023])
def test_an_old_lead_gets_no_fresh_ladder(year: int) -> None:
    seeker = Seeker()
    seeker.run("2027-01-13 08:40", a_lead(2, contact=person(), applied_on=date(year, 3, 2)))
    assert asks(seeker) == []
    assert seeker.all("triage")


def test_a_date_more_than_half_a_year_away_is_told_with_its_year() -> None:
    seeker = Seeker()
    lead = a_lead(
        2, contact=person(), stage=Stage.ON_HOLD, applied_on=date(2026, 3, 2), meeting_on=date(2026, 12, 28),
        references_given_on=date(2029, 6, 5),
    )  # fmt: skip
    seeker.run("2027-01-13 08:40", lead)
    told = "\n".join(touch.description for touch in seeker.schedule.touches)
    assert "applied Mon 2 Mar 2026" in told
    assert "met Mon 28 Dec" in told
    assert "Mon 28 Dec 2026" not in told
    assert "Tue 5 Jun 2029" in told
