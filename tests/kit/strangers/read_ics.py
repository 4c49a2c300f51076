"""ics (Python): every event of each file named, as JSON."""

import json
import sys
from pathlib import Path

from ics import Calendar

answer = {}
for path in sys.argv[1:]:
    events = {}
    for event in Calendar(Path(path).read_bytes().decode()).events:
        whole = event.all_day
        times = [event.begin, event.end]
        start, end = (t.format("YYYY-MM-DD") if whole else t.to("utc").format("YYYY-MM-DDTHH:mm:ss[Z]") for t in times)
        events[event.uid] = {"start": start, "end": end, "summary": event.name, "alarms": len(event.alarms)}
    answer[path] = {"events": events, "wrong": []}
print(json.dumps(answer))
