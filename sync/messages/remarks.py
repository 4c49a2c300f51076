"""What people write beside a name in its cell, taken from it: a letter greets the person and nothing else.

`Ms. Tran (nurse manager)`, `Jane Doe - recruiter`, `Herr Beil, Technik`, `Bob from HR`, `Sue @ Elm`, `Kim Roe (https://...)`
are each a name and a remark; `Reed, Dana` is a family name and the name behind it, `Ruth, Symphony` is not.
The words are `[remarks]`, `[given]` and `[cells]` in `mappings/names.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from msgspec import Struct

from sync import toml
from sync.patterns import lazy_compile
from sync.reading.people import names_apart, without_relation

_BRACKET = lazy_compile(r"\s*[(（\[]([^()（）\[\]]*)(?:[)）\]]|$)")
_APART = lazy_compile(r"\s+[-–—|/•·]+\s+|\s*[|;•]\s*|\s+@\s*|(?<=\w):\s+|\s*[–—]\s*")
_EDGES = " \t,;:/|<>-–—·?!*~"
_SHORT = 5
"""From so many letters on a word in capitals is no abbreviation of what somebody does."""


class _Words(Struct, frozen=True):
    """All in lower case and without full stops."""

    forms: frozenset[str]
    titles: frozenset[str]
    behind: frozenset[str]
    particles: frozenset[str]
    nobody: frozenset[str]
    jobs: frozenset[str]
    """What somebody does, or where: roles and departments."""
    firms: frozenset[str]
    cut: frozenset[str]
    given: frozenset[str]
    given_only: frozenset[str]
    successor: re.Pattern[str]
    before: frozenset[str]
    """What stands before a name and belongs to it: forms of address and titles."""


@cache
def _words() -> _Words:
    names = toml.shipped("names.toml")
    legal = toml.shipped("organisations.toml")["legal_forms"]
    words, cells, remarks, given = names["words"], names["cells"], names["remarks"], names["given"]
    now = "|".join(re.escape(word) for word in sorted(remarks["successors"], key=len, reverse=True))
    forms = frozenset((*words["mr"], *words["ms"], *words["mrs"]))
    titles = frozenset((*words["titles"], *words["unsaid"]))
    return _Words(
        forms,
        titles,
        frozenset(words["behind"]),
        frozenset(words["particles"]),
        frozenset(cells["nobody"]),
        frozenset((*cells["roles"], *remarks["departments"])),
        frozenset((*remarks["firms"], *legal)),
        frozenset(remarks["cut"]),
        frozenset((*given["only"], *given["also_family"])),
        frozenset(given["only"]),
        re.compile(rf"(?:^|[\s,;–—-])(?:{now}|->|→|=>)\s+(?=(?P<name>[^\W\d_].*))"),
        forms | titles,
    )


@lru_cache(maxsize=4096)
def name_alone(text: str) -> str:
    """The name in this text in the order in which it is said, without what is only written beside it.

    Several names beside each other stay as they are.
    """
    if text.istitle() and text.replace(" ", "").isalnum():
        return text
    text, words = without_relation(text) or text, _words()
    inside = [found.strip() for found in _BRACKET.findall(text) if found.strip()]
    outside = " ".join(_BRACKET.sub(" ", text).replace(" ,", ",").split())
    now = words.successor.search(outside)
    if now and now["name"][0].isupper():
        outside = now["name"]
    parts = [part.strip(_EDGES) for part in _APART.split(outside)]
    named = [part for part in parts if any(not _says_no_name(one, words) for one in part.split(","))]
    if not named:
        return next((one for one in inside if not _says_no_name(one, words)), "") or outside.strip(_EDGES) or text
    first, *others = named
    if others and not _is_surely_named(first, words) and _is_surely_named(others[0], words):
        first = others[0]  # Acme - Jane Doe
    return _in_order(first, words)


def _in_order(text: str, words: _Words) -> str:
    """`Reed, Dana` as `Dana Reed`; what else stands behind a comma is a remark, unless it is a name of its own."""
    if "," not in text:
        return _cut(text, words)
    first, *others = [part.strip(_EDGES) for part in text.split(",")]
    others = [part for part in others if part and _plain(part) not in words.behind]
    if not first or (_says_no_name(first, words) and others):
        return _in_order(", ".join(others), words)
    before = [part for part in others if _plain(part) in words.titles]
    others = [part for part in others if part not in before]
    first = " ".join([*before, first])
    if len(others) == 1 and (_plain(others[0]) in words.forms or _is_given(first, others[0], words)):
        return _put_before(first, _cut(others[0], words), words)
    if others and all(_is_name_beside(part, words) for part in others):
        alone = _core(first, words)
        if len(alone) > 1 or len(others) > 1 or alone[0].casefold() in words.given_only:
            return ", ".join([first, *others])
    return _cut(first, words)


def _is_given(first: str, other: str, words: _Words) -> bool:
    """Whether these are a family name and a name that goes before it."""
    family, given = _core(first, words), _core(other, words)
    if len(names_apart(f"{first}, {other}")) > 1:
        return False
    if not family or not given or len(given) > 3 or _says_no_name(other, words) or _names_firm(first, words):
        return False
    if first[0].isupper() and not all(word[0].isupper() or not word[0].isalpha() for word in given):
        return other[0].islower() and not first[0].isupper()
    if not all(_plain(word).replace("-", "").replace("'", "").isalpha() for word in given):
        return False
    known = given[0].casefold() in words.given or given[0].casefold().partition("-")[0] in words.given
    if (
        len(family) > 1
        or first.split()[0].strip(".").casefold() in words.forms
        or len(family) < len(_bare(first, words))
    ):
        return known and family[0].casefold() not in words.given
    return family[0].casefold() not in words.given_only


def _core(text: str, words: _Words) -> list[str]:
    """The words of a name without forms, titles and particles."""
    return [word for word in _bare(text, words) if _plain(word) not in words.titles]


def _bare(text: str, words: _Words) -> list[str]:
    return [word for word in text.split() if _plain(word) not in words.particles | words.forms]


def _put_before(first: str, given: str, words: _Words) -> str:
    """`Herr Kern` and `Jan` as `Herr Jan Kern`."""
    said = first.split()
    begins = next((place for place, word in enumerate(said) if _plain(word) not in words.before), len(said))
    return " ".join([*said[:begins], given, *said[begins:]])


def _is_name_beside(text: str, words: _Words) -> bool:
    """Whether this is a person of its own: a whole name, or one that people are called by."""
    said = text.split()
    if not said or not all(word[0].isupper() or _plain(word) in words.particles for word in said):
        return False
    if _says_no_name(text, words) or _names_firm(text, words):
        return False
    return len(said) > 1 or text.casefold() in words.given_only


def _is_surely_named(text: str, words: _Words) -> bool:
    first = _plain(text.split()[0])
    return first in words.given or first in words.before


def _says_no_name(text: str, words: _Words) -> bool:
    """Whether this says what somebody does, or where, and not who it is."""
    text = text.strip(_EDGES)
    plain = _plain(text)
    if not any(map(str.isalpha, plain)) or plain in words.nobody:
        return True
    said = [word.strip(_EDGES) for word in plain.split()]
    if said[0] in words.before or said[0] in words.given_only:
        return False
    if text[0].islower() and said[0] in words.cut:
        return True
    if len(said) == 1 and text.isupper() and 1 < len(text) < _SHORT and said[0] in words.jobs:
        return True
    return said[0] in words.jobs or (said[-1] in words.jobs and len(said) > 1) or all(one in words.jobs for one in said)


def _names_firm(text: str, words: _Words) -> bool:
    said = _plain(text).split()
    return (
        "&" in said
        or "+" in said
        or (len(said) > 1 and said[-1] in words.firms)
        or any(one in words.jobs for one in said)
    )


def _cut(text: str, words: _Words) -> str:
    """The name up to the first word that belongs to none."""
    said = text.split()
    place = 1
    while place < len(said) and _plain(said[place - 1]) in words.before:
        place += 1
    while place < len(said):
        if _ends_name(said, place, words, shouted=text.isupper()):
            return " ".join(said[:place]).strip(_EDGES)
        place += 1
    return text.strip(_EDGES)


def _ends_name(said: Sequence[str], place: int, words: _Words, *, shouted: bool) -> bool:
    word = said[place]
    plain = _plain(word).strip(_EDGES)
    if word[0].islower() and plain in words.particles:
        following = [_plain(one) for one in said[place + 1 :] if _plain(one) not in words.particles]
        return not following or following[0] in words.jobs or following[0] in words.nobody
    if word.islower():
        return plain in words.cut or plain in words.jobs
    return word.isupper() and (plain in words.cut if shouted else 1 < len(plain) < _SHORT and plain in words.jobs)


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(".", " ").split()) if " " in text else text.casefold().replace(".", "")
