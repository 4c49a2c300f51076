"""Rules that never end: one open round at a time, counted from the newest touch, calm through every day of a feed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from advisor import ONE_OF_EACH, Seeker, a_lead, day, days, person, when
from msgspec.structs import replace

from sync.events import to_event
from sync.memory import EventMemory, Reaction
from sync.models import Abilities, Lead, Stage, Stamp

HELD = a_lead(
    agency="Harnham", last_outbound=date(2027, 1, 8), interview_at=when("2027-01-13 10:00"), stage=Stage.INTERVIEW
)
RECRUITER = person("Rae Kerr", "rae@harnham.example")
LOGS = a_lead(9, company="Other", applied_on=date(2027, 1, 4), follow_ups_done=0)
"""A row of somebody who keeps a log."""


def test_asks_that_are_only_planned_do_not_push_the_touch_with_the_agency_away() -> None:
    seeker = Seeker()
    seeker.run("2027-01-13 08:40", ONE_OF_EACH)
    assert seeker.find("R-001-13").reason == ("last touch Wed 13 Jan + 7 days = Wed 20 Jan",)


def test_a_recruiter_known_by_name_hears_from_us_once_in_seven_days() -> None:
    """The next ask is on Fri 15 Jan, as the touch would be; the one after it on Fri 29 Jan."""
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4), last_outbound=date(2027, 1, 8), agency="Harnham")
    seeker.run("2027-01-08 12:00", replace(lead, contact=RECRUITER, contact_kind="recruiter"))
    assert days(seeker.all("R-001-12"))[:2] == ["2027-01-15", "2027-01-29"]
    assert day(seeker.find("R-001-13")) == "2027-01-22"


def test_an_ask_to_the_agency_is_a_touch_with_it() -> None:
    seeker, lead = Seeker(), a_lead(agency="Harnham", applied_on=date(2027, 1, 4))
    seeker.run("2027-01-04 12:00", [lead, LOGS])
    seeker.tick(seeker.find("R-001-1", lead_key=lead.key), "2027-01-08")
    seeker.run("2027-01-08 12:00", [lead, LOGS])
    assert days(seeker.all("R-001-13")) == ["2027-01-15"]


def test_an_idea_sent_to_the_agency_is_a_touch_with_it() -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 12:00", HELD)
    seeker.tick(seeker.find("R-004-6"), "2027-01-19")
    seeker.run("2027-01-19 18:00", HELD)
    assert days(seeker.all("R-001-13")) == ["2027-01-26"]


def test_what_was_done_for_the_agency_starts_its_clock_for_every_row() -> None:
    """A thank-you on the 13th: the first ask of another row of that agency waits a week from then."""
    thanked = a_lead(agency="Harnham", interview_at=when("2027-01-13 10:00"), stage=Stage.INTERVIEW)
    seeker = Seeker()
    seeker.run("2027-01-12 12:00", thanked)
    seeker.tick(seeker.find("R-001-6"), "2027-01-13")
    other = a_lead(3, company="Beta", agency="Harnham", applied_on=date(2027, 1, 11))
    seeker.run("2027-01-14 12:00", [replace(thanked, stage=Stage.REJECTED), other])
    ask = seeker.find("R-001-1")
    assert day(ask) == "2027-01-20"
    assert "was contacted on Wed 13 Jan" in ask.reason[-1]


def shown_through(seeker: Seeker, leads: list[Lead], first: date, count: int) -> list[str]:
    """The day of the agency's touch on each of these days; every run of a day must show the same."""
    found = []
    for offset in range(count):
        runs = []
        for hour in ("00:05", "08:40", "19:40"):
            seeker.run(f"{first + timedelta(days=offset)} {hour}", leads)
            runs.append([touch for touch in seeker.schedule.touches if touch.rule != "R-001-14"])
        assert all(run == runs[0] for run in runs), first + timedelta(days=offset)
        found += days(seeker.all("R-001-13"))
    return found


def test_a_thank_you_taken_as_done_counts_in_the_very_run_that_takes_it() -> None:
    """A feed shows no ticks: the thank-you of the 13th is done at the end of its day."""
    seeker = Seeker(reactions=False)
    assert shown_through(seeker, [HELD], date(2027, 1, 12), 4) == [
        "2027-01-15", "2027-01-19", "2027-01-20", "2027-01-20"
    ]  # fmt: skip


def test_a_second_offer_says_so_all_day() -> None:
    seeker = Seeker()
    lead = a_lead(meeting_on=date(2027, 1, 4), contact=person(), lead_kind="connection", last_outbound=date(2027, 1, 4))
    shown_through(seeker, [lead], date(2027, 1, 18), 3)
    [touch] = seeker.all("R-003-3")
    assert (day(touch), touch.reason[-1]) == (
        "2027-01-20", "offered once more: Tue 19 Jan passed without a sign that it was done"
    )  # fmt: skip


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_touch_that_came_back_under_a_new_identity_goes_on_to_its_next_round(*, newest_first: bool) -> None:
    """A date of their own took its place and was struck out again; that the first event is gone changes no round."""
    eve = a_lead(company="", contact=person("Eve Fox"), contact_kind="network", meeting_on=date(2027, 1, 4))
    seeker = Seeker()
    seeker.run("2027-01-05 08:00", [eve, LOGS])
    first = seeker.find("R-003-3")
    seeker.run("2027-01-06 08:00", [replace(eve, follow_up_on=date(2027, 1, 11)), LOGS])
    assert not seeker.all("R-003-3")
    event = to_event(first, settings=seeker.settings, abilities=Abilities(reactions=True))
    taken_out = EventMemory(first.uid, event, Stamp(when("2027-01-06"), when("2027-01-06"), 0), gone=True)
    seeker.memory = replace(seeker.memory, events={first.uid: taken_out})
    for today in (7, 18, 19, 20, 21):
        seeker.run(f"2027-01-{today:02} 08:00", [eve, LOGS])
        known = sorted(seeker.memory.touches.items(), key=lambda one: one[1].generation, reverse=newest_first)
        seeker.memory = replace(seeker.memory, touches=dict(known))
    assert [(touch.round, day(touch)) for touch in seeker.all("R-003-3")] == [(2, "2027-02-18")]


def test_a_round_that_is_left_behind_where_you_moved_it_starts_the_next_one_from_there_at_once() -> None:
    """It was left where it had been planned for a run, and by its place in the calendar from the next run on."""
    eve = a_lead(company="", contact=person("Eve Fox"), contact_kind="network", meeting_on=date(2027, 1, 4))
    seeker = Seeker()
    for now in ("2027-01-05 08:00", "2027-01-15 08:00", "2027-01-19 08:00", "2027-01-20 08:00"):
        seeker.run(now, [eve, LOGS])
    again, moved = seeker.find("R-003-3"), when("2027-02-01 10:00")
    event = to_event(again, settings=seeker.settings, abilities=Abilities(reactions=True))
    stands = replace(event, start=moved, end=moved + timedelta(minutes=15))
    dragged = replace(
        seeker.memory.touches[again.uid], reaction=Reaction.DRAGGED, pinned_to=moved, pinned_fact="2027-01-04"
    )
    seeker.memory = replace(
        seeker.memory,
        touches={**seeker.memory.touches, again.uid: dragged},
        events={again.uid: EventMemory(again.uid, stands, Stamp(moved, moved, 0), revived=True)},
    )
    for now in ("2027-02-02 08:00", "2027-02-03 08:00"):
        seeker.run(now, [eve, LOGS])
        assert days(seeker.all("R-003-3")) == ["2027-03-03"]
