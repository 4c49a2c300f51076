"""What shipped tables hold is found out by one thread at a time: several at once ended a fleet's worker."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path

import msgspec
import pytest

from sync.convert import convert

ROOT = Path(__file__).parents[2]


def test_two_runs_that_begin_at_once_take_a_table_apart_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = [0], [0]

    def slow(data: object, kind: object) -> object:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.02)
        inside[0] -= 1
        return data

    monkeypatch.setattr(msgspec, "convert", slow)
    threads = [threading.Thread(target=convert, args=({}, dict)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_nobody_else_lets_msgspec_meet_a_type_in_the_middle_of_a_run() -> None:
    """`msgspec.convert` and `decode(type=...)`; a `Decoder` that is made with its module is made once."""
    found = [
        path.relative_to(ROOT).as_posix()
        for room in ("sync", "connectors")
        for path in sorted((ROOT / room).rglob("*.py"))
        if re.search(
            r"^from msgspec import .*\bconvert\b|msgspec\.convert\(|\.decode\(\w+, type=", path.read_text(), re.M
        )
    ]
    assert found == ["sync/convert.py", "sync/proof.py"], "a proof is read by the command alone, never by a worker"
