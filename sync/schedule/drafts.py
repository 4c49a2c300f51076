"""A draft is a touch that is still being planned: its day, then its slot, then its text are filled in, once each.

Drafts are the only values of the schedule that change; they never leave `make_schedule`.
"""

from __future__ import annotations

from datetime import date, datetime
from math import inf
from operator import attrgetter
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Rule
from sync.memory import Reaction, TouchMemory
from sync.models import Moment, Person, Touch, TouchClass
from sync.reconcile.identity import SELF
from sync.schedule.cases import Case, is_same_fact
from sync.schedule.desk import Desk
from sync.schedule.quarters import count_quarters
from sync.schedule.reasons import Counted, Reason
from sync.schedule.view import View

NOBODY = Person()


class Planned(Struct):
    """One touch on its way: a `Draft` is about a lead, a `SharedDraft` names many. `raw` is the day the rule alone
    gives, `day` the one it ends up on.

    `fixed` is a time nobody may change: the user's pin, a date from the sheet, or a last day. `counts_from` is the day
    the next step counts from where that is not `day`. `facts` are what its texts need. `lead`, `row` and `address` are
    how a person finds the lead in the sheet, `rank` how far it got and `since` the day of its application; what names
    many has none of them.
    """

    rule: Rule
    uid: str
    lead_key: str
    party: str
    round: int
    generation: int
    step: int
    memory: TouchMemory | None
    zone: ZoneInfo
    raw: date
    day: date
    kind: TouchClass
    quarters: int
    """How long it takes, in quarters of an hour."""
    lead: str | None = None
    row: str | None = None
    address: str = ""
    rank: int = 0
    since: date = date.max
    person: Person = NOBODY
    channel: str = ""
    low: int = 0
    """First quarter it may begin in."""
    high: int = 0
    """First quarter after its window; 0 while the day's ordinary window holds."""
    as_late_as_possible: bool = False
    """Whether it takes the last free slot of its window instead of the first."""
    deadline: datetime | None = None
    latest: date | None = None
    """The last day it makes sense on."""
    fixed: Moment | None = None
    pinned: bool = False
    chosen: bool = False
    """Whether the user chose that time: by a drag, or as a date of one's own in the sheet."""
    counts_from: date | None = None
    offers: int = 1
    late: bool = False
    critical: bool = False
    tentative: bool = False
    start: Moment | None = None
    end: Moment | None = None
    own_event: bool = True
    """Whether it is shown by an event of its own."""
    crowded: bool = False
    """Whether that is because its day has no room for it."""
    alarm: bool = False
    published: bool = False
    move: str = ""
    pool: tuple[str, ...] = ()
    """The moves that make sense in it, in their order."""
    turn: int = 0
    """How many messages of this sort there were before."""
    note: str = ""
    """What a shared event names, kept as written."""
    reason: list[Reason | Counted] = []
    """How its day came about."""
    reasons: tuple[str, ...] = ()
    """The same in words, where somebody reads it."""
    facts: dict[str, str] = {}
    hangs_on: str = ""
    fact: str = ""
    """The text of the fact it hangs on."""
    summary: str = ""
    discreet: str = ""
    """The summary for a calendar that shows fewer details; empty where it shows all."""
    description: str = ""
    subject: str = ""
    mail: str = ""
    letter: str = ""
    """Subject and address of the message where it is a mail, and the message."""
    who: str = ""
    url: str = ""
    done: bool = False

    @property
    def given(self) -> Moment | None:
        """The start we gave it, wherever the user moved it."""
        return self.memory.start if self.memory and self.pinned and self.memory.start is not None else self.start

    @property
    def was_shown(self) -> bool:
        """Whether the calendar shows it since an earlier run."""
        return self.memory is not None and self.memory.published

    @property
    def collision_order(self) -> tuple[bool, float, int, int, date, str, str]:
        """Who keeps a place: pins and `sheet`, deadline, stage, step, applied_on, lead key, rule."""
        return (
            self.fixed is None,
            self.deadline.timestamp() if self.deadline else inf,
            -self.rank,
            self.step,
            self.since,
            self.lead_key,
            self.rule.id,
        )


class Draft(Planned, kw_only=True):
    """One touch of a lead on its way."""

    case: Case
    is_released: bool = False
    """Whether the user had moved it, for a fact that is another one by now."""

    @property
    def is_alone(self) -> bool:
        """Whether it is something one does alone: nobody is written to."""
        return self.rule.audience in ("self", "none")

    @property
    def is_nameless(self) -> bool:
        """Whether it follows up on an application with nobody named to write to: a name is to be found first."""
        return self.rule.id in ("R-001-1", "R-001-12") and not self.person.party


class SharedDraft(Planned):
    """An event of the seeker's own on its way that names many leads; `to_customers` where all of them are customers."""

    to_customers: bool = False


