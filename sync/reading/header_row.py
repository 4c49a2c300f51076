"""Which row names the columns: the one among the first in which most cells are known; what stands above is no lead.

Where no row has two known headers, the words of the lexicons are asked; where these know too few, the cells: a first
row of words above rows with days is a header, whatever its words are.

Where no row names them and the first one is a lead, the columns are called by their letters (`Column A`), and nothing
is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from sync.errors import ConfigError
from sync.models import MAX_COLUMNS, Table
from sync.reading.cells import clean_text, column_letters, squeeze
from sync.reading.dates import looks_dated
from sync.reading.found_days import tells_a_day
from sync.reading.headers import count_understood
from sync.reading.samples import is_mail, is_phone, status_cells
from sync.reading.vocabulary import Vocabulary
from sync.texts import Wording

HEADER_WITHIN = 40
"""The header row stands among so many first rows."""
_LONGEST = 60
"""Letters of a header; what is longer is a text."""
NO_HEADER = -1
_LETTERED = "Column {letters}"
_BY_LETTER = re.compile(r"column[a-z]{1,2}")
_ENOUGH = 3
"""So many known headers make a row a header, whatever else stands in it."""


def name_columns(table: Table, index: int) -> tuple[str, ...]:
    """The headers: those of the row at this place, letters where there is none."""
    if index != NO_HEADER:
        return tuple(clean_text(value) for value in table.rows[index].values[:MAX_COLUMNS])
    width = min(MAX_COLUMNS, max((len(row.values) for row in table.rows), default=0))
    return tuple(_LETTERED.format(letters=column_letters(place)) for place in range(width))


def find_header(table: Table, vocabulary: Vocabulary, named: set[str], words: Wording) -> int:
    """The place of the header row. `named` are squeezed headers that are known to be in it.

    `NO_HEADER` where the first row is a lead already, or a column is named by its letter. Raises `ConfigError` where
    no row can be one.
    """
    best, best_score, most = NO_HEADER, 0, 0
    written = {squeeze(text) for _, texts in _first_rows(table) for text in texts}
    lettered = any(map(_BY_LETTER.fullmatch, named - written))
    for seen, (index, texts) in enumerate(_first_rows(table)):
        forms = {squeeze(text) for text in texts}
        known = {form for form in forms if form in vocabulary.headers or form in vocabulary.ask or form in named}
        if (lettered and seen) or (len(known) < _ENOUGH and _has_a_day(texts, vocabulary)):
            continue
        score = 2 * len(known) + sum(form in vocabulary.unused for form in forms)
        if score > best_score and (len(known) > 1 or len(texts) == 1 or not seen):
            best, best_score, most = index, score, len(known)
    if most < 2 and lettered:
        return NO_HEADER
    if most < 2:
        best = _by_words(table, best, most, vocabulary)
    if best == NO_HEADER:
        best = _by_cells(table, vocabulary)
    if best == NO_HEADER and not _begins_with_a_lead(table, vocabulary):
        raise ConfigError(words.say("error.no_header_row", sheet=table.name))
    return best


def _first_rows(table: Table) -> Iterator[tuple[int, list[str]]]:
    seen = 0
    for index, row in enumerate(table.rows):
        texts = [text for value in row.values[:MAX_COLUMNS] if value != "" and (text := clean_text(value))]
        if texts:
            seen += 1
            yield index, texts
        if seen >= HEADER_WITHIN:
            return


def _by_words(table: Table, best: int, most: int, vocabulary: Vocabulary) -> int:
    """The row of which the lexicons understand most, if they understand more than the vocabulary knows.

    A row with a bare day in it is a lead, whatever its words are.
    """
    for index, texts in _first_rows(table):
        if _has_a_day(texts, vocabulary):
            continue
        short = tuple(text for text in texts if len(text) <= _LONGEST)
        understood = count_understood(short) if len(short) > 1 else 0
        plain = understood > _ENOUGH and not any(map(str.isdigit, "".join(texts)))
        if understood > max(most, 1) and (2 * understood >= len(texts) or plain):
            best, most = index, understood
    return best


def _has_a_day(texts: Iterable[str], vocabulary: Vocabulary) -> bool:
    return any(looks_dated(text, vocabulary.months) and not any(map(str.isalpha, text)) for text in texts)


def _by_cells(table: Table, vocabulary: Vocabulary) -> int:
    """The first row, if it is short words without a number and days stand in one column of the rows below.

    One that stands as the others do is a lead without a day: "not yet" above "sent 5 Nov".
    """
    first = next(_first_rows(table), None)
    if first is None:
        return NO_HEADER
    index, texts = first
    words = {text.casefold() for text in texts}
    if not 1 < len(texts) == len(words) or any(len(text) > _LONGEST or any(map(str.isdigit, text)) for text in texts):
        return NO_HEADER
    columns = _columns_from(table, index + 1)
    dated = any(
        len(cells) > 1 and 2 * sum(looks_dated(text, vocabulary.months) for text in cells) > len(cells)
        for cells in columns
    )
    alike = any(_stands_as_they_do(cells, vocabulary) for cells in _columns_from(table, index))
    return index if dated and not alike else NO_HEADER


def _columns_from(table: Table, start: int) -> list[list[str]]:
    """The texts of each column from this row on, without what is empty."""
    rows = [row.values[:MAX_COLUMNS] for row in table.rows[start : start + HEADER_WITHIN]]
    return [[text for value in cells if (text := clean_text(value))] for cells in zip_longest(*rows, fillvalue="")]


def _begins_with_a_lead(table: Table, vocabulary: Vocabulary) -> bool:
    """Whether the first row, of several cells, holds what no header does and a lead may.

    That is a day, alone or among words, a mail address, a number, or where it stands in a column of statuses.
    """
    first = next(_first_rows(table), None)
    if first is None or len(first[1]) < 2:
        return False
    if any(_is_a_fact(text, vocabulary) for text in first[1]):
        return True
    return any(_stands_as_they_do(cells, vocabulary) for cells in _columns_from(table, first[0]))


def _is_a_fact(text: str, vocabulary: Vocabulary) -> bool:
    return (
        looks_dated(text, vocabulary.months) or tells_a_day(text, vocabulary.months) or is_mail(text) or is_phone(text)
    )


def _stands_as_they_do(cells: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Whether the first of these cells is a status, and most of the others are."""
    if len(cells) < 3 or not status_cells(tuple(cells[:1]), vocabulary).tell:
        return False
    return status_cells(tuple(cells[1:]), vocabulary).are_statuses(0.5)
