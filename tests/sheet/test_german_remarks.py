"""Whoever reads German is told in German what is wrong with a cell, and finds the same cell named."""

from __future__ import annotations

from datetime import date

import pytest

from sync.config import parse_settings
from sync.errors import ConfigError
from sync.models import Leads, Row, Table
from sync.reading.leads import columns_of, read_leads
from sync.reading.vocabulary import load_vocabulary

SETTINGS = """timezone = "Europe/Berlin"
language = "{language}"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "followups.ics"
"""
HEAD = ("Firma", "Ansprechpartner", "E-Mail", "Telefon", "Beworben am", "Gespräch am", "Status")


def read(*rows: tuple[str, ...], language: str = "de") -> Leads:
    table = Table("leads.csv", tuple(Row(number, cells) for number, cells in enumerate((HEAD, *rows), start=1)))
    return read_leads(
        table,
        settings=parse_settings(SETTINGS.format(language=language)),
        vocabulary=load_vocabulary(),
        memory={},
        today=date(2026, 11, 25),
    )


def row(**cells: str) -> tuple[str, ...]:
    plain = {"firma": "Acme", "person": "Ann Lee", "mail": "", "telefon": "", "beworben": "2.11.2026", "termin": "",
             "stand": "beworben"}  # fmt: skip
    return tuple((plain | cells).values())


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"beworben": "31.11.2026"}, "Beworben am", "ist ein Tag, den es nicht gibt"),
        ({"beworben": "Montag, 3.11.2026"}, "Beworben am", "sagt „montag“, aber dieser Tag ist ein Dienstag"),
        ({"beworben": "KW 45"}, "Beworben am", "ist eine Woche und kein Tag"),
        ({"termin": "2.12.2026 25:00"}, "Gespräch am", "hat eine Uhrzeit, die es nicht gibt"),
        (
            {"termin": "3.12.2026 10:00 IST"},
            "Gespräch am",
            (
                "hat eine Uhrzeit in IST, das kann die Zeit von Kolkata oder Jerusalem oder Dublin sein; "
                "schreib den Abstand zu UTC, etwa -06:00"
            ),
        ),
        ({"mail": "ann@acme"}, "E-Mail", "ist keine Mailadresse"),
        ({"telefon": "12"}, "Telefon", "ist keine Telefonnummer"),
        ({"firma": "", "person": ""}, "Firma", "die Zeile nennt weder eine Firma noch eine Person"),
    ],
)
def test_what_is_wrong_with_a_cell_is_said_in_german(cells: dict[str, str], column: str, reason: str) -> None:
    whole = row(firma="Birch", mail="bo@birch.example", telefon="030 1234567")
    problems = read(row(**cells), whole).problems
    assert [(one.row, one.column, one.reason) for one in problems] == [("leads.csv:2", column, reason)]


def test_the_lines_that_settle_a_status_are_named_in_german() -> None:
    found = read(row(), row(firma="Birch", stand="Zwirbelstufe"))
    assert [note.reason for note in found.notes] == [
        (
            "es ist nicht klar, was der Stand „Zwirbelstufe“ bedeutet; bis du es sagst, wird in diesen Zeilen niemand "
            'gefragt (leads.csv:3). Um es festzulegen, schreib unter [source.statuses]: "Zwirbelstufe" = "STAGE", mit '
            "einem dieser Worte für STAGE: idea, sent, in_touch, assessment, interview, offer, accepted, rejected, "
            "withdrawn, no_answer, on_hold"
        )
    ]


def test_whatever_the_language_the_same_cells_are_problems_of_the_same_kind() -> None:
    rows = (row(beworben="31.11.2026"), row(mail="ann(at)acme"), row(termin="2.12.2026 25:00"), row(stand="Zwirbel"))
    german, english = read(*rows), read(*rows, language="en")
    assert [(one.row, one.kind) for one in german.problems] == [(one.row, one.kind) for one in english.problems]
    assert {one.reason for one in german.problems}.isdisjoint(one.reason for one in english.problems)
    assert german.leads == english.leads


def test_why_a_column_is_read_as_it_is_is_said_in_german() -> None:
    head = Row(1, ("Firma", "Stelle", "Gehalt", "Datum", "Zork"))
    table = Table("leads.csv", (head, Row(2, ("Acme", "Lektorin", "50000", "2.11.2026", "Bo Moss 030 1234567"))))
    settings = parse_settings(SETTINGS.format(language="de"))
    columns = columns_of(table, settings=settings, vocabulary=load_vocabulary())
    assert {column.header: (column.field, column.reason) for column in columns.columns} == {
        "Firma": ("company", "eine bekannte Überschrift"),
        "Stelle": ("role", "eine bekannte Überschrift"),
        "Gehalt": ("", "es geht um Geld, was nichts auslöst"),
        "Datum": ("applied_on", "sie ist das einzige Datum ohne eigene Bedeutung"),
        "Zork": ("contact_name", "sie enthält Namen mit Mailadressen oder Nummern"),
    }
    assert (
        "Spalte 'Datum' wird als applied_on gelesen: sie ist das einzige Datum ohne eigene Bedeutung" in columns.notes
    )


def test_a_column_that_is_gone_stops_the_run_with_a_german_sentence() -> None:
    settings = parse_settings(
        SETTINGS.format(language="de").replace("[target]", '[source.columns]\nstatus = "Stand"\n[target]')
    )
    table = Table("leads.csv", (Row(1, HEAD), Row(2, row())))
    with pytest.raises(ConfigError, match=r"^leads.csv hat keine Spalte 'Stand' für status; .* berichtige sie unter"):
        read_leads(table, settings=settings, vocabulary=load_vocabulary(), memory={})
