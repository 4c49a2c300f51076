"""What a run that nobody watches says: once, when it changes, and once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from conftest import NOW

from sync.errors import ConfigError, LockedError, SourceError, TargetError
from sync.quiet import REPEAT, Trouble, pick_news, trouble_of_error

DOWN = trouble_of_error(TargetError("the server answered 503 after 3 tries"))
GONE = trouble_of_error(SourceError("leads.csv does not exist"))
HOUR = timedelta(hours=1)


def told(*runs: tuple[timedelta, tuple[Trouble, ...]]) -> list[int]:
    """How many sentences each of these runs says."""
    said, counts = "", []
    for after, troubles in runs:
        sentences, said = pick_news(troubles, said=said, now=NOW + after)
        counts.append(len(sentences))
    return counts


@pytest.mark.parametrize(
    ("runs", "counts"),
    [
        pytest.param([(0 * HOUR, ())], [0], id="nothing wrong, nothing said"),
        pytest.param([(0 * HOUR, DOWN), (HOUR, DOWN), (2 * HOUR, DOWN)], [1, 0, 0], id="a lasting trouble once"),
        pytest.param([(0 * HOUR, DOWN), (REPEAT, DOWN), (REPEAT + HOUR, DOWN)], [1, 1, 0], id="once a day"),
        pytest.param([(0 * HOUR, DOWN), (HOUR, GONE), (2 * HOUR, GONE)], [1, 1, 0], id="another trouble"),
        pytest.param([(0 * HOUR, DOWN), (HOUR, DOWN + GONE)], [1, 1], id="one more trouble: only the new one"),
        pytest.param([(0 * HOUR, DOWN), (HOUR, ()), (2 * HOUR, DOWN)], [1, 0, 1], id="healed, then back"),
        pytest.param([(0 * HOUR, DOWN), (-HOUR, DOWN)], [1, 1], id="the clock was set back"),
    ],
)
def test_news(runs: list[tuple[timedelta, tuple[Trouble, ...]]], counts: list[int]) -> None:
    assert told(*runs) == counts


def test_other_numbers_are_no_news() -> None:
    later = trouble_of_error(TargetError("the server answered 503 after 5 tries"))
    assert told((0 * HOUR, DOWN), (HOUR, later)) == [1, 0]


def test_the_same_words_from_elsewhere_are_news() -> None:
    assert trouble_of_error(SourceError("no answer"))[0].key != trouble_of_error(TargetError("no answer"))[0].key


def test_another_run_at_work_needs_nobody() -> None:
    assert trouble_of_error(LockedError("another run is at work")) == ()
    assert trouble_of_error(ConfigError("unknown key"))


def test_a_run_that_hangs_needs_somebody() -> None:
    """The sentence names since when and which process; as long as it hangs it is said once a day."""
    first, later = (trouble_of_error(LockedError("at work since 09:15 (process 7)"), hangs=True) for _ in range(2))
    assert "process 7" in first[0].sentence
    assert told((0 * HOUR, first), (HOUR, later), (REPEAT, later)) == [1, 0, 1]


@pytest.mark.parametrize("kept", ["", "{", "[]", "null", '{"a": 5}', '{"a": "yesterday"}'])
def test_a_damaged_memory_says_it_again(kept: str) -> None:
    sentences, said = pick_news(DOWN, said=kept, now=NOW)
    assert sentences == (DOWN[0].sentence,)
    assert datetime.isoformat(NOW) in said
