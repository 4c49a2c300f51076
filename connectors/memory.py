"""Source, target and state that live in memory: for tests and for demonstration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from connectors.state_documents import WRITES
from sync.errors import LockedError
from sync.memory import Intent, Memory, RunRecord
from sync.models import (
    Abilities,
    Action,
    Change,
    Observation,
    Outcome,
    RemoteEvent,
    Result,
    Table,
)
from sync.reconcile.fields import snapshot_of


@dataclass
class MemorySource:
    """A table handed in."""

    table: Table
    identity: str = "memory:leads"

    def read(self) -> Table:
        """The table."""
        return self.table


@dataclass
class MemoryTarget:
    """A calendar as a dict. Counts its writes; `events` may be edited by a test as a user would."""

    identity: str = "memory:calendar"
    abilities: Abilities = field(default_factory=lambda: Abilities(reactions=True))
    events: dict[str, RemoteEvent] = field(default_factory=dict)
    writes: int = 0

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """All events."""
        return Observation(dict(self.events))

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        """Conditional writes, as on a calendar server."""
        for change in changes:
            if change.action is Action.KEEP:
                continue
            present = self.events.get(change.uid)
            if (present.etag if present else None) != (change.base.etag if change.base else None):
                yield Outcome(change.uid, Result.REFUSED, message="the event was changed meanwhile")
                continue
            self.writes += 1
            if change.event is None or change.stamp is None:
                del self.events[change.uid]
                yield Outcome(change.uid, Result.DONE)
                continue
            text = present.snapshot.description if present else change.event.notes
            snapshot = snapshot_of(change.event, change.stamp, text=text)
            if change.again:
                snapshot = replace(snapshot, additions=change.again.snapshot.additions)
            if present and present.snapshot.status == "COMPLETED":  # a status we never write is the user's
                snapshot = replace(snapshot, status="COMPLETED")
            self.events[change.uid] = RemoteEvent(
                change.uid, href=f"/{change.uid}.ics", etag=f'"{self.writes}"', snapshot=snapshot, raw=""
            )
            yield Outcome(change.uid, Result.DONE, self.events[change.uid])


@dataclass
class MemoryState:
    """A state store without a file."""

    memory: Memory = field(default_factory=Memory)
    intents: list[Intent] = field(default_factory=list)
    journal: list[Intent] = field(default_factory=list)
    runs: int = 0
    held: bool = False
    unknown: set[str] = field(default_factory=set)
    begun: dict[int, RunRecord] = field(default_factory=dict)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Held for a whole run."""
        if self.held:
            raise LockedError("another run of followup is at work on this state; try again when it has ended")
        self.held = True
        try:
            yield
        finally:
            self.held = False

    def load(self) -> Memory:
        """The memory as last committed."""
        return replace(self.memory, intents=tuple(self.intents))

    def begin(
        self, changes: Sequence[Change], *, memory: Memory, after: Memory, now: datetime, run: int | None = None
    ) -> int:
        """Remember what is about to happen; what was open before is settled in the memory that comes with it."""
        if run is None:
            self.runs += 1
            self.begun[self.runs] = RunRecord(self.runs, now)
            self.unknown.clear()
            self.intents = []
        self.memory = replace(memory, intents=())
        begun = [
            Intent(
                self.runs, change.action, change.uid, change.event, change.stamp, change.base,
                after=after.events.get(change.uid),
            )
            for change in changes
            if change.action is not Action.KEEP
        ]  # fmt: skip
        self.intents += begun
        self.journal += begun
        return self.runs

    def record(self, run: int, outcomes: Sequence[Outcome]) -> None:
        """Keep apart what was certainly not done and what is uncertain."""
        last = {outcome.uid: outcome.result for outcome in outcomes}
        held, done = ({uid for uid in last if last[uid] is result} for result in (Result.HELD, Result.DONE))
        undone = held | {uid for uid in last if last[uid] is Result.REFUSED}
        self.journal = [intent for intent in self.journal if intent.run != run or intent.uid not in undone]
        self.intents = [replace(i, done=i.done or i.uid in done) for i in self.intents if i.uid not in held]
        self.unknown = self.unknown - last.keys() | {uid for uid in last if last[uid] is Result.UNKNOWN}

    def copies(self, run: int | None = None) -> tuple[int, Sequence[Intent]]:
        """Every write of a run that replaced something."""
        replaced = [intent for intent in self.journal if intent.before is not None and run in (None, intent.run)]
        last = max((intent.run for intent in replaced), default=0)
        return last, tuple(intent for intent in replaced if intent.run == last)

    def list_runs(self) -> Sequence[RunRecord]:
        """The runs that wrote, the last one first."""
        listed = []
        for run in reversed(self.begun.values()):
            writes = [intent for intent in self.journal if intent.run == run.run]
            made, changed, out = (sum(one.action.value == action for one in writes) for action in WRITES)
            copies = sum(one.before is not None for one in writes)
            if writes:
                listed.append(replace(run, created=made, updated=changed, deleted=out, copies=copies))
        return tuple(listed)

    def keep(self, memory: Memory) -> None:
        """The memory; intents stay open."""
        self.memory = replace(memory, intents=())

    def commit(self, run: int, memory: Memory, *, exit_code: int) -> None:
        """The new memory; only this run's unknown outcomes stay open."""
        self.memory = replace(memory, intents=())
        self.begun[run] = replace(self.begun[run], exit_code=exit_code)
        self.intents = [replace(intent, ended=True) for intent in self.intents if intent.uid in self.unknown]
