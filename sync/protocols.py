"""The only interfaces: where rows come from, where events go, where memory lies.

A source knows nothing of leads and a target knows nothing of rules; that is why both stay thin. Connectors satisfy
these protocols by their shape; there is no base class. `connectors/__init__.py` lists them by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from sync.memory import Intent, Memory, RunRecord
from sync.models import (
    Abilities,
    CellToWrite,
    Change,
    Finding,
    Observation,
    Outcome,
    Remark,
    RemoteEvent,
    Table,
)
from sync.proof import Proof


class Source(Protocol):
    """Where rows come from."""

    @property
    def identity(self) -> str:
        """What this source is, for good: file or sheet id and tab. A second one under the same owner is refused."""

    def read(self) -> Table:
        """The whole sheet. Half a sheet is no sheet: raises `SourceError` or `CredentialsError`."""


@runtime_checkable
class ReadsLater(Protocol):
    """A source that somebody else may be writing at this moment."""

    def read_later(self) -> Table:
        """The whole sheet, a moment later."""


@runtime_checkable
class WritesBack(Protocol):
    """A source that can put texts into cells of the columns that the user named (`sync.write_back`)."""

    def write_back(self, cells: Sequence[CellToWrite]) -> tuple[Remark, ...]:
        """Write these cells and no others, all at once; a note for each that could not be found again.

        Rows are found by their key and columns by their header just before writing. Raises `SourceError` or
        `CredentialsError`; then nothing is written.
        """


class Target(Protocol):
    """The calendar written to."""

    @property
    def identity(self) -> str:
        """The calendar's address as the state remembers it. Another address is another calendar."""

    @property
    def abilities(self) -> Abilities:
        """What this target can do."""

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """Everything of ours that lies there now.

        `known` holds last run's copies by uid; one whose etag is unchanged may be handed back without a download.
        An absence is always proven: a listing that might be incomplete raises `TargetError`.
        Not one request goes to a foreign event beyond listing it.
        """

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        """Carry the changes out; one outcome for each write, in any order, none begun after `deadline`.

        Creates never overwrite, updates and deletes are conditional on `change.base`. A failure of one change is an
        outcome, never an exception; an exception ends the run, and what has no outcome yet is unknown.
        """


@runtime_checkable
class Probes(Protocol):
    """A target whose server can be tried out with one scratch event, which is gone afterwards."""

    def probe(self) -> Sequence[Finding]:
        """What this server does and does not. Raises `TargetError` or `CredentialsError`."""

    def heed(self, findings: Sequence[Finding]) -> None:
        """Take into account what a probe of this calendar found out: slower or in other words, never less careful."""


@runtime_checkable
class Resumes(Protocol):
    """A source or target that has less to ask for when it knows how its last reading ended."""

    def resume(self, bookmark: str) -> None:
        """Begin where the reading with this bookmark ended. One that does not fit any more costs a request, no more."""


@runtime_checkable
class HoldsConnections(Protocol):
    """A target that keeps connections for its next request."""

    def close(self) -> None:
        """Close them; the next request would open one anew."""


@runtime_checkable
class LiesInFiles(Protocol):
    """A source or target that is files and nothing else: their bytes tell whether it changed."""

    @property
    def files(self) -> Sequence[Path]:
        """All of them."""


@runtime_checkable
class TellsRevision(Protocol):
    """A target that says in one request whether anything in it changed (`sync.proof`)."""

    @property
    def revision_address(self) -> str:
        """Where to ask; empty where an ordinary login is not enough."""

    def revision(self) -> str:
        """The calendar's present revision; empty where it tells none."""


class StateStore(Protocol):
    """Where memory lies between runs. The journal makes a run that was killed anywhere heal in the next one."""

    def lock(self) -> AbstractContextManager[None]:
        """Held for a whole run. Raises `LockedError` at once if another run holds it."""

    def load(self) -> Memory:
        """The memory as last committed, with the intents of a run that did not end. Raises `ConfigError`."""

    def begin(
        self, changes: Sequence[Change], *, memory: Memory, after: Memory, now: datetime, run: int | None = None
    ) -> int:
        """Record the whole plan durably in one commit, before the first write; returns the run's number.

        `memory` is what the next run starts from if this one ends in the middle: all that was learned, none of the
        changes. `after` is the memory with all of them. What was open before is settled in both. With the number of
        the `run` that is on, these changes are added to it.
        """

    def record(self, run: int, outcomes: Sequence[Outcome]) -> None:
        """Record a batch of results durably."""

    def copies(self, run: int | None = None) -> tuple[int, Sequence[Intent]]:
        """What a run overwrote or deleted, with the copies; without a number, the last run that did. (0, ()): none."""

    def list_runs(self) -> Sequence[RunRecord]:
        """The runs whose copies are kept and that wrote something, or nobody knows whether, the last one first."""

    def keep(self, memory: Memory) -> None:
        """Store what was learned without a run, or by one that ended before it wrote. What was open stays open."""

    def commit(self, run: int, memory: Memory, *, exit_code: int) -> None:
        """End the run: the new memory and the fact that nothing is open, in one commit."""


@runtime_checkable
class KeepsProof(Protocol):
    """A store that keeps what lets the next run be left out; whatever else is written takes it away."""

    def keep_proof(self, proof: Proof, *, run_at: datetime) -> None:
        """Keep it, unless another run began since the one at `run_at`."""
