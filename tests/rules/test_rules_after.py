"""After the interview, after the meeting, agencies, referrers, trips: R-003 and R-004 with their worked examples."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, asks, clock, day, days, person, settings_for, when
from msgspec.structs import replace

from sync.models import Stage


def test_R_004_4_reader_comment() -> None:
    """Interview last week, nothing logged: a late thank-you with the idea in it, today."""
    seeker = Seeker()
    lead = a_lead(interview_at=when("2027-02-04 14:00"), stage=Stage.INTERVIEW)
    other = a_lead(3, company="Other", applied_on=date(2027, 2, 1), last_outbound=date(2027, 2, 2))
    seeker.run("2027-02-09 08:00", [lead, other])
    thanks = seeker.find("R-001-4")
    assert clock(thanks) == "2027-02-09 09:00"
    assert "idea on their problem" in thanks.description
    assert seeker.all("R-004-6") == []
    seeker.tick(thanks, "2027-02-09")
    seeker.run("2027-02-10 08:00", [lead, other])
    assert asks(seeker)


def test_a_second_interview_is_a_new_round() -> None:
    seeker = Seeker()
    first = a_lead(interview_at=when("2027-02-11 14:00"), stage=Stage.INTERVIEW)
    seeker.run("2027-02-10 08:00", first)
    thanks = seeker.find("R-001-4").uid
    seeker.run("2027-02-12 08:00", replace(first, interview_at=when("2027-02-18 10:00")))
    again = seeker.find("R-001-4")
    assert (again.round, again.uid == thanks) == (2, False)
    assert {touch.round // 10 for touch in seeker.all("R-004-4")} == {2}


def test_R_003_19_acceptance_closes_everything_and_thanks_who_helped() -> None:
    seeker = Seeker()
    leads = [
        a_lead(2, company="Acme", applied_on=date(2027, 1, 4), referrer="Lou Ames"),
        a_lead(3, company="Beta", applied_on=date(2027, 1, 4)),
    ]
    seeker.run("2027-01-04 08:00", leads)
    assert len(asks(seeker, "lead-3")) == 4
    leads[0] = replace(leads[0], stage=Stage.ACCEPTED, stage_known=True)
    seeker.run("2027-01-06 08:00", leads)
    assert {touch.rule for touch in seeker.schedule.touches} == {"R-003-19"}
    assert seeker.find("R-003-19").who == "Lou Ames"


def test_R_003_6_example() -> None:
    seeker = Seeker()
    seeker.run("2027-02-08 08:00", a_lead(applied_on=date(2027, 2, 8)))
    shared, own = sorted(seeker.all("R-003-6"), key=lambda touch: touch.lead_key == "lead-2")
    assert day(seeker.find("R-001-1")) == "2027-02-16"
    assert (day(shared), shared.published, own.published) == ("2027-02-11", True, False)
    assert "find a name" in seeker.find("R-001-1").summary


def test_R_004_5_not_interested_ends_it() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4), interested=False))
    assert asks(seeker) == []
    assert "lead-2" in seeker.schedule.asked_for
    assert any("interest is no" in note.reason for note in seeker.schedule.notes)


def test_R_004_8_example() -> None:
    """The first run in the 24 hours before the review writes it: on Fri 22 Jan, 11 days after the last new row."""
    seeker = Seeker()
    leads = [
        a_lead(number, company=f"C{number}", received_at=date(2027, 1, 11), plan_on=date(2027, 2, 1))
        for number in (2, 3)
    ]
    for now in ("2027-01-11 08:00", "2027-01-16 12:00", "2027-01-21 09:00", "2027-01-22 08:00"):
        seeker.run(now, leads)
    text = seeker.find("R-001-14").description
    assert "Look for new leads: 2 open, target 5; none new for 11 days" in text
    seeker.run("2027-01-22 09:50", leads)
    assert seeker.find("R-001-14").description == text


def test_R_001_15_one_row_for_each_situation() -> None:
    seeker = Seeker()
    seeker.run(
        "2027-01-12 10:00",
        [
            a_lead(2, company="A", applied_on=date(2027, 1, 12), contact=person("Al")),
            a_lead(3, company="B", interview_at=when("2027-01-20 10:00"), stage=Stage.INTERVIEW, contact=person("Bo")),
            a_lead(4, company="C", interview_at=when("2027-01-12 09:00"), stage=Stage.INTERVIEW, contact=person("Cy")),
            a_lead(5, company="D", received_at=when("2027-01-12 09:00"), referrer="Lou", contact=person("Di"),
                   last_outbound=when("2027-01-12 09:30")),
            a_lead(6, company="E", references_given_on=date(2027, 1, 20), reference_names=(person("Ed"),)),
            a_lead(7, company="F", offer_on=when("2027-01-12 09:00"), stage=Stage.OFFER, contact=person("Fi")),
        ],
    )  # fmt: skip
    rules = {touch.rule for touch in seeker.schedule.touches}
    assert {"R-001-1", "R-001-2", "R-001-4", "R-001-7", "R-001-8", "R-001-9"} <= rules


def test_every_number_is_a_setting() -> None:
    tables = '[rules."R-001-1"]\ndays = 10\n[rules."R-001-12"]\nintervals = [5]\n[rules."R-003-5"]\ncap = 2\ndays = 0'
    seeker = Seeker(settings_for(tables=tables))
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4)))
    assert asks(seeker) == ["2027-01-14", "2027-01-19"]


def test_a_rule_can_be_switched_off() -> None:
    seeker = Seeker(settings_for(tables='[rules]\ndisable = ["R-001-14", "R-003-6", "R-003-1"]'))
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4)))
    assert {touch.rule for touch in seeker.schedule.touches} == {"R-001-1", "R-001-12"}


@pytest.mark.parametrize("follow_up", ["2027-01-05", "2027-01-12", "2027-01-14"], ids=["past", "today", "ahead"])
def test_nobody_is_asked_how_an_interview_went_before_it_is_held(follow_up: str) -> None:
    """The sheet's own date may lie before the interview; what follows counts from the interview."""
    seeker = Seeker()
    lead = a_lead(
        2, applied_on=date(2027, 1, 4), interview_at=when("2027-01-20 11:00"), contact=person(),
        follow_up_on=date.fromisoformat(follow_up), follow_ups_done=0,
    )  # fmt: skip
    for now in ("2027-01-12 08:00", "2027-01-13 08:00", "2027-01-15 08:00"):
        seeker.run(now, lead)
        assert days(seeker.all("R-004-4"))[0] > "2027-01-26"
    assert "your idea on their problem Mon 25 Jan + 7 days" in min(seeker.all("R-004-4"), key=day).description


