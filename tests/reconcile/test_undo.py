"""What a run overwrote or deleted comes back, once, and stays until its row changes."""

from __future__ import annotations

import contextlib

import pytest
from conftest import ZONE, at
from runner import Seeker, a_row, settings_with
from worlds import BurningTarget, Fuse, Killed

from connectors.memory import MemoryTarget
from sync import repair
from sync.errors import ConfigError, GuardStop
from sync.models import Action, Plan, TouchClass
from sync.moments import day_of


def undo(seeker: Seeker, run: int | None = None, *, write: bool = True) -> Plan:
    return seeker.repair(repair.undo, source=seeker.source(), run=run, write=write).plan


def actions(plan: Plan) -> list[tuple[str, str]]:
    return sorted((change.action.value, change.summary) for change in plan.changes)


def reasons(plan: Plan) -> set[str]:
    return {change.reason for change in plan.changes}


def titles(seeker: Seeker) -> list[str]:
    return sorted(
        event.snapshot.summary for event in seeker.calendar.values() if ": follow up" in event.snapshot.summary
    )


@pytest.fixture
def seeker() -> Seeker:
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    seeker.run()
    return seeker


def test_a_deleted_event_comes_back_under_the_next_generation_and_stays(seeker: Seeker) -> None:
    before, burnt = titles(seeker), seeker.shown("Globex").uid
    gone = seeker.rows.pop()
    seeker.run()
    assert len(titles(seeker)) == 2
    undo(seeker)
    assert titles(seeker) == before
    assert burnt not in seeker.calendar
    for _ in range(3):
        plan = seeker.run().plan
        assert plan.writes == ()
        assert "kept by undo until its row changes" in reasons(plan)
    seeker.rows.append(gone)
    assert seeker.run().exit_code == 0
    assert titles(seeker) == before


def test_it_stays_until_its_row_changes(seeker: Seeker) -> None:
    seeker.rows[1]["status"] = "rejected"
    seeker.run()
    undo(seeker)
    assert seeker.run().plan.writes == ()
    seeker.rows[1]["notes"] = "they wrote again"
    assert [change.action for change in seeker.run().plan.writes] == [Action.DELETE, Action.DELETE]


def test_an_overwritten_event_is_set_back_in_place(seeker: Seeker) -> None:
    event = seeker.shown("Globex")
    seeker.rows[1]["applied_on"] = "2027-01-06"
    seeker.run()
    assert seeker.calendar[event.uid].snapshot.start == at("2027-01-13")
    undo(seeker)
    assert seeker.calendar[event.uid].snapshot.start == event.snapshot.start
    assert seeker.run().plan.writes == ()
    seeker.rows[1]["applied_on"] = "2027-01-07"
    seeker.run()
    assert seeker.calendar[event.uid].snapshot.start == at("2027-01-14")


def test_what_the_user_changed_since_stays_theirs(seeker: Seeker) -> None:
    uid = seeker.shown("Globex").uid
    seeker.rows[1]["applied_on"] = "2027-01-06"
    seeker.run()
    seeker.edit(uid, start=at("2027-01-21"), end=at("2027-01-21", "09:15"), summary="Mine")
    undo(seeker)
    assert seeker.calendar[uid].snapshot.start == at("2027-01-21")
    assert seeker.calendar[uid].snapshot.summary == "Mine"


def test_the_users_own_lines_come_back_too(seeker: Seeker) -> None:
    for number in range(30):
        seeker.rows.append(a_row(f"Firm {number}"))
    seeker.run()
    uid = seeker.shown("Globex").uid
    seeker.edit(uid, description=seeker.calendar[uid].snapshot.description + "\nring her")
    seeker.run()
    text = seeker.calendar[uid].snapshot.description
    seeker.calendar.clear()
    with pytest.raises(GuardStop):
        seeker.run()
    undo(seeker)
    assert seeker.shown("Globex").snapshot.description == text
    assert "ring her" in text


def test_a_mass_disappearance_is_put_back_and_kept_up_to_date(seeker: Seeker) -> None:
    seeker.rows += [a_row(f"Firm {number}") for number in range(30)]
    seeker.run()
    before, burnt = titles(seeker), set(seeker.calendar)
    seeker.calendar.clear()
    with pytest.raises(GuardStop, match="To put them back: `followup undo`"):
        seeker.run()
    undo(seeker)
    assert titles(seeker) == before
    assert not burnt & seeker.calendar.keys()
    assert seeker.run().plan.writes == ()
    seeker.rows[1]["applied_on"] = "2027-01-06"
    assert seeker.run().plan.count(Action.UPDATE) >= 1


