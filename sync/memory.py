"""What a run remembers of the runs before it: a value, loaded before and committed after.

The sheet says what is, not what was. Memory keeps what only time shows: when a lead was first seen, which stages it
went through, which start a touch was given, how the user reacted, and three views of every event:
*desired* (what we last wrote), *observed* (what the server returned right after), and, in the run, *current*.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from sync.errors import SourceError
from sync.models import Action, Event, Finding, Moment, RemoteEvent, Stage, Stamp, Written


class StageSeen(Struct, frozen=True):
    """A stage and the day we first saw the lead in it."""

    stage: Stage
    on: date


class InterviewSeen(Struct, frozen=True):
    """One round: it rises when `interview_at` changes after the old interview has ended."""

    round: int
    at: Moment


class LeadMemory(Struct, frozen=True):
    """What we know of one lead beyond its row. `applied_on` and the like are as last seen.

    `generation` counts the lead's application ladders. The five identity cells let a corrected spelling be recognised.
    """

    key: str
    first_seen: datetime
    id: str = ""
    company: str = ""
    role: str = ""
    contact: str = ""
    url: str = ""
    applied_on: date | None = None
    interview_at: Moment | None = None
    promised_on: date | None = None
    follow_up_on: date | None = None
    stages: tuple[StageSeen, ...] = ()
    interviews: tuple[InterviewSeen, ...] = ()
    again: Mapping[str, InterviewSeen] = {}
    """Other facts that may happen again (a meeting, a message, a promise), by field: which time it is."""
    generation: int = 0
    written: Mapping[str, Written] | None = None
    """Its cells that name a day from where their writer stood ("Tuesday"), by field, and since when they do so.

    None where they were not looked for yet: then nobody knows how old they are.
    """
    triaged: bool = False
    """Named in the first run's triage: its past ladder and old obligations make no events of their own."""


class Reaction(StrEnum):
    """What the user did to a follow-up in the calendar."""

    TICKED = "ticked"
    DRAGGED = "dragged"
    DELETED = "deleted"


class Pin(Struct, frozen=True):
    """Where the user had moved a touch before the last word said so; `told` where that was said, too."""

    to: Moment
    told: bool = False


class TouchMemory(Struct, frozen=True):
    """What was decided about one touch and how the user reacted.

    `start` is the start we gave it; a start once given for a day is kept. `day` is the day levelling gave.
    `planned` is the first day it was offered on. `pinned_to` and `pinned_fact` belong to a drag: the time the user
    chose and the value of the fact it hangs on; when the fact changes, the pin is released.
    """

    uid: str
    lead_key: str
    rule: str
    party: str = ""
    round: int = 0
    generation: int = 0
    step: int = 0
    start: Moment | None = None
    planned: date | None = None
    raw: date | None = None
    """The day the rule alone gives, before guard and levelling; a levelled day is kept only while this holds."""
    offers: int = 1
    late: bool = False
    """Whether `start` was after its deadline by the clock that gave it; it is not late because others came first."""
    move: str = ""
    turn: int | None = None
    """Which way of saying it was taken; None where none was."""
    published: bool = False
    alarm: bool = False
    reaction: Reaction | None = None
    reacted_on: date | None = None
    fact: str = ""
    """The text of the fact it hung on when it was last planned."""
    pinned_to: Moment | None = None
    pinned_fact: str = ""
    pins_before: tuple[Pin, ...] = ()
    """What a snooze that is taken back goes back to, the last one last."""
    let_go: Moment | None = None
    """Where the user had moved it, until that day passed; what a clock that was ahead let go is taken up again."""
    done_on: date | None = None
    """The day it was done, by tick or assumed; None while open."""
    assumed: bool = False
    missed: bool = False
    note: str = ""
    """Facts of a self event that was written once: the leads it names."""
    told: bool = False
    """The reaction was said to `followup done`, `snooze` or `skip`, not seen in the calendar."""
    said: str = ""
    """The user's own note to `followup done`."""


class WordKind(StrEnum):
    """What the user says about a follow-up on the command line."""

    DONE = "done"
    SNOOZE = "snooze"
    SKIP = "skip"
    TAKEN_BACK = "taken back"


class Word(Struct, frozen=True):
    """Something said about one event, which the next run takes like an edit in the calendar.

    `on` is the day it was done, or the day it is to move to; `note` is the user's own text.
    """

    uid: str
    kind: WordKind
    on: date | None = None
    note: str = ""


class Heard(Struct, frozen=True):
    """What a cell of the sheet said about a follow-up when it was last read: each value is taken once.

    `on` is the day it was done (for a check box: first seen), or the day it is to move to. `waits` is set while there
    is nothing yet that it could mean.
    """

    value: str
    on: date
    uids: tuple[str, ...] = ()
    waits: bool = False


class Refusal(Struct, frozen=True):
    """Content that a calendar server rejected, and when."""

    event: Event
    at: datetime


class EventMemory(Struct, frozen=True):
    """One event of ours: what we wrote, what the server returned after it, and its revision marks.

    `gone` is set once it was deleted, by us or by the user (`Reaction.DELETED` on the touch then): the UID is burnt.
    """

    uid: str
    desired: Event
    stamp: Stamp
    observed: RemoteEvent | None = None
    gone: bool = False
    kept: frozenset[str] = frozenset()
    """Fields the user changed: theirs from then on, however our plan changes."""
    closed: bool = False
    """Kept as history or for the user's own text: its reason is gone and its alarm is off."""
    revived: bool = False
    """The user dragged it to a coming day when its own had passed: it stays there, even where no plan holds it."""
    refused: Refusal | None = None
    """What the server rejected when it was last sent: the same is not sent again for a while."""
    restored: str | None = None
    """Brought back by `undo`: kept as it is while the row's digest is still this one (empty: no such row)."""

    @property
    def stands_at(self) -> Moment:
        """Its start in the calendar at the last look, else the one we want."""
        return self.desired.start if self.observed is None else self.observed.snapshot.start


