"""What names a month and no day, and what notes name without its date: told with a proposal, never guessed."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from runner import TEXT, Seeker, a_row

from connectors.memory import MemoryState
from sync.config import parse_settings
from sync.models import Lead
from sync.run import Report


def report_of(status: str, **cells: str) -> Report:
    """Read on Friday 27 November."""
    settings = parse_settings(
        TEXT.format(more="", target="").replace('"leads.csv"\n', '"leads.csv"\ndate_order = "dmy"\n')
    )
    rows = [a_row("Alder", "2026-11-16", status=status, **cells), a_row("Birch", "2026-11-20")]
    return Seeker(rows, settings=settings, now=datetime(2026, 11, 27, 9, tzinfo=ZONE), store=MemoryState()).run()


def lead_of(status: str, **cells: str) -> Lead:
    return next(lead for lead in report_of(status, **cells).leads.leads if lead.company == "Alder")


def said_of(status: str, **cells: str) -> list[str]:
    return [problem.reason for problem in report_of(status, **cells).leads.problems]


@pytest.mark.parametrize(
    "text",
    [
        "call next month",
        "im nächsten Monat anrufen",
        "relancer le mois prochain",
        "llamar el mes que viene",
        "richiamare il mese prossimo",
        "volgende maand bellen",
        "zadzwonić w przyszłym miesiącu",
        "ligar mês que vem",
        "来月連絡",
        "下个月联系",
    ],
)
def test_next_month_is_named_with_a_day_of_it(text: str) -> None:
    assert said_of("sent", next_step=text) == ["names a month, but no day; write its date, such as 2026-12-01"]
    assert lead_of("sent", next_step=text).unreadable == {"follow_up_on"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("early next month", "2026-12-01"),
        ("Ende nächsten Monats", "2026-12-28"),
        ("fin du mois prochain", "2026-12-28"),
        ("fine del mese prossimo", "2026-12-28"),
        ("12月中旬", "2026-12-15"),
        ("12月中旬に連絡", "2026-12-15"),
    ],
)
def test_a_part_of_a_month_is_none_of_its_days_nor_the_end_of_this_one(text: str, day: str) -> None:
    said = [f"names a part of a month, but no day; write its date, such as {day}"]
    assert said_of("sent", next_step=text) == said
    assert said_of("結果は12月中旬") == ["names a part of a month, but no day; write its date, such as 2026-12-15"]


def test_the_end_of_this_month_stays_a_day() -> None:
    assert said_of("sent", next_step="fin du mois") == ["names a day, but not its date; write it, such as 2026-11-30"]


@pytest.mark.parametrize(
    ("notes", "day"),
    [
        ("Zeugnisse nachreichen bis Di", "2026-12-01"),
        ("they want references by Tuesday", "2026-12-01"),
        ("they reply by Friday", "2026-12-04"),
        ("meldet sich bis Fr", "2026-12-04"),
        ("réponse sous 10 jours", "2026-12-07"),
        ("decision mid December", "2026-12-15"),
        ("結果は12月中旬", "2026-12-15"),
    ],
)
def test_a_term_in_notes_without_its_date_is_named(notes: str, day: str) -> None:
    said = said_of("in touch", notes=notes)
    assert len(said) == 1
    assert said[0].endswith(f"such as {day}")


@pytest.mark.parametrize(
    "notes", ["spoke to Kim on Tuesday", "wedding on Saturday", "met at the fair last Friday", "born next month"]
)
def test_any_other_day_in_notes_is_nobodys_business(notes: str) -> None:
    assert said_of("in touch", notes=notes) == []


@pytest.mark.parametrize(
    "notes", ["Zeugnisse nachreichen bis 1.12.", "they want references by 1/12", "I owe him samples by 1/12"]
)
def test_what_they_wait_for_by_notes_is_sent_by_its_day(notes: str) -> None:
    lead = lead_of("in touch", notes=notes)
    assert (lead.answer_by, lead.they_decide_by) == (date(2026, 12, 1), None)
    assert lead_of("in touch", notes=notes, answer_by="2026-12-09").answer_by == date(2026, 12, 9)


@pytest.mark.parametrize("step", ["dec. 3-ig", "bis 3.12.", "12月3日まで"])
def test_a_last_day_alone_is_one_on_whichever_side_its_word_stands(step: str) -> None:
    lead = lead_of("in touch", next_step=step)
    assert (lead.answer_by, lead.follow_up_on) == (date(2026, 12, 3), None)
