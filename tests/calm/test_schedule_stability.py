"""What a day, a host, one row more or a change of the clocks does to the schedule; and how calm a calendar is."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from advisor import NEW_YORK, Seeker, a_lead, person, settings_for
from msgspec.structs import replace
from schedule_promises import NOW, TODAY, day_of, shown

from sync.models import Lead, Person, Schedule, Stage


def planned(leads: list[Lead], now: str = NOW) -> tuple[Seeker, Schedule]:
    seeker = Seeker()
    return seeker, seeker.run(now, leads)


# --- one day -----------------------------------------------------------------------------------------------------


def test_steps_taken_as_done_at_first_sight_count_at_once() -> None:
    """Nobody logs: the passed step counts as contact of the agency in this run already, not from the next one on."""
    lead = a_lead(agency="Harnham", applied_on=date(2027, 1, 5))
    seeker, schedule = planned([lead])
    assert schedule.done
    assert [day_of(touch) for touch in seeker.all("R-001-13")] == [date(2027, 1, 19)]
    assert seeker.run("2027-01-13 12:10", [lead]).touches == schedule.touches


def test_an_evening_run_keeps_the_reasons_of_the_morning() -> None:
    """The guard forbids today anyway, so that today's hours are over changes no text."""
    leads = [
        a_lead(2, applied_on=date(2027, 1, 5), follow_ups_done=0),
        a_lead(3, company="Acme, Inc.", applied_on=date(2027, 1, 5), follow_ups_done=0),
    ]
    seeker, schedule = planned(leads)
    assert seeker.run("2027-01-13 19:40", leads).touches == schedule.touches


def test_a_confirmation_of_today_stays_after_the_interview_began() -> None:
    lead = a_lead(stage=Stage.INTERVIEW, interview_at=datetime(2027, 1, 13, 15, 45, tzinfo=NEW_YORK))
    seeker, schedule = planned([lead])
    assert day_of(seeker.find("R-001-2")) == TODAY
    assert seeker.run("2027-01-13 19:40", [lead]).touches == schedule.touches
    assert not seeker.run("2027-01-14 08:40", [lead]).done
    assert seeker.all("R-001-2") == []


def test_a_start_before_the_hours_stays_where_its_deadline_put_it() -> None:
    lead = a_lead(stage=Stage.OFFER, offer_on=date(2027, 1, 12))
    seeker, schedule = planned([lead])
    assert seeker.find("R-001-9").start == datetime(2027, 1, 13, 8, 45, tzinfo=NEW_YORK)
    assert seeker.run("2027-01-13 12:10", [lead]).touches == schedule.touches


def test_a_start_that_had_no_room_before_its_deadline_stays_once_it_has_begun() -> None:
    """A call is due by nine, half an hour long, and nine o'clock is taken: it stands at a quarter to nine."""
    leads = [
        a_lead(2, key="call", company="Epsilon", contact=person("Cy Moss", "cy@x.example"), referrer="Kit Orr",
               received_at=date(2027, 1, 3)),
        a_lead(3, key="other", company="Gamma"),
    ]  # fmt: skip
    seeker = Seeker()
    before = seeker.run("2027-01-04 08:40", leads)
    for now in ("2027-01-04 09:10", "2027-01-04 12:10", "2027-01-04 17:40"):
        assert [t.start for t in seeker.run(now, leads).touches] == [t.start for t in before.touches], now


def test_a_lead_named_in_the_triage_event_is_not_asked_for_its_date_too() -> None:
    lead = a_lead(stage=Stage.INTERVIEW, plan_on=date(2027, 1, 2), received_at=date(2027, 1, 2))
    seeker, schedule = planned([lead])
    assert {touch.rule for touch in schedule.touches} == {"triage", "R-001-14"}
    assert seeker.run("2027-01-13 12:10", [lead]).touches == schedule.touches


