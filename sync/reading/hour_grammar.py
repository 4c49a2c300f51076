"""An hour as people write or say it: `10am`, `14 Uhr 30`, `half past two`, `a las 4 de la tarde`, `下午三点半`.

One grammar for cells and statuses; its words are `[hour]` in `mappings/dates.toml`. An hour is read wholly or it is a
fault: half of one is a missed interview.

- A **lead** stands before it: one that nothing but an hour follows (`kl`, `godz`), one that may have other company
  (`at`, `um`), one of a slot (`from`). A word **behind** it (`Uhr`, `h`) does the same; those that also say how long
  something takes are `lasting`.
- A **part** of the day (`pm`, `de la tarde`, `午後`) stands on either side.
- An hour is **sure** where nothing else can be meant wherever it stands; others count only right behind their day.
- It is **told** where the half of the day is known. Who says `3:30` of an interview means the afternoon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import time
from functools import cache
from typing import Any

from msgspec import Struct

from sync.patterns import lazy_compile
from sync.reading.cells import Fault
from sync.reading.date_lexicon import HourWords, shipped_date_words
from sync.reading.scripts import is_unspaced

_SIGN_NUMBERS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)} | {"两": 2, "兩": 2}
_END = lazy_compile(r"\s*(?:$|[,;.:!?)\]|/+&–—-]|[^\x00-\u2e7f])")
"""What may follow a bare number so that it is an hour: nothing, a stop, or another script."""
_WORD = lazy_compile(r"\s*([^\W\d_]+)")
_SKIP = lazy_compile(r"[\s,;:(|–—-]*")
_YEARS = range(1980, 2100)
_AS_LONG = range(1, 7)
"""So many hours something takes; nobody is asked to come at 3 h."""
_LAST_HOUR = 20
_LONG_SLOT = 4
"""More hours than an interview takes."""
_NO_SUCH = Fault("no_hour")


class Hour(Struct, frozen=True):
    """An hour in a text, or what is wrong with it (`fault`). `stop` is the place behind it."""

    stop: int
    at: time = time(0)
    end: time | None = None
    told: bool = False
    sure: bool = False
    fault: Fault | None = None
    minuted: bool = False
    """Its minutes are written, too: `6:30`, `6:00`."""


class _One(Struct):
    """One end of a slot in the making."""

    hour: int
    minute: int
    stop: int
    half: str = ""
    told: bool = False
    sure: bool = False
    bare: bool = True
    """A number and nothing else."""
    second: int = 0
    lasting: bool = False
    counts_to_24: bool = False
    minuted: bool = False


class _Patterns:
    """The grammar's words, ready for matching."""

    def __init__(self, words: HourWords, weekdays: Iterable[str], small: Iterable[str]) -> None:
        self.weekday = _either(word for word in weekdays if word != "to")
        self.sure, self.maybe, self.start = _either(words.sure), _either(words.maybe), _either(words.start)
        self.about = _either(words.about)
        self.parts = {half: _either(several) for half, several in words.parts.items()}
        leads = (*words.sure, *words.maybe, *words.start, *words.about)
        self.any_before = _either((*leads, *(word for several in words.parts.values() for word in several)))
        self.any_spoken = _either((*(word for several in words.spoken.values() for word in several), *words.half))
        self.noon = _either(words.noon)
        self.behind, self.lasting = _either(words.behind), _either(words.lasting)
        self.spoken = {shift: _either(several) for shift, several in words.spoken.items()}
        self.added = {shift: _either(several) for shift, several in words.added.items()}
        self.half, self.unread = _either(words.half), _either(words.unread)
        self.joined, self.to = _either(words.joined), _either(words.to)
        self.numbers = {word: number for several in words.numbers.values() for word, number in several.items()}
        self.english = words.numbers["en"].keys()
        self.number = _either(self.numbers)
        self.company = frozenset((*words.company, *small))
        self.minutes_past = _either(words.minutes)


def _either(words: Iterable[str]) -> re.Pattern[str]:
    """One of these words, the longest first; letters of an alphabet end where the word ends."""
    forms = []
    for word in sorted(set(words), key=len, reverse=True):
        form = r"\s?".join(re.escape(part) for part in word.split())
        bounded = word[-1].isalpha() and not is_unspaced(word)
        forms.append(form + (r"(?![^\W\d_])\.?" if bounded else ""))
    return re.compile(r"\s*(?:" + "|".join(forms) + ")")


