"""Status words to stages. A word that nobody declared is listed with its rows and treated as open, never as closed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from sync.models import Note, Stage
from sync.reading.cells import spaced
from sync.reading.vocabulary import Vocabulary

MAX_ROWS_NAMED = 10

_REPEATED = re.compile(r"(.)\1{2,}")


class Standing(Struct, frozen=True):
    """What the two status cells of a row say together. `stage` is None where no word of them is known."""

    stage: Stage | None
    text: str
    """The word that decided."""
    unknown: tuple[str, ...] = ()
    contradiction: str = ""


class StageWords(Struct, frozen=True):
    """The shipped words with the user's own, which always win."""

    own: Mapping[str, Stage]
    vocabulary: Vocabulary

    def standing_of(self, status: str, outcome: str) -> Standing:
        """The status decides; how it ended (the second column) where only that is known, or only that ends the lead."""
        stage = self.stage_of(status) if status else None
        ended = self.stage_of(outcome) if outcome else None
        if stage is None and ended is None:
            words = tuple(word for word in (status, outcome) if word)
            return Standing(None, status or outcome, unknown=words)
        if stage and ended and stage.closed and ended.closed and stage is not ended:
            reason = f'"{status}" and "{outcome}" contradict each other; the first counts'
            return Standing(stage, status, contradiction=reason)
        if ended and (stage is None or (ended.closed and not stage.closed)):
            return Standing(ended, outcome)
        return Standing(stage, status or outcome)

    def stage_of(self, text: str) -> Stage | None:
        """The stage this word stands for, or None."""
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
