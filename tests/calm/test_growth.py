"""Planning grows no faster than the number of leads: counted in function calls, which no busy machine changes."""

from __future__ import annotations

import cProfile
import pstats
from datetime import datetime

import pytest
from conftest import NOW

from sync.advice import load_advice
from sync.config import parse_settings
from sync.memory import Memory
from sync.models import Abilities, Row, Table
from sync.reading.leads import read_leads
from sync.schedule.make import make_schedule

SETTINGS = """
owner = "test"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "https://calendar.example/leads/"
[limits]
daily_touches = {limit}
"""
HEADER = ("Company", "Role", "Contact", "Contact Email", "Date Applied", "Status")


def count_calls(leads: int, limit: int, now: datetime = NOW) -> int:
    rows = [
        (f"Firm {n}", "Analyst", f"Ann {n}", f"ann@firm{n}.example", f"2027-01-0{1 + n % 3}", "Applied")
        for n in range(leads)
    ]
    table = Table("leads.csv", tuple(Row(number, row) for number, row in enumerate([HEADER, *rows], 1)))
    settings = parse_settings(SETTINGS.format(limit=limit))
    advice = load_advice(settings)
    profile = cProfile.Profile()
    profile.enable()
    understood = read_leads(table, settings=settings, vocabulary=advice.vocabulary, memory={})
    make_schedule(
        understood, settings=settings, advice=advice, memory=Memory(), now=now, abilities=Abilities(reactions=True)
    )
    profile.disable()
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]


@pytest.mark.soak
@pytest.mark.parametrize("limit", [pytest.param(0, id="levelling off"), pytest.param(8, id="levelled")])
def test_planning_is_linear_in_leads(limit: int) -> None:
    count_calls(50, limit)
    assert count_calls(5000, limit) <= 11 * count_calls(500, limit)
