"""The words of statuses, with what each row of them says, out of `mappings/status_words.toml`.

A **sense** is what a word or a row of words says: rejected, offer, sent ... One that says where a lead stands is a
**claim**; the others are turns (`status_scan`). A word may have several. The longest row wins: "no longer interested"
is not "interested".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from msgspec import Struct

from sync import toml
from sync.models import Stage
from sync.patterns import lazy_compile
from sync.reading.date_lexicon import shipped_date_words

ENDS: Mapping[str, Stage] = {"rejected": Stage.REJECTED, "withdrawn": Stage.WITHDRAWN}
STEPS: Mapping[str, Stage] = {
    "no_answer": Stage.NO_ANSWER,
    "on_hold": Stage.ON_HOLD,
    "offer": Stage.OFFER,
    "interview": Stage.INTERVIEW,
    "test": Stage.ASSESSMENT,
    "reply": Stage.IN_TOUCH,
    "review": Stage.SENT,
    "unanswered": Stage.SENT,
    "followed": Stage.SENT,
    "sent": Stage.SENT,
    "open": Stage.SENT,
    "idea": Stage.IDEA,
    "keen": Stage.IDEA,
}
"""What a lead is by its furthest claim; the order is that of precedence."""
CLAIMS = frozenset((*ENDS, *STEPS, "accepted", "closed", "over"))
SIGNS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u3005\u3006"
"""Ranges of the signs of Chinese, Japanese and Korean, which stand without spaces."""
_SIGN = re.compile(f"[{SIGNS}]")
_WORD = re.compile(r"[^\W\d_]+")
_ALIKE = 0.88
"""How much a slip of the pen is like its word."""
_PARTS = rf"[{SIGNS}]|[^\s\-{SIGNS}]+"
_APOSTROPHES = lazy_compile(r"(?<=\w)['’`´](?=\w)")
_CYRILLIC = "\u0400"
"""From here on a mark is a part of its letter: `й` is no `и`."""
_ACCENTED = lazy_compile("[\u0080-\u03ff\u1e00-\u1fff]")
"""Where letters of Latin and Greek may have accents, or an accent stands by itself."""
_FOLDED = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i", "ё": "е", "œ": "oe"})


class Entry(Struct, frozen=True):
    """A row of words with its senses; without one it says nothing."""

    words: tuple[str, ...]
    senses: frozenset[str]

    @property
    def weight(self) -> tuple[int, int, int]:
        """The longer entry wins, then the one that says its words in full, or more of them."""
        return len(self.words), -sum("*" in word for word in self.words), sum(map(len, self.words))


class StatusWords(Struct, frozen=True, dict=True, eq=False):
    """All entries, found by their first word: the word itself, its first two letters, or any (`*x`)."""

    whole: Mapping[str, tuple[Entry, ...]]
    begun: Mapping[str, tuple[Entry, ...]]
    ended: tuple[Entry, ...]
    spelled: Mapping[str, str]
    """Shortened words with a sign in them (`i/v`), each in full."""
    weekdays: frozenset[str]
    small: frozenset[str]
    neutral: frozenset[str]
    ways: frozenset[str]
    """What follows one of them is a place or a person: "applied via" a job board."""
    single: Mapping[str, frozenset[str]]
    """Senses of entries of one whole word: what a slip of the pen is compared with."""

    @cached_property
    def _shapes(self) -> Mapping[int, Sequence[tuple[int, str]]]:
        """The single words by their length, each with its letters."""
        shapes: dict[int, list[tuple[int, str]]] = {}
        for word in self.single:
            shapes.setdefault(len(word), []).append((_letters_of(word), word))
        return shapes

    def nearest(self, token: str) -> str:
        """The single word that this one is a slip of; empty where none is near.

        Each letter that only one of two words has is one of those that part them, and most words have too many.
        """
        letters, near = _letters_of(token), []
        for length, shapes in self._shapes.items():
            parted = (1 - _ALIKE) * (len(token) + length)
            if abs(length - len(token)) <= parted:
                near += [word for others, word in shapes if (letters ^ others).bit_count() <= parted]
        return next(iter(get_close_matches(token, near, 1, _ALIKE)), "")

    def find(self, tokens: Sequence[str], start: int) -> Entry | None:
        """The best entry that begins here."""
        token = tokens[start]
        candidates = (*self.whole.get(token, ()), *self.begun.get(token[:2], ()), *self.ended)
        fitting = sorted((e for e in candidates if _fits(e.words, tokens, start)), key=lambda e: e.weight, reverse=True)
        if not fitting:
            return None
        best = fitting[0]
        alike = [entry for entry in fitting if len(entry.words) == len(best.words)]
        claims = next((entry.senses & CLAIMS for entry in alike if entry.senses & CLAIMS), frozenset())
        turns = frozenset(sense for entry in alike for sense in entry.senses - CLAIMS)
        return best if best.senses == claims | turns else Entry(best.words, claims | turns)

    def may_tell(self, text: str, senses: frozenset[str]) -> bool:
        """Whether the words of an entry with one of these senses stand in it, in any order: few notes have them."""
        known, begun, signs = _needed(self, senses)
        plain = fold(text)
        said = set(_WORD.findall(plain))
        if any(said.issuperset(entry) for word in said & known.keys() for entry in known[word]):
            return True
        if any(word.startswith(begun) for word in said):
            return True
        return not plain.isascii() and any(sign in plain for sign in signs)


@cache
def _needed(
    words: StatusWords, senses: frozenset[str]
) -> tuple[Mapping[str, Sequence[Sequence[str]]], tuple[str, ...], tuple[str, ...]]:
    """The entries with one of these senses by their longest word, the beginnings of others, and rows of signs."""
    entries = (entry for known in (*words.whole.values(), *words.begun.values()) for entry in known)
    found = [entry.words for entry in entries if entry.senses & senses]
    known: dict[str, list[Sequence[str]]] = {}
    begun: set[str] = set()
    for said in found:
        if any(word.endswith("*") for word in said):
            begun |= {word[:-1] for word in said if word.endswith("*")}
        elif not _SIGN.match(said[0]):
            known.setdefault(max(said, key=len), []).append(said)
    return known, tuple(begun), tuple("".join(said) for said in found if _SIGN.match(said[0]))


def _letters_of(word: str) -> int:
    """A bit for each of its letters; two letters may share one."""
    return sum({1 << ord(letter) % 64 for letter in word})


def _fits(words: Sequence[str], tokens: Sequence[str], start: int) -> bool:
    if start + len(words) > len(tokens):
        return False
    for word, token in zip(words, tokens[start:], strict=False):
        if word == token:
            continue
        if word.endswith("*") and token.startswith(word[:-1]):
            continue
        if word.startswith("*") and token.endswith(word[1:]) and len(token) > len(word) - 1:
            continue
        return False
    return True


def parse_status_words(text: str) -> StatusWords:
    """The words in the text of `status_words.toml`."""
    senses: dict[tuple[str, ...], frozenset[str]] = {}
    listed: dict[str, frozenset[str]] = {}
    document: dict[str, Any] = toml.loads(text)
    small = frozenset(fold(word) for word in document["small"]["any"])
    spelled = document.pop("spelled")
    heard = tuple(word for several in document.pop("heard").values() for word in several)
    nothing: frozenset[str] = frozenset()
    for sense, languages in document.items():
        words = [word for several in languages.values() for word in several]
        if sense in ("small", "neutral", "way"):
            listed[sense] = frozenset(fold(word) for word in words)
        if sense in ("small", "way"):
            continue
        own = frozenset((sense,))
        for word in words:
            tokens = tuple(_tokens(word))
            if not small.isdisjoint(tokens):
                tokens = tuple(token for token in tokens if token not in small)
            if sense != "neutral":
                senses[tokens] = senses[tokens] | own if tokens in senses else own
            elif len(tokens) > 1:  # `简历`: compared sign by sign, and says nothing
                senses.setdefault(tokens, nothing)
    dates = shipped_date_words()
    counts = {word for numbers in dates.hour.numbers.values() for word in numbers}
    whole: dict[str, list[Entry]] = {}
    begun: dict[str, list[Entry]] = {}
    ended: list[Entry] = []
    for tokens, found in senses.items():
        if "reply" in found and any(token.startswith(heard) for token in tokens):
            found |= {"heard"}
        if len(tokens) > 1 and not found.isdisjoint(("idea", "todo")) and "limit" in senses.get(tokens[-1:], ()):
            found |= {"limit"}  # "apply by": the day behind it is its last
        entry, first = Entry(tokens, found), tokens[0]
        if first.startswith("*"):
            ended.append(entry)
        elif first.endswith("*"):
            begun.setdefault(first[:2], []).append(entry)
        else:
            whole.setdefault(first, []).append(entry)
    return StatusWords(
        whole={word: tuple(entries) for word, entries in whole.items()},
        begun={word: tuple(entries) for word, entries in begun.items()},
        ended=tuple(ended),
        spelled={f" {short} ": f" {whole} " for short, whole in spelled.items()},
        weekdays=frozenset(map(fold, dates.weekdays)),
        small=small,
        neutral=listed["neutral"] | listed["way"] | frozenset(map(fold, (*counts, *dates.months))),
        ways=listed["way"],
        single={t[0]: found for t, found in senses.items() if len(t) == 1 and "*" not in t[0]},
    )


@cache
def shipped_status_words() -> StatusWords:
    """The words that lie in `mappings/`: read once, and only where a status is not known as a whole."""
    return parse_status_words(files("mappings").joinpath("status_words.toml").read_text("utf-8"))


def fold(text: str) -> str:
    """One width, lower case, without apostrophes and accents of Latin and Greek letters."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold()).translate(_FOLDED)
    if plain.isascii():
        return plain
    if not _ACCENTED.search(plain):
        return unicodedata.normalize("NFC", plain)
    letters: list[str] = []
    for letter in unicodedata.normalize("NFD", plain):
        if unicodedata.combining(letter) and letters and letters[-1] < _CYRILLIC:
            continue
        letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters))


def _tokens(pattern: str) -> list[str]:
    """The words of an entry; a star stays with its word. Most are plain letters, and there are thousands."""
    if pattern.isascii() and "'" not in pattern:
        return pattern.lower().replace("-", " ").split()
    return re.findall(_PARTS, fold(pattern))
