"""`clear` takes out what is ours and ahead, strays too, and nothing else; then another calendar may be used."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW
from msgspec.structs import replace
from runner import Seeker, a_row

from connectors.memory import MemoryTarget
from sync import repair
from sync.errors import ConfigError, GuardStop
from sync.memory import Reaction
from sync.models import Action, Plan
from sync.reconcile.identity import make_uid
from sync.reconcile.marker_lines import put_our_part


@pytest.fixture
def seeker() -> Seeker:
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    seeker.run()
    return seeker


def clear(seeker: Seeker, *, past_too: bool = False, write: bool = True) -> Plan:
    return seeker.repair(repair.clear, past_too=past_too, write=write).plan


def test_ours_go_and_what_others_put_there_stays(seeker: Seeker) -> None:
    ours = set(seeker.calendar)
    some = next(iter(seeker.calendar.values()))
    for uid in ("dentist", "fu-test-0", "fu-other-" + "0" * 32, make_uid("test", "a", "b") + "-copy"):
        seeker.calendar[uid] = replace(some, uid=uid)
    stray = make_uid("test", "left over", "R-001-1")
    seeker.calendar[stray] = replace(some, uid=stray)
    plan = clear(seeker)
    assert {change.uid for change in plan.writes} == ours | {stray}
    assert sorted(seeker.calendar)[0] == "dentist"
    assert len(seeker.calendar) == 4


def test_it_can_be_shown_first(seeker: Seeker) -> None:
    before = dict(seeker.calendar)
    shown = clear(seeker, write=False)
    assert seeker.calendar == before
    assert clear(seeker).writes == shown.writes


def test_past_events_are_history_unless_asked_for(seeker: Seeker) -> None:
    first = seeker.shown("Acme").uid
    seeker.now = NOW + timedelta(days=8)
    clear(seeker)
    assert first in seeker.calendar
    clear(seeker, past_too=True)
    assert seeker.calendar == {}


def test_an_event_with_the_users_own_text_stays(seeker: Seeker) -> None:
    uid = seeker.shown("Acme").uid
    seeker.edit(uid, description=put_our_part("ring her", ""))
    seeker.edit(seeker.shown("Globex").uid, hands_off="somebody was invited to it")
    plan = clear(seeker)
    assert {c.reason for c in plan.changes if c.action is Action.KEEP} == {
        "kept for what you put into it",
        "left alone: somebody was invited to it",
    }
    assert uid in seeker.calendar


def test_an_event_with_a_place_of_the_users_own_stays(seeker: Seeker) -> None:
    uid = seeker.shown("Acme").uid
    seeker.edit(uid, additions=("LOCATION:Cafe Kern",))
    clear(seeker)
    assert uid in seeker.calendar


def test_after_clearing_the_next_run_may_begin_in_another_calendar(seeker: Seeker) -> None:
    old = seeker.calendar
    titles = sorted(event.snapshot.summary for event in old.values())
    other = MemoryTarget(identity="memory:other")
    first, seeker.target = seeker.target, other
    with pytest.raises(GuardStop, match="now names memory:other"):
        seeker.run()
    seeker.target = first
    clear(seeker)
    seeker.target = other
    assert seeker.run().exit_code == 0
    assert sorted(event.snapshot.summary for event in other.events.values()) == titles
    assert seeker.run().plan.writes == ()
    assert not other.events.keys() & old.keys()


def test_after_clearing_the_same_calendar_is_filled_again(seeker: Seeker) -> None:
    burnt = set(seeker.calendar)
    clear(seeker)
    seeker.run()
    assert len(seeker.calendar) == len(burnt)
    assert not burnt & seeker.calendar.keys()


def test_what_was_cleared_takes_no_room_in_the_days_that_follow() -> None:
    """Thirty applications of one day fill whole days; the events that were cleared do not stand there any more."""
    seeker = Seeker([a_row(f"Firm {number}") for number in range(30)])
    seeker.run()
    before = sorted((str(event.snapshot.start), event.snapshot.summary) for event in seeker.calendar.values())
    clear(seeker)
    seeker.run()
    assert len(before) > 50
    assert sorted((str(e.snapshot.start), e.snapshot.summary) for e in seeker.calendar.values()) == before
    assert not seeker.run().plan.writes


def test_a_clearing_can_be_undone(seeker: Seeker) -> None:
    titles = sorted(event.snapshot.summary for event in seeker.calendar.values())
    clear(seeker)
    seeker.repair(repair.undo, source=seeker.source())
    seeker.run()
    assert sorted(event.snapshot.summary for event in seeker.calendar.values()) == titles


def test_a_day_that_the_user_chose_outlives_a_clearing(seeker: Seeker) -> None:
    """A tick and a deletion do, too: what somebody said is kept, whichever calendar shows it next."""
    moved = seeker.shown("Acme")
    to = moved.snapshot.start + timedelta(days=1)
    seeker.edit(moved.uid, start=to, end=moved.snapshot.end + timedelta(days=1))
    del seeker.calendar[seeker.shown("Globex").uid]
    seeker.run()
    before = sorted((str(event.snapshot.start), event.snapshot.summary) for event in seeker.calendar.values())
    clear(seeker)
    seeker.target = MemoryTarget(identity="memory:other")
    seeker.run()
    assert seeker.shown("Acme").snapshot.start == to
    assert sorted((str(e.snapshot.start), e.snapshot.summary) for e in seeker.calendar.values()) == before
    assert seeker.run().plan.writes == ()


def test_what_the_next_run_filled_again_is_no_longer_to_be_undone(seeker: Seeker) -> None:
    """Else memory would hold what was cleared, and no word and no change of the sheet would reach the calendar."""
    clear(seeker)
    seeker.run()
    filled = dict(seeker.calendar)
    with pytest.raises(ConfigError, match="nothing"):
        seeker.repair(repair.undo, source=seeker.source())
    assert seeker.calendar == filled
    seeker.rows[0]["applied_on"] = "2027-01-06"
    assert [change.action for change in seeker.run().plan.writes if "Acme" in change.summary] == [Action.UPDATE] * 2


def test_what_was_left_behind_in_the_old_calendar_is_no_deletion(seeker: Seeker) -> None:
    for company in ("Acme", "Globex"):
        seeker.edit(seeker.shown(company).uid, description=put_our_part("ring her", ""))
    clear(seeker)
    seeker.target = MemoryTarget(identity="memory:other")
    seeker.run()
    assert [touch for touch in seeker.store.load().touches.values() if touch.reaction] == []
    assert {"Dana Acme, Acme: follow up", "Dana Globex, Globex: follow up"} <= {
        event.snapshot.summary for event in seeker.calendar.values()
    }


def test_what_the_user_did_since_the_last_run_outlives_a_clearing(seeker: Seeker) -> None:
    ticked, dragged = seeker.shown("Acme"), seeker.shown("Globex")
    seeker.edit(ticked.uid, summary=f"x {ticked.snapshot.summary}")
    later = timedelta(days=3)
    seeker.edit(dragged.uid, start=dragged.snapshot.start + later, end=dragged.snapshot.end + later)
    clear(seeker)
    assert seeker.calendar == {}
    report = seeker.run()
    shown = {f"{event.snapshot.summary} {event.snapshot.start:%m-%d}" for event in seeker.calendar.values()}
    done = seeker.store.load().touches[ticked.uid]
    assert (done.reaction, f"{done.done_on}") == (Reaction.TICKED, "2027-01-04")
    assert ticked.uid not in seeker.calendar
    assert "Dana Globex, Globex: follow up 01-14" in shown, shown
    assert report.exit_code == 0
