"""Every number of `rules.toml` has a reader: another value gives another schedule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from advisor import NEW_YORK, Seeker, a_lead, person, settings_for, when

from sync.advice import load_advice
from sync.config import RuleNumbers
from sync.models import Lead, Person, Stage
from sync.schedule import registry

FIRST = date(2027, 1, 11)
RULES = load_advice(settings_for()).rules


def sheet() -> list[Lead]:
    """A row for every number."""
    kim = person("Kim Vale", "kim@firm.example", "+1 555 0100")
    facts: list[dict[str, Any]] = [
        {"received_at": when("2027-01-11 10:00"), "referrer": "Lou Ames", "contact": kim},
        {"received_at": when("2027-01-11 10:00"), "referrer": "Kit Orr", "contact": Person("No Phone")},
        {"received_at": when("2027-01-11 10:00"), "referrer": "Pat Dell", "contact": kim,
         "last_outbound": when("2027-01-11 11:00")},
        {"received_at": when("2027-01-11 12:00")},
        {"applied_on": date(2027, 1, 8)},
        {"applied_on": date(2027, 1, 8), "company": "Twin", "role": "A", "contact": kim},
        {"applied_on": date(2027, 1, 8), "company": "Twin", "role": "B", "contact": kim},
        {"applied_on": date(2027, 1, 8), "company": "Other", "contact": kim},
        {"applied_on": date(2026, 12, 28), "follow_ups_done": 4},
        {"stage": Stage.INTERVIEW, "interview_at": when("2027-01-14 16:00"), "contact": kim, "agency": "Harnham",
         "interviewers": (Person("A Reed"), Person("B Lind"))},
        {"stage": Stage.INTERVIEW, "interview_at": when("2027-01-11 11:00"), "contact": Person("Short Notice")},
        {"meeting_on": when("2027-01-11 10:00"), "contact": person("Met One"), "contact_kind": "network"},
        {"stage": Stage.OFFER, "offer_on": when("2027-01-11 10:00"), "contact": person("Offer One")},
        {"last_inbound": when("2027-01-11 10:00"), "last_inbound_channel": "email", "stage": Stage.IN_TOUCH,
         "contact": person("Writer One")},
        {"references_given_on": date(2027, 1, 15), "reference_names": (Person("Ref One"), Person("Ref Two"))},
        {"under_consideration_on": date(2027, 1, 8), "contact": person("Con One")},
        {"travel_on": date(2027, 2, 10), "city": "Boston", "contact": person("Trip One")},
        {"stage": Stage.ON_HOLD, "contact": person("Hold One")},
        {"closes_on": date(2027, 1, 29)},
        {"they_call_at": when("2027-01-11 10:00"), "contact": person("Call One")},
        {"stage": Stage.OFFER, "answer_by": date(2027, 1, 29)},
    ]  # fmt: skip
    return [a_lead(number, **{"company": f"Firm {number}", **row}) for number, row in enumerate(facts, 2)]


def told(tables: str) -> list[object]:
    """Everything that the runs of some days say, once with an accepted offer at the end."""
    seeker, leads, said = Seeker(settings_for(tables=tables)), sheet(), list[object]()
    for number in (0, 0.1, 1, 2, 3, 4, 7, 8, 16):
        now = datetime.combine(FIRST, time(8, 40), NEW_YORK) + timedelta(days=number)
        schedule = seeker.run(f"{now:%Y-%m-%d %H:%M}", leads)
        said.append((schedule.touches, frozenset(schedule.notes)))
    won = a_lead(40, company="Won", stage=Stage.ACCEPTED, applied_on=date(2027, 1, 4))
    seeker.run("2027-01-28 08:40", [a_lead(40, company="Won", stage=Stage.OFFER, applied_on=date(2027, 1, 4)), *leads])
    said.append(seeker.run("2027-01-29 08:40", [won, *leads]).touches)
    return said


SHOWN_ELSEWHERE = {
    "R-000-6": "test_review", "R-004-8": "test_rules_after::test_R_004_8_example", "R-001-7": "test_rules_referrer",
    "R-003-3": "test_cases", "R-002-7 days": "test_rules_obligations",
}  # fmt: skip
"""Numbers that no row of this sheet reads within these days, with the tests that do."""


def numbers() -> Iterator[tuple[str, str]]:
    """Each rule with each of its numbers."""
    for rule in RULES.values():
        for name in rule.numbers:
            if not {rule.id, f"{rule.id} {name}"} & SHOWN_ELSEWHERE.keys():
                yield rule.id, name


def other_value(rule_id: str, name: str) -> str:
    match getattr(RULES[rule_id], name):
        case bool(value):
            return "false" if value else "true"
        case int(value):
            return str(value + {"cap": 1, "hours": 30, "minutes": 50}.get(name, 3))
        case time():
            return "14:30:00"
        case str():
            return '"wed"'
        case tuple(value):
            return str([number + 3 for number in value])
        case _:
            raise AssertionError(name)


@pytest.fixture(scope="module")
def plain() -> list[object]:
    return told('[rules]\nenable = ["R-003-13"]')


@pytest.mark.parametrize(("rule_id", "name"), list(numbers()))
def test_every_number_changes_something(plain: list[object], rule_id: str, name: str) -> None:
    assert name in RuleNumbers.model_fields
    value = other_value(rule_id, name)
    tables = f'[rules]\nenable = ["R-003-13"]\n[rules."{rule_id}"]\n{name} = {value}'
    if rule_id == "R-004-3":  # a floor under the other limit: it shows where that is off
        off = '[rules]\nenable = ["R-003-13"]\ndisable = ["R-003-5"]\n'
        assert told(f'{off}[rules."R-004-3"]\n{name} = {value}') != told(off)
        return
    assert told(tables) != plain


def test_the_order_in_which_rules_are_entered_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """R-002-7 asks what became of R-002-1 in the same run."""
    forth = told("")
    monkeypatch.setattr(registry, "ENTRIES", registry.ENTRIES[::-1])
    assert told("") == forth
