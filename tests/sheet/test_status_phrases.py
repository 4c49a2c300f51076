"""What statuses say, by their words: negations and ends first, and nothing asked that the words could contradict."""

from __future__ import annotations

import pytest

from sync.models import Asking, Stage
from sync.reading.status_phrases import Phrase, read_phrase, shipped_status_words


def read(text: str) -> Phrase:
    return read_phrase(text, shipped_status_words())


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("not applying", Stage.WITHDRAWN),
        ("no offer", Stage.REJECTED),
        ("regret email received", Stage.REJECTED),
        ("Offer rescinded", Stage.REJECTED),
        ("rejected after final", Stage.REJECTED),
        ("Absage von mir", Stage.WITHDRAWN),
        ("Absage per Mail", Stage.REJECTED),
        ("offer declined", Stage.WITHDRAWN),
        ("已拒绝offer", Stage.WITHDRAWN),
        ("被拒", Stage.REJECTED),
        ("불합격", Stage.REJECTED),
        ("お祈りメール", Stage.REJECTED),
        ("nie dostałem oferty", Stage.REJECTED),
        ("pas encore postulé", Stage.IDEA),
        ("noch nicht beworben", Stage.IDEA),
        ("ikke søkt", Stage.IDEA),
        ("dropped off resume in person", Stage.SENT),
        ("applied via LinkedIn", Stage.SENT),
        ("aplicado por la web", Stage.SENT),
        ("beworben über Jobfinder", Stage.SENT),
        ("Eingangsbestätigung erhalten", Stage.SENT),
        ("shadow shift on the ward", Stage.INTERVIEW),
        ("they went internal", Stage.REJECTED),
        ("no me cogieron", Stage.REJECTED),
        ("j'ai refusé l'offre", Stage.WITHDRAWN),
        ("muss ich noch schreiben", Stage.IDEA),
        ("Offer extended", Stage.OFFER),
        ("waiting for an offer after final round", Stage.INTERVIEW),
        ("Zweitgespräch vereinbart", Stage.INTERVIEW),
        ("entretien téléphonique prévu", Stage.INTERVIEW),
        ("1차 면접", Stage.INTERVIEW),
        ("OA received", Stage.ASSESSMENT),
        ("Rückmeldung erhalten", Stage.IN_TOUCH),
        ("on hold until budget is approved", Stage.ON_HOLD),
        ("never heard back", Stage.NO_ANSWER),
    ],
)
def test_words_settle_a_status(text: str, stage: Stage) -> None:
    phrase = read(text)
    assert (phrase.stage, phrase.settled) == (stage, True)


@pytest.mark.parametrize(
    ("text", "guess", "asking"),
    [
        pytest.param("Offer accepted!", Stage.ACCEPTED, Asking.NONE, id="the end of the search is never believed"),
        pytest.param("oferta przyjęta", Stage.ACCEPTED, Asking.NONE, id="in any language"),
        pytest.param("Declined", Stage.REJECTED, Asking.NONE, id="by whom?"),
        pytest.param("probably rejected", Stage.REJECTED, Asking.NONE, id="a guess of one's own"),
        pytest.param("rejected, but now interview", Stage.INTERVIEW, Asking.NONE, id="taken back"),
        pytest.param("no offer yet", Stage.INTERVIEW, Asking.NONE, id="it may still come"),
        pytest.param("applied, turtles everywhere", Stage.SENT, Asking.OWN_DATE, id="words that nobody knows"),
        pytest.param("intreview", Stage.INTERVIEW, Asking.NONE, id="a slip of the pen"),
        pytest.param("elutasítva", None, Asking.OWN_DATE, id="a language that is not shipped"),
        pytest.param("dream job", None, Asking.ALLOWED, id="words that say nothing of it"),
    ],
)
def test_what_is_not_settled_is_guessed_and_asks_nobody_against_its_words(
    text: str, guess: Stage | None, asking: Asking
) -> None:
    phrase = read(text)
    assert not phrase.settled
    assert (phrase.stage, phrase.asking) == (guess, asking)


@pytest.mark.parametrize(
    "text", ["no response", "Keine Antwort", "sans réponse", "sin respuesta", "무응답", "返事なし"]
)
def test_no_answer_yet_is_for_the_age_of_the_application_to_judge(text: str) -> None:
    phrase = read(text)
    assert phrase.settled
    assert phrase.unanswered


@pytest.mark.parametrize("text", ["Offen", "pending", "open", "en attente", "waiting to hear", "待定"])
def test_an_open_status_is_sent_only_with_a_day_of_the_application(text: str) -> None:
    phrase = read(text)
    assert phrase.settled
    assert phrase.waits_for_day
