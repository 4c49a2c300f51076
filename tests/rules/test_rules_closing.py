"""R-005-1: apply some business days before a posting closes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from advisor import Seeker, a_lead, settings_for
from runner import Seeker as Life
from runner import a_row

from sync.models import Stage

RULE = "R-005-1"


def planned(now: str, **facts: Any) -> list[str]:
    seeker = Seeker()
    seeker.run(now, a_lead(**facts))
    return [f"{touch.start:%a %Y-%m-%d}" for touch in seeker.all(RULE)]


@pytest.mark.parametrize(
    ("now", "closes", "day"),
    [
        pytest.param("2027-01-04 08:00", "2027-01-31", "Tue 2027-01-26", id="a Sunday counts from the Friday before"),
        pytest.param("2027-01-04 08:00", "2027-01-20", "Thu 2027-01-14", id="over Martin Luther King's day"),
        pytest.param("2027-01-27 08:00", "2027-01-29", "Wed 2027-01-27", id="less than three days are left: today"),
        pytest.param("2027-01-29 08:00", "2027-01-29", "Fri 2027-01-29", id="the last day"),
        pytest.param("2027-01-29 20:00", "2027-01-29", "Fri 2027-01-29", id="its evening"),
        pytest.param("2027-01-28 20:00", "2027-01-29", "Fri 2027-01-29", id="the evening before"),
        pytest.param("2027-01-30 10:00", "2027-01-31", "Sun 2027-01-31", id="no working day is left"),
        pytest.param("2027-01-29 20:00", "2027-01-31", "Fri 2027-01-29", id="the last evening of one"),
        pytest.param("2027-01-31 10:00", "2027-01-31", "Sun 2027-01-31", id="the Sunday itself"),
        pytest.param("2027-01-30 10:00", "2027-02-01", "Mon 2027-02-01", id="a Monday still is"),
    ],
)
def test_R_005_1_never_after_the_closing_date(now: str, closes: str, day: str) -> None:
    assert planned(now, closes_on=date.fromisoformat(closes)) == [day]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"applied_on": date(2027, 1, 2)}, id="applied"),
        pytest.param({"stage": Stage.SENT}, id="sent"),
        pytest.param({"stage": Stage.REJECTED}, id="closed"),
        pytest.param({"stage": Stage.INTERVIEW}, id="they talk already"),
        pytest.param({"interested": False}, id="no interest"),
        pytest.param({"unreadable": frozenset({"status"})}, id="a status that cannot be read"),
    ],
)
def test_R_005_1_nothing_where_nothing_is_to_be_sent(facts: dict[str, Any]) -> None:
    assert planned("2027-01-04 08:00", closes_on=date(2027, 1, 29), **facts) == []


def test_R_005_1_stays_where_it_is_from_day_to_day_and_is_gone_when_missed() -> None:
    seeker, lead = Seeker(), a_lead(closes_on=date(2027, 1, 31))
    for now in ("2027-01-30 10:00", "2027-01-30 18:00", "2027-01-31 08:00"):
        seeker.run(now, lead)
        assert f"{seeker.find(RULE).start:%Y-%m-%d %H:%M}" == "2027-01-31 09:00", now
    seeker.run("2027-02-01 08:00", lead)
    assert seeker.all(RULE) == []


def test_R_005_1_a_closing_date_that_is_put_off_is_told_again() -> None:
    seeker = Seeker()
    for now, closes, day in (
        ("2027-01-04 08:00", date(2027, 1, 29), "2027-01-26"),
        ("2027-01-05 08:00", date(2027, 1, 22), "2027-01-19"),
        ("2027-01-20 08:00", date(2027, 2, 26), "2027-02-23"),
        ("2027-01-21 08:00", date(2027, 2, 26), "2027-02-23"),
    ):
        schedule = seeker.run(now, a_lead(closes_on=closes))
        assert [f"{touch.start:%Y-%m-%d}" for touch in seeker.all(RULE)] == [day], now
    assert len(schedule.missed) == 1, "the one that passed stays as history"


def test_R_005_1_its_days_and_its_switch_are_yours() -> None:
    for tables, days in (
        ('[rules."R-005-1"]\nbusiness_days = 1', ["2027-01-28"]),
        ('[rules]\ndisable = ["R-005-1"]', []),
    ):
        seeker = Seeker(settings_for(tables=tables))
        seeker.run("2027-01-04 08:00", a_lead(closes_on=date(2027, 1, 29)))
        assert [f"{touch.start:%Y-%m-%d}" for touch in seeker.all(RULE)] == days


def test_no_letter_is_dated_for_a_posting_that_has_closed() -> None:
    rows = [("Acme", "2027-01-03"), ("Globex", "2027-01-29")]
    seeker = Life([a_row(name, "", status="idea", Deadline=day) for name, day in rows])
    notes = {note.row: note.reason for note in seeker.run().plan.notes if "your letter can say" in note.reason}
    assert list(notes) == ["leads.csv:3"]


def test_the_event_is_gone_once_the_application_is_sent() -> None:
    seeker = Life([a_row("Acme", "", status="", Deadline="2027-01-29")])
    seeker.run()
    assert "apply by Fri 29 Jan" in " ".join(event.snapshot.summary for event in seeker.calendar.values())
    seeker.rows[0] |= {"applied_on": "2027-01-04", "status": "sent"}
    seeker.run()
    assert "apply by" not in " ".join(event.snapshot.summary for event in seeker.calendar.values())


@pytest.mark.parametrize("cell", ["Rolling", "until filled", "ASAP", "laufend", "", "n/a"])
def test_a_posting_without_a_last_day_is_no_fault(cell: str) -> None:
    seeker = Life([a_row("Acme", "", status="wishlist", Deadline="2027-01-29"), a_row("Globex", Deadline=cell)])
    report = seeker.run()
    assert report.leads.mapped["closes_on"] == "Deadline"
    assert report.plan.problems == ()


def test_a_closing_date_that_cannot_be_read_is_named() -> None:
    seeker = Life(
        [a_row("Acme", "", status="wishlist", Deadline="2027-01-29"), a_row("Globex", Deadline="31 Feb 2027")]
    )
    assert [(one.row, one.column) for one in seeker.run().plan.problems] == [("leads.csv:3", "Deadline")]
