"""Remarks on cells that look like slips: a firm or a person in two spellings, a mail domain almost like the firm's.

Remarks are notes, never problems: nothing is corrected and nothing hangs on them.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from heapq import nsmallest
from itertools import combinations, islice

from sync.models import Lead, Note
from sync.reading.cells import squeeze
from sync.texts import Wording

MAX_NOTES = 20
_SAME = 0.88
"""Likeness from which two names are taken for two spellings of one."""
_NEAR_DOMAIN = 0.8
_MAX_GROUP = 40
"""Names with one beginning that are compared with each other."""
_MAX_PAIRS = 5_000
"""Comparisons of a kind; a list of leads has far fewer."""


def lint_leads(leads: Sequence[Lead], words: Wording) -> list[Note]:
    """At most `MAX_NOTES` remarks, sorted; the same leads in another order give the same remarks."""
    firms = {company: squeeze(company) for company in {lead.company for lead in leads}}
    mails = {(who.email, who.name, lead.company) for lead in leads if (who := lead.contact).email}
    people = {(mail, name) for mail, name, _ in mails if name}
    found = {*_firms(firms, words), *_people(people, words)}
    found |= {*_domains({(mail, company) for mail, _, company in mails}, firms, words)}
    return [Note(reason) for reason in sorted(found)[:MAX_NOTES]]


def _firms(firms: Mapping[str, str], words: Wording) -> Iterable[str]:
    groups: dict[str, dict[str, str]] = defaultdict(dict)
    for company, form in firms.items():
        if len(form) > 3:
            known = groups[form[:4]].setdefault(form, company)
            groups[form[:4]][form] = min(known, company)
    pairs = (
        (group[one], group[other], one, other)
        for _, group in sorted(groups.items())
        for one, other in combinations(sorted(group)[:_MAX_GROUP], 2)
    )
    for first, second, one, other in islice(pairs, _MAX_PAIRS):
        if _digits(one) == _digits(other) and _alike(one, other) >= _SAME:
            yield words.say("slip.firm", one=first, other=second)


def _people(people: Iterable[tuple[str, str]], words: Wording) -> Iterable[str]:
    first: dict[str, str] = {}
    several: dict[str, set[str]] = defaultdict(set)
    for address, name in people:
        mail = address.casefold()
        if (known := first.setdefault(mail, name)) != name:
            several[mail] |= {known, name}
    for mail, names in several.items():
        spellings = {squeeze(name): name for name in sorted(names, reverse=True)}
        if len(spellings) > 1:
            named = (words.say("name", name=name) for name in sorted(spellings.values())[:3])
            yield words.say("slip.person", mail=mail, names=words.say("joint.names").join(named))


def _domains(known: Collection[tuple[str, str]], firms: Mapping[str, str], words: Wording) -> Iterable[str]:
    mails = set(nsmallest(_MAX_PAIRS, {mail for mail, _ in known}))
    for mail, company in known:
        if mail not in mails:
            continue
        parts = mail.rpartition("@")[2].split(".")
        firm, label = firms[company], squeeze(parts[-2]) if len(parts) > 1 else ""
        forms = (firm,) if firm.isascii() else (firm, *_in_ascii(firm))
        if min(len(label), len(firm)) < 5 or any(label in form or form in label for form in forms):
            continue
        if _alike(label, firm) >= _NEAR_DOMAIN:
            yield words.say("slip.domain", mail=mail, firm=company)


_LETTERS = {"ß": "ss", "ø": "o", "æ": "ae", "ł": "l"}
_SPELLED = {**_LETTERS, "ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}


def _in_ascii(text: str) -> tuple[str, str]:
    """How a firm writes its name in an address: `ü` as `ue`, or without its dots."""
    spelled = "".join(_SPELLED.get(letter, letter) for letter in unicodedata.normalize("NFC", text))
    plain = unicodedata.normalize("NFD", "".join(_LETTERS.get(letter, letter) for letter in text))
    return spelled, "".join(letter for letter in plain if not unicodedata.combining(letter))


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:60], other[:60], autojunk=False).ratio()
