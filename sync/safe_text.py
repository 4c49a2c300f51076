"""Text of strangers made harmless for where it goes: an event, a terminal, a JSON document, a spreadsheet."""

from __future__ import annotations

import re
from functools import lru_cache

from sync.patterns import lazy_compile

MAX_CELL = 200
"""Characters of a cell that an event or a sentence shows."""

LEAVE_LOGINS_OUT = "leave it out there: `user` says who you are, and `followup password` keeps the password"
_CONTROLS = lazy_compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_FORMULA = lazy_compile("(^|[;,\t|\r\n])([\\s'\"]*)([=+\\-@\uff1d\uff0b\uff0d\uff20])")


@lru_cache(maxsize=4096)
def clean(text: str, *, limit: int = MAX_CELL) -> str:
    """Text of a sheet as one harmless line, bounded: everything of it that an event or a sentence shows."""
    line = " ".join(_UNSEEN.sub(" ", text).split()) if not text.isalnum() else text
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plain(text: str) -> str:
    """Text without anything a terminal could obey, line breaks included, and without marks that turn its direction."""
    return _CONTROLS.sub(" ", text)


def plain_json(document: str) -> str:
    """The same JSON with such letters written as escapes; it stays what it says."""
    return re.sub("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", _escape, document)


def holds_login(address: str) -> bool:
    """Whether an address carries a name or password before its host, as in `https://ann:secret@host/`.

    A slash in the password ends the host for every reader of addresses, so that it shows as a port of letters.
    """
    address = address.strip()
    _, mark, rest = address.partition("://")
    if not mark:
        return re.match(r"(?!mailto:)[^\s/@:]+:[^\s@]+@[^\s/@]+\.", address, re.IGNORECASE) is not None
    host = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return "@" in host or ("@" in rest and re.search(r":(?!\d*$)", host) is not None and "[" not in host)


def defuse(cell: str) -> str:
    """A cell that no spreadsheet runs, whatever separates cells in its locale: an apostrophe before each formula."""
    return _FORMULA.sub(r"\1\2'\3", cell)


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
