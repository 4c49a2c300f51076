"""Statuses to stages: the user's own words first, then the status as a whole, then by its words (`status_phrases`).

A status that is not settled is asked about with its rows and counts as open, never as closed; until somebody says what
it means, its rows ask nobody anything that its words could contradict.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct
from msgspec.structs import replace

from sync.models import Asking, Note, Stage, UnclearStatus
from sync.reading.cells import spaced
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.found_days import find_moments, hours_apart
from sync.reading.status_phrases import Phrase, read_phrase
from sync.reading.status_words import shipped_status_words
from sync.reading.vocabulary import Vocabulary
from sync.texts import Wording

MAX_ROWS_NAMED = 10

_REPEATED = re.compile(r"(.)\1{2,}")
_CANONICAL: Mapping[str, Stage] = {stage.value: stage for stage in Stage}
_STRICTER = {Asking.ALLOWED: 0, Asking.OWN_DATE: 1, Asking.NONE: 2}


class Standing(Struct, frozen=True):
    """What the two status cells of a row say together. `phrase.settled` is False where that is to be asked."""

    phrase: Phrase
    text: str
    """The words that decided."""
    unclear: tuple[tuple[str, Phrase], ...] = ()
    """The cells to ask about."""
    contradiction: Mapping[str, str] = {}
    """The words of two cells that cannot both be true."""

    @property
    def days(self) -> tuple[tuple[str, str], ...]:
        """The days in the words that decided, each with the sense it belongs to.

        Where they are not settled, only that of the application, which was sent whatever came after it, and the
        seeker's own day for the next message, before which nothing goes out.
        """
        phrase = self.phrase
        certain = ("sent", "remind") if phrase.asking is Asking.OWN_DATE else ("sent",)
        return tuple((sense, day) for sense, day in phrase.dated if phrase.settled or sense in certain)

    def stage(self, *, applied: bool, young: bool, written: bool = False) -> Stage:
        """The stage to plan by. `applied`: the row has a day of the application; `young`: follow-ups may still help.

        `written`: it has none, but a day on which somebody was written to.
        """
        phrase = self.phrase
        if not phrase.settled or phrase.stage is None or phrase.waits_for_day:
            return Stage.SENT if applied else Stage.IDEA
        if phrase.keen and written:
            return Stage.IN_TOUCH
        if phrase.unanswered and not (applied and young):
            return Stage.NO_ANSWER
        return phrase.stage


_SAYS_NOTHING = Standing(Phrase(None, settled=False), "")


class StageWords(Struct, frozen=True):
    """The shipped words with the user's own, which always win.

    `canonical`: the column is called `status` and holds nothing but our own stages, so that `accepted` is one.
    """

    own: Mapping[str, Stage]
    vocabulary: Vocabulary
    canonical: bool = False
    dated: AbstractSet[str] = frozenset()
    """Those of `own` that say the same beside a day."""

    @property
    def months(self) -> Mapping[str, int]:
        """Names of months, in lower case."""
        return {**shipped_date_words().months, **self.vocabulary.months}

    def standing_of(self, status: str, outcome: str) -> Standing:
        """The status decides; how it ended (the second column) where only that is settled or only that ends it."""
        one, other = (self.read(text) if text else None for text in (status, outcome))
        unclear = tuple(
            (text, phrase) for text, phrase in ((status, one), (outcome, other)) if phrase and not phrase.settled
        )
        if one is None and other is None:
            return _SAYS_NOTHING
        if one is None or other is None:
            phrase = one or other
            assert phrase is not None
            return Standing(phrase, status or outcome, unclear)
        if one.settled and other.settled:
            return self._both_settled((status, one), (outcome, other))
        if other.settled and _closes(other):
            return Standing(other, outcome)
        if one.settled and _closes(one):
            return Standing(one, status)
        strict = max((one, other), key=lambda phrase: (not phrase.settled, _STRICTER[phrase.asking]))
        return Standing(strict, status if strict is one else outcome, unclear)

    def _both_settled(self, status: tuple[str, Phrase], outcome: tuple[str, Phrase]) -> Standing:
        (text, one), (ending, other) = status, outcome
        if _closes(one) and _closes(other) and one.stage is not other.stage:
            return Standing(one, text, contradiction={"text": text, "other": ending})
        if _closes(other) and not _closes(one):
            return Standing(other, ending)
        return Standing(one, text)

    def read(self, text: str) -> Phrase:
        """What this status says."""
        form = spaced(text)
        stage = self.own_word(text)
        parts = [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]
        if stage is None and len(parts) > 1 and any(map(self.own_word, parts)):
            return self._furthest([self.read(part) for part in parts])
        if stage is None:
            stage = _CANONICAL.get(text) if self.canonical or text != Stage.ACCEPTED else None
        if stage is None and not text.endswith(("?", "？")):
            whole = self.vocabulary.stages.get(form) or self.vocabulary.stages.get(_REPEATED.sub(r"\1", form))
            stage = whole if whole is not Stage.ACCEPTED else None
        plain = unicodedata.normalize("NFKC", text).casefold()
        months = self.months
        days = find_moments(plain, months) if any(map(str.isdigit, plain)) else ()
        if stage is None and days and self.dated and not text.endswith(("?", "？")):
            stage = self._dated_word(plain, days)
        if stage is not None and not days:
            return Phrase(stage, settled=True)
        phrase = read_phrase(plain, shipped_status_words(), days, told=stage)
        apart = hours_apart(plain, days) if phrase.dated else {}
        if not apart:
            return phrase
        told = {plain[slice(*days[index])]: f"{plain[slice(*days[index])]} {hour}" for index, hour in apart.items()}
        return replace(phrase, dated=tuple((sense, told.get(said, said)) for sense, said in phrase.dated))

    def own_word(self, text: str) -> Stage | None:
        """What the user says that this means."""
        return self.own.get(text.casefold()) or self.own.get(spaced(text))

    def _dated_word(self, plain: str, days: Iterable[tuple[int, int]]) -> Stage | None:
        """What a word means that stands beside these days: `angebot` in "Angebot vom 10.11."."""
        rest = "".join(" " if any(start <= at < end for start, end in days) else one for at, one in enumerate(plain))
        small = shipped_date_words().small
        word = " ".join(part for part in spaced(rest).split() if part not in small)
        return next((self.own.get(one) for one in (spaced(rest), word) if one in self.dated), None)

    def _furthest(self, phrases: Sequence[Phrase]) -> Phrase:
        """What several choices in one cell say together: what is unclear of them, else what ends it, else the last."""
        return max(
            phrases,
            key=lambda phrase: (not phrase.settled, _closes(phrase), list(Stage).index(phrase.stage or Stage.IDEA)),
        )


def _closes(phrase: Phrase) -> bool:
    return phrase.stage is not None and phrase.stage.closed


def unclear_statuses(found: Iterable[tuple[Standing, str]]) -> tuple[UnclearStatus, ...]:
    """The statuses to ask about, those of the most rows first. `found` has each row's standing and reference."""
    rows: dict[str, list[str]] = {}
    waiting: dict[str, list[str]] = {}
    phrases: dict[str, Phrase] = {}
    for standing, reference in found:
        for text, phrase in standing.unclear:
            phrases[text] = phrase
            rows.setdefault(text, []).append(reference)
            if standing.phrase.asking is not Asking.ALLOWED:
                waiting.setdefault(text, []).append(reference)
    unclear = (
        UnclearStatus(text, tuple(rows[text]), phrase.stage, phrase.choices, tuple(waiting.get(text, ())), phrase.weak)
        for text, phrase in phrases.items()
    )
    return tuple(sorted(unclear, key=lambda status: (-len(status.rows), status.text)))


