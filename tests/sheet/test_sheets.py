"""Whole sheets with the quirks of real ones: `data/sheets/X.csv` gives `data/sheets/X.json`. All names are made up.

A new sheet or mapping needs no Python: put the CSV there, run `python tests/sheet/test_sheets.py`, read the
JSON it wrote.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from planned import plan_rows

from connectors.csv_file import CsvFile
from sync.config import parse_settings
from sync.models import Asking, Lead
from sync.reading.columns import understand_columns
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

SHEETS = sorted((Path(__file__).parents[1] / "data" / "sheets").glob("*.csv"))
SETTINGS = parse_settings(
    """
    timezone = "America/New_York"
    source = {type = "csv", path = "leads.csv"}
    target = {type = "ics", path = "out.ics"}
    """
)
VOCABULARY = load_vocabulary()
NOW = datetime.fromisoformat("2026-09-09T09:00:00-04:00")
TODAY = NOW.date()
SHOWN = """
    id lead_kind company role source referrer received_at applied_on last_inbound last_outbound last_outbound_channel
    last_result interview_at offer_on follow_up_on they_decide_by url
""".split()  # noqa: SIM905 (a list of words)


def read(path: Path) -> dict[str, Any]:
    table = CsvFile(path).read()
    leads = read_leads(table, settings=SETTINGS, vocabulary=VOCABULARY, memory={}, today=TODAY)
    return {
        "mapped": dict(leads.mapped),
        "leads": [summary(lead) for lead in leads.leads],
        "problems": [
            f"{problem.row} {problem.column} {problem.value!r}: {problem.reason}" for problem in leads.problems
        ],
        "notes": [note.reason for note in leads.notes],
        "silent_rows": list(leads.silent_rows),
        "planned": plan_rows(table, SETTINGS, NOW),
    }


def summary(lead: Lead) -> dict[str, Any]:
    """What is not empty, in words."""
    plain = {name: getattr(lead, name) for name in SHOWN if getattr(lead, name) not in ("", None, "posting")}
    shown = {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in plain.items()}
    contact = " ".join(part for part in (lead.contact.name, lead.contact.email, lead.contact.phone) if part)
    shown |= {"contact": contact} if contact else {}
    return {
        "row": lead.row_number,
        **shown,
        "stage": lead.stage.value + ("" if lead.stage_known else "?"),
        **silence(lead),
    }


def silence(lead: Lead) -> dict[str, str]:
    """What may be asked while its status is not clear."""
    return {} if lead.asking is Asking.ALLOWED else {"asking": lead.asking.value}


def text_of(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.stem)
def test_sheet(path: Path) -> None:
    assert text_of(read(path)) == path.with_suffix(".json").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(VOCABULARY.shapes))
def test_every_shipped_mapping_has_a_sample_and_is_told_by_its_headers(name: str) -> None:
    (path,) = [path for path in SHEETS if path.stem == name]
    columns = understand_columns(CsvFile(path).read(), chosen={}, vocabulary=VOCABULARY, accepted={})
    assert columns.shape == VOCABULARY.shapes[name]


if __name__ == "__main__":
    for sheet in SHEETS:
        sheet.with_suffix(".json").write_text(text_of(read(sheet)), "utf-8")
