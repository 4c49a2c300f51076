"""Which column holds which field: by header, by what the cells look like, never by guessing in silence.

Order of decision, the first wins:

1. what the configuration says (`[source.columns]`; an empty header means "not in my sheet"),
2. what was accepted in an earlier run: a guess never changes by itself, and a column that is gone stops the run,
3. the shipped or own mapping that the table's headers tell, or that the configuration names,
4. a header that is a field name,
5. what the words of a header and the cells below it say together (`guess`); what that leaves open and matters is asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches

from msgspec.structs import replace

from sync.errors import ConfigError, SourceError
from sync.models import Table
from sync.reading.beside import cut_rows, find_second
from sync.reading.cells import LOADING, column_letters, is_error, squeeze
from sync.reading.column import Choice, Column, Columns
from sync.reading.guess import ALL_FIELDS, Guess
from sync.reading.header_row import NO_HEADER, find_header, name_columns
from sync.reading.left_open import settle
from sync.reading.vocabulary import OWN_SHAPE, Shape, Vocabulary

_BY_LETTER = (
    "no row names the columns, so that they are called Column A, Column B and so on, and the first row is read as a "
    "lead; a row of headers above it is safer"
)

__all__ = ["Choice", "Column", "Columns", "understand_columns"]


def understand_columns(
    table: Table,
    *,
    chosen: Mapping[str, str],
    vocabulary: Vocabulary,
    accepted: Mapping[str, str],
    mapping: str = "auto",
    reserved: Iterable[str] = (),
    not_read: Collection[str] = (),
) -> Columns:
    """The columns of this table. `chosen` and `accepted` map fields to headers; `mapping` is as in the configuration.

    `reserved` are headers of columns that are written into and therefore never read, `not_read` those that somebody
    left out.

    Raises `ConfigError` when a chosen or accepted column is missing, or no header row can be found.
    """
    told = (header for shape in vocabulary.shapes.values() for header in shape.recognised_by)
    settled = {squeeze(header) for header in (*chosen.values(), *accepted.values())} - {""}
    index = find_header(table, vocabulary, settled | {squeeze(header) for header in told})
    headers = name_columns(table, index)
    broken = _broken_headers(table, index, headers)
    second = find_second(table, index, headers, vocabulary, settled)
    guess = Guess(
        replace(table, rows=(*cut_rows(table.rows, second),)) if second else table, index, headers, vocabulary
    )
    guess.leave_beside(second)
    if index == NO_HEADER:
        guess.notes.append(_BY_LETTER)
    guess.notes += [f"{sentence}: the column is not read" for sentence in broken]
    _check_fields(chosen, table.name)
    for name, header in chosen.items():
        cure = "correct it under [source.columns]"
        guess.fix(name, header, "as you chose", cure="; ".join((*broken, cure)))
    for name, header in accepted.items():
        if name not in chosen and name in ALL_FIELDS and header not in not_read and not guess.is_taken(header):
            guess.fix(name, header, "as in earlier runs", cure="; ".join((*broken, _rename_cure(name))))
    guess.take_shape(_choose_shape(guess, mapping))
    guess.keep_out(reserved, "followup writes into it")
    guess.keep_out(not_read, "you left it out")
    guess.take_headers()
    settle(guess)
    return guess.columns()


def _broken_headers(table: Table, index: int, headers: Sequence[str]) -> list[str]:
    """Headers that are formulas which failed, in words. Raises `SourceError` for one that is still being computed."""
    broken = {place: header for place, header in enumerate(headers) if is_error(header)}
    places = [(column_letters(place), header) for place, header in broken.items()]
    loading = next((letters for letters, header in places if header == LOADING), "")
    if loading:
        raise SourceError(
            f"{table.name}: the header of column {loading} is a formula that is still being computed;"
            " the next run reads it again"
        )
    number = table.rows[index].number
    return [f"the header in {letters}{number} is the spreadsheet's own error {header}" for letters, header in places]


def _rename_cure(name: str) -> str:
    return f'put {name} = "its new header" under [source.columns], or {name} = "" if it is gone for good'


def _check_fields(chosen: Mapping[str, str], table: str) -> None:
    for name in chosen:
        if name not in ALL_FIELDS:
            near = get_close_matches(name, sorted(ALL_FIELDS), 1, 0.5)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ConfigError(f"{name!r} under [source.columns] is no field that a lead has{hint}")


def _choose_shape(guess: Guess, mapping: str) -> Shape | None:
    """The mapping that the configuration names; with `auto` the one whose headers are all there."""
    shapes = guess.vocabulary.shapes
    if mapping in ("auto", ""):
        present = set(guess.forms)
        told = [shape for shape in shapes.values() if {squeeze(header) for header in shape.recognised_by} <= present]
        return max(told, key=lambda shape: len(shape.recognised_by), default=None)
    name = OWN_SHAPE if OWN_SHAPE in shapes and mapping not in shapes else mapping
    if name not in shapes:
        raise ConfigError(f"there is no mapping {mapping!r}; there are auto, {', '.join(sorted(shapes))}")
    missing = [header for header in shapes[name].recognised_by if squeeze(header) not in guess.forms]
    if missing:
        raise ConfigError(f"{guess.table.name} has no column {missing[0]!r}, which the mapping {mapping!r} needs")
    return shapes[name]
