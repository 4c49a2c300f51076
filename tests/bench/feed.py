"""How long a feed takes to write, in CPU seconds: `python feed.py WRITER EVENTS`, in that writer's environment."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LENGTH = timedelta(minutes=15)
BEFORE = timedelta(minutes=10)
WRITTEN = datetime(2027, 1, 1, tzinfo=UTC)
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

    stamp = Stamp(WRITTEN, WRITTEN, 0)
    blocks = []
    for one in made:
        start = one["start"]
        event = Event(
            uid=one["uid"], start=start, end=start + LENGTH, zone=start.tzinfo.key,
            summary=one["summary"], description=one["text"], alarm=BEFORE,
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
        event.add("DTSTAMP", WRITTEN)
        event.add("DTSTART", one["start"])
        event.add("DTEND", one["start"] + LENGTH)
        event.add("SUMMARY", one["summary"])
        event.add("DESCRIPTION", one["text"])
        event.add("CREATED", WRITTEN)
        event.add("LAST-MODIFIED", WRITTEN)
        event.add("SEQUENCE", 0)
        event.add("STATUS", "CONFIRMED")
        event.add("TRANSP", "TRANSPARENT")
        event.add("CLASS", "PRIVATE")
        event.add("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")
        alarm.add("UID", f"{one['uid']}-alarm")
        alarm.add("ACTION", "DISPLAY")
        alarm.add("DESCRIPTION", one["summary"])
        alarm.add("TRIGGER", -BEFORE)
        event.add_component(alarm)
        calendar.add_component(event)
    return len(calendar.to_ical())


def write_ics(made: list[dict[str, Any]]) -> int:
    """The same lines, except that it knows no zones (all times are UTC) and folds nothing."""
    from ics import Calendar, DisplayAlarm, Event
    from ics.grammar.parse import ContentLine

    calendar = Calendar()
    for one in made:
        alarm = DisplayAlarm(trigger=-BEFORE, display_text=one["summary"])
        alarm.extra.append(ContentLine("UID", value=f"{one['uid']}-alarm"))
        event = Event(
            name=one["summary"], begin=one["start"], end=one["start"] + LENGTH, uid=one["uid"], description=one["text"],
            created=WRITTEN, last_modified=WRITTEN, status="CONFIRMED", transparent=True, classification="PRIVATE",
            alarms=[alarm],
        )  # fmt: skip
        event.extra.append(ContentLine("CREATED", value=WRITTEN.strftime("%Y%m%dT%H%M%SZ")))
        event.extra.append(ContentLine("SEQUENCE", value="0"))
        event.extra.append(ContentLine("X-MICROSOFT-CDO-BUSYSTATUS", value="FREE"))
        calendar.events.add(event)
    return len(calendar.serialize())


def write_ical(made: list[dict[str, Any]]) -> int:
    """The same lines."""
    from ical.alarm import Alarm
    from ical.calendar import Calendar
    from ical.calendar_stream import IcsCalendarStream
    from ical.event import Event
    from ical.types import ExtraProperty

    calendar = Calendar()
    for one in made:
        alarm = Alarm(
            action="DISPLAY", trigger=-BEFORE, description=one["summary"],
            extras=[ExtraProperty(name="uid", value=f"{one['uid']}-alarm")],
        )  # fmt: skip
        event = Event(
            uid=one["uid"], dtstart=one["start"], dtend=one["start"] + LENGTH, summary=one["summary"],
            description=one["text"], dtstamp=WRITTEN, created=WRITTEN, last_modified=WRITTEN, sequence=0,
            status="CONFIRMED", transparency="TRANSPARENT", classification="PRIVATE",
            extras=[ExtraProperty(name="x-microsoft-cdo-busystatus", value="FREE")], alarm=[alarm],
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
