"""The shipped sentences of a language, with the user's own in their place, checked before anything is sent.

A person's file has them under `[draft....]` with the keys of `mappings/drafts.<language>.toml`:

    [draft.R-001-4]
    mail = "..."

What is checked: the key is one of ours, every slot exists, and the message still keeps the rules (`rules`), with all
facts and with none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

from sync import toml
from sync.errors import ConfigError
from sync.messages.sentences import Phrases, Situation
from sync.wording import check_kinds

MAX_TEXT = 2_000
"""No single text is longer."""
SLOTS = (
    "name", "first_name", "family", "titles", "firm", "company", "role", "area", "referrer", "referrer_declined",
    "how_known", "source", "problem", "city", "contact", "contact_declined", "applied", "applied_day", "last_message",
    "last_message_day", "they_wrote", "they_wrote_day", "interview", "interview_day", "interview_time",
    "interview_zone", "interview_kind", "met", "met_day", "promised", "promised_day", "trip", "trip_day",
    "call_promised", "call_promised_day",
    "considered", "considered_day", "references", "references_day", "references_ahead", "this_day", "called", "wrote",
    "progress", "told", "me", "my_phone", "my_line", "week", "through",
)  # fmt: skip
"""The facts a sentence may name, beside the phrases of `[word]`."""
MOVES = ("idea", "resume", "fact", "referral", "organisation")
"""Moves that have sentences of their own."""
MOVES_TO_CUSTOMERS = ("idea", "fact", "example", "colleague", "start")
"""Those of messages to customers."""
Whom = Literal["employers", "customers", "friends"]
MOVES_TO: Mapping[Whom, tuple[str, ...]] = {"employers": MOVES, "customers": MOVES_TO_CUSTOMERS, "friends": MOVES}

_SLOT = re.compile(r"\{([^{}]*)\}")
_KINDS = {"mail": ("mail", "email"), "short": ("short", "text"), "say": ("call", "phone")}
_INCLUDES = re.compile(r"^@(move|ask|next|say|voicemail)$", re.MULTILINE)


@lru_cache(maxsize=16)
def load_phrases(language: str, own: str = "", *, whom: Whom = "employers") -> Phrases:
    """The sentences of this language with those of a person's wording file (its text).

    Those to customers, and to friends who are asked for help, are others wherever a sentence asks for a job.

    Raises `ConfigError` for a key or slot that does not exist, naming the nearest, and for a rule that is broken.
    """
    shipped = _shipped(language, whom)
    if not own:
        return shipped
    try:
        table = toml.loads(own).get("draft", {})
    except toml.TOMLDecodeError as error:
        raise ConfigError(f"wording is not a valid wording file: {error}") from None
    if not isinstance(table, dict):
        raise ConfigError("wording: `draft` is no table; the texts of messages stand under [draft....]")
    check_kinds(table, "wording: draft.")
    mine = _flatten(table)
    known = [_shipped(language, one) for one in MOVES_TO]
    for key, text in mine.items():
        _check_text(key, text, next((phrases for phrases in known if phrases.has(key)), known[0]))
    for key, text in mine.items():
        for phrases in known:
            check_rules(key, text, phrases)
    return Phrases(MappingProxyType({**shipped.texts, **mine}), shipped.moves) if mine else shipped


@cache
def _shipped(language: str, whom: Whom = "employers") -> Phrases:
    if whom == "employers":
        return Phrases(MappingProxyType(_read("drafts", language)), MOVES)
    # Only an employer has an agency; whoever brings one to a customer is written to like the customer.
    common = {key: text for key, text in _shipped(language).texts.items() if "-agency." not in key}
    return Phrases(MappingProxyType({**common, **_read(f"drafts_to_{whom}", language)}), MOVES_TO[whom])


def _read(name: str, language: str) -> dict[str, str]:
    """The texts of this language; the English ones where there are none."""
    place = files("mappings")
    found = place.joinpath(f"{name}.{language}.toml")
    if not found.is_file():
        found = place.joinpath(f"{name}.en.toml")
    return _flatten(toml.loads(found.read_text("utf-8")))


def _flatten(tables: Mapping[str, object], before: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tables.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{before}{key}.")
        else:
            flat[before + key] = value.strip("\n") if isinstance(value, str) else repr(value)
    return flat


def _check_text(key: str, text: str, shipped: Phrases) -> None:
    place = f"wording: draft.{key}"
    if not shipped.has(key):
        near = get_close_matches(key, list(shipped.texts), 1, 0.5)
        raise ConfigError(f"{place}: there is no such text" + (f"; did you mean draft.{near[0]}?" if near else ""))
    if len(text) > MAX_TEXT:
        raise ConfigError(f"{place} is longer than {MAX_TEXT} characters")
    if not text.strip():
        raise ConfigError(f"{place} is empty; leave it out to keep the shipped text")
    if re.search(r"\S\|(?!\|)|(?<!\|)\|\S", text):
        raise ConfigError(f"{place}: a `|` that parts two ways to say it has a space on both sides")
    known = {*SLOTS, *(name.removeprefix("word.") for name in shipped.texts if name.startswith("word."))}
    if key.startswith("date."):
        known = {"weekday", "day", "month", "place"}
    for slot in _SLOT.findall(text):
        if slot not in known:
            near = get_close_matches(slot, sorted(known), 1, 0.5)
            raise ConfigError(f"{place}: there is no {{{slot}}}" + (f"; did you mean {{{near[0]}}}?" if near else ""))
    for line in text.split("\n"):
        if line.startswith("@") and not _INCLUDES.match(line) and not (key.endswith("subject") and line == "@move"):
            raise ConfigError(f"{place}: {line!r} is none of @move, @ask, @next, @say, @voicemail")


def check_rules(key: str, text: str, shipped: Phrases) -> None:
    """The messages that this text is part of, with all facts and with none; what ours break is not the user's fault."""
    from sync.messages.rules import broken_rules  # only somebody with texts of their own needs them

    mixed = Phrases({**shipped.texts, key: text})
    for situation, asking in situations(shipped):
        if not _is_part(key, situation):
            continue
        for facts in (sample_facts(shipped), {}):
            for broken in broken_rules(mixed.write(situation, facts), asking=asking, phrases=shipped):
                if broken not in broken_rules(shipped.write(situation, facts), asking=asking, phrases=shipped):
                    raise ConfigError(f"wording: draft.{key}: in the message {situation.rules[0]}, {broken}")


