"""What no article asks for: a closing date, how often somebody is to hear from you, a call they promised, the interview
itself, your own date in the sheet, and what a day has no room for (005, `sheet`, `more`, `triage`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import count

from msgspec.structs import replace

from sync.advice import Rule
from sync.models import Moment, Person, Stage
from sync.reconcile.identity import SELF
from sync.safe_text import clean
from sync.schedule.advice.meaningful import keep_in_touch
from sync.schedule.cases import Case, is_same_fact, rounds_of
from sync.schedule.drafts import Draft, SharedDraft, draft_for
from sync.schedule.ledger import WEEK, Verdict, is_over, was_deleted
from sync.schedule.occasions import TIME_ASSUMED, Occasion, interview_zone, not_before, said, soon_after, within_hours
from sync.schedule.quarters import at
from sync.schedule.reasons import Reason
from sync.schedule.registry import Whole, across, applies, owed, shared, waited
from sync.schedule.rounds import end_of, last_day
from sync.schedule.shared import list_names
from sync.schedule.sheet_dates import offer_sheet_date, sheet_date
from sync.schedule.view import View
from sync.schedule.waiting import (
    Answer,
    Endless,
    FirstOpen,
    Floor,
    Given,
    LongPast,
    Over,
    Remark,
    floor_draft,
)

ALONE = 50
"""First round of a `follow_up_on` that belongs to no ladder."""
LONGEST = 12 * 60
"""Minutes. What is said to last longer is no hour of one interview."""
LAST_MINUTE = ("early", "papers", "ask", "names", "thank")


@waited("R-005-1")
def apply_before_it_closes(case: Case, rule: Rule, view: View) -> Answer | None:
    """A posting closes, and nothing is sent yet; never after its last day."""
    closes = case.lead.closes_on
    if closes is None:
        return None
    if closes < view.today:
        return Remark(case, rule.id, "note.has_closed", {"day": view.tell(closes)})
    return _before_the_last_day(case, rule, closes, "reason.closes", view)


_TASKS = {Stage.OFFER: "field.answer_by", Stage.IN_TOUCH: "field.send"}
"""What is to be done by the last day; a test, at other stages."""


@waited("R-005-4")
def answer_in_time(case: Case, rule: Rule, view: View) -> Answer | None:
    """They wait for the answer to an offer, for a test or what they asked for; never after its last day."""
    last = case.lead.answer_by
    if last is None or last < view.today:
        return None
    task = view.say_about(case.lead, _TASKS.get(case.stage, "field.hand_in"))
    return _before_the_last_day(case, rule, last, "reason.answer_by", view, task=task)


def _before_the_last_day(case: Case, rule: Rule, last: date, reason: str, view: View, **facts: str) -> Answer:
    """Some business days before the last day; where less is left on the next one, and never after it."""
    raw = view.days.add(view.days.at_or_before(last), -(rule.business_days or 0))
    answers: list[Answer] = []
    draft = floor_draft(case, rule, raw, view)
    if _has_passed(draft, view):  # and the last day was put off since
        answers.append(Over(draft))
        draft = floor_draft(case, rule, raw, view, party=last.isoformat())
    draft.latest = last
    draft.facts = {"day": view.tell(last), **facts}
    draft.reason[:0] = [Reason(reason, {"day": last, "days": rule.business_days})]
    if draft.fixed is None and draft.raw < view.today and view.days.add(view.today, 1) > last:
        draft.fixed = draft.day = min(view.soonest, last)  # no working day is left: today, or the day off it ends on
    return FirstOpen((*answers, Floor(draft)))


def _has_passed(draft: Draft, view: View) -> bool:
    """Whether it stood, open, on a day that has passed, for another date in the sheet than today's."""
    known = draft.memory
    if known is None or is_same_fact(known.fact, draft.fact) or known.done_on or was_deleted(known) or draft.pinned:
        return False
    given = view.records.given_on(known)
    return known.missed or (given is not None and given < view.today)


@waited("R-005-2", alone=True)
def hear_from_each_other(case: Case, rule: Rule, view: View) -> Endless | None:
    """The row says how often; any touch in either direction starts the clock anew."""
    if case.lead.every is None:
        return None
    return keep_in_touch(case, replace(rule, days=case.lead.every), view)


@owed("R-005-3")
def ask_after_the_promised_call(case: Case, rule: Rule, view: View) -> Occasion | None:
    """They said when they would call; an hour later, or after the working day where no hour was said."""
    due, came = case.lead.they_call_at, case.lead.last_inbound
    if due is None or (came is not None and not_before(came, _a_little_before(due, rule), view)):
        return None
    number = case.round_of("they_call_at")
    if isinstance(due, datetime):
        return soon_after(rule, case, view, field="they_call_at", round=number)
    over = at(due, view.settings.work_hours.end, view.zone)
    told = replace(said(case, "they_call_at"), then=TIME_ASSUMED)
    return within_hours(rule, due, view, said=told, start=over, round=number)


def _a_little_before(due: Moment, rule: Rule) -> Moment:
    """Whoever calls a bit early has called."""
    return due - timedelta(minutes=rule.minutes or 0) if isinstance(due, datetime) else due


@across("R-005-5")
def show_the_interview(whole: Whole, rule: Rule, view: View) -> Iterator[Answer]:
    """An interview is ahead, each round of its own; where no hour is known yet, the whole day."""
    for case in whole.cases:
        for one in (*rounds_of(case), case):
            if applies(rule, one) and (answer := _appointment(one, rule, view)) is not None:
                yield answer


