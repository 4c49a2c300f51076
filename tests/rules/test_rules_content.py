"""What the events, the notes and the review say: the rules without a date of their own (seed rules, section 8)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from advisor import Seeker, a_lead, asks, clock, day, person, settings_for, when
from msgspec.structs import replace

from sync.advice import load_advice
from sync.memory import Memory
from sync.models import Abilities, Lead, Leads, Stage, Texts, Touch
from sync.schedule.make import make_schedule

DANA = person("Dana Reed", "dana@acme.example", "+1 555 0100")
APPLIED = a_lead(
    applied_on=date(2027, 1, 5), role="Data analyst", contact=DANA, how_known="met at PyData 5 Jan",
    last_outbound=date(2027, 1, 12), last_outbound_channel="email", last_inbound_channel="email",
)  # fmt: skip
TOLD = a_lead(received_at=when("2027-01-12 11:00"), referrer="Lou Ames")
INTRODUCED = replace(TOLD, contact=person("Bo Lind", phone="+1 555 0101"))
KNOWN = "As a reminder of how we know each other: met at PyData 5 Jan."
MET = a_lead(interview_at=when("2027-01-13 10:00"), stage=Stage.INTERVIEW, contact=DANA)
UNADDRESSED = replace(MET, interviewers=(person("Ann Lee"),))


def said(lead: Lead, rule: str, now: str = "2027-01-12 12:00") -> str:
    seeker = Seeker()
    seeker.run(now, lead)
    return min(seeker.all(rule), key=lambda touch: day(touch)).description


def test_section_8_layout() -> None:
    """What to do, where, the message, what to look at; the small print, what comes next in it: all from the sheet."""
    lines = said(APPLIED, "R-001-12", "2027-01-12 18:00").splitlines()
    link = next(line for line in lines if line.startswith("Open it in your mail program: mailto:dana@acme.example?"))
    assert [line for line in lines if line != link] == [
        "Write to Dana Reed (Acme) by email.",
        "dana@acme.example",
        "+1 555 0100",
        "",
        "Subject: Data analyst: my updated resume",
        "",
        "Dear Dana Reed,",
        "",
        f"I come back to my message of 12 January about the Data analyst position at Acme. {KNOWN}",
        "",
        "I have brought my resume up to date: [what is new in it]. It is enclosed.",
        "",
        "Could you please tell me where the selection stands and what else would help you?",
        "",
        "Thank you for your time.",
        "[your name]",
        "",
        "Before you send:",
        "- Send the new resume with it.",
        "- Is the name spelled right: Dana Reed?",
        "- Fill in what stands in square brackets.",
        "",
        "--------------------",
        "If nothing changes: Tue 2 Feb, Thu 4 Mar",
        "Why this day: follow-up 1 on Tue 12 Jan + 7 days = Tue 19 Jan",
        "No answer? Wait a full week, then write again politely; after the second time wait longer.",
        "Why email: that is how they wrote last",
        "Silence is normal: a wait has an end, and until then nothing is wrong.",
        "New this time: an updated resume",
        "Not used yet: something useful, asking for a person, asking about an association",
        "So far: applied Tue 5 Jan; email Tue 12 Jan",
        "Rule R-001-12",
    ]


@pytest.mark.parametrize(
    ("lead", "rule", "sentence"),
    [
        pytest.param(TOLD, "R-000-2", "Then add one clear question.", id="R-000-8 thank, or thank and ask"),
        pytest.param(MET, "R-001-2", "take something along to note names and addresses", id="R-001-3 cards"),
        pytest.param(UNADDRESSED, "R-001-4", "Ask for the address of Ann Lee.", id="R-001-3 an address"),
        pytest.param(APPLIED, "R-001-12", "Is the name spelled right: Dana Reed?", id="R-001-5, R-003-10 spelling"),
        pytest.param(APPLIED, "R-001-12", "Silence is normal", id="R-001-16 do not assume the worst"),
        pytest.param(APPLIED, "R-001-12", "Thank you for your time.", id="R-001-17 thanks"),
        pytest.param(
            INTRODUCED, "R-002-1", "Prepare for half an hour at most, right before", id="R-002-5 no long research"
        ),
        pytest.param(INTRODUCED, "R-002-1", "Whom else should I talk to, please?", id="R-002-10 the next name"),
        pytest.param(APPLIED, "R-001-12", "the Data analyst position at Acme", id="R-003-4 position"),
        pytest.param(replace(APPLIED, role=""), "R-001-12", "the position at Acme", id="R-003-4 no position"),
        pytest.param(APPLIED, "R-001-12", "how we know each other: met at PyData 5 Jan.", id="R-003-4 how known"),
        pytest.param(INTRODUCED, "R-002-1", "Is this a good time for two minutes?", id="R-003-9 on the phone"),
        pytest.param(APPLIED, "R-001-12", "Could you please tell me", id="R-003-9 in writing"),
        pytest.param(APPLIED, "R-001-12", "I have brought my resume up to date", id="R-003-11 not only an update"),
        pytest.param(APPLIED, "R-001-12", "So far: applied Tue 5 Jan; email Tue 12 Jan", id="R-003-14 from history"),
        pytest.param(APPLIED, "R-001-12", "\n+1 555 0100\n", id="R-004-9 a later touch may be a call"),
        pytest.param(
            replace(MET, problem="slow tests"),
            "R-004-4",
            "You told me of this: slow tests.",
            id="R-004-11 their words",
        ),
        pytest.param(replace(MET, problem="slow tests"), "R-004-6", "Their problem: slow tests", id="R-004-6 problem"),
        pytest.param(MET, "R-004-6", "Write the problem they told you of into the sheet", id="R-004-6 no problem"),
    ],
)
def test_an_event_says(lead: Lead, rule: str, sentence: str) -> None:
    assert sentence in said(lead, rule)


def test_what_no_event_shows_is_put_into_words_only_where_somebody_reads_it() -> None:
    settings = settings_for()
    advice, now = load_advice(settings), when("2027-01-12 12:00")

    def touches(texts: Texts) -> tuple[Touch, ...]:
        schedule, _ = make_schedule(
            Leads((APPLIED,)), settings=settings, advice=advice, memory=Memory(), now=now,
            abilities=Abilities(reactions=True), texts=texts,
        )  # fmt: skip
        return schedule.touches

    whole, named, shown = map(touches, (Texts.WHOLE, Texts.NAMED, Texts.SHOWN))
    assert [touch.published for touch in whole].count(False) == 2
    for all_, some, few in zip(whole, named, shown, strict=True):
        if all_.published:
            assert all_ == some == few
        else:
            assert some == replace(all_, description="", subject="", mail="", draft="")
            assert few == replace(some, summary="", discreet="", who="", reason=(), url="")
            assert all_.description
            assert "Acme" in some.summary
            assert some.reason


def test_R_000_3_the_acknowledgement_names_the_day_the_promise_will_be_kept() -> None:
    """Promised for Thu 26 Nov, Thanksgiving; kept a day early."""
    seeker = Seeker()
    lead = a_lead(received_at=when("2026-11-18 10:00"), referrer="Lou Ames", promised_on=date(2026, 11, 26))
    seeker.run("2026-11-18 10:01", lead)
    assert "come back to you on Wednesday 25 November." in seeker.find("R-000-2").description


def test_R_000_6_example() -> None:
    """Received Tue 12 Jan, nothing done: + 3 business days = Fri 15 Jan, + 14 days = Tue 26 Jan."""
    seeker = Seeker()
    notes = {}
    for today in (12, 13, 14, 15, 18, 22, 25, 26):
        schedule = seeker.run(f"2027-01-{today} 08:00", a_lead(received_at=when("2027-01-12 07:30")))
        notes[today] = next(note.reason for note in schedule.notes if note.lead == "Acme")
    warned = "nothing planned: nothing done since Tue 12 Jan; it goes stale on Tue 26 Jan"
    assert [notes[today] == warned for today in (14, 15, 18, 22, 25)] == [False, True, True, True, True]
    assert notes[26] == "nothing planned: stale since Tue 26 Jan; revive it or close it"


def test_R_000_6_a_tick_is_a_sign_of_life() -> None:
    """Thanked by a tick on Thu 14 Jan: + 14 days = Thu 28 Jan."""
    seeker = Seeker()
    seeker.run("2027-01-12 11:05", TOLD)
    seeker.tick(seeker.find("R-000-2"), "2027-01-14")
    schedule = seeker.run("2027-01-21 08:00", TOLD)
    assert "nothing planned: nothing done since Thu 14 Jan; it goes stale on Thu 28 Jan" in [
        note.reason for note in schedule.notes
    ]


def test_R_000_6_the_review_names_what_is_stale() -> None:
    seeker = Seeker()
    for today in (12, 15, 19, 22, 26):
        seeker.run(f"2027-01-{today} 08:00", a_lead(received_at=when("2027-01-12 07:30")))
        assert "Long silent" not in seeker.find("R-001-14").description
    seeker.run("2027-01-28 10:00", a_lead(received_at=when("2027-01-12 07:30")))
    assert "Long silent, revive or close (1): Acme" in seeker.find("R-001-14").description
    assert seeker.all("R-000-4") == [], "no event of its own"


def test_R_000_9_the_review_asks_what_was_learnt() -> None:
    assert "What did you learn this week that is no posting, and from whom?" in said(
        APPLIED, "R-001-14", "2027-01-15 08:00"
    )


@pytest.mark.parametrize("facts", [{"notes": "they will call me"}, {"status_text": "waiting for their call"}])
def test_R_002_3_they_will_call_is_no_stop(facts: dict[str, Any]) -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 12:00", [replace(INTRODUCED, **facts), replace(APPLIED, key="b", company="B", **facts)])
    assert seeker.find("R-002-1")
    assert asks(seeker, "b")


def test_R_002_4_no_contact_is_too_small() -> None:
    """A low priority reorders a crowded day and takes nothing away."""
    seeker = Seeker(settings_for(tables="[limits]\ndaily_touches = 1"))
    others = [a_lead(number, company=f"C{number}", applied_on=date(2027, 1, 5), priority=1) for number in range(3, 9)]
    seeker.run("2027-01-12 12:00", [replace(INTRODUCED, priority=3), *others])
    assert clock(seeker.find("R-002-1")) == "2027-01-12 12:00"
    assert clock(seeker.find("R-000-2")) == "2027-01-12 12:15"


def test_R_003_13_is_off_by_default_and_looks_monthly_when_enabled() -> None:
    """Two roles at one firm, first seen Mon 4 Jan: + 30 days = Wed 3 Feb, one event."""
    leads = [a_lead(number, role=f"R{number}", applied_on=date(2027, 1, 4)) for number in (2, 3)]
    plain, keen = Seeker(), Seeker(settings_for(tables='[rules]\nenable = ["R-003-13"]'))
    plain.run("2027-01-04 08:00", leads)
    keen.run("2027-01-04 08:00", leads)
    assert plain.all("R-003-13") == []
    assert day(keen.find("R-003-13")) == "2027-02-03"


def test_R_003_18_a_ladder_has_at_least_four_steps() -> None:
    seeker = Seeker()
    seeker.run("2027-01-04 08:00", a_lead(applied_on=date(2027, 1, 4)))
    assert len(asks(seeker)) >= 4


def test_R_004_1_a_recruiter_who_will_follow_up_stops_nothing() -> None:
    seeker = Seeker()
    recruiter = person("Rae Poe", "rae@harnham.example")
    lead = a_lead(
        applied_on=date(2027, 1, 4), agency="Harnham", contact=recruiter, contact_kind="recruiter",
        notes="recruiter will follow up",
    )  # fmt: skip
    seeker.run("2027-01-04 08:00", lead)
    assert asks(seeker) == ["2027-01-11", "2027-01-19", "2027-02-02", "2027-03-04"]
    assert {touch.who for touch in ladder(seeker)} == {"Rae Poe"}


def test_R_004_7_the_review_lists_organisations_with_one_contact() -> None:
    leads = [
        a_lead(2, company="Acme", applied_on=date(2027, 1, 5), contact=person("Ann Lee")),
        a_lead(3, company="Acme", role="B", applied_on=date(2027, 1, 5), contact=person("Bo Lind")),
        a_lead(4, company="Beta", applied_on=date(2027, 1, 5), contact=person("Cy Moss")),
    ]
    seeker = Seeker()
    seeker.run("2027-01-15 08:00", leads)
    text = seeker.find("R-001-14").description
    assert "Only one contact at Beta" in text


def ladder(seeker: Seeker) -> list[Touch]:
    return [touch for rule in ("R-001-1", "R-001-12") for touch in seeker.all(rule)]


def test_what_an_ask_brought_that_went_by_before_the_interview_is_not_brought_again() -> None:
    """Its day passed, then the lead went on to an interview: nobody knows that it was not sent."""
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4), contact=person(), follow_ups_done=0)
    seeker.run("2027-01-18 09:00", lead)
    shown = next(touch for touch in seeker.schedule.touches if touch.move and touch.published)
    interview = replace(lead, stage=Stage.INTERVIEW, interview_at=when("2027-01-25 10:00"))
    seeker.run("2027-01-20 09:00", interview)
    first = next(touch for touch in seeker.schedule.touches if touch.rule == "R-004-4")
    assert first.move
    assert first.move != shown.move


def test_R_000_4_a_row_of_an_agency_alone_has_its_step_in_the_touch_to_the_agency() -> None:
    """Nobody is told to decide about somebody whom the same day says to write to."""
    seeker = Seeker()
    agency = a_lead(
        company="", agency="Weststaff", contact=person("Ann Lee"), contact_kind="recruiter",
        last_outbound=date(2026, 12, 28),
    )  # fmt: skip
    seeker.run("2027-01-11 08:30", agency)
    assert seeker.find("R-001-13").summary == "Ann Lee: keep in touch"
    assert not seeker.all("R-000-4")
