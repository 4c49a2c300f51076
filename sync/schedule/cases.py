"""A case is a lead together with what memory adds: since when, which stages, which interview round, which ladder.

Rules:

- An interview round rises by one when `interview_at` changes after the old interview has ended; before that the
  interview was moved and keeps its round. Where several interviews have columns of their own, each keeps its round
  while its moment stands in the sheet. Other facts that may happen again (a meeting, a message) count likewise.
- A change of `applied_on` by up to 21 days is a correction; by more, or after a closed stage, it is a new ladder.
- A cell that cannot be read leaves what was remembered of it as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from sync.advice import Rule
from sync.memory import InterviewSeen, LeadMemory, StageSeen
from sync.models import Lead, Moment, Person, Stage
from sync.reading.organisations import agency_key, is_about_agency, organisation_key
from sync.schedule.rounds import count_rounds, is_same_moment
from sync.schedule.view import View

CORRECTION = timedelta(days=21)

OLD = timedelta(days=30)
"""A row that is older at first sight is no news: it goes into the triage event."""

AGAIN = ("meeting_on", "last_inbound", "promised_on", "they_call_at")
"""Facts that may happen again; a later value after the old one has passed is the next time."""

STOPS = frozenset({"status", "do_not_contact", "interest"})
"""Cells that may say stop: while one of them cannot be read, nothing is planned for the lead."""

KEPT = ("applied_on", "promised_on", "follow_up_on", "interview_at")
"""Facts remembered as last seen."""

STAGE_RANK = {
    Stage.OFFER: 5,
    Stage.INTERVIEW: 4,
    Stage.ASSESSMENT: 3,
    Stage.IN_TOUCH: 2,
    Stage.SENT: 1,
}
"""Who keeps a place when two touches collide: interview before application before cold (R-003-5)."""


class Case(Struct, frozen=True):
    """One lead ready to be planned. `stage` is the one to plan by; `new` means we see the lead for the first time.

    `rank` is how far the lead got. `is_open` says that the seeker has anything to do about it: wanted, not closed, and
    its status can be read; `reachable` that its contact may be written to: nothing in the row says stop, and every cell
    that could say so can be read.
    """

    lead: Lead
    label: str
    """How a person recognises the lead (`Lead.label`)."""
    seen: LeadMemory
    stage: Stage
    new: bool
    organisation: str
    agency: str
    org_keys: tuple[str, ...]
    """Whose budgets an asking touch counts against: with an agency on the row, both."""
    person: str
    """The budget of its contact; empty where there is none."""
    rank: int
    is_open: bool
    reachable: bool
    _facts: dict[str, str] = {}

    @property
    def age(self) -> date:
        """Since when the lead waits: older ones are served first."""
        return self.lead.applied_on or self.seen.first_seen.date()

    @property
    def stage_since(self) -> date:
        """The day the lead was first seen in its stage."""
        return self.seen.stages[-1].on if self.seen.stages else self.seen.first_seen.date()

    @property
    def interview_round(self) -> int:
        """Which interview the row speaks of, counted from one; 0 without one."""
        return self.seen.interviews[-1].round if self.lead.interview_at is not None else 0

    def round_of(self, field: str) -> int:
        """Which time this fact happens, counted from one."""
        counted = self.seen.again.get(field)
        return counted.round if counted else 1

    def fact(self, field: str) -> str:
        """The text of the fact a touch hangs on, made once: every step of a ladder hangs on the same."""
        if (known := self._facts.get(field)) is None:
            known = self._facts[field] = fact_text(self.lead, field)
        return known

    @property
    def ends_search(self) -> bool:
        """Whether it was accepted and with it everything else is over; a customer who agrees ends nothing else."""
        return self.stage is Stage.ACCEPTED and not self.lead.is_customer

    def can_read(self, *fields: str) -> bool:
        """Whether none of these cells is a problem."""
        return self.lead.unreadable.isdisjoint(fields)

    def may_write(self, rule: Rule) -> bool:
        """Whether a touch to the contact may be planned: wanted, and every cell it depends on can be read."""
        return self.reachable and self.can_read(*rule.reads)


def person_key(person: Person) -> str:
    """The budget of one person; empty for nobody."""
    party = person.party
    return "person:" + party if party else ""


def fact_text(facts: Lead | LeadMemory, field: str) -> str:
    """The text form of the fact a touch hangs on: a drag holds while it stays the same (`is_same_fact`).

    An hour is that on the clock: somebody who sets another zone changes no row.
    """
    value = getattr(facts, field, None) if field else None
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    return value.isoformat() if isinstance(value, date) else ""


def is_same_fact(known: str, told: str) -> bool:
    """Whether a row still tells what is remembered of it. In states of before an hour has its offset behind it."""
    return known[: len("2027-01-04T10:00:00")] == told


def open_case(lead: Lead, *, view: View) -> Case:
    """The lead with its memory brought up to date."""
    known = view.memory.leads.get(lead.key)
    organisation, agency = organisation_key(lead), agency_key(lead)
    stage = plan_stage(lead)
    before = known or view.unseen
    kept = {name: getattr(before if name in lead.unreadable else lead, name) for name in KEPT}
    seen = LeadMemory(
        key=lead.key,
        first_seen=before.first_seen,
        id=lead.id,
        company=lead.company,
        role=lead.role,
        contact=lead.contact.party,
        url=lead.url,
        **kept,
        stages=_stages(lead, before, stage, view),
        interviews=count_rounds(lead, before, view),
        again={name: counted for name in AGAIN if (counted := _again(lead, before, name, view)) is not None},
        generation=_generation(lead, before, view),
        written=lead.written,
        triaged=before.triaged,
    )
    return Case(
        lead,
        lead.label,
        seen,
        stage,
        new=known is None,
        organisation=organisation,
        agency=agency,
        org_keys=(organisation, agency) if agency else (organisation,),
        person=person_key(lead.contact),
        rank=STAGE_RANK.get(stage, 0),
        is_open=not (stage.closed or lead.stage.closed) and lead.interested and "status" not in lead.unreadable,
        reachable=not stage.closed
        and not lead.do_not_contact
        and lead.interested
        and lead.unreadable.isdisjoint(STOPS),
    )


def plan_stage(lead: Lead) -> Stage:
    """The stage to plan by: an unknown word counts as sent where `applied_on` is given, else as an idea."""
    if not lead.stage_known:
        return Stage.SENT if lead.applied_on else lead.stage if lead.stage.closed else Stage.IDEA
    return lead.stage


TALKING = (Stage.IN_TOUCH, Stage.ASSESSMENT)
"""Stages in which they are waited for from first sight on, whatever the row tells of days."""


def is_only_known(case: Case) -> bool:
    """Whether the row is about somebody the seeker knows or has met, and about no post: nobody is asked for the next
    step of nothing. An agency of its own row is one too, however it was met."""
    lead = case.lead
    if lead.is_customer or lead.interview_at is not None or lead.under_consideration_on is not None:
        return False
    if is_about_agency(lead):
        return True
    if lead.applied_on is not None or (lead.agency.strip() and not lead.is_of_network):
        return False
    named, met = bool(lead.role.strip()), lead.meeting_on is not None
    if lead.is_of_network:
        return met or not named or case.stage is Stage.INTERVIEW
    return met and not named


def has_live_offer(case: Case, *, view: View) -> bool:
    """Whether an offer stands that is no old news itself: such a lead is never among the old ones."""
    return case.stage is Stage.OFFER and _newest(case.lead, view) + OLD >= view.today


def offered_on(case: Case, *, view: View) -> date | None:
    """The day of their offer; of one that is told without its day the one on which its status was first seen."""
    if case.lead.offer_on is not None:
        return view.day_of(case.lead.offer_on)
    return case.stage_since if case.stage is Stage.OFFER else None


def is_offered_since(case: Case, day: date, *, view: View) -> bool:
    """Whether they made an offer on this day or later: what was waited for has come. To a customer one makes it."""
    offered = None if case.lead.is_customer else offered_on(case, view=view)
    return offered is not None and offered >= day


def wrote_their_offer(case: Case, *, view: View) -> bool:
    """Whether their last message is that offer, or older than it."""
    wrote = case.lead.last_inbound
    return wrote is not None and is_offered_since(case, view.day_of(wrote), view=view)


def is_old_news(case: Case, *, view: View) -> bool:
    """Whether the newest day the row tells of was long ago when we first saw it: then it is triaged."""
    return case.new and _newest(case.lead, view) + OLD < view.today


def _newest(lead: Lead, view: View) -> date:
    """The newest day the row tells of; today where it tells of none."""
    told = (
        lead.received_at, lead.applied_on, lead.last_inbound, lead.last_outbound, lead.meeting_on, lead.follow_up_on,
        lead.interview_at, lead.offer_on, lead.answer_by, lead.they_decide_by, lead.they_call_at,
    )  # fmt: skip
    return max((view.day_of(day) for day in told if day is not None), default=view.today)


def _generation(lead: Lead, seen: LeadMemory, view: View) -> int:
    old, new = seen.applied_on, lead.applied_on
    if old is None or new is None or old == new:
        return seen.generation
    reopened = any(stage.stage.closed for stage in seen.stages[-1:])
    if abs(new - old) <= CORRECTION and not reopened:
        return seen.generation
    used = (touch.generation for touch in view.records.of(lead.key))
    return 1 + max(seen.generation, max(used, default=0))


def rounds_of(case: Case) -> Iterator[Case]:
    """The case as it stood for each interview before its last one, where each has a column of its own."""
    numbers = {known.at: known for known in case.seen.interviews}
    for held in case.lead.earlier_rounds if case.lead.interview_at is not None else ():
        columns = {**case.lead.columns, "interview_at": held.column}
        lead = replace(case.lead, interview_at=held.at, interview_end=None, earlier_rounds=(), columns=columns)
        yield replace(case, lead=lead, seen=replace(case.seen, interviews=(numbers[held.at],)), _facts={})


def _again(lead: Lead, seen: LeadMemory, name: str, view: View) -> InterviewSeen | None:
    value: Moment | None = getattr(lead, name)
    known = seen.again.get(name)
    if value is None or name in lead.unreadable:
        return known
    if known is None:
        return InterviewSeen(1, value)
    later = view.instant_of(value) > view.instant_of(known.at) and not is_same_moment(known.at, value)
    passed = view.day_of(known.at) < view.today or name == "last_inbound"
    return InterviewSeen(known.round + (later and passed), value)


def _stages(lead: Lead, seen: LeadMemory, stage: Stage, view: View) -> tuple[StageSeen, ...]:
    if "status" in lead.unreadable or (seen.stages and seen.stages[-1].stage is stage):
        return seen.stages
    return (*seen.stages, StageSeen(stage, view.today))
