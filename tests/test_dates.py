"""Date forms that people write, and what is never taken for a date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sync.models import CellValue
from sync.reading.cells import Fault
from sync.reading.dates import Order, Reading, decide_order, read_moment
from sync.reading.vocabulary import load_vocabulary

MONTHS = load_vocabulary().months
NEW_YORK = ZoneInfo("America/New_York")


def read(value: CellValue, order: Order | None = None) -> object:
    found = read_moment(value, Reading(order, NEW_YORK, MONTHS))
    return found.astimezone(UTC) if isinstance(found, datetime) else found


AUGUST_4 = date(2026, 8, 4)


@pytest.mark.parametrize(
    "text",
    [
        "2026-08-04",
        "2026-8-4",
        "2026/08/04",
        "2026.8.4",
        "2026年8月4日",
        "２０２６-08-04",
        "20260804",
        "46238",
        "4.8.2026",
        "04.08.26",
        "4. 8. 2026",
        "4 Aug 2026",
        "4-Aug-26",
        "04-Aug-2026",
        "Aug 4, 2026",
        "August 4, 2026",
        "August 4th 2026",
        "4th of August 2026",
        "Aug. 4, '26",
        "2026 Aug 4",
        "Tue, 4 Aug 2026",
        "Tuesday 4 August 2026",
        "Tuesday, August 4, 2026",
        "4. August 2026",
        "Di., 4. Aug. 2026",
        "4 août 2026",
        "4 de agosto de 2026",
        "4 agosto 2026",
        "4 augustus 2026",
        "4 Ağustos 2026",
        "4 августа 2026",
        "2026-08-04 00:00:00",
        "2026-08-04T00:00:00",
        " 2026-08-04 ",
    ],
)
def test_forms_of_one_day(text: str) -> None:
    assert read(text) == AUGUST_4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-10T10:30:00", datetime(2026, 1, 10, 15, 30, tzinfo=UTC)),
        ("2026-02-14T18:12:00Z", datetime(2026, 2, 14, 18, 12, tzinfo=UTC)),
        ("2026-02-14T18:12:00.123Z", datetime(2026, 2, 14, 18, 12, tzinfo=UTC)),
        ("2021-11-12 12:00:00 UTC", datetime(2021, 11, 12, 12, tzinfo=UTC)),
        ("2026-07-28 12:46:50", datetime(2026, 7, 28, 16, 46, 50, tzinfo=UTC)),
        ("2026-07-28 14:30+02:00", datetime(2026, 7, 28, 12, 30, tzinfo=UTC)),
        ("11/20/24, 8:15 AM", datetime(2024, 11, 20, 13, 15, tzinfo=UTC)),
        ("11/20/2024 12:05 pm", datetime(2024, 11, 20, 17, 5, tzinfo=UTC)),
        ("11/20/2024 3pm", datetime(2024, 11, 20, 20, tzinfo=UTC)),
        ("Thu, 02 Jan 2025 10:18:54 +0000", datetime(2025, 1, 2, 10, 18, 54, tzinfo=UTC)),
        ("Wed, 1 Nov 2023 11:22:33 -0500 (CDT)", datetime(2023, 11, 1, 16, 22, 33, tzinfo=UTC)),
        ("15.01.2026 14:00 Uhr", datetime(2026, 1, 15, 19, tzinfo=UTC)),
        ("15 janvier 2026 à 14h30", datetime(2026, 1, 15, 19, 30, tzinfo=UTC)),
        ("46238.604166667", datetime(2026, 8, 4, 18, 30, tzinfo=UTC)),
        (46238.604166667, datetime(2026, 8, 4, 18, 30, tzinfo=UTC)),
        (46238, AUGUST_4),
        (datetime(2026, 8, 4, 14, 30), datetime(2026, 8, 4, 18, 30, tzinfo=UTC)),
        (datetime(2026, 8, 4), AUGUST_4),
        (AUGUST_4, AUGUST_4),
    ],
)
def test_hours(text: CellValue, expected: object) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("2025-08", "a month, not a day"),
        ("August 2026", "a month, not a day"),
        ("8-Jul", "no year"),
        ("9/19", "no year"),
        ("Wed, 1 Nov", "no year"),
        ("8/82019", "is not a date"),
        ("8/5/2019 & 8/14/2019", "2 dates, 8/5/2019 and 8/14/2019"),
        ("8/3/2019 and 9/9/2019", "2 dates"),
        ("2026-08-04 (phone call)", "more than a date"),
        ("0202-08-04", "year 0202"),
        ("2026-13-01", "does not exist"),
        ("30.02.2026", "does not exist"),
        ("2026-08-04 25:00", "an hour that does not exist"),
        ("2026-08-04 13:00 pm", "an hour that does not exist"),
        ("2026-08-04T10:00+19:00", "offset"),
        ("today", "is not a date"),
        ("yesterday", "is not a date"),
        ("rolling", "is not a date"),
        ("yes", "is not a date"),
        ("12", "is not a date"),
        (12, "is a number"),
        (True, "is not a date"),
        (float("nan"), "is a number"),
        (float("inf"), "is a number"),
        (date(202, 8, 4), "year 0202"),
        ("9/8/2026", "day or month first"),
    ],
)
def test_what_is_no_day(value: CellValue, reason: str) -> None:
    found = read(value)
    assert isinstance(found, Fault)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("texts", "decision"),
    [
        (["9/8/2026", "25/12/2026"], ("dmy", False)),
        (["9/8/2026", "9/25/2019"], ("mdy", False)),
        (["15-01-2026"], ("dmy", False)),
        (["9/8/2026", "2026-12-25", "25.12.2026"], (None, False)),
        (["25/12/2026", "12/25/2026"], (None, True)),
        ([], (None, False)),
    ],
)
def test_a_column_decides_by_its_unambiguous_members(texts: list[str], decision: tuple[str | None, bool]) -> None:
    assert decide_order(texts) == decision
    assert decide_order(texts[::-1]) == decision


@pytest.mark.parametrize(("order", "day"), [("dmy", date(2026, 8, 9)), ("mdy", date(2026, 9, 8))])
def test_the_order_settles_what_may_be_either(order: Order, day: date) -> None:
    assert read("9/8/2026", order) == day
