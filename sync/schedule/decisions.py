"""What the seeker has to decide alone about one lead: a row on hold, a missing date, a step planned, a closing date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sync.advice import Rule
from sync.models import Lead, Stage
from sync.schedule.cases import Case
from sync.schedule.desk import Desk, was_deleted
from sync.schedule.drafts import Draft
from sync.schedule.floors import floor_draft, leave, offer_floor
from sync.schedule.ladders import WEEK, count_reasons

OLD = timedelta(days=30)
"""A row that is older at first sight is no news: it goes into the triage event."""


def decisions(case: Case, *, desk: Desk) -> Iterator[Draft | None]:
    """What is to be decided about this lead, each where it applies."""
    yield _on_hold(case, desk)
    yield _planned(case, desk)
    yield _apply_by(case, desk)


def _on_hold(case: Case, desk: Desk) -> Draft | None:
    rule = desk.rule("R-003-1")
    if rule is None or case.stage is not Stage.ON_HOLD or not case.can_read("status") or not case.lead.interested:
        return None
    since, days = case.stage_since, (rule.intervals or (0,))[0]
    number = sum(stage.stage is Stage.ON_HOLD for stage in case.seen.stages)
    raw = desk.days.at_or_after(since + timedelta(days=days))
    draft = floor_draft(case, rule, raw, desk, party="on_hold", round=number)
    draft.reason[:0] = count_reasons(desk.say("reason.since_hold"), since, days, desk=desk)
    return offer_floor(draft, desk)


def add_the_date(case: Case, rule: Rule, *, desk: Desk) -> Draft | None:
    """An interview or offer without its date, or an application without the day it was sent."""
    lead, missing = case.lead, _missing_date(case)
    if not missing or not lead.interested:
        return None
    if not case.can_read("status", missing) or (case.stage is Stage.INTERVIEW and lead.follow_up_on):
        return None
    since = case.stage_since
    if case.new and newest_date(lead, desk) + OLD < desk.today:
        desk.triage(case)
        return None
    if case.seen.triaged or lead.key in desk.settled:
        return None
    number = sum(stage.stage is case.stage for stage in case.seen.stages)
    draft = floor_draft(case, rule, desk.days.at_or_after(since), desk, party=case.stage.value, round=number)
    draft.facts = {"field": desk.say(f"field.{missing}")}
    draft.reason.insert(0, desk.say("reason.no_date", **draft.facts))
    return offer_floor(draft, desk)


def _missing_date(case: Case) -> str:
    """The field whose date the lead's stage promises and the row does not give; empty where nothing is missing."""
    lead = case.lead
    match case.stage:
        case Stage.INTERVIEW if lead.interview_at is None:
            return "interview_at"
        case Stage.OFFER if lead.offer_on is None:
            return "offer_on"
        case Stage.SENT if lead.applied_on is None and lead.meeting_on is None:
            return "applied_on"
    return ""


def _planned(case: Case, desk: Desk) -> Draft | None:
    """R-000-5: the seeker's own plan, later on a date or half an hour of research; never before an introduction."""
    rule, lead = desk.rule("R-000-5"), case.lead
    if rule is None or lead.stage.closed or not lead.interested or not case.can_read(*rule.reads, "status"):
        return None
    introduced = bool(lead.received_at and lead.referrer and lead.contact.name)
    if lead.plan_on is not None:
        draft = floor_draft(case, rule, desk.days.at_or_after(lead.plan_on), desk, round=1)
        draft.reason[:0] = [desk.say("reason.plan", day=desk.tell(lead.plan_on))]
    elif lead.plan == "research" and not introduced:
        since = desk.day_of(lead.received_at or case.seen.first_seen)
        draft = floor_draft(case, rule, desk.days.at_or_after(since), desk)
        draft.reason[:0] = [desk.say("reason.research")]
    else:
        return None
    if (case.new or case.seen.triaged) and draft.memory is None and draft.raw + WEEK < desk.today:
        if case.new:
            desk.triage(case)
        return None
    return offer_floor(draft, desk)


def _apply_by(case: Case, desk: Desk) -> Draft | None:
    """R-005-1: apply some business days before the posting closes, and never after it; only while nothing is sent."""
    rule, lead = desk.rule("R-005-1"), case.lead
    if rule is None or lead.closes_on is None or case.stage is not Stage.IDEA or not lead.interested:
        return None
    if not case.can_read(*rule.reads, "status"):
        return None
    closes, shown = lead.closes_on, desk.tell(lead.closes_on)
    if closes < desk.today:
        desk.note("note.has_closed", case, rule=rule.id, day=shown)
        return None
    last = desk.days.at_or_before(closes)
    raw = desk.days.add(last, -(rule.business_days or 0))
    draft = floor_draft(case, rule, raw, desk)
    if _has_passed(draft, desk):  # and the closing date was put off since
        leave(draft, raw, desk)
        draft = floor_draft(case, rule, raw, desk, party=closes.isoformat())
    draft.latest = closes
    draft.facts["day"] = shown
    draft.reason[:0] = [desk.say("reason.closes", day=shown, days=rule.business_days)]
    if draft.fixed is None and draft.raw < desk.today and desk.days.add(desk.today, 1) > closes:
        draft.fixed = draft.day = min(
            desk.soonest, closes
        )  # no working day is left: today, or the day off it closes on
    return offer_floor(draft, desk)


def _has_passed(draft: Draft, desk: Desk) -> bool:
    """Whether it stood, open, on a day that has passed, for another date in the sheet than today's."""
    known = draft.memory
    if known is None or known.fact == draft.fact or known.done_on or was_deleted(known) or draft.pinned:
        return False
    return known.missed or (known.start is not None and desk.day_of(known.start) < desk.today)


def newest_date(lead: Lead, desk: Desk) -> date:
    """The newest day the row tells of; today where it tells of none."""
    found = (
        lead.received_at,
        lead.applied_on,
        lead.last_inbound,
        lead.last_outbound,
        lead.meeting_on,
        lead.follow_up_on,
    )
    return max((desk.day_of(day) for day in found if day is not None), default=desk.today)
