"""While deletes are held back the calendar itself says so: in the heartbeat and the weekly review, once a day."""

from __future__ import annotations

from collections import Counter
from io import StringIO

import pytest
from conftest import at
from rich.console import Console
from runner import Seeker, a_row, settings_with

from connectors.memory import MemoryTarget
from sync.agenda import make_agenda
from sync.models import Abilities, RemoteEvent
from sync.reconcile.marker_lines import acted_on, our_part
from sync.render.agendas import show_agenda

LIMITS = "[limits]\nmax_delete_floor = 2\nmax_delete_percent = 10\n"
SENTENCE = "follow-ups would be deleted because their rows vanished"
NO_REACTIONS = Abilities(reactions=False)
TITLES = ("followup has stopped", "Weekly review")


def seen(seeker: Seeker, title: str) -> RemoteEvent:
    [event] = [event for event in seeker.calendar.values() if event.snapshot.summary == title]
    return event


def told(seeker: Seeker, title: str) -> str:
    return our_part(seen(seeker, title).snapshot.description)


def half_a_sheet(**options: object) -> Seeker:
    """Eight leads were known; five of their rows are gone."""
    seeker = Seeker(
        [a_row(f"Firm {number:02}") for number in range(8)], settings=settings_with(LIMITS), **options  # type: ignore[arg-type]
    )  # fmt: skip
    seeker.run()
    seeker.now = at("2027-01-05")
    del seeker.rows[3:]
    return seeker


@pytest.mark.parametrize("title", TITLES)
def test_the_guards_sentence_stands_in_the_calendar_while_deletes_are_held(title: str) -> None:
    seeker = half_a_sheet()
    before = told(seeker, title)
    assert seeker.run().exit_code == 4
    assert told(seeker, title).startswith(acted_on(before).split(" since ")[0])
    assert SENTENCE in told(seeker, title)
    seeker.run(accept_deletes=True)
    assert SENTENCE not in told(seeker, title)


def test_it_is_written_once_a_day_whatever_else_vanishes() -> None:
    seeker = half_a_sheet()
    seeker.run()
    written: Counter[str] = Counter()
    for _ in range(5):
        row = seeker.rows.pop()
        written.update(change.summary for change in seeker.run().plan.writes)
        seeker.rows.append(row)
        written.update(change.summary for change in seeker.run().plan.writes)
    assert not written
    seeker.now = at("2027-01-06")
    seeker.rows.pop()
    assert sorted(change.summary for change in seeker.run().plan.writes) == sorted(TITLES)
    assert seeker.run().plan.writes == ()


def test_a_feed_says_it_in_the_review() -> None:
    seeker = half_a_sheet(target=MemoryTarget(abilities=NO_REACTIONS))
    seeker.run()
    assert SENTENCE in told(seeker, "Weekly review")
    assert seeker.run().plan.writes == ()


def test_the_contents_of_the_review_come_all_the_same() -> None:
    seeker = half_a_sheet()
    for day in (5, 6, 7, 8):
        seeker.now = at(f"2027-01-{day:02}", "09:30")
        seeker.run()
    text = told(seeker, "Weekly review")
    assert text.index("What did you learn") < text.index(SENTENCE)


GERMAN = "würden gelöscht, weil ihre Zeilen fehlen"


def test_what_is_held_is_said_in_the_language_of_the_calendar() -> None:
    seeker = half_a_sheet()
    seeker.settings = settings_with('language = "de"\n' + LIMITS)
    report = seeker.run()
    for title in ("followup steht still", "Wochenrückblick"):
        text = told(seeker, title)
        assert GERMAN in text
        assert "sieh in die Tabelle" in text
        assert not [word for word in ("would be", "follow-ups", "They are kept", "more") if word in text]
    [said] = report.messages
    assert said == report.plan.held == report.memory.runs.held
    assert GERMAN in said


def test_what_is_held_names_five_and_counts_the_rest_and_what_went_before() -> None:
    seeker = Seeker([a_row(f"Firm {number:02}") for number in range(12)], settings=settings_with(LIMITS))
    seeker.run()
    seeker.rows.pop()
    assert not seeker.run().plan.held
    del seeker.rows[3:]
    held = seeker.run().plan.held
    assert "(2 more in the last 7 days)" in held
    assert held.count("; and ") == 1
    assert "; and 11 more. If this is right" in held


def test_whoever_shows_no_details_gets_no_names_of_rows() -> None:
    seeker = half_a_sheet()
    seeker.settings = settings_with(LIMITS, 'details = "short"')
    seeker.run()
    assert not [e for e in seeker.calendar.values() if SENTENCE in e.snapshot.description]


def test_plan_shows_the_heartbeat_where_the_calendar_has_it_and_the_agenda_leaves_it_out() -> None:
    seeker = half_a_sheet()
    [beat] = [touch for touch in seeker.run(write=False).plan.schedule if touch.rule == "heartbeat"]
    assert beat.start == seen(seeker, TITLES[0]).snapshot.start
    console = Console(file=StringIO(), width=120)
    show_agenda(console, make_agenda(seeker.run(write=False).plan, days=14))
    assert isinstance(console.file, StringIO)
    assert "Weekly review" in console.file.getvalue()
    assert "stopped" not in console.file.getvalue()
    seeker.settings = settings_with(LIMITS, "heartbeat_days = 0")
    assert not [touch for touch in seeker.run(write=False).plan.schedule if touch.rule == "heartbeat"]
