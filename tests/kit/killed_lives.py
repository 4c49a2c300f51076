"""A seeker's life lived twice: once with runs that end in the middle, once undisturbed. Both must come to the same.

The same sheet edits and the same reactions of the user happen on both sides at the same times, also between a run that
was ended and the next one. A side is a calendar (a `World`) and a real state file. What ends a run:

| way         | what happens                                                                      |
| ----------- | --------------------------------------------------------------------------------- |
| killed      | the process is gone at a request or a commit: SIGKILL, SIGTERM, power              |
| interrupted | Ctrl-C there: what handles it still runs                                           |
| unwritable  | from there on nothing can be written into the state: a full disk, a folder gone   |

A `wide` life also has edits in the very second of a run, and `clear` and `undo`, which end in the middle like a run and
are then said again.

What must hold: every title, note, tick, drag, removed alarm and deletion of the user's is there at the end
as in the undisturbed life, nothing stands twice, no UID that was deleted is used again, what has guests and what is
foreign is not touched, and a further run writes nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TypeVar

from conftest import at
from runner import a_row, a_table, settings_with
from worlds import BurningStore, Edit, Fuse, Killed, World

from connectors.memory import MemorySource
from connectors.sqlite_state import SqliteState
from sync.errors import FollowupError, TargetError
from sync.models import Action, Change, Observation, RemoteEvent
from sync.moments import sortable
from sync.protocols import HoldsConnections
from sync.reconcile.changes import DONE_MARK
from sync.reconcile.marker_lines import acted_on, our_part, user_part
from sync.repair import clear, undo
from sync.run import Report, run

T = TypeVar("T")
WAYS = ("killed", "interrupted", "unwritable")
SETTINGS = settings_with("[limits]\nmax_delete_floor = 50\ndaily_touches = 3\n", target="details = 'full'")
GENTLE = ("title", "note", "alarm", "guest")
"""What moves no other event: who gets which of the last free places of a day may depend on who came first."""
KINDS = ("tick", "tick", "drag", "drag", "delete", "title", "note", "alarm", "untick", "guest")


@dataclass
class Trouble(Fuse):
    """A fuse that ends the run in one of `WAYS`."""

    how: str = "killed"
    gone: bool = False
    full: bool = False

    def light(self, how: str, left: int) -> None:
        """The next run ends after so many steps."""
        self.how, self.left, self.steps = how, left, 0

    def put_out(self) -> bool:
        """All is well again; whether anything had happened."""
        struck = self.left is None
        self.left, self.gone, self.full = None, False, False
        return struck

    def burn(self) -> None:
        """One step."""
        if self.gone:
            raise Killed
        self.steps += 1
        if self.left is None:
            return
        if self.left > 0:
            self.left -= 1
            return
        self.left = None
        self.gone, self.full = self.how == "killed", self.how == "unwritable"
        if self.how == "killed":
            raise Killed
        if self.how == "interrupted":
            raise KeyboardInterrupt


@dataclass
class TroubledStore(BurningStore):
    """A state that may have become unwritable."""

    def _around(self, step: Callable[[], T]) -> T:
        self.fuse.burn()
        assert isinstance(self.fuse, Trouble)
        if self.fuse.full:
            raise TargetError("the state file cannot be written (the disk is full)")
        result = step()
        self.fuse.burn()
        return result


Identity = tuple[str, ...]
REACTIONS: tuple[tuple[str, Identity], ...] = (
    ("tick", ("globex\tanalyst", "R-001-1", "", "1")),
    ("drag", ("umbrella\tanalyst", "R-004-4", "", "11")),
    ("delete", ("acme\tanalyst", "R-001-12", "", "2")),
    ("title", ("self", "R-001-14", "", "1")),
    ("note", ("initech\tanalyst", "R-001-1", "", "1")),
    ("alarm", ("bluth\tanalyst", "R-001-1", "", "1")),
    ("guest", ("umbrella\tanalyst", "R-004-6", "", "1")),
    ("tick", ("self", "R-000-4", "", "1")),
)
AFTERWARDS: tuple[tuple[str, Identity], ...] = (
    ("note", ("umbrella\tanalyst", "R-004-4", "", "11")),
    ("title", ("bluth\tanalyst", "R-001-1", "", "1")),
    ("drag", ("self", "R-001-14", "", "1")),
)
FULL_SHEET = (
    a_row("Acme", "2027-01-08"),
    a_row("Globex", "2027-01-08", contact_name=""),
    a_row("Umbrella", "2026-12-28", status="interview", interview_at="2027-01-12 10:00"),
    a_row("Piper", "", status="idea", received_at="2027-01-11"),
    a_row("Initech", "2027-01-06"),
    a_row("Bluth", "2027-01-07"),
)
Shown = tuple[object, ...]


@dataclass(eq=False)
class Side:
    """One of the two lives: its calendar and its state."""

    world: World
    store: SqliteState
    trouble: Trouble = field(default_factory=Trouble)
    seen: set[str] = field(default_factory=set)
    burnt: set[str] = field(default_factory=set)
    guests: dict[str, RemoteEvent] = field(default_factory=dict)
    known: dict[str, RemoteEvent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world.fuse = self.trouble

    def run(self, rows: Sequence[dict[str, str]], now: datetime) -> Report | None:
        """One run; None where it did not get to its end."""
        return self.call(partial(run, source=MemorySource(a_table(rows)), write=True), now)

    def call(self, command: Callable[..., Report], now: datetime, *, again: bool = False) -> Report | None:
        """A command that writes; None where it did not get to its end, or has nothing left to do when said `again`."""
        self.world.at(now)
        target = self.world.target
        try:
            return command(
                SETTINGS, target=target, store=TroubledStore(self.store, self.trouble), now=now,
                deadline=now + timedelta(minutes=5),
            )  # fmt: skip
        except (FollowupError, Killed, KeyboardInterrupt):
            if not again and self.trouble.left is None and not (self.trouble.gone or self.trouble.full):
                assert self.trouble.how == "interrupted"
            return None
        finally:
            if isinstance(target, HoldsConnections):
                target.close()
            self.store.close()

    def look(self) -> Observation:
        """What a person sees in the calendar now."""
        target = self.world.target
        with contextlib.ExitStack() as closing:
            if isinstance(target, HoldsConnections):
                closing.callback(target.close)
            observation = target.observe(self.known)
            self.known = dict(observation.events)
        assert not observation.unreadable
        there = set(observation.events)
        self.burnt |= self.seen - there
        self.seen |= there
        assert not there & self.burnt, "a UID that was deleted is used again"
        assert self.world.foreign_is_whole(), "a foreign event was touched"
        for uid, before in self.guests.items():
            assert observation.events[uid].snapshot == before.snapshot, "an event with guests was touched"
        return observation

    def names(self) -> dict[str, Identity]:
        """What each event is about, by UID; all events of one identity are one to a person."""
        return {
            uid: (touch.lead_key, touch.rule, touch.party, str(touch.round))
            for uid, touch in self.store.load().touches.items()
        }


LATER = re.compile("^Done this week: .*$", re.M)
"""What was done when the review was last written depends on which run came to it first."""
OVER = re.compile(f"^({DONE_MARK}|Closed: )")
"""What our mark says of an event that is over: done in the sheet, or closed, by what the last whole run saw."""
DRAGGED = 7
"""The minute of every drag; ours are quarters of an hour, and which one is free depends on who came first."""


def shown(event: RemoteEvent) -> Shown:
    """All that a person sees of an event and acts on: the rest is of the last write, whenever that was."""
    shot = event.snapshot
    text = "" if shot.status == "TENTATIVE" else acted_on(our_part(shot.description))
    placed = shot.start if isinstance(shot.start, datetime) and shot.start.minute == DRAGGED else f"{shot.start:%F}"
    return (
        placed, OVER.sub("", shot.summary), shot.status, shot.our_alarm, shot.hands_off, user_part(shot.description),
        LATER.sub("", text),
    )  # fmt: skip


def told(key: tuple[Identity, Shown]) -> str:
    """One event in a line."""
    name, (start, title, *rest) = key
    return f"{'/'.join(name)} {start} “{title}” {rest}"


def leaves_something(writes: Sequence[Change]) -> bool:
    """Whether an undo of these writes has something to bring back: not an alarm alone, nor what was made anew."""
    made = {change.summary for change in writes if change.action is Action.CREATE}
    gone = [change for change in writes if change.action is Action.DELETE and change.summary not in made]
    return bool(gone) or any(c.action is Action.UPDATE and c.fields != ("alarm",) for c in writes)


def day(date: datetime) -> str:
    return date.date().isoformat()


@dataclass
class Life:
    """One random life, the same for one seed."""

    seed: int
    hurt: Side
    whole: Side
    rounds: int = 1
    kinds: Sequence[str] = KINDS
    wide: bool = False
    random: Random = field(init=False)
    now: datetime = field(default_factory=lambda: at("2027-01-11", "09:01"))
    rows: list[dict[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)
    names: dict[str, Identity] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    """Those that the user gave."""

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def live(self) -> None:
        """The whole of it."""
        try:
            self._live()
        except AssertionError as error:
            raise AssertionError("\n".join([f"life {self.seed}", *self.told, str(error)])) from error
        finally:
            self.hurt.store.close()
            self.whole.store.close()

    def _live(self) -> None:
        self.rows = list(sheet(self.random))
        if crowded := self.random.random() < 0.2:
            self.kinds = GENTLE
            self.rows += [a_row(f"Same {number}", "2027-01-08") for number in range(4)]
        self.tell(f"sheet: {[row['company'] for row in self.rows]}")
        self.runs(kills=self.random.choice((0, 1, 1, 2)))
        for _ in range(self.rounds):
            self.now += timedelta(days=self.random.choice((0, 1, 1, 2, 3)), hours=self.random.choice((0, 0, 1, 3)))
            self.react(self.random.randint(1, 4))
            for _ in range(0 if crowded else self.random.randint(0, 2)):
                self.edit_sheet()
            self.runs(kills=self.random.choice((1, 1, 2, 3)))
            if self.wide and self.random.random() < 0.4:
                self.random.choice((self.clear, self.undo))()
        self.compare()
        self.must_be_quiet()

    def must_be_quiet(self) -> None:
        """A further run writes nothing on either side."""
        for side in (self.whole, self.hurt):
            report = side.run(self.rows, self.now)
            assert report is not None
            quiet = [(c.action.value, c.summary, c.fields) for c in report.plan.writes]
            assert quiet == [], f"a further run of the {'hurt' if side is self.hurt else 'whole'} life writes {quiet}"

    def runs(self, *, kills: int) -> None:
        """Runs that are ended in the middle, with reactions between them, and at last one that is not."""
        for number in range(kills + 1):
            left = self.random.randint(0, 30)
            if number < kills:
                self.hurt.trouble.light(how := self.random.choice(WAYS), left)
            report, other = self.hurt.run(self.rows, self.now), self.whole.run(self.rows, self.now)
            assert other is not None
            struck = self.hurt.trouble.put_out() and number < kills
            self.ended[how if struck else "not"] += 1
            self.tell(f"{self.now:%a %H:%M} run" + (f", {how} after {left} steps" if struck else ""))
            assert struck or report is not None
            self.tell("    wrote " + str([(c.action.value, c.summary, c.fields) for c in other.plan.writes]))
            self.now += timedelta(minutes=self.random.choice((0, 1)) if self.wide else 1)
            if number < kills:
                self.react(self.random.choice((0, 0, 1, 2)))

    def clear(self) -> None:
        """The calendar is emptied; the next run fills it again."""
        self.repair("clear", dict.fromkeys((self.hurt, self.whole), clear))

    def undo(self) -> None:
        """The sheet says something else, a run follows it, and what that run did is taken back."""
        self.edit_sheet()
        self.now += timedelta(minutes=1)
        reports = [side.run(self.rows, self.now) for side in (self.hurt, self.whole)]
        assert all(reports)
        if any(leaves_something(report.plan.writes) for report in reports if report):
            source = MemorySource(a_table(self.rows))
            ways = {s: partial(undo, source=source, run=s.store.copies()[0]) for s in (self.hurt, self.whole)}
            self.repair("undo", ways)

    def repair(self, name: str, command: Mapping[Side, Callable[..., Report]]) -> None:
        """A command on both sides. Where it ends in the middle, a minute later it is said again."""
        self.now += timedelta(minutes=1)
        assert self.whole.call(command[self.whole], self.now) is not None
        self.hurt.trouble.light(how := self.random.choice(WAYS), left := self.random.randint(0, 15))
        report = self.hurt.call(command[self.hurt], self.now)
        struck = self.hurt.trouble.put_out()
        assert struck or report is not None
        self.tell(f"{self.now:%a %H:%M} {name}" + (f", {how} after {left} steps" if struck else ""))
        if struck:
            self.ended[f"{how} in {name}"] += 1
            self.now += timedelta(minutes=1)
            self.hurt.call(command[self.hurt], self.now, again=True)
        self.look()

    def look(self) -> None:
        """Somebody looks at both calendars; what is gone from then on must not come back."""
        self.hurt.look(), self.whole.look()

    def compare(self) -> None:
        """The last run is over: both lives are the same."""
        report, other = (side.run(self.rows, self.now) for side in (self.hurt, self.whole))
        assert report is not None
        assert other is not None
        hurt, whole = self.calendar(self.hurt), self.calendar(self.whole)
        wrong = [
            f"  {'+' if c > 0 else '-'} {told(key)}" for key, c in sorted(difference(hurt, whole).items(), key=str)
        ]
        assert not wrong, "more (+) or less (-) than in the undisturbed life:\n" + "\n".join(wrong)

    def calendar(self, side: Side) -> Counter[tuple[Identity, Shown]]:
        """Everything a side shows, without UIDs; of later steps beyond the horizon those stay that were there once."""
        names, horizon = side.names(), sortable(self.now + timedelta(days=21))
        self.names |= names
        events = side.look().events.items()
        near = {u: e for u, e in events if e.snapshot.status != "TENTATIVE" or sortable(e.snapshot.start) <= horizon}
        return Counter((names.get(uid, ("?", uid)), shown(event)) for uid, event in near.items())

    def live_through(self, how: str, left: int) -> bool:
        """A day with a reaction of every kind, and a run that answers to all of them and is ended at this step.

        False where the run had fewer steps.
        """
        self.rows = [dict(row) for row in FULL_SHEET]
        self.runs(kills=0)
        for kind, name in REACTIONS:
            self.react_by_name(kind, name)
        self.rows[0]["last_outbound"] = "2027-01-11"
        self.rows[4]["status"] = "rejected"
        self.now += timedelta(days=1)
        self.hurt.trouble.light(how, left)
        self.hurt.run(self.rows, self.now)
        assert self.whole.run(self.rows, self.now) is not None
        struck = self.hurt.trouble.put_out()
        self.now += timedelta(minutes=1)
        for kind, name in AFTERWARDS:
            self.react_by_name(kind, name)
        self.compare()
        self.must_be_quiet()
        return struck

    def react_by_name(self, kind: str, name: Identity) -> None:
        """A reaction to one event, where it stands on both sides."""
        hurt, whole = self.hurt.look().events, self.whole.look().events
        (other,) = (uid for uid, known in self.whole.names().items() if known == name and uid in whole)
        for uid, known in self.hurt.names().items():
            if known == name and uid in hurt:
                self.react_to(name, hurt[uid], whole[other], kind)

    # --- the user --------------------------------------------------------------------------------------------

    def react(self, times: int) -> None:
        """Reactions to events that stand on both sides, one to each."""
        if not times:
            return
        hurt, whole = self.hurt.look().events, self.whole.look().events
        there = {name: uid for uid, name in self.whole.names().items() if uid in whole}
        known = {uid: name for uid, name in self.hurt.names().items() if uid in hurt and "heartbeat" not in name}
        free = sorted(uid for uid, name in known.items() if name in there and not hurt[uid].snapshot.hands_off)
        for uid in self.random.sample(free, min(times, len(free))):
            self.react_to(known[uid], hurt[uid], whole[there[known[uid]]], self.random.choice(self.kinds))

    def react_to(self, name: Identity, mine: RemoteEvent, other: RemoteEvent, kind: str) -> None:
        """The same reaction on both sides."""
        if kind not in ("title", "drag") and shown(mine) != shown(other):
            kind = "note"  # what the ended run was to change: done, gone or left alone there would mean something else
        memory = self.hurt.store.load()
        known = memory.events.get(mine.uid)
        seen = known.observed.snapshot.summary if known and known.observed else ""
        answered = not memory.intents and mine.snapshot.summary == seen
        if kind in ("title", "tick", "untick", "delete") and mine.snapshot.summary in self.titles and not answered:
            kind = "note"  # a tick that no run has answered to and that is gone again is known to nobody
        if kind == "alarm" and any(intent.uid == mine.uid for intent in memory.intents):
            kind = "note"  # an alarm taken off right after the killed run gave it: as if that write had never come
        if kind == "drag" and name[1] == "R-001-2":
            kind = "note"  # behind the interview that it confirms: what follows keeps the day it was given first
        made = any(intent.done for intent in memory.intents if intent.uid == mine.uid)
        certain = made or (known is not None and known.observed is not None)
        if kind == "delete" and not certain and mine.snapshot.status == "TENTATIVE":
            kind = "note"  # nobody knows that it was made, and it is made anew only once its day comes nearer
        if kind == "delete":
            self.hurt.world.delete(mine.uid)
            if certain:
                self.whole.world.delete(other.uid)
            self.tell(f"    user deletes {name}" + ("" if certain else ", which nobody can know was made"))
            return
        change = self.an_edit(kind)
        self.tell(f"    user: {kind} {name} “{mine.snapshot.summary}” {change.start or ''}")
        for side, uid in ((self.hurt, mine.uid), (self.whole, other.uid)):
            side.world.at(self.now)
            side.world.edit(uid, change)
            self.titles |= {change.title} if change.title else set()
            if kind == "guest":
                side.guests[uid] = side.look().events[uid]

    def an_edit(self, kind: str) -> Edit:
        match kind:
            case "tick":
                return Edit(title="✓ done it")
            case "untick":
                return Edit(title="not yet")
            case "title":
                return Edit(title=f"My own title {self.random.randint(1, 9)}")
            case "note":
                return Edit(note=f"my note {self.random.randint(1, 9)}")
            case "alarm":
                return Edit(no_alarm=True)
            case "guest":
                return Edit(guest="friend@example.org")
        there = (self.now + timedelta(days=self.random.randint(1, 9))).replace(
            hour=self.random.randint(9, 18), minute=DRAGGED
        )
        return Edit(start=there)

    # --- the sheet -------------------------------------------------------------------------------------------

    def edit_sheet(self) -> None:
        """One change of the sheet."""
        row = self.random.choice(self.rows)
        changes: list[dict[str, str]] = [
            {"status": "rejected"},
            {"status": "interview", "interview_at": f"{day(self.now + timedelta(days=2))} 10:00"},
            {"last_outbound": day(self.now)},
            {"applied_on": "2027-01-07"},
            {"follow_up_on": day(self.now + timedelta(days=3))},
            {"notes": "she likes rowing"},
            {"status": "on_hold"},
        ]
        change = self.random.choice(changes)
        row.update(change)
        self.tell(f"    sheet: {row['company']} {change}")
        if self.random.random() < 0.3:
            self.rows.append(a_row(f"New {len(self.rows)}", day(self.now)))
            self.tell(f"    sheet: + {self.rows[-1]['company']}")

    def tell(self, line: str) -> None:
        self.told.append(line)


def difference(one: Counter[T], other: Counter[T]) -> dict[T, int]:
    return {key: one[key] - other[key] for key in one | other if one[key] != other[key]}


def sheet(random: Random) -> Iterator[dict[str, str]]:
    """A few rows of every sort that has events of its own."""
    sorts: list[dict[str, str]] = [
        a_row("Acme", "2027-01-08"),
        a_row("Globex", "2027-01-08", contact_name=""),
        a_row("Initech", "2027-01-05"),
        a_row("Umbrella", "2026-12-28", status="interview", interview_at="2027-01-12 10:00"),
        a_row("Hooli", "2026-12-28", status="interview", interview_at="2027-01-08 15:00"),
        a_row("Piper", "", status="idea", received_at="2027-01-11"),
        a_row("Vehement", "2026-09-01"),
        a_row("Massive", "", status="", contact_kind="network", meeting_on="2027-01-07"),
        a_row("Aviato", "2027-01-06", agency="Staff & Co"),
        a_row("Bluth", "2027-01-06", promised_on="2027-01-13"),
    ]
    yield from random.sample(sorts, random.randint(2, 4))
