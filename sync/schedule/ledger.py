"""What became of every touch: the one place that says whether a remembered touch is over, and that closes one.

A touch is over when it is **done** (ticked, shown by the sheet, or **assumed**: its day passed and nobody here ever
logs), **missed** (its day passed without a sign, or it was given up), or **deleted** by the user. What is done or
missed stays in the calendar as history. Whoever asks later in a run is told what the next run will be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.memory import Reaction, TouchMemory
from sync.moments import day_of

WEEK = timedelta(days=7)
"""A day not longer past than this is still worth offering once."""


class Verdict(Enum):
    """What a touch is against the day it is wanted on."""

    OVER = auto()
    """Done, missed or deleted, as the ledger has it."""
    AHEAD = auto()
    """It stands today or later; or it was never given a day, and the one it is wanted on is not long past."""
    AGAIN = auto()
    """Its day passed without a sign: it is offered once more."""
    PASSED = auto()
    """Its day passed for good, and that is still to be written down."""


class Records(Struct):
    """What is known of every touch: from earlier runs, and what this run wrote down already. Here it is only read."""

    before: Mapping[str, TouchMemory]
    never_logs: bool
    """Whether this is somebody who never writes down what was sent, and never ticks."""
    today: date
    zone: ZoneInfo
    by_lead: dict[str, list[TouchMemory]]
    touches: dict[str, TouchMemory] = {}
    """What this run wrote down, by uid."""

    def all(self) -> Iterable[TouchMemory]:
        """Every touch of this run and of earlier ones, as it is known now."""
        return {**self.before, **self.touches}.values()

    def of(self, lead_key: str) -> Sequence[TouchMemory]:
        """All that is known of this lead's touches."""
        return self.by_lead.get(lead_key, ())

    def find(self, uid: str) -> TouchMemory | None:
        """What is known of this touch."""
        return self.touches.get(uid) or self.before.get(uid)

    def given_on(self, record: TouchMemory | None) -> date | None:
        """The day it was put on."""
        return None if record is None or record.start is None else day_of(record.start, self.zone)

    def stood_on(self, record: TouchMemory | None) -> date | None:
        """The day it stands on in the calendar: where the user moved it, else where it was put."""
        if record is None or record.pinned_to is None:
            return self.given_on(record)
        return day_of(record.pinned_to, self.zone)

    def judge(self, record: TouchMemory | None, wanted: date, *, skipped: bool = False) -> Verdict:
        """What this touch is, or one that nothing is known of, that is wanted on this day.

        `skipped` says that one after it stands already.
        """
        if record is None:
            still_new = timedelta() if self.never_logs or skipped else WEEK
            return Verdict.AHEAD if wanted + still_new >= self.today else Verdict.PASSED
        if is_over(record):
            return Verdict.OVER
        stood = self.stood_on(record)
        if stood is None or stood >= self.today:
            return Verdict.AHEAD
        return Verdict.PASSED if self.never_logs or record.offers > 1 else Verdict.AGAIN


class Ledger(Records):
    """The same, and where it is written down what became of a touch. What is done or missed stands as history."""

    done: set[str] = set()
    missed: set[str] = set()

    def judge(self, record: TouchMemory | None, wanted: date, *, skipped: bool = False) -> Verdict:
        """The same; what is done or missed then stands as history."""
        self.is_history(record)
        return super().judge(record, wanted, skipped=skipped)

    def is_history(self, record: TouchMemory | None) -> bool:
        """Whether it is over; what is done or missed then stands as history."""
        if record is not None and (record.done_on or record.missed):
            self.let_stand(record, done=bool(record.done_on))
            return True
        return was_deleted(record)

    def let_stand(self, record: TouchMemory, *, done: bool) -> None:
        """What the calendar shows of it stays there, as done or as missed; nothing is written down of the touch."""
        (self.done if done else self.missed).add(record.uid)

    def keep(self, record: TouchMemory) -> None:
        """Write down what became of a touch."""
        self.touches[record.uid] = record
        records = self.by_lead.setdefault(record.lead_key, [])
        place = next((place for place, known in enumerate(records) if known.uid == record.uid), len(records))
        records[place:] = [record, *records[place + 1 :]]

    def close(
        self, record: TouchMemory, *, done_on: date | None = None, assumed: bool = False, note: str = ""
    ) -> TouchMemory:
        """A touch is over: done on this day, else missed. What was done stays done."""
        if done_on is None and record.done_on is not None:
            done_on, assumed = record.done_on, record.assumed
        closed = replace(record, done_on=done_on, assumed=assumed, missed=done_on is None, note=note or record.note)
        self.keep(closed)
        self.let_stand(closed, done=not closed.missed)
        return closed

    def let_pass(self, record: TouchMemory, on: date) -> None:
        """Its day passed without a sign: taken as done on this day where nobody ever logs, else missed."""
        if self.never_logs:
            self.close(record, done_on=on, assumed=True)
        else:
            self.close(record)


def open_ledger(touches: Mapping[str, TouchMemory], *, never_logs: bool, today: date, zone: ZoneInfo) -> Ledger:
    """The ledger at the beginning of a run."""
    by_lead: dict[str, list[TouchMemory]] = {}
    for touch in touches.values():
        by_lead.setdefault(touch.lead_key, []).append(touch)
    return Ledger(touches, never_logs, today, zone, by_lead)


def read_only(ledger: Ledger) -> Records:
    """What this ledger holds, now and later in the run, for those who only look."""
    return Records(ledger.before, ledger.never_logs, ledger.today, ledger.zone, ledger.by_lead, ledger.touches)


def take_up_pins(touches: Mapping[str, TouchMemory], *, today: date, zone: ZoneInfo) -> dict[str, TouchMemory]:
    """The touches as they were moved by the user to days that a clock that was ahead had taken for past."""
    return {
        uid: replace(touch, reaction=Reaction.DRAGGED, pinned_to=touch.let_go, let_go=None)
        if touch.let_go is not None and day_of(touch.let_go, zone) >= today and not is_over(touch)
        else touch
        for uid, touch in touches.items()
    }


def was_deleted(touch: TouchMemory | None) -> bool:
    """Whether the user took it out of the calendar."""
    return touch is not None and touch.reaction is Reaction.DELETED


def is_over(record: TouchMemory) -> bool:
    """Whether nothing is to come of it any more."""
    return bool(record.done_on) or record.missed or was_deleted(record)


def over_day(record: TouchMemory) -> date | None:
    """The day a touch that is over counts for; None while it is open."""
    return day_counted(record) if is_over(record) else None


def day_counted(record: TouchMemory) -> date | None:
    """The day a touch counts for once it is over."""
    return record.done_on or record.planned or record.raw
