"""Patterns that are compiled late are still all patterns."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import pytest

import sync.reading
from sync.reading.patterns import _Pattern, pattern

LATE = {
    f"{module.name}.{name}": value
    for module in pkgutil.iter_modules(sync.reading.__path__)
    for name, value in vars(import_module(f"sync.reading.{module.name}")).items()
    if isinstance(value, _Pattern)
}


@pytest.mark.parametrize("name", sorted(LATE))
def test_a_late_pattern_has_no_mistake(name: str) -> None:
    assert re.compile(LATE[name].pattern, LATE[name].flags)


def test_a_pattern_is_compiled_by_its_first_use_alone() -> None:
    late = pattern("(a)|b", re.IGNORECASE)
    assert "match" not in vars(late)
    assert late.fullmatch("A") and late.match("c") is None
    assert vars(late)["match"] == re.compile("(a)|b", re.IGNORECASE).match
