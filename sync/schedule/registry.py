"""Where the rules of `advice/` are entered, and who asks them.

A rule is a function with the rule's id; the decorator says in which way it speaks:

    owed        something is owed: an occasion with its deadline
    laddered    they are asked in steps: of such ladders a lead runs one at a time
    waited      one touch waits for a day: a floor, or another answer (`waiting`)
    across      touches that follow from many leads together
    at_the_end  what is told when the search is over
    shared      one event of the seeker's own that names many leads

A function about one lead is asked only where the rule is switched on, the lead is in one of its stages, the cells of
its trigger are filled, every cell it reads could be read, and the row allows it (`applies`). One that looks at many
leads is asked once a run. All of them look at the view, and what is written down follows from their answers; events
that name many leads are made by `Whole.shared`. `after` names a rule whose answer of this run it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import FunctionType
from typing import TypeVar

from msgspec import Struct

from sync.advice import Rule
from sync.models import Stage, TouchClass, UnclearStatus
from sync.schedule.cases import Case
from sync.schedule.drafts import Draft, SharedDraft
from sync.schedule.ladders import Steps
from sync.schedule.occasions import Occasion
from sync.schedule.shared import SharedEvents
from sync.schedule.view import View
from sync.schedule.waiting import Answer, LongPast

News = Mapping[str, Sequence[tuple[date, Case]]]
"""What each referrer is still to be told, by key: leads that were contacted, with the day."""


class Whole(Struct):
    """What a rule about many leads looks at: the leads, and the drafts that there are by now."""

    cases: Sequence[Case]
    drafts: list[Draft]
    shared: SharedEvents
    """Where events that name many leads are made, and leads are named in them."""
    news: News = {}
    problems: Sequence[str] = ()
    """Cells that could not be read."""
    unclear: Sequence[UnclearStatus] = ()


Owed = Callable[[Case, Rule, View], Occasion | None]
Laddered = Callable[[Case, Rule, View], Steps | LongPast | None]
Waited = Callable[[Case, Rule, View], Answer | None]
Across = Callable[[Whole, Rule, View], Iterable[Answer]]
Shared = Callable[[Whole, Rule, View], Iterable[Draft | SharedDraft]]
Made = TypeVar("Made", Owed, Laddered, Waited, Across, Shared)


class Entry(Struct, frozen=True):
    """A function under the ids it makes; it is handed the first of these rules. `alone`: only where no ladder runs."""

    ids: tuple[str, ...]
    form: str
    make: FunctionType
    after: str = ""
    alone: bool = False


ENTRIES: list[Entry] = []
"""Every function there is."""


def _enter(form: str, ids: tuple[str, ...], *, after: str = "", alone: bool = False) -> Callable[[Made], Made]:
    def enter(make: Made) -> Made:
        assert isinstance(make, FunctionType)
        ENTRIES.append(Entry(ids, form, make, after, alone))
        return make

    return enter


def owed(*ids: str, after: str = "") -> Callable[[Owed], Owed]:
    """Each of these rules asks for something by a deadline, before a date, or by a promise."""
    return _enter("owed", ids, after=after)


def laddered(*ids: str) -> Callable[[Laddered], Laddered]:
    """The first of these rules begins a ladder, the others have its later steps."""
    return _enter("laddered", ids)


def waited(*ids: str, alone: bool = False) -> Callable[[Waited], Waited]:
    """One touch of this rule waits for a day; `alone` where a ladder would take it in."""
    return _enter("waited", ids, alone=alone)


def across(rule_id: str) -> Callable[[Across], Across]:
    """Touches of this rule follow from many leads together."""
    return _enter("across", (rule_id,))


def at_the_end(rule_id: str) -> Callable[[Across], Across]:
    """Touches of this rule are all there is when the search is over."""
    return _enter("at_the_end", (rule_id,))


def shared(rule_id: str, *, after: str = "") -> Callable[[Shared], Shared]:
    """Events of this rule name many leads."""
    return _enter("shared", (rule_id,), after=after)


class Rules(Struct, frozen=True):
    """The functions of the rules that are switched on, each with its rule, in the order they are asked."""

    owed: tuple[tuple[Rule, Owed], ...] = ()
    laddered: tuple[tuple[Rule, Laddered], ...] = ()
    waited: tuple[tuple[Rule, Waited, bool], ...] = ()
    across: tuple[tuple[Rule, Across], ...] = ()
    at_the_end: tuple[tuple[Rule, Across], ...] = ()
    shared: tuple[tuple[Rule, Shared], ...] = ()

    def at(self, stage: Stage) -> Rules:
        """Those about one lead that speak of leads in this stage."""

        def speaks(rule: Rule) -> bool:
            return not rule.stages or stage in rule.stages

        return Rules(
            owed=tuple(made for made in self.owed if speaks(made[0])),
            laddered=tuple(made for made in self.laddered if speaks(made[0])),
            waited=tuple(made for made in self.waited if speaks(made[0])),
        )


def switched_on(rules: Mapping[str, Rule]) -> Rules:
    """The functions of these rules, without those that are off."""
    found: dict[str, list[tuple[object, ...]]] = {form: [] for form in Rules.__struct_fields__}
    for entry in in_order(ENTRIES):
        for id_ in entry.ids[:1] if entry.form == "laddered" else entry.ids:
            if rules[id_].on:
                more = (entry.alone,) if entry.form == "waited" else ()
                found[entry.form].append((rules[id_], entry.make, *more))
    return Rules(**{form: tuple(made) for form, made in found.items()})  # type: ignore[arg-type]


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """These entries by the ids of their rules, each behind the one it looks at."""
    ordered: list[Entry] = []
    for entry in sorted(entries, key=lambda entry: (bool(entry.after), entry.ids)):
        place = [number for number, known in enumerate(ordered) if entry.after in known.ids]
        ordered.insert(max(place) + 1 if place else len(ordered), entry)
    return ordered


def applies(rule: Rule, case: Case) -> bool:
    """Whether this rule, which speaks of leads in this stage, speaks of this one."""
    lead = case.lead
    for field in rule.trigger:
        value = lead.contact.name if field == "contact_name" else getattr(lead, field)
        if not value or (isinstance(value, str) and not value.strip()):
            return False
    allowed = case.is_open if rule.kind is TouchClass.SELF else case.reachable
    return allowed and lead.unreadable.isdisjoint(rule.reads)
