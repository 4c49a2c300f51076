"""A day that a rule must keep, working day or not, and what is said of one that nobody chose."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date

import pytest
from advisor import Seeker, a_lead, clock, person, settings_for, when
from msgspec.structs import replace

from sync.advice import Rule, load_advice
from sync.memory import Memory
from sync.models import Abilities, Leads, Schedule, Stage
from sync.schedule import registry
from sync.schedule.cases import Case
from sync.schedule.ledger import WEEK
from sync.schedule.make import make_schedule
from sync.schedule.view import View
from sync.schedule.waiting import Answer, FirstOpen, Floor, floor_draft

CHOSEN = "because you chose it"


def greet(case: Case, rule: Rule, view: View) -> Floor | None:
    """A rule that somebody adds: a greeting on a day that is theirs."""
    day = case.lead.travel_on
    return None if day is None else Floor(floor_draft(case, rule, day, view))


def greet_each_year(case: Case, rule: Rule, view: View) -> Answer | None:
    """The same on a day that comes again each year; what lies long past unknown is none of ours."""
    day, year = case.lead.travel_on, view.today.year
    if day is None:
        return None
    days = [_in_year(day, number) for number in (year - 1, year, year + 1)]
    drafts = [floor_draft(case, rule, one, view, round=one.year) for one in days]
    return FirstOpen([Floor(draft) for draft in drafts if draft.memory is not None or draft.raw + WEEK >= view.today])


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def run_on(
    *runs: str, any_day: bool, day: str, monkeypatch: pytest.MonkeyPatch, made_by: Callable[..., Answer | None] = greet
) -> Schedule:
    """The schedule of the last of these runs with that rule in the place of one that is there."""
    others = [entry for entry in registry.ENTRIES if "R-003-16" not in entry.ids]
    monkeypatch.setattr(registry, "ENTRIES", others)
    registry.waited("R-003-16")(made_by)
    settings = settings_for()
    advice = load_advice(settings)
    rule = replace(advice.rules["R-003-16"], any_day=any_day)
    advice = replace(advice, rules={**advice.rules, rule.id: rule})
    met = when("2026-12-01").date()  # somebody who writes down what was sent
    lead = a_lead(
        travel_on=when(day).date(), city="Boston", contact=person(email="dana@acme.example"), last_outbound=met
    )
    memory, schedule = Memory(), Schedule(())
    for now in runs:
        schedule, memory = make_schedule(
            Leads((lead,)),
            settings=settings,
            advice=advice,
            memory=memory,
            now=when(now),
            abilities=Abilities(reactions=True),
        )
    return schedule


def begins(schedule: Schedule) -> Sequence[str]:
    return [clock(touch) for touch in schedule.touches if touch.rule == "R-003-16"]


@pytest.mark.parametrize(
    ("any_day", "runs", "expected"),
    [
        pytest.param(True, ["2027-01-11 08:00"], "2027-01-16 09:00", id="a Saturday is kept"),
        pytest.param(False, ["2027-01-11 08:00"], "2027-01-19 09:00", id="else it waits for the day after the holiday"),
        pytest.param(True, ["2027-01-11 08:00", "2027-01-16 12:00"], "2027-01-16 09:00", id="and on the day itself"),
        pytest.param(True, ["2027-01-11 08:00", "2027-01-18 08:00"], "2027-01-19 09:00", id="passed: once more"),
        pytest.param(True, ["2027-01-16 20:00"], "2027-01-19 09:00", id="the day is over when it is first seen"),
    ],
)
def test_a_greeting_stands_on_the_very_day_and_claims_no_choice(
    any_day: bool, runs: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = run_on(*runs, any_day=any_day, day="2027-01-16", monkeypatch=monkeypatch)
    assert begins(schedule) == [expected]
    assert not [note.reason for note in schedule.notes if CHOSEN in note.reason]


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        pytest.param(["2027-01-11 08:00"], "2027-01-16 09:00", id="this year's"),
        pytest.param(["2027-01-11 08:00", "2027-01-18 08:00"], "2027-01-19 09:00", id="once more when it passed"),
        pytest.param(
            ["2027-01-11 08:00", "2027-01-18 08:00", "2027-01-20 08:00"], "2028-01-16 09:00", id="next year's"
        ),
        pytest.param(["2028-01-11 08:00"], "2028-01-16 09:00", id="not last year's at first sight"),
    ],
)
def test_a_greeting_that_comes_each_year_stands_on_the_first_day_that_is_open(
    runs: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = run_on(*runs, any_day=True, day="2026-01-16", monkeypatch=monkeypatch, made_by=greet_each_year)
    assert begins(schedule) == [expected]


def test_the_last_day_for_an_answer_is_no_choice_of_yours() -> None:
    sunday = when("2027-01-17").date()
    offered = a_lead(stage=Stage.OFFER, answer_by=sunday, offer_on=when("2027-01-15").date(), role="Clerk")
    seeker = Seeker()
    schedule = seeker.run("2027-01-16 08:00", offered)
    assert [clock(touch)[:10] for touch in seeker.all("R-005-4")] == ["2027-01-17"]
    assert not [note.reason for note in schedule.notes if CHOSEN in note.reason]


def test_a_date_of_your_own_on_a_day_off_is_said_to_be_your_choice() -> None:
    schedule = Seeker().run("2027-01-11 08:00", a_lead(follow_up_on=when("2027-01-16").date()))
    assert [note.rule for note in schedule.notes if CHOSEN in note.reason] == ["sheet"]
