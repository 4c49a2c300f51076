"""ical (Python, Home Assistant's parser): every event of each file named, as JSON."""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from ical.calendar_stream import IcsCalendarStream


def moment(value: date) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


answer = {}
for path in sys.argv[1:]:
    events = {}
    for event in IcsCalendarStream.calendar_from_ics(Path(path).read_bytes().decode()).events:
        events[event.uid] = {
            "start": moment(event.dtstart),
            "end": moment(event.dtend),
            "summary": event.summary,
            "alarms": len(event.alarm),
        }
    answer[path] = {"events": events, "wrong": []}
print(json.dumps(answer))
