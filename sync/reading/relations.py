"""What somebody is to the seeker, where a cell says just that: `old boss`, `alte Kollegin` (`mappings/names.toml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sync import toml
from sync.reading.cells import spaced
from sync.reading.organisations import lists_recruiters
from sync.reading.sheet import Sheet


@cache
def _table() -> Mapping[str, Any]:
    return toml.shipped("names.toml")


@cache
def _relations() -> Mapping[str, str]:
    return {spaced(word): relation for relation, words in _table()["relations"].items() for word in words}


@lru_cache(maxsize=4096)
def relation_of(text: str) -> str:
    """`worked` for "my old boss", `studied`, `friends`; empty where the text says something else."""
    form = spaced(text)
    first, _, rest = form.partition(" ")
    return _relations().get(rest if first in _table()["before_relations"]["words"] else form, "")


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
