"""Dates as people write them. One decision per column, never today, never a default.

- **Order**: whether `9/8/2026` is September or August is decided once for a column (`date_order`); dots mean day first.
  Where nothing decides, the cell is a problem.
- **Year**: a day without one is `Yearless` until its column decides (`years`).
- A date without its day, two dates in a cell, a relative word (`yesterday`), a week are problems: a guess would be
  somebody's missed interview. So is a word beside the date that may turn it (`cancelled`, `by`, `not`), and a weekday
  that does not fit.
- A time without zone is wall-clock time in the given zone: in the gap of a clock change it moves forward, in the fold
  the first of the two is taken. Midnight without zone means that the cell has no hour; so does midnight in UTC in a
  column of days, which is how programs save a day.
- Numbers from 29221 to 73050 are spreadsheet day numbers (1980 to 2099).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sync.models import CellError, CellValue, Moment
from sync.patterns import lazy_compile
from sync.reading.cells import Fault, clean_text
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.found_days import find_days, find_moments, has_day_with_hour, why_several
from sync.reading.hour_grammar import find_hours, match_hour
from sync.reading.hours import WallTime, split_hour
from sync.reading.said_days import why_undated
from sync.reading.status_phrases import speaks_of_nothing_else

Order = Literal["ymd", "dmy", "mdy"]

FIRST_YEAR, LAST_YEAR = 1980, 2099
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 29221, 73050
_MAX_CELL = 200
_SHOWN = 40
_LONG_AGO = 5
"""Years after which two figures behind a day are hardly its year: `2 Dec 10`."""

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_ISO_HOUR = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d)")
_YEAR_FIRST = lazy_compile(r"(\d{4})\s*([-/.年년])\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})\s*[일日号號.]?")
YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})\.?")
DAY_MONTH = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\.?")
_SIGNS = re.compile(r"(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]")
_ERA = lazy_compile(r"(令和|平成|r|h)\s*(\d{1,2}|元)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?")
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_ISO_WEEK_DAY = lazy_compile(r"(\d{4})-?w(\d{2})-?([1-7])")
_WEEK = lazy_compile(
    r"(?:\d{4}-?)?w\d{1,2}(?:[/\s-]\d{2,4})?|([^\W\d_]+)\.?\s*\d{1,2}(?:[/\s,-]+\d{2,4})?|第?\d{1,2}周"
)
_RANGE = lazy_compile(r"(?:[^\W\d_]{3,13}\.?\s+\d{1,2}|\d{1,2}/\d{1,2})[-–]\d{1,2}")
"""Two signs part its numbers (`12/7-11`): the last one is no year."""
_COMPACT = lazy_compile(r"(\d{4})(\d\d)(\d\d)")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_DAY_MONTH_YEAR = lazy_compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s\-/]*(?:of |de |d')?([^\W\d_]+)\.?"
    r"(?:[\s\-/,]*(?:de |del |of )?'?(\d{4}|\d{2}))?"
)
_MONTH_DAY_YEAR = lazy_compile(r"([^\W\d_]+)\.?([\s\-]*)(\d{1,2})(?:st|nd|rd|th|\.)?(?:[\s,\-]+'?(\d{4}|\d{2}))?")
_YEAR_MONTH_DAY = lazy_compile(r"(\d{4})\.?[\s\-]+([^\W\d_]+)\.?[\s\-]+(\d{1,2})\.?")
_ANY_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[\s-][^\W\d_]{3,9}\.?[\s-]\d{2,4}"
)
_YEAR_MONTH = re.compile(r"\d{4}\s*[-/.]\s*\d{1,2}|\d{1,2}\s*[-/.]\s*\d{4}")
_NUMBER_BEFORE = lazy_compile(r"(?:^|[\s(])(?:\d{1,2}\.\d\d|[01]\d[0-5]\d|2[0-3][0-5]\d)[\s,)]*(?:[^\W\d_]+[\s.,]*)?$")
_NUMBER_BEHIND = lazy_compile(r"[\s,]+(\d{1,2}|\d{4})(?=\s*(?:$|[,;)]))")
_WORD = re.compile(r"[^\W\d_]+")


_POINTED = lazy_compile(r"\d\.\s?\d{1,2}\.|\d\.\d{1,2}$")
"""A day written as nobody writes it who counts the hours to 12: `30.11.`"""
_EARLY = range(5, 7)


class Yearless(Struct, frozen=True):
    """A day whose year the cell does not tell."""

    month: int
    day: int
    clock: WallTime | None = None
    weekday: int | None = None
    """0 is Monday; None where the cell names none."""


class Reading(Struct, frozen=True):
    """How the dates of one column are read: order of day and month (None: undecided), zone, month names."""

    order: Order | None
    zone: tzinfo
    months: Mapping[str, int]
    mixed: bool = False
    """The column proves both orders; only members that can be read one way are read."""
    saved_days: bool = False
    """Midnight, in whatever zone, is a day without an hour."""
    in_work_hours: bool = False
    """An hour of 1 to 6 whose half of the day nobody names is in the afternoon: nobody is asked to come at night.

    Where people meet the hour stays on the clock that its cell names."""
    counts_to_24: bool = False
    """Who writes this sheet counts the hours to 24."""
    own_act: bool = False
    """The seeker did it on that day: what they did does not stand beside it (`offer!! 11/24` is no application)."""
    today: date | None = None
    because: str = ""
    """Why it is this order, where no cell proves it and a person should know."""


def read_moment(value: CellValue, reading: Reading) -> Moment | Fault:
    """The cell as a date, or as an aware datetime where it has an hour. A day without its year is a fault."""
    found = read_date(value, reading)
    return NO_YEAR if isinstance(found, Yearless) else found


NO_YEAR = Fault("no_year")
EITHER_ORDER, MIXED_ORDERS = Fault("either_order"), Fault("mixed_orders")
_NO_DATE = Fault("no_date")
_NO_DAY = Fault("no_day")


def read_date(value: CellValue, reading: Reading) -> Moment | Fault | Yearless:
    """The cell as `read_moment` gives it, or the day whose year is still to be found."""
    if isinstance(value, bool | time | CellError):
        return _NO_DATE
    if isinstance(value, datetime):
        return _in_zone(value, reading.zone)
    if isinstance(value, date):
        return value if FIRST_YEAR <= value.year <= LAST_YEAR else _wrong_year(value.year)
    if isinstance(value, int | float):
        return _from_serial(float(value), reading.zone)
    match = _ISO.fullmatch(value)
    if match:
        return _date(int(match[1]), int(match[2]), int(match[3]))
    match = _ISO_HOUR.fullmatch(value)
    if match and not isinstance(day := _date(*map(int, match.group(1, 2, 3))), Fault):
        return _in_zone(datetime.combine(day, time(int(match[4]), int(match[5]))), reading.zone)
    return _from_text(value, reading)[0]


def read_end(value: CellValue, start: datetime, reading: Reading) -> datetime | None:
    """The end of the slot in this cell, which begins at `start`; None where it names no end."""
    if not isinstance(value, str) or _ISO_HOUR.fullmatch(value):
        return None
    clock = _from_text(value, reading)[1]
    if clock is None or clock.end is None:
        return None
    zone = clock.zone or reading.zone
    at = _by_day(clock.end) if reading.in_work_hours and not clock.told else clock.end
    end = _in_zone(datetime.combine(start.astimezone(zone).date(), at, zone), reading.zone)
    return end if isinstance(end, datetime) else None


def complete(day: Yearless, year: int, reading: Reading) -> Moment | Fault:
    """The day in this year."""
    found = _date(year, day.month, day.day)
    if isinstance(found, Fault) or day.clock is None:
        return found
    return _at(found, day.clock, reading)


def looks_dated(text: str, months: Mapping[str, int]) -> bool:
    """Whether somebody meant a date here, even one that cannot be read."""
    plain = text.casefold()
    if not any(map(str.isdigit, plain)):
        return False
    if _ANY_DATE.search(plain) or _SERIAL.fullmatch(plain) or _YEAR_MONTH.fullmatch(plain) or _SIGNS.search(plain):
        return True
    numbers = DAY_MONTH.fullmatch(plain)
    if numbers and 0 < min(int(numbers[1]), int(numbers[3])) <= 12 and max(int(numbers[1]), int(numbers[3])) <= 31:
        return True
    return any(word in months for word in _WORD.findall(plain)) or has_day_and_hour(plain, months)


def has_day_and_hour(text: str, months: Mapping[str, int]) -> bool:
    """Whether a day and the hour behind it stand in this text: `12/1 14:00`."""
    if _ISO.fullmatch(text) or not any(map(str.isdigit, text)):
        return False
    return bool(_ISO_HOUR.fullmatch(text)) or has_day_with_hour(text.casefold(), months)


def _from_text(value: str, reading: Reading) -> tuple[Moment | Fault | Yearless, WallTime | None]:
    text = unicodedata.normalize("NFKC", clean_text(value)).casefold().strip(" ,;")
    if len(text) > _MAX_CELL:
        return Fault("long"), None
    several = [found for found in _ANY_DATE.findall(text) if _names_month(found, reading)]
    if len(several) > 1:
        return Fault("several_dates", {"count": len(several), "dates": tuple(several[:3])}), None
    day = _read_day(text, reading)
    if day is not None:
        return day, None
    day_text, clock = split_hour(text, reading.zone)
    if clock is None:
        day_text, clock = split_hour(_words_first(text, reading), reading.zone)
    if clock is not None and not any(map(str.isdigit, day_text)):
        day_text, clock = text, None  # "Mo 16.11." is a day, no hour
    if isinstance(clock, Fault):
        return clock, None
    day = _read_day(day_text, reading) if clock else None
    if day is None:
        day = _read_worded(day_text, reading)
    if isinstance(day, Fault) or clock is None:
        return day, None
    if _is_early(clock) and (reading.counts_to_24 or _POINTED.search(day_text)):
        clock = replace(clock, told=True)
    if isinstance(day, Yearless):
        return replace(day, clock=clock), clock
    return _at(day, clock, reading), clock


def _words_first(text: str, reading: Reading) -> str:
    """`12/3 10am phone screen` with its words in front, so that the hour ends it; an hour is never dropped."""
    months = {**shipped_date_words().months, **reading.months}
    days, moments = find_days(text, months), find_moments(text, months)
    if len(moments) != 1 or days[0][1] == moments[0][1]:
        return text
    start, end = moments[0]
    behind = text[end:].strip(" ,;:-–")
    return f"{text[:start].rstrip()} {behind} {text[start:end]}".strip() if behind else text


def _at(day: Moment, clock: WallTime, reading: Reading) -> Moment | Fault:
    if isinstance(day, datetime):
        return _NO_DATE
    if clock.at == time(0) and (clock.zone is None or reading.saved_days):
        return day
    if reading.in_work_hours and not clock.told and _is_early(clock):
        return Fault("half_of_day", {"hour": f"{clock.at:%H:%M}", "later": f"{_by_day(clock.at):%H:%M}"})
    at = _by_day(clock.at) if reading.in_work_hours and not clock.told else clock.at
    zone = clock.zone or reading.zone
    return _in_zone(datetime.combine(day, at, zone), zone if reading.in_work_hours else reading.zone)


def _is_early(clock: WallTime) -> bool:
    """Whether it may be when a shift begins or when the day is over: `6:30`, where nobody says which."""
    return clock.minuted and clock.at.hour in _EARLY


def _by_day(at: time) -> time:
    return at.replace(hour=at.hour + 12) if at.hour in range(1, 7) else at


def _read_day(text: str, reading: Reading) -> Moment | Fault | Yearless | None:
    """The day in a text that is nothing but a day; None where it is more, or something else."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(int(match[1]), int(match[3]), int(match[4]))
    if _RANGE.fullmatch(text):
        return None
    if match := YEAR_LAST.fullmatch(text):
        return _by_order(match, reading)
    if match := _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text), reading.zone)
    if match := DAY_MONTH.fullmatch(text):
        return _yearless_by_order(match, reading)
    if match := _SIGNS.fullmatch(text):
        return _yearless(int(match[1]), int(match[2]))
    if match := _ERA.fullmatch(text):
        year = _ERAS[match[1]] + (1 if match[2] == "元" else int(match[2]))
        return _date(year, int(match[3]), int(match[4]))
    if match := _ISO_WEEK_DAY.fullmatch(text):
        return _week_day(int(match[1]), int(match[2]), int(match[3]))
    return _named_month(text, reading)


