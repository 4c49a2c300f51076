"""Which leads share an organisation's patience, and how long nobody there may be asked again (R-003-5, R-004-3).

Vocabulary: a **key** names an organisation, an agency or a person. An **ask** is an asking touch, a **contact**
anything else that reaches them. Asks of one key keep the limit's distance from each other on both sides; they also
keep it after a contact, but a contact may come any time after an ask: obligations are never delayed.

Spelling is levelled as real sheets need it (`Twist  Biosciences, Inc.`, `Google (Winter)`); an explicit
`organisation` column always wins.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from sync.models import Lead

NO_COMPANY = frozenset(
    {
        "", "confidential", "stealth", "stealth startup", "stealth mode startup", "unknown", "undisclosed", "anonymous",
        "n a", "na", "none", "tbd", "tba", "private", "various", "self", "freelance", "hidden", "not disclosed",
    }
)  # fmt: skip
LEGAL_FORMS = frozenset(
    {
        "inc", "incorporated", "llc", "llp", "lp", "ltd", "limited", "plc", "corp", "corporation", "co", "company",
        "gmbh", "ag", "kg", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "as", "oy", "aps", "pty", "pvt",
    }
)  # fmt: skip
PUBLIC_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "ymail.com",
        "icloud.com", "me.com", "mac.com", "aol.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "t-online.de",
        "mail.com", "proton.me", "protonmail.com", "fastmail.com", "zoho.com", "yandex.com", "yandex.ru", "qq.com",
        "163.com", "126.com", "mail.ru", "free.fr", "orange.fr", "wanadoo.fr", "libero.it", "hotmail.co.uk",
        "yahoo.co.uk", "yahoo.de", "hey.com", "posteo.de", "mailbox.org",
    }
)  # fmt: skip

_PARENTHESIS = re.compile(r"\s*\([^()]*\)\s*$")
_NO_WORD = re.compile(r"[^\w]+", re.UNICODE)
_FAR = 183
"""An ask the limits would push further than half a year is not planned."""


@lru_cache(maxsize=65536)
def normalise_organisation(name: str) -> str:
    """One spelling for one firm: case, spaces, legal form, a trailing parenthesis and a plural do not matter."""
    bare = _PARENTHESIS.sub("", name.split("|")[-1] if "|" in name else name)
    words = _NO_WORD.sub(" ", bare.casefold().replace("&", " and ").replace(".", "")).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    if words and words[0] == "the" and len(words) > 1:
        words = words[1:]
    plain = " ".join(words)
    if plain in NO_COMPANY:
        return ""
    return plain[:-1] if len(plain) > 4 and plain.endswith("s") and not plain.endswith("ss") else plain


def organisation_key(lead: Lead) -> str:
    """What shares one budget: the `organisation` cell, the company, the contact's mail domain, else the lead alone."""
    if lead.organisation.strip():
        return "organisation:" + normalise_organisation(lead.organisation)
    if name := normalise_organisation(lead.company):
        return "organisation:" + name
    domain = lead.contact.email.rpartition("@")[2].casefold()
    if domain and domain not in PUBLIC_MAIL:
        return "domain:" + domain
    return "lead:" + lead.key


def agency_key(lead: Lead) -> str:
    """The key of the staffing firm this lead runs through; empty without one."""
    name = normalise_organisation(lead.agency)
    return "agency:" + name if name else ""


def referrer_key(lead: Lead) -> str:
    """The key of who introduced the seeker to this lead; empty without one."""
    name = " ".join(lead.referrer.casefold().split())
    return "referrer:" + name if name else ""


@dataclass(frozen=True, slots=True, order=True)
class Reached:
    """A day on which somebody of a key was reached, or will be."""

    day: int
    label: str
    lead_key: str


@dataclass(slots=True)
class _Record:
    asks: list[Reached] = field(default_factory=list)
    contacts: list[Reached] = field(default_factory=list)


class Guard:
    """The budget of every organisation, agency and person."""

    def __init__(self, *, organisation_days: int, person_days: int) -> None:
        self._limits = {False: organisation_days, True: person_days}
        self._records: dict[str, _Record] = {}

    def limit(self, key: str) -> int:
        """How many days apart two asks of this key are at least."""
        return self._limits[key.startswith("person:")]

    def note_ask(self, keys: Collection[str], day: date, *, label: str, lead_key: str) -> None:
        """An asking touch stands on this day."""
        for key in keys:
            insort(self._records.setdefault(key, _Record()).asks, Reached(day.toordinal(), label, lead_key))

    def note_contact(self, keys: Collection[str], day: date, *, label: str, lead_key: str) -> None:
        """They were or will be reached on this day by something that asks for nothing."""
        for key in keys:
            insort(self._records.setdefault(key, _Record()).contacts, Reached(day.toordinal(), label, lead_key))

    def is_free(self, keys: Collection[str], day: date) -> bool:
        """Whether an ask may stand on this day."""
        return next(self._blocks(keys, day.toordinal()), None) is None

    def first_free(
        self, keys: Collection[str], day: date, *, roll: Callable[[date], date]
    ) -> tuple[date | None, Reached | None]:
        """The first day from this one on that `roll` leaves in place and no limit forbids, and who forbade `day`.

        None where that would be further away than half a year.
        """
        first: Reached | None = None
        last = day.toordinal() + _FAR
        while True:
            day = roll(day)
            block = next(self._blocks(keys, day.toordinal()), None)
            if block is None:
                return day, first
            until, reached = block
            first = first or reached
            if until > last:
                return None, first
            day = date.fromordinal(until)

    def _blocks(self, keys: Collection[str], day: int) -> Iterator[tuple[int, Reached]]:
        for key in keys:
            record, limit = self._records.get(key), self.limit(key)
            if record is None or not limit:
                continue
            for reached in _within(record.asks, day - limit + 1, day + limit - 1):
                yield reached.day + limit, reached
            for reached in _within(record.contacts, day - limit + 1, day):
                yield reached.day + limit, reached


def _within(reached: list[Reached], low: int, high: int) -> Iterator[Reached]:
    position = bisect_left(reached, low, key=lambda item: item.day)
    while position < len(reached) and reached[position].day <= high:
        yield reached[position]
        position += 1
