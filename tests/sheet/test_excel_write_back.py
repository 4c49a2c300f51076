# ruff: noqa: E501 (sheets as programs write them have no line breaks)
"""Cells written into a workbook: only those, and nothing else of it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from runner import Seeker, settings_with
from spreadsheets import write_xlsx

from connectors.excel_file import ExcelFile
from connectors.excel_write_back import put_cells
from sync.errors import ConfigError, SourceError
from sync.models import CellToWrite, CellValue
from sync.texts import load_remarks
from sync.write_back import Found

GRID: list[list[CellValue]] = [
    ["Company", "Role", "Date applied", "Salary", "Next", "Done"],
    ["Acme", "Analyst", "2027-01-04", 1, "", ""],
    ["Globex", "Editor", "2027-01-05", 2, "old", ""],
]
SHEET = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheetPr filterMode="1"/><dimension ref="A1:F4"/><cols><col min="1" max="1" width="30"/></cols><sheetData>'
    '<row r="1" s="3" customFormat="1"><c r="A1" t="inlineStr" s="3"><is><t>Company</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Next</t></is></c><c r="C1" t="inlineStr"><is><t>Total &gt; 1</t></is></c></row>'
    '<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><t>Acme</t></is></c><c r="B2" s="7" t="inlineStr"><is><t>x</t></is></c>'
    '<c r="C2" s="2"><f>SUM(D2:D9)</f><v>4</v></c></row>'
    '<row r="3"><c r="A3" t="inlineStr"><is><t>Globex</t></is></c><c r="C3"><v>5</v></c></row>'
    '<row r="4" note="a &gt; b"/></sheetData><autoFilter ref="A1:C4"/>'
    '<conditionalFormatting sqref="B2"><cfRule type="expression" dxfId="0" priority="1"><formula>$B2="x"</formula>'
    '</cfRule></conditionalFormatting><legacyDrawing r:id="rId1"/><extLst><ext uri="{x}"><y:z xmlns:y="urn:y"/></ext></extLst>'
    "</worksheet>"
)
PART = "xl/worksheets/sheet1.xml"


def a_book(sheet: str = SHEET, **more: str) -> bytes:
    """A workbook as Excel writes them, with parts that no library of ours knows."""
    parts = {
        "[Content_Types].xml": "<Types/>",
        "xl/workbook.xml": "<workbook/>",
        "xl/styles.xml": '<styleSheet><cellXfs count="8"/></styleSheet>',
        PART: sheet,
        "xl/worksheets/sheet2.xml": "<worksheet><sheetData/></worksheet>",
        "xl/comments1.xml": "<comments/>",
        "xl/threadedComments/threadedComment1.xml": "<ThreadedComments/>",
        "xl/slicers/slicer1.xml": "<slicers/>",
        "xl/vbaProject.bin": "\x00\x01",
        **more,
    }
    book = BytesIO()
    with zipfile.ZipFile(book, "w") as archive:
        archive.comment = b"kept"
        for number, (name, text) in enumerate(parts.items()):
            info = zipfile.ZipInfo(name, (2027, 1, 4, 10, 0, 0))
            info.compress_type = zipfile.ZIP_STORED if number % 2 else zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return book.getvalue()


def parts_of(book: bytes) -> dict[str, tuple[bytes, object, object]]:
    with zipfile.ZipFile(BytesIO(book)) as archive:
        assert archive.comment == b"kept"
        return {i.filename: (archive.read(i), i.date_time, i.compress_type) for i in archive.infolist()}


def edited(*cells: Found, sheet: str = SHEET) -> str:
    before = a_book(sheet)
    after, _ = put_cells(before, cells, part=PART, name="leads.xlsx")
    old, new = parts_of(before), parts_of(after)
    assert list(old) == list(new)
    assert {name for name in old if old[name] != new[name]} <= {PART}
    return new[PART][0].decode()


@pytest.mark.parametrize(
    ("cell", "old", "new"),
    [
        pytest.param(
            Found(2, 1, "2027-01-11"), '<c r="B2" s="7" t="inlineStr"><is><t>x</t></is></c>',
            '<c r="B2" s="7" t="inlineStr"><is><t xml:space="preserve">2027-01-11</t></is></c>', id="it keeps its style",
        ),
        pytest.param(
            Found(2, 1, ""), '<c r="B2" s="7" t="inlineStr"><is><t>x</t></is></c>', '<c r="B2" s="7"/>', id="emptied"
        ),
        pytest.param(
            Found(3, 1, "a<b"), '<c r="C3"><v>5</v></c>',
            '<c r="B3" t="inlineStr"><is><t xml:space="preserve">a&lt;b</t></is></c><c r="C3"><v>5</v></c>',
            id="between two others",
        ),
        pytest.param(
            Found(3, 4, "z"), '<c r="C3"><v>5</v></c></row>',
            '<c r="C3"><v>5</v></c><c r="E3" t="inlineStr"><is><t xml:space="preserve">z</t></is></c></row>',
            id="behind the last",
        ),
        pytest.param(
            Found(4, 1, "z"), '<row r="4" note="a &gt; b"/>',
            '<row r="4" note="a &gt; b"><c r="B4" t="inlineStr"><is><t xml:space="preserve">z</t></is></c></row>',
            id="in an empty row",
        ),
        pytest.param(Found(2, 2, "z"), "", "", id="a formula stays"),
        pytest.param(Found(3, 1, ""), "", "", id="nothing where nothing was"),
    ],
)  # fmt: skip
def test_only_this_cell_changes(cell: Found, old: str, new: str) -> None:
    assert edited(cell) == (SHEET.replace(old, new) if old else SHEET)


STYLED = SHEET.replace(
    '<row r="4" note="a &gt; b"/>',
    '<row r="4"><c r="A4" s="1"/><c r="B4" s="7"/><c r="C4" s="2"/></row><row r="5"/><row r="6" s="3"/>'
    '<row r="7"><c r="A7" s="1"/></row>',
)
"""Cells and rows that hold nothing but their looks, side by side, as every program writes those that were formatted."""


@pytest.mark.parametrize(
    ("cells", "old", "new"),
    [
        pytest.param(
            [Found(4, 1, "z")], '<c r="B4" s="7"/>',
            '<c r="B4" s="7" t="inlineStr"><is><t xml:space="preserve">z</t></is></c>', id="between two others",
        ),
        pytest.param(
            [Found(4, 1, "y"), Found(4, 2, "z")], '<c r="B4" s="7"/><c r="C4" s="2"/>',
            '<c r="B4" s="7" t="inlineStr"><is><t xml:space="preserve">y</t></is></c>'
            '<c r="C4" s="2" t="inlineStr"><is><t xml:space="preserve">z</t></is></c>', id="two at the end of a row",
        ),
        pytest.param(
            [Found(5, 1, "z")], '<row r="5"/>',
            '<row r="5"><c r="B5" t="inlineStr"><is><t xml:space="preserve">z</t></is></c></row>', id="an empty row",
        ),
        pytest.param(
            [Found(5, 0, "y"), Found(6, 1, "z")], '<row r="5"/><row r="6" s="3"/>',
            '<row r="5"><c r="A5" t="inlineStr"><is><t xml:space="preserve">y</t></is></c></row>'
            '<row r="6" s="3"><c r="B6" t="inlineStr"><is><t xml:space="preserve">z</t></is></c></row>',
            id="two empty rows",
        ),
        pytest.param(
            [Found(7, 1, "z")], '<c r="A7" s="1"/></row>',
            '<c r="A7" s="1"/><c r="B7" t="inlineStr"><is><t xml:space="preserve">z</t></is></c></row>', id="behind one",
        ),
    ],
)  # fmt: skip
def test_cells_that_hold_nothing_but_their_looks(cells: list[Found], old: str, new: str) -> None:
    assert edited(*cells, sheet=STYLED) == STYLED.replace(old, new)


def test_several_cells_of_one_row_and_rows_without_numbers() -> None:
    sheet = "<x:worksheet xmlns:x='urn:x'><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row><x:row/></x:sheetData></x:worksheet>"
    after = edited(Found(1, 2, "p"), Found(2, 0, "q"), Found(2, 3, "r"), sheet=sheet)
    assert 'r="B1"' not in after
    assert 'r="C1" t="inlineStr"' in after
    assert "<x:row/>" not in after
    assert after.index('r="A2"') < after.index('r="D2"') < after.index("</x:row></x:sheetData>")


@pytest.mark.parametrize(
    ("sheet", "more", "said"),
    [
        pytest.param('<!DOCTYPE w [<!ENTITY a "b">]><worksheet/>', {}, "no plain XML", id="a document type"),
        pytest.param("<worksheet><sheetData>", {}, "no plain XML", id="half a sheet"),
        pytest.param("<worksheet/>", {}, "no row 2", id="no such row"),
        pytest.param(SHEET, {"_xmlsignatures/sig1.xml": "<s/>"}, "would break the signature", id="signed"),
    ],
)
def test_what_cannot_be_written_into_is_refused(sheet: str, more: dict[str, str], said: str) -> None:
    with pytest.raises(SourceError, match=said):
        put_cells(a_book(sheet, **more), [Found(2, 1, "x")], part=PART, name="leads.xlsx")


# --- the whole way -----------------------------------------------------------------------------------------------


def a_cell(text: str = "2027-01-11", column: str = "Next") -> CellToWrite:
    return CellToWrite("leads.xlsx:2", column, text, {"Company": "Acme"})


def a_file(path: Path) -> ExcelFile:
    write_xlsx(path / "leads.xlsx", {"Other": [["Company", "Next"], ["Acme", "mine"]], "Leads": GRID})
    source = ExcelFile(path / "leads.xlsx", "Leads")
    source.read()
    return source


def test_a_cell_of_the_tab_that_is_meant(tmp_path: Path) -> None:
    source = a_file(tmp_path)
    before = source.path.read_bytes()
    assert source.write_back([a_cell(), a_cell("2027-01-02", "Done")]) == ()
    table = source.read()
    assert table.rows[1].values == ("Acme", "Analyst", "2027-01-04", 1.0, "2027-01-11", "2027-01-02")
    assert table.rows[2].values[:5] == ("Globex", "Editor", "2027-01-05", 2.0, "old")
    assert ExcelFile(source.path, "Other").read().rows[1].values == ("Acme", "mine")
    assert (tmp_path / "leads.xlsx.before-followup").read_bytes() == before


@pytest.mark.parametrize("lock", [".~lock.leads.xlsx#", "~$leads.xlsx"])
def test_an_open_file_is_left_alone(tmp_path: Path, lock: str) -> None:
    source = a_file(tmp_path)
    (tmp_path / lock).touch()
    before = source.path.read_bytes()
    (note,) = (load_remarks("en").tell(one) for one in source.write_back([a_cell()]))
    assert "is open in another program" in note
    assert lock in note
    assert source.path.read_bytes() == before


def test_a_workbook_that_is_read_only_is_left_alone_with_what_to_do(tmp_path: Path) -> None:
    source = a_file(tmp_path)
    before = source.path.read_bytes()
    source.path.chmod(0o440)
    with pytest.raises(SourceError, match=r"is read-only, so nothing is written back .* \[write_back\] out"):
        source.write_back([a_cell()])
    assert source.path.read_bytes() == before


def test_a_file_changed_since_it_was_read_is_left_alone(tmp_path: Path) -> None:
    source = a_file(tmp_path)
    changed: list[list[CellValue]] = [*GRID[:2], ["Globex", "Chief", "2027-01-05", 2, "old", ""]]
    write_xlsx(source.path, {"Leads": changed})
    before = source.path.read_bytes()
    with pytest.raises(SourceError, match="was changed while followup was at work"):
        source.write_back([a_cell()])
    assert source.path.read_bytes() == before


# --- what is written ---------------------------------------------------------------------------------------------


FOUR = """
[write_back]
next_follow_up = "Next"
last_done = "Done last"
snoozed_to = "Snoozed"
what_next = "What"
"""


def a_sheet(path: Path) -> Seeker:
    grid: list[list[CellValue]] = [
        ["Company", "Role", "Date applied", "Status", "Next", "Done last", "Snoozed", "What", "Done on"]
    ]
    grid += [[company, "Analyst", "2027-01-04", "Applied", "", "", "", "", ""] for company in ("Acme", "Globex")]
    write_xlsx(path / "leads.xlsx", {"Leads": grid})
    seeker = Seeker(settings=settings_with(target=FOUR))
    seeker.source = lambda: ExcelFile(path / "leads.xlsx", "")  # type: ignore[method-assign,assignment,return-value]
    return seeker


def shown(path: Path) -> dict[str, tuple[object, ...]]:
    return {str(row.values[0]): row.values[4:8] for row in ExcelFile(path / "leads.xlsx", "").read().rows[1:]}


def test_what_was_ticked_and_dragged_in_the_calendar_appears_in_the_sheet_and_never_comes_back(tmp_path: Path) -> None:
    seeker = a_sheet(tmp_path)
    assert seeker.run().messages == ()
    assert shown(tmp_path)["Acme"] == ("2027-01-11", "", "", "Acme: find a name and follow up")
    acme, globex = seeker.shown("Acme"), seeker.shown("Globex")
    seeker.edit(acme.uid, summary="✓ " + acme.snapshot.summary)
    day = globex.snapshot.start.replace(day=20)
    seeker.edit(globex.uid, start=day, end=day + (globex.snapshot.end - globex.snapshot.start))
    seeker.run()
    assert shown(tmp_path)["Acme"][1] == "2027-01-04"
    assert shown(tmp_path)["Globex"][::2] == ("2027-01-20", "2027-01-20")
    content, memory = (tmp_path / "leads.xlsx").read_bytes(), seeker.store.load()
    for _ in range(3):
        report = seeker.run()
        assert report.plan.writes == ()
        assert not any("said" in note.reason for note in report.plan.notes)
    assert (tmp_path / "leads.xlsx").read_bytes() == content
    assert seeker.store.load().touches == memory.touches


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[write_back]\n", "names no column; say which one to fill: next_follow_up, last_done", id="none"),
        pytest.param('[write_back]\nlast_done = "A"\nwhat_next = "A"', "fills one column twice", id="twice"),
        pytest.param('[write_back]\nlast_don = "A"', "last_done", id="misspelled"),
        pytest.param(
            '[write_back]\nlast_done = "Done on"\n[source.columns]\ndone_on = "Done on"',
            'which is read as done_on; name a column of its own, or take done_on out of', id="a loop with done_on",
        ),
    ],
)  # fmt: skip
def test_settings_that_cannot_be(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        settings_with(target=text)


def test_a_column_written_to_is_not_guessed_as_done_on(tmp_path: Path) -> None:
    seeker = a_sheet(tmp_path)
    seeker.settings = settings_with(target='[write_back]\nlast_done = "Done on"')
    report = seeker.run()
    assert "done_on" not in report.leads.mapped
