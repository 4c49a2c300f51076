"""Days of which nobody knows which is meant: "week of Dec 7", "Dec 7-11", "between 7 and 11 December", "12/7 or 12/8".

Such words are one span, so that nobody takes a day out of them. An hour behind a day tells a slot (`Dec 7 10-11`): it
is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from msgspec import Struct

from sync.reading.date_lexicon import shipped_date_words
from sync.reading.scripts import any_of

_TWO_NUMBERS = re.compile(r"\d\D+\d")
_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th|er|º)?"
_WORD = r"[^\W\d_]{3,13}"
_FULL = (
    rf"(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}/\d{{1,2}}(?:/(?:\d{{4}}|\d\d))?|\d{{1,2}}\.\d{{1,2}}\.(?:\d{{4}}|\d\d)?"
    rf"|\d{{1,2}}[月월]\s?\d{{1,2}}[日号號일]|{_NUMBER}\.?\s+(?:of\s|de\s)?{_WORD}|{_WORD}\.?\s+{_NUMBER})"
)
_BEGIN, _END = r"(?<![\w/.:-])", r"(?![\w/:]|[.-]\d)"
_NO_HOUR = r"(?!\.?\s*(?:[ap]\.?m\b|uhr|h\b|hrs?\b|o.?clock|:|[点點時时시]))"


class _Patterns(Struct, frozen=True):
    of_one_month: tuple[re.Pattern[str], ...]
    whole: re.Pattern[str]
    week_before: re.Pattern[str]
    week_behind: re.Pattern[str]


def find_several(text: str, months: Mapping[str, int]) -> Sequence[tuple[int, int]]:
    """The spans of days of which nobody knows which is meant, from the left. `text` is in lower case.

    A week is not among them (`week_around`).
    """
    if not _TWO_NUMBERS.search(text):
        return ()
    patterns = _patterns()
    found: list[tuple[int, int]] = []
    for pattern in (*patterns.of_one_month, patterns.whole):
        for match in pattern.finditer(text):
            start, end = match.span()
            taken = any(start < other_end and other_start < end for other_start, other_end in found)
            if not taken and all(month in months for month in _months_in(match)):
                found.append((start, end))
    return sorted(found)


def week_around(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span of the week of the day in this span; None where only the day is named."""
    before, behind = _patterns().week_before.search(text[:start]), _patterns().week_behind.match(text, end)
    if not before and not behind:
        return None
    return before.start() if before else start, behind.end() if behind else end


def _months_in(match: re.Match[str]) -> Iterable[str]:
    """The words in it that must be months."""
    before, behind = match.span("parting")
    return re.findall(
        _WORD, match.string[match.start("days") : before] + " " + match.string[behind : match.end("days")]
    )


@cache
def _patterns() -> _Patterns:
    words = shipped_date_words().several
    between, joined = any_of(words.between), any_of(words.joined)
    to, either = any_of(words.to), any_of(words.either)
    several = rf"(?P<parting>{to}|{either})"
    month = rf"(?:of\s+|de\s+)?{_WORD}\b"
    first_named = rf"{_WORD}\.?\s*{_NUMBER}\s*PART\s*{_NUMBER}{_END}{_NO_HOUR}"
    last_named = rf"{_NUMBER}\.?\s*PART\s*{_NUMBER}\.?\s*{month}"
    figures = rf"{_NUMBER}\.?\s*PART\s*\d{{1,2}}\.\s?\d{{1,2}}\.?"
    signs = rf"\d{{1,2}}[月월]\s?{_NUMBER}[日号號일]?\s*PART\s*{_NUMBER}[日号號일]"
    glued = rf"\d{{1,2}}/{_NUMBER}(?P<parting>[-–]){_NUMBER}{_END}{_NO_HOUR}"
    made = [rf"(?P<days>{glued})"]
    for shape in (first_named, last_named, figures, signs):
        made.append(rf"(?P<days>{shape.replace('PART', several)})")
        made.append(rf"{between}\s+(?P<days>{shape.replace('PART', f'(?P<parting>{joined})')})")
    made.append(rf"{between}\s+(?P<days>{_FULL}\s*(?P<parting>{joined})\s*{_FULL}){_END}")
    return _Patterns(
        of_one_month=tuple(re.compile(f"{_BEGIN}{one}") for one in made),
        whole=re.compile(rf"{_BEGIN}(?P<days>{_FULL}\s*(?P<parting>[-–—~〜～]|{either})\s*{_FULL}){_END}"),
        week_before=re.compile(rf"{_BEGIN}{any_of(words.week)}\s*$"),
        week_behind=re.compile(rf"\s*{any_of(words.week_behind)}(?!\s*\d)"),
    )
