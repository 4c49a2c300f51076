"""What a user does with another program on a real server survives the next three runs (Radicale and Xandikos).

The other program is the `caldav` library, not our connector.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from caldav import DAVClient
from conftest import at
from icalendar import Alarm, Calendar
from runner import Seeker, a_row
from servers import Server, radicale, xandikos
from worlds import ServerWorld

from sync.errors import GuardStop
from sync.memory import Reaction
from sync.models import Action
from sync.repair import undo

FIRST = "Dana Acme, Acme: follow up"


@dataclass
class OtherProgram:
    """The user's own calendar program."""

    url: str
    now: datetime

    def _object(self, title: str) -> Any:
        client = DAVClient(url=self.url, username="ann", password="secret")
        objects = client.calendar(url=self.url).get_events()
        found = [thing for thing in objects if f"SUMMARY:{title}" in thing.data.replace("\\,", ",")]
        return min(found, key=lambda thing: Calendar.from_ical(thing.data).walk("VEVENT")[0]["DTSTART"].dt)

    def edit(self, title: str, **fields: Any) -> None:
        thing = self._object(title)
        calendar = Calendar.from_ical(thing.data)
        (event,) = calendar.walk("VEVENT")
        if (before := fields.pop("alarm", None)) is not None:
            alarm = Alarm()
            alarm.add("ACTION", "DISPLAY")
            alarm.add("DESCRIPTION", "take the folder along")
            alarm.add("TRIGGER", before)
            event.add_component(alarm)
        for name, value in fields.items():
            event.pop(name, None)
            event.add(name, value)
        event.pop("LAST-MODIFIED", None)
        event.add("LAST-MODIFIED", self.now)
        thing.data = calendar.to_ical().decode()
        thing.save(increase_seqno=True)

    def delete(self, title: str) -> None:
        self._object(title).delete()

    def move(self, title: str, other: str) -> None:
        """To another calendar: put there, deleted here, as most programs do it."""
        thing = self._object(title)
        client = DAVClient(url=other, username="ann", password="secret")
        client.calendar(url=other).add_event(thing.data)
        thing.delete()

    def find(self, title: str) -> dict[str, Any]:
        (event,) = Calendar.from_ical(self._object(title).data).walk("VEVENT")
        return dict(event)

    def alarms(self, title: str) -> list[timedelta]:
        """When the alarms of an event ring, before or after its start."""
        alarms = Calendar.from_ical(self._object(title).data).walk("VALARM")
        return [alarm["TRIGGER"].dt for alarm in alarms if str(alarm["ACTION"]) != "NONE"]

    def days(self, title: str) -> list[str]:
        """On which days an event of this title stands: the steps of a ladder have one title."""
        client = DAVClient(url=self.url, username="ann", password="secret")
        events = [
            Calendar.from_ical(thing.data).walk("VEVENT")[0] for thing in client.calendar(url=self.url).get_events()
        ]
        return [f"{event['DTSTART'].dt:%m-%d}" for event in events if str(event["SUMMARY"]) == title]

    def titles(self) -> list[str]:
        client = DAVClient(url=self.url, username="ann", password="secret")
        events = (
            Calendar.from_ical(thing.data).walk("VEVENT")[0] for thing in client.calendar(url=self.url).get_events()
        )
        return sorted(str(event["SUMMARY"]) for event in events)


