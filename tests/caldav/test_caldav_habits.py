"""The CalDAV target on a server with the bad habits of real ones, one by one and in pairs.

`Publisher` is the least thing that publishes: it remembers what it wrote and wants the calendar to hold its events.
Whatever the server does, nothing foreign is touched, nothing is there twice, nothing of ours is lost, and once the
faults are over two runs put everything right and the third writes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from runner import Seeker, a_row
from stub_server import CALENDAR, FAULTS, HABITS, REJECTED_WORD, StubServer, VirtualTime
from target_contract import OWNER, as_found, create, delete, keep, make_event, make_stamp, outside_for, update
from worlds import StubWorld

from connectors.caldav_server import CaldavServer
from connectors.dav.collection import CalendarCollection
from connectors.dav.server_profiles import ServerProfile
from connectors.http_transport import Answer, Login
from connectors.ical.writing import Dialect, serialise, snapshot_of
from connectors.sqlite_state import SqliteState
from sync.errors import CredentialsError, LoginTo, TargetError
from sync.models import Change, Event, Observation, Outcome, RemoteEvent, Result
from sync.repair import try_out

FOREIGN = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:dentist\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
LOGIN = Login("ann", "secret")
SNAPSHOT = snapshot_of(make_event("acme"), make_stamp())
URL = f"http://127.0.0.1:1{CALENDAR}"


def make_target(stub: StubServer, **profile: Any) -> CaldavServer:
    outside = outside_for(Path(), clock=stub.time.clock, sleep=stub.time.sleep)
    return CaldavServer(
        stub, URL, owner=OWNER, profile=ServerProfile(window=1, **profile), outside=outside, login=LOGIN
    )


@dataclass
class Publisher:
    """Wants its events there. An event once proven there that is missing later counts as deleted by the user."""

    stub: StubServer
    target: CaldavServer
    wanted: dict[str, Event]
    written: dict[str, Event] = field(default_factory=dict)
    remotes: dict[str, RemoteEvent] = field(default_factory=dict)
    deleted_by_user: set[str] = field(default_factory=set)
    rejected: dict[str, str] = field(default_factory=dict)

    def run(self) -> dict[str, Outcome]:
        """One run; a failure of the whole run leaves everything for the next one."""
        try:
            observed = self.target.observe(self.remotes)
            outcomes = {}
            deadline = self.stub.time.now + timedelta(minutes=5)
            changes = self._changes(observed.events)
            for outcome in self.target.apply(changes, observed=observed, deadline=deadline):
                assert outcome.uid not in outcomes
                outcomes[outcome.uid] = outcome
            assert outcomes.keys() == {c.uid for c in changes if c.action.value != "keep"}
        except (TargetError, CredentialsError) as error:
            self.stub.time.now = max(self.stub.time.now + timedelta(hours=1), error.not_before or self.stub.time.now)
            return {}
        for outcome in outcomes.values():
            self._remember(outcome)
        self.stub.time.sleep(3600)
        return outcomes

    def _changes(self, there: Mapping[str, RemoteEvent]) -> list[Change]:
        self.deleted_by_user |= self.remotes.keys() - there.keys()
        changes = []
        for uid, event in self.wanted.items():
            if uid in there:
                self.remotes[uid] = there[uid]
                same = self.written.get(uid) == event
                changes.append(keep(event, there[uid]) if same else update(event, there[uid]))
            elif uid not in self.deleted_by_user and uid not in self.rejected:
                changes.append(create(event))
        changes += [delete(there[uid]) for uid in self.remotes.keys() & there.keys() if uid not in self.wanted]
        return changes

    def _remember(self, outcome: Outcome) -> None:
        uid = outcome.uid
        if outcome.rejected:
            self.rejected[uid] = outcome.message
        if outcome.remote is not None:
            self.remotes[uid] = outcome.remote
        if outcome.result is Result.DONE and uid in self.wanted:
            self.written[uid] = self.wanted[uid]
        elif outcome.result is Result.DONE:
            self.remotes.pop(uid, None)


def make_publisher(
    *, faults: dict[str, int] | None = None, habits: set[str] | None = None, **stub: object
) -> Publisher:
    server = StubServer(VirtualTime(), frozenset(habits or ()), dict(faults or {}), **stub)  # type: ignore[arg-type]
    server.put_foreign("dentist.ics", FOREIGN)
    events = {event.uid: event for event in (make_event("acme"), make_event("globex"), make_event(REJECTED_WORD))}
    dialect = Dialect(utc="loses_zones" in server.habits)
    if any(habit.startswith("conflict_") for habit in server.habits):
        first = next(iter(events.values()))
        server.put("renamed-by-a-client.ics", serialise(first, make_stamp(), dialect=dialect).decode())
    target = make_target(server)
    if dialect.utc:  # tried out before the trouble began
        server.faults, trouble = {}, server.faults
        target.heed(target.probe())
        server.faults = trouble
        server.log.clear()
    return Publisher(server, target, events)


def is_rejected(publisher: Publisher, uid: str) -> bool:
    """Whether the server finds something bad in this event."""
    return "rejects_404" in publisher.stub.habits and REJECTED_WORD in publisher.wanted[uid].summary


def change_wishes(publisher: Publisher) -> None:
    """One event moves, one goes, one comes."""
    first, second, _ = publisher.wanted
    moved = publisher.wanted[first]
    publisher.wanted[first] = replace(moved, start=moved.start + timedelta(days=1), end=moved.end + timedelta(days=1))
    del publisher.wanted[second]
    new = make_event("umbrella")
    publisher.wanted[new.uid] = new


def settle(publisher: Publisher, runs: int = 8) -> None:
    """Run until faults are over, then twice more; then a run writes nothing and everything wanted is there once."""
    stub = publisher.stub
    for _ in range(runs):
        publisher.run()
        if not any(stub.faults.values()):
            break
    publisher.run()
    publisher.run()
    stub.writes()
    assert publisher.run() == {}
    assert stub.writes() == 0
    assert set(publisher.rejected) == {uid for uid in publisher.wanted if is_rejected(publisher, uid)}
    taken = {uid: event for uid, event in publisher.wanted.items() if uid not in publisher.rejected}
    assert sorted(stub.uids()) == sorted([*taken, "dentist"])
    assert not publisher.deleted_by_user
    for uid, event in taken.items():
        assert publisher.remotes[uid].snapshot.start == event.start
        assert publisher.remotes[uid].snapshot.summary == event.summary


def play(habits: set[str], faults: dict[str, int]) -> None:
    """First push, then a change of wishes, the faults striking both."""
    publisher = make_publisher(habits=habits, faults=faults)
    settle(publisher)
    publisher.stub.faults = dict(faults)
    change_wishes(publisher)
    settle(publisher)


@pytest.mark.parametrize("habit", sorted(HABITS))
def test_habit(habit: str) -> None:
    play({habit}, {})


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_fault(fault: str, times: int) -> None:
    play(set(), {fault: times})


ALONE = ("false_yes", "rejects_404")
"""The lie meets the one bad event, which is then refused alone: below."""
PAIRS = [
    pair
    for pair in combinations(sorted(HABITS | FAULTS), 2)
    if not all(name.startswith("conflict_") for name in pair) and pair != ALONE  # a server speaks one of these
]


@pytest.mark.parametrize("pair", PAIRS[::17], ids="+".join)
def test_pair(pair: tuple[str, str]) -> None:
    play(set(pair) & HABITS, dict.fromkeys(set(pair) & FAULTS, 1))


@pytest.mark.soak
@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
def test_every_pair(pair: tuple[str, str]) -> None:
    play(set(pair) & HABITS, dict.fromkeys(set(pair) & FAULTS, 1))


def test_one_event_that_is_refused_alone_and_without_a_reason_is_told_of_in_each_run() -> None:
    """Nobody can tell whether it is the event or the calendar: it is not taken for settled."""
    publisher = make_publisher(habits={"rejects_404"}, faults={"false_yes": 1})
    publisher.run()
    for _ in range(3):
        [outcome] = publisher.run().values()
        assert (outcome.result, outcome.rejected) == (Result.REFUSED, False)
        assert "404" in outcome.message
    publisher.wanted |= {event.uid: event for event in [make_event("umbrella")]}
    publisher.run()
    assert len(publisher.rejected) == 1, "the calendar takes another one, so it is the event"
    assert publisher.run() == {}


@pytest.mark.parametrize("habit", sorted(habit for habit in HABITS if habit.startswith("conflict_")))
def test_our_uid_under_another_name_is_taken_up(habit: str) -> None:
    publisher = make_publisher(habits={habit})
    settle(publisher)
    assert publisher.remotes[next(iter(publisher.wanted))].href.endswith("renamed-by-a-client.ics")


@pytest.mark.parametrize("status", [400, 403, 404, 413, 415, 422])
def test_one_rejected_event_never_stops_the_rest(status: int) -> None:
    publisher = make_publisher(habits={"rejects_404"}, rejects_with=status)
    outcomes = publisher.run()
    assert sorted(outcome.result for outcome in outcomes.values()) == [Result.DONE, Result.DONE, Result.REFUSED]
    assert list(publisher.rejected) == [uid for uid in publisher.wanted if is_rejected(publisher, uid)]
    publisher.stub.writes()
    assert publisher.run() == {}
    assert publisher.stub.writes() == 0


def test_a_uid_in_a_full_trash_is_used_up() -> None:
    publisher = make_publisher(habits={"trash"})
    uid = next(iter(publisher.wanted))
    publisher.stub.trashed.add(uid)
    outcome = publisher.run()[uid]
    assert (outcome.result, outcome.burnt) == (Result.REFUSED, True)
    assert "trash" in outcome.message


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [("slow_down_429", 180), ("slow_down_429_date", 135), ("slow_down_503", 180), ("slow_down_503_date", 135)],
)
def test_a_wait_is_told_and_nothing_more_is_sent(fault: str, seconds: int) -> None:
    publisher = make_publisher(faults={fault: 9})
    now = publisher.stub.time.now
    outcomes = publisher.run()
    assert {outcome.result for outcome in outcomes.values()} == {Result.HELD}
    assert {outcome.not_before for outcome in outcomes.values()} == {now + timedelta(seconds=seconds)}
    assert publisher.stub.writes() == 1


def test_a_wait_at_the_listing_ends_the_run_with_its_time() -> None:
    publisher = make_publisher(faults={"read_slow_down": 1})
    with pytest.raises(TargetError) as raised:
        publisher.target.observe({})
    assert raised.value.not_before == publisher.stub.time.now + timedelta(hours=1.5)


@pytest.mark.parametrize("fault", ["read_slow_down", "slow_down_503"], ids=["at the listing", "at a write"])
def test_no_run_asks_before_the_time_the_server_named(fault: str) -> None:
    world = StubWorld()
    seeker = Seeker([a_row("Acme")], target=world.target, now=world.stub.time.now)
    world.fail(fault)
    with contextlib.suppress(TargetError):
        assert seeker.run().exit_code == 6
    until = seeker.store.load().runs.not_before
    assert until is not None
    world.stub.log.clear()
    seeker.now = until - timedelta(minutes=15, seconds=1)
    with pytest.raises(TargetError, match="asked for a pause until"):
        seeker.run()
    assert world.stub.log == []
    world.stub.time.now = until
    seeker.now = until - timedelta(minutes=15)
    assert seeker.run().exit_code == 0
    assert seeker.store.load().runs.not_before is None


def test_a_server_that_went_away_is_not_asked_for_every_event() -> None:
    publisher = make_publisher()
    observed = publisher.target.observe({})
    publisher.stub.faults = {"drop_before": 99, "read_drop": 99}
    changes = [create(event) for event in publisher.wanted.values()]
    deadline = publisher.stub.time.now + timedelta(minutes=5)
    results = [o.result for o in publisher.target.apply(changes, observed=observed, deadline=deadline)]
    assert results == [Result.UNKNOWN, Result.HELD, Result.HELD]


def test_no_room_stops_creates_only() -> None:
    publisher = make_publisher()
    settle(publisher)
    change_wishes(publisher)
    publisher.stub.faults = {"no_room": 1}
    results = [outcome.result for outcome in publisher.run().values()]
    assert sorted(results) == [Result.DONE, Result.DONE, Result.HELD]


def test_after_the_first_create_without_room_no_other_is_tried() -> None:
    publisher = make_publisher(faults={"no_room": 1})
    assert {outcome.result for outcome in publisher.run().values()} == {Result.HELD}
    assert publisher.stub.writes() == 1


@pytest.mark.parametrize(("fault", "puts"), [("drop_before", 2), ("drop_after", 1)], ids=["before", "after it acted"])
def test_a_write_whose_answer_was_lost_is_sent_again_only_if_it_did_not_arrive(fault: str, puts: int) -> None:
    publisher = make_publisher(faults={fault: 1})
    assert {outcome.result for outcome in publisher.run().values()} == {Result.DONE}
    assert publisher.stub.writes() == puts + 2, "the other two are sent once"


@pytest.mark.parametrize("habit", ["lags_2", "lags_10"])
def test_what_counts_as_written_is_what_was_written(habit: str) -> None:
    publisher = make_publisher(habits={habit})
    publisher.run()
    first = next(iter(publisher.wanted))
    change_wishes(publisher)
    outcome = publisher.run()[first]
    assert outcome.result is Result.DONE
    assert outcome.remote is not None
    assert outcome.remote.snapshot.start == publisher.wanted[first].start


@pytest.mark.parametrize("habit", ["", "no_etag"])
def test_a_yes_that_stored_nothing_is_not_believed(habit: str) -> None:
    publisher = make_publisher(habits={habit} - {""})
    publisher.run()
    first = next(iter(publisher.wanted))
    change_wishes(publisher)
    publisher.stub.faults = {"false_yes": 2}
    assert publisher.run()[first].result is Result.UNKNOWN


@pytest.mark.parametrize(
    "fault", ["listing_truncated", "listing_inner_404", "listing_half_xml", "listing_empty", "read_page", "hides_half"]
)
def test_a_listing_that_proves_nothing_makes_nothing_absent(fault: str) -> None:
    publisher = make_publisher()
    publisher.run()
    if fault == "hides_half":
        publisher.stub.habits = frozenset({fault})
        observed = publisher.target.observe(publisher.remotes)
        found, known = (
            {uid: as_found(remote) for uid, remote in s.items()} for s in (observed.events, publisher.remotes)
        )
        assert found == known
        assert observed.notes[0].key == "event.left_out"
        return
    publisher.stub.faults = {fault: 1}
    with pytest.raises(TargetError):
        publisher.target.observe(publisher.remotes)


def test_an_event_that_is_refused_is_not_absent() -> None:
    publisher = make_publisher(habits={"multiget_omits"})
    publisher.run()
    publisher.stub.habits = frozenset({"multiget_omits", "hides_half"})
    publisher.stub.faults = {"get_403": 9}
    with pytest.raises(TargetError):
        publisher.target.observe(publisher.remotes)


def test_a_truncated_listing_says_so() -> None:
    publisher = make_publisher(faults={"listing_truncated": 1})
    with pytest.raises(TargetError, match="only a part"):
        publisher.target.observe({})


def create_what_came_meanwhile(publisher: Publisher) -> Outcome:
    """The outcome of a create whose event came there after the listing, renamed; it stays as it came."""
    event = next(iter(publisher.wanted.values()))
    observed = publisher.target.observe({})
    theirs = serialise(replace(event, summary="renamed meanwhile"), make_stamp()).decode()
    publisher.stub.put(f"{event.uid}.ics", theirs)
    deadline = publisher.stub.time.now + timedelta(minutes=5)
    (outcome,) = publisher.target.apply([create(event)], observed=observed, deadline=deadline)
    assert outcome.result is Result.UNKNOWN
    assert publisher.stub.things[f"{CALENDAR}{event.uid}.ics"].data == theirs
    return outcome


def test_a_create_never_overwrites_what_came_meanwhile() -> None:
    publisher = make_publisher()
    outcome = create_what_came_meanwhile(publisher)
    assert outcome.remote is not None
    assert outcome.remote.snapshot.summary == "renamed meanwhile"


@pytest.mark.parametrize("probed", [True, False])
@pytest.mark.parametrize("habit", ["", "weak_etag", "no_etag", "ignores_if_match", "deletes_despite_if_match"])
def test_an_update_or_delete_never_overwrites_what_came_meanwhile(habit: str, probed: bool) -> None:
    publisher = make_publisher(habits={habit} - {""})
    if probed:
        publisher.target.heed(publisher.target.probe())
    publisher.run()
    event = next(iter(publisher.wanted.values()))
    theirs = serialise(replace(event, summary="renamed meanwhile"), make_stamp(1)).decode()
    publisher.stub.put(f"{event.uid}.ics", theirs)
    base = publisher.remotes[event.uid]
    updates = [] if habit == "ignores_if_match" and not probed else [update(replace(event, summary="ours"), base)]
    for change in (*updates, delete(base)):
        observed = publisher.target.observe(publisher.remotes)
        deadline = publisher.stub.time.now + timedelta(minutes=5)
        (outcome,) = publisher.target.apply([change], observed=observed, deadline=deadline)
        assert (outcome.result, outcome.rejected) == (Result.REFUSED, False)
        assert publisher.stub.things[f"{CALENDAR}{event.uid}.ics"].data == theirs


@pytest.mark.parametrize("habit", ["", "weak_etag", "no_etag"])
def test_what_others_add_beside_our_properties_outlives_an_update(habit: str) -> None:
    publisher = make_publisher(habits={habit} - {""})
    publisher.run()
    event = next(iter(publisher.wanted.values()))
    path = f"{event.uid}.ics"
    ours = publisher.stub.things[f"{CALENDAR}{path}"].data
    publisher.stub.put(path, ours.replace("END:VEVENT", "X-COLLEAGUE:a note of theirs\r\nEND:VEVENT"))
    observed = publisher.target.observe(publisher.remotes)
    change = update(replace(event, summary="ours"), observed.events[event.uid])
    deadline = publisher.stub.time.now + timedelta(minutes=5)
    (outcome,) = publisher.target.apply([change], observed=observed, deadline=deadline)
    assert outcome.result is Result.DONE
    data = publisher.stub.things[f"{CALENDAR}{path}"].data
    assert "SUMMARY:ours" in data and "X-COLLEAGUE:a note of theirs" in data


def test_a_note_that_came_right_before_a_delete_outlives_it() -> None:
    """SOGo deletes in spite of If-Match; what only a look shows must count, too."""
    publisher = make_publisher(habits={"deletes_despite_if_match"})
    publisher.run()
    event = next(iter(publisher.wanted.values()))
    path = f"{CALENDAR}{event.uid}.ics"
    observed = publisher.target.observe(publisher.remotes)
    theirs = publisher.stub.things[path].data.replace("END:VEVENT", "LOCATION:Room 5\r\nEND:VEVENT")
    publisher.stub.put(f"{event.uid}.ics", theirs)
    deadline = publisher.stub.time.now + timedelta(minutes=5)
    change = delete(observed.events[event.uid])
    (outcome,) = publisher.target.apply([change], observed=observed, deadline=deadline)
    assert outcome.result is Result.REFUSED
    assert publisher.stub.things[path].data == theirs


def test_tags_of_packed_answers_guard_no_write() -> None:
    """Apache calls the packed form of an event `"1-gzip"` and knows no such tag when it is asked to change it."""
    publisher = make_publisher(habits={"gzip_etags", "multiget_403"})
    publisher.run()
    change_wishes(publisher)
    assert {outcome.result for outcome in publisher.run().values()} == {Result.DONE}


def test_only_what_was_seen_in_this_run_is_deleted() -> None:
    publisher = make_publisher()
    publisher.run()
    publisher.stub.writes()
    base = next(iter(publisher.remotes.values()))
    deadline = publisher.stub.time.now + timedelta(minutes=5)
    (outcome,) = publisher.target.apply([delete(base)], observed=Observation({}), deadline=deadline)
    assert outcome.result is Result.REFUSED
    assert publisher.stub.writes() == 0


REFUSED_MULTIGETS = sorted(habit for habit in HABITS if habit.startswith("multiget_"))


@pytest.mark.parametrize("habit", ["", *REFUSED_MULTIGETS])
def test_what_the_user_removed_is_absent(habit: str) -> None:
    publisher = make_publisher(habits={habit} - {""})
    publisher.run()
    uid = next(iter(publisher.wanted))
    del publisher.stub.things[f"{CALENDAR}{uid}.ics"]
    assert set(publisher.target.observe(publisher.remotes).events) == publisher.wanted.keys() - {uid}


@pytest.mark.parametrize("habit", REFUSED_MULTIGETS)
def test_a_multiget_that_is_refused_costs_few_requests_more(habit: str) -> None:
    publisher = make_publisher(habits={habit})
    events = [make_event(f"lead{number}") for number in range(150)]
    for event in events:
        publisher.stub.put(f"{event.uid}.ics", serialise(event, make_stamp()).decode())
    gone = events[7]
    del publisher.stub.things[f"{CALENDAR}{gone.uid}.ics"]
    known = {event.uid: RemoteEvent(event.uid, f"{CALENDAR}{event.uid}.ics", '"old"', SNAPSHOT, "") for event in events}
    publisher.stub.log.clear()
    observed = publisher.target.observe(known)
    assert observed.events.keys() == known.keys() - {gone.uid}
    assert len(publisher.stub.log) <= 2 * len(events)


def test_a_server_in_trouble_ends_the_run_though_its_listing_came() -> None:
    publisher = make_publisher()
    publisher.run()
    publisher.stub.faults = {"get_403": 99}
    publisher.stub.habits = frozenset({"multiget_500", "reorders"})
    for uid in publisher.wanted:
        publisher.stub.put(f"{uid}.ics", publisher.stub.things[f"{CALENDAR}{uid}.ics"].data)
    with pytest.raises(TargetError, match="gave no calendar data"):
        publisher.target.observe(publisher.remotes)


def test_after_the_deadline_nothing_is_begun() -> None:
    publisher = make_publisher()
    observed = publisher.target.observe({})
    changes = [create(event) for event in publisher.wanted.values()]
    past = publisher.stub.time.now - timedelta(seconds=1)
    outcomes = list(publisher.target.apply(changes, observed=observed, deadline=past))
    assert {outcome.result for outcome in outcomes} == {Result.HELD}
    assert publisher.stub.writes() == 0


def test_a_paced_first_upload_sends_the_nearest_first() -> None:
    publisher = make_publisher()
    target = make_target(publisher.stub, creates_per_run=2)
    events = [make_event(f"lead{n}", start=make_event().start + timedelta(days=5 - n)) for n in range(5)]
    outcomes = list(
        target.apply(
            [create(event) for event in events],
            observed=target.observe({}),
            deadline=publisher.stub.time.now + timedelta(minutes=5),
        )
    )
    done = {outcome.uid for outcome in outcomes if outcome.result is Result.DONE}
    assert done == {events[4].uid, events[3].uid}
    assert {o.message for o in outcomes if o.result is Result.HELD} == {"3 more follow in the next runs"}


@pytest.mark.parametrize("fault", ["error_after", "drop_after"])
def test_an_update_that_shows_late_after_its_answer_was_lost_is_no_edit_of_the_user(fault: str) -> None:
    publisher = make_publisher(habits={"lags_10"})
    publisher.run()
    uid, moved = next(iter(publisher.wanted.items()))
    publisher.wanted[uid] = replace(moved, start=moved.start + timedelta(days=1), end=moved.end + timedelta(days=1))
    publisher.stub.faults = {fault: 1}
    assert publisher.run()[uid].result is Result.UNKNOWN, "what lies there may be ours, so the intent stays open"


def test_a_refused_login_is_tried_once() -> None:
    publisher = make_publisher()
    stub = publisher.stub

    class LockedOut(StubServer):
        def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
            stub.log.append((method, path))
            return Answer(401)

    target = make_target(LockedOut(stub.time))
    with pytest.raises(CredentialsError):
        target.observe({})
    assert len(stub.log) == 1


@pytest.mark.parametrize(
    ("fault", "refused", "results"),
    [
        pytest.param("", "write_401", [Result.HELD] * 3, id="at a write"),
        pytest.param("drop_after", "read_401", [Result.UNKNOWN, Result.HELD, Result.HELD], id="at a look"),
        pytest.param("", "read_401", [Result.UNKNOWN] * 3, id="at the reading back"),
    ],
)
def test_a_login_that_ends_in_the_middle_is_tried_once_and_told(
    fault: str, refused: str, results: list[Result]
) -> None:
    publisher = make_publisher()
    observed = publisher.target.observe({})
    publisher.stub.faults = {refused: 9} | ({fault: 1} if fault else {})
    changes = [create(event) for event in publisher.wanted.values()]
    deadline = publisher.stub.time.now + timedelta(minutes=5)
    outcomes = publisher.target.apply(changes, observed=observed, deadline=deadline)
    assert [next(outcomes).result for _ in changes] == results
    with pytest.raises(CredentialsError) as caught:
        next(outcomes)
    assert caught.value.login is LoginTo.CALENDAR
    assert publisher.stub.faults[refused] == 8


def test_the_stub_fails_a_test_by_itself_on_foreign_requests() -> None:
    publisher = make_publisher()
    for method, body in (("GET", b""), ("PUT", b""), ("DELETE", b"")):
        with pytest.raises(AssertionError, match="foreign"):
            publisher.stub.send(method, f"{CALENDAR}dentist.ics", headers={}, body=body)
    with pytest.raises(AssertionError, match="foreign"):
        publisher.stub.send("REPORT", CALENDAR, headers={}, body=f"<href>{CALENDAR}dentist.ics</href>".encode())
    with pytest.raises(AssertionError, match="delta"):
        publisher.stub.send("REPORT", CALENDAR, headers={}, body=b"<sync-collection/>")


@pytest.mark.parametrize(
    ("habit", "bad"),
    [
        ("ignores_if_none_match", {"create_guard"}),
        ("ignores_if_match", {"update_guard", "delete_guard"}),
        ("deletes_despite_if_match", {"delete_guard"}),
        ("no_etag", {"etag"}),
        ("wrong_etag_on_put", {"etag"}),
        ("reorders", set()),
        ("lags_10", set()),
        ("serial", {"at_once"}),
        ("adds_alarms", {"silence"}),
        ("loses_zones", {"zones"}),
    ],
)
def test_probe_tells_habits(habit: str, bad: set[str]) -> None:
    publisher = make_publisher(habits={habit})
    findings = make_target(publisher.stub).probe()
    assert {finding.name for finding in findings if not finding.good} == bad
    assert publisher.stub.uids() == ["dentist"]


@pytest.mark.parametrize("habit", ["ignores_if_none_match", ""])
def test_a_probed_server_is_looked_at_before_a_create(habit: str) -> None:
    publisher = make_publisher(habits={habit} - {""})
    publisher.target.heed(publisher.target.probe())
    create_what_came_meanwhile(publisher)


def test_a_probed_server_is_told_that_no_alarm_is_wanted() -> None:
    publisher = make_publisher(habits={"adds_alarms"})
    publisher.target.heed(publisher.target.probe())
    quiet = make_event("hooli", alarm=None)
    publisher.wanted = {quiet.uid: quiet}
    publisher.run()
    assert "ACTION:NONE" in publisher.stub.things[f"{CALENDAR}{quiet.uid}.ics"].data


@pytest.mark.parametrize("here", [True, False], ids=["of this calendar", "of another"])
def test_what_a_probe_found_is_kept_for_the_runs_after_it(tmp_path: Path, here: bool) -> None:
    world = StubWorld(frozenset({"ignores_if_none_match"}))
    store, target = SqliteState(tmp_path / "state.sqlite"), world.target
    assert isinstance(target, CaldavServer)
    address = target.identity if here else "https://calendar.example/old/"
    assert try_out(target, address=address, store=store, now=world.stub.time.now)
    world.stub.log.clear()
    Seeker([a_row("Acme")], target=world.target, store=store, now=world.stub.time.now).run()
    created = [path for method, path in world.stub.log if method == "PUT"]
    assert created
    assert [("GET", path) in world.stub.log for path in created] == [here] * len(created)
    again = store.load().runs.probed
    assert again is not None
    assert (again.target, {f.name for f in again.findings if not f.good}) == (address, {"create_guard"})


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_probe_in_trouble_takes_its_scratch_event_away(fault: str) -> None:
    publisher = make_publisher(faults={fault: 1})
    with contextlib.suppress(TargetError, CredentialsError):
        publisher.target.probe()
    assert publisher.stub.uids() == ["dentist"]


def test_a_server_that_wants_digest_gets_it() -> None:
    publisher = make_publisher()
    spoken: list[str] = []

    def speak_digest() -> StubServer:
        spoken.append("digest")
        return stub

    class WantsDigest(StubServer):
        def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes = b"") -> Answer:
            return Answer(401, {"www-authenticate": 'Digest realm="r", nonce="n"'})

    stub = publisher.stub
    collection = CalendarCollection(
        WantsDigest(stub.time),
        URL,
        owner=OWNER,
        clock=stub.time.clock,
        sleep=stub.time.sleep,
        digest=speak_digest,
    )
    assert len(collection.list_rows()) == 1
    assert len(collection.list_rows()) == 1
    assert spoken == ["digest"]
