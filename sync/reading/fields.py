"""How the cell of each field is read: text, a date, a person, a word of a closed vocabulary.

A reader takes the cell's value and gives the field's value, `None` for an empty cell, or a `Fault`.
What is not understood is never replaced by a default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date, datetime
from difflib import get_close_matches
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from sync.models import CellError, CellValue, Person
from sync.moments import zone_names
from sync.reading.cells import Fault, clean_lines, clean_text, each_once, is_error, spaced, without_links
from sync.reading.countries import read_country
from sync.reading.dates import Reading, Yearless, read_date, read_moment
from sync.reading.intervals import read_interval
from sync.reading.people import names_beside
from sync.reading.relations import says_nothing
from sync.reading.scripts import is_unspaced
from sync.reading.vocabulary import CHANNELS, DAYS, EXTRA_FIELDS, FIELDS, MOMENTS, Vocabulary

Value = object
Reader = Callable[[CellValue], Value]

MAX_PEOPLE = 20

_MAIL = re.compile(r"[^@\s<>,;:\"'()\[\]\\]{1,64}@[^@\s<>,;:\"'()\[\]\\]{1,190}\.[^\W\d_]{2,24}")
_NAMED_MAIL = re.compile(r"(?P<name>[^<>]*)<(?P<mail>[^<>]*)>")
# No user and password before the host, no spaces, no brackets or quotes that could end an attribute or a link.
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@\\\"<>]+(?:[/?#][^\s\"<>\\]*)?", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"www\.[^\s.]+\.\S+", re.IGNORECASE)
_LATER = re.compile(r"later\s*[:\s]\s*(.+)", re.IGNORECASE)
_VERBATIM = frozenset(("company", "role", "organisation", "notes", "problem", "do_not_contact"))
"""Fields in which `n/a` is a text like any other, or no answer at all."""

_SAID = frozenset(("referrer", "how_known"))
"""Fields in which people write in words that there is nothing."""


class Later(Struct, frozen=True):
    """The plan to act on a day that the seeker chose."""

    on: date


def make_readers(vocabulary: Vocabulary, readings: Mapping[str, Reading]) -> Mapping[str, Reader]:
    """A reader for each field; `readings` says for each date field how its column is read.

    What a reader is made of takes the clean text, or where type or line breaks matter the cell as it is.
    """
    of_text: dict[str, Callable[[str], Value]] = dict.fromkeys((*FIELDS, *EXTRA_FIELDS), without_links) | {
        "contact_email": _read_mail,
        "contact_phone": _read_phone,
        "contact_zone": _read_zone,
        "contact_country": partial(read_country, words=vocabulary.words["country"]),
        "interview_zone": _read_zone,
        "url": read_url,
        "follow_ups_done": _read_count,
        "city": partial(_read_city, nowhere=vocabulary.nowhere),
        "every": partial(read_interval, words=vocabulary.words),
        "do_not_contact": partial(_read_yes_no, vocabulary=vocabulary),
        "interest": partial(_read_yes_no, vocabulary=vocabulary),
        "plan": partial(_read_plan, vocabulary=vocabulary, reading=readings.get("plan")),
    }
    for name in (*CHANNELS, "lead_kind", "contact_kind", "priority"):
        words = vocabulary.words["channel" if name in CHANNELS else name]
        of_text[name] = partial(_read_word, words=words)
    no_day = frozenset(vocabulary.words["closes_on"])
    of_cell: dict[str, Callable[[CellValue], Value]] = {
        "notes": clean_lines,
        "interviewers": read_people,
        "reference_names": read_people,
    }
    for name, reading in readings.items():
        if name in DAYS:
            of_cell[name] = partial(_read_day, reading=reading)
        elif name in MOMENTS:
            of_cell[name] = partial(read_date, reading=reading)
    if "done_on" in of_cell:
        of_cell["done_on"] = partial(_read_done, vocabulary=vocabulary, read=of_cell["done_on"])
    silence = vocabulary.blank | {""}
    return {
        name: _make_reader(
            of_text[name],
            of_cell.get(name),
            blank=frozenset(("",)) if name in _VERBATIM else silence | no_day if name == "closes_on" else silence,
            nothing=name if name in _SAID else "",
        )
        for name in of_text
    }


def _make_reader(
    of_text: Callable[[str], Value],
    of_cell: Callable[[CellValue], Value] | None,
    *,
    blank: frozenset[str],
    nothing: str,
) -> Reader:
    def read(cell: CellValue) -> Value:
        text = clean_text(cell)
        if not text or text.casefold() in blank or (nothing and says_nothing(text, nothing)):
            return None
        if is_error(text) or isinstance(cell, CellError):
            return Fault("error")
        return of_cell(cell) if of_cell else of_text(text)

    return read


def read_column(cells: Sequence[CellValue], reader: Reader) -> tuple[Value, ...]:
    """The field's value in each of these cells; what repeats itself is read once."""
    return each_once(reader, cells)


