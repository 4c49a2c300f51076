"""Status words to stages. A word that nobody declared is listed with its rows and treated as open, never as closed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from sync.models import Note, Stage
from sync.reading.cells import spaced
from sync.reading.vocabulary import Vocabulary

MAX_ROWS_NAMED = 10

_REPEATED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class StageWords:
    """The shipped words with the user's own, which always win."""

    own: Mapping[str, Stage]
    vocabulary: Vocabulary
    seen: dict[str, Stage | None] = field(default_factory=dict)
    """Words of this sheet that were looked up."""

    def stage_of(self, text: str) -> Stage | None:
        """The stage this word stands for, or None."""
        if text not in self.seen:
            self.seen[text] = self._look_up(text)
        return self.seen[text]

    def _look_up(self, text: str) -> Stage | None:
        exact = self.own.get(text.casefold())
        if exact is not None:
            return exact
        form = spaced(text)
        if form in self.own:
            return self.own[form]
        if form in self.vocabulary.ask_stages:
            return None
        return self.vocabulary.stages.get(form) or self.vocabulary.stages.get(_REPEATED.sub(r"\1", form))

    def unknown_note(self, text: str, rows: Sequence[str]) -> Note:
        """What is said once about an unknown word: its rows, how they are treated, the line that settles it."""
        form = spaced(text)
        may_be = self.vocabulary.ask_stages.get(form)
        if not may_be:
            near = get_close_matches(form, list(self.vocabulary.stages), 1, 0.75)
            may_be = (self.vocabulary.stages[near[0]],) if near else ()
        example = may_be[0] if may_be else "on_hold"
        choices = f" ({' or '.join(may_be)}?)" if may_be else ""
        named = ", ".join(rows[:MAX_ROWS_NAMED]) + (
            f" and {len(rows) - MAX_ROWS_NAMED} more" if len(rows) > MAX_ROWS_NAMED else ""
        )
        word = text.replace("\\", "\\\\").replace('"', '\\"')
        return Note(
            f'the status "{text}" is not known{choices}; its rows count as open ({named}). '
            f'To settle it, put under [source.statuses]: "{word}" = "{example}"'
        )


def own_words(statuses: Mapping[str, Stage]) -> Mapping[str, Stage]:
    """The user's words in both forms in which a cell is looked up."""
    words = {spaced(word): stage for word, stage in statuses.items() if spaced(word)}
    return words | {" ".join(word.split()).casefold(): stage for word, stage in statuses.items()}


class UnknownWords:
    """Unknown status words of one reading, with the rows they stand in."""

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = defaultdict(list)

    def add(self, text: str, row: str) -> None:
        """One more row with this word."""
        self._rows[text].append(row)

    def notes(self, words: StageWords) -> list[Note]:
        """One note per word, sorted by word."""
        return [words.unknown_note(text, rows) for text, rows in sorted(self._rows.items())]
