"""Which leads belong to one organisation, agency or referrer, whatever the spelling in the sheet.

Spelling is levelled as real sheets need it (`Twist  Biosciences, Inc.`, `Google (Winter)`); an explicit `organisation`
column always wins.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from sync import toml
from sync.models import Lead, Person

_PARENTHESIS = re.compile(r"\s*\([^()]*\)\s*$")
_NO_WORD = re.compile(r"[^\w]+", re.UNICODE)


@cache
def _words(kind: str) -> frozenset[str]:
    """The shipped words of this kind."""
    return frozenset(toml.shipped("organisations.toml")[kind])


@lru_cache(maxsize=65536)
def normalise_organisation(name: str) -> str:
    """One spelling for one firm: case, spaces, legal form, a trailing parenthesis and a plural do not matter."""
    plain = " ".join(bare_words(name))
    if plain in _words("no_company"):
        return ""
    return plain[:-1] if len(plain) > 4 and plain.endswith("s") and not plain.endswith("ss") else plain


@lru_cache(maxsize=4096)
def firm_named(company: str) -> str:
    """The firm's name; nothing where the cell says that nobody knows it: `(confidential)`, `undisclosed`."""
    plain = " ".join(_NO_WORD.sub(" ", company.casefold()).split())
    return "" if plain in _words("no_company") else company


def bare_words(name: str) -> list[str]:
    """The words of a firm's name without its legal form, a trailing parenthesis and "the"."""
    bare = _PARENTHESIS.sub("", name.split("|")[-1] if "|" in name else name)
    words = _NO_WORD.sub(" ", bare.casefold().replace("&", " and ").replace(".", "")).split()
    while len(words) > 1 and words[-1] in _words("legal_forms"):
        words.pop()
    if words and words[0] == "the" and len(words) > 1:
        words = words[1:]
    return words


def organisation_key(lead: Lead) -> str:
    """What shares one budget: the `organisation` cell, the company, the contact's mail domain, else the lead alone."""
    if lead.organisation.strip():
        return "organisation:" + normalise_organisation(lead.organisation)
    if name := normalise_organisation(lead.company):
        return "organisation:" + name
    domain = lead.contact.email.rpartition("@")[2].casefold()
    if domain and domain not in _words("public_mail"):
        return "domain:" + domain
    return "lead:" + lead.key


def agency_key(lead: Lead) -> str:
    """The key of the staffing firm this lead runs through; empty without one."""
    name = normalise_organisation(lead.agency)
    return "agency:" + name if name else ""


def is_about_agency(lead: Lead) -> bool:
    """Whether the row is the agency's own: it names no post, and no firm behind the agency."""
    if lead.role.strip() or lead.interview_at is not None or not (own := agency_key(lead)):
        return False
    firm = normalise_organisation(lead.company)
    return own == "agency:" + firm if lead.company.strip() else lead.applied_on is None


def lists_recruiters(header: str) -> bool:
    """Whether a column of this header holds recruiters."""
    return any(word.startswith(tuple(_words("recruiters"))) for word in _NO_WORD.split(header.casefold()))


def has_address_of(person: Person, firm: str) -> bool:
    """Whether the mail address is one of this firm's, by the name of its domain."""
    domain = person.email.rpartition("@")[2].casefold().replace("-", "")
    return "".join(bare_words(firm)) in domain.split(".")


def referrer_key(lead: Lead) -> str:
    """The key of who introduced the seeker to this lead; empty without one."""
    name = " ".join(lead.referrer.casefold().split())
    return "referrer:" + name if name else ""
