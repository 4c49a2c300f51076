"""The advice as data: rules and wording out of `mappings/`, with the user's numbers and switches applied.

Vocabulary:

- **Rule**: one piece of advice with its id (`R-<seed>-<n>`), what sets it off, its kind of time, class and numbers.
- **Wording**: every text an event may show, by key; placeholders are `{name}`, nothing else is interpreted.
- **Advice**: both, with the words of people's sheets and ticks, ready for the engine, which holds no advice of its own.

A rule or text the user names and we do not have is an error that names the nearest one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from datetime import time as clock_time
from difflib import get_close_matches
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Literal

from msgspec import Meta, Struct, ValidationError, convert, field
from msgspec.structs import replace

from sync.config import RuleNumbers, Settings, Weekday
from sync.errors import ConfigError
from sync.messages.library import load_phrases
from sync.messages.phrases import Phrases
from sync.models import Stage, TouchClass
from sync.reading.vocabulary import Vocabulary, load_vocabulary

HARD_FLOOR = 2
"""Days between two asking touches to one person that no setting goes under (R-004-3)."""

HALF_A_YEAR = 182
"""Days. A date further away is named with its year; the nearer ones change nothing of a text when a year ends."""

MAX_TEXT = 2_000
"""No single text of a wording file is longer."""

Sort = Literal["event", "guard", "state", "content", "data"]
Time = Literal["deadline", "floor", "before", "promise", "recurring", "none"]
Audience = Literal[
    "contact",
    "sender",
    "promised",
    "referrer",
    "agency",
    "references",
    "interviewers",
    "arranger",
    "employer",
    "self",
    "none",
]
About = Literal["", "rule", "stage", "organisation"]
Window = Literal["work", "message", "contact"]


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One piece of advice. Which numbers it has is fixed by the data: the user may change those and no others.

    `sort` says what it does: makes an event, limits or moves events, gives a state, is content of a description, or
    asks for data. `stages` limits it to leads in those stages. `reads` are the fields it depends on: an unreadable
    one freezes its touches. `advice` is the source's advice in our words; `wording` the key of its texts.
    """

    id: Annotated[str, Meta(pattern=r"^(R-\d{3}-\d{1,2}|sheet|more|triage|heartbeat)$")]
    sort: Sort
    trigger: tuple[str, ...] = ()
    """The fields without which nothing sets it off."""
    time: Time = "none"
    kind: TouchClass = field(default=TouchClass.SELF, name="class")
    audience: Audience = "none"
    about: About = ""
    """What tells several events of this rule apart, where it is not whom they are sent to (their party)."""
    channel: str = ""
    window: Window = "work"
    hours: int | None = None
    days: int | None = None
    business_days: int | None = None
    minutes: int | None = None
    intervals: tuple[int, ...] | None = None
    cap: int | None = None
    at: clock_time | None = None
    weekday: Weekday | None = None
    each: bool | None = None
    length: int = 15
    stages: tuple[Stage, ...] = ()
    hangs_on: str = ""
    reads: frozenset[str] = frozenset()
    levelled: bool = False
    joins: str = ""
    """A late touch of this rule takes ours in: both are one event, and done both are done."""
    on: bool = True
    advice: str

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers this rule has."""
        return tuple(name for name in RuleNumbers.model_fields if getattr(self, name) is not None)


_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Wording(Struct, frozen=True, dict=True):
    """Texts by key. Only `{name}` is a placeholder, so that a value from a sheet is never interpreted."""

    texts: Mapping[str, str]

    def say(self, key: str, **facts: object) -> str:
        """The text of this key with its placeholders filled; for one of a `count` its `-single`, where there is one."""
        template, single = self._templates[key]
        if single is not None and str(facts.get("count", facts.get("days"))) == "1":
            template = single
        return template % facts

    def has(self, key: str) -> bool:
        """Whether there is a text for this key."""
        return key in self.texts

    def day(self, day: date, *, seen_from: date | None = None) -> str:
        """`Sat 16 Jan`: the weekday makes a date hard to misread; more than half a year away the year stands there."""
        number = day.toordinal()
        far = seen_from is not None and abs(number - seen_from.toordinal()) > HALF_A_YEAR
        if (known := self._days.get((number, far))) is None:
            weekday, month = self._weekdays[day.weekday()], self._months[day.month - 1]
            facts = {"weekday": weekday, "day": day.day, "month": month}
            known = self.say("date_far", **facts, year=day.year) if far else self.say("date", **facts)
            self._days[number, far] = known
        return known

    def moment(self, moment: datetime, *, seen_from: date | None = None) -> str:
        """`Sat 16 Jan 16:40`, in the zone the moment is in."""
        return self.say("moment", day=self.day(moment, seen_from=seen_from), time=f"{moment:%H:%M}")

    @cached_property
    def varied(self) -> Mapping[str, frozenset[str]]:
        """The special cases a key has texts of its own for: `late`, where there is `key-late` beside `key`."""
        cases: dict[str, set[str]] = {}
        for key in self.texts:
            base, _, case = key.rpartition("-")
            cases.setdefault(base, set()).add(case)
        return {key: frozenset(special) for key, special in cases.items()}

    @cached_property
    def _templates(self) -> Mapping[str, tuple[str, str | None]]:
        """The texts as templates, each with the one that is said of one instead, where there is one."""
        templates = {key: _as_template(text) for key, text in self.texts.items()}
        return {key: (template, templates.get(f"{key}-single")) for key, template in templates.items()}

    @cached_property
    def _days(self) -> dict[tuple[int, bool], str]:
        """Days told before: a schedule names the same few again and again."""
        return {}

    @cached_property
    def _weekdays(self) -> tuple[str, ...]:
        return tuple(self.texts["weekdays"].split())

    @cached_property
    def _months(self) -> tuple[str, ...]:
        return tuple(self.texts["months"].split())


def _as_template(text: str) -> str:
    """The text for the `%` operator: nothing in it but a plain `{name}` is a placeholder."""
    return _PLACEHOLDER.sub(r"%(\1)s", text.replace("%", "%%"))


class Advice(Struct, frozen=True, dict=True):
    """Everything the engine needs to know that is not code."""

    rules: Mapping[str, Rule]
    wording: Wording
    vocabulary: Vocabulary
    done_words: tuple[str, ...]
    """Words that tick an event when they begin its title."""
    language: str = "en"
    own_words: str = ""
    """The text of a person's wording file."""

    @cached_property
    def phrases(self) -> Phrases:
        """The sentences of messages, read when the first one is written."""
        return load_phrases(self.language, self.own_words)

    @property
    def touching(self) -> frozenset[str]:
        """The rules whose touch is a contact with somebody else."""
        return frozenset(rule.id for rule in self.rules.values() if rule.kind is not TouchClass.SELF)


