"""How often, in days: `6 weeks`, `monthly`, `alle 14 Tage`, `30`.

A month counts as 30 days, a quarter as 91, a year as 365: what is asked for is a rhythm and no anniversary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sync.reading.cells import Fault, spaced

LEAST, MOST = 2, 1_000
"""Days. Nobody is written to more often (R-004-3), and what is rarer is no rhythm."""

_WHOLE = re.compile(r"(?<=\d)[.,]0+\s*$")
"""`30.0`: a whole number as some programs export it."""
_MINUS = re.compile(r"\s*[-−]\s*\d")
_PARTS = re.compile(r"\d+|[^\W\d_]+")


def read_interval(text: str, *, words: Mapping[str, Mapping[str, str]]) -> int | Fault:
    """The days of an interval. `words`: its units under `unit` and its counts under `count`, by their words."""
    text = _WHOLE.sub("", text)
    units, counts = words["unit"], words["count"]
    known = units.get(spaced(text))
    parts = (
        []
        if known or _MINUS.match(text)
        else [part for part in _PARTS.findall(spaced(text)) if part not in words["each"]]
    )
    days, count = int(known or 1), 1
    match parts:
        case []:
            pass
        case [number] if number.isdecimal():
            days = int(number[:9])
        case [unit] if unit in units:
            days = int(units[unit])
        case [number, unit] if unit in units and (number.isdecimal() or number in counts):
            days, count = int(units[unit]), int(counts.get(number) or number[:9])
        case _:
            days = 0
    if not days or (not known and not parts):
        return Fault("no_interval")
    if not LEAST <= days * count <= MOST:
        return Fault("odd_interval", {"count": days * count, "least": LEAST, "most": MOST})
    return days * count
