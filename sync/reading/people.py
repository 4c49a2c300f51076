"""Who stands in a cell: names, mail addresses and telephone numbers, taken apart however they were put together.

`Tina Boyd, tboyd@elm.example`, `Marcus 555-201-3344`, `HR Nora nora@elm.example`, `a@elm.example / 312-555-0188`,
`Anna Kern (HR)`. Of several people in one cell the first is the contact, with their own address. What names nobody
(`front desk`, `Personalabteilung`) is no name. The words are `[cells]` in `mappings/names.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from sync import toml
from sync.models import Person
from sync.patterns import lazy_compile
from sync.reading.cells import without_links

MAIL = re.compile(r"[^@\s<>,;:\"'()\[\]\\/|]{1,64}@[^@\s<>,;:\"'()\[\]\\/|]{1,190}\.[^\W\d_]{2,24}")
_PHONE = re.compile(
    r"(?<![\w@.])\+?(?:\(\d[\d\s/.\-]{0,8}\)|\d)[\d\s()/.\-]{4,22}\d(?:\s*(?:x|ext\.?)\s*\d{1,6})?(?![\w@])",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[;\n|；]|\s/\s|,(?=\s*[^\W\d_][^,;@\s]*\s[^,;@]*@)")
_LINK = re.compile(r"\s*\(?(?:https?://|www\.)[^\s()]*\)?", re.IGNORECASE)
_BRACKET = re.compile(r"\s*[(（\[]([^()（）\[\]]*)[)）\]]\s*")
_DASH = lazy_compile(r"\s[-–—|]\s")
_EDGES = " \t,;:/|<>-–—·"
_PLAIN = re.compile(r"[^\W\d_]+(?:[ .'’-]+[^\W\d_]+)*(?: \d{1,5})?\.?")
"""Words, and fewer figures than `_FIGURES_OF_A_NUMBER` behind them."""
_ELIDED = re.compile(r"^[lL]['’](?=[^\W\d_])")
"""`l'ami de Marc`"""
_POSSESSIVE = re.compile(r"[^\W\d_]['’]s(?=\s|$)")
_FIGURES_OF_A_NUMBER = 6
_LETTERS_OF_A_NAME = 3
"""The fewest letters of a word that tells whose address it is where others stand around it."""
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class _Words(Struct, frozen=True):
    """All in lower case and without full stops."""

    nobody: frozenset[str]
    articles: frozenset[str]
    roles: frozenset[str]
    before: tuple[str, ...]
    grades: frozenset[str]
    first: frozenset[str]
    """How cells begin that may hold more than a name, or nobody's: their first words."""
    labels: re.Pattern[str]
    before_numbers: frozenset[str]
    """The last words of the labels."""
    between: re.Pattern[str]
    joined: frozenset[str]
    """The words between two names."""
    particles: frozenset[str]
    mine: frozenset[str]
    whose: frozenset[str]
    """What stands before one of `related`: words of possession, and such as `old`."""
    related: frozenset[str]
    """What somebody is to another."""
    bent: frozenset[str]
    """Those of languages where the end of a name says `of`."""
    of: frozenset[str]
    beside: frozenset[str]
    """Forms of address, and what a relative is called by: the name of their own begins with these."""
    given: frozenset[str]
    """Names that people are called by, family names among them; `given_only` are none."""
    given_only: frozenset[str]
    behind: frozenset[str]
    """Titles and degrees."""
    elsewhere: frozenset[str]
    """What nobody is called by: roles, departments and firms."""


@cache
def _words() -> _Words:
    names = toml.shipped("names.toml")
    cells, related, remarks = names["cells"], names["related"], names["remarks"]
    legal = toml.shipped("organisations.toml")["legal_forms"]
    between = "|".join(map(re.escape, cells["between"]))
    labels = "|".join(re.escape(word) for word in sorted(cells["labels"], key=len, reverse=True))
    return _Words(
        frozenset(cells["nobody"]),
        frozenset(cells["articles"]),
        frozenset(cells["roles"]),
        tuple(sorted(cells["before"], key=len, reverse=True)),
        frozenset(cells["grades"]),
        frozenset(
            _first_word(word)
            for word in (
                *cells["nobody"],
                *cells["before"],
                *cells["articles"],
                *cells["grades"],
                *related["mine"],
                *related["whose"],
                *related["what"],
                *related["bent"],
            )
        ),
        re.compile(rf"(?<![^\W\d_])(?:{labels})\s*[.:]?\s*(?=$|[\d+(]|[^\s@]+@)", re.IGNORECASE),
        frozenset(word.split()[-1].strip(".:") for word in cells["labels"]),
        re.compile(rf"\s*,\s*(?:(?:{between})\s+)?|\s+(?:{between})\s+|\s*/\s*", re.IGNORECASE),
        frozenset(cells["between"]),
        frozenset(names["words"]["particles"]),
        frozenset(related["mine"]),
        frozenset((*related["mine"], *related["whose"], *related["old"])),
        frozenset((*related["what"], *related["bent"])),
        frozenset(related["bent"]),
        frozenset(related["of"]),
        frozenset(word for kind in ("mr", "ms", "mrs", "either", "kin") for word in names["words"][kind]),
        frozenset((*names["given"]["only"], *names["given"]["also_family"])),
        frozenset(names["given"]["only"]),
        frozenset(word for kind in ("behind", "titles", "unsaid") for word in names["words"][kind]),
        frozenset((*cells["roles"], *remarks["departments"], *remarks["firms"], *legal)),
    )


