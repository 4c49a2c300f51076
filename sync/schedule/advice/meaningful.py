"""Meaningful, and not a pest (article 003): decide, keep in touch, find a name, travel, thank everybody in the end.

R-003-1 also ends ladders (`ladders`) and takes the place of what turned critical (`obligations`); R-003-15 is the first
step of the ladder in `recruiters`; R-003-5 is in `distances`, R-003-7 and R-003-8 in the moves of `text`; R-003-4, -9
to -12 and -14 are words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sync.advice import Rule
from sync.models import Person, Stage
from sync.reading.organisations import is_about_agency
from sync.reconcile.identity import SELF
from sync.schedule.cases import TALKING, Case, is_only_known
from sync.schedule.drafts import Draft, SharedDraft, draft_for
from sync.schedule.ledger import was_deleted
from sync.schedule.occasions import Occasion, after_it_is_over
from sync.schedule.reasons import Counted, Reason, roll_reasons
from sync.schedule.registry import Whole, across, at_the_end, owed, shared, waited
from sync.schedule.sheet_dates import sheet_date
from sync.schedule.view import View
from sync.schedule.waiting import Endless, Floor, first_day, floor_draft


@waited("R-003-1")
def decide_what_is_on_hold(case: Case, rule: Rule, view: View) -> Floor | None:
    """A lead is on hold: close it or keep it."""
    if case.stage is not Stage.ON_HOLD:
        return None
    since, days = case.stage_since, (rule.intervals or (0,))[0]
    number = sum(stage.stage is Stage.ON_HOLD for stage in case.seen.stages)
    raw = view.days.at_or_after(since + timedelta(days=days))
    draft = floor_draft(case, rule, raw, view, party="on_hold", round=number)
    draft.reason.insert(0, Counted(Reason("reason.since_hold"), since, days))
    return Floor(draft)


@owed("R-003-2")
def follow_up_on_the_meeting(case: Case, rule: Rule, view: View) -> Occasion:
    """You met somebody of your network."""
    return after_it_is_over(rule, case, view, field="meeting_on", round=case.round_of("meeting_on"))


@waited("R-003-3")
def stay_in_touch(case: Case, rule: Rule, view: View) -> Endless | None:
    """You met or know somebody, and their row has no `every`; any touch in either direction starts the clock anew.

    An agency has a touch of its own (R-001-13).
    """
    lead = case.lead
    if (lead.every is not None and view.rule("R-005-2")) or is_about_agency(lead):
        return None
    if lead.meeting_on is None and not (case.stage in TALKING and is_only_known(case)):
        return None
    if not lead.is_of_network and (lead.applied_on is not None or lead.interview_at is not None):
        return None
    return keep_in_touch(case, rule, view)


def keep_in_touch(case: Case, rule: Rule, view: View) -> Endless:
    """The next touch to the contact of this lead, counted from the last one in either direction.

    A day by which they answer comes first; with somebody one only knows the seeker's own day does, too, and is a touch
    once it has passed: elsewhere it is a step of the lead's ladder.
    """
    lead, known = case.lead, is_only_known(case)
    told = (lead.last_outbound, lead.last_inbound, lead.follow_up_on if known else None)
    days = [view.day_of(moment) for moment in told if moment is not None]
    touches = [day for day in days if day <= view.today]  # what is still to come is a slip of the pen
    touches += [view.day_of(lead.meeting_on)] if lead.meeting_on is not None else []
    touches += [one.done_on for one in view.records.of(lead.key) if known and one.rule == "sheet" and one.done_on]
    own = sheet_date(case, view) if known and view.rule("sheet") else None
    return Endless(
        case=case,
        rule=rule,
        base=max(touches, default=lead.applied_on or first_day(case, view)),
        sent=view.day_or_none(lead.last_outbound),
        decide_by=lead.they_decide_by,
        gives_way=isinstance(own, date) and own >= view.today,
    )


@shared("R-003-6")
def find_names(whole: Whole, rule: Rule, view: View) -> Iterator[Draft | SharedDraft]:
    """An application is followed up soon and names nobody; one event a day for all of them."""
    by_day: dict[date, list[Draft]] = {}
    for draft in whole.drafts:
        case = draft.case
        if draft.rule.id != "R-001-1" or case.lead.contact.party or case.lead.agency.strip():
            continue
        if not case.may_write(rule):
            continue
        day = view.days.add(draft.day, -(rule.business_days or 0))
        own = draft_for(case, rule, view=view, raw=day, generation=case.seen.generation)
        if was_deleted(own.memory) or not whole.shared.is_ahead(rule, day):
            continue
        own.own_event = False
        own.reason.append(Reason("reason.nameless", {"day": draft.day}))
        by_day.setdefault(day, []).append(own)
    yield from whole.shared.name_drafts(rule, by_day, "reason.find_names")


@across("R-003-13")
def look_what_employers_do(whole: Whole, rule: Rule, view: View) -> Iterator[Endless]:
    """A target employer: what is new there?"""
    seen: set[str] = set()
    for case in whole.cases:
        if case.organisation in seen or case.stage.closed or not case.organisation.startswith("organisation:"):
            continue
        seen.add(case.organisation)
        yield Endless(case=case, rule=rule, base=first_day(case, view), key=SELF, party=case.organisation)


@waited("R-003-16")
def propose_to_meet(case: Case, rule: Rule, view: View) -> Floor | None:
    """You travel to their city."""
    trip = case.lead.travel_on
    if trip is None or trip <= view.today:
        return None
    wanted = trip - timedelta(days=rule.days or 0)
    raw = view.days.at_or_before(wanted)
    draft = floor_draft(case, rule, raw, view)
    draft.latest = trip - timedelta(days=1)
    draft.reason[:0] = [
        Reason("reason.before", {"what": Reason("reason.trip"), "from": trip, "days": rule.days, "day": wanted}),
        *roll_reasons(wanted, raw, view=view),
    ]
    return Floor(draft)


@at_the_end("R-003-19")
def thank_everybody(whole: Whole, rule: Rule, view: View) -> Iterator[Floor]:
    """You accepted an offer: one note to everybody who helped."""
    accepted = [case for case in whole.cases if case.ends_search and len(case.seen.stages) > 1]
    if not accepted:
        return
    winner = min(accepted, key=lambda case: (case.seen.stages[-1].on, case.lead.key))
    helpers: dict[str, Person] = {}
    for case in whole.cases:
        lead = case.lead
        people = [Person(name=lead.referrer.strip()), *lead.reference_names]
        people += [lead.contact] if lead.meeting_on is not None else []
        for person in people:
            if person.party and not lead.do_not_contact:
                helpers.setdefault(person.party, person)
    since = winner.seen.stages[-1].on
    for party, person in sorted(helpers.items()):
        raw = view.days.at_or_after(since + timedelta(days=rule.days or 0))
        draft = floor_draft(winner, rule, raw, view, party=party)
        draft.person, draft.channel = person, "email"
        draft.reason.insert(0, Reason("reason.accepted", {"day": since}))
        yield Floor(draft, assumed=not view.abilities.reactions)
