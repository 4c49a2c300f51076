"""Terms in statuses, next steps and notes: who is to do what by which day, whatever a status was said to mean."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import TEXT, Seeker, a_row

from connectors.memory import MemoryState
from sync.config import parse_settings
from sync.models import Lead, Stage
from sync.run import Report

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=ZONE)


def a_seeker(status: str, means: str = "", applied_on: str = "2026-11-16", **cells: str) -> Seeker:
    """With one row of interest, read on Friday 27 November; `means`: what the user has said of this status."""
    answer = f"[source.statuses]\n{json.dumps(status, ensure_ascii=False)} = {json.dumps(means)}\n" if means else ""
    source = 'path = "leads.csv"\ndate_order = "dmy"\n' + answer
    settings = parse_settings(TEXT.format(more="", target="").replace('path = "leads.csv"\n', source))
    rows = [a_row("Alder", applied_on, status=status, **cells), a_row("Birch", "2026-11-20")]
    return Seeker(rows, settings=settings, now=FRIDAY, store=MemoryState())


def alder(report: Report) -> Lead:
    return next(lead for lead in report.leads.leads if lead.company == "Alder")


def lead_of(status: str, means: str = "", applied_on: str = "2026-11-16", **cells: str) -> Lead:
    return alder(a_seeker(status, means, applied_on, **cells).run(write=False))


def said_of(status: str, means: str = "", **cells: str) -> list[str]:
    """What is said about the cells, and the titles of what is planned for the row."""
    seeker = a_seeker(status, means, **cells)
    report = seeker.run()
    titles = [event.snapshot.summary for event in seeker.calendar.values() if "Alder" in event.snapshot.summary]
    return [problem.reason for problem in report.leads.problems] + titles


@pytest.mark.parametrize(
    ("status", "day"),
    [
        ("Oona palaa ja soittaa viikolla 51", "2026-12-18"),
        ("ruft zurück KW 51", "2026-12-18"),
        ("dossier reçu, retour sous 10 jours", "2026-12-07"),
        ("hablé con Nuria, escribe ella la semana que viene", "2026-11-30"),
        ("quiere mis titulos antes del miércoles", "2026-12-02"),
        ("chce kopii diplomu do středy", "2026-12-02"),
        ("pyysi suosittelijat keskiviikkoon mennessä", "2026-12-02"),
        ("просить довідку до середи", "2026-12-02"),
        ("vill ha betyg före onsdag", "2026-12-02"),
        ("will Muster, hab ich bis Mi versprochen", "2026-12-02"),
        ("she is back mid December", "2026-12-15"),
    ],
)
def test_the_day_of_a_status_is_named_and_waited_for_whatever_the_status_was_said_to_mean(
    status: str, day: str
) -> None:
    said = said_of(status, "in_touch")
    assert len(said) == 1
    assert said[0].endswith(f"write its date, such as {day}") or said[0].endswith(f"write it, such as {day}")
    assert lead_of(status, "in_touch").stage is Stage.IN_TOUCH


def test_a_status_that_was_answered_is_read_with_the_date_of_its_day_once_that_is_known() -> None:
    status = "wants my portfolio by Wednesday"
    seeker = a_seeker(status, "in_touch")
    seeker.rows[0]["status"] = "sent"
    seeker.run()
    seeker.rows[0]["status"] = status
    lead = alder(seeker.run())
    assert (lead.stage, lead.answer_by, lead.unreadable) == (Stage.IN_TOUCH, date(2026, 12, 2), frozenset())


def test_a_status_that_is_the_label_of_a_week_is_no_term() -> None:
    assert lead_of("This week", "in_touch").unreadable == frozenset()


@pytest.mark.parametrize(
    ("status", "field", "day"),
    [
        ("she is away til 9 Dec", "follow_up_on", "12-09"),
        ("en vacances jusqu'au 9/12", "follow_up_on", "12-09"),
        ("I owe him my work samples by 2/12", "answer_by", "12-02"),
        ("wants my transcripts by 2/12", "answer_by", "12-02"),
        ("quiere mis titulos antes del 2/12", "answer_by", "12-02"),
        ("chce kopii diplomu do 2.12.", "answer_by", "12-02"),
        ("pyysi suosittelijat 2.12. mennessä", "answer_by", "12-02"),
        ("просить довідку до 2.12", "answer_by", "12-02"),
        ("vill ha betyg före 2 dec", "answer_by", "12-02"),
        ("will Muster, hab ich bis 2.12. versprochen", "answer_by", "12-02"),
    ],
)
def test_what_they_want_of_the_seeker_by_a_day_is_due_then_and_no_day_of_theirs(
    status: str, field: str, day: str
) -> None:
    lead = lead_of(status, "in_touch")
    assert f"{getattr(lead, field):%m-%d}" == day
    assert lead.they_decide_by is None


def test_a_day_with_an_hour_in_an_answered_status_is_a_meeting() -> None:
    lead = lead_of("Besichtigung Di 1.12. 9 Uhr", "in_touch")
    assert (f"{lead.interview_at:%m-%d %H}", lead.they_decide_by) == ("12-01 09", None)


@pytest.mark.parametrize(
    "status",
    [
        "haku päättyy 3.12.",
        "inscrição até 03/12",
        "jelentkezni dec. 3-ig",
        "passer déposer CV avant le 3/12",
        "подати резюме до 3.12",
    ],
)
@pytest.mark.parametrize("means", ["", "idea"])
def test_a_day_to_apply_by_closes_the_row(status: str, means: str) -> None:
    lead = lead_of(status, means, applied_on="", received_at="2026-11-20")
    assert (lead.stage, lead.closes_on) == (Stage.IDEA, date(2026, 12, 3))


def test_an_interview_that_was_stands_beside_the_day_of_their_answer() -> None:
    lead = lead_of("VG war 24.11., warte auf Rückmeldung bis 10.12.")
    assert (lead.stage, f"{lead.interview_at:%m-%d}") == (Stage.INTERVIEW, "11-24")
    assert lead.they_decide_by == date(2026, 12, 10)
    assert lead_of("interview war 24.11., jetzt 3.12.").interview_at != lead.interview_at


@pytest.mark.parametrize("step", ["Mitte Dezember anrufen", "ring mid December", "call on Tuesday"])
def test_a_next_step_without_its_date_is_named_and_nobody_is_asked_before(step: str) -> None:
    said = said_of("sent", next_step=step)
    assert len(said) == 1
    assert "; write it" in said[0]


def test_a_weekday_to_chase_is_named_although_an_earlier_day_was_one() -> None:
    assert "write it, such as 2026-12-01" in said_of("sent", applied_on="2026-11-17", next_step="chase Tue")[0]


def test_what_they_asked_for_is_sent_and_is_no_test() -> None:
    assert any(
        "send what they asked for by Wed 2 Dec" in said for said in said_of("wants my transcripts by 2/12", "in_touch")
    )


@pytest.mark.parametrize(
    "notes",
    [
        "nette Frau. sie meldet sich bis 5.12.",
        "they decide after the staff mtg Dec 5",
        "graduatoria 5/12",
        "spoke to Lea 20/11; results by 5/12",
        "decision expected 5 Dec",
    ],
)
def test_a_day_in_notes_by_which_they_decide_is_waited_for(notes: str) -> None:
    assert lead_of("sent", notes=notes).they_decide_by == date(2026, 12, 5)


@pytest.mark.parametrize(
    "notes",
    ["born 5/12", "meeting 5 Dec", "results were out 5/11", "decided on the blue suit, wedding 5/12", "ref 5/12"],
)
def test_any_other_day_in_notes_is_none_of_theirs(notes: str) -> None:
    assert lead_of("sent", notes=notes).they_decide_by is None


def test_a_day_in_notes_gives_way_to_one_in_a_column() -> None:
    lead = lead_of("sent", notes="decision by 5/12", they_decide_by="2026-12-10")
    assert lead.they_decide_by == date(2026, 12, 10)
    assert lead_of("rejected", notes="decision by 5/12").they_decide_by is None


def test_a_day_in_notes_that_may_be_two_is_named_and_waited_for() -> None:
    seeker = a_seeker("sent", notes="decision by 5/12")
    seeker.settings = parse_settings(TEXT.format(more="", target=""))
    lead = alder(seeker.run(write=False))
    assert lead.they_decide_by is not None or "they_decide_by" in lead.unreadable


@pytest.mark.parametrize(
    "step", ["er ruft Do 3.12. an", "she calls Thu 3 Dec", "they will call 3 Dec", "me llama el 3/12", "ze belt 3 dec"]
)
def test_a_day_on_which_they_call_is_no_follow_up(step: str) -> None:
    lead = lead_of("sent", next_step=step)
    assert (lead.they_call_at, lead.follow_up_on) == (date(2026, 12, 3), None)
    assert lead_of("sent", next_step="call Kim 3 Dec").follow_up_on == date(2026, 12, 3)


@pytest.mark.parametrize("status", ["offer!! need to answer by 4/12", "Zusage! Vertrag zurück bis 4.12."])
def test_the_date_of_an_offer_is_asked_for_although_the_day_to_answer_it_is_known(status: str) -> None:
    said = said_of(status)
    assert any("add a date" in one for one in said)
    assert any("answer the offer by Fri 4 Dec" in one for one in said)


def test_no_occasion_between_makes_an_interview_a_decision() -> None:
    lead = lead_of("decision after interview 8 Dec")
    assert f"{lead.interview_at:%m-%d}" == "12-08"


@pytest.mark.parametrize("status", ["CV v.12 checked", "week 2 of the course", "semana 3 de 4", "40h week 30k"])
def test_a_number_that_is_of_no_week_of_the_year_names_none(status: str) -> None:
    assert "status" not in lead_of(status, "in_touch").unreadable
