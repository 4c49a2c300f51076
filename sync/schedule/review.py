"""The weekly review (R-001-14): what was done, what is due, late or stale, and whether the pipeline is full.

One event a week, named in advance; what it says is written once, by the first run in the 24 hours before it. Each
line stands only where there is something to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from statistics import median

from sync.advice import Rule
from sync.memory import TouchMemory
from sync.models import TouchClass
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.drafts import Draft
from sync.schedule.ledger import is_over, was_deleted
from sync.schedule.pause_report import name_pauses
from sync.schedule.referrers import first_contact
from sync.schedule.registry import Whole
from sync.schedule.shared import in_a_line
from sync.schedule.view import View
from sync.stats import days_to_answer, has_answer, percent, was_sent

A_DAY = 24
"""Hours from an introduction to the first contact that are nothing to speak of."""


def review_day(rule: Rule, today: date, view: View) -> date:
    """The review of this week: its weekday, or the business day before it."""
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(rule.weekday or "fri")
    return view.days.at_or_before(today + timedelta(days=weekday - today.weekday()))


def review_lines(whole: Whole, *, view: View) -> Iterator[str]:
    """What the review says, each line only where there is something to say."""
    cases, drafts = whole.cases, whole.drafts
    monday = view.today - timedelta(days=view.today.weekday())
    over = [record for record in view.records.all() if record.done_on and monday <= record.done_on <= view.today]
    if done := sum(not record.assumed for record in over):
        yield view.say("review.done", count=done)
    if assumed := sum(record.assumed and _asks(record, view) for record in over):
        yield _taken_as_done(cases, assumed, view)
    soon = [d for d in drafts if d.own_event and view.today <= d.day <= view.today + timedelta(days=1)]
    if due := _cases_of(soon):
        yield view.say("review.due", count=len(due), leads=_named(due, view))
    if late := _cases_of(d for d in drafts if d.late):
        yield view.say("review.late", count=len(late), leads=_named(late, view))
    yield from name_pauses(cases, drafts, view=view)
    if stale := stale_cases(cases, drafts, view):
        yield view.say("review.stale", count=len(stale), leads=_named(stale, view))
    if close := [case for case in cases if dismissed_in_a_row(case, view) >= 2 and not case.stage.closed]:
        yield view.say("review.close", count=len(close), leads=_named(close, view))
    waits = [hours for case in cases if (hours := hours_to_contact(case, view)) is not None]
    if waits and median(waits) > A_DAY:
        yield view.say("review.introductions", count=len(waits), hours=round(median(waits)))
    yield from _pipeline(cases, view)
    yield from _answers(cases, view)
    if whole.problems:
        yield view.say("review.unread", count=len(whole.problems), cells=in_a_line(whole.problems, view))
    if waiting := {row for status in whole.unclear for row in status.waiting}:
        texts = [clean(status.text) for status in whole.unclear if status.waiting]
        yield view.say("review.unclear", count=len(waiting), statuses=in_a_line(texts, view))
    selling = bool(cases) and all(case.lead.is_customer for case in cases)
    yield view.say("review.learnt-customer" if selling else "review.learnt")


def stale_cases(cases: Iterable[Case], drafts: Iterable[Draft], view: View) -> list[Case]:
    """R-000-6: open leads without a future touch and without a sign of life for two weeks."""
    days = timedelta(days=view.advice.rules["R-000-6"].days or 0)
    busy = {draft.lead_key for draft in drafts}
    return [
        case
        for case in cases
        if not case.stage.closed and case.lead.interested and case.lead.key not in busy
        and last_sign(case, view) + days <= view.today
    ]  # fmt: skip


def last_sign(case: Case, view: View) -> date:
    """The day of the last event of any sort: received, sent, answered, ticked, or first seen by us."""
    lead = case.lead
    found = (
        lead.received_at, lead.applied_on, lead.last_inbound, lead.last_outbound, lead.meeting_on, lead.interview_at,
        lead.offer_on,
    )  # fmt: skip
    ticked = (record.done_on for record in view.records.of(lead.key) if not record.assumed)
    past = [view.day_of(day) for day in (*found, *ticked) if day is not None and view.day_of(day) <= view.today]
    return max(past, default=view.day_of(case.seen.first_seen))


def hours_to_contact(case: Case, view: View) -> float | None:
    """R-002-7: from an introduction to the first contact; a day without its hour counts as the start of work."""
    received, reached = case.lead.received_at, first_contact(case, view=view)
    if received is None or reached is None:
        return None
    return max(0.0, (view.instant_of(reached) - view.instant_of(received)) / timedelta(hours=1))


def dismissed_in_a_row(case: Case, view: View) -> int:
    """How many of the lead's last asking touches, by the days they stood on, the user deleted."""
    asks = [record for record in view.records.of(case.lead.key) if _asks(record, view) and is_over(record)]
    asks.sort(key=lambda record: (view.records.given_on(record) or record.planned or date.min, record.step))
    count = 0
    for record in reversed(asks):
        if not was_deleted(record):
            break
        count += 1
    return count