def test_a_calendar_that_was_emptied_is_no_wish_of_the_user(seeker: Seeker) -> None:
    """Deleted and made anew at the same address: ten events are not needed to see that nobody meant each of them."""
    before = titles(seeker)
    seeker.calendar.clear()
    with pytest.raises(GuardStop, match=r"not one of the \d follow-ups is left in the calendar"):
        seeker.run()
    undo(seeker)
    assert titles(seeker) == before
    assert seeker.run().plan.writes == ()


def test_an_emptied_calendar_can_be_accepted(seeker: Seeker) -> None:
    seeker.calendar.clear()
    dismissed = {note.reason for note in seeker.run(accept_deletes=True).plan.notes if "will not come" in note.reason}
    assert sum(": follow up" in reason for reason in dismissed) == 2
    assert {title.partition(": ")[2] for title in titles(seeker)} == {"follow up"}, "the ladders go on"


@pytest.mark.parametrize("left", [pytest.param("followup", id="but the heartbeat"), pytest.param("Acme", id="but one")])
def test_single_deletions_are_believed(seeker: Seeker, left: str) -> None:
    gone = {uid for uid, event in seeker.calendar.items() if left not in event.snapshot.summary}
    for uid in gone:
        del seeker.calendar[uid]
    assert seeker.run().exit_code == 0
    assert not gone & seeker.calendar.keys()


def test_an_undo_can_be_shown_first(seeker: Seeker) -> None:
    seeker.rows.pop()
    seeker.run()
    shown = undo(seeker, write=False)
    assert len(titles(seeker)) == 2
    assert actions(undo(seeker)) == actions(shown)


def test_a_certain_run_is_undone(seeker: Seeker) -> None:
    seeker.rows[1]["status"] = "rejected"
    seeker.run()
    seeker.rows[0]["status"] = "rejected"
    seeker.run()
    undo(seeker, 2)
    assert {title.rpartition(", ")[2] for title in titles(seeker)} == {"Globex: follow up"}


def test_nothing_to_bring_back_is_said(seeker: Seeker) -> None:
    with pytest.raises(ConfigError, match="nothing to bring back"):
        undo(seeker)
    with pytest.raises(ConfigError, match="run 7 left nothing to bring back"):
        undo(seeker, 7)


def test_what_is_back_is_not_brought_back_twice(seeker: Seeker) -> None:
    seeker.rows.pop()
    seeker.run()
    undo(seeker)
    with pytest.raises(ConfigError, match="nothing to bring back"):
        undo(seeker)
    assert len(titles(seeker)) == 4


@pytest.mark.parametrize("steps", range(6))
def test_an_undo_that_was_killed_and_is_said_again_brings_back_the_rest(seeker: Seeker, steps: int) -> None:
    before = titles(seeker)
    seeker.rows.pop()
    seeker.run()
    number, calendar = seeker.store.copies()[0], seeker.target
    assert isinstance(calendar, MemoryTarget)
    seeker.target = BurningTarget(calendar, Fuse(left=steps))
    with contextlib.suppress(Killed):
        undo(seeker, number)
    seeker.target = calendar
    with contextlib.suppress(ConfigError):
        undo(seeker, number)
    assert titles(seeker) == before
    assert seeker.run().plan.writes == ()
    assert titles(seeker) == before


def test_a_sheet_that_cannot_be_read_keeps_nobody_from_an_undo(seeker: Seeker) -> None:
    seeker.rows.pop()
    seeker.run()
    kept, seeker.rows = seeker.rows, []
    undo(seeker)
    seeker.rows = kept
    assert len(titles(seeker)) == 4


def test_a_dismissal_is_lifted_for_good(seeker: Seeker) -> None:
    uid = seeker.shown("Globex").uid
    del seeker.calendar[uid]
    seeker.run()
    assert len(titles(seeker)) == 3
    lead = next(lead for lead in seeker.run().leads.leads if lead.company == "Globex")
    assert repair.lift(store=seeker.store, lead=lead) == ("Dana Globex, Globex: follow up",)
    seeker.run()
    assert len(titles(seeker)) == 4
    assert uid not in seeker.calendar
    assert seeker.run().plan.writes == ()
    assert repair.lift(store=seeker.store, lead=lead) == ()


