"""Which leads belong to one organisation, agency or referrer, whatever the spelling in the sheet.

Spelling is levelled as real sheets need it (`Twist  Biosciences, Inc.`, `Google (Winter)`); an explicit `organisation`
column always wins (DESIGN 5.2).
"""

from __future__ import annotations

import re
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
