"""The application ladder: R-001-1, R-001-12, R-004-2, the limits of R-003-5, the date in the sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from advisor import Seeker, a_lead, asks, clock, day, days, person, settings_for
from msgspec.structs import replace

from sync.models import Person, Stage

LADDER = ("R-001-1", "R-001-12")


def test_R_001_1_in_a_week_from_sunday_to_thursday() -> None:
    seeker = Seeker(settings_for("Asia/Riyadh", "[]", more='workdays = ["sun", "mon", "tue", "wed", "thu"]'))
    seeker.run("2027-01-01 08:00", a_lead(applied_on=date(2027, 1, 1)))
    assert day(seeker.find("R-001-1")) == "2027-01-10"


def test_R_004_2_example() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4))
    seeker.run("2027-01-04 08:00", lead)
    assert asks(seeker) == ["2027-01-11", "2027-01-19", "2027-02-02", "2027-03-04"]
    steps = [touch for touch in seeker.schedule.touches if touch.rule in LADDER]
    assert [touch.tentative for touch in steps] == [False, True, True, True]
    assert [day(touch) for touch in steps if touch.published] == ["2027-01-11", "2027-01-19"]
    seeker.tick(seeker.find("R-001-1"), "2027-01-11")
    seeker.run("2027-01-12 08:00", lead)
    shown = [touch for touch in seeker.schedule.touches if touch.published and touch.rule in LADDER]
    assert days(shown) == ["2027-01-19", "2027-02-02"]


def test_R_003_5_example() -> None:
    seeker = Seeker()
    seeker.run(
        "2027-01-06 08:00",
        [
            a_lead(2, role="A", applied_on=date(2027, 1, 4)),
            a_lead(3, role="B", applied_on=date(2027, 1, 6)),
        ],
    )
    assert asks(seeker)[:3] == ["2027-01-11", "2027-01-26", "2027-02-09"]
    assert asks(seeker, "lead-3")[:2] == ["2027-01-19", "2027-02-02"]
    moved = seeker.find("R-001-1", lead_key="lead-3")
    assert any("Acme is contacted on Mon 11 Jan (Acme, A)" in sentence for sentence in moved.reason)


@pytest.mark.parametrize(
    "stage",
    [pytest.param(stage, id=stage.value) for stage in Stage if stage not in (Stage.SENT, Stage.IDEA)],
)
def test_ladder_stops_by_stage(stage: Stage) -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4), stage=stage))
    assert not [touch for touch in seeker.schedule.touches if touch.rule in LADDER]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"do_not_contact": True}, id="do_not_contact"),
        pytest.param({"interested": False}, id="not interested any more"),
        pytest.param({"unreadable": frozenset({"applied_on"})}, id="the date cannot be read"),
        pytest.param({"unreadable": frozenset({"last_outbound"})}, id="what was done cannot be read"),
    ],
)
def test_ladder_is_not_made(facts: dict[str, Any]) -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4), **facts))
    assert asks(seeker) == []


def test_second_run_of_the_day_changes_nothing() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4), contact=person())
    first = seeker.run("2027-01-11 08:00", lead)
    for later in ("16:50", "19:00"):
        assert replace(seeker.run(f"2027-01-11 {later}", lead), holds_until=first.holds_until) == first


def test_passed_step_is_offered_once_more_then_missed() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4))
    other = a_lead(3, company="Other", applied_on=date(2027, 1, 4), follow_ups_done=0)
    seeker.run("2027-01-06 08:00", [lead, other])
    uid = seeker.find("R-001-1", lead_key="lead-2").uid
    seeker.run("2027-01-12 08:00", [lead, other])
    assert seeker.find("R-001-1", lead_key="lead-2").uid == uid
    assert asks(seeker)[0] == "2027-01-12"
    seeker.run("2027-01-13 08:00", [lead, other])
    assert uid in seeker.schedule.missed
    assert asks(seeker)[0] == "2027-01-19"


def test_nobody_logs_passed_steps_count_as_done() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4))
    seeker.run("2027-01-04 08:00", lead)
    first = seeker.find("R-001-1")
    seeker.run("2027-01-12 08:00", lead)
    assert first.uid in seeker.schedule.done
    assert asks(seeker) == ["2027-01-19", "2027-02-02", "2027-03-04"]


def test_deleted_step_is_not_made_again_and_later_ones_keep_their_days() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4))
    seeker.run("2027-01-04 08:00", lead)
    seeker.delete(seeker.find("R-001-1"), "2027-01-05")
    for now in ("2027-01-05 08:00", "2027-01-12 08:00"):
        seeker.run(now, lead)
        assert asks(seeker) == ["2027-01-19", "2027-02-02", "2027-03-04"]


def test_dragged_step_stays_and_later_ones_count_from_it() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4))
    seeker.run("2027-01-04 08:00", lead)
    seeker.drag(seeker.find("R-001-1"), "2027-01-05", to="2027-01-13 14:00")
    for _ in range(2):
        seeker.run("2027-01-05 08:00", lead)
        assert clock(seeker.find("R-001-1")) == "2027-01-13 14:00"
        assert asks(seeker)[1] == "2027-01-20"
    seeker.run("2027-01-06 08:00", a_lead(applied_on=date(2027, 1, 5)))
    assert clock(seeker.find("R-001-1")) == "2027-01-12 09:00"


def test_sheet_date_takes_the_place_of_the_next_step() -> None:
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4), follow_up_on=date(2027, 1, 9))
    seeker.run("2027-01-04 08:00", lead)
    assert not seeker.all("R-001-1")
    assert clock(seeker.find("sheet")) == "2027-01-09 09:00"
    assert asks(seeker)[1] == "2027-01-19"
    assert not [note for note in seeker.schedule.notes if "ignored" in note.reason]
    seeker.tick(seeker.find("sheet"), "2027-01-09")
    seeker.run("2027-01-10 08:00", lead)
    assert asks(seeker) == ["2027-01-19", "2027-02-02", "2027-03-04"]


def test_old_rows_make_no_events() -> None:
    seeker = Seeker()
    seeker.run(
        "2027-06-01 08:00",
        [a_lead(number, company=f"C{number}", applied_on=date(2026, 9, 1)) for number in range(2, 40)],
    )
    assert [touch.rule for touch in seeker.schedule.touches if touch.rule in LADDER] == []
    assert not seeker.all("R-000-4"), "what the triage names is not decided upon a second time"
    assert len(seeker.all("triage")) == 1


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        pytest.param(person("Ana Reed"), "A. R.: follow up", id="initials"),
        pytest.param(person(""), "Follow-up", id="no contact"),
        pytest.param(
            person("", email="jobs@acme.example"), "Follow-up", id="an address tells a name, so it is left out"
        ),
        pytest.param(person("(42)"), "Follow-up", id="a name without a letter"),
    ],
)
def test_a_short_title_never_ends_in_nothing(contact: Person, expected: str) -> None:
    seeker = Seeker(settings_for(target='details = "short"'))
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4), contact=contact))
    assert seeker.find("R-001-1").discreet == expected


@pytest.mark.parametrize("limit", [8, 0])
def test_days_that_are_too_full_are_the_same_in_the_second_run(limit: int) -> None:
    """Dates from the sheet fill days past their limit; what already has its event on such a day keeps it."""
    seeker = Seeker(settings_for(tables=f"[limits]\ndaily_touches = {limit}\n"))
    dates = [date(2027, 1, 9 + number // 25) for number in range(200)]
    leads = [
        a_lead(number, company=f"Firm {number}", applied_on=date(2027, 1, 4), follow_up_on=day)
        for number, day in enumerate(dates)
    ]
    first = seeker.run("2027-01-05 08:00", leads).touches
    assert any(touch.rule == "more" for touch in first)
    assert seeker.run("2027-01-05 08:00", leads).touches == first


def test_a_drag_is_released_and_reported_when_its_fact_changes() -> None:
    """The pin holds until `applied_on` changes; then the touch follows the sheet again, and that is said."""
    seeker = Seeker()
    seeker.run("2027-01-05 08:40", a_lead(applied_on=date(2027, 1, 4)))
    seeker.drag(seeker.find("R-001-1"), "2027-01-05", to="2027-01-14 15:00")
    seeker.run("2027-01-06 08:40", a_lead(applied_on=date(2027, 1, 4)))
    assert clock(seeker.find("R-001-1")) == "2027-01-14 15:00"
    schedule = seeker.run("2027-01-06 08:50", a_lead(applied_on=date(2027, 1, 5)))
    assert day(seeker.find("R-001-1")) == "2027-01-12"
    released = [note for note in schedule.notes if "follows the sheet again" in note.reason]
    assert [(note.rule, note.reason) for note in released] == [
        ("R-001-1", "you had moved it; Applied On changed, so it follows the sheet again")
    ]
    again = seeker.run("2027-01-06 09:00", a_lead(applied_on=date(2027, 1, 5)))
    assert not [note for note in again.notes if "follows the sheet again" in note.reason]


def test_a_step_names_the_column_it_counts_from() -> None:
    seeker = Seeker()
    lead = replace(a_lead(applied_on=date(2027, 1, 4)), columns={"applied_on": "Date Applied"})
    seeker.run("2027-01-05 08:40", lead)
    first = seeker.find("R-001-1")
    assert first.reason == ("Date Applied: Mon 4 Jan + 7 days = Mon 11 Jan",)
    assert first.row == "leads.csv:2"
