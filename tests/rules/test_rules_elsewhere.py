"""The worked examples again in two other countries, each worked out by hand so that a reader can check it by calendar.

- **Bavaria**: `Europe/Berlin`, holidays of `DE-BY`. Off in these tables: Wed 6 Jan (Epiphany), Fri 26 Mar (Good
  Friday), Mon 29 Mar 2027 (Easter Monday). Summer time begins on Sun 28 Mar.
- **Israel**: `Asia/Jerusalem`, holidays of `IL`, a work week from Sunday to Thursday. Off in these tables: Thu 22 Apr,
  Wed 28 Apr 2027 (Passover) and every Friday and Saturday. Summer time begins on Fri 26 Mar.

One line is one example: rule, place, the arithmetic, what the row says, the first run, the start, the deadline. Hours:
work 09:00-17:30, messages until 20:00. Examples that a second country cannot make different stay out: those about
text, data (R-000-1 is here for its date), channels, and pipeline numbers (R-004-8).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from advisor import Seeker, a_lead, asks, clock, day, days, person, settings_for, when
from msgspec.structs import replace

from sync.config import Settings
from sync.models import Moment, Stage

PLACES = {
    "Bavaria": settings_for("Europe/Berlin", '"DE-BY"'),
    "Israel": settings_for("Asia/Jerusalem", '"IL"', more='workdays = ["sun", "mon", "tue", "wed", "thu"]'),
}
HELD = {"stage": Stage.INTERVIEW}
NAMED = {**HELD, "contact": person()}
TOLD = {"referrer": "Lou Ames"}
NAMED = {"referrer": "Lou Ames", "contact": person(phone="+1 555 0100")}

EXAMPLES: list[tuple[str, str, str, dict[str, Any], str, str, str]] = [
    # R-000-2: 24 elapsed hours, never rolled; 15 minutes after the trigger, up to the quarter
    ("R-000-2", "Bavaria", "Thu 16:40 + 24 h = Good Friday 16:40", {"received_at": "2027-03-25 16:40", **TOLD},
     "2027-03-25 16:41", "2027-03-25 17:00", "2027-03-26 16:40"),
    ("R-000-2", "Bavaria", "too late for Thursday, so on Good Friday", {"received_at": "2027-03-25 22:10", **TOLD},
     "2027-03-25 22:11", "2027-03-26 09:00", "2027-03-26 22:10"),
    ("R-000-2", "Bavaria", "first seen five days later", {"received_at": "2027-03-25 16:40", **TOLD},
     "2027-03-30 08:50", "2027-03-30 09:00", "2027-03-26 16:40"),
    ("R-000-2", "Israel", "Thu 16:40 + 24 h = Fri 16:40, a day off", {"received_at": "2027-01-14 16:40", **TOLD},
     "2027-01-14 16:41", "2027-01-14 17:00", "2027-01-15 16:40"),
    ("R-000-2", "Israel", "too late for Thursday, so on Friday", {"received_at": "2027-01-14 22:10", **TOLD},
     "2027-01-14 22:11", "2027-01-15 09:00", "2027-01-15 22:10"),
    ("R-000-2", "Israel", "first seen on Tuesday", {"received_at": "2027-01-14 16:40", **TOLD},
     "2027-01-19 08:50", "2027-01-19 09:00", "2027-01-15 16:40"),
    # section 0: 24 elapsed hours across a clock change; R-000-1: a date alone is the start of work
    ("R-000-2", "Bavaria", "Sat 15:00 CET + 24 h = Sun 16:00 CEST", {"received_at": "2027-03-27 15:00", **TOLD},
     "2027-03-27 15:01", "2027-03-27 15:15", "2027-03-28 16:00"),
    ("R-000-2", "Israel", "Thu 15:00 IST + 24 h = Fri 16:00 IDT", {"received_at": "2027-03-25 15:00", **TOLD},
     "2027-03-25 15:01", "2027-03-25 15:15", "2027-03-26 16:00"),
    ("R-000-2", "Bavaria", "a date alone: 09:00, + 15 min, + 24 h", {"received_at": "2027-01-06", **TOLD},
     "2027-01-06 07:00", "2027-01-06 09:15", "2027-01-07 09:00"),
    ("R-000-2", "Israel", "a date alone, a Friday", {"received_at": "2027-01-15", **TOLD},
     "2027-01-15 07:00", "2027-01-15 09:15", "2027-01-16 09:00"),
    # R-000-3: a promise is kept early, never late
    ("R-000-3", "Bavaria", "Wed 6 Jan is Epiphany: Tue 5", {"promised_on": "2027-01-06", "contact": person()},
     "2026-12-30 10:00", "2027-01-05 09:00", "2027-01-06 23:59"),
    ("R-000-3", "Israel", "Thu 22 Apr is Passover: Wed 21", {"promised_on": "2027-04-22", "contact": person()},
     "2027-04-14 10:00", "2027-04-21 09:00", "2027-04-22 23:59"),
    ("R-000-3", "Israel", "Sat 24 Apr, Fri, Passover: Wed 21", {"promised_on": "2027-04-24", "contact": person()},
     "2027-04-14 10:00", "2027-04-21 09:00", "2027-04-24 23:59"),
    # R-000-4, C7: decide within 24 hours, at the start of the next day's message hours, day off or not
    ("R-000-4", "Bavaria", "Tue 5 Jan, so on Epiphany", {"received_at": "2027-01-05 11:00"},
     "2027-01-05 11:05", "2027-01-06 09:00", ""),
    ("R-000-4", "Israel", "Thu 14 Jan, so on Friday", {"received_at": "2027-01-14 11:00", "plan": "later"},
     "2027-01-14 11:05", "2027-01-15 09:00", ""),
    # R-001-1: 7 civil days, later to a business day; 09:00 by the wall clock, whatever the clocks did
    ("R-001-1", "Bavaria", "Wed 30 Dec + 7 = Epiphany: Thu 7", {"applied_on": "2026-12-30"},
     "2026-12-30 08:00", "2027-01-07 09:00", ""),
    ("R-001-1", "Bavaria", "Sat 20 Mar + 7 = Sat 27, Easter Monday: Tue 30", {"applied_on": "2027-03-20"},
     "2027-03-20 08:00", "2027-03-30 09:00", ""),
    ("R-001-1", "Bavaria", "Fri 19 Mar + 7 = Good Friday: Tue 30", {"applied_on": "2027-03-19"},
     "2027-03-19 08:00", "2027-03-30 09:00", ""),
    ("R-001-1", "Israel", "Thu 15 Apr + 7 = Passover, Fri, Sat: Sun 25", {"applied_on": "2027-04-15"},
     "2027-04-15 08:00", "2027-04-25 09:00", ""),
    ("R-001-1", "Israel", "Sat 9 Jan + 7 = Sat 16: Sun 17", {"applied_on": "2027-01-09"},
     "2027-01-09 20:00", "2027-01-17 09:00", ""),
    ("R-001-1", "Israel", "Sun 10 Jan + 7 = Sun 17, a working day", {"applied_on": "2027-01-10"},
     "2027-01-10 08:00", "2027-01-17 09:00", ""),
    # R-001-2, C8: the day before, earlier to a business day; two hours before is too late
    ("R-001-2", "Bavaria", "Tue 30 Mar - 1 = Easter Monday: Thu 25", {"interview_at": "2027-03-30 10:00", **HELD},
     "2027-03-22 10:00", "2027-03-25 09:00", "2027-03-30 08:00"),
    ("R-001-2", "Israel", "Sun 17 Jan - 1 = Sat: Thu 14", {"interview_at": "2027-01-17 10:00", **HELD},
     "2027-01-11 10:00", "2027-01-14 09:00", "2027-01-17 08:00"),
    ("R-001-2", "Israel", "booked the same morning", {"interview_at": "2027-01-17 15:00", **HELD},
     "2027-01-17 11:02", "2027-01-17 11:15", "2027-01-17 13:00"),
    ("R-001-2", "Bavaria", "Mon in London: Fri 12 Mar 09:00 GMT = 10:00 CET",
     {"interview_at": "2027-03-15 09:00 Europe/London", "interview_zone": "Europe/London", **HELD},
     "2027-03-08 10:00", "2027-03-12 10:00", "2027-03-15 08:00"),
    # R-001-4, R-001-6: an hour after the end, 24 elapsed hours
    ("R-001-4", "Bavaria", "Thu 17:00 + 24 h = Good Friday 17:00",
     {"interview_at": "2027-03-25 16:00", "interview_end": "2027-03-25 17:00", **HELD},
     "2027-03-24 10:00", "2027-03-25 18:00", "2027-03-26 17:00"),
    ("R-001-4", "Israel", "Thu 17:00 + 24 h = Fri 17:00",
     {"interview_at": "2027-01-14 16:00", "interview_end": "2027-01-14 17:00", **HELD},
     "2027-01-13 10:00", "2027-01-14 18:00", "2027-01-15 17:00"),
    ("R-001-6", "Bavaria", "the quarter after the interviewers'",
     {"interview_at": "2027-03-25 16:00", "interview_end": "2027-03-25 17:00", "agency": "Harnham", **NAMED},
     "2027-03-24 10:00", "2027-03-25 18:15", "2027-03-26 17:00"),
    ("R-001-6", "Israel", "the quarter after the interviewers'",
     {"interview_at": "2027-01-14 16:00", "interview_end": "2027-01-14 17:00", "agency": "Harnham", **NAMED},
     "2027-01-13 10:00", "2027-01-14 18:15", "2027-01-15 17:00"),
    # R-001-7: the note to the referrer, the day the person they named was contacted
    ("R-001-7", "Bavaria", "contacted Tue 5 Jan 10:00", {"received_at": "2027-01-04 10:00", **NAMED,
     "acknowledged_on": "2027-01-04", "last_outbound": "2027-01-05 10:00"},
     "2027-01-05 10:05", "2027-01-05 10:15", "2027-01-06 10:00"),
    ("R-001-7", "Israel", "contacted Thu 14 Jan 19:50, so Friday", {"received_at": "2027-01-13 10:00", **NAMED,
     "acknowledged_on": "2027-01-13", "last_outbound": "2027-01-14 19:50"},
     "2027-01-14 19:55", "2027-01-15 09:00", "2027-01-15 19:50"),
    # R-001-8: the day before, earlier to a business day
    ("R-001-8", "Bavaria", "Tue 30 Mar - 1 = Easter Monday: Thu 25",
     {"references_given_on": "2027-03-30", "reference_names": (person(),)},
     "2027-03-22 10:00", "2027-03-25 09:00", "2027-03-30 23:59"),
    ("R-001-8", "Israel", "Sun 17 Jan - 1 = Sat: Thu 14",
     {"references_given_on": "2027-01-17", "reference_names": (person(),)},
     "2027-01-11 10:00", "2027-01-14 09:00", "2027-01-17 23:59"),
    # R-001-9: an hour later, 24 elapsed hours
    ("R-001-9", "Bavaria", "Thu 15:00 + 24 h = Good Friday", {"offer_on": "2027-03-25 15:00", "stage": Stage.OFFER},
     "2027-03-25 15:05", "2027-03-25 16:00", "2027-03-26 15:00"),
    ("R-001-9", "Israel", "Thu 15:00 + 24 h = Fri 15:00", {"offer_on": "2027-01-14 15:00", "stage": Stage.OFFER},
     "2027-01-14 15:05", "2027-01-14 16:00", "2027-01-15 15:00"),
    # R-001-11: on a day off, too
    ("R-001-11", "Bavaria", "Easter Sunday 18:30 + 24 h = Easter Monday",
     {"last_inbound": "2027-03-28 18:30", "last_inbound_channel": "text", "stage": Stage.IN_TOUCH},
     "2027-03-28 18:31", "2027-03-28 18:45", "2027-03-29 18:30"),
    ("R-001-11", "Israel", "Fri 18:30 + 24 h = Sat 18:30",
     {"last_inbound": "2027-01-15 18:30", "last_inbound_channel": "text", "stage": Stage.IN_TOUCH},
     "2027-01-15 18:31", "2027-01-15 18:45", "2027-01-16 18:30"),
    # R-001-12: 7 days after the first was really done
    ("R-001-12", "Bavaria", "done Wed 30 Dec + 7 = Epiphany: Thu 7",
     {"applied_on": "2026-12-23", "last_outbound": "2026-12-30", "follow_ups_done": 1},
     "2026-12-30 18:00", "2027-01-07 09:00", ""),
    ("R-001-12", "Bavaria", "done five days late, Mon 4 Jan + 7 = Mon 11",
     {"applied_on": "2026-12-23", "last_outbound": "2027-01-04", "follow_ups_done": 1},
     "2027-01-04 18:00", "2027-01-11 09:00", ""),
    ("R-001-12", "Israel", "done Thu 15 Apr + 7 = Passover, Fri, Sat: Sun 25",
     {"applied_on": "2027-04-08", "last_outbound": "2027-04-15", "follow_ups_done": 1},
     "2027-04-15 18:00", "2027-04-25 09:00", ""),
    ("R-001-12", "Israel", "done Mon 19 Apr + 7 = Mon 26, between the holidays",
     {"applied_on": "2027-04-08", "last_outbound": "2027-04-19", "follow_ups_done": 1},
     "2027-04-19 18:00", "2027-04-26 09:00", ""),
    # R-001-13: a week after the last touch
    ("R-001-13", "Bavaria", "Wed 30 Dec + 7 = Epiphany: Thu 7",
     {"applied_on": "2026-12-01", "agency": "Harnham", "last_outbound": "2026-12-30", "stage": Stage.ON_HOLD},
     "2026-12-30 18:00", "2027-01-07 09:00", ""),
    ("R-001-13", "Israel", "Thu 15 Apr + 7 = Passover: Sun 25",
     {"applied_on": "2027-03-01", "agency": "Harnham", "last_outbound": "2027-04-15", "stage": Stage.ON_HOLD},
     "2027-04-15 18:00", "2027-04-25 09:00", ""),
    # R-001-14: Friday 10:00, or the business day before
    ("R-001-14", "Bavaria", "Good Friday: Thu 25 Mar", {"applied_on": "2027-03-22"},
     "2027-03-22 08:00", "2027-03-25 10:00", ""),
    ("R-001-14", "Bavaria", "New Year is a Friday: Thu 31 Dec", {"applied_on": "2026-12-28"},
     "2026-12-28 08:00", "2026-12-31 10:00", ""),
    ("R-001-14", "Israel", "Friday is off: Thu 14 Jan", {"applied_on": "2027-01-10"},
     "2027-01-10 08:00", "2027-01-14 10:00", ""),
    ("R-001-14", "Israel", "Fri 23 Apr, Passover: Wed 21", {"applied_on": "2027-04-18"},
     "2027-04-18 08:00", "2027-04-21 10:00", ""),
    # R-002-1: the contact's hours, today or the next business day; the window's end is the deadline
    ("R-002-1", "Bavaria", "17:30 CET = 09:30 PDT: now", {"received_at": "2027-03-25 17:30", **NAMED,
     "contact_zone": "America/Los_Angeles"}, "2027-03-25 17:30", "2027-03-25 17:45", "2027-03-26 01:30"),
    ("R-002-1", "Bavaria", "closed here: over Easter to Tue 30", {"received_at": "2027-03-25 17:30", **NAMED},
     "2027-03-25 17:30", "2027-03-30 09:00", "2027-03-30 17:30"),
    ("R-002-1", "Israel", "17:30 IST = 10:30 EST: now", {"received_at": "2027-01-14 17:30", **NAMED,
     "contact_zone": "America/New_York"}, "2027-01-14 17:30", "2027-01-14 17:45", "2027-01-15 00:30"),
    ("R-002-1", "Israel", "closed here: Fri, Sat, so Sun 17", {"received_at": "2027-01-14 17:30", **NAMED},
     "2027-01-14 17:30", "2027-01-17 09:00", "2027-01-17 17:30"),
    # R-003-2: a meeting without an hour is over at 18:00; until the end of the next day
    ("R-003-2", "Bavaria", "Easter Sunday", {"meeting_on": "2027-03-28", "contact": person()},
     "2027-03-28 12:00", "2027-03-28 18:00", "2027-03-29 23:59"),
    ("R-003-2", "Israel", "Fri 15 Jan", {"meeting_on": "2027-01-15", "contact": person()},
     "2027-01-15 12:00", "2027-01-15 18:00", "2027-01-16 23:59"),
    # R-003-3: 14 days after the meeting
    ("R-003-3", "Bavaria", "Wed 23 Dec + 14 = Epiphany: Thu 7", {"meeting_on": "2026-12-23", "contact": person()},
     "2026-12-23 12:00", "2027-01-07 09:00", ""),
    ("R-003-3", "Israel", "Thu 8 Apr + 14 = Passover: Sun 25", {"meeting_on": "2027-04-08", "contact": person()},
     "2027-04-08 12:00", "2027-04-25 09:00", ""),
    # R-003-15: 10 days
    ("R-003-15", "Bavaria", "Fri 19 Mar + 10 = Easter Monday: Tue 30",
     {"applied_on": "2027-03-01", "under_consideration_on": "2027-03-19"}, "2027-03-19 12:00", "2027-03-30 09:00", ""),
    ("R-003-15", "Israel", "Mon 12 Apr + 10 = Passover: Sun 25",
     {"applied_on": "2027-03-21", "under_consideration_on": "2027-04-12"}, "2027-04-12 12:00", "2027-04-25 09:00", ""),
    # R-003-16: a week before the trip, earlier to a business day
    ("R-003-16", "Bavaria", "Mon 5 Apr - 7 = Easter Monday: Thu 25", {"travel_on": "2027-04-05", "city": "Hamburg",
     "lead_kind": "connection", "contact": person()}, "2027-03-08 08:00", "2027-03-25 09:00", ""),
    ("R-003-16", "Israel", "Thu 29 Apr - 7 = Passover: Wed 21", {"travel_on": "2027-04-29", "city": "Haifa",
     "lead_kind": "connection", "contact": person()}, "2027-04-04 08:00", "2027-04-21 09:00", ""),
    # R-004-6: three business days after the interview
    ("R-004-6", "Bavaria", "Tue 23 Mar: Wed 24, Thu 25, Tue 30", {"interview_at": "2027-03-23 14:00", **HELD},
     "2027-03-23 08:00", "2027-03-30 09:00", ""),
    ("R-004-6", "Israel", "Mon 19 Apr: Tue 20, Wed 21, Sun 25", {"interview_at": "2027-04-19 14:00", **HELD},
     "2027-04-19 08:00", "2027-04-25 09:00", ""),
]  # fmt: skip


def moment(text: str, settings: Settings) -> Moment:
    """A date, or an hour in the place's zone or the one named."""
    day, _, rest = text.partition(" ")
    hour, _, zone = rest.partition(" ")
    return when(f"{day} {hour}", zone or settings.timezone) if hour else date.fromisoformat(day)


