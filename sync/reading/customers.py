"""Lists of customers: told from lists of jobs by the words of their headers and statuses, out of
`mappings/customers.toml`.

In such a list an offer is the seller's own, and whoever accepts it is a customer won.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from sync import toml
from sync.models import CUSTOMER, CellValue, Stage
from sync.moments import named_day
from sync.reading.cells import spaced
from sync.reading.sheet import Sheet

_NO_WORD = re.compile(r"[^\w]+", re.UNICODE)
_JOBS = frozenset(("role", "agency", "interviewers", "references_given_on", "reference_names"))
"""Columns that nobody has who sells."""


@cache
def _words() -> Mapping[str, Any]:
    return toml.loads(files("mappings").joinpath("customers.toml").read_text("utf-8"))


def lists_customers(headers: Iterable[str], mapped: Mapping[str, str], stages: Iterable[CellValue] = ()) -> bool:
    """Whether a sheet of these headers is about selling: one says so, none speaks of a job.

    `mapped` is field to header, as it is read: a position is one of a job, unless it is a `Deal` or `What` with a
    customer. Where a header or a stage speaks of a quote, what is called a job is the work that customers are quoted
    for.
    """
    known, words = _words(), [_split(header) for header in headers]
    named = any(not set(some).isdisjoint(known["headers"]) for some in words)
    quotes = tuple(known["quotes"])
    if named and _begins([*words, *map(_split, set(map(str, stages)))], quotes):
        return True
    work = named and spaced(mapped.get("role", "")) in (*known["deals"], *known["works"])
    jobs = _JOBS - {"role"} if work else _JOBS
    if not jobs.isdisjoint(mapped):
        return False
    if not named and not any(" ".join(some) in known["deals"] for some in words):
        return False
    return not _begins(words, tuple(known["jobs"]))


def _split(text: str) -> Sequence[str]:
    return [*filter(None, _NO_WORD.split(text.casefold()))]


def _begins(texts: Iterable[Sequence[str]], beginnings: tuple[str, ...]) -> bool:
    """Whether a word of these texts begins so."""
    return any(word.startswith(beginnings) for words in texts for word in words)


def constants_of(constants: Mapping[str, str], stages: Iterable[CellValue]) -> Mapping[str, str]:
    """What all rows of an export have in common. Deals whose stages speak of a job are applications: people keep them
    in programs made for selling, too."""
    if constants.get("lead_kind") != CUSTOMER:
        return constants
    jobs = tuple(_words()["jobs"])
    if not _begins(map(_split, set(map(str, stages))), jobs):
        return constants
    return {name: constant for name, constant in constants.items() if name != "lead_kind"}


def words_of_sellers() -> Mapping[str, Stage]:
    """What a status means in a list of customers, by its words."""
    return {word: Stage(stage) for stage, words in _words()["statuses"].items() for word in words}


def dated_words_of_sellers() -> frozenset[str]:
    """Those of them that say the same beside a day; an appointment is to come or has been."""
    return frozenset(map(spaced, words_of_sellers().keys() - set(_words()["appointments"])))


def names_appointment(status: str) -> bool:
    """Whether this stage of a seller's list is that of an appointment: `Demo booked`."""
    return spaced(status) in _words()["appointments"]


def settle_customers(sheet: Sheet, today: date | None) -> None:
    """The rows of a list of customers are customers, unless a row says what else it is; the day of an offer is that of
    the seller's: beside an earlier one it is their last message."""
    said = sheet.values.get("lead_kind", [None] * len(sheet.rows))
    sheet.values["lead_kind"] = [kind or CUSTOMER for kind in said]
    if spaced(sheet.columns.mapped.get("closes_on", "")) in _words()["expected"]:
        sheet.values.pop("closes_on", None)
    offers = sheet.values.pop("offer_on", None)
    if offers is None:
        return
    known, written = (
        list(sheet.values.get(name, [None] * len(sheet.rows))) for name in ("applied_on", "last_outbound")
    )
    for index, offer in enumerate(offers):
        if not offer:
            continue
        header = sheet.own_headers.get(index, {}).get("offer_on") or sheet.columns.mapped["offer_on"]
        day, last = named_day(offer), written[index]
        if known[index] is None or "applied_on" not in sheet.columns.fields:
            known[index] = day
            sheet.tell_column(index, "applied_on", header)
        elif day > (named_day(last) if last else known[index]) and (today is None or day <= today):
            written[index] = day
            sheet.tell_column(index, "last_outbound", header)
    sheet.values |= {"applied_on": known, "last_outbound": written}
