"""Honest about the beginning: nobody is forgotten, and rows without a date are one event, not one each."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, day, person, settings_for

from sync.models import Stage


@pytest.mark.parametrize("contact", [person("Dana Reed"), person("")], ids=["to the contact", "to the firm"])
def test_a_promise_to_an_employer_is_kept(contact: object) -> None:
    seeker = Seeker()
    seeker.run(
        "2027-01-13 08:40", a_lead(2, applied_on=date(2027, 1, 12), promised_on=date(2027, 1, 20), contact=contact)
    )
    promise = seeker.find("R-000-3")
    assert day(promise) == "2027-01-20"
    assert "Acme" in promise.who


def test_an_agency_is_kept_in_touch_with_while_its_only_row_is_an_idea() -> None:
    seeker = Seeker()
    seeker.run("2027-01-13 08:40", a_lead(2, agency="Harnham", received_at=date(2027, 1, 13)))
    assert day(seeker.find("R-001-13")) == "2027-01-20"
    assert day(seeker.find("R-000-4")) == "2027-01-14"


def test_rows_without_the_date_their_stage_promises_are_one_event_that_names_them() -> None:
    seeker = Seeker()
    leads = [a_lead(n, company=f"Talk {n}", stage=Stage.INTERVIEW) for n in range(2, 16)]
    schedule = seeker.run("2027-01-13 08:40", leads)
    shown = [touch for touch in schedule.touches if touch.rule == "R-000-4" and touch.published]
    assert [touch.summary for touch in shown] == ["14 rows: add a date"]
    assert all(f"Talk {n}" in shown[0].description for n in range(2, 16))
    assert len({touch.lead_key for touch in seeker.all("R-000-4")}) == 15
    assert seeker.run("2027-01-13 08:40", leads).touches == schedule.touches
    assert seeker.run("2027-01-13 19:40", leads).touches == schedule.touches
    seeker.run("2027-01-14 08:40", leads)
    assert not seeker.all("R-000-4")


def test_without_a_limit_nothing_is_said_of_one() -> None:
    seeker = Seeker(settings_for(tables="[limits]\ndaily_touches = 0"))
    leads = [a_lead(n, company=f"Firm {n}", applied_on=date(2027, 1, 6), follow_ups_done=0) for n in range(2, 40)]
    schedule = seeker.run("2027-01-06 08:40", leads)
    more = next(touch for touch in schedule.touches if touch.rule == "more")
    assert "limit" not in more.description
    assert "0" not in " ".join(more.reason)
