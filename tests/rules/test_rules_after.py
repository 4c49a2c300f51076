"""After the interview, after the meeting, agencies, referrers, trips: R-003 and R-004 with their worked examples."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, asks, clock, day, days, person, settings_for, when
from msgspec.structs import replace

from sync.models import Stage


@pytest.mark.parametrize(
    ("interview", "expected"),
    [
        pytest.param("2027-02-11", "2027-02-17", id="Presidents' Day lies between"),
        pytest.param("2026-11-24", "2026-11-30", id="Thanksgiving lies between"),
    ],
)
def test_R_004_6_examples(interview: str, expected: str) -> None:
    seeker = Seeker()
    seeker.run(f"{interview} 08:00", a_lead(interview_at=when(f"{interview} 14:00"), stage=Stage.INTERVIEW))
    assert day(seeker.find("R-004-6")) == expected
    assert all(ask >= expected for ask in asks(seeker))


def test_R_004_4_asks_a_week_after_the_last_contact() -> None:
    seeker = Seeker()
    seeker.run("2027-02-10 08:00", a_lead(interview_at=when("2027-02-11 14:00"), stage=Stage.INTERVIEW))
    assert asks(seeker)[0] == "2027-02-24"
    assert seeker.all("R-004-4")[0].reason == ("your idea on their problem Wed 17 Feb + 7 days = Wed 24 Feb",)


def test_R_004_4_waits_for_the_day_they_decide_by() -> None:
    seeker = Seeker()
    lead = a_lead(
        interview_at=when("2027-02-11 14:00"), stage=Stage.INTERVIEW, they_decide_by=date(2027, 3, 5), company="Acme"
    )
    seeker.run("2027-02-10 08:00", lead)
    assert asks(seeker)[0] == "2027-03-08"


def test_they_decide_by_beats_R_001_1() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4), they_decide_by=date(2027, 1, 29)))
    assert asks(seeker)[0] == "2027-02-01"


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


def test_R_003_15_example() -> None:
    seeker = Seeker()
    seeker.run("2027-02-05 12:00", a_lead(applied_on=date(2027, 1, 20), under_consideration_on=date(2027, 2, 5)))
    assert day(seeker.find("R-003-15")) == "2027-02-16"
    assert not seeker.all("R-001-1")


def test_R_003_2_and_R_003_3_example() -> None:
    seeker = Seeker()
    lead = a_lead(meeting_on=date(2027, 1, 31), contact=person(), lead_kind="connection")
    seeker.run("2027-01-31 12:00", lead)
    thanks = seeker.find("R-003-2")
    assert clock(thanks) == "2027-01-31 18:00"
    assert thanks.deadline == when("2027-02-01 23:59")
    assert day(seeker.find("R-003-3")) == "2027-02-16"


def test_R_003_3_any_touch_starts_the_clock_anew() -> None:
    seeker = Seeker()
    lead = a_lead(meeting_on=date(2027, 1, 11), contact=person(), lead_kind="connection")
    seeker.run("2027-01-20 12:00", replace(lead, last_inbound=date(2027, 1, 20)))
    assert day(seeker.find("R-003-3")) == "2027-02-03"


def test_R_001_13_example() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2026, 12, 1), agency="Harnham", last_outbound=date(2027, 1, 8), stage=Stage.ON_HOLD)
    seeker.run("2027-01-08 12:00", [lead, replace(lead, key="lead-3", row="leads.csv:3", role="B")])
    assert days(seeker.all("R-001-13")) == ["2027-01-15"]
    seeker.tick(seeker.find("R-001-13"), "2027-01-15")
    seeker.run("2027-01-15 18:00", [lead])
    assert days(seeker.all("R-001-13")) == ["2027-01-22"]


def test_R_001_13_a_thank_you_to_the_agency_counts() -> None:
    """Last touch Fri 8 Jan, thanked on Wed 13: + 7 days = Wed 20 Jan. Asks to the agency, which count too, are off."""
    seeker = Seeker(settings_for(tables='[rules]\ndisable = ["R-004-4", "R-004-6"]'))
    lead = a_lead(
        agency="Harnham", last_outbound=date(2027, 1, 8), interview_at=when("2027-01-13 10:00"), stage=Stage.INTERVIEW
    )
    seeker.run("2027-01-12 12:00", lead)
    seeker.tick(seeker.find("R-001-6"), "2027-01-13")
    seeker.run("2027-01-13 18:00", lead)
    assert days(seeker.all("R-001-13")) == ["2027-01-20"]


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


def test_R_003_16_proposes_to_meet_a_week_before_the_trip() -> None:
    """Trip on Mon 22 Feb - 7 days = Mon 15 Feb, Presidents' Day, so earlier: Fri 12 Feb."""
    seeker = Seeker()
    lead = a_lead(
        stage=Stage.IN_TOUCH, contact=person(), city="Boston", travel_on=date(2027, 2, 22), lead_kind="connection"
    )
    seeker.run("2027-01-20 08:00", replace(lead, last_inbound=date(2027, 1, 19)))
    assert clock(seeker.find("R-003-16")) == "2027-02-12 09:00"
    assert seeker.find("R-003-16").move == "meet"


def test_R_004_5_not_interested_ends_it() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4), interested=False))
    assert asks(seeker) == []
    assert "lead-2" in seeker.schedule.asked_for
    assert any("interest is no" in note.reason for note in seeker.schedule.notes)


def test_on_hold_is_one_decision_after_30_days() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2026, 12, 4), stage=Stage.ON_HOLD))
    assert days(seeker.all("R-003-1")) == ["2027-02-03"]
    assert asks(seeker) == []


@pytest.mark.parametrize(
    ("week", "expected"),
    [
        pytest.param("2026-12-22", "2026-12-24", id="Christmas is a Friday"),
        pytest.param("2026-12-29", "2026-12-31", id="New Year is a Friday"),
        pytest.param("2026-11-24", "2026-11-27", id="the day after Thanksgiving stays"),
    ],
)
def test_R_001_14_examples(week: str, expected: str) -> None:
    seeker = Seeker()
    seeker.run(f"{week} 08:00", a_lead(applied_on=date(2026, 11, 20), contact=person()))
    assert clock(seeker.find("R-001-14")) == f"{expected} 10:00"


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
