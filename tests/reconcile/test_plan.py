"""The case table of `sync.reconcile.changes`, row by row, on a calendar in memory that a user edits."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import NOW, ZONE, a_touch, at
from msgspec.structs import replace

from connectors.memory import MemoryTarget
from sync.advice import load_advice
from sync.config import Settings, parse_settings
from sync.errors import GuardStop
from sync.memory import DeletesOfDay, Memory, Reaction, TouchMemory
from sync.models import Action, Event, Lead, Leads, Observation, Outcome, Plan, RemoteEvent, Result, Schedule, Touch
from sync.reconcile.changes import Wish
from sync.reconcile.guards import check_disappearance
from sync.reconcile.identity import make_uid
from sync.reconcile.marker_lines import our_part, put_our_part
from sync.reconcile.outcomes import settle
from sync.reconcile.plan import Terms, make_plan
from sync.reconcile.reactions import TickPattern, take_reactions
from sync.texts import load_remarks

WORDS = load_remarks("en")

SETTINGS = parse_settings(
    """
    owner = "test"
    timezone = "America/New_York"
    source = { type = "csv", path = "leads.csv" }
    target = { type = "ics", path = "followups.ics" }
    """
)
ADVICE = load_advice(SETTINGS)


@dataclass
class Calendar:
    """A calendar in memory with the memory that belongs to it: one run is one call."""

    target: MemoryTarget = field(default_factory=MemoryTarget)
    memory: Memory = field(default_factory=Memory)
    settings: Settings = SETTINGS
    now: datetime = NOW
    unreadable: set[str] = field(default_factory=set)
    answer: Result | None = None
    rejects: bool = False

    def run(self, *touches: Touch, apply: bool = True, **options: object) -> Plan:
        """Plan and apply, as `sync.run` does; `options` are those of the schedule and of a plan's terms."""
        given = {name: options.pop(name) for name in ("frozen", "frozen_leads", "done", "asked_for") if name in options}
        keys = options.pop("present", {touch.lead_key for touch in touches})
        assert isinstance(keys, Iterable)
        there = self.target.observe({}).events
        readable = {uid: event for uid, event in there.items() if uid not in self.unreadable}
        observation = Observation(readable, dict.fromkeys(self.unreadable, "DTEND is no date"))
        before = self.memory
        if self.target.abilities.reactions:
            before, _ = take_reactions(before, observation, now=self.now, zone=ZONE, ticks=TickPattern([]), words=WORDS)
        plan, after = make_plan(
            Schedule(touches=touches, **given),  # type: ignore[arg-type]
            [Wish(touch, wish_of(touch)) for touch in touches],
            leads=Leads(tuple(Lead(key=str(key), row="leads.csv:2", row_number=2) for key in keys)),
            memory=replace(before, touches={**before.touches, **{touch.uid: known(touch) for touch in touches}}),
            observation=observation,
            terms=replace(terms_of(self), **options),
        )
        if apply:
            outcomes = self.target.apply(plan.writes, observed=observation, deadline=self.now)
            if self.answer is not None:
                outcomes = (Outcome(write.uid, self.answer, rejected=self.rejects) for write in plan.writes)
            self.memory = settle(before, after, {outcome.uid: outcome for outcome in outcomes})
        return plan

    def edit(self, touch: Touch, **fields: object) -> None:
        """What a user does to an event with another program."""
        event = self.target.events[touch.uid]
        edited = replace(event.snapshot, **fields)
        self.target.events[touch.uid] = replace(event, etag=event.etag + "'", snapshot=edited)

    def shown(self, touch: Touch) -> RemoteEvent:
        return self.target.events[touch.uid]


def terms_of(calendar: Calendar) -> Terms:
    return Terms(
        settings=calendar.settings, advice=ADVICE, abilities=calendar.target.abilities, now=calendar.now
    )  # fmt: skip


