"""Frozen values by the hundred thousand: each is made open and frozen when it is whole.

A frozen dataclass sets each of its fields by a call, an open one sets them all by none. Where a value has dozens of
fields and there is one for every row or every touch, that is a tenth of the whole time (tests/bench).
"""

from __future__ import annotations

from dataclasses import field, fields, make_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def open_twin(kind: type[T]) -> type[T]:
    """A class with the fields of this frozen slotted one, in their order, that is not frozen.

    To its maker it is the frozen class itself: what is made with it becomes one by `made.__class__ = kind`.
    """
    twins: list[tuple[str, Any, Any]] = []
    for own in fields(kind):  # type: ignore[arg-type]
        given: Any = {"default": own.default, "default_factory": own.default_factory}
        twins.append((own.name, own.type, field(**given)))
    return make_dataclass(f"Open{kind.__name__}", twins, slots=True, eq=False)