def _first_word(text: str) -> str:
    return text.partition(" ")[0].casefold().strip(":.,;")


@lru_cache(maxsize=4096)
def find_people(text: str) -> tuple[Person, ...]:
    """The people of a cell, from the left. A way to reach somebody that stands alone belongs to the one before it."""
    people: list[Person] = []
    for part in _PARTS.split(_LINK.sub("", without_links(text))):
        mails = MAIL.findall(part)
        rest = MAIL.sub(" ", _words().labels.sub("", part).replace("mailto:", ""))
        phones = [phone for phone in _PHONE.findall(rest) if _is_number(phone)]
        rest = _PHONE.sub(lambda match: " " if _is_number(match[0]) else match[0], rest)
        name = clean_name(rest)
        name, *others = _joined_names(name)
        found = Person(name, mails[0] if mails else "", phones[0].strip() if phones else "")
        last = people[-1] if people else None
        if last and not name and not (found.email and last.email) and not (found.phone and last.phone):
            people[-1] = replace(last, email=last.email or found.email, phone=last.phone or found.phone)
        elif found != Person():
            people += [found, *map(Person, map(without_relation, others))]
    return tuple(people)


def _joined_names(name: str) -> list[str]:
    """`Carla Verdi e Ugo`, `Ada + Marc`, `Inés y su jefe Pablo` taken apart; what may be one couple stays whole.

    A couple (`Lou & Tim`, `Anna und Jan Weber`) is greeted as one, and `Ortega y Gasset` is a single family.
    """
    if len(several := names_apart(name)) > 1:
        return [*several]
    said, words = name.split(), _words()
    place = next((i for i, word in enumerate(said[1:-1], 1) if word.casefold() in words.joined), 0)
    if not place:
        return [name]
    one, other = " ".join(said[:place]), " ".join(said[place + 1 :])
    names = [is_whole_name(part) or part.casefold() in words.given for part in (one, other)]
    role = names[0] and other[0].islower() and said[-1][0].isupper() and len(said) <= place + 4
    both = all(names)
    apart = role or (both and (said[place] == "+" or " " in one))
    return [one, other] if apart else [name]


@lru_cache(maxsize=4096)
def names_apart(text: str) -> tuple[str, ...]:
    """`Kim Ito, Paul Brandt` and `Frau Lohr, Herr Kunz` taken apart, where each is a name of two words and more.

    `Sáez Gil, Marta Elena` and `van den Berg, Jan Willem` are one person, turned around.
    """
    words = _words()
    if "," not in text and "/" not in text:
        return (text,)
    parts = [part for part in words.between.split(text) if not _is_role(part, words)]
    if len(parts) < 2 or not all(_is_name_of_its_own(part, words) for part in parts):
        return (text,)
    first, other = _first_word(parts[0]), _plain(parts[-1]).split()
    before = words.given | words.beside | words.behind
    turned = first in words.particles or all(word in before for word in other)
    return (text,) if len(parts) == 2 and turned and first not in words.given | words.beside else tuple(parts)


def _is_name_of_its_own(text: str, words: _Words) -> bool:
    """Whether this is a whole name, or a form of address and a name, and no degree, department or firm."""
    said = _BRACKET.sub(" ", text).split()
    addressed = len(said) > 1 and _plain(said[0]) in words.beside and not said[0].isupper()
    name = " ".join(said[addressed:])
    plain = _plain(name).split()
    if "".join(plain) in words.behind or not any(len(word) > 1 and word not in words.behind for word in plain):
        return False
    return 2 <= len(said) <= 5 and _is_spelled_as_name(name) and words.elsewhere.isdisjoint(plain)


def names_beside(text: str) -> tuple[str, ...]:
    """The names of several people side by side (`Jan Weber, Eva Lang (HR) and Ute`); the whole text where it is one.

    Only where each is a name of two words and more, or one that people are called by: `Reed, Dana` is one person, so is
    `Dana Reed, team lead`.
    """
    parts = [clean_name(_without_part_played(part)) for part in _words().between.split(text)]
    given = _words().given_only if "," in text else _words().given
    named = all(is_whole_name(part) or part.casefold() in given for part in parts)
    return tuple(parts) if len(parts) > 1 and named else (without_relation(text) or text,)


def _without_part_played(text: str) -> str:
    """`Eva Lang - HR` without what she does."""
    name, *part = _DASH.split(text, maxsplit=1)
    return name if part and _is_role(part[0], _words()) else text


def is_whole_name(text: str) -> bool:
    """Whether the text is a name of two words and more, and says of nobody what they do."""
    return 2 <= len(text.split()) <= 5 and _is_spelled_as_name(text)


