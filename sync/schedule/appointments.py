"""What an interview in the calendar says and when it stands there: everything that one needs at the door (R-005-5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from sync.advice import Rule
from sync.models import Moment, Person
from sync.safe_text import clean
from sync.schedule.cases import Case, end_of
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, draft_for
from sync.schedule.occasions import interview_zone, said

LONGEST = 12 * 60
"""Minutes. What is said to last longer is no hour of one interview."""
LAST_MINUTE = ("early", "papers", "ask", "names", "thank")


def appointment(case: Case, rule: Rule, desk: Desk) -> Draft | None:
    """The interview of this row; what is over is history, what had begun before we knew of it is not made."""
    held = case.lead.interview_at
    if held is None:
        return None
    if isinstance(held, datetime):
        end = end_of(held, case.lead.interview_end, desk=desk)
        rule = replace(rule, length=min(-(-(end - held) // timedelta(minutes=1)), LONGEST))
    draft = draft_for(case, rule, desk=desk, raw=desk.day_of(held), round=case.interview_round)
    if desk.ledger.is_history(draft.memory):
        return None
    known = draft.memory is not None and draft.memory.published
    if not draft.pinned and _is_over(held, known, desk):
        if draft.memory is not None:
            desk.ledger.close(draft.memory)
        return None
    if not draft.pinned:
        draft.fixed = held
        if not isinstance(held, datetime):
            draft.start, draft.end = held, held + timedelta(days=1)
    draft.zone = interview_zone(case, desk)
    draft.reason.insert(0, said(case, "interview_at", desk))
    draft.facts["lines"] = "\n".join(_what_to_know(case, desk))
    return draft


def _is_over(held: Moment, known: bool, desk: Desk) -> bool:
    """What we show stays as it is until its day has passed: the clock alone moves nothing of today."""
    if known or not isinstance(held, datetime):
        return desk.day_of(held) < desk.today
    return desk.clock.has_come(held)


def _what_to_know(case: Case, desk: Desk) -> Iterator[str]:
    """How and where, who is there and how to reach them, their problem; then the list for the last minutes."""
    lead, say = case.lead, desk.say
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
    yield from (f"- {say(f'interview.{key}')}" for key in LAST_MINUTE)


def _reached(person: Person) -> str:
    """A name with number and address exactly as in the sheet, so that a phone makes them tappable."""
    return clean(" ".join(part for part in (person.name, person.phone, person.email) if part.strip()), limit=200)
