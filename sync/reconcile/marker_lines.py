"""Our part of an event's description and the user's part, told apart by two marker lines.

    --- followup writes between these lines ---
    Follow up by mail ...
                                                  <- our part: compared, replaced when the advice changes
    Sheet row when last written: leads.csv:7      <- shown, never compared
    --- write your own notes below this line ---
    called her, she is on holiday                 <- the user's part: above or below, always kept

Both marker lines must be there; where one was removed nothing can be told apart, so the whole text is the user's (the
marker left over is dropped) and ours is put under it anew. A line of the sheet that looks like a marker is indented,
so that it never acts as one.
These lines stand in users' calendars: changing them orphans every text written before.

Our part itself ends in the small print, under a rule of dashes: how and why, which nobody acts on. Like the row it is
that of the last write, and no change of it alone makes us write.
"""

from __future__ import annotations

import unicodedata

from sync.patterns import lazy_compile

OPENING = "--- followup writes between these lines ---"
CLOSING = "--- write your own notes below this line ---"
ROW_LABEL = "Sheet row when last written: "
SMALL_PRINT = "-" * 20
"""The line above the small print; the last one counts, since the message and the sheet's own text come before it."""

_CONTROLS = lazy_compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_ROW = ROW_LABEL.rstrip()


def tidy(text: str) -> str:
    """Text as it is compared and written: NFC, line feeds only, no control characters, no blank ends."""
    text = text if text.isascii() else unicodedata.normalize("NFC", text)
    if text.isprintable():  # one line without control characters
        return text.rstrip()
    lines = text.split("\n")
    if not all(map(str.isprintable, lines)):  # no control character is printable
        lines = _CONTROLS.sub("", "\n".join(lines).replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    elif " \n" not in text:  # a blank is the only printable space
        return text.lstrip("\n").rstrip()
    return "\n".join([line.rstrip() for line in lines]).strip("\n")


def tidy_line(text: str) -> str:
    """The same for text that is one line."""
    return " ".join(tidy(text).split())


def our_part(text: str) -> str:
    """What we wrote between the markers, without the row line; empty where a marker is missing."""
    _, ours, _ = _split(text)
    return tidy("\n".join(ours[: _row_line(ours)]))


def place_of(text: str) -> tuple[str, str]:
    """Row and address of the lead at the last writing, as our part says them; empty where it says none."""
    _, ours, _ = _split(text)
    row, *address = ours[_row_line(ours) :] or [""]
    return row.removeprefix(_ROW).strip(), "".join(address[:1])


def user_part(text: str) -> str:
    """What stands outside the markers: the user's own lines, those above first. Empty where there are none."""
    above, _, below = _split(text)
    return "\n".join(part for part in (tidy("\n".join(above)), tidy("\n".join(below))) if part)


def put_our_part(text: str, ours: str, *, row: str = "", address: str = "", marks: bool = True) -> str:
    """The text with our part replaced, or added where there was none; the user's lines stay where they are.

    `row` and `address` say where the lead stands in the sheet at this writing. Without `marks` no lines tell the parts
    apart: for a feed, which nobody can write into.
    """
    ours = tidy(ours)
    if OPENING in ours or CLOSING in ours or _ROW in ours:
        ours = "\n".join(map(_defused, ours.split("\n")))
    place = "\n".join([f"{ROW_LABEL}{tidy_line(row)}".rstrip(), tidy_line(address)]).rstrip() if row or address else ""
    inside = f"{ours}\n\n{place}" if ours and place else ours or place
    block = "\n".join(filter(None, [OPENING, inside, CLOSING])) if marks else inside
    if not text:
        return block
    above, _, below = _split(text)
    return "\n".join(filter(None, [tidy("\n".join(above)), block, tidy("\n".join(below))]))


def acted_on(text: str) -> str:
    """What of our part the reader acts on: all above the small print."""
    return _at_small_print(text)[0]


def put_above_small_print(text: str, more: str) -> str:
    """Our part with a last paragraph that the reader acts on."""
    above, small = _at_small_print(text)
    return "\n\n".join(filter(None, [above, more, small]))


def _at_small_print(text: str) -> tuple[str, str]:
    above, line, below = f"\n{text}".rpartition(f"\n{SMALL_PRINT}\n")
    return (tidy(above), f"{SMALL_PRINT}\n{below}") if line else (tidy(text), "")


def marked(text: str) -> str:
    """A feed's text as one between markers: all of it is ours."""
    return tidy("\n".join(filter(None, [OPENING, tidy("\n".join(_unmarked(text.split("\n")))), CLOSING])))


def _split(text: str) -> tuple[list[str], list[str], list[str]]:
    """Lines above, between and below the markers. Without both everything is above; a lone marker is dropped."""
    lines = tidy(text).split("\n")
    bare = [line.strip() for line in lines]
    above: list[str] = lines
    ours: list[str] = []
    below: list[str] = []
    if OPENING in bare and CLOSING in bare[bare.index(OPENING) :]:
        last = bare.index(CLOSING, bare.index(OPENING))
        first = last - 1 - bare[:last][::-1].index(OPENING)
        above, ours, below = lines[:first], lines[first + 1 : last], lines[last + 1 :]
    return _unmarked(above), ours, _unmarked(below)


def _unmarked(lines: list[str]) -> list[str]:
    return [line for line in lines if line.strip() not in (OPENING, CLOSING)]


def _row_line(lines: list[str]) -> int:
    """Where the row line stands; the last one counts, since the sheet's own text comes before it."""
    found = [at for at, line in enumerate(lines) if line.startswith(_ROW)]
    return found[-1] if found else len(lines)


def _defused(line: str) -> str:
    return f"> {line}" if line.strip() in (OPENING, CLOSING) or line.startswith(_ROW) else line
