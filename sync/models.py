"""The values that pass between the steps of a run. All frozen; none knows a file, a server or the clock.

Vocabulary, in the order of the pipeline:

- **Table, Row**: the sheet as read, before anybody knows what its columns mean.
- **Lead**: a row understood: someone to follow up, with stage and dates.
- **Problem**: one cell that could not be understood. **Note**: a remark without a change.
- **Touch**: one step of the advice for one lead at one time. **Schedule**: all touches of a run.
- **Event**: the calendar form of a touch, as we want it. **Snapshot**: the same fields as a server returned them.
- **Change, Plan, Outcome**: a difference to carry out, all of them, and what became of each.

A date is not a datetime. Every datetime is zone-aware. A `Moment` that is only a date has no hour in the sheet.
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    Moment = date | datetime
else:

    class Moment(ABC):  # noqa: B024 - no interface, a name for what `date` is
        """A date-only cell stays a date; a cell with an hour is an aware datetime.

        A class of its own at run time, since in JSON both are text and msgspec cannot tell which of two is meant: it
        asks whoever reads (`connectors.sqlite_state`).
        """

    Moment.register(date)


# --- the sheet as read ---------------------------------------------------------------------------------------


class CellError(Struct, frozen=True):
    """A cell that holds the spreadsheet's own error (`#REF!`). Never the same as an empty cell."""

    text: str


CellValue = str | int | float | bool | date | datetime | time | CellError
"""What a source may hand over: text as kept, or a typed value where the sheet has types. Naive datetimes."""


# `gc=False` for what a sheet has by the thousand: values that hold values never make a cycle.
class Row(Struct, frozen=True, gc=False):
    """One line of the sheet. `number` is the one a person sees there; `links` holds hyperlinks by column index."""

    number: int
    values: tuple[CellValue, ...]
    links: Mapping[int, str] = {}
    hidden: bool = False
    address: str = ""
    """A link straight to this row, where the source has such links."""


MAX_COLUMNS = 1_000
"""A table is read so many columns wide."""


class Table(Struct, frozen=True):
    """A whole sheet, header rows included. `name` begins every reference (`leads.csv:7`)."""

    name: str
    rows: tuple[Row, ...]
    notes: tuple[Remark, ...] = ()
    """What the source decided while reading (encoding, delimiter) and a person should be able to see."""
    zone: str | None = None
    """The sheet's own IANA zone, where it has one."""
    locale: str = ""
    """The sheet's own locale (`en_US`), where it has one."""
    tabs: tuple[str, ...] = ()
    """The titles of all tabs, where the source has several."""
    delimited: bool = False
    """Cells are told apart by a separator: in a row wider than the header they have shifted."""
    end: str = ""
    """A text's last line as it stands, with its line end if it has one: half a file shows there."""
    bookmark: str = ""
    """What the source wants to be told at its next reading (`protocols.Resumes`)."""


class CellToWrite(Struct, frozen=True):
    """A cell to write back. `key` holds other cells of its row by header: the row is found again by them."""

    row: str
    column: str
    text: str
    key: Mapping[str, CellValue]


# --- a row understood ----------------------------------------------------------------------------------------


class Stage(StrEnum):
    """Where a lead stands."""

    IDEA = "idea"
    SENT = "sent"
    IN_TOUCH = "in_touch"
    ASSESSMENT = "assessment"
    INTERVIEW = "interview"
    OFFER = "offer"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    NO_ANSWER = "no_answer"
    ON_HOLD = "on_hold"

    @property
    def closed(self) -> bool:
        """No touch to anyone is planned for a closed lead, except what closing itself calls for."""
        return self in _CLOSED


_CLOSED = (Stage.ACCEPTED, Stage.REJECTED, Stage.WITHDRAWN, Stage.NO_ANSWER)


class Asking(StrEnum):
    """What may be asked of a lead's people while it is not settled what its status means."""

    ALLOWED = "allowed"
    OWN_DATE = "own_date"
    """Only on the day that the sheet itself names; no ladder."""
    NONE = "none"
    """Nothing: the words may mean an answer, a meeting, an offer or an end."""


