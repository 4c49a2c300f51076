"""Random histories: the sheet changes, the user edits, requests fail, answers are lost, the process is killed, the
state is lost. Whatever happens, the promises hold:

- no twin: never two events for one (lead, rule, round);
- nothing foreign is touched, and no event of ours disappears unless a run or the user deleted it;
- no reaction is remembered that the user did not make;
- an event the user ticked stays as history;
- an event the user deleted does not come back while memory lasts; a burnt UID is never used again;
- counted deletes stay within the guard over seven days;
- once the faults are over two runs put everything right and the third writes nothing.

The histories are the same every time. `SystemError: AST constructor recursion depth mismatch` is a fault of Python
before 3.11.8 (python/cpython#106905) that Hypothesis can meet in a long run; it says nothing about a history.
"""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

import pytest
from conftest import ZONE
from google_emulator import GoogleEmulator, running_google
from hypothesis import Phase, seed
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from runner import a_row, a_table, settings_with
from servers import Server, radicale
from stub_server import HABITS
from worlds import BurningStore, Edit, Fuse, GoogleWorld, Killed, MemoryWorld, ServerWorld, StubWorld, World

from connectors.memory import MemorySource, MemoryState
from connectors.sqlite_state import SqliteState
from sync.advice import load_advice
from sync.errors import FollowupError, GuardStop
from sync.memory import Reaction, TouchMemory
from sync.models import Action, Result
from sync.protocols import StateStore
from sync.reconcile.generations import follows
from sync.reconcile.guards import future_events
from sync.reconcile.identity import make_uid
from sync.reconcile.reactions import TickPattern
from sync.run import Report, run

COMPANIES = ("Acme", "Globex", "Initech", "Umbrella", "Hooli")
SETTINGS = settings_with("[limits]\nmax_delete_floor = 3\nmax_delete_percent = 30\n")
FAULTS = ("drop_before", "drop_after", "error_before", "error_after", "slow_down_429", "unavailable", "locked")
READ_FAULTS = ("read_drop", "read_error", "read_page", "listing_truncated", "listing_half_xml", "listing_empty")
TICKS = TickPattern(())
CALM_HABITS = sorted(
    habit
    for habit in HABITS - {"ignores_if_none_match", "ignores_if_match", "hides_half", "multiget_omits", "rejects_404"}
    if not habit.startswith("conflict_") and habit not in ("loses_zones", "adds_alarms", "serial")
)
"""Habits under which no edit of the user's can be lost to a server that doesn't check, and that can show here."""


def identities() -> dict[str, tuple[str, str, int]]:
    """Which (lead, rule, round) a UID stands for."""
    rules = sorted({"sheet", "undo", *load_advice(SETTINGS).rules})
    found = {}
    for company in COMPANIES:
        key = f"{company.casefold()}\tanalyst"
        for name in rules:
            for round_ in range(8):
                for generation in range(9):
                    uid = make_uid("test", key, name, round=round_, generation=generation)
                    found[uid] = (company, name, round_)
    return found


PHASES = (Phase.generate,)
IDENTITIES = identities()