def test_what_is_placed_anew_after_an_absence_reads_the_same_in_the_next_run() -> None:
    """Nobody ran it for nine days: the agency's touch of Fri 15 Jan moves to today, and later runs of the day agree."""
    seeker = Seeker()
    lead = a_lead(applied_on=date(2026, 12, 1), agency="Harnham", last_outbound=date(2027, 1, 8), stage=Stage.ON_HOLD)
    seeker.run("2027-01-13 08:40", lead)
    first = seeker.run("2027-01-22 08:40", lead).touches
    assert seeker.find("R-001-13").reason[-1] == "Fri 15 Jan has passed; moved to Fri 22 Jan"
    assert seeker.run("2027-01-22 08:50", lead).touches == first


def test_a_touch_by_phone_keeps_the_contact_s_hours_whatever_its_rule() -> None:
    """They phoned last, so the idea goes by phone: 09:00 in Los Angeles is 12:00 here."""
    seeker = Seeker()
    lead = a_lead(
        interview_at=when("2027-02-11 14:00"), stage=Stage.INTERVIEW, contact=person(phone="+1 555 0100"),
        contact_zone="America/Los_Angeles", last_inbound=date(2027, 2, 1), last_inbound_channel="phone",
    )  # fmt: skip
    seeker.run("2027-02-11 08:00", lead)
    touch = seeker.find("R-004-6")
    assert touch.channel == "phone"
    assert touch.start == when("2027-02-17 12:00")


@pytest.mark.parametrize("way", [1, -1], ids=["as it was", "turned round"])
def test_a_step_ticked_early_closes_the_date_of_the_sheet_in_whatever_order_memory_is(way: int) -> None:
    """The date of the sheet stood in the place of step 1, so it is what is over; it does not come back as step 3."""
    seeker, lead = Seeker(), a_lead(applied_on=date(2027, 1, 8), follow_ups_done=0)
    seeker.run("2027-01-11 09:00", lead)
    dated = replace(lead, follow_up_on=date(2027, 1, 17))
    seeker.run("2027-01-14 09:00", dated)
    seeker.tick(seeker.find("R-001-12", round=2), "2027-01-14")
    touches = dict([*seeker.memory.touches.items()][::way])
    seeker.memory = replace(seeker.memory, touches=touches)
    seeker.run("2027-01-14 09:05", dated)
    assert not seeker.all("sheet")
    assert day(seeker.find("R-001-12", round=3)) == "2027-01-28"


def test_an_idea_pulled_before_its_day_and_left_there_comes_back_on_its_day_and_not_before() -> None:
    """Interview Thu 11 Feb, Mon 15 is a holiday: the idea waits for Wed 17; the seeker had moved it to Fri 12."""
    seeker = Seeker()
    lead = a_lead(
        applied_on=date(2027, 1, 4), stage=Stage.INTERVIEW, interview_at=when("2027-02-11 10:00"), contact=person(),
        follow_ups_done=0,
    )  # fmt: skip
    seeker.run("2027-02-11 08:00", lead)
    seeker.tick(seeker.find("R-001-4"), "2027-02-11")
    seeker.drag(seeker.find("R-004-6"), "2027-02-11", to="2027-02-12 10:00")
    seeker.run("2027-02-12 08:00", lead)
    assert clock(seeker.find("R-004-6")) == "2027-02-12 10:00"
    for now in ("2027-02-15 08:00", "2027-02-16 08:00", "2027-02-17 08:00"):
        seeker.run(now, lead)
        assert day(seeker.find("R-004-6")) == "2027-02-17"
