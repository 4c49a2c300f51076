"""Not a pest (R-003-5, R-004-3): whoever was reached is left in peace, whichever row, firm or channel it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from advisor import NEW_YORK, Seeker, a_lead, asks, day, person, settings_for
from msgspec.structs import replace

from sync.models import Lead, TouchClass

KIM = person("Kim Vale", "kim@recruits.example")


def firms(*numbers: int, **facts: object) -> list[Lead]:
    """Applications at as many firms, all with one contact."""
    return [
        a_lead(n, company=f"Firm {n}", applied_on=date(2027, 1, 4), contact=KIM, follow_ups_done=0, **facts)
        for n in numbers
    ]


def test_one_contact_at_two_firms_is_asked_once_in_a_week() -> None:
    """Asked by mail about the one on 11 Jan, as the sheet says: about the other not before 18 Jan."""
    first, second = firms(2, 3)
    seeker = Seeker()
    seeker.run("2027-01-05 08:40", [first, second])
    first = replace(first, last_outbound=date(2027, 1, 11))
    seeker.run("2027-01-11 18:40", [first, second])
    assert asks(seeker, "lead-3")[0] == "2027-01-19"


def test_four_firms_with_one_contact_ticked_daily_give_one_ask_a_week() -> None:
    seeker, leads, done = Seeker(), firms(2, 3, 4, 5), []
    for number in range(40):
        today = date(2027, 1, 11) + timedelta(days=number)
        seeker.run(f"{today} 08:40", leads)
        for touch in seeker.schedule.touches:
            if touch.kind is TouchClass.ASKING and touch.published and day(touch) == f"{today}":
                seeker.tick(touch, f"{today}")
                done.append(today)
    assert len(done) >= 5
    assert all((later - earlier).days >= 7 for earlier, later in pairwise(done))


@pytest.mark.parametrize(("tables", "limit"), [("", 7), ('[rules."R-003-5"]\ndays = 10', 10)])
def test_the_reason_names_the_limit_that_decides(tables: str, limit: int) -> None:
    leads = [
        a_lead(2, role="Analyst", applied_on=date(2027, 1, 4)),
        a_lead(3, role="Editor", applied_on=date(2027, 1, 6)),
    ]
    seeker = Seeker(settings_for(tables=tables))
    schedule = seeker.run("2027-01-06 08:40", leads)
    said = " ".join(seeker.find("R-001-1", lead_key="lead-3").reason)
    assert f"limit 1 per {limit} days" in said
    assert "Acme is contacted on Mon 11 Jan (Acme, Analyst)" in said
    assert any(f"{limit} days between two asking touches" in note.reason for note in schedule.notes)


def test_the_reason_names_the_person_where_the_person_is_the_block() -> None:
    seeker = Seeker()
    seeker.run("2027-01-05 08:40", firms(2, 3))
    said = " ".join(seeker.find("R-001-1", lead_key="lead-3").reason)
    assert "not before Tue 19 Jan: Kim Vale is contacted on Mon 11 Jan (Firm 2), limit 1 per 7 days" in said


def test_the_reason_names_the_agency_where_the_agency_is_the_block() -> None:
    leads = [
        a_lead(n, company=f"Firm {n}", agency="Harnham", applied_on=date(2027, 1, 4), follow_ups_done=0) for n in (2, 3)
    ]
    seeker = Seeker()
    seeker.run("2027-01-05 08:40", leads)
    assert "Harnham is contacted on" in " ".join(seeker.find("R-001-1", lead_key="lead-3").reason)


def test_nobody_is_asked_on_two_days_running_even_without_the_limit() -> None:
    """R-004-3 stays when R-003-5 is off."""
    seeker = Seeker(settings_for(tables='[rules]\ndisable = ["R-003-5"]'))
    seeker.run("2027-01-05 08:40", firms(2, 3, 4))
    first = sorted(asks(seeker, f"lead-{n}")[0] for n in (2, 3, 4))
    assert first == ["2027-01-11", "2027-01-13", "2027-01-15"]


def test_a_done_thank_you_counts_for_whom_it_reached_alone() -> None:
    """What was planned and what is done start the same clocks: a note to a referrer is none to the firm."""
    lead = a_lead(
        2, applied_on=date(2027, 1, 12), referrer="Lou Ames", received_at=datetime(2027, 1, 12, 9, tzinfo=NEW_YORK)
    )
    seeker = Seeker()
    seeker.run("2027-01-12 10:00", lead)
    before = asks(seeker)
    seeker.tick(seeker.find("R-000-2"), "2027-01-18")
    seeker.run("2027-01-18 10:00", lead)
    assert asks(seeker) == before
