"""No sheet makes a traceback, and nothing in a cell breaks out of where it is shown."""

from __future__ import annotations

import re
import tracemalloc
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.csv_file import CsvFile
from sync.config import parse_settings
from sync.errors import FollowupError
from sync.models import CellError, CellValue, Leads, Row, Table
from sync.reading.cells import clean_lines, clean_text
from sync.reading.dates import Reading, read_moment
from sync.reading.leads import read_leads
from sync.reading.vocabulary import FIELDS, load_vocabulary

VOCABULARY = load_vocabulary()
SETTINGS = parse_settings(
    """
    timezone = "America/New_York"
    source = {type = "csv", path = "leads.csv"}
    target = {type = "ics", path = "out.ics"}
    """
)
BREAKING = re.compile("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def read(table: Table) -> Leads:
    return read_leads(table, settings=SETTINGS, vocabulary=VOCABULARY, memory={})


def texts(leads: Leads) -> list[str]:
    """Everything of a sheet that is shown or written anywhere."""
    found = []
    for lead in leads.leads:
        people = (lead.contact, *lead.interviewers, *lead.reference_names)
        found += [part for person in people for part in (person.name, person.email, person.phone)]
        found += [value for name in FIELDS if isinstance(value := getattr(lead, name, ""), str)]
        found += [lead.label, lead.status_text, lead.row]
    found += [part for problem in leads.problems for part in (problem.column, problem.value, problem.reason)]
    return [*found, *(note.reason for note in leads.notes)]


HEADERS = st.sampled_from([*FIELDS, "Company", "Name", "Date", "Phone", "Status", "Result", "", "Followup", "公司"])
CELLS: st.SearchStrategy[CellValue] = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["2026-09-01", "9/8/2026", "yes", "Applied", "#REF!", "=1+1", "a@b.example", "\x1b[31m", "1e400"]),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.builds(CellError, st.text(max_size=10)),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(HEADERS, max_size=8), st.lists(st.lists(CELLS, max_size=9), max_size=6), st.booleans())
def test_any_cells_end_in_leads_problems_or_a_sentence(
    headers: list[str], body: list[list[CellValue]], delimited: bool
) -> None:
    rows = [list[CellValue](headers), *body]
    try:
        leads = read(Table("s", tuple(Row(i, tuple(cells)) for i, cells in enumerate(rows, 1)), delimited=delimited))
    except FollowupError as error:
        assert len(str(error)) < 1_000
        return
    named = {problem.row for problem in leads.problems}
    assert set(leads.silent_rows) <= named
    assert len({lead.key for lead in leads.leads}) == len(leads.leads)
    assert not any(BREAKING.search(text) for text in texts(leads))


@settings(max_examples=150, deadline=None)
@given(
    content=st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: ("company,date\n" + text).encode())
    )
)
def test_any_bytes_end_in_a_table_or_a_sentence(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    try:
        read(CsvFile(path).read())
    except FollowupError as error:
        assert "\n" not in str(error)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.from_regex(r"[0-9/.:,\- TZapm]{0,30}")
    )
)
def test_any_cell_is_a_date_or_a_reason(value: CellValue) -> None:
    found = read_moment(value, Reading(order=None, zone=SETTINGS.zone, months=VOCABULARY.months))
    if isinstance(found, datetime):
        assert found.tzinfo is not None
    if isinstance(found, date):
        assert 1979 <= found.year <= 2100


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Acme\r\nATTENDEE:mailto:x@y.example", id="ics-property"),
        pytest.param("Acme\x1b]8;;http://x.example\x07", id="terminal-link"),
        pytest.param("Acme\u202egpj.exe", id="right-to-left"),
        pytest.param("Acme\u2028BEGIN:VEVENT", id="line-separator"),
        pytest.param("\ufeffAcme\0", id="mark-and-nul"),
        pytest.param("\udcff", id="lone-surrogate"),
        pytest.param("e" + "\u0301" * 5_000, id="stacked-accents"),
        pytest.param("x" * 1_000_000, id="a-million-letters"),
    ],
)
def test_text_stays_one_short_harmless_line(text: str) -> None:
    clean = clean_text(text)
    assert not BREAKING.search(clean)
    assert "\n" not in clean
    assert len(clean) <= 1_000
    assert clean_text(clean) == clean
    assert not BREAKING.search(clean_lines(text))
    clean.encode("utf-8")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a:b@x.example",
        'https://x.example/"><script>',
        "file:///etc/passwd",
        "http://x.example/ y",
    ],
)
def test_only_plain_web_addresses_are_links(url: str) -> None:
    table = Table("s", (Row(1, ("company", "applied_on", "url")), Row(2, ("Acme", "2026-09-01", url))))
    assert read(table).leads[0].url == ""


def test_a_large_sheet_needs_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b"company,applied_on," + b"," * 100_000 + b"\n" + b"Acme,2026-09-01" + b",x" * 100_000)
    tracemalloc.start()
    read(CsvFile(path).read())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60_000_000
