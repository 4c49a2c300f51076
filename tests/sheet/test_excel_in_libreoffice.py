"""A workbook of LibreOffice's own making, written into by us, is the same in LibreOffice but for the cells we wrote.

The workbook has what people have: two tabs, styles, widths, formulas across tabs, a filter, comments, a condition that
colours cells. LibreOffice makes the `.xlsx`, we write back, LibreOffice opens it again; both are compared as it tells
them, cell by cell.
"""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from runner import Seeker, settings_with

from connectors.excel_file import ExcelFile

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed (libreoffice-calc)")

WROTE = '[write_back]\nnext_follow_up = "Next"\nwhat_next = "What"'
URNS = "urn:oasis:names:tc:opendocument:xmlns:"
SPACES = {name: f"{URNS}{name}:1.0" for name in ("office", "table", "text", "style")}
SPACES |= {
    "fo": f"{URNS}xsl-fo-compatible:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
SPACES |= {"of": f"{URNS}of:1.2", "dc": "http://purl.org/dc/elements/1.1/"}
MOST = 40
"""Cells and rows that are looked at; behind them the sheet is empty."""

WORKBOOK = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document {" ".join(f'xmlns:{name}="{urn}"' for name, urn in SPACES.items())} office:version="1.2"
  office:mimetype="application/vnd.oasis.opendocument.spreadsheet">
<office:styles><style:style style:name="Late" style:family="table-cell">
  <style:table-cell-properties fo:background-color="#ffcccc"/></style:style></office:styles>
<office:automatic-styles>
  <style:style style:name="wide" style:family="table-column">
    <style:table-column-properties style:column-width="6cm"/></style:style>
  <style:style style:name="head" style:family="table-cell">
    <style:table-cell-properties fo:background-color="#223344"/>
    <style:text-properties fo:font-weight="bold" fo:color="#ffffff"/></style:style>
  <style:style style:name="next" style:family="table-cell">
    <style:table-cell-properties fo:background-color="#eeffee"/>
    <style:text-properties fo:font-style="italic"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet>
<table:table table:name="Leads"><table:table-column table:style-name="wide"/>
<table:table-column table:number-columns-repeated="7"/>
{{rows}}
<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address="Leads.E2:Leads.E4">
<calcext:condition calcext:apply-style-name="Late" calcext:value="&lt;3" calcext:base-cell-address="Leads.E2"/>
</calcext:conditional-format></calcext:conditional-formats>
</table:table>
<table:table table:name="Numbers"><table:table-row><table:table-cell office:value-type="string"><text:p>Sum</text:p>
</table:table-cell><table:table-cell table:formula="of:=SUM([Leads.E2:.E4])" office:value-type="float" office:value="6">
<text:p>6</text:p></table:table-cell></table:table-row></table:table>
<table:database-ranges><table:database-range table:name="filter" table:target-range-address="Leads.A1:Leads.G4"
  table:display-filter-buttons="true"/></table:database-ranges>
</office:spreadsheet></office:body></office:document>
"""
HEADS = ("Company", "Role", "Date applied", "Status", "Score", "Next", "What")
LEADS = (
    ("Acme", "Analyst", "2027-01-04", "Applied", 1),
    ("Globex & Söhne", "Editor <junior>", "2027-01-05", "Applied", 2),
    ("Initech", "Planner", "2027-01-05", "Rejected", 3),
)


def a_text(text: str, *, style: str = "", comment: str = "") -> str:
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    noted = f"<office:annotation><text:p>{comment}</text:p></office:annotation>" if comment else ""
    named = f' table:style-name="{style}"' if style else ""
    if not text:
        return f"<table:table-cell{named}/>"
    return f'<table:table-cell{named} office:value-type="string">{noted}<text:p>{safe}</text:p></table:table-cell>'


def rows() -> Iterator[str]:
    yield "".join(a_text(head, style="head") for head in HEADS)
    for company, role, applied, status, score in LEADS:
        number = f'<table:table-cell office:value-type="float" office:value="{score}"/>'
        texts = (a_text(company, comment=f"met at a fair: {score}"), *map(a_text, (role, applied, status)))
        yield "".join((*texts, number, a_text("", style="next"), a_text("", style="next")))


def a_workbook(folder: Path) -> Path:
    """The workbook as LibreOffice saves it for Excel."""
    source = folder / "leads.fods"
    lines = "\n".join(f"<table:table-row>{row}</table:table-row>" for row in rows())
    source.write_text(WORKBOOK.replace("{rows}", lines), "utf-8")
    return convert(source, "xlsx")


def convert(path: Path, kind: str) -> Path:
    """Open and save with LibreOffice, in a profile of its own."""
    assert SOFFICE
    out = path.parent / kind
    subprocess.run(
        [SOFFICE, f"-env:UserInstallation=file://{path.parent}/profile", "--headless", "--norestore",
         "--convert-to", kind, "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    (made,) = out.glob(f"{path.stem}.{kind}")
    return made


def name(space: str, local: str) -> str:
    return f"{{{SPACES[space]}}}{local}"


def as_shown(path: Path) -> tuple[dict[tuple[str, int, int], str], list[str]]:
    """Every cell with its text, formula, comment and looks; and what else there is: filters, conditions, columns."""
    document = ElementTree.parse(convert(path, "fods")).getroot()
    looks = {
        style.get(name("style", "name"), ""): b"".join(sorted(ElementTree.tostring(part) for part in style)).decode()
        for style in document.iter(name("style", "style"))
    }
    cells: dict[tuple[str, int, int], str] = {}
    rest: list[str] = []
    for table in document.iter(name("table", "table")):
        title = table.get(name("table", "name"), "")
        rest += [f"{title} {looks[column.get(name('table', 'style-name'), '')]}"
                 for column in table.iter(name("table", "table-column"))]  # fmt: skip
        number = 0
        for row in table.iter(name("table", "table-row")):
            for _ in range(min(int(row.get(name("table", "number-rows-repeated"), "1")), MOST)):
                number += 1
                column = 0
                for cell in row:
                    for _ in range(min(int(cell.get(name("table", "number-columns-repeated"), "1")), MOST)):
                        column += 1
                        if number < MOST and (told := tell(cell, looks)):
                            cells[title, number, column] = told
    for kind in ("database-range", "filter"):
        rest += [str(sorted(found.attrib.items())) for found in document.iter(name("table", kind))]
    rest += [ElementTree.tostring(found).decode() for found in document.iter(name("calcext", "conditional-format"))]
    return cells, rest


def tell(cell: ElementTree.Element, looks: dict[str, str]) -> str:
    """What there is in a cell; empty for one without anything."""
    texts = "".join(cell.itertext()).strip()
    formula, style = cell.get(name("table", "formula"), ""), cell.get(name("table", "style-name"), "")
    return " | ".join(part for part in (texts, formula, looks.get(style, "")) if part)


def test_libreoffice_opens_what_we_wrote_into_with_everything_in_place(tmp_path: Path) -> None:
    path = a_workbook(tmp_path)
    before = {part.filename: zipfile.ZipFile(path).read(part) for part in zipfile.ZipFile(path).infolist()}
    cells, rest = as_shown(path)
    assert any("conditional-format" in one and "&lt;3" in one for one in rest)
    assert any("database-range" in one or "Leads.A1:Leads.G4" in one for one in rest)
    assert any("fair: 2" in told for told in cells.values())
    assert cells["Numbers", 1, 2].startswith("6 | of:=SUM(")

    seeker = Seeker(settings=settings_with(target=WROTE))
    seeker.source = lambda: ExcelFile(path, "Leads")  # type: ignore[method-assign,assignment,return-value]
    seeker.run()

    after = {part.filename: zipfile.ZipFile(path).read(part) for part in zipfile.ZipFile(path).infolist()}
    assert list(before) == list(after)
    assert [part for part in before if before[part] != after[part]] == ["xl/worksheets/sheet1.xml"]
    written, others = as_shown(path)
    assert others == rest
    changed = {place for place in cells.keys() | written.keys() if cells.get(place) != written.get(place)}
    assert changed == {("Leads", 2, 6), ("Leads", 2, 7), ("Leads", 3, 6), ("Leads", 3, 7)}
    assert written["Leads", 2, 6].startswith("2027-01-11 | ")
    assert "#eeffee" in written["Leads", 2, 6]
    assert written["Leads", 3, 7].startswith("Globex & Söhne: find a name and follow up | ")