def _appointment(case: Case, rule: Rule, view: View) -> Answer | None:
    """The interview of this row; what is over is history, what had begun before we knew of it is not made."""
    held = case.lead.interview_at
    if held is None:
        return None
    if isinstance(held, datetime):
        end = end_of(held, case.lead.interview_end, view=view)
        rule = replace(rule, length=min(-(-(end - held) // timedelta(minutes=1)), LONGEST))
    draft = draft_for(case, rule, view=view, raw=view.day_of(held), round=case.interview_round)
    if draft.memory is not None and is_over(draft.memory):
        return Given(draft)  # it stays as history, and needs no facts
    if not draft.pinned and _is_over(held, draft.was_shown, view):
        return Over(draft) if draft.memory is not None else None
    if not draft.pinned:
        draft.fixed = held
        if not isinstance(held, datetime):
            draft.start, draft.end = held, last_day(held, case.lead.interview_end) + timedelta(days=1)
    draft.zone = interview_zone(case, view)
    draft.reason.insert(0, said(case, "interview_at"))
    draft.facts["lines"] = "\n".join(_what_to_know(case, view))
    return Given(draft)


def _is_over(held: Moment, known: bool, view: View) -> bool:
    """What we show stays as it is until its day has passed: the clock alone moves nothing of today."""
    if known or not isinstance(held, datetime):
        return view.day_of(held) < view.today
    return view.clock.has_come(held)


def _what_to_know(case: Case, view: View) -> Iterator[str]:
    """How and where, who is there and how to reach them, their problem; then the list for the last minutes."""
    lead, say = case.lead, view.say
    for key, cell in (("kind", lead.interview_kind), ("city", lead.city)):
        if text := clean(cell):
            yield say(f"interview.{key}", text=text)
    people = [_reached(person) for person in lead.interviewers if person.party]
    if people:
        yield say("interview.people", people=", ".join(people))
    if lead.contact.party and lead.contact not in lead.interviewers:
        yield say("interview.contact", person=_reached(lead.contact))
    if agency := clean(lead.agency):
        yield say("interview.agency", agency=agency)
    if problem := clean(lead.problem):
        yield say("interview.problem", problem=problem)
    yield ""
    yield say("interview.last")
    yield from (f"- {view.say_about(lead, f'interview.{key}')}" for key in LAST_MINUTE)


def _reached(person: Person) -> str:
    """A name with number and address exactly as in the sheet, so that a phone makes them tappable."""
    return clean(" ".join(part for part in (person.name, person.phone, person.email) if part.strip()), limit=200)


@waited("sheet", alone=True)
def keep_your_own_date(case: Case, rule: Rule, view: View) -> Answer | None:
    """The sheet names a date; in a ladder it takes the place of the next step."""
    spent = [record.round for record in view.records.of(case.lead.key) if record.rule == "sheet" and is_over(record)]
    day = sheet_date(case, view)
    if not isinstance(day, date):
        return day
    number = next(number for number in count(ALONE + len(spent)) if number not in spent)
    draft = floor_draft(case, rule, day, view, round=number)
    if day < view.today and not draft.pinned:
        if day + WEEK < view.today:
            return LongPast(case, draft) if draft.memory is None else Over(draft)
        if view.records.judge(draft.memory, day) is Verdict.PASSED:
            return Over(draft)
    offer_sheet_date(draft, day, view=view)
    return Given(draft)


@shared("more")
def name_what_has_no_room(whole: Whole, rule: Rule, view: View) -> Iterator[SharedDraft]:
    """A day has no room for everything."""
    crowded: dict[date, list[Case]] = {}
    for draft in whole.drafts:
        if draft.crowded:
            crowded.setdefault(draft.day, []).append(draft.case)
    limit = view.settings.limits.daily_touches
    reason = "reason.more" if limit else "reason.more_slots"
    yield from (event for event, _ in whole.shared.name_leads(rule, crowded, reason, limit=limit))


@shared("triage", after="R-000-4")
def decide_what_is_long_past(whole: Whole, rule: Rule, view: View) -> Iterator[SharedDraft]:
    """What lies long in the past, by name, in one event today; kept as written until its day has passed.

    A lead at an interview that has a touch of its own ahead goes on, though a part of it is old: it is not named.
    """
    open_ = [
        record
        for record in view.records.of(SELF)
        if record.rule == rule.id and (given := view.records.given_on(record)) and given >= view.today
    ]
    known = open_[-1] if open_ else None
    ahead = {draft.lead_key for draft in whole.drafts}
    going_on = {case.lead.key for case in whole.cases if case.stage is Stage.INTERVIEW and case.lead.key in ahead}
    old = sorted(label for key, label in whole.shared.long_past.items() if key not in going_on)
    names = (known.note.split("\n") if known and known.note else []) + old
    if not names:
        return
    day = known.raw if known and known.raw else view.soonest
    _, high = view.hours_on(day, "work")
    if known is None and view.clock.has_begun(high - 1):
        day = view.days.add(day, 1)
    draft = whole.shared.draft(rule, day)
    if whole.shared.is_past(draft):
        return
    names = list(dict.fromkeys(names))
    draft.note = "\n".join(names)
    draft.facts = {"count": str(len(names)), "leads": list_names(names, view)}
    draft.reason.append(Reason("reason.triage", {"count": len(names)}))
    yield draft
