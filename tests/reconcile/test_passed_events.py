"""An event whose day has passed and that the user drags to a coming day stays there, whatever it was about."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from conftest import ZONE, at
from killed_lives import FULL_SHEET
from runner import Seeker, a_row

from sync.memory import Word, WordKind
from sync.moments import day_of
from sync.reconcile.words import add_word, find_open

SHEET = (
    *FULL_SHEET,
    a_row("Aviato", "2027-01-06", agency="Staff & Co"),
    a_row("Hooli", "", status="idea", referrer="Ruth Ray", received_at="2027-01-06"),
    a_row("Vehement", "2026-09-01"),
    a_row("Vista", "2026-12-01", agency="Staff & Co", status="on_hold"),
)


def a_seeker(days: int) -> Seeker:
    """Somebody with a bit of everything, after so many daily runs."""
    seeker = Seeker([dict(row) for row in SHEET])
    for number in range(days):
        seeker.now = at("2027-01-08", "07:45") + timedelta(days=number)
        seeker.run()
    return seeker


def passed(seeker: Seeker) -> list[str]:
    """The events of days before today."""
    today = seeker.now.date()
    return sorted(uid for uid, e in seeker.calendar.items() if day_of(e.snapshot.start, ZONE) < today)


def drag(seeker: Seeker, uid: str, start: datetime) -> None:
    seeker.edit(uid, start=start, end=start + timedelta(minutes=15))


@pytest.mark.parametrize("days", range(3, 24, 4))
def test_a_passed_event_that_is_dragged_to_a_coming_day_stays_there(days: int) -> None:
    seeker = a_seeker(days)
    told = {}
    for number, uid in enumerate(passed(seeker)):
        told[uid] = (seeker.now + timedelta(days=3 + number % 4)).replace(hour=15, minute=7, second=0, microsecond=0)
        drag(seeker, uid, told[uid])
    assert len(told) >= 2
    for _ in range(8):
        seeker.run()
        for uid, start in told.items():
            if start.date() >= seeker.now.date():
                title = seeker.calendar[uid].snapshot.summary if uid in seeker.calendar else "gone"
                assert title != "gone", seeker.store.load().touches[uid]
                assert seeker.calendar[uid].snapshot.start == start, title
        seeker.now = at(str(seeker.now.date() + timedelta(days=1)), "07:45")


def revived(seeker: Seeker) -> str:
    """Drags Acme's passed follow-up to the day after tomorrow."""
    uid = next(uid for uid in passed(seeker) if "Acme" in seeker.calendar[uid].snapshot.summary)
    drag(seeker, uid, (seeker.now + timedelta(days=2)).replace(hour=15, minute=7))
    return uid


def test_it_stays_where_its_row_already_said_stop() -> None:
    seeker = a_seeker(10)
    seeker.rows[0]["status"] = "rejected"
    seeker.run()
    uid = revived(seeker)
    seeker.run()
    assert uid in seeker.calendar
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize("cells", [{"status": "rejected"}, {"do_not_contact": "yes"}], ids=str)
def test_it_goes_where_its_row_says_stop_later(cells: dict[str, str]) -> None:
    seeker = a_seeker(10)
    uid = revived(seeker)
    seeker.run()
    assert uid in seeker.calendar
    seeker.rows[0].update(cells)
    seeker.now += timedelta(days=1)
    report = seeker.run()
    assert uid not in seeker.calendar
    assert [c.reason for c in report.plan.writes if c.uid == uid] == ["its row says stop"]


@pytest.mark.parametrize("how", ["dragged", "snoozed"])
def test_what_passed_and_was_moved_is_shown_and_explained_where_it_stands(how: str) -> None:
    seeker = a_seeker(10)
    uid = next(uid for uid in passed(seeker) if "Acme" in seeker.calendar[uid].snapshot.summary)
    start = seeker.calendar[uid].snapshot.start
    assert isinstance(start, datetime)
    to = start.replace(day=seeker.now.day + 2)
    if how == "dragged":
        drag(seeker, uid, to)
    else:
        seeker.store.keep(add_word(seeker.store.load(), Word(uid, WordKind.SNOOZE, on=to.date())))
    for _ in range(2):
        seeker.run()
        assert seeker.calendar[uid].snapshot.start == to
        [touch] = [touch for touch in seeker.run(write=False).plan.schedule if touch.uid == uid]
        assert (touch.start, touch.published) == (to, True)
        assert touch.reason == ("it stood on Fri 2027-01-15", "you moved it: it stays there")
        assert touch.lead == "Acme, Analyst"
    assert seeker.run().plan.writes == ()


def test_a_passed_event_that_was_snoozed_may_be_snoozed_again_and_done() -> None:
    seeker = a_seeker(10)
    uid = next(uid for uid in passed(seeker) if "Acme" in seeker.calendar[uid].snapshot.summary)
    today = seeker.now.date()
    for days in (1, 4):
        seeker.store.keep(add_word(seeker.store.load(), Word(uid, WordKind.SNOOZE, on=today + timedelta(days=days))))
        plan = seeker.run().plan
        found = find_open(seeker.run().leads.leads, seeker.store.load(), plan.schedule, today=today, zone=ZONE)
        assert uid in {one.uid for one in found if one.ahead}
        assert day_of(seeker.calendar[uid].snapshot.start, ZONE) == today + timedelta(days=days)
    seeker.store.keep(add_word(seeker.store.load(), Word(uid, WordKind.DONE, on=today)))
    seeker.run()
    assert seeker.calendar[uid].snapshot.summary.startswith("✓ ")
    assert seeker.run().plan.writes == ()
