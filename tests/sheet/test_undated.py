"""Days without their date ("call on Tuesday"): read by the day on which they were written, or named."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from conftest import ZONE
from msgspec.structs import replace
from runner import Seeker, a_row

from connectors.memory import MemoryState
from sync.moments import day_of
from sync.reading.said_days import find_said_days, why_undated
from sync.reading.vocabulary import load_vocabulary
from sync.run import Report

THURSDAY = date(2026, 11, 26)
MONTHS = load_vocabulary().months


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("call on Tuesday", "2026-12-01"),
        ("by Monday", "2026-11-30"),
        ("next Tuesday", "2026-12-01"),
        ("next Friday", ""),  # tomorrow for some people, in a week for others
        ("next Thursday", "2026-12-03"),
        ("Thursday", ""),  # today, or in a week
        ("Tuesday next week", "2026-12-01"),
        ("Friday next week", "2026-12-04"),
        ("nächste Woche Freitag anrufen", "2026-12-04"),
        ("bis Montag melden", "2026-11-30"),
        ("morgen anrufen", "2026-11-27"),
        ("am Morgen anrufen", None),
        ("llamar mañana", "2026-11-27"),
        ("por la mañana", None),
        ("relancer lundi", "2026-11-30"),
        ("envoyer mon CV", None),
        ("segunda entrevista", None),
        ("ligar na segunda", "2026-11-30"),
        ("ligar segunda-feira", "2026-11-30"),
        ("zadzwonić w piątek", "2026-11-27"),
        ("下周二打电话", "2026-12-01"),
        ("周二打电话", "2026-12-01"),
        ("来週の火曜日に電話", "2026-12-01"),
        ("다음 주 화요일", "2026-12-01"),
        ("tomorrow 2pm", "2026-11-27"),
        ("in 10 days", "2026-12-06"),
        ("in 2 Wochen nachfassen", "2026-12-10"),
        ("in 2 years", None),
        ("out till 30th", "2026-11-30"),
        ("back by the 15th.", "2026-12-15"),
        ("bis zum 30.", "2026-11-30"),
        ("2nd interview", None),
        ("last Tuesday", ""),  # two days ago, or the one of the week before
        ("last Friday", "2026-11-20"),
        ("上周二", "2026-11-17"),
        ("i onsdags", "2026-11-25"),
        ("left voicemail yesterday", "2026-11-25"),
        ("vorgestern angeschrieben", "2026-11-24"),
        ("appelé hier", "2026-11-25"),
        ("hier bewerben", None),  # "apply here", in German
        ("il y a 2 semaines", "2026-11-12"),
        ("3天前联系", "2026-11-23"),
        ("call her Wed", "2026-12-02"),
        ("réponse sous 10 jours", "2026-12-06"),
        ("hear back in two weeks", "2026-12-10"),
        ("in 2-3 weeks", "2026-12-17"),
        ("reply within 5 business days", "2026-12-03"),
        ("10日以内に返事", "2026-12-06"),
        ("svar innen 10 dager", "2026-12-06"),
        ("ответ в течение 10 дней", "2026-12-06"),
        ("Antwort bis Ende der Woche", "2026-11-27"),
        ("réponse d'ici la fin du mois", "2026-11-30"),
        ("decision this week", ""),
        ("zadanie do poniedziałku", "2026-11-30"),
        ("pendiente de respuesta hasta el 30", "2026-11-30"),
        ("perjantaihin mennessä", "2026-11-27"),
        ("3 days on site", None),
        ("every Monday", None),
        ("seit Montag", None),
        ("ping next week", ""),
        ("Tuesday 12/1", None),  # its date stands there
        ("interview Tuesday Dec 1 2pm", None),
        ("prueba el jueves 3 de diciembre a las 17h", None),
        ("Gespräch am Dienstag, 1. Dezember", None),
        ("entretien mardi 1er décembre", None),
        ("Sunday Times", "2026-11-29"),
    ],
)
def test_what_a_day_is_from_the_day_on_which_it_was_written(text: str, meant: str | None) -> None:
    """None: no day is named; empty: one is, and nobody knows which."""
    found = find_said_days(text, MONTHS)
    told = [day.day_from(THURSDAY) for day in found]
    assert told == ([] if meant is None else [date.fromisoformat(meant) if meant else None])


def test_days_that_differ_with_the_day_of_writing_are_nobodys() -> None:
    (tuesday,), (tomorrow,) = find_said_days("Tuesday", MONTHS), find_said_days("tomorrow", MONTHS)
    assert tuesday.day_within(date(2026, 11, 25), date(2026, 11, 30)) == date(2026, 12, 1)
    assert tuesday.day_within(date(2026, 11, 23), date(2026, 11, 26)) is None
    assert tomorrow.day_within(THURSDAY, THURSDAY) == date(2026, 11, 27)
    assert tomorrow.day_within(date(2026, 11, 25), THURSDAY) is None


def a_seeker(**cells: str) -> Seeker:
    seeker = Seeker([a_row("Acme", next_step="", **cells), a_row("Bolt", next_step="")])
    seeker.run()
    return seeker


def write(seeker: Seeker, **cells: str) -> Report:
    """Write into Acme's row and run, and see that the next run finds nothing to do."""
    seeker.rows[0] |= cells
    report = seeker.run()
    assert seeker.run().plan.writes == ()
    return report


