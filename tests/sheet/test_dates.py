"""Date forms that people write, and what is never taken for a date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from sync.models import CellValue
from sync.reading.cells import Fault, tell_fault
from sync.reading.date_order import decide_order
from sync.reading.dates import Order, Reading, read_end, read_moment
from sync.reading.vocabulary import load_vocabulary
from sync.texts import load_remarks

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
        "2026. 8. 4.",
        "2026. augusztus 4.",
        "4 sierpnia 2026",
        "4. elokuuta 2026",
        "2026年8月4日（火）",
        "2026/8/4(火)",
        "2026년 8월 4일 (화)",
        "令和8年8月4日",
        "R8.8.4",
        "2026-W32-2",
        "le 4 août 2026",
        "on Tue 4 Aug 2026",
        "sent 4 Aug 2026",
        "2026-08-04 (phone call)",
        "Di 4.8.2026",
        "Di 04.08.2026.",
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
        ("2026-07-28 10:30-11:30", datetime(2026, 7, 28, 14, 30, tzinfo=UTC)),
        ("2026-07-28 2-3pm", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("2026-07-28 11-1pm", datetime(2026, 7, 28, 15, tzinfo=UTC)),
        ("2026-07-28T10:00-05:00", datetime(2026, 7, 28, 15, tzinfo=UTC)),
        ("July 28, 2026 10:00 AM (PDT)", datetime(2026, 7, 28, 17, tzinfo=UTC)),
        ("2026-07-28 10:00 (London)", datetime(2026, 7, 28, 9, tzinfo=UTC)),
        ("2026-07-28 10:00 (GMT+1)", datetime(2026, 7, 28, 9, tzinfo=UTC)),
        ("28.07.2026 10:00 CET", datetime(2026, 7, 28, 8, tzinfo=UTC)),
        ("28.07.2026 14 Uhr", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("28/07/2026 ore 15:00", datetime(2026, 7, 28, 19, tzinfo=UTC)),
        ("28.07.2026 kl. 10.00", datetime(2026, 7, 28, 14, tzinfo=UTC)),
        ("2026年7月28日 下午2点", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("2026年7月28日14時30分", datetime(2026, 7, 28, 18, 30, tzinfo=UTC)),
        ("2026년 7월 28일 오후 2시", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("July 28, 2026 noon", datetime(2026, 7, 28, 16, tzinfo=UTC)),
        ("2026-07-28 10am phone screen", datetime(2026, 7, 28, 14, tzinfo=UTC)),
        ("2026年7月28日 14時 二次面接", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("28.07.2026 14-15 Uhr", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("28/07/2026 às 15h", datetime(2026, 7, 28, 19, tzinfo=UTC)),
        ("28/07/2026 das 14 às 15", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("28.07.2026 saat 14", datetime(2026, 7, 28, 18, tzinfo=UTC)),
        ("28-07-2026 13.30 uur", datetime(2026, 7, 28, 17, 30, tzinfo=UTC)),
        ("28/07/2026 14 h 30", datetime(2026, 7, 28, 18, 30, tzinfo=UTC)),
        ("July 28, 2026 noon PT", datetime(2026, 7, 28, 19, tzinfo=UTC)),
        ("July 28, 2026 8:30 AM Pacific", datetime(2026, 7, 28, 15, 30, tzinfo=UTC)),
        ("2026-07-28 10:00 (Zoom)", datetime(2026, 7, 28, 14, tzinfo=UTC)),
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
        ("cancelled 3 Dec 2026", 'says "cancelled"'),
        ("not 3 Dec 2026", 'says "not"'),
        ("by 3 Dec 2026", 'says "by"'),
        ("before 3 Dec 2026", 'says "before"'),
        ("deadline 2026-12-15", 'says "deadline"'),
        ("Mon 3 Dec 2026", "a Thursday"),
        ("2026/12/3(金)", "a Thursday"),
        ("KW 47", "a week, not a day"),
        ("2026-W47", "a week, not a day"),
        ("Nov-26", "a day or a month with its year"),
        ("2026-12-03 10:00 CST", "Chicago or Shanghai"),
        ("2026-12-03 10:00 (XYZ)", "a zone that is not known"),
        ("2026-12-03 5-4pm or so", "beside the day"),
        ("0202-08-04", "year 0202"),
        ("2026-13-01", "does not exist"),
        ("30.02.2026", "does not exist"),
        ("2026-08-04 25:00", "an hour that does not exist"),
        ("2026-08-04 13:00 pm", "an hour that does not exist"),
        ("2026-08-04T10:00+19:00", "offset"),
        ("today", "names a day, but not its date"),
        ("yesterday", "names a day, but not its date"),
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
    assert reason in tell_fault(found, load_remarks("en"))


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


def test_letters_with_several_meanings_are_the_clock_of_who_bears_them() -> None:
    chicago = Reading(None, ZoneInfo("America/Chicago"), MONTHS)
    found = read_moment("2026-12-03 10:00 CST", chicago)
    assert isinstance(found, datetime)
    assert found.astimezone(UTC) == datetime(2026, 12, 3, 16, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-12-01T00:00:00.000Z", "Tue Dec 01 2026 00:00:00 GMT+0100 (CET)"])
def test_midnight_that_a_program_saved_is_a_day_in_a_column_of_days(text: str) -> None:
    assert read_moment(text, Reading(None, NEW_YORK, MONTHS, saved_days=True)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("26/11/20", "ymd", date(2026, 11, 20)),
        ("26/11/20", "dmy", date(2020, 11, 26)),
    ],
)
def test_two_figures_of_a_year_go_by_the_order_that_is_set(text: str, order: Order, day: date) -> None:
    assert read(text, order) == day


def test_a_year_in_front_is_asked_about_where_no_order_is_set() -> None:
    found = read_moment("26/11/20", Reading(None, NEW_YORK, MONTHS, today=date(2026, 11, 25)))
    assert isinstance(found, Fault)
    assert "may begin with its year" in tell_fault(found, load_remarks("en"))


def test_the_end_of_a_slot() -> None:
    reading = Reading(None, NEW_YORK, MONTHS)
    start = datetime(2026, 12, 3, 10, tzinfo=NEW_YORK)
    assert read_end("2026-12-03 10:00-11:30", start, reading) == datetime(2026, 12, 3, 11, 30, tzinfo=NEW_YORK)
    assert read_end("2026-12-03 10:00", start, reading) is None
