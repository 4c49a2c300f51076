"""What rings, what a crowded day shows, and how floors go on after an absence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from advisor import Seeker, a_lead, day, person, settings_for, when
from msgspec.structs import replace

from sync.models import Lead, Touch

APPLIED = date(2027, 1, 6)


def fresh(count: int, applied: date = APPLIED) -> list[Lead]:
    return [
        a_lead(number, key=f"k{number:03}", company=f"Firm {number}", applied_on=applied, follow_ups_done=0)
        for number in range(2, count + 2)
    ]


def test_of_a_days_floors_only_the_first_rings() -> None:
    seeker = Seeker()
    schedule = seeker.run("2027-01-06 08:40", fresh(5))
    first = [touch for touch in schedule.touches if touch.rule == "R-001-1"]
    assert [touch.alarm for touch in first] == [True, False, False, False, False]


def test_the_days_alarm_stays_with_the_event_that_first_got_it() -> None:
    seeker = Seeker()
    leads = fresh(3)
    rang = next(
        touch for touch in seeker.run("2027-01-06 08:40", leads[1:]).touches if touch.rule == "R-001-1" and touch.alarm
    )
    later = seeker.run("2027-01-06 09:40", leads)
    assert [touch.uid for touch in later.touches if touch.rule == "R-001-1" and touch.alarm] == [rang.uid]


def test_what_has_an_hour_of_its_own_rings_and_a_tentative_step_does_not() -> None:
    seeker = Seeker()
    thanks = a_lead(9, company="Beta", referrer="Lou Ames", received_at=when("2027-01-06 08:00"))
    schedule = seeker.run("2027-01-06 08:40", [*fresh(1), thanks])
    assert seeker.find("R-000-2").alarm
    assert seeker.find("R-001-14").alarm
    assert not [touch for touch in schedule.touches if touch.tentative and touch.alarm]
    assert [touch for touch in schedule.touches if touch.tentative]


def test_after_an_absence_floors_start_from_today_without_a_second_offer() -> None:
    seeker = Seeker()
    seeker.run("2027-01-06 08:40", fresh(3))
    seeker.run("2027-01-27 08:40", fresh(3))
    first = seeker.all("R-001-1")
    assert [day(touch) for touch in first] == ["2027-01-27"] * 3
    assert {touch.offers for touch in first} == {1}
    assert (date(2027, 1, 27) - APPLIED) > timedelta(days=14)


def test_what_a_crowded_day_has_no_room_for_is_named_in_one_more_event() -> None:
    seeker = Seeker(settings_for(tables="[limits]\ndaily_touches = 2"))
    seeker.run("2027-01-06 08:40", fresh(13))
    first = seeker.all("R-001-1")
    assert len(first) == 13
    hidden = [touch for touch in first if not touch.published]
    assert hidden
    assert {day(touch) for touch in first} <= {f"2027-01-{n}" for n in (13, 14, 15, 19, 20)}
    for touch in hidden:
        [more] = [event for event in seeker.all("more") if day(event) == day(touch)]
        assert str(touch.lead) in more.description


def owed(count: int, received: str = "2027-01-05 08:00") -> list[Lead]:
    """Introductions nobody called, each with a call and a thank-you, from somebody who keeps a log."""
    return [
        a_lead(
            number, key=f"k{number:03}", company=f"Firm {number}", received_at=when(received), referrer=f"Lou {number}",
            contact=person(f"Kim {number}", phone="+1 555 0100"), follow_ups_done=0,
        )
        for number in range(2, count + 2)
    ]  # fmt: skip


def named_in(touch: Touch) -> set[str]:
    return {line.removeprefix("- ") for line in touch.description.splitlines() if line.startswith("- ")}


@pytest.mark.parametrize(
    ("count", "back"),
    [
        pytest.param(2, "2027-01-20", id="two weeks without a run"),
        pytest.param(12, "2027-01-11", id="six days without a run, more than ten turned critical"),
        pytest.param(12, "2027-01-08", id="three days without a run, more than ten turn critical on this very day"),
    ],
)
def test_what_turned_critical_in_an_absence_is_named_in_the_one_triage_event(count: int, back: str) -> None:
    seeker, leads = Seeker(), owed(count)
    seeker.run("2027-01-05 08:40", leads)
    assert len(seeker.all("R-002-1")) == count
    schedule = seeker.run(f"{back} 08:40", leads)
    assert {touch.rule for touch in schedule.touches} == {"triage", "R-001-14"}
    assert named_in(seeker.find("triage")) == {lead.label for lead in leads}
    for now in (f"{back} 12:10", f"{back} 19:40"):
        assert seeker.run(now, leads).touches == schedule.touches
    for days_later in range(1, 20):
        later = date.fromisoformat(back) + timedelta(days=days_later)
        seeker.run(f"{later} 08:40", leads)
        assert {touch.rule for touch in seeker.schedule.touches} <= {"triage", "R-001-14"}


def test_what_turns_critical_day_by_day_is_decided_upon_one_by_one() -> None:
    seeker, leads = Seeker(), owed(3)
    for day_of_month in range(5, 9):
        seeker.run(f"2027-01-{day_of_month:02} 08:40", leads)
    assert {touch.summary[:9] for touch in seeker.all("R-003-1")} == {"Critical:"}
    assert len(seeker.all("R-003-1")) == 3
    assert len(seeker.all("R-002-7")) == 3
    assert not seeker.all("triage")


def test_a_decision_that_already_stands_is_no_part_of_a_later_pile() -> None:
    seeker = Seeker()
    leads = [replace(lead, acknowledged_on=date(2027, 1, 5)) for lead in owed(10)]
    for day_of_month in range(5, 9):
        seeker.run(f"2027-01-{day_of_month:02} 08:40", leads)
    decisions = seeker.all("R-003-1")
    assert len(decisions) == 10
    seeker.run("2027-01-08 12:10", [*leads, replace(owed(11)[10], received_at=when("2027-01-06 08:00"))])
    assert seeker.all("R-003-1") == decisions
    assert not seeker.all("triage")
