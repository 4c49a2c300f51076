"""What a header says by its words alone: the fields it may name, how sure that is, or why it names none.

Where a header has several parts (`Status / Result`, `Source (board or referral)`) the first that says something counts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sync.patterns import lazy_compile
from sync.reading.cells import squeeze
from sync.reading.lexicon import (
    ENGLISH,
    Lexicon,
    Words,
    choose_language,
    lexicons_for,
    load_grammar,
    load_lexicon,
    split_words,
)
from sync.reading.vocabulary import DAYS, EXTRA_FIELDS, FIELDS, HOURS, MOMENTS, Vocabulary

KNOWN = 1.0
"""How sure a header is that stands in the vocabulary as it is."""
AMBIGUOUS = 0.5
NO_FOLLOW_UP = "no_follow_up"
"""Why a column is left that says something else of the lead."""

OTHER_PERSON = "other"
"""The part that a second contact plays."""
_QUESTION = 0.6
"""What is left where a header asks (`Followed up?`, `Referral?`): yes and no are as likely below it."""

_HOURS = {squeeze(hour): (hour, field) for field, hour in HOURS.items()}
"""An hour in a column of its own, or day and hour together: the cells tell."""
_PARTS = lazy_compile(r"[|,;(（、・&]|(?<!\b\w)/|/(?!\w\b)|\s\+\s")
"""The slash of `F/U` parts nothing."""
_YES_OR_NO = re.compile(r"[(\[](\w{1,5})\s*/\s*(\w{1,5})[)\]]\s*$")
_UNKNOWN_WORD = 0.88
_PART = 0.97
_FOREIGN = 0.85
_ALTERNATIVE = 0.6


class Sense(Struct, frozen=True):
    """What a header says."""

    fields: tuple[str, ...] = ()
    """The likeliest first."""
    sure: float = 0.0
    why: str = ""
    """Why it is left, where it names no field and is understood all the same: a key of `[why]`, or words of somebody's
    own mapping."""
    rank: int = 0
    """Of two headers for one field the lower is read."""
    unknown: int = 0
    """Words of it that nobody knows."""

    def sure_of(self, place: int) -> float:
        """How sure the field at this place is by the header alone."""
        return self.sure * _ALTERNATIVE ** min(place, 2)

    @property
    def is_about_edits(self) -> bool:
        """When or by whom the row was changed, unless its cells say otherwise."""
        return self.why == "edited"

    @property
    def is_about_tests(self) -> bool:
        """A test, which moves no follow-up unless it is at a set hour."""
        return self.why == "test"

    @property
    def is_about_steps(self) -> bool:
        """What comes next, in words."""
        return self.fields[:1] == ("next_step",) or self.why == "step"

    @property
    def is_about_interviews(self) -> bool:
        """What is said of an interview without its day: which kind, which round."""
        return self.fields[:1] == ("interview_kind",) or self.why == "interview"

    @property
    def is_first_contact(self) -> bool:
        """When somebody was written to first, or to whom."""
        return self.fields == ("last_outbound", "contact_name")

    @property
    def is_due(self) -> bool:
        """By when, without a word of what."""
        return self.fields == ("closes_on", "follow_up_on")

    @property
    def is_about_places(self) -> bool:
        """Where the work is, or the firm that has it."""
        return self.why == "place"

    @property
    def is_bare_day(self) -> bool:
        """A date without any word of what happened on it."""
        return len(self.fields) > 1 and self.sure <= AMBIGUOUS and self.fields[0] in ("applied_on", "last_outbound")

    @property
    def is_weak_word(self) -> bool:
        """A word that says little (`how`), and nothing of a day."""
        return (
            bool(self.fields)
            and self.sure < AMBIGUOUS + 0.2
            and DAYS.isdisjoint(self.fields)
            and MOMENTS.isdisjoint(self.fields)
        )

    @property
    def is_bare_name(self) -> bool:
        """A name without any word of whose it is."""
        return self.sure <= AMBIGUOUS and self.fields[:2] == ("company", "contact_name")


def understand_headers(headers: Sequence[str], vocabulary: Vocabulary) -> list[Sense]:
    """What each header of a row says. The words of the lexicons are looked at only where the vocabulary knows none."""
    rank = {form: place for place, form in enumerate(vocabulary.headers)}
    senses = [_known(header, vocabulary, rank) for header in headers]
    open_places = [place for place, sense in enumerate(senses) if sense is None and headers[place]]
    read = _read_words([headers[place] for place in open_places], headers) if open_places else []
    found = dict(zip(open_places, read, strict=True))
    each = [sense or found.get(place, Sense()) for place, sense in enumerate(senses)]
    return [_doubt_questions(header, sense, vocabulary) for header, sense in zip(headers, each, strict=True)]


def _doubt_questions(header: str, sense: Sense, vocabulary: Vocabulary) -> Sense:
    """A header that asks is answered with yes or no, unless its cells show days, or who it was."""
    answers = _YES_OR_NO.search(header.casefold())
    told = answers is not None and answers[1] in vocabulary.yes and answers[2] in vocabulary.no
    asks = told or header.rstrip().endswith(("?", "\N{FULLWIDTH QUESTION MARK}"))
    if not asks or header in FIELDS or (DAYS | MOMENTS | {"referrer", "url"}).isdisjoint(sense.fields[:1]):
        return sense
    return replace(sense, sure=sense.sure * _QUESTION)


def spoken_language(headers: Sequence[str]) -> str:
    """The language of these headers (`de`); empty where English understands as many of them."""
    named = [header for header in headers if header]
    order = choose_language([split_words(header) for header in named], lexicons_for(named))
    ours, english = (
        sum(lexicon.understands(split_words(head)) for head in named) for lexicon in (order[0], _english())
    )
    return order[0].language if ours > english else ""


def spoken_order(headers: Sequence[str]) -> Literal["dmy", "mdy"] | None:
    """Which of day and month comes first in the language of these headers; None where that is open, as in English."""
    grammar, language = load_grammar(), spoken_language(headers)
    return "dmy" if language in grammar.day_first else "mdy" if language in grammar.month_first else None


def counts_to_24(headers: Sequence[str]) -> bool:
    """Whether who writes the language of these headers counts the hours to 24."""
    return spoken_language(headers) in load_grammar().counts_to_24


def part_played(header: str) -> str:
    """The part that the person plays whom this header is about (recruiter, manager); empty where it does not say."""
    words = split_words(header)
    spoken = f" {' '.join(words)} "
    for part, names in load_grammar().parts.items():
        if any(f" {name} " in spoken for name in names):
            return part
    return ""


def says_last(header: str) -> bool:
    """Whether the header speaks of the last time, or of one after the first: `Last contact`, `Followed up`."""
    words = split_words(header)
    found = [lexicon.read(words) for lexicon in lexicons_for((header,))]
    return any(not one.unknown and not one.meanings.isdisjoint(("last", "chased", "chase")) for one in found)


@lru_cache(maxsize=64)
def count_understood(texts: tuple[str, ...]) -> int:
    """How many of these texts would be headers with every word known, in one language or in English beside it.

    Whoever sets up asks again after each answer: the same rows are looked at once.
    """
    split = [split_words(text)[:8] for text in texts]
    strange = [words for words in split if not _english().understands(words)]
    others = max(sum(map(lexicon.understands, strange)) for lexicon in lexicons_for(texts))
    return len(split) - len(strange) + others


def _english() -> Lexicon:
    return load_lexicon(ENGLISH)


def _known(header: str, vocabulary: Vocabulary, rank: Mapping[str, int]) -> Sense | None:
    form = squeeze(header)
    if (header in FIELDS or header in EXTRA_FIELDS) and form not in vocabulary.ask:
        return Sense((header,), KNOWN, rank=rank.get(form, 0))
    if form in _HOURS:
        return Sense(_HOURS[form], 0.9)
    if form in vocabulary.ask:
        names = vocabulary.ask[form]
        return Sense(names, AMBIGUOUS if len(names) > 1 else 0.7)
    if form in vocabulary.headers:
        return Sense((vocabulary.headers[form],), KNOWN, rank=rank[form])
    if form in vocabulary.unused:
        return Sense(why=vocabulary.unused[form])
    return None


def _read_words(wanted: Sequence[str], headers: Sequence[str]) -> list[Sense]:
    split = [split_words(header) for header in headers]
    english = _english()
    ours = sum(map(english.understands, split))
    if all(not english.read(split_words(header)).unknown for header in wanted) and 2 * ours >= sum(map(bool, split)):
        order = [english]
    else:
        order = choose_language(split, lexicons_for(headers))
    return [_read_header(header, order) for header in wanted]


def _read_header(header: str, order: Sequence[Lexicon]) -> Sense:
    if not header.isascii():  # `Vía` is not the English word
        order = sorted(order, key=lambda lexicon: lexicon.language == ENGLISH)
    words = split_words(header)
    parts = [part for text in _PARTS.split(header) if (part := split_words(text))]
    if len(parts) < 2:
        return _read_part(words, order)
    dated = any("day" in _look_up(part, order)[0].meanings for part in parts)
    also = frozenset(("day",)) if dated else frozenset()
    senses = [sense for part in parts if (sense := _read_part(part, order, also=also)).fields or sense.why]
    if not senses:
        return _read_part(words, order)
    first = senses[0]
    if "/" in header and first.why == NO_FOLLOW_UP:  # `Unit / Position`
        first = next((sense for sense in senses if sense.fields), first)
    ends = next((sense.fields for sense in senses[1:] if sense.fields[:1] in (("status",), ("outcome",))), ())
    fields = first.fields + ends if first.fields == ("notes",) else first.fields  # `Notes / result`: the cells tell
    return Sense(fields, first.sure * _PART, first.why, first.rank, first.unknown)


def _read_part(words: Sequence[str], order: Sequence[Lexicon], *, also: frozenset[str] = frozenset()) -> Sense:
    found, foreign = _look_up(words, order)
    if not found.meanings:
        return Sense()
    rule = load_grammar().rule_for(found.meanings | also) or load_grammar().rule_for(found.meanings)
    if rule is None:
        return Sense()
    sure = rule.sure * _UNKNOWN_WORD**found.unknown * (_FOREIGN if foreign else 1.0)
    fields = tuple(name for name in rule.fields if name in FIELDS or name in EXTRA_FIELDS)
    if rule.fields and not fields:
        return Sense(why="posting_day")
    return Sense(fields, sure, rule.why, rank=1_000 + len(words), unknown=found.unknown)


def _look_up(words: Sequence[str], order: Sequence[Lexicon]) -> tuple[Words, bool]:
    """What the first of these languages says that knows all the words, else the one that knows most of them."""
    found = [lexicon.read(words) for lexicon in order]
    best = min(range(len(found)), key=lambda place: (found[place].unknown, place))
    return found[best], order[best].language not in (order[0].language, ENGLISH)
