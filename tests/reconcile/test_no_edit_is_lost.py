"""Random lives with runs that end in the middle (`killed_lives`), on real Radicale and real Xandikos."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import pytest
from killed_lives import SETTINGS, WAYS, Life, Side
from servers import Server, radicale, xandikos
from worlds import MemoryWorld, ServerWorld

from connectors.sqlite_state import SqliteState

SERVERS = {"radicale": radicale, "xandikos": xandikos}


@pytest.fixture(params=sorted(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    with SERVERS[request.param](tmp_path) as running:
        yield running


def play(server: Server, seeds: range, *, rounds: int = 1) -> None:
    """These lives, all of them; says how many runs were ended and how."""
    ended: Counter[str] = Counter()
    for seed in seeds:
        with TemporaryDirectory() as folder:
            hurt = Side(ServerWorld(server, server.make_calendar(f"life{seed}")), SqliteState(Path(folder) / "hurt"))
            whole = Side(MemoryWorld(), SqliteState(Path(folder) / "whole"))
            life = Life(seed, hurt, whole, rounds=rounds, wide=True)
            life.live()
            ended += life.ended
    sys.stderr.write(f"\n{server.kind}: {len(seeds)} lives, runs ended: {dict(sorted(ended.items()))}\n")


@pytest.mark.parametrize("how", WAYS)
def test_a_run_that_answers_to_everything_may_end_at_any_step(tmp_path: Path, how: str) -> None:
    for left in range(200):
        sides = [Side(MemoryWorld(), SqliteState(tmp_path / f"{name}{left}")) for name in ("hurt", "whole")]
        if not Life(left, sides[0], sides[1]).live_through(how, left):
            break
    assert 20 < left < 200, "every step was met"


@pytest.mark.parametrize(
    ("seed", "ahead"),
    [
        pytest.param(1053, "all", id="a deleted ask came back where a killed run had used up the steps after it"),
        pytest.param(1922, 21, id="a tick closed what the date of the sheet had taken the place of"),
    ],
)
def test_a_life_that_failed_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, ahead: Literal["all"] | int
) -> None:
    monkeypatch.setattr("killed_lives.SETTINGS", SETTINGS.model_copy(update={"ahead_days": ahead}))
    sides = [Side(MemoryWorld(), SqliteState(tmp_path / name)) for name in ("hurt", "whole")]
    Life(seed, sides[0], sides[1]).live()


@pytest.mark.parametrize(
    ("seed", "rounds"),
    [
        pytest.param(68, 3, id="an undo that was ended and said again left one event behind"),
        pytest.param(1257, 3, id="an undo that a full disk ended was said again, and forgot what it had brought back"),
        pytest.param(81, 1, id="an idea that went into a late thank-you stayed open beside it once that was ticked"),
    ],
)
def test_a_wide_life_that_failed_once(tmp_path: Path, seed: int, rounds: int) -> None:
    sides = [Side(MemoryWorld(), SqliteState(tmp_path / name)) for name in ("hurt", "whole")]
    Life(seed, sides[0], sides[1], rounds=rounds, wide=True).live()


def test_fifty_lives(server: Server) -> None:
    play(server, range(50))


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_two_thousand_lives(server: Server, part: int) -> None:
    first = 1_000 + 100 * part
    play(server, range(first, first + 100), rounds=1 + part % 3)
