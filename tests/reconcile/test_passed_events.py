"""An event whose day has passed and that the user drags to a coming day stays there, whatever it was about."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from conftest import ZONE, at
from killed_lives import FULL_SHEET
from runner import Seeker, a_row

from sync.memory import Word, WordKind
from sync.moments import day_of
from sync.reconcile.words import add_word, find_open

SHEET = (
    *FULL_SHEET,
    a_row("Aviato", "2027-01-06", agency="Staff & Co"),
    a_row("Hooli", "", status="idea", referrer="Ruth Ray", received_at="2027-01-06"),
    a_row("Vehement", "2026-09-01"),
    a_row("Vista", "2026-12-01", agency="Staff & Co", status="on_hold"),
)


def a_seeker(days: int) -> Seeker:
    """Somebody with a bit of everything, after so many daily runs."""
    seeker = Seeker([dict(row) for row in SHEET])
    for number in range(days):
        seeker.now = at("2027-01-08", "07:45") + timedelta(days=number)
        seeker.run()
    return seeker


def passed(seeker: Seeker) -> list[str]:
    """The events of days before today."""
    today = seeker.now.date()
    return sorted(uid for uid, e in seeker.calendar.items() if day_of(e.snapshot.start, ZONE) < today)


def drag(seeker: Seeker, uid: str, start: datetime) -> None:
    seeker.edit(uid, start=start, end=start + timedelta(minutes=15))


@pytest.mark.parametrize("days", range(3, 24, 4))
def test_a_passed_event_that_is_dragged_to_a_coming_day_stays_there(days: int) -> None:
    seeker = a_seeker(days)
    told = {}
    for number, uid in enumerate(passed(seeker)):
        told[uid] = (seeker.now + timedelta(days=3 + number % 4)).replace(hour=15, minute=7, second=0, microsecond=0)
        drag(seeker, uid, told[uid])
    assert len(told) >= 2
    for _ in range(8):
        seeker.run()
        for uid, start in told.items():
            if start.date() >= seeker.now.date():
                title = seeker.calendar[uid].snapshot.summary if uid in seeker.calendar else "gone"
                assert title != "gone", seeker.store.load().touches[uid]
                assert seeker.calendar[uid].snapshot.start == start, title
        seeker.now = at(str(seeker.now.date() + timedelta(days=1)), "07:45")


def revived(seeker: Seeker) -> str:
    """Drags Acme's passed follow-up to the day after tomorrow."""
    uid = next(uid for uid in passed(seeker) if "Acme" in seeker.calendar[uid].snapshot.summary)
    drag(seeker, uid, (seeker.now + timedelta(days=2)).replace(hour=15, minute=7))
    return uid


def test_it_stays_where_its_row_already_said_stop() -> None:
    seeker = a_seeker(10)
    seeker.rows[0]["status"] = "rejected"
    seeker.run()
    uid = revived(seeker)
    seeker.run()
    assert uid in seeker.calendar
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize("cells", [{"status": "rejected"}, {"do_not_contact": "yes"}], ids=str)
def test_it_goes_where_its_row_says_stop_later(cells: dict[str, str]) -> None:
    seeker = a_seeker(10)
    uid = revived(seeker)
    seeker.run()
    assert uid in seeker.calendar
    seeker.rows[0].update(cells)
    seeker.now += timedelta(days=1)
    report = seeker.run()
    assert uid not in seeker.calendar
    assert [c.reason for c in report.plan.writes if c.uid == uid] == ["its row says stop"]