def stands_on(seeker: Seeker, company: str = "Acme") -> date:
    return day_of(seeker.shown(company).snapshot.start, ZONE)


def named(report: Report) -> list[str]:
    return [f"{problem.value}: {problem.reason}" for problem in report.plan.problems]


def test_what_was_written_since_the_last_run_is_on_its_day_and_stays_there() -> None:
    seeker = a_seeker()  # Monday, 4 January
    seeker.now += timedelta(days=1)
    assert named(write(seeker, next_step="call on Thursday")) == []
    assert stands_on(seeker) == date(2027, 1, 7)
    seeker.now += timedelta(days=1)
    seeker.rows.reverse()
    assert all("Acme" not in change.summary for change in seeker.run().plan.writes)
    assert stands_on(seeker) == date(2027, 1, 7)
    seeker.now += timedelta(days=5)  # the Thursday of the next week is another one
    seeker.run()
    known = next(lead for lead in seeker.store.load().leads.values() if lead.company == "Acme")
    assert known.follow_up_on == date(2027, 1, 7)


def test_a_new_row_was_written_since_the_last_run_too() -> None:
    seeker = a_seeker()
    seeker.rows.append(a_row("Cove", next_step="phone screen tomorrow 2pm"))
    seeker.run()
    known = next(lead for lead in seeker.store.load().leads.values() if lead.company == "Cove")
    assert known.interview_at == datetime(2027, 1, 5, 14, tzinfo=ZONE)


def test_in_a_sheet_that_is_read_first_nobody_knows_which_and_it_is_named() -> None:
    seeker = Seeker([a_row("Acme", next_step="call on Thursday")])
    report = seeker.run()
    assert named(report) == ["call on Thursday: names a day, but not its date; write it, such as 2027-01-07"]
    assert seeker.run().plan.writes == ()
    seeker.now += timedelta(days=1)
    assert named(seeker.run()) == ["call on Thursday: names a day, but not its date; write it, such as 2027-01-07"]
    assert named(write(seeker, next_step="call on Friday")) == []
    assert stands_on(seeker) == date(2027, 1, 8)


@pytest.mark.parametrize(
    "status", ["will hear by Friday", "take-home due Sunday", "waiting until Friday", "wartet bis Freitag"]
)
def test_who_waits_until_a_day_that_nobody_knows_is_not_asked_before_it(status: str) -> None:
    seeker = Seeker([a_row("Acme", applied_on="2026-12-29", status=status)])
    report = seeker.run()
    assert "names a day, but not its date" in named(report)[0]
    assert not any("Acme" in change.summary for change in report.plan.writes)


def test_a_row_whose_own_column_tells_the_day_does_not_wait() -> None:
    seeker = Seeker([a_row("Acme", status="phone screen tomorrow 9am", interview_at="2027-01-06")])
    report = seeker.run()
    assert named(report) == []
    assert any("Acme: confirm the interview" in change.summary for change in report.plan.writes)


