"""Information (article 000): thank whoever gave it, keep what you promised, and give every lead a next step in a day.

R-000-6 (stale) and R-000-9 are lines of the review, R-000-7 a note (`notes`), R-000-8 words.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from datetime import date, timedelta

from sync.advice import Rule
from sync.models import Asking, Stage
from sync.reading.organisations import is_about_agency
from sync.safe_text import clean
from sync.schedule.cases import TALKING, Case, has_live_offer, is_old_news
from sync.schedule.drafts import Draft, SharedDraft
from sync.schedule.ledger import WEEK
from sync.schedule.occasions import TRIAGED, Occasion, by_the_day, soon_after
from sync.schedule.quarters import at, moment_of, quarter_up
from sync.schedule.reasons import Reason
from sync.schedule.registry import Whole, owed, shared, waited
from sync.schedule.shared import DATES, MAX_NAME, WORDS
from sync.schedule.view import View
from sync.schedule.waiting import Answer, Floor, LongPast, Over, floor_draft


@owed("R-000-2")
def thank_for_information(case: Case, rule: Rule, view: View) -> Occasion:
    """Somebody told you something."""
    return soon_after(rule, case, view, field="received_at")


@owed("R-000-3")
def keep_the_promise(case: Case, rule: Rule, view: View) -> Occasion:
    """You named a date; it is kept on a business day, never after it."""
    return by_the_day(case, view, field="promised_on", round=case.round_of("promised_on"))


@waited("R-000-5")
def do_as_planned(case: Case, rule: Rule, view: View) -> Answer | None:
    """The seeker's own plan, later on a date or half an hour of research; never before an introduction.

    A plan that is long past at first sight settles the lead, but not where it goes on without it.
    """
    lead = case.lead
    introduced = bool(lead.received_at and lead.referrer and lead.contact.name)
    if lead.plan_on is not None:
        draft = floor_draft(case, rule, view.days.at_or_after(lead.plan_on), view, round=1)
        draft.reason[:0] = [Reason("reason.plan", {"day": lead.plan_on})]
    elif lead.plan == "research" and not introduced:
        since = view.day_of(lead.received_at or case.seen.first_seen)
        draft = floor_draft(case, rule, view.days.at_or_after(since), view)
        draft.reason[:0] = [Reason("reason.research")]
    else:
        return None
    if (case.new or case.seen.triaged) and draft.memory is None and draft.raw + WEEK < view.today:
        if not case.new:
            return None
        goes_on = case.stage in TALKING or has_live_offer(case, view=view)
        return Over(draft) if goes_on else LongPast(case)
    return Floor(draft)


# --- R-000-4: every lead has a next step with a date -------------------------------------------------------------


@shared("R-000-4")
def give_a_next_step(whole: Whole, rule: Rule, view: View) -> Iterator[Draft | SharedDraft]:
    """Leads have no next step with a date: to add the date, to decide, or to say what a status means."""
    dated = list(_add_the_dates(whole, rule, view))
    yield from dated
    busy = {_row_of(draft) for draft in (*whole.drafts, *dated) if isinstance(draft, Draft)}
    yield from _decide_the_next_step(whole, rule, busy, view)
    yield from _say_what_it_means(whole, rule, view)


def _row_of(draft: Draft) -> str:
    """The key of the row whose step it is. A regular touch to an agency is that of a row that names nothing else."""
    lead = draft.case.lead
    if draft.rule.audience == "agency" and (not lead.company or is_about_agency(lead)):
        return lead.key
    return draft.lead_key


def _add_the_dates(whole: Whole, rule: Rule, view: View) -> Iterator[Draft | SharedDraft]:
    """An interview, an offer or an application without its date; one event a day for all of them."""
    by_day: dict[date, list[Draft]] = {}
    for case in whole.cases:
        answer = _add_the_date(case, rule, whole, view)
        own = whole.shared.offer(answer) if answer is not None else None
        if own is not None and whole.shared.is_ahead(rule, own.raw, party=DATES):
            own.own_event = False
            by_day.setdefault(own.raw, []).append(own)
    yield from whole.shared.name_drafts(rule, by_day, "reason.no_dates", party=DATES)


def _add_the_date(case: Case, rule: Rule, whole: Whole, view: View) -> Answer | None:
    lead, missing = case.lead, _missing_date(case)
    if not missing or not lead.interested:
        return None
    if not case.can_read("status", missing) or (case.stage is Stage.INTERVIEW and lead.follow_up_on):
        return None
    if is_old_news(case, view=view):
        return LongPast(case)
    if whole.shared.is_settled(case):
        return None
    number = sum(stage.stage is case.stage for stage in case.seen.stages)
    draft = floor_draft(case, rule, view.days.at_or_after(case.stage_since), view, party=case.stage.value, round=number)
    draft.facts = {"field": view.say_about(case.lead, f"field.{missing}")}
    draft.reason.insert(0, Reason("reason.no_date", draft.facts))
    return Floor(draft)


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


def _decide_the_next_step(whole: Whole, rule: Rule, busy: Set[str], view: View) -> Iterator[Draft | SharedDraft]:
    """Leads without a touch of their own, one event for all that arrived on one day."""
    arrived: dict[date, list[Case]] = {}
    for case in whole.cases:
        if (
            case.lead.asking is not Asking.ALLOWED
            or case.lead.key in busy
            or _was_triaged(case, whole, view)
            or not _wants_decision(case)
        ):
            continue
        day = _decide_day(case, rule, view)
        if whole.shared.is_ahead(rule, day):
            arrived.setdefault(day, []).append(case)
        elif case.new:
            whole.shared.offer(LongPast(case))
    for event, day in whole.shared.name_leads(rule, arrived, "reason.arrived"):
        for case in arrived[day]:
            whole.shared.leave_to(event, case)
        yield event


def _was_triaged(case: Case, whole: Whole, view: View) -> bool:
    """Whether it was named in a triage event, now or in an earlier run: then it is no new lead."""
    given_up = (record for record in view.records.of(case.lead.key) if record.missed)
    return case.lead.key in whole.shared.long_past or any(one.start is None or one.note == TRIAGED for one in given_up)


def _wants_decision(case: Case) -> bool:
    lead = case.lead
    open_ = not case.stage.closed and lead.interested and case.stage in (Stage.IDEA, Stage.SENT)
    return open_ and not lead.unreadable and not case.seen.triaged


def _decide_day(case: Case, rule: Rule, view: View) -> date:
    """The last day whose message hours begin within the hours the rule gives, usually the one after it arrived."""
    arrived = case.lead.received_at if case.lead.received_at is not None else case.seen.first_seen
    due = moment_of(quarter_up(view.instant_of(arrived)) + 4 * (rule.hours or 0), view.zone)
    day = due.date()
    begun = quarter_up(at(day, view.settings.message_hours.start, view.zone)) <= quarter_up(due)
    return max(view.day_of(arrived), day if begun else day - timedelta(days=1))


def _say_what_it_means(whole: Whole, rule: Rule, view: View) -> Iterator[Draft | SharedDraft]:
    """Rows that wait until the person says what their status means; their words stand in the event."""
    words = {row: status.text for status in whole.unclear for row in status.waiting}
    arrived: dict[date, list[Case]] = {}
    for case in whole.cases:
        if case.lead.row in words and not case.stage.closed and case.lead.interested:
            day = view.days.add(case.stage_since, 1)
            if whole.shared.is_ahead(rule, day, party=WORDS):
                arrived.setdefault(day, []).append(case)

    def with_word(case: Case) -> str:
        label, word = clean(case.lead.label, limit=30), clean(words[case.lead.row], limit=MAX_NAME - 36)
        return view.say("act.word", lead=label, status=word)

    for event, _ in whole.shared.name_leads(rule, arrived, "reason.unclear", party=WORDS, name=with_word):
        yield event
