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


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo"])
def test_who_thanked_and_answered_before_the_zone_was_set_right_does_neither_again(name: str) -> None:
    held = a_row("Acme", status="interview", interview_at="2027-01-04 10:00", last_inbound="2027-01-04 15:00")
    several = a_row("Globex", status="interview", interview_at="2027-01-05 11:00", interview_2="2027-01-04 09:00")
    seeker = Seeker([held, several])
    for day in ("2027-01-03", "2027-01-04", "2027-01-05"):
        seeker.now = at(day, "18:00")
        seeker.run()
    for uid, event in list(seeker.calendar.items()):
        if "thank" in event.snapshot.summary or "answer" in event.snapshot.summary:
            seeker.edit(uid, summary=f"done {event.snapshot.summary}")
    seeker.run()
    before = sorted(event.snapshot.summary for event in seeker.calendar.values())
    assert len([title for title in before if "thank" in title]) >= 2, before
    seeker.settings = seeker.settings.model_copy(update={"timezone": name})
    seeker.run()
    assert sorted(event.snapshot.summary for event in seeker.calendar.values()) == before


def test_a_day_of_ones_own_is_kept_when_another_zone_is_set() -> None:
    seeker = Seeker([a_row("Acme", status="interview", interview_at="2027-01-12 10:00")])
    seeker.now = at("2027-01-05", "08:15")
    seeker.run()
    [ask, *_] = sorted(
        (event for event in seeker.calendar.values() if "next step" in event.snapshot.summary),
        key=lambda event: str(event.snapshot.start),
    )
    seeker.edit(ask.uid, start=at("2027-01-25", "15:00"), end=at("2027-01-25", "15:15"))
    seeker.run()
    for name in ("Europe/Berlin", "America/Los_Angeles"):
        seeker.settings = seeker.settings.model_copy(update={"timezone": name})
        seeker.run()
        assert seeker.calendar[ask.uid].snapshot.start == at("2027-01-25", "15:00")
        assert seeker.run().plan.writes == ()
