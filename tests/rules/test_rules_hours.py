"""Nothing starts in the night because a run happened then; only a deadline brings an event forward."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from advisor import NEW_YORK, Seeker, a_lead, clock, person, settings_for, when

from sync.models import Person, Stage, Touch

NIGHTS = ("2027-01-13 00:10", "2027-01-13 02:00", "2027-01-13 03:25", "2027-01-13 05:50", "2027-01-12 21:40")
FACTS: dict[str, dict[str, Any]] = {
    "offer_on": {"stage": Stage.OFFER},
    "received_at": {"referrer": "Lou Ames"},
    "meeting_on": {"contact_kind": "network"},
    "last_inbound": {"last_inbound_channel": "email", "stage": Stage.IN_TOUCH},
}


def outside_the_hours(touch: Touch) -> bool:
    start = touch.start
    return isinstance(start, datetime) and not time(9) <= start.astimezone(NEW_YORK).time() < time(20)


@pytest.mark.parametrize("now", NIGHTS)
@pytest.mark.parametrize("field", FACTS)
def test_a_run_in_the_night_starts_nothing_in_the_night(field: str, now: str) -> None:
    """The day before has no hour; the deadline at the start of work leaves the last slot before it, no other."""
    seeker = Seeker()
    seeker.run(now, a_lead(2, contact=person(), **FACTS[field], **{field: date(2027, 1, 12)}))
    touches = [touch for touch in seeker.schedule.touches if touch.published and outside_the_hours(touch)]
    assert {clock(touch) for touch in touches} <= {"2027-01-13 08:45", "2027-01-13 08:30"}
    assert all(touch.deadline and touch.deadline <= when("2027-01-13 09:00") for touch in touches)


def test_several_deadlines_before_the_hours_have_a_slot_each() -> None:
    seeker = Seeker()
    leads = [
        a_lead(n, company=f"Firm {n}", stage=Stage.OFFER, offer_on=date(2027, 1, 12), contact=person(f"P {n}"))
        for n in range(2, 6)
    ]
    seeker.run("2027-01-13 02:00", leads)
    assert sorted(clock(touch)[11:] for touch in seeker.all("R-001-9")) == ["08:00", "08:15", "08:30", "08:45"]


def test_a_trigger_in_the_night_waits_for_the_morning() -> None:
    seeker = Seeker()
    seeker.run("2027-01-13 03:00", a_lead(2, referrer="Lou Ames", received_at=when("2027-01-13 02:30")))
    assert clock(seeker.find("R-000-2")) == "2027-01-13 09:00"


def test_no_hint_to_oneself_starts_after_hours() -> None:
    """Seen at ten in the evening: the shared events of today stand tomorrow, and stay there."""
    seeker = Seeker()
    leads = [
        a_lead(2, company="Idea", received_at=when("2027-01-12 10:00")),
        a_lead(3, company="Talk", stage=Stage.INTERVIEW),
        a_lead(4, company="Nobody", applied_on=date(2027, 1, 8), follow_ups_done=0),
    ]
    first = seeker.run("2027-01-13 22:10", leads).touches
    assert not [touch for touch in first if touch.published and outside_the_hours(touch)]
    assert seeker.run("2027-01-13 22:40", leads).touches == first
    assert {t.uid for t in seeker.run("2027-01-14 08:10", leads).touches} >= {
        t.uid for t in first if t.lead_key == "self"
    }


def test_an_urgent_call_across_the_date_line_is_first() -> None:
    """Tokyo's Thursday morning is Wednesday evening here: before what can wait until tomorrow."""
    seeker = Seeker(settings_for(tables="[limits]\ndaily_touches = 0"))
    call = a_lead(
        2, company="Far", referrer="Lou Ames", received_at=when("2027-01-13 18:50"), contact_zone="Asia/Tokyo",
        contact=Person("Kei Mori", phone="+81 3 5550 0143"),
    )  # fmt: skip
    others = [
        a_lead(n, company=f"Firm {n}", referrer=f"Kit {n}", received_at=when("2027-01-13 18:00"), contact=Person())
        for n in range(3, 9)
    ]
    seeker.run("2027-01-13 18:55", [call, *others])
    call_at = seeker.find("R-002-1").start
    assert isinstance(call_at, datetime)
    assert call_at == when("2027-01-13 19:15")
    assert clock(seeker.find("R-000-2", lead_key="lead-8")).startswith("2027-01-14 09:")
    assert not any("share a time" in note.reason for note in seeker.schedule.notes)


