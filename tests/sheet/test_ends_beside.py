"""That it is over stands elsewhere than in a column of statuses: nobody is asked against it."""

from __future__ import annotations

from datetime import date

import pytest
from read_sheet import read_sheet

from sync.models import Asking, CellValue, Leads, Stage


def read(*rows: list[CellValue]) -> Leads:
    return read_sheet(*rows, today=date(2026, 11, 27))


@pytest.mark.parametrize("header", ["What they said", "Feedback", "Notes"])
def test_what_they_said_is_how_it_stands_where_no_other_column_tells_it(header: str) -> None:
    found = read(
        ["Firm", "Spoke to", "Rang on", header, "Next"],
        ["Alder Roofing", "Meg", "14 Oct", "nothing doing till after new year, try Feb", ""],
        ["Birch Power", "Hal Pike", "21 Oct", "CV sent, will pass it on", "ring again 2 Dec"],
        ["Cedar Wiring", "Ron", "10 Nov", "not hiring anyone", ""],
        ["Dale Sparks", "Ida Moor", "17 Nov", "interview Wed 2 Dec 8am", "bring the card"],
        ["Elm Contractors", "Sid", "24 Nov", "had the interview on 25 Nov, nice crew", ""],
    )
    assert found.mapped["status"] == header
    assert "notes" not in found.mapped
    stages = {lead.company: lead.stage for lead in found.leads}
    assert stages["Dale Sparks"] is stages["Elm Contractors"] is Stage.INTERVIEW
    asked = {lead.company for lead in found.leads if lead.asking is Asking.ALLOWED and not lead.stage.closed}
    assert "Cedar Wiring" not in asked


def test_a_refusal_in_a_next_step_closes_a_row_that_has_no_status() -> None:
    found = read(
        ["Firma", "Stanowisko", "Osoba", "Wysłane", "Co dalej"],
        ["Stalbud", "monter", "Ola Lis", "5.11.2026", "odmowa"],
        ["Elektrolux", "monter", "Jan Kot", "6.11.2026", "zrezygnowałam"],
        ["Fabryka", "monter", "Iga Wilk", "9.11.2026", "rozmowa 3.12 o 12:30"],
    )
    assert [lead.stage for lead in found.leads] == [Stage.REJECTED, Stage.WITHDRAWN, Stage.SENT]
    assert found.leads[2].interview_at is not None


def test_a_refusal_in_a_note_is_asked_about_and_its_row_waits() -> None:
    found = read(
        ["Company", "Contact", "Applied", "Status", "Next step", "Notes"],
        ["Acme", "Dana Reed", "2026-11-12", "", "call 2026-12-02", "they said no"],
        ["Bolt", "Eva Lang", "2026-11-12", "", "call 2026-12-02", "nice office"],
        ["Crane", "Jan Weber", "2026-11-12", "sent", "", "rejected my friend"],
    )
    assert [lead.asking for lead in found.leads] == [Asking.NONE, Asking.ALLOWED, Asking.ALLOWED]
    assert [(status.text, status.guess, status.weak) for status in found.unclear] == [
        ("they said no", Stage.REJECTED, True)
    ]
