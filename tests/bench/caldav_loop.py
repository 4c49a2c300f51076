"""The loop that caldav's documentation shows: look the calendar up, compare, save, delete. `URL FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

import caldav
from icalendar import Calendar

COMPARED = ("SUMMARY", "DTSTART", "DTEND", "DESCRIPTION")
"""Not SEQUENCE, which caldav raises by itself, nor the text, which servers rewrite: both would never be alike."""


def main(url: str, folder: str) -> None:
    """Make the calendar hold exactly the events in the folder."""
    texts = [path.read_text("utf-8") for path in sorted(Path(folder).iterdir())]
    wanted = {fields(text)["UID"]: text for text in texts}
    with caldav.DAVClient(url=url, username="ann", password="secret") as client:
        calendar = client.calendar(url=url)
        there = {str(event.icalendar_component["UID"]): event for event in calendar.events()}
        for uid, text in wanted.items():
            if uid not in there:
                calendar.save_event(text)
            elif fields(there[uid].data) != fields(text):
                there[uid].data = text
                there[uid].save()
        for uid, event in there.items():
            if uid not in wanted:
                event.delete()


def fields(text: str) -> dict[str, str]:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return {name: event[name].to_ical().decode() for name in ("UID", *COMPARED)}


if __name__ == "__main__":
    main(*sys.argv[1:])