@cache
def _patterns() -> _Patterns:
    """Made only where something stands where an hour may: to compile them takes as long as to read a small sheet."""
    words = shipped_date_words()
    return _Patterns(words.hour, words.weekdays, words.small)


_CLOCK = lazy_compile(r"\s*(\d{1,2})\s?:\s?(\d\d)(?::(\d\d)(?:[.,]\d+)?)?(?![\d:])")
_LETTER = lazy_compile(r"\s*(\d{1,2})\s?[hu]\s?(\d\d)(?!\d|[./:-]\d)(?:\s?min\b\.?)?")
_DOT = lazy_compile(r"\s*(\d{1,2})\.([0-5]\d)(?![\d]|[./]\d|-\d(?!\d?\.[0-5]\d(?!\d)))")
_DASH = lazy_compile(r"\s*(\d{1,2})-([0-5]\d)(?![\d]|[./:-]\d)")
_DASHED = lazy_compile(r"\d-\d{1,2}[\s,;:]*$")
"""A day with a dash in it: behind `12-3` another dash may be that of a second day."""
_FOUR = lazy_compile(r"\s*([01]\d|2[0-3])([0-5]\d)(?!\d|[./:]\d|-\d{1,3}(?!\d))")
_ATTACHED = lazy_compile(r"(?:h|hrs|u|uhr)\b")
"""Right behind four figures: `2030h` is no year, `2026 ore 9` begins with one."""
_BARE = lazy_compile(r"\s*(\d{1,2})(?![\d%]|[./:]\d|\.?-\d\d?[./-]\d|(?:st|nd|rd|th)\b)")
_SIGNED = lazy_compile(
    r"\s*(\d{1,2}|[一二三四五六七八九十两兩]{1,3})\s*[点點時时시]\s*"
    r"(?:(半|반)|(一刻)|(三刻)|(\d{1,2})\s*[分분]?|(?:整|钟|鐘))?(?![\d]|[月/.])(?:\s?(?:~|から|부터|整|钟|鐘|に|開始|开始|에))*"
)
_AMPM = lazy_compile(r"(?:\s?([ap])\s?\.?\s?m(?![^\W\d_])\.?|(?<=\d)([ap])(?![^\W_]))")
_ISH = lazy_compile(r"\s?-?ish\b")
_MINUTE = lazy_compile(r"\s?([0-5]\d)(?!\d|[./:-]\d)(?:\s?min\b\.?)?")


def match_hour(text: str, place: int, *, adjacent: bool = True, weekdays: bool = False) -> Hour | None:
    """The hour that begins here; None where there is none. `text` is in lower case and of one width.

    `adjacent`: it stands right behind its day, so that less has to show that it is an hour. `weekdays` may come first.
    """
    place = _SKIP.match(text, place).end()  # type: ignore[union-attr]
    if place == len(text):
        return None
    words = _patterns()
    begin = place = _behind_weekday(text, place, words) if weekdays else place
    half, lead, place = _before(text, place, words)
    noon = words.noon.match(text, place)
    one = _one(text, noon.end() if noon else place, words, lead=lead, half="noon" if noon else half)
    if noon and (one is None or one.bare):
        return Hour(noon.end(), time(12), told=True, sure=True)
    if one is None:
        return _unread(text, place, words, begin)
    slot = _slot(text, one, words, lead, bare=adjacent and not lead and not _DASHED.search(text[:begin]))
    if slot is not None:
        return slot
    if not one.sure and lead != "sure":
        if lead == "start":
            return None
        if one.lasting and not lead:
            if not adjacent or one.hour > _LAST_HOUR:
                return None
            if one.hour in _AS_LONG and "(" in text[max(begin - 1, 0) : place + 1]:
                return None
            if one.hour in _AS_LONG:
                return Hour(one.stop, fault=Fault("hour_or_length", {"text": text[begin : one.stop].strip()}))
        elif one.bare and not (lead and _ends(text, one.stop, words)):
            return _not_whole(text, begin, one.stop) if lead and adjacent and not one.told else None
        elif not one.bare and not lead and not (adjacent and _ends(text, one.stop, words)):
            return None
        elif one.bare and lead == "maybe":
            one.sure = True
    return _finish(one, lead)


