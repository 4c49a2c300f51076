"""What the seeker is to do in a month, or after the holidays, is told: nobody is asked before that has come."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import Seeker, alder_of, sent_to_alder

from sync import toml
from sync.models import Stage
from sync.reading.date_lexicon import shipped_date_words


def asked_on(seeker: Seeker) -> list[str]:
    seeker.run()
    shown = (event.snapshot for event in seeker.calendar.values())
    return sorted(f"{one.start:%Y-%m-%d}" for one in shown if "Alder" in one.summary and "follow" in one.summary)


MAILED = [
    ("emailed Sam 11/16, try again in January", "mdy"),
    ("emailed Sam 11/16 - call again in January", "mdy"),
    ("emailed Sam (try again in January)", "mdy"),
    ("am 16.11. gemailt, im Januar nochmal melden", "dmy"),
    ("mail envoyé 16/11, relancer en janvier", "dmy"),
    ("correo enviado 16/11, llamar en enero", "dmy"),
    ("mail inviata 16/11, richiamare a gennaio", "dmy"),
    ("email enviado 16/11, ligar em janeiro", "dmy"),
    ("16/11 gemaild, terugbellen in januari", "dmy"),
    ("mail wysłany 16.11, zadzwonić w styczniu", "dmy"),
    ("позвонил 16.11, перезвонить в январе", "dmy"),
]


@pytest.mark.parametrize(("text", "order"), MAILED)
@pytest.mark.parametrize("column", ["notes", "next_step", "status"])
def test_who_was_mailed_and_is_to_be_tried_again_in_a_month_is_left_alone_until_then(
    text: str, order: str, column: str
) -> None:
    seeker = sent_to_alder({column: text}, order=order)
    assert (alder_of(seeker).stage, alder_of(seeker).stage_known, asked_on(seeker)) == (
        Stage.ON_HOLD,
        True,
        [],
    )


@pytest.mark.parametrize(
    "step",
    [
        "call in January",
        "follow up in January",
        "call Kim Ito in January",
        "im Januar anrufen",
        "en janvier rappeler",
        "llamar en enero",
        "w styczniu odezwać się",
        "call after new year",
        "ring her after the holidays",
        "nach Neujahr anrufen",
        "rappeler après les fêtes",
        "llamar después de navidad",
        "richiamare dopo le feste",
        "ligar depois do ano novo",
        "bellen na nieuwjaar",
        "zadzwonić po nowym roku",
        "ringa efter nyår",
        "позвонить после нового года",
        "年明けに連絡",
    ],
)
def test_a_next_step_in_a_month_or_after_new_year_waits_for_it(step: str) -> None:
    seeker = sent_to_alder({"next_step": step})
    assert (alder_of(seeker).stage, asked_on(seeker)) == (Stage.ON_HOLD, [])


def test_once_the_month_has_come_they_are_asked_again() -> None:
    for step in ("emailed Sam 11/16, try again in January", "call after new year"):
        seeker = sent_to_alder({"next_step": step}, now=datetime(2027, 1, 4, 9, tzinfo=ZONE))
        assert alder_of(seeker).stage is Stage.SENT
        assert asked_on(seeker)


@pytest.mark.parametrize("column", ["notes", "next_step", "status"])
@pytest.mark.parametrize(
    "text",
    [
        "sent after Christmas",
        "emailed in October",
        "emailed Sam 11/16, they start in January",
        "emailed Sam in January 2026",
        "write to Jan again",
        "did not call in January",
        "new building opens in the new year",
    ],
)
def test_what_reports_or_tells_of_something_else_holds_nobody_back(text: str, column: str) -> None:
    assert alder_of(sent_to_alder({column: text})).stage is not Stage.ON_HOLD


def test_a_day_in_the_words_wins_over_the_time_beside_it() -> None:
    lead = alder_of(sent_to_alder({"next_step": "call again after the holidays, 1/11"}))
    assert (lead.stage, lead.follow_up_on) == (Stage.SENT, date(2027, 1, 11))


def test_what_is_to_be_done_on_a_day_before_it_is_done() -> None:
    lead = alder_of(sent_to_alder({"next_step": "call 12/1, try again in January"}))
    assert (lead.stage, lead.follow_up_on) == (Stage.SENT, date(2026, 12, 1))


def test_an_interview_is_not_put_off_by_it() -> None:
    cells = {"status": "interview", "interview_at": "2026-12-02 14:00", "notes": "emailed Sam, try again in January"}
    assert alder_of(sent_to_alder(cells)).stage is Stage.INTERVIEW


def test_each_word_of_coming_back_has_one_by_which_a_text_is_found_worth_reading() -> None:
    acts = shipped_date_words().said.acts
    entries = [words for sense in ("remind", "contact") for words in toml.shipped("status_words.toml")[sense].values()]
    missing = [text for words in entries for text in words if not any(act in text for act in acts)]
    assert not missing


def test_a_status_that_is_only_the_month_to_come_back_in_waits_for_it_and_is_asked_about_then() -> None:
    """Until March there is nothing to ask; from then on nobody knows what "chiamare a marzo" says of an application."""
    status = {"status": "chiamare a marzo per la stagione"}
    waiting, come = sent_to_alder(status), sent_to_alder(status, now=datetime(2027, 3, 1, 9, tzinfo=ZONE))
    assert (alder_of(waiting).stage, asked_on(waiting), waiting.run().leads.unclear) == (Stage.ON_HOLD, [], ())
    assert [unclear.text for unclear in come.run().leads.unclear] == [status["status"]]
