"""Numbers with their nouns, as screens and messages say them: `1 row`, `2 rows`."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """A number with its English noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
