"""What was wrong in a settings file: one sentence per mistake, naming the key, what stands there and what is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, time
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

Location = Sequence[int | str]
"""Where a mistake stands: section, key, and the place in a list."""


def sentences(error: ValidationError, *, keys_beside: Callable[[Location], list[str]]) -> list[str]:
    """One sentence per mistake; a key that takes one of two kinds of values has one, too.

    `keys_beside` knows the right keys where an unknown one stands; the nearest of them is named.
    """
    found = (_sentence(detail, keys_beside) for detail in error.errors())
    return list(dict.fromkeys(found))


_SHOULD_BE = {
    "string_type": "should be a text in quotation marks",
    "tuple_type": "should be a list in square brackets",
    "model_type": "should be a table with keys of its own",
    "dict_type": "should be a table with keys of its own",
    "date": "should be a day such as 2027-01-31",
    "time": "should be an hour such as 09:00",
    "int": "should be a whole number",
    "finite_number": "should be a whole number",
    "bool": "should be true or false",
    "literal_error": "should be {expected}",
    "enum": "should be {expected}",
    "greater_than_equal": "should be {ge} or more",
    "less_than_equal": "should be {le} or less",
    "string_too_long": "should have {max_length} letters at most",
    "too_short": "should name at least {min_length}",
    "string_pattern_mismatch": "should be 4 to 24 letters a-z and digits",
}
"""What is right instead, by pydantic's name of a mistake or by what that name begins with."""
_EITHER = {
    "ahead_days": 'should be a whole number of days, 0 to 3660, or "all"',
    "source.tab": "should be the name or the number of a tab",
    "target.alarm_minutes": 'should be "none" or 0 to 40320 minutes (four weeks)',
}
"""What is right where a key takes one of two kinds of values."""
_MOVED = {"limits.organisation_days": 'days under [rules."R-003-5"]'}
"""Keys of earlier versions, with what says the same now."""


def _sentence(detail: Mapping[str, Any], keys_beside: Callable[[Location], list[str]]) -> str:
    location, kind = detail["loc"], detail["type"]
    place = ".".join(str(part) for part in location if part != "numbers")
    if kind == "extra_forbidden":
        if place in _MOVED:
            return f"{place!r} is now {_MOVED[place]}"
        key = str(location[-1])
        near = get_close_matches(key, keys_beside(location), 1, 0.5)
        return f"unknown key {place!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if kind == "missing":
        return f"{place!r} is missing"
    given = detail["input"]
    for key, right in _EITHER.items():
        if place.startswith(f"{key}."):
            return f"{key} = {_as_written(given)}: {right}"
    reason = (_SHOULD_BE.get(kind) or _SHOULD_BE.get(kind.partition("_")[0]) or detail["msg"]).format_map(
        detail.get("ctx", {})
    )
    if kind == "value_error":
        reason = detail["msg"].removeprefix("Value error, ")
        if isinstance(given, dict):
            return f"[{place}] {reason}" if place else reason
    where = f"{place} = {_as_written(given)}: " if place else ""
    return where + reason[:1].lower() + reason[1:]


def _as_written(given: object) -> str:
    """A value as a settings file has it, bounded."""
    text = repr(given)
    if isinstance(given, bool):
        text = text.lower()
    elif isinstance(given, date | time):
        text = given.isoformat()
    elif isinstance(given, dict):
        text = "{" + ", ".join(f"{key} = {_as_written(value)}" for key, value in given.items()) + "}"
    elif isinstance(given, list | tuple):
        text = "[" + ", ".join(map(_as_written, given)) + "]"
    return text if len(text) <= 80 else f"{text[:79]}…"