def _is_part(key: str, situation: Situation) -> bool:
    table, _, name = key.rpartition(".")
    if table in situation.rules:
        return name == "subject" or _KINDS.get(name, ("call", ""))[0] == situation.kind
    if table.partition(".")[0] in ("move", "ask", "next"):
        return table.partition(".")[2] == situation.move
    return True


def situations(phrases: Phrases) -> Iterator[tuple[Situation, bool]]:
    """Every message there is, for every kind, move and turn, and whether it asks for something."""
    for key, text in phrases.texts.items():
        rule, _, name = key.rpartition(".")
        if name != "mail" or rule.partition(".")[0] in ("move", "ask", "next"):
            continue
        moving = "@move" in text
        asking = moving or "?" in text
        for kind, channel in _KINDS.values():
            for move in phrases.moves if moving else ("",):
                for turn in range(_turns_of(rule, phrases)):
                    yield Situation((rule, *_plainer(rule)), kind, channel, move, turn, "full"), asking


def _turns_of(rule: str, phrases: Phrases) -> int:
    """In how many ways a message is said in turn: in two, or as many as its richest sentence has."""
    said = (phrases.texts.get(f"{rule}.{name}", "") for name in ("subject", "mail", "short", "say"))
    return max(2, *(line.count(" || ") + 1 for text in said for line in text.split("\n")))


def _plainer(rule: str) -> tuple[str, ...]:
    """The key a special case falls back on: `R-001-12` for `R-001-12-last`."""
    base, _, manner = rule.rpartition("-")
    return (base,) if manner.isalpha() and base.count("-") >= 2 else ()


def sample_facts(phrases: Phrases) -> dict[str, str]:
    """A fact in every slot, as long as facts commonly are."""
    day, long = "4 January", "Monday 4 January"
    facts = {slot: day if slot.endswith("_day") else long for slot in SLOTS}
    return facts | {
        "name": "Dana Reed", "first_name": "Dana", "family": "Reed", "titles": "Dr.", "firm": "Brightwater Labs",
        "company": "Brightwater Labs", "role": "Data analyst", "area": "",
        "referrer": "Lou Ames", "referrer_declined": "Lou Ames",
        "contact": "Cy Moss", "contact_declined": "Cy Moss", "how_known": "met at a data meetup",
        "source": "a job fair", "problem": "reports take two days", "city": "Boston", "interview_time": "10:00",
        "interview_zone": "New York time", "interview_kind": "video", "progress": phrases.texts["stage.interview"],
        "told": phrases.texts["word.told_industry_news"].rpartition(" | ")[2], "me": "Ana Lopez",
        "my_phone": "+1 555 0100", "my_line": "data analyst, five years in retail",
        "week": phrases.texts["word.week"], "through": "",
    }  # fmt: skip
