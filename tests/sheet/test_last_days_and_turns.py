"""Last days that a status or a next step names by itself, trials at an hour, and whose turn it is."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import Seeker, a_row

from sync.models import Lead, Stage


def lead_of(status: str, applied_on: str = "", **cells: str) -> Lead:
    """Read on Friday 27 November."""
    rows = [a_row("Acme", applied_on, status=status, **cells), a_row("Bolt", "2026-11-20")]
    leads = Seeker(rows, now=datetime(2026, 11, 27, 10, tzinfo=ZONE)).run().leads.leads
    return next(lead for lead in leads if lead.company == "Acme")


@pytest.mark.parametrize(
    "status",
    [
        "Closing date 1 Dec",
        "closes 1 Dec",
        "Bewerbungsschluss 1. Dezember",
        "date limite 1 décembre",
        "fecha límite 1 de diciembre",
        "scadenza 1 dicembre",
        "prazo 1 de dezembro",
        "termin składania 1 grudnia",
        "do wysłania do 1 grudnia",
        "mandar currículo até 1 de dezembro",
        "応募締切 12月1日",
        "지원 마감 12월 1일",
        "投递截止 12月1日",
    ],
)
def test_a_last_day_to_apply_that_stands_alone_is_one(status: str) -> None:
    lead = lead_of(status)
    assert (lead.stage, lead.closes_on) == (Stage.IDEA, date(2026, 12, 1))


@pytest.mark.parametrize(
    ("status", "step", "name"),
    [
        ("興味あり", "11/30 応募締切", "closes_on"),
        ("Initiativbewerbung vorbereiten", "bis 30. November", "closes_on"),
        ("to apply", "due November 30, 2026", "closes_on"),
        ("Take home", "due November 30, 2026", "answer_by"),
        ("offer", "by 11/30", "answer_by"),
        ("offer", "answer by 11/30", "answer_by"),
        ("offer", "accept or decline by 11/30", "answer_by"),
        ("offer", "deadline 11/30", "answer_by"),
        ("offer", "wait for their contract till 11/30", "they_decide_by"),
    ],
)
def test_a_last_day_among_next_steps_is_no_day_to_write(status: str, step: str, name: str) -> None:
    lead = lead_of(status, received_at="2026-11-20", next_step=step)
    assert (getattr(lead, name), lead.follow_up_on) == (date(2026, 11, 30), None)


def test_the_last_day_of_a_row_with_an_offer_is_that_to_answer_it() -> None:
    lead = lead_of("offer", "2026-11-02", closes_on="2026-12-04")
    assert lead.answer_by == date(2026, 12, 4)
    assert lead_of("offer", "2026-11-02", closes_on="2026-11-01").answer_by is None


@pytest.mark.parametrize(
    "status",
    [
        "prueba el jueves 3 de diciembre a las 17h",
        "prova prática 3 de dezembro às 17h",
        "prova pratica 3 dicembre ore 17",
        "test pratique le 3 décembre à 17h",
        "praktische Prüfung 3. Dezember 17 Uhr",
    ],
)
def test_a_trial_at_an_hour_is_an_appointment(status: str) -> None:
    lead = lead_of(status, "2026-11-10")
    assert f"{lead.interview_at:%m-%d %H}" == "12-03 17"


def test_a_trial_without_an_hour_is_to_be_done_by_its_day() -> None:
    lead = lead_of("prueba 3 de diciembre", "2026-11-10")
    assert (lead.interview_at, lead.answer_by) == (None, date(2026, 12, 3))


@pytest.mark.parametrize("status", ["introduced by mail 11/23", "per Mail vorgestellt 23. November"])
def test_an_introduction_is_a_day_on_which_the_lead_was_received(status: str) -> None:
    lead = lead_of(status, referrer="Carla Voss", contact_name="Sam Orr")
    assert (lead.stage, lead.received_at) == (Stage.IDEA, date(2026, 11, 23))
    assert lead_of(status, "2026-11-20", contact_name="Sam Orr").received_at is None, "Sam did not tell of it"


@pytest.mark.parametrize(
    "status", ["auto-reply", "waiting for feedback", "automatische Antwort", "en attente de retour"]
)
def test_nobody_waits_for_an_answer_where_it_is_their_turn(status: str) -> None:
    lead = lead_of(status, "2026-11-16", last_inbound="2026-11-25")
    assert lead.last_outbound == date(2026, 11, 25)


def test_a_cold_call_is_no_interview() -> None:
    assert lead_of("cold call 10/20").applied_on == date(2026, 10, 20)
