"""Lost state and an emptied calendar, on a server that never forgets a UID: all is there again after one run."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest
from runner import Seeker, a_row
from worlds import StubWorld

from connectors.memory import MemoryState
from sync.models import Action

ROWS = [a_row(f"Firm {number}", "2027-01-04") for number in range(12)]


def emptied(world: StubWorld) -> None:
    """Everything of ours was deleted there once, and the server remembers it."""
    world.stub.trashed |= set(world.uids())
    for uid in world.uids():
        world.delete(uid)


def starts(world: StubWorld) -> list[tuple[str, object]]:
    shots = [event.snapshot for event in world.target.observe({}).events.values()]
    return sorted((shot.summary, str(shot.start)) for shot in shots)


@pytest.mark.parametrize("times", [1, 3], ids=["once", "three times"])
def test_a_uid_that_is_used_up_is_stepped_over_in_the_same_run(times: int) -> None:
    world = StubWorld(frozenset({"trash"}))
    seeker = Seeker(ROWS, target=world.target)
    run(seeker, world)
    before = starts(world)
    for _ in range(times):
        emptied(world)
        seeker.store = MemoryState()
        report = run(seeker, world)
        assert (report.exit_code, report.messages) == (0, ())
        assert world.stub.time.now - seeker.now < timedelta(seconds=10), "nobody waits for what was not written"
        assert [title for title, _ in starts(world)] == [title for title, _ in before]
        assert all(event.gone for uid, event in report.memory.events.items() if uid not in world.uids())
    assert run(seeker, world).plan.writes == ()


def test_what_was_renewed_is_what_the_user_reacts_to() -> None:
    world = StubWorld(frozenset({"trash"}))
    seeker = Seeker(ROWS[:1], target=world.target)
    run(seeker, world)
    emptied(world)
    seeker.store = MemoryState()
    touches = run(seeker, world).memory.touches
    world.delete(next(uid for uid in world.uids() if touches[uid].rule == "R-001-1"))
    assert not [change for change in run(seeker, world).plan.writes if change.action is Action.CREATE]


def run(seeker: Seeker, world: StubWorld):  # type: ignore[no-untyped-def]
    seeker.now = max(seeker.now, world.stub.time.now.astimezone(seeker.now.tzinfo))
    world.at((seeker.now + timedelta(minutes=15)).astimezone(UTC))
    seeker.target = world.target
    return seeker.run()