def test_a_weekday_beside_its_date_is_left_alone() -> None:
    seeker = a_seeker()
    assert named(write(seeker, status="phone screen Tuesday Jan 12 2pm")) == []
    known = next(lead for lead in seeker.store.load().leads.values() if lead.company == "Acme")
    assert known.interview_at == datetime(2027, 1, 12, 14, tzinfo=ZONE)


def test_a_row_that_is_over_waits_for_no_day() -> None:
    seeker = Seeker([a_row("Acme", status="rejected on Friday")])
    assert named(seeker.run()) == []


def test_after_a_long_silence_nobody_knows_when_it_was_written() -> None:
    seeker = a_seeker()
    seeker.now += timedelta(days=9)
    seeker.rows[0]["next_step"] = "call on Thursday"
    assert named(seeker.run()) == ["call on Thursday: names a day, but not its date; write it, such as 2027-01-14"]
    assert seeker.run().plan.writes == ()


def test_cells_of_before_an_update_are_not_taken_for_new_ones() -> None:
    seeker = Seeker([a_row("Acme", next_step="call on Thursday")])
    seeker.run()
    assert isinstance(seeker.store, MemoryState)
    memory = seeker.store.memory
    seeker.store.memory = replace(memory, leads={key: replace(one, written=None) for key, one in memory.leads.items()})
    seeker.now += timedelta(days=1)
    assert len(named(seeker.run())) == 1


def test_without_the_memory_the_day_is_named_and_not_moved() -> None:
    seeker = a_seeker()
    write(seeker, next_step="call on Thursday")
    assert stands_on(seeker) == date(2027, 1, 7)
    seeker.store = MemoryState()
    seeker.now += timedelta(days=1)
    assert len(named(seeker.run())) == 1


def test_a_corrected_spelling_keeps_the_day() -> None:
    seeker = a_seeker()
    write(seeker, next_step="call on Thursday")
    seeker.now += timedelta(days=1)
    write(seeker, company="Acme Ltd")
    assert stands_on(seeker, "Acme") == date(2027, 1, 7)


def test_a_message_of_yesterday_is_on_its_day_and_a_term_is_waited_for() -> None:
    seeker = a_seeker(applied_on="2026-12-28")
    seeker.now += timedelta(days=1)
    seeker.run()
    assert named(write(seeker, status="left voicemail yesterday")) == []
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")
    assert lead.last_outbound == date(2027, 1, 4)
    assert named(write(seeker, status="decision within 10 days")) == []
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")
    assert lead.they_decide_by == date(2027, 1, 15)


@pytest.mark.parametrize("step", ["call by the end of the week", "call this Friday"])
def test_a_step_up_to_the_end_of_the_week_stands_on_its_friday(step: str) -> None:
    seeker = a_seeker()
    seeker.now += timedelta(days=1)
    assert named(write(seeker, next_step=step)) == []
    assert stands_on(seeker) == date(2027, 1, 8)


@pytest.mark.parametrize("status", ["left voicemail yesterday", "call her Wed", "called last Friday"])
def test_a_day_in_a_status_that_nobody_knows_is_named_and_the_row_goes_on(status: str) -> None:
    seeker = Seeker([a_row("Acme", applied_on="2026-12-29", status=status)])
    report = seeker.run()
    assert "names a day, but not its date" in named(report)[0]
    assert any("Acme" in change.summary for change in report.plan.writes)


def test_a_message_of_yesterday_beside_its_date_is_not_named() -> None:
    seeker = Seeker([a_row("Acme", status="left voicemail yesterday", last_outbound="2027-01-03")])
    assert named(seeker.run()) == []


def test_a_weekday_in_a_column_of_messages_is_the_last_one() -> None:
    seeker = a_seeker()
    seeker.now += timedelta(days=1)
    write(seeker, last_outbound="Friday")
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Acme")
    assert lead.last_outbound == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("had the trial Thurs 26th, nice crew", "2026-11-26"),
        ("trial on Tue 8th", "2026-12-08"),
        ("call Thurs", "2026-12-03"),
    ],
)
def test_the_date_that_is_proposed_is_of_the_number_beside_the_weekday(text: str, day: str) -> None:
    fault = why_undated(text, date(2026, 11, 27), {})
    assert fault is not None
    assert fault.facts["day"] == day
