"""Deadlines, promises and the day before: the worked examples of R-000, R-001 and R-002."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from advisor import Seeker, a_lead, clock, day, person, settings_for, when
from msgspec.structs import replace

from sync.models import Stage


@pytest.mark.parametrize(
    ("now", "noted"),
    [
        pytest.param("2027-01-08 08:00", True, id="last week: that it is too late"),
        pytest.param("2027-01-12 08:00", False, id="a day longer than a week: nothing"),
        pytest.param("2027-01-20 08:00", False, id="long ago: nothing"),
    ],
)
def test_a_confirmation_that_makes_no_sense_any_more_names_no_lead_for_triage(now: str, noted: bool) -> None:
    """An offer stands, and no thanks are owed for the interview."""
    seeker = Seeker()
    seeker.run(now, a_lead(interview_at=when("2027-01-04 10:00"), stage=Stage.OFFER, offer_on=date(2027, 3, 1)))
    assert {touch.rule for touch in seeker.schedule.touches} & {"R-001-4", "triage", "R-001-2"} == set()
    assert any("too late" in note.reason for note in seeker.schedule.notes) == noted


def test_R_000_4_one_event_for_all_that_arrived_on_a_day() -> None:
    seeker = Seeker()
    leads = [a_lead(number, company=f"C{number}") for number in range(2, 12)]
    seeker.run("2027-01-12 11:05", leads)
    assert seeker.find("R-000-4").summary == "10 new leads: decide the next step"
    seeker.run("2027-01-12 12:05", leads)
    assert len(seeker.all("R-000-4")) == 1
    seeker.run("2027-01-14 08:00", leads)
    assert seeker.all("R-000-4") == []


def test_R_000_4_one_lead_is_spoken_of_as_one() -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 11:05", a_lead())
    assert seeker.find("R-000-4").summary == "Acme: decide the next step"
    assert "this new lead has no step of its own yet" in seeker.find("R-000-4").reason


def test_R_001_2_moves_with_the_interview() -> None:
    seeker = Seeker()
    seeker.run("2027-01-11 10:00", a_lead(interview_at=when("2027-01-20 10:00"), stage=Stage.INTERVIEW))
    uid = seeker.find("R-001-2").uid
    seeker.run("2027-01-11 11:00", a_lead(interview_at=when("2027-01-22 10:00"), stage=Stage.INTERVIEW))
    assert seeker.find("R-001-2").uid == uid
    assert clock(seeker.find("R-001-2")) == "2027-01-21 09:00"


def held(**facts: Any) -> Seeker:
    seeker = Seeker()
    lead = a_lead(
        interview_at=when("2027-01-15 16:00"), interview_end=when("2027-01-15 17:00"), stage=Stage.INTERVIEW, **facts
    )
    seeker.run("2027-01-14 10:00", lead)
    return seeker


def test_R_001_4_names_everybody_in_one_event() -> None:
    names = tuple(person(name) for name in ("Ana Reed", "Bo Lind", "Cy Moss", "Di Falk"))
    touch = held(interviewers=names).find("R-001-4")
    assert all(name.name in touch.description.splitlines()[0] for name in names)
    assert "Ask for the address of Ana Reed" in touch.description


def test_R_002_6_example() -> None:
    seeker = Seeker()
    lead = a_lead(
        received_at=when("2027-01-15 17:30"), referrer="Lou Ames", contact=person(phone="+1 555 0100"),
        contact_zone="America/New_York", acknowledged_on=date(2027, 1, 15),
    )  # fmt: skip
    seeker.run("2027-01-15 17:31", lead)
    assert clock(seeker.find("R-002-1")) == "2027-01-19 09:00"
    uid = seeker.find("R-002-1").uid
    for now, expected in (("2027-01-20", "2027-01-20 09:00"), ("2027-01-21", "2027-01-21 09:00")):
        seeker.run(f"{now} 07:00", lead)
        touch = seeker.find("R-002-1")
        assert (clock(touch), touch.uid) == (expected, uid)
        assert touch.summary.startswith("Late: Dana Reed, Acme: call now")
    for _ in range(2):
        seeker.run("2027-01-22 07:00", lead)
        assert seeker.all("R-002-1") == []
        assert uid in seeker.schedule.missed
        assert day(seeker.find("R-003-1")) == "2027-01-22"
        assert day(seeker.find("R-002-7")) == "2027-01-22"


def test_a_decision_about_a_neglected_call_waits_where_you_moved_it_beyond_its_own_day() -> None:
    seeker = Seeker()
    lead = a_lead(
        received_at=when("2027-01-15 17:30"), referrer="Lou Ames", contact=person(phone="+1 555 0100"),
        acknowledged_on=date(2027, 1, 15),
    )  # fmt: skip
    for today in ("15 17:31", "20 07:00", "21 07:00", "22 07:00"):
        seeker.run(f"2027-01-{today}", lead)
    decision = seeker.find("R-003-1")
    assert day(decision) == "2027-01-22"
    seeker.drag(decision, "2027-01-22", to="2027-01-26 11:00")
    for today in ("22 12:00", "23 07:00", "26 07:00"):
        seeker.run(f"2027-01-{today}", lead)
        assert clock(seeker.find("R-003-1")) == "2027-01-26 11:00"
        assert decision.uid not in seeker.schedule.missed
    seeker.run("2027-01-27 07:00", lead)
    assert decision.uid in seeker.schedule.missed - {touch.uid for touch in seeker.schedule.touches}


def test_R_002_7_a_referrer_is_told_once_however_many_calls_are_late() -> None:
    seeker = Seeker()
    leads = [
        a_lead(
            number, key=f"k{number}", company=f"F{number}", referrer="Lou Ames", received_at=when("2027-01-15 17:30"),
            contact=person(f"Kim {number}", phone="+1 555 0100"), acknowledged_on=date(2027, 1, 15),
        )
        for number in range(2, 5)
    ]  # fmt: skip
    for day_of_month in range(15, 22):
        seeker.run(f"2027-01-{day_of_month} 08:40", leads)
    seeker.run("2027-01-22 08:40", leads)
    assert len(seeker.all("R-003-1")) == 3
    [word] = seeker.all("R-002-7")
    assert sum(note.reason == "waits until the word to the referrer is done" for note in seeker.schedule.notes) == 2
    seeker.run("2027-01-22 12:00", leads)
    assert [touch.uid for touch in seeker.all("R-002-7")] == [word.uid]
    seeker.tick(word, "2027-01-22")
    for day_of_month in range(22, 32):
        seeker.run(f"2027-01-{day_of_month} 15:40", leads)
        others = [touch.start for touch in seeker.all("R-002-7") if touch.uid != word.uid]
        assert not others, day_of_month


@pytest.mark.parametrize(("days", "words"), [(7, 1), (3, 2)])
def test_R_002_7_how_long_a_referrer_is_left_in_peace_is_the_users_number(days: int, words: int) -> None:
    seeker = Seeker(settings_for(tables=f'[rules."R-002-7"]\ndays = {days}'))
    first, later = (
        a_lead(
            number, key=f"k{number}", company=f"F{number}", referrer="Lou Ames",
            received_at=when(f"2027-01-{on} 17:30"), contact=person(f"Kim {number}", phone="+1 555 0100"),
            acknowledged_on=date(2027, 1, on),
        )
        for number, on in ((2, 15), (3, 20))
    )  # fmt: skip
    for on in range(15, 23):
        seeker.run(f"2027-01-{on} 18:00", [first] if on < 20 else [first, later])
    seeker.tick(seeker.find("R-002-7"), "2027-01-22")
    told = {"k2"}
    for on in range(23, 29):
        seeker.run(f"2027-01-{on} 08:40", [first, later])
        told |= {touch.lead_key for touch in seeker.all("R-002-7")}
    assert len(told) == words


def test_first_sight_of_old_obligations_is_one_triage_event() -> None:
    seeker = Seeker()
    leads = [
        a_lead(number, company=f"C{number}", received_at=when("2026-12-01 10:00"), referrer="Lou Ames")
        for number in range(2, 30)
    ]
    seeker.run("2027-01-20 08:50", leads)
    assert seeker.all("R-000-2") == []
    assert seeker.find("triage").summary == "28 old leads: look through"
    again = seeker.schedule
    assert seeker.run("2027-01-20 12:00", leads).touches == again.touches


def test_never_more_than_one_late_event_per_lead() -> None:
    seeker = Seeker()
    lead = a_lead(
        received_at=when("2027-01-19 10:00"), referrer="Lou Ames", contact=person(), lead_kind="connection",
        last_inbound=when("2027-01-19 11:00"), last_inbound_channel="email",
    )  # fmt: skip
    seeker.run("2027-01-19 11:30", lead)
    seeker.run("2027-01-20 08:00", lead)
    assert sum(touch.summary.startswith("Late:") for touch in seeker.schedule.touches) == 1


def test_a_promise_of_a_sunday_that_passed_its_friday_is_late_only_after_the_sunday() -> None:
    """Its deadline demands a day off: in the usual hours, not shortly before midnight."""
    seeker, lead = Seeker(), a_lead(applied_on=date(2027, 1, 4), promised_on=date(2027, 1, 10), contact=person())
    seeker.run("2027-01-07 10:00", lead)
    assert clock(seeker.find("R-000-3")) == "2027-01-08 09:00"
    seeker.run("2027-01-09 10:00", lead)
    promise = seeker.find("R-000-3")
    assert (clock(promise), promise.summary.startswith("Late")) == ("2027-01-10 09:00", False)
    seeker.run("2027-01-10 12:00", lead)
    assert seeker.find("R-000-3").start == promise.start
    seeker.run("2027-01-11 08:00", lead)
    assert seeker.find("R-000-3").summary.startswith("Late: ")


def test_a_passed_date_of_the_sheet_is_no_second_late_event() -> None:
    seeker = Seeker()
    lead = a_lead(interview_at=when("2027-01-19 10:00"), contact=person(), follow_ups_done=0)
    seeker.run("2027-01-19 12:00", lead)
    lead = replace(lead, follow_up_on=date(2027, 1, 20))
    seeker.run("2027-01-20 08:00", lead)
    seeker.run("2027-01-21 08:00", lead)
    titles = [touch.summary for touch in seeker.schedule.touches if day(touch) == "2027-01-21"]
    assert sorted(titles) == ["Dana Reed, Acme: follow up", "Late: Acme: thank for the interview"]


def test_feed_without_ticks_takes_others_as_done() -> None:
    seeker = Seeker(reactions=False)
    lead = a_lead(received_at=when("2027-01-19 10:00"), referrer="Lou Ames")
    seeker.run("2027-01-19 11:30", lead)
    uid = seeker.find("R-000-2").uid
    seeker.run("2027-01-20 08:00", lead)
    assert seeker.all("R-000-2") == []
    assert uid in seeker.schedule.done
    assert seeker.memory.touches[uid].assumed


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"stage": Stage.REJECTED}, id="closed"),
        pytest.param({"stage": Stage.INTERVIEW, "do_not_contact": True}, id="do_not_contact"),
        pytest.param({"stage": Stage.INTERVIEW, "interested": False}, id="not interested"),
    ],
)
def test_nothing_is_owed_on_a_lead_that_says_stop(facts: dict[str, Any]) -> None:
    seeker = Seeker()
    lead = a_lead(interview_at=when("2027-01-20 10:00"), received_at=when("2027-01-14 10:00"), referrer="Lou", **facts)
    seeker.run("2027-01-14 11:00", lead)
    assert {touch.rule for touch in seeker.schedule.touches} <= {"R-001-14"}


def test_what_is_due_at_night_is_due_the_evening_before() -> None:
    seeker = Seeker()
    seeker.run("2027-01-11 09:00", a_lead(received_at=when("2027-01-11 02:00"), referrer="Lou Ames"))
    assert "Email Lou Ames by Mon 11 Jan 20:00." in seeker.find("R-000-2").description


def test_they_wrote_and_an_answer_is_owed() -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 08:00", a_lead(stage=Stage.IN_TOUCH, last_inbound=date(2027, 1, 12)))
    assert clock(seeker.find("R-001-11")).startswith("2027-01-12")


def why_references_are_warned(*runs: str) -> list[str]:
    """The reasons that the event of R-001-8 gives, run by run; the references are given on a Monday."""
    seeker, said = Seeker(), []
    lead = a_lead(references_given_on=date(2027, 1, 11), reference_names=(person("Tom Hill"),))
    for now in runs:
        seeker.run(now, lead)
        said.append("; ".join(seeker.find("R-001-8").reason))
    return said


def test_R_001_8_a_reason_that_ends_on_friday_goes_on_to_the_day_it_stands_on() -> None:
    """A Monday's day before is a Sunday, so Friday; what is planned on Saturday stands on Saturday."""
    counted = "References Given On: Mon 11 Jan; Sun 10 Jan is not a working day; moved to Fri 8 Jan"
    assert why_references_are_warned("2027-01-07 08:00") == [counted]
    assert (
        why_references_are_warned("2027-01-09 10:00", "2027-01-09 11:00")
        == [f"{counted}; no day before Sat 9 Jan was left"] * 2
    )
    assert why_references_are_warned("2027-01-07 08:00", "2027-01-11 08:00", "2027-01-11 09:00") == [
        counted, *[f"{counted}; offered once more: Fri 8 Jan passed without a sign that it was done"] * 2
    ]  # fmt: skip


def test_R_001_2_a_confirmation_of_a_mondays_interview_says_the_day_it_stands_on() -> None:
    seeker = Seeker()
    seeker.run("2027-01-09 10:00", a_lead(interview_at=when("2027-01-11 15:00"), stage=Stage.INTERVIEW))
    assert "; ".join(seeker.find("R-001-2").reason).endswith("moved to Fri 8 Jan; no day before Sat 9 Jan was left")
