"""The words around dates and hours, out of `mappings/dates.toml`: weekdays, zones by their letters, noon, weeks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from msgspec import Struct

from sync import toml


class SeveralWords(Struct, frozen=True):
    """What makes a day one of several; `several_days` says how. All in lower case."""

    week: tuple[str, ...]
    week_behind: tuple[str, ...]
    between: tuple[str, ...]
    joined: tuple[str, ...]
    to: tuple[str, ...]
    either: tuple[str, ...]


class HourWords(Struct, frozen=True):
    """What stands around the number of an hour; `hour_grammar` says what each of them does. All in lower case."""

    sure: tuple[str, ...]
    maybe: tuple[str, ...]
    start: tuple[str, ...]
    about: tuple[str, ...]
    behind: tuple[str, ...]
    lasting: tuple[str, ...]
    joined: tuple[str, ...]
    to: tuple[str, ...]
    half: tuple[str, ...]
    unread: tuple[str, ...]
    minutes: tuple[str, ...]
    company: tuple[str, ...]
    noon: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    spoken: Mapping[str, tuple[str, ...]]
    added: Mapping[str, tuple[str, ...]]
    """Both by the minutes they add."""
    numbers: Mapping[str, Mapping[str, int]]
    """By language: one to twelve in words."""


class SaidWords(Struct, frozen=True):
    """How a day is named from where its writer stood; `said_days` says what each of them does. All in lower case."""

    morning: tuple[str, ...]
    within: tuple[str, ...]
    up_to: tuple[str, ...]
    up_to_behind: tuple[str, ...]
    later: tuple[str, ...]
    ago: tuple[str, ...]
    ago_behind: tuple[str, ...]
    days: tuple[str, ...]
    working_days: tuple[str, ...]
    weeks: tuple[str, ...]
    months: tuple[str, ...]
    ahead: tuple[str, ...]
    ahead_the: tuple[str, ...]
    until_behind: tuple[str, ...]
    the: tuple[str, ...]
    next: tuple[str, ...]
    next_week: tuple[str, ...]
    next_month: tuple[str, ...]
    this_week: tuple[str, ...]
    last: tuple[str, ...]
    last_behind: tuple[str, ...]
    last_week: tuple[str, ...]
    behind: tuple[str, ...]
    rarely: tuple[str, ...]
    spans: Mapping[str, int]
    passed: Mapping[str, int]
    numbers: Mapping[str, int]
    they_call: tuple[str, ...]
    """Before a day: it is they who call on it."""
    waits: tuple[str, ...]
    """One of them stands in each note that says that all waits."""
    in_month: tuple[str, ...]
    """Before the name of a month in which something is to be done."""
    acts: tuple[str, ...]
    """One of them, without accents, stands in each text that says what the seeker is to do then."""
    seasons: Mapping[str, int]
    """Times without a month, by the one at whose beginning they have come."""
    short_ahead: tuple[str, ...]
    short: Mapping[str, int]
    """Weekdays behind one of `short_ahead`."""
    numbered: tuple[str, ...]
    month_parts: Mapping[str, int]
    month_parts_behind: Mapping[str, int]
    """Parts of a month, before its name or behind it, by the day that stands for it."""
    ends: Mapping[str, tuple[str, ...]]
    """What ends, with the words for its end: `week`, `next` week, `month`."""


class DateWords(Struct, frozen=True):
    """All of them in lower case. `weekdays` counts from Monday, 0; None where a word means different days."""

    months: Mapping[str, int]
    weekdays: Mapping[str, int | None]
    small: frozenset[str]
    week: frozenset[str]
    around_hours: frozenset[str]
    """Words that stand beside an hour and belong to it."""
    hour: HourWords
    said: SaidWords
    lengths: frozenset[str]
    """What two numbers before it count: `1-2 weeks` is no day."""
    remark: frozenset[str]
    several: SeveralWords
    zones: Mapping[str, str]
    unclear: Mapping[str, tuple[str, ...]]
    """Letters that stand for several clocks, with the zones they may mean."""
    month_first: frozenset[str]
    """Locales that write the month before the day."""
    neither: frozenset[str]
    """Locales and languages whose habit settles nothing about the two."""
    countries: frozenset[str]
    zones_month_first: tuple[str, ...]
    """Countries, and zones or how their names begin, where the month comes before the day."""

    def is_month_first(self, countries: Iterable[str], zone: str) -> bool:
        """Whether the month is likely to come first where somebody has holidays of these countries, else this zone."""
        codes = {code.partition("-")[0] for code in countries}
        return bool(codes & self.countries) if codes else zone.startswith(self.zones_month_first)

    def usual_order(self, locale: str) -> Literal["dmy", "mdy"] | None:
        """Which of day and month comes first where a sheet has this locale (`en_US`, `de`); None where that is open."""
        if locale in self.month_first:
            return "mdy"
        language = locale.partition("_")[0]
        known = re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", locale)
        return None if not known or {locale, language} & self.neither else "dmy"


def parse_date_words(text: str) -> DateWords:
    """The words in the text of `dates.toml`."""
    document = toml.loads(text)
    words = document["words"]
    days = {
        word: None if number == "any" else int(number)
        for number, several in reversed(document["weekdays"].items())
        for word in several
    }
    hour = _parse_hour_words(document["hour"], words["noon"])
    return DateWords(
        months={name: int(number) for number, names in document["months"].items() for name in names},
        weekdays=days,
        small=frozenset(words["small"]),
        week=frozenset(words["week"]),
        around_hours=_around(hour),
        hour=hour,
        said=_parse_said_words(document["said"]),
        lengths=frozenset(words["lengths"]),
        remark=frozenset(words["remark"]),
        several=_parse_several(document["several"]),
        zones={letters: zone for zone, several in document["zones"].items() for letters in several},
        unclear={letters: tuple(zones) for letters, zones in document["unclear"].items()},
        month_first=frozenset(document["order"]["month_first"]),
        neither=frozenset(document["order"]["neither"]),
        countries=frozenset(document["order"]["month_first_in"]["countries"]),
        zones_month_first=tuple(document["order"]["month_first_in"]["zones"]),
    )


def _parse_said_words(document: Mapping[str, Any]) -> SaidWords:
    fields: dict[str, Any] = {name: tuple(words) for name, words in document.items() if isinstance(words, list)}
    for name in ("spans", "passed", "numbers", "month_parts", "month_parts_behind", "seasons"):
        fields[name] = {word: int(number) for number, words in document[name].items() for word in words}
    short = document["short"]
    fields |= {
        "short_ahead": tuple(short["ahead"]),
        "short": short["days"],
        "numbered": tuple(document["week"]["numbered"]),
    }
    return SaidWords(ends={what: tuple(words) for what, words in document["ends"].items()}, **fields)


def _parse_several(document: Mapping[str, Iterable[str]]) -> SeveralWords:
    names = {"and": "joined", "or": "either"}
    return SeveralWords(**{names.get(name, name): tuple(words) for name, words in document.items()})


def _parse_hour_words(document: Mapping[str, Any], noon: Iterable[str]) -> HourWords:
    fields: dict[str, Any] = {name: tuple(words) for name, words in document.items() if isinstance(words, list)}
    for name in ("parts", "spoken", "added"):
        fields[name] = {key: tuple(words) for key, words in document[name].items()}
    numbers = {
        language: {word: number for number, forms in enumerate(words, 1) for word in forms.split()}
        for language, words in document["numbers"].items()
    }
    return HourWords(noon=tuple(noon), numbers=numbers, **fields)


def _around(hour: HourWords) -> frozenset[str]:
    """Every single word of them."""
    several = (hour.sure, hour.maybe, hour.about, hour.behind, hour.lasting, hour.noon, *hour.parts.values())
    return frozenset(word for words in several for phrase in words for word in phrase.split()) | {"am", "pm"}


@cache
def shipped_date_words() -> DateWords:
    """The words that lie in `mappings/`: read once, and only where a cell is more than plain numbers."""
    return parse_date_words(files("mappings").joinpath("dates.toml").read_text("utf-8"))
