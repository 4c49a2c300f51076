"""What the sheet shows as done before its day never stands open in the calendar beside its successor."""

from __future__ import annotations

from datetime import datetime

from conftest import ZONE
from runner import Seeker, a_row

from sync.models import Action


def applied() -> Seeker:
    seeker = Seeker([a_row("Brightwater", "2027-01-04"), a_row("Tern", "2026-12-28", last_outbound="2027-01-04")])
    seeker.now = datetime(2027, 1, 5, 9, 0, tzinfo=ZONE)
    seeker.run()
    return seeker


def brightwater(seeker: Seeker) -> list[str]:
    return sorted(
        event.snapshot.summary for event in seeker.calendar.values() if "Brightwater" in event.snapshot.summary
    )


def test_a_step_done_in_the_sheet_goes_and_its_successor_stands_alone() -> None:
    seeker = applied()
    first = seeker.shown("Brightwater").snapshot
    seeker.rows[0]["last_outbound"] = "2027-01-07"
    seeker.now = datetime(2027, 1, 7, 9, 0, tzinfo=ZONE)
    report = seeker.run()
    (gone,) = [change for change in report.plan.writes if change.action is Action.DELETE]
    assert gone.summary == first.summary
    assert gone.reason == "its row shows it as done"
    assert not gone.counted
    assert all(event.snapshot.start > first.start for event in seeker.calendar.values() if "Brightwater" in str(event))
    assert not seeker.run().plan.writes


def test_the_same_step_does_not_come_back() -> None:
    seeker = applied()
    uid = seeker.shown("Brightwater").uid
    seeker.rows[0]["last_outbound"] = "2027-01-07"
    for day in range(7, 16):
        seeker.now = datetime(2027, 1, day, 9, 0, tzinfo=ZONE)
        seeker.run()
        assert uid not in seeker.calendar


def test_with_your_own_text_it_stays_ticked_and_silent() -> None:
    seeker = applied()
    event = seeker.shown("Brightwater")
    seeker.edit(event.uid, description=f"{event.snapshot.description}\nask about the garden")
    seeker.rows[0]["last_outbound"] = "2027-01-07"
    seeker.now = datetime(2027, 1, 7, 9, 0, tzinfo=ZONE)
    seeker.run()
    kept = seeker.calendar[event.uid].snapshot
    assert kept.summary == f"✓ {event.snapshot.summary}"
    assert "ask about the garden" in kept.description
    assert kept.our_alarm is None
    assert not seeker.run().plan.writes


def test_what_was_ticked_ahead_stays() -> None:
    seeker = applied()
    event = seeker.shown("Brightwater")
    seeker.edit(event.uid, summary=f"x {event.snapshot.summary}")
    seeker.now = datetime(2027, 1, 7, 9, 0, tzinfo=ZONE)
    seeker.run()
    assert event.uid in seeker.calendar


def test_a_follow_up_ticked_yesterday_loses_its_alarm_too() -> None:
    """Ticked in the evening of its day; the next run comes a day later."""
    seeker = applied()
    seeker.now = datetime(2027, 1, 11, 8, 0, tzinfo=ZONE)
    seeker.run()
    event = seeker.shown("Brightwater")
    assert event.snapshot.our_alarm is not None
    seeker.edit(event.uid, summary=f"x {event.snapshot.summary}")
    seeker.now = datetime(2027, 1, 12, 8, 0, tzinfo=ZONE)
    seeker.run()
    assert seeker.calendar[event.uid].snapshot.our_alarm is None
    assert not seeker.run().plan.writes


def test_what_is_marked_as_done_gets_no_second_mark_when_its_row_closes() -> None:
    seeker = applied()
    event = seeker.shown("Brightwater")
    seeker.edit(event.uid, summary="Ask about the garden")
    seeker.rows[0]["last_outbound"] = "2027-01-07"
    seeker.now = datetime(2027, 1, 7, 9, 0, tzinfo=ZONE)
    seeker.run()
    assert seeker.calendar[event.uid].snapshot.summary == "✓ Ask about the garden"
    seeker.rows[0]["status"] = "rejected"
    seeker.run()
    assert seeker.calendar[event.uid].snapshot.summary == "✓ Ask about the garden"
    assert not seeker.run().plan.writes