def load_advice(settings: Settings, *, wording: str = "", mapping: str = "") -> Advice:
    """The shipped advice with the user's numbers, switches and own `wording` (the text of a TOML file) applied.

    Raises `ConfigError` for a rule id, number or text that does not exist, naming the nearest one.
    """
    rules = _load_rules(settings)
    told = _load_wording(settings.language, wording)
    if "draft" in wording:
        load_phrases(settings.language, wording)  # a mistake in a message is told before anything is done
    return Advice(
        rules=MappingProxyType({id_: _in_words(rule, told) for id_, rule in rules.items()}),
        wording=told,
        vocabulary=load_vocabulary(mapping=mapping),
        done_words=_shipped_done_words(),
        language=settings.language,
        own_words=wording,
    )


def _read(name: str) -> str:
    return files("mappings").joinpath(name).read_text("utf-8")


# What lies in `mappings/` is the same for every owner: a process reads it once.


@cache
def _shipped_rules() -> Mapping[str, Rule]:
    rules = convert(tomllib.loads(_read("rules.toml"))["rule"], list[Rule])
    return MappingProxyType({rule.id: rule for rule in rules})


@cache
def _shipped_done_words() -> tuple[str, ...]:
    words: Mapping[str, list[str]] = tomllib.loads(_read("reactions.toml"))["done"]
    return tuple(word for language in words.values() for word in language)


def _load_rules(settings: Settings) -> Mapping[str, Rule]:
    rules = dict(_shipped_rules())
    chosen = settings.rules
    for place, ids in (
        ("rules.disable", chosen.disable),
        ("rules.enable", chosen.enable),
        ("rules", tuple(chosen.numbers)),
    ):
        for rule_id in ids:
            if rule_id not in rules:
                raise ConfigError(f"{place}: there is no rule {rule_id!r}" + _nearest(rule_id, rules))
    for rule_id in chosen.disable:
        rules[rule_id] = replace(rules[rule_id], on=False)
    for rule_id in chosen.enable:
        rules[rule_id] = replace(rules[rule_id], on=True)
    for rule_id, numbers in chosen.numbers.items():
        rules[rule_id] = _with_numbers(rules[rule_id], numbers)
    return rules


def _with_numbers(rule: Rule, numbers: RuleNumbers) -> Rule:
    given = {name: value for name in RuleNumbers.model_fields if (value := getattr(numbers, name)) is not None}
    for name in given:
        if name not in rule.numbers:
            has = f"it has {', '.join(rule.numbers)}" if rule.numbers else "it has no numbers"
            raise ConfigError(f'rules."{rule.id}": this rule has no number {name!r}; {has}')
    if rule.id == "R-004-3" and given.get("days", HARD_FLOOR) < HARD_FLOOR:
        raise ConfigError(
            f'rules."R-004-3".days = {given["days"]}: asking one person again takes at least {HARD_FLOOR} days'
        )
    return replace(rule, **given)


def _in_words(rule: Rule, wording: Wording) -> Rule:
    """The rule with its advice in the user's language and words."""
    return replace(rule, advice=wording.texts[f"advice.{rule.id}"])


@lru_cache(maxsize=64)
def _load_wording(language: str, own: str) -> Wording:
    """The texts of the language with the user's own; what a language leaves out, and the rules' advice, in English."""
    try:
        texts = _flatten(tomllib.loads(_read("wording.en.toml")))
        texts |= {f"advice.{rule.id}": rule.advice for rule in _shipped_rules().values()}
        if language != "en":
            texts |= _own_texts(_read(f"wording.{language}.toml"), texts, f"wording.{language}.toml")
    except FileNotFoundError:
        raise ConfigError(f"language = {language!r}: there is no wording for it; use en or wording = FILE") from None
    return Wording(MappingProxyType(texts | _own_texts(own, texts, "wording")))


def _own_texts(text: str, known: Mapping[str, str], name: str) -> dict[str, str]:
    """Texts that take the place of shipped ones: only known keys, only the placeholders the shipped text has.

    A text that counts (`{count}`, `{days}`) may have a `-single` of its own, also where the shipped one needs none.
    """
    try:
        own = _flatten({key: value for key, value in tomllib.loads(text).items() if key != "draft"})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ConfigError(f"{name} is not a valid wording file: {error}") from None
    for key, value in own.items():
        plural = known.get(key.removesuffix("-single"), "")
        counts = "{count}" in plural or "{days}" in plural
        shipped = f"{plural} {known.get(key, '')}".strip() if counts else known.get(key)
        if shipped is None:
            raise ConfigError(f"{name}: there is no text {key!r}" + _nearest(key, known))
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


def _nearest(name: str, known: Mapping[str, object]) -> str:
    near = get_close_matches(name, list(known), 1, 0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
