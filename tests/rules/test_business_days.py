"""Which days one works, and how a day off is named: the same on every host."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from sync.schedule.business_days import BusinessDays, holidays_of


def calendar_of(code: str, language: str) -> BusinessDays:
    workdays = ("mon", "tue", "wed", "thu", "fri")
    return BusinessDays([code], extra=[], workdays=workdays, year=2027, language=language)


@pytest.mark.parametrize("host", ["C.UTF-8", "de_DE.UTF-8", "fr_FR.UTF-8"])
@pytest.mark.parametrize(
    ("code", "language", "day", "name"),
    [
        pytest.param("DE-BY", "en", date(2027, 1, 6), "Epiphany", id="Bavaria in English"),
        pytest.param("DE-BY", "de", date(2027, 1, 6), "Heilige Drei Könige", id="Bavaria in German"),
        pytest.param("CA", "en", date(2027, 3, 26), "Good Friday", id="Canada keeps its own English"),
        pytest.param("BE", "fr", date(2027, 3, 29), "Lundi de Pâques", id="one of several languages"),
        pytest.param("US", "de", date(2027, 1, 18), "Martin Luther King Jr. Day", id="no German: the country's own"),
    ],
)
def test_a_holiday_is_named_in_the_users_language_not_the_hosts(
    code: str, language: str, day: date, name: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(variable, host)
    holidays_of.cache_clear()
    assert calendar_of(code, language).why_closed(day) == name


@pytest.mark.parametrize("year", [1999, 2024, 2029, 2034, 2046, 2090])
def test_a_year_that_was_not_made_ready_is_answered_like_one_that_was(year: int) -> None:
    """Asking extends the calendar: the answer comes from the new arrays, never half from the old ones."""
    workdays = ("mon", "tue", "wed", "thu", "fri")
    day = date(year, 6, 3)
    questions: tuple[Callable[[BusinessDays], object], ...] = (
        lambda days: days.at_or_after(day),
        lambda days: days.at_or_before(day),
        lambda days: days.is_open(day),
        lambda days: days.add(day, 3),
        lambda days: days.add(day, -3),
        lambda days: days.why_closed(day),
    )
    for ask in questions:
        ready = BusinessDays(["US"], extra=[], workdays=workdays, year=year, language="en")
        assert ask(BusinessDays(["US"], extra=[], workdays=workdays, year=2027, language="en")) == ask(ready)
