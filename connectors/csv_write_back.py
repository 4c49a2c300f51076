"""Writing into single cells of a CSV file, every other byte as it was: encoding, quotes, line ends, odd rows.

- The file is taken apart by positions, not written anew. Delimiters, quotes and line ends are single bytes in every
  encoding but UTF-16 and UTF-32, so bytes are handled as Latin-1 text, which loses nothing.
- Nothing is written if the file is not the one that this run read, if it is open in another program, or if reading the
  result would show any other difference than the cells meant.
- The file before is kept beside it as `NAME.before-followup`, a name that no other program uses,
  with the file's own mode.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from connectors.csv_text import DECLARED, choose_delimiter, parse_csv
from connectors.open_elsewhere import find_lock, say_open
from connectors.whole_file import check_may_write, replace_sheet
from sync.errors import SourceError
from sync.models import CellToWrite, Remark
from sync.safe_text import defuse
from sync.write_back import Found, differences, find_cells, meant

_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

Span = tuple[int, int]


def write_cells(path: Path, cells: Sequence[CellToWrite], *, before: bytes) -> tuple[Remark, ...]:
    """Write these cells into the file, which must still hold `before`. Raises `SourceError`; then it is as it was."""
    found, notes = find_cells(parse_csv(before, name=path.name), cells)
    if not found:
        return notes
    if lock := find_lock(path):
        return (say_open(path, lock),)
    check_may_write(path)
    after = put_cells(before, found, name=path.name)
    replace_sheet(path, before, after)
    return notes


def put_cells(content: bytes, cells: Sequence[Found], *, name: str) -> bytes:
    """The content with these cells changed and nothing else. Raises `SourceError` where that cannot be promised."""
    encoding = next((wide for mark, wide in _WIDE if content.startswith(mark)), "latin-1")
    text = content.decode(encoding)
    start, delimiter = _layout(text, encoding)
    wanted: dict[int, dict[int, str]] = {}
    for cell in cells:
        wanted.setdefault(cell.number, {})[cell.column] = cell.text
    parts, position = [], 0
    for number, fields in enumerate(_records(text, start, delimiter), start=1):
        for (begin, end), new in _edits(text, fields, wanted.get(number, {}), delimiter):
            parts += [text[position:begin], new]
            position = end
    after = "".join([*parts, text[position:]]).encode(encoding)
    if differences(parse_csv(content, name=name), parse_csv(after, name=name)) != meant(cells):
        raise SourceError(f"{name} is built too oddly to write into a single cell; nothing was written into it")
    return after


def _layout(text: str, encoding: str) -> tuple[int, str]:
    """Where the first record begins, behind a byte order mark and a line that names the separator; the separator."""
    mark = len(codecs.BOM_UTF8.decode("latin-1")) if encoding == "latin-1" and text.startswith("ï»¿") else 0
    mark = 1 if text.startswith("\ufeff") else mark
    declared = DECLARED.match(text, mark)
    return (declared.end(), declared[1]) if declared else (mark, choose_delimiter(text[mark:]))


def _records(text: str, start: int, delimiter: str) -> Iterator[list[Span]]:
    """The fields' positions, record by record, as the csv module sees them; blank records too."""
    mark = re.escape(delimiter)
    field = re.compile(rf' *(?:"(?:[^"]|"")*"[^{mark}\r\n]*|[^{mark}\r\n]*)')
    line_end = re.compile(r"\r\n|\r|\n")
    fields: list[Span] = []
    while start < len(text) or fields:
        match = field.match(text, start)
        assert match is not None
        fields.append(match.span())
        start = match.end()
        if text[start : start + 1] == delimiter:
            start += 1
            continue
        yield fields
        fields = []
        ended = line_end.match(text, start)
        start = ended.end() if ended else len(text)


def _edits(text: str, fields: list[Span], wanted: Mapping[int, str], delimiter: str) -> Iterator[tuple[Span, str]]:
    """What to put where in one record; a record that is too short grows at its end."""
    last = fields[-1][1]
    missing = ""
    for column, new in sorted(wanted.items()):
        if column < len(fields):
            begin, end = fields[column]
            yield (begin, end), _quote(new, delimiter, like=text[begin:end])
        else:
            length = len(fields) + missing.count(delimiter)
            missing += delimiter * (column - length + 1) + _quote(new, delimiter, like="")
    if missing:
        yield (last, last), missing


def _quote(text: str, delimiter: str, *, like: str) -> str:
    """The text as a field: quoted where it must be or the old one was, and never a formula."""
    text = defuse(text)
    if like.lstrip().startswith('"') or re.search(rf'[{re.escape(delimiter)}"\r\n]|^\s|\s$', text):
        return '"' + text.replace('"', '""') + '"'
    return text
