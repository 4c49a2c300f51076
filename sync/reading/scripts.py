"""Scripts by their letters, and words as a pattern.

No pattern of a script's letters: one of so many letters takes as long to make as a hundred others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby, starmap

_SCRIPTS = (
    ("hangul", "\uac00", "\ud7a3"),
    ("kana", "\u3040", "\u30ff"),
    ("han", "\u3400", "\u9fff"),
    ("thai", "\u0e00", "\u0e7f"),
    ("arabic", "\u0600", "\u06ff"),
    ("hebrew", "\u0590", "\u05ff"),
    ("greek", "\u0370", "\u03ff"),
    ("cyrillic", "\u0400", "\u04ff"),
)
_UNSPACED = {"hangul", "kana", "han", "thai"}


def scripts_of(text: str) -> set[str]:
    """The scripts in this text that are not Latin."""
    return set() if text.isascii() else {name for name, first, last in _SCRIPTS if _has(text, first, last)}


def is_unspaced(text: str) -> bool:
    """Whether a letter of it belongs to a script that needs no spaces between words."""
    return not scripts_of(text).isdisjoint(_UNSPACED)


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of these words, the longest first; whole ones where their script parts words by blanks."""
    several = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(starmap(_one_of, groupby(several, key=_is_parted))) + ")"


def _one_of(parted: bool, words: Iterable[str]) -> str:
    """Any of these words. What tells whole ones stands around all: around each it is tried at each letter."""
    pattern = "(?:" + "|".join(map(re.escape, words)) + ")"
    return rf"(?<![^\W\d_]){pattern}(?![^\W\d_])" if parted else pattern


def _is_parted(word: str) -> bool:
    """Whether its script parts words by blanks."""
    return word[0].isalpha() and not is_unspaced(word)


def _has(letters: Iterable[str], first: str, last: str) -> bool:
    return any(first <= letter <= last for letter in letters)
