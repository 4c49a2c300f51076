"""How long the engine plans and how much memory it takes: `python engine.py LEADS OWNERS DAILY_TOUCHES`.

Every owner has a sheet of their own; together they have so many leads. Prints CPU seconds and peak memory in MB.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sync.advice import load_advice
from sync.config import parse_settings
from sync.memory import Memory
from sync.models import Abilities, Row, Table, Texts
from sync.reading.leads import read_leads
from sync.schedule.make import make_schedule

HEADER = ("Company", "Role", "Contact", "Contact Email", "Date Applied", "Status", "Last Contacted", "Interview Date")
SETTINGS = """
owner = "{owner}"
timezone = "America/New_York"
holidays = "US"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "https://calendar.example/leads/"
[limits]
daily_touches = {limit}
"""
NOW = datetime(2027, 1, 4, 9, tzinfo=ZoneInfo("America/New_York"))


def sheet(count: int) -> Table:
    """A made-up sheet of leads in every stage."""
    rows = [Row(1, HEADER)]
    for number in range(count):
        applied = date(2027, 1, 3) - timedelta(days=number % 25)
        status = ("Applied", "Applied", "Interview", "Applied", "Rejected")[number % 5]
        met = f"2027-01-{10 + number % 15:02} 10:00" if status == "Interview" else ""
        cells = (
            f"Firm {number}",
            f"Role {number % 7}",
            f"Ann {number}",
            f"ann@firm{number}.example",
            str(applied),
            status,
        )
        rows.append(Row(number + 2, (*cells, "", met)))
    return Table("leads.csv", tuple(rows))


def main(leads: int, owners: int, limit: int) -> None:
    """Plan all, keeping every schedule as a service would for one run."""
    if sys.platform == "win32":
        raise OSError("only POSIX systems tell how much memory a process took")
    begun = time.process_time()
    touches = 0
    for owner in range(owners):
        settings = parse_settings(SETTINGS.format(owner=f"own{owner:05}", limit=limit))
        advice = load_advice(settings)
        understood = read_leads(sheet(leads // owners), settings=settings, vocabulary=advice.vocabulary, memory={})
        schedule, _ = make_schedule(
            understood,
            settings=settings,
            advice=advice,
            memory=Memory(),
            now=NOW,
            abilities=Abilities(reactions=True),
            texts=Texts.SHOWN,
        )
        touches += len(schedule.touches)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(time.process_time() - begun, peak, touches)


if __name__ == "__main__":
    gc.set_threshold(200_000)  # as in `sync.__main__`
    main(*map(int, sys.argv[1:4]))
