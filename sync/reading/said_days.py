"""Days named from where their writer stood: "call on Tuesday", "in 10 days", "till the 30th", "called yesterday".

Such words say a date (`said_day`) only together with the day on which they were written (`undated`). Where the days on
which they may have been written give different ones, nobody knows either. The words are `[said]` in `dates.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date, timedelta
from functools import cache

from msgspec import Struct
from msgspec.structs import replace

from sync.reading.cells import Fault
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.found_days import find_days
from sync.reading.said_day import LONGEST, SaidDay
from sync.reading.scripts import any_of, is_unspaced

_FRIDAY = 4
_NUMBER = re.compile(r"[\s,]*(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)\b")
_WORD = re.compile(r"[^\W\d_]+")
_BEHIND = re.compile(r"[,;–—、，。]|\s-\s|(?<=[^\W\d])\.\s")
"""Between what was on a day and what is to come."""
_LETTERS = re.compile(r"[^\W\d_]{2}|[月火水木金土日周曜天]")


def find_said_days(text: str, months: Mapping[str, int]) -> Sequence[SaidDay]:
    """The days in this text that are named so, from the left; none where a date stands in it.

    `months` are names of months in lower case, besides those of `dates.toml`.
    """
    if not _LETTERS.search(text):
        return ()
    plain = unicodedata.normalize("NFKC", text).casefold()
    if len(plain) != len(text):
        return ()  # the places would be others
    kinds = _named_in(plain)
    if not kinds or find_days(plain, {**shipped_date_words().months, **months}):
        return ()
    found = [said for said in _patterns().find(plain, kinds) if said.days is None or abs(said.days) <= LONGEST.days]
    if "parts" in kinds and not found:
        found += _find_parts(plain, {**shipped_date_words().months, **months})
    if "next_month" in kinds:
        later = tuple(_find_next_month(plain))  # the end of the next month is not that of this one
        found = [said for said in found if all(one.end <= said.start or said.end <= one.start for one in later)]
        found += later if not found else ()
    return tuple(sorted(found, key=lambda said: said.start))


def find_said_behind(text: str, months: Mapping[str, int]) -> Sequence[SaidDay]:
    """The days to come that are named so behind a date and other words: "called 11/23, call again Wednesday"."""
    if not _BEHIND.search(text) or not may_name_day(text):
        return ()
    plain = unicodedata.normalize("NFKC", text).casefold()
    dates = find_days(plain, {**shipped_date_words().months, **months}) if len(plain) == len(text) else ()
    if not dates or (cut := _BEHIND.search(plain, dates[-1][1])) is None:
        return ()
    said = find_said_days(text[cut.end() :], months)
    beside = plain[dates[-1][1] :]  # "11/23, Monday" is one day
    moved = (replace(one, start=one.start + cut.end(), end=one.end + cut.end()) for one in said if not one.is_past)
    told = (one for one in moved if one.days != 0)
    return tuple(one for one in told if len(_WORD.findall(beside)) > len(_WORD.findall(plain[one.start : one.end])))


def may_name_day(text: str) -> bool:
    """Whether a word stands in this text without which no day is named so: quick, and true of more than name one."""
    return bool(_named_in(unicodedata.normalize("NFKC", text).casefold()))


def _find_parts(text: str, months: Mapping[str, int]) -> Iterator[SaidDay]:
    """`mid December`, `december közepén`: of a month no more than a part."""
    said = shipped_date_words().said
    for match in _part_pattern().finditer(text):
        word = match["month"] or match["month_before"]
        month = int(match["number"]) if match["number"] else months.get(word, 0)
        day = said.month_parts[match["part"]] if match["part"] else said.month_parts_behind[match["behind"]]
        if 1 <= month <= 12:
            yield SaidDay(match.start(), match.end(), month=month, part=day, ahead=True)


def _find_next_month(text: str) -> Iterator[SaidDay]:
    """`next month`, `Anfang nächsten Monats`."""
    said = shipped_date_words().said
    for match in _next_month_pattern().finditer(text):
        part = said.month_parts.get(match["part"] or "", 0) or said.month_parts_behind.get(match["behind"] or "", 0)
        yield SaidDay(match.start(), match.end(), next_month=True, part=part, ahead=True)


@cache
def _next_month_pattern() -> re.Pattern[str]:
    said = shipped_date_words().said
    before = rf"(?:(?P<part>{any_of(said.month_parts)})[\s-]*)?"
    return re.compile(rf"{before}{any_of(said.next_month)}\s*(?P<behind>{any_of(said.month_parts_behind)})?")


@cache
def _part_pattern() -> re.Pattern[str]:
    said, name = shipped_date_words().said, r"[^\W\d_]{3,}"
    return re.compile(
        rf"(?P<part>{any_of(said.month_parts)})[\s-]*(?:(?:de|of)\s+)?(?P<month>{name})"
        rf"|(?:(?P<number>\d{{1,2}})\s*[月월]\s*|(?P<month_before>{name})\s+)(?P<behind>{any_of(said.month_parts_behind)})"
    )


def why_undated(text: str, today: date | None, months: Mapping[str, int], *, behind: bool = False) -> Fault | None:
    """What is wrong with a cell that names a day so, for whoever knows when it was written; None for any other.

    `behind`: one behind a date is wrong, too.
    """
    said = find_said_days(text, months) or (find_said_behind(text, months) if behind else ())
    if not said:
        return None
    month = "undated_part" if said[0].part else "undated_month"
    key = "undated_week" if said[0].is_week else month if said[0].is_month else "undated"
    if today is None:
        return Fault(key)
    return Fault(f"{key}_such_as", {"day": str(_numbered(text, said[0], today) or said[0].example(today))})


def _numbered(text: str, said: SaidDay, today: date) -> date | None:
    """The nearest day of this weekday and number: `Thurs 26th`, which a week later is no 26th."""
    number = _NUMBER.match(text, said.end)
    if number is None:
        return None
    days = (today + timedelta(days=sign * days) for days in range(32) for sign in (-1, 1))
    return next((day for day in days if (day.weekday(), day.day) == (said.weekday, int(number[1]))), None)


def _named_in(plain: str) -> frozenset[str]:
    """The kinds of days of which a word stands in it without which none is named: the patterns are far slower."""
    said, signs = set(_WORD.findall(plain)), is_unspaced(plain)
    found = {
        kind
        for kind, (words, unspaced) in _needed().items()
        if not said.isdisjoint(words) or (signs and any(sign in plain for sign in unspaced))
    }
    return frozenset(found if any(map(str.isdigit, plain)) else found - {"of_month", "numbered"})


@cache
def _needed() -> Mapping[str, tuple[frozenset[str], tuple[str, ...]]]:
    """For each kind the longest words of what names it, and what names it in signs that stand without spaces."""
    words = shipped_date_words()
    said = words.said
    named: Mapping[str, Sequence[str]] = {
        "weekday": tuple(word for word, number in words.weekdays.items() if number is not None),
        "short": tuple(said.short),
        "numbered": said.numbered,
        "parts": (*said.month_parts, *said.month_parts_behind),
        "plain": (*said.spans, *said.passed),
        "counted": (*said.days, *said.working_days, *said.weeks, *said.months),
        "of_month": tuple(phrase.split()[0] for phrase in (*said.ahead, *said.ahead_the)),
        "ends": tuple(phrase for phrases in said.ends.values() for phrase in phrases),
        "weeks": (*said.next_week, *said.this_week),
        "next_month": said.next_month,
    }
    return {
        kind: (
            frozenset(_longest_word(phrase) for phrase in phrases if not is_unspaced(phrase)),
            tuple(phrase for phrase in phrases if is_unspaced(phrase)),
        )
        for kind, phrases in named.items()
    }


def _longest_word(phrase: str) -> str:
    return max(reversed(_WORD.findall(phrase)), key=len, default="")


class _Patterns(Struct, frozen=True):
    weekday: re.Pattern[str]
    plain: re.Pattern[str]
    """Words that say so many days later or before by themselves."""
    counted: re.Pattern[str]
    of_month: re.Pattern[str]
    ends: re.Pattern[str]
    weeks: re.Pattern[str]
    short: re.Pattern[str]
    """`bis Mo`"""
    numbered: re.Pattern[str]
    """`KW 50`"""

    def find(self, text: str, kinds: Set[str]) -> Iterator[SaidDay]:
        """What is named in this text, of the kinds that may be."""
        sure = {"plain": self._plain, "counted": self._counted, "ends": self._ends}
        found = [said for kind, find in sure.items() if kind in kinds for said in find(text)]
        yield from found
        other = {"weekday": self._weekdays, "of_month": self._of_month, "short": self._shorts}
        days = [said for kind, find in other.items() if kind in kinds for said in find(text)]
        yield from (day for day in days if not any(one.start < day.end and day.start < one.end for one in found))
        if "weeks" in kinds and not (found or days) and (week := self.weeks.search(text)):
            yield SaidDay(week.start(), week.end(), next_week=bool(week["next"]), ahead=True)
        if "numbered" in kinds and not (found or days):
            yield from self._numbered(text)

    def _shorts(self, text: str) -> Iterator[SaidDay]:
        for match in self.short.finditer(text):
            number = shipped_date_words().said.short[match["day"]]
            yield SaidDay(match.start("day"), match.end(), weekday=number, ahead=True)

    def _numbered(self, text: str) -> Iterator[SaidDay]:
        for match in self.numbered.finditer(text):
            if 1 <= (number := int(match["number"])) <= 53:
                yield SaidDay(match.start(), match.end(), week=number, ahead=True)

    def _weekdays(self, text: str) -> Iterator[SaidDay]:
        words = shipped_date_words()
        for match in self.weekday.finditer(text):
            word, number = match["day"], words.weekdays[match["day"]]
            ahead = any(match[group] for group in ("ahead", "next", "week", "week_behind", "until"))
            back = any(match[group] for group in ("last", "last_behind", "past_week", "past_behind"))
            sure = ahead or back or _stands_apart(match, text)
            if number is None or match["behind"] or (word in words.said.rarely and not sure):
                continue
            yield SaidDay(
                min(match.start(group) for group in ("next", "week", "last", "past_week", "day") if match[group]),
                match.end(),
                weekday=number, next=bool(match["next"]), next_week=bool(match["week"] or match["week_behind"]),
                ahead=ahead and not back, back=back, last=bool(match["last"] or match["last_behind"]),
                last_week=bool(match["past_week"] or match["past_behind"]),
            )  # fmt: skip

    def _plain(self, text: str) -> Iterator[SaidDay]:
        said = shipped_date_words().said
        for match in self.plain.finditer(text):
            word = match["day"]
            if match["morning"] or (word in said.rarely and not _stands_apart(match, text)):
                continue
            if word in said.passed:
                yield SaidDay(match.start("day"), match.end(), weekday=said.passed[word], back=True)
            else:
                days = said.spans[word]
                yield SaidDay(match.start("day"), match.end(), days=days, ahead=days > 0)

    def _counted(self, text: str) -> Iterator[SaidDay]:
        for match in self.counted.finditer(text):
            ago = match["ago"] or match["ago_behind"]
            last_day = match["up_to"] or match["up_to_behind"]
            if not (ago or last_day or match["within"] or match["later"]):
                continue
            number = int(match["number"]) if match["number"].isdigit() else _numbers()[match["number"]]
            days = number * (7 if match["weeks"] else 31 if match["months"] else 1)
            yield SaidDay(
                match.start(), match.end(), days=-days if ago else days, working=bool(match["working"]),
                ahead=not ago, last_day=bool(last_day),
            )  # fmt: skip

    def _of_month(self, text: str) -> Iterator[SaidDay]:
        for match in self.of_month.finditer(text):
            if 1 <= (day := int(match["number"])) <= 31:
                yield SaidDay(match.start("day"), match.end("day"), of_month=day, ahead=True)

    def _ends(self, text: str) -> Iterator[SaidDay]:
        for match in self.ends.finditer(text):
            month, next_week = bool(match["month"]), bool(match["next"])
            yield SaidDay(
                match.start(), match.end(), weekday=None if month else _FRIDAY, month_end=month, next_week=next_week,
                ahead=True, last_day=True,
            )  # fmt: skip


def _stands_apart(match: re.Match[str], text: str) -> bool:
    """Whether nothing, or another part of the text, follows this word: `call her Wed`, but no `mon CV`."""
    alone = match.start("day") == 0 and match.end() == len(text)
    behind = text[match.end() :].lstrip()
    return alone or (not is_unspaced(match["day"]) and (not behind or behind[0] in ",;.!?)" or behind[0].isdigit()))


@cache
def _numbers() -> Mapping[str, int]:
    """Numbers in words, of every language."""
    words = shipped_date_words()
    several = {word: number for known in words.hour.numbers.values() for word, number in known.items()}
    return {**several, **words.said.numbers}


@cache
def _patterns() -> _Patterns:
    words = shipped_date_words()
    said = words.said
    days = [word for word, number in words.weekdays.items() if number is not None]
    ahead, the = any_of(said.ahead), any_of(said.the)
    lead = rf"(?:(?P<behind>{any_of(said.behind)})\s*)?(?:(?P<ahead>{ahead})\s+)?(?:{the}\s+)?"
    weeks, past_weeks, last = any_of(said.next_week), any_of(said.last_week), any_of(said.last)
    weekday = (
        rf"{lead}(?:(?P<week>{weeks})\s*|(?P<past_week>{past_weeks})\s*)?"
        rf"(?:(?P<next>{any_of(said.next)})\s+|(?P<last>{last})\s+)?(?P<day>{any_of(days)})"
        rf"(?:\s+(?P<week_behind>{weeks})|\s+(?P<past_behind>{past_weeks})"
        rf"|\s+(?P<last_behind>{any_of(said.last_behind)})|\s*(?P<until>{any_of(said.until_behind)}))?"
    )
    units = (
        rf"(?:(?P<working>{any_of(said.working_days)})|(?P<weeks>{any_of(said.weeks)})"
        rf"|(?P<months>{any_of(said.months)})|{any_of(said.days)})"
    )
    number = rf"(?:\d{{1,2}}\s*(?:-|–|{any_of(words.hour.to)})\s*)?(?P<number>\d{{1,2}}|{any_of(_numbers())})"
    counted = (
        rf"(?:(?:(?P<up_to>{any_of(said.up_to)})|(?P<within>{any_of(said.within)})|(?P<ago>{any_of(said.ago)}))"
        rf"\s*(?:{the}\s+)?(?:{any_of(said.next)}\s+)?)?"
        rf"{number}\s*{units}"
        rf"(?:\s*(?P<up_to_behind>{any_of(said.up_to_behind)})|\s*(?P<later>{any_of(said.later)})"
        rf"|\s*(?P<ago_behind>{any_of(said.ago_behind)}))?"
    )
    plain = any_of([*said.spans, *said.passed])
    ends = "|".join(f"(?P<{name}>{any_of(phrases)})" for name, phrases in said.ends.items())
    alone = [word for word in said.next_week if len(word) > 1]
    lengths = any_of((*words.lengths, "h", "k"))
    return _Patterns(
        weekday=re.compile(weekday),
        short=re.compile(rf"{any_of(said.short_ahead)}\s+(?P<day>{any_of(said.short)})"),
        numbered=re.compile(
            rf"{any_of(said.numbered)}\s?(?P<number>\d{{1,2}})(?![\d:/%€$]|[.,-]\d)(?!\s*(?:{lengths}|of\b|de\b|von\b|van\b|av\b))"
        ),
        plain=re.compile(rf"(?:(?P<morning>{any_of(said.morning)})\s+)?(?P<day>{plain})"),
        counted=re.compile(counted),
        of_month=re.compile(_of_month(ahead, the, any_of(said.ahead_the))),
        ends=re.compile(ends),
        weeks=re.compile(rf"(?P<next>{any_of(alone)})|{any_of(said.this_week)}"),
    )


def _of_month(ahead: str, the: str, ahead_the: str) -> str:
    """A number of the month: `by the 15th`, `bis zum 30.`; without a sign behind it an article must be there."""
    article = rf"(?:{ahead}\s+{the}|{ahead_the})\s+"
    return (
        rf"(?:{ahead}\s+(?:{the}\s+)?(?=\d+(?:st|nd|rd|th|e|\.))|{article})"
        r"(?P<day>(?P<number>\d{1,2})(?:st|nd|rd|th|e|\.)?)(?=\s*(?:$|[,;.!?)]))"
    )
