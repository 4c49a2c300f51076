"""Levelling is a fixed point: a second run at the same instant finds nothing to do, however full the days are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from advisor import Seeker, a_lead, person, settings_for, when
from msgspec.structs import replace
from numbered_lives import CrowdedLife, Life, day_of

from sync.models import Lead, Schedule, Stage, TouchClass
from sync.schedule.business_days import open_business_days

SOME, ALL = (1, 4, 9, 20), range(1, 21)


def crowd(a_day: int, ticked: int, days: int, seeker: Seeker) -> Iterator[tuple[date, Schedule, list[Lead]]]:
    """A run on each of so many days: `a_day` applications each working day, and one interview in the second week.

    Of the events of a day every `ticked`th is ticked in the evening; none for 0.
    """
    leads: list[Lead] = []
    for number in range(days):
        today = date(2027, 1, 4) + timedelta(days=number)
        for _ in range(a_day if today.weekday() < 5 else 0):
            name = f"Firm {len(leads)}"
            leads.append(a_lead(len(leads) + 2, company=name, applied_on=today, contact=person(f"Kim {name}")))
        if number == 5:
            held = when("2027-01-14 10:00")
            leads.append(a_lead(len(leads) + 2, company="Talk", stage=Stage.INTERVIEW, interview_at=held))
        yield today, seeker.run(f"{today} 08:40", leads), leads
        now = [touch for touch in seeker.schedule.touches if touch.published and day_of(touch) == today]
        for touch in now[::ticked] if ticked else ():
            if touch.kind is not TouchClass.SELF and touch.uid in seeker.memory.touches:
                seeker.tick(touch, f"{today}")


@pytest.mark.parametrize("ticked", [0, 1, 2], ids=["nothing ticked", "all ticked", "every other ticked"])
@pytest.mark.parametrize(
    ("a_day", "days"),
    [pytest.param(a_day, 12) for a_day in SOME] + [pytest.param(n, 40, marks=pytest.mark.soak) for n in ALL],
)
def test_a_second_run_at_the_same_instant_changes_nothing_on_full_days(a_day: int, days: int, ticked: int) -> None:
    seeker = Seeker()
    for today, schedule, leads in crowd(a_day, ticked, days, seeker):
        assert seeker.run(f"{today} 08:40", leads).touches == schedule.touches, today


@pytest.mark.parametrize("lives", [[*range(60), 2484], pytest.param(range(60, 2500), marks=pytest.mark.soak)])
def test_a_second_run_at_the_same_instant_changes_nothing_in_any_life(lives: range) -> None:
    for number in lives:
        life = Life(number)
        for turn, schedule in enumerate(life.days(6)):
            assert life.run().touches == schedule.touches, (number, turn)


@pytest.mark.parametrize(
    "lives", [(25, 154, 318, 1008, 1014), pytest.param(range(400), marks=pytest.mark.soak)], ids=["a few", "400"]
)
def test_a_second_run_at_the_same_instant_changes_nothing_with_far_more_leads_than_room(lives: range) -> None:
    for number in lives:
        life = CrowdedLife(number)
        for turn, schedule in enumerate(life.days(6)):
            assert life.run().touches == schedule.touches, (number, turn)


@pytest.mark.parametrize("a_day", [6, 12])
def test_no_follow_up_is_levelled_further_than_five_business_days(a_day: int) -> None:
    """What has no room is named on its last day; it is never pushed on from the day it was given last."""
    seeker = Seeker(settings_for(tables="[limits]\ndaily_touches = 3"))
    days = open_business_days(seeker.settings, year=2027)
    for _, schedule, leads in crowd(a_day, 0, 14, seeker):
        rows = {lead.key: lead for lead in leads}
        for touch in schedule.touches:
            if touch.rule == "R-001-1" and (applied := rows[touch.lead_key].applied_on):
                due = days.at_or_after(applied + timedelta(days=7))
                assert due <= day_of(touch) <= days.add(due, 4)


def test_what_has_no_room_keeps_its_day_and_gets_the_place_that_is_left() -> None:
    seeker = Seeker(settings_for(tables="[limits]\ndaily_touches = 1"))
    leads = [a_lead(number, company=f"Firm {number}", applied_on=date(2027, 1, 4)) for number in range(2, 9)]
    seeker.run("2027-01-05 08:40", leads)
    crowded = [touch for touch in seeker.all("R-001-1") if not touch.published]
    assert [day_of(touch) for touch in crowded] == [date(2027, 1, 15)] * 2
    assert seeker.find("more", summary="2 more follow-ups")
    there = next(touch for touch in seeker.all("R-001-1") if touch.published and day_of(touch) == date(2027, 1, 15))
    left = [lead for lead in leads if lead.key != there.lead_key]
    seeker.run("2027-01-05 08:40", left)
    assert {touch.uid: day_of(touch) for touch in seeker.all("R-001-1")}.items() >= {
        (touch.uid, date(2027, 1, 15)) for touch in crowded
    }
    assert sum(touch.published for touch in seeker.all("R-001-1")) == 5


def test_a_full_morning_makes_room_for_a_deadline_once() -> None:
    """The late thank-you takes its slot in the run that finds it late, not one run later."""
    seeker = Seeker()
    for today, schedule, _ in crowd(9, 0, 12, seeker):
        spans = sorted(
            (touch.start, touch.end)
            for touch in schedule.touches
            if touch.published and isinstance(touch.start, datetime) and day_of(touch) == today
        )
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))


def test_a_day_whose_leads_said_no_is_no_full_day_for_a_new_one() -> None:
    """Eight are refused and one is added before the same run: Monday is empty, and the new one does not wait for it."""
    seeker, day = Seeker(), date(2027, 1, 4)
    leads = [a_lead(number + 2, company=f"Firm {number}", applied_on=day) for number in range(8)]
    seeker.run("2027-01-05 09:00", leads)
    refused = [replace(lead, stage=Stage.REJECTED) for lead in leads]
    seeker.run("2027-01-05 10:00", [*refused, a_lead(11, company="Acme", applied_on=day)])
    first = min((touch for touch in seeker.all("R-001-1")), key=lambda touch: touch.step)
    assert day_of(first) == date(2027, 1, 11)
    assert not any("no room left" in line for line in first.reason)


@pytest.mark.parametrize("change", ["a rule is off", "the rows are gone", "they are talking"])
def test_a_day_full_of_what_nobody_plans_any_more_is_no_full_day(change: str) -> None:
    """Rules or reading changed before the same run: Monday is empty, and the new one does not wait for it."""
    seeker, day = Seeker(), date(2027, 1, 4)
    leads = [a_lead(number + 2, company=f"Firm {number}", applied_on=day) for number in range(8)]
    seeker.run("2027-01-05 09:00", leads)
    rule, new = "R-001-1", a_lead(11, company="Acme", applied_on=day)
    match change:
        case "a rule is off":
            seeker.settings = settings_for(tables='[rules]\ndisable = ["R-001-1", "R-001-12", "R-001-11"]')
            rule, new = "R-004-4", a_lead(11, company="Acme", stage=Stage.IN_TOUCH, last_inbound=date(2027, 1, 3))
        case "the rows are gone":
            leads = []
        case _:
            leads = [replace(lead, interview_at=date(2027, 1, 29), stage=Stage.INTERVIEW) for lead in leads]
    seeker.run("2027-01-05 10:00", [*leads, new])
    alone = Seeker(seeker.settings)
    alone.run("2027-01-05 10:00", new)
    first, wanted = (min(each.all(rule), key=lambda touch: touch.step) for each in (seeker, alone))
    assert day_of(first) == day_of(wanted) == date(2027, 1, 11)
    assert not any("no room left" in line for line in first.reason)
