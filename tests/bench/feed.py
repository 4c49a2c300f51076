"""How long a feed takes to write, in CPU seconds: `python feed.py WRITER EVENTS`, in that writer's environment."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

ZONES = [ZoneInfo(name) for name in ("America/New_York", "Europe/Berlin", "Asia/Tokyo")]
TEXT = (
    "Seven days without an answer; write a short mail, ask for the next step, and name one thing you can do for them. "
)


def events(count: int) -> list[dict[str, Any]]:
    """The same events for every writer: 15 minutes, three zones, 300 characters, half of them not ASCII."""
    made = []
    for number in range(count):
        start = datetime(2027, 1, 4, 9, tzinfo=ZONES[number % 3]) + timedelta(
            days=number // 34, minutes=15 * (number % 34)
        )
        text = ("Grüße aus Köln: " if number % 2 else "Greetings, again: ") + TEXT * 3
        made.append(
            {
                "uid": f"fu-bench-{number:032x}",
                "start": start,
                "summary": f"Follow up: firm {number}",
                "text": text[:300],
            }
        )
    return made


def write_followup(made: list[dict[str, Any]]) -> int:
    from connectors.ical.feed import serialise_block, serialise_feed
    from sync.models import Event, Stamp

    stamp = Stamp(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), 0)
    blocks = []
    for one in made:
        start = one["start"]
        event = Event(
            uid=one["uid"], start=start, end=start + timedelta(minutes=15), zone=start.tzinfo.key,
            summary=one["summary"], description=one["text"], alarm=timedelta(0),
        )  # fmt: skip
        blocks.append((start, event.uid, serialise_block(event, stamp)))
    return len(serialise_feed(blocks, name="bench", zone="UTC"))


def write_icalendar(made: list[dict[str, Any]]) -> int:
    """The same lines as followup's, through icalendar's objects."""
    from icalendar import Alarm, Calendar, Event

    calendar = Calendar()
    for one in made:
        event, alarm = Event(), Alarm()
        event.add("UID", one["uid"])
        event.add("DTSTAMP", datetime(2027, 1, 1, tzinfo=UTC))
        event.add("DTSTART", one["start"])
        event.add("DTEND", one["start"] + timedelta(minutes=15))
        event.add("SUMMARY", one["summary"])
        event.add("DESCRIPTION", one["text"])
        event.add("CREATED", datetime(2027, 1, 1, tzinfo=UTC))
        event.add("LAST-MODIFIED", datetime(2027, 1, 1, tzinfo=UTC))
        event.add("SEQUENCE", 0)
        event.add("STATUS", "CONFIRMED")
        event.add("TRANSP", "TRANSPARENT")
        event.add("CLASS", "PRIVATE")
        event.add("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
        alarm.add("UID", f"{one['uid']}-alarm")
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", one["summary"])
        alarm.add("TRIGGER", timedelta(0))
        event.add_component(alarm)
        calendar.add_component(event)
    return len(calendar.to_ical())


def write_ics(made: list[dict[str, Any]]) -> int:
    from ics import Calendar, DisplayAlarm, Event

    calendar = Calendar()
    for one in made:
        event = Event(
            name=one["summary"], begin=one["start"], duration=timedelta(minutes=15), uid=one["uid"],
            description=one["text"], alarms=[DisplayAlarm(trigger=timedelta(0), display_text=one["summary"])],
        )  # fmt: skip
        calendar.events.add(event)
    return len(calendar.serialize())


def write_ical(made: list[dict[str, Any]]) -> int:
    from ical.alarm import Alarm
    from ical.calendar import Calendar
    from ical.calendar_stream import IcsCalendarStream
    from ical.event import Event

    calendar = Calendar()
    for one in made:
        alarm = Alarm(action="DISPLAY", trigger=timedelta(0), description=one["summary"])
        event = Event(
            uid=one["uid"], dtstart=one["start"], dtend=one["start"] + timedelta(minutes=15),
            summary=one["summary"], description=one["text"], alarm=[alarm],
        )  # fmt: skip
        calendar.events.append(event)
    return len(IcsCalendarStream.calendar_to_ics(calendar))


WRITERS = {"followup": write_followup, "icalendar": write_icalendar, "ics": write_ics, "ical": write_ical}


if __name__ == "__main__":
    data = events(int(sys.argv[2]))
    WRITERS[sys.argv[1]](data[:10])  # imports and first uses are not what is measured
    begun = time.process_time()
    WRITERS[sys.argv[1]](data)
    print(time.process_time() - begun)