class UnclearStatus(Struct, frozen=True):
    """A status that its words do not settle, to be asked about: once for all of its rows."""

    text: str
    rows: tuple[str, ...]
    guess: Stage | None
    """The best guess by meaning; None where nothing in it is known."""
    choices: tuple[Stage, ...] = ()
    """What it may mean, the likeliest first."""
    waiting: tuple[str, ...] = ()
    """Those of its rows that ask nobody anything until it is settled."""
    weak: bool = False
    """The guess is shown, but never taken unless somebody chooses it."""


class Person(Struct, frozen=True, gc=False):
    """Somebody to write to or call. Any part may be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""

    @property
    def party(self) -> str:
        """How this person is told apart in an identity: the mail address, else the name, both normalised."""
        return (self.email or " ".join(self.name.split())).casefold()


class Round(Struct, frozen=True, gc=False):
    """An interview before the one in `Lead.interview_at`, and the header of its column."""

    at: Moment
    column: str


CUSTOMER = "customer"
"""The kind of a lead that one sells to, and does not apply to."""


class Written(Struct, frozen=True):
    """A cell that names a day from where its writer stood, and the days between which it was written.

    `on` is the day of the run that first saw it, `since` that of the run before; None where nobody knows how old it is.
    """

    text: str
    on: date
    since: date | None = None


class Lead(Struct, frozen=True, gc=False):
    """A row understood. Field names are those of the sheet.

    `key` is the identity that outlives edits (`reconcile.identity`). `unreadable` names fields whose cell is a
    problem: what hangs on them is neither created, moved nor deleted. `columns` gives the header each field came
    from. Datetimes are aware; a cell without hour stays a date.
    """

    key: str
    row: str
    row_number: int
    columns: Mapping[str, str] = {}
    unreadable: frozenset[str] = frozenset()
    address: str = ""

    id: str = ""
    lead_kind: str = "posting"
    company: str = ""
    role: str = ""
    contact: Person = Person()
    contact_zone: str = ""
    contact_country: str = ""
    """The country or region whose holidays the contact has: `DE`, `US-NY`."""
    contact_kind: str = ""
    how_known: str = ""
    city: str = ""
    source: str = ""
    referrer: str = ""
    agency: str = ""
    received_at: Moment | None = None
    acknowledged_on: date | None = None
    plan: str = ""
    plan_on: date | None = None
    applied_on: date | None = None
    channel: str = ""
    last_inbound: Moment | None = None
    last_inbound_channel: str = ""
    last_outbound: Moment | None = None
    last_outbound_channel: str = ""
    last_result: str = ""
    follow_ups_done: int | None = None
    under_consideration_on: date | None = None
    meeting_on: Moment | None = None
    interview_at: Moment | None = None
    """The interview; of several the last one."""
    earlier_rounds: tuple[Round, ...] = ()
    """The interviews before it, the first of them first, where each has a column of its own."""
    interview_end: Moment | None = None
    interview_zone: str = ""
    interview_kind: str = ""
    interviewers: tuple[Person, ...] = ()
    problem: str = ""
    references_given_on: date | None = None
    reference_names: tuple[Person, ...] = ()
    offer_on: Moment | None = None
    promised_on: date | None = None
    follow_up_on: date | None = None
    follow_up_channel: str = ""
    """How, where its cell says so: "call Kim 11/30"."""
    they_decide_by: date | None = None
    travel_on: date | None = None
    they_call_at: Moment | None = None
    """When they said that they would call."""
    every: int | None = None
    """After how many days without a word the contact is to hear from the seeker."""
    closes_on: date | None = None
    """The last day on which one can apply."""
    answer_by: date | None = None
    """The last day for what they wait for from the seeker: the answer to an offer, a test, a task."""
    done_on: date | None = None
    """The day the seeker did the next follow-up, as they say in the sheet (`reconcile.said_in_sheet`)."""
    done_box: bool = False
    """They say it by a check box, without a day."""
    snooze_until: date | None = None
    """The day to move the next follow-up to."""
    stage: Stage = Stage.IDEA
    stage_known: bool = False
    """False where the cell is empty or its word is unknown; the stage is then derived."""
    status_text: str = ""
    asking: Asking = Asking.ALLOWED
    interested: bool = True
    do_not_contact: bool = False
    priority: int = 2
    """1 high, 2 normal, 3 low."""
    organisation: str = ""
    url: str = ""
    notes: str = ""
    written: Mapping[str, Written] = {}
    """Its cells that name a day from where their writer stood, by field."""

    @property
    def is_customer(self) -> bool:
        """Whether the row is about selling something, not about a job."""
        return self.lead_kind == CUSTOMER

    @property
    def is_of_network(self) -> bool:
        """Whether the contact is somebody of the seeker's own network, not at an employer's by their work."""
        return self.contact_kind in ("network", "association") or self.lead_kind == "connection"

    @property
    def is_friend(self) -> bool:
        """Whether the contact is somebody the seeker knows, who is asked for help and not for a job."""
        if self.contact_kind != "network" or self.interview_at is not None:
            return False
        wrote = self.columns.get("last_outbound")
        return self.applied_on is None or (wrote is not None and self.columns.get("applied_on") == wrote)

    @property
    def label(self) -> str:
        """How a person recognises the lead: company and role, else the contact and role, else what there is."""
        who = self.company or self.contact.name or self.contact.email
        return f"{who}, {self.role}" if who and self.role else who or self.role or self.contact.phone


DAYS = tuple(name for name, kind in Lead.__annotations__.items() if kind == "date | None")
"""The facts of a lead that are a day."""
MOMENTS = tuple(name for name, kind in Lead.__annotations__.items() if kind == "Moment | None")
"""Those that are a day or a day with an hour."""


class Problem(Struct, frozen=True):
    """One cell that could not be understood."""

    row: str
    column: str
    value: str
    reason: str
    kind: str = ""
    """What is wrong with it, in no language: the key of a `Fault`."""


class Note(Struct, frozen=True):
    """A remark without a change: why nothing was planned, waiting until when, which rows share a budget."""

    reason: str
    rule: str | None = None
    lead: str | None = None
    row: str | None = None


class Remark(Struct, frozen=True):
    """What is to be said, in no language yet: a key of `mappings/remarks.*.toml`, and its facts."""

    key: str
    facts: Mapping[str, object] = {}
    row: str | None = None


class Leads(Struct, frozen=True):
    """A table understood. `silent_rows` are rows out as a whole; their events stay as they are.

    `silent_keys` are the keys of those silent rows that memory recognised.
    """

    leads: tuple[Lead, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    silent_rows: tuple[str, ...] = ()
    silent_keys: tuple[str, ...] = ()
    mapped: Mapping[str, str] = {}
    """Field to header, as understood this time."""
    left_out: Mapping[str, str] = {}
    """Rows that are no lead of their own (silent, or alike another), with what stands in them."""
    unclear: tuple[UnclearStatus, ...] = ()
    """Statuses to ask about, those of the most rows first."""


# --- the schedule --------------------------------------------------------------------------------------------


class TouchClass(StrEnum):
    """What the organisation guard does with a touch."""

    ASKING = "asking"
    OBLIGATION = "obligation"
    ONCE_EXEMPT = "once_exempt"
    RELATION = "relation"
    SELF = "self"


class Touch(Struct, frozen=True):
    """One step of the advice for one lead (or for the seeker) at one time.

    `start` and `end` are aware datetimes in `zone`, or dates when the touch is all-day. `given` is the start the
    engine chose, `start` what the calendar is to show: they differ where the user dragged the event. `hangs_on`
    is the field whose change releases a drag. `reads` are the fields the touch depends on.
    """

    uid: str
    rule: str
    kind: TouchClass
    lead_key: str
    party: str
    round: int
    generation: int
    step: int
    lead: str | None
    row: str | None
    start: Moment
    end: Moment
    zone: str
    given: Moment
    deadline: datetime | None
    summary: str
    description: str
    channel: str
    who: str
    move: str
    tentative: bool
    published: bool
    reason: tuple[str, ...]
    alarm: bool = False
    hangs_on: str = ""
    fact: str = ""
    """The text of the fact it hangs on; a drag is released when this text changes."""
    reads: frozenset[str] = frozenset()
    pinned: bool = False
    done: bool = False
    busy: bool = False
    """Whether the seeker is not free meanwhile: an interview itself."""
    offers: int = 1
    """How often this touch was offered on a new day: 1 as planned, 2 offered once more."""
    url: str = ""
    address: str = ""
    subject: str = ""
    mail: str = ""
    """The address it goes to, where it is a mail."""
    draft: str = ""
    """The message to send or to say, where it was made: `sync.messages`."""
    discreet: str = ""
    """The summary for a calendar that shows fewer details; empty where it shows all."""


class Texts(IntEnum):
    """How much of a schedule is put into words."""

    SHOWN = 0
    """What an event shows."""
    NAMED = 1
    """That; and of the other touches what they are called, and why they stand on their day."""
    WHOLE = 2
    """Everything, as if all of it were shown."""


class Schedule(Struct, frozen=True):
    """All touches of a run, sorted by (start, uid), and what the engine has to say about the rest.

    `frozen` holds (lead key, rule) pairs and `frozen_leads` lead keys whose events stay exactly as they are.
    `done` and `missed` are uids that stand as history.
    """

    touches: tuple[Touch, ...]
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    frozen: frozenset[tuple[str, str]] = frozenset()
    frozen_leads: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    missed: frozenset[str] = frozenset()
    done_ahead: frozenset[str] = frozenset()
    """Those that are done, as the sheet shows, before the day they stand on: their events go."""
    asked_for: frozenset[str] = frozenset()
    """Lead keys whose readable row itself says stop (closed, do_not_contact, interest no): not counted as loss."""
    holds_until: datetime | None = None
    """The first instant at which the clock alone may change anything here; None: at any time."""
    over_mark: str = "Closed: "
    """Begins the title of an event that stays although its reason is gone, in the language of the titles."""


# --- the calendar --------------------------------------------------------------------------------------------


class Event(Struct, frozen=True):
    """A touch as the calendar is to show it. Only what a person sees: no stamps, no server marks.

    `alarm` is the time before the start (negative: after it), None for no alarm. `row` is where the lead stood
    when the event was last written; it is shown but never compared.
    """

    uid: str
    start: Moment
    end: Moment
    zone: str
    summary: str
    description: str
    categories: tuple[str, ...] = ()
    tentative: bool = False
    cancelled: bool = False
    alarm: timedelta | None = None
    url: str = ""
    color: str = ""
    busy: bool = False
    """Whether it takes time of the person's: everything else of ours leaves them free."""
    row: str = ""
    address: str = ""
    notes: str = ""
    """The whole text before, user's own lines included, of an event that `undo` makes anew."""


