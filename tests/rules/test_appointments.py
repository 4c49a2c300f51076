"""`[target] interviews = true`: interviews themselves in the calendar, busy, and never taken for a follow-up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from advisor import Seeker as Advised
from advisor import a_lead, settings_for, when
from conftest import ZONE
from runner import Seeker, a_row, settings_with

from connectors.google.events import new_resource
from connectors.ical.writing import serialise
from sync.events import to_event
from sync.models import Abilities, Event, Round, Stage, Stamp, Touch
from sync.reconcile.words import find_open
from sync.write_back import next_follow_ups

SHOWN = "interviews = true"
STAMP = Stamp(datetime(2027, 1, 4, tzinfo=UTC), datetime(2027, 1, 4, tzinfo=UTC), 0)
INTERVIEW = {"status": "interview", "interview_at": "2027-01-20 14:00", "interview_end": "2027-01-20 15:30"}


def shown(**cells: str) -> tuple[Seeker, Touch]:
    seeker = Seeker([a_row("Acme", **{**INTERVIEW, **cells})], settings=settings_with(target=SHOWN))
    (touch,) = [touch for touch in seeker.run().plan.schedule if touch.rule == "R-005-5"]
    return seeker, touch


def event_of(touch: Touch, **target: object) -> Event:
    settings = settings_with(target=SHOWN)
    settings = settings.model_copy(update={"target": settings.target.model_copy(update=target)})
    return to_event(touch, settings=settings, abilities=Abilities(reactions=True))


def test_it_is_busy_from_its_beginning_to_its_end_and_everything_else_is_free() -> None:
    seeker, touch = shown()
    assert (touch.start, touch.end) == (when("2027-01-20 14:00"), when("2027-01-20 15:30"))
    busy = {
        event.uid: "TRANSP:OPAQUE" in serialise(event, STAMP).decode()
        for event in map(event_of, seeker.run().plan.schedule)
    }
    assert [uid for uid, taken in busy.items() if taken] == [touch.uid]
    assert new_resource(event_of(touch), STAMP, owner="test")["transparency"] == "opaque"
    assert b"X-MICROSOFT-CDO-BUSYSTATUS:BUSY" in serialise(event_of(touch), STAMP)


def test_it_rings_half_an_hour_before_and_earlier_where_one_wants_that() -> None:
    _, touch = shown()
    assert event_of(touch).alarm == timedelta(minutes=30)
    assert event_of(touch, alarm_minutes=90).alarm == timedelta(minutes=90)
    assert event_of(touch, alarm_minutes="none").alarm is None


def test_it_keeps_its_hour_where_all_follow_ups_are_all_day() -> None:
    _, touch = shown()
    assert event_of(touch, style="all-day").start == when("2027-01-20 14:00")


def test_it_is_shown_however_far_ahead_it_is_and_beside_the_lead_s_next_follow_up() -> None:
    seeker, _ = shown(interview_at="2027-03-20 14:00", interview_end="")
    published = {touch.rule for touch in seeker.run().plan.schedule if touch.published and touch.lead}
    assert {"R-005-5", "R-001-2"} <= published


def test_done_and_snooze_are_never_about_the_interview() -> None:
    seeker, touch = shown(last_outbound="2027-01-04")
    plan = seeker.run().plan
    leads = list(seeker.run().leads.leads)
    memory = seeker.store.load()
    open_ = find_open(leads, memory, plan.schedule, today=date(2027, 1, 20), zone=ZONE)
    assert touch.uid not in {one.uid for one in open_}
    assert next_follow_ups(seeker.run().leads, plan.schedule, memory) == {touch.lead_key: "2027-01-19"}


def test_nothing_of_ours_stands_at_the_hour_of_an_interview() -> None:
    """The confirmation of the other interview would begin at nine."""
    seeker = Advised(settings_for(target=SHOWN))
    seeker.run(
        "2027-01-18 08:00",
        [
            a_lead(2, company="Acme", stage=Stage.INTERVIEW, interview_at=when("2027-01-20 14:00")),
            a_lead(3, company="Beta", stage=Stage.INTERVIEW, interview_at=when("2027-01-19 09:00")),
        ],
    )
    (confirm,) = [touch for touch in seeker.all("R-001-2") if touch.lead == "Acme"]
    assert confirm.start == when("2027-01-19 10:00")


def test_each_round_has_its_own_event_and_a_second_run_writes_nothing() -> None:
    rows = [a_row("Acme", status="interview", interview_at="2027-01-20 14:00", interview_2="2027-01-27 10:00")]
    seeker = Seeker(rows, settings=settings_with(target=SHOWN))
    found = [touch.start for touch in seeker.run().plan.schedule if touch.rule == "R-005-5"]
    assert found == [when("2027-01-20 14:00"), when("2027-01-27 10:00")]
    assert seeker.run().plan.writes == ()


def test_switched_on_and_off_it_comes_and_goes() -> None:
    seeker, touch = shown()
    assert touch.uid in seeker.calendar
    seeker.settings = settings_with()
    seeker.run()
    assert touch.uid not in seeker.calendar


@pytest.mark.parametrize("hours", [7, 11, 14, 23])
def test_the_clock_alone_moves_nothing_of_an_interview_day(hours: int) -> None:
    lead = a_lead(
        stage=Stage.INTERVIEW,
        interview_at=when("2027-01-20 14:00"),
        earlier_rounds=(Round(date(2027, 1, 20), "First"),),
    )
    seeker = Advised(settings_for(target=SHOWN))
    before = seeker.run("2027-01-20 06:00", lead).touches
    after = seeker.run(f"2027-01-20 {hours:02}:30", lead).touches
    assert {touch.uid for touch in after} <= {touch.uid for touch in before}
    kept = {touch.uid: touch for touch in before}
    assert all(touch == kept[touch.uid] for touch in after if touch.rule != "R-001-14")