@pytest.fixture(scope="module", params=["radicale", "xandikos"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    start = radicale if request.param == "radicale" else xandikos
    with start(tmp_path_factory.mktemp(request.param)) as running:
        yield running


@dataclass
class Life:
    """A seeker whose calendar lies on a real server, and the program they use."""

    seeker: Seeker
    world: ServerWorld
    program: OtherProgram

    def run(self) -> int:
        """One run on the next day; how many writes it took, the heartbeat's aside."""
        self.seeker.now += timedelta(hours=24)
        self.program.now = self.world.now = self.seeker.now
        report = self.seeker.run()
        assert report.exit_code == 0, report.messages
        return sum(change.summary != "followup has stopped" for change in report.plan.writes)

    def empty(self) -> None:
        """All of ours are deleted at once, by mistake."""
        for title in self.program.titles():
            if title != "Dentist":
                self.program.delete(title)

    def reaction(self, rule: str = "R-001-1") -> Reaction | None:
        touches = [t for t in self.seeker.store.load().touches.values() if t.rule == rule]
        return touches[0].reaction if touches else None


@pytest.fixture
def life(server: Server, request: pytest.FixtureRequest) -> Life:
    name = "".join(char for char in request.node.name if char.isalnum())
    url = server.make_calendar(name)
    world = ServerWorld(server, url)
    seeker = Seeker([a_row("Acme", "2027-01-04")], target=world.target)
    life = Life(seeker, world, OtherProgram(url, seeker.now))
    life.run()
    assert FIRST in life.program.titles()
    return life


def test_a_drag_stays(life: Life) -> None:
    there = at("2027-01-14", "15:00")
    life.program.edit(FIRST, DTSTART=there, DTEND=there + timedelta(minutes=45))
    for _ in range(3):
        life.run()
        found = life.program.find(FIRST)
        assert (found["DTSTART"].dt, found["DTEND"].dt) == (there, there + timedelta(minutes=45))
    assert life.reaction() is Reaction.DRAGGED


@pytest.mark.parametrize(
    "own",
    [
        pytest.param({"LOCATION": "Cafe Kern"}, id="place"),
        pytest.param({"COMMENT": "bring her the book"}, id="comment"),
        pytest.param({"ATTACH": "https://brightwater.example/map.pdf"}, id="file"),
        pytest.param({"CATEGORIES": ["followup", "asking", "Important"]}, id="category"),
        pytest.param({"alarm": timedelta(minutes=-77)}, id="alarm"),
    ],
)
def test_an_event_with_something_of_the_users_in_it_is_closed_and_never_deleted(
    life: Life, own: dict[str, Any]
) -> None:
    life.program.edit(FIRST, **own)
    life.run()
    life.seeker.rows[0]["last_inbound"] = "2027-01-06"
    for _ in range(2):
        life.run()
        found = life.program.find(f"Closed: {FIRST}")
        assert all(name == "alarm" or name in found for name in own)


def test_an_event_with_nothing_of_the_users_in_it_goes(life: Life) -> None:
    life.seeker.rows[0]["last_inbound"] = "2027-01-06"
    life.run()
    assert not [title for title in life.program.titles() if title.endswith(FIRST)]


def test_a_new_title_stays(life: Life) -> None:
    life.program.edit(FIRST, SUMMARY="Ring Dana")
    for _ in range(3):
        life.run()
        assert "Ring Dana" in life.program.titles()
        assert "01-11" not in life.program.days(FIRST)


def test_a_tick_stays_and_counts(life: Life) -> None:
    life.program.edit(FIRST, SUMMARY=f"✓ {FIRST}")
    for _ in range(3):
        life.run()
        assert f"✓ {FIRST}" in life.program.titles()
    assert life.reaction() is Reaction.TICKED


def test_a_deleted_event_stays_away(life: Life) -> None:
    life.program.delete(FIRST)
    for _ in range(3):
        life.run()
        assert "01-11" not in life.program.days(FIRST)
    assert life.reaction() is Reaction.DELETED


def test_a_note_stays_also_when_the_event_is_written(life: Life) -> None:
    text = str(life.program.find(FIRST)["DESCRIPTION"])
    life.program.edit(FIRST, DESCRIPTION=f"{text}\nshe prefers mail")
    life.seeker.rows[0]["applied_on"] = "2027-01-05"
    for _ in range(3):
        life.run()
        found = life.program.find(FIRST)
        assert "she prefers mail" in str(found["DESCRIPTION"])
        assert found["DTSTART"].dt.astimezone(UTC) == at("2027-01-12").astimezone(UTC)


def test_an_event_moved_to_another_calendar_stays_there(life: Life, server: Server) -> None:
    other = server.make_calendar(life.program.url.rstrip("/").rpartition("/")[2] + "other")
    life.program.move(FIRST, other)
    for _ in range(3):
        life.run()
        assert "01-11" not in life.program.days(FIRST)
        assert OtherProgram(other, life.program.now).titles() == [FIRST]
    assert life.reaction() is Reaction.DELETED


def test_a_foreign_event_is_as_it_was(life: Life) -> None:
    for _ in range(3):
        life.run()
    assert life.world.foreign_is_whole()


def test_a_decision_dragged_to_a_whole_day_keeps_it_though_the_firm_gets_another_name_meanwhile(life: Life) -> None:
    """One run sees both: the drag in the calendar and the corrected name in the sheet."""
    row = a_row("Globex", "2026-12-14", contact_name="Kim Orr", follow_ups_done="4", last_outbound="2027-01-04")
    life.seeker.rows.append(row)
    life.run()
    title = "Globex, Analyst: close or keep"
    assert title in life.program.titles()
    life.program.edit(title, DTSTART=date(2027, 1, 20), DTEND=date(2027, 1, 21))
    row["company"] = "Globex Industries"
    for _ in range(12):
        life.run()
        assert life.program.find("Globex Industries, Analyst: close or keep")["DTSTART"].dt == date(2027, 1, 20)
    assert life.reaction("R-003-1") is Reaction.DRAGGED


def test_another_calendar_of_the_same_server_is_filled_and_the_one_of_before_is_gone_on_with(
    life: Life, server: Server
) -> None:
    """Xandikos answers for any address of its own, in whatever calendar one asks."""
    before, left = life.program.titles(), life.seeker.target
    other = server.make_calendar(life.program.url.rstrip("/").rpartition("/")[2] + "other")
    life.seeker.target = ServerWorld(server, other, now=life.seeker.now).target
    moved = life.seeker.run(moved=True)
    assert {change.action for change in moved.plan.writes} == {Action.CREATE}
    assert OtherProgram(other, life.seeker.now).titles() == before
    assert life.seeker.run().plan.writes == ()
    life.seeker.target = left
    life.seeker.run(moved=True)
    assert life.program.titles() == before
    assert life.seeker.run().plan.writes == ()


def test_what_the_user_had_put_into_an_event_comes_back_when_an_emptied_calendar_is_filled_again(life: Life) -> None:
    alarm = timedelta(minutes=-77)
    own = {"LOCATION": "Cafe Kern", "COMMENT": "bring her the book", "COLOR": "crimson"}
    life.program.edit(FIRST, **own, alarm=alarm)
    life.run()
    before = life.program.titles()
    life.empty()
    with pytest.raises(GuardStop):
        life.run()
    report = life.seeker.repair(undo, source=life.seeker.source())
    assert report.exit_code == 0, report.messages
    assert life.program.titles() == before
    found = life.program.find(FIRST)
    assert {name: str(found[name]) for name in own} == own
    assert alarm in life.program.alarms(FIRST)
    assert len(life.program.alarms(FIRST)) <= 2, "ours is there once"
    life.run()
    assert life.seeker.run().plan.writes == ()
    assert {name: str(life.program.find(FIRST)[name]) for name in own} == own


def test_whoever_was_invited_to_an_event_is_not_invited_again_when_it_comes_back(life: Life) -> None:
    life.program.edit(FIRST, ATTENDEE="mailto:dana@acme.example", ORGANIZER="mailto:ann@example.com", LOCATION="Kern")
    life.run()
    life.empty()
    with pytest.raises(GuardStop):
        life.run()
    life.seeker.repair(undo, source=life.seeker.source())
    found = life.program.find(FIRST)
    assert str(found["LOCATION"]) == "Kern"
    assert not {"ATTENDEE", "ORGANIZER"} & found.keys()
