"""The golden calendars: what a sheet gives today is what it gave when the file was looked at and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import CASES, FEED, GOLDEN, make_feed


@pytest.mark.parametrize("name", CASES)
def test_feed_is_as_kept(name: str, tmp_path: Path) -> None:
    made = make_feed(name, tmp_path).decode().splitlines()
    kept = (GOLDEN / name / FEED).read_bytes().decode().splitlines()
    assert made == kept, "if the change is meant: make golden, look at the difference, make validate"


@pytest.mark.parametrize("name", CASES)
def test_lines_and_calendar_are_whole(name: str) -> None:
    raw = (GOLDEN / name / FEED).read_bytes()
    assert raw.startswith(b"BEGIN:VCALENDAR\r\n")
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    lines = raw.splitlines()
    assert lines.count(b"BEGIN:VEVENT") == lines.count(b"END:VEVENT") >= 2
    assert not any(line.startswith((b"ATTENDEE", b"ORGANIZER", b"RRULE")) for line in lines)