def wish_of(touch: Touch) -> Event:
    alarm = timedelta(0) if touch.alarm else None
    return Event(
        touch.uid, touch.start, touch.end, touch.zone, touch.summary, touch.description,
        categories=("followup",), tentative=touch.tentative, alarm=alarm, row=touch.row or "",
    )  # fmt: skip


def known(touch: Touch) -> TouchMemory:
    return TouchMemory(touch.uid, touch.lead_key, touch.rule, start=touch.start, published=True, fact=touch.fact)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


def actions(plan: Plan) -> list[str]:
    return [change.action.value for change in plan.changes]


# --- wanted ----------------------------------------------------------------------------------------------------


def test_new_is_created(calendar: Calendar) -> None:
    assert actions(calendar.run(a_touch())) == ["create"]
    assert calendar.shown(a_touch()).snapshot.sequence == 0


def test_second_run_writes_nothing(calendar: Calendar) -> None:
    calendar.run(a_touch())
    assert actions(calendar.run(a_touch())) == ["keep"]
    assert calendar.target.writes == 1


def test_an_unpublished_touch_is_not_written(calendar: Calendar) -> None:
    assert actions(calendar.run(a_touch(published=False))) == []


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"summary": "Follow up again"}, ("summary",)),
        ({"description": "Why: another rule"}, ("description",)),
        ({"start": at("2027-01-12"), "end": at("2027-01-12", "09:15")}, ("start", "end")),
        ({"tentative": True}, ("status",)),
        ({"alarm": True}, ("alarm",)),
    ],
)
def test_a_changed_plan_updates_just_those_fields(
    calendar: Calendar, change: dict[str, Any], fields: tuple[str, ...]
) -> None:
    calendar.run(a_touch())
    (update,) = calendar.run(a_touch(**change)).changes
    assert (update.action, update.fields) == (Action.UPDATE, fields)
    assert update.stamp is not None
    assert update.stamp.sequence == 1
    assert actions(calendar.run(a_touch(**change))) == ["keep"]


def test_a_row_that_moved_in_the_sheet_changes_nothing(calendar: Calendar) -> None:
    calendar.run(a_touch())
    assert actions(calendar.run(a_touch(row="leads.csv:99"))) == ["keep"]


def test_sequence_rises_above_the_servers(calendar: Calendar) -> None:
    calendar.run(a_touch())
    calendar.edit(a_touch(), sequence=7)
    (update,) = calendar.run(a_touch(description="other")).changes
    assert update.stamp is not None
    assert update.stamp.sequence == 8


# --- edited by the user ----------------------------------------------------------------------------------------


def test_a_new_title_stays_whatever_the_plan_says_later(calendar: Calendar) -> None:
    touch = a_touch()
    calendar.run(touch)
    calendar.edit(touch, summary="Ring Dana about the job")
    assert actions(calendar.run(touch)) == ["keep"]
    calendar.run(a_touch(summary="Late: Follow up", description="other"))
    calendar.run(a_touch(summary="Critical: Follow up", description="third"))
    assert calendar.shown(touch).snapshot.summary == "Ring Dana about the job"
    assert our_part(calendar.shown(touch).snapshot.description) == "third"


def test_what_the_user_wrote_between_our_lines_stays(calendar: Calendar) -> None:
    touch = a_touch()
    calendar.run(touch)
    text = calendar.shown(touch).snapshot.description
    calendar.edit(touch, description=text.replace("Why: R-001-1", "Why: because Dana asked me to"))
    for later in (a_touch(description="other"), a_touch(description="third", summary="Late: Follow up")):
        calendar.run(later)
        assert our_part(calendar.shown(touch).snapshot.description) == "Why: because Dana asked me to"
    assert calendar.shown(touch).snapshot.summary == "Late: Follow up"


def test_a_title_the_user_puts_back_is_ours_again(calendar: Calendar) -> None:
    touch = a_touch()
    calendar.run(touch)
    calendar.edit(touch, summary="Mine")
    calendar.run(touch)
    calendar.edit(touch, summary=touch.summary)
    calendar.run(touch)
    calendar.run(a_touch(summary="Late: Follow up"))
    assert calendar.shown(touch).snapshot.summary == "Late: Follow up"


