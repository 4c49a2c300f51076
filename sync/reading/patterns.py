"""Regular expressions that are compiled when something is first matched with them: a plain sheet needs few of them."""

from __future__ import annotations

import re
from typing import Any, cast


class _Pattern:
    def __init__(self, text: str, flags: int) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        """What the compiled pattern has under this name, kept here: the next time it is there without asking."""
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


def pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern as `re.compile` gives it; a mistake in it is found by its first use."""
    return cast("re.Pattern[str]", _Pattern(text, flags))
