"""R-005-4: the last day for an answer, as it stands in a status (its days: R-005-4.toml)."""

from __future__ import annotations

from datetime import date

import pytest
from runner import Seeker as Life
from runner import a_row


@pytest.mark.parametrize(
    "status",
    [
        "Offer! need to answer by 1/20",
        "Angebot - Bedenkzeit bis 20.1.",
        "OA sent - due 1/20",
        "oferta - zastanawiam się do 20.01",
    ],
)
def test_a_last_day_in_the_status_is_seen(status: str) -> None:
    seeker = Life([a_row("Acme", "2026-12-14", status=status), a_row("Globex", "2026-12-15", status="sent")])
    report = seeker.run()
    lead = next(lead for lead in report.leads.leads if lead.company == "Acme")
    assert (lead.answer_by, report.plan.problems) == (date(2027, 1, 20), ())
    titles = [event.snapshot.summary for event in seeker.calendar.values()]
    task = "finish the test" if status.startswith("OA") else "answer the offer"
    assert f"Acme, Analyst: {task} by Wed 20 Jan" in titles
    asked = "Acme, Analyst: add a date" in titles
    assert asked is (task == "answer the offer"), "without its day nobody is thanked for the offer"


def test_a_trial_at_an_hour_is_an_appointment() -> None:
    seeker = Life([a_row("Acme", "2026-12-14", status="road test 1/20 8:00"), a_row("Globex", "2026-12-15")])
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")
    assert f"{lead.interview_at}"[:16] == "2027-01-20 08:00"


def test_a_call_that_is_to_come_is_the_day_by_which_they_call() -> None:
    seeker = Life([a_row("Acme", "2026-12-14", status="they replied 1/20"), a_row("Globex", "2026-12-15")])
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")
    assert (lead.last_inbound, lead.they_decide_by) == (None, date(2027, 1, 20))
