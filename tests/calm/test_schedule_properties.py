"""What holds for every sheet: Hypothesis makes sheets and days of reactions, every run keeps every promise.

The promises stand in `schedule_promises.py`. Each has a schedule here that breaks it, so that none of them is empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from advisor import NEW_YORK, Seeker, a_lead, person, settings_for, when
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from numbered_lives import Life
from schedule_promises import (
    PROMISES,
    STEPS,
    TODAY,
    Seen,
    Step,
    at_most_one_late_event_per_lead,
    every_open_row_has_something_ahead_or_a_note,
    identities_are_unique_and_not_of_the_past,
    live,
    no_ask_within_a_week_of_an_obligation,
    no_call_outside_the_contacts_hours,
    no_deadline_passed_unless_late,
    no_floor_before_its_day,
    no_two_asks_in_a_row_with_one_move,
    no_two_of_ours_at_once,
    nobody_is_asked_before_a_promised_call,
    nobody_is_asked_in_a_pause,
    nobody_is_asked_on_a_holiday_of_theirs,
    nobody_is_told_to_apply_too_late,
    nothing_new_in_the_past,
    nothing_on_a_closed_lead,
    one_ask_per_organisation_in_seven_days,
    sheets,
    steps_keep_their_distance,
    the_clock_alone_moves_nothing_of_a_day,
    waits_end_on_business_days,
    what_breaks_the_limit_is_noted,
)

from sync.models import Lead, Stage


def bounded(examples: int, *, new: bool = False) -> settings:
    """So many examples, the same every time; `new` ones, made smaller where they fail, in `make soak`."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=not new,
        phases=tuple(Phase) if new else (Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.too_slow],
    )


@bounded(40)
@given(sheets(), st.booleans())
def test_a_first_run_keeps_every_promise(leads: list[Lead], reactions: bool) -> None:
    keep_all(leads, [], reactions=reactions)


@bounded(25)
@given(sheets(), st.lists(STEPS, max_size=3))
def test_days_of_reactions_keep_every_promise(leads: list[Lead], steps: list[Step]) -> None:
    keep_all(leads, steps)


@bounded(2)
@given(sheets(), st.booleans())
def test_two_weeks_without_any_reaction_keep_every_promise(leads: list[Lead], reactions: bool) -> None:
    keep_all(leads, [(1, [])] * 14, reactions=reactions)


@bounded(10)
@given(sheets(), st.lists(STEPS, max_size=3), st.integers(0, 20), st.integers(0, 16))
def test_days_with_a_pause_among_them_keep_every_promise(
    leads: list[Lead], steps: list[Step], begins: int, length: int
) -> None:
    first = TODAY + timedelta(days=begins)
    keep_all(leads, steps, tables=f"[[pause]]\nfrom = {first}\nto = {first + timedelta(days=length)}")


@bounded(12)
@given(sheets(), st.lists(STEPS, max_size=3))
def test_days_with_the_interviews_themselves_keep_every_promise(leads: list[Lead], steps: list[Step]) -> None:
    keep_all(leads, steps, target="interviews = true")


@pytest.mark.parametrize("lives", [range(15), (151, 261, 1370), pytest.param(range(15, 2500), marks=pytest.mark.soak)])
def test_lives_with_pauses_that_come_and_go_keep_every_promise(lives: Iterable[int]) -> None:
    for number in lives:
        life = Life(number)
        for schedule in life.days(10):
            for promise in PROMISES:
                promise(life.seen(schedule))


@pytest.mark.soak
@bounded(3000, new=True)
@given(sheets(), st.lists(STEPS, max_size=6))
def test_many_lives_keep_every_promise(leads: list[Lead], steps: list[Step]) -> None:
    keep_all(leads, steps)


def keep_all(
    leads: list[Lead], steps: Sequence[Step], *, reactions: bool = True, tables: str = "", target: str = ""
) -> None:
    for seen in live(leads, steps, reactions=reactions, tables=tables, target=target):
        for promise in PROMISES:
            promise(seen)


@bounded(10)
@given(sheets())
def test_the_order_of_rows_does_not_matter(leads: list[Lead]) -> None:
    (forth,), (back,) = live(leads), live(leads[::-1])
    assert forth.schedule.touches == back.schedule.touches


# --- no promise is empty -----------------------------------------------------------------------------------------

ROWS = [
    a_lead(2, company="Acme", applied_on=date(2027, 1, 12), contact=person()),
    a_lead(3, company="Beta", stage=Stage.INTERVIEW, interview_at=when("2027-01-20 10:00"), contact=person("Bo Lind")),
    a_lead(
        4, company="Gamma", received_at=when("2027-01-13 08:00"), referrer="Lou Ames",
        contact=person("Cy Moss", phone="+1 555 0100"),
    ),
    a_lead(5, company="Delta", applied_on=date(2027, 1, 12), follow_up_on=date(2027, 1, 19)),
    a_lead(6, company="Delta", role="Editor", follow_up_on=date(2027, 1, 20)),
    a_lead(7, company="Zeta", closes_on=date(2027, 1, 29)),
    a_lead(8, company="Eta", applied_on=date(2027, 1, 12), they_call_at=when("2027-01-15 10:00")),
    a_lead(9, company="Theta", under_consideration_on=date(2027, 1, 12), contact_country="JP", stage=Stage.IN_TOUCH),
]  # fmt: skip


