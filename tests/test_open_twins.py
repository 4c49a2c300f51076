"""A value made open and frozen when whole is the value that its frozen class makes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from sync.open_twins import open_twin


@dataclass(frozen=True, slots=True)
class Shell:
    name: str
    size: int = 1
    shades: dict[str, int] = field(default_factory=dict)
    place: str = field(default="", compare=False)


def test_it_is_the_same_value_and_frozen() -> None:
    made = open_twin(Shell)(name="conch", place="shore")
    made.__class__ = Shell
    assert made == Shell("conch")
    assert repr(made) == repr(Shell("conch", place="shore"))
    with pytest.raises(FrozenInstanceError):
        made.name = "other"  # type: ignore[misc]


def test_no_two_share_a_default() -> None:
    twin = open_twin(Shell)
    assert twin("one").shades is not twin("two").shades
