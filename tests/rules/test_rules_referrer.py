"""R-001-7: keep the referrer informed, never more than one note in seven days, those made in one run included."""

from __future__ import annotations

from datetime import date, timedelta

from advisor import Seeker, a_lead, day, person, when

from sync.models import Lead, Stage


def named(number: int, reached: date | None = None, **facts: object) -> Lead:
    facts = {"received_at": when("2027-01-11 09:00"), "last_outbound": reached, **facts}
    return a_lead(number, company=f"Firm {number}", referrer="Lou Ames", contact=person(f"Kim {number}"), **facts)


def notes(seeker: Seeker) -> list[str]:
    return sorted(day(touch) for touch in seeker.all("R-001-7"))


def test_two_leads_of_one_referrer_reached_on_one_day_are_one_note_then_one_a_week_later() -> None:
    reached = date(2027, 1, 12)
    seeker, leads = Seeker(), [named(2, reached), named(3, reached)]
    schedule = seeker.run("2027-01-12 12:00", leads)
    assert notes(seeker) == ["2027-01-12", "2027-01-19"]
    later = max(seeker.all("R-001-7"), key=day)
    assert "Firm 3" in later.description
    assert seeker.run("2027-01-12 12:00", leads).touches == schedule.touches
    for number in range(1, 30):
        seeker.run(f"{reached + timedelta(days=number)} 12:00", leads)
        for touch in seeker.all("R-001-7"):
            if day(touch) == f"{reached + timedelta(days=number)}":
                seeker.tick(touch, day(touch))
    assert not seeker.all("R-001-7")


def test_a_change_of_status_waits_a_week_after_the_note_of_the_same_run() -> None:
    seeker = Seeker()
    seeker.run("2027-01-12 08:00", [named(2), named(3)])
    reached = date(2027, 1, 12)
    leads = [named(2, reached), named(3, stage=Stage.IN_TOUCH, last_inbound=date(2027, 1, 12))]
    schedule = seeker.run("2027-01-12 12:00", leads)
    assert notes(seeker) == ["2027-01-12", "2027-01-19"]
    assert seeker.run("2027-01-12 12:00", leads).touches == schedule.touches


def test_no_second_note_within_a_week_of_one_that_was_sent() -> None:
    seeker, leads = Seeker(), [named(2, date(2027, 1, 12)), named(3)]
    seeker.run("2027-01-12 12:00", leads)
    seeker.tick(seeker.find("R-001-7"), "2027-01-12")
    leads = [leads[0], named(3, date(2027, 1, 14))]
    seeker.run("2027-01-14 12:00", leads)
    assert notes(seeker) == ["2027-01-19"]


def test_a_note_that_waits_for_a_late_ask_of_its_lead_is_named_in_the_next_note_from_the_first_run_on() -> None:
    seeker, received = Seeker(), when("2027-01-04 09:00")
    called = named(2, received_at=received, they_call_at=date(2026, 12, 30))
    seeker.run("2027-01-05 09:00", [called, named(3, received_at=received)])
    seeker.tick(seeker.find("R-002-1", lead_key="lead-2"), "2027-01-05")
    leads = [called, named(3, date(2027, 1, 7), received_at=received)]
    schedule = seeker.run("2027-01-07 11:40", leads)
    assert seeker.find("R-005-3", lead_key="lead-2").summary.startswith("Late: ")
    first, later = seeker.all("R-001-7")
    assert (day(first), first.lead, day(later)) == ("2027-01-07", "Firm 3", "2027-01-14")
    assert "Firm 2" in later.description
    assert seeker.run("2027-01-07 11:40", leads).touches == schedule.touches


def test_news_that_a_missed_note_has_named_is_not_told_again() -> None:
    seeker, received = Seeker(), when("2027-01-04 09:00")
    called = named(2, received_at=received, they_call_at=date(2026, 12, 30))
    seeker.run("2027-01-05 09:00", called)
    seeker.tick(seeker.find("R-002-1"), "2027-01-05")
    seeker.run("2027-01-07 11:40", called)
    (note,) = seeker.all("R-001-7")
    seen = set()
    for number in range(8, 29):
        now = f"2027-01-{number:02} 11:40"
        schedule = seeker.run(now, called)
        seen |= {touch.uid for touch in seeker.all("R-001-7")}
        assert seeker.run(now, called).touches == schedule.touches
    assert seen == {note.uid}