def _asks(record: TouchMemory, view: View) -> bool:
    rule = view.advice.rules.get(record.rule)
    return rule is not None and rule.kind is TouchClass.ASKING


def _taken_as_done(cases: Sequence[Case], count: int, view: View) -> str:
    """What was only assumed, with how to say so: by a tick where the calendar shows us ticks, in their own column."""
    columns = (case.lead.columns.get("last_outbound", "") for case in cases)
    column = clean(next(filter(None, columns), ""))
    how = "tick" if view.abilities.reactions else "log"
    key = f"review.assumed_{how}" + ("_column" if column else "")
    return view.say(key, count=count, **({"column": column} if column else {}))


def _named(cases: Iterable[Case], view: View) -> str:
    return in_a_line(sorted(case.lead.label for case in cases), view)


def _cases_of(drafts: Iterable[Draft]) -> list[Case]:
    return list({draft.case.lead.key: draft.case for draft in drafts}.values())


def _answers(cases: Iterable[Case], view: View) -> Iterator[str]:
    """How many answered so far, as `followup stats` counts them; of a few a share says nothing."""
    leads = [case.lead for case in cases]
    sent = [lead for lead in leads if was_sent(lead, view.today, view.zone)]
    answered = [lead for lead in sent if has_answer(lead, view.today, view.zone)]
    if (share := percent(len(answered), len(sent))) is None:
        return
    days = [count for lead in answered if (count := days_to_answer(lead, view.today, view.zone)) is not None]
    told = {"answered": len(answered), "sent": len(sent), "percent": share}
    if days:
        yield view.say("review.answers_after", **told, days=max(round(median(days)), 1))
    else:
        yield view.say("review.answers", **told)


def _pipeline(cases: Sequence[Case], view: View) -> Iterator[str]:
    """R-004-8 and R-004-7: too few organisations, nothing new, too much on one, one contact only."""
    rule = view.advice.rules["R-004-8"]
    open_ = [case for case in cases if not case.stage.closed and case.lead.interested]
    people: dict[str, set[str]] = {}
    count: dict[str, int] = {}
    names: dict[str, str] = {}
    for case in open_:
        people.setdefault(case.organisation, set()).update({case.lead.contact.party} - {""})
        count[case.organisation] = count.get(case.organisation, 0) + 1
        names.setdefault(case.organisation, case.lead.company or case.lead.label)
    received = [view.day_of(c.lead.received_at or c.lead.applied_on or c.seen.first_seen) for c in cases]
    newest = max((day for day in received if day <= view.today), default=view.today)
    said = []
    if len(count) < (rule.cap or 0):
        said.append(view.say("review.few", count=len(count), target=rule.cap))
    if (view.today - newest).days >= (rule.days or 0):
        said.append(view.say("review.none_new", days=(view.today - newest).days))
    share = (rule.intervals or (50,))[0]
    if len(open_) > 1 and (most := max(count.values())) * 100 > share * len(open_):
        top = min(key for key, number in count.items() if number == most)
        said.append(view.say("review.one_sided", organisation=clean(names[top]), percent=100 * most // len(open_)))
    if rule.on and said:
        yield view.say("review.add_leads", reasons="; ".join(said))
    elif open_:
        yield view.say("review.open", count=len(open_), organisations=len(count))
    firms = {case.organisation for case in open_ if case.lead.company}
    single = sorted(names[key] for key, known in people.items() if len(known) == 1 and key in firms)
    if single and view.advice.rules["R-004-7"].on:
        yield view.say("review.one_contact", count=len(single), names=in_a_line(single, view))
