"""The sentences of messages, out of `mappings/drafts.<language>.toml`, and how they are put together.

A text is lines, a line is a sentence. `{slot}` is a fact; `a | b` the first whose facts are all there; `a || b` by
turns; `@move` another text. A line none of whose wordings has its facts is left out, and so is a paragraph without a
line. Nothing from a sheet is ever interpreted: it is filled in last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

from msgspec import Struct

from sync.messages.message import EDGE, JOINT, SUBJECT, Message
from sync.patterns import lazy_compile

_SLOT = re.compile(r"\{([a-z_]+)\}")
_SIGN = re.compile("\ue000([a-z_]+)\ue001")
_DOUBLED = lazy_compile(r"([.!?…])[.](?!\.)")
_STOPPED = ("..", "!.", "?.", "….")
MAX_PATTERNS = 4_000
"""Patterns of messages that are kept: there are as many as rows differ in which cells are filled."""
_SPARE = (
    "my_line",
    "interview_zone",
    "progress",
    "problem",
    "company",
    "city",
    "source",
    "my_phone",
    "referrer",
    "role",
)
"""Facts that a message which gets too long can do without, the dearest last."""
_MOVING = ("@move", "@ask", "@next")
"""What depends on the move of a touch."""


class Situation(Struct, frozen=True):
    """Which message is wanted.

    `rules` are the keys it may stand under, the most special first; `turn` counts the messages of this sort to the
    lead, so that two in a row differ; `greeting` is the key of the greeting.
    """

    rules: tuple[str, ...]
    kind: str
    channel: str = "email"
    move: str = ""
    turn: int = 0
    greeting: str = "full"


class _Wording(Struct, frozen=True):
    """One way to say a sentence: a template for `%`, and the slots it needs."""

    template: str
    slots: tuple[str, ...]


class _Line(Struct, frozen=True):
    """A sentence, by turns; or the name of another text."""

    turns: tuple[tuple[_Wording, ...], ...]
    include: str = ""


_Text = tuple[tuple[_Line, ...], ...]


class Phrases(Struct, frozen=True, dict=True):
    """All sentences of one language, by key (`R-001-1.mail`), and the moves that have some."""

    texts: Mapping[str, str]
    moves: tuple[str, ...] = ()

    def write(self, situation: Situation, facts: Mapping[str, str]) -> Message:
        """The message of this situation, with what the row gives; what makes it too long is left out."""
        message = self._write(situation, facts)
        for spare in _SPARE:
            if not message.too_long:
                break
            facts = {slot: "" if slot in (spare, f"{spare}_declined") else fact for slot, fact in facts.items()}
            message = self._write(situation, facts)
        return message

    def _write(self, situation: Situation, facts: Mapping[str, str]) -> Message:
        """The pattern of the message, which depends on what facts there are and not on what they say, filled in."""
        key = situation, tuple(facts), tuple(map(bool, facts.values()))
        if (pattern := self._patterns.get(key)) is None:
            if len(self._patterns) > MAX_PATTERNS:
                self._patterns.clear()
            signs = {slot: f"\ue000{slot}\ue001" if fact else "" for slot, fact in facts.items()}
            pattern = self._patterns[key] = self._assemble(situation, signs)
        return pattern.fill(facts)

    def _assemble(self, situation: Situation, facts: dict[str, str]) -> _Pattern:
        say = _Writer(self, situation, facts)
        greeting = say.line(f"greeting.{situation.greeting}")
        if situation.kind == "call":
            return self._call(situation, say)
        paragraphs = list(say.text("@" + situation.kind))
        closing = " ".join(paragraphs.pop()) if len(paragraphs) > 1 else ""
        subjects = say.subjects() if situation.channel == "email" else ()
        signed = "\n".join(filter(None, [closing, say.value("me")]))
        return _Pattern.of(situation.kind, subjects, greeting, paragraphs, signed)

    def _call(self, situation: Situation, say: _Writer) -> _Pattern:
        spoken = list(say.text("call.in_person" if situation.channel == "in_person" else "call.say"))
        voicemail: list[str] = []
        if situation.channel == "phone":
            for paragraph in say.text("@voicemail"):
                voicemail += paragraph
        return _Pattern.of("call", (), " ".join(spoken[0]), spoken[1:-1], " ".join(spoken[-1]), voicemail)

    def phrase(self, key: str, facts: Mapping[str, str]) -> str:
        """A phrase made of facts; empty where there is no such text."""
        return _tidy(_Writer(self, Situation((), "mail"), dict(facts)).line(key)) if self.has(key) else ""

    def has(self, key: str) -> bool:
        """Whether there is a text of this key."""
        return key in self.texts

    def words(self, key: str) -> tuple[str, ...]:
        """The lines of a text that is a list."""
        return tuple(self.texts[key].split("\n")) if self.texts.get(key) else ()

    def parsed(self, key: str) -> _Text:
        """The text of this key, taken apart once."""
        if (known := self._parsed.get(key)) is None:
            known = self._parsed[key] = _parse(self.texts[key])
        return known

    @cached_property
    def _patterns(self) -> dict[tuple[Situation, tuple[str, ...], tuple[bool, ...]], _Pattern]:
        return {}

    @cached_property
    def days(self) -> dict[date, tuple[str, str]]:
        """Days in words, with their weekday and without."""
        return {}

    @cached_property
    def _parsed(self) -> dict[str, _Text]:
        return {}


class _Pattern(Struct, frozen=True):
    """A message whose facts are still to be filled in: each part a template for `%`."""

    kind: str
    subjects: tuple[str, ...]
    """The subject, and others that say less."""
    parted: str
    voicemail: tuple[str, ...]

    @staticmethod
    def of(
        kind: str,
        subjects: Iterable[str],
        greeting: str,
        body: Iterable[Iterable[str]],
        closing: str,
        voicemail: Iterable[str] = (),
    ) -> _Pattern:
        """The pattern of a message that has signs where its facts belong, paragraph by paragraph of sentences."""
        paragraphs = (JOINT if kind == "short" else "\n\n").join(JOINT.join(sentences) for sentences in body)
        parted = EDGE.join([greeting, paragraphs, closing])
        said = tuple(map(_as_template, voicemail))
        return _Pattern(kind, tuple(map(_as_template, subjects)), _as_template(parted), said)

    def fill(self, facts: Mapping[str, str]) -> Message:
        """The message, with its subject not too long."""
        subject = _fill_subject(self.subjects, facts)
        voicemail = tuple([_tidy(sentence % facts) for sentence in self.voicemail])
        return Message.of(self.kind, _tidy(subject), _tidy(self.parted % facts), voicemail)


def _fill_subject(subjects: Sequence[str], facts: Mapping[str, str]) -> str:
    """The first of these that is not too long. One that names the role goes on naming it: the role is cut only where
    all that can be said beside it is too long, never what tells the subject from the one before."""
    first = subjects[0] if subjects else ""
    if (names_role := "%(role)s" in first) or "%(" in first:
        fitting = [one for one in subjects if names_role == ("%(role)s" in one)]
        filled = [one % facts for one in fitting]
        if short := next((one for one in filled if len(one) <= SUBJECT), ""):
            return short
        first = min(fitting, key=lambda one: len(one % facts))
    subject = first % facts
    excess = len(subject) - SUBJECT
    if excess > 0 and names_role and len(role := facts["role"]) > excess + 1:
        subject = first % {**facts, "role": role[: len(role) - excess - 1].rstrip() + "…"}
    return subject if len(subject) <= SUBJECT else subject[: SUBJECT - 1].rstrip() + "…"


class _Writer:
    """One message on its way: fills in facts, and phrases made of facts, each made once."""

    def __init__(self, phrases: Phrases, situation: Situation, facts: dict[str, str]) -> None:
        self.phrases, self.situation, self.facts = phrases, situation, facts

    def value(self, slot: str) -> str:
        """A fact, or a phrase made of facts."""
        if (known := self.facts.get(slot)) is None:
            word = f"word.{slot}"
            known = self.facts[slot] = self.line(word) if self.phrases.has(word) else ""
        return known

    def line(self, key: str) -> str:
        """A text of one line."""
        return " ".join(sentence for paragraph in self.text(key) for sentence in paragraph)

    def text(self, key: str) -> Iterator[tuple[str, ...]]:
        """The paragraphs of a text; `@name` is the one that fits the situation."""
        for paragraph in self.phrases.parsed(self._find(key)):
            if sentences := tuple(sentence for line in paragraph for sentence in self._say(line)):
                yield sentences

    def subjects(self) -> tuple[str, ...]:
        """The subject, whose message is told from the one before by it, and what may stand in its place."""
        found = self._fitting(self._heading("subject"))
        return tuple([one.template % {slot: self.value(slot) for slot in one.slots} for one in found])

    def _heading(self, name: str) -> _Line:
        line = self.phrases.parsed(self._own(name))[0][0]
        return self.phrases.parsed(f"move.{self.situation.move}.subject")[0][0] if line.include else line

    def _find(self, key: str) -> str:
        """The key that `@name` stands for here."""
        if not key.startswith("@"):
            return key
        if key in _MOVING:
            return f"{key[1:]}.{self.situation.move}.{'mail' if self.situation.kind == 'mail' else 'short'}"
        return self._own(key[1:])

    def _own(self, name: str) -> str:
        found = (f"{rule}.{name}" for rule in self.situation.rules)
        return next((key for key in found if self.phrases.has(key)), f"call.{name}")

    def _say(self, line: _Line) -> Iterator[str]:
        if line.include:
            if line.include in _MOVING and not self.situation.move:
                return
            for sentences in self.text(line.include):
                yield from sentences
            return
        for found in self._fitting(line)[:1]:
            yield found.template % {slot: self.value(slot) for slot in found.slots}

    def _fitting(self, line: _Line) -> list[_Wording]:
        """The wordings whose facts are all there, the best first."""
        wordings = line.turns[self.situation.turn % len(line.turns)]
        return [wording for wording in wordings if all(map(self.value, wording.slots))]


def _parse(text: str) -> _Text:
    paragraphs = (block.split("\n") for block in text.strip("\n").split("\n\n"))
    return tuple(tuple(_parse_line(line) for line in lines if line.strip()) for lines in paragraphs)


def _parse_line(line: str) -> _Line:
    if line.startswith("@"):
        return _Line((), line.strip())
    return _Line(tuple(tuple(map(_parse_wording, turn.split(" | "))) for turn in line.split(" || ")))


def _parse_wording(text: str) -> _Wording:
    return _Wording(_SLOT.sub(r"%(\1)s", text.strip().replace("%", "%%")), tuple(dict.fromkeys(_SLOT.findall(text))))


def _as_template(text: str) -> str:
    return _SIGN.sub(r"%(\1)s", text.replace("%", "%%"))


def _tidy(text: str) -> str:
    """A fact that ends in a full stop does not get a second one; most texts have no two beside each other."""
    return _DOUBLED.sub(r"\1", text) if any(map(text.__contains__, _STOPPED)) else text
