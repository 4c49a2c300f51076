"""Workers killed with -9 at random, PostgreSQL once: nobody is lost or runs twice at once, the calendars are equal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fleet_kills import SLOTS, WORKERS, a_fleet
from postgres_server import Postgres, migrated

AT_ONCE = 8


@pytest.fixture
def server() -> Iterator[Postgres]:
    with migrated() as server:
        yield server


@pytest.mark.parametrize(
    ("profiles", "kills", "looked_at"), [(300, 8, 40), pytest.param(10_000, 60, 300, marks=pytest.mark.soak)]
)
def test_a_fleet_that_is_killed_at_random_loses_nobody(
    server: Postgres, tmp_path: Path, profiles: int, kills: int, looked_at: int
) -> None:
    with a_fleet(server, tmp_path, profiles) as fleet:
        disturbed, healing = SLOTS
        fleet.work(disturbed, kills=kills)
        hurt = fleet.lost()
        fleet.work(healing, kills=0)
        print(f"{profiles} profiles, {fleet.kills} kills, {len(hurt)} hurt, {fleet.repeats()} repeats")
        assert fleet.lost() == []
        assert fleet.overlaps() == []
        assert fleet.repeats() <= (fleet.kills + WORKERS) * AT_ONCE
        assert fleet.open_intents() == {}
        names = sorted(fleet.settings)
        for name in {*hurt, *names[:: max(1, profiles // looked_at)]}:
            assert fleet.held_by(name) == fleet.undisturbed(name), name
