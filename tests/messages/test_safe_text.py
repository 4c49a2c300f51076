"""Nothing of a sheet breaks out of the line it is shown in, whoever hands the leads to the engine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from advisor import Seeker, a_lead, person, settings_for, when
from msgspec.structs import fields, replace

from sync.models import Lead, Person, Schedule, Stage
from sync.safe_text import clean

BREAKING = re.compile("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
HOSTILE = "Acme\x1b[31m\r\nATTENDEE:mailto:x@y.example\u202e\u2028BEGIN:VEVENT\x07 {who} %s "
FORGED = re.compile("^(ATTENDEE|BEGIN)", re.MULTILINE)
KINDS: tuple[dict[str, Any], ...] = (
    {"applied_on": date(2027, 1, 4)},
    {"applied_on": date(2027, 1, 5), "follow_ups_done": 0},
    {"received_at": when("2027-01-05 08:00"), "referrer": "Lou", "last_outbound": when("2027-01-05 08:20")},
    {"received_at": when("2027-01-05 08:00"), "referrer": "Lou"},
    {"interview_at": when("2027-01-06 10:00"), "stage": Stage.INTERVIEW, "agency": "Harnham", "problem": "slow"},
    {"offer_on": when("2027-01-05 08:00"), "stage": Stage.OFFER},
    {"meeting_on": date(2027, 1, 4), "contact_kind": "network", "last_inbound_channel": "text",
     "last_inbound": when("2027-01-05 08:00")},
    {"references_given_on": date(2027, 1, 8), "reference_names": (person("Ray"),), "promised_on": date(2027, 1, 8)},
    {"stage": Stage.ON_HOLD},
    {"stage": Stage.INTERVIEW},
    {"plan": "research"},
    {"travel_on": date(2027, 2, 10), "city": "Boston", "stage": Stage.IN_TOUCH},
    {"applied_on": date(2026, 7, 1)},
    {},
)  # fmt: skip


def soiled(lead: Lead, text: str) -> Lead:
    """The lead with this text around every text of it, its headers included."""

    def soil(value: object) -> object:
        if isinstance(value, Person):
            return Person(f"{value.name}{text}", f"{value.email}{text}", f"{value.phone}{text}")
        return f"{value}{text}" if isinstance(value, str) else value

    changed: dict[str, object] = {"contact": soil(lead.contact)}
    for name in ("company", "role", "referrer", "agency", "how_known", "source", "city", "problem", "url", "notes"):
        changed[name] = soil(getattr(lead, name))
    for name in ("interviewers", "reference_names"):
        changed[name] = tuple(soil(each) for each in getattr(lead, name))
    columns = {field.name: f"{field.name}{text}" for field in fields(lead)}
    return replace(lead, **changed, columns=columns)


def sayings(schedule: Schedule) -> Iterator[str]:
    for touch in schedule.touches:
        yield from (touch.summary, touch.discreet, touch.who, touch.channel, touch.url, *touch.reason)
        yield from touch.description.split("\n")
    yield from (note.reason for note in schedule.notes)


@pytest.mark.parametrize(
    "text", [pytest.param(HOSTILE, id="breaks lines"), pytest.param("x" * 100_000, id="never ends")]
)
@pytest.mark.parametrize("details", ["full", "short"])
def test_hostile_cells_stay_one_short_line_wherever_they_are_shown(text: str, details: str) -> None:
    leads = [soiled(a_lead(number, company=f"Firm {number}", **facts), text) for number, facts in enumerate(KINDS, 2)]
    leads[1] = replace(leads[1], company=leads[0].company)
    seeker = Seeker(settings_for(target=f'details = "{details}"', tables="[limits]\ndaily_touches = 1"))
    shown = set()
    for today in range(5, 16):
        schedule = seeker.run(f"2027-01-{today:02} 09:30", leads)
        shown |= {touch.rule for touch in schedule.touches}
        for said in sayings(schedule):
            assert not BREAKING.search(said), said
            assert not FORGED.search(said), said
            assert len(said) <= 5_000
        if today == 6:
            seeker.drag(seeker.all("R-001-12")[0], "2027-01-06", to="2027-02-20 10:00")
            leads[0] = replace(leads[0], applied_on=date(2027, 1, 5))
            leads = [replace(lead, stage=Stage.IN_TOUCH) if lead.referrer == f"Lou{text}" else lead for lead in leads]
    assert {"R-001-1", "R-000-2", "R-001-4", "R-001-6", "R-001-7", "R-001-13", "R-001-14", "R-003-1", "triage"} <= shown


def test_a_name_with_line_breaks_stays_one_name() -> None:
    old = soiled(a_lead(2, applied_on=date(2026, 7, 1)), HOSTILE)
    seeker = Seeker()
    for now in ("2027-01-05 08:40", "2027-01-05 09:40"):
        seeker.run(now, old)
        assert seeker.find("triage").summary.endswith(": look through")


def test_the_review_names_a_firm_in_one_line() -> None:
    roles = [soiled(a_lead(number, role=f"R{number}", applied_on=date(2027, 1, 4)), HOSTILE) for number in (2, 3)]
    seeker = Seeker()
    seeker.run("2027-01-08 09:00", roles)
    [line] = [line for line in seeker.find("R-001-14").description.splitlines() if "100 % at" in line]
    assert not BREAKING.search(line)
    assert clean(HOSTILE) in line
