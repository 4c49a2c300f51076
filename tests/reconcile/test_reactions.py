"""Drag, delete and tick in a calendar become memory; decoration does not."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from conftest import NOW, ZONE, a_touch, at
from msgspec.structs import replace
from runner import Seeker, a_row, settings_with

from sync.memory import EventMemory, LeadMemory, Memory, Reaction, TouchMemory
from sync.models import Event, Observation, RemoteEvent, Snapshot, Stamp, Touch
from sync.reconcile.reactions import TickPattern, take_reactions
from sync.texts import load_remarks

WORDS = load_remarks("en")

TICKS = TickPattern(["erledigt", "hecho"])
WRITTEN = datetime(2027, 1, 2, 12, 0, tzinfo=ZONE)


def an_event(touch: Touch) -> Event:
    return Event(touch.uid, touch.start, touch.end, touch.zone, touch.summary, touch.description)


def a_snapshot(touch: Touch) -> Snapshot:
    return Snapshot(touch.start, touch.end, touch.summary, touch.description, last_modified=WRITTEN)


def remembered(touch: Touch) -> Memory:
    observed = RemoteEvent(touch.uid, f"/{touch.uid}.ics", '"1"', a_snapshot(touch), "")
    event = EventMemory(touch.uid, an_event(touch), Stamp(WRITTEN, WRITTEN, 0), observed)
    known = TouchMemory(touch.uid, touch.lead_key, touch.rule, start=touch.start, fact=touch.fact)
    return Memory(events={touch.uid: event}, touches={touch.uid: known})


def seen(touch: Touch, **edits: object) -> Observation:
    snapshot = replace(a_snapshot(touch), **edits)
    return Observation({touch.uid: RemoteEvent(touch.uid, f"/{touch.uid}.ics", f'"{edits}"', snapshot, "")})


def react(memory: Memory, observation: Observation) -> tuple[Memory, list[str]]:
    after, notes = take_reactions(memory, observation, now=NOW, zone=ZONE, ticks=TICKS, words=WORDS)
    return after, [note.reason for note in notes]


@pytest.mark.parametrize(
    "title",
    ["✓ Follow up", "✔Follow up", "☑ x", "✅", "[x] Follow up", "[X] a", "x Follow up", "X: Follow up", "Done",
     "done, thanks", "DONE - Acme", "Erledigt: Acme", "hecho"],
)  # fmt: skip
def test_titles_that_are_ticks(title: str) -> None:
    touch = a_touch()
    after, notes = react(remembered(touch), seen(touch, summary=title))
    assert after.touches[touch.uid].reaction is Reaction.TICKED
    assert len(notes) == 1


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("Xerox: follow up", id="a company that begins with x"),
        pytest.param("Donelly & Sons", id="a name that begins with done"),
        pytest.param("Follow up: Acme ✓", id="a tick at the end is no tick"),
        pytest.param("not done", id="the word in the middle"),
        pytest.param("Xing call", id="x as a letter"),
    ],
)
def test_titles_that_are_no_ticks(title: str) -> None:
    touch = a_touch()
    after, notes = react(remembered(touch), seen(touch, summary=title))
    assert after.touches[touch.uid].reaction is None
    assert notes == []


def test_a_title_of_ours_that_begins_like_a_tick_is_none() -> None:
    touch = a_touch(summary="Done Deals Ltd: follow up")
    after, notes = react(remembered(touch), seen(touch))
    assert after.touches[touch.uid].reaction is None
    assert notes == []


def test_status_completed_is_a_tick() -> None:
    touch = a_touch()
    after, _ = react(remembered(touch), seen(touch, status="COMPLETED"))
    assert after.touches[touch.uid].reaction is Reaction.TICKED


@pytest.mark.parametrize(
    ("modified", "day"),
    [
        pytest.param(at("2027-01-02", "23:00"), date(2027, 1, 2), id="the day the edit was made"),
        pytest.param(WRITTEN, date(2027, 1, 4), id="a client that leaves the stamp alone: today"),
        pytest.param(NOW + timedelta(days=2), date(2027, 1, 4), id="a stamp in the future: today"),
        pytest.param(None, date(2027, 1, 4), id="no stamp: today"),
    ],
)
def test_day_of_a_tick(modified: datetime | None, day: date) -> None:
    touch = a_touch()
    after, _ = react(remembered(touch), seen(touch, summary="✓ a", last_modified=modified))
    assert after.touches[touch.uid].done_on == day


def test_taking_the_tick_off_opens_it_again() -> None:
    touch = a_touch()
    ticked, _ = react(remembered(touch), seen(touch, summary="✓ a"))
    after, notes = react(ticked, seen(touch, summary="Follow up: Acme"))
    assert after.touches[touch.uid].reaction is None
    assert after.touches[touch.uid].done_on is None
    assert "open again" in notes[0]


@pytest.mark.parametrize("tick", [{"summary": "✓ Follow up"}, {"status": "COMPLETED"}], ids=["title", "status"])
def test_a_tick_outlives_our_write_and_the_users_later_edits(tick: dict[str, str]) -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    uid = seeker.shown("Acme").uid
    seeker.edit(uid, **tick)
    assert [change.fields for change in seeker.run().plan.writes if change.uid == uid] == [("alarm",)]
    seeker.edit(uid, description=seeker.calendar[uid].snapshot.description + "\nshe said no")
    for _ in range(2):
        assert seeker.run().plan.writes == ()
        assert seeker.store.load().touches[uid].reaction is Reaction.TICKED
    seeker.edit(uid, summary="Ring her again", status="CONFIRMED")
    seeker.run()
    assert seeker.store.load().touches[uid].reaction is None


def test_drag_is_remembered_with_the_fact_it_hangs_on() -> None:
    touch = a_touch()
    after, notes = react(remembered(touch), seen(touch, start=at("2027-01-13", "15:00"), end=at("2027-01-13", "15:15")))
    assert after.touches[touch.uid].reaction is Reaction.DRAGGED
    assert after.touches[touch.uid].pinned_to == at("2027-01-13", "15:00")
    assert after.touches[touch.uid].pinned_fact == "2027-01-04"
    assert "Wed 2027-01-13 15:00" in notes[0]


def test_drag_is_said_once() -> None:
    touch = a_touch()
    moved = seen(touch, start=at("2027-01-13", "15:00"), end=at("2027-01-13", "15:15"))
    after, _ = react(remembered(touch), moved)
    _, notes = react(after, moved)
    assert notes == []


def test_same_instant_in_another_zone_is_no_drag() -> None:
    touch = a_touch()
    utc = touch.start.astimezone(tz=None) if isinstance(touch.start, datetime) else touch.start
    after, _ = react(remembered(touch), seen(touch, start=utc))
    assert after.touches[touch.uid].reaction is None


def test_deletion_is_remembered_and_the_uid_is_burnt() -> None:
    touch = a_touch()
    after, notes = react(remembered(touch), Observation({}))
    assert after.touches[touch.uid].reaction is Reaction.DELETED
    assert after.events[touch.uid].gone
    assert "will not come back" in notes[0]


def test_an_old_event_that_was_tidied_away_means_nothing() -> None:
    touch = a_touch(day="2026-11-02")
    after, notes = react(remembered(touch), Observation({}))
    assert after.touches[touch.uid].reaction is None
    assert after.events[touch.uid].gone
    assert notes == []


def test_an_unreadable_event_is_not_absent() -> None:
    touch = a_touch()
    after, notes = react(remembered(touch), Observation({}, unreadable={touch.uid: "DTEND is no date"}))
    assert not after.events[touch.uid].gone
    assert notes == []


def test_decoration_is_no_reaction() -> None:
    touch = a_touch()
    after, notes = react(remembered(touch), seen(touch, sequence=7, last_modified=NOW))
    assert after.touches[touch.uid].reaction is None
    assert notes == []


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param({}, id="application"),
        pytest.param(
            {"status": "interview", "interview_at": "2027-01-08 10:00", "interviewers": "Kim Park"}, id="interview"
        ),
        pytest.param({"status": "interview"}, id="no date"),
        pytest.param({"status": "in_touch", "last_inbound": "2027-01-03"}, id="in touch"),
        pytest.param({"referrer": "Mara Lind", "received_at": "2027-01-04"}, id="introduction"),
        pytest.param({"agency": "Hays", "contact_kind": "recruiter"}, id="agency"),
        pytest.param({"follow_up_on": "2027-01-13"}, id="a date of the sheet"),
    ],
)
def test_whatever_the_user_deletes_stays_away(cells: dict[str, str]) -> None:
    row = a_row("Acme", "2027-01-03", **cells)
    for number in range(len(Seeker([row]).run().plan.writes)):
        seeker = Seeker([row])
        seeker.run()
        uid = sorted(seeker.calendar)[number]
        del seeker.calendar[uid]
        gone = identity(seeker.store.load().touches[uid])
        for _ in range(4):
            seeker.now += timedelta(days=1)
            seeker.run()
            touches = seeker.store.load().touches
            assert gone not in [identity(touches[other]) for other in seeker.calendar]


def identity(touch: TouchMemory) -> tuple[str, str, str, int]:
    """What a touch is about, whatever its generation."""
    return touch.lead_key, touch.rule, touch.party, touch.round


@pytest.mark.parametrize(
    ("modified", "applied_on", "day", "doubt"),
    [
        pytest.param(WRITTEN - timedelta(days=40), None, NOW.date(), "before it was written", id="before our write"),
        pytest.param(NOW - timedelta(days=1), NOW.date(), NOW.date(), "before the application", id="too early"),
        pytest.param(NOW + timedelta(days=2), None, NOW.date(), "", id="in the future"),
        pytest.param(NOW - timedelta(days=1), None, NOW.date() - timedelta(days=1), "", id="yesterday"),
    ],
)
def test_the_day_of_a_tick_lies_between_our_write_and_now(
    modified: datetime, applied_on: date | None, day: date, doubt: str
) -> None:
    touch = a_touch()
    memory = remembered(touch)
    stamp = memory.events[touch.uid].stamp
    event = replace(memory.events[touch.uid], stamp=replace(stamp, written=NOW - timedelta(days=20)))
    lead = LeadMemory(touch.lead_key, first_seen=NOW, applied_on=applied_on)
    memory = replace(memory, events={touch.uid: event}, leads={lead.key: lead})
    after, (note,) = react(memory, seen(touch, summary="✓ a", last_modified=modified))
    assert after.touches[touch.uid].done_on == day
    assert doubt in note
    assert ("; the event says" in note) == bool(doubt)


@pytest.mark.parametrize(("language", "mark"), [("en", "Closed"), ("de", "Hinfällig")])
def test_an_event_with_a_title_of_ones_own_is_closed_and_never_deleted(language: str, mark: str) -> None:
    seeker = Seeker([a_row("Acme", "2027-01-04")], settings=settings_with(f'language = "{language}"'))
    seeker.run()
    uid = seeker.shown("Acme").uid
    seeker.edit(uid, summary="Ask Ann about the Paris office")
    seeker.rows[0]["status"] = "rejected"
    seeker.run()
    seeker.run()
    snapshot = seeker.calendar[uid].snapshot
    assert (snapshot.summary, snapshot.our_alarm) == (f"{mark}: Ask Ann about the Paris office", None)


def test_a_passed_event_to_oneself_that_is_moved_ahead_stays_there() -> None:
    seeker = Seeker([a_row("Acme", "2027-01-04", contact_name="")])
    seeker.run()
    uid = next(event.uid for event in seeker.calendar.values() if "find a name" in event.snapshot.summary)
    passed = seeker.calendar[uid].snapshot.start
    assert isinstance(passed, datetime)
    seeker.now = passed + timedelta(days=2)
    seeker.run()
    there = passed + timedelta(days=6)
    seeker.edit(uid, start=there, end=there + timedelta(minutes=30))
    for _ in range(3):
        seeker.run()
        assert seeker.calendar[uid].snapshot.start == there


@pytest.mark.parametrize(("days", "back"), [(1, 10), (5, 5), (4, 3)], ids=["Tuesday", "on a Saturday", "to today"])
def test_who_drags_an_ask_into_the_past_by_mistake_is_reminded_on_the_next_day_of_work(days: int, back: int) -> None:
    seeker = Seeker([a_row("Acme"), a_row("Bolt", last_outbound="2027-01-05")])
    seeker.run()
    seeker.now += timedelta(days=days)
    uid, start = seeker.shown("Acme").uid, seeker.shown("Acme").snapshot.start
    assert isinstance(start, datetime)
    seeker.edit(uid, start=start - timedelta(days=back), end=start - timedelta(days=back, minutes=-15))
    seeker.run()
    stands = seeker.calendar[uid].snapshot.start
    assert isinstance(stands, datetime)
    assert stands.date() >= seeker.now.date(), "an event that nobody looks at again reminds nobody"
    assert not seeker.run().plan.writes


def test_one_run_by_a_clock_months_ahead_does_not_cost_the_user_a_drag() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Bolt", last_outbound="2027-01-05")])
    seeker.run()
    uid, start = seeker.shown("Acme").uid, seeker.shown("Acme").snapshot.start
    assert isinstance(start, datetime)
    there = (start + timedelta(days=3)).replace(hour=14, minute=15)
    seeker.edit(uid, start=there, end=there + timedelta(minutes=15))
    seeker.run()
    right = seeker.now
    for ahead in (150, 150):
        seeker.now = right + timedelta(days=ahead)
        seeker.run()
    assert seeker.calendar[uid].snapshot.start > there, "June offers it once more"
    seeker.now = right + timedelta(minutes=30)
    for _ in range(2):
        seeker.run()
        assert seeker.calendar[uid].snapshot.start == there
    assert not seeker.run().plan.writes
