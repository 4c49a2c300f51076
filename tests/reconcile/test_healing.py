"""What a killed run left open is settled by what the calendar holds: the table at the head of `healing`."""

from __future__ import annotations

from datetime import timedelta

import pytest
from conftest import NOW, ZONE, a_touch
from msgspec.structs import replace
from runner import Seeker, a_row, settings_with
from target_contract import make_event, make_stamp
from worlds import BurningTarget, Fuse, Killed

from connectors.memory import MemoryTarget
from sync.memory import EventMemory, Intent, Memory, Reaction, RunMemory, TouchMemory
from sync.models import Action, Event, Observation, RemoteEvent, Stamp
from sync.reconcile.changes import Wish
from sync.reconcile.fields import snapshot_of
from sync.reconcile.healing import heal
from sync.reconcile.identity import SELF, make_uid
from sync.reconcile.reactions import TickPattern, take_reactions
from sync.reconcile.rebuilding import adopt
from sync.texts import load_remarks

WORDS = load_remarks("en")

OLD = make_event("acme")
NEW = replace(OLD, summary="Late: follow up", start=OLD.start + timedelta(days=1), end=OLD.end + timedelta(days=1))
UID = OLD.uid
FIRST, SECOND = make_stamp(), make_stamp(1, make_stamp().written + timedelta(hours=1))


def remote(event: Event, stamp: Stamp, **edits: object) -> RemoteEvent:
    """The event as it lies in the calendar, perhaps edited by the user after that write."""
    snapshot = replace(snapshot_of(event, stamp), **edits)
    return RemoteEvent(UID, f"/{UID}.ics", f'"{stamp.sequence}{len(edits)}"', snapshot, "")


BASE = remote(OLD, FIRST)
CREATE = Intent(1, Action.CREATE, UID, OLD, FIRST, None, EventMemory(UID, OLD, FIRST))
UPDATE = Intent(2, Action.UPDATE, UID, NEW, SECOND, BASE, EventMemory(UID, NEW, SECOND))
DELETE = Intent(2, Action.DELETE, UID, None, None, BASE)
TOUCH = TouchMemory(UID, "acme", "R-001-1", round=1, start=OLD.start, published=True)
KNOWN = Memory(RunMemory(owner="k3x9"), events={UID: EventMemory(UID, OLD, FIRST, BASE)}, touches={UID: TOUCH})
PLANNED = Memory(RunMemory(owner="k3x9"), touches={UID: replace(TOUCH, published=False)})
"""What a run that is about to create leaves for the next one."""


def healed(memory: Memory, *intents: Intent, there: RemoteEvent | None) -> Memory:
    observation = Observation({UID: there} if there else {})
    after = heal(replace(memory, intents=intents), observation)
    assert after.intents == ()
    return after


def test_a_create_that_arrived_is_ours() -> None:
    after = healed(PLANNED, CREATE, there=BASE)
    assert (after.events[UID].desired, after.events[UID].stamp) == (OLD, FIRST)
    assert after.touches == {UID: TOUCH}


def test_a_create_that_is_not_there_has_used_its_uid_up() -> None:
    after = healed(PLANNED, CREATE, there=None)
    assert after.events[UID].gone
    (touch,) = after.touches.values()
    assert touch.uid == make_uid("k3x9", "acme", "R-001-1", round=1, generation=1)
    assert (touch.generation, touch.published, touch.start) == (1, False, OLD.start)


def test_a_create_that_was_made_for_certain_and_is_not_there_was_deleted_by_the_user() -> None:
    after = healed(PLANNED, replace(CREATE, done=True), there=None)
    after, notes = take_reactions(after, Observation({}), now=NOW, zone=ZONE, ticks=TickPattern([]), words=WORDS)
    assert after.touches[UID].reaction is Reaction.DELETED
    assert [note.reason for note in notes] == [f"you deleted “{OLD.summary}”: it will not come back"]


def test_a_create_that_its_own_run_did_not_find_is_tried_again_as_it_is() -> None:
    assert healed(PLANNED, replace(CREATE, ended=True), there=None) == PLANNED


def test_an_update_that_arrived_is_what_we_wrote() -> None:
    after = healed(KNOWN, UPDATE, there=remote(NEW, SECOND))
    assert (after.events[UID].desired, after.events[UID].stamp) == (NEW, SECOND)
    assert after.touches == KNOWN.touches


@pytest.mark.parametrize(
    "there",
    [
        pytest.param(BASE, id="untouched"),
        pytest.param(remote(OLD, FIRST, summary="Ring Dana", last_modified=NOW), id="edited meanwhile"),
        pytest.param(
            remote(OLD, FIRST, summary="✓ done", sequence=1, last_modified=NOW), id="by a program that counts"
        ),
    ],
)
def test_an_update_that_did_not_arrive_changes_nothing(there: RemoteEvent) -> None:
    assert healed(KNOWN, UPDATE, there=there) == KNOWN


