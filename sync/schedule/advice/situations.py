"""The six situations (article 001): applied, an interview ahead and held, an offer, a message, agencies, the week.

R-001-10 is in `people`, what of R-001-7 is held back in `referrers`, the lines of the review (R-001-14) are in
`review`; R-001-3, -5, -16 and -17 are words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.advice import Rule
from sync.models import Person
from sync.reading.organisations import referrer_key
from sync.safe_text import clean
from sync.schedule.cases import Case, is_offered_since, is_only_known, wrote_their_offer
from sync.schedule.drafts import SharedDraft
from sync.schedule.ladders import (
    ROUNDS,
    Steps,
    call_day,
    count_cap,
    has_answered,
    repeat_last,
    told_since,
)
from sync.schedule.ledger import WEEK, is_over, over_day
from sync.schedule.letters import standing
from sync.schedule.occasions import (
    Occasion,
    after_it_is_over,
    by_the_day,
    interview_zone,
    said,
    soon_after,
    within_hours,
)
from sync.schedule.people import agency_person
from sync.schedule.quarters import at, moment_of, quarter_up
from sync.schedule.reach import reached_by
from sync.schedule.reasons import Reason, roll_reasons
from sync.schedule.referrers import first_contact
from sync.schedule.registry import Whole, across, laddered, owed, shared
from sync.schedule.review import review_day, review_lines
from sync.schedule.rounds import end_of
from sync.schedule.view import View
from sync.schedule.waiting import Endless, FirstOpen, Floor, first_day, floor_draft, next_rounds

# --- applied -----------------------------------------------------------------------------------------------------


@laddered("R-001-1", "R-001-12")
def follow_up_on_the_application(case: Case, rule: Rule, view: View) -> Steps | None:
    """You applied and nobody has answered: first weekly, then ever more seldom, up to the cap."""
    later, cap, lead = view.rule("R-001-12"), count_cap(view), case.lead
    if lead.applied_on is None or has_answered(case, view) or is_only_known(case):
        return None
    tail = later.intervals if later and later.intervals else ()
    intervals = repeat_last((rule.days or 0, *tail), cap if tail else 1)
    return Steps(
        rules=(rule, *[later or rule] * (len(intervals) - 1)),
        intervals=intervals,
        base=lead.applied_on,
        base_text=told_since(case, "applied_on", "reason.since_applied"),
        generation=case.seen.generation,
        decide_by=lead.they_decide_by,
        call_on=call_day(case, view),
    )


# --- an interview ------------------------------------------------------------------------------------------------


@owed("R-001-2")
def confirm_the_interview(case: Case, rule: Rule, view: View) -> Occasion | None:
    """An interview is ahead: the day before it in its own zone, at an hour that suits both ends."""
    held, zone = case.lead.interview_at, interview_zone(case, view)
    if held is None:
        return None
    start = held if isinstance(held, datetime) else at(held, view.settings.work_hours.start, zone)
    eve = start.astimezone(zone).date() - timedelta(days=rule.days or 0)
    day = view.days_of(case.lead).at_or_before(eve)
    if day < view.today <= eve:  # away already, with no day left before that: it stays, as every deadline does
        day = view.days_to_call(case.lead).at_or_before(eve)
    bounds = _both_hours(day, zone, view)
    last = start - timedelta(hours=rule.hours or 0)
    told, moved = said(case, "interview_at"), roll_reasons(eve, day, view=view)
    first = moment_of(bounds[0], view.zone)
    return Occasion(first.date(), first, last, told, case.interview_round, bounds=bounds, moved=moved, until=last)


def _both_hours(day: date, zone: ZoneInfo, view: View) -> tuple[int, int]:
    """Quarters of a day's work hours there that lie in the seeker's message hours; else the last one before."""
    low, high = view.hours_on(day, "work", zone)
    last = 0
    for offset in (-1, 0, 1):
        here = moment_of(low, view.zone).date() + timedelta(days=offset)
        mine, until = view.hours_on(here, "message")
        if max(low, mine) < min(high, until):
            return max(low, mine), min(high, until)
        if mine < high:
            last = min(until, high) - 1
    return last, last + 1


@owed("R-001-4", "R-001-6")
def thank_for_the_interview(case: Case, rule: Rule, view: View) -> Occasion | None:
    """An interview is over: whoever was in it is thanked, and the agency that arranged it; for an offer, that."""
    held, end = case.lead.interview_at, case.lead.interview_end
    if held is None or is_offered_since(case, view.day_of(end_of(held, end, view=view)), view=view):
        return None
    return after_it_is_over(rule, case, view, field="interview_at", end=end, round=case.interview_round)


# --- whoever referred you ----------------------------------------------------------------------------------------


@owed("R-001-7", after="R-002-1")
def tell_the_referrer(case: Case, rule: Rule, view: View) -> Occasion | None:
    """Somebody they named was reached for the first time."""
    done = first_contact(case, view=view)
    if done is None:
        return None
    return within_hours(rule, done, view, said=Reason("reason.introduction_used", {"day": view.day_of(done)}))


@across("R-001-7")
def keep_the_referrer_informed(whole: Whole, rule: Rule, view: View) -> Iterator[FirstOpen]:
    """What became of their leads changed: to each referrer at most once in seven days."""
    rows: dict[str, list[Case]] = {}
    for case in whole.cases:
        key = referrer_key(case.lead)
        if key and case.can_read(*rule.reads, "status") and not case.lead.do_not_contact:
            rows.setdefault(key, []).append(case)
    planned = {draft.lead_key: draft.day for draft in whole.drafts if draft.rule.id == rule.id}
    for key, theirs in sorted(rows.items()):
        note = partial(_progress_note, key, theirs, rule, new=whole.news.get(key, ()), planned=planned)
        yield FirstOpen(next_rounds(note, view))


def _progress_note(
    key: str, cases: Sequence[Case], rule: Rule, view: View, *,
    new: Iterable[tuple[date, Case]], planned: Mapping[str, date],
) -> Floor | None:  # fmt: skip
    """The next note to this referrer about leads whose stage changed, or that were contacted, since the last one."""
    records = sorted(view.records.of(key), key=lambda record: (record.round, record.generation))
    last = records[-1] if records else None
    told = max((day for record in records if (day := over_day(record))), default=date.min)
    changed = [(stage.on, case) for case in cases for stage in case.seen.stages[1:] if stage.on > told]
    changed += [(on, case) for on, case in new if on >= told]  # what went before has named the others
    if not changed:
        return None
    firsts = [
        record.done_on or record.planned or date.min
        for case in cases
        for record in view.records.of(case.lead.key)
        if record.rule == rule.id
    ]
    quiet = max([told, *firsts, *(planned[case.lead.key] for case in cases if case.lead.key in planned)])
    since = min(day for day, _ in changed)
    raw = max(since, quiet + timedelta(days=rule.days or 0))
    first = min((case for _, case in changed), key=lambda case: case.lead.key)
    number = last.round + is_over(last) if last else 1
    draft = floor_draft(first, rule, view.days.at_or_after(raw), view, key=key, round=number)
    draft.person, draft.channel = Person(name=first.lead.referrer.strip()), "email"
    draft.facts = {"leads": "; ".join(sorted({clean(case.lead.label) for _, case in changed}))}
    draft.facts["progress"] = "; ".join(sorted({standing(case, view) for _, case in changed}))
    draft.reason.insert(0, Reason("reason.progress", {"day": since, "leads": draft.facts["leads"]}))
    return Floor(draft, assumed=not view.abilities.reactions)


# --- references, an offer, a message ------------------------------------------------------------------------------


@owed("R-001-8")
def warn_references(case: Case, rule: Rule, view: View) -> Occasion | None:
    """You give your references to them; nobody calls them after an offer."""
    given = case.lead.references_given_on
    if given is None or is_offered_since(case, given, view=view):
        return None
    return by_the_day(case, view, field="references_given_on", days=rule.days or 0)


@owed("R-001-9")
def thank_for_the_offer(case: Case, rule: Rule, view: View) -> Occasion:
    """They made an offer."""
    return soon_after(rule, case, view, field="offer_on")


@owed("R-001-11")
def answer_their_message(case: Case, rule: Rule, view: View) -> Occasion | None:
    """They wrote or called. Where that was to make an offer, the thanks for it are the answer."""
    if case.lead.offer_on is not None and view.rule("R-001-9") and wrote_their_offer(case, view=view):
        return None
    found = soon_after(rule, case, view, field="last_inbound", round=case.round_of("last_inbound"))
    # A bare day is kept by people who seldom write down that they answered: after a week it is old news.
    return found if case.lead.last_inbound_channel else replace(found, until=found.deadline + WEEK)


# --- agencies ----------------------------------------------------------------------------------------------------


@across("R-001-13")
def stay_in_touch_with_agencies(whole: Whole, rule: Rule, view: View) -> Iterator[Endless]:
    """An agency of which a row is open: one regular touch, counted from the newest touch to it.

    That is the newest outbound of its rows, or an ask or a thank-you to it that is done. Nothing that is only planned
    moves it: only what reaches the same recruiter by name keeps its distance.
    """
    rows: dict[str, list[Case]] = {}
    for case in whole.cases:
        if case.agency and case.may_write(rule):
            rows.setdefault(case.agency, []).append(case)
    for key, open_cases in sorted(rows.items()):
        sent = [view.day_of(c.lead.last_outbound) for c in open_cases if c.lead.last_outbound is not None]
        sent += [day for case in open_cases for day in _reached_agency(case, view)]
        yield Endless(
            case=open_cases[0],
            rule=rule,
            base=max(sent or [case.lead.applied_on or first_day(case, view) for case in open_cases]),
            sent=max(sent, default=None),
            key=key,
            to=agency_person(open_cases[0].lead),
            step=ROUNDS,
        )


def _reached_agency(case: Case, view: View) -> Iterator[date]:
    """The days on which a touch of this row that goes to its agency was done."""
    for record in view.records.of(case.lead.key):
        rule = view.advice.rules.get(record.rule)
        if rule and record.done_on and case.agency in reached_by(record, rule, case):
            yield record.done_on


# --- the week ----------------------------------------------------------------------------------------------------


@shared("R-001-14", after="triage")
def review_the_week(whole: Whole, rule: Rule, view: View) -> Iterator[SharedDraft]:
    """Every week: the next review, named in advance; its contents are written in the 24 hours before it."""
    if rule.at is None:
        return
    for week in range(3):
        day = review_day(rule, view.today + week * WEEK, view)
        start = at(day, rule.at, view.zone)
        draft = whole.shared.draft(rule, day)
        kept = draft.memory is not None and draft.memory.start is not None and day == view.today
        if day < view.today or whole.shared.is_past(draft) or (view.clock.is_behind(start) and not kept):
            continue
        draft.low, draft.high = quarter_up(start), quarter_up(at(day, view.settings.work_hours.end, view.zone))
        known = draft.memory.note if draft.memory else ""
        if not known and view.clock.has_come(start - timedelta(hours=24)):
            known = "\n".join(review_lines(whole, view=view))
        draft.note = known
        draft.facts = {"lines": known or view.say("review.ahead")}
        draft.reason.append(Reason("reason.review", {"day": day}))
        yield draft
        return
