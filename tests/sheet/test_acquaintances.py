"""A list of acquaintances: whom one knows and how, without a post or the status of an application."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from conftest import ZONE
from planned import run_rows
from runner import settings_with

from sync.models import Row, Table
from sync.run import Report

NOW = datetime(2026, 11, 27, 8, tzinfo=ZONE)
HEADERS = "Contact|How I know them|E-mail|Last talked|Next"
OF_APPLICATIONS = ("applied", "application", "resume", "selection", "interview", "the position")


def bring(headers: str, *rows: str) -> Report:
    """A run on Friday, 27 November over a sheet whose cells are parted by bars."""
    cells = [tuple(cell.strip() for cell in line.split("|")) for line in (headers, *rows)]
    return run_rows(Table("people.csv", tuple(map(Row, range(1, 9), cells))), settings_with(), NOW)


def rules_of(report: Report) -> set[str]:
    return {touch.rule for touch in report.plan.schedule if touch.lead}


def letters_of(report: Report) -> str:
    """All that is said in the events about the leads."""
    return " ".join(f"{touch.summary} {touch.draft}" for touch in report.plan.schedule if touch.lead).casefold()


@pytest.mark.parametrize(
    "headers",
    [
        HEADERS,
        "Contact|How we met|E-mail|Last contact|Next",
        "Contact|How we know each other|E-mail|Last contact|Next",
        "Kontakt|Woher ich sie kenne|E-Mail|Letzter Kontakt|Nächster Schritt",
        "Contact|Comment on se connaît|E-mail|Dernier contact|Prochaine étape",
        "Contacto|De qué nos conocemos|Correo|Último contacto|Próximo paso",
        "Contatto|Come ci conosciamo|E-mail|Ultimo contatto|Prossimo passo",
        "Contactpersoon|Hoe we elkaar kennen|E-mail|Laatste contact|Volgende stap",
        "Kontakt|Skąd się znamy|E-mail|Ostatni kontakt|Następny krok",
        "Contato|De onde nos conhecemos|E-mail|Último contato|Próximo passo",
    ],
)
def test_whom_one_knows_was_not_applied_to_on_the_day_one_last_talked(headers: str) -> None:
    report = bring(headers, "Ada Bell|running club|ada@bell.example|2026-11-20|")
    lead = report.leads.leads[0]
    assert (lead.applied_on, lead.last_outbound, lead.is_friend) == (None, date(2026, 11, 20), True)
    assert rules_of(report) == {"R-003-3"}
    assert not [word for word in OF_APPLICATIONS if word in letters_of(report)]


@pytest.mark.parametrize("what", ["coffee", "walk in the park"])
def test_a_coffee_with_an_acquaintance_is_no_interview(what: str) -> None:
    report = bring(HEADERS, f"Ada Bell|running club|ada@bell.example|2026-10-02|{what} Dec 5 9am")
    lead = report.leads.leads[0]
    assert (lead.interview_at, lead.meeting_on) == (None, datetime(2026, 12, 5, 9, tzinfo=ZONE))
    assert "R-003-2" in rules_of(report)
    assert not [word for word in OF_APPLICATIONS if word in letters_of(report)]


def test_nobody_applies_to_an_acquaintance_before_a_last_day() -> None:
    report = bring(HEADERS, "Ada Bell|college|ada@bell.example|2026-11-20|write before Dec 10")
    assert report.leads.leads[0].closes_on is None
    assert not [word for word in OF_APPLICATIONS if word in letters_of(report)]


def test_an_interview_that_an_acquaintance_holds_is_one() -> None:
    lead = bring(HEADERS, "Ada Bell|college|ada@bell.example|2026-11-20|interview Dec 5 9am").leads.leads[0]
    assert lead.interview_at == datetime(2026, 12, 5, 9, tzinfo=ZONE)


@pytest.mark.parametrize("next_step", ["leave him alone", "leave her alone"])
def test_whom_the_seeker_is_to_leave_alone_is_not_written_to(next_step: str) -> None:
    assert not rules_of(bring(HEADERS, f"Ada Bell|college|ada@bell.example|2026-06-30|{next_step}"))


@pytest.mark.parametrize(
    ("headers", "cells"),
    [("Contact|How I know them|Position|Last contact", "Ada Bell|college|Analyst|2026-11-20"),
     ("Contact|How I know them|Status|Last contact", "Ada Bell|college|applied|2026-11-20")],
)  # fmt: skip
def test_a_sheet_that_tells_of_posts_or_how_they_stand_lists_applications(headers: str, cells: str) -> None:
    lead = bring(headers, cells).leads.leads[0]
    assert (lead.applied_on, lead.lead_kind) == (date(2026, 11, 20), "posting")
