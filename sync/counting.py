"""Numbers with their nouns, as screens and messages say them: `1 row`, `2 rows`."""

from __future__ import annotations


def counted(number: int, noun: str, several: str = "") -> str:
    """A number with its English noun; `several` is its plural where an s does not make it."""
    return f"{number} {noun}" if number == 1 else f"{number} {several or noun + 's'}"
