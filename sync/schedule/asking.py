"""What waits for a day in one lead: its ladder, an idea before the ladder's next question, and what waits alone.

A lead runs one ladder at a time: that of its application until somebody answers, then the one that waits for what
comes of it. A ladder that lies in the past as a whole when we first see it is named in the triage event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from sync.advice import Rule
from sync.models import Asking, TouchClass
from sync.schedule.cases import Case, is_old_news
from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft
from sync.schedule.ladders import Ladder, start_ladder
from sync.schedule.people import ASKED
from sync.schedule.placing import Single, Train
from sync.schedule.registry import Rules, applies
from sync.schedule.replay import replay
from sync.schedule.view import View
from sync.schedule.waiting import LongPast


def find_trains(case: Case, rules: Rules, *, desk: Desk) -> Iterator[Train]:
    """The lead's ladder with the idea that comes before it, and everything that waits beside it."""
    ladder = _find_ladder(case, rules, desk)
    idea: Draft | None = None
    for rule, make, alone in rules.waited:
        if (alone and ladder is not None) or not _may_ask(rule, case, own_date=alone) or not applies(rule, case):
            continue
        answer = make(case, rule, desk)
        draft = answer.offer(desk) if answer is not None else None
        if rule.kind is TouchClass.ONCE_EXEMPT:
            idea = draft
        elif draft is not None:
            yield Single(draft)
    if ladder is not None:
        replay(ladder)
        if not ladder.first_counts and (sent := _idea_sent_on(case, desk)):
            ladder.count_from_idea(sent, is_sent=True)
        if not _lies_in_the_past(ladder, desk):
            yield AfterIdea(ladder, idea) if idea else ladder
            return
    if idea is not None:
        yield Single(idea)


def _find_ladder(case: Case, rules: Rules, desk: Desk) -> Ladder | None:
    for rule, make in rules.laddered:
        found = make(case, rule, desk) if _may_ask(rule, case) and applies(rule, case) else None
        if isinstance(found, LongPast):
            found.offer(desk)
        elif found is not None:
            return start_ladder(found, case, desk)
    return None


def _may_ask(rule: Rule, case: Case, *, own_date: bool = False) -> bool:
    """Whether what the status means is settled enough for this rule to ask (`Asking`)."""
    asking = case.lead.asking
    if asking is Asking.ALLOWED or rule.kind not in ASKED:
        return True
    return asking is Asking.OWN_DATE and own_date


class AfterIdea(Struct):
    """A train of the idea on their problem and the ladder of questions that count from it."""

    ladder: Ladder
    idea: Draft

    @property
    def case(self) -> Case:
        """The lead of both."""
        return self.ladder.case

    def next_draft(self, previous: Draft | None) -> Draft | None:
        """The idea, then the steps of the ladder."""
        if previous is None:
            return self.idea
        if previous is not self.idea:
            return self.ladder.next_draft(previous)
        self.ladder.count_from_idea(previous.day, is_sent=False)
        return self.ladder.next_draft(None)


def _idea_sent_on(case: Case, view: View) -> date | None:
    """When the idea of this interview was sent."""
    if case.lead.interview_at is None:
        return None
    records = view.records.of(case.lead.key)
    return next(
        (r.done_on for r in records if r.rule == "R-004-6" and r.round == case.interview_round and r.done_on), None
    )


def _lies_in_the_past(ladder: Ladder, desk: Desk) -> bool:
    """At first sight a ladder that lies in the past as a whole goes into the triage event; later it stays silent."""
    last = ladder.counts_from + timedelta(days=desk.advice.rules["R-003-1"].days or 0)
    if ladder.step <= ladder.cap or last >= desk.today:
        return False
    if ladder.case.seen.triaged:
        return True
    if ladder.case.new and is_old_news(ladder.case, view=desk):
        desk.triage(ladder.case)
        return True
    return False
