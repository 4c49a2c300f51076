"""The commands that write without a plan of the advice: `undo` and `clear`, and `check --live`, which tries things out.

`undo` and `clear` look at the calendar first, decide purely, and go through the journal like any run: killed halfway,
the next run heals what they left. With `write=False` they only show what they would do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec.structs import replace

from sync.advice import load_advice
from sync.carry_out import Progress, carry_out, exit_code_of, message_of
from sync.config import Settings
from sync.errors import OK, ConfigError, FollowupError, GuardStop
from sync.memory import Memory, Probed
from sync.models import Action, Change, Finding, Lead, Leads, Note, Observation, Plan
from sync.moments import day_of
from sync.protocols import Probes, Source, StateStore, Target
from sync.reading.leads import read_again
from sync.reconcile.clearing import plan_clearing
from sync.reconcile.guards import check_disappearance, check_identities
from sync.reconcile.healing import heal
from sync.reconcile.reactions import TickPattern, take_reactions
from sync.reconcile.undo import lift_dismissals, open_undoing, vanished
from sync.run import Report
from sync.stock import look_at
from sync.texts import load_remarks


def undo(
    settings: Settings,
    *,
    source: Source,
    target: Target,
    store: StateStore,
    now: datetime,
    deadline: datetime,
    run: int | None = None,
    write: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Bring back what a run overwrote or deleted; without a number, what vanished, else the last run that did.

    Raises the expected errors of `sync.errors`, `ConfigError` where there is nothing to bring back.
    """
    with store.lock():
        memory = store.load()
        check_identities(memory, source=memory.runs.source, target=target.identity)
        observation = look_at(target, memory)
        current = heal(memory, observation)
        undoing = open_undoing(
            current, observation, settings=settings, now=now, leads=_rows(settings, source, memory, now)
        )
        today = now.astimezone(settings.zone).date()
        if run is None and target.abilities.reactions and _disappeared(current, observation, settings, now):
            for uid in vanished(current, observation, today=today, zone=settings.zone):
                undoing.put_back(uid)
        else:
            for intent in store.copies(run)[1]:
                undoing.bring_back(intent)
        after = replace(current, events=undoing.events, touches=undoing.touches)
        if not undoing.changes and after == current and not memory.intents:  # else an ended undo is brought to its end
            words = load_remarks(settings.language)
            raise ConfigError(words.say("undo.nothing") if run is None else words.say("undo.nothing_of_run", run=run))
        changes = sorted(undoing.changes, key=lambda change: change.uid)
        return _finish(
            settings, target, store, changes, observation, current, after,
            now=now, deadline=deadline, write=write, progress=progress, notes=_back_in_pauses(changes, settings),
        )  # fmt: skip


def _back_in_pauses(changes: Sequence[Change], settings: Settings) -> Iterator[Note]:
    """What is brought back onto days on which nothing was to begin, and how to be rid of that contradiction."""
    starts = [change.start for change in changes if change.action is Action.CREATE or "start" in change.fields]
    for pause in settings.pause:
        inside = sum(pause.holds(day_of(start, settings.zone)) for start in starts if start)
        if inside:
            words = load_remarks(settings.language)
            first, last = words.stamp(pause.first), words.stamp(pause.last)
            yield Note(words.say("undo.in_pause", first=first, last=last, count=inside, day=pause.first))


def lift(*, store: StateStore, lead: Lead) -> tuple[str, ...]:
    """Lift the user's own deletions for one lead; the titles of what the next run may plan again."""
    with store.lock():
        memory = store.load()
        after, titles = lift_dismissals(memory, lead.key)
        store.keep(after)
        return titles


def try_out(target: Probes, *, address: str, store: StateStore, now: datetime) -> Sequence[Finding]:
    """What a probe finds out about the calendar at this address, kept for the runs after it."""
    with store.lock():
        memory = store.load()
        findings = tuple(target.probe())
        store.keep(replace(memory, runs=replace(memory.runs, probed=Probed(address, now, findings))))
        return findings


def clear(
    settings: Settings,
    *,
    target: Target,
    store: StateStore,
    now: datetime,
    deadline: datetime,
    past_too: bool = False,
    write: bool = True,
    progress: Progress | None = None,
) -> Report:
    """Take our future events out of the calendar, strays too; with `past_too` the past ones as well.

    What the user did in them since the last run is seen first: a tick outlives its event.
    """
    with store.lock():
        memory = store.load()
        check_identities(memory, source=memory.runs.source, target=target.identity)
        observation = look_at(target, memory)
        current = heal(memory, observation)
        if target.abilities.reactions and not _disappeared(current, observation, settings, now):
            ticks = TickPattern(load_advice(settings).done_words)
            words = load_remarks(settings.language)
            current, _ = take_reactions(current, observation, now=now, zone=settings.zone, ticks=ticks, words=words)
        today = now.astimezone(settings.zone).date()
        changes, after = plan_clearing(
            current,
            observation,
            owner=settings.owner,
            today=today,
            zone=settings.zone,
            past_too=past_too,
            words=load_remarks(settings.language),
        )
        return _finish(
            settings, target, store, changes, observation, current, after,
            now=now, deadline=deadline, write=write, progress=progress,
        )  # fmt: skip


def _rows(settings: Settings, source: Source, memory: Memory, now: datetime) -> Sequence[Lead]:
    """The rows as they are now. A sheet that can't be read keeps nobody from an undo."""
    try:
        vocabulary = load_advice(settings).vocabulary
        table = source.read()
        return read_again(table, settings=settings, vocabulary=vocabulary, memory=memory, now=now).leads
    except FollowupError:
        return ()


def _disappeared(memory: Memory, observation: Observation, settings: Settings, now: datetime) -> bool:
    try:
        check_disappearance(memory, observation, today=now.astimezone(settings.zone).date(), zone=settings.zone)
    except GuardStop:
        return True
    return False


def _finish(
    settings: Settings,
    target: Target,
    store: StateStore,
    changes: Sequence[Change],
    observation: Observation,
    before: Memory,
    after: Memory,
    *,
    now: datetime,
    deadline: datetime,
    write: bool,
    progress: Progress | None,
    notes: Iterable[Note] = (),
) -> Report:
    """Carry the changes out if asked to, and say what became of them."""
    words = load_remarks(settings.language)
    plan = Plan(
        now=now.replace(microsecond=0),
        timezone=settings.timezone,
        schedule=(),
        changes=tuple(changes),
        problems=(),
        notes=(*(Note(words.tell(note)) for note in observation.notes), *notes),
    )
    report = Report(plan=plan, leads=Leads(()), memory=after)
    if not write:
        return report
    done = carry_out(
        plan, target, store, observation=observation, before=before, after=after, deadline=deadline, progress=progress
    )
    memory = done.memory
    if exit_code_of(done) != OK:
        memory = replace(memory, runs=replace(memory.runs, target=before.runs.target))
    store.commit(done.run, memory, exit_code=exit_code_of(done))
    if done.failure is not None:
        raise done.failure
    message = message_of(done, words)
    return replace(
        report,
        memory=memory,
        outcomes=done.outcomes,
        exit_code=exit_code_of(done),
        messages=(message,) if message else (),
    )