class Histories(RuleBasedStateMachine):
    """One history. Subclasses say which world it happens in."""

    histories: ClassVar[int] = 0
    runs: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).histories += 1
        self.fuse = Fuse()
        self.world = self.open_world()
        self.world.fuse = self.fuse
        self.store = self.open_store()
        self.now = datetime(2027, 1, 11, 14, 0, tzinfo=UTC)
        self.rows: dict[str, dict[str, str]] = {}
        self.burnt: set[str] = set()
        self.counted: list[tuple[datetime, int]] = []
        self.most_ahead = 0
        self.forgot = False
        self.unticked: set[str] = set()
        self.touched: dict[Reaction, set[str]] = {reaction: set() for reaction in Reaction}

    def open_world(self) -> World:
        return MemoryWorld()

    def open_store(self) -> StateStore:
        return MemoryState()

    # --- the sheet -------------------------------------------------------------------------------------------

    @initialize(companies=st.sets(st.sampled_from(COMPANIES), min_size=1))
    def begin(self, companies: set[str]) -> None:
        for company in sorted(companies):
            self.rows[company] = a_row(company, "2027-01-08", last_outbound="")

    @rule(company=st.sampled_from(COMPANIES), day=st.integers(4, 15))
    def write_row(self, company: str, day: int) -> None:
        self.rows[company] = {**self.rows.get(company, a_row(company)), "applied_on": f"2027-01-{day:02}"}

    @rule(
        company=st.sampled_from(COMPANIES), status=st.sampled_from(["sent", "rejected", "interview", "hm?", "on_hold"])
    )
    def set_status(self, company: str, status: str) -> None:
        if company in self.rows:
            self.rows[company] = {**self.rows[company], "status": status}

    @rule(company=st.sampled_from(COMPANIES), text=st.sampled_from(["soon", "", "#REF!", "2027-01-09"]))
    def spoil_date(self, company: str, text: str) -> None:
        if company in self.rows:
            self.rows[company] = {**self.rows[company], "applied_on": text}

    @rule(company=st.sampled_from(COMPANIES))
    def remove_row(self, company: str) -> None:
        self.rows.pop(company, None)

    # --- the user --------------------------------------------------------------------------------------------

    def an_event(self, number: int) -> str | None:
        uids = sorted(self.world.uids())
        return uids[number % len(uids)] if uids else None

    @rule(number=st.integers(0, 20), days=st.integers(1, 9), hour=st.integers(7, 20))
    def drag(self, number: int, days: int, hour: int) -> None:
        if uid := self.an_event(number):
            day = (self.now + timedelta(days=days)).astimezone(ZONE)
            self.touched[Reaction.DRAGGED].add(uid)
            self.world.edit(uid, Edit(start=day.replace(hour=hour, minute=0, second=0, microsecond=0)))

    @rule(
        number=st.integers(0, 20), title=st.sampled_from(["My own title", "✓ done it", "done: rang her", "Ring Dana"])
    )
    def retitle(self, number: int, title: str) -> None:
        if uid := self.an_event(number):
            self.touched[Reaction.TICKED].add(uid)
            (self.unticked.discard if TICKS.matches(title) else self.unticked.add)(uid)
            self.world.edit(uid, Edit(title=title))

    @rule(number=st.integers(0, 20))
    def note(self, number: int) -> None:
        if uid := self.an_event(number):
            self.world.edit(uid, Edit(note="she is on holiday"))

    @rule(number=st.integers(0, 20))
    def delete(self, number: int) -> None:
        if uid := self.an_event(number):
            known = self.store.load().events.get(uid)
            if known is not None and known.observed is not None:
                self.burnt.add(uid)  # else a killed run made it, and nobody can tell that it ever was there
            self.touched[Reaction.DELETED].add(uid)
            self.world.delete(uid)

    # --- time and trouble ------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 5, 24, 72, 200]))
    def wait_and_sync(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.attempt()

    @rule(faults=st.lists(st.sampled_from([*FAULTS, *READ_FAULTS]), min_size=1, max_size=3))
    def sync_in_trouble(self, faults: list[str]) -> None:
        for fault in faults:
            self.world.fail(fault)
        self.attempt()

    @rule()
    def sync(self) -> None:
        self.attempt()

    @rule(steps=st.integers(0, 12))
    def sync_and_die(self, steps: int) -> None:
        self.fuse.left = steps
        self.attempt()
        self.fuse.left = None

    @rule()
    def lose_state(self) -> None:
        if not self.world.uids():
            return
        self.store = self.open_store()
        self.forgot = True
        self.counted.clear()

    # --- a run and what must hold ----------------------------------------------------------------------------

    def attempt(self, *, accept: bool = False) -> Report | None:
        """One run, whatever becomes of it."""
        self.now = self.world.at(self.now) + timedelta(minutes=1)
        self.world.at(self.now)
        before = self.world.uids()
        report = None
        with contextlib.suppress(FollowupError, Killed):
            report = self._run(accept)
        self.now = max(self.now, self.world.at(self.now))
        self.check(before, report)
        return report

    def _run(self, accept: bool) -> Report:
        type(self).runs += 1
        rows = [self.rows[company] for company in sorted(self.rows)]
        return run(
            SETTINGS, source=MemorySource(a_table(rows)), target=self.world.target,
            store=BurningStore(self.store, self.fuse), now=self.now, deadline=self.now + timedelta(minutes=5),
            write=True, accept_deletes=accept,
        )  # fmt: skip

    def check(self, before: set[str], report: Report | None) -> None:
        there = self.world.uids()
        memory = self.store.load()
        twins = Counter(IDENTITIES[uid] for uid in there if uid in IDENTITIES)
        assert not [identity for identity, count in twins.items() if count > 1], twins
        assert self.world.foreign_is_whole()
        if not self.forgot:
            made_up = [
                (uid, touch.reaction)
                for uid, touch in memory.touches.items()
                if touch.reaction is not None and uid not in self.touched[touch.reaction]
                if not (touch.reaction is Reaction.DRAGGED and self.was_dragged_before(touch))
            ]
            assert not made_up, "a reaction that the user never made"
        gone = before - there
        wanted_gone = {uid for uid, event in memory.events.items() if event.gone} | {
            intent.uid for intent in memory.intents if intent.action is Action.DELETE
        }
        assert gone <= wanted_gone, "an event of ours is lost"
        ticked = {uid for uid, touch in memory.touches.items() if touch.reaction is Reaction.TICKED}
        assert not gone & ticked - self.unticked, "a ticked event stays as history"
        new = there - before
        if not self.forgot:
            assert not new & self.burnt, "a burnt UID is used again"
        self.burnt |= gone
        if report is not None:
            self.check_guard(report)

    def was_dragged_before(self, touch: TouchMemory) -> bool:
        """Whether it came back under a later generation: then it stands where the user had put the one before."""
        return any(follows(touch, uid, owner=SETTINGS.owner) for uid in self.touched[Reaction.DRAGGED])

    def check_guard(self, report: Report) -> None:
        done = {outcome.uid for outcome in report.outcomes if outcome.result is Result.DONE}
        deletes = sum(c.counted and c.action is Action.DELETE and c.uid in done for c in report.plan.changes)
        today = self.now.astimezone(ZONE).date()
        ahead = len(future_events(report.memory.events, today=today, zone=ZONE)) + deletes
        self.most_ahead = max(self.most_ahead, ahead)
        self.counted = [(at, n) for at, n in self.counted if (today - at.astimezone(ZONE).date()).days < 7]
        self.counted.append((self.now, deletes))
        assert sum(n for _, n in self.counted) <= max(3, self.most_ahead * 30 // 100)

    def teardown(self) -> None:
        """Once all is well again, two runs put everything right and the third writes nothing."""
        self.world.heal()
        self.fuse.left = None
        self.now += timedelta(hours=1)
        memory = self.store.load()
        if memory.runs.not_before is not None:
            self.now = max(self.now, memory.runs.not_before)
        for _ in range(2):
            report = self.must_run()
        report = self.must_run()
        assert report.plan.writes == (), [(c.action, c.summary, c.fields, c.reason) for c in report.plan.writes]

    def must_run(self) -> Report:
        if not self.rows:
            self.rows["Acme"] = a_row("Acme")
        before = self.world.uids()
        self.now = self.world.at(self.now) + timedelta(minutes=1)
        self.world.at(self.now)
        try:
            report = self._run(False)
        except GuardStop:
            report = self._run(True)
        self.check(before, report)
        return report


class MemoryHistories(Histories):
    """With a real state file."""

    def __init__(self) -> None:
        self.folders: list[TemporaryDirectory[str]] = []
        super().__init__()

    def open_store(self) -> StateStore:
        self.close_store()
        self.folders.append(TemporaryDirectory())
        return SqliteState(Path(self.folders[-1].name) / "state.sqlite")

    def close_store(self) -> None:
        """Leave nothing open and nothing lying about."""
        if self.folders:
            assert isinstance(self.store, SqliteState)
            self.store.close()
            self.folders.pop().cleanup()

    def teardown(self) -> None:
        """As ever, then tidy up."""
        try:
            super().teardown()
        finally:
            self.close_store()


class StubHistories(Histories):
    """On a server with at most one bad habit."""

    def open_world(self) -> World:
        return StubWorld(frozenset())

    @initialize(habit=st.sampled_from(["", *CALM_HABITS]))
    def pick_habit(self, habit: str) -> None:
        self.world = StubWorld(frozenset({habit} - {""}))
        self.world.fuse = self.fuse


class RadicaleHistories(Histories):
    """On a real server."""

    server: ClassVar[Server]

    def open_world(self) -> World:
        return ServerWorld(self.server, self.server.make_calendar(f"history{type(self).histories}"))


class GoogleHistories(Histories):
    """In a calendar of Google's, through its Calendar API."""

    google: ClassVar[GoogleEmulator]

    def open_world(self) -> World:
        return GoogleWorld(self.google)


@pytest.fixture(autouse=True)
def advice_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same advice for every run: reading it takes longer than a whole run here."""
    advice = load_advice(SETTINGS)
    monkeypatch.setattr("sync.run.load_advice", lambda settings, **texts: advice)
    monkeypatch.setattr("sync.reconcile.rebuilding.MANY", 100_000)


def tell(machine: type[Histories]) -> None:
    sys.stderr.write(f"\n{machine.__name__}: {machine.histories} histories, {machine.runs} runs\n")


def play(machine: type[Histories], histories: int, steps: int = 25) -> None:
    chosen = hypothesis_settings(max_examples=histories, stateful_step_count=steps, deadline=None, phases=PHASES)
    run_state_machine_as_test(machine, settings=chosen)
    tell(machine)


def test_histories_in_memory() -> None:
    play(MemoryHistories, 60)


def test_histories_on_the_stub() -> None:
    play(StubHistories, 300)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with radicale(tmp_path) as running:
        yield running


def test_histories_on_radicale(server: Server) -> None:
    RadicaleHistories.server = server
    play(RadicaleHistories, 20, steps=10)


def test_histories_at_google() -> None:
    with running_google() as google:
        GoogleHistories.google = google
        play(GoogleHistories, 60)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(10))
def test_ten_thousand_histories_on_the_stub(part: int) -> None:
    class Part(StubHistories):
        """Its own histories, counted by themselves."""

    play(seed(part)(Part), 1_000, steps=30)
