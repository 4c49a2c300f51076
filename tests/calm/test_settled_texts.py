"""A text is settled when it is made: an event is written for its text alone only for what its reader acts on.

The small print (why this day, what comes next, what was used, the history) is that of the last write, and a step that
is not the next yet is written when it becomes that.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
from conftest import ZONE, at
from runner import Seeker, a_row, settings_with

from sync.models import Change, RemoteEvent
from sync.reconcile.marker_lines import SMALL_PRINT, acted_on, our_part, put_above_small_print

ACME = a_row("Acme", "2027-01-04", contact_email="dana@acme.example")


def event_of(seeker: Seeker, rule: str, round: int) -> RemoteEvent:
    touches = seeker.store.load().touches
    [uid] = [
        uid for uid in seeker.calendar if uid in touches and (touches[uid].rule, touches[uid].round) == (rule, round)
    ]
    return seeker.calendar[uid]


def text(event: RemoteEvent) -> str:
    return our_part(event.snapshot.description)


def written(seeker: Seeker, uid: str) -> list[Change]:
    return [change for change in seeker.run().plan.writes if change.uid == uid]


def move(seeker: Seeker, event: RemoteEvent, days: int) -> None:
    span = timedelta(days=days)
    seeker.edit(event.uid, start=event.snapshot.start + span, end=event.snapshot.end + span)


def test_nobody_is_told_in_the_event_that_they_moved_it() -> None:
    seeker = Seeker([ACME])
    seeker.run()
    first = event_of(seeker, "R-001-1", 1)
    move(seeker, first, 1)
    assert not written(seeker, first.uid)
    [touch] = [touch for touch in seeker.run(write=False).plan.schedule if touch.uid == first.uid]
    assert "you moved it to Tue 12 Jan" in touch.reason, "explain tells it"


def test_small_print_that_waited_comes_with_the_next_write() -> None:
    seeker = Seeker([ACME])
    seeker.run()
    first = event_of(seeker, "R-001-1", 1)
    move(seeker, first, 1)
    seeker.run()
    seeker.rows = [{**ACME, "contact_name": "Kim Acme"}]
    assert [set(change.fields) for change in written(seeker, first.uid)] == [{"summary", "description"}]
    assert "you moved it to Tue 12 Jan" in text(seeker.calendar[first.uid])


def test_a_step_that_is_not_the_next_is_written_when_it_becomes_that() -> None:
    seeker = Seeker([ACME])
    seeker.run()
    first, second = event_of(seeker, "R-001-1", 1), event_of(seeker, "R-001-12", 2)
    assert second.snapshot.status == "TENTATIVE"
    seeker.rows = [{**ACME, "contact_email": "dana@new.example"}]
    writes = {change.uid for change in seeker.run().plan.writes}
    assert first.uid in writes
    assert second.uid not in writes
    seeker.now = at("2027-01-11")
    seeker.edit(first.uid, summary="✓ done")
    seeker.run()
    assert event_of(seeker, "R-001-12", 2).snapshot.status == "CONFIRMED"
    assert "dana@new.example" in text(event_of(seeker, "R-001-12", 2))
    assert "my message of 11 January" in text(event_of(seeker, "R-001-12", 2))


def test_who_wants_no_messages_in_the_calendar_finds_none_there_after_one_run() -> None:
    seeker = Seeker([ACME])
    seeker.run()
    assert all("Subject:" in text(event_of(seeker, *step)) for step in (("R-001-1", 1), ("R-001-12", 2)))
    seeker.settings = settings_with(target="drafts = false")
    seeker.run()
    assert not any("Subject:" in event.snapshot.description for event in seeker.calendar.values())
    assert seeker.run().plan.writes == ()


def test_what_an_ask_was_to_bring_is_free_again_when_it_was_taken_out_before_its_day() -> None:
    """The interview came on the day of the second ask: its event goes, and so nobody has seen its message."""
    seeker = Seeker([a_row("Acme", "2027-01-04", last_outbound="2027-01-11")])
    seeker.now = at("2027-01-11", "09:00")
    seeker.run()
    planned = {touch.round: touch.move for touch in seeker.store.load().touches.values() if touch.rule == "R-001-12"}
    seeker.now = at("2027-01-18", "08:00")
    seeker.rows = [{**seeker.rows[0], "status": "interview", "interview_at": "2027-01-20 10:00"}]
    seeker.run()
    question = event_of(seeker, "R-004-4", 11)
    chosen = seeker.store.load().touches[question.uid].move
    assert chosen in planned.values()
    for day in range(19, 27):
        seeker.now = datetime.combine(date(2027, 1, day), time(8), ZONE)
        assert not [change for change in written(seeker, question.uid) if set(change.fields) == {"description"}]
        assert seeker.store.load().touches[question.uid].move == chosen


def test_an_ask_that_was_moved_and_taken_out_does_not_make_the_next_one_repeat_the_last() -> None:
    """Its day was to come behind the second ask, which was sent: the third is told from that one (R-003-7)."""
    seeker = Seeker([ACME])
    seeker.now = at("2027-01-11", "08:00")
    seeker.run()
    first = event_of(seeker, "R-001-1", 1)
    move(seeker, first, 9)
    seeker.run()
    seeker.now = at("2027-01-18", "08:00")
    del seeker.calendar[first.uid]
    seeker.run()
    second = event_of(seeker, "R-001-12", 2)
    sent = said_by(seeker, second.uid)
    seeker.now = at("2027-01-21", "08:00")
    seeker.run()
    assert seeker.store.load().touches[second.uid].assumed, "somebody who never logs"
    assert not sent & said_by(seeker, event_of(seeker, "R-001-12", 3).uid)


def said_by(seeker: Seeker, uid: str) -> set[str]:
    [touch] = [touch for touch in seeker.run(write=False).plan.schedule if touch.uid == uid]
    _, *body, _ = touch.draft.split("\n\n")
    return {sentence for paragraph in body for sentence in re.split(r"(?<=[.?]) ", paragraph)}


@pytest.mark.parametrize(
    ("whole", "acted"),
    [
        pytest.param(f"do it\n\n{SMALL_PRINT}\nRule R-001-1", "do it", id="both"),
        pytest.param("do it", "do it", id="without small print"),
        pytest.param(f"{SMALL_PRINT}\nRule heartbeat", "", id="nothing but small print"),
        pytest.param("", "", id="nothing"),
        pytest.param(f"{SMALL_PRINT}\ntheirs\n\n{SMALL_PRINT}\nRule", f"{SMALL_PRINT}\ntheirs", id="dashes of theirs"),
        pytest.param(f"a{SMALL_PRINT}\nRule", f"a{SMALL_PRINT}\nRule", id="no line of its own"),
    ],
)  # fmt: skip
def test_what_the_reader_acts_on_stands_above_the_last_rule_of_dashes(whole: str, acted: str) -> None:
    assert acted_on(whole) == acted
    more = put_above_small_print(whole, "One more thing.")
    assert acted_on(more) == f"{acted}\n\nOne more thing.".strip()
    assert more.removeprefix(acted_on(more)).strip() == whole.removeprefix(acted).strip()