def test_a_removed_alarm_stays_removed_though_none_was_wanted_for_a_while(calendar: Calendar) -> None:
    """A step that becomes uncertain rings not; when it is certain again the user's wish still holds."""
    touch = a_touch(alarm=True)
    calendar.run(touch)
    calendar.edit(touch, our_alarm=None)
    calendar.run(a_touch(alarm=False, tentative=True))
    calendar.run(a_touch(alarm=True))
    assert calendar.shown(touch).snapshot.our_alarm is None


def test_a_removed_alarm_stays_removed(calendar: Calendar) -> None:
    touch = a_touch(alarm=True)
    calendar.run(touch)
    calendar.edit(touch, our_alarm=None)
    calendar.run(a_touch(alarm=True, description="other"))
    assert calendar.shown(touch).snapshot.our_alarm is None


def test_a_drag_needs_no_write_when_the_plan_follows_it(calendar: Calendar) -> None:
    touch = a_touch()
    calendar.run(touch)
    there, until = at("2027-01-13", "15:00"), at("2027-01-13", "15:30")
    calendar.edit(touch, start=there, end=until)
    plan = calendar.run(a_touch(start=there, end=there + timedelta(minutes=15), pinned=True))
    assert actions(plan) == ["keep"]
    assert calendar.target.writes == 1
    assert calendar.shown(touch).snapshot.end == until


def test_a_length_the_user_gave_stays_when_the_event_is_written_for_another_reason(calendar: Calendar) -> None:
    touch = a_touch()
    calendar.run(touch)
    calendar.edit(touch, end=at("2027-01-11", "09:45"))
    (update,) = calendar.run(a_touch(description="other")).changes
    assert update.fields == ("description",)
    assert calendar.shown(touch).snapshot.end == at("2027-01-11", "09:45")
    calendar.run(a_touch(description="other", start=at("2027-01-12"), end=at("2027-01-12", "09:15")))
    assert calendar.shown(touch).snapshot.end == at("2027-01-12", "09:15")


def test_a_drag_the_plan_does_not_follow_is_taken_back(calendar: Calendar) -> None:
    """It went into the past: an event that nobody looks at again reminds nobody."""
    touch = a_touch()
    calendar.run(touch)
    calendar.edit(touch, start=at("2027-01-02", "15:00"), end=at("2027-01-02", "15:15"))
    (update,) = calendar.run(a_touch(description="other")).changes
    assert update.fields == ("start", "end", "description")
    assert calendar.shown(touch).snapshot.start == touch.start


def test_an_event_with_attendees_is_left_alone(calendar: Calendar) -> None:
    touch = a_touch()
    calendar.run(touch)
    calendar.edit(touch, hands_off="somebody was invited to it")
    (change,) = calendar.run(a_touch(summary="other")).changes
    assert (change.action, change.reason) == (Action.KEEP, "left alone: somebody was invited to it")
    (change,) = calendar.run().changes
    assert change.action is Action.KEEP


# --- no longer wanted ------------------------------------------------------------------------------------------


def test_a_future_event_whose_reason_is_gone_is_deleted(calendar: Calendar) -> None:
    calendar.run(a_touch())
    (change,) = calendar.run(present=["acme|analyst"]).changes
    assert (change.action, change.counted) == (Action.DELETE, False)
    assert calendar.memory.events[a_touch().uid].gone
    assert actions(calendar.run(present=["acme|analyst"])) == []


def test_a_vanished_row_is_counted(calendar: Calendar) -> None:
    calendar.run(a_touch())
    (change,) = calendar.run(apply=False).changes
    assert (change.action, change.counted) == (Action.DELETE, True)
    assert "no longer in the sheet" in change.reason


