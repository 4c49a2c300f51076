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
from sync.texts import Wording, load_remarks

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
    language: str = "en",
) -> Columns:
    """The columns of this table. `chosen` and `accepted` map fields to headers; `mapping` is as in the configuration.

    `reserved` are headers of columns that are written into and therefore never read, `not_read` those that somebody
    left out. What is said of them is in this `language`.

    Raises `ConfigError` when a chosen or accepted column is missing, or no header row can be found.
    """
    words = load_remarks(language)
    told = (header for shape in vocabulary.shapes.values() for header in shape.recognised_by)
    settled = {squeeze(header) for header in (*chosen.values(), *accepted.values())} - {""}
    index = find_header(table, vocabulary, settled | {squeeze(header) for header in told}, words)
    headers = name_columns(table, index)
    broken = _broken_headers(table, index, headers, words)
    second = find_second(table, index, headers, vocabulary, settled)
    guess = Guess(
        replace(table, rows=(*cut_rows(table.rows, second),)) if second else table, index, headers, vocabulary, words
    )
    guess.leave_beside(second)
    if index == NO_HEADER:
        guess.note("by_letter")
    for sentence in broken:
        guess.note("broken", said=sentence)
    _check_fields(chosen, words)
    for name, header in chosen.items():
        guess.fix(name, header, guess.why("chosen"), cure="; ".join((*broken, words.say("error.cure_column"))))
    for name, header in accepted.items():
        if name not in chosen and name in ALL_FIELDS and header not in not_read and not guess.is_taken(header):
            renamed = words.say("error.cure_renamed", field=name)
            guess.fix(name, header, guess.why("accepted"), cure="; ".join((*broken, renamed)))
    guess.take_shape(_choose_shape(guess, mapping))
    guess.keep_out(reserved, guess.why("written"))
    guess.keep_out(not_read, guess.why("left_out"))
    guess.take_headers()
    settle(guess)
    return guess.columns()


def _broken_headers(table: Table, index: int, headers: Sequence[str], words: Wording) -> list[str]:
    """Headers that are formulas which failed, in words. Raises `SourceError` for one that is still being computed."""
    broken = {place: header for place, header in enumerate(headers) if is_error(header)}
    places = [(column_letters(place), header) for place, header in broken.items()]
    loading = next((letters for letters, header in places if header == LOADING), "")
    if loading:
        raise SourceError(words.say("error.header_loading", sheet=table.name, column=loading))
    number = table.rows[index].number
    return [words.say("error.header", cell=f"{letters}{number}", header=header) for letters, header in places]


def _check_fields(chosen: Mapping[str, str], words: Wording) -> None:
    for name in chosen:
        if name not in ALL_FIELDS:
            near = get_close_matches(name, sorted(ALL_FIELDS), 1, 0.5)
            hint = words.say("error.mean", near=repr(near[0])) if near else ""
            raise ConfigError(words.say("error.no_field", field=repr(name), hint=hint))


def _choose_shape(guess: Guess, mapping: str) -> Shape | None:
    """The mapping that the configuration names; with `auto` the one whose headers are all there."""
    shapes = guess.vocabulary.shapes
    if mapping in ("auto", ""):
        present = set(guess.forms)
        told = [shape for shape in shapes.values() if {squeeze(header) for header in shape.recognised_by} <= present]
        return max(told, key=lambda shape: len(shape.recognised_by), default=None)
    name = OWN_SHAPE if OWN_SHAPE in shapes and mapping not in shapes else mapping
    if name not in shapes:
        known = ", ".join(sorted(shapes))
        raise ConfigError(guess.words.say("error.no_mapping", mapping=repr(mapping), known=known))
    missing = [header for header in shapes[name].recognised_by if squeeze(header) not in guess.forms]
    if missing:
        facts = {"sheet": guess.table.name, "header": repr(missing[0]), "mapping": repr(mapping)}
        raise ConfigError(guess.words.say("error.mapping_needs", **facts))
    return shapes[name]
