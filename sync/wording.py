"""What events say: every text by its key, in a language and with a person's own texts in place of ours.

Placeholders are `{name}`, nothing else is interpreted. A text that does not exist is an error that names the nearest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from types import MappingProxyType

from msgspec import Struct, ValidationError

from sync import toml
from sync.convert import convert
from sync.errors import ConfigError

HALF_A_YEAR = 182
"""Days. A date further away is named with its year; the nearer ones change nothing of a text when a year ends."""

MAX_TEXT = 2_000
"""No single text of a wording file is longer."""


_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
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
    def _templates(self) -> Mapping[str, tuple[str, str | None, str | None]]:
        """The texts as templates, each with the one that is said of one instead; as they are where nothing is filled
        in."""
        templates = {key: _as_template(text) for key, text in self.texts.items()}
        return {
            key: (templates[key], single, None if single or _PLACEHOLDER.search(text) else _DOUBLED.sub(".", text))
            for key, text in self.texts.items()
            for single in (templates.get(f"{key}-single"),)
        }

    @cached_property
    def _weekdays(self) -> tuple[str, ...]:
        return tuple(self.texts["weekdays"].split())

    @cached_property
    def _months(self) -> tuple[str, ...]:
        return tuple(self.texts["months"].split())


def _as_template(text: str) -> str:
    """The text for the `%` operator: nothing in it but a plain `{name}` is a placeholder."""
    return _PLACEHOLDER.sub(r"%(\1)s", text.replace("%", "%%"))


def read_mapping(name: str) -> str:
    """The text of a file of `mappings/`."""
    return files("mappings").joinpath(name).read_text("utf-8")


def shipped_languages() -> tuple[str, ...]:
    """The languages there is a wording for, by its files: `en`, `de`."""
    names = (path.name for path in files("mappings").iterdir())
    return tuple(sorted(name.split(".")[1] for name in names if name.startswith("wording.")))


@lru_cache(maxsize=64)
def load_wording(language: str, own: str, advice: tuple[tuple[str, str], ...]) -> Wording:
    """The texts of the language with the user's own; what a language leaves out, and the rules' advice, in English.

    Raises `ConfigError` for a language there is no wording for, and for a text that may not take a shipped one's place.
    """
    try:
        texts = _flatten(toml.loads(read_mapping("wording.en.toml")))
        texts |= {f"advice.{rule_id}": said for rule_id, said in advice}
        if language != "en":
            texts |= _own_texts(read_mapping(f"wording.{language}.toml"), texts, f"wording.{language}.toml")
    except FileNotFoundError:
        raise ConfigError(f"language = {language!r}: there is no wording for it; use en or wording = FILE") from None
    return Wording(MappingProxyType(texts | _own_texts(own, texts, "wording")))


@cache
def load_screens(language: str) -> Wording:
    """What the command line shows day by day; in English what a language leaves out."""
    return _load_shipped("screens", language)


@cache
def load_remarks(language: str) -> Wording:
    """What is said about a sheet and a calendar: cells, rows, columns; in English what a language leaves out."""
    return _load_shipped("remarks", language)


def _load_shipped(name: str, language: str) -> Wording:
    texts = _flatten(toml.loads(read_mapping(f"{name}.en.toml")))
    if language != "en":
        with suppress(FileNotFoundError):
            texts |= _flatten(toml.loads(read_mapping(f"{name}.{language}.toml")))
    return Wording(MappingProxyType(texts))


def _own_texts(text: str, known: Mapping[str, str], name: str) -> dict[str, str]:
    """Texts that take the place of shipped ones: only known keys, only the placeholders the shipped text has.

    A text that counts (`{count}`, `{days}`) may have a `-single` of its own, also where the shipped one needs none.
    """
    try:
        own = _flatten({key: value for key, value in toml.loads(text).items() if key != "draft"})
    except (toml.TOMLDecodeError, ValidationError) as error:
        raise ConfigError(f"{name} is not a valid wording file: {error}") from None
    for key, value in own.items():
        plural = known.get(key.removesuffix("-single"), "")
        counts = "{count}" in plural or "{days}" in plural
        shipped = f"{plural} {known.get(key, '')}".strip() if counts else known.get(key)
        if shipped is None:
            raise ConfigError(f"{name}: there is no text {key!r}" + nearest(key, known))
        for unknown in sorted(set(_PLACEHOLDER.findall(value)) - set(_PLACEHOLDER.findall(shipped))):
            raise ConfigError(f"{name}: {key} may not use {{{unknown}}}; the shipped text is {shipped!r}")
        if len(value) > MAX_TEXT:
            raise ConfigError(f"{name}: {key} is longer than {MAX_TEXT} characters")
    return own


def _flatten(document: Mapping[str, object]) -> dict[str, str]:
    """`[R-001-1] title = "x"` becomes `R-001-1.title`."""
    flat: dict[str, str] = {}
    for key, value in convert(document, dict[str, str | dict[str, str]]).items():
        if isinstance(value, str):
            flat[key] = value
        else:
            flat |= {f"{key}.{name}": text for name, text in value.items()}
    return flat


def nearest(name: str, known: Mapping[str, object]) -> str:
    """A question that names what was probably meant; empty where nothing is near."""
    near = get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