def test_a_row_that_says_stop_is_never_counted(calendar: Calendar) -> None:
    calendar.run(a_touch())
    options = {"present": ["acme|analyst"], "asked_for": frozenset({"acme|analyst"}), "rules_changed": True}
    (change,) = calendar.run(apply=False, **options).changes
    assert (change.action, change.counted, change.reason) == (Action.DELETE, False, "its row says stop")


def test_changed_rules_are_counted(calendar: Calendar) -> None:
    calendar.run(a_touch())
    (change,) = calendar.run(apply=False, present=["acme|analyst"], rules_changed=True).changes
    assert change.counted


def test_past_events_are_history(calendar: Calendar) -> None:
    calendar.run(a_touch())
    calendar.now = at("2027-01-12")
    assert actions(calendar.run()) == ["keep"]
    assert a_touch().uid in calendar.target.events


def test_an_event_of_today_is_not_history_yet(calendar: Calendar) -> None:
    calendar.run(a_touch())
    calendar.now = at("2027-01-11", "18:00")
    assert actions(calendar.run(present=["acme|analyst"])) == ["delete"]


def test_an_unreadable_cell_leaves_the_event_as_it_is(calendar: Calendar) -> None:
    calendar.run(a_touch())
    plan = calendar.run(frozen=frozenset({("acme|analyst", "R-001-1")}), present=["acme|analyst"])
    assert actions(plan) == ["keep"]
    assert actions(calendar.run(frozen_leads=frozenset({"acme|analyst"}))) == ["keep"]


@pytest.mark.parametrize("wanted", [True, False], ids=["wanted", "no longer wanted"])
def test_an_event_that_cannot_be_read_is_left_as_it_is(calendar: Calendar, wanted: bool) -> None:
    calendar.run(a_touch())
    before = calendar.memory.events
    calendar.unreadable = {a_touch().uid}
    plan = calendar.run(*[a_touch(summary="new")] * wanted, present=["acme|analyst"])
    assert actions(plan) == ["keep"]
    assert calendar.memory.events == before


def test_the_users_own_text_saves_an_event(calendar: Calendar) -> None:
    touch = a_touch(alarm=True)
    calendar.run(touch)
    calendar.edit(touch, description=put_our_part("she is on holiday until the 20th", touch.description))
    (change,) = calendar.run(present=["acme|analyst"]).changes
    assert change.action is Action.UPDATE
    assert calendar.shown(touch).snapshot.summary == f"Closed: {touch.summary}"
    assert calendar.shown(touch).snapshot.our_alarm is None


@pytest.mark.parametrize(
    ("present", "done"),
    [
        pytest.param(["acme|analyst"], frozenset({a_touch().uid}), id="the schedule says so"),
        pytest.param(["acme|analyst"], frozenset[str](), id="an endless rule went on to its next round"),
        pytest.param([], frozenset[str](), id="its row is gone"),
    ],
)
def test_a_ticked_event_ahead_loses_its_alarm_and_stays(
    calendar: Calendar, present: list[str], done: frozenset[str]
) -> None:
    touch = a_touch(alarm=True)
    calendar.run(touch)
    calendar.edit(touch, summary="✓ Follow up")
    (change,) = calendar.run(present=present, done=done).changes
    assert (change.action, change.fields) == (Action.UPDATE, ("alarm",))
    assert calendar.shown(touch).snapshot.summary == "✓ Follow up"
    assert actions(calendar.run(present=present, done=done)) == ["keep"]


def test_a_tick_outlives_later_edits_of_the_event_whose_alarm_we_took_off(calendar: Calendar) -> None:
    touch = a_touch(alarm=True)
    calendar.run(touch)
    calendar.edit(touch, summary="✓ Follow up")
    calendar.run(present=["acme|analyst"])
    calendar.edit(touch, description="she will call back")
    assert actions(calendar.run(present=["acme|analyst"])) == ["keep"]
    assert calendar.memory.touches[touch.uid].reaction is Reaction.TICKED


def test_without_memory_nothing_is_deleted(calendar: Calendar) -> None:
    calendar.run(a_touch())
    assert actions(calendar.run(lost=True)) == ["keep"]


