"""Days of a status that lay ahead when it was written: the row stays, the day passes, and nothing has happened."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from conftest import ZONE
from runner import Seeker, a_row


def waiting(status: str) -> Seeker:
    """Somebody whose row said this a week before 14 January, and who looks at the calendar every day."""
    seeker = Seeker([a_row("Acme", applied_on="2026-12-14", status=status)])
    seeker.run()
    while seeker.now.day < 14:
        seeker.now += timedelta(days=1)
        seeker.run()
    return seeker


def titles(seeker: Seeker) -> list[str]:
    shown = sorted(seeker.calendar.values(), key=lambda event: str(event.snapshot.start))
    return [event.snapshot.summary for event in shown if "Acme" in event.snapshot.summary]


def days(seeker: Seeker) -> list[str]:
    return [
        f"{event.snapshot.start:%Y-%m-%d}" for event in seeker.calendar.values() if "Acme" in event.snapshot.summary
    ]


@pytest.mark.parametrize(
    "status", ["they'll call me after Jan 12", "will get back to me Jan 12", "meldet sich erst nach dem 12.1. wieder"]
)
def test_who_was_to_call_by_a_day_has_not_called_because_it_has_passed(status: str) -> None:
    seeker = waiting(status)
    assert not any("answer" in title for title in titles(seeker))
    assert not any("Thank you for your message" in event.snapshot.description for event in seeker.calendar.values())
    assert "ask for the next step" in titles(seeker)[0]


def test_a_status_that_is_changed_tells_what_has_happened() -> None:
    seeker = waiting("they'll call me after Jan 12")
    seeker.rows[0]["status"] = "they called Jan 12, want my references"
    seeker.run()
    assert any("answer" in title for title in titles(seeker))


@pytest.mark.parametrize("status", ["they'll call me after Jan 12", "meldet sich erst nach dem 12.1. wieder"])
def test_a_day_of_the_coming_year_is_not_taken_for_one_before_the_application(status: str) -> None:
    seeker = Seeker([a_row("Acme", applied_on="2026-11-16", status=status)])
    seeker.now = datetime(2026, 11, 27, 9, tzinfo=ZONE)
    lead = seeker.run().leads.leads[0]
    assert (lead.they_decide_by, lead.last_inbound) == (date(2027, 1, 12), None)
    assert "ask for the next step" in titles(seeker)[0]


@pytest.mark.parametrize("status", ["Acknowledged 12/18, shortlist by 1/14", "in touch, portfolio by 1/14"])
def test_a_last_day_is_waited_for_on_that_very_day_and_after_it(status: str) -> None:
    seeker = Seeker([a_row("Acme", applied_on="2026-12-14", status=status)])
    seeker.run()
    asked = days(seeker)
    assert min(asked) == "2027-01-15"
    while seeker.now.day < 14:
        seeker.now += timedelta(days=1)
        seeker.run()
    [lead] = seeker.run().leads.leads
    assert lead.they_decide_by == date(2027, 1, 14)
    assert days(seeker) == asked