def _read_day(value: CellValue, *, reading: Reading) -> Value:
    found = read_date(value, reading)
    if isinstance(found, Yearless):
        return replace(found, clock=None)
    return found.date() if isinstance(found, datetime) else found


def _read_done(value: CellValue, *, vocabulary: Vocabulary, read: Callable[[CellValue], Value]) -> Value:
    """The day it was done, or True for a ticked box."""
    word = clean_text(value).casefold()
    if word in vocabulary.yes:
        return True
    return None if word in vocabulary.no else read(value)


def _read_mail(text: str) -> Value:
    text = text.removeprefix("mailto:")
    if _MAIL.fullmatch(text):
        return text
    named = _NAMED_MAIL.search(text)
    if named and _MAIL.fullmatch(address := named["mail"].strip()):
        return address
    several = _MAIL.findall(text)
    if len(several) > 1:
        return Fault("several_mails", {"count": len(several)})
    return Fault("no_mail")


def _read_phone(text: str) -> Value:
    text = text.removeprefix("tel:").removeprefix("p:+").lstrip("'")
    digits = sum(map(str.isdigit, text))
    return text if 4 <= digits <= 24 and len(text) <= 60 else Fault("no_phone")


def _read_city(text: str, *, nowhere: Set[str]) -> Value:
    """The town. `Remote` and the like are none, alone or beside one where nobody may be met."""
    said = f" {spaced(text)} "
    return None if any(f" {word} " in said or (is_unspaced(word) and word in said) for word in nowhere) else text


def _read_zone(text: str) -> Value:
    return text if text in zone_names() else Fault("no_zone")


def read_url(text: str) -> str | None:
    """Only web addresses; anything else in a link column is no link and nothing hangs on it."""
    if _WEB_ADDRESS.fullmatch(text):
        return text
    return read_url(f"https://{text}") if _BARE_ADDRESS.fullmatch(text) else None


def _read_count(text: str) -> Value:
    if text.isascii() and text.isdigit() and len(text) < 4:
        return int(text)
    return Fault("no_count")


def read_people(value: CellValue) -> Value:
    """The people of a list cell: `Name <mail>` or `Name`, each on a line of its own or with a semicolon between; names
    alone may stand with a comma or an "and" between them.
    """
    people: list[Person] = []
    for part in re.split(r"[;\n]", without_links(clean_lines(value))):
        text = part.strip().strip(",")
        if not text:
            continue
        named = _NAMED_MAIL.fullmatch(text)
        if named:
            mail = named["mail"].strip()
            if not _MAIL.fullmatch(mail):
                return Fault("no_mail_in", {"mail": repr(mail)})
            people.append(Person(name=named["name"].strip(" \"'"), email=mail))
        else:
            people += [Person(email=text)] if _MAIL.fullmatch(text) else map(Person, names_beside(text))
    if len(people) > MAX_PEOPLE:
        return Fault("many_people", {"most": MAX_PEOPLE})
    return tuple(dict.fromkeys(people))


def _read_yes_no(text: str, *, vocabulary: Vocabulary) -> Value:
    word = text.casefold()
    if word in vocabulary.yes:
        return True
    return False if word in vocabulary.no else Fault("no_yes_or_no")


def _read_word(text: str, *, words: Mapping[str, str]) -> Value:
    word = spaced(text)
    if word in words:
        return words[word]
    several = [words.get(spaced(part)) for part in re.split(r"[,;\n]", text) if part.strip()]
    if several and all(several):  # several choices in one cell: the first
        return several[0]
    near = get_close_matches(word, list(words), 1, 0.7)
    some = ", ".join(dict.fromkeys(words.values()))
    return Fault("no_word_near", {"words": some, "near": words[near[0]]}) if near else Fault("no_word", {"words": some})


def _read_plan(text: str, *, vocabulary: Vocabulary, reading: Reading | None) -> Value:
    later = _LATER.fullmatch(text)
    if later and reading:
        found = read_moment(later[1], reading)
        return found if isinstance(found, Fault) else Later(found.date() if isinstance(found, datetime) else found)
    word = vocabulary.words["plan"].get(spaced(text))
    return word or Fault("no_plan")
