"""Dates as people write them. One decision per column, never today, never a default.

- **Order**: whether `9/8/2026` is September or August is decided once for a column, from its members that can be read
  in one way only (`25/12/2026` proves day first); dots mean day first. Where nothing decides, the cell is a problem.
- A date without its day or its year, two dates in a cell, a relative word (`yesterday`) are problems: a guess would be
  somebody's missed interview.
- A time without zone is wall-clock time in the given zone: in the gap of a clock change it moves forward, in the fold
  the first of the two is taken. Midnight without zone means that the cell has no hour.
- Numbers from 29221 to 73050 are spreadsheet day numbers (1980 to 2099).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

from msgspec import Struct

from sync.models import CellError, CellValue, Moment
from sync.reading.cells import Fault, clean_text

Order = Literal["ymd", "dmy", "mdy"]

FIRST_YEAR, LAST_YEAR = 1980, 2099
_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 29221, 73050
_MAX_CELL = 200

_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_TIME = re.compile(
    r"(?:^|[\s,T])(?:at |um |à |a las )?(\d{1,2})(?::|h|\.(?=\d\d(?:\D|$)))(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
    r"\s*([ap]\.?m\.?)?\s*(?:uhr|hrs?|h)?"
    r"\s*(z|utc|gmt|(?:utc|gmt)?[+-]\d\d:?\d\d)?(?:\s*\([^)]*\))?$",
    re.IGNORECASE,
)
_HOUR = re.compile(r"[\s,](\d{1,2})\s*([ap]\.?m\.?)$", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})\s*([-/.年])\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号號]?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})\.?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_DAY_MONTH_YEAR = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?[\s\-/]*(?:of |de |d')?([^\W\d_]+)\.?[\s\-/,]*(?:de |del |of )?'?(\d{4}|\d{2})"
)
_MONTH_DAY_YEAR = re.compile(r"([^\W\d_]+)\.?[\s\-]*(\d{1,2})(?:st|nd|rd|th)?[\s,\-]+'?(\d{4}|\d{2})")
_YEAR_MONTH_DAY = re.compile(r"(\d{4})[\s\-]+([^\W\d_]+)\.?[\s\-]+(\d{1,2})")
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?,?\s+(?=\d)|^[^\W\d_]{2,12}\.?,\s*")
_ANY_DATE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[\s-][^\W\d_]{3,9}\.?[\s-]\d{2,4}"
)
_YEAR_MONTH = re.compile(r"\d{4}\s*[-/.]\s*\d{1,2}|\d{1,2}\s*[-/.]\s*\d{4}")
_DAY_MONTH = re.compile(r"\d{1,2}\s*[-/.]\s*\d{1,2}\.?")


class Reading(Struct, frozen=True):
    """How the dates of one column are read: order of day and month (None: undecided), zone, month names."""

    order: Order | None
    zone: tzinfo
    months: Mapping[str, int]
    mixed: bool = False
    """The column proves both orders; only members that can be read one way are read."""


def decide_order(texts: Iterable[str]) -> tuple[Order | None, bool]:
    """Which of day and month comes first in this column, and whether its members contradict each other."""
    day_first = month_first = False
    for text in texts:
        match = _YEAR_LAST.match(text)
        if match and match[2] != ".":
            day_first = day_first or 12 < int(match[1]) <= 31
            month_first = month_first or 12 < int(match[3]) <= 31
    if day_first and month_first:
        return None, True
    return ("dmy" if day_first else "mdy" if month_first else None), False


def decide_readings(
    columns: Mapping[str, Iterable[CellValue]], order: str, *, zone: tzinfo, months: Mapping[str, int]
) -> Mapping[str, Reading]:
    """How each date column is read: the order set, else its own evidence, else that of the other date columns."""
    if order != "auto":
        return dict.fromkeys(columns, Reading(order=order, zone=zone, months=months))  # type: ignore[arg-type]
    own = {
        name: decide_order({cell.strip() for cell in set(cells) if isinstance(cell, str)})
        for name, cells in columns.items()
    }
    orders = {found for found, _ in own.values() if found}
    common = orders.pop() if len(orders) == 1 and not any(mixed for _, mixed in own.values()) else None
    return {
        name: Reading(order=found or (None if mixed else common), zone=zone, months=months, mixed=mixed)
        for name, (found, mixed) in own.items()
    }


def read_moment(value: CellValue, reading: Reading) -> Moment | Fault:
    """The cell as a date, or as an aware datetime where it has an hour."""
    if isinstance(value, bool | time | CellError):
        return Fault("is not a date")
    if isinstance(value, datetime):
        return _in_zone(value, reading.zone)
    if isinstance(value, date):
        return value if FIRST_YEAR <= value.year <= LAST_YEAR else _wrong_year(value.year)
    if isinstance(value, int | float):
        return _from_serial(float(value), reading.zone)
    match = _ISO.fullmatch(value)
    if match:
        return _date(int(match[1]), int(match[2]), int(match[3]))
    return _from_text(value, reading)


def looks_dated(text: str, months: Mapping[str, int]) -> bool:
    """Whether somebody meant a date here, even one that cannot be read."""
    plain = text.casefold()
    if _ANY_DATE.search(plain) or _SERIAL.fullmatch(plain) or _YEAR_MONTH.fullmatch(plain):
        return True
    return any(char.isdigit() for char in plain) and any(word in months for word in re.findall(r"[^\W\d_]+", plain))


def _from_text(value: str, reading: Reading) -> Moment | Fault:
    text = unicodedata.normalize("NFKC", clean_text(value)).casefold().strip(" ,;")
    if len(text) > _MAX_CELL:
        return Fault("is too long for a date")
    several = _ANY_DATE.findall(text)
    if len(several) > 1:
        return Fault(f"holds {len(several)} dates, {' and '.join(several[:3])}; only one can be meant")
    day_text, clock = _split_time(text)
    if isinstance(clock, Fault):
        return clock
    day = _read_day(day_text, reading)
    if isinstance(day, Fault) or clock is None:
        return day
    if isinstance(day, datetime):
        return Fault("is not a date")
    at, zone = clock
    if zone is None and at == time(0):
        return day
    return _in_zone(datetime.combine(day, at, zone), reading.zone)


def _split_time(text: str) -> tuple[str, tuple[time, tzinfo | None] | Fault | None]:
    match = _TIME.search(text)
    if match and match.start():
        hour, minute, second = int(match[1]), int(match[2]), int(match[3] or 0)
        half, offset = match[4], match[5]
    else:
        match = _HOUR.search(text)
        if not match:
            return text, None
        hour, minute, second, half, offset = int(match[1]), 0, 0, match[2], None
    if half:
        if not 1 <= hour <= 12:
            return text, Fault("has an hour that does not exist")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    if hour > 23 or minute > 59 or second > 59:
        return text, Fault("has an hour that does not exist")
    zone = _offset(offset)
    if isinstance(zone, Fault):
        return text, zone
    return text[: match.start()].rstrip(" ,"), (time(hour, minute, second), zone)


def _offset(text: str | None) -> tzinfo | Fault | None:
    if not text:
        return None
    digits = re.sub(r"[^\d+-]", "", text)
    if not digits:
        return UTC
    delta = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    if delta > timedelta(hours=14):
        return Fault("has an offset from UTC that does not exist")
    return timezone(-delta if digits[0] == "-" else delta)


def _read_day(text: str, reading: Reading) -> Moment | Fault:
    """The day in text without its hour. A serial with a fraction gives a datetime."""
    text = _WEEKDAY.sub("", text) if not _starts_with_month(text, reading.months) else text
    if match := _YEAR_FIRST.fullmatch(text):
        return _date(int(match[1]), int(match[3]), int(match[4]))
    if match := _YEAR_LAST.fullmatch(text):
        return _by_order(int(match[1]), int(match[3]), _year(match[4]), dots=match[2] == ".", reading=reading)
    if match := _COMPACT.fullmatch(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if _SERIAL.fullmatch(text):
        return _from_serial(float(text), reading.zone)
    named = _named_month(text, reading.months)
    return named if named is not None else Fault(_why_not(text, reading.months))


def _starts_with_month(text: str, months: Mapping[str, int]) -> bool:
    word = re.match(r"[^\W\d_]+", text)
    return bool(word and word[0] in months)


def _named_month(text: str, months: Mapping[str, int]) -> date | Fault | None:
    for pattern, year, month, day in (
        (_DAY_MONTH_YEAR, 3, 2, 1),
        (_MONTH_DAY_YEAR, 3, 1, 2),
        (_YEAR_MONTH_DAY, 1, 2, 3),
    ):
        match = pattern.fullmatch(text)
        if match and match[month] in months:
            return _date(_year(match[year]), months[match[month]], int(match[day]))
    return None


def _by_order(first: int, second: int, year: int, *, dots: bool, reading: Reading) -> date | Fault:
    if first > 12 or second > 12 or first == second:
        return _date(year, second, first) if first > 12 else _date(year, first, second)
    if reading.mixed and not dots:
        return Fault("could be day or month first, and the column has both; write it as YYYY-MM-DD")
    order = reading.order if reading.order in ("dmy", "mdy") and not (dots and reading.order is None) else None
    if order is None and dots:
        order = "dmy"
    if order is None:
        return Fault('could be day or month first; write it as YYYY-MM-DD or set date_order = "dmy" or "mdy"')
    return _date(year, second, first) if order == "dmy" else _date(year, first, second)


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else (2000 if int(text) < 80 else 1900) + int(text)


def _date(year: int, month: int, day: int) -> date | Fault:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _wrong_year(year)
    try:
        return date(year, month, day)
    except ValueError:
        return Fault("is a day that does not exist")


def _wrong_year(year: int) -> Fault:
    return Fault(f"has the year {year:04d}, which cannot be meant")


def _from_serial(number: float, zone: tzinfo) -> Moment | Fault:
    if not _FIRST_SERIAL <= number < _LAST_SERIAL + 1:
        return Fault("is a number, not a date")
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


def _why_not(text: str, months: Mapping[str, int]) -> str:
    words = set(re.findall(r"[^\W\d_]+", text))
    if _YEAR_MONTH.fullmatch(text) or (words & set(months) and re.fullmatch(r"\D*\d{4}", text)):
        return "is a month, not a day"
    if _DAY_MONTH.fullmatch(text) or (words & set(months) and re.fullmatch(r"\D*\d{1,2}\D*", text)):
        return "has no year"
    if _ANY_DATE.search(text):
        return "holds more than a date; keep only the date in this cell"
    return "is not a date"
