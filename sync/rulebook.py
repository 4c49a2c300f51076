"""A rule as a page to read: its advice and source, what sets it off, its numbers, its words, where it is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import time

from msgspec import Struct

from sync.advice import Advice, Rule, read_wording, shipped_rules
from sync.errors import ConfigError
from sync.wording import nearest, shipped_languages

ARTICLES = {
    "000": "What to do with information",
    "001": "Six situations to follow up in",
    "002": "Introductions",
    "003": "What a meaningful follow-up is",
    "004": "Recruiters, and after the interview",
}
"""The articles that rules come from, by the first number of an id, in our words; the others are our own."""


class Made(Struct, frozen=True):
    """Where a rule is made: `when` is the sentence its function begins with; places are files with their lines.

    `kept_in` is what keeps a rule that is no function of its own; `named_in` are the other places in the code that name
    the rule or one of its texts.
    """

    when: str = ""
    place: str = ""
    named_in: tuple[str, ...] = ()
    kept_in: tuple[str, ...] = ()


def choose_rules(advice: Advice, wanted: str) -> list[Rule]:
    """The rule of this id, all of an article (`R-001`), or all. Raises `ConfigError` if there is none."""
    if not wanted:
        return list(advice.rules.values())
    found = [rule for rule in advice.rules.values() if rule.id == wanted or rule.id.startswith(f"{wanted}-")]
    if not found:
        raise ConfigError(f"there is no rule {wanted!r}" + nearest(wanted, advice.rules))
    return found


def tell_rules(rules: Iterable[Rule]) -> Iterator[str]:
    """Each of these rules in a line."""
    for rule in rules:
        yield f"{rule.id:10} {'' if rule.on else '(off) '}{rule.advice}"


def tell_rule(rule: Rule, advice: Advice, made: Made) -> Iterator[str]:
    """Everything about one rule, line by line."""
    yield f"{rule.id}{'' if rule.on else ' (off)'}: {read_wording('en').texts[f'advice.{rule.id}']}"
    for language in shipped_languages():
        if language != "en":
            yield f"  in {language}: {read_wording(language).texts[f'advice.{rule.id}']}"
    yield "  this sentence: mappings/rules.toml; in another language [advice] of its mappings/wording.xx.toml"
    number = rule.id.split("-")[1] if rule.id.startswith("R-") else ""
    yield f"  from: {ARTICLES.get(number, 'nobody else; it is our own')}"
    yield from _tell_touch(rule, made)
    yield from _tell_numbers(rule, shipped_rules()[rule.id])
    for file, texts in (("wording", advice.wording.texts), ("drafts", advice.phrases.texts)):
        if words := words_of(rule, texts):
            yield f"  words, in mappings/{file}.{advice.language}.toml:"
        for key, text in words.items():
            yield f"    {key} = {' / '.join(text.split(chr(10)))}"
    if rule.kept:
        yield f"  kept: {rule.kept}"
    if made.place:
        yield f"  made in: {made.place}"
    if made.kept_in:
        yield f"  kept in: {', '.join(made.kept_in)}"
    if made.named_in:
        yield f"  named in: {', '.join(made.named_in)}"


def _tell_touch(rule: Rule, made: Made) -> Iterator[str]:
    if made.when:
        yield f"  set off by: {made.when}"
    if rule.trigger:
        yield f"  needs: {', '.join(rule.trigger)}"
    if rule.stages:
        yield f"  only at: {', '.join(rule.stages)}"
    if rule.sort == "event":
        yield f"  makes: {rule.kind.value.replace('_', ' ')}, to {rule.audience}, time {rule.time}"
    if rule.reads:
        yield f"  stands still while unreadable: {', '.join(sorted(rule.reads))}"


def _tell_numbers(rule: Rule, shipped: Rule) -> Iterator[str]:
    for name in rule.numbers:
        ours, theirs = (_as_toml(getattr(one, name)) for one in (shipped, rule))
        yield f"  {name} = {theirs}" + (f" (yours; it comes with {ours})" if ours != theirs else "")


def _as_toml(value: object) -> str:
    """A number as it stands in `followup.toml`."""
    match value:
        case bool():
            return str(value).lower()
        case tuple():
            return f"[{', '.join(map(str, value))}]"
        case str():
            return f'"{value}"'
        case time():
            return f"{value:%H:%M:%S}"
    return str(value)


def words_of(rule: Rule, texts: Mapping[str, str]) -> dict[str, str]:
    """The texts whose key names this rule, beside its advice, and those it names itself."""
    own = re.compile(rf"(^|\.){re.escape(rule.id)}(-[a-z]+)?(\.|$)")
    stands = {key: text for key, text in texts.items() if own.search(key) and not key.startswith("advice.")}
    return stands | {key: texts[key] for key in (rule.check, *rule.texts) if key in texts}


def find_names(rule: Rule, code: str) -> Iterator[int]:
    """The numbers of the lines that name this rule or a text of its own, below what the module says at its head."""
    keys = "|".join(re.escape(f'"{key}"') for key in rule.texts if not key.startswith("R-"))
    plain = f'"{rule.id}"' if not rule.id.startswith("R-") else rf"(?<![\w.-]){re.escape(rule.id)}(?![\w-])"
    names = re.compile(f"{plain}|{keys}" if keys else plain)
    _, head, below = code.split('"""', 2) if code.startswith('"""') else ("", "", code)
    for number, line in enumerate(below.splitlines(), head.count("\n") + 1):
        if names.search(line):
            yield number


def find_definition(name: str, code: str) -> int:
    """The number of the line where a function, a class or a constant of this name begins. Raises `ValueError`."""
    begins = re.compile(rf"\s*(?:def|class) {name}\b|{name}\b[^=(]*=")
    for number, line in enumerate(code.splitlines(), 1):
        if begins.match(line):
            return number
    raise ValueError(f"there is no {name}")