def _named_month(text: str, reading: Reading) -> date | Fault | Yearless | None:
    if (match := _DAY_MONTH_YEAR.fullmatch(text)) and (month := _month(match[2], reading)):
        if match[3]:
            return _in_year(text, match, 3, month, int(match[1]), reading)
        return _yearless(month, int(match[1]))
    if (match := _MONTH_DAY_YEAR.fullmatch(text)) and (month := _month(match[1], reading)):
        if match[4]:
            return _in_year(text, match, 4, month, int(match[3]), reading)
        this = (reading.today or date(2026, 1, 1)).year % 100
        if match[2] == "-" and len(match[3]) == 2 and abs(int(match[3]) - this) < 3:
            return Fault("day_or_year")
        return _yearless(month, int(match[3]))
    if (match := _YEAR_MONTH_DAY.fullmatch(text)) and (month := _month(match[2], reading)):
        return _date(int(match[1]), month, int(match[3]))
    return None


def _in_year(
    text: str, match: re.Match[str], place: int, month: int, day: int, reading: Reading
) -> date | Fault | None:
    """The day in the year at this place; None where an hour stands there (`2 Dec 1430`), a fault if it may."""
    figures = match[place]
    year = _year(figures)
    found = _date(year, month, day)
    if text[match.start(place) - 1] != " ":
        return found
    whole = len(figures) == 4
    if whole and not FIRST_YEAR <= year <= LAST_YEAR:
        hour = match_hour(text, match.start(place))
        return None if hour and not hour.fault else found
    long_ago = reading.today is not None and abs(year - reading.today.year) > _LONG_AGO
    may_be_hour = reading.in_work_hours and figures < "2400" and int(figures[2:]) < 60 if whole else int(figures) < 24
    return Fault("year_or_hour", {"figures": figures}) if long_ago and may_be_hour else found


