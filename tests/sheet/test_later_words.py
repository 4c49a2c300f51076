"""What strangers wrote in their first hour and nobody may read against its meaning: each with a made-up twin."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from runner import Seeker, a_row

from sync.models import Asking, Lead, Stage
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary

WORDS = StageWords({}, load_vocabulary())


def lead_of(status: str, **cells: str) -> Lead:
    seeker = Seeker([a_row("Acme", "2026-12-14", status=status, **cells), a_row("Globex", "2026-12-15")])
    return next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")


@pytest.mark.parametrize(
    "status",
    [
        "offered me the job 12/25!! have to say yes or no by 1/8",
        "job offer 12/24 no benefits though",
        "Angebot vom 24.12., leider ohne Zulagen",
        "oferta 24/12 sin beneficios",
        "they made an offer, no weekends",
    ],
)
def test_an_offer_with_a_no_in_its_words_is_an_offer(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.OFFER, True)


@pytest.mark.parametrize(
    ("status", "asking"),
    [("sent 12/30 no", Asking.NONE), ("emailed 12/28, no", Asking.NONE), ("oferta 24/12 no", Asking.NONE)],
)
def test_a_no_behind_a_day_is_their_answer_and_is_asked_about(status: str, asking: Asking) -> None:
    phrase = WORDS.read(status)
    assert (phrase.settled, phrase.asking) == (False, asking)


@pytest.mark.parametrize(
    "status",
    [
        "Applied 11/19. 'Unfortunately' email 11/24.",
        "sent 11/19, the unfortunately letter 11/24",
        "no longer considering me",
        "no longer in the running",
        "ご縁がありませんでした",
        "貴意に添えず",
    ],
)
def test_the_usual_words_of_a_refusal_are_one(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.REJECTED, True)


@pytest.mark.parametrize("status", ["Unfortunately", "applied, unfortunately", "nicht mehr in Kontakt"])
def test_half_of_a_refusal_is_asked_about(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled, phrase.asking) == (Stage.REJECTED, False, Asking.NONE)


def test_of_two_days_the_application_is_the_one_beside_applied() -> None:
    assert WORDS.read("Applied 11/19, their mail 11/24").dated == (("sent", "11/19"),)
    assert WORDS.read("beworben am 19.11., Post von denen 24.11.").dated == (("sent", "19.11."),)


def test_the_day_on_which_results_are_announced_is_waited_for() -> None:
    for status in ("konkurs - wyniki 10.12", "candidature, résultats le 10/12", "results out 12/10"):
        phrase = WORDS.read(status)
        assert (phrase.stage, phrase.settled, [sense for sense, _ in phrase.dated]) == (Stage.SENT, True, ["decide"])


def test_an_offer_in_the_column_of_what_was_sent_is_no_application() -> None:
    seeker = Seeker([a_row("Acme", "2026-12-14"), a_row("Globex", "offer!! 2026-12-24"), a_row("Umbra", "2026-12-15")])
    report = seeker.run()
    lead = next((lead for lead in report.leads.leads if lead.company == "Globex"), None)
    assert lead is None or lead.applied_on is None
    assert any("offer" in problem.reason for problem in report.leads.problems)


HELD = "2026-12-18"


@pytest.mark.parametrize(
    ("status", "at"),
    [
        ("2e entretien mercredi 20 janvier 9h", "01-20 09:00"),
        ("II etap 20 stycznia 9:30", "01-20 09:30"),
        ("一次面接通過、二次面接 1/20 10:00", "01-20 10:00"),
        ("second interview 1/20 at 3pm", "01-20 15:00"),
    ],
)
def test_a_further_interview_in_the_status_comes_behind_the_one_in_its_cell(status: str, at: str) -> None:
    lead = lead_of(status, interview_at=HELD)
    assert f"{lead.interview_at:%m-%d %H:%M}" == at
    assert [known.at for known in lead.earlier_rounds] == [date(2026, 12, 18)]
    assert lead.columns["interview_at"] == "status"


@pytest.mark.parametrize(
    "status",
    ["entretien annulé, reporté au 20/01 à 10h", "moved to 1/20 at 10am", "Gespräch verschoben auf 20.1. 10 Uhr"],
)
def test_an_interview_that_was_moved_stands_in_place_of_the_one_in_its_cell(status: str) -> None:
    lead = lead_of(status, interview_at="2027-01-08 14:30")
    assert f"{lead.interview_at:%m-%d %H:%M}" == "01-20 10:00"
    assert (lead.earlier_rounds, lead.interview_end) == ((), None)


@pytest.mark.parametrize(
    "status",
    [
        "missed interview 12/18 :(",
        "entretien annulé",
        "interview cancelled, new date to follow",
        "Gespräch verpasst",
        "no-show, overslept the interview",
    ],
)
def test_nobody_is_thanked_for_an_interview_that_was_not_held(status: str) -> None:
    lead = lead_of(status, interview_at=HELD)
    assert lead.interview_at is None
    assert not lead.earlier_rounds


def test_the_hour_that_only_the_status_knows_is_that_of_the_day_in_the_cell() -> None:
    lead = lead_of("interview 1/20 at 3pm", interview_at="2027-01-20")
    assert f"{lead.interview_at:%m-%d %H:%M}" == "01-20 15:00"
    assert not lead.earlier_rounds


@pytest.mark.parametrize(
    "slot", ["von 9-11 Uhr", "zwischen 9 und 11", "from 9-11", "between 9 and 11", "entre 9h et 11h", "von 9 bis 11"]
)
@pytest.mark.parametrize("day", ["interview 12 Jan", "2027-01-12"])
def test_a_range_of_hours_is_no_hour_with_minutes(day: str, slot: str) -> None:
    text = f"{day} {slot}"
    lead = lead_of(text) if "interview" in day else lead_of("interview", interview_at=text)
    assert isinstance(lead.interview_at, datetime)
    assert f"{lead.interview_at:%H:%M} {lead.interview_end:%H:%M}" == "09:00 11:00"


@pytest.mark.parametrize(
    ("status", "field"),
    [
        ("apply by 1/20", "closes_on"),
        ("bewerben bis 20.1.", "closes_on"),
        ("wysłać do 20.01", "closes_on"),
        ("aplicar antes del 20-1", "closes_on"),
        ("need references by 1/20", "answer_by"),
        ("they want my transcripts by 1/20", "answer_by"),
        ("Zeugnisse nachreichen bis 20.1.", "answer_by"),
        ("me han ofrecido el puesto, contestar antes del 20-1", "answer_by"),
        ("Offer in writing 12/24! answer by Wed 1/20", "answer_by"),
    ],
)
def test_a_last_day_in_a_status_is_kept(status: str, field: str) -> None:
    seeker = Seeker([a_row("Acme", "", status=status, follow_up_on="2027-02-01"), a_row("Globex", "2026-12-15")])
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")
    assert lead.stage_known
    assert getattr(lead, field) == date(2027, 1, 20)


def test_the_day_of_an_offer_stands_beside_its_last_day() -> None:
    assert WORDS.read("Offer in writing 12/24! answer by Wed 1/20").dated == (("offer", "12/24"), ("answer", "1/20"))


@pytest.mark.parametrize(
    "status",
    [
        "under review",
        "vu",
        "書類選考中",
        "w trakcie",
        "wird geprüft",
        "viewed 12/20",
        "left voicemail 12/12, nobody called back",
    ],
)
def test_what_only_lies_before_them_is_a_wait_and_no_contact(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.SENT, True)


def test_nobody_owes_an_answer_to_whom_they_spoke_with() -> None:
    lead = lead_of("talked to Carla 12/23, call her back after thanksgiving")
    assert (lead.last_inbound, lead.last_outbound) == (date(2026, 12, 23), date(2026, 12, 23))


@pytest.mark.parametrize("status", ["they want me to shadow 1/20 at 7", "went well! they want me to come in 1/20"])
def test_who_is_wanted_for_something_is_not_hired(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.INTERVIEW, True)


@pytest.mark.parametrize(
    ("status", "meeting", "interview"),
    [
        ("Einladung", "2027-01-20T10:00", "2027-01-20"),
        ("Interview", "2027-01-20", "2027-01-20"),
        ("entrevista", "2026-12-10", ""),
        ("sent", "2027-01-20T10:00", ""),
    ],
)
def test_an_appointment_is_the_interview_where_the_status_says_so(status: str, meeting: str, interview: str) -> None:
    lead = lead_of(status, meeting_on=meeting)
    assert str(lead.interview_at or "")[:10] == interview
    assert (lead.meeting_on is None) == bool(interview)


@pytest.mark.parametrize("status", ["not gonna happen, need 2 yrs OR", "ain't gonna happen"])
def test_what_is_not_going_to_happen_is_over(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (Stage.REJECTED, True)


def test_what_they_need_of_somebody_else_is_no_contact() -> None:
    assert WORDS.read("they need 5 years").stage is not Stage.IN_TOUCH


@pytest.mark.parametrize("status", ["they need 5 years", "she needs my references", "they need more time"])
def test_what_they_need_is_no_plan_to_apply(status: str) -> None:
    assert WORDS.read(status).stage is not Stage.IDEA


@pytest.mark.parametrize(
    "status", ["radio silence", "nichts mehr gehört", "niets meer gehoord", "relancé 1 fois, silence radio"]
)
def test_silence_is_what_a_follow_up_is_for(status: str) -> None:
    """Of a young application it is no end: nobody gave up yet."""
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled, phrase.unanswered) == (Stage.SENT, True, True)


@pytest.mark.parametrize(
    "status", ["Rückfrage beantw. 23.12.", "I answered their questions 12/23", "ho risposto 23/12"]
)
def test_what_was_answered_is_not_to_be_answered_again(status: str) -> None:
    lead = lead_of(status)
    assert (lead.stage, lead.last_outbound) == (Stage.IN_TOUCH, date(2026, 12, 23))


@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("he rechazado", Stage.WITHDRAWN),
        ("me han rechazado", Stage.REJECTED),
        ("taking myself out", Stage.WITHDRAWN),
        ("passed coding round", Stage.IN_TOUCH),
        ("2. Runde geschafft", Stage.IN_TOUCH),
    ],
)
def test_who_did_it_and_to_whom(status: str, stage: Stage) -> None:
    phrase = WORDS.read(status)
    assert (phrase.stage, phrase.settled) == (stage, True)
