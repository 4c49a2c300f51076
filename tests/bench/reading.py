"""What it costs to read a large tracker: CSV into leads, beside csv.DictReader with a pydantic model for each row.

Prints CPU seconds of both and their ratio; both run in this process and take turns, the best round of each counts.
The peer reads the same fields into the same types (dates, aware times, a closed set of stages, links) and does nothing
else: no finding of headers, no repair of text, no other date forms, no keys, no problems named cell by cell.
"""

from __future__ import annotations

import argparse
import csv
import gc
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from connectors.csv_file import CsvFile
from sync.config import parse_settings
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

SETTINGS = """
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "out.ics"
"""
HEADER = (
    "company",
    "role",
    "contact_name",
    "contact_email",
    "contact_phone",
    "applied_on",
    "status",
    "last_inbound",
    "interview_at",
    "follow_up_on",
    "city",
    "source",
    "priority",
    "url",
    "notes",
)
ZONE = ZoneInfo("America/New_York")
Word = Annotated[str, StringConstraints(max_length=1000)]
InZone = Annotated[datetime, AfterValidator(lambda at: at if at.tzinfo else at.replace(tzinfo=ZONE))]


class Status(StrEnum):
    """The sheet's own words."""

    APPLIED = "applied"
    INTERVIEW = "interview"
    OFFER = "offer"
    REJECTED = "rejected"
    NO_ANSWER = "no answer"


class Tracked(BaseModel):
    """The same fields as a pydantic user would declare them."""

    model_config = ConfigDict(str_strip_whitespace=True, frozen=True)

    company: Word
    role: Word = ""
    contact_name: Word = ""
    contact_email: Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}\.[a-zA-Z]{2,24}$")] = ""
    contact_phone: Annotated[str, Field(pattern=r"^\+?[\d\s()/.\-]{4,60}$")] = ""
    applied_on: date | None = None
    status: Status | None = None
    last_inbound: date | None = None
    interview_at: InZone | None = None
    follow_up_on: date | None = None
    city: Word = ""
    source: Word = ""
    priority: Literal["high", "normal", "low"] = "normal"
    url: HttpUrl | None = None
    notes: Annotated[str, StringConstraints(max_length=4000)] = ""


def write_tracker(path: Path, count: int) -> None:
    """`count` made-up rows as people keep them: every row has a firm and a date, the rarer columns have gaps."""
    first = date(2026, 1, 5)
    statuses = ("applied", "applied", "applied", "interview", "rejected", "no answer")
    with path.open("w", newline="", encoding="utf-8") as file:
        sheet = csv.writer(file)
        sheet.writerow(HEADER)
        for n in range(count):
            applied = first + timedelta(days=n % 330)
            firm = f"Firm {n // 3}"
            sheet.writerow(
                (
                    firm,
                    f"{('Analyst', 'Editor', 'Engineer', 'Nurse')[n % 4]} {n % 3}",
                    f"Ann Example {n // 2}" if n % 2 else "",
                    f"ann{n // 2}@firm{n // 3}.example" if n % 2 else "",
                    f"+1 555 {n % 10000:04d} {n % 97:02d}" if n % 3 == 0 else "",
                    applied.isoformat(),
                    statuses[n % 6],
                    (applied + timedelta(days=6)).isoformat() if n % 4 == 0 else "",
                    f"{applied + timedelta(days=12)} {9 + n % 8:02d}:30" if n % 6 == 3 else "",
                    (applied + timedelta(days=20)).isoformat() if n % 5 == 0 else "",
                    ("Boston", "New York", "Zürich", "")[n % 4],
                    ("LinkedIn", "Indeed", "a friend")[n % 3],
                    ("high", "normal", "low", "")[n % 4],
                    f"https://jobs.example/{n}" if n % 2 == 0 else "",
                    f"spoke with them about project {n}, asked for a sample of work" if n % 3 == 0 else "",
                )
            )


def read_as_leads(path: Path) -> int:
    """followup: the file into leads, with nothing remembered."""
    settings = parse_settings(SETTINGS, name="followup.toml", hosted=False)
    leads = read_leads(CsvFile(path).read(), settings=settings, vocabulary=load_vocabulary(), memory={})
    return len(leads.leads)


def read_as_models(path: Path) -> int:
    """The peer: one dictionary and one validated model for each row; empty cells are left out."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [
            Tracked.model_validate({name: text for name, text in row.items() if text}) for row in csv.DictReader(file)
        ]
    return len(rows)


def measure(read: Callable[[Path], int], path: Path, count: int) -> float:
    """CPU seconds of one reading. Garbage of the round before is not counted."""
    gc.collect()
    begun = time.process_time()
    found = read(path)
    spent = time.process_time() - begun
    assert found == count, f"{read.__name__} read {found} of {count} rows"
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leads.csv"
        write_tracker(path, options.rows)
        rounds = [
            (measure(read_as_models, path, options.rows), measure(read_as_leads, path, options.rows))
            for _ in range(options.rounds)
        ]
    peer, ours = min(one for one, _ in rounds), min(other for _, other in rounds)
    print(f"csv.DictReader and pydantic {peer:.2f} s CPU, followup {ours:.2f} s CPU: {ours / peer:.2f}x")


if __name__ == "__main__":
    main()
