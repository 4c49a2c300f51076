"""Days that are none, or none any more: a week, one of several, a talk that never took place."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import Seeker, a_row

from sync.models import Asking, Lead, Stage
from sync.reading.cells import Fault
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.dates import Reading, read_date
from sync.reading.found_days import find_moments
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary
from sync.run import Report

VOCABULARY = load_vocabulary()
WORDS = StageWords({}, VOCABULARY)
MONTHS = {**shipped_date_words().months, **VOCABULARY.months}


def read(**cells: str) -> Report:
    """A run on Friday 27 November."""
    seeker = Seeker([a_row("Acme", "2026-11-18", **cells)], now=datetime(2026, 11, 27, 10, tzinfo=ZONE))
    return seeker.run()


def lead_in(report: Report) -> Lead:
    (lead,) = report.leads.leads
    return lead


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("interview week of Dec 7", "week of dec 7"),
        ("Gespräch in der Woche vom 7.12.", "in der woche vom 7.12."),
        ("entretien semaine du 7 décembre", "semaine du 7 décembre"),
        ("entrevista la semana del 7 de diciembre", "semana del 7 de diciembre"),
        ("colloquio settimana del 7 dicembre", "settimana del 7 dicembre"),
        ("entrevista na semana de 7 de dezembro", "semana de 7 de dezembro"),
        ("gesprek week van 7 december", "week van 7 december"),
        ("rozmowa w tygodniu 7 grudnia", "tygodniu 7 grudnia"),
        ("intervju veckan 7 december", "veckan 7 december"),
        ("собеседование на неделе 7 декабря", "неделе 7 декабря"),
        ("12月7日の週に面接", "12月7日の週"),
        ("12月7日那周面试", "12月7日那周"),
        ("interview between Dec 7 and 11", "between dec 7 and 11"),
        ("zwischen 7. und 11. Dezember", "zwischen 7. und 11. dezember"),
        ("entre el 7 y el 11 de diciembre", "entre el 7 y el 11 de diciembre"),
        ("interview Dec 7-11", "dec 7-11"),
        ("7.-11.12.", "7.-11.12."),
        ("du 7 au 11 décembre", "7 au 11 décembre"),
        ("dal 7 all'11 dicembre", "7 all'11 dicembre"),
        ("od 7 do 11 grudnia", "7 do 11 grudnia"),
        ("12月7日〜11日", "12月7日〜11日"),
        ("interview Dec 7 or 8", "dec 7 or 8"),
        ("interview 12/7 or 12/8 tbc", "12/7 or 12/8"),
        ("7. oder 8. Dezember", "7. oder 8. dezember"),
        ("7 или 8 декабря", "7 или 8 декабря"),
        ("12/7-12/11", "12/7-12/11"),
    ],
)
def test_a_week_or_one_of_several_days_is_one_span_and_no_day(text: str, several: str) -> None:
    plain = text.casefold()
    assert [plain[start:end] for start, end in find_moments(plain, MONTHS)] == [several]
    fault = read_date(several, Reading(zone=ZONE, order="mdy", today=date(2026, 11, 27), months=MONTHS))
    assert isinstance(fault, Fault)
    assert fault.key in ("week", "several_days")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Dec 7 10-11am", ["dec 7 10-11am"]),
        ("3.12. - 15 Uhr", ["3.12. - 15 uhr"]),
        ("7 grudnia o 8", ["7 grudnia o 8"]),
        ("interview moved from Dec 3 to Dec 8", ["dec 3", "dec 8"]),
        ("interview Dec 7 and Dec 9", ["dec 7", "dec 9"]),
        ("round 2 12/7", ["12/7"]),
    ],
)
def test_an_hour_or_a_second_round_makes_no_range(text: str, days: list[str]) -> None:
    plain = text.casefold()
    assert [plain[start:end] for start, end in find_moments(plain, MONTHS)] == days


@pytest.mark.parametrize("status", ["interview week of Dec 7", "interview Dec 7-11", "interview 12/7 or 12/8"])
def test_an_interview_on_one_of_several_days_is_named_with_its_words_and_is_no_event(status: str) -> None:
    report = read(status=status)
    lead = lead_in(report)
    assert (lead.stage, lead.interview_at, lead.earlier_rounds) == (Stage.INTERVIEW, None, ())
    assert status.casefold().removeprefix("interview ") in report.plan.problems[0].reason


@pytest.mark.parametrize(
    "status",
    [
        "interview rescheduled to 12/3, was 11/24",
        "interview moved to 12/3 (was 11/24)",
        "interview 11/24 -> 12/3",
        "was supposed to interview 11/24, now 12/3",
        "Gespräch am 3.12. statt 24.11.",
        "Gespräch sollte am 24.11. stattfinden, jetzt 3.12.",
        "entretien devait avoir lieu le 24/11, maintenant le 3/12",
        "entrevista el 3/12 en vez del 24/11",
        "colloquio il 3/12 invece del 24/11",
        "entrevista dia 3/12 em vez de 24/11",
        "gesprek 3-12 in plaats van 24-11",
        "miała być rozmowa 24.11, teraz 3.12",
        "intervju 3/12 istället för 24/11",
        "面接 11/24 → 12/3",
    ],
)
def test_only_the_day_that_counts_now_is_taken(status: str) -> None:
    phrase = WORDS.read(status)
    (day,) = [day for sense, day in phrase.dated if sense == "interview"]
    assert "3" in day
    assert (phrase.stage, phrase.settled) == (Stage.INTERVIEW, True)


@pytest.mark.parametrize(
    "status",
    [
        "no-show interview 11/25",
        "interview 11/24 fell through",
        "had to cancel interview 11/24",
        "interview was supposed to be 11/25, they cancelled",
        "phone screen 11/24 no answer",
        "Telefoninterview 24.11. niemand drangegangen",
        "entrevista 24/11, no se presentaron",
        "rozmowa 24.11 nie odbyła się",
    ],
)
def test_nobody_is_thanked_for_a_talk_that_never_took_place(status: str) -> None:
    phrase = WORDS.read(status)
    assert (phrase.settled, phrase.asking, phrase.dated) == (False, Asking.NONE, ())


def test_a_fair_is_no_interview() -> None:
    assert not WORDS.read("career fair 11/24").settled


@pytest.mark.parametrize("status", ["phone screen 11/24, no answer", "phone screen 11/24 no answer yet"])
def test_an_answer_that_is_still_to_come_leaves_the_talk_as_it_was(status: str) -> None:
    assert WORDS.read(status).dated == (("interview", "11/24"),)


def test_what_was_moved_leaves_the_application_where_it_was() -> None:
    assert WORDS.read("applied 11/3, interview moved to 12/4").dated == (("sent", "11/3"), ("interview", "12/4"))
