"""What the cells of a column look like: whether they can be what its header promises.

Only the first cells that say something are looked at. Nothing here decides which column holds what (`columns`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sync.models import CellValue, Row
from sync.reading.cells import clean_text, spaced
from sync.reading.dates import looks_dated
from sync.reading.vocabulary import CHANNELS, DAYS, MOMENTS, Vocabulary

SAMPLES = 200
"""Cells of a column that are looked at."""

_PHONE = re.compile(r"\+?[\d\s()/.\-]{6,25}(?:\s*(?:x|ext\.?)\s*\d+)?", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")


def take_samples(rows: Sequence[Row], column: int, blank: frozenset[str]) -> list[str]:
    """The first cells of this column that say something, as clean text."""
    found: list[str] = []
    for row in rows:
        value: CellValue = row.values[column] if column < len(row.values) else ""
        text = clean_text(value)
        if text and text.casefold() not in blank:
            found.append(text)
            if len(found) == SAMPLES:
                break
    return found


def share_of(samples: Sequence[str], test: Callable[[str], bool]) -> float:
    """Which part of the cells passes the test; 0 where there are none."""
    return sum(map(test, samples)) / len(samples) if samples else 0.0


def speaks_against(name: str, samples: Sequence[str], vocabulary: Vocabulary) -> str:
    """Why these cells cannot be this field; empty where nothing speaks against it."""
    if not samples:
        return ""
    yes_or_no = vocabulary.yes | vocabulary.no
    answers = sum(text.casefold() in yes_or_no for text in samples)
    if name in DAYS | MOMENTS and not any(looks_dated(text, vocabulary.months) for text in samples):
        if answers == len(samples):
            return "it holds yes and no, no dates"
        if len(samples) > 2 and not any(char.isdigit() for text in samples for char in text):
            return "it holds text, no dates"
    closed = vocabulary.words.get("channel" if name in CHANNELS else name)
    if closed and not any(spaced(text) in closed or text.casefold().startswith("later") for text in samples):
        return "none of its words is known for that field"
    if name in ("interest", "do_not_contact") and not answers:
        return "it holds neither yes nor no"
    if name == "contact_phone" and not share_of(samples, is_phone):
        return "it holds no phone numbers"
    if name == "contact_email" and not share_of(samples, is_mail):
        return "it holds no mail addresses"
    return ""


def is_phone(text: str) -> bool:
    """Whether the text is a telephone number."""
    return bool(_PHONE.fullmatch(text)) and sum(char.isdigit() for char in text) >= 6


def is_mail(text: str) -> bool:
    """Whether a mail address stands in the text."""
    return bool(_MAIL.search(text))


def is_name(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the text may be somebody's name."""
    if text.casefold() in vocabulary.yes | vocabulary.no or looks_dated(text, vocabulary.months):
        return False
    return len(text.split()) < 5 and not any(char.isdigit() for char in text)


def is_channel(text: str, vocabulary: Vocabulary) -> bool:
    """Whether the text is a way of contact."""
    return spaced(text) in vocabulary.words.get("channel", {})
