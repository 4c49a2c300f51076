"""A calendar that refuses what should be in it: no run calls that planned, and none ends with 0."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from runner import Seeker, a_row
from stub_server import CALENDAR, REJECTED_WORD, WALLS
from worlds import StubWorld

from sync.agenda import make_agenda
from sync.models import Action, Result
from sync.quiet import troubles_of_report
from sync.render.agendas import show_agenda
from sync.render.statuses import status_lines
from sync.status import make_status
from sync.summary import done_line


def a_seeker(world: StubWorld, *companies: str) -> Seeker:
    rows = [a_row(company) for company in companies]
    return Seeker(rows, target=world.target, now=world.stub.time.now)


@pytest.mark.parametrize("wall", sorted(WALLS))
def test_no_run_calls_an_empty_calendar_planned(wall: str) -> None:
    world = StubWorld(frozenset({wall}))
    seeker = a_seeker(world, "Acme", "Globex", "Hooli", "Initrode", "Umbrella")
    for _ in range(5):
        seeker.now += timedelta(days=1)
        world.stub.time.now = seeker.now
        report = seeker.run()
        assert report.exit_code == 6
        assert report.plan.count(Action.KEEP) == 0
        assert not any(outcome.rejected for outcome in report.outcomes)
        assert 0 < world.stub.writes() <= 6, "a few tries say it all"
        assert "refuses to write" in " ".join(report.messages)
        assert "Apache" not in " ".join(report.messages)
        assert "as planned" not in done_line(report.plan, report.outcomes)
        assert troubles_of_report(report), "a quiet run says it, too"
    world.stub.habits = frozenset()
    report = seeker.run()
    assert report.exit_code == 0
    assert {outcome.result for outcome in report.outcomes} == {Result.DONE}
    assert world.uids()


@pytest.mark.parametrize(
    ("wall", "sentence"),
    [
        ("refuses_403", "not write into it"),
        ("refuses_privileges", "not write into it"),
        ("refuses_events", "takes no events"),
        ("refuses_404", "takes no events at this address"),
        ("refuses_405", "takes no events at this address"),
    ],
)
def test_what_a_refusal_means_is_said(wall: str, sentence: str) -> None:
    report = a_seeker(StubWorld(frozenset({wall})), "Acme").run()
    assert sentence in " ".join(report.messages)


@pytest.mark.parametrize("wall", sorted(WALLS))
def test_a_corrected_date_gets_through_as_soon_as_writes_do(wall: str) -> None:
    world = StubWorld()
    seeker = a_seeker(world, "Acme", "Globex", "Hooli")
    seeker.run()
    world.stub.habits = frozenset({wall})
    for row in seeker.rows:
        row["applied_on"] = "2027-01-06"
    assert seeker.run().exit_code == 6
    assert seeker.run().exit_code == 6
    world.stub.habits = frozenset()
    report = seeker.run()
    assert report.exit_code == 0
    assert report.plan.count(Action.UPDATE) >= 3
    assert seeker.run().outcomes == ()


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_event_whose_content_is_refused_is_never_counted_as_kept(status: int) -> None:
    world = StubWorld(frozenset({"rejects_404"}))
    world.stub.rejects_with = status
    seeker = a_seeker(world, "Acme", "Globex", REJECTED_WORD)
    first = seeker.run()
    assert first.exit_code == 6
    there = len(world.uids())
    world.stub.writes()
    for _ in range(3):
        report = seeker.run()
        assert report.exit_code == 6, "it is not in the calendar"
        assert report.plan.count(Action.KEEP) == there
        assert REJECTED_WORD in " ".join(report.messages)
        assert "refused by its server" in done_line(report.plan, report.outcomes)
        assert world.stub.writes() == 0
        assert [outcome.paced for outcome in report.outcomes] == [True], "the heartbeat tells of runs that ended well"


def test_a_few_refusals_among_many_events_are_about_those_events() -> None:
    world = StubWorld(frozenset({"rejects_404"}))
    seeker = a_seeker(world, *(f"Aa{n} {REJECTED_WORD}" for n in range(4)), *(f"Firm {n}" for n in range(9)))
    report = seeker.run()
    rejected = [outcome for outcome in report.outcomes if outcome.rejected]
    assert len(rejected) >= 4
    assert {outcome.result for outcome in report.outcomes if outcome not in rejected} <= {Result.DONE, Result.HELD}


@pytest.mark.parametrize(
    "odd", ["DTSTART:99991231T235959Z", "DTSTART:never", "DTSTART;TZID=Nowhere/Land:20270119T100000"]
)
def test_an_event_of_ours_that_cannot_be_read_is_named_everywhere(odd: str) -> None:
    """A move that nobody understands must not be ignored in silence."""
    world = StubWorld()
    seeker = a_seeker(world, "Acme", "Globex")
    seeker.run()
    path, thing = next((p, t) for p, t in sorted(world.stub.things.items()) if "Acme" in t.data)
    world.stub.put(path.removeprefix(CALENDAR), re.sub(r"DTSTART;TZID[^\r]*", odd, thing.data))
    report = seeker.run()
    (note,) = report.plan.unreadable
    assert "Acme" in note.reason and note in report.plan.notes
    assert world.stub.things[path].data.count(odd) == 1, "it is left as it is"
    assert [t.sentence for t in troubles_of_report(report)] == [note.reason], "a quiet run says it, too"
    lines = " ".join(status_lines(make_status(seeker.store.load(), now=seeker.now), zone=seeker.settings.zone))
    assert "Acme" in lines and "cannot be read" in lines
    console = Console(file=StringIO(), width=200)
    show_agenda(console, make_agenda(report.plan, days=14))
    assert "cannot be read" in console.file.getvalue()  # type: ignore[attr-defined]
    assert report.quiet_until is None or troubles_of_report(report)
    world.stub.put(path.removeprefix(CALENDAR), thing.data)
    assert seeker.run().plan.unreadable == ()


def test_a_move_in_floating_time_is_taken_up() -> None:
    world = StubWorld(zone=ZoneInfo("America/New_York"))
    seeker = a_seeker(world, "Acme")
    seeker.run()
    path, thing = next((p, t) for p, t in sorted(world.stub.things.items()) if "Acme" in t.data)
    moved = re.sub(r"DTSTART;TZID[^\r]*", "DTSTART:20270120T110000", thing.data)
    world.stub.put(path.removeprefix(CALENDAR), re.sub(r"DTEND;TZID[^\r]*", "DTEND:20270120T111500", moved))
    seeker.run()
    uid = path.removeprefix(CALENDAR).removesuffix(".ics")
    pinned = seeker.store.load().touches[uid].pinned_to
    assert pinned == datetime(2027, 1, 20, 11, tzinfo=ZoneInfo("America/New_York"))