def ask_notes(unclear: Iterable[UnclearStatus], words: Wording) -> Iterator[Note]:
    """What is said about the statuses that are not settled; which stages there are is said once."""
    told = False
    for status in unclear:
        yield _ask_note(status, words, choice=not (status.guess or told))
        told = told or not status.guess


def _ask_note(status: UnclearStatus, words: Wording, *, choice: bool) -> Note:
    """Its rows, how they are treated, the line that settles it. `choice`: with the stages to choose from."""
    line = f'{toml_text(status.text)} = "{status.guess or "STAGE"}"'
    return Note(
        words.say(
            "status.unclear",
            text=status.text,
            probably=words.say("status.probably", stage=status.guess) if status.guess else "",
            until=words.say("status.waits" if status.waiting else "status.open"),
            rows=_name_rows(status.rows, words),
            cure=words.say("status.choice" if choice else "status.line", line=line, stages=", ".join(Stage)),
        )
    )


def toml_text(text: str) -> str:
    """The text as a TOML string: its escapes are those of JSON, and one more sign has to be escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _name_rows(rows: Sequence[str], words: Wording) -> str:
    more = words.say("more", count=len(rows) - MAX_ROWS_NAMED) if len(rows) > MAX_ROWS_NAMED else ""
    return ", ".join(rows[:MAX_ROWS_NAMED]) + more


def own_words(statuses: Mapping[str, Stage]) -> Mapping[str, Stage]:
    """The user's words in both forms in which a cell is looked up."""
    words = {spaced(word): stage for word, stage in statuses.items() if spaced(word)}
    return words | {" ".join(word.split()).casefold(): stage for word, stage in statuses.items()}