# --- absent and unknown ----------------------------------------------------------------------------------------


def test_on_a_feed_an_absent_event_is_written_again(calendar: Calendar) -> None:
    calendar.target.abilities = replace(calendar.target.abilities, reactions=False)
    calendar.run(a_touch())
    calendar.target.events.clear()
    assert actions(calendar.run(a_touch())) == ["create"]


def test_an_event_nobody_remembers_is_adopted_without_a_write(calendar: Calendar) -> None:
    calendar.run(a_touch())
    calendar.memory = Memory()
    assert actions(calendar.run(a_touch())) == ["keep"]
    assert calendar.target.writes == 1
    assert calendar.memory.events[a_touch().uid].desired.summary == a_touch().summary


def test_a_stray_is_never_touched(calendar: Calendar) -> None:
    calendar.run(a_touch())
    stray = make_uid("test", "other", "R-001-1")
    calendar.target.events[stray] = replace(calendar.shown(a_touch()), uid=stray)
    assert actions(calendar.run(a_touch())) == ["keep"]
    assert stray in calendar.target.events


@pytest.mark.parametrize("known", [False, True], ids=["a new event", "a change of one"])
@pytest.mark.parametrize("result", [Result.HELD, Result.REFUSED, Result.UNKNOWN])
def test_what_was_not_done_is_remembered_as_before(calendar: Calendar, result: Result, known: bool) -> None:
    if known:
        calendar.run(a_touch())
    before = calendar.memory.events
    calendar.answer = result
    touch = a_touch(summary="new")
    for _ in range(2):
        assert actions(calendar.run(touch)) == ["update" if known else "create"]
        assert calendar.memory.events == before


def test_a_refused_change_is_tried_again(calendar: Calendar) -> None:
    calendar.run(a_touch())
    plan = calendar.run(a_touch(summary="new"), apply=False)
    calendar.edit(a_touch(), sequence=5)
    outcomes = list(calendar.target.apply(plan.writes, observed=calendar.target.observe({}), deadline=NOW))
    assert [outcome.result for outcome in outcomes] == [Result.REFUSED]
    assert actions(calendar.run(a_touch(summary="new"))) == ["update"]


# --- rejected by the server -------------------------------------------------------------------------------------


def rejected(calendar: Calendar, *touches: Touch) -> Plan:
    """A run whose every write the server rejects for its content."""
    calendar.answer, calendar.rejects = Result.REFUSED, True
    plan = calendar.run(*touches)
    calendar.answer, calendar.rejects = None, False
    return plan


@pytest.mark.parametrize("known", [False, True], ids=["a new event", "a change of one"])
def test_rejected_content_is_named_and_not_sent_again_for_a_week(calendar: Calendar, known: bool) -> None:
    if known:
        calendar.run(a_touch())
    touch = a_touch(description="with a word the server hates")
    assert actions(rejected(calendar, touch)) == ["update" if known else "create"]
    for days in range(7):
        calendar.now = NOW + timedelta(days=days)
        plan = calendar.run(touch)
        assert actions(plan) == ["keep"]
        assert [note.row for note in plan.notes if "rejects it as it is" in note.reason] == ["leads.csv:2"]
    calendar.now = NOW + timedelta(days=7)
    assert actions(calendar.run(touch)) == ["update" if known else "create"], "not every rejection is for good"
    assert actions(calendar.run(touch)) == ["keep"]


@pytest.mark.parametrize("known", [False, True], ids=["a new event", "a change of one"])
def test_other_content_than_the_rejected_is_sent_at_once(calendar: Calendar, known: bool) -> None:
    if known:
        calendar.run(a_touch())
    rejected(calendar, a_touch(description="with a word the server hates"))
    assert actions(calendar.run(a_touch(description="without it"))) == ["update" if known else "create"]
    assert our_part(calendar.shown(a_touch()).snapshot.description) == "without it"