def draft_for(
    case: Case,
    rule: Rule,
    *,
    view: View,
    raw: date,
    party: str = "",
    round: int = 0,
    generation: int = 0,
    key: str = "",
) -> Draft:
    """A draft with its identity and what is remembered of it; a pin that still holds becomes its fixed time.

    `key` is the one it is remembered under, where that is not its lead's.
    """
    lead = case.lead
    key = key or lead.key
    uid, generation, memory = view.identify(key, rule.id, party=party, round=round, generation=generation)
    draft = Draft(
        rule=rule, case=case, uid=uid, lead_key=key, party=party, round=round, generation=generation, step=1,
        memory=memory, zone=view.zone, raw=raw, day=raw, kind=rule.kind, quarters=count_quarters(rule.length),
        hangs_on=rule.hangs_on, fact=case.fact(rule.hangs_on),
        lead=case.label, row=lead.row, address=lead.address, rank=case.rank, since=lead.applied_on or date.max,
    )  # fmt: skip
    if memory is None or memory.reaction is not Reaction.DRAGGED or memory.pinned_to is None:
        return draft
    if is_same_fact(memory.pinned_fact, draft.fact):
        _hold_pin(draft, memory.pinned_to, view)
    else:
        draft.is_released = True
    return draft


def shared_draft_for(rule: Rule, *, view: View, raw: date, party: str, round: int) -> SharedDraft:
    """The same for an event that names many leads."""
    uid, generation, memory = view.identify(SELF, rule.id, party=party, round=round)
    draft = SharedDraft(
        rule=rule, uid=uid, lead_key=SELF, party=party, round=round, generation=generation, step=1,
        memory=memory, zone=view.zone, raw=raw, day=raw, kind=rule.kind, quarters=count_quarters(rule.length),
    )  # fmt: skip
    if memory is not None and memory.reaction is Reaction.DRAGGED and memory.pinned_to is not None:
        _hold_pin(draft, memory.pinned_to, view)
    return draft


def _hold_pin(draft: Planned, pinned_to: Moment, view: View) -> None:
    """Where the user moved it, while that lies ahead."""
    day = view.day_of(pinned_to)
    if day >= view.today:
        draft.fixed, draft.day, draft.pinned, draft.chosen = pinned_to, day, True, True
        draft.reason.append(Reason("reason.pinned", {"day": day}))


def has_gone_by(draft: Draft, desk: Desk) -> bool:
    """Whether it is over, or its day has passed: of the seeker's own that is the end, written down here."""
    memory, given = draft.memory, desk.ledger.given_on(draft.memory)
    if desk.ledger.is_history(memory):
        return True
    if memory is None or given is None or given >= desk.today or draft.pinned:
        return False
    desk.ledger.close(memory)
    return True


def take_channel(draft: Draft, channel: str, *, view: View) -> None:
    """Reach the person by this channel; a call is made in the hours of where they are (R-002-1, C3)."""
    draft.channel = channel
    if channel == "phone":
        draft.zone = view.zone_named(draft.case.lead.contact_zone) or view.zone


CROWDED = "more"
"""Marks a touch that its day had no room for: it keeps its day but takes no place."""


NAMES = {
    "rule": "rule.id",
    "busy": "rule.busy",
    "zone": "zone.key",
    "reads": "rule.reads",
    "reason": "reasons",
    "draft": "letter",
}
"""What a touch has under another name than its draft."""
_fields_of = attrgetter(*(NAMES.get(name, name) for name in Touch.__struct_fields__))


def freeze(draft: Planned) -> Touch:
    """The touch that this draft has become."""
    return Touch(*_fields_of(draft))


PINNED = ("start", "reaction", "reacted_on", "pinned_to", "pinned_fact", "pins_before", "told")
"""What is known of a touch the user moved and stays so while the pin holds."""


def remember(draft: Planned) -> TouchMemory:
    """What the next run is to know of this draft; the user's reaction stays with it while it holds."""
    known, again = draft.memory, draft.offers > 1 and not draft.pinned
    record = TouchMemory(
        draft.uid,
        draft.lead_key,
        draft.rule.id,
        draft.party,
        round=draft.round,
        generation=draft.generation,
        step=draft.step,
        start=draft.start,
        planned=draft.counts_from or (known.planned if known and again else None) or draft.day,
        raw=draft.raw,
        offers=draft.offers,
        late=draft.late,
        move=draft.move,
        turn=draft.turn if draft.move else None,
        published=draft.published,
        alarm=draft.alarm,
        fact=draft.fact,
        note=draft.note or (CROWDED if draft.crowded else ""),
    )
    if known is None:
        return record
    if draft.pinned:
        return replace(record, **{name: getattr(known, name) for name in PINNED})
    moved_to = known.pinned_to or known.let_go
    if moved_to is None or not is_same_fact(known.pinned_fact, draft.fact):
        return record
    return replace(record, let_go=moved_to, pinned_fact=known.pinned_fact)


def known_of(draft: Draft) -> TouchMemory:
    """What is remembered of it, or would be."""
    return draft.memory or remember(draft)