def test_an_old_plan_does_not_stop_a_conversation_that_goes_on() -> None:
    lead = a_lead(stage=Stage.IN_TOUCH, plan="research", received_at=date(2026, 12, 16))
    seeker, schedule = planned([lead])
    assert {"R-004-4"} <= {touch.rule for touch in schedule.touches}
    assert not seeker.all("triage") and not seeker.all("R-000-5")
    assert seeker.run("2027-01-13 12:10", [lead]).touches == schedule.touches


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"plan_on": date(2027, 1, 2), "received_at": date(2027, 1, 2)}, id="an old plan"),
        pytest.param({"applied_on": date(2026, 10, 1), "last_inbound": date(2027, 1, 4)}, id="an old application"),
        pytest.param({"offer_on": date(2026, 12, 20)}, id="thanks that are long due"),
    ],
)
def test_an_offer_that_stands_is_never_among_the_old_leads(facts: dict[str, Any]) -> None:
    lead = a_lead(stage=Stage.OFFER, **facts)
    seeker, schedule = planned([lead])
    assert not seeker.all("triage")
    asked = any("add the offer's date" in touch.summary for touch in seeker.all("R-000-4"))
    assert asked == ("offer_on" not in facts)
    assert seeker.run("2027-01-13 12:10", [lead]).touches == schedule.touches


def test_a_lead_between_interviews_is_not_among_the_old_ones_for_a_thank_you_of_the_first() -> None:
    lead = a_lead(
        stage=Stage.INTERVIEW, interview_at=datetime(2027, 1, 4, 10, tzinfo=NEW_YORK), applied_on=date(2026, 12, 1)
    )
    seeker, schedule = planned([lead])
    assert seeker.all("R-004-4")
    assert not seeker.all("triage")
    assert seeker.run("2027-01-13 12:10", [lead]).touches == schedule.touches


def test_a_first_run_in_the_evening_starts_tomorrow_and_stays() -> None:
    lead = a_lead(applied_on=date(2027, 1, 6), follow_ups_done=0)
    seeker, schedule = planned([lead], "2027-01-13 19:40")
    first = seeker.find("R-001-1")
    assert day_of(first) == date(2027, 1, 14)
    assert "moved to Thu 14 Jan: the days before it have no room left" in first.reason
    assert seeker.run("2027-01-13 20:10", [lead]).touches == schedule.touches


# --- one host and the next ---------------------------------------------------------------------------------------

KIT = Path(__file__).parents[1] / "kit"
HOSTS = [("UTC", "1", "C.UTF-8"), ("Asia/Kolkata", "2", "de_DE.UTF-8"), ("America/Los_Angeles", "3", "fr_FR.UTF-8")]
WHOLE_SCHEDULE = """
from msgspec.structs import replace
from hashlib import sha256
from advisor import Seeker, a_lead, person, settings_for
from datetime import date, timedelta
leads = [
    a_lead(
        number, company=f"Firm {number % 70}", role=f"Role {number % 9}",
        applied_on=date(2027, 3, 1) + timedelta(number % 25), contact=person(f"P {number}"),
        agency="Harnham" if number % 11 == 0 else "",
    )
    for number in range(2, 120)
]
seeker = Seeker(settings_for("Europe/Berlin", '["DE-BY", "AT"]'))
for day in (18, 19, 22):
    seeker.run(f"2027-03-{day} 08:40", leads)
made = [replace(touch, reads=()) for touch in seeker.schedule.touches]
print(sha256(repr((made, seeker.schedule.notes, sorted(seeker.memory.touches.items()))).encode()).hexdigest())
"""


def test_every_host_makes_the_same_schedule_and_memory() -> None:
    """Zone, locale and hash seed of the host change no byte, nor does the order that sets are walked in."""
    made = set()
    for zone, seed, language in HOSTS:
        done = subprocess.run(
            [sys.executable, "-c", WHOLE_SCHEDULE], check=True, capture_output=True, cwd=KIT,
            env={"TZ": zone, "PYTHONHASHSEED": seed, "LANG": language, "LANGUAGE": language[:2], "PATH": "/usr/bin"},
        )  # fmt: skip
        made.add(done.stdout)
    assert len(made) == 1


# --- calm --------------------------------------------------------------------------------------------------------


def test_calm_eighty_fresh_leads() -> None:
    leads = [
        a_lead(number, company=f"Firm {number}", applied_on=TODAY - timedelta(days=number % 5), role="Clerk")
        for number in range(2, 82)
    ]
    _, schedule = planned(leads)
    print(f"80 fresh leads publish {len(shown(schedule))} events")
    assert len(shown(schedule)) <= 200