def read(facts: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The facts of a row with its dates read."""
    return {
        name: moment(value, settings) if isinstance(value, str) and value[:2] == "20" else value
        for name, value in facts.items()
    }


@pytest.mark.parametrize(
    ("rule", "place", "facts", "first_run", "start", "deadline"),
    [
        pytest.param(rule, place, facts, now, start, deadline, id=f"{rule} {place}: {arithmetic}")
        for rule, place, arithmetic, facts, now, start, deadline in EXAMPLES
    ],
)
def test_example_elsewhere(
    rule: str, place: str, facts: dict[str, Any], first_run: str, start: str, deadline: str
) -> None:
    settings = PLACES[place]
    seeker = Seeker(settings)
    seeker.run(first_run, a_lead(**read(facts, settings)))
    touch = min(seeker.all(rule), key=clock)
    assert local(touch.start, settings) == start
    assert (local(touch.deadline, settings) if touch.deadline else "") == deadline


def local(moment: Moment, settings: Settings) -> str:
    """The wall clock of the place, also for a call that stands in the contact's zone."""
    assert isinstance(moment, datetime)
    return moment.astimezone(settings.zone).isoformat(" ")[:16]


# --- examples of several events ----------------------------------------------------------------------------------


def visit(place: str, now: str, *rows: dict[str, Any]) -> Seeker:
    """A seeker of the place after a first run over these rows."""
    seeker = Seeker(PLACES[place])
    seeker.run(now, [a_lead(number, **read(facts, seeker.settings)) for number, facts in enumerate(rows, 2)])
    return seeker


@pytest.mark.parametrize(
    ("place", "applied", "steps", "decision"),
    [
        # Wed 23 Dec + 7; + 7 = Epiphany, so Thu 7 Jan; + 14; + 30 = Sat 20 Feb, so Mon 22; + 7
        ("Bavaria", "2026-12-23", ["2026-12-30", "2027-01-07", "2027-01-21", "2027-02-22"], "2027-03-01"),
        # Thu 8 Apr + 7; + 7 = Passover, so Sun 25; + 14; + 30 = Tue 8 Jun; + 7
        ("Israel", "2027-04-08", ["2027-04-15", "2027-04-25", "2027-05-09", "2027-06-08"], "2027-06-15"),
    ],
    ids=["Bavaria", "Israel"],
)
def test_R_004_2_and_C5_elsewhere(place: str, applied: str, steps: list[str], decision: str) -> None:
    seeker = visit(place, f"{applied} 08:00", {"applied_on": applied})
    assert asks(seeker) == steps
    assert day(seeker.find("R-003-1")) == decision


@pytest.mark.parametrize(
    ("place", "applied", "first", "second"),
    [
        # A Mon 15 Mar + 7 = Mon 22; B Wed 17 + 7 = Wed 24, guarded to Mon 29 = Easter Monday, so Tue 30. A's second
        # (raw Tue 30) gives way to B's first: Tue 6 Apr; B's second (raw Tue 6) gives way to A's earlier application.
        ("Bavaria", ("2027-03-15", "2027-03-17"), ["2027-03-22", "2027-04-06"], ["2027-03-30", "2027-04-13"]),
        # A Mon 12 Apr + 7 = Mon 19; B Wed 14 + 7 = Wed 21, guarded to Mon 26. A's second (raw Mon 26): Mon 3 May.
        ("Israel", ("2027-04-12", "2027-04-14"), ["2027-04-19", "2027-05-03"], ["2027-04-26", "2027-05-10"]),
    ],
    ids=["Bavaria", "Israel"],
)
def test_R_003_5_elsewhere(place: str, applied: tuple[str, str], first: list[str], second: list[str]) -> None:
    rows = [{"role": role, "applied_on": on} for role, on in zip("AB", applied, strict=True)]
    seeker = visit(place, f"{applied[1]} 08:00", *rows)
    assert asks(seeker)[:2] == first
    assert asks(seeker, "lead-3")[:2] == second


@pytest.mark.parametrize(
    ("place", "received", "call", "late", "critical"),
    [
        # Due Tue 30 Mar; late on Wed and Thu; + 3 business days = Fri 2 Apr
        ("Bavaria", "2027-03-25 17:30", "2027-03-30", ["2027-03-31", "2027-04-01"], "2027-04-02"),
        # Due Sun 17 Jan; late on Mon and Tue; + 3 business days = Wed 20 Jan
        ("Israel", "2027-01-14 17:30", "2027-01-17", ["2027-01-18", "2027-01-19"], "2027-01-20"),
    ],
    ids=["Bavaria", "Israel"],
)
def test_R_002_6_and_R_002_7_elsewhere(place: str, received: str, call: str, late: list[str], critical: str) -> None:
    lead = a_lead(**read({"received_at": received, **NAMED}, PLACES[place]), acknowledged_on=date(2027, 1, 1))
    seeker = Seeker(PLACES[place])
    seeker.run(received, lead)
    assert clock(seeker.find("R-002-1")) == f"{call} 09:00"
    for today in late:
        seeker.run(f"{today} 07:00", lead)
        assert clock(seeker.find("R-002-1")) == f"{today} 09:00"
        assert seeker.find("R-002-1").summary.startswith("Late: ")
    seeker.run(f"{critical} 07:00", lead)
    assert seeker.all("R-002-1") == []
    assert day(seeker.find("R-003-1")) == day(seeker.find("R-002-7")) == critical


@pytest.mark.parametrize(
    ("place", "received", "told", "news", "progress"),
    [
        # told Wed 30 Dec + 7 = Epiphany, so Thu 7 Jan
        ("Bavaria", "2026-12-29 10:00", "2026-12-30", "2027-01-04", "2027-01-07"),
        # told Thu 15 Apr + 7 = Passover, so Sun 25
        ("Israel", "2027-04-14 10:00", "2027-04-15", "2027-04-19", "2027-04-25"),
    ],
    ids=["Bavaria", "Israel"],
)
def test_R_001_7_and_C9_elsewhere(place: str, received: str, told: str, news: str, progress: str) -> None:
    facts = {"received_at": received, "last_outbound": f"{told} 09:30", **NAMED}
    lead = a_lead(**read(facts, PLACES[place]), acknowledged_on=date(2026, 12, 29))
    seeker = Seeker(PLACES[place])
    seeker.run(f"{told} 10:00", lead)
    seeker.tick(seeker.find("R-001-7"), told)
    seeker.run(f"{news} 08:00", replace(lead, stage=Stage.INTERVIEW, stage_known=True))
    assert day(seeker.find("R-001-7")) == progress


@pytest.mark.parametrize(
    ("place", "applied", "follow_up", "find"),
    [
        # Tue 23 Mar + 7 = Tue 30; two business days before: Thu 25, Wed 24
        ("Bavaria", "2027-03-23", "2027-03-30", "2027-03-24"),
        # Sun 18 Apr + 7 = Sun 25; two business days before: Wed 21, Tue 20
        ("Israel", "2027-04-18", "2027-04-25", "2027-04-20"),
    ],
    ids=["Bavaria", "Israel"],
)
def test_R_003_6_elsewhere(place: str, applied: str, follow_up: str, find: str) -> None:
    seeker = visit(place, f"{applied} 08:00", {"applied_on": applied})
    assert day(seeker.find("R-001-1")) == follow_up
    assert days(seeker.all("R-003-6")) == [find, find]


@pytest.mark.parametrize(
    ("place", "applied", "decide", "expected"),
    [
        ("Bavaria", "2027-03-08", "2027-03-25", "2027-03-30"),  # Good Friday, the weekend and Easter Monday are off
        ("Israel", "2027-04-11", "2027-04-21", "2027-04-25"),  # Passover, Friday and Saturday are off
    ],
    ids=["Bavaria", "Israel"],
)
def test_they_decide_by_elsewhere(place: str, applied: str, decide: str, expected: str) -> None:
    seeker = visit(place, f"{applied} 08:00", {"applied_on": applied, "they_decide_by": decide})
    assert asks(seeker)[0] == expected


@pytest.mark.parametrize(
    ("place", "interview", "idea", "ask"),
    [
        ("Bavaria", "2027-03-23 10:00", "2027-03-30", "2027-04-06"),  # + 3 business days; a week after that
        ("Israel", "2027-04-19 10:00", "2027-04-25", "2027-05-02"),  # + 3 business days; a week after that
    ],
    ids=["Bavaria", "Israel"],
)
def test_R_004_4_and_C10_elsewhere(place: str, interview: str, idea: str, ask: str) -> None:
    seeker = visit(place, f"{interview[:10]} 08:00", {"interview_at": interview, **HELD})
    assert clock(seeker.find("R-001-4")) == f"{interview[:10]} 12:00"
    assert day(seeker.find("R-004-6")) == idea
    assert asks(seeker)[0] == ask


@pytest.mark.parametrize(
    ("place", "today", "said"),
    [("Bavaria", "2027-03-20", "Tue 30 Mar"), ("Israel", "2027-04-15", "Sun 25 Apr")],
    ids=["Bavaria", "Israel"],
)
def test_C13_elsewhere(place: str, today: str, said: str) -> None:
    seeker = visit(place, f"{today} 08:00", {"role": "Analyst"})
    assert [note.reason[-len(said) :] for note in seeker.schedule.notes if note.rule == "R-001-1"] == [said]


@pytest.mark.parametrize(
    ("place", "today", "follow_up"),
    [("Bavaria", "2027-03-23", "2027-03-30"), ("Israel", "2027-04-18", "2027-04-25")],
    ids=["Bavaria", "Israel"],
)
def test_C1_elsewhere(place: str, today: str, follow_up: str) -> None:
    seeker = visit(place, f"{today} 10:00", {"received_at": f"{today} 09:50", **NAMED}, {"applied_on": today})
    assert day(seeker.find("R-002-1")) == today
    assert day(seeker.find("R-001-1")) == follow_up
