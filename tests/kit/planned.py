"""What becomes of the rows of a sheet: whom it asks, which interviews it confirms and thanks for, what it leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.memory import MemorySource, MemoryState, MemoryTarget
from sync.config import Settings
from sync.models import Table, TouchClass
from sync.run import Report, run

ASKING, CONFIRM, THANK = "asks", "R-001-2", "R-001-4"
SILENT = "silent"


def run_rows(table: Table, settings: Settings, now: datetime) -> Report:
    """One run over these rows, with nothing remembered and nothing written."""
    return run(
        settings,
        source=MemorySource(table),
        target=MemoryTarget(),
        store=MemoryState(),
        now=now,
        deadline=now + timedelta(minutes=5),
        write=False,
    )


def plan_rows(table: Table, settings: Settings, now: datetime) -> dict[str, list[str]]:
    """For each lead what is to be done from `now` on: `asks`, a rule about an interview with its day, or `silent`."""
    report = run_rows(table, settings, now)
    found: dict[str, set[str]] = {lead.label: set() for lead in report.leads.leads}
    for touch in report.plan.schedule:
        day = touch.start.date() if isinstance(touch.start, datetime) else touch.start
        if touch.lead in found and touch.kind is TouchClass.ASKING:
            found[touch.lead].add(ASKING)
        elif touch.lead in found and touch.rule in (CONFIRM, THANK):
            found[touch.lead].add(f"{touch.rule} {day:%m-%d}")
    return {label: sorted(what) or [SILENT] for label, what in found.items()}