class Intent(Struct, frozen=True):
    """A write of a run that did not end: what was about to happen. Its result is unknown until read back."""

    run: int
    action: Action
    uid: str
    event: Event | None
    stamp: Stamp | None
    before: RemoteEvent | None
    after: EventMemory | None = None
    """What is remembered of the event once it is written, without the copy read back."""
    done: bool = False
    """The write is known to have happened."""
    ended: bool = False
    """Its run came to its end and says that it does not know."""


class RunRecord(Struct, frozen=True):
    """One run of the journal that wrote: how many events it made, changed and took out.

    `copies` of them were kept as they had been, and can be brought back where that changes anything. Without an exit
    code the run did not come to its end.
    """

    run: int
    started: datetime
    exit_code: int | None = None
    created: int = 0
    updated: int = 0
    deleted: int = 0
    copies: int = 0


class DeletesOfDay(Struct, frozen=True):
    """A day of the guard's window: counted deletes, and how many future events there were before its first run."""

    day: date
    deleted: int
    future_before: int


class Stop(Struct, frozen=True):
    """A run that ended with an error before it wrote anything."""

    at: datetime
    exit_code: int
    message: str


class Probed(Struct, frozen=True):
    """What `check --live` found out about the calendar at this address: the runs after it heed it."""

    target: str
    at: datetime
    findings: tuple[Finding, ...]


class Text(StrEnum):
    """What is kept as a text from run to run. These names stand in people's state: none of them ever changes."""

    MAPPING = "mapping"
    """Which header every field was read from, as JSON."""
    END = "end"
    """How many rows the sheet had, and how its text ended (`guards`)."""
    SHEET_BOOKMARK = "sheet bookmark"
    CALENDAR_BOOKMARK = "calendar bookmark"
    """What the next reading of either begins with (`Resumes`)."""
    RULES = "rules"
    WORDS = "words"
    """Digests of the settings that may take events away, and of those that change their texts."""
    UNCLEAR = "unclear"
    """The statuses that were asked about, as JSON."""
    HELD = "held deletes said"
    """The last day on which the guard spoke in the calendar, and what it said (`held`)."""


class RunMemory(Struct, frozen=True):
    """What we know of the runs themselves: whose they are, when they were, what they counted, said and left open.

    `first_run` is None before the first run: a status seen then is no change of status.
    """

    owner: str = ""
    source: str = ""
    target: str = ""
    first_run: datetime | None = None
    last_run: datetime | None = None
    last_good_run: datetime | None = None
    not_before: datetime | None = None
    """No request before this instant: a server asked for it (Retry-After)."""
    counters: Mapping[str, int] = {}
    """Running counts of the seeker's own events and of endless rules."""
    texts: Mapping[str, str] = {}
    """By their name in `Text`; see `text`."""
    deletes: tuple[DeletesOfDay, ...] = ()
    stops: tuple[Stop, ...] = ()
    """The last runs that ended before they wrote, oldest first."""
    held: str = ""
    """The guard's sentence of the last run, where it held deletes back."""
    unread: tuple[str, ...] = ()
    """Rows of which a cell could not be read in the last run."""
    unreadable: tuple[str, ...] = ()
    """What was said about events of ours that could not be read in the last run."""
    strays: tuple[str, ...] = ()
    """UIDs of events with our mark that were in no plan in the last run."""
    probed: Probed | None = None
    words: tuple[Word, ...] = ()
    """What was said since the last run, in that order."""
    heard: Mapping[str, Heard] = {}
    """What the sheet said of follow-ups, by field and lead key."""

    def day_before(self, zone: tzinfo) -> date | None:
        """The day of the last run that read the sheet, in the seeker's zone; None before the first."""
        return None if self.last_good_run is None else self.last_good_run.astimezone(zone).date()

    def text(self, name: Text, otherwise: str = "") -> str:
        """What is kept under this name."""
        return self.texts.get(name.value, otherwise)

    def with_texts(self, **texts: str) -> RunMemory:
        """The same with these texts, by the names of `Text` members."""
        return replace(self, texts={**self.texts, **{Text[name].value: text for name, text in texts.items()}})

    def without(self, names: Iterable[Text]) -> RunMemory:
        """The same without these texts."""
        left = {name.value for name in names}
        return replace(self, texts={name: text for name, text in self.texts.items() if name not in left})

    @property
    def mapped(self) -> Mapping[str, str]:
        """Which header every field was read from in the last run."""
        return json.loads(self.text(Text.MAPPING, "{}"))  # type: ignore[no-any-return]

    @property
    def sheet_asked(self) -> bool:
        """Whether `not_before` is what the sheet's server asked for: then the last run is one that stopped there."""
        last = self.stops[-1] if self.stops else None
        stopped = last is not None and (self.last_run is None or last.at > self.last_run)
        return stopped and last is not None and last.exit_code == SourceError.exit_code


class Memory(Struct, frozen=True):
    """Everything remembered, by lead key and by uid. The state stores the first four as they are."""

    runs: RunMemory = RunMemory()
    leads: Mapping[str, LeadMemory] = {}
    touches: Mapping[str, TouchMemory] = {}
    events: Mapping[str, EventMemory] = {}
    intents: tuple[Intent, ...] = ()
    lost: bool = False
    """The state was lost or corrupt: events are adopted, nothing is deleted in this run."""

    @property
    def ever_ticked(self) -> bool:
        """Somebody who ticked once keeps a log: nothing is assumed done for them."""
        return any(touch.reaction is Reaction.TICKED for touch in self.touches.values())
