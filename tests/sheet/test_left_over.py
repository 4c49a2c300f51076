"""Columns that no header names: what is proposed, what stands in the question of what is left, what is of no use."""

from __future__ import annotations

import pytest

from sync.models import CellValue, Row, Table
from sync.reading.columns import Column, understand_columns
from sync.reading.people import fits_address
from sync.reading.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
SHEET: list[list[CellValue]] = [
    ["Workplace name", "Chat partner", "Datum xyz", "Where we are", "Reach via", "Pay band", "Vibe", "Ok"],
    ["Fernhill Clinic", "Ann Mori", "11/20/2026", "applied", "ann@fernhill.example", "70k", "good", "yes"],
    ["Harrow Clinic", "Bo Reed", "11/18/2026", "applied", "bo@harrow.example", "60k", "ok", "no"],
    ["Ostrow Home", "Cy Lund", "11/24/2026", "phone screen 11/23", "cy@ostrow.example", "65k", "hm", "yes"],
]


def columns_of(rows: list[list[CellValue]], **chosen: str) -> dict[str, Column]:
    table = Table("sheet", tuple(Row(number, tuple(row)) for number, row in enumerate(rows, 1)))
    found = understand_columns(table, chosen=chosen, vocabulary=VOCABULARY, accepted={})
    return {column.header: column for column in found.columns}


def test_the_only_date_with_a_word_nobody_knows_is_proposed_not_taken() -> None:
    column = columns_of(SHEET)["Datum xyz"]
    assert (column.field, column.ask, column.proposal) == ("", True, "applied_on")
    assert "follow_up_on" in {choice.field for choice in column.choices}, "it may be any day"


@pytest.mark.parametrize("header", ["Date", "Datum", "Fecha", "日期"])
def test_a_bare_date_is_the_day_of_the_application_only_where_the_sheet_is_of_applications(header: str) -> None:
    rows: list[list[CellValue]] = [["Company", header, "Status"], ["Acme", "2026-11-20", "applied"]]
    assert columns_of(rows)[header].field == "applied_on"
    rows = [["Company", header, "Position"], ["Acme", "2026-11-20", "Nurse"]]
    assert columns_of(rows)[header].field == "applied_on"
    found_jobs = [[*rows[0], "Link"], [*rows[1], "https://acme.example/7"]]
    assert columns_of(found_jobs)[header].proposal == "applied_on"
    found = columns_of([row[:2] for row in rows])
    assert (found[header].field, found[header].proposal) == ("", "applied_on")


def test_names_that_are_those_of_the_addresses_are_proposed_as_the_people() -> None:
    column = columns_of(SHEET)["Chat partner"]
    assert (column.field, column.ask, column.proposal) == ("", True, "contact_name")
    assert column.samples[:2] == ("Ann Mori", "Bo Reed")


def test_what_nothing_names_is_left_to_one_question_and_what_is_of_no_use_is_not() -> None:
    found = columns_of(SHEET)
    assert [header for header, column in found.items() if column.left_over] == ["Vibe"]
    assert {"notes", "role"} <= {choice.field for choice in found["Vibe"].choices}
    assert "contact_email" not in {choice.field for choice in found["Vibe"].choices}, "it is read from another column"


def test_a_column_that_is_read_or_left_out_is_not_left_over() -> None:
    table = Table("sheet", tuple(Row(number, tuple(row)) for number, row in enumerate(SHEET, 1)))
    found = understand_columns(
        table,
        chosen={},
        vocabulary=VOCABULARY,
        accepted={"contact_name": "Chat partner"},
        not_read={"Vibe", "Chat partner"},
    )
    kept = {column.header: column for column in found.columns}
    assert (kept["Vibe"].left_over, kept["Vibe"].reason) == (False, "you left it out")
    assert "contact_name" not in found.mapped, "what somebody says now wins over what was read before"


@pytest.mark.parametrize(
    ("cells", "first"),
    [
        (["Ann Mori", "Bo Reed"], "contact_name"),
        (["rejected", "on hold"], "status"),
        (["a garden behind the house", "old books and a cat there"], "notes"),
    ],
)
def test_what_the_cells_look_like_comes_first(cells: list[str], first: str) -> None:
    rows: list[list[CellValue]] = [["Applied", "Company", "Zork"]]
    rows += [["2026-11-20", f"Firm {n}", cell] for n, cell in enumerate(cells)]
    column = columns_of(rows)["Zork"]
    assert first == (column.field or column.choices[0].field)


@pytest.mark.parametrize(
    "cells", [["12", "40"], ["70k", "60k"], ["yes", "no"], ["https://a.example/x", "https://b.example/y"], ["", ""]]
)
def test_numbers_amounts_links_and_boxes_are_nobody_s_question(cells: list[str]) -> None:
    rows: list[list[CellValue]] = [["Company", "Link", "Applied", "Zork"]]
    rows += [[f"Firm {n}", "https://c.example/1", "2026-11-20", cell] for n, cell in enumerate(cells)]
    assert not columns_of(rows)["Zork"].left_over


@pytest.mark.parametrize(
    ("name", "mail", "fits"),
    [
        ("Ann Mori", "ann@elm.example", True),
        ("Ann Mori", "a.mori@elm.example", True),
        ("Ann Mori", "amori@elm.example", True),
        ("Bo Reed", "bo@elm.example", True),
        ("Jörg Müller", "joerg.mueller@elm.example", True),
        ("Bo Reed", "bob@elm.example", False),
        ("Ann Mori", "jobs@mori.example", False),
        ("Ann Mori", "", False),
    ],
)
def test_an_address_is_made_of_a_name(name: str, mail: str, fits: bool) -> None:
    assert fits_address(name, mail) is fits
