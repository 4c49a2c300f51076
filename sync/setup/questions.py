"""Questions as values, answers as values: what is asked, what Enter takes, and how often somebody was asked.

A conversation is played on a `Screen`, which is a terminal, or a list of answers in a test. Each answer is looked at
when it comes; a wrong one is explained and asked for again. Where nobody answers, what was given or the proposal is
taken, the question is shown with it, and a wrong one ends the command.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict

from sync import toml
from sync.errors import ConfigError, FollowupError

Taken = TypeVar("Taken")

MOST_QUESTIONS = 10
"""Of a whole conversation, the login of an account aside."""
TRIES = 3
"""Logins that are tried; then it starts again, since servers lock accounts."""


class Screen(Protocol):
    """Where somebody reads and answers."""

    def tell(self, text: str) -> None:
        """Show a line, or several."""

    def read(self, question: str, *, proposal: str, secret: bool) -> str:
        """The answer; the proposal for an empty one."""


class Phrases(BaseModel):
    """What a conversation says, in one language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    yes: tuple[str, ...]
    no: tuple[str, ...]
    questions: Mapping[str, str]
    says: Mapping[str, str]
    meanings: Mapping[str, str]
    """What a column may be asked about, in a person's words: field to meaning."""
    meanings_of_customers: Mapping[str, str] = {}
    """What it is in a list of customers, where that is something else."""
    stages: Mapping[str, str]
    """What a status may stand for, in a person's words: stage to meaning."""
    stages_of_customers: Mapping[str, str] = {}
    """What it stands for in a list of customers, where that is something else."""
    calendars: Mapping[str, Mapping[str, str | tuple[str, ...]]] = {}
    """What this language says of a calendar: its short name in `calendars.toml` to the fields of it."""

    def meaning_of(self, name: str, *, selling: bool) -> str:
        """A field in a person's words; `selling`: in a list of customers."""
        meanings = {**self.meanings, **(self.meanings_of_customers if selling else {})}
        return meanings.get(name, name.replace("_", " "))


@cache
def load_phrases(language: str) -> Phrases:
    """The phrases of this language; those in English where there are none."""
    folder = files("mappings")
    name = f"conversation.{language}.toml"
    found = folder.joinpath(name if folder.joinpath(name).is_file() else "conversation.en.toml")
    return Phrases.model_validate(toml.loads(found.read_text("utf-8")))


class Question(Struct, frozen=True):
    """One question. `above` is shown before it, `proposal` is what Enter takes."""

    text: str
    proposal: str = ""
    above: tuple[str, ...] = ()
    secret: bool = False
    counts: bool = True
    """Whether it is one of the ten; a login is not."""

    @property
    def of_login(self) -> Question:
        """The same as a question about the account, which is none of the ten."""
        return replace(self, counts=False)


class Interview:
    """One conversation: asks on a screen, counts, and says what is to be said in the language of the phrases."""

    def __init__(self, screen: Screen, phrases: Phrases, *, asks: bool) -> None:
        self.screen, self.phrases, self.asks = screen, phrases, asks
        self.asked = 0

    def room(self, reserve: int) -> int:
        """How many questions are left when so many are still to come."""
        return max(0, MOST_QUESTIONS - self.asked - reserve)

    def say(self, phrase: str, /, **values: object) -> None:
        """Show one of the phrases."""
        self.screen.tell(self.phrases.says[phrase].format(**values))

    def phrase(self, phrase: str, /, **values: object) -> str:
        """One of the phrases, for a part of something."""
        return self.phrases.says[phrase].format(**values)

    def counted(self, number: int, noun: str) -> str:
        """A number with its noun (`row`, `cell`)."""
        return self.phrase(f"{noun}_1" if number == 1 else f"{noun}_n", count=number)

    def pose(self, name: str, /, *, proposal: str = "", above: Sequence[str] = (), **values: object) -> Question:
        """A question with its text filled in."""
        return Question(self.phrases.questions[name].format(**values), proposal, tuple(above))

    def ask(self, question: Question, take: Callable[[str], Taken], *, given: str = "") -> Taken:
        """What `take` makes of what was given, else of the answer. Raises its error where nobody answers."""
        if given:
            try:
                return take(given)
            except FollowupError as error:
                if not self.asks:
                    raise
                self.say("wrong", error=error)
        for line in question.above:
            self.screen.tell(line)
        if not self.asks:
            shown = question.proposal or self.phrase("none")
            self.say("taken", question=question.text, answer=shown)
            return take(question.proposal)
        self.asked += question.counts
        while True:
            try:
                answer = self.screen.read(question.text, proposal=question.proposal, secret=question.secret)
                return take(answer if question.secret else answer.strip())
            except FollowupError as error:
                self.say("wrong", error=error)

    def agree(self, question: Question) -> bool:
        """Whether the answer is yes."""
        return self.ask(question, self._take_yes_or_no)

    def _take_yes_or_no(self, text: str) -> bool:
        word = text.casefold()
        if word not in (*self.phrases.yes, *self.phrases.no):
            raise ConfigError(f"{text!r}: {self.phrases.yes[0]} / {self.phrases.no[0]}")
        return word in self.phrases.yes


def pick(choices: Sequence[str], text: str) -> str:
    """The choice of this number (from 1) or name; nothing for nothing and for 0. Raises `ConfigError`."""
    word = text.strip()
    if word in choices or word in ("", "0"):
        return word if word in choices else ""
    if word.isascii() and word.isdigit() and 0 < int(word[:9]) <= len(choices):
        return choices[int(word[:9]) - 1]
    raise ConfigError(f"{word!r} is none of them")


def pick_one(choices: Sequence[str], text: str) -> str:
    """One of these; raises `ConfigError` where the answer is none of them."""
    chosen = pick(choices, text)
    if not chosen:
        raise ConfigError(f"{text!r} is none of them")
    return chosen


def something(text: str) -> str:
    """The text; empty, it is asked for again."""
    if not text.strip():
        raise ConfigError("something is needed here; Ctrl-C ends it, and nothing is written")
    return text