def test_a_call_that_became_a_mail_is_not_put_off_to_the_day_of_the_call() -> None:
    """Fri 15 January, no hour: the call to say thanks waits for Tue 19th. On Saturday they mail: that is due today."""
    cy = person("Cy", "c@x.example", "+1 5")
    facts: dict[str, Any] = {"stage": Stage.INTERVIEW, "interview_at": date(2027, 1, 15), "contact": cy}
    seeker = Seeker()
    seeker.run("2027-01-15 08:00", a_lead(**facts, last_inbound=date(2027, 1, 12), last_inbound_channel="phone"))
    assert clock(seeker.find("R-001-4")) == "2027-01-19 09:00"
    seeker.run("2027-01-16 09:40", a_lead(**facts, last_inbound=date(2027, 1, 16), last_inbound_channel="email"))
    thanks = seeker.find("R-001-4")
    assert clock(thanks) == "2027-01-16 09:45"
    assert not thanks.summary.startswith("Late")


def test_a_call_of_a_floor_is_not_made_after_the_hours_there() -> None:
    """12:40 in New York is 17:40 in London: what passed on Monday is offered on Thursday."""
    bo = person("Bo Lind", phone="+44 20 5550 0101")
    lead = a_lead(
        stage=Stage.INTERVIEW, interview_at=date(2027, 1, 20), contact=bo, contact_zone="Europe/London",
        last_outbound=date(2027, 1, 21), last_inbound=date(2027, 1, 12), last_inbound_channel="phone",
    )  # fmt: skip
    seeker = Seeker()
    seeker.run("2027-01-21 12:40", lead)
    assert clock(seeker.find("R-004-6")) == "2027-01-25 09:00"
    seeker.run("2027-01-27 12:40", lead)
    assert clock(seeker.find("R-004-6")) == "2027-01-28 09:00"


def test_an_idea_that_comes_back_after_its_hour_gets_a_new_one() -> None:
    """While the thanks were late the idea was in them and stood nowhere; without them it is sent all the same."""
    idea = a_lead(stage=Stage.INTERVIEW, interview_at=when("2027-01-12 08:30"), contact=person(), follow_ups_done=0)
    other = a_lead(3, company="Beta", applied_on=date(2027, 1, 8), follow_ups_done=0)
    seeker = Seeker()
    seeker.run("2027-01-12 10:00", idea)
    assert clock(seeker.find("R-004-6")) == "2027-01-15 09:00"
    seeker.run("2027-01-15 07:00", [idea, other])
    assert not seeker.all("R-004-6")
    taken = clock(seeker.find("R-001-1"))
    seeker.delete(seeker.find("R-001-4"), "2027-01-15")
    seeker.run("2027-01-15 10:00", [idea, other])
    assert clock(seeker.find("R-004-6")) == "2027-01-15 10:30"
    assert clock(seeker.find("R-001-1")) == taken == "2027-01-15 09:15"


def test_a_date_of_the_sheet_that_was_dragged_to_an_earlier_day_comes_back_beside_what_took_its_hour() -> None:
    seeker, dated = Seeker(), a_lead(2, follow_up_on=date(2027, 1, 19))
    seeker.run("2027-01-12 09:00", dated)
    seeker.drag(seeker.find("sheet"), "2027-01-12", to="2027-01-14 10:00")
    leads = [dated, a_lead(3, company="Beta", applied_on=date(2027, 1, 12))]
    seeker.run("2027-01-12 09:30", leads)
    assert clock(seeker.find("R-001-1", step=1)) == "2027-01-19 09:00"
    seeker.run("2027-01-19 11:00", leads)
    assert clock(seeker.find("R-001-1", step=1)) == "2027-01-19 09:00"
    assert clock(seeker.find("sheet")) == "2027-01-19 11:00"


def test_a_call_that_was_dragged_to_the_day_before_and_not_made_comes_back_within_their_hours() -> None:
    """It comes back in the evening: its old hour of this morning is over, and so are the hours in which one calls."""
    call = a_lead(2, contact=person("Bo Lind", phone="+1 555 0101"), they_call_at=date(2027, 1, 5))
    seeker = Seeker()
    seeker.run("2027-01-05 19:40", call)
    assert clock(seeker.find("R-005-3")) == "2027-01-06 09:00"
    seeker.drag(seeker.find("R-005-3"), "2027-01-05", to="2027-01-05 20:00")
    schedule = seeker.run("2027-01-06 19:40", call)
    assert clock(seeker.find("R-005-3")) == "2027-01-07 09:00"
    assert seeker.run("2027-01-06 19:40", call).touches == schedule.touches
