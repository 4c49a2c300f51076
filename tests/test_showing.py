"""What rings, what a crowded day shows, and how floors go on after an absence (DESIGN 5.3, 5.4)."""

from __future__ import annotations

from datetime import date, timedelta

from advisor import Seeker, a_lead, day, settings_for, when

from sync.models import Lead

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
        assert touch.lead in more.description
