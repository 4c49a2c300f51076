"""What follows an interview stays what it was: ticked early, dragged, crowded out, late."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from advisor import Seeker, a_lead, clock, day, days, person, when
from msgspec.structs import replace

from sync.events import to_event
from sync.memory import EventMemory
from sync.models import Abilities, Asking, Lead, Stage, Stamp

NOW = when("2027-01-06 08:40")


def talk(**facts: Any) -> Lead:
    facts = {"interview_at": when("2027-02-11 14:00"), "stage": Stage.INTERVIEW, "contact": person(), **facts}
    return a_lead(2, **facts)


def test_an_ask_ticked_before_the_interview_is_not_made_again() -> None:
    seeker, lead = Seeker(), talk()
    seeker.run("2027-02-08 08:40", lead)
    first = min(seeker.all("R-004-4"), key=lambda touch: touch.step)
    second = next(touch for touch in seeker.all("R-004-4") if touch.step == 2)
    seeker.tick(first, "2027-02-09")
    for now in ("2027-02-09 08:40", "2027-02-10 08:40", "2027-02-12 08:40"):
        seeker.run(now, lead)
        assert first.uid in seeker.schedule.done
        left = seeker.all("R-004-4")
        assert {touch.step for touch in left} == {2, 3, 4}
        assert {touch.generation for touch in left} == {0}
        assert day(min(left, key=lambda touch: touch.step)) == day(second)


def test_an_answer_after_an_ask_begins_a_new_conversation() -> None:
    seeker, lead = Seeker(), talk()
    seeker.run("2027-02-08 08:40", lead)
    first = min(seeker.all("R-004-4"), key=lambda touch: touch.step)
    seeker.tick(first, day(first))
    seeker.run("2027-02-25 08:40", talk(last_inbound=date(2027, 2, 25)))
    assert {touch.generation for touch in seeker.all("R-004-4")} == {1}
    assert {touch.step for touch in seeker.all("R-004-4")} == {1, 2, 3, 4}


def test_an_ask_that_had_no_room_for_a_while_leaves_its_ladder_alone() -> None:
    """Its event was taken out and is made again, under another identity; the steps after it keep theirs."""
    seeker = Seeker()
    lead = a_lead(2, company="Talk", stage=Stage.IN_TOUCH, last_inbound=date(2027, 1, 5), contact=person())
    seeker.run("2027-01-06 08:40", lead)
    first, *later = sorted(seeker.all("R-004-4"), key=lambda touch: touch.step)
    event = to_event(first, settings=seeker.settings, abilities=Abilities(reactions=True))
    taken_out = EventMemory(first.uid, event, Stamp(NOW, NOW, 0), gone=True)
    seeker.memory = replace(seeker.memory, events={first.uid: taken_out})
    for now in ("2027-01-06 09:10", "2027-01-06 09:40"):
        seeker.run(now, lead)
        again = sorted(seeker.all("R-004-4"), key=lambda touch: touch.step)
        assert [touch.generation for touch in again] == [1, 0, 0, 0]
        assert [touch.uid for touch in again[1:]] == [touch.uid for touch in later]


def test_a_dragged_idea_stays_when_the_thank_you_is_late() -> None:
    seeker, lead = Seeker(), talk()
    seeker.run("2027-02-11 08:40", lead)
    seeker.drag(seeker.find("R-004-6"), "2027-02-11", to="2027-02-19 10:00")
    for now in ("2027-02-12 08:40", "2027-02-15 08:40", "2027-02-16 08:40"):
        seeker.run(now, lead)
        assert clock(seeker.find("R-004-6")) == "2027-02-19 10:00"
    assert seeker.find("R-001-4").summary.startswith("Late: ")


def test_an_idea_that_was_not_dragged_is_part_of_the_late_thank_you() -> None:
    seeker, lead = Seeker(), talk()
    seeker.run("2027-02-11 08:40", lead)
    seeker.run("2027-02-16 08:40", lead)
    assert not seeker.all("R-004-6")
    assert seeker.find("R-001-4").summary.startswith("Late: ")


def test_a_late_thank_you_that_is_moved_stays_late_and_keeps_the_idea() -> None:
    seeker, lead = Seeker(), talk()
    seeker.run("2027-02-11 08:40", lead)
    seeker.run("2027-02-16 08:40", lead)
    late = seeker.find("R-001-4")
    seeker.drag(late, "2027-02-16", to="2027-02-19 10:00")
    for now in ("2027-02-16 20:00", "2027-02-17 08:40", "2027-02-19 08:40"):
        seeker.run(now, lead)
        moved = seeker.find("R-001-4")
        assert clock(moved) == "2027-02-19 10:00"
        assert (moved.summary, moved.draft) == (late.summary, late.draft)
        assert not seeker.all("R-004-6")
    seeker.run("2027-02-22 08:40", lead)
    assert seeker.find("R-001-4").summary == late.summary, "not critical at once: it was put there"


def test_the_idea_comes_before_the_question() -> None:
    """However late the idea is placed, the question counts from it."""
    seeker, lead = Seeker(), talk()
    seeker.run("2027-02-11 08:40", lead)
    seeker.tick(seeker.find("R-001-4"), "2027-02-11")
    seeker.drag(seeker.find("R-004-6"), "2027-02-12", to="2027-03-02 10:00")
    seeker.run("2027-02-12 08:40", lead)
    assert days(seeker.all("R-004-4"))[0] == "2027-03-09"


def test_the_question_says_the_same_when_the_idea_was_sent_on_its_day() -> None:
    seeker, lead = Seeker(), talk()
    seeker.run("2027-02-11 08:40", lead)
    seeker.tick(seeker.find("R-001-4"), "2027-02-11")
    seeker.run("2027-02-12 08:40", lead)
    before = min(seeker.all("R-004-4"), key=lambda touch: touch.step)
    seeker.tick(seeker.find("R-004-6"), "2027-02-17")
    seeker.run("2027-02-17 08:40", lead)
    after = min(seeker.all("R-004-4"), key=lambda touch: touch.step)
    assert (after.start, after.reason) == (before.start, before.reason)
    assert day(after) == "2027-02-24"


@pytest.mark.parametrize(
    ("facts", "ideas"),
    [
        pytest.param({}, 1, id="an interview and nothing since"),
        pytest.param({"stage": Stage.OFFER}, 0, id="they made an offer"),
        pytest.param({"offer_on": date(2027, 2, 12)}, 0, id="an offer has its day, the stage lags behind"),
        pytest.param({"stage_known": False, "asking": Asking.OWN_DATE}, 0, id="nobody knows what the status says"),
    ],
)
def test_nobody_sends_ideas_after_an_offer_nor_while_a_status_is_unclear(facts: dict[str, Any], ideas: int) -> None:
    seeker = Seeker()
    seeker.run("2027-02-12 08:40", talk(**facts))
    assert len(seeker.all("R-004-6")) == ideas


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"interview_at": when("2027-02-15 10:00"), "stage": Stage.INTERVIEW}, id="an interview ahead"),
        pytest.param({"offer_on": date(2027, 2, 11), "stage": Stage.OFFER}, id="an offer of yesterday"),
        pytest.param({"answer_by": date(2027, 2, 16), "stage": Stage.ASSESSMENT}, id="a test to be handed in"),
    ],
)
def test_what_still_goes_on_is_no_old_lead_however_old_its_application_is(facts: dict[str, Any]) -> None:
    seeker = Seeker()
    seeker.run("2027-02-12 08:40", a_lead(2, applied_on=date(2026, 11, 2), contact=person(), **facts))
    made = {touch.rule for touch in seeker.schedule.touches}
    assert "triage" not in made
    assert made & {"R-001-2", "R-001-9", "R-005-4"}


def test_a_date_of_your_own_after_the_fifth_interview_leaves_the_last_one_done() -> None:
    """The steps of the fifth interview have the numbers in which dates without a ladder are counted."""
    seeker, lead = Seeker(), talk()
    for held in ("2026-12-01", "2026-12-03", "2026-12-07", "2026-12-09", "2026-12-14"):
        lead = replace(lead, interview_at=when(f"{held} 10:00"))
        seeker.run(f"{held} 08:00", lead)
    lead = replace(lead, follow_up_on=date(2026, 12, 22))
    seeker.run("2026-12-16 08:00", lead)
    done = seeker.find("sheet")
    seeker.tick(done, "2026-12-22")
    seeker.run("2026-12-22 18:00", lead)
    offered = replace(lead, stage=Stage.OFFER, offer_on=date(2026, 12, 23), follow_up_on=date(2026, 12, 30))
    for now in ("2026-12-23 18:00", "2026-12-30 08:00"):
        seeker.run(now, offered)
        assert days(seeker.all("sheet")) == ["2026-12-30"]
        assert seeker.memory.touches[done.uid].done_on == date(2026, 12, 22)


def test_a_tick_that_is_taken_back_leaves_the_next_date_of_your_own_its_place() -> None:
    eve = a_lead(company="", contact=person("Eve Fox"), contact_kind="network", meeting_on=date(2026, 12, 1))
    seeker = Seeker()
    for own in (date(2027, 1, 12), date(2027, 1, 14)):
        seeker.run(f"{own} 08:00", replace(eve, follow_up_on=own))
        seeker.tick(seeker.find("sheet"), str(own))
        seeker.run(f"{own} 18:00", replace(eve, follow_up_on=own))
    touches = {
        uid: replace(touch, reaction=None, done_on=None, reacted_on=None) if touch.round == 50 else touch
        for uid, touch in seeker.memory.touches.items()
    }
    seeker.memory = replace(seeker.memory, touches=touches)
    seeker.run("2027-01-18 08:00", replace(eve, follow_up_on=date(2027, 1, 21)))
    assert days(seeker.all("sheet")) == ["2027-01-21"]
