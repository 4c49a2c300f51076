"""The advice as data: rules and wording out of `mappings/`, with the user's numbers and switches applied.

Vocabulary:

- **Rule**: one piece of advice with its id (`R-<seed>-<n>`), what sets it off, its kind of time, class and numbers.
- **Advice**: the rules and the wording (`sync.wording`), with the words of people's sheets and ticks, ready for the
  engine, which holds no advice of its own.

A rule or text the user names and we do not have is an error that names the nearest one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time as clock_time
from functools import cache, cached_property
from types import MappingProxyType
from typing import Annotated, Literal

from msgspec import Meta, Struct, field
from msgspec.structs import replace

from sync import toml
from sync.config import RuleNumbers, Settings, Weekday
from sync.convert import convert
from sync.errors import ConfigError
from sync.messages.library import load_phrases
from sync.messages.sentences import Phrases
from sync.models import Lead, Stage, TouchClass
from sync.reading.vocabulary import Vocabulary, load_vocabulary
from sync.texts import Wording, read_mapping
from sync.wording import load_wording, nearest

HARD_FLOOR = 2
"""Days between two asking touches to one person that no setting goes under (R-004-3)."""

INTERVIEWS = "R-005-5"
"""The rule that `[target] interviews` switches on."""

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
Window = Literal["work", "message"]


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
    any_day: bool = False
    """Whether it keeps its very day, working day or not; without, it waits for a working day."""
    busy: bool = False
    """Whether one is not free meanwhile: an appointment of the seeker's, no reminder."""
    joins: str = ""
    """A late touch of this rule takes ours in: both are one event, and done both are done."""
    on: bool = True
    check: str = ""
    """The key of what to look at before its message is sent, where that is true of every one of them."""
    texts: tuple[str, ...] = ()
    """The keys of the texts that say it, beside those that have its id in them."""
    kept: str = ""
    """In a sentence, how a rule is kept that neither a function nor a text is for."""
    kept_by: tuple[str, ...] = ()
    """What of the code keeps a rule that is no function of its own, as `file:name`."""
    advice: str

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers this rule has."""
        return tuple(name for name in RuleNumbers.model_fields if getattr(self, name) is not None)


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

    def phrases_for(self, lead: Lead) -> Phrases:
        """The sentences of messages about this lead: to customers, to friends who are asked for help, or employers."""
        if lead.is_customer:
            return load_phrases(self.language, self.own_words, whom="customers")
        return load_phrases(self.language, self.own_words, whom="friends") if lead.is_friend else self.phrases

    @property
    def touching(self) -> frozenset[str]:
        """The rules whose touch is a contact with somebody else."""
        return frozenset(rule.id for rule in self.rules.values() if rule.kind is not TouchClass.SELF)


def load_advice(settings: Settings, *, wording: str = "", mapping: str = "") -> Advice:
    """The shipped advice with the user's numbers, switches and own `wording` (the text of a TOML file) applied.

    Raises `ConfigError` for a rule id, number or text that does not exist, naming the nearest one.
    """
    rules = _load_rules(settings)
    told = read_wording(settings.language, wording)
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


# What lies in `mappings/` is the same for every owner: a process reads it once.


@cache
def shipped_rules() -> Mapping[str, Rule]:
    """The rules as they come, by id, before anybody changes a number."""
    rules = convert(toml.loads(read_mapping("rules.toml"))["rule"], list[Rule])
    return MappingProxyType({rule.id: rule for rule in rules})


@cache
def _shipped_done_words() -> tuple[str, ...]:
    words: Mapping[str, list[str]] = toml.loads(read_mapping("reactions.toml"))["done"]
    return tuple(word for language in words.values() for word in language)


def _load_rules(settings: Settings) -> Mapping[str, Rule]:
    rules = dict(shipped_rules())
    chosen = settings.rules
    for place, ids in (
        ("rules.disable", chosen.disable),
        ("rules.enable", chosen.enable),
        ("rules", tuple(chosen.numbers)),
    ):
        for rule_id in ids:
            if rule_id not in rules:
                raise ConfigError(f"{place}: there is no rule {rule_id!r}" + nearest(rule_id, rules))
    for rule_id in chosen.disable:
        rules[rule_id] = replace(rules[rule_id], on=False)
    for rule_id in (*chosen.enable, *((INTERVIEWS,) if settings.target.interviews else ())):
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


def read_wording(language: str, own: str = "") -> Wording:
    """The texts of a language, with the rules' advice and a person's own texts (TOML) in their place."""
    return load_wording(language, own, tuple((rule.id, rule.advice) for rule in shipped_rules().values()))
