"""Which day every floor gets: the organisation guard first, then levelling.

Vocabulary: a **train** is a ladder or a single draft; it hands out its next draft once the one before has its day.
Trains that share a guard key form a **group**. Within a group drafts are served in the order of collisions, so the
first keeps its place; between groups in the published order of levelling: priority, stage, age, key.

A day once given is kept while the rule's own day is the same and the guard allows it, so that a new lead takes what
is left instead of reshuffling the others. Everything counts per day and per key; nothing is scanned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from datetime import date
from heapq import heapify, heappop, heappush, heappushpop
from typing import Protocol

from msgspec import Struct, field

from sync.models import TouchClass
from sync.safe_text import clean
from sync.schedule.business_days import BusinessDays
from sync.schedule.cases import Case, person_key
from sync.schedule.desk import Desk
from sync.schedule.distances import Block, Guard
from sync.schedule.drafts import CROWDED, Draft
from sync.schedule.ledger import is_over
from sync.schedule.reach import limits, reach
from sync.schedule.reasons import Reason
from sync.schedule.view import View

SPREAD = 5
"""Business days a floor may be levelled over, its own day included."""


class Train(Protocol):
    """Drafts of one lead that depend on each other's days."""

    @property
    def case(self) -> Case:
        """The lead."""

    def next_draft(self, previous: Draft | None) -> Draft | None:
        """The next one, or nothing."""


class Single(Struct):
    """A train of one draft."""

    draft: Draft

    @property
    def case(self) -> Case:
        """Its lead."""
        return self.draft.case

    def next_draft(self, previous: Draft | None) -> Draft | None:
        """The draft, once."""
        return self.draft if previous is None else None


