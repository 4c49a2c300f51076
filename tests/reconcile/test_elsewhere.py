"""Two computers keep one calendar from one sheet, each with its own memory: neither takes the other for the user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from runner import Seeker, a_row

from connectors.memory import MemoryState, MemoryTarget
from sync.memory import Reaction

DAY = timedelta(days=1)


class Two:
    """Computer A and computer B."""

    def __init__(self) -> None:
        rows, target = [a_row("Acme"), a_row("Birch", "2027-01-05"), a_row("Cedar", "2027-01-05")], MemoryTarget()
        self.a, self.b = (Seeker(rows, target=target, store=MemoryState()) for _ in range(2))

    def run(self, *order: Seeker) -> None:
        for seeker in order:
            seeker.now = max(self.a.now, self.b.now)
            report = seeker.run()
            assert report.exit_code == 0, report.messages

    def shown(self, firm: str) -> list[str]:
        events = self.a.calendar.values()
        return sorted(f"{e.snapshot.start:%m-%d %H:%M}" for e in events if firm in e.snapshot.summary)

    def reactions(self) -> Iterator[Reaction]:
        for seeker in (self.a, self.b):
            yield from (touch.reaction for touch in seeker.store.load().touches.values() if touch.reaction)


@pytest.fixture
def two() -> Two:
    two = Two()
    two.run(two.a, two.b)
    two.a.now += DAY
    return two


@pytest.mark.parametrize("first", ["a", "b"])
@pytest.mark.parametrize(
    ("cells", "days"),
    [
        ({"follow_up_on": "2027-01-14"}, ["01-14 09:00", "01-21 09:00"]),
        ({"applied_on": "2027-01-06"}, ["01-13 09:00", "01-20 09:00"]),
        ({"status": "rejected"}, []),
        ({"status": "interview", "interview_at": "2027-01-13 14:00"}, None),
    ],
)
def test_a_change_in_the_sheet_is_made_once_and_no_reaction_is_invented(
    two: Two, cells: dict[str, str], days: list[str] | None, first: str
) -> None:
    order = (two.a, two.b) if first == "a" else (two.b, two.a)
    two.a.rows[0] |= cells
    two.run(order[0])
    after = two.shown("Acme")
    assert days is None or after == days
    two.run(order[1], order[0], order[1])
    assert two.shown("Acme") == after
    assert list(two.reactions()) == []


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_row_that_came_meanwhile_hides_nothing_of_what_the_other_computer_did(two: Two, first: str) -> None:
    """The other run knows the new row's events already, and took those of a row that ended away."""
    order = (two.a, two.b) if first == "a" else (two.b, two.a)
    two.a.rows[0] |= {"status": "rejected"}
    two.a.rows[1] |= {"applied_on": "2027-01-04"}
    two.a.rows.append(a_row("Dune", "2027-01-06"))
    two.run(order[0])
    after = {firm: two.shown(firm) for firm in ("Acme", "Birch", "Cedar", "Dune")}
    assert (after["Acme"], after["Dune"][0]) == ([], "01-13 09:00")
    two.run(order[1], order[0], order[1])
    assert {firm: two.shown(firm) for firm in ("Acme", "Birch", "Cedar", "Dune")} == after
    assert list(two.reactions()) == []


def test_a_computer_that_comes_later_leaves_the_alarm_of_a_day_where_it_is() -> None:
    """The day's alarm is that of the event which got it first, though another stands before it by now."""
    two = Two()
    two.a.rows[:] = [a_row("Cedar", "2027-01-05"), a_row("Dune", "2027-01-05")]
    two.run(two.a)
    two.a.rows[0] |= {"status": "rejected"}
    two.run(two.a)
    two.a.rows.append(a_row("Acme", "2027-01-05"))
    two.run(two.a)
    rings = {uid: event.snapshot.our_alarm for uid, event in two.a.calendar.items()}
    two.run(two.b)
    assert {uid: event.snapshot.our_alarm for uid, event in two.a.calendar.items()} == rings


