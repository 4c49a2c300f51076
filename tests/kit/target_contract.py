"""What every target must do. A new connector's test subclasses `TargetContract` and gives a factory."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from connectors.ical.writing import serialise, snapshot_of
from connectors.outside import Outside
from sync.models import Action, Change, Event, Observation, Outcome, RemoteEvent, Result, Stamp
from sync.protocols import Target
from sync.reconcile.identity import make_uid
from sync.reconcile.marker_lines import our_part

OWNER = "k3x9"
NOW = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)
DEADLINE = NOW + timedelta(minutes=5)
NEW_YORK = ZoneInfo("America/New_York")


def make_event(lead: str = "acme", **changed: object) -> Event:
    """A follow-up as the engine makes them."""
    start = datetime(2027, 1, 18, 9, 0, tzinfo=NEW_YORK)
    event = Event(
        uid=make_uid(OWNER, lead, "R-001-1"),
        start=start,
        end=start + timedelta(minutes=15),
        zone="America/New_York",
        summary=f"Follow up: {lead}, Ünïcode; commas, and \\ slashes",
        description="Why: seven days without an answer.\nBy mail to ann@example.org",
        categories=("follow-up", "asking"),
        alarm=timedelta(minutes=10),
        url="https://example.org/jobs/7?a=1&b=2",
        color="steelblue",
        row="leads.csv:7",
        address="https://example.org/sheet#7",
    )
    return replace(event, **changed)


def make_stamp(sequence: int = 0, written: datetime = NOW) -> Stamp:
    return Stamp(created=NOW, written=written, sequence=sequence)


OLD, STAMP = make_event("an older one"), make_stamp()


def create(event: Event) -> Change:
    return Change(Action.CREATE, event.uid, event.summary, event.start, "7", "new", event=event, stamp=make_stamp())


def update(event: Event, base: RemoteEvent) -> Change:
    stamp = make_stamp(base.snapshot.sequence + 1, NOW + timedelta(hours=1))
    return Change(
        Action.UPDATE, event.uid, event.summary, event.start, "7", "moved", event=event, stamp=stamp, base=base
    )


def keep(event: Event, base: RemoteEvent) -> Change:
    return Change(
        Action.KEEP, event.uid, event.summary, event.start, "7", "", event=event, stamp=make_stamp(), base=base
    )


def delete(base: RemoteEvent) -> Change:
    return Change(Action.DELETE, base.uid, base.snapshot.summary, base.snapshot.start, "7", "closed", base=base)


def apply(target: Target, *changes: Change, observed: Observation | None = None) -> dict[str, Outcome]:
    """Carry changes out upon what the target holds now."""
    outcomes = list(target.apply(changes, observed=observed or target.observe({}), deadline=DEADLINE))
    assert len({outcome.uid for outcome in outcomes}) == len(outcomes)
    return {outcome.uid: outcome for outcome in outcomes}


def as_found(remote: RemoteEvent | None) -> RemoteEvent:
    """The copy as somebody finds it who does not know that all of its text is ours."""
    assert remote is not None
    return replace(remote, ours_alone=False)


def outside_for(folder: object, **changed: object) -> Outside:
    """The outside world of a test: fixed clock, no waiting, a made-up secret."""
    from pathlib import Path

    assert isinstance(folder, Path)
    outside = Outside(folder=folder, clock=lambda: NOW, sleep=lambda seconds: None, secret=lambda section: "secret")
    return replace(outside, **changed)


class TargetContract:
    """Subclasses give the fixture `target`: an empty calendar of owner `OWNER`."""

    @pytest.fixture
    def target(self) -> Target:
        raise NotImplementedError

    @pytest.mark.parametrize(
        "raw",
        ["", '{"id": "x", "location": "Kern"}', "BEGIN:VEVENT\r\nUID:x\r\nEND:VEVENT", serialise(OLD, STAMP).decode()],
        ids=["none", "Google's", "a feed's", "a server's"],
    )
    def test_what_comes_back_from_a_calendar_of_any_kind_is_made(self, target: Target, raw: str) -> None:
        """`undo` after a move into another calendar: the copy is what the one of before had kept."""
        event = make_event()
        copy = RemoteEvent(OLD.uid, "", "", snapshot_of(OLD, STAMP), raw)
        outcomes = apply(target, replace(create(event), again=copy))
        assert outcomes[event.uid].result is Result.DONE, outcomes
        assert target.observe({}).events[event.uid].snapshot.summary == event.summary

    def test_empty_calendar(self, target: Target) -> None:
        assert target.observe({}).events == {}
        assert apply(target) == {}

    def test_created_event_is_read_back(self, target: Target) -> None:
        event = make_event()
        outcome = apply(target, create(event))[event.uid]
        assert outcome.result is Result.DONE
        remote = target.observe({}).events[event.uid]
        assert remote == as_found(outcome.remote)
        snapshot = remote.snapshot
        assert (snapshot.start, snapshot.end) == (event.start, event.end)
        assert snapshot.summary == event.summary
        assert our_part(snapshot.description) in (event.description, "")
        assert event.description in snapshot.description
        assert set(snapshot.categories) == set(event.categories)
        assert (snapshot.status, snapshot.url) == ("CONFIRMED", event.url)
        assert (snapshot.our_alarm, snapshot.sequence) == (event.alarm, 0)
        assert not snapshot.hands_off

    @pytest.mark.parametrize(
        "event",
        [
            pytest.param(
                make_event(start=date(2027, 1, 18), end=date(2027, 1, 19), alarm=timedelta(hours=-9)), id="all-day"
            ),
            pytest.param(make_event(alarm=None), id="no alarm"),
            pytest.param(make_event(alarm=timedelta(0)), id="alarm at the start"),
            pytest.param(make_event(tentative=True), id="tentative"),
            pytest.param(make_event(summary="x" * 200, description="長い説明 🙂 " * 60), id="long and wide text"),
            pytest.param(make_event(url="", categories=(), color=""), id="bare"),
            pytest.param(
                make_event(
                    zone="Asia/Kolkata",
                    start=datetime(2027, 3, 28, 9, 15, tzinfo=ZoneInfo("Asia/Kolkata")),
                    end=datetime(2027, 3, 28, 9, 30, tzinfo=ZoneInfo("Asia/Kolkata")),
                ),
                id="half-hour zone",
            ),
            pytest.param(make_event(zone="UTC", start=NOW, end=NOW + timedelta(minutes=15)), id="utc"),
        ],
    )
    def test_kinds_of_events(self, target: Target, event: Event) -> None:
        assert apply(target, create(event))[event.uid].result is Result.DONE
        snapshot = target.observe({}).events[event.uid].snapshot
        assert (snapshot.start, snapshot.end, type(snapshot.start)) == (event.start, event.end, type(event.start))
        assert (snapshot.summary, snapshot.our_alarm) == (event.summary, event.alarm)
        assert snapshot.status == ("TENTATIVE" if event.tentative else "CONFIRMED")
        assert event.description.strip() in snapshot.description

    def test_update_moves_the_event(self, target: Target) -> None:
        event = make_event()
        apply(target, create(event))
        base = target.observe({}).events[event.uid]
        moved = replace(event, start=event.start + timedelta(days=1), end=event.end + timedelta(days=1))
        outcome = apply(target, update(moved, base))[event.uid]
        assert outcome.result is Result.DONE
        assert outcome.remote is not None
        assert outcome.remote.snapshot.start == moved.start
        assert outcome.remote.snapshot.sequence == 1
        assert outcome.remote.etag != base.etag
        assert target.observe({}).events == {event.uid: as_found(outcome.remote)}

    def test_delete_removes_only_that_event(self, target: Target) -> None:
        one, other = make_event("acme"), make_event("globex")
        apply(target, create(one), create(other))
        held = target.observe({}).events
        outcome = apply(target, delete(held[one.uid]), keep(other, held[other.uid]))
        assert {uid: o.result for uid, o in outcome.items()} == {one.uid: Result.DONE}
        assert target.observe({}).events == {other.uid: held[other.uid]}

    def test_unchanged_events_are_handed_back(self, target: Target) -> None:
        event = make_event()
        apply(target, create(event))
        known = target.observe({}).events
        assert target.observe(known).events == known

    def test_many_at_once(self, target: Target) -> None:
        events = [make_event(f"lead{n}") for n in range(25)]
        outcomes = apply(target, *map(create, events))
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        held = target.observe({}).events
        assert held == {uid: as_found(outcome.remote) for uid, outcome in outcomes.items()}
        changes = [update(replace(event, summary="new"), held[event.uid]) for event in events[:10]]
        changes += [delete(held[event.uid]) for event in events[10:15]]
        changes += [create(make_event(f"more{n}")) for n in range(5)]
        changes += [keep(event, held[event.uid]) for event in events[15:]]
        outcomes = apply(target, *changes)
        assert len(outcomes) == 20
        assert {outcome.result for outcome in outcomes.values()} == {Result.DONE}
        assert len(target.observe(held).events) == 25