MAX_SEQUENCE = 2**31 - 1


class Stamp(Struct, frozen=True):
    """The revision marks of an event's last write of ours (RFC 5545 3.8.7). Aware, whole seconds."""

    created: datetime
    written: datetime
    sequence: int

    def renewed(self, written: datetime, *, over: int = 0) -> Stamp:
        """The marks of the next write: above these and above a copy whose sequence is `over`.

        At the end of what iCalendar's numbers hold (RFC 5545 3.3.8) the sequence stays: somebody wrote it there.
        """
        return Stamp(self.created, written, min(max(self.sequence, over) + 1, MAX_SEQUENCE))


class Snapshot(Struct, frozen=True):
    """An event's fields as a server returned them, normalised for comparing.

    `description` is the whole text, the user's own lines included. `additions` is what we never write: a place, a
    comment, a file, another alarm. `hands_off` says why the event must not be written any more: it became recurring, or
    has attendees whom a write might mail.
    """

    start: Moment
    end: Moment
    summary: str
    description: str
    status: str = ""
    categories: tuple[str, ...] = ()
    url: str = ""
    our_alarm: timedelta | None = None
    sequence: int = 0
    last_modified: datetime | None = None
    additions: tuple[str, ...] = ()
    hands_off: str = ""


class RemoteEvent(Struct, frozen=True):
    """One of ours as it lies in the calendar. `etag` is empty where the server gives none. `raw` is its text."""

    uid: str
    href: str
    etag: str
    snapshot: Snapshot
    raw: str
    ours_alone: bool = False
    """Its text is known to hold nothing but what we wrote: there is nothing of others to be kept."""


