"""The record of contacts: facts only, harmless as CSV."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.memory import LeadMemory, Memory, Reaction, TouchMemory
from sync.models import Lead, Person
from sync.work_log import Contact, contact_rows, contacts_csv, record_contacts

ZONE = ZoneInfo("America/New_York")
LEAD = Lead(
    "acme\twelder",
    "leads.csv:2",
    2,
    company="Acme",
    role="Welder",
    contact=Person("Ana Ruiz", "ana@acme.example"),
    channel="email",
    applied_on=date(2026, 9, 1),
)
TICKED = TouchMemory(
    uid="u1",
    lead_key=LEAD.key,
    rule="R-001-1",
    reaction=Reaction.TICKED,
    done_on=date(2026, 9, 8),
)


def record(
    *leads: Lead, touches: tuple[TouchMemory, ...] = (), memory: dict[str, LeadMemory] | None = None
) -> list[tuple[str, ...]]:
    remembered = Memory(touches={touch.uid: touch for touch in touches}, leads=memory or {})
    contacts = record_contacts(leads, remembered, zone=ZONE, touching=frozenset(("R-001-1",)))
    return [tuple(row.values()) for row in contact_rows(contacts)]


def test_the_application_and_the_last_message_are_facts_of_the_sheet() -> None:
    lead = replace(
        LEAD,
        last_outbound=datetime(2026, 9, 10, 1, tzinfo=UTC),
        last_outbound_channel="phone",
        last_result="left a message",
    )
    assert record(lead) == [
        ("2026-09-01", "Acme", "Ana Ruiz", "email", "Welder", "", "sheet"),
        ("2026-09-09", "Acme", "Ana Ruiz", "phone", "Welder", "left a message", "sheet"),
    ]


def test_a_tick_is_a_contact() -> None:
    assert record(LEAD, touches=(TICKED,))[1] == ("2026-09-08", "Acme", "Ana Ruiz", "", "Welder", "", "tick")


def test_what_was_assumed_dragged_or_only_decided_is_none() -> None:
    touches = (
        replace(TICKED, uid="a", reaction=None, assumed=True),
        replace(TICKED, uid="b", reaction=Reaction.DRAGGED),
        replace(TICKED, uid="c", rule="R-000-4"),
        replace(TICKED, uid="d", done_on=None),
    )
    assert len(record(LEAD, touches=touches)) == 1


def test_a_tick_on_the_day_of_the_sheets_own_contact_is_the_same_contact() -> None:
    wrote = replace(LEAD, last_outbound=date(2026, 9, 8))
    said = replace(TICKED, said="rang back")
    assert len(record(wrote, touches=(TICKED,))) == 2
    assert [row[5] for row in record(wrote, touches=(said,))] == ["", "rang back"]
    assert record(replace(wrote, last_result="left a message"), touches=(said,))[1][5] == "left a message"


def test_a_vanished_row_keeps_its_ticks() -> None:
    known = LeadMemory(LEAD.key, datetime(2026, 9, 1, tzinfo=UTC), company="Acme", role="Welder", contact="ana ruiz")
    assert record(touches=(TICKED,), memory={LEAD.key: known}) == [
        ("2026-09-08", "Acme", "ana ruiz", "", "Welder", "", "tick")
    ]


def test_no_cell_is_a_formula_for_a_spreadsheet() -> None:
    text = contacts_csv([Contact(date(2026, 9, 1), '=HYPERLINK("http://x.example")', "+1", "-1", "@a", 'b",\nc')])
    head, row = csv.reader(StringIO(text))
    assert head == ["date", "employer", "person", "method", "position", "result", "known by"]
    assert row == ["2026-09-01", '\'=HYPERLINK("http://x.example")', "'+1", "'-1", "'@a", 'b",\nc', "sheet"]
