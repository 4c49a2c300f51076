"""Sheets with the quirks that lost people, read without help: `data/twins/X.csv` gives `data/twins/X.json`.

All names are made up. Read on Wed 2026-09-09 09:00 in New York. A golden file says how columns and leads are read
and what becomes of each row; the table below says why. `python tests/sheet/test_header_twins.py` writes them anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from planned import ASKING, CONFIRM, SILENT, THANK, plan_rows

from connectors.csv_file import CsvFile
from sync.config import Settings, parse_settings
from sync.models import Lead
from sync.reading.leads import read_leads
from sync.reading.vocabulary import load_vocabulary

TWINS = Path(__file__).parents[1] / "data" / "twins"
NOW = datetime.fromisoformat("2026-09-09T09:00:00-04:00")
FACTS = """
    company role closes_on received_at applied_on last_inbound last_outbound meeting_on interview_at follow_up_on
    offer_on notes
""".split()  # noqa: SIM905 (a list of words)
NOT_YET: dict[str, str] = {}
ORDERS = {"year-first": "ymd"}
"""What the settings say of the order of year, month and day, where the owner has to."""


def settings(name: str) -> Settings:
    return parse_settings(
        'owner = "tw1n"\ntimezone = "America/New_York"\nholidays = "US"\nahead_days = "all"\n'
        f'[source]\ntype = "csv"\npath = "leads.csv"\ndate_order = "{ORDERS.get(name, "auto")}"\n'
        '[target]\ntype = "ics"\npath = "f.ics"\n'
    )


def read(path: Path) -> dict[str, Any]:
    table = CsvFile(path).read()
    leads = read_leads(table, settings=settings(path.stem), vocabulary=load_vocabulary(), memory={}, today=NOW.date())
    return {
        "columns": dict(sorted(leads.mapped.items())),
        "leads": [summary(lead) for lead in leads.leads],
        "problems": [f"{one.row} {one.column} {one.value!r}: {one.reason}" for one in leads.problems],
        "notes": [note.reason for note in leads.notes],
        "planned": plan_rows(table, settings(path.stem), NOW),
    }


def summary(lead: Lead) -> dict[str, Any]:
    facts = {name: value for name in FACTS if (value := getattr(lead, name, None)) not in (None, "")}
    shown = {name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()}
    if lead.earlier_rounds:
        shown["earlier_rounds"] = [f"{one.at.isoformat()} ({one.column})" for one in lead.earlier_rounds]
    contact = " ".join(part for part in (lead.contact.name, lead.contact.email, lead.contact.phone) if part)
    return {**shown, **({"contact": contact} if contact else {}), "stage": lead.stage.value}


def text_of(result: dict[str, Any]) -> str:
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


def cases() -> Iterator[object]:
    """Every twin; the golden file of one that is not yet read so holds what is right all the same."""
    for path in sorted(TWINS.glob("*.csv")):
        reason = NOT_YET.get(path.stem, "")
        marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
        yield pytest.param(path, id=path.stem, marks=marks)


@pytest.mark.parametrize("path", list(cases()))
def test_it_is_read_as_its_owner_means_it(path: Path) -> None:
    assert text_of(read(path)) == path.with_suffix(".json").read_text("utf-8")


def planned(path: Path) -> dict[str, set[str]]:
    """For each company what is to be done from now on: `asks`, or the rule with its day."""
    rows = plan_rows(CsvFile(path).read(), settings(path.stem), NOW)
    return {label.partition(",")[0]: {*what} - {SILENT} for label, what in rows.items()}


@pytest.mark.parametrize(
    ("name", "company", "right"),
    [
        pytest.param("nurse", "Willow General", {f"{CONFIRM} 09-11", f"{THANK} 09-14"}, id="screen-in-the-status"),
        pytest.param("nurse", "Aspen Clinic", {ASKING}, id="waiting-asks"),
        pytest.param("nurse", "Poplar Center", set(), id="not-applying-is-silent"),
        pytest.param("nurse", "Rowan Hospice", set(), id="rejected-is-silent"),
        pytest.param("deutsch", "Weidenau GmbH", {ASKING}, id="open-asks"),
        pytest.param("deutsch", "Espenfeld AG", {ASKING}, id="no-answer-yet-asks"),
        pytest.param("deutsch", "Haselwerk", set(), id="a-day-of-refusal-is-silent"),
        pytest.param("deutsch", "Pappelhof", {f"{CONFIRM} 09-16", f"{THANK} 09-17"}, id="an-hour-behind-a-day"),
        pytest.param("rounds-as-columns", "Aspen", {f"{CONFIRM} 09-11", f"{THANK} 09-14"}, id="a-round-to-come"),
        pytest.param("job-position", "Aspen", {ASKING}, id="no-response-asks"),
        pytest.param("sales-list", "Willow Dental", {ASKING}, id="a-list-of-sales"),
        pytest.param("sales-list", "Aspen Vets", {ASKING}, id="a-list-of-sales-too"),
        pytest.param("machine-names", "Aspen", set(), id="skip-is-silent"),
        pytest.param("francais", "Saulaie SARL", {ASKING}, id="a-relance-of-the-past-was-done"),
        pytest.param("francais", "Tremble SA", {ASKING}, id="sans-reponse-asks"),
        pytest.param("italiano", "Salice srl", {f"{CONFIRM} 10-09", f"{THANK} 10-12"}, id="colloquio"),
        pytest.param("norsk", "Selje AS", {ASKING}, id="norwegian"),
        pytest.param("svenska", "Sälg AB", {ASKING}, id="swedish"),
        pytest.param("polski", "Wierzba sp. z o.o.", {ASKING}, id="polish"),
        pytest.param(
            "one-date-many-cells",
            "Willow",
            {f"{CONFIRM} 09-16", f"{THANK} 09-17", f"{CONFIRM} 09-23", f"{THANK} 09-24"},
            id="two-rounds-each-with-its-own",
        ),
        pytest.param("old-lead", "Willow", set(), id="three-years-old-is-silent"),
        pytest.param("old-lead", "Aspen", {ASKING}, id="beside-an-old-one"),
        pytest.param("year-typo", "Willow", {ASKING}, id="beside-a-year-too-far"),
        pytest.param("year-first", "Willow", {ASKING}, id="two-digits-of-a-year-first"),
        pytest.param("day-and-hour-apart", "Willow", {f"{CONFIRM} 09-16", f"{THANK} 09-17"}, id="hour-apart"),
    ],
)
def test_what_becomes_of_it(name: str, company: str, right: set[str]) -> None:
    found = planned(TWINS / f"{name}.csv").get(company, set())
    waiting = found - {ASKING} if any(one.startswith(CONFIRM) for one in right) else found
    assert waiting == right


@pytest.mark.parametrize(("name", "day"), [("espanol", "09-14"), ("nederlands", "09-14"), ("machine-names", "09-15")])
def test_the_date_in_the_sheet_is_kept(name: str, day: str) -> None:
    result = read(TWINS / f"{name}.csv")
    assert result["leads"][0]["follow_up_on"] == f"2026-{day}"


if __name__ == "__main__":
    for twin in sorted(TWINS.glob("*.csv")):
        if twin.stem in NOT_YET:
            continue  # what stands there is right, and written by hand
        twin.with_suffix(".json").write_text(text_of(read(twin)), "utf-8")
