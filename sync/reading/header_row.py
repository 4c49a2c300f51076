"""Which row names the columns: the one among the first in which most cells are known; what stands above is no lead.

Where no row has two known headers, the words of the lexicons are asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from sync.errors import ConfigError
from sync.models import Table
from sync.reading.cells import clean_text, squeeze
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
        best = _by_words(table, best, most)
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


def _by_words(table: Table, best: int, most: int) -> int:
    """The row of which the lexicons understand most, if they understand more than the vocabulary knows."""
    for index, texts in _first_rows(table):
        short = [text for text in texts if len(text) <= _LONGEST]
        understood = count_understood(short) if len(short) > 1 else 0
        if understood > max(most, 1) and 2 * understood >= len(texts):
            best, most = index, understood
    return best
