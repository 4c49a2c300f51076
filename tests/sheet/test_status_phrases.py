"""What statuses say, by their words: negations and ends first, and nothing asked that the words could contradict."""

from __future__ import annotations

from difflib import get_close_matches

import pytest

from sync.models import Asking, Stage
from sync.reading.status_phrases import Phrase, read_phrase
from sync.reading.status_words import shipped_status_words
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

WORDS = StageWords({}, load_vocabulary())


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
        ("エントリー前", Stage.IDEA),
        ("To review", Stage.IDEA),
        ("応募を検討中", Stage.IDEA),
        ("인적성 합격", Stage.ASSESSMENT),
        ("ES提出前", Stage.IDEA),
        ("ES提出後", Stage.SENT),
        ("Bewerbung vorgemerkt", Stage.IDEA),
        ("Under arbeid", Stage.IDEA),
        ("2. Bewerbungsgespräch", Stage.INTERVIEW),
        ("technical assessment received", Stage.ASSESSMENT),
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
        ("candidature à finaliser", Stage.IDEA),
        ("candidatura da completare", Stage.IDEA),
        ("må sende søknad", Stage.IDEA),
        ("må skrive søknad", Stage.IDEA),
        ("지원 준비중", Stage.IDEA),
        ("CV envoyé à relancer", Stage.SENT),
        ("applied, need to send letter", Stage.SENT),
        ("Onlineformular ausgefüllt", Stage.SENT),
        ("left my cv at the front desk", Stage.SENT),
        ("me inscrevi no linkedin", Stage.SENT),
        ("简历投了", Stage.SENT),
        ("visualizzata, nessuna risposta", Stage.SENT),
        ("assunzioni bloccate", Stage.ON_HOLD),
        ("Mappe zurückbekommen", Stage.REJECTED),
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
        pytest.param("უარყოფილია", None, Asking.OWN_DATE, id="a language that is not shipped"),
        pytest.param("dream job", None, Asking.OWN_DATE, id="words that say nothing of it"),
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


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        ("Offer! need to answer by 12/2", [("answer", "12/2")]),
        ("Angebot liegt vor - Bedenkzeit bis 27.11.", [("answer", "27.11.")]),
        ("内定（回答期限12/4）", [("answer", "12/4")]),
        ("OA sent - due 11/29", [("answer", "11/29")]),
        ("want to apply - closes 12/4", [("closes", "12/4")]),
        ("noch bewerben! Frist 1.12.", [("closes", "1.12.")]),
        ("応募予定 締切11/30", [("closes", "11/30")]),
        ("Rückmeldung bis 4.12.", [("decide", "4.12.")]),
        ("Gespräch war am 18.11., melden sich bis Ende der Woche", [("interview", "18.11.")]),
        ("asked for references 11/20 - sent", [("reply", "11/20"), ("followed", "11/20")]),
        ("30.11. nochmal anrufen", [("remind", "30.11.")]),
        ("Beth off till 11/30, email her then", [("remind", "11/30")]),
        ("on leave until 4 Dec", [("remind", "4 dec")]),
        ("im Urlaub bis 30.11., dann schreiben", [("remind", "30.11.")]),
    ],
)
def test_a_last_day_is_that_of_what_it_stands_with(text: str, dated: list[tuple[str, str]]) -> None:
    assert list(WORDS.read(text).dated) == dated


@pytest.mark.parametrize(
    "text",
    [
        "decided to move forward with others", "haben schon jemanden", "pls no contact",
        "Bewerbung ist raus - Stelle weg",
        "sent me packing", "they hired from within", "contract sent to me", "plaza cubierta", "niet doorgegaan",
        "on peut pas, ils ont pris quelqu'un", "escogieron a otra", "hanno preso un altro", "wybrali kogoś innego",
        "valde någon annan", "valgte en annen", "找到人了", "他の人に決まってしまった", "выбрали другого",
        "ne pas appeler",
    ],
)  # fmt: skip
def test_nobody_is_asked_who_has_said_no_in_other_words(text: str) -> None:
    phrase = WORDS.read(text)
    harmless = phrase.settled and phrase.stage is not None and (phrase.stage.closed or phrase.stage is Stage.OFFER)
    assert harmless or (not phrase.settled and phrase.asking is not Asking.ALLOWED)


def test_the_day_of_a_status_that_the_seeker_settled_is_kept() -> None:
    told = StageWords({"provjobba fre 27/11 kl 06:30": Stage.INTERVIEW, "zork 1/12": Stage.SENT}, load_vocabulary())
    assert told.read("provjobba fre 27/11 kl 06:30").dated == (("interview", "27/11 kl 06:30"),)
    assert told.read("zork 1/12").dated == (("sent", "1/12"),)


def test_what_has_its_day_is_sent_though_something_is_still_to_be_done() -> None:
    text = "applied 11/9 need to send letter"
    assert read_phrase(text, shipped_status_words(), [(8, 12)]).stage is Stage.SENT


def test_hired_in_chinese_is_believed_only_once_the_seeker_says_so() -> None:
    phrase = WORDS.read("已录用")
    assert (phrase.stage, phrase.settled, phrase.asking) == (Stage.ACCEPTED, False, Asking.NONE)


@pytest.mark.parametrize("slip", ["rejeted", "intervew", "offfer", "witdrawn", "absgae", "отказл", "xylophone", "p105"])
def test_the_nearest_word_is_that_which_a_look_at_all_of_them_finds(slip: str) -> None:
    words = shipped_status_words()
    assert words.nearest(slip) == next(iter(get_close_matches(slip, words.single, 1, 0.88)), "")
