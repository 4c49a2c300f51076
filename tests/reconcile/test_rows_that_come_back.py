"""A row that was gone for a run, or whose firm got another name, is the same lead: what the user did to it holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from runner import Seeker, a_row

MOVED = timedelta(days=3)


def starts(seeker: Seeker, firm: str) -> list[str]:
    """The days of the firm's events, in order."""
    shown = (event.snapshot for event in seeker.calendar.values() if firm in event.snapshot.summary)
    return sorted(f"{snapshot.start:%Y-%m-%d}" for snapshot in shown)


def drag(seeker: Seeker, firm: str) -> None:
    event = seeker.shown(firm)
    uid = next(uid for uid, other in seeker.calendar.items() if other is event)
    seeker.edit(uid, start=event.snapshot.start + MOVED, end=event.snapshot.end + MOVED)
    seeker.run()


@pytest.fixture
def seeker() -> Seeker:
    seeker = Seeker([a_row("Acme", contact_email="dana@acme.example"), a_row("Globex"), a_row("Initech")])
    seeker.run()
    return seeker


def test_a_row_that_was_gone_for_one_run_keeps_where_its_follow_up_was_dragged_to(seeker: Seeker) -> None:
    drag(seeker, "Acme")
    before, rows = starts(seeker, "Acme"), list(seeker.rows)
    assert before == ["2027-01-14", "2027-01-21"]
    seeker.rows = rows[1:]
    for _ in range(4):
        seeker.run()
    assert starts(seeker, "Acme") == []
    seeker.rows = rows
    seeker.run()
    assert starts(seeker, "Acme") == before
    assert not seeker.run().outcomes


@pytest.mark.parametrize("name", ["Acme Inc.", "Acme Publishing", "Akme"])
def test_what_was_dragged_and_deleted_holds_when_the_firm_gets_another_name(seeker: Seeker, name: str) -> None:
    drag(seeker, "Acme")
    later = max(
        (uid for uid, event in seeker.calendar.items() if "Acme" in event.snapshot.summary),
        key=lambda uid: str(seeker.calendar[uid].snapshot.start),
    )
    del seeker.calendar[later]
    seeker.run()
    assert starts(seeker, "Acme") == ["2027-01-14"]
    seeker.rows[0] = seeker.rows[0] | {"company": name}
    report = seeker.run()
    assert starts(seeker, name) == ["2027-01-14"]
    assert [lead.company for lead in report.leads.leads] == [name, "Globex", "Initech"]
    assert not seeker.run().outcomes


BARE = {"role": "", "contact_name": "", "applied_on": "", "status": "offer", "answer_by": "2027-01-06"}


@pytest.mark.parametrize("days", [0, 1, 2])
def test_what_waits_for_an_answer_does_not_come_twice_when_the_firm_of_a_bare_row_is_spelled_right(days: int) -> None:
    seeker = Seeker([a_row("Gogle", **BARE), a_row("Initech")])
    seeker.run()
    for _ in range(days):
        seeker.now += timedelta(days=1)
        seeker.run()
    before = set(seeker.calendar)
    seeker.rows[0] |= {"company": "Google"}
    for _ in range(2):
        seeker.run()
    assert set(seeker.calendar) == before
    answers = [event for event in seeker.calendar.values() if "answer the offer" in event.snapshot.summary]
    assert len(answers) == 1


def test_another_firm_in_a_bare_row_is_another_lead() -> None:
    seeker = Seeker([a_row("Gogle", **BARE), a_row("Initech")])
    seeker.run()
    seeker.rows[0] |= {"company": "Vandelay"}
    keys = {lead.key for lead in seeker.run().leads.leads}
    assert any("vandelay" in key for key in keys)
