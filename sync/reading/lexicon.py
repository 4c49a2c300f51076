"""The words of headers by what they mean, out of `mappings/headers/`: a lexicon for each language, read when needed.

- A **meaning** is a kind of fact (`sent`, `interview`) or a kind of value (`day`, `mail`); `grammar.toml` knows them.
- Words are compared folded: lower case, one width, no accents. `stem*` stands for every word that begins so, `word$`
  is meant only where the header ends with it: `Verstuurd op`, but not `Contact op het bedrijf`.
- A word may be found inside another: in languages whose words grow together, and where none are told apart by spaces.
- A word is known in its other forms, too: without the endings that its language has (`pozici` is `pozice`).
- The language of a header is that of its neighbours: `Data` beside `Empresa` is a date, `Stage` beside `Poste` a job.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated

from msgspec import Meta, Struct

from sync import toml
from sync.convert import convert
from sync.patterns import lazy_compile
from sync.reading.scripts import is_unspaced, scripts_of

ENGLISH = "en"

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEAM = lazy_compile(r"(?<=[A-Za-z])(?=[\u3040-\u9fff\uac00-\ud7a3])|(?<=[\u3040-\u9fff\uac00-\ud7a3])(?=[A-Za-z])")
"""Where a word ends without a space: `dateApplied`, `HR邮箱`."""
_WORD = re.compile(r"\d+(?:st|nd|rd|th|er|ere|eme)?(?![^\W\d_])|\d+|(?:[^\W\d_]|[\u0e31-\u0e4e])+|[#№]")
"""The marks of Thai are parts of its words."""
_ACCENTS = re.compile("[\u0300-\u036f]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "ß": "ss", "đ": "d", "ı": "i"})
_JOINTS = ("", "s", "es", "en", "n", "e", "er")
_LONGEST_HEADER = 120
"""Letters of a header that are looked at; what is longer is a text."""
_LONGEST_WORD = 40
"""Letters of a word that may have grown together; the ways to split a longer one are too many."""
_SHORTEST = 3
"""Letters of the shortest part of a grown word."""
_SHORTEST_STEM = 4
"""Letters of the shortest word that is left when an ending is taken off."""
_LONGEST_ENDING = 6
_ENOUGH = 0.2
"""The part of the headers that a language must explain to have a say."""
_NTH = re.compile(r"\d{1,2}(?:st|nd|rd|th|er|ere|eme)?")


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """What a set of meanings says: `all` of these, `any` of these, `none` of these."""

    all: frozenset[str] = frozenset()
    any: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    fields: tuple[str, ...] = ()
    sure: Annotated[float, Meta(ge=0, le=1)] = 0.0
    why: str = ""

    def fits(self, meanings: frozenset[str]) -> bool:
        """Whether a header with these meanings says what the rule says."""
        return (
            self.all <= meanings
            and self.none.isdisjoint(meanings)
            and (not self.any or not self.any.isdisjoint(meanings))
        )


class Grammar(Struct, frozen=True, forbid_unknown_fields=True):
    """`grammar.toml`."""

    compounds: frozenset[str]
    endings: dict[str, tuple[str, ...]]
    day_first: frozenset[str]
    month_first: frozenset[str]
    counts_to_24: frozenset[str]
    scripts: dict[str, tuple[str, ...]]
    parts: dict[str, tuple[str, ...]]
    rule: tuple[Rule, ...]

    def rule_for(self, meanings: frozenset[str]) -> Rule | None:
        """The first rule that fits."""
        return next((rule for rule in self.rule if rule.fits(meanings)), None)


class Words(Struct, frozen=True):
    """What one language makes of some words."""

    meanings: frozenset[str]
    unknown: int
    """How many of the words it does not know."""


class Lexicon(Struct, frozen=True):
    """The header words of one language."""

    language: str
    words: Mapping[str, frozenset[str]]
    stems: Mapping[str, frozenset[str]]
    longest: int
    """Words of the longest phrase."""
    grown: bool
    """Whether words grow together in this language."""
    endings: frozenset[str] = frozenset()
    """Those of the forms of its words."""
    forms: Mapping[str, frozenset[str]] = {}
    """Words without their ending. What words of different meaning have in common is none."""

    def read(self, words: Sequence[str]) -> Words:
        """The meanings of these words, a phrase before its parts."""
        meanings: set[str] = set()
        unknown = place = 0
        while place < len(words):
            for end in range(min(len(words), place + self.longest), place, -1):
                phrase = " ".join(words[place:end])
                found = self.words.get(f"{phrase}$") if end == len(words) else None
                found = found or self.words.get(phrase)
                if found is not None:
                    break
            else:
                end, found = place + 1, self._read_word(words[place])
            if found is None:
                unknown += 1
            else:
                meanings |= found
            place = end
        return Words(frozenset(meanings - {"filler"}), unknown)

    def understands(self, words: Sequence[str]) -> bool:
        """Whether it knows every one of these words, and they say something."""
        found = self.read(words)
        return bool(found.meanings - {"nth"}) and not found.unknown

    def _read_word(self, word: str) -> frozenset[str] | None:
        if _NTH.fullmatch(word):
            return frozenset(("nth",))
        if is_unspaced(word):
            return self._find_inside(word)
        if word in self.words:
            return self.words[word]
        if form := self._in_a_form(word):
            return form
        split = self._split(word) if self.grown and len(word) <= _LONGEST_WORD else None
        return split or self._begins(word)

    def _begins(self, word: str) -> frozenset[str] | None:
        known = self.words.get(word)
        if known is not None:
            return known
        ends = range(len(word), _SHORTEST - 1, -1)
        return next((found for end in ends if (found := self.stems.get(word[:end]))), None) or self._in_a_form(word)

    def _in_a_form(self, word: str) -> frozenset[str] | None:
        return next((found for stem in _stems_of(word, self.endings) if (found := self.forms.get(stem))), None)

    def _split(self, word: str) -> frozenset[str] | None:
        for end in range(len(word) - _SHORTEST, _SHORTEST - 1, -1):
            head = self.words.get(word[:end])
            if head is None:
                continue
            for joint in _JOINTS:
                rest = word[end + len(joint) :]
                if len(rest) >= _SHORTEST and word.startswith(joint, end):
                    tail = self._begins(rest) or self._split(rest)
                    if tail is not None:
                        return head | tail
        return None

    def _find_inside(self, word: str) -> frozenset[str] | None:
        """Where no spaces tell words apart: the longest known ones from the left; more than half must be known."""
        found: set[str] = set()
        known = place = 0
        while place < len(word):
            ends = range(len(word), place, -1)
            end = next((end for end in ends if word[place:end] in self.words), 0)
            if end:
                found |= self.words[word[place:end]]
                known += end - place
            place = end or place + 1
        return frozenset(found) if 2 * known > len(word) else None


def split_words(header: str) -> list[str]:
    """The folded words of a header: `dateApplied` and `Date-Applied:` have the same."""
    parted = _HUMP.sub(" ", header[:_LONGEST_HEADER])
    return _WORD.findall(_fold(parted if parted.isascii() else _SEAM.sub(" ", parted)))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    if plain.isascii() or is_unspaced(plain):
        return plain
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))


def lexicons_for(texts: Iterable[str]) -> tuple[Lexicon, ...]:
    """English, and the languages written in the scripts of these texts."""
    grammar, joined = load_grammar(), " ".join(texts)
    scripts = scripts_of(joined) or {"latin"}
    names = [name for script, several in grammar.scripts.items() if script in scripts for name in several]
    return tuple(load_lexicon(name) for name in dict.fromkeys((ENGLISH, *names)))


def choose_language(headers: Sequence[Sequence[str]], lexicons: Sequence[Lexicon]) -> list[Lexicon]:
    """The lexicons in the order in which they are believed: the one that explains most headers first, then English."""
    explained = {lexicon.language: sum(lexicon.understands(words) for words in headers) for lexicon in lexicons}
    best = max(lexicons, key=lambda lexicon: explained[lexicon.language])
    enough = max(1, _ENOUGH * sum(map(bool, headers)))
    others = [
        lexicon
        for lexicon in lexicons
        if lexicon is not best and (lexicon.language == ENGLISH or explained[lexicon.language] >= enough)
    ]
    return [best, *sorted(others, key=lambda lexicon: (lexicon.language != ENGLISH, -explained[lexicon.language]))]


@cache
def load_grammar() -> Grammar:
    """The shipped grammar."""
    return convert(toml.loads(files("mappings").joinpath("headers/grammar.toml").read_text("utf-8")), Grammar)


@cache
def load_lexicon(language: str) -> Lexicon:
    """The shipped lexicon of a language."""
    text, grammar = files("mappings").joinpath(f"headers/{language}.toml").read_text("utf-8"), load_grammar()
    endings = frozenset(map(_fold, grammar.endings.get(language, ())))
    return parse_lexicon(text, language=language, grown=language in grammar.compounds, endings=endings)


def parse_lexicon(text: str, *, language: str, grown: bool, endings: frozenset[str] = frozenset()) -> Lexicon:
    """The lexicon in this text: meanings with their words."""
    words: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    longest = 1
    for meaning, several in toml.loads(text).items():
        for entry in several:
            parts, last = _words_of(entry), "$" * entry.endswith("$")
            longest = max(longest, len(parts))
            for form in {" ".join(parts), "".join(parts)}:
                words.setdefault(form + last, set()).add(meaning)
            if entry.endswith("*"):
                stems.setdefault("".join(parts), set()).add(meaning)
    known = {form: frozenset(meanings) for form, meanings in words.items()}
    return Lexicon(
        language,
        known,
        {form: frozenset(meanings) for form, meanings in stems.items()},
        longest,
        grown,
        endings,
        _cut_forms(known, endings),
    )


def _words_of(entry: str) -> list[str]:
    """The words of an entry. Most are plain letters, and there are thousands."""
    plain = entry.rstrip("*$")
    return (
        plain.split()
        if plain.isascii() and plain.islower() and plain.replace(" ", "").isalpha()
        else split_words(plain)
    )


def _cut_forms(words: Mapping[str, frozenset[str]], endings: frozenset[str]) -> Mapping[str, frozenset[str]]:
    forms: dict[str, frozenset[str] | None] = {}
    for word, meanings in words.items() if endings else ():
        if word.isalpha():
            for stem in _stems_of(word, endings):
                forms[stem] = meanings if forms.get(stem, meanings) == meanings else None
    return {stem: meanings for stem, meanings in forms.items() if meanings}


def _stems_of(word: str, endings: frozenset[str]) -> Iterator[str]:
    """The word, and what is left of it without each ending that it has; the longest first."""
    for end in range(len(word), max(_SHORTEST_STEM, len(word) - _LONGEST_ENDING) - 1, -1) if endings else ():
        if end == len(word) or word[end:] in endings:
            yield word[:end]
