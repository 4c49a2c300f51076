"""Events of the seeker's own that name many leads; which there are the rules of `advice/` say.

One of a kind per day. Its identity is a running count kept in memory; the event of a day is found again by the day it
was made for (`raw`). What such an event names is written when it is made and as long as it is ahead; a day that has
passed is history and never repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from sync.advice import Rule
from sync.memory import TouchMemory
from sync.reconcile.identity import SELF
from sync.safe_text import clean
from sync.schedule.cases import Case
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, Planned, SharedDraft, shared_draft_for
from sync.schedule.ledger import Verdict
from sync.schedule.people import join_names
from sync.schedule.reasons import Reason
from sync.schedule.view import View
from sync.schedule.waiting import Answer

DATES = "dates"
"""The party of the event that names rows without the date their stage promises."""
WORDS = "words"
"""The party of the event that names rows whose status is not understood."""
MAX_NAMES = 60
"""So many leads are named in one event; the rest is counted."""
MAX_NAME = 60
"""Characters of one of these names."""
IN_A_LINE = 10
"""So many are named in one line of the review."""


class SharedEvents(Struct):
    """The seeker's own events of this run. `counters` are the running counts as they stand afterwards."""

    desk: Desk
    counters: dict[str, int] = {}

    def draft(self, rule: Rule, raw: date, *, party: str = "") -> SharedDraft:
        """The event of this rule for this day, found again or new. It stands where it stood; a new one of today, whose
        hours are over, on the next working day."""
        desk, record = self.desk, self._record(rule.id, raw, party)
        number = record.round if record else self._count(rule.id)
        draft = shared_draft_for(rule, view=desk, raw=raw, party=party, round=number)
        given = desk.ledger.given_on(draft.memory)
        if draft.memory and draft.memory.raw == raw and given:
            draft.day = draft.day if draft.pinned else given
        elif raw == desk.today and desk.clock.has_begun(desk.hours_on(raw, rule.window)[1]):
            draft.day = desk.days.add(raw, 1)
        return draft

    def is_past(self, draft: SharedDraft) -> bool:
        """Whether it stood on a day that has passed, was ticked or deleted; then it is not made again."""
        ledger = self.desk.ledger
        if draft.memory is None or (verdict := ledger.judge(draft.memory, draft.day)) is Verdict.AHEAD:
            return False
        if verdict is not Verdict.OVER:
            ledger.let_stand(draft.memory, done=False)
        return True

    def offer(self, answer: Answer) -> Draft | None:
        """What is open of a touch that has no event of its own, for one of these to name."""
        return answer.offer(self.desk)

    def is_settled(self, case: Case) -> bool:
        """Whether its whole past is settled by a triage event, of this run or an earlier one."""
        return case.seen.triaged or case.lead.key in self.desk.settled

    @property
    def long_past(self) -> Mapping[str, str]:
        """Labels of the leads that the triage event names by now, by key."""
        return self.desk.triaged

    def leave_to(self, event: SharedDraft, case: Case) -> None:
        """This lead waits for the event, to be decided with the others."""
        self.desk.waiting[case.lead.key] = self.desk.say("note.decide", day=self.desk.tell(event.day))

    def name_leads(
        self, rule: Rule, by_day: Mapping[date, Sequence[Case]], reason: str, *, party: str = "",
        name: Callable[[Case], str] | None = None, **told: object,
    ) -> Iterator[tuple[SharedDraft, date]]:  # fmt: skip
        """One event a day that names these leads, each with the day it was made for; what has passed is history.

        `name` tells a lead in other words than its label's.
        """
        desk = self.desk
        for day, cases in sorted(by_day.items()):
            event = self.draft(rule, day, party=party)
            if self.is_past(event):
                continue
            names = sorted(name(case) if name else case.lead.label for case in cases)
            event.facts = {"count": str(len(cases)), "leads": list_names(names, desk)}
            event.to_customers = all(case.lead.is_customer for case in cases)
            event.reason.append(Reason(reason, {"count": len(cases), **told}))
            yield event, day

    def name_drafts(
        self, rule: Rule, by_day: Mapping[date, Sequence[Draft]], reason: str, *, party: str = ""
    ) -> Iterator[Draft | SharedDraft]:
        """One event a day for these drafts, which have none of their own, and they themselves on its day."""
        cases = {day: [own.case for own in owns] for day, owns in by_day.items()}
        for event, day in self.name_leads(rule, cases, reason, party=party):
            for own in by_day[day]:
                own.day = event.day
            missing = sorted({own.facts["field"] for own in by_day[day] if "field" in own.facts})
            event.facts["fields"] = join_names(missing, self.desk.say)
            yield event
            yield from by_day[day]

    def is_ahead(self, rule: Rule, raw: date, *, party: str = "") -> bool:
        """Whether the event of this day is still to come: it lies ahead, or it was put on a later day."""
        record = self._record(rule.id, raw, party)
        given = self.desk.ledger.given_on(record)
        return raw >= self.desk.today or (given is not None and given >= self.desk.today)

    def _record(self, rule_id: str, raw: date, party: str) -> TouchMemory | None:
        records = self.desk.ledger.of(SELF)
        return next((r for r in records if r.rule == rule_id and r.raw == raw and r.party == party), None)

    def _count(self, rule_id: str) -> int:
        known = (r.round for r in self.desk.ledger.of(SELF) if r.rule == rule_id)
        before = self.counters.get(rule_id, self.desk.memory.runs.counters.get(rule_id, 0))
        self.counters[rule_id] = max(before, max(known, default=0)) + 1
        return self.counters[rule_id]


def leave_shared(drafts: Iterable[Planned], *, desk: Desk) -> None:
    """While rows are out, an event that may have named them stays as it is instead of vanishing with them."""
    planned = {draft.uid for draft in drafts}
    for record in desk.ledger.of(SELF):
        stood = desk.ledger.stood_on(record)
        if record.published and record.uid not in planned and stood is not None and stood >= desk.today:
            desk.ledger.let_stand(record, done=False)


# --- names ---------------------------------------------------------------------------------------------------


def list_names(names: Sequence[str], view: View) -> str:
    """These names, one a line, bounded in number and length."""
    return "\n".join(_bounded(names, MAX_NAMES, view))


def in_a_line(names: Sequence[str], view: View) -> str:
    """These names in one short line; the rest is counted."""
    return "; ".join(_bounded(names, IN_A_LINE, view))


def _bounded(names: Sequence[str], most: int, view: View) -> Iterator[str]:
    yield from (clean(name, limit=MAX_NAME) for name in names[:most])
    if len(names) > most:
        yield view.say("review.and_more", count=len(names) - most)
