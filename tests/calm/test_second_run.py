"""Whatever a run takes in, the next one a quarter of an hour later has nothing to add: not a day, not a word."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from advisor import Seeker, a_lead, clock, day, person, settings_for, when
from msgspec.structs import replace

from sync.models import Lead, Stage, Touch

LOGGED = a_lead(9, company="Tern", applied_on=date(2027, 1, 4), last_outbound=date(2027, 1, 5))
"""Somebody who writes down what was sent: nothing is assumed."""


def watch(seeker: Seeker, leads: Sequence[Lead]) -> None:
    """Runs on the first and the fifth day, so that nobody was away."""
    seeker.run("2027-01-04 09:00", leads)
    seeker.run("2027-01-08 09:00", leads)


def twice(seeker: Seeker, now: str, leads: Sequence[Lead]) -> tuple[Touch, ...]:
    """The touches of a run at this time, which the next run must find as they are."""
    first = seeker.run(now, leads).touches
    later = when(now, seeker.settings.timezone) + timedelta(minutes=15)
    again = seeker.run(f"{later:%Y-%m-%d %H:%M}", leads).touches
    assert [(clock(touch), touch.description) for touch in again] == [(clock(t), t.description) for t in first]
    assert again == first
    return first


def test_a_ticked_date_of_the_sheet_counts_once() -> None:
    seeker = Seeker()
    lead = a_lead(2, applied_on=date(2027, 1, 4), contact=person("Dana Reed", "dana@acme.example"))
    watch(seeker, (lead, LOGGED))
    lead = replace(lead, follow_up_on=date(2027, 1, 13))
    seeker.run("2027-01-12 09:00", (lead, LOGGED))
    seeker.tick(seeker.find("sheet"), "2027-01-13")
    twice(seeker, "2027-01-13 12:00", (lead, LOGGED))
    told = seeker.find("R-001-12", lead_key=lead.key, tentative=False).description
    assert "Used before: something useful (Wed 13 Jan)\n" in told


def test_what_is_only_assumed_done_is_never_said_to_be_used() -> None:
    seeker = Seeker()
    lead = a_lead(2, applied_on=date(2027, 1, 4))
    watch(seeker, [lead])
    twice(seeker, "2027-01-12 09:00", [lead])
    [step] = seeker.all("R-001-12", tentative=False)
    assert "Used before" not in step.description
    assert step.move == "resume", "the first step had the first move that makes sense, something useful"


def test_a_hint_after_hours_waits_for_the_morning_and_stays_there() -> None:
    seeker = Seeker()
    late = a_lead(2, applied_on=date(2027, 1, 6))
    found = [touch for touch in twice(seeker, "2027-01-11 20:00", (late, LOGGED)) if touch.rule == "R-003-6"]
    assert [day(touch) for touch in found] == ["2027-01-12"] * 2
    seeker.run("2027-01-12 08:00", (late, LOGGED))
    assert {touch.uid: touch.start for touch in seeker.all("R-003-6")} == {t.uid: t.start for t in found}


@pytest.mark.parametrize("now", ["2027-01-12 09:00", "2027-01-12 20:00"], ids=["in the morning", "after hours"])
def test_a_second_offer_says_the_same_in_every_run(now: str) -> None:
    seeker = Seeker()
    lead = a_lead(2, applied_on=date(2027, 1, 4), contact=person())
    watch(seeker, (lead, LOGGED))
    twice(seeker, now, (lead, LOGGED))
    again = seeker.find("R-001-1")
    assert "offered once more: Mon 11 Jan passed" in again.description
    assert day(again) == ("2027-01-12" if "09" in now else "2027-01-13")


def test_a_second_offer_inside_a_limit_says_the_same_in_every_run() -> None:
    seeker = Seeker()
    lead = a_lead(2, applied_on=date(2027, 1, 4))
    other = a_lead(3, role="Cook", applied_on=date(2027, 1, 4), last_outbound=date(2027, 1, 4))
    watch(seeker, (lead, other, LOGGED))
    other = replace(other, last_outbound=date(2027, 1, 11))
    twice(seeker, "2027-01-12 09:00", (lead, other, LOGGED))
    assert day(seeker.find("R-001-1", lead_key=lead.key)) >= "2027-01-18"


def test_a_second_offer_of_a_single_touch_says_the_same_in_every_run() -> None:
    seeker = Seeker(settings_for(tables='[rules]\ndisable = ["R-004-4"]'))
    lead = a_lead(2, contact=person(), interview_at=when("2027-01-05 10:00"), last_outbound=date(2027, 1, 5))
    seeker.run("2027-01-05 12:00", [lead])
    assert day(seeker.find("R-004-6")) == "2027-01-08"
    twice(seeker, "2027-01-11 09:00", [lead])
    assert "offered once more: Fri 8 Jan passed" in seeker.find("R-004-6").description


def test_an_ended_ladder_of_a_new_row_is_decided_about_in_the_first_run_not_in_the_second() -> None:
    seeker = Seeker()
    lead = a_lead(2, company="Delta", applied_on=date(2026, 12, 14), follow_ups_done=3, follow_up_on=date(2026, 12, 27))
    first = twice(seeker, "2027-01-13 08:30", (lead, LOGGED))
    assert [(touch.summary, touch.start.day) for touch in first if touch.lead_key == lead.key] == [
        ("Delta: close or keep", 13)
    ]


def test_what_can_wait_makes_room_for_a_deadline_in_the_same_run() -> None:
    """Nobody thanked for yesterday's interview, over at half past nine: it is due by then, both quarters are taken."""
    seeker = Seeker()
    asked = a_lead(2, company="Tern", applied_on=date(2027, 1, 4), follow_up_on=date(2027, 1, 13))
    held = a_lead(3, company="Held", stage=Stage.INTERVIEW, interview_at=when("2027-01-12 08:30"))
    ahead = a_lead(4, company="Ahead", stage=Stage.INTERVIEW, interview_at=when("2027-01-14 13:00"))
    leads = (asked, held, ahead, LOGGED)
    for day_before in (8, 11, 12):
        seeker.run(f"2027-01-{day_before:02d} 08:30", leads)
    stood = {touch.lead_key: clock(touch)[8:] for touch in seeker.schedule.touches if day(touch) == "2027-01-13"}
    assert stood == {"lead-2": "13 09:00", "lead-4": "13 09:15"}
    twice(seeker, "2027-01-13 08:30", leads)
    stands = {touch.lead_key: clock(touch)[8:] for touch in seeker.schedule.touches if day(touch) == "2027-01-13"}
    assert stands == {"lead-3": "13 09:00", "lead-4": "13 09:15", "lead-2": "13 09:30"}


def test_thanks_for_an_offer_that_stand_behind_a_late_thank_you_stay_where_they_are() -> None:
    """Due at nine, and nine is taken: a quarter past is no later for the run after."""
    seeker = Seeker()
    lead = a_lead(
        2, applied_on=date(2026, 10, 14), offer_on=date(2027, 1, 12), meeting_on=date(2027, 1, 8), stage=Stage.OFFER
    )
    touches = twice(seeker, "2027-01-13 09:00", [lead])
    assert [clock(t) for t in touches if t.rule in ("R-003-2", "R-001-9")] == ["2027-01-13 09:00", "2027-01-13 09:15"]
    assert twice(seeker, "2027-01-13 10:30", [lead]) == touches
