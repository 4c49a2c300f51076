"""People's names as a letter uses them: who is greeted how, and what words before a name become.

A sheet may say `Reed, Dana`, `Herrn Dr. Jan Weber`, `Mr. and Mrs. Reed` or `Dana Reed, MBA`. What stands beside a name
is taken from it before (`remarks`). The words are those of `mappings/names.toml`. A name without any of them stays as
the sheet spells it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache

from msgspec import Struct

from sync import toml
from sync.messages.remarks import name_alone
from sync.safe_text import clean

SEVERAL = "several"
"""The form of a name that is several people's: no single one of them is greeted."""
_EITHER = "either"
"""The form of a family name alone whose form of address is a man's and a woman's: `p. Nowak`."""
_ADDRESSES = ("mr", "ms", "mrs")
_FREE = "'\"“”‘’«»„"
_INITIAL = re.compile(r"\w\.?")


class Name(Struct, frozen=True):
    """A name taken apart. `form` is mr, ms, mrs, either, several or empty; `titles` are spelled as in the sheet.

    Of several people (`Mr and Mrs Reed`, `Lou & Tim`) the names are the family. `kin` is what a relative is called
    by, beside the first name (`Uncle Joe`).
    """

    form: str
    titles: str
    given: str
    family: str
    kin: str = ""

    @property
    def bare(self) -> str:
        """The name without the words around it, in the order in which it is said."""
        return f"{self.kin} {self.given} {self.family}".replace("  ", " ").strip()

    @property
    def first(self) -> str:
        """The name a friend would use; nothing where only the family name is known."""
        words = self.given.split() or ([] if self.form or self.titles else self.family.split())
        first = next((word for word in words if not _INITIAL.fullmatch(word)), words[0] if words else "").strip(_FREE)
        return f"{self.kin} {first}".strip()


@cache
def _words() -> Mapping[str, Mapping[str, Sequence[str] | str]]:
    return toml.shipped("names.toml")


@cache
def _kinds() -> Mapping[str, str]:
    """The words before a name, each with what it is."""
    words = _words()["words"]
    return {word: kind for kind in ("mr", "ms", "mrs", _EITHER, "titles", "unsaid") for word in words[kind]}


@cache
def _marks() -> AbstractSet[str]:
    """Every word that is no given or family name where it stands in a name."""
    return {*_words()["cells"]["between"], *(word for words in _words()["words"].values() for word in words)}


@lru_cache(maxsize=4096)
def read_name(text: str) -> Name:
    """The name that a cell says."""
    text = name_alone(text)
    form, rest = "", text.split()
    if "," not in text and _marks().isdisjoint(map(_plain, rest)):
        return Name("", "", " ".join(rest[:-1]), " ".join(rest[-1:]))  # most are
    if "," in text or _couple(rest) or any(word.casefold() in _words()["cells"]["between"] for word in rest[1:-1]):
        return Name(SEVERAL, "", "", text)
    titles: list[str] = []
    if _is_sister(rest):
        rest = rest[1:]
    while rest and (kind := _kind_before(rest[0], titled=bool(titles))):
        if kind == "titles":
            titles.append(rest[0])
        elif kind != "unsaid":
            form = form or kind
        rest = rest[1:]
    while len(rest) > 1 and _is_degree(rest[-1]):
        rest.pop()
    kin = rest.pop(0) if len(rest) > 1 and _plain(rest[0]) in _words()["words"]["kin"] else ""
    particles = _words()["words"]["particles"]
    begins = max(len(rest) - 1, 0)
    while begins > 1 and _plain(rest[begins - 1]) in particles:
        begins -= 1
    if form and begins == 1 and len(rest) > 1 and _plain(rest[0]) in particles:
        begins = 0  # Frau von Berg
    if form == _EITHER and (begins or titles):
        form = ""
    return Name(form, " ".join(titles), " ".join(rest[:begins]), " ".join(rest[begins:]), kin)


def _kind_before(word: str, *, titled: bool) -> str:
    """What this word before a name is; empty where it is an initial, or part of the name. `titled`: behind a title."""
    kind = _kinds().get(_plain(word), "")
    initial = (kind == "unsaid" and not titled and len(word) <= 2) or (kind == _EITHER and not word.islower())
    return "" if initial else kind


def _is_degree(word: str) -> bool:
    """Whether this stands behind a name and is none itself: `PhD`, `Jr.`, `MA`, and not the family name `Ma`."""
    plain = _plain(word)
    behind = _words()["words"]
    return plain in behind["behind"] and not (plain in behind["also_names"] and word.replace(".", "").istitle())


def _is_sister(said: Sequence[str]) -> bool:
    """`Sr. Mary Kate`: before a name of women it is no señor."""
    return len(said) > 1 and _plain(said[0]) == "sr" and said[1].casefold() in _words()["sisters"]["given"]


def _both_of(couple: tuple[str, str], family: str, forms: Mapping[str, Sequence[str] | str]) -> tuple[str, str]:
    """`Mr and Mrs Reed`, and declined."""
    joint = f" {forms['and']} "
    declined = (str(forms.get(f"{form}-declined", forms[form])) for form in couple)
    return f"{joint.join(str(forms[form]) for form in couple)} {family}", f"{joint.join(declined)} {family}"


def _couple(said: Sequence[str]) -> tuple[str, str] | None:
    """The two forms of address that stand before one name: `Mr. and Mrs. Reed`."""
    forms, between = _kinds(), _words()["cells"]["between"]
    if len(said) < 4 or said[1].casefold() not in between:
        return None
    one, other = forms.get(_plain(said[0]), ""), forms.get(_plain(said[2]), "")
    return (one, other) if one in _ADDRESSES and other in _ADDRESSES else None


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
    ordered = name_alone(text)
    first, _, rest = ordered.partition(" ")
    if rest and _kind_before(first, titled=False) == _EITHER and not (named := read_name(text)).form:
        said = f"{named.titles} {named.bare}".strip()
        return said, said
    if not rest or _kinds().get(_plain(first)) not in _ADDRESSES or _is_sister(ordered.split()):
        return ordered, ordered
    name, forms = read_name(text), _words().get(language, _words()["en"])
    if couple := _couple(ordered.split()):
        return _both_of(couple, " ".join(ordered.split()[3:]), forms)
    if not name.bare or name.form == SEVERAL:
        return ordered, ordered
    plain, declined = forms[name.form], forms.get(f"{name.form}-declined", forms[name.form])
    if name.titles and forms.get("beside_titles") == "no":
        plain = declined = ""
    return (
        " ".join(filter(None, [str(plain), name.titles, name.bare])),
        " ".join(filter(None, [str(declined), name.titles, name.bare])),
    )


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """`A. R.` for Ana Reed."""
    return " ".join(f"{word[0].upper()}." for word in read_name(clean(name)).bare.split()[:3] if word[0].isalpha())
