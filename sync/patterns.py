"""Regular expressions for what few runs meet, compiled when one does.

Python compiles a pattern in the time in which it reads dozens of rows, and most of ours are for cells that a plain
sheet has none of: spoken hours, Japanese eras, several interviews in one cell. What nearly every run uses is compiled
with `re.compile`, which costs less at each use.
"""

from __future__ import annotations

import re
from typing import Any, cast


class _LazyPattern:
    """Becomes a pattern when it is first asked for a method of one."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)  # the next time it is there
        return found


def lazy_compile(text: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern that `re.compile` makes, compiled when it is first used: a mistake in it shows only then.

    The `re` of its matches is the pattern inside, so it is no way to tell which of several matched.
    """
    return cast("re.Pattern[str]", _LazyPattern(text, flags))
