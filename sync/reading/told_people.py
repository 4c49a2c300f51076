"""People who stand in the words of a row, and in no column of contacts: "spoke to Mrs Patel, 555-0142".

Nobody is written to by them: it is not said that they are the one to write to. They are named, so that they can be put
where they are read. Addresses and numbers are known by their form, a name only behind plain words (`[told]` in
`mappings/names.toml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from sync import toml
from sync.models import Note
from sync.patterns import lazy_compile
from sync.reading.cells import clean_text
from sync.reading.parting import MAX_NAMED
from sync.reading.people import MAIL
from sync.reading.scripts import any_of
from sync.reading.sheet import Sheet

_WORDS = ("notes", "status", "next_step")
_CONTACT = ("contact_name", "contact_first_name", "contact_last_name", "contact_email", "contact_phone")
_NUMBER = lazy_compile(
    r"(?<![\w/.-])(?:\+\d[\d ()/.-]{6,18}\d|\(\d{2,5}\) ?\d[\d .-]{4,12}\d|(?:\d{3}[-. ])?\d{3}[-.]\d{4})(?![\w/-])"
)
_EDGES = ".!?'\""


def note_told_people(sheet: Sheet) -> list[Note]:
    """One note that names them, of the open rows whose columns name no contact."""
    told = [sheet.cells[name] for name in _WORDS if name in sheet.cells]
    if not told:
        return []
    found: list[str] = []
    for index, (stage, known) in enumerate(zip(sheet.values["stage"], sheet.filled(*_CONTACT), strict=True)):
        if known or stage.closed or index in sheet.silent:
            continue
        people = dict.fromkeys(who for column in told if (who := people_in(clean_text(column[index]))))
        if people:
            found.append(f"{', '.join(people)} ({sheet.reference(sheet.rows[index])})")
    if not found:
        return []
    more = sheet.words.say("more", count=len(found) - MAX_NAMED) if len(found) > MAX_NAMED else ""
    return [sheet.say("told_people", count=len(found), people=f"{', '.join(found[:MAX_NAMED])}{more}")]


@lru_cache(maxsize=4096)
def people_in(text: str) -> str:
    """The names, addresses and numbers in this text, as they stand there; empty where there are none."""
    if "@" not in text and not any(map(str.isdigit, text)) and not _patterns()[0].search(text):
        return ""
    mails = MAIL.findall(text) if "@" in text else ()
    ways = [*mails, *(number.strip() for number in _NUMBER.findall(MAIL.sub(" ", text) if mails else text))]
    return " ".join(dict.fromkeys((*_names_in(text), *ways)))


def _names_in(text: str) -> Iterator[str]:
    """The names behind plain words: with a form of address, or beginning with a name that people are called by."""
    before, forms, given = _patterns()
    for match in before.finditer(text):
        said = text[match.end() :].lstrip(": ,").split()
        name: list[str] = []
        for word in said[:4]:
            bare = word.strip(",;:()" + _EDGES)
            if not bare[:1].isupper() and (bare.casefold() not in forms or name):
                break
            name.append(bare)
            if word[-1] in ",;:)!?" or (word[-1] == "." and bare.casefold() not in forms):
                break
        first = next((word for word in name if word.casefold() not in forms), "")
        if first and (name[0].casefold() in forms or first.casefold() in given):
            yield " ".join(name)


@cache
def _patterns() -> tuple[re.Pattern[str], frozenset[str], frozenset[str]]:
    """What stands before a name, forms of address, and given names."""
    names = toml.shipped("names.toml")
    words, given = names["words"], names["given"]
    forms = frozenset((*words["mr"], *words["ms"], *words["mrs"], *words["titles"]))
    before = re.compile(any_of(names["told"]["before"]), re.IGNORECASE)
    return before, forms, frozenset((*given["only"], *given["also_family"]))