@pytest.mark.parametrize(
    ("memory", "intent"), [pytest.param(PLANNED, CREATE, id="create"), pytest.param(KNOWN, UPDATE, id="update")]
)
@pytest.mark.parametrize(
    ("edits", "reaction"),
    [
        pytest.param({"summary": "✓ done"}, Reaction.TICKED, id="tick"),
        pytest.param(
            {"start": OLD.start + timedelta(days=5), "end": OLD.end + timedelta(days=5)}, Reaction.DRAGGED, id="drag"
        ),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_what_the_user_did_after_the_lost_write_is_a_reaction(
    memory: Memory, intent: Intent, edits: dict[str, object], reaction: Reaction | None
) -> None:
    assert intent.event is not None
    assert intent.stamp is not None
    there = remote(intent.event, intent.stamp, last_modified=NOW, **edits)
    after = healed(memory, intent, there=there)
    assert after.events[UID].desired == intent.event
    after, _ = take_reactions(after, Observation({UID: there}), now=NOW, zone=ZONE, ticks=TickPattern([]), words=WORDS)
    assert after.touches[UID].reaction is reaction


@pytest.mark.parametrize(("there", "gone"), [(None, True), (BASE, False)], ids=["absent", "still there"])
def test_a_delete_happened_if_the_event_is_absent(there: RemoteEvent | None, gone: bool) -> None:
    after = healed(KNOWN, DELETE, there=there)
    assert after.events[UID].gone == gone
    assert after.touches[UID].reaction is None, "it was our hand, not the user's"


def test_an_event_that_cannot_be_read_is_not_absent() -> None:
    after = heal(replace(KNOWN, intents=(DELETE,)), Observation({}, {UID: "DTEND is no date"}))
    assert not after.events[UID].gone


def test_what_one_killed_run_made_and_the_next_deleted_is_used_up() -> None:
    after = healed(PLANNED, CREATE, replace(DELETE, before=None), there=None)
    assert after.events[UID].gone


@pytest.mark.parametrize("steps", range(1, 6))
def test_what_a_killed_run_moved_is_no_drag_of_the_user(steps: int) -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex"), a_row("Initech")])
    seeker.run()
    calendar = seeker.target
    assert isinstance(calendar, MemoryTarget)
    seeker.settings = settings_with('[rules."R-001-1"]\ndays = 8\n')  # no fact changes: a pin would stay
    seeker.target = BurningTarget(calendar, Fuse(left=steps))
    with pytest.raises(Killed):
        seeker.run()
    seeker.target = calendar
    assert seeker.run().exit_code == 0
    assert seeker.run().plan.writes == ()
    assert [touch.rule for touch in seeker.store.load().touches.values() if touch.reaction] == []


@pytest.mark.parametrize(
    ("lead", "there", "wanted", "kept"),
    [
        pytest.param("acme", "Ring Dana", "Follow up: Acme", {"summary"}, id="a title of the user's"),
        pytest.param("acme", "Follow up: Acme", "Follow up: Acme", set(), id="ours"),
        pytest.param("acme", "Follow up: Acme", "Late: Follow up: Acme", set(), id="ours, which has become late"),
        pytest.param(SELF, "Find a name: 3 companies", "Find a name: 4 companies", set(), id="ours, with a count"),
    ],
)
def test_after_a_loss_a_title_that_is_none_of_ours_is_the_users(
    lead: str, there: str, wanted: str, kept: set[str]
) -> None:
    event = replace(OLD, summary=wanted)
    wish = Wish(a_touch(lead, uid=UID, summary=wanted, given=OLD.start), event)
    observation = Observation({UID: remote(replace(OLD, summary=there), FIRST)})
    after = adopt(Memory(), observation, wishes=[wish], planned={}, now=NOW, zone=ZONE, ticks=TickPattern([]))
    assert after.events[UID].kept == kept
    assert after.events[UID].desired.summary == there


def test_what_a_killed_run_made_goes_when_its_row_says_stop() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex")])
    calendar = seeker.target
    assert isinstance(calendar, MemoryTarget)
    seeker.target = BurningTarget(calendar, Fuse(left=5))
    with pytest.raises(Killed):
        seeker.run()
    seeker.target = calendar
    made = {uid for uid, event in calendar.events.items() if "Weekly" not in event.snapshot.summary}
    for row in seeker.rows:
        row["status"] = "rejected"
    deletes = [change for change in seeker.run().plan.writes if change.action is Action.DELETE]
    assert {change.uid for change in deletes} == made
    assert {change.reason for change in deletes} == {"its row says stop"}
    assert not [change for change in deletes if change.counted]
