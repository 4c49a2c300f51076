"""A pattern that is compiled only when it is used is still a pattern, and says what `re.compile` would."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from sync.patterns import lazy_compile

ROOT = Path(__file__).parents[2]
NAMES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ("sync", "connectors")
    for path in sorted((ROOT / room).rglob("*.py"))
    if " lazy_compile(" in path.read_text("utf-8") and path.stem != "patterns"
]


@pytest.mark.parametrize("name", NAMES)
def test_every_pattern_that_is_compiled_late_can_be(name: str) -> None:
    for pattern in vars(import_module(name)).values():
        if isinstance(pattern, type(lazy_compile(""))):
            re.compile(pattern.pattern, pattern.flags)


def test_a_late_pattern_is_compiled_when_it_is_first_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    real = re.compile

    def watched(text: str, flags: int = 0) -> re.Pattern[str]:
        compiled.append(text)
        return real(text, flags)

    monkeypatch.setattr(re, "compile", watched)
    pattern = lazy_compile("A(b+)", re.IGNORECASE)
    assert compiled == []
    found = pattern.match("abbc")
    assert found is not None
    assert found[1] == "bb"
    assert pattern.fullmatch("abbc") is None
    assert pattern.sub("-", "xAB") == "x-"
    assert pattern.sub("-", "ab ab") == "- -"
    assert compiled == ["A(b+)"] * 3, "once for each method"
