"""The cells of people in the columns of name, mail and telephone, each part put where it belongs (`people`)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sync.models import CellValue, Note, Person
from sync.reading.cells import clean_lines, clean_text
from sync.reading.people import MAIL, find_people, is_name_alone
from sync.reading.sheet import Sheet

MAX_NAMED = 5
"""So many rows are named in a note."""

_FIELDS = ("contact_name", "contact_email", "contact_phone")
_LETTER = re.compile(r"[^\W\d_]|@")


def part_people(sheet: Sheet) -> list[Note]:
    """The cells of name, mail and telephone, each with its own; what each row says in a column of its own wins.

    A cell whose names and addresses do not go together stays as it is: its column says what is wrong with it.
    """
    columns: dict[str, list[CellValue]] = {}
    several: list[str] = []
    named = sheet.cells.get("company", [""] * len(sheet.rows))
    for own in _FIELDS:
        cells = sheet.cells.get(own, ())
        mixed = {cell for cell in set(cells) if isinstance(cell, str) and not _is_settled(own, cell)}
        found = {cell: find_people(clean_lines(cell)) for cell in mixed}
        names = own != "contact_phone" or any(
            one.name and (one.phone or one.email) for people in found.values() for one in people
        )
        for index, cell in enumerate(cells) if mixed else ():
            if not isinstance(cell, str) or cell not in mixed:
                continue
            people = found[cell]
            if _fits(own, cell, people, names=names):
                _put(sheet, columns, index, own, people[0])
                several += [f"{_call(people[0])} ({sheet.reference(sheet.rows[index])})"] * (len(people) > 1)
            elif not people and clean_text(named[index]) and (own == "contact_name" or _LETTER.search(cell)):
                _put(sheet, columns, index, own, Person())
    _take(sheet, columns)
    if not several:
        return []
    more = sheet.words.say("more", count=len(several) - MAX_NAMED) if len(several) > MAX_NAMED else ""
    return [sheet.say("several_people", count=len(several), people=f"{', '.join(several[:MAX_NAMED])}{more}")]


def _call(person: Person) -> str:
    return person.name or person.email or person.phone


def _fits(own: str, cell: str, people: Sequence[Person], *, names: bool) -> bool:
    """Whether these people are what the cell may hold: no broken address is a name, no second address is lost.

    `names`: a name alone may stand in this column.
    """
    if not people or own == "contact_name":
        return bool(people)
    first = people[0]
    if not names and not (first.phone or first.email):
        return False
    if len(MAIL.findall(cell)) > sum(bool(person.email) for person in people):
        return False
    if own == "contact_phone" and not (first.phone or first.email):
        return is_name_alone(first.name)
    begins_small = any(word[0].islower() for word in first.name.split() if word.isalpha())
    return bool(first.email or first.phone) or ("@" not in cell and not begins_small)


def _is_settled(name: str, cell: str) -> bool:
    """Whether the cell is what its column holds and nothing else; most are."""
    text = cell.strip()
    if name == "contact_name":
        return not text or is_name_alone(text)
    if name == "contact_email":
        return not text or bool(MAIL.fullmatch(text))
    return not _LETTER.search(text)


def _put(sheet: Sheet, columns: dict[str, list[CellValue]], index: int, own: str, person: Person) -> None:
    for name, value in zip(_FIELDS, (person.name, person.email, person.phone), strict=True):
        column = columns.get(name)
        if column is None:
            column = columns[name] = list(sheet.cells.get(name, [""] * len(sheet.rows)))
        if name == own or (value and not clean_text(column[index])):
            column[index] = value


def _take(sheet: Sheet, columns: Mapping[str, Sequence[CellValue]]) -> None:
    """The changed columns; one that the sheet does not have is that of the first column that told it."""
    mine = [name for name in _FIELDS if name in sheet.columns.fields]
    places = dict(sheet.columns.fields)
    for name, column in columns.items():
        if name not in places and any(column):
            places[name] = next(sheet.columns.fields[own] for own in mine)
    sheet.columns = replace(sheet.columns, fields=places)
    sheet.cells = {**sheet.cells, **{name: column for name, column in columns.items() if name in places}}
