"""The zones we write say the same as the time zone database, to the minute, as another library reads them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from dateutil.tz import tzical

from connectors.ical.vtimezone import make_vtimezone

ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
]


@pytest.mark.parametrize("name", ZONES)
def test_another_library_reads_the_same_instants(name: str) -> None:
    text = make_vtimezone(name, first_year=2026, last_year=2028).to_ical().decode()
    theirs = tzical(StringIO(text)).get()
    ours = ZoneInfo(name)
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    while moment.year < 2029:
        wall = moment.astimezone(ours)
        if not wall.fold and (wall + timedelta(hours=3)).utcoffset() == wall.utcoffset():
            assert wall.replace(tzinfo=theirs).utcoffset() == wall.utcoffset(), wall
        moment += timedelta(hours=1)


def test_onsets_are_wall_times_before_the_change() -> None:
    text = make_vtimezone("America/New_York", first_year=2026, last_year=2026).to_ical().decode()
    assert "DTSTART:20260308T020000" in text
    assert "DTSTART:20261101T020000" in text
    assert "COMMENT" not in text
