"""Which row names the columns: the one among the first in which most cells are known; what stands above is no lead.

Where no row has two known headers, the words of the lexicons are asked; where these know too few, the cells: a first
row of words above rows with days is a header, whatever its words are.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from sync.errors import ConfigError
from sync.models import Table
from sync.reading.cells import clean_text, squeeze
from sync.reading.dates import looks_dated
from sync.reading.headers import count_understood
from sync.reading.vocabulary import Vocabulary

HEADER_WITHIN = 40
"""The header row stands among so many first rows."""
MAX_COLUMNS = 1_000
_LONGEST = 60
"""Letters of a header; what is longer is a text."""


def find_header(table: Table, vocabulary: Vocabulary, named: set[str]) -> int:
    """The place of the header row. `named` are squeezed headers that are known to be in it.

    Raises `ConfigError` where no row can be one.
    """
    best, best_score, most = -1, 0, 0
    for seen, (index, texts) in enumerate(_first_rows(table)):
        forms = {squeeze(text) for text in texts}
        known = {form for form in forms if form in vocabulary.headers or form in vocabulary.ask or form in named}
        score = 2 * len(known) + sum(form in vocabulary.unused for form in forms)
        if score > best_score and (len(known) > 1 or len(texts) == 1 or not seen):
            best, best_score, most = index, score, len(known)
    if most < 2:
        best = _by_words(table, best, most, vocabulary)
    if best < 0:
        best = _by_cells(table, vocabulary)
    if best < 0:
        raise ConfigError(
            f"{table.name} has no header row that can be understood: one row should name the columns, such as "
            "company, role, applied_on, status; or name your headers under [source.columns]"
        )
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
        if any(looks_dated(text, vocabulary.months) and not any(map(str.isalpha, text)) for text in texts):
            continue
        short = [text for text in texts if len(text) <= _LONGEST]
        understood = count_understood(short) if len(short) > 1 else 0
        if understood > max(most, 1) and 2 * understood >= len(texts):
            best, most = index, understood
    return best


def _by_cells(table: Table, vocabulary: Vocabulary) -> int:
    """The first row, if it is short words without a number and days stand in one column of the rows below; else -1."""
    first = next(_first_rows(table), None)
    if first is None:
        return -1
    index, texts = first
    words = {text.casefold() for text in texts}
    if not 1 < len(texts) == len(words) or any(len(text) > _LONGEST or any(map(str.isdigit, text)) for text in texts):
        return -1
    below = [row.values[:MAX_COLUMNS] for row in table.rows[index + 1 : index + 1 + HEADER_WITHIN]]
    columns = [[text for value in cells if (text := clean_text(value))] for cells in zip_longest(*below, fillvalue="")]
    dated = any(
        len(cells) > 1 and 2 * sum(looks_dated(text, vocabulary.months) for text in cells) > len(cells)
        for cells in columns
    )
    return index if dated else -1