def _is_spelled_as_name(text: str) -> bool:
    words = _words()
    if not all(word[0].isupper() or word.casefold() in words.particles for word in text.split()):
        return False
    return not any(map(str.isdigit, text)) and words.roles.isdisjoint(_plain(text).split())


@lru_cache(maxsize=4096)
def names_person(text: str) -> bool:
    """Whether a cell that may say anything is somebody's name: two words and more, the first one a given name."""
    name = text.strip()
    return is_whole_name(name) and _first_word(name) in _words().given


def fits_address(name: str, mail: str) -> bool:
    """Whether this mail address is made of that name: a word of the name stands before the sign, a short one alone."""
    local = _fold(mail.rpartition("@")[0])
    parts = local.split()
    return any(word in parts or (len(word) >= _LETTERS_OF_A_NAME and word in local) for word in _fold(name).split())


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().translate(_LETTERS))
    return re.sub(r"[\W_]+", " ", re.sub("[\u0300-\u036f]", "", plain))


def _is_number(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= _FIGURES_OF_A_NUMBER


def clean_name(text: str) -> str:
    """The name in this text without what is no part of it; empty where it names nobody."""
    words = _words()
    inside = [found.strip() for found in _BRACKET.findall(text) if found.strip()]
    outside = _BRACKET.sub(lambda match: " " if _is_role(match[1], words) else match[0], text)
    name = without_relation(_without_role(" ".join(outside.split()).strip(_EDGES + "'\""), words))
    bare = _BRACKET.sub(" ", name).strip(_EDGES)
    if _names_nobody(_plain(re.sub(r"[\d#]+", "", bare)), words) or not any(map(str.isalpha, bare)):
        return next((one for one in map(clean_name, inside) if one and not _is_role(one, words)), "")
    return name


@lru_cache(maxsize=4096)
def without_relation(name: str) -> str:
    """`her boss Ray` and `Kim's friend Ray` without what he is to her; empty for `a friend of Kim`, who is not named.

    `Boss` is a family name as well, so that something must stand before it, or it is written small.
    """
    words, said = _words(), _ELIDED.sub("le ", name).split()
    plain = [word.casefold().strip(_EDGES + ".") for word in said]
    begins = 1 if said and _POSSESSIVE.search(said[0]) else 0
    while begins < len(said) and (plain[begins] in words.whose or plain[begins] in words.articles):
        begins += 1
    ends = begins
    while ends < len(said) and plain[ends] in words.related:
        ends += 1
    first, rest = " ".join(said[begins:]), said[ends:]
    if ends == begins or (not begins and said[0][0].isupper() and not (rest and plain[ends] in words.of)):
        return name
    if plain[begins] in words.beside and plain[0] not in words.whose - words.mine:
        return first if begins and plain[0] in words.mine else name
    whose = begins > 0 and plain[0] not in words.articles
    of_another = bool(rest) and (plain[ends] in words.of or plain[ends - 1] in words.bent or rest[0].startswith("d'"))
    return "" if of_another and not whose else " ".join(rest).strip(_EDGES)


def _names_nobody(plain: str, words: _Words) -> bool:
    """Whether this is a function and no person: `reception`, `the hiring manager`."""
    first, _, rest = plain.partition(" ")
    if not rest or first not in words.articles:
        return plain in words.nobody
    return plain in words.nobody or rest in words.nobody or _is_role(rest, words)


def _is_role(text: str, words: _Words) -> bool:
    """Whether this says what somebody does, not who it is: `HR`, `talent`, `EM`."""
    plain = text.strip(_EDGES)
    short = len(plain) < 5 and plain.isupper()
    return not plain or short or all(word in words.roles for word in _plain(plain).split())


def _without_role(name: str, words: _Words) -> str:
    """`HR Nora` and `ask for Jo` without what stands before the name."""
    for lead in words.before if _first_word(name.replace(":", " ", 1)) in words.first else ():
        head, rest = name[: len(lead)], name[len(lead) :]
        capitals = lead.isupper()
        if (
            (head == lead or (not capitals and head.casefold() == lead))
            and rest[:1] in (" ", ":")
            and rest.strip(_EDGES)
        ):
            shouted = capitals and rest.isupper()
            return name if shouted else rest.strip(_EDGES)
    return _without_grade(name, words)


def _without_grade(name: str, words: _Words) -> str:
    """`Sr. Recruiter Dana Reed` is Dana Reed; `Sr. García` stays a señor."""
    said = name.split()
    plain = [_plain(word) for word in said]
    ends = 1
    while ends < len(said) and plain[ends] in words.roles:
        ends += 1
    graded = bool(said) and plain[0] in words.grades and 1 < ends < len(said)
    return " ".join(said[ends:]) if graded else name


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace(".", " ").split())


def is_name_alone(text: str) -> bool:
    """Whether the text is a name and nothing that has to be taken from it; that of most cells is."""
    words = _words()
    if not _PLAIN.fullmatch(text) or _first_word(text) in words.first:
        return False
    if _POSSESSIVE.search(text) or _ELIDED.match(text):
        return False
    if len(_joined_names(text)) > 1:
        return False
    figures = text[-1].isdigit()
    return not figures or text.split()[-2].casefold().strip(".:") not in words.before_numbers
