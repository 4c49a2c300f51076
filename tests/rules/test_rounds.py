"""Interviews in columns of their own: each is confirmed and thanked for, and keeps its events over the runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from connectors.memory import MemorySource, MemoryState, MemoryTarget
from sync.config import parse_settings
from sync.models import Row, Table
from sync.run import run

SETTINGS = parse_settings(
    'owner = "r0und"\ntimezone = "America/New_York"\nahead_days = "all"\n'
    '[source]\ntype = "csv"\npath = "leads.csv"\n[target]\ntype = "ics"\npath = "f.ics"\nheartbeat_days = 0\n'
)
FIRST, SECOND = "2026-09-17 10:00", "2026-09-24 14:00"


class Life:
    """One sheet, one calendar, one memory; what is planned is looked at by rule and day."""

    def __init__(self) -> None:
        self.target, self.store = MemoryTarget(), MemoryState()

    def live(self, now: str, *cells: str) -> dict[str, str]:
        """A run at this moment over one lead with these interviews: rule and day to UID."""
        header = ("Company", "Date Applied", "Phone screen on", "Onsite on", "Final interview on")
        row = ("Willow", "2026-08-17", *cells)
        width = len(row)
        table = Table("leads.csv", (Row(1, header[:width]), Row(2, row)))
        moment = datetime.fromisoformat(now)
        report = run(
            SETTINGS,
            source=MemorySource(table),
            target=self.target,
            store=self.store,
            now=moment,
            deadline=moment + timedelta(minutes=5),
            write=True,
        )
        assert not report.plan.problems
        return {
            f"{touch.rule} {touch.start:%m-%d}": touch.uid
            for touch in report.plan.schedule
            if touch.rule in ("R-001-2", "R-001-4")
        }


def test_each_round_has_its_confirmation_and_its_thanks() -> None:
    planned = Life().live("2026-09-09T09:00:00-04:00", FIRST, SECOND)
    assert sorted(planned) == ["R-001-2 09-16", "R-001-2 09-23", "R-001-4 09-17", "R-001-4 09-24"]
    assert len(set(planned.values())) == 4


def test_a_round_that_is_added_leaves_the_events_of_the_others_alone() -> None:
    life = Life()
    before = life.live("2026-09-09T09:00:00-04:00", FIRST, "")
    after = life.live("2026-09-10T09:00:00-04:00", FIRST, SECOND)
    assert before.items() <= after.items()
    assert len(after) == 4


def test_the_thanks_of_a_round_stay_while_the_next_is_to_come() -> None:
    life = Life()
    before = life.live("2026-09-16T12:00:00-04:00", FIRST, SECOND)
    after = life.live("2026-09-17T11:30:00-04:00", FIRST, SECOND)
    assert after["R-001-4 09-17"] == before["R-001-4 09-17"]
    assert "R-001-2 09-23" in after


def test_a_round_that_moves_keeps_its_events() -> None:
    life = Life()
    before = life.live("2026-09-09T09:00:00-04:00", FIRST, SECOND)
    after = life.live("2026-09-10T09:00:00-04:00", FIRST, "2026-09-28 14:00")
    assert after["R-001-4 09-28"] == before["R-001-4 09-24"]
    assert after["R-001-4 09-17"] == before["R-001-4 09-17"]


def test_an_earlier_round_that_is_filled_in_later_takes_no_number_away() -> None:
    life = Life()
    before = life.live("2026-09-09T09:00:00-04:00", "", SECOND)
    after = life.live("2026-09-10T09:00:00-04:00", FIRST, SECOND)
    assert after["R-001-4 09-24"] == before["R-001-4 09-24"]


def test_a_round_that_was_only_ticked_off_is_no_problem() -> None:
    assert sorted(Life().live("2026-09-09T09:00:00-04:00", "yes", SECOND)) == ["R-001-2 09-23", "R-001-4 09-24"]
