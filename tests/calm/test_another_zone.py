"""Somebody who goes to live in another zone finds every hour there as the settings say it, once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import at
from runner import Seeker, a_row


@pytest.mark.parametrize("name", ["Europe/Berlin", "Asia/Tokyo"])
def test_the_hours_of_another_zone_are_those_of_the_settings(name: str) -> None:
    seeker, zone = Seeker([a_row("Acme"), a_row("Globex", "2027-01-05")]), ZoneInfo(name)
    seeker.now = at("2027-01-05", "08:15")
    seeker.run()
    seeker.settings = seeker.settings.model_copy(update={"timezone": name})
    seeker.run()
    hours = {}
    for event in seeker.calendar.values():
        assert isinstance(event.snapshot.start, datetime)
        hours[event.snapshot.summary] = f"{event.snapshot.start.astimezone(zone):%H:%M}"
    assert hours["Weekly review"] == "10:00"
    assert hours["Dana Acme, Acme: follow up"] == "09:00"
    assert seeker.run().plan.writes == ()


def test_a_step_too_far_to_be_in_the_calendar_has_its_hour_there_too() -> None:
    """09:00 in New York is 14:00 in London, inside the hours of the settings: it is theirs that count all the same."""
    seeker, london = Seeker([a_row("Acme")]), ZoneInfo("Europe/London")
    seeker.now = at("2027-01-05", "08:15")
    seeker.run()
    seeker.settings = seeker.settings.model_copy(update={"timezone": "Europe/London"})
    plan = seeker.run().plan
    far = [touch for touch in plan.schedule if touch.lead and not touch.published]
    assert far
    assert {f"{touch.start.astimezone(london):%H:%M}" for touch in far if isinstance(touch.start, datetime)} == {
        "09:00"
    }
    assert seeker.run().plan.schedule == plan.schedule
