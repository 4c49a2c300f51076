"""A day without a date behind one: "called 11/23, call again Wednesday" is the first Wednesday after that."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from runner import Seeker, alder_of, sent_to_alder


def first_day(seeker: Seeker) -> str:
    return min(f"{one.snapshot.start:%m-%d}" for one in seeker.calendar.values() if "Alder" in one.snapshot.summary)


STEPS = [
    ("called 11/23, call again Wednesday", "mdy"),
    ("emailed 11/23 - ring her Wednesday", "mdy"),
    ("am 23.11. angerufen, nur AB, Mittwoch nochmal", "dmy"),
    ("am 23.11. angerufen, am Mittwoch wieder anrufen", "dmy"),
    ("appelé le 23/11, rappeler mercredi", "dmy"),
    ("llamé 23/11, volver a llamar el miércoles", "dmy"),
    ("chiamato il 23/11, richiamare mercoledì", "dmy"),
    ("liguei 23/11, ligar de novo na quarta-feira", "dmy"),
    ("gebeld 23/11, woensdag terugbellen", "dmy"),
    ("zadzwoniłem 23.11, zadzwonić ponownie w środę", "dmy"),
    ("ringt 23/11, ring igen på onsdag", "dmy"),
    ("позвонил 23.11, перезвонить в среду", "dmy"),
]


@pytest.mark.parametrize(("step", "order"), STEPS)
@pytest.mark.parametrize("status", ["sent", "in touch"])
def test_the_weekday_behind_a_call_is_the_first_one_after_it(step: str, order: str, status: str) -> None:
    seeker = sent_to_alder({"status": status, "next_step": step}, order=order)
    assert alder_of(seeker).follow_up_on == date(2026, 11, 25)
    assert first_day(seeker) == "11-25"


def test_in_two_weeks_is_counted_from_the_call() -> None:
    assert alder_of(sent_to_alder({"next_step": "called 11/23, call again in 2 weeks"})).follow_up_on == date(
        2026, 12, 7
    )


def test_it_stays_that_day_when_it_has_passed() -> None:
    seeker = sent_to_alder({"next_step": "called 11/23, call again Thursday"})
    for _ in range(4):
        assert alder_of(seeker).follow_up_on == date(2026, 11, 26)
        seeker.now += timedelta(days=1)


def test_one_that_is_written_later_is_the_first_after_the_day_of_writing() -> None:
    seeker = sent_to_alder({"next_step": ""})
    seeker.run()
    seeker.now += timedelta(days=5)
    seeker.run()
    seeker.rows[0]["next_step"] = "called 11/23, call again Wednesday"
    assert alder_of(seeker).follow_up_on == date(2026, 12, 2)


@pytest.mark.parametrize(
    "step",
    ["called 11/23, call again Tuesday", "called 11/23, call again Monday", "called 11/23, call again next week"],
)
def test_where_nobody_knows_which_it_is_it_is_named_and_no_other_day_is_taken(step: str) -> None:
    seeker = sent_to_alder({"next_step": step})
    report = seeker.run()
    lead = next(lead for lead in report.leads.leads if lead.company == "Alder")
    assert (lead.follow_up_on, "follow_up_on" in lead.unreadable) == (None, True)
    assert [problem.value for problem in report.leads.problems] == [step]
    assert not any("Alder" in event.snapshot.summary for event in seeker.calendar.values())


@pytest.mark.parametrize(
    "step",
    ["interview 12/2 2pm, Wednesday", "called 11/23", "called 11/23, closed on Mondays", "call 12/1, Tuesday"],
)
def test_a_weekday_that_says_nothing_of_a_next_step_asks_nobody(step: str) -> None:
    report = sent_to_alder({"next_step": step}).run()
    assert not report.leads.problems