def _names_month(text: str, reading: Reading) -> bool:
    """Whether the word in it is a month, where there is one: `14 uhr 30` is no date."""
    return all(_month(word, reading) for word in _WORD.findall(text))


def _month(word: str, reading: Reading) -> int | None:
    return reading.months.get(word) or shipped_date_words().months.get(word)


def _read_worded(text: str, reading: Reading) -> Moment | Fault | Yearless:
    """The day among words: a weekday that fits, small words, words that say nothing against that day."""
    words = shipped_date_words()
    spans = find_days(text, {**words.months, **reading.months})
    if len(spans) != 1:
        return _why_not(text, reading)
    start, end = spans[0]
    day = _read_day(text[start:end].strip(" ,."), reading) or _read_day(text[start:end].strip(" ,"), reading)
    if day is None:
        return _why_not(text, reading)
    if isinstance(day, Fault):
        return day
    for part in (text[:start], text[end:]):
        for _, hour in find_hours(part):
            return hour.fault or Fault("several_hours")
    number = _NUMBER_BEHIND.match(text, end) if reading.in_work_hours else None
    if reading.in_work_hours and _NUMBER_BEFORE.search(text[:start]):
        return Fault("number_before")
    if number:
        return Fault("number_behind", {"number": number[1]})
    beside = [
        word for part in (text[:start], text[end:]) for word in re.split(r"[\s,.;:()\[\]（）/@|\-–]+", part) if word
    ]
    weekdays = [word for word in beside if word in words.weekdays]
    others = [word for word in beside if word not in words.weekdays and word not in words.small]
    if others and not speaks_of_nothing_else(f"{text[:start]} {text[end:]}", own_act=reading.own_act):
        return Fault("words_beside", {"words": " ".join(others)[:_SHOWN]})
    return _check_weekday(day, weekdays, reading)


