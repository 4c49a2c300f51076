"""Schedules and memories of many made-up lives as text, to compare two versions of the engine byte for byte.

    python tests/kit/lives.py [lives] > before.jsonl      (change the engine)      ... > after.jsonl; cmp the two

One line per run of a life. They are the lives by number: those that Hypothesis draws change with the code it reads.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Set
from datetime import date, timedelta
from enum import Enum
from typing import Any

from numbered_lives import Life


def main(lives: int) -> None:
    for number in range(lives):
        life = Life(number)
        for schedule in life.days(10):
            print(json.dumps(plain(schedule)), json.dumps(plain(life.seeker.memory)), sep="\t")


def plain(value: Any) -> Any:
    """The value as JSON can hold it, sets and mappings in a fixed order."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in sorted(value.items())}
    if isinstance(value, Set):
        return sorted(map(plain, value))
    if isinstance(value, tuple | list):
        return [plain(held) for held in value]
    return {name: plain(getattr(value, name)) for name in sorted(names_of(value))}


def names_of(value: Any) -> Iterator[str]:
    """The fields of one of our values."""
    yield from getattr(value, "__struct_fields__", None) or value.__dataclass_fields__


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 600)
