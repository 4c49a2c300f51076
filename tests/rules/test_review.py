"""What the weekly review says: each line where there is something to say, and only there."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, day, person, when
from msgspec.structs import replace

from sync.models import Stage

APPLIED = a_lead(applied_on=date(2027, 1, 4), contact=person())
CLOSE_IT = "You took out two follow-ups in a row. Close it? Acme"
INTRODUCED = a_lead(received_at=when("2027-01-12 11:00"), referrer="Lou Ames", contact=person(phone="+1 555 0100"))


def delete_next(seeker: Seeker, on: str) -> None:
    """The seeker throws the next follow-up away; cron runs afterwards."""
    asks = [*seeker.all("R-001-1"), *seeker.all("R-001-12")]
    seeker.delete(min(asks, key=day), on)
    seeker.run(f"{on} 18:00", APPLIED)


def review(seeker: Seeker) -> list[str]:
    return seeker.find("R-001-14").description.splitlines()


def test_what_is_due_is_counted_as_it_is_named() -> None:
    """A lead with a confirmation and an answer due is one name, and one in the number before it."""
    talk = a_lead(applied_on=date(2027, 1, 4), interview_at=when("2027-01-18 10:00"), contact=person())
    promised = replace(talk, promised_on=date(2027, 1, 15))
    seeker = Seeker()
    seeker.run("2027-01-15 08:00", promised)
    assert (
        len([touch for touch in seeker.schedule.touches if touch.lead_key == talk.key and day(touch) == "2027-01-15"])
        > 1
    )
    assert "Due now (1): Acme" in review(seeker)


def test_a_person_without_a_firm_is_no_organisation_to_find_a_second_contact_at() -> None:
    seeker = Seeker()
    friend = a_lead(2, company="", contact=person("Uncle Joe"), applied_on=date(2027, 1, 5))
    seeker.run("2027-01-15 08:00", (friend, a_lead(3, company="Beta", applied_on=date(2027, 1, 5), contact=person())))
    assert "Only one contact at Beta, find a second" in review(seeker)


def test_two_follow_ups_thrown_away_in_a_row_ask_whether_to_close() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", APPLIED)
    delete_next(seeker, "2027-01-05")
    seeker.run("2027-01-08 09:00", APPLIED)
    assert CLOSE_IT not in review(seeker)
    delete_next(seeker, "2027-01-12")
    seeker.run("2027-01-15 09:00", APPLIED)
    assert CLOSE_IT in review(seeker)
    seeker.run("2027-01-22 09:00", replace(APPLIED, stage=Stage.REJECTED))
    assert CLOSE_IT not in review(seeker)


def test_one_done_between_two_thrown_away_asks_nothing() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", APPLIED)
    delete_next(seeker, "2027-01-05")
    seeker.tick(min(seeker.all("R-001-12"), key=day), "2027-01-19")
    seeker.run("2027-01-19 18:00", APPLIED)
    delete_next(seeker, "2027-01-20")
    seeker.run("2027-01-22 09:00", APPLIED)
    assert CLOSE_IT not in review(seeker)


@pytest.mark.parametrize(
    ("contacts", "line"),
    [
        pytest.param([], None, id="nobody contacted yet"),
        pytest.param(
            ["2027-01-13 14:30"],
            "From the introduction to your first contact: 28 hours; call sooner",
            id="one, rounded",
        ),
        pytest.param(
            ["2027-01-12 12:00", "2027-01-13 12:00", "2027-01-14 11:00"],
            "From an introduction to your first contact: 25 hours (the middle of 3); call sooner",
            id="the middle one of three",
        ),
        pytest.param([date(2027, 1, 12)], None, id="the same day is nothing to speak of"),
        pytest.param(
            [date(2027, 1, 14)],
            "From the introduction to your first contact: 46 hours; call sooner",
            id="two days later",
        ),
    ],
)
def test_R_002_7_how_long_introductions_wait(contacts: list[str | date], line: str | None) -> None:
    seeker = Seeker()
    leads = [
        replace(
            INTRODUCED, key=f"k{n}", company=f"C{n}", last_outbound=when(at) if isinstance(at, str) else at
        )
        for n, at in enumerate(contacts)
    ]  # fmt: skip
    seeker.run("2027-01-15 09:00", [INTRODUCED, *leads])
    assert [text for text in review(seeker) if text.startswith("From ")] == ([line] if line else [])


def test_the_first_contact_keeps_its_hour() -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 11:05", INTRODUCED)
    for now in ("2027-01-13 15:00", "2027-01-14 15:00", "2027-01-15 09:00"):
        seeker.run(now, replace(INTRODUCED, last_outbound=when("2027-01-13 14:45")))
    assert "From the introduction to your first contact: 28 hours; call sooner" in review(seeker)


def test_in_a_row_means_by_the_days_they_stood_on() -> None:
    """The second and third ask were thrown away, then the trip was written about."""
    lead = replace(
        APPLIED, stage=Stage.IN_TOUCH, stage_known=True, last_inbound=date(2027, 1, 4), city="Boston",
        travel_on=date(2027, 3, 10),
    )  # fmt: skip
    seeker = Seeker()
    for now, what in (("2027-01-11", "tick"), ("2027-01-19", "delete"), ("2027-02-02", "delete")):
        seeker.run(f"{now} 08:00", lead)
        getattr(seeker, what)(min(seeker.all("R-004-4"), key=day), now)
    seeker.run("2027-02-05 09:00", lead)
    assert CLOSE_IT in review(seeker)
    for now in ("2027-02-12", "2027-02-19", "2027-02-26", "2027-03-03"):
        seeker.run(f"{now} 08:00", lead)
    seeker.tick(seeker.find("R-003-16"), "2027-03-03")
    seeker.run("2027-03-05 09:00", lead)
    assert CLOSE_IT not in review(seeker)


def test_a_later_message_does_not_change_when_the_first_contact_was() -> None:
    seeker, lead = Seeker(), replace(INTRODUCED, acknowledged_on=date(2027, 1, 12))
    seeker.run("2027-01-12 11:05", lead)
    for today, sent in (("13", "2027-01-12 11:30"), ("14", "2027-01-14 15:00"), ("15", "2027-01-14 15:00")):
        seeker.run(f"2027-01-{today} 09:00", replace(lead, last_outbound=when(sent)))
        seeker.run(f"2027-01-{today} 16:00", replace(lead, last_outbound=when(sent)))
    told = seeker.find("R-001-7")
    assert told.deadline is not None
    assert told.deadline.date() == date(2027, 1, 13)
    seeker.run("2027-01-21 16:00", replace(lead, last_outbound=when("2027-01-20 15:00")))
    assert not [text for text in review(seeker) if text.startswith("From the introduction")], "half an hour"


THEIRS = {"last_outbound": "Last contacted"}
NAMES = [f"Firm {number:02}" for number in range(39)]


def test_a_line_names_ten_and_counts_the_rest() -> None:
    seeker = Seeker()
    leads = [
        a_lead(n, key=f"k{n}", company=name, applied_on=date(2027, 1, 8), contact=person(f"Kim {n}"))
        for n, name in enumerate(NAMES, 2)
    ]
    seeker.run("2027-01-15 08:00", leads)
    [line] = [line for line in review(seeker) if line.startswith("Only one contact")]
    assert line.endswith("; Firm 09; and 29 more")
    lines = review(seeker)[: review(seeker).index("")]
    assert len(lines) <= 13, "what to do, and twelve lines"
    assert all(len(line) < 320 for line in lines)


@pytest.mark.parametrize(
    ("columns", "reactions", "how"),
    [
        pytest.param(
            {"last_outbound": "Last contacted"}, True, "Tick what you did, or fill in “Last contacted”.", id="both"
        ),
        pytest.param({"last_outbound": "Last contacted"}, False, "Fill in “Last contacted”.", id="a feed has no ticks"),
        pytest.param({}, False, "Give the sheet a column with the day of your last message.", id="no column"),
    ],
)
def test_what_is_taken_as_done_speaks_of_asks_and_of_the_readers_own_column(
    columns: dict[str, str], reactions: bool, how: str
) -> None:
    seeker = Seeker(reactions=reactions)
    lead = replace(APPLIED, columns={"applied_on": "Applied", **columns})
    for now in ("2027-01-04 08:00", "2027-01-12 08:00", "2027-01-15 09:00"):
        seeker.run(now, lead)
    [line] = [line for line in review(seeker) if line.startswith("Taken as done")]
    assert line == f"Taken as done, since nothing says otherwise: 1. Right? {how}"


def test_what_is_taken_as_done_and_asks_nobody_is_not_spoken_of() -> None:
    seeker = Seeker(reactions=False)
    lead = a_lead(received_at=when("2027-01-12 11:00"), referrer="Lou Ames")
    for now in ("2027-01-12 11:05", "2027-01-14 08:00", "2027-01-15 09:00"):
        seeker.run(now, lead)
    assert not [line for line in review(seeker) if line.startswith("Taken as done")]


@pytest.mark.parametrize(
    ("leads", "answered", "line"),
    [
        pytest.param(4, ["2027-01-06"], None, id="of a few a share says nothing"),
        pytest.param(5, [], "Answered so far: 0 of 5 (0 %)", id="none"),
        pytest.param(
            6,
            ["2027-01-06", "2027-01-10", "2027-01-12"],
            "Answered so far: 3 of 6 (50 %), half of them within 6 days",
            id="three",
        ),
        pytest.param(5, ["2027-01-04"], "Answered so far: 1 of 5 (20 %), half of them within a day", id="at once"),
    ],
)
def test_it_says_how_many_answered_so_far(leads: int, answered: list[str], line: str | None) -> None:
    days = [date.fromisoformat(text) for text in answered] + [None] * (leads - len(answered))
    rows = [
        replace(APPLIED, key=f"firm {number}", company=f"Firm {number}", last_inbound=heard)
        for number, heard in enumerate(days)
    ]
    seeker = Seeker()
    seeker.run("2027-01-15 09:00", rows)
    assert [said for said in review(seeker) if said.startswith("Answered")] == ([line] if line else [])


@pytest.mark.parametrize(("made", "silent"), [(date(2027, 1, 6), False), (date(2026, 12, 30), True)])
def test_an_offer_of_last_week_is_a_sign_of_life(made: date, silent: bool) -> None:
    """An offer nine days old was called long silent: only messages counted."""
    offered = a_lead(applied_on=date(2026, 12, 1), offer_on=made, stage=Stage.OFFER, contact=person())
    seeker = Seeker()
    for now in ("2027-01-14 08:40", "2027-01-15 08:00"):
        seeker.run(now, offered)
    assert any(line.startswith("Long silent") for line in review(seeker)) is silent
