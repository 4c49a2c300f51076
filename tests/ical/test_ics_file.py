"""The .ics target: the contract, and what only a published file has to keep."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from msgspec.structs import replace
from target_contract import NOW, TargetContract, apply, create, delete, keep, make_event, outside_for, update

from connectors import open_target
from connectors.ics_file import IcsFile
from sync.config import parse_settings
from sync.errors import TargetError
from sync.models import Observation, Result
from sync.protocols import Target
from sync.reconcile.marker_lines import our_part, user_part

TOML = """
owner = "k3x9"
timezone = "America/New_York"
[source]
type = "csv"
path = "leads.csv"
[target]
type = "ics"
path = "feed/followups.ics"
"""


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return tmp_path / "feed" / "followups.ics"


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return open_target(parse_settings(TOML), outside_for(tmp_path))


class TestIcsFile(TargetContract):
    @pytest.fixture
    def target(self, tmp_path: Path) -> Target:
        return open_target(parse_settings(TOML), outside_for(tmp_path))


def test_a_stranger_reads_the_feed(target: Target, feed: Path) -> None:
    events = [make_event(f"lead{n}", start=make_event().start + timedelta(days=n)) for n in (2, 0, 1)]
    apply(target, *map(create, events))
    raw = feed.read_bytes()
    calendar = Calendar.from_ical(raw)
    assert [str(event["UID"]) for event in calendar.events] == [events[n].uid for n in (1, 2, 0)]
    assert [event["DTSTART"].dt for event in calendar.events] == sorted(event.start for event in events)
    assert {str(event["CLASS"]) for event in calendar.events} == {"PRIVATE"}
    assert [str(zone["TZID"]) for zone in calendar.timezones] == ["America/New_York"]
    assert {name: str(calendar[name]) for name in ("X-WR-CALNAME", "NAME", "X-WR-TIMEZONE")} == {
        "X-WR-CALNAME": "Follow-ups",
        "NAME": "Follow-ups",
        "X-WR-TIMEZONE": "America/New_York",
    }
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in raw
    assert b"COMMENT" not in raw
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_same_events_same_bytes_whatever_the_order(tmp_path: Path) -> None:
    events = [make_event(f"lead{n}") for n in range(6)]
    written: list[bytes] = []
    for order in (events, events[::-1]):
        path = tmp_path / f"{len(written)}.ics"
        one = IcsFile(path, owner="k3x9", name="Follow-ups", zone="America/New_York", outside=outside_for(tmp_path))
        apply(one, *map(create, order))
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_a_run_without_changes_does_not_touch_the_file(target: Target, feed: Path) -> None:
    event = make_event()
    apply(target, create(event))
    before = (feed.stat().st_mtime_ns, feed.stat().st_ino, feed.read_bytes())
    held = target.observe({})
    assert apply(target, keep(event, held.events[event.uid])) == {}
    assert (feed.stat().st_mtime_ns, feed.stat().st_ino, feed.read_bytes()) == before


def test_an_unchanged_event_keeps_its_text_when_another_changes(target: Target, feed: Path) -> None:
    one, other = make_event("acme"), make_event("globex")
    apply(target, create(one), create(other))
    held = target.observe({}).events
    apply(target, keep(one, held[one.uid]), update(replace(other, summary="x"), held[other.uid]))
    assert held[one.uid].raw in feed.read_bytes().decode()


def test_events_the_plan_does_not_name_stay(target: Target) -> None:
    one, other = make_event("acme"), make_event("globex")
    apply(target, create(one))
    apply(target, create(other))
    assert set(target.observe({}).events) == {one.uid, other.uid}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"BEGIN:VCALENDAR\r\nPRODID:-//Other//EN\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", id="other program"),
        pytest.param(b"my diary", id="no calendar at all"),
    ],
)
def test_a_file_of_somebody_else_is_refused(target: Target, feed: Path, content: bytes) -> None:
    feed.parent.mkdir()
    feed.write_bytes(content)
    with pytest.raises(TargetError, match="move it away or set another"):
        target.observe({})
    assert feed.read_bytes() == content


def test_mode_and_link_are_kept_and_nothing_lies_beside(target: Target, feed: Path, tmp_path: Path) -> None:
    event = make_event()
    apply(target, create(event))
    feed.chmod(0o640)
    real = tmp_path / "real.ics"
    feed.rename(real)
    feed.symlink_to(real)
    apply(target, delete(target.observe({}).events[event.uid]))
    assert feed.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert [path.name for path in feed.parent.iterdir()] == [feed.name]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feed", "real.ics"]
    assert target.observe({}).events == {}


def test_a_folder_that_cannot_be_written_is_an_outcome(target: Target, feed: Path) -> None:
    feed.parent.write_text("in the way")
    outcome = next(iter(target.apply([create(make_event())], observed=_nothing(), deadline=NOW)))
    assert outcome.result is Result.REFUSED
    assert "cannot be written" in outcome.message


def test_after_the_deadline_nothing_is_begun(target: Target, feed: Path) -> None:
    outcomes = list(target.apply([create(make_event())], observed=_nothing(), deadline=NOW - timedelta(seconds=1)))
    assert [outcome.result for outcome in outcomes] == [Result.HELD]
    assert not feed.exists()


def test_a_file_cut_off_heals(target: Target, feed: Path) -> None:
    one, other = make_event("acme"), make_event("globex", start=make_event().start + timedelta(days=1))
    apply(target, create(one), create(other))
    feed.write_bytes(feed.read_bytes()[:-60])
    assert set(target.observe({}).events) == {one.uid}


def test_an_octet_that_is_no_text_is_read_as_such(target: Target, feed: Path) -> None:
    one, other = make_event("acme", summary="Write"), make_event("globex")
    apply(target, create(one), create(other))
    feed.write_bytes(feed.read_bytes().replace(b"SUMMARY:Write", b"SUMMARY:Wr\xffte"))
    assert target.observe({}).events[one.uid].snapshot.summary == "Wr\ufffdte"
    apply(target, delete(target.observe({}).events[other.uid]))
    assert b"SUMMARY:Wr\xef\xbf\xbdte" in feed.read_bytes()


def _nothing() -> Observation:
    return Observation({})


def test_a_feed_has_no_line_that_invites_to_write(target: Target, feed: Path) -> None:
    event = make_event(description="Why: a week is over", row="leads.csv:7")
    apply(target, create(event))
    raw = feed.read_text("utf-8").replace("\n ", "")
    assert "---" not in raw
    assert "DESCRIPTION:Why: a week is over\\n\\nSheet row when last written: leads.csv:7" in raw
    seen = target.observe({}).events[event.uid].snapshot
    assert (our_part(seen.description), user_part(seen.description)) == ("Why: a week is over", "")
