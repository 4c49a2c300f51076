"""A touch into an event: how much of a lead leaves the sheet, what rings, what lies all day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from advisor import Seeker, a_lead, person, settings_for, when
from msgspec.structs import replace

from sync.events import to_event
from sync.models import Abilities, Event, Touch

LEAD = a_lead(
    7, applied_on=date(2027, 1, 6), role="Clerk", contact=person("Dana Reed", "dana@acme.example"), follow_ups_done=0,
    url="https://acme.example/job",
)  # fmt: skip
MET = a_lead(8, company="Beta", referrer="Lou Ames", received_at=when("2027-01-13 08:00"))


def touches(target: str = "") -> tuple[Touch, Touch]:
    """A floor and an obligation with a deadline."""
    seeker = Seeker(settings_for(target=target))
    seeker.run("2027-01-13 08:40", (LEAD, MET))
    return seeker.find("R-001-1"), seeker.find("R-000-2")


def event(touch: Touch, target: str = "") -> Event:
    return to_event(touch, settings=settings_for(target=target), abilities=Abilities(reactions=True))


@pytest.mark.parametrize(
    ("target", "summary", "contact", "url"),
    [
        ("", "Dana Reed, Acme: follow up", True, "https://acme.example/job"),
        ('details = "short"', "D. R.: follow up", False, ""),
        ('details = "none"', "Follow-up", False, ""),
    ],
    ids=["full says everything", "short gives initials only", "none gives the bare word"],
)
def test_details(target: str, summary: str, contact: bool, url: str) -> None:
    made = event(touches(target)[0], target)
    assert made.summary == summary
    assert ("dana@acme.example" in made.description) is contact
    assert bool(made.description) is contact
    assert made.url == url
    assert made.row == "leads.csv:7"


def test_all_day_moves_only_what_has_no_hour_of_its_own() -> None:
    floor, owed = (event(touch, 'style = "all-day"') for touch in touches())
    assert (floor.start, floor.end) == (date(2027, 1, 13), date(2027, 1, 14))
    assert isinstance(owed.start, datetime)
    assert owed.end == owed.start + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("", timedelta(0)),
        ("alarm_minutes = 20", timedelta(minutes=20)),
        ('alarm_minutes = "none"', None),
    ],
    ids=["at the start", "twenty minutes before", "none wanted"],
)
def test_alarm(target: str, expected: timedelta | None) -> None:
    assert event(touches()[1], target).alarm == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("", timedelta(hours=-9)),
        ("alarm_minutes = 20", timedelta(hours=-8, minutes=-40)),
        ('alarm_minutes = "none"', None),
    ],
    ids=["at the hour it would have had", "twenty minutes before that", "none wanted"],
)
def test_an_all_day_event_rings_in_the_morning(target: str, expected: timedelta | None) -> None:
    zone = settings_for().zone
    floor = replace(touches()[0], start=datetime(2027, 1, 13, 9, tzinfo=zone))
    assert floor.alarm
    assert event(floor, f'style = "all-day"\n{target}').alarm == expected
    assert event(replace(floor, alarm=False), f'style = "all-day"\n{target}').alarm is None


def test_a_day_without_its_first_hour_rings_at_the_same_time_of_the_clock() -> None:
    zone = settings_for().zone
    spring = replace(
        touches()[0], start=datetime(2027, 3, 14, 9, tzinfo=zone), end=datetime(2027, 3, 14, 9, 15, tzinfo=zone)
    )
    made = event(spring, 'style = "all-day"')
    assert made.start == date(2027, 3, 14)
    assert made.alarm == timedelta(hours=-8)