def _check_weekday(day: Moment | Yearless, said: list[str], reading: Reading) -> Moment | Fault | Yearless:
    weekdays = shipped_date_words().weekdays
    number = next((found for word in said if (found := weekdays[word]) is not None), None)
    if number is None:
        return day
    if isinstance(day, Yearless):
        return replace(day, weekday=number)
    if day.weekday() != number:
        return Fault("wrong_weekday", {"said": said[0], "weekday": day})
    return day


def _by_order(match: re.Match[str], reading: Reading) -> date | Fault:
    first, second, year, dots = int(match[1]), int(match[3]), _year(match[4]), match[2] == "."
    if len(match[4]) == 2 and len(match[1]) == 2:
        if reading.order == "ymd":
            return _date(_year(match[1]), second, int(match[4]))
        if not dots and reading.order is None and _may_begin_with_year(match, reading):
            return Fault("year_first")
    found = _day_and_month(first, second, dots=dots, reading=reading)
    return found if isinstance(found, Fault) else _date(year, *found)


def _may_begin_with_year(match: re.Match[str], reading: Reading) -> bool:
    """`26/11/20` in 2026: a year in front is about now, the one at the end is years ago."""
    if reading.today is None:
        return False
    this, front, back = reading.today.year, _year(match[1]), _year(match[4])
    return abs(front - this) <= 1 and this - back > 2 and int(match[3]) <= 12 and int(match[4]) <= 31


