"""Questions to a person: each answer is looked at when it comes, a wrong one is explained and asked for again.

Without a terminal, or where nothing is to be asked, what was given or the default is the answer, and a wrong one ends
the command.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import typer
from msgspec import Struct

from sync.errors import ConfigError, FollowupError

Taken = TypeVar("Taken")
YES = ("yes", "y")
NO = ("no", "n")


class Questions(Struct, frozen=True):
    """Asks on the terminal there is, unless nothing is to be asked."""

    nothing: bool = False

    @property
    def are_asked(self) -> bool:
        """Whether somebody is there to answer."""
        return not self.nothing and sys.stdin.isatty()

    def ask(self, question: str, *, given: str = "", default: str = "") -> str:
        """What was given, else the answer, else the default."""
        if given or not self.are_asked:
            return given or default
        return str(typer.prompt(question, default=default, err=True, show_default=bool(default)))

    def ask_until(self, question: str, take: Callable[[str], Taken], *, given: str = "", default: str = "") -> Taken:
        """What `take` makes of the answer. Raises its error where nobody can be asked again."""
        while True:
            try:
                return take(self.ask(question, given=given, default=default))
            except FollowupError as error:
                if not self.are_asked:
                    raise
                typer.echo(f"  {error}", err=True)
                given = ""

    def agree(self, question: str) -> bool:
        """Whether the answer is yes; no where nobody is asked."""
        return self.ask_until(f"{question} (yes or no)", _take_yes_or_no, default="no")

    def choose(self, question: str, choices: Mapping[str, str]) -> str:
        """One of the choices by number or name, or nothing; they are listed first, each with its meaning."""
        for number, (choice, meaning) in enumerate(choices.items(), start=1):
            typer.echo(f"  {number}. {choice}: {meaning}", err=True)
        names = list(choices)
        return self.ask_until(f"{question} (number, or Enter to leave it out)", lambda text: _pick(names, text))


def _take_yes_or_no(text: str) -> bool:
    word = text.strip().lower()
    if word not in (*YES, *NO):
        raise ConfigError(f"{text!r} is neither yes nor no")
    return word in YES


def _pick(choices: Sequence[str], text: str) -> str:
    word = text.strip()
    if not word or word in choices:
        return word
    if word.isascii() and word.isdigit() and 0 < int(word[:9]) <= len(choices):
        return choices[int(word[:9]) - 1]
    raise ConfigError(f"{word!r} is none of them")
