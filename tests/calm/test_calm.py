"""A calendar that nags is switched off: 96 runs over a day with the same sheet write no more than one run does."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest
from conftest import ZONE
from runner import Seeker, a_row

from sync.models import Action
from sync.reconcile.marker_lines import acted_on

ROWS = [
    a_row("Brightwater", "2027-01-04"),
    a_row("Northwind", "2026-12-28", last_outbound="2027-01-04"),
    a_row("Alder", "2026-12-30", contact_name="Sam Okoro", contact_email="sam@alder.example"),
    a_row("Kestrel", "", status="idea"),
    a_row("Harbour", "2027-01-05"),
    a_row("Tern", "2026-12-15", status="rejected"),
    *(a_row(f"Many {number}", "2027-01-06") for number in range(8)),
]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2027, 1, 6), id="an ordinary Wednesday", marks=pytest.mark.soak),
        pytest.param(date(2027, 1, 7), id="the day before the weekly review", marks=pytest.mark.soak),
        pytest.param(date(2027, 1, 9), id="a Saturday", marks=pytest.mark.soak),
        pytest.param(date(2027, 1, 11), id="a Monday full of follow-ups"),
        pytest.param(date(2027, 1, 12), id="the day after, nothing done", marks=pytest.mark.soak),
        pytest.param(date(2027, 1, 18), id="a holiday", marks=pytest.mark.soak),
    ],
)
def test_96_runs_of_a_day_write_no_more_than_one(day: date) -> None:
    seeker = Seeker(list(ROWS))
    before = date(2027, 1, 5)
    while before < day:
        seeker.now = midnight(before) + timedelta(hours=9)
        seeker.run()
        before += timedelta(days=1)
    seeker.now = midnight(day) - timedelta(minutes=15)
    written: Counter[str] = Counter()
    busy = []
    for _ in range(96):
        changes = seeker.run().plan.writes
        written.update(change.uid for change in changes)
        if changes:
            busy.append((seeker.now.time(), [(change.summary, change.fields) for change in changes]))
    assert seeker.now == midnight(day) + timedelta(hours=23, minutes=45)
    assert not [uid for uid, count in written.items() if count > 1], busy
    review = ["Weekly review"]
    others = [at for at, changes in busy if [summary for summary, _ in changes] != review]
    assert len(others) <= 1, busy


def test_texts_that_changed_are_rewritten_once_and_nothing_moves() -> None:
    """As after a new version: every text differs, no day does. Then it is silent."""
    seeker = Seeker(list(ROWS))
    seeker.now = midnight(date(2027, 1, 6)) + timedelta(hours=9)
    old = seeker.settings.model_copy(update={"language": "de"})
    new, seeker.settings = seeker.settings, old
    seeker.run()
    before = {uid: event.snapshot.start for uid, event in seeker.calendar.items()}
    seeker.settings = new
    writes = seeker.run().plan.writes
    assert {change.action for change in writes} == {Action.UPDATE}
    assert {name for change in writes for name in change.fields} <= {"summary", "description"}
    assert len(writes) == len(before)
    assert {uid: event.snapshot.start for uid, event in seeker.calendar.items()} == before
    assert [len(seeker.run().plan.writes) for _ in range(8)] == [0] * 8


def test_a_day_that_passes_changes_no_text_of_what_is_ahead() -> None:
    """Nobody logs: what is only taken as done changes no wording."""
    seeker = Seeker([a_row("Brightwater", "2027-01-04", contact_email="dana@b.example")])
    texts: dict[str, set[str]] = {}
    for day in range(5, 40):
        seeker.now = midnight(date(2027, 1, 4)) + timedelta(days=day - 4, hours=9)
        for change in seeker.run().plan.writes:
            if change.event is not None and change.event.description and ": follow up" in change.event.summary:
                texts.setdefault(change.uid, set()).add(acted_on(change.event.description))
    assert len(texts) == 4
    assert not [sorted(found) for found in texts.values() if len(found) > 1]


def test_the_first_run_of_all_is_followed_by_95_that_write_nothing() -> None:
    seeker = Seeker(list(ROWS))
    seeker.now = midnight(date(2027, 1, 6))
    assert seeker.run().plan.writes
    assert [len(seeker.run().plan.writes) for _ in range(94)] == [0] * 94