def test_a_rejected_event_that_is_wanted_no_more_leaves_nothing(calendar: Calendar) -> None:
    rejected(calendar, a_touch())
    assert actions(calendar.run(present=["acme|analyst"])) == ["keep"]
    assert actions(calendar.run(present=["acme|analyst"])) == []


# --- the guard -------------------------------------------------------------------------------------------------


def some(number: int) -> list[Touch]:
    return [a_touch(lead=f"lead {index:03}") for index in range(number)]


def test_few_vanished_rows_are_deleted(calendar: Calendar) -> None:
    touches = some(20)
    calendar.run(*touches)
    plan = calendar.run(*touches[:10])
    assert (plan.count(Action.DELETE), plan.held) == (10, "")


def test_many_vanished_rows_are_held_and_named(calendar: Calendar) -> None:
    touches = some(20)
    calendar.run(*touches)
    plan = calendar.run(*touches[:9], a_touch(lead="new"))
    assert plan.count(Action.DELETE) == 0
    assert plan.count(Action.CREATE) == 1
    assert plan.held.startswith("11 follow-ups would be deleted")
    assert "the limit is 10 of 20" in plan.held
    assert "followup sync --yes-delete" in plan.held
    assert len(calendar.target.events) == 21


def test_a_shared_event_is_held_with_the_rows_it_was_about(calendar: Calendar) -> None:
    touches = some(20)
    shared = a_touch(lead="self", rule="triage", row=None)
    calendar.run(*touches, shared)
    plan = calendar.run(*touches[:3])
    assert plan.held
    assert shared.uid in calendar.target.events
    assert calendar.run(*touches[:9], present=[touch.lead_key for touch in touches]).count(Action.DELETE) == 12


def test_held_deletes_stay_known_and_are_held_again(calendar: Calendar) -> None:
    touches = some(20)
    calendar.run(*touches)
    calendar.run(*touches[:9])
    assert calendar.run(*touches[:9]).held


def test_small_bites_add_up_over_seven_days(calendar: Calendar) -> None:
    touches = some(30)
    calendar.run(*touches)
    assert calendar.run(*touches[5:]).count(Action.DELETE) == 5
    calendar.now += timedelta(days=2)
    assert calendar.run(*touches[10:]).count(Action.DELETE) == 5
    calendar.now += timedelta(days=2)
    assert calendar.run(*touches[11:]).held
    calendar.now += timedelta(days=2)
    assert "(10 more in the last 7 days)" in calendar.run(*touches[11:]).held


def test_small_bites_of_one_day_add_up(calendar: Calendar) -> None:
    touches = some(30)
    calendar.run(*touches)
    for left in (26, 22):
        assert not calendar.run(*touches[-left:]).held
    assert "(8 more in the last 7 days)" in calendar.run(*touches[-18:]).held


def test_the_share_is_of_what_stood_there_at_the_start_of_the_seven_days(calendar: Calendar) -> None:
    touches = some(80)
    for day in range(3):
        calendar.now = NOW + timedelta(days=day)
        calendar.run(*touches[:20])
    calendar.run(*touches)
    calendar.now += timedelta(days=2)
    assert "the limit is 10 of 20" in calendar.run(*touches[20:]).held


def test_the_first_run_counts_what_it_makes(calendar: Calendar) -> None:
    touches = some(80)
    calendar.run(*touches)
    assert calendar.memory.runs.deletes == (DeletesOfDay(NOW.date(), 0, 80),)
    assert calendar.run(*touches[20:]).count(Action.DELETE) == 20
    assert calendar.memory.runs.deletes == (DeletesOfDay(NOW.date(), 20, 80),)
    calendar.now += timedelta(days=7)
    calendar.run(*touches[20:])
    assert calendar.memory.runs.deletes == (DeletesOfDay(NOW.date() + timedelta(days=7), 0, 60),)