class Observation(Struct, frozen=True):
    """What a target holds of ours. Only complete listings get here; an incomplete one raises `TargetError`.

    `events` has one entry for every event of ours. `unreadable` maps uids of ours that are present but cannot be
    parsed to the reason: they are left alone and are not absent.
    """

    events: Mapping[str, RemoteEvent]
    unreadable: Mapping[str, str] = {}
    notes: tuple[Remark, ...] = ()
    others: Mapping[str, int] = {}
    """How many events another followup has there, by its owner."""
    foreign: int = 0
    """How many entries of the calendar are nobody's followup's."""
    bookmark: str = ""
    """What the target wants to be told at its next look (`protocols.Resumes`)."""


class CalendarInfo(Struct, frozen=True):
    """A calendar of the account, for the user to choose from. `trouble` says why it cannot be used; else empty."""

    name: str
    url: str
    trouble: str = ""
    ours: bool = False
    """Made by followup, whatever its name is by now; False where nobody can tell."""


class Finding(Struct, frozen=True):
    """One thing a probe found out about a server. `text` is a plain sentence; `good` False wants attention."""

    name: str
    good: bool
    text: str


class Abilities(Struct, frozen=True):
    """What a target can do, so that the core needs no types of targets."""

    reactions: bool
    """The user can drag, tick and delete there and we see it. False for a feed."""
    silent_means_default_alarm: bool = False
    """An event without VALARM rings with the calendar's default (Google): "none" must be written."""


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEEP = "keep"


