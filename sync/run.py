"""One run is one function: read, decide, act.

    read rows -> understand leads -> observe calendar -> take reactions -> make schedule -> make plan -> guards
              -> journal -> apply -> commit

Everything varying comes in: settings, connectors (opened with their secrets), state, the time and the deadline. No
global is touched, so two runs may share a process. `plan` stops before the journal and writes nothing anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import load_advice
from sync.carry_out import CarriedOut, Progress, carry_out, exit_code_of, message_of, refused_message
from sync.config import Settings
from sync.errors import (
    OK,
    UNREADABLE_ROWS,
    FollowupError,
    GuardStop,
    LoginTo,
    SourceError,
    TargetError,
    login_of,
    worst,
)
from sync.memory import Memory, Stop, Text
from sync.models import CellToWrite, Leads, Note, Observation, Outcome, Plan, Table, Texts
from sync.protocols import Source, StateStore, Target, WritesBack
from sync.reconcile.guards import note_end
from sync.reconcile.heartbeat import make_heartbeat, remember_heartbeat
from sync.reconcile.identity import is_ours
from sync.reconcile.plan import Terms, make_plan
from sync.stock import Given, Stock, plan_events, take_stock
from sync.texts import Wording, load_remarks
from sync.write_back import TEXTS, cells_to_write

STOPS_KEPT = 10
"""Runs that ended before they wrote, kept for `status`."""

LONGEST_PAUSE = timedelta(days=1)
"""No server is given a longer one: what ends later was noted by a clock that was ahead."""

ASKED = 3
"""So many of them are named."""


class Report(Struct, frozen=True):
    """What a run did: its plan, what became of each change, its exit code, and what it has to say."""

    plan: Plan
    leads: Leads
    memory: Memory
    outcomes: tuple[Outcome, ...] = ()
    exit_code: int = OK
    messages: tuple[str, ...] = ()
    """Sentences that a human needs to see, also in a quiet run."""
    questions: tuple[str, ...] = ()
    """What only the user can say; each is asked in one run."""
    quiet_until: datetime | None = None
    """Until when a run with the same inputs would do and learn nothing (`sync.proof`); None where this one did."""
    login: LoginTo | None = None
    """The login that the person is to make anew; None where that cures nothing."""


class _Decided(Struct, frozen=True):
    words: Wording
    stock: Stock
    heartbeat: str
    plan: Plan
    after: Memory
    holds_until: datetime | None
    """The next instant at which the schedule may change by itself."""


def run(
    settings: Settings,
    *,
    source: Source,
    target: Target,
    store: StateStore,
    now: datetime,
    deadline: datetime,
    write: bool,
    wording: str = "",
    mapping: str = "",
    accept_deletes: bool = False,
    second_owner: bool = False,
    moved: bool = False,
    strict: bool = False,
    whole: bool = False,
    progress: Progress | None = None,
) -> Report:
    """One run. With `write=False` it decides and stops: what it returns is what the next `write=True` would do.

    With `whole` the texts and messages of steps that no event shows yet are written, too; what is not only written but
    looked at has at least their titles.
    `now` is aware; it is the only clock. Raises the expected errors of `sync.errors`; a run that failed after it began
    to write has recorded what it did.
    """
    advice = load_advice(settings, wording=wording, mapping=mapping)
    texts = Texts.WHOLE if whole else Texts.SHOWN if write and not settings.write_back else Texts.NAMED
    given = Given(
        settings=settings,
        advice=advice,
        source=source,
        target=target,
        now=now,
        accept_deletes=accept_deletes,
        second_owner=second_owner,
        moved=moved,
        texts=texts,
        wording=wording,
    )
    if not write:
        return _report(_decide(given, store.load()), None, strict=strict)
    with store.lock():
        before = store.load()
        until = before.runs.not_before
        if until is not None and now < until <= now + LONGEST_PAUSE:
            asked, key = (SourceError, "sheet_asked") if before.runs.sheet_asked else (TargetError, "calendar_asked")
            raise asked(given.words.say(f"run.{key}", until=f"{until:%Y-%m-%d %H:%M %Z}"), not_before=until)
        try:
            decided = _decide(given, before)
        except FollowupError as error:
            stops = (*before.runs.stops, Stop(now, error.exit_code, error.say(settings.language)))[-STOPS_KEPT:]
            until = error.not_before or before.runs.not_before
            store.keep(replace(before, runs=replace(before.runs, stops=stops, not_before=until)))
            raise
        report = _carry_out(decided, target, store, now=now, deadline=deadline, strict=strict, progress=progress)
        if settings.write_back:
            report = _write_back(report, decided.stock.table, source, settings)
        settled = report.exit_code == OK and not (report.messages or accept_deletes) and _same(before, report.memory)
        return report if settled else replace(report, quiet_until=None)


def _decide(given: Given, memory: Memory) -> _Decided:
    """Everything before the first write: pure but for reading the sheet and the calendar."""
    stock = take_stock(given, memory)
    leads, observation, before = stock.leads, stock.observation, stock.memory
    settings, abilities, now = given.settings, given.target.abilities, given.now
    schedule, wishes, after = plan_events(given, leads, before)
    heartbeat = make_heartbeat(after, settings=settings, advice=given.advice, abilities=abilities, now=now)
    if heartbeat is not None:
        wishes.append(heartbeat)
        schedule = replace(schedule, touches=(*schedule.touches, heartbeat.touch))
    notes = list(stock.notes)
    strays = _strays(settings, before, observation, planned={wish.touch.uid for wish in wishes})
    if strays:
        notes.append(Note(given.words.say("run.strays", count=len(strays))))
    rules, words = _digest(settings, leads), _digest_of_words(settings, given.wording)
    plan, after = make_plan(
        schedule,
        wishes,
        leads=leads,
        memory=after,
        observation=observation,
        terms=Terms(
            settings=settings,
            advice=given.advice,
            abilities=abilities,
            now=now,
            rules_changed=memory.runs.text(Text.RULES, rules) != rules,
            words_changed=memory.runs.text(Text.WORDS, words) != words,
            accept_deletes=given.accept_deletes,
            lost=stock.lost,
        ),
        notes=notes,
    )
    if heartbeat is not None:
        after = remember_heartbeat(after, heartbeat)
    runs = replace(
        after.runs.with_texts(
            MAPPING=json.dumps(dict(leads.mapped), sort_keys=True),
            END=note_end(stock.table),
            RULES=after.runs.text(Text.RULES, rules) if plan.held else rules,
            WORDS=words,
            UNCLEAR=json.dumps(sorted(status.text for status in leads.unclear if status.waiting), ensure_ascii=False),
            SHEET_BOOKMARK=stock.table.bookmark,
            CALENDAR_BOOKMARK=observation.bookmark,
        ),
        owner=settings.owner,
        source=given.source.identity,
        target=given.target.identity,
        first_run=memory.runs.first_run or now,
        last_run=now,
        held=plan.held,
        unread=tuple(dict.fromkeys(problem.row for problem in plan.problems)),
        strays=strays,
        unreadable=tuple(note.reason for note in plan.unreadable),
    )
    beat = heartbeat.touch.uid if heartbeat else ""
    return _Decided(given.words, stock, beat, plan, replace(after, runs=runs, lost=False), schedule.holds_until)


def _carry_out(
    decided: _Decided,
    target: Target,
    store: StateStore,
    *,
    now: datetime,
    deadline: datetime,
    strict: bool,
    progress: Progress | None,
) -> Report:
    """Journal, apply, commit. The plan is carried out as it was decided; nothing is decided again."""
    done = carry_out(
        decided.plan,
        target,
        store,
        observation=decided.stock.observation,
        before=decided.stock.memory,
        after=decided.after,
        deadline=deadline,
        last=decided.heartbeat,
        progress=progress,
    )
    report = _report(decided, done, strict=strict)
    good = report.exit_code in (OK, UNREADABLE_ROWS)
    memory = replace(done.memory, runs=replace(done.memory.runs, last_good_run=now)) if good else done.memory
    store.commit(done.run, memory, exit_code=report.exit_code)
    if done.failure is not None:
        raise done.failure
    return replace(report, memory=memory, quiet_until=None if decided.plan.writes else decided.holds_until)


def _same(before: Memory, after: Memory) -> bool:
    """Whether a run learned nothing: another one would start from the same memory."""
    then, now = (replace(memory.runs, last_run=None, last_good_run=None) for memory in (before, after))
    return replace(before, runs=then) == replace(after, runs=now)


def _write_back(report: Report, table: Table, source: Source, settings: Settings) -> Report:
    """What became of every lead into the columns the user named, last of all: a failure there is only reported."""
    assert settings.write_back is not None
    words = load_remarks(settings.language)
    cells: tuple[CellToWrite, ...] = ()
    notes: tuple[Note, ...] = ()
    for what, column in settings.write_back.columns.items():
        texts = TEXTS[what](report.leads, report.plan.schedule, report.memory)
        more, said = cells_to_write(table, report.leads, column=column, texts=texts, words=words)
        cells, notes = (*cells, *more), (*notes, *said)
    code, login = OK, report.login
    if cells and not isinstance(source, WritesBack):
        notes = (Note(words.say("write_back.cannot")),)
    elif cells and isinstance(source, WritesBack):
        try:
            notes += tuple(Note(words.tell(one), row=one.row) for one in source.write_back(cells))
        except FollowupError as error:
            code, notes, login = error.exit_code, (*notes, Note(error.say(settings.language))), login or login_of(error)
    told = tuple(dict.fromkeys(note.reason for note in notes))
    code = worst([report.exit_code, code])
    return replace(report, exit_code=code, messages=(*report.messages, *told), login=login)


def _report(decided: _Decided, done: CarriedOut | None, *, strict: bool) -> Report:
    codes = [OK]
    messages: list[str] = []
    words = decided.words
    if decided.plan.held:
        codes.append(GuardStop.exit_code)
        messages.append(decided.plan.held)
    if done is not None:
        codes.append(exit_code_of(done))
        messages += [message for message in (message_of(done, words),) if message]
        if refused := decided.plan.refused:
            codes.append(TargetError.exit_code)
            messages.append(refused_message(refused, words))
        waiting = sum(o.paced and o.uid != decided.heartbeat for o in done.outcomes)
        if waiting:
            messages.append(words.say("run.waiting", count=waiting))
    if strict and decided.plan.problems:
        codes.append(UNREADABLE_ROWS)
    return Report(
        plan=decided.plan,
        leads=decided.stock.leads,
        memory=done.memory if done else decided.after,
        outcomes=done.outcomes if done else (),
        exit_code=worst(codes),
        messages=tuple(messages),
        questions=tuple(_ask_once(decided, words)),
        login=login_of(done.failure) if done else None,
    )


def _ask_once(decided: _Decided, words: Wording) -> list[str]:
    """Statuses that rows wait for and that no earlier run asked about: said once."""
    told = json.loads(decided.stock.memory.runs.text(Text.UNCLEAR, "[]"))
    new = [status for status in decided.stock.leads.unclear if status.waiting and status.text not in told]
    if not new:
        return []
    waiting = len({row for status in new for row in status.waiting})
    named = ", ".join(words.say("name", name=status.text) for status in new[:ASKED])
    more = words.say("more", count=len(new) - ASKED) if len(new) > ASKED else ""
    return [words.say("run.asks", count=waiting, words=f"{named}{more}")]


def _strays(
    settings: Settings, memory: Memory, observation: Observation, *, planned: AbstractSet[str]
) -> tuple[str, ...]:
    """Events with our mark that no plan and no memory knows: listed, never touched by a run."""
    known = {uid for uid, event in memory.events.items() if not event.gone} | planned
    return tuple(sorted(uid for uid in observation.events if is_ours(uid, settings.owner) and uid not in known))


def _digest(settings: Settings, leads: Leads) -> str:
    """What, when it changes, may take events away without any row asking for it: mapping, rules, limits."""
    chosen = settings.model_dump_json(
        exclude={"source": {"path", "credentials", "api_root"}, "target": True, "state": True}
    )
    mapped = sorted(leads.mapped.items())
    return sha256(f"{chosen}\n{mapped}".encode()).hexdigest()


def _digest_of_words(settings: Settings, wording: str) -> str:
    """What, when it changes, asks for other texts in all events at once."""
    chosen = settings.model_dump_json(include={"language": True, "me": True, "target": {"details", "drafts"}})
    return sha256(f"{chosen}\n{wording}".encode()).hexdigest()
