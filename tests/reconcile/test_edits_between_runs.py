"""What the user edits between a run that was killed and the next one stays theirs, whatever marks their client leaves.

A thank-you that is late is offered anew on each day: the run of that day rewrites it. The run is killed before that
write leaves, or after it arrived; the user edits the event; runs follow, that day and the next. What the server holds
decides, not its marks: an edit may carry the second and the SEQUENCE that the killed write was to carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from runner import Seeker
from worlds import Edit, Fuse, Killed, MemoryWorld

from sync.models import Snapshot
from sync.reconcile.marker_lines import user_part

ROW = {"company": "Hooli", "role": "Analyst", "referrer": "Ruth Ray", "received_at": "2026-11-20", "status": "idea"}
DAY = datetime.fromisoformat("2026-11-27T09:45:00-05:00")
MOVED = datetime.fromisoformat("2026-12-01T15:00:00-05:00")
EDITS = {
    "drag": Edit(start=MOVED),
    "title": Edit(title="Ring Ruth"),
    "tick": Edit(title="✓ thanked"),
    "alarm": Edit(alarm=timedelta(minutes=47)),
    "no alarm": Edit(no_alarm=True),
    "note": Edit(note="she rows"),
    "guest": Edit(guest="friend@example.org"),
}
CHAINS = ("K U", "K U K", "U K", "A U", "U A", "A U K", "K U A", "K K U", "A A U")
"""A run killed before its first write leaves (K) or after it arrived (A), and the user's edit (U)."""


def live(chain: Sequence[str], edit: Edit, *, counts: bool, minutes: int) -> Snapshot:
    """What the calendar shows of the thank-you on the day after."""
    world = MemoryWorld()
    seeker = Seeker([ROW], target=world.target)

    def run(now: datetime, left: int | None = None) -> None:
        world.at(now)
        seeker.now, world.fuse = now - timedelta(minutes=15), Fuse(left)
        seeker.target = world.target
        if left is None:
            assert seeker.run().exit_code == 0
        else:
            with pytest.raises(Killed):
                seeker.run()

    run(DAY - timedelta(days=1))
    (uid,) = (uid for uid, event in world.calendar.events.items() if "Ruth" in event.snapshot.summary)
    now = DAY
    for step in chain:
        if step == "U":
            world.at(now)
            world.edit(uid, replace(edit, counts=counts))
        else:
            run(now, 0 if step == "K" else 1)
        now += timedelta(minutes=minutes)
    run(now)
    run(now + timedelta(days=1))
    return world.calendar.events[uid].snapshot


@pytest.mark.parametrize("counts", [False, True], ids=["same SEQUENCE", "SEQUENCE raised"])
@pytest.mark.parametrize("minutes", [0, 1], ids=["at once", "a minute later"])
@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("chain", CHAINS)
def test_an_edit_beside_a_killed_run_stays(chain: str, name: str, minutes: int, counts: bool) -> None:
    edit = EDITS[name]
    shown = live(chain.split(), edit, counts=counts, minutes=minutes)
    undisturbed = live(["U"], edit, counts=counts, minutes=minutes)
    for field in ("summary", "our_alarm", "hands_off"):
        assert getattr(shown, field) == getattr(undisturbed, field)
    assert user_part(shown.description) == user_part(undisturbed.description) == (edit.note or "")
    if name == "drag":
        assert shown.start == MOVED


TWO = [
    {"company": "Acme", "contact_name": "Dana Ray", "applied_on": "2027-01-04", "status": "sent"},
    {"company": "Birch", "contact_name": "Bo Li", "applied_on": "2027-01-05", "status": "sent"},
]
FIRST = datetime.fromisoformat("2027-01-05T08:30:00-05:00")


@pytest.mark.parametrize("counts", [False, True], ids=["same SEQUENCE", "SEQUENCE raised"])
@pytest.mark.parametrize("left", [0, 1], ids=["before the write left", "after it arrived"])
def test_an_alarm_taken_off_as_the_killed_run_meant_to_is_no_drag(left: int, counts: bool) -> None:
    """The run moves an event to a day on which another rings, and takes its alarm off; the user does the latter."""
    world, rows = MemoryWorld(), [dict(row) for row in TWO]
    seeker = Seeker(rows, target=world.target)

    def run(now: datetime, fuse: int | None = None) -> None:
        world.at(now)
        seeker.now, world.fuse = now - timedelta(minutes=15), Fuse(fuse)
        seeker.target = world.target
        if fuse is None:
            assert seeker.run().exit_code == 0
        else:
            with pytest.raises(Killed):
                seeker.run()

    run(FIRST)
    events = world.calendar.events
    uid = min(
        (uid for uid, e in events.items() if "Birch" in e.snapshot.summary), key=lambda u: str(events[u].snapshot.start)
    )
    rows[1]["applied_on"] = "2027-01-04"
    next_day = FIRST + timedelta(days=1)
    run(next_day, left)
    world.at(next_day + timedelta(minutes=1))
    world.edit(uid, Edit(no_alarm=True, counts=counts))
    run(next_day + timedelta(minutes=15))
    shown = events[uid].snapshot
    assert (f"{shown.start:%Y-%m-%d}", shown.our_alarm) == ("2027-01-11", None)
    memory = seeker.store.load()
    assert [touch.uid for touch in memory.touches.values() if touch.pinned_to is not None] == []
