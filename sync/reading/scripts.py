"""Scripts by their letters, and words as a pattern.

No pattern of a script's letters: one of so many letters takes as long to make as a hundred others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    return "(?:" + "|".join(map(_whole, several)) + ")"


def _whole(word: str) -> str:
    if is_unspaced(word) or not word[0].isalpha():
        return re.escape(word)
    return rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])"


def _has(letters: Iterable[str], first: str, last: str) -> bool:
    return any(first <= letter <= last for letter in letters)
