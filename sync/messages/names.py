"""People's names as a letter uses them: who is greeted how, and what words before a name become.

A sheet may say `Reed, Dana`, `Herrn Dr. Jan Weber` or `Dana Reed, MBA`. The words are those of `mappings/names.toml`.
A name without any of them stays as the sheet spells it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files

from msgspec import Struct

from sync import toml

_FREE = "'\"“”‘’«»„"
_INITIAL = re.compile(r"\w\.?")


class Name(Struct, frozen=True):
    """A name taken apart. `form` is mr, ms, mrs or empty; `titles` are spelled as in the sheet."""

    form: str
    titles: str
    given: str
    family: str

    @property
    def bare(self) -> str:
        """The name without the words around it, in the order in which it is said."""
        return f"{self.given} {self.family}".strip()

    @property
    def first(self) -> str:
        """The name a friend would use; nothing where only the family name is known."""
        words = self.given.split() or ([] if self.form or self.titles else self.family.split())
        return next((word for word in words if not _INITIAL.fullmatch(word)), words[0] if words else "").strip(_FREE)


@cache
def _words() -> Mapping[str, Mapping[str, Sequence[str] | str]]:
    return toml.loads(files("mappings").joinpath("names.toml").read_text("utf-8"))


@cache
def _kinds() -> Mapping[str, str]:
    """The words before a name, each with what it is."""
    words = _words()["words"]
    return {word: kind for kind in ("mr", "ms", "mrs", "titles", "unsaid") for word in words[kind]}


@lru_cache(maxsize=4096)
def read_name(text: str) -> Name:
    """The name that a cell says."""
    text = _in_order(text)
    form, rest = "", text.split()
    titles: list[str] = []
    while rest and (kind := _kinds().get(_plain(rest[0]))) and (kind != "unsaid" or titles or len(rest[0]) > 2):
        if kind == "titles":
            titles.append(rest[0])
        elif kind != "unsaid":
            form = form or kind
        rest = rest[1:]
    particles = _words()["words"]["particles"]
    begins = max(len(rest) - 1, 0)
    while begins > 1 and _plain(rest[begins - 1]) in particles:
        begins -= 1
    if form and begins == 1 and len(rest) > 1 and _plain(rest[0]) in particles:
        begins = 0  # Frau von Berg
    return Name(form, " ".join(titles), " ".join(rest[:begins]), " ".join(rest[begins:]))


def _in_order(text: str) -> str:
    """`Reed, Dana` as `Dana Reed`, without what is only put behind a name; two names beside each other stay."""
    if "," not in text:
        return text
    words = _words()["words"]
    first, *others = [part.strip() for part in text.split(",")]
    given = [part for part in others if part and _plain(part) not in words["behind"]]
    family = [word for word in first.split() if _plain(word) not in words["particles"]]
    return f"{given[0]} {first}" if len(given) == 1 and len(family) == 1 else ", ".join([first, *given])


def _plain(word: str) -> str:
    return word.casefold().replace(".", "").strip()


def as_said(text: str, language: str, *, declined: bool = False) -> str:
    """The name in a sentence, with the form of address that this language has for it (`Herr`, `Mr`).

    `declined`: as it stands behind a preposition or as an object.
    """
    return both_said(text, language)[declined]


@lru_cache(maxsize=4096)
def both_said(text: str, language: str) -> tuple[str, str]:
    """The name as a sentence has it, and declined."""
    ordered = _in_order(text)
    first, _, rest = ordered.partition(" ")
    if not rest or _kinds().get(_plain(first)) not in ("mr", "ms", "mrs"):
        return ordered, ordered
    name, forms = read_name(text), _words().get(language, _words()["en"])
    if not name.bare:
        return ordered, ordered
    plain, declined = forms[name.form], forms.get(f"{name.form}-declined", forms[name.form])
    if name.titles and forms.get("beside_titles") == "no":
        plain = declined = ""
    return (
        " ".join(filter(None, [str(plain), name.titles, name.bare])),
        " ".join(filter(None, [str(declined), name.titles, name.bare])),
    )