def find_hours(text: str) -> Iterator[tuple[int, Hour]]:
    """The hours that stand anywhere in this text and can be nothing else, with the places where they begin."""
    place = 0
    while place < len(text):
        hour = match_hour(text, place, adjacent=False) if _may_begin(text, place) else None
        if hour is not None and hour.stop > place and (hour.sure or hour.fault):
            yield place, hour
            place = hour.stop
        else:
            place += 1


def last_hour(text: str) -> tuple[int, Hour] | None:
    """The hour that ends this text behind something else, with the place where it begins."""
    for place in range(1, len(text)):
        if not _may_begin(text, place):
            continue
        hour = match_hour(text, place)
        if hour is not None and not text[hour.stop :].strip(" .,;)"):
            return place, hour
    return None


def _may_begin(text: str, place: int) -> bool:
    if text[place].isspace() or text[place] in ",;:)-–":
        return False
    if not place:
        return True
    before = text[place - 1]
    if before == "t":
        return place > 1 and text[place - 2].isdigit() and text[place].isdigit()
    return before in " ,@(;~|[" or (ord(before) > 0x2E7F and not _SIGN_NUMBERS.get(before))


def _behind_weekday(text: str, place: int, words: _Patterns) -> int:
    """The place behind the weekday that stands here, if one does."""
    day = words.weekday.match(text, place)
    if day is None:
        return place
    closed = re.compile(r"\s?[)）\].,]*[\s,@–-]*").match(text, day.end())
    return closed.end() if closed else day.end()


def _before(text: str, place: int, words: _Patterns) -> tuple[str, str, int]:
    """Part of the day and lead, in any order, and the place behind them."""
    half = lead = ""
    for _ in range(3):
        if not words.any_before.match(text, place):
            break
        found = next(((name, m) for name, p in words.parts.items() if (m := p.match(text, place))), None)
        if found and not half:
            half, place = found[0], found[1].end()
        elif not lead and (match := words.sure.match(text, place)):
            lead, place = "sure", match.end()
        elif not lead and (match := words.start.match(text, place)):
            lead, place = "start", match.end()
        elif match := words.about.match(text, place):
            lead, place = lead or "maybe", match.end()
        elif not lead and (match := words.maybe.match(text, place)):
            lead, place = ("maybe" if len(match[0].strip(" .")) > 1 else "weak"), match.end()
        else:
            break
        place = re.compile(r"[\s,]*").match(text, place).end()  # type: ignore[union-attr]
    return half, lead, place


def _one(text: str, place: int, words: _Patterns, *, lead: str, half: str = "") -> _One | None:
    """One hour with all that belongs to it."""
    one = _spoken(text, place, words) or _figures(text, place, words, lead=lead)
    if one is None:
        return None
    one.half = half
    _take_behind(text, one, words, lead=lead)
    if one.half:
        one.told = one.sure = True
    one.bare = one.bare and not (one.sure or one.lasting)
    one.counts_to_24 = one.counts_to_24 or (lead == "sure" and not one.half)
    return one


def _spoken(text: str, place: int, words: _Patterns) -> _One | None:
    """`half past two`, `halb drei`, `quarter to 3`."""
    if not words.any_spoken.match(text, place):
        return None
    found = next(((int(shift), m) for shift, p in words.spoken.items() if (m := p.match(text, place))), None)
    if found is None:
        match = words.half.match(text, place)
        number = words.number.match(text, match.end()) if match else None
        if number is None:
            return None
        shift = 30 if number[0].strip(" .") in words.english else -30
        return _shifted(words.numbers[number[0].strip(" .")], shift, number.end())
    shift, match = found
    number = words.number.match(text, match.end()) or _BARE.match(text, match.end())
    if number is None:
        return None
    said = number[0].strip(" .")
    return _shifted(words.numbers[said] if said in words.numbers else int(said), shift, number.end())


