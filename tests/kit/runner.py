"""A seeker with a sheet, a calendar and a memory, all in this process: tests of whole runs drive it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from conftest import NOW
from msgspec.structs import replace

from connectors.memory import MemorySource, MemoryState, MemoryTarget
from sync.config import Settings, parse_settings
from sync.models import Lead, RemoteEvent, Row, Table
from sync.protocols import StateStore, Target
from sync.run import Report, run

HEADERS = ("id", "company", "role", "contact_name", "contact_email", "applied_on", "status", "last_outbound", "notes")

TEXT = """
owner = "test"
timezone = "America/New_York"
holidays = "US"
{more}
[source]
type = "csv"
path = "leads.csv"
[target]
type = "caldav"
url = "https://calendar.example/ann/"
{target}
"""


def settings_with(more: str = "", target: str = "") -> Settings:
    return parse_settings(TEXT.format(more=more, target=target))


def a_table(rows: Iterable[Mapping[str, str]]) -> Table:
    """A sheet with our own headers, the usual ones and those some row has; each row is a dict of its cells."""
    rows = list(rows)
    headers = tuple(dict.fromkeys((*HEADERS, *(name for row in rows for name in row))))
    lines = [Row(1, headers)]
    lines += [Row(number, tuple(row.get(name, "") for name in headers)) for number, row in enumerate(rows, 2)]
    return Table("leads.csv", tuple(lines))


def a_row(company: str, applied_on: str = "2027-01-04", **cells: str) -> dict[str, str]:
    """A lead with a contact of its own, who was never written to since."""
    names = {"company": company, "role": "Analyst", "contact_name": f"Dana {company}"}
    return {**names, "applied_on": applied_on, "status": "sent", **cells}


@dataclass
class Seeker:
    """Runs `sync.run.run` again and again. `rows` is the sheet; `target` and `store` may be any."""

    rows: list[dict[str, str]] = field(default_factory=list)
    target: Target = field(default_factory=MemoryTarget)
    store: StateStore = field(default_factory=MemoryState)
    settings: Settings = field(default_factory=settings_with)
    now: datetime = NOW

    def source(self) -> MemorySource:
        return MemorySource(a_table(self.rows))

    def run(self, **options: Any) -> Report:
        """One run; a quarter of an hour passes before the next one."""
        self.now += timedelta(minutes=15)
        return run(
            self.settings, source=self.source(), target=self.target, store=self.store, now=self.now,
            deadline=self.now + timedelta(minutes=5), **{"write": True, **options},
        )  # fmt: skip

    def repair(self, command: Any, **options: Any) -> Report:
        """`undo` or `clear` of `sync.repair`."""
        self.now += timedelta(minutes=15)
        report: Report = command(
            self.settings, target=self.target, store=self.store, now=self.now,
            deadline=self.now + timedelta(minutes=5), **options,
        )  # fmt: skip
        return report

    @property
    def calendar(self) -> dict[str, RemoteEvent]:
        assert isinstance(self.target, MemoryTarget)
        return self.target.events

    def shown(self, company: str) -> RemoteEvent:
        """The first event of this company by date."""
        found = [event for event in self.calendar.values() if company in event.snapshot.summary]
        return min(found, key=lambda event: str(event.snapshot.start))

    def edit(self, uid: str, **fields: object) -> None:
        """What a user does to an event with another program."""
        event = self.calendar[uid]
        snapshot = replace(event.snapshot, **fields)
        self.calendar[uid] = replace(event, etag=event.etag + "'", snapshot=snapshot)


WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=NOW.tzinfo)


def sent_to_alder(cells: Mapping[str, str], now: datetime = WEDNESDAY, order: str = "mdy") -> Seeker:
    """A seeker who wrote to Alder on 16 November, with these cells in that row, and to Birch."""
    settings = parse_settings(
        TEXT.format(more="", target="").replace('"leads.csv"\n', f'"leads.csv"\ndate_order = "{order}"\n')
    )
    rows = [a_row("Alder", "2026-11-16", **{"status": "sent", **cells}), a_row("Birch", "2026-11-20")]
    return Seeker(rows, settings=settings, now=now, store=MemoryState())


def alder_of(seeker: Seeker) -> Lead:
    """How their row is read in a run now."""
    return next(lead for lead in seeker.run().leads.leads if lead.company == "Alder")