class Change(Struct, frozen=True):
    """One difference between the calendar and the plan. A `KEEP` is no write; it may still have a reason.

    `event` and `stamp` are what the calendar will hold (None for a delete); `base` is the copy the change was
    decided upon and the only thing a conditional write may be conditional on.
    """

    action: Action
    uid: str
    summary: str
    start: Moment | None
    row: str | None
    reason: str
    fields: tuple[str, ...] = ()
    event: Event | None = None
    stamp: Stamp | None = None
    base: RemoteEvent | None = None
    counted: bool = False
    """A delete that the guard counts: a vanished row, or changed mapping, rules or settings."""
    rejected: bool = False
    """A write put off because the server refuses this very content (quarantine): the calendar is not as planned."""
    absent: bool = False
    """Kept in memory only: it is not in the calendar."""
    stays: bool = False
    """It stands there though no plan asks for it: brought back by `undo`, or moved by the user."""
    again: RemoteEvent | None = None
    """The copy of an event that was deleted: a create begins with it, so that what the user put into it comes back."""


class Result(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    HELD = "held"


class Outcome(Struct, frozen=True):
    """What became of one change. `remote` is the read-back copy after a write that is proven done.

    An unknown outcome with `remote` says: this lies there instead, perhaps under another name; the next run is to
    know it and decide.

    `rejected`: the server refuses this very content, so sending it again is no use (quarantine). Any other refusal or
    unknown outcome is looked at again by the next run.
    """

    uid: str
    result: Result
    remote: RemoteEvent | None = None
    message: str = ""
    not_before: datetime | None = None
    rejected: bool = False
    burnt: bool = False
    """The server refuses its UID as used, and it is nowhere to be found: it is used up."""
    paced: bool = False
    """Held on purpose and without any trouble: the rest of a first upload that goes in portions."""


class Plan(Struct, frozen=True, dict=True):
    """What one run would do and why. `sync` carries out exactly this."""

    now: datetime
    timezone: str
    schedule: tuple[Touch, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Note, ...]
    held: str = ""
    """The guard's sentence where it holds the deletes back, with numbers and rows; else empty."""
    unreadable: tuple[Note, ...] = ()
    """Events of ours in the calendar that cannot be read: what the user did to them is not known."""
    missed: tuple[Change, ...] = ()
    """What stands in the calendar about follow-ups to others whose day passed without a sign that they were done."""

    def count(self, action: Action) -> int:
        """How many changes are of this kind. What is not in the calendar as planned does not count as kept."""
        return sum(change.action is action and not (change.rejected or change.absent) for change in self.changes)

    @property
    def refused(self) -> tuple[Change, ...]:
        """What the calendar should hold and the server refuses to take as it is."""
        return tuple(change for change in self.changes if change.rejected)

    @cached_property
    def writes(self) -> tuple[Change, ...]:
        """The changes that touch the calendar: creates, then updates, then deletes, nearest dates first."""
        order = {Action.CREATE: 0, Action.UPDATE: 1, Action.DELETE: 2}
        return tuple(
            sorted(
                (change for change in self.changes if change.action is not Action.KEEP),
                key=lambda change: (order[change.action], str(change.start), change.uid),
            )
        )
