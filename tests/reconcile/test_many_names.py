"""After a loss of state an event of the seeker's own that names many leads is known again by the leads it names."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from runner import Seeker, a_row, settings_with

from connectors.memory import MemoryState
from sync import repair
from sync.memory import Reaction
from sync.moments import day_of
from sync.reconcile.many_names import names_in
from sync.reconcile.marker_lines import our_part

KINDS = {
    "decide the next step": a_row("Acme", "", status="idea", contact_name=""),
    "add a date": a_row("Acme", status="interview"),
    "“frobnicated”: say what it means": a_row("Acme", status="frobnicated"),
    "look through": a_row("Acme", "2026-09-01"),
    "find a name": a_row("Acme", "2026-12-30", contact_name=""),
}


def titles(seeker: Seeker) -> Counter[str]:
    return Counter(event.snapshot.summary for event in seeker.calendar.values())


def lose(seeker: Seeker) -> None:
    """A new computer without the memory."""
    seeker.store = MemoryState()


def wait(seeker: Seeker, days: int) -> None:
    """A run on each of these days."""
    for _ in range(days):
        seeker.now += timedelta(days=1)
        seeker.run()


@pytest.mark.parametrize("days", range(6))
@pytest.mark.parametrize("what", KINDS)
def test_what_has_begun_does_not_come_a_second_time_on_a_new_computer(what: str, days: int) -> None:
    seeker = Seeker([KINDS[what], a_row("Globex")])
    seeker.run()
    wait(seeker, days)
    before = dict(seeker.calendar)
    assert titles(seeker)[f"Acme, Analyst: {what}"] == 1
    lose(seeker)
    seeker.run()
    assert not seeker.run().plan.writes
    assert seeker.calendar.keys() == before.keys()
    wait(seeker, 2)
    assert titles(seeker)[f"Acme, Analyst: {what}"] == 1


@pytest.mark.parametrize("what", KINDS)
def test_what_lies_in_a_cleared_calendar_does_not_come_a_second_time(what: str) -> None:
    seeker = Seeker([KINDS[what], a_row("Globex")])
    seeker.run()
    wait(seeker, 4)
    seeker.repair(repair.clear)
    assert titles(seeker)[f"Acme, Analyst: {what}"] == 1, "what has passed is history"
    lose(seeker)
    seeker.run()
    assert titles(seeker)[f"Acme, Analyst: {what}"] == 1
    assert not seeker.run().plan.writes


def test_a_lead_that_came_since_is_told_of_all_the_same() -> None:
    seeker = Seeker([KINDS["decide the next step"], a_row("Globex")])
    seeker.run()
    wait(seeker, 2)
    lose(seeker)
    seeker.rows.append(a_row("Hooli", "", status="idea", contact_name=""))
    seeker.run()
    assert titles(seeker)["Acme, Analyst: decide the next step"] == 1
    assert titles(seeker)["Hooli, Analyst: decide the next step"] == 1


def test_a_lead_whose_day_the_sheet_tells_is_not_looked_through_for_it() -> None:
    row = a_row("Acme", "", status="idea", contact_name="", received_at="2027-01-03")
    seeker = Seeker([row, a_row("Globex")])
    seeker.run()
    wait(seeker, 3)
    before = titles(seeker)
    lose(seeker)
    seeker.run()
    assert titles(seeker) == before


def test_where_the_calendar_tells_no_names_the_last_one_of_its_kind_is_it() -> None:
    seeker = Seeker([KINDS["decide the next step"], a_row("Globex")], settings=settings_with(target='details = "none"'))
    seeker.run()
    wait(seeker, 2)
    before = set(seeker.calendar)
    lose(seeker)
    seeker.run()
    assert not seeker.run().plan.writes
    assert seeker.calendar.keys() == before


def test_a_review_that_was_moved_stays_the_one_of_its_week() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    (uid,) = (uid for uid, event in seeker.calendar.items() if event.snapshot.summary == "Weekly review")
    shown = seeker.calendar[uid].snapshot
    moved = {"start": shown.start + timedelta(days=1), "end": shown.end + timedelta(days=1)}
    seeker.edit(uid, **moved)
    lose(seeker)
    for _ in range(2):
        seeker.run()
    assert titles(seeker)["Weekly review"] == 1
    assert seeker.calendar[uid].snapshot.start == moved["start"]
    known = seeker.store.load().touches[uid]
    assert known.reaction is Reaction.DRAGGED
    assert known.raw == day_of(shown.start, seeker.settings.zone)


def test_names_are_the_listed_lines_above_the_small_print() -> None:
    seeker = Seeker([a_row(name, "", status="idea", contact_name="") for name in ("Acme", "Globex")])
    seeker.run()
    (event,) = (event for event in seeker.calendar.values() if "decide" in event.snapshot.summary)
    assert names_in(our_part(event.snapshot.description)) == {"Acme, Analyst", "Globex, Analyst"}
