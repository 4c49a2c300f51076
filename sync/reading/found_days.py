"""Where days and hours stand in a text: the spans that are then read like a cell of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_DAY = re.compile(
    r"""
    (?<![\d/.-])(?:
      \d{4}\s*[-/.年년]\s*\d{1,2}\s*[-/.月월]\s*\d{1,2}\s*[일日号號.]?       # 2026-11-20
    | \d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2}(?!\s*(?:uhr|[ap]\.?m|h\b|[:.]\d)))\.?  # 20.11.2026
    | \d{4}-?w\d{2}-?[1-7]                                                   # 2026-w47-5
    | (?:令和|平成|r)\s*\d{1,2}\s*[年./]\s*\d{1,2}\s*[月./]\s*\d{1,2}\s*日?  # 令和8年11月20日
    | \d{1,2}\s*[月월]\s*\d{1,2}\s*[日号號일]                                # 11月20日
    | \d{1,2}/\d{1,2}                                                        # 11/20
    | \d{1,2}-\d{1,2}(?!\s*(?:[ap]\.?m|:|uhr|h\b|\w))                        # 11-20
    | \d{1,2}\.\s?\d{1,2}\.?(?!\s*(?:[ap]\.?m|uhr))                          # 20.11.
    | \d{4}\.?[\s-]+[^\W\d_]{3,12}\.?[\s-]+\d{1,2}\.?                        # 2026. november 20.
    | \d{1,2}(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:of\s|de\s)?[^\W\d_]{3,13}\.?
      (?:[\s,-]+(?:de\s)?'?(?:\d{4}|\d{2}(?![\d:.])))?                       # 20th of november 2026
    | [^\W\d_]{3,13}\.?[\s-]*\d{1,2}(?:st|nd|rd|th)?(?:,?\s+'?\d{4})?(?![\d:])
    )(?![\d/])
    """,
    re.VERBOSE,
)
_HOUR = re.compile(
    r"""
    [\s,@(]*(?:\b(?:at|um|à|a\ las|alle|ore|kl|klo|kello|om|o\ godz|godz|о|o|в|às|as|das|saat)\b\.?\s*)?
    (?:
      \d{1,2}(?::|\s?h\s?|\.)\d\d(?::\d\d)?\s*(?:[ap]\.?m\b\.?|uhr\b|uur\b|h\b)?
    | \d{1,2}\s*(?:-|–|to|bis|tot|às|as|à)\s*\d{1,2}\s*(?:[ap]\.?m\b\.?|uhr\b|uur\b|h\b)
    | \d{1,2}\s*(?:[ap]\.?m\b\.?|uhr\b|uur\b|h\b)
    | (?:(?<=kl\s)|(?<=klo\s)|(?<=kl\.\s)|(?<=ore\s)|(?<=alle\s)|(?<=las\s)|(?<=saat\s)|(?<=às\s)|(?<=das\s)
      |(?<=godz\.\s)|(?<=godz\s))\d{1,2}\b
    | (?:上午|下午|早上|晚上|午前|午後|오전|오후|저녁)\s*\d{1,2}\s*[点點時시](?:\s*(?:半|반|\d{1,2}\s*[分분]))?
    | \d{1,2}\s*[点點時시](?:\s*(?:半|반|\d{1,2}\s*[分분]))?
    | noon\b|midday\b|mittags?\b|midi\b
    )
    (?:\s*(?:-|–|to|bis|tot|às|as|à)\s*\d{1,2}(?:[:.h]\d\d)?\s*(?:[ap]\.?m\b\.?|uhr\b|uur\b|h\b)?)?
    (?:\s*\(?(?:e[sd]?t|c[sd]?t|m[sd]?t|p[sd]?t|cest?|me?sz|gmt(?:\s*[+-]\s*\d{1,2})?|utc|bst|ist|jst|kst
      |eastern|pacific|mountain|central)(?:\s+time)?\b\)?)?
    (?:\s*\([^()\d]{2,30}\))?
    """,
    re.VERBOSE,
)
"""Only words of languages that count to 24 make an hour of a bare number."""
_PLAIN_HOUR = re.compile(r"(?<![\d:./-])(?:\d{1,2}:\d\d(?:\s*[ap]\.?m\b\.?)?|\d{1,2}\s*(?:[ap]\.?m\b\.?|uhr\b)|noon\b)")
_COUNTED = re.compile(r"(?:\b(?:round|stage|step|part|phase|runde|teil|etapa|étape|fase|etap|of|rated|score)\s*)$")
_MOST_ROUNDS = 6
"""`round 2/3` is the second of three; `final round 12/3` is a day."""
_WORD = re.compile(r"[^\W\d_]+")


def find_days(text: str, months: Mapping[str, int]) -> Sequence[tuple[int, int]]:
    """The spans of the days in this text, without their hours, from the left. `text` is in lower case."""
    return [(start, end) for start, end, _ in _find(text, months)]


def find_moments(text: str, months: Mapping[str, int]) -> Sequence[tuple[int, int]]:
    """The spans of the days in this text together with the hours behind them. `text` is in lower case."""
    return [(start, hour) for start, _, hour in _find(text, months)]


def find_hour(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The hour that stands apart from the day ("12/3 phone interview 2pm"), where there is one day and one hour."""
    if len(spans) != 1:
        return ""
    (start, end), day = spans[0], text[slice(*spans[0])]
    hours = _PLAIN_HOUR.findall(f"{text[:start]} {text[end:]}")
    return hours[0] if len(hours) == 1 and not _PLAIN_HOUR.search(day) else ""


def _find(text: str, months: Mapping[str, int]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    place = 0
    while match := _DAY.search(text, place):
        start, end = match.span()
        if not _is_day(match[0], months) or (_COUNTED.search(text[:start]) and _is_count(match[0])):
            place = start + 1 if match[0][0].isdigit() or not match[0][0].isalpha() else _end_of_word(text, start)
            continue
        hour = _HOUR.match(text, end)
        place = hour.end() if hour else end
        found.append((start, end, place))
    return found


def _is_count(text: str) -> bool:
    """Whether two small numbers may say which of how many."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return len(numbers) == 2 and numbers[0] <= numbers[1] <= _MOST_ROUNDS


def _end_of_word(text: str, start: int) -> int:
    word = _WORD.match(text, start)
    return word.end() if word else start + 1


def _is_day(text: str, months: Mapping[str, int]) -> bool:
    """Whether the numbers can be a day and the word is a month."""
    words = [word for word in _WORD.findall(text) if len(word) > 2 and word not in ("de",)]
    if words and not any(sign in text for sign in "年月년월令平"):
        return any(word in months for word in words)
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    if len(numbers) != 2:
        return True
    low, high = sorted(numbers)
    return 0 < low <= 12 and high <= 31 and text.replace(" ", "") != "24/7"
