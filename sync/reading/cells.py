"""One cell as clean text: what a spreadsheet holds is hostile until it went through here.

- **clean**: bounded, one Unicode form, no control characters, no bidirectional overrides, no invisible characters.
- **squeezed**: lower-case letters and digits only; how headers and words are compared, never how they are shown.
- **Fault**: why a cell could not be understood; it becomes a `Problem` that names row and column.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import TypeVar

from msgspec import Struct

from sync.models import CellError, CellValue
from sync.patterns import lazy_compile
from sync.texts import Wording

_Read = TypeVar("_Read")

MAX_TEXT = 1_000
"""Characters of a cell that are kept; a company or a contact is never longer."""
MAX_NOTES = 4_000
MAX_SHOWN = 80
"""Characters of a cell that a problem repeats."""

# Joiners (U+200C, U+200D) stay: Persian, Indic scripts and emoji need them.
_INVISIBLE = lazy_compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffc\ud800-\udfff\U000e0000-\U000e007f]"
)
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_LINK_BEHIND = lazy_compile(r"(?<=\S)\s*\((?:https?://|www\.)[^()\s]*\)|(?<=\S)\s*\([^()\s]+\.md\)", re.IGNORECASE)
LOADING = "Loading..."
"""What a cell of Google's shows whose formula is still at work."""
_ERRORS = frozenset(
    ("#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#n/a", "#error!", "#spill!", "#calc!", "#field!")
)


class Fault(Struct, frozen=True):
    """Why a cell could not be understood: a key under `[cell]` of `mappings/remarks.*.toml`, and its facts."""

    key: str
    facts: Mapping[str, object] = {}


def tell_fault(fault: Fault, words: Wording) -> str:
    """The end of a sentence about the cell."""
    return words.say(f"cell.{fault.key}", **{name: _tell(name, fact, words) for name, fact in fault.facts.items()})


def _tell(name: str, fact: object, words: Wording) -> object:
    """A fact as a sentence has it: a fault is told in turn, a date by its weekday, several with a word between."""
    if isinstance(fact, Fault):
        return tell_fault(fact, words)
    if isinstance(fact, date):
        return words.say(f"weekday.{fact.isoweekday()}")
    return words.say(f"joint.{name}").join(fact) if isinstance(fact, tuple) else fact


def clean_text(value: CellValue, *, limit: int = MAX_TEXT) -> str:
    """The cell as one line of text; nothing in it can break out of where it is shown."""
    if not isinstance(value, str):
        return _typed_text(value)
    if not value or (_is_plain(value) and len(value) <= limit):
        return value
    text = unicodedata.normalize("NFC", value[: limit * 4])
    return _SPACES.sub(" ", _INVISIBLE.sub("", text)).strip()[:limit]


def without_links(text: str) -> str:
    """The text without the addresses in brackets behind its names: so Notion writes out a relation."""
    return _LINK_BEHIND.sub("", text) if "(" in text else text


def each_once(read: Callable[[CellValue], _Read], cells: Sequence[CellValue]) -> tuple[_Read, ...]:
    """What `read` makes of each of these cells. A column holds few different ones: each of them is read once."""
    typed = not {str}.issuperset(map(type, cells))  # 1, 1.0 and True are one key, but not one cell
    return tuple(map(lru_cache(maxsize=None, typed=typed)(read), cells))


def _is_plain(text: str) -> bool:
    """Whether there is nothing to clean; most cells are like that, and this is much cheaper than cleaning."""
    return text.isascii() and text.isprintable() and "  " not in text and text == text.strip()


def clean_lines(value: CellValue, *, limit: int = MAX_NOTES) -> str:
    """The cell as text that keeps its line breaks: for notes and lists."""
    if not isinstance(value, str):
        return _typed_text(value)
    if _is_plain(value) and len(value) <= limit:
        return value
    text = value[: limit * 4].replace("\r\n", "\n").replace("\r", "\n")
    lines = (clean_text(line, limit=limit) for line in text.split("\n"))
    return "\n".join(lines).strip("\n")[:limit]


def _typed_text(value: CellValue) -> str:
    if isinstance(value, CellError):
        return clean_text(value.text, limit=MAX_SHOWN)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)[:MAX_TEXT]


def squeeze(text: str) -> str:
    """Letters and digits only, in lower case and one width: `Date Applied` and `date_applied` are the same."""
    if text.isascii():
        return text.lower() if text.isalnum() else _NOT_WORD.sub("", text.lower())
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())


def spaced(text: str) -> str:
    """Lower-case words with single spaces between, everything else dropped: how status words are compared."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def is_error(text: str) -> bool:
    """Whether the cell shows the spreadsheet's own error, or no result yet. Never the same as an empty cell."""
    return text.casefold() in _ERRORS if text.startswith("#") else text == LOADING


def column_letters(place: int) -> str:
    """What a spreadsheet calls the column at this place, counted from 0: A to Z, AA, ..."""
    letters, index = "", place + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def shown(value: CellValue) -> str:
    """The cell as a problem repeats it: clean and short."""
    text = clean_text(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
