"""Where the sources contradict each other: one test or more for each row C1 to C14 of the seed rules' section 7."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from advisor import Seeker, a_lead, asks, clock, day, days, person, settings_for, when
from msgspec.structs import replace

from sync.models import Stage

LADDER = ("R-001-1", "R-001-12")
CALLABLE = person(phone="+1 555 0100")


def test_C1_the_call_is_now_and_the_application_keeps_its_week() -> None:
    seeker = Seeker()
    seeker.run(
        "2027-01-12 08:00",
        [
            a_lead(2, received_at=when("2027-01-12 07:00"), referrer="Lou", contact=CALLABLE),
            a_lead(3, applied_on=date(2027, 1, 12), role="Analyst"),
        ],
    )
    assert day(seeker.find("R-002-1")) == "2027-01-12"
    assert day(seeker.find("R-001-1")) == "2027-01-19", "not 01-13"


def test_C1_a_call_within_the_week_moves_the_application() -> None:
    """A note, never merged: called on Fri 15 Jan, so the ask of Tue 19 Jan waits for Fri 22 Jan."""
    seeker = Seeker()
    seeker.run(
        "2027-01-15 08:00",
        [
            a_lead(2, received_at=when("2027-01-15 07:00"), referrer="Lou", contact=CALLABLE),
            a_lead(3, applied_on=date(2027, 1, 12), role="Analyst"),
        ],
    )
    assert day(seeker.find("R-002-1")) == "2027-01-15"
    follow_up = seeker.find("R-001-1")
    assert day(follow_up) == "2027-01-22"
    assert any("Acme is contacted on Fri 15 Jan" in sentence for sentence in follow_up.reason)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param({"channel": "linkedin", "last_inbound_channel": "text"}, "linkedin", id="1 the cell says so"),
        pytest.param({"last_inbound_channel": "text"}, "text", id="2 they texted last"),
        pytest.param({"contact": person(email="dana@acme.example", phone="+1 555 0100")}, "email", id="4 the default"),
        pytest.param({}, "phone", id="nobody can be mailed at a number"),
        pytest.param({"contact": person()}, "email", id="nothing known: an address can be looked up"),
    ],
)
def test_C2_channel_of_an_ask(facts: dict[str, Any], expected: str) -> None:
    seeker = Seeker()
    lead = a_lead(
        stage=Stage.IN_TOUCH, last_inbound=date(2027, 1, 14), last_outbound=date(2027, 1, 14),
        **{"contact": CALLABLE, **facts},
    )  # fmt: skip
    seeker.run("2027-01-14 12:00", lead)
    assert {touch.channel for touch in seeker.all("R-004-4")} == {expected}


@pytest.mark.parametrize(
    ("number", "channel", "expected"),
    [
        pytest.param("+1 555 0100", "", "phone", id="3 the rule's own: a call"),
        pytest.param("+1 555 0100", "email", "email", id="1 the cell beats the rule"),
        pytest.param("", "", "email", id="no number: email the same day"),
    ],
)
def test_C2_channel_of_an_introduction(number: str, channel: str, expected: str) -> None:
    seeker = Seeker()
    lead = a_lead(
        received_at=when("2027-01-12 10:00"), referrer="Lou", contact=person(phone=number), channel=channel
    )  # fmt: skip
    seeker.run("2027-01-12 10:01", lead)
    touch = seeker.find("R-002-1")
    assert (touch.channel, day(touch)) == (expected, "2027-01-12")


def test_C3_what_is_due_over_a_weekend_is_a_text_where_there_is_only_a_number() -> None:
    """An interview ends on Friday evening: the thanks are due on Saturday, when nobody is called."""
    seeker = Seeker()
    lead = a_lead(interview_at=when("2027-01-15 18:00"), stage=Stage.INTERVIEW, contact=CALLABLE)
    seeker.run("2027-01-15 12:00", lead)
    thanks = seeker.find("R-001-4")
    assert (thanks.channel, clock(thanks)) == ("text", "2027-01-16 09:00")
    assert "Why text message: the row has a number and no mail address" in thanks.description


def test_C3_deadline_beats_the_roll_for_written_messages_only() -> None:
    """Friday evening before a long weekend: the mail goes out at once, the call waits for Tuesday."""
    seeker = Seeker()
    lead = a_lead(
        received_at=when("2027-01-15 17:30"), referrer="Lou Ames", contact=CALLABLE, contact_zone="America/New_York"
    )
    seeker.run("2027-01-15 17:30", lead)
    assert clock(seeker.find("R-000-2")) == "2027-01-15 17:45"
    assert clock(seeker.find("R-002-1")) == "2027-01-19 09:00"


def test_C4_many_over_time_but_few_per_organisation_and_week_each_with_a_new_move() -> None:
    """Three applications at one firm: twelve asks in all, a week or more apart; the property is in the properties."""
    seeker = Seeker()
    leads = [a_lead(number, role=f"Role {number}", applied_on=date(2027, 1, number)) for number in (4, 5, 6)]
    seeker.run("2027-01-06 08:00", leads)
    touches = sorted((touch for rule in LADDER for touch in seeker.all(rule)), key=day)
    assert len(touches) == 12, "many: four for each application (R-003-18)"
    dates = [date.fromisoformat(day(touch)) for touch in touches]
    assert all((later - earlier).days >= 7 for earlier, later in pairwise(dates)), "few: one in any seven days"
    for lead in leads:
        moves = [touch.move for touch in touches if touch.lead_key == lead.key]
        assert len(set(moves)) == len(moves) == 4, "each step brings something that was not used yet"


def test_C5_two_weeks_then_14_then_30_then_a_decision() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4)))
    assert asks(seeker) == ["2027-01-11", "2027-01-19", "2027-02-02", "2027-03-04"]
    assert day(seeker.find("R-003-1")) == "2027-03-11"


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        pytest.param("2027-01-19 10:00", "2027-01-19 10:15", id="the same day"),
        pytest.param("2027-01-15 17:30", "2027-01-19 09:00", id="the next business day"),
    ],
)
def test_C6_research_moves_no_introduction(received: str, expected: str) -> None:
    seeker = Seeker()
    lead = a_lead(
        received_at=when(received), referrer="Lou Ames", contact=CALLABLE, contact_zone="America/New_York",
        plan="research",
    )  # fmt: skip
    seeker.run(received, lead)
    assert clock(seeker.find("R-002-1")) == expected
    assert seeker.all("R-000-5") == []
    assert "Prepare for half an hour at most, right before" in seeker.find("R-002-1").description


def test_C6_research_elsewhere_is_half_an_hour_and_has_a_date() -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 08:00", a_lead(received_at=when("2027-01-12 07:30"), role="Analyst", plan="research"))
    touch = seeker.find("R-000-5")
    assert clock(touch) == "2027-01-12 09:00"
    assert touch.end == when("2027-01-12 09:30")
    assert "write the date of the next step" in touch.description


def test_C7_later_without_a_date_is_a_decision_within_24_hours() -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 12:00", a_lead(received_at=when("2027-01-12 11:00"), plan="later"))
    assert clock(seeker.find("R-000-4")) == "2027-01-13 09:00"


def test_C7_later_with_a_date_still_thanks_now() -> None:
    seeker = Seeker()
    lead = a_lead(received_at=when("2027-01-12 11:00"), referrer="Lou", plan="later", plan_on=date(2027, 1, 30))
    seeker.run("2027-01-12 12:00", lead)
    assert clock(seeker.find("R-000-2")) == "2027-01-12 12:00"
    assert clock(seeker.find("R-000-5")) == "2027-02-01 09:00", "Sat 30 Jan, so Monday"


@pytest.mark.parametrize(
    ("interview", "zone", "now", "expected"),
    [
        pytest.param("2027-01-20 10:00", "America/New_York", "2027-01-11", "2027-01-19 09:00", id="an ordinary day"),
        pytest.param("2027-01-25 10:00", "America/New_York", "2027-01-11", "2027-01-22 09:00", id="over a weekend"),
        pytest.param("2027-01-19 10:00", "America/New_York", "2027-01-11", "2027-01-15 09:00", id="over a holiday"),
        pytest.param("2027-01-20 15:00", "America/New_York", "2027-01-20", "2027-01-20 09:00", id="short notice: now"),
        # The day before in Tokyo is Wed 20 Jan; its work hours begin at Tue 19 Jan 19:00 here, before our 20:00.
        pytest.param("2027-01-21 09:00", "Asia/Tokyo", "2027-01-11", "2027-01-19 19:00", id="their zone's day before"),
    ],
)
def test_C8_the_day_before(interview: str, zone: str, now: str, expected: str) -> None:
    seeker = Seeker()
    lead = a_lead(interview_at=when(interview, zone), interview_zone=zone, stage=Stage.INTERVIEW)
    seeker.run(f"{now} 08:50", lead)
    assert clock(seeker.find("R-001-2")) == expected


def test_C9_news_to_one_referrer_is_one_note_in_seven_days_whatever_the_organisation_limit() -> None:
    """Lou named two people; both were contacted on Tue 19 Jan, and Lou was told of one. All other news waits a week."""
    seeker = Seeker()
    leads = [
        a_lead(
            number, company=company, received_at=when("2027-01-15 10:00"), acknowledged_on=date(2027, 1, 15),
            referrer="Lou Ames", contact=person(name), last_outbound=when("2027-01-19 09:30"),
        )
        for number, company, name in ((2, "Acme", "Dana Reed"), (3, "Beta", "Bo Lind"))
    ]  # fmt: skip
    seeker.run("2027-01-19 10:00", leads)
    notes = seeker.all("R-001-7")
    assert days(notes) == ["2027-01-19", "2027-01-26"]
    seeker.tick(min(notes, key=day), "2027-01-19")
    leads[0] = replace(leads[0], stage=Stage.INTERVIEW, stage_known=True)
    seeker.run("2027-01-21 08:00", leads)
    leads[1] = replace(leads[1], stage=Stage.IN_TOUCH, stage_known=True)
    seeker.run("2027-01-22 08:00", leads)
    progress = seeker.find("R-001-7")
    assert day(progress) == "2027-01-26", "19 Jan + 7 days"
    assert "Acme; Beta" in progress.description
    seeker.tick(progress, "2027-01-26")
    leads[0] = replace(leads[0], stage=Stage.ON_HOLD)
    seeker.run("2027-01-27 08:00", leads)
    assert day(seeker.find("R-001-7")) == "2027-02-02", "26 Jan + 7 days"


def test_C10_four_interviewers_are_thanked_the_same_day_and_asked_a_week_later() -> None:
    seeker = Seeker()
    people = tuple(person(name) for name in ("A Reed", "B Lind", "C Moss", "D Falk"))
    lead = a_lead(interview_at=when("2027-02-03 10:00"), stage=Stage.INTERVIEW, interviewers=people)
    seeker.run("2027-02-02 08:00", lead)
    thanks = seeker.find("R-001-4")
    assert clock(thanks) == "2027-02-03 12:00"
    assert all(person.name in thanks.description.splitlines()[0] for person in people)
    assert asks(seeker)[0] >= "2027-02-10"


def test_C10_obligations_start_the_clock_but_never_wait_for_it() -> None:
    """Asked Acme on Mon 11 Jan; the confirmation of Tue 12 Jan stands; the next ask is a week after the thank-you."""
    seeker = Seeker()
    leads = [
        a_lead(2, role="A", applied_on=date(2027, 1, 4)),
        a_lead(3, role="B", interview_at=when("2027-01-13 10:00"), stage=Stage.INTERVIEW),
    ]
    seeker.run("2027-01-11 08:00", leads)
    assert day(seeker.find("R-001-2")) == "2027-01-12"
    assert day(seeker.find("R-001-4")) == "2027-01-13"
    assert all(ask >= "2027-01-20" for ask in asks(seeker)[1:])


def test_C11_asks_go_to_the_agency() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4), agency="Harnham", contact=person("Dana Reed"), contact_kind="employer")
    seeker.run("2027-01-04 08:00", lead)
    touches = [touch for rule in LADDER for touch in seeker.all(rule)]
    assert len(touches) == 4
    assert not any("Dana" in touch.summary + touch.who for touch in touches)
    assert all("Harnham" in touch.who for touch in touches)


def test_C11_both_budgets_count() -> None:
    seeker = Seeker()
    seeker.run(
        "2027-01-04 08:00",
        [
            a_lead(2, company="Acme", applied_on=date(2027, 1, 4), agency="Harnham"),
            a_lead(3, company="Beta", applied_on=date(2027, 1, 4), agency="Harnham Ltd"),
        ],
    )
    assert asks(seeker)[0] == "2027-01-11"
    assert asks(seeker, "lead-3")[0] == "2027-01-19"


def test_C12_an_offer_closes_nothing_else_and_its_acceptance_does() -> None:
    seeker = Seeker()
    leads = [
        a_lead(2, company="Acme", offer_on=when("2027-01-04 07:00"), stage=Stage.OFFER),
        a_lead(3, company="Beta", applied_on=date(2027, 1, 4)),
    ]
    seeker.run("2027-01-04 08:00", leads)
    assert seeker.find("R-001-9")
    assert len(asks(seeker, "lead-3")) == 4
    leads[0] = replace(leads[0], stage=Stage.ACCEPTED)
    seeker.run("2027-01-05 08:00", leads)
    assert asks(seeker, "lead-3") == []


@pytest.mark.parametrize(
    ("today", "more", "said", "planned"),
    [
        pytest.param("2027-01-09", "", "Tue 19 Jan", "2027-01-19", id="R-001-1 B: Sat 9 + 7 = Sat 16, Mon 18 is off"),
        pytest.param("2026-11-20", "", "Fri 27 Nov", "2026-11-27", id="R-001-1 A: the day after Thanksgiving"),
        pytest.param("2026-11-20", "extra_holidays = [2026-11-27]", "Mon 30 Nov", "2026-11-30", id="R-001-1 A: off"),
        pytest.param("2027-02-08", "", "Tue 16 Feb", "2027-02-16", id="R-001-1 C: Presidents' Day"),
    ],
)
def test_C13_the_letter_gets_the_day_the_follow_up_will_have(today: str, more: str, said: str, planned: str) -> None:
    letter = Seeker(settings_for(more=more))
    schedule = letter.run(f"{today} 08:00", a_lead(role="Analyst"))
    notes = [note.reason for note in schedule.notes if note.rule == "R-001-1"]
    assert notes == [f"not sent yet: if you send today, your letter can say that you will follow up on {said}"]
    sent = Seeker(settings_for(more=more))
    sent.run(f"{today} 08:00", a_lead(role="Analyst", applied_on=date.fromisoformat(today)))
    assert day(sent.find("R-001-1")) == planned


def test_C14_all_is_planned_and_counted_anew_from_each_real_date() -> None:
    """Applied Mon 4 Jan. First done Wed 13: + 7 = Wed 20. Second done Fri 22: + 14 = Fri 5 Feb, + 30 = Sun 7 Mar."""
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4), contact=person())
    seeker.run("2027-01-04 08:00", lead)
    assert asks(seeker) == ["2027-01-11", "2027-01-19", "2027-02-02", "2027-03-04"]
    assert tentative(seeker) == [False, True, True, True]
    seeker.tick(seeker.find("R-001-1"), "2027-01-13")
    seeker.run("2027-01-13 18:00", lead)
    assert asks(seeker) == ["2027-01-20", "2027-02-03", "2027-03-05"]
    assert tentative(seeker) == [False, True, True]
    second = min(seeker.all("R-001-12"), key=day)
    seeker.tick(second, "2027-01-22")
    seeker.run("2027-01-22 18:00", lead)
    assert asks(seeker) == ["2027-02-05", "2027-03-08"]
    assert tentative(seeker) == [False, True]


def tentative(seeker: Seeker) -> list[bool]:
    touches = sorted((touch for rule in LADDER for touch in seeker.all(rule)), key=day)
    return [touch.tentative for touch in touches]
