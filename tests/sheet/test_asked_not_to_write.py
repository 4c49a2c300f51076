"""Who does not want to hear from the seeker, who asks to wait, and a no that leaves a door open."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import Seeker, a_row

from sync.models import Asking, Lead, Stage
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

WORDS = StageWords({}, load_vocabulary())


def lead_of(status: str, **cells: str) -> Lead:
    """Read on Friday 27 November."""
    rows = [a_row("Acme", "2026-11-18", status=status, **cells)]
    (lead,) = Seeker(rows, now=datetime(2026, 11, 27, 10, tzinfo=ZONE)).run().leads.leads
    return lead


@pytest.mark.parametrize(
    "status",
    [
        "they asked me not to write again",
        "asked not to be emailed",
        "told me to stop calling",
        "they asked me to stop",
        "never reply to them",
        "do not reply",
        "does not want to be contacted",
        "soll nicht mehr anrufen",
        "me demande de ne plus écrire",
        "me pidieron que no escriba más",
        "mi hanno chiesto di non scrivere",
        "pediram para não escrever mais",
        "vroegen om niet te bellen",
        "proszą, żeby nie pisać",
        "bad mig att inte ringa",
        "ba om ikke å ringe",
        "просили не звонить",
        "不要再联系",
        "連絡しないでと言われた",
        "연락하지 말라고 함",
        "wants nothing to do with it",
        "will nichts damit zu tun haben",
        "no quiere saber nada",
    ],
)
def test_who_asked_not_to_be_written_to_is_asked_nothing_and_closed_only_where_the_seeker_says_so(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled, phrase.asking) == (Stage.REJECTED, False, Asking.NONE)


@pytest.mark.parametrize(
    "status", ["they never replied", "keine Antwort", "sin respuesta", "didn't call", "not contacted"]
)
def test_who_did_not_answer_has_forbidden_nothing(status: str) -> None:
    assert WORDS.read(status).stage is not Stage.REJECTED


@pytest.mark.parametrize(
    "status", ["asked me to wait", "they told me to wait", "bitten um Geduld", "me pidieron esperar"]
)
def test_who_asks_to_wait_is_waited_for(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.ON_HOLD, True)


@pytest.mark.parametrize(
    "status",
    [
        "they want me to write again in January",
        "wieder melden im Januar",
        "rappeler en janvier",
        "volver a llamar en enero",
        "zadzwonić ponownie w styczniu",
    ],
)
def test_who_is_to_be_written_to_in_another_month_is_on_hold_until_then(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.ON_HOLD, True)


@pytest.mark.parametrize("status", ["CV with client", "with hiring manager", "mail"])
def test_what_says_nothing_of_where_it_stands_waits(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled, phrase.asking) == (None, False, Asking.OWN_DATE)


@pytest.mark.parametrize(
    ("status", "guess"),
    [
        ("interview cancelled, new date follows", Stage.INTERVIEW),
        ("Gespräch abgesagt worden, neuer Termin folgt", Stage.INTERVIEW),
        ("interview 12/1?? not confirmed", Stage.INTERVIEW),
        ("Gespräch 1.12. noch nicht bestätigt", Stage.INTERVIEW),
        ("entrevista 1/12 sin confirmar", Stage.INTERVIEW),
        ("said no for this year, try again in January", Stage.ON_HOLD),
        ("not hiring but will ask around", Stage.ON_HOLD),
        ("no for now, check back in Q1", Stage.ON_HOLD),
        ("Absage, aber nächstes Jahr wieder melden", Stage.ON_HOLD),
        ("refus, mais recontacter l'année prochaine", Stage.ON_HOLD),
    ],
)
def test_words_of_refusal_beside_live_ones_propose_what_lives(status: str, guess: Stage) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (guess, False)


def test_a_no_with_a_day_to_try_again_keeps_that_day() -> None:
    lead = lead_of("not hiring right now, call again 12/14")
    assert (lead.follow_up_on, lead.stage_known) == (date(2026, 12, 14), False)


@pytest.mark.parametrize("status", ["closed for holidays until 1/4", "geschlossen bis 4.1.", "cerrado hasta el 4/1"])
def test_who_is_closed_until_a_day_is_back_on_it(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.SENT, True)
    assert [sense for sense, _ in phrase.dated] == ["remind"]


def test_what_is_being_prepared_is_an_idea() -> None:
    assert WORDS.read("Initiativbewerbung vorbereiten").stage is Stage.IDEA


def test_a_day_that_somebody_is_waited_for_is_no_day_to_write() -> None:
    lead = lead_of("Dan will introduce us", next_step="wait for Dan till Dec 4")
    assert (lead.follow_up_on, lead.they_decide_by) == (None, date(2026, 12, 4))
