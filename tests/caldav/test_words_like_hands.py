"""Words on a feed do, event for event, what hands do in a calendar on a real server: tick, drag and delete on Radicale.

The hands are the `caldav` library, not our connector; the words go into the memory of a life whose target is an .ics
file. `tests/reconcile/test_words.py` has the same over many more lives without a server.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from caldav import DAVClient
from conftest import ZONE
from deeds import APPLICATIONS, RICHER, STEPS, Deed, of_leads, pick, planned, say
from hypothesis import example, given, settings
from icalendar import Calendar
from msgspec.structs import replace
from runner import Seeker, a_row
from servers import Server, radicale
from target_contract import outside_for
from worlds import ServerWorld

from connectors.ics_file import IcsFile
from sync.memory import WordKind
from sync.moments import day_of

NUMBERS = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with radicale(tmp_path_factory.mktemp("radicale")) as running:
        yield running


def by_hand_do(world: ServerWorld, uid: str, deed: Deed, now: datetime) -> None:
    """Tick, drag or delete with another program."""
    world.now = now
    client = DAVClient(url=world.url, username="ann", password="secret")
    thing: Any = client.calendar(url=world.url).event_by_url(f"{world.url}{uid}.ics")
    if deed.kind is WordKind.SKIP:
        thing.delete()
        return
    calendar = Calendar.from_ical(thing.data)
    (event,) = calendar.walk("VEVENT")
    if deed.kind is WordKind.DONE:
        event["SUMMARY"] = f"✓ {event['SUMMARY']}"
    else:
        by = now.astimezone(ZONE).date() + timedelta(days=deed.days) - day_of(event["DTSTART"].dt, ZONE)
        for name in ("DTSTART", "DTEND"):
            moved = event[name].dt + by
            event.pop(name)
            event.add(name, moved)
    event.pop("LAST-MODIFIED", None)
    event.add("LAST-MODIFIED", world.now)
    thing.data = calendar.to_ical().decode()
    thing.save(increase_seqno=True)


@given(APPLICATIONS | RICHER, STEPS)
@example([a_row("Acme")], [(7, []), (1, [Deed(1, WordKind.DONE, 0), Deed(0, WordKind.SNOOZE, 1)])])
@settings(max_examples=6, deadline=None)
def test_words_on_a_feed_do_what_hands_do_on_radicale(
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[dict[str, str]],
    steps: list[tuple[int, list[Deed]]],
) -> None:
    world = ServerWorld(server, server.make_calendar(f"hands{next(NUMBERS)}"))
    by_hand, folder = Seeker(rows, target=world.target), tmp_path_factory.mktemp("feed")
    feed = IcsFile(
        folder / "f.ics", owner="test", name="Follow-ups", zone="America/New_York",
        outside=replace(outside_for(folder), clock=lambda: by_hand.now),
    )  # fmt: skip
    by_word = Seeker(rows, target=feed)
    for seeker in (by_hand, by_word):
        run(seeker, world)
    for days, deeds in steps:
        today, used = by_hand.now.astimezone(ZONE).date(), set[str]()
        for deed in deeds:
            uid = pick(by_hand, deed, today)
            if uid is None or uid in used:
                continue
            used.add(uid)
            by_hand_do(world, uid, deed, by_hand.now)
            say(by_word, uid, deed, today)
        reports = [run(seeker, world) for seeker in (by_hand, by_word)]
        assert of_leads(by_hand) == of_leads(by_word)
        assert planned(reports[0]) == planned(reports[1])
        for seeker in (by_hand, by_word):
            assert run(seeker, world).plan.writes == ()
            seeker.now += timedelta(days=days)


def run(seeker: Seeker, world: ServerWorld) -> Any:
    world.now = seeker.now
    return seeker.run()
