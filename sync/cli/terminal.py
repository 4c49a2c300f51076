"""A terminal as the screen of a conversation. Questions go to stderr; what is typed as a password is not shown."""

from __future__ import annotations

import sys

import typer

from sync.safe_text import plain


class Terminal:
    """Where a person reads and answers (`sync.setup.questions.Screen`)."""

    def tell(self, text: str) -> None:
        """Show a line, or several, without anything a terminal could obey."""
        for line in text.split("\n"):
            typer.echo(plain(line), err=True)

    def read(self, question: str, *, proposal: str, secret: bool) -> str:
        """The answer; the proposal for an empty one."""
        typer.echo(err=True)
        return str(
            typer.prompt(plain(question), default=proposal, err=True, show_default=bool(proposal), hide_input=secret)
        )


def is_answered() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()
