"""Text of a sheet as one harmless line: everything of a sheet that is shown goes through `clean`, whoever read it."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_CELL = 200
"""Characters of a cell that are shown."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@lru_cache(maxsize=4096)
def clean(text: str, *, limit: int = MAX_CELL) -> str:
    """One line of plain text, bounded."""
    line = " ".join(_CONTROL.sub(" ", text).split()) if not text.isalnum() else text
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