def test_calm_eighty_leads_of_mixed_age() -> None:
    leads = [
        a_lead(number, company=f"Firm {number}", applied_on=TODAY - timedelta(days=number), role="Clerk")
        for number in range(2, 82)
    ]
    _, schedule = planned(leads)
    print(f"80 leads of mixed age publish {len(shown(schedule))} events")
    assert len(shown(schedule)) <= 120


def test_calm_two_hundred_old_rows_make_one_triage_event() -> None:
    leads = [
        a_lead(number, company=f"Firm {number}", applied_on=TODAY - timedelta(days=100 + number), role="Clerk")
        for number in range(2, 202)
    ]
    seeker, schedule = planned(leads)
    assert Counter(touch.rule for touch in shown(schedule)) == {"triage": 1, "R-001-14": 1}
    for day in range(14, 30):
        seeker.run(f"2027-01-{day} 08:40", leads)
        assert {touch.rule for touch in shown(seeker.schedule)} <= {"triage", "R-001-14"}


# --- one row more --------------------------------------------------------------------------------------------


def test_one_row_more_or_less_displaces_little() -> None:
    leads = [
        a_lead(
            number, key=f"k{number:03}", company=f"Firm {number}", applied_on=TODAY - timedelta(days=number % 60),
            role="Clerk", contact=Person(f"P {number}"), follow_ups_done=0,
        )
        for number in range(2, 502)
    ]  # fmt: skip
    seeker, _ = planned(leads[1:])
    before = {touch.uid: touch for touch in shown(seeker.schedule)}
    after = {touch.uid: touch for touch in shown(seeker.run(NOW, leads))}
    own = {uid for uid, touch in after.items() if touch.lead_key == leads[0].key}
    changed = {uid for uid in before.keys() | after.keys() if before.get(uid) != after.get(uid)} - own
    print(f"one row more changes {len(changed)} other events of 500 leads")
    assert len(changed) <= 2
    less = {touch.uid: touch for touch in shown(seeker.run(NOW, leads[1:]))}
    changed = {uid for uid in after.keys() | less.keys() if after.get(uid) != less.get(uid)} - own
    print(f"one row less changes {len(changed)} other events of 500 leads")
    assert len(changed) <= 2


def test_an_edit_of_one_row_changes_only_it() -> None:
    leads = [
        a_lead(number, key=f"k{number:03}", company=f"Firm {number}", applied_on=TODAY, contact=Person(f"P {number}"))
        for number in range(2, 102)
    ]
    seeker, schedule = planned(leads)
    before = {touch.uid: touch for touch in shown(schedule)}
    leads[50] = replace(leads[50], stage=Stage.REJECTED, stage_known=True)
    after = {touch.uid: touch for touch in shown(seeker.run(NOW, leads))}
    changed = {uid for uid in before.keys() | after.keys() if before.get(uid) != after.get(uid)}
    assert {(before.get(uid) or after[uid]).lead_key for uid in changed} <= {leads[50].key, "self"}


# --- the clocks change ------------------------------------------------------------------------------------------


def test_every_clock_change_of_three_years_in_five_zones() -> None:
    """The follow-up keeps its wall clock over a change; a deadline keeps its elapsed hours."""
    zones = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca")
    checked = 0
    for name in zones:
        zone = ZoneInfo(name)
        day = date(2026, 1, 1)
        while day < date(2029, 1, 1):
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
            if noon.utcoffset() != (noon + timedelta(days=1)).utcoffset():
                _check_change(name, day)
                checked += 1
            day += timedelta(days=1)
    assert checked >= 24


def _check_change(zone: str, day: date) -> None:
    seeker = Seeker(settings_for(zone, "[]"))
    received = datetime(day.year, day.month, day.day, 18, tzinfo=ZoneInfo(zone))
    leads = [
        a_lead(2, company="A", applied_on=day - timedelta(days=3)),
        a_lead(3, company="B", received_at=received, referrer="Lou Ames"),
    ]
    seeker.run(received.strftime("%Y-%m-%d %H:%M"), leads)
    assert seeker.find("R-001-1").start.isoformat()[11:16] == "09:00"
    thanks = seeker.find("R-000-2")
    assert thanks.deadline is not None
    assert thanks.deadline.timestamp() - received.timestamp() == 24 * 3600