@pytest.mark.parametrize("first", ["a", "b"])
def test_what_the_user_did_before_both_ran_is_seen_by_both(two: Two, first: str) -> None:
    order = (two.a, two.b) if first == "a" else (two.b, two.a)
    event = two.a.shown("Birch")
    uid = next(uid for uid, other in two.a.calendar.items() if other is event)
    two.a.edit(uid, start=event.snapshot.start + 2 * DAY, end=event.snapshot.end + 2 * DAY)
    gone = two.a.shown("Cedar")
    del two.a.calendar[next(uid for uid, other in two.a.calendar.items() if other is gone)]
    two.a.rows[0] |= {"follow_up_on": "2027-01-14"}
    two.run(order[0])
    after = {firm: two.shown(firm) for firm in ("Acme", "Birch", "Cedar")}
    assert after["Birch"][0] == "01-14 09:00"
    two.run(order[1], order[0], order[1])
    assert {firm: two.shown(firm) for firm in ("Acme", "Birch", "Cedar")} == after
    assert list(two.reactions()).count(Reaction.DELETED) == 2, "one in each memory"


@pytest.mark.parametrize("first", ["a", "b"])
@pytest.mark.parametrize(
    ("act", "days"),
    [
        ("tick", ["01-11 09:00", "01-12 09:30", "01-26 09:00"]),
        ("drag", ["01-14 09:00", "01-21 09:00"]),
        ("delete", ["01-19 09:00"]),
    ],
)
def test_what_one_computer_moved_after_a_tick_or_drag_is_no_drag_to_the_other(
    two: Two, act: str, days: list[str], first: str
) -> None:
    order = (two.a, two.b) if first == "a" else (two.b, two.a)
    event = two.a.shown("Acme")
    if act == "tick":
        two.a.edit(event.uid, summary=f"x {event.snapshot.summary}")
    elif act == "drag":
        two.a.edit(event.uid, start=event.snapshot.start + 3 * DAY, end=event.snapshot.end + 3 * DAY)
    else:
        del two.a.calendar[event.uid]
    two.run(*order)
    assert two.shown("Acme") == days
    expected = {"tick": Reaction.TICKED, "drag": Reaction.DRAGGED, "delete": Reaction.DELETED}[act]
    assert list(two.reactions()) == [expected, expected], "one in each memory"
    for _ in range(3):
        two.a.now += DAY
        before = two.shown("Acme")
        two.run(*order)
        after = two.shown("Acme")
        two.run(*reversed(order))
        assert two.shown("Acme") == after, (before, "they agree")


@pytest.mark.parametrize("first", ["a", "b"])
def test_what_was_deleted_while_the_other_ran_is_not_asked_again_once_its_day_has_passed(two: Two, first: str) -> None:
    """The plan holds nothing open for a day that passed; a run would have left the event there, so the user took it."""
    ran, slept = (two.a, two.b) if first == "a" else (two.b, two.a)
    event = two.a.shown("Acme")
    while f"{two.a.now:%m-%d}" < f"{event.snapshot.start:%m-%d}":
        two.a.now += DAY
    del two.a.calendar[event.uid]
    birch = two.a.shown("Birch")
    two.a.edit(birch.uid, summary=f"x {birch.snapshot.summary}")
    two.run(ran)
    two.a.now += 2 * DAY
    two.run(ran)
    after = two.shown("Acme")
    two.run(slept, ran, slept)
    assert two.shown("Acme") == after
    assert list(two.reactions()).count(Reaction.DELETED) == 2, "one in each memory"


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_thank_you_that_one_computer_found_late_is_late_to_the_other(two: Two, first: str) -> None:
    """Whether it is late is told by the run that gave it its hour; else the ideas that it says come a second time."""
    order = (two.a, two.b) if first == "a" else (two.b, two.a)
    two.a.rows[0] |= {"status": "interview", "interview_at": "2027-01-09 14:00"}
    two.run(two.a, two.b)
    two.a.now += 5 * DAY
    two.run(order[0])
    after = sorted(event.snapshot.summary for event in two.a.calendar.values())
    assert "Late: Acme: thank for the interview" in after
    two.run(order[1], order[0], order[1])
    assert sorted(event.snapshot.summary for event in two.a.calendar.values()) == after


def test_what_one_computer_never_saw_comes_once_more_and_stays_away_when_it_is_deleted_again() -> None:
    """docs/calendars.md promises it; the other names it meanwhile and touches it not."""
    two = Two()
    two.run(two.a, two.b)
    two.a.now += DAY
    two.a.rows.append(a_row("Dune", "2027-01-06"))
    two.run(two.a)
    uid = max((str(event.snapshot.start), uid) for uid, event in two.a.calendar.items() if "Dune" in str(event))[1]
    for again in (True, False):
        del two.a.calendar[uid]
        two.run(two.a, two.b)
        assert (uid in two.a.calendar) == again
    two.run(two.a, two.b)
    assert uid not in two.a.calendar