@pytest.mark.parametrize("how", ["dragged", "snoozed"])
def test_what_passed_and_was_moved_is_shown_and_explained_where_it_stands(how: str) -> None:
    seeker = a_seeker(10)
    uid = next(uid for uid in passed(seeker) if "Acme" in seeker.calendar[uid].snapshot.summary)
    start = seeker.calendar[uid].snapshot.start
    assert isinstance(start, datetime)
    to = start.replace(day=seeker.now.day + 2)
    if how == "dragged":
        drag(seeker, uid, to)
    else:
        seeker.store.keep(add_word(seeker.store.load(), Word(uid, WordKind.SNOOZE, on=to.date())))
    for _ in range(2):
        seeker.run()
        assert seeker.calendar[uid].snapshot.start == to
        [touch] = [touch for touch in seeker.run(write=False).plan.schedule if touch.uid == uid]
        assert (touch.start, touch.published) == (to, True)
        assert touch.pinned
        assert touch.reason[0] == "applied_on: Fri 8 Jan + 7 days = Fri 15 Jan"
        assert touch.reason[-1].endswith("to Tue 19 Jan")
        assert touch.lead == "Acme, Analyst"
    assert seeker.run().plan.writes == ()


def test_a_passed_event_that_was_snoozed_may_be_snoozed_again_and_done() -> None:
    seeker = a_seeker(10)
    uid = next(uid for uid in passed(seeker) if "Acme" in seeker.calendar[uid].snapshot.summary)
    today = seeker.now.date()
    for days in (1, 4):
        seeker.store.keep(add_word(seeker.store.load(), Word(uid, WordKind.SNOOZE, on=today + timedelta(days=days))))
        plan = seeker.run().plan
        found = find_open(seeker.run().leads.leads, seeker.store.load(), plan.schedule, today=today, zone=ZONE)
        assert uid in {one.uid for one in found if one.ahead}
        assert day_of(seeker.calendar[uid].snapshot.start, ZONE) == today + timedelta(days=days)
    seeker.store.keep(add_word(seeker.store.load(), Word(uid, WordKind.DONE, on=today)))
    seeker.run()
    assert seeker.calendar[uid].snapshot.summary.startswith("✓ ")
    assert seeker.run().plan.writes == ()


# --- it is a planned follow-up again -----------------------------------------------------------------------------


def a_passed_step(*, logs: bool) -> tuple[Seeker, str]:
    """Dune's first follow-up, of 4 Jan, has passed and is dragged to Tue 12 Jan. `logs`: another one was ticked."""
    seeker = Seeker([a_row("Dune", "2026-12-28"), a_row("Acme", "2026-12-22")])
    for day in range(4, 8):
        seeker.now = at(f"2027-01-{day:02}", "08:15")
        seeker.run()
        if logs and day == 4:
            acme = seeker.shown("Acme")
            seeker.edit(acme.uid, summary=f"x {acme.snapshot.summary}")
    uid = seeker.shown("Dune").uid
    assert uid in passed(seeker)
    drag(seeker, uid, at("2027-01-12", "09:00"))
    seeker.run()
    return seeker, uid


def steps_of(seeker: Seeker, company: str) -> list[tuple[str, str]]:
    """Day and status of what is yet to come, by date."""
    found = [e.snapshot for e in seeker.calendar.values() if company in e.snapshot.summary]
    return sorted((str(day_of(s.start, ZONE)), s.status) for s in found if day_of(s.start, ZONE) >= seeker.now.date())


@pytest.mark.parametrize("logs", [False, True])
def test_later_steps_count_from_the_day_it_was_dragged_to(logs: bool) -> None:
    seeker, _ = a_passed_step(logs=logs)
    first, second, *_ = steps_of(seeker, "Dune")
    assert first == ("2027-01-12", "CONFIRMED")
    assert second == ("2027-01-19", "TENTATIVE")
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize("logs", [False, True])
def test_a_word_means_it_as_the_next_follow_up(logs: bool) -> None:
    seeker, uid = a_passed_step(logs=logs)
    report = seeker.run()
    (dune,) = [lead for lead in report.leads.leads if lead.company == "Dune"]
    today = seeker.now.date()
    found = find_open([dune], seeker.store.load(), report.plan.schedule, today=today, zone=ZONE)
    assert (found[0].uid, str(found[0].day), found[0].ahead) == (uid, "2027-01-12", True)


