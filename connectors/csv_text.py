"""A table out of the bytes of a CSV file, however its program wrote it; pure.

The encoding is utf-8, or what a byte order mark says, or what charset-normalizer finds; anything but plain utf-8 is
declared in the table's notes. The delimiter is the one that splits the first rows most evenly. Row numbers are those a
spreadsheet program shows for the file: records are counted, blank ones too, a quoted line break does not count.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Mapping
from io import StringIO

from sync.errors import SourceError
from sync.models import MAX_COLUMNS, Remark, Row, Table
from sync.patterns import lazy_compile

MAX_BYTES = 200_000_000
MAX_ROWS = 500_000
MAX_LAST_LINE = 2_000
_NO_LINKS: Mapping[int, str] = {}

DELIMITERS = ",;\t|"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED = re.compile(r"sep=([,;\t|])(?:\r\n|\r|\n)", re.IGNORECASE)
"""A first line by which Excel is told the separator; Excel shows no row for it."""
_PAGE = re.compile(r"\s*(<!doctype html|<html|<\?xml|<head|<body)", re.IGNORECASE)
_DELIMITER_NAMES = {";": "semicolons", "\t": "tabs", "|": "bars"}


def parse_csv(content: bytes, *, name: str) -> Table:
    """All records in these bytes. Raises `SourceError` where they are no CSV, or only a part of one."""
    text, notes = decode_text(content, name=name)
    if _PAGE.match(text):
        raise SourceError(Remark("failed.web_page", {"sheet": name}))
    declared = DECLARED.match(text)
    text = text[declared.end() :] if declared else text
    delimiter = declared[1] if declared else choose_delimiter(text)
    _check_quotes(text, delimiter, name)
    if delimiter != ",":
        notes += (Remark(f"table.{_DELIMITER_NAMES[delimiter]}", {"sheet": name}),)
    return Table(
        name=name, rows=tuple(_records(text, delimiter, name)), notes=notes, delimited=True, end=_last_line(text)
    )


def _last_line(text: str) -> str:
    tail = text[-MAX_LAST_LINE:]
    body = tail.rstrip("\r\n")
    return re.split(r"[\r\n]", body)[-1] + tail[len(body) :][:2]


def decode_text(content: bytes, *, name: str) -> tuple[str, tuple[Remark, ...]]:
    """The text in these bytes, with a note where it is not plain utf-8. Raises `SourceError` where it is no text."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decode(content, encoding, name), () if encoding == "utf-8-sig" else (_read_as(encoding, name),)
    nuls = content.count(0)
    if nuls * 4 > len(content):
        return _guess_wide(content, name)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _guess(content, name)
    return (text.replace("\0", ""), (Remark("table.nul", {"sheet": name, "count": nuls}),)) if nuls else (text, ())


def _decode(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding).replace("\0", "")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{name} is cut off or damaged: it says it is {_named(encoding)}, but byte {error.start} is not"
        ) from None


def _read_as(encoding: str, name: str) -> Remark:
    return Remark("table.encoding", {"sheet": name, "encoding": _named(encoding)})


def _guess_wide(content: bytes, name: str) -> tuple[str, tuple[Remark, ...]]:
    """utf-16 without a mark: the side on which the zeros stand tells the order of bytes."""
    encoding = "utf-16-le" if content[1::2].count(0) > content[::2].count(0) else "utf-16-be"
    return _decode(content, encoding, name), (_read_as(encoding, name),)


def _guess(content: bytes, name: str) -> tuple[str, tuple[Remark, ...]]:
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SourceError(f'{name} is a spreadsheet, not a CSV file; set type = "excel" under [source]')
    if b"\0" in content:
        raise SourceError(Remark("failed.no_text", {"sheet": name}))
    from charset_normalizer import from_bytes

    matches = from_bytes(content[:1_000_000], cp_isolation=_LIKELY)
    best = matches.best()
    encoding = best.encoding if best else _WESTERN
    as_likely = [m.encoding for m in matches if best and (m.chaos, m.coherence) == (best.chaos, best.coherence)]
    if _WESTERN in as_likely and not _ODD.search(content.decode(_WESTERN, "replace")):
        encoding = _WESTERN
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        encoding, text = _WESTERN, content.decode(_WESTERN, "replace")
    return text, (Remark("table.guessed", {"sheet": name, "encoding": _named(encoding)}),)


def _named(encoding: str) -> str:
    """The encoding as people know it from their spreadsheet program, with its short name."""
    known = _KNOWN_AS.get(encoding)
    return f"{known} ({encoding})" if known else encoding.upper()


_KNOWN_AS = {
    "cp1252": "Windows, Western Europe",
    "cp1250": "Windows, Central Europe",
    "cp1251": "Windows, Cyrillic",
    "cp1253": "Windows, Greek",
    "cp1254": "Windows, Turkish",
    "gb18030": "Chinese, simplified",
    "big5": "Chinese, traditional",
    "cp932": "Japanese, Shift JIS",
    "euc_kr": "Korean",
    "mac_roman": "Macintosh, Western Europe",
    "utf-16": "Unicode",
    "utf-16-le": "Unicode",
    "utf-16-be": "Unicode",
    "utf-32": "Unicode",
}
_WESTERN = "cp1252"
"""What most spreadsheets that are not utf-8 were saved as; taken where another encoding is no better."""
_ODD = lazy_compile(r"[¡-©«-´¶-¹»-¿]\w|[a-zß-ÿ][À-ÞŒŠŽŸ]")
"""Signs and capitals inside words, as Polish or Czech read in the Western encoding has them."""
_LIKELY = [_WESTERN, "cp1250", "cp1251", "cp1253", "cp1254", "gb18030", "big5", "cp932", "euc_kr", "mac_roman"]


def choose_delimiter(text: str) -> str:
    """The character that splits the first records into the most cells of the same number; a comma if none does."""
    sample = text[:65_536]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for _, row in zip(range(20), _split(sample, delimiter), strict=False) if len(row) > 1]
        if widths:
            common = max(set(widths), key=lambda width: (widths.count(width), width))
            score = widths.count(common) * (common - 1) ** 0.5
            if score > best_score:
                best, best_score = delimiter, score
    return best


def _split(text: str, delimiter: str) -> Iterator[list[str]]:
    # Without strict mode the reader takes whatever stands there; a quote that never closes ends at the end of the text.
    return csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=True)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, as the csv module wants them. Only \\n, \\r\\n and \\r end a line."""
    return iter(StringIO(text, newline=""))


def _records(text: str, delimiter: str, name: str) -> Iterator[Row]:
    number = 0
    try:
        for number, cells in enumerate(_split(text, delimiter), start=1):
            if number > MAX_ROWS:
                raise SourceError(f"{name} has more than {MAX_ROWS} rows, which no list of leads has")
            if cells:
                yield Row(number, tuple(cells if len(cells) <= MAX_COLUMNS else cells[:MAX_COLUMNS]), _NO_LINKS)
    except csv.Error as error:
        raise SourceError(f"{name} cannot be read as CSV after row {number}: {error}") from None


def _check_quotes(text: str, delimiter: str, name: str) -> None:
    """A quotation mark that is never closed swallows the rows after it: that is half a sheet."""
    if text.count('"') % 2 == 0:
        return
    number = 0
    try:
        for _ in csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=True, strict=True):
            number += 1
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise SourceError(Remark("failed.open_quote", {"sheet": name, "number": number + 1})) from None
