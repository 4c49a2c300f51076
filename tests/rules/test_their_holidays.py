"""`contact_country`: nobody is asked or called on a holiday of theirs."""

from __future__ import annotations

from datetime import date

import pytest
from advisor import Seeker, a_lead, clock, day, person, settings_for, when

from sync.advice import load_advice
from sync.models import Leads, Row, Stage, Table
from sync.reading.leads import read_leads

DANA = person("Dana Reed", "dana@acme.example")


def test_a_follow_up_waits_for_the_day_after_their_holiday_and_says_why() -> None:
    """Thu 11 February is Foundation Day in Japan, and a day like any other in New York."""
    seeker = Seeker()
    seeker.run("2027-02-05 08:00", a_lead(applied_on=date(2027, 2, 4), contact=DANA, contact_country="JP"))
    touch = seeker.find("R-001-1")
    assert day(touch) == "2027-02-12"
    assert "Thu 11 Feb is a holiday where they are (Foundation Day); moved to Fri 12 Feb" in touch.reason
    there = Seeker()
    there.run("2027-02-05 08:00", a_lead(applied_on=date(2027, 2, 4), contact=DANA))
    assert day(there.find("R-001-1")) == "2027-02-11"


def test_two_holidays_of_theirs_around_a_weekend() -> None:
    """Fri 26 March is Good Friday and Mon 29 March Easter Monday in Germany; in New York both are working days."""
    seeker = Seeker()
    seeker.run("2027-03-20 08:00", a_lead(applied_on=date(2027, 3, 19), contact=DANA, contact_country="DE"))
    assert day(seeker.find("R-001-1")) == "2027-03-30"


def test_a_call_stays_out_of_their_holiday() -> None:
    seeker = Seeker()
    seeker.run(
        "2027-02-10 20:00",
        a_lead(
            received_at=when("2027-02-10 19:00"), referrer="Lou Ames",
            contact=person("Bo Lind", phone="+81 3 5550 0100"), contact_country="JP", contact_zone="Asia/Tokyo",
        ),
    )  # fmt: skip
    call = seeker.find("R-002-1")
    assert f"{call.start:%Y-%m-%d %H:%M}" == "2027-02-12 09:00"  # in Tokyo


def test_an_interview_is_confirmed_before_their_holiday() -> None:
    seeker = Seeker()
    lead = a_lead(stage=Stage.INTERVIEW, interview_at=when("2027-02-12 14:00"), contact=DANA, contact_country="JP")
    seeker.run("2027-02-05 08:00", lead)
    assert clock(seeker.find("R-001-2")) == "2027-02-10 09:00"


def test_a_thank_you_that_is_due_goes_out_all_the_same() -> None:
    seeker = Seeker()
    lead = a_lead(stage=Stage.INTERVIEW, interview_at=when("2027-02-11 10:00"), contact=DANA, contact_country="JP")
    seeker.run("2027-02-11 08:00", lead)
    assert day(seeker.find("R-001-4")) == "2027-02-11"


def test_the_seekers_own_chores_and_the_agency_are_no_matter_of_it() -> None:
    seeker = Seeker()
    seeker.run(
        "2027-02-05 08:00", a_lead(applied_on=date(2027, 2, 4), contact=DANA, agency="Hays", contact_country="JP")
    )
    assert day(seeker.find("R-001-1")) == "2027-02-11"


def test_a_second_run_moves_nothing() -> None:
    seeker, lead = Seeker(), a_lead(applied_on=date(2027, 2, 4), contact=DANA, contact_country="JP")
    first = seeker.run("2027-02-05 08:00", lead).touches
    assert seeker.run("2027-02-05 12:00", lead).touches == first


def read(country: str, header: str = "contact_country") -> Leads:
    settings = settings_for()
    cells = {"company": "Acme", "applied_on": "2027-01-04", header: country}
    table = Table("leads.csv", (Row(1, tuple(cells)), Row(2, tuple(cells.values()))))
    return read_leads(table, settings=settings, vocabulary=load_advice(settings).vocabulary, memory={})


@pytest.mark.parametrize(
    ("text", "code"),
    [("Germany", "DE"), ("Deutschland", "DE"), ("de", "DE"), ("US-NY", "US-NY"), ("us_ca", "US-CA"), ("USA", "US"),
     ("United Kingdom", "GB"), ("England", "GB"), ("日本", "JP"), ("", "")],
)  # fmt: skip
def test_a_country_as_people_write_it(text: str, code: str) -> None:
    leads = read(text)
    assert (leads.problems, leads.leads[0].contact_country) == ((), code)


def test_what_is_no_country_is_named_with_the_cure() -> None:
    (problem,) = read("Remote").problems
    assert problem.reason == (
        "is no country whose holidays are known; use a name such as Germany, or a code such as DE or US-NY"
    )
    (problem,) = read("US-ZZ").problems
    assert problem.reason == "has no region 'ZZ' of US whose holidays are known"


def test_a_column_of_places_is_no_country_of_a_contact() -> None:
    assert read("Remote", header="Country").problems == ()
