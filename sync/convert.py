"""Plain data of shipped tables into values, by one thread at a time.

msgspec finds out what a type holds when it first meets it. Two threads that meet the same type at once, as the first
runs of a fleet's worker do, ended the whole process with a segmentation fault (msgspec 0.22, Python 3.11).
"""

from __future__ import annotations

from threading import Lock
from typing import TypeVar

import msgspec

Value = TypeVar("Value")
_ONE = Lock()


def convert(data: object, kind: type[Value]) -> Value:
    """The value of this kind that the data describes. Raises `msgspec.ValidationError`."""
    with _ONE:
        return msgspec.convert(data, kind)