@pytest.mark.parametrize("logs", [False, True])
@pytest.mark.parametrize("ticked", [{"summary": "x Dana Dune, Dune: follow up"}, {"status": "COMPLETED"}], ids=str)
@pytest.mark.parametrize("at_once", [False, True])
def test_a_tick_on_it_counts_and_turns_its_alarm_off(logs: bool, ticked: dict[str, str], at_once: bool) -> None:
    seeker, uid = a_passed_step(logs=logs)
    if at_once:
        drag(seeker, uid, at("2027-01-13", "09:00"))
    assert seeker.calendar[uid].snapshot.our_alarm is not None
    seeker.edit(uid, **ticked)
    seeker.run()
    assert seeker.calendar[uid].snapshot.our_alarm is None
    assert str(seeker.store.load().touches[uid].done_on) == "2027-01-07"
    assert seeker.run().plan.writes == ()


def test_what_passed_after_it_stays_passed() -> None:
    seeker = Seeker([a_row("Dune", "2026-12-14")])
    for day in (18, 21, 22, 23, 24, 28, 29, 30, 31):
        seeker.now = at(f"2026-12-{day}", "08:15")
        seeker.run()
    dune = [uid for uid in passed(seeker) if "Dune" in seeker.calendar[uid].snapshot.summary]
    first, second = sorted(dune, key=lambda uid: str(seeker.calendar[uid].snapshot.start))
    before = seeker.calendar[second].snapshot.start
    drag(seeker, first, at("2027-01-05", "09:00"))
    seeker.run()
    assert seeker.calendar[second].snapshot.start == before
    assert [day for day, _ in steps_of(seeker, "Dune")][:2] == ["2027-01-05", "2027-01-19"]


@pytest.mark.parametrize("company", ["Acme", "Weekly review"])
def test_what_no_plan_holds_is_shown_and_can_be_ticked(company: str) -> None:
    seeker = a_seeker(10)
    seeker.rows[0]["status"] = "rejected"
    seeker.run()
    uid = next(uid for uid in passed(seeker) if company in seeker.calendar[uid].snapshot.summary)
    drag(seeker, uid, (seeker.now + timedelta(days=2)).replace(hour=15, minute=7))
    (touch,) = [touch for touch in seeker.run().plan.schedule if touch.uid == uid]
    assert touch.start == seeker.calendar[uid].snapshot.start
    seeker.edit(uid, summary=f"x {seeker.calendar[uid].snapshot.summary}")
    seeker.run()
    assert seeker.calendar[uid].snapshot.our_alarm is None


def test_a_round_that_passed_and_was_moved_is_the_only_one_that_stands_ahead() -> None:
    """Keep in touch with an agency: no second one beside it, and the next a week after it."""
    seeker = Seeker([a_row("Aviato", "2027-01-06", agency="Staff & Co")])
    for number in range(14):
        seeker.now = at("2027-01-08", "08:45") + timedelta(days=number)
        seeker.run()

    def ahead() -> list[tuple[str, int]]:
        touches, today = seeker.store.load().touches, seeker.now.date()
        days = {uid: day_of(event.snapshot.start, ZONE) for uid, event in seeker.calendar.items()}
        found = [uid for uid in days if touches[uid].rule == "R-001-13" and days[uid] >= today]
        return sorted((days[uid].isoformat(), touches[uid].round) for uid in found)

    touches = seeker.store.load().touches
    uid = max((uid for uid in passed(seeker) if touches[uid].rule == "R-001-13"), key=lambda uid: touches[uid].round)
    drag(seeker, uid, (seeker.now + timedelta(days=3)).replace(hour=15, minute=7))
    there = (str(seeker.now.date() + timedelta(days=3)), touches[uid].round)
    for _ in range(3):
        seeker.run()
        assert ahead() == [there]
        seeker.now = at(str(seeker.now.date() + timedelta(days=1)), "08:45")
    seeker.now = at(str(seeker.now.date() + timedelta(days=1)), "08:45")
    seeker.run()
    [(next_day, _)] = ahead()
    assert datetime.fromisoformat(next_day) >= datetime.fromisoformat(there[0]) + timedelta(days=7)
