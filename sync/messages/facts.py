"""What a message may speak of: the facts of a row as they are written in a letter.

Text of the sheet is quoted as it stands, but bounded in letters and words, in one line, and without what would break a
message: links, brackets and braces (they mark blanks and slots), question marks (there is one question, ours).
Dates are named as people name them, never relative to today. Where a fact is empty, the sentence that needs it is left
out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from sync import toml
from sync.config import MeSettings
from sync.messages.names import SEVERAL, as_said, read_name
from sync.messages.sentences import Phrases
from sync.models import Lead, Moment, Person
from sync.patterns import lazy_compile
from sync.reading.people import clean_name, is_name_alone
from sync.reading.relations import bond_alone, role_alone
from sync.safe_text import clean

_LIMITS = {
    "name": (36, 6), "first_name": (24, 2), "family": (30, 4), "titles": (20, 4), "firm": (40, 6), "company": (40, 6),
    "role": (44, 7), "referrer": (40, 6), "contact": (40, 6), "how_known": (72, 12), "source": (40, 7),
    "problem": (80, 14), "city": (30, 4), "interview_kind": (24, 4), "me": (36, 5), "my_phone": (24, 5),
    "my_line": (80, 12), "progress": (90, 14),
}  # fmt: skip
"""Letters and words of a fact at most."""
_LINK = lazy_compile(r"\b[a-z][a-z0-9+.-]*://\S+|\bwww\.\S+", re.IGNORECASE)
_BRACKETS = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "?": "", "？": "", "¿": "", "|": "/"})
_REPEATED = re.compile(r"([!.,;:])[!.,;:]*(?=\1)")
_SPACED = re.compile(r" +([,;:!.])(?=\s|$)")


@lru_cache(maxsize=4096)
def as_fact(text: str, name: str) -> str:
    """A cell as a message quotes it; empty where nothing can be quoted."""
    letters, words = _LIMITS[name]
    if not text or (len(text) <= letters and text.replace(" ", "").isalnum() and text.count(" ") < words):
        return text.strip()
    line = clean(_LINK.sub(" ", clean(text, limit=400)).translate(_BRACKETS), limit=400)
    line = _REPEATED.sub("", line)
    line = _SPACED.sub(r"\1", line).strip(" ,;:-–—/|" + "\\")
    parts = line.split(" ")
    if len(parts) > words or len(line) > letters:
        line = _cut(" ".join(parts[:words]), letters - 1).rstrip(" ,;:.-–—(") + "…"
    return line if any(character.isalnum() for character in line) else ""


def _cut(line: str, letters: int) -> str:
    if len(line) <= letters:
        return line
    whole, _, _ = line[: letters + 1].rpartition(" ")
    return whole or line[:letters]


def about_me(me: MeSettings) -> Mapping[str, str]:
    """What the seeker says of themselves; a name that is missing is a blank to fill in."""
    return _about_me(me.name, me.phone, me.line)


@lru_cache(maxsize=64)
def _about_me(name: str, phone: str, line: str) -> Mapping[str, str]:
    facts = {"my_phone": as_fact(phone, "my_phone"), "my_line": as_fact(line, "my_line").rstrip(".")}
    name = as_fact(name, "me")
    return {**facts, "me": name} if name else facts


def about_person(person: Person, language: str) -> Mapping[str, str]:
    """Whom a message greets, and by which words: `form` is mr, ms, mrs, either or titled where the name says so."""
    return _about_name(person.name, language)


@lru_cache(maxsize=4096)
def _about_name(text: str, language: str) -> Mapping[str, str]:
    name = read_name(clean(text))
    nobody = {"name": "", "first_name": "", "family": "", "titles": "", "form": ""}
    if not name.bare or not (is_name_alone(text) or clean_name(text)):
        return nobody
    if name.form == SEVERAL:
        return nobody | {"name": as_fact(as_said(clean(text), language), "name")}
    return {
        "name": as_fact(as_said(clean(text), language), "name"),
        "first_name": as_fact(name.first, "first_name"),
        "family": as_fact(name.family, "family"),
        "titles": as_fact(name.titles, "titles"),
        "form": name.form or ("titled" if name.titles else ""),
    }


def about_lead(lead: Lead, name: str, *, to_contact: bool, language: str) -> dict[str, str]:
    """What the row says of the position and of how the recipient, of this name, is known.

    `to_contact`: is it the row's contact. Nobody is told that they know themselves: what names the recipient is left
    out.
    """
    facts = {
        "company": as_fact(lead.company, "company"),
        "role": (role := as_fact(role_alone(lead.role), "role")),
        "area": role if role.casefold() in _areas() else "",
        "how_known": _of_another(as_fact(bond_alone(lead.how_known), "how_known").rstrip("."), name),
        "source": _of_another(as_fact(lead.source, "source").rstrip("."), name),
        "problem": as_fact(lead.problem, "problem").rstrip("."),
        "city": as_fact(lead.city, "city"),
        "interview_kind": as_fact(lead.interview_kind, "interview_kind"),
    }
    for slot, said in (("referrer", lead.referrer), ("contact", "" if to_contact else lead.contact.name)):
        if not said:
            facts[slot] = facts[f"{slot}_declined"] = ""
            continue
        other = _of_another(as_fact(as_said(clean(said), language), slot), name)
        facts[slot] = other
        facts[f"{slot}_declined"] = other and as_fact(as_said(clean(said), language, declined=True), slot)
    return facts


@cache
def _areas() -> frozenset[str]:
    """What people write as a role that is a field of work: nobody has a position as Marketing."""
    return frozenset(toml.shipped("names.toml")["areas"]["words"])


def _of_another(text: str, name: str) -> str:
    return "" if name and name.casefold() in text.casefold() else text


def about_days(days: Mapping[str, date | None], phrases: Phrases) -> dict[str, str]:
    """Dates as a letter names them: `applied` with its weekday, `applied_day` without."""
    facts: dict[str, str] = {}
    for name, day in days.items():
        if day is not None:
            facts[name], facts[name + "_day"] = _in_words(day, phrases)
    return facts


def _in_words(day: date, phrases: Phrases) -> tuple[str, str]:
    """`Monday 4 January` and `4 January`; a schedule names the same few days again and again."""
    if (known := phrases.days.get(day)) is None:
        parts = _parts(day, phrases)
        long, short = (phrases.texts[f"date.{form}"].format_map(parts) for form in ("long", "short"))
        known = phrases.days[day] = long, short
    return known


def about_hour(moment: Moment | None, theirs: ZoneInfo, ours: ZoneInfo, phrases: Phrases) -> dict[str, str]:
    """The hour of an interview on the recipient's clock, and whose time that is where ours differs then.

    Nothing for a day alone.
    """
    if not isinstance(moment, datetime):
        return {}
    there, here = moment.astimezone(theirs), moment.astimezone(ours)
    differs = there.utcoffset() != here.utcoffset()
    return {"interview_time": f"{there:%H:%M}", "interview_zone": _zone_in_words(there, phrases) if differs else ""}


def _zone_in_words(moment: datetime, phrases: Phrases) -> str:
    """`London time`; of a zone that is no place its own name, GMT, or how far it is from UTC."""
    area, _, name = str(moment.tzinfo).rpartition("/")
    if area and area != "Etc":
        return phrases.texts["date.zone"].format_map({"place": name.replace("_", " ")})
    return f"UTC{moment:%z}"[:6] if moment.utcoffset() else name


def _parts(day: date, phrases: Phrases) -> Mapping[str, object]:
    return {
        "weekday": phrases.texts["date.weekdays"].split()[day.weekday()],
        "month": phrases.texts["date.months"].split()[day.month - 1],
        "day": day.day,
    }
