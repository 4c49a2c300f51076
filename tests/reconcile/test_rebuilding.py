"""After a loss of state events are known again by every identity they may have; no gap behind them is filled."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from conftest import NOW, ZONE, at
from msgspec.structs import replace
from runner import Seeker, a_row, settings_with
from target_contract import make_event, make_stamp
from worlds import BurningTarget, Fuse, Killed

from connectors.memory import MemoryState, MemoryTarget
from sync import repair
from sync.advice import load_advice
from sync.memory import Memory, Reaction
from sync.models import Observation, RemoteEvent
from sync.reconcile.fields import snapshot_of
from sync.reconcile.identity import make_uid
from sync.reconcile.marker_lines import our_part
from sync.reconcile.reactions import TickPattern
from sync.reconcile.rebuilding import Found, recall, recognise
from sync.status import make_status
from sync.texts import load_remarks


def titles(seeker: Seeker) -> Counter[str]:
    return Counter(event.snapshot.summary for event in seeker.calendar.values())


def lose(seeker: Seeker) -> None:
    """The state file is gone."""
    seeker.store = MemoryState()


def test_nothing_is_written_and_nothing_doubled() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    seeker.run()
    before = dict(seeker.calendar)
    lose(seeker)
    assert seeker.run().plan.writes == ()
    assert seeker.run().plan.writes == ()
    assert seeker.calendar == before


def test_nothing_is_deleted_in_the_first_run_after_a_loss() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    seeker.run()
    assert isinstance(seeker.store, MemoryState)
    seeker.store.memory = replace(seeker.store.memory, lost=True)
    before = set(seeker.calendar)
    del seeker.rows[1]
    seeker.run()
    assert before <= seeker.calendar.keys()
    seeker.run()
    assert not before <= seeker.calendar.keys()


def test_an_event_of_a_later_generation_is_no_twin() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    seeker.repair(repair.clear)
    seeker.run()
    before = titles(seeker)
    lose(seeker)
    seeker.run()
    seeker.run()
    assert titles(seeker) == before
    assert len({event.snapshot.start for event in seeker.calendar.values()}) == len(seeker.calendar)


def test_a_lead_keeps_the_form_of_key_it_began_with() -> None:
    seeker = Seeker([a_row("Acme", contact_name="Dana Reed"), a_row("Acme", "2027-01-06", contact_name="Kim Park")])
    seeker.run()
    before = titles(seeker)
    del seeker.rows[0]
    lose(seeker)
    for _ in range(3):
        seeker.run()
    assert max(titles(seeker).values()) == 1, "the row left over kept its longer key"
    assert before.keys() <= titles(seeker).keys(), "what cannot be told apart stays"


def test_a_gap_is_not_filled() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    first = seeker.shown("Acme")
    assert first.snapshot.start == at("2027-01-11")
    del seeker.calendar[first.uid]
    lose(seeker)
    for _ in range(3):
        seeker.run()
    assert first.uid not in seeker.calendar
    assert first.snapshot.start not in {event.snapshot.start for event in seeker.calendar.values()}
    memory = seeker.store.load()
    assert memory.touches[first.uid].reaction is Reaction.DELETED
    (dismissal,) = make_status(memory, now=seeker.now).dismissed
    assert dismissal.title == first.snapshot.summary, "status names it by its title, not by its rule"


def test_a_new_lead_gets_its_events_all_the_same() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    lose(seeker)
    seeker.rows.append(a_row("Globex"))
    seeker.run()
    assert any("Globex" in title for title in titles(seeker))


def wait(seeker: Seeker, days: int) -> None:
    """A run on each of these days."""
    for _ in range(days):
        seeker.now += timedelta(days=1)
        seeker.run()


def tick(seeker: Seeker, words: str) -> str:
    """The user ticks the open event of this title; its uid."""
    (uid,) = (uid for uid, event in seeker.calendar.items() if event.snapshot.summary.startswith(words))
    seeker.edit(uid, summary=f"✓ {seeker.calendar[uid].snapshot.summary}")
    return uid


def test_the_touch_with_an_agency_goes_on_with_its_round() -> None:
    seeker = Seeker([a_row("Acme", agency="Hays", contact_kind="recruiter")])
    seeker.run()
    tick(seeker, "Dana Acme: keep in touch")
    wait(seeker, 2)
    before = dict(seeker.calendar)
    assert titles(seeker)["Dana Acme: keep in touch"] == 1
    lose(seeker)
    for _ in range(3):
        seeker.run()
    assert seeker.calendar.keys() == before.keys()
    assert titles(seeker) == Counter(event.snapshot.summary for event in before.values())


def test_the_next_news_for_a_referrer_does_not_overwrite_the_last() -> None:
    seeker = Seeker([a_row("Acme", referrer="Mara Lind", received_at="2027-01-04")])
    seeker.run()
    seeker.rows[0]["status"] = "interview"
    wait(seeker, 2)
    told = tick(seeker, "Mara Lind: tell how it goes")
    wait(seeker, 2)
    lose(seeker)
    wait(seeker, 2)
    seeker.rows[0]["status"] = "offer"
    wait(seeker, 2)
    assert seeker.calendar[told].snapshot.summary.startswith("✓")
    assert titles(seeker)["Mara Lind: tell how it goes"] == 1


def test_the_next_weekly_review_is_the_one_that_stands_there_already() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    for _ in range(10):
        wait(seeker, 2)
    before = {uid: (event.snapshot.summary, event.snapshot.start) for uid, event in seeker.calendar.items()}
    assert [summary for summary, _ in before.values()].count("Weekly review") > 2
    lose(seeker)
    for _ in range(3):
        seeker.run()
    after = {uid: (event.snapshot.summary, event.snapshot.start) for uid, event in seeker.calendar.items()}
    assert after == before


def test_a_first_run_that_was_killed_is_no_loss_of_memory() -> None:
    seeker, fuse = Seeker([a_row("Acme"), a_row("Globex")]), Fuse(left=3)
    calendar = seeker.target
    assert isinstance(calendar, MemoryTarget)
    seeker.target = BurningTarget(calendar, fuse)
    with pytest.raises(Killed):
        seeker.run()
    seeker.target = calendar
    assert seeker.calendar
    seeker.rows[0]["status"] = "interview"
    notes = [note.reason for note in seeker.run().plan.notes]
    assert load_remarks("en").say("run.lost") not in notes
    assert titles(seeker)["Acme, Analyst: add a date"], "it is new, so nobody can have deleted it"


def test_after_three_killed_first_runs_and_a_loss_no_step_stands_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.reconcile.rebuilding.MANY", 0)  # as where a thousand leads leave time for the likely only
    seeker = Seeker([a_row(company) for company in ("Acme", "Globex", "Hooli")])
    calendar = seeker.target
    assert isinstance(calendar, MemoryTarget)
    for _ in range(3):
        seeker.target = BurningTarget(calendar, Fuse(left=2))
        with pytest.raises(Killed):
            seeker.run()
    seeker.target = calendar
    seeker.run()
    before = titles(seeker)
    assert before["Dana Hooli, Hooli: follow up"] == 2, "its second step stands there in its fourth generation"
    lose(seeker)
    assert seeker.run().plan.writes == ()
    assert titles(seeker) == before


@pytest.mark.parametrize(
    ("edit", "reaction"),
    [
        pytest.param({"summary": "✓ done"}, Reaction.TICKED, id="ticked in the title"),
        pytest.param({"status": "COMPLETED"}, Reaction.TICKED, id="ticked in the status"),
        pytest.param(
            {"start": at("2027-01-14", "15:00"), "end": at("2027-01-14", "15:15")}, Reaction.DRAGGED, id="drag"
        ),
        pytest.param({"start": at("2027-01-11", "15:00"), "end": at("2027-01-11", "15:15")}, None, id="another hour"),
        pytest.param({"summary": "Ring Dana"}, None, id="a new title"),
    ],
)
def test_ticks_and_moves_are_read_from_the_calendar(edit: dict[str, object], reaction: Reaction | None) -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    uid = seeker.shown("Acme").uid
    seeker.edit(uid, **edit)
    lose(seeker)
    before = seeker.calendar[uid].snapshot
    for _ in range(3):
        seeker.run()
    known, after = seeker.store.load().touches[uid], seeker.calendar[uid].snapshot
    assert known.reaction is reaction
    assert known.done_on == (date(2027, 1, 4) if reaction is Reaction.TICKED else None)
    assert {name: getattr(after, name) for name in edit} == edit
    assert (after.categories, our_part(after.description)[:15]) == (
        before.categories,
        our_part(before.description)[:15],
    )


@pytest.mark.parametrize(
    "edit", [{"summary": "✓ Call Hays"}, {"status": "COMPLETED"}, {}], ids=["title", "status", "none"]
)
def test_a_round_that_was_ticked_is_known_for_done(edit: dict[str, str]) -> None:
    uid = make_uid("test", "agency:hays", "R-001-13", round=3)
    event = make_event(start=at("2026-12-01"), end=at("2026-12-01", "09:15"))
    snapshot = replace(snapshot_of(event, make_stamp(written=at("2026-12-02", "18:00"))), **edit)
    found = [Found(uid, None, "agency:hays", "R-001-13", "", 3, 0)]
    there = Observation({uid: RemoteEvent(uid, f"/{uid}.ics", '"1"', snapshot, "")})
    memory = recall(Memory(), found, there, owner="test", now=NOW, zone=ZONE, ticks=TickPattern([]))
    known = memory.touches[uid]
    assert (known.round, known.start, known.raw) == (3, at("2026-12-01"), date(2026, 12, 1))
    assert (known.reaction, known.done_on) == ((Reaction.TICKED, date(2026, 12, 2)) if edit else (None, None))


@pytest.mark.parametrize(
    ("stages", "days", "cells", "expected"),
    [
        pytest.param(["sent", "on_hold"], 3, {}, ("R-003-1", "on_hold"), id="on hold"),
        pytest.param(["sent", "interview"], 3, {}, ("R-000-4", "interview"), id="an interview without its date"),
        pytest.param(["sent", "offer"], 3, {}, ("R-000-4", "offer"), id="an offer without its date"),
        pytest.param(["sent"], 60, {}, ("R-003-1", ""), id="the end of a ladder"),
        pytest.param(["sent", "in_touch"], 60, {}, ("R-003-1", "waiting"), id="no answer to them"),
        pytest.param(
            ["sent"], 9, {"referrer": "Mara Lind", "received_at": "2027-01-04"}, ("R-003-1", "R-002-1"), id="critical"
        ),
        pytest.param(["sent"], 3, {}, ("R-003-13", "organisation:acme"), id="news of an employer"),
    ],
)
def test_every_identity_a_lead_can_have_is_known_again(
    stages: list[str], days: int, cells: dict[str, str], expected: tuple[str, str]
) -> None:
    seeker = Seeker([a_row("Acme", **cells)], settings=settings_with('[rules]\nenable = ["R-003-13"]\n'))
    for stage in stages:
        seeker.rows[0]["status"] = stage
        wait(seeker, days)
    report = seeker.run()
    touches = report.memory.touches
    assert expected in {(touch.rule, touch.party) for touch in touches.values()}
    rules = load_advice(seeker.settings).rules
    found = recognise(touches, leads=report.leads.leads, rules=rules, owner="test")
    assert {item.uid: (item.key, item.rule, item.party, item.round, item.generation) for item in found} == {
        uid: (touch.lead_key, touch.rule, touch.party, touch.round, touch.generation) for uid, touch in touches.items()
    }


def five_who_never_logged(after: str = "2026-12-20") -> Seeker:
    """Five applications of days long before the first run; none of their earlier asks was ever an event."""
    days = ("2026-12-14", "2026-12-15", "2026-12-16", "2026-12-17", "2026-12-18")
    seeker = Seeker([a_row(f"Firm{number}", day) for number, day in enumerate(days)], now=at("2027-01-05", "08:30"))
    seeker.run()
    return seeker


def places(seeker: Seeker) -> dict[str, object]:
    """Where the follow-ups with the five firms stand."""
    events = {uid: event.snapshot for uid, event in seeker.calendar.items()}
    return {uid: shown.start for uid, shown in events.items() if "Firm" in shown.summary}


@pytest.mark.parametrize("seen", [True, False], ids=["the tick was seen", "the tick is new"])
def test_one_tick_and_a_lost_state_bring_no_ask_of_weeks_ago_back(seen: bool) -> None:
    seeker, kept = five_who_never_logged(), five_who_never_logged()
    for each, loses in ((kept, False), (seeker, True)):
        tick(each, "Dana Firm0")
        if seen:
            each.run()
        if loses:
            lose(each)
        each.run()
        each.run()
    assert places(seeker) == places(kept), "what lies before an event that stands is over"
    texts = [{uid: event.snapshot.description for uid, event in each.calendar.items()} for each in (seeker, kept)]
    assert texts[0] == texts[1], "and no message is proposed twice"
    assert not seeker.run().plan.writes


def test_a_second_computer_after_a_tick_plans_what_the_first_one_planned() -> None:
    seeker = five_who_never_logged()
    tick(seeker, "Dana Firm0")
    seeker.run()
    before, first = places(seeker), seeker.store
    lose(seeker)
    assert not seeker.run().plan.writes, "it finds all in its place"
    second = seeker.store
    for _ in range(4):
        wait(seeker, 1)
        seeker.store = first if seeker.store is second else second
        assert places(seeker) == before
