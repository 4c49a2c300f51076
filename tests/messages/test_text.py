"""What an event says fits its touch: who it is about, and the words for its manner."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from advisor import Seeker, a_lead, day, person, when
from golden import GOLDEN
from icalendar import Calendar
from msgspec.structs import replace

from sync.models import Lead, Stage

INTRODUCED = a_lead(
    company="Gamma", role="Analyst", received_at=when("2027-01-04 11:00"), referrer="Lou Ames",
    contact=person("Cy Moss", phone="+1 555 0101"),
)  # fmt: skip
REFERENCES = a_lead(company="Gamma", references_given_on=date(2027, 1, 20), reference_names=(person("Ray Orr"),))
PLANNED = a_lead(company="Gamma", plan="later", plan_on=date(2027, 1, 20))


def description(lead: Lead, rule: str, now: str = "2027-01-04 12:00") -> list[str]:
    seeker = Seeker()
    seeker.run(now, lead)
    return min(seeker.all(rule), key=day).description.splitlines()


@pytest.mark.parametrize(
    ("lead", "rule", "line"),
    [
        pytest.param(INTRODUCED, "R-000-2", "It is about Cy Moss, Gamma, Analyst.", id="a referrer told us of it"),
        pytest.param(
            replace(INTRODUCED, last_outbound=when("2027-01-04 11:30")),
            "R-001-7",
            "It is about Cy Moss, Gamma, Analyst.",
            id="a referrer hears how it went",
        ),
        pytest.param(REFERENCES, "R-001-8", "It is about Gamma.", id="a reference is told who may call"),
        pytest.param(
            PLANNED,
            "R-000-5",
            "Take the step you planned for this day, or write a new date into the sheet.",
            id="a planned day",
        ),
        pytest.param(
            replace(PLANNED, plan="research", plan_on=None),
            "R-000-5",
            "Half an hour of research at most: Gamma. Then write the date of the next step into the sheet.",
            id="research",
        ),
    ],
)
def test_it_says(lead: Lead, rule: str, line: str) -> None:
    assert line in description(lead, rule)


def test_a_message_to_the_contact_needs_no_word_on_whom_it_is_about() -> None:
    assert not [line for line in description(INTRODUCED, "R-002-1") if line.startswith("It is about ")]


def test_R_003_6_every_follow_up_says_that_the_name_is_missing_until_it_is_there() -> None:
    seeker = Seeker()
    for contact, missing in ((person(""), True), (person("Cy Moss"), False)):
        seeker.run("2027-01-04 12:00", a_lead(applied_on=date(2027, 1, 4), contact=contact))
        titles = [touch.summary for rule in ("R-001-1", "R-001-12") for touch in seeker.all(rule)]
        assert len(titles) == 4
        assert {title.endswith("find a name and follow up") for title in titles} == {missing}


def test_a_note_on_progress_lists_its_leads_instead() -> None:
    seeker, lead = Seeker(), replace(INTRODUCED, last_outbound=when("2027-01-04 11:30"))
    seeker.run("2027-01-04 12:00", lead)
    seeker.tick(seeker.find("R-001-7"), "2027-01-04")
    seeker.run("2027-01-06 12:00", replace(lead, stage=Stage.IN_TOUCH, stage_known=True))
    lines = seeker.find("R-001-7").description.splitlines()
    assert "There is news about what you started for me: Gamma, Analyst (we are in contact)." in " ".join(lines)
    assert not [line for line in lines if line.startswith("It is about ")]


@pytest.mark.parametrize(
    ("phone", "title", "begins"),
    [
        pytest.param("+1 555 0101", "Cy Moss, Gamma: call now", "Call Cy Moss (Gamma) by ", id="call"),
        pytest.param("", "Cy Moss, Gamma: write now", "Email Cy Moss (Gamma) by ", id="no number"),
    ],
)
def test_an_introduction_without_a_number_is_written_to(phone: str, title: str, begins: str) -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 12:00", replace(INTRODUCED, contact=person("Cy Moss", phone=phone)))
    touch = seeker.find("R-002-1")
    assert touch.summary == title
    assert touch.description.startswith(begins)
    assert ("one try a day" in touch.description) is bool(phone), "R-002-8"
    assert ("call now" in touch.description) is bool(phone)


def test_a_word_to_the_referrer_names_the_day_it_turned_critical_and_assumes_no_hour() -> None:
    seeker, lead = Seeker(), replace(INTRODUCED, acknowledged_on=date(2027, 1, 4))
    for today in (4, 5, 6, 7):
        seeker.run(f"2027-01-{today:02} 12:00", lead)
    assert seeker.find("R-002-7").reason == ("the call was due and not made by Thu 7 Jan",)


def test_the_missing_date_is_asked_for_in_words_of_its_own() -> None:
    lead = a_lead(company="Gamma", stage=Stage.OFFER)
    assert "Put the offer's date into the sheet; if you do not know it yet, the date of your next step." in description(
        lead, "R-000-4"
    )


@pytest.mark.parametrize(
    ("roles", "titles"),
    [
        pytest.param(["Data analyst"], ["Gamma: find a name and follow up"], id="one row"),
        pytest.param(
            ["Data analyst", "Buyer"],
            ["Buyer, Gamma: find a name and follow up", "Data analyst, Gamma: find a name and follow up"],
            id="two roles",
        ),
        pytest.param(
            ["Senior Software Engineer Payments", "Senior Software Engineer Search"],
            ["Payments, Gamma: find a name and follow up", "Search, Gamma: find a name and follow up"],
            id="what both begin with says nothing in a month view",
        ),
        pytest.param(
            ["Clerk", "Clerk"], ["Gamma: find a name and follow up"] * 2, id="the same role tells nothing apart"
        ),
    ],
)
def test_a_title_begins_with_what_differs(roles: list[str], titles: list[str]) -> None:
    seeker = Seeker()
    leads = [
        a_lead(n, company="Gamma", role=role, applied_on=date(2027, 1, 4), url=f"https://x.example/{n}")
        for n, role in enumerate(roles, 2)
    ]
    seeker.run("2027-01-04 12:00", leads)
    assert sorted(touch.summary for touch in seeker.all("R-001-1")) == titles
    if len(set(roles)) > 1:
        assert len({title[:20] for title in titles}) == len(titles)


def test_two_people_at_one_firm_for_one_role_are_told_apart_where_only_the_firm_is_named() -> None:
    """Two rounds of talks at Bolt stood on one day under one and the same title."""
    seeker = Seeker()
    talks = [
        a_lead(n, company="Bolt", role="Clerk", contact=person(name), interview_at=when(f"2027-01-0{n + 4} 10:00"))
        for n, name in ((2, "Ann Lee"), (3, "Herr Bo Lind"))
    ]
    seeker.run("2027-01-04 12:00", talks)
    assert [touch.summary for touch in seeker.all("R-001-2")] == [
        "Ann Lee, Bolt: confirm the interview",
        "Herr Bo Lind, Bolt: confirm the interview",
    ]
    assert {touch.summary for touch in seeker.all("R-003-1")} == {
        "Ann Lee, Bolt: close or keep",
        "Herr Bo Lind, Bolt: close or keep",
    }
    seeker = Seeker()
    roles = [replace(talk, role=role) for talk, role in zip(talks, ("Clerk", "Buyer"), strict=True)]
    seeker.run("2027-01-04 12:00", roles)
    assert [touch.summary for touch in seeker.all("R-001-2")] == [
        "Clerk, Bolt: confirm the interview",
        "Buyer, Bolt: confirm the interview",
    ]


def test_a_closed_row_of_the_firm_changes_no_title() -> None:
    seeker = Seeker()
    open_row = a_lead(2, company="Gamma", role="Buyer", applied_on=date(2027, 1, 4))
    closed = a_lead(3, company="Gamma", role="Clerk", applied_on=date(2027, 1, 4), stage=Stage.REJECTED)
    seeker.run("2027-01-04 12:00", [open_row, replace(closed, stage_known=True)])
    assert seeker.find("R-001-1").summary == "Gamma: find a name and follow up"


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        pytest.param({"contact": person("Dana Reed", "dana@g.example")}, "dana@g.example", id="as in the sheet"),
        pytest.param({}, "No address in the sheet: look it up.", id="no such column"),
        pytest.param(
            {"columns": {"contact_email": "Their Mail"}},
            "No address in its row: put it into “Their Mail”.",
            id="an empty cell",
        ),
        pytest.param(
            {"contact": person("Dana Reed"), "channel": "phone", "columns": {"contact_phone": "Tel."}},
            "No number in its row: put it into “Tel.”.",
            id="a call without a number",
        ),
        pytest.param(
            {"columns": {"contact_email": "PHONE", "contact_phone": "PHONE"}},
            "No address in the sheet: look it up.",
            id="a column of numbers where somebody once put an address",
        ),
        pytest.param(
            {"contact": person("Dana Reed"), "channel": "phone"},
            "No number in the sheet: look it up.",
            id="a call where no column holds numbers",
        ),
    ],
)
def test_where_to_reach_them_stands_on_a_line_of_its_own(facts: dict[str, Any], line: str) -> None:
    columns = facts.pop("columns", None)
    lead = a_lead(company="Gamma", applied_on=date(2027, 1, 4), **facts)
    lead = replace(lead, columns=columns) if columns else lead
    assert description(lead, "R-001-1")[1] == line


def test_a_call_to_somebody_with_an_address_alone_misses_the_number() -> None:
    """The address is there, a line above: it is the number that has to be found."""
    lead = a_lead(
        company="Gamma", applied_on=date(2027, 1, 4), contact=person("Dana Reed", "dana@g.example"), channel="phone"
    )
    assert description(lead, "R-001-1")[1:3] == ["dana@g.example", "No number in the sheet: look it up."]


@pytest.mark.parametrize(
    ("facts", "rule", "gone"),
    [
        pytest.param({"applied_on": date(2027, 1, 4)}, "R-001-1", "MISSING", id="nothing shouts"),
        pytest.param(
            {"received_at": when("2027-01-04 11:00"), "referrer": "Sam Poe", "how_known": "Sam Poe"},
            "R-000-2",
            "We know each other",
            id="nobody is told that they know themselves",
        ),
        pytest.param({"applied_on": date(2027, 1, 4)}, "R-001-1", "resume", id="no new resume after a week"),
        pytest.param({"applied_on": date(2027, 1, 4)}, "R-001-1", "usual way", id="no way where there is no address"),
    ],
)
def test_what_no_event_says(facts: dict[str, Any], rule: str, gone: str) -> None:
    said = "\n".join(description(a_lead(company="Gamma", **facts), rule))
    assert gone not in said.partition("-----")[0]


def test_no_rule_number_and_no_field_name_stands_above_the_dashes() -> None:
    """Whatever the event: a person who never read our pages understands each line."""
    seeker = Seeker()
    seeker.run("2027-01-04 12:00", [INTRODUCED, replace(REFERENCES, key="b"), replace(PLANNED, key="c")])
    for touch in seeker.schedule.touches:
        above, dashes, small = touch.description.partition("\n--------------------\n")
        assert dashes, touch.rule
        assert not re.search(r"R-\d{3}|[a-z]+_[a-z]+|\b[A-Z]{4,}\b", above), above
        assert touch.rule in small or not touch.rule.startswith("R-")


@pytest.mark.parametrize("case", ["munich-german", "new-york-summer-time"])
def test_a_mail_link_opens_the_very_draft_after_a_feed_was_folded_and_read(case: str) -> None:
    """A calendar program of others unfolds the lines; the link in them is whole, umlauts and line breaks included."""
    found = 0
    for event in Calendar.from_ical((GOLDEN / case / "followups.ics").read_bytes()).walk("VEVENT"):
        description = str(event["DESCRIPTION"])
        for link in re.findall(r"mailto:\S+", description):
            said = parse_qs(urlsplit(link).query, strict_parsing=True)
            assert f": {said['subject'][0]}\n" in description
            assert "\n" + said["body"][0].replace("\r\n", "\n") in description
            found += 1
    assert found >= 3
