"""`[[pause]]`: nothing new begins in it, and what has its hour stays."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from conftest import ZONE
from hypothesis import given, settings
from hypothesis import strategies as st
from runner import Seeker, a_row, settings_with

from sync.errors import ConfigError
from sync.models import Touch
from sync.moments import day_of

PAUSE = """
[[pause]]
from = 2027-01-08
to = 2027-01-24
reason = "skiing"
"""
FIRST, LAST = date(2027, 1, 8), date(2027, 1, 24)


def touches(seeker: Seeker, **options: bool) -> list[Touch]:
    return [touch for touch in seeker.run(**options).plan.schedule if touch.lead is not None]


def inside(found: list[Touch]) -> list[str]:
    return [touch.rule for touch in found if FIRST <= day_of(touch.start, ZONE) <= LAST]


def notes(seeker: Seeker) -> list[str]:
    return [note.reason for note in seeker.run(write=False).plan.notes if note.reason.startswith("pause from")]


def test_a_follow_up_moves_behind_the_pause_and_says_why() -> None:
    seeker = Seeker([a_row("Acme")], settings=settings_with(PAUSE))
    first = min(touches(seeker), key=lambda touch: touch.start)
    assert day_of(first.start, ZONE) == date(2027, 1, 25)  # applied 4 January + 7 days = 11 January: skiing
    assert first.reason[-1] == "you are away on Mon 11 Jan (skiing); moved to Mon 25 Jan"
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize(("applied", "first"), [("2027-01-02", "2027-01-11"), ("2027-01-04", "2027-01-12")])
def test_a_follow_up_whose_day_off_leads_into_the_pause_says_the_pause(applied: str, first: str) -> None:
    """Applied on Sat 2 January + 7 days = Sat 9 January: not the weekend keeps it until the 25th."""
    day = date.fromisoformat(first)
    pause = PAUSE.replace("2027-01-08", first)
    extra = settings_with(f"extra_holidays = [2027-01-11]\n{pause}" if day.day == 12 else pause)
    seeker = Seeker([a_row("Acme", applied)], settings=extra)
    step = min(touches(seeker), key=lambda touch: touch.start)
    assert step.reason[-1] == f"you are away on {day:%a} {day.day} Jan (skiing); moved to Mon 25 Jan"


def test_many_that_were_due_in_it_are_spread_behind_it() -> None:
    seeker = Seeker([a_row(f"Firm {number}") for number in range(24)], settings=settings_with(PAUSE))
    days = Counter(day_of(touch.start, ZONE) for touch in touches(seeker) if touch.rule == "R-001-1")
    assert min(days) == date(2027, 1, 25)
    assert max(days.values()) <= 8
    assert seeker.run().plan.writes == ()


def test_interviews_and_deadlines_stay_and_are_named_before_it_begins() -> None:
    rows = [a_row("Acme", status="interview", interview_at="2027-01-13 10:00")]
    paused, plain = Seeker(rows, settings=settings_with(PAUSE)), Seeker(rows)
    thanks = [[touch.start for touch in touches(one) if touch.rule == "R-001-4"] for one in (paused, plain)]
    assert thanks[0] == thanks[1] != []
    (confirm,) = [touch for touch in touches(paused) if touch.rule == "R-001-2"]
    assert day_of(confirm.start, ZONE) == date(2027, 1, 7)
    said = notes(paused)
    assert any("interview" in one and "13 Jan" in one for one in said)
    assert any("thank" in one for one in said)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def confirmation(seeker: Seeker) -> date:
    (confirm,) = [touch for touch in touches(seeker) if touch.rule == "R-001-2"]
    return day_of(confirm.start, ZONE)


def test_who_is_away_already_confirms_the_interview_the_day_before_it_and_not_at_once() -> None:
    """Ill since Monday 4 January, said on the 5th: nobody has to write in bed about an interview of the 13th."""
    rows = [a_row("Acme", "2026-12-28", status="interview", interview_at="2027-01-13 10:00")]
    pause = PAUSE.replace("2027-01-08", "2027-01-04")
    seeker = Seeker(rows, settings=settings_with(pause), now=at("2027-01-05 10:00"))
    assert confirmation(seeker) == date(2027, 1, 12)
    for now in ("2027-01-06 08:00", "2027-01-11 08:00", "2027-01-12 08:00"):
        seeker.now = at(now)
        assert confirmation(seeker) == date(2027, 1, 12)
    assert seeker.run().plan.writes == ()
    one = Seeker(rows, settings=settings_with(PAUSE), now=at("2027-01-05 10:00"))
    assert confirmation(one) == date(2027, 1, 7)  # there is a day left before the pause
    one.now = at("2027-01-08 08:00")
    assert confirmation(one) == date(2027, 1, 12)  # it was not done, and is asked for once more in time
    assert seeker.run().plan.writes == ()


def test_a_promise_that_falls_into_a_pause_that_is_on_is_kept_on_its_day() -> None:
    pause = PAUSE.replace("2027-01-08", "2027-01-04")
    row = a_row("Acme", "2026-12-28", status="in touch", promised_on="2027-01-13")
    for now, day in (("2027-01-05 10:00", "2027-01-13"), ("2026-12-30 10:00", "2026-12-31")):
        seeker = Seeker([row], settings=settings_with(pause), now=at(now))
        (kept,) = [touch for touch in touches(seeker) if touch.rule == "R-000-3"]
        assert f"{day_of(kept.start, ZONE)}" == day, now


CALL = {
    "status": "idea",
    "received_at": "2027-01-11 09:00",
    "referrer": "Mara Lind",
    "contact_name": "Bo Lind",
    "contact_phone": "+1 555 0101",
}


def call_in(seeker: Seeker) -> datetime:
    (call,) = [touch for touch in touches(seeker) if touch.rule == "R-002-1"]
    assert isinstance(call.start, datetime)
    return call.start


def test_a_call_that_is_owed_stays_in_a_pause_as_every_deadline_does() -> None:
    seeker = Seeker([a_row("Acme", "", **CALL)], settings=settings_with(PAUSE), now=at("2027-01-11 09:30"))
    assert call_in(seeker) == at("2027-01-11 09:45")
    late = Seeker([a_row("Acme", "", **CALL)], settings=settings_with(PAUSE), now=at("2027-01-11 18:00"))
    assert call_in(late) == at("2027-01-12 09:00")


def test_what_is_offered_once_more_moves_behind_a_pause_that_comes_later_and_says_nothing_untrue() -> None:
    """Its day of Thu 14 January was given on the 13th, the pause in the evening: that day has not passed."""
    seeker = Seeker([a_row("Acme", "2027-01-05", last_outbound=""), a_row("Globex", last_outbound="2027-01-05")])
    for now in ("2027-01-05 08:00", "2027-01-12 08:00", "2027-01-13 08:00"):
        seeker.now = at(now)
        touches(seeker)
    (again,) = [touch for touch in touches(seeker) if touch.lead == "Acme, Analyst" and touch.offers == 2]
    assert day_of(again.start, ZONE) == date(2027, 1, 13)
    seeker.settings = settings_with(PAUSE.replace("2027-01-08", "2027-01-13"))
    (moved,) = [touch for touch in touches(seeker) if touch.uid == again.uid]
    assert day_of(moved.start, ZONE) == date(2027, 1, 25)
    assert moved.reason == again.reason
    assert seeker.run().plan.writes == ()


def review_of(seeker: Seeker) -> list[str]:
    (review,) = [touch for touch in seeker.run().plan.schedule if touch.rule == "R-001-14"]
    return review.description.splitlines()


def test_the_weekly_review_before_a_pause_names_what_stays_in_it() -> None:
    """The pause begins on Friday 15 January; the review of Friday 8 January is the last one before it."""
    settings = settings_with(PAUSE.replace("2027-01-08", "2027-01-15"))
    rows = [
        a_row("Acme", "2027-01-01", status="interview", interview_at="2027-01-19 10:00", follow_up_on=""),
        a_row("Globex", "2027-01-05", follow_up_on="2027-01-16"),
        a_row("Initech", "2027-01-05"),
    ]
    seeker = Seeker(rows, settings=settings, now=at("2027-01-07 11:00"))
    assert (
        "Your pause: Fri 15 Jan to Sun 24 Jan. Nothing new begins in it, but these stay: "
        "Sat 16 Jan: Globex, Analyst; Tue 19 Jan: Acme, Analyst, the interview; "
        "Tue 19 Jan: Acme, Analyst, the thank-you for the interview"
    ) in review_of(seeker)
    assert seeker.run().plan.writes == ()


def test_a_pause_in_which_nothing_stands_is_said_too_and_one_far_off_is_not() -> None:
    def lines(now: str) -> list[str]:
        return review_of(Seeker([a_row("Initech", "2027-01-05")], settings=settings_with(PAUSE), now=at(now)))

    line = "Your pause: Fri 8 Jan to Sun 24 Jan. Nothing new begins in it, and nothing else stands in it."
    assert line not in lines("2026-12-30 12:00")
    assert line in lines("2027-01-06 12:00")


def test_a_date_of_the_sheet_stays() -> None:
    seeker = Seeker([a_row("Acme", follow_up_on="2027-01-12")], settings=settings_with(PAUSE))
    assert date(2027, 1, 12) in {day_of(touch.start, ZONE) for touch in touches(seeker)}


def test_a_pause_that_comes_later_moves_what_is_in_the_calendar_and_one_taken_out_moves_it_back() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex", "2026-12-30")])
    before = {touch.uid: touch.start for touch in touches(seeker)}
    seeker.settings = settings_with(PAUSE)
    assert not inside(touches(seeker))
    assert seeker.run().plan.writes == ()
    seeker.settings = settings_with()
    assert {touch.uid: touch.start for touch in touches(seeker)} == before


@given(st.lists(st.integers(-25, 0), min_size=1, max_size=8), st.integers(0, 20), st.integers(0, 20))
@settings(max_examples=15, deadline=None)
def test_whatever_is_applied_for_nobody_is_asked_in_a_pause_and_a_life_with_one_is_calm(
    ages: list[int], begins: int, length: int
) -> None:
    first = date(2027, 1, 4) + timedelta(days=begins)
    last = first + timedelta(days=length)
    rows = [
        a_row(f"Firm {number}", (date(2027, 1, 4) + timedelta(days=age)).isoformat()) for number, age in enumerate(ages)
    ]
    seeker = Seeker(rows, settings=settings_with(f"[[pause]]\nfrom = {first}\nto = {last}\n"))
    for _ in range(6):
        for touch in touches(seeker):
            assert not first <= day_of(touch.start, ZONE) <= last, touch.reason
        assert seeker.run().plan.writes == ()
        seeker.now += timedelta(days=5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[[pause]]\nfrom = 2027-01-24\nto = 2027-01-08", "ends on 2027-01-08, before it", id="backwards"),
        pytest.param(PAUSE + "[[pause]]\nfrom = 2027-01-24\nto = 2027-01-30", "two pauses overlap", id="overlapping"),
        pytest.param("[[pause]]\nfrom = 2027-01-24\nto = 2029-01-30", "is longer than a year", id="for years"),
        pytest.param("[[pause]]\nfrom = 2027-01-24", "pause", id="without an end"),
        pytest.param("[[pause]]\nfrom = 2027-01-24\nto = 'soon'", "pause", id="no day"),
    ],
)  # fmt: skip
def test_a_pause_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        settings_with(text)