def test_an_event_that_was_moved_and_deleted_with_its_row_comes_back_under_a_new_uid(seeker: Seeker) -> None:
    """A server may refuse a UID that was deleted, and clients may hide it."""
    burnt = seeker.shown("Globex").uid
    seeker.edit(burnt, start=at("2027-01-14"), end=at("2027-01-14", "09:15"))
    seeker.run()
    gone = seeker.rows.pop()
    seeker.run()
    assert burnt not in seeker.calendar
    seeker.rows.append({**gone, "applied_on": "2027-01-05"})
    seeker.run()
    assert len(titles(seeker)) == 4
    assert burnt not in seeker.calendar


def test_afterwards_agenda_and_explain_show_what_the_calendar_holds(seeker: Seeker) -> None:
    before = seeker.shown("Globex").snapshot
    seeker.rows[1]["applied_on"] = "2027-01-08"
    seeker.rows[0]["status"] = "rejected"
    seeker.run()
    undo(seeker)
    plan = seeker.run(write=False).plan
    shown = {event.snapshot.summary: event.snapshot.start for event in seeker.calendar.values()}
    planned = {touch.summary: touch.start for touch in plan.schedule if touch.published}
    assert {title: start for title, start in planned.items() if "Follow up:" in title} == {
        title: start for title, start in shown.items() if "Follow up:" in title
    }
    kept = next(touch for touch in plan.schedule if touch.summary == before.summary)
    assert (kept.start, kept.reason[-1]) == (
        before.start,
        "brought back by undo; it stays as it is until its row changes",
    )
    back = next(touch for touch in plan.schedule if touch.lead == "Acme, Analyst" and touch.rule == "R-001-1")
    assert (back.kind, back.row) == (TouchClass.ASKING, "leads.csv:2")


def test_an_undo_leaves_the_alarm_of_the_day_on_after_a_deletion_by_hand() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    seeker.run()
    rings = [e for e in seeker.calendar.values() if e.snapshot.our_alarm is not None and "Dana" in e.snapshot.summary]
    ringing = min(rings, key=lambda event: str(event.snapshot.start))
    day = ringing.snapshot.start
    del seeker.calendar[ringing.uid]
    seeker.run()
    with contextlib.suppress(ConfigError):
        undo(seeker)
    for _ in range(2):
        seeker.run()
        shown = [e.snapshot for e in seeker.calendar.values() if str(e.snapshot.start)[:10] == str(day)[:10]]
        assert [one.summary for one in shown if one.our_alarm is not None] == ["Dana Globex, Globex: follow up"]


PAUSE = "[[pause]]\nfrom = 2027-01-08\nto = 2027-01-24\n"


def days(seeker: Seeker) -> list[str]:
    shown = (event.snapshot for event in seeker.calendar.values())
    return sorted(f"{day_of(one.start, ZONE)}" for one in shown if ": follow up" in one.summary)


def test_a_pause_that_comes_after_an_undo_moves_what_the_undo_brought_back(seeker: Seeker) -> None:
    """The run of a first pause is undone, that pause is taken out, and another one is made: nobody is asked in it."""
    before = days(seeker)
    seeker.settings = settings_with(PAUSE)
    seeker.run()
    assert before[:2] == ["2027-01-11", "2027-01-11"]
    assert (behind := days(seeker))[0] == "2027-01-25"
    (note,) = undo(seeker).notes
    assert note.reason == (
        "the pause from Fri 2027-01-08 to Sun 2027-01-24 stays in the configuration, and 5 events will stand in it;"
        " followup pause 2027-01-08 --remove takes it out"
    )
    assert days(seeker) == before
    assert seeker.run().plan.writes == ()  # undone is undone, while that pause stays as it is
    seeker.settings = settings_with(PAUSE.replace("01-08", "01-11"))
    assert days(seeker) == before
    seeker.run()
    assert days(seeker) == behind
    assert seeker.run().plan.writes == ()
    seeker.settings = settings_with()
    seeker.run()
    assert days(seeker) == before


def test_an_undo_is_kept_while_a_pause_comes_elsewhere_and_where_its_row_is_gone(seeker: Seeker) -> None:
    seeker.rows.pop()
    seeker.run()
    undo(seeker)
    before = days(seeker)
    seeker.settings = settings_with("[[pause]]\nfrom = 2027-03-01\nto = 2027-03-05\n")
    assert seeker.run().plan.writes == ()
    seeker.settings = settings_with(PAUSE)
    seeker.run()
    assert len(days(seeker)) == len(before)
    assert min(days(seeker)) == min(before)  # of the lead that has no row any more