class Placing(Struct):
    """Gives days to floors. `load` counts what stands on a day, with an event of its own or not; `reserved` are days
    given in earlier runs."""

    desk: Desk
    guard: Guard
    load: Counter[date] = field(default_factory=Counter)
    reserved: dict[str, date] = {}

    def reserve_given_days(self, *, nobody_asks: Set[str]) -> None:
        """Keep the places of floors that already have a day, until they are asked for."""
        rules = self.desk.advice.rules
        for memory in self.desk.memory.touches.values():
            rule, day = rules.get(memory.rule), self.desk.ledger.given_on(memory)
            if rule is None or not rule.levelled or is_over(memory) or self.desk.is_gone(memory.uid):
                continue
            if memory.uid in nobody_asks:
                continue
            if day is not None and day >= self.desk.today:
                self.reserved[memory.uid] = day
                self.load[day] += 1

    def place_all(self, trains: Sequence[Train]) -> Iterator[Draft]:
        """Every draft of these trains with its day, in the order they were served."""
        groups: dict[int, list[tuple[tuple[object, ...], int, Draft, Train]]] = {}
        orders = [_level_order(train.case) for train in trains]
        for number, (group, train) in enumerate(zip(group_trains(trains), trains, strict=True)):
            draft = train.next_draft(None)
            if draft is not None:
                heappush(groups.setdefault(group, []), (draft.collision_order, number, draft, train))
        waiting = [(orders[queue[0][1]], group) for group, queue in groups.items()]
        heapify(waiting)
        while waiting:
            _, group = heappop(waiting)
            while queue := groups[group]:
                _, number, draft, train = heappop(queue)
                placed = self._place(draft)
                if placed:
                    yield draft
                following = train.next_draft(draft) if placed else None
                if following is not None:
                    heappush(queue, (following.collision_order, number, following, train))
                if queue:
                    _, group = heappushpop(waiting, (orders[queue[0][1]], group))

    def _place(self, draft: Draft) -> bool:
        """Give the draft its day. False where the guard leaves none within half a year."""
        reached = reach(draft.rule, draft.case, draft.person)
        keys = limits(draft.rule, draft.case, draft.person, reached)
        if draft.fixed is not None or (draft.rule.any_day and self._keeps_its_day(draft)):
            if draft.chosen:
                self._note_broken_limit(draft, keys)
            self._release(draft)
            self.load[draft.day] += draft.rule.levelled
        elif not self._find_day(draft, keys):
            return False
        self.guard.note(reached, draft.day, draft.case, draft.kind)
        return True

    def _keeps_its_day(self, draft: Draft) -> bool:
        """Whether the very day that its rule wants, working day or not, is still to come."""
        today = self.desk.today
        if draft.offers > 1 or draft.day < today:
            return False
        return draft.day > today or not self._is_too_late_today(draft)

    def record(self, draft: Draft) -> None:
        """Start the clocks of those it reaches."""
        self.guard.note(reach(draft.rule, draft.case, draft.person), draft.day, draft.case, draft.kind)

    def _find_day(self, draft: Draft, keys: Sequence[str]) -> bool:
        desk, wanted = self.desk, draft.day
        earliest, days = max(wanted, desk.soonest), _days_of(draft, desk)
        again = draft.offers > 1  # it keeps the day it is given now: the next run starts from there and moves nothing
        if earliest > wanted and not again:
            draft.reason.append(Reason("reason.today", {"day": wanted, "to": earliest}))
        there = earliest if days is desk.days else days.at_or_after(earliest)
        if there > earliest and not again:
            told = {"day": earliest, "to": there, "name": days.why_closed(earliest)}
            draft.reason.append(Reason("reason.holiday_there", told))
        guarded, block = self._first_free(keys, there, days)
        if guarded is None or (draft.latest and guarded > draft.latest):
            self._give_up(draft, block)
            return False
        if block is not None and not again:
            draft.reason.append(self._guard_reason(draft, guarded, block))
        given = self._release(draft)
        closed = guarded == desk.today and self._is_too_late_today(draft)
        if draft.rule.levelled and desk.settings.limits.daily_touches:
            day = self._level(draft, keys, guarded, given, closed=closed, open_=days)
        else:
            day = self._first_free(keys, days.add(guarded, 1), days)[0] if closed else guarded
        if day is None or (draft.latest and day > draft.latest):
            self._give_up(draft, block)
            return False
        if day != guarded and not again:
            draft.reason.append(Reason("reason.levelled", {"day": day}))
        draft.day = day
        self.load[day] += draft.rule.levelled
        return True

    def _first_free(self, keys: Sequence[str], day: date, days: BusinessDays) -> tuple[date | None, Block | None]:
        """The first of these days from this one on that no limit of these keys forbids, and what forbade this one."""
        return self.guard.first_free(keys, day, roll=days.at_or_after) if keys else (day, None)

    def _release(self, draft: Draft) -> date | None:
        """Take back the place kept for this draft; the day it was, where the rule's own day is still the same."""
        given = self.reserved.pop(draft.uid, None)
        if given is None:
            return None
        self.load[given] -= 1
        memory = draft.memory
        return given if memory and memory.raw == draft.raw and memory.offers == draft.offers else None

    def _level(
        self, draft: Draft, keys: Sequence[str], guarded: date, given: date | None, *, closed: bool, open_: BusinessDays
    ) -> date | None:
        """The first day with room, over at most five business days; without room the last one (`share_days`). Beyond
        the latest day it may stand on there is none.

        A day once given is kept, with room or without: every later run finds what this one leaves.
        `closed` leaves out the first of them: it is today, and today's hours are over.
        """
        limit = self.desk.settings.limits.daily_touches
        if given is None and self.load[guarded] < limit and not closed:
            return guarded
        days = [guarded]
        while len(days) < SPREAD:
            days.append(open_.add(days[-1], 1))
        days = [day for day in days[closed:] if draft.latest is None or day <= draft.latest]
        if given in days and self.guard.is_free(keys, given):
            return given
        for day in days:
            if self.load[day] < limit and self.guard.is_free(keys, day):
                return day
        last = next((day for day in reversed(days) if self.guard.is_free(keys, day)), None)
        return last or self._first_free(keys, open_.add(guarded, 1), open_)[0]

    def _is_too_late_today(self, draft: Draft) -> bool:
        """Whether today's hours are over for it, here or where a call goes to; what stands on today already stays."""
        desk, memory = self.desk, draft.memory
        if memory and (memory.published or memory.note == CROWDED) and desk.ledger.given_on(memory) == desk.today:
            return False
        return any(desk.clock.has_begun(desk.hours_on(desk.today, "work", zone)[1]) for zone in (None, draft.zone))

    def _guard_reason(self, draft: Draft, day: date, block: Block) -> Reason:
        """Who was reached when, whose limit that starts, and the first day after it. No day that moves by itself."""
        reached = date.fromordinal(block.reached.day)
        facts = {
            "to": day,
            "organisation": _name_of(block.key, draft),
            "day": reached,
            "lead": clean(block.reached.label),
            "limit": block.limit,
        }
        return Reason("reason.guard_planned" if reached >= self.desk.today else "reason.guard", facts)

    def _give_up(self, draft: Draft, block: Block | None) -> None:
        reached = clean(block.reached.label) if block else ""
        self.desk.note("note.no_room", draft.case, rule=draft.rule.id, lead=reached)

    def _note_broken_limit(self, draft: Draft, keys: Sequence[str]) -> None:
        """What the user chose keeps its place; that it stands on a day off or inside a limit is said."""
        desk, case = self.desk, draft.case
        if not desk.days.is_open(draft.day) and not draft.rule.busy:
            desk.note("note.day_off", case, rule=draft.rule.id, day=desk.tell(draft.day))
        if draft.kind is TouchClass.ASKING and not self.guard.is_free(keys, draft.day):
            desk.note("note.inside_limit", case, rule=draft.rule.id, day=desk.tell(draft.day))


def _days_of(draft: Draft, view: View) -> BusinessDays:
    """The days on which it may stand: where it goes to the row's contact, none of their holidays."""
    to_them = draft.person == draft.case.lead.contact and draft.kind is not TouchClass.SELF
    return view.days_of(draft.case.lead) if to_them else view.days


def _name_of(key: str, draft: Draft) -> str:
    """Who the budget belongs to, as the row spells it."""
    lead = draft.case.lead
    if key == person_key(draft.person):
        return clean(draft.person.name or draft.person.email)
    if key == draft.case.agency:
        return clean(lead.agency)
    return clean(lead.organisation or lead.company or lead.label)


def group_trains(trains: Sequence[Train]) -> list[int]:
    """The group of each train: those that share an organisation, agency or person, however indirectly."""
    parent = list(range(len(trains)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[str, int] = {}
    for number, train in enumerate(trains):
        for key in filter(None, (*train.case.org_keys, train.case.person)):
            other = first.setdefault(key, number)
            parent[root(number)] = root(other)
    return [root(number) for number in range(len(trains))]


def _level_order(case: Case) -> tuple[object, ...]:
    return (case.lead.priority, -case.rank, case.age, case.lead.key)