def _shifted(hour: int, minutes: int, stop: int) -> _One:
    """The hour with minutes added or taken away, on the same half of the day."""
    total = hour * 60 + minutes
    return _One(total // 60 or 12, total % 60, stop, sure=True, bare=False)


def _figures(text: str, place: int, words: _Patterns, *, lead: str) -> _One | None:
    match: Any
    if match := _SIGNED.match(text, place):
        minute = 30 if match[2] else 15 if match[3] else 45 if match[4] else int(match[5] or 0)
        return _One(_number(match[1]), minute, match.end(), sure=True, bare=False, told=_is_padded(match[1]))
    clock = _CLOCK.match(text, place)
    if match := clock or _LETTER.match(text, place):
        counted = clock is None
        told = _is_padded(match[1])
        second = 0 if counted else int(match[3] or 0)
        return _One(int(match[1]), int(match[2]), match.end(), sure=True, bare=False, told=told, second=second,
                    counts_to_24=counted, minuted=True)  # fmt: skip
    match = _DOT.match(text, place)
    if match and (lead or not text.startswith(".", match.end())):  # "3.12." is a day
        return _One(int(match[1]), int(match[2]), match.end(), bare=False, sure=bool(lead), told=_is_padded(match[1]),
                    minuted=True)  # fmt: skip
    match = _DASH.match(text, place)
    if match and _are_minutes(int(match[1]), match[2], lead):
        return _One(int(match[1]), int(match[2]), match.end(), bare=False, sure=bool(lead), counts_to_24=True,
                    minuted=True)  # fmt: skip
    match = _FOUR.match(text, place)
    if match and (lead or int(match[1] + match[2]) not in _YEARS or _ATTACHED.match(text, match.end())):
        return _One(int(match[1]), int(match[2]), match.end(), told=True, sure=bool(lead), bare=False)
    if match := _BARE.match(text, place):
        return _One(int(match[1]), 0, match.end(), told=_is_padded(match[1]))
    match = words.number.match(text, place)
    if match is None:
        return None
    return _One(words.numbers[match[0].strip(" .")], 0, match.end())


def _are_minutes(hour: int, behind: str, lead: str) -> bool:
    """Whether what stands behind a dash are minutes (`в 9-30`) and not the end of a slot (`von 8-12`)."""
    number = int(behind)
    if number == 0 or number > 24:
        return True
    if not lead or lead == "start":
        return False
    return number <= hour or (number % 5 == 0 and number - hour > _LONG_SLOT)


def _take_behind(text: str, one: _One, words: _Patterns, *, lead: str) -> None:
    """What follows an hour and belongs to it: its word, its minutes, its part of the day."""
    if ish := _ISH.match(text, one.stop):
        one.stop, one.sure = ish.end(), True
    for _ in range(4):
        if match := _AMPM.match(text, one.stop):
            one.half, one.stop = f"{match[1] or match[2]}m", match.end()
        elif match := words.behind.match(text, one.stop):
            one.stop, one.sure, one.counts_to_24 = match.end(), True, not match[0].strip().startswith(("o", "'"))
            _take_minutes(text, one, words)
        elif match := words.lasting.match(text, one.stop):
            one.stop, one.lasting, one.counts_to_24 = match.end(), True, True
            one.sure = one.sure or bool(lead)
            _take_minutes(text, one, words)
        elif found := next(((int(s), m) for s, p in words.added.items() if (m := p.match(text, one.stop))), None):
            added = _shifted(one.hour, one.minute + found[0], found[1].end())
            one.hour, one.minute, one.stop, one.sure = added.hour, added.minute, added.stop, True
        elif found_part := next(((n, m) for n, p in words.parts.items() if (m := p.match(text, one.stop))), None):
            one.half, one.stop = found_part[0], found_part[1].end()
        elif (
            (lead or one.sure)
            and lead != "start"  # "between 9 and 11"
            and not one.minute
            and (match := words.joined.match(text, one.stop))
            and (minutes := _MINUTE.match(text, match.end()))
        ):
            one.minute, one.stop, one.sure = int(minutes[1]), minutes.end(), True
        else:
            return


def _take_minutes(text: str, one: _One, words: _Patterns) -> None:
    """`14 Uhr 30`."""
    match = None if one.minute else _MINUTE.match(text, one.stop)
    if match and not words.behind.match(text, match.end()) and not _AMPM.match(text, match.end()):
        one.minute, one.stop, one.sure = int(match[1]), match.end(), True


def _slot(text: str, one: _One, words: _Patterns, lead: str, *, bare: bool) -> Hour | None:
    """From one hour to another, where one of them shows that it is one.

    `bare`: two bare numbers right behind a day are one, too, if people meet from the one to the other (`12/3 9-3`).
    """
    to = words.to.match(text, one.stop)
    if to is None:
        return None
    half, second_lead, place = _before(text, to.end(), words)
    other = _one(text, place, words, lead=second_lead, half=half)
    if other is None:
        return None
    shown = one.sure or one.lasting or other.sure or other.lasting or bool(lead) or bool(second_lead == "sure")
    near = (
        one.bare == other.bare
        and 7 <= one.hour <= other.hour <= 22
        and one.hour * 60 + one.minute < (other.hour * 60 + other.minute)
    )
    pair = bare and one.bare and other.bare and _meet_between(one.hour, other.hour) and _ends(text, other.stop, words)
    if not (shown or near or pair):
        return None
    if other.half and not one.half and one.hour < 13:
        alone = _time(one.hour, one.minute, other.half)
        other_end = _time(other.hour, other.minute, other.half)
        if isinstance(alone, time) and isinstance(other_end, time) and alone < other_end:
            one.half, one.told = other.half, True
    first, second = _finish(one, lead), _finish(other, second_lead)
    if first.fault or second.fault:
        return Hour(other.stop, fault=first.fault or second.fault)
    until = second.at
    if until <= first.at and until.hour in range(1, 7) and not second.told:
        until = until.replace(hour=until.hour + 12)
    end = until if until > first.at else None
    told = first.told or (first.minuted and second.told and first.at < second.at)  # "6:30-14:00"
    return Hour(other.stop, first.at, end, told, sure=shown, minuted=first.minuted)


def _meet_between(start: int, end: int) -> bool:
    """Whether `9-3`, `11-2` or `2-3` may be from one hour of the day to another: one of the afternoon ends it."""
    return end in range(1, 7) and (start in range(7, 13) or 0 < start < end)


def _finish(one: _One, lead: str) -> Hour:
    at = _time(one.hour, one.minute, one.half)
    if isinstance(at, time) and one.second > 59:
        at = _NO_SUCH
    if isinstance(at, Fault):
        return Hour(one.stop, fault=at)
    at = at.replace(second=one.second)
    early = one.counts_to_24 and (at.hour == 6 or (at.hour == 5 and one.minuted))
    padded = one.told or bool(one.half) or at.hour == 0 or at.hour > 12 or early
    return Hour(one.stop, at, told=padded, sure=one.sure or lead == "sure", minuted=one.minuted)


def _time(hour: int, minute: int, half: str) -> time | Fault:
    """The time of the day, or what is wrong with it."""
    if half in ("am", "pm") and not 1 <= hour <= 12:
        return _NO_SUCH
    if half == "am" and hour == 12:
        hour = 0
    if half == "night" and hour == 12:
        return Fault("midnight")
    if half in ("pm", "evening", "night", "noon") and hour < 12 and not (half == "noon" and hour > 10):
        hour += 12
    if hour > 23 or minute > 59:
        return _NO_SUCH
    return time(hour, minute)


def _ends(text: str, stop: int, words: _Patterns) -> bool:
    """Whether what follows a bare number lets it be an hour."""
    if _END.match(text, stop):
        return True
    word = _WORD.match(text, stop)
    return bool(word) and word[1] in words.company  # type: ignore[index]


def _unread(text: str, place: int, words: _Patterns, begin: int) -> Hour | None:
    """`half 3`, which is half past two or three by who says it, and whatever else speaks of an hour."""
    match = words.unread.match(text, place)
    number = match and (words.number.match(text, match.end()) or _BARE.match(text, match.end()))
    if number:
        return _not_whole(text, begin, number.end())
    minutes = _BARE.match(text, place) or words.number.match(text, place)
    past = minutes and words.minutes_past.match(text, minutes.end())
    number = past and (words.number.match(text, past.end()) or _BARE.match(text, past.end()))
    return _not_whole(text, begin, number.end()) if number else None


def _not_whole(text: str, begin: int, stop: int) -> Hour:
    return Hour(stop, fault=Fault("unclear_hour", {"text": text[begin:stop].strip()}))


def _is_padded(figures: str) -> bool:
    """`06` counts to 24."""
    return len(figures) == 2 and figures[0] == "0"


def _number(text: str) -> int:
    """Figures or signs: 十二 is twelve."""
    if text.isdigit():
        return int(text)
    total = 0
    for sign in text:
        value = _SIGN_NUMBERS[sign]
        total = (total or 1) * 10 if value == 10 else total + value
    return total
