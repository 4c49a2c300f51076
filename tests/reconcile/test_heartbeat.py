"""The heartbeat rings when runs stop, and only then: pushed on once a day, by good runs, never by others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from conftest import NOW, at
from msgspec.structs import replace
from runner import Seeker, a_row, settings_with

from connectors.memory import MemoryTarget
from sync.errors import SourceError
from sync.models import Abilities, Change, Observation, Outcome, RemoteEvent, Result
from sync.reconcile.marker_lines import our_part

TITLE = "followup has stopped"


def heart(seeker: Seeker) -> RemoteEvent | None:
    found = [event for event in seeker.calendar.values() if event.snapshot.summary == TITLE]
    assert len(found) <= 1
    return found[0] if found else None


def beat(seeker: Seeker) -> datetime:
    event = heart(seeker)
    assert event is not None
    assert isinstance(event.snapshot.start, datetime)
    return event.snapshot.start


@pytest.fixture
def seeker() -> Seeker:
    seeker = Seeker([a_row(f"Firm {number:02}") for number in range(8)], settings=settings_with(LIMITS))
    seeker.run()
    return seeker


LIMITS = "[limits]\nmax_delete_floor = 2\nmax_delete_percent = 10\n"


def test_it_stands_four_days_ahead_before_the_days_hours(seeker: Seeker) -> None:
    assert beat(seeker) == at("2027-01-08", "08:45")
    event = heart(seeker)
    assert event is not None
    assert our_part(event.snapshot.description) == (
        "followup has not finished a run since Mon 4 Jan: run followup status"
    )
    assert event.snapshot.our_alarm == timedelta(0)


def test_only_the_first_good_run_of_a_day_pushes_it_on(seeker: Seeker) -> None:
    for _ in range(20):
        assert seeker.run().plan.writes == ()
    seeker.now = at("2027-01-05", "00:05")
    assert [change.summary for change in seeker.run().plan.writes] == [TITLE]
    assert beat(seeker) == at("2027-01-09", "08:45")
    assert seeker.run().plan.writes == ()


def test_a_run_that_stops_before_it_writes_leaves_it_alone(seeker: Seeker) -> None:
    seeker.now = at("2027-01-06")
    rows, seeker.rows = seeker.rows, []
    with pytest.raises(SourceError):
        seeker.run()
    assert beat(seeker) == at("2027-01-08", "08:45")
    seeker.rows = rows
    seeker.run()
    assert beat(seeker) == at("2027-01-10", "08:45")


@dataclass
class Refusing:
    """A calendar that does not take a new event."""

    inner: MemoryTarget
    result: Result = Result.REFUSED
    not_before: datetime | None = None
    paced: bool = False
    identity: str = "memory:calendar"
    abilities: Abilities = Abilities(reactions=True)  # noqa: RUF009 - frozen

    def observe(self, known: dict[str, RemoteEvent]) -> Observation:
        return self.inner.observe(known)

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        for change in changes:
            if change.base is None:
                yield Outcome(change.uid, self.result, not_before=self.not_before, paced=self.paced)
            else:
                yield from self.inner.apply([change], observed=observed, deadline=deadline)


@pytest.mark.parametrize(
    ("result", "wait"),
    [(Result.REFUSED, None), (Result.UNKNOWN, None), (Result.HELD, None), (Result.HELD, NOW + timedelta(days=9))],
)
def test_a_run_that_is_only_partly_applied_does_not_push_it_on(
    seeker: Seeker, result: Result, wait: datetime | None
) -> None:
    seeker.now = at("2027-01-06")
    seeker.rows.append(a_row("Late comer"))
    good = seeker.target
    assert isinstance(good, MemoryTarget)
    seeker.target = Refusing(good, result, wait)  # type: ignore[assignment]
    report = seeker.run()
    assert report.exit_code == 6
    assert "changes did not reach the calendar; the next run tries again" in report.messages[0]
    seeker.target = good
    assert beat(seeker) == at("2027-01-08", "08:45")
    heartbeat = next(o for o in report.outcomes if o.uid == heart(seeker).uid)  # type: ignore[union-attr]
    assert heartbeat.result is Result.HELD


def test_a_paced_upload_is_a_good_run(seeker: Seeker) -> None:
    seeker.now = at("2027-01-06")
    seeker.rows.append(a_row("Late comer"))
    good = seeker.target
    assert isinstance(good, MemoryTarget)
    seeker.target = Refusing(good, Result.HELD, paced=True)  # type: ignore[assignment]
    assert seeker.run().exit_code == 0
    seeker.target = good
    assert beat(seeker) == at("2027-01-10", "08:45")


def test_held_deletes_speak_in_it_once_a_day_and_do_not_push_it_on(seeker: Seeker) -> None:
    seeker.now = at("2027-01-05")
    del seeker.rows[3:]
    report = seeker.run()
    assert report.exit_code == 4
    assert beat(seeker) == at("2027-01-08", "08:45")
    event = heart(seeker)
    assert event is not None
    assert "follow-ups would be deleted because their rows vanished" in event.snapshot.description
    for _ in range(5):
        seeker.rows.pop()
        assert seeker.run().plan.writes == ()
        seeker.rows.append(a_row("Firm 02"))
    seeker.now = at("2027-01-06")
    seeker.rows.pop()
    assert sorted(change.summary for change in seeker.run().plan.writes) == ["Weekly review", TITLE]
    seeker.run(accept_deletes=True)
    event = heart(seeker)
    assert event is not None
    assert "deleted" not in event.snapshot.description
    assert beat(seeker) == at("2027-01-10", "08:45")


def test_whoever_deletes_it_has_switched_it_off(seeker: Seeker) -> None:
    event = heart(seeker)
    assert event is not None
    del seeker.calendar[event.uid]
    for day in range(5, 9):
        seeker.now = at(f"2027-01-{day:02}")
        seeker.run()
        assert heart(seeker) is None


def test_zero_days_take_it_out_and_another_number_moves_it(seeker: Seeker) -> None:
    seeker.settings = settings_with(LIMITS, "heartbeat_days = 7")
    seeker.run()
    assert beat(seeker) == at("2027-01-11", "08:45")
    seeker.settings = settings_with(LIMITS, "heartbeat_days = 0")
    assert seeker.run().exit_code == 0
    assert heart(seeker) is None
    seeker.settings = settings_with(LIMITS)
    seeker.run()
    assert beat(seeker) == at("2027-01-08", "08:45")
    assert seeker.run().plan.writes == ()


def test_a_feed_has_none() -> None:
    feed = Seeker([a_row("Acme")], target=MemoryTarget(abilities=replace(MemoryTarget().abilities, reactions=False)))
    feed.run()
    assert heart(feed) is None


def test_a_lost_memory_takes_it_up_again(seeker: Seeker) -> None:
    event = heart(seeker)
    seeker.store = type(seeker.store)()
    seeker.run()
    assert heart(seeker) == event
    assert seeker.run().plan.writes == ()
