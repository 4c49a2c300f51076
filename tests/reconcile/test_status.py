"""`status` tells from memory alone how things stand, and a monitor can rely on its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

import pytest
from conftest import NOW, ZONE
from msgspec.structs import replace
from runner import Seeker, a_row
from stub_server import REJECTED_WORD
from worlds import StubWorld

from connectors.memory import MemorySource, MemoryTarget
from sync.cli.options import parse_age
from sync.errors import ConfigError, FollowupError, GuardStop, SourceError, TargetError
from sync.memory import Memory
from sync.render.statuses import status_document, status_lines
from sync.status import make_status


def lines(seeker: Seeker) -> list[str]:
    return list(status_lines(make_status(seeker.store.load(), now=seeker.now), zone=ZONE))


def test_before_the_first_run() -> None:
    status = make_status(Memory(), now=NOW)
    assert list(status_lines(status, zone=ZONE)) == ["No run has ended well yet."]
    assert status.is_older_than(timedelta(days=9999))


def test_the_last_good_run_and_its_age() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    seeker.now += timedelta(hours=37)
    assert lines(seeker) == ["Last good run: Mon 2027-01-04 09:15 (37 hours ago)."]
    status = make_status(seeker.store.load(), now=seeker.now)
    assert status.is_older_than(parse_age("36h"))
    assert not status.is_older_than(parse_age("2d"))


def test_a_failure_of_every_run_is_said_once_with_how_often_and_since_when() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    rows, seeker.rows = seeker.rows, []
    for _ in range(5):
        with pytest.raises(SourceError):
            seeker.run()
    failed = [line for line in lines(seeker) if line.startswith("It failed")]
    assert len(failed) == 1, failed
    assert failed[0].startswith(
        "It failed (5) 5 times, from Mon 2027-01-04 09:30 to Mon 2027-01-04 10:30: the sheet has"
    )
    seeker.rows = rows
    seeker.run()
    assert len(lines(seeker)) == 1


def test_a_stopped_run_is_named_until_a_good_one() -> None:
    seeker = Seeker([a_row(f"Firm {number}") for number in range(12)])
    seeker.run()
    rows, seeker.rows = seeker.rows, []
    with pytest.raises(SourceError):
        seeker.run()
    assert any(
        line.startswith("It failed (5) at Mon 2027-01-04 09:30: the sheet has no rows") for line in lines(seeker)
    )
    seeker.rows = rows
    kept = dict(seeker.calendar)
    seeker.calendar.clear()
    with pytest.raises(GuardStop):
        seeker.run()
    assert any(line.startswith("A guard stopped it at") for line in lines(seeker))
    seeker.calendar.update(kept)
    seeker.run()
    assert len(lines(seeker)) == 1


def test_a_pause_is_said_of_the_server_that_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Google Sheets asked to wait: neither is the calendar's server to blame, nor is it left alone by a fleet."""
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    until = seeker.now + timedelta(hours=1)
    with monkeypatch.context() as busy, pytest.raises(SourceError):
        busy.setattr(MemorySource, "read", refuse(SourceError("the limit is used up", not_before=until)))
        seeker.run()
    with pytest.raises(
        SourceError, match=r"^the sheet's server asked for a pause until 2027-01-04 10:15 EST$"
    ) as asked:
        seeker.run()
    assert asked.value.not_before == until
    assert lines(seeker)[-1] == "The sheet's server asked for a pause until Mon 2027-01-04 10:15."
    seeker.now = until
    assert seeker.run().exit_code == 0
    until = seeker.now + timedelta(hours=1)
    with monkeypatch.context() as busy, pytest.raises(TargetError):
        busy.setattr(MemoryTarget, "observe", refuse(TargetError("the limit is used up", not_before=until)))
        seeker.run()
    with pytest.raises(TargetError, match=r"^the calendar server asked for a pause until 2027-01-04 11:30 EST$"):
        seeker.run()
    assert lines(seeker)[-1] == "The calendar server asked for a pause until Mon 2027-01-04 11:30."


def refuse(error: FollowupError) -> Callable[..., NoReturn]:
    def refused(*given: object) -> NoReturn:
        raise error

    return refused


def test_held_deletes_dismissals_and_strays_are_named() -> None:
    seeker = Seeker([a_row(f"Firm {number:02}") for number in range(12)])
    seeker.run()
    first = seeker.shown("Firm 03").uid
    stray = seeker.calendar.pop(first)
    uid = stray.uid[:-4] + "0000"
    seeker.calendar[uid] = replace(stray, uid=uid)
    del seeker.rows[4:]
    seeker.run()
    said = "\n".join(lines(seeker))
    assert "Held back: 16 follow-ups would be deleted" in said
    assert "You deleted “Dana Firm 03, Firm 03: follow up” on Mon 2027-01-04" in said
    assert 'To plan it again: followup undo --dismissed "Firm 03, Analyst"' in said
    assert "With our mark, but in no plan: 1 event" in said


def test_events_that_the_server_rejects_are_named() -> None:
    world = StubWorld(frozenset({"rejects_404"}))
    seeker = Seeker([a_row("Acme"), a_row(REJECTED_WORD)], target=world.target, now=world.stub.time.now)
    assert seeker.run().exit_code == 6
    assert [change.summary for change in seeker.run().plan.writes] == ["followup has stopped"], "now it is a good run"
    refused = next(line for line in lines(seeker) if line.startswith("The calendar server rejects"))
    assert refused.startswith("The calendar server rejects 2 events and is asked again after some days: Dana ")
    assert "Acme" not in refused
    seeker.rows.pop()
    seeker.run()
    assert not any(line.startswith("The calendar server rejects") for line in lines(seeker))


def test_rows_that_could_not_be_read_are_counted() -> None:
    seeker = Seeker([a_row("Acme"), a_row("Globex", "yesterday or so")])
    seeker.run()
    assert any("could not be read are in 1 row: leads.csv:3" in line for line in lines(seeker))


def test_json_says_the_same() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    status = make_status(seeker.store.load(), now=seeker.now + timedelta(hours=2))
    found = json.loads(json.dumps(status_document(status)))
    assert (found["age_seconds"], found["schema"]) == (7200, 1)
    assert found["last_good_run"].startswith("2027-01-04T09:15:00")


@pytest.mark.parametrize("text", ["", "36", "1y", "-3h", "h"])
def test_an_age_that_is_none(text: str) -> None:
    with pytest.raises(ConfigError, match="should look like"):
        parse_age(text)
