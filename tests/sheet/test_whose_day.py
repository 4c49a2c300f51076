"""Whose a day is: one by which they decide is waited for, one by which the seeker is to act is kept."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import TEXT, Seeker, a_row

from connectors.memory import MemoryState
from sync.config import parse_settings
from sync.models import Lead, Stage

FRIDAY = datetime(2026, 11, 27, 9, tzinfo=ZONE)
FOURTH = date(2026, 12, 4)


def a_seeker(status: str = "sent", applied_on: str = "2026-11-16", **cells: str) -> Seeker:
    """With one row of interest, read on Friday 27 November; `3/12` is in December."""
    settings = parse_settings(
        TEXT.format(more="", target="").replace('"leads.csv"\n', '"leads.csv"\ndate_order = "dmy"\n')
    )
    rows = [a_row("Alder", applied_on, status=status, **cells), a_row("Birch", "2026-11-20")]
    return Seeker(rows, settings=settings, now=FRIDAY, store=MemoryState())


def lead_of(status: str = "sent", **cells: str) -> Lead:
    return next(lead for lead in a_seeker(status, **cells).run().leads.leads if lead.company == "Alder")


THEIRS = [
    "odezwą się do 4.12",
    "dadzą znać do 4.12",
    "decyzja zarządu 4.12",
    "they get back to me by 4/12",
    "he'll let me know by 4/12",
    "Dan will get back to me by 4/12",
    "they decide after the board meeting 4 Dec",
    "should hear by 4/12",
    "sie melden sich bis 4.12.",
    "sie wollen sich bis 4.12. melden",
    "er gibt bis 4.12. Bescheid",
    "Frau Kern gibt Bescheid bis 4.12.",
    "réponse d'ici le 4/12",
    "ils me répondent avant le 4/12",
    "me avisan antes del 4/12",
    "deciden antes del 4/12",
    "mi fanno sapere entro il 4/12",
    "rispondono entro il 4/12",
    "ze laten het weten voor 4/12",
    "hoor uiterlijk 4 december",
    "me respondem até 4/12",
    "retorno até 4/12",
    "結果待ち 12月4日まで",
    "等结果 12月4日",
    "she answers by 4/12",
    "Omar lets me know after the holidays, by 4/12",
    "he sends it back by 4/12",
    "Kim replies by 4/12",
    "she introduces me to the owner before 4/12",
    "elle répond avant le 4/12",
    "risponde entro il 4/12",
    "mają dać znać do 4.12",
]
OURS = [
    "ask for their decision by 4/12",
    "send them the portfolio by 4/12",
    "call Dan after the board decides 4/12",
    "chase decision by 4/12",
    "call if no reply by 4/12",
    "let them know by 4/12",
    "nach der Entscheidung fragen bis 4.12.",
    "Rückmeldung einholen bis 4.12.",
    "bis 4.12. melden",
    "Bescheid geben bis 4.12.",
    "demander la réponse d'ici le 4/12",
    "envoyer le dossier avant le 4/12",
    "pedir la decisión antes del 4/12",
    "responder antes del 4/12",
    "chiedere la decisione entro il 4/12",
    "mandare il portfolio entro il 4/12",
    "vragen naar de beslissing voor 4/12",
    "zapytać o decyzję do 4.12",
    "odezwać się do 4.12",
    "wysłać portfolio do 4.12",
    "perguntar pela decisão até 4/12",
    "enviar portfólio até 4/12",
]


@pytest.mark.parametrize("text", THEIRS)
def test_a_day_by_which_they_decide_is_waited_for_and_asked_after_on_the_next_working_day(text: str) -> None:
    seeker = a_seeker(next_step=text)
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Alder")
    assert (lead.they_decide_by, lead.follow_up_on) == (FOURTH, None)
    first = min(event.snapshot.start for event in seeker.calendar.values() if "Alder" in event.snapshot.summary)
    assert f"{first:%m-%d}" == "12-07"
    assert lead_of(notes=text).they_decide_by == FOURTH


@pytest.mark.parametrize("text", OURS)
def test_a_day_by_which_the_seeker_is_to_act_is_none_of_theirs(text: str) -> None:
    lead = lead_of(next_step=text)
    assert (lead.follow_up_on, lead.they_decide_by) == (FOURTH, None)
    assert lead_of(notes=text).they_decide_by is None


@pytest.mark.parametrize(
    "step", ["answer by 4/12", "decide by 4/12", "entscheiden bis 4.12.", "rispondere entro il 4/12"]
)
def test_a_bare_verb_in_a_next_step_is_for_the_seeker_to_do(step: str) -> None:
    lead = lead_of(next_step=step)
    assert (lead.follow_up_on, lead.they_decide_by) == (FOURTH, None)


@pytest.mark.parametrize(
    "status", ["ask for their decision by 4/12", "zapytać o decyzję do 4.12", "chase decision 4/12"]
)
def test_a_status_that_says_to_ask_on_a_day_names_the_day_to_ask(status: str) -> None:
    lead = lead_of(status)
    assert (lead.follow_up_on, lead.they_decide_by) == (FOURTH, None)


@pytest.mark.parametrize(
    "step",
    [
        "réponse sous 10 jours",
        "they get back to me in 10 days",
        "odezwą się w ciągu 10 dni",
        "odezwą się w ciągu dziesięciu dni",
    ],
)
def test_so_many_days_that_they_take_are_waited_for_once_the_day_of_writing_is_known(step: str) -> None:
    seeker = a_seeker(next_step="")
    seeker.run()
    seeker.rows[0]["next_step"] = step
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Alder")
    assert (lead.they_decide_by, lead.follow_up_on) == (date(2026, 12, 7), None)


@pytest.mark.parametrize(
    "text",
    [
        "面接12月2日14時",
        "12月2日14時面接",
        "2026年12月2日14時面接",
        "12月2日14点 面试",
        "12월 2일14시 면접",
        "12月2日14:00面接",
    ],
)
@pytest.mark.parametrize("column", ["next_step", "status", "interview_at"])
def test_an_hour_right_behind_a_day_written_in_signs_belongs_to_it(text: str, column: str) -> None:
    lead = lead_of(**{"status": "interview", column: text})
    assert f"{lead.interview_at:%m-%d %H}" == "12-02 14"


BOTH = [
    "VG 2.12. 14 Uhr, Präsentation bis 30.11. schicken",
    "interview 2/12 2pm, send presentation by 30/11",
    "interview 2/12 2pm - portfolio due 30/11 5pm",
    "send presentation by 30/11, interview 2/12 2pm",
    "entretien 2/12 14h, envoyer la présentation avant le 30/11",
    "entrevista 2/12 14:00, enviar la presentación antes del 30/11",
    "entrevista 2/12 14h, mandar o case até 30/11",
    "colloquio 2/12 ore 14, mandare la presentazione entro il 30/11",
    "gesprek 2/12 14u, presentatie sturen voor 30/11",
    "rozmowa 2.12 godz. 14, prezentację wysłać do 30.11",
    "面接12月2日14時、資料提出11月30日まで",
]


@pytest.mark.parametrize("text", BOTH)
@pytest.mark.parametrize("column", ["next_step", "status"])
def test_what_is_due_before_an_interview_is_handed_in_by_its_day_and_nobody_is_asked_on_it(
    text: str, column: str
) -> None:
    lead = lead_of(**{"status": "interview", column: text})
    assert (f"{lead.interview_at:%m-%d %H}", lead.promised_on) == ("12-02 14", date(2026, 11, 30))
    assert (lead.follow_up_on, lead.they_decide_by) == (None, None)


def test_what_is_due_before_an_interview_is_what_they_asked_for_of_somebody_one_is_in_touch_with() -> None:
    lead = lead_of("in touch", next_step="VG 2.12. 14 Uhr, Präsentation bis 30.11. schicken")
    assert (lead.answer_by, lead.follow_up_on) == (date(2026, 11, 30), None)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("interview 2/12 2pm, follow up 4/12", "follow_up_on"),
        ("VG 2.12. 14 Uhr, danach bis 4.12. nachfassen", "follow_up_on"),
        ("interview 2/12 2pm, decision by 4/12", "they_decide_by"),
        ("VG 2.12. 14 Uhr, Rückmeldung bis 4.12.", "they_decide_by"),
        ("interview 2/12 2pm, answer by 4/12", "follow_up_on"),
    ],
)
def test_any_other_last_day_beside_an_interview_stays_what_it_is(text: str, field: str) -> None:
    lead = lead_of("interview", next_step=text)
    assert (getattr(lead, field), lead.promised_on) == (FOURTH, None)


def test_a_row_that_long_had_no_answer_lives_as_long_as_its_next_step_lies_ahead() -> None:
    seeker = a_seeker("no reply", applied_on="2026-09-01", next_step="call again after the holidays, 11/1")
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Alder")
    assert (lead.stage, lead.follow_up_on) == (Stage.SENT, date(2027, 1, 11))
    assert any("Alder" in event.snapshot.summary for event in seeker.calendar.values())


def test_what_they_wait_for_until_a_day_is_not_asked_about_on_it_because_the_next_step_says_so_too() -> None:
    seeker = a_seeker("wants a quote by 1/12", next_step="I send the quote before 1/12")
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Alder")
    assert (lead.answer_by, lead.follow_up_on) == (date(2026, 12, 1), None)


@pytest.mark.parametrize("step", ["try again in January", "rappeler en janvier", "nochmal melden im Januar"])
def test_a_next_step_that_puts_it_off_until_a_month_stills_the_row(step: str) -> None:
    lead = lead_of(next_step=step)
    assert (lead.stage, lead.follow_up_on) == (Stage.ON_HOLD, None)


@pytest.mark.parametrize("step", ["plazo hasta el 9/12", "deadline 9/12", "termin do 9.12"])
def test_the_last_day_to_apply_in_a_next_step_of_what_is_not_sent_yet_closes_it(step: str) -> None:
    lead = lead_of("not sent yet", applied_on="", next_step=step)
    assert (lead.closes_on, lead.follow_up_on) == (date(2026, 12, 9), None)
