"""Whose budgets a touch counts in: organisation, agency and person (R-003-5, R-004-3).

One answer for a touch that is planned and for one that was done: what an ask has to keep its distance from is what
earlier asks and contacts have started. Keys are those of `cases` (organisation, agency) and `person_key`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sync.advice import Rule
from sync.memory import TouchMemory
from sync.models import Person, TouchClass
from sync.reading.organisations import referrer_key
from sync.schedule.cases import Case, person_key
from sync.schedule.distances import Guard
from sync.schedule.people import ASKED, recipients
from sync.schedule.view import View

_AT_THE_FIRM = ("interviewers", "employer", "contact")
"""Audiences that are at the lead's own organisation."""


def reach(rule: Rule, case: Case, person: Person) -> tuple[str, ...]:
    """The budgets whose clock a touch of this rule to this person starts.

    Whoever is asked answers for organisation and agency, an obligation or a relation reaches the person and
    where that person works. An agency of which nobody is known by name is no person.
    """
    if rule.kind is TouchClass.SELF:
        return ()
    own = _own_keys(case, person)
    if rule.kind in ASKED:
        return (*case.org_keys, *own)
    if rule.audience == "agency" or (rule.audience == "arranger" and case.agency):
        return (case.agency, *own)
    theirs = person == case.lead.contact or rule.audience in _AT_THE_FIRM
    return (case.organisation, *own) if theirs else own


def limits(rule: Rule, case: Case, person: Person, reached: tuple[str, ...]) -> tuple[str, ...]:
    """The budgets a touch has to keep: an ask all that it reaches, a relation the person's."""
    if rule.kind is TouchClass.ASKING:
        return reached
    return _own_keys(case, person) if rule.kind is TouchClass.RELATION and person == case.lead.contact else ()


def _own_keys(case: Case, person: Person) -> tuple[str, ...]:
    key = case.person if person is case.lead.contact else person_key(person)
    return (key,) if key else ()


def reached_by(record: TouchMemory, rule: Rule, case: Case) -> tuple[str, ...]:
    """The budgets whose clock a remembered touch has started."""
    people = {party: person for person, party in recipients(rule, case)}
    return reach(rule, case, people.get(record.party) or Person(name=record.party))


def note_past_contacts(cases: Sequence[Case], guard: Guard, view: View) -> None:
    """What already reached them starts the clocks: outbound messages and touches that are done.

    Steps that this very run takes as done count like those of earlier runs, so that the next run finds the same limits.
    """
    by_key: dict[str, Case] = {}
    for case in cases:
        lead = case.lead
        for key in (lead.key, case.agency, referrer_key(lead)):
            by_key.setdefault(key, case)
        if lead.last_outbound is not None and view.day_of(lead.last_outbound) != lead.applied_on:
            keys = [key for key in (*case.org_keys, case.person) if key]
            guard.note(keys, view.day_of(lead.last_outbound), case, TouchClass.OBLIGATION)
    for record in view.records.all():
        rule, known = view.advice.rules.get(record.rule), by_key.get(record.lead_key)
        if record.done_on and rule and known:
            guard.note(reached_by(record, rule, known), record.done_on, known, rule.kind)
