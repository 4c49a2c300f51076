"""From a plan to its outcomes: journal first, then the calendar, results made durable in batches (DESIGN 6).

The plan is carried out as it was decided; nothing is decided again. Whoever calls commits: until then the run counts
as killed, and the next one reads the calendar before it believes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sync.counting import counted
from sync.errors import FollowupError, TargetError
from sync.memory import Memory
from sync.models import Change, Observation, Outcome, Plan, Result
from sync.protocols import StateStore, Target
from sync.reconcile.outcomes import settle

BATCH = 50
"""Results are made durable in batches of at most this many."""

Progress = Callable[[int, int], None]
"""Called with (done, all) while changes are applied."""


class CarriedOut(Struct, frozen=True):
    """What became of a plan. `memory` is to be committed under `run`; `failure` is what ended it early, if anything."""

    run: int
    outcomes: tuple[Outcome, ...]
    memory: Memory
    failure: FollowupError | None = None

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """Changes that did not reach the calendar."""
        return tuple(outcome for outcome in self.outcomes if not _went_well(outcome))


def carry_out(
    plan: Plan,
    target: Target,
    store: StateStore,
    *,
    observation: Observation,
    before: Memory,
    after: Memory,
    deadline: datetime,
    last: str = "",
    progress: Progress | None = None,
) -> CarriedOut:
    """Write the plan's changes. `before` and `after` are the memory without and with all of them.

    The change of the event `last` is written only once all others went well and none is put off because the server
    refuses it: the heartbeat tells of a good run.
    """
    planned = plan.writes
    unwritten = {change.uid: Outcome(change.uid, Result.HELD) for change in planned}
    number = store.begin(planned, memory=settle(before, after, unwritten), after=after, now=plan.now)
    outcomes: dict[str, Outcome] = {}
    failure: FollowupError | None = None
    for writes in ([w for w in planned if w.uid != last], [w for w in planned if w.uid == last]):
        if writes and writes[0].uid == last and plan.refused:
            break
        if writes and failure is None and all(map(_went_well, outcomes.values())):
            failure = _apply(writes, target, store, number, outcomes, observation, deadline, progress)
    outcomes |= {w.uid: Outcome(w.uid, Result.HELD, paced=True) for w in planned if w.uid not in outcomes}
    memory = settle(before, after, outcomes)
    waits = [
        moment for moment in (failure and failure.not_before, *(o.not_before for o in outcomes.values())) if moment
    ]
    memory = replace(memory, not_before=max(waits, default=None))
    return CarriedOut(number, tuple(sorted(outcomes.values(), key=lambda outcome: outcome.uid)), memory, failure)


def _apply(
    writes: Sequence[Change],
    target: Target,
    store: StateStore,
    number: int,
    outcomes: dict[str, Outcome],
    observation: Observation,
    deadline: datetime,
    progress: Progress | None,
) -> FollowupError | None:
    """Fill `outcomes`, one for every write; the error that ended it early."""
    batch: list[Outcome] = []
    failure: FollowupError | None = None
    try:
        for outcome in target.apply(writes, observed=observation, deadline=deadline):
            outcomes[outcome.uid] = outcome
            batch.append(_known(outcome))
            if len(batch) >= BATCH:
                store.record(number, batch)
                batch.clear()
            if progress:
                progress(len(outcomes), max(len(writes), len(outcomes)))
    except FollowupError as error:
        failure = error
    except KeyboardInterrupt:
        with suppress(FollowupError):
            store.record(number, batch)  # what is known is worth keeping
        raise
    for change in writes:
        if change.uid not in outcomes:
            outcomes[change.uid] = Outcome(change.uid, Result.UNKNOWN if failure else Result.HELD)
            batch.append(outcomes[change.uid])
    store.record(number, batch)
    return failure


def _went_well(outcome: Outcome) -> bool:
    """Done, or held on purpose."""
    return outcome.result is Result.DONE or outcome.paced


def _known(outcome: Outcome) -> Outcome:
    """As the journal is to have it: where a copy was seen, nothing is left to be found out by the next run."""
    seen = outcome.result is Result.UNKNOWN and outcome.remote is not None
    return replace(outcome, result=Result.REFUSED) if seen else outcome


def message_of(done: CarriedOut) -> str:
    """The sentence about changes that did not get through; empty where all did."""
    if not done.broken:
        return ""
    said = sorted({outcome.message for outcome in done.broken if outcome.message})
    return (
        f"{len(done.broken)} of {len(done.outcomes)} changes did not reach the calendar; the next run tries again"
        + (f" ({'; '.join(said[:3])})" if said else "")
    )


def refused_message(refused: Sequence[Change]) -> str:
    """The sentence about changes that are not sent for now because the server rejected their content lately."""
    named = ", ".join(f"“{change.summary}”" for change in refused[:3])
    more = f" and {len(refused) - 3} more" if len(refused) > 3 else ""
    return (
        f"{counted(len(refused), 'event')} not in the calendar as planned, because its server refuses the content: "
        f"{named}{more}; enter it by hand if it matters today"
    )


def exit_code_of(done: CarriedOut) -> int:
    """0, or the code of what went wrong."""
    if done.failure is not None:
        return done.failure.exit_code
    return TargetError.exit_code if done.broken else 0
