"""Shipped texts by their keys, in a language. Placeholders are `{name}`, nothing else is interpreted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from sync import toml
from sync.convert import convert

if TYPE_CHECKING:
    from sync.models import Remark

HALF_A_YEAR = 182
"""Days. A date further away is named with its year; the nearer ones change nothing of a text when a year ends."""

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_DOUBLED = re.compile(r"(?<!\.)\.\.(?![./\\])")
"""A sentence that ends in a date such as `Mo 11. Jan.` has one full stop; `../leads.csv` stays a path."""


class Wording(Struct, frozen=True, dict=True):
    """Texts by key. Only `{name}` is a placeholder, so that a value from a sheet is never interpreted."""

    texts: Mapping[str, str]

    def say(self, key: str, **facts: object) -> str:
        """The text of this key with its placeholders filled; for one of a `count` its `-single`, where there is one."""
        template, single, fixed = self._templates[key]
        if fixed is not None:
            return fixed
        if single is not None and str(facts.get("count", facts.get("days"))) == "1":
            template = single
        text = template % facts
        return _DOUBLED.sub(".", text) if ".." in text else text

    def tell(self, remark: Remark) -> str:
        """What somebody had to say who knew no language."""
        return self.say(remark.key, **remark.facts)

    def has(self, key: str) -> bool:
        """Whether there is a text for this key."""
        return key in self.texts

    def day(self, day: date, *, seen_from: date | None = None, width: int = 1) -> str:
        """`Sat 16 Jan`: the weekday makes a date hard to misread; more than half a year away the year stands there."""
        far = seen_from is not None and abs(day.toordinal() - seen_from.toordinal()) > HALF_A_YEAR
        facts = {"weekday": self.weekday(day), "day": f"{day.day:{width}}", "month": self._months[day.month - 1]}
        return self.say("date_far", **facts, year=day.year) if far else self.say("date", **facts)

    def stamp(self, moment: date) -> str:
        """`Mon 2027-01-11`, with its hour where it has one: a day as the sheet and the command line have it."""
        shown = f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else moment.isoformat()
        return f"{self.weekday(moment)} {shown}"

    def weekday(self, day: date) -> str:
        """Its first letters."""
        return self._weekdays[day.weekday()]

    @cached_property
    def varied(self) -> Mapping[str, frozenset[str]]:
        """The special cases a key has texts of its own for: `late`, where there is `key-late` beside `key`."""
        cases: dict[str, set[str]] = {}
        for key in self.texts:
            base, _, case = key.rpartition("-")
            cases.setdefault(base, set()).add(case)
        return {key: frozenset(special) for key, special in cases.items()}

    @cached_property
    def _templates(self) -> _Templates:
        return _Templates(self.texts)

    @cached_property
    def _weekdays(self) -> tuple[str, ...]:
        return tuple(self.texts["weekdays"].split())

    @cached_property
    def _months(self) -> tuple[str, ...]:
        return tuple(self.texts["months"].split())


class _Templates(dict[str, tuple[str, str | None, str | None]]):
    """Texts as templates, each with the one that is said of one instead; as they are where nothing is filled in.

    Made when they are first said: most runs say few of them.
    """

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def __missing__(self, key: str) -> tuple[str, str | None, str | None]:
        text, single = self._texts[key], self._texts.get(f"{key}-single")
        fixed = None if single or PLACEHOLDER.search(text) else _DOUBLED.sub(".", text)
        self[key] = made = _as_template(text), None if single is None else _as_template(single), fixed
        return made


def _as_template(text: str) -> str:
    """The text for the `%` operator: nothing in it but a plain `{name}` is a placeholder."""
    return PLACEHOLDER.sub(r"%(\1)s", text.replace("%", "%%"))


def read_mapping(name: str) -> str:
    """The text of a file of `mappings/`."""
    return files("mappings").joinpath(name).read_text("utf-8")


@cache
def load_screens(language: str) -> Wording:
    """What the command line shows day by day; in English what a language leaves out."""
    return _load_shipped("screens", language)


@cache
def load_remarks(language: str) -> Wording:
    """What is said about a sheet and a calendar: cells, rows, columns; in English what a language leaves out."""
    return _load_shipped("remarks", language)


def _load_shipped(name: str, language: str) -> Wording:
    texts = flatten(toml.loads(read_mapping(f"{name}.en.toml")))
    if language != "en":
        with suppress(FileNotFoundError):
            texts |= flatten(toml.loads(read_mapping(f"{name}.{language}.toml")))
    return Wording(MappingProxyType(texts))


def flatten(document: Mapping[str, object]) -> dict[str, str]:
    """`[R-001-1] title = "x"` becomes `R-001-1.title`."""
    flat: dict[str, str] = {}
    for key, value in convert(document, dict[str, str | dict[str, str]]).items():
        if isinstance(value, str):
            flat[key] = value
        else:
            flat |= {f"{key}.{name}": text for name, text in value.items()}
    return flat
