"""Days, instants and the names of zones."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from sync.moments import zone_names


def test_every_zone_can_be_opened() -> None:
    assert {ZoneInfo(name).key for name in zone_names()} == zone_names() > {"UTC", "Europe/Berlin", "Asia/Kolkata"}


@pytest.mark.parametrize("name", ["", "America", "posix/America/New_York", "localtime", "europe/berlin", "../zones"])
def test_what_calendars_do_not_know_is_no_zone(name: str) -> None:
    assert name not in zone_names()
