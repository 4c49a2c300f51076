"""From a plan to its outcomes: journal first, then the calendar, results made durable in batches.

The plan is carried out as it was decided; nothing is decided again. Only a UID that the server refuses as used, and
that is nowhere to be found, is stepped over: the same event is written under its next generation. Whoever calls
commits: until then the run counts as killed, and the next one reads the calendar before it believes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sync.errors import FollowupError, TargetError
from sync.memory import Memory
from sync.models import Change, Observation, Outcome, Plan, Result
from sync.protocols import StateStore, Target
from sync.reconcile.generations import renew
from sync.reconcile.outcomes import settle
from sync.texts import Wording

RENEWALS = 5
"""So many used up UIDs of one follow-up are stepped over in one run; the next one goes on."""
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
    writing = _Writing(target, store, observation, plan.now, deadline, progress, before, after)
    planned = plan.writes
    writing.begin(planned)
    failure: FollowupError | None = None
    for writes in ([w for w in planned if w.uid != last], [w for w in planned if w.uid == last]):
        if writes and writes[0].uid == last and plan.refused:
            break
        if writes and failure is None and all(map(_went_well, writing.outcomes.values())):
            failure = writing.write(writes)
    outcomes = writing.outcomes
    late = [w.uid for w in planned if w.uid not in outcomes and w.uid not in writing.renewed]
    outcomes |= {uid: Outcome(uid, Result.HELD, paced=True) for uid in late}
    memory = settle(writing.before, writing.after, outcomes)
    waits = [
        moment for moment in (failure and failure.not_before, *(o.not_before for o in outcomes.values())) if moment
    ]
    memory = replace(memory, runs=replace(memory.runs, not_before=max(waits, default=None)))
    return CarriedOut(
        writing.number, tuple(sorted(outcomes.values(), key=lambda outcome: outcome.uid)), memory, failure
    )


class _Writing(Struct):
    """One plan being carried out: its outcomes so far, and the memory without and with all of its changes."""

    target: Target
    store: StateStore
    observation: Observation
    now: datetime
    deadline: datetime
    progress: Progress | None
    before: Memory
    after: Memory
    number: int = 0
    outcomes: dict[str, Outcome] = {}
    renewed: dict[str, str] = {}
    """The UIDs that were used up, each with the one that took its place."""

    def begin(self, changes: Sequence[Change], run: int | None = None) -> None:
        """Journal these changes, before the first of them is written."""
        unwritten = dict.fromkeys((change.uid for change in changes), Result.HELD) | dict.fromkeys(
            self.outcomes, Result.HELD
        )
        memory = settle(self.before, self.after, {uid: Outcome(uid, held) for uid, held in unwritten.items()})
        self.number = self.store.begin(changes, memory=memory, after=self.after, now=self.now, run=run)

    def write(self, changes: Sequence[Change]) -> FollowupError | None:
        """Write them; those whose UID is used up at once under the next one. The error that ended it early."""
        failure = self._apply(changes)
        for _ in range(RENEWALS):
            used = [change for change in changes if change.uid in self.outcomes and self.outcomes[change.uid].burnt]
            changes = [renewed for change in used if (renewed := self._renew(change)) is not None]
            if failure is not None or not changes:
                break
            self.begin(changes, run=self.number)
            failure = self._apply(changes)
        for old, new in reversed(self.renewed.items()):
            if new in self.outcomes and self.outcomes[new].result is Result.DONE:
                self.outcomes[old] = Outcome(old, Result.DONE)
        return failure

    def _renew(self, change: Change) -> Change | None:
        """The same change under its touch's next generation; None for what has no touch."""
        uid, touches, events = change.uid, dict(self.after.touches), dict(self.after.events)
        touch = touches.pop(uid, None)
        if touch is None or change.event is None:
            return None
        planned = events[uid]
        events[uid] = replace(planned, gone=True)
        touch = renew(touch, owner=self.after.runs.owner, events=events)
        touches[touch.uid] = touch
        events[touch.uid] = replace(planned, uid=touch.uid, desired=replace(planned.desired, uid=touch.uid))
        self.after = replace(self.after, events=events, touches=touches)
        self.before = replace(self.before, events={**self.before.events, uid: events[uid]})
        del self.outcomes[uid]
        self.renewed[uid] = touch.uid
        return replace(change, uid=touch.uid, event=replace(change.event, uid=touch.uid))

    def _apply(self, writes: Sequence[Change]) -> FollowupError | None:
        """Fill `outcomes`, one for every write; the error that ended it early."""
        outcomes, batch = self.outcomes, list[Outcome]()
        failure: FollowupError | None = None
        try:
            for outcome in self.target.apply(writes, observed=self.observation, deadline=self.deadline):
                outcomes[outcome.uid] = outcome
                batch.append(_known(outcome))
                if len(batch) >= BATCH:
                    self.store.record(self.number, batch)
                    batch.clear()
                if self.progress:
                    self.progress(len(outcomes), max(len(writes), len(outcomes)))
        except FollowupError as error:
            failure = error
        except KeyboardInterrupt:
            with suppress(FollowupError):
                self.store.record(self.number, batch)  # what is known is worth keeping
            raise
        for change in writes:
            if change.uid not in outcomes:
                outcomes[change.uid] = Outcome(change.uid, Result.UNKNOWN if failure else Result.HELD)
                batch.append(outcomes[change.uid])
        self.store.record(self.number, batch)
        return failure


def _went_well(outcome: Outcome) -> bool:
    """Done, or held on purpose."""
    return outcome.result is Result.DONE or outcome.paced


def _known(outcome: Outcome) -> Outcome:
    """As the journal is to have it: where a copy was seen, nothing is left to be found out by the next run."""
    seen = outcome.result is Result.UNKNOWN and outcome.remote is not None
    return replace(outcome, result=Result.REFUSED) if seen else outcome


def message_of(done: CarriedOut, words: Wording) -> str:
    """The sentence about changes that did not get through; empty where all did."""
    if not done.broken:
        return ""
    said = sorted({outcome.message for outcome in done.broken if outcome.message})
    why = words.say("run.broken_why", why="; ".join(said[:3])) if said else ""
    return words.say("run.broken", broken=len(done.broken), all=len(done.outcomes), why=why)


def refused_message(refused: Sequence[Change], words: Wording) -> str:
    """The sentence about changes that are not sent for now because the server rejected their content lately."""
    named = ", ".join(words.say("event.named", title=change.summary) for change in refused[:3])
    more = words.say("more", count=len(refused) - 3) if len(refused) > 3 else ""
    return words.say("run.refused", count=len(refused), events=f"{named}{more}")


def exit_code_of(done: CarriedOut) -> int:
    """0, or the code of what went wrong."""
    if done.failure is not None:
        return done.failure.exit_code
    return TargetError.exit_code if done.broken else 0
