"""Where days and hours stand in a text: the spans that are then read like a cell of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from sync.patterns import lazy_compile
from sync.reading.cells import Fault
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.hour_grammar import find_hours, match_hour
from sync.reading.hours import names_place
from sync.reading.several_days import find_several, week_around

_DAY = re.compile(
    r"""
    (?<![\d/.-])(?:
      \d{4}\s*[-/.年년]\s*\d{1,2}\s*[-/.月월]\s*\d{1,2}\s*[일日号號.]?       # 2026-11-20
    | \d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:\d{4}|\d{2}(?!\s*(?:uhr|[ap]\.?m|h\b|[:.]\d)))\.?  # 20.11.2026
    | \d{4}-?w\d{2}-?[1-7]                                                   # 2026-w47-5
    | (?:令和|平成|r)\s*\d{1,2}\s*[年./]\s*\d{1,2}\s*[月./]\s*\d{1,2}\s*日?  # 令和8年11月20日
    | \d{1,2}\s*[月월]\s*\d{1,2}\s*[日号號일]                                # 11月20日
    | \d{1,2}/\d{1,2}                                                        # 11/20
    | \d{1,2}-\d{1,2}(?!\s*(?:[ap]\.?m|:|uhr|h\b)|[^\W\d])                       # 11-20
    | \d{1,2}\.\s?\d{1,2}\.?(?!\s*(?:[ap]\.?m|uhr))                          # 20.11.
    | \d{4}\.?[\s-]+[^\W\d_]{3,12}\.?[\s-]+\d{1,2}\.?                        # 2026. november 20.
    | \d{1,2}(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:of\s|de\s)?[^\W\d_]{3,13}\.?
      (?:[\s,-]+(?:de\s)?'?(?:\d{4}|\d{2}(?![\d:.])))?                       # 20th of november 2026
    | [^\W\d_]{3,13}\.?[\s-]*\d{1,2}(?:st|nd|rd|th)?(?:,?\s+'?\d{4})?(?![\d:])
    )(?:(?<=[日號号일])|(?![\d/]))                                             # 12月2日14時
    """,
    re.VERBOSE,
)
_ZONE = lazy_compile(
    r"\s*\((?!\s*\d)[^()\d]{2,30}\)"
    r"|\s*\(?(?:e[sd]t|c[sd]t|m[sd]t|p[sd]t|cest|cet|me?sz|mez|(?:utc|gmt)(?:\s*[+-]\s*\d{1,2}(?::?\d\d)?)?|bst|ist|jst|kst|"
    r"eastern|pacific|mountain|central)(?:\s+time)?\b\)?"
    r"|[+-]\d\d:?\d\d(?!\d)"
    r"|\s*\(?(?:et|ct|mt|pt)\b(?=\s*(?:$|[),;.:/|–—-]))\)?"
)
"""Behind an hour: a zone. Two letters may be a word of some language, so that nothing may follow them."""
_PLACE_TIME = lazy_compile(r"\s+((?:[^\W\d_]+\s){0,2}[^\W\d_]+) time\b")
_NUMBER = lazy_compile(r"\s+(?:[7-9]|1\d|2[0-2])(?=\s*(?:$|[,;)]))")
"""A number that ends what is said of a day may be its hour: it is read with it, and named."""
_NEXT_WORD = lazy_compile(r"\s[^\W\d_]+")
_YEAR = lazy_compile(r"[\s,]'?(\d{4}|\d{2})\.?$")
_LEAD = lazy_compile(r"(?:\bh\.?|\bore|\bgodz\.?|\bkl\.?|\bklo)\s*$")
"""What stands before the number of an hour and never before a day: `h 10.30` is none."""
_COUNTED = re.compile(r"(?:\b(?:round|stage|step|part|phase|runde|teil|etapa|étape|fase|etap|of|rated|score)\s*)$")
_MOST_ROUNDS = 6
"""`round 2/3` is the second of three; `final round 12/3` is a day."""
_WORD = re.compile(r"[^\W\d_]+")
_LAST_NUMBER = lazy_compile(r"(?<=\s)\d{1,2}\.?\s*$")
_NUMBER_OF_DAY = lazy_compile(r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?[\s-]*(?:of\s|de\s)?([^\W\d_]{3,13})")


def find_days(text: str, months: Mapping[str, int]) -> Sequence[tuple[int, int]]:
    """The spans of the days in this text, without their hours, from the left. `text` is in lower case."""
    return [(start, end) for start, end, _ in _find(text, months)]


def find_moments(text: str, months: Mapping[str, int]) -> Sequence[tuple[int, int]]:
    """The spans of the days in this text together with the hours behind them. `text` is in lower case."""
    return [(start, hour) for start, _, hour in _find(text, months)]


def why_several(text: str, months: Mapping[str, int]) -> Fault | None:
    """What is wrong with a text that names a week or several days; None for any other. `text` is in lower case."""
    if find_several(text, months):
        return Fault("several_days")
    for start, end, _ in _find(text, months):
        day = _DAY.match(text, start)
        if day is None or day.end() != end:
            return Fault("week")
    return None


def has_day_with_hour(text: str, months: Mapping[str, int]) -> bool:
    """Whether an hour stands behind a day in this text. `text` is in lower case."""
    return any(end != hour for _, end, hour in _find(text, months))


def tells_a_day(text: str, months: Mapping[str, int]) -> bool:
    """Whether a day stands among words in this text, such as what is to be done on it."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if not any(map(str.isdigit, plain)) or not _WORD.search(plain):
        return False
    words, days = shipped_date_words(), _find(plain, {**shipped_date_words().months, **months})
    outside = plain
    for start, _, end in reversed(days):
        outside = outside[:start] + outside[end:]
    known = {*words.small, *words.weekdays, *words.around_hours}
    return bool(days) and any(word not in known for word in _WORD.findall(outside))


def hours_apart(text: str, moments: Sequence[tuple[int, int]]) -> Mapping[int, str]:
    """The hours that stand apart from their day ("12/3 phone interview 2pm"), each by the place of its day among them.

    An hour belongs to the day before it, else to the first. A second one for a day stays beside it: nobody may drop it.
    """
    found: dict[int, str] = {}
    plain = text
    for start, end in moments:
        plain = f"{plain[:start]}{'.' * (end - start)}{plain[end:]}"
    for place, hour in find_hours(plain) if moments else ():
        mine = max((index for index, (start, _) in enumerate(moments) if start < place), default=0)
        found[mine] = f"{found.get(mine, '')} {text[place : hour.stop].strip()}"
    return found


def _find(text: str, months: Mapping[str, int]) -> list[tuple[int, int, int]]:
    several = find_several(text, months)
    found = [(start, end, end) for start, end in several]
    place = 0
    while match := _DAY.search(text, place):
        start, end = match.span()
        if together := next((span for span in several if span[0] < end and start < span[1]), None):
            place = together[1]
            continue
        counted = _COUNTED.search(text[:start]) and _is_count(match[0])
        if counted or not _is_day(match[0], months) or _says_how_long(text, start, end):
            place = start + 1 if match[0][0].isdigit() or not match[0][0].isalpha() else _end_of_word(text, start)
            continue
        end = _without_hour(text, start, end)
        if week := week_around(text, start, end):
            found.append((*week, week[1]))
            place = week[1]
            continue
        if _LEAD.search(text[:start]) and (hour := match_hour(text, start)) and hour.stop >= end:
            place = hour.stop
            continue
        hour = match_hour(text, end, weekdays=True)
        if hour and (begins := _next_day_in(text, end, hour.stop, months)):
            hour = match_hour(text[:begins], end, weekdays=True)
        place = hour.stop if hour else end
        if hour is None and (number := _NUMBER.match(text, end)):
            place = number.end()
        if hour:
            place = _behind_hour(text, end, place, odd=bool(hour.fault))
        found.append((start, end, place))
    return sorted(found) if several else found


def _next_day_in(text: str, begin: int, end: int, months: Mapping[str, int]) -> int | None:
    """Where the number that ends this slot begins, if it is that of a day: `10:00 and 20 jan 14:00` are two moments."""
    number = _LAST_NUMBER.search(text, begin, end)
    day = _NUMBER_OF_DAY.match(text, number.start()) if number else None
    return day.start() if day and day[1] in months else None


def _behind_hour(text: str, begin: int, place: int, *, odd: bool) -> int:
    """The end of an hour with its zone and its bracket; of one that is `odd` with the word that makes it so."""
    if odd and (next_word := _NEXT_WORD.match(text, place)):
        return next_word.end()
    if "(" in text[begin:place] and text.startswith(")", place):
        place += 1
    if zone := _ZONE.match(text, place):
        return zone.end()
    named = _PLACE_TIME.match(text, place)
    return named.end() if named and names_place(named[1]) else place


def _without_hour(text: str, start: int, end: int) -> int:
    """The end of this day without an hour that looks like its year: `2 Dec 10 o'clock`, `2 Dec 1430`."""
    year = _YEAR.search(text[start:end])
    hour = match_hour(text, start + year.start()) if year else None
    if year is None or hour is None or (hour.stop <= end and not hour.told):
        return end
    return start + year.start()


def _is_count(text: str) -> bool:
    """Whether two small numbers may say which of how many."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return len(numbers) == 2 and numbers[0] <= numbers[1] <= _MOST_ROUNDS


def _says_how_long(text: str, start: int, end: int) -> bool:
    """`1-2 weeks`: the two numbers count what stands behind them."""
    word = _NEXT_WORD.match(text, end)
    return "-" in text[start:end] and word is not None and word[0].strip() in shipped_date_words().lengths


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
        return len(numbers) > 2  # of `12月中旬` no day is told
    low, high = sorted(numbers)
    return 0 < low <= 12 and high <= 31 and text.replace(" ", "") != "24/7"
