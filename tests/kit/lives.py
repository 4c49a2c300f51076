"""Schedules and memories of many made-up lives as text, to compare two versions of the engine byte for byte.

    python tests/kit/lives.py [lives] > before.jsonl      (change the engine)      ... > after.jsonl; cmp the two

One line per run of a life. The lives are those of `promises`: the same ones every time, whatever version writes them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Set
from datetime import date, timedelta
from enum import Enum
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from promises import STEPS, Step, live, sheets

from sync.models import Lead


def main(lives: int) -> None:
    @settings(
        max_examples=lives,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(sheets(), st.lists(STEPS, max_size=4), st.booleans())
    def tell(leads: list[Lead], steps: list[Step], reactions: bool) -> None:
        for seen in live(leads, steps, reactions=reactions):
            print(json.dumps(plain(seen.schedule)), json.dumps(plain(seen.seeker.memory)), sep="\t")

    tell()


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