@pytest.mark.parametrize(
    ("there", "gone", "stops"),
    [
        pytest.param(1, 1, False, id="the only one"),
        pytest.param(8, 7, False, id="all but one"),
        pytest.param(8, 8, True, id="all of several"),
        pytest.param(22, 11, False, id="half of many"),
        pytest.param(22, 12, True, id="more than half of many"),
    ],
)
def test_what_vanished_is_a_wish_or_a_wiped_calendar(calendar: Calendar, there: int, gone: int, stops: bool) -> None:
    calendar.run(*some(there))
    left = dict(list(calendar.target.events.items())[gone:])
    with pytest.raises(GuardStop) if stops else nullcontext():
        check_disappearance(calendar.memory, Observation(left), today=NOW.date(), zone=ZONE)


def test_the_guard_can_be_lifted_for_a_run(calendar: Calendar) -> None:
    touches = some(40)
    calendar.run(*touches)
    plan = calendar.run(accept_deletes=True)
    assert (plan.count(Action.DELETE), plan.held) == (40, "")


def test_a_copy_of_ours_that_lies_elsewhere_is_found_again_by_the_next_run(calendar: Calendar) -> None:
    """A server that kept a lost create under another name: the copy itself is known from now on."""
    elsewhere = Calendar()
    elsewhere.run(a_touch(summary="an older text"))
    there = replace(elsewhere.shown(a_touch()), href="/somewhere/else.ics")
    plan = calendar.run(a_touch(), apply=False)
    _, after = make_plan(
        Schedule((a_touch(),)), [Wish(a_touch(), wish_of(a_touch()))], leads=Leads(()), memory=Memory(),
        observation=calendar.target.observe({}), terms=terms_of(calendar),
    )  # fmt: skip
    assert actions(plan) == ["create"]
    calendar.memory = settle(Memory(), after, {there.uid: Outcome(there.uid, Result.UNKNOWN, there)})
    assert calendar.memory.events[there.uid].observed == there
    calendar.target.events[there.uid] = there
    (update,) = calendar.run(a_touch()).changes
    assert (update.action, update.base, update.fields) == (Action.UPDATE, there, ("summary",))
    assert actions(calendar.run(a_touch())) == ["keep"]


# --- for people who import the file ----------------------------------------------------------------------------


@pytest.fixture
def imported() -> Calendar:
    """A file whose events are shown as cancelled for 30 days before they leave it."""
    target = SETTINGS.target.model_copy(update={"cancelled_days": 30})
    calendar = Calendar(settings=SETTINGS.model_copy(update={"target": target}))
    calendar.target.abilities = replace(calendar.target.abilities, reactions=False)
    return calendar


def test_an_event_is_cancelled_before_it_leaves_the_file(imported: Calendar) -> None:
    touch = a_touch(alarm=True)
    imported.run(touch)
    (change,) = imported.run(present=["acme|analyst"]).changes
    assert (change.action, change.fields) == (Action.UPDATE, ("status",))
    shown = imported.shown(touch).snapshot
    assert (shown.status, shown.sequence, shown.our_alarm) == ("CANCELLED", 1, None)
    imported.now += timedelta(days=29)
    assert actions(imported.run(present=["acme|analyst"])) == ["keep"]
    imported.now += timedelta(days=1)
    assert actions(imported.run(present=["acme|analyst"])) == ["delete"]
    assert imported.target.events == {}


def test_a_cancelled_event_that_is_wanted_again_comes_back(imported: Calendar) -> None:
    imported.run(a_touch())
    imported.run(present=["acme|analyst"])
    assert actions(imported.run(a_touch())) == ["update"]
    assert imported.shown(a_touch()).snapshot.status == "CONFIRMED"
    assert actions(imported.run(a_touch())) == ["keep"]


def test_cancelling_is_counted_like_deleting(imported: Calendar) -> None:
    touches = some(20)
    imported.run(*touches)
    plan = imported.run(*touches[:9])
    assert (plan.count(Action.UPDATE), plan.held[:2]) == (0, "11")
    assert imported.run(*touches[:9]).held
    assert imported.run(*touches[:9], accept_deletes=True).count(Action.UPDATE) == 11
