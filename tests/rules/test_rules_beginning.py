"""Honest about the beginning: nobody is forgotten, and rows without a date are one event, not one each."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, day, person, settings_for, when

from sync.models import Stage


@pytest.mark.parametrize("contact", [person("Dana Reed"), person("")], ids=["to the contact", "to the firm"])
def test_a_promise_to_an_employer_is_kept(contact: object) -> None:
    seeker = Seeker()
    seeker.run(
        "2027-01-13 08:40", a_lead(2, applied_on=date(2027, 1, 12), promised_on=date(2027, 1, 20), contact=contact)
    )
    promise = seeker.find("R-000-3")
    assert day(promise) == "2027-01-20"
    assert "Acme" in promise.who


def test_an_agency_is_kept_in_touch_with_while_its_only_row_is_an_idea() -> None:
    seeker = Seeker()
    seeker.run("2027-01-13 08:40", a_lead(2, agency="Harnham", received_at=date(2027, 1, 13)))
    assert day(seeker.find("R-001-13")) == "2027-01-20"
    assert day(seeker.find("R-000-4")) == "2027-01-14"


def test_rows_without_the_date_their_stage_promises_are_one_event_that_names_them() -> None:
    seeker = Seeker()
    leads = [a_lead(n, company=f"Talk {n}", stage=Stage.INTERVIEW) for n in range(2, 16)]
    schedule = seeker.run("2027-01-13 08:40", leads)
    shown = [touch for touch in schedule.touches if touch.rule == "R-000-4" and touch.published]
    assert [touch.summary for touch in shown] == ["14 rows: add a date"]
    assert all(f"Talk {n}" in shown[0].description for n in range(2, 16))
    assert len({touch.lead_key for touch in seeker.all("R-000-4")}) == 15
    assert seeker.run("2027-01-13 08:40", leads).touches == schedule.touches
    assert seeker.run("2027-01-13 19:40", leads).touches == schedule.touches
    seeker.run("2027-01-14 08:40", leads)
    assert not seeker.all("R-000-4")


def test_the_event_for_missing_dates_says_which_ones() -> None:
    """The row has the days of its application and of an interview; what is not there is the day of the offer."""
    seeker = Seeker()
    offered = a_lead(2, stage=Stage.OFFER, applied_on=date(2026, 12, 20), interview_at=when("2027-01-04 09:00"))
    seeker.run("2027-01-13 08:40", offered)
    shown = next(touch for touch in seeker.all("R-000-4") if touch.published)
    assert shown.description.startswith("Put the offer's date into the row; if you do not know it yet")
    assert "a date is missing in this row" in shown.reason[0]
    seeker = Seeker()
    seeker.run("2027-01-13 08:40", (offered, a_lead(3, company="Beta", stage=Stage.INTERVIEW)))
    shown = next(touch for touch in seeker.all("R-000-4") if touch.published)
    assert shown.description.startswith(
        "Put what is missing into each of these rows, the interview's date and the offer's date; if"
    )


def test_without_a_limit_nothing_is_said_of_one() -> None:
    seeker = Seeker(settings_for(tables="[limits]\ndaily_touches = 0"))
    leads = [a_lead(n, company=f"Firm {n}", applied_on=date(2027, 1, 6), follow_ups_done=0) for n in range(2, 40)]
    schedule = seeker.run("2027-01-06 08:40", leads)
    more = next(touch for touch in schedule.touches if touch.rule == "more")
    assert "limit" not in more.description
    assert "0" not in " ".join(more.reason)


@pytest.mark.parametrize("stage", [Stage.SENT, Stage.IN_TOUCH, Stage.ASSESSMENT, Stage.INTERVIEW, Stage.OFFER])
def test_what_lies_wholly_in_the_past_is_named_once_whatever_its_stage_word(stage: Stage) -> None:
    seeker, lead = Seeker(), a_lead(2, stage=stage, applied_on=date(2026, 3, 2), contact=person())
    schedule = seeker.run("2027-01-13 08:40", lead)
    assert {touch.rule for touch in schedule.touches} == {"triage", "R-001-14"}
    assert seeker.run("2027-01-13 08:40", lead).touches == schedule.touches
    seeker.run("2027-01-14 08:40", lead)
    assert {touch.rule for touch in seeker.schedule.touches} == {"R-001-14"}
    answered = {"stage": Stage.IN_TOUCH, "last_inbound": date(2027, 1, 14)}
    seeker.run("2027-01-14 12:40", a_lead(2, applied_on=date(2026, 3, 2), contact=person(), **answered))
    assert seeker.all("R-004-4")


@pytest.mark.parametrize("stage", [Stage.SENT, Stage.IN_TOUCH, Stage.ASSESSMENT])
def test_ignore_before_holds_for_every_stage_word(stage: Stage) -> None:
    seeker = Seeker(settings_for(more='ignore_before = "2026-09-01"'))
    assert not seeker.run("2027-01-13 08:40", a_lead(2, stage=stage, applied_on=date(2026, 3, 2))).touches


@pytest.mark.parametrize("now", ["2027-01-13 14:55", "2027-01-13 15:00", "2027-01-13 15:05"])
def test_a_thank_you_at_its_deadline_is_made_and_stays(now: str) -> None:
    seeker = Seeker()
    lead = a_lead(2, stage=Stage.INTERVIEW, interview_at=when("2027-01-12 14:00"), contact=person())
    schedule = seeker.run(now, lead)
    assert seeker.find("R-001-4")
    assert seeker.run(now, lead).touches == schedule.touches


def test_an_event_tells_its_arithmetic_in_two_sentences_and_explain_the_whole_chain() -> None:
    seeker = Seeker()
    leads = [
        a_lead(2, role="Analyst", applied_on=date(2027, 1, 11), follow_ups_done=0),
        a_lead(3, role="Editor", applied_on=date(2027, 1, 11), follow_ups_done=0),
    ]
    seeker.run("2027-01-12 08:40", leads)
    second = seeker.find("R-001-1", lead_key="lead-3")
    assert len(second.reason) == 3, "counted, a holiday, the other role"
    assert second.reason[0] in second.description
    assert second.reason[1] not in second.description
    assert second.reason[2] in second.description


def test_a_row_given_up_for_its_plan_of_last_week_keeps_the_decision_that_is_still_ahead() -> None:
    """What was to be researched lies in the past, the application does not: an hour later nothing else is planned."""
    lead = a_lead(
        received_at=date(2027, 1, 3), plan="research", applied_on=date(2027, 1, 13), follow_ups_done=4,
        stage=Stage.SENT, contact=person("Dana Reed"),
    )  # fmt: skip
    seeker = Seeker()
    decisions = []
    for now in ("2027-01-13 08:40", "2027-01-13 12:10"):
        seeker.run(now, lead)
        decisions.append([day(touch) for touch in seeker.all("R-003-1")])
    assert decisions == [["2027-03-19"], ["2027-03-19"]]


def test_what_is_still_to_come_on_the_day_of_an_event_is_not_told_as_done_so_far() -> None:
    lead = a_lead(
        applied_on=date(2027, 1, 4), meeting_on=date(2027, 1, 13), interview_at=when("2027-01-15 10:00"),
        stage=Stage.INTERVIEW, contact=person("Dana Reed", "dana@acme.example"),
    )  # fmt: skip
    seeker = Seeker()
    seeker.run("2027-01-05 08:00", lead)
    told = {rule: seeker.find(rule).description for rule in ("R-001-2", "R-003-2")}
    assert "So far: applied Mon 4 Jan; met Wed 13 Jan\n" in told["R-001-2"], "the day before the interview"
    assert "So far: applied Mon 4 Jan; met Wed 13 Jan\n" in told["R-003-2"], "on the evening of the meeting"