def _yearless_by_order(match: re.Match[str], reading: Reading) -> Yearless | Fault:
    if reading.order == "ymd" and int(match[1]) <= 12:  # where the year comes first, the month follows it
        return _yearless(int(match[1]), int(match[3]))
    found = _day_and_month(int(match[1]), int(match[3]), dots=match[2] == ".", reading=reading)
    return found if isinstance(found, Fault) else _yearless(*found)


def _yearless(month: int, day: int) -> Yearless | Fault:
    found = _date(2024, month, day)  # a leap year: whether 29 February exists is asked once the year is known
    return found if isinstance(found, Fault) else Yearless(month, day)


def _day_and_month(first: int, second: int, *, dots: bool, reading: Reading) -> tuple[int, int] | Fault:
    """Month and day out of two numbers."""
    if first > 12 or second > 12 or first == second:
        return (second, first) if first > 12 else (first, second)
    if reading.mixed and not dots:
        return MIXED_ORDERS
    order = reading.order if reading.order in ("dmy", "mdy") and not (dots and reading.order is None) else None
    if order is None and dots:
        order = "dmy"
    if order is None:
        return EITHER_ORDER
    return (second, first) if order == "dmy" else (first, second)


def _week_day(year: int, week: int, day: int) -> date | Fault:
    try:
        return date.fromisocalendar(year, week, day)
    except ValueError:
        return _NO_DAY


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else (2000 if int(text) < 80 else 1900) + int(text)


def _date(year: int, month: int, day: int) -> date | Fault:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _wrong_year(year)
    try:
        return date(year, month, day)
    except ValueError:
        return _NO_DAY


def _wrong_year(year: int) -> Fault:
    return Fault("odd_year", {"year": f"{year:04d}"})


def _from_serial(number: float, zone: tzinfo) -> Moment | Fault:
    if not _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        return Fault("number")
    days, rest = divmod(number, 1)
    day = _EPOCH + timedelta(days=int(days))
    seconds = round(rest * 86400)
    if not seconds:
        return day
    return _in_zone(datetime.combine(day, time()) + timedelta(seconds=seconds), zone)


def _in_zone(moment: datetime, zone: tzinfo) -> Moment | Fault:
    """Aware, in the zone. By way of UTC, so that a time in the gap of a clock change moves forward."""
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return _wrong_year(moment.year)
    if moment.tzinfo is None:
        if moment.time() == time(0):
            return moment.date()
        moment = moment.replace(tzinfo=zone, fold=0)
    return moment.astimezone(UTC).astimezone(zone)


def _why_not(text: str, reading: Reading) -> Fault:
    months, words = reading.months, set(_WORD.findall(text))
    week = _WEEK.fullmatch(text)
    if week and (not week[1] or week[1] in shipped_date_words().week):
        return Fault("week")
    if _YEAR_MONTH.fullmatch(text) or (words & set(months) and re.fullmatch(r"\D*\d{4}", text)):
        return Fault("month")
    if several := why_several(text, {**shipped_date_words().months, **months}):
        return several
    if _ANY_DATE.search(text):
        return Fault("more_than_date")
    return why_undated(text, reading.today, months) or _NO_DATE
