"""What somebody is to the seeker, where a cell says just that: `old boss`, `alte Kollegin` (`mappings/names.toml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sync import toml
from sync.models import Stage
from sync.reading.cells import spaced
from sync.reading.organisations import lists_recruiters
from sync.reading.sheet import Sheet

_OF_APPLICATIONS = frozenset(
    ("role", "status", "outcome", "applied_on", "closes_on", "agency", "interview_at", "interviewers", "offer_on")
)
"""Columns that nobody has who keeps a list of acquaintances."""


@cache
def _table() -> Mapping[str, Any]:
    return toml.shipped("names.toml")


@cache
def _relations() -> Mapping[str, str]:
    return {spaced(word): relation for relation, words in _table()["relations"].items() for word in words}


@lru_cache(maxsize=4096)
def relation_of(text: str) -> str:
    """`worked` for "my old boss", `studied`, `friends`; empty where the text says something else."""
    form = spaced(bond_alone(text))
    first, _, rest = form.partition(" ")
    return _relations().get(rest if first in _table()["before_relations"]["words"] else form, "")


@cache
def _nothing(kind: str) -> tuple[str, ...]:
    """The words of this kind, the longest first."""
    return tuple(sorted(_table()["nothing"][kind], key=len, reverse=True))


def says_nothing(text: str, kind: str) -> bool:
    """Whether a cell of this field says in words that it holds nothing: `no`, `don't know him`, `tbd`."""
    plain = text.casefold().replace("'", "").replace("’", "").replace(".", " ").strip(" !?-,;/()")
    return " ".join(plain.split()) in _nothing(kind)


@lru_cache(maxsize=4096)
def role_alone(text: str) -> str:
    """`chef` for "Job: the chef position": a sentence says itself that it is a position; nothing for `tbd`."""
    text = " ".join(text.split())
    if says_nothing(text, "role"):
        return ""
    while word := next((one for one in _nothing("before_role") if text.casefold().startswith(f"{one} ")), ""):
        text = text[len(word) :].strip()
    first, _, last = text.rpartition(" ")
    return first if first and last.casefold() in _nothing("behind_role") else text


@lru_cache(maxsize=4096)
def bond_alone(text: str) -> str:
    """`from school` for "we know each other from school": a sentence says itself that they do."""
    for words in _nothing("before_how_known"):
        if text.casefold().startswith(words) and not text[len(words) : len(words) + 1].isalnum():
            return text[len(words) :].strip(" ,;:-–") or text
    return text


def settle_acquaintances(sheet: Sheet) -> None:
    """The rows of a list of acquaintances are connections one is in touch with, unless a row says what else it is:
    nobody there was applied to. It says how one knows its people, and nothing of posts or of how applications stand."""
    columns = sheet.columns.fields
    if "how_known" not in columns or not _OF_APPLICATIONS.isdisjoint(columns):
        return
    for name, kind in (("lead_kind", "connection"), ("contact_kind", "network")):
        sheet.values[name] = [one or kind for one in sheet.values.get(name, [None] * len(sheet.rows))]
    told = list(zip(sheet.values["status_text"], sheet.values["stage"], sheet.values["stage_known"], strict=True))
    sheet.values["stage"] = [stage if text else Stage.IN_TOUCH for text, stage, _ in told]
    sheet.values["stage_known"] = [known or not text for text, _, known in told]


def settle_relations(sheet: Sheet) -> None:
    """Somebody of whom the row says that they are an old boss or a friend is no stranger at an employer's."""
    known = sheet.values.get("how_known")
    if known is None or not any(relation_of(text) for text in known if text):
        return
    kinds = sheet.values.get("contact_kind", [None] * len(sheet.rows))
    sheet.values["contact_kind"] = [
        kind or ("network" if text and relation_of(text) else None) for kind, text in zip(kinds, known, strict=True)
    ]


def settle_own_agencies(sheet: Sheet) -> None:
    """A staffing firm, by its name, whose recruiter is the contact of a row without a post is that row's agency."""
    kinds, firms = sheet.values.get("contact_kind"), sheet.values.get("company")
    if kinds is None or firms is None or "recruiter" not in kinds:
        return
    empty: Sequence[Any] = [None] * len(sheet.rows)
    roles, agencies = (sheet.values.get(name, empty) for name in ("role", "agency"))
    sheet.values["agency"] = [
        firm if kind == "recruiter" and not (agency or role) and lists_recruiters(firm or "") else agency
        for kind, firm, role, agency in zip(kinds, firms, roles, agencies, strict=True)
    ]
