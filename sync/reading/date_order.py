"""Which of day and month comes first: decided once for each column of dates, before a cell of it is read.

The order set counts, then what a column proves itself (`25/12/2026`; `26-11-18` where only a year in front is about
now), what the other columns prove, and the days that stand elsewhere in the sheet; then the language of the headers or
the locale, unless a day would lie in the future or an interview before its application. Where nothing decides, `dates`
reads only what can be read in one way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo

from msgspec.structs import replace

from sync.models import CellValue
from sync.reading.dates import DAY_MONTH, YEAR_LAST, Order, Reading, read_date

_UTC_STAMP = re.compile(r"\d{4}-\d\d-\d\dT(\d\d:\d\d(?::\d\d)?)(?:\.\d+)?Z", re.IGNORECASE)
_ORDERED = ("applied_on", "interview_at")
_FAR, _NEAR = 2, timedelta(days=183)
"""Years, and days, from now: a day of a search is not so far away."""
YEARS_AGO, NO_CONTRADICTION, LOCALE = "years_ago", "no_contradiction", "locale"
"""Why an order was taken that no cell proves: keys of the sentences that say so."""


def decide_order(texts: Iterable[str], today: date | None = None) -> tuple[Order | None, bool]:
    """Which of year, day and month comes first in this column, and whether its members contradict each other."""
    texts = tuple(texts)
    if today and _begin_with_year(texts, today):
        return "ymd", False
    day_first = month_first = False
    for text in texts:
        match = YEAR_LAST.match(text) or DAY_MONTH.match(text)
        if match and match[2] != ".":
            first, second = int(match[1]), int(match[3])
            day_first = day_first or (12 < first <= 31 and 0 < second <= 12)
            month_first = month_first or (12 < second <= 31 and 0 < first <= 12)
    if day_first and month_first:
        return None, True
    return ("dmy" if day_first else "mdy" if month_first else None), False


def _begin_with_year(texts: Iterable[str], today: date) -> bool:
    """Whether each of these days may begin with its year (`26-11-18`), and one of them hardly ends with it.

    With dashes, as the long form of such a day has them, half a year away is too far where all are near otherwise.
    """
    matches = [match for text in texts if (match := YEAR_LAST.match(text)) and len(match[4]) == 2]
    front = [_whole_or_none(match[1], match[3], match[4]) for match in matches]
    if not all(day and abs(day.year - today.year) <= 1 for day in front):
        return False
    ends = [2000 + int(match[4]) for match in matches]
    if any(not today.year - _FAR <= year <= today.year + 1 for year in ends):
        return True
    back = [_whole_or_none(match[4], match[3], match[1]) for match in matches]
    near = [day is not None and abs(day - today) <= _NEAR for day in front]
    return (
        bool(matches)
        and all(match[2] == "-" for match in matches)
        and all(near)
        and any(day is None or abs(day - today) > _NEAR for day in back)
    )


def _whole_or_none(year: str, month: str, day: str) -> date | None:
    try:
        return date(2000 + int(year), int(month), int(day))
    except ValueError:
        return None


def decide_readings(
    columns: Mapping[str, Iterable[CellValue]],
    order: str,
    *,
    zone: tzinfo,
    months: Mapping[str, int],
    days: frozenset[str] = frozenset(),
    met: frozenset[str] = frozenset(),
    today: date | None = None,
    beside: Iterable[str] = (),
    usual: Callable[[], tuple[Order | None, str]] = lambda: (None, ""),
) -> Mapping[str, Reading]:
    """How each date column is read: the order set, else its own evidence, else that of the other date columns.

    `days` are the columns that hold days and no hours, `met` those in which people meet. `beside` are days that stand
    elsewhere in the sheet, in a status ("until 12/15"): they tell the order too, unless they contradict themselves.
    Where nothing decides, it is the `usual` order where this sheet comes from; one that has to be explained (a locale,
    which nobody chooses) only where no day contradicts it.
    """
    texts = {name: {cell.strip() for cell in set(cells) if isinstance(cell, str)} for name, cells in columns.items()}
    plain = Reading(order=None, zone=zone, months=months, today=today)
    stamped = {name: name in days or _all_midnight(found) for name, found in texts.items()}
    if order != "auto":
        return {
            name: replace(plain, order=order, saved_days=stamped[name], in_work_hours=name in met) for name in columns
        }
    own = {name: decide_order(found, today) for name, found in texts.items()}
    orders = {found for found, _ in own.values() if found}
    mixed_up = any(mixed for _, mixed in own.values())
    common = orders.pop() if len(orders) == 1 and not mixed_up else None
    because = ""
    if common is None and _are_open(own, texts):
        common = decide_order(beside)[0]
    if common is None and _are_open(own, texts):
        common, because = usual()
        argued = _argue(columns, plain) if because or common is None else None
        if common is None:
            common, because = argued, NO_CONTRADICTION
        elif argued is not None and argued != common:
            common = None
    return {
        name: replace(
            plain,
            order=found or (None if mixed else common),
            mixed=mixed,
            saved_days=stamped[name],
            in_work_hours=name in met,
            because=YEARS_AGO if found == "ymd" else because if common else "",
        )
        for name, (found, mixed) in own.items()
    }


def _are_open(own: Mapping[str, tuple[Order | None, bool]], texts: Mapping[str, set[str]]) -> bool:
    """Whether some dates can be read in both ways and no column proves either."""
    if any(found or mixed for found, mixed in own.values()):
        return False
    matches = (YEAR_LAST.match(text) or DAY_MONTH.match(text) for several in texts.values() for text in several)
    return any(match and match[2] != "." and match[1] != match[3] for match in matches)


def _argue(columns: Mapping[str, Iterable[CellValue]], plain: Reading) -> Order | None:
    """The order in which nothing is said to have happened in the future, and no interview before its application."""
    wrong = {order: _contradictions(columns, replace(plain, order=order)) for order in ("dmy", "mdy")}
    possible: list[Order] = [order for order in ("dmy", "mdy") if not wrong[order]]
    return possible[0] if len(possible) == 1 else None


def _contradictions(columns: Mapping[str, Iterable[CellValue]], reading: Reading) -> int:
    days = {name: [_whole_day(cell, reading) for cell in cells] for name, cells in columns.items() if name in _ORDERED}
    applied, interviews = days.get("applied_on", []), days.get("interview_at", [])
    future = sum(day is not None and reading.today is not None and day > reading.today for day in applied)
    pairs = zip(applied, interviews, strict=False)
    return future + sum(one is not None and other is not None and other < one for one, other in pairs)


def _whole_day(cell: CellValue, reading: Reading) -> date | None:
    match = YEAR_LAST.match(cell.strip()) if isinstance(cell, str) else None
    if match is None or match[2] == ".":
        return None
    found = read_date(cell, reading)
    return found.date() if isinstance(found, datetime) else found if isinstance(found, date) else None


def reading_beside(
    readings: Mapping[str, Reading],
    *,
    zone: tzinfo,
    months: Mapping[str, int],
    today: date | None,
    beside: Iterable[str] = (),
    usual: Callable[[], tuple[Order | None, str]] | None = None,
) -> Reading:
    """How a day is read that stands outside the columns of dates: in the order that they agree on.

    Where they tell none it is that of these days themselves (`beside`), else the `usual` one of the sheet, which takes
    the words of its headers in all languages to find out: None where no day can stand there.
    """
    orders = {reading.order for reading in readings.values() if reading.order}
    order = orders.pop() if len(orders) == 1 else None
    if order is None and not orders:
        order = decide_order(beside)[0] or (usual()[0] if usual else None)
    return Reading(order=order, zone=zone, months=months, today=today)


def _all_midnight(texts: Iterable[str]) -> bool:
    """Whether a program saved days here: every stamp of the column is midnight in UTC."""
    stamps = [match[1] for text in texts if (match := _UTC_STAMP.fullmatch(text))]
    return bool(stamps) and all(stamp.replace("0", "") in (":", "::") for stamp in stamps)