def first_run() -> Seen:
    (seen,) = live(ROWS)
    return seen


def doctored(seen: Seen, rule: str, **changes: Any) -> Seen:
    """The run with the first touch of this rule changed."""
    touches = list(seen.schedule.touches)
    at = next(index for index, touch in enumerate(touches) if touch.rule == rule)
    touches[at] = replace(touches[at], **changes)
    return replace(seen, schedule=replace(seen.schedule, touches=tuple(touches)))


def on(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def without_notes(seen: Seen) -> Seen:
    return replace(seen, schedule=replace(seen.schedule, notes=()))


def twice(seen: Seen) -> Seen:
    return replace(seen, schedule=replace(seen.schedule, touches=seen.schedule.touches * 2))


def silent(seen: Seen) -> Seen:
    return without_notes(replace(seen, schedule=replace(seen.schedule, touches=())))


def not_wanted(seen: Seen) -> Seen:
    return replace(seen, leads=[replace(lead, interested=False) for lead in seen.leads])


def both_late(seen: Seen) -> Seen:
    late = doctored(seen, "R-002-1", summary="Late: Call now")
    return doctored(late, "R-000-2", summary="Late: Thank")


def same_move(seen: Seen) -> Seen:
    return doctored(seen, "R-001-12", move=next(t.move for t in seen.schedule.touches if t.rule == "R-001-1"))


def away(seen: Seen) -> Seen:
    tables = "[[pause]]\nfrom = 2027-01-13\nto = 2027-03-31"
    return replace(seen, seeker=Seeker(settings_for(tables=tables)))


Breaks = Callable[[Seen], Seen]
BROKEN: list[tuple[Callable[[Seen], None], Breaks]] = [
    (one_ask_per_organisation_in_seven_days, lambda seen: doctored(seen, "R-001-12", start=on("2027-01-20 09:00"))),
    (no_ask_within_a_week_of_an_obligation, lambda seen: doctored(seen, "R-004-4", start=on("2027-01-25 09:00"))),
    (what_breaks_the_limit_is_noted, without_notes),
    (no_deadline_passed_unless_late, lambda seen: doctored(seen, "R-000-2", start=on("2027-01-15 09:00"))),
    (no_floor_before_its_day, lambda seen: doctored(seen, "R-001-1", start=on("2027-01-18 09:00"))),
    (steps_keep_their_distance, lambda seen: doctored(seen, "R-001-12", start=on("2027-01-25 09:00"))),
    (waits_end_on_business_days, lambda seen: doctored(seen, "R-001-1", start=on("2027-01-23 09:00"))),
    (nothing_on_a_closed_lead, not_wanted),
    (no_call_outside_the_contacts_hours, lambda seen: doctored(seen, "R-002-1", start=on("2027-01-13 18:00"))),
    (no_two_asks_in_a_row_with_one_move, same_move),
    (nothing_new_in_the_past, lambda seen: doctored(seen, "R-001-1", start=on("2027-01-12 09:00"))),
    (no_two_of_ours_at_once, lambda seen: doctored(seen, "R-001-14", start=on("2027-01-13 09:00"))),
    (every_open_row_has_something_ahead_or_a_note, silent),
    (identities_are_unique_and_not_of_the_past, twice),
    (at_most_one_late_event_per_lead, both_late),
    (nobody_is_told_to_apply_too_late, lambda seen: doctored(seen, "R-005-1", start=on("2027-02-01 09:00"))),
    (nobody_is_asked_before_a_promised_call, lambda seen: doctored(seen, "R-005-3", start=on("2027-01-15 10:15"))),
    (nobody_is_asked_on_a_holiday_of_theirs, lambda seen: doctored(seen, "R-003-15", start=on("2027-02-11 09:00"))),
    (the_clock_alone_moves_nothing_of_a_day, lambda seen: doctored(seen, "R-001-1", start=on("2027-01-19 09:15"))),
    (nobody_is_asked_in_a_pause, away),
]


@pytest.mark.parametrize(("promise", "break_it"), BROKEN, ids=[promise.__name__ for promise, _ in BROKEN])
def test_a_promise_can_be_broken(promise: Callable[[Seen], None], break_it: Breaks) -> None:
    seen = first_run()
    promise(seen)
    with pytest.raises(AssertionError):
        promise(break_it(first_run()))


def test_every_promise_has_its_breach() -> None:
    assert [promise for promise, _ in BROKEN] == list(PROMISES)
