"""What somebody is to the seeker, where a cell says just that: `old boss`, `alte Kollegin` (`mappings/names.toml`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sync import toml
from sync.models import CUSTOMER, Stage
from sync.moments import named_day
from sync.reading.cells import spaced
from sync.reading.sheet import Sheet

_TALKED = (Stage.IN_TOUCH, Stage.INTERVIEW)


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


def settle_talks(sheet: Sheet) -> None:
    """A talk with an acquaintance ("coffee 11/24") is no interview: the row tells of no post, and calls it a talk.

    Whom it was with is of the seeker's network from then on, and is asked about no post. An informational talk is never
    about one, whatever stands beside it as a role: it may be theirs. A last contact on the very day is the talk itself,
    and no word of thanks after it. What stands in a column of interviews is one.
    """
    empty: Sequence[Any] = [None] * len(sheet.rows)
    names = ("role", "applied_on", "agency", "lead_kind", "contact_kind", "how_known", "meeting_on")
    columns = [sheet.values.get(name, empty) for name in names]
    left, met = list(sheet.values.get("interview_at", empty)), list(columns[-1])
    written, kinds = list(sheet.values.get("last_outbound", empty)), list(columns[4])
    stages = list(sheet.values["stage"])
    for index, (role, applied, agency, kind, contact, known, meeting) in enumerate(zip(*columns, strict=True)):
        if stages[index] not in _TALKED or applied or agency or kind == CUSTOMER:
            continue
        if left[index] is not None and (meeting is not None or _is_in_column(sheet, index)):
            continue
        acquainted = bool(known) or kind == "connection" or contact in ("network", "association")
        if not _is_talk(sheet.values["status_text"][index] or "", acquainted=acquainted, about_a_post=bool(role)):
            continue
        kinds[index] = contact or "network"
        if left[index] is not None:
            met[index], left[index] = left[index], None
            if header := sheet.own_headers.get(index, {}).get("interview_at"):
                sheet.tell_column(index, "meeting_on", header)
        if met[index] is None:
            continue
        if (last := written[index]) is not None and named_day(last) == named_day(met[index]):
            written[index] = None
        stages[index] = Stage.IN_TOUCH
    sheet.values |= {"interview_at": left, "meeting_on": met, "stage": stages}
    sheet.values |= {"last_outbound": written, "contact_kind": kinds}


def _is_in_column(sheet: Sheet, index: int) -> bool:
    """Whether the interview of this row stands in a column of its own, or cannot be read there."""
    if "interview_at" in sheet.unreadable.get(index, ()):
        return True
    return "interview_at" in sheet.columns.fields and "interview_at" not in sheet.own_headers.get(index, {})


@lru_cache(maxsize=4096)
def _is_talk(text: str, *, acquainted: bool, about_a_post: bool) -> bool:
    words, said = _table()["talks"], spaced(text).split()
    if any(word.startswith(tuple(words["informational"])) for word in said):
        return True
    told = (*words["informal"], *(words["among"] if acquainted else ()))
    if about_a_post or any(word.startswith(tuple(words["interview"])) for word in said):
        return False
    return any(word.startswith(told) for word in said)
