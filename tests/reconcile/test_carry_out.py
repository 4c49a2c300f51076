"""From a plan to durable results: the journal stands before the first write, and every outcome is in it in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from conftest import NOW
from target_contract import create, make_event
from worlds import Killed

from connectors.memory import MemoryTarget
from connectors.sqlite_state import SqliteState
from sync.carry_out import CarriedOut, carry_out
from sync.errors import CredentialsError, TargetError
from sync.memory import EventMemory, Memory, RunMemory
from sync.models import Abilities, Change, Observation, Outcome, Plan, RemoteEvent, Result


@dataclass
class Watched:
    """A calendar that looks into the journal at every write, and can end in the middle."""

    store: SqliteState
    end: BaseException | None = None
    after: int = 0
    answers: list[Outcome] = field(default_factory=list)
    journaled: list[int] = field(default_factory=list)
    identity: str = "memory:calendar"
    abilities: Abilities = Abilities(reactions=True)  # noqa: RUF009 - frozen

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        return Observation({})

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        for number, change in enumerate(changes):
            if self.end is not None and number == self.after:
                raise self.end
            self.journaled.append(len(self.store.load().intents))
            yield from self.answers or MemoryTarget().apply([change], observed=observed, deadline=deadline)
        if self.end is not None:
            raise self.end


@pytest.fixture
def store(tmp_path: Path) -> SqliteState:
    return SqliteState(tmp_path / "state.sqlite")


CHANGES = tuple(sorted((create(make_event(f"lead {n:03}")) for n in range(120)), key=lambda change: change.uid))


def carried_out(store: SqliteState, target: Watched, *changes: Change, last: str = "") -> CarriedOut:
    plan = Plan(now=NOW, timezone="UTC", schedule=(), changes=changes, problems=(), notes=())
    events = {change.uid: EventMemory(change.uid, change.event, change.stamp) for change in changes}  # type: ignore[arg-type]
    return carry_out(
        plan, target, store, observation=Observation({}), before=Memory(), deadline=NOW, last=last,
        after=Memory(RunMemory(not_before=NOW - timedelta(days=1)), events=events),
    )  # fmt: skip


def results(store: SqliteState) -> list[str | None]:
    """What the journal says became of each write."""
    rows = store._open().execute("SELECT result FROM intents ORDER BY position")
    return [result for (result,) in rows]


def test_the_whole_plan_is_in_the_journal_before_the_first_write(store: SqliteState) -> None:
    target = Watched(store)
    carried_out(store, target, *CHANGES[:3])
    assert target.journaled == [3, 3, 3]


@pytest.mark.parametrize(("writes", "durable"), [(49, 0), (99, 50), (120, 100)])
def test_a_killed_run_leaves_the_results_of_every_full_batch(store: SqliteState, writes: int, durable: int) -> None:
    with pytest.raises(Killed):
        carried_out(store, Watched(store, Killed(), after=writes), *CHANGES, create(make_event("one more")))
    assert results(store) == ["done"] * durable + [None] * (121 - durable)


def test_at_the_end_every_result_is_durable(store: SqliteState) -> None:
    carried_out(store, Watched(store), *CHANGES[:3])
    assert results(store) == ["done"] * 3


def test_after_a_failure_in_the_middle_the_rest_is_unknown_and_stays_open(store: SqliteState) -> None:
    done = carried_out(store, Watched(store, TargetError("it went away"), after=1), *CHANGES[:3])
    assert results(store) == ["done", "unknown", "unknown"]
    store.commit(done.run, done.memory, exit_code=6)
    assert [intent.uid for intent in store.load().intents] == [change.uid for change in CHANGES[1:3]]
    assert done.memory.events.keys() == {CHANGES[0].uid}


def test_a_login_that_was_refused_on_the_way_is_no_good_run_though_nothing_else_failed(store: SqliteState) -> None:
    first, heartbeat = CHANGES[:2]
    target = Watched(store, CredentialsError("refused"), after=9, answers=[Outcome(first.uid, Result.HELD)])
    done = carried_out(store, target, first, heartbeat, last=heartbeat.uid)
    assert len(target.journaled) == 1
    assert {outcome.result for outcome in done.outcomes} == {Result.HELD}
    assert isinstance(done.failure, CredentialsError)


def test_where_a_copy_was_seen_nothing_stays_open(store: SqliteState) -> None:
    uid = CHANGES[0].uid
    there = next(MemoryTarget().apply(CHANGES[:1], observed=Observation({}), deadline=NOW)).remote
    done = carried_out(store, Watched(store, answers=[Outcome(uid, Result.UNKNOWN, there)]), CHANGES[0])
    assert results(store) == ["refused"]
    assert [outcome.result for outcome in done.broken] == [Result.UNKNOWN]
    assert done.memory.events[uid].observed == there


def test_the_longest_wait_that_was_asked_for_is_remembered(store: SqliteState) -> None:
    waits = [NOW + timedelta(minutes=minutes) for minutes in (5, 90, 10)]
    answers = [Outcome(c.uid, Result.HELD, not_before=wait) for c, wait in zip(CHANGES, waits, strict=False)]
    done = carried_out(store, Watched(store, answers=answers), *CHANGES[:1])
    assert done.memory.runs.not_before == waits[1]
    failed = Watched(store, TargetError("later", not_before=waits[2]))
    assert carried_out(store, failed, CHANGES[0]).memory.runs.not_before == waits[2]
    assert carried_out(store, Watched(store), CHANGES[0]).memory.runs.not_before is None


def test_the_writes_of_a_plan_are_put_in_order_once() -> None:
    changes = tuple(create(make_event(f"lead {n}")) for n in range(3))
    plan = Plan(now=NOW, timezone="UTC", schedule=(), changes=changes, problems=(), notes=())
    assert sorted(change.uid for change in plan.writes) == sorted(change.uid for change in changes)
    assert plan.writes is plan.writes
