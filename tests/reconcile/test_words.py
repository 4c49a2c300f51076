"""`followup done`, `snooze` and `skip`: what tick, drag and delete do, said without a calendar."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import NOW, ZONE
from deeds import APPLICATIONS, RICHER, STEPS, Deed, edit, of_leads, pick, planned, say, seen_in
from folders import Folder, Terminal
from hypothesis import example, given, settings
from msgspec.structs import replace
from runner import Seeker, a_row
from target_contract import outside_for

from connectors.ics_file import IcsFile
from connectors.memory import MemoryState, MemoryTarget
from connectors.sqlite_state import SqliteState
from sync import repair
from sync.cli import run_command
from sync.memory import Reaction, Word, WordKind
from sync.models import Observation, RemoteEvent
from sync.moments import day_of
from sync.reconcile.words import add_word

# --- the same as in the calendar ---------------------------------------------------------------------------------


def live_twice(
    rows: list[dict[str, str]], steps: list[tuple[int, list[Deed]]], *, by_hand: Seeker, by_word: Seeker
) -> None:
    """One life with a calendar, the same with words; after every run both calendars show the same."""
    for seeker in (by_hand, by_word):
        seeker.rows = rows
        seeker.run()
    assert of_leads(by_hand) == of_leads(by_word)
    for days, deeds in steps:
        today, used = by_hand.now.astimezone(ZONE).date(), set[str]()
        for deed in deeds:
            uid = pick(by_hand, deed, today)
            if uid is None or uid in used:
                continue
            used.add(uid)
            edit(by_hand, uid, deed, today)
            say(by_word, uid, deed, today)
        reports = [seeker.run() for seeker in (by_hand, by_word)]
        assert of_leads(by_hand) == of_leads(by_word)
        assert planned(reports[0]) == planned(reports[1])
        for seeker in (by_hand, by_word):
            assert seeker.run().plan.writes == ()
            seeker.now += timedelta(days=days)


def move(seeker: Seeker, uid: str, kind: WordKind, on: date | None = None) -> date:
    """One word, and the run that takes it; the day on which the event stands then."""
    assert isinstance(seeker.store, MemoryState)
    seeker.store.memory = add_word(seeker.store.memory, Word(uid, kind, on))
    seeker.run()
    assert not seeker.run().plan.writes
    return day_of(seeker.calendar[uid].snapshot.start, ZONE)


def test_a_snooze_taken_back_goes_back_to_the_snooze_before_it() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    uid = seeker.shown("Acme").uid
    assert day_of(seeker.calendar[uid].snapshot.start, ZONE) == date(2027, 1, 11)
    for day in (date(2027, 1, 13), date(2027, 1, 14)):
        assert move(seeker, uid, WordKind.SNOOZE, day) == day
    assert move(seeker, uid, WordKind.TAKEN_BACK) == date(2027, 1, 13)
    assert move(seeker, uid, WordKind.TAKEN_BACK) == date(2027, 1, 11)


def test_a_snooze_taken_back_goes_back_to_where_the_event_was_dragged_to() -> None:
    seeker = Seeker([a_row("Acme")])
    seeker.run()
    uid = seeker.shown("Acme").uid
    shown = seeker.calendar[uid].snapshot
    seeker.edit(uid, start=shown.start + timedelta(days=1), end=shown.end + timedelta(days=1))
    seeker.run()
    assert move(seeker, uid, WordKind.SNOOZE, date(2027, 1, 14)) == date(2027, 1, 14)
    assert move(seeker, uid, WordKind.TAKEN_BACK) == date(2027, 1, 12)
    assert not seeker.store.load().touches[uid].told, "what was dragged is no word to take back"


@given(APPLICATIONS | RICHER, STEPS)
@example([a_row("Acme")], [(7, []), (1, [Deed(1, WordKind.DONE, 0), Deed(0, WordKind.SNOOZE, 1)])])
@settings(max_examples=40, deadline=None)
def test_words_do_event_for_event_what_tick_drag_and_delete_do(
    rows: list[dict[str, str]], steps: list[tuple[int, list[Deed]]]
) -> None:
    live_twice(rows, steps, by_hand=Seeker(), by_word=Seeker())


@given(APPLICATIONS, STEPS)
@settings(max_examples=15, deadline=None)
def test_words_on_a_feed_do_what_hands_do_in_a_calendar(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], steps: list[tuple[int, list[Deed]]]
) -> None:
    folder = tmp_path_factory.mktemp("feed")
    feed = IcsFile(
        folder / "f.ics", owner="test", name="Follow-ups", zone="America/New_York",
        outside=replace(outside_for(folder), clock=lambda: NOW),
    )  # fmt: skip
    live_twice(rows, steps, by_hand=Seeker(), by_word=Seeker(target=feed))


# --- one by one --------------------------------------------------------------------------------------------------


def a_seeker(**cells: str) -> tuple[Seeker, str]:
    seeker = Seeker([a_row("Acme", **cells)])
    seeker.run()
    return seeker, seeker.shown("Acme").uid


def tell(seeker: Seeker, uid: str, kind: WordKind, on: date | None = None) -> None:
    seeker.store.keep(add_word(seeker.store.load(), Word(uid, kind, on=on)))


def test_plan_shows_a_word_before_sync_takes_it() -> None:
    seeker, uid = a_seeker()
    tell(seeker, uid, WordKind.SKIP)
    plan = seeker.run(write=False).plan
    assert [change.reason for change in plan.writes if change.uid == uid] == ["you skipped it"]
    assert any(note.reason.startswith("you skipped “") for note in plan.notes)
    assert uid in seeker.calendar
    seeker.run()
    assert uid not in seeker.calendar
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize("kind", [WordKind.DONE, WordKind.SNOOZE, WordKind.SKIP])
def test_a_word_taken_back_before_the_sync_leaves_no_trace(kind: WordKind) -> None:
    seeker, uid = a_seeker()
    before = seeker.store.load()
    tell(seeker, uid, kind, date(2027, 1, 20))
    tell(seeker, uid, WordKind.TAKEN_BACK)
    assert seeker.store.load() == before
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize("kind", [WordKind.DONE, WordKind.SNOOZE, WordKind.SKIP])
def test_a_word_taken_back_after_the_sync_brings_the_follow_up_back(kind: WordKind) -> None:
    seeker, uid = a_seeker()
    before = seen_in(seeker.target)[uid]
    tell(seeker, uid, kind, date(2027, 1, 5) if kind is WordKind.DONE else date(2027, 1, 20))
    seeker.run()
    assert seen_in(seeker.target).get(uid) != before
    tell(seeker, uid, WordKind.TAKEN_BACK)
    report = seeker.run()
    assert any("open again" in note.reason for note in report.plan.notes)
    assert before in seen_in(seeker.target).values()
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize("kind", [WordKind.DONE, WordKind.SNOOZE, WordKind.SKIP])
def test_an_undo_of_the_run_that_took_a_word_takes_the_word_back(kind: WordKind) -> None:
    """Else the calendar would show it open, and the log would call it done."""
    seeker, uid = a_seeker()
    before = shown_by(seeker)
    tell(seeker, uid, kind, date(2027, 1, 20) if kind is WordKind.SNOOZE else None)
    seeker.run()
    assert shown_by(seeker) != before
    seeker.repair(repair.undo, source=seeker.source())
    seeker.run()
    assert {*before} <= {*shown_by(seeker)}, "a step that came within sight with the tick stays"
    assert [touch for touch in seeker.store.load().touches.values() if touch.reaction or touch.told] == []
    assert seeker.run().plan.writes == ()


@pytest.mark.parametrize("kind", [WordKind.DONE, WordKind.SNOOZE, WordKind.SKIP])
def test_what_an_undo_brought_back_hears_a_word_again(kind: WordKind) -> None:
    """It is kept as it was until its row changes; what was said of it meanwhile came to nothing."""
    seeker, uid = a_seeker()
    tell(seeker, uid, WordKind.DONE)
    seeker.run()
    seeker.repair(repair.undo, source=seeker.source())
    seeker.run()
    before = shown_by(seeker)
    tell(seeker, uid, kind, date(2027, 1, 20) if kind is WordKind.SNOOZE else None)
    seeker.run()
    assert shown_by(seeker) != before
    assert [touch.reaction for touch in seeker.store.load().touches.values() if touch.told] == [AS_IF[kind]]
    assert seeker.run().plan.writes == ()


AS_IF = {
    WordKind.DONE: Reaction.TICKED,
    WordKind.SNOOZE: Reaction.DRAGGED,
    WordKind.SKIP: Reaction.DELETED,
}


def shown_by(seeker: Seeker) -> list[tuple[str, str]]:
    return sorted((str(event.snapshot.start), event.snapshot.summary) for event in seeker.calendar.values())


def test_a_note_written_into_the_event_before_the_sync_does_not_reopen_what_was_said_to_be_done() -> None:
    seeker, uid = a_seeker()
    tell(seeker, uid, WordKind.DONE)
    seeker.edit(uid, description=seeker.calendar[uid].snapshot.description + "\nshe said no")
    seeker.run()
    touch = seeker.store.load().touches[uid]
    assert (touch.reaction, touch.done_on) == (Reaction.TICKED, date(2027, 1, 4))
    assert seeker.calendar[uid].snapshot.summary.startswith("✓ ")


def test_taking_our_tick_off_in_the_calendar_opens_it_again() -> None:
    seeker, uid = a_seeker()
    tell(seeker, uid, WordKind.DONE)
    seeker.run()
    seeker.edit(uid, summary=seeker.calendar[uid].snapshot.summary.removeprefix("✓ "))
    seeker.run()
    assert seeker.store.load().touches[uid].reaction is None
    assert not seeker.store.load().touches[uid].told


def test_a_title_of_the_users_own_stays_as_it_is() -> None:
    seeker, uid = a_seeker()
    seeker.edit(uid, summary="Ring her")
    seeker.run()
    tell(seeker, uid, WordKind.DONE)
    seeker.run()
    assert seeker.calendar[uid].snapshot.summary == "Ring her"
    assert seeker.calendar[uid].snapshot.our_alarm is None


def test_skipping_what_holds_the_users_own_text_keeps_the_text() -> None:
    seeker, uid = a_seeker()
    seeker.edit(uid, description=seeker.calendar[uid].snapshot.description + "\nher mobile: 555 0100")
    seeker.run()
    tell(seeker, uid, WordKind.SKIP)
    seeker.run()
    assert "555 0100" in seeker.calendar[uid].snapshot.description
    assert seeker.calendar[uid].snapshot.our_alarm is None
    assert seeker.run().plan.writes == ()


def test_a_word_is_heard_although_a_cell_of_the_row_cannot_be_read() -> None:
    seeker, uid = a_seeker()
    seeker.rows[0]["applied_on"] = "soonish"
    seeker.run()
    tell(seeker, uid, WordKind.SKIP)
    seeker.run()
    assert uid not in seeker.calendar


def test_a_snooze_ends_when_the_fact_changes_as_a_drag_does() -> None:
    seeker, uid = a_seeker()
    tell(seeker, uid, WordKind.SNOOZE, date(2027, 1, 29))
    seeker.run()
    assert day_of(seeker.calendar[uid].snapshot.start, ZONE) == date(2027, 1, 29)
    seeker.rows[0]["applied_on"] = "2027-01-02"
    seeker.run()
    assert day_of(seeker.shown("Acme").snapshot.start, ZONE) < date(2027, 1, 29)


def test_words_survive_a_run_that_fails_before_it_writes() -> None:
    seeker, uid = a_seeker()
    tell(seeker, uid, WordKind.SKIP)

    class Down(MemoryTarget):
        def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
            from sync.errors import TargetError

            raise TargetError("the server is down")

    assert isinstance(seeker.store, MemoryState)
    with pytest.raises(Exception, match="down"):
        Seeker(seeker.rows, target=Down(), store=seeker.store, now=seeker.now).run()
    assert [word.uid for word in seeker.store.load().runs.words] == [uid]


# --- the commands ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write_rows(
        a_row("Acme"), a_row("Globex"), a_row("Initech", role="Editor"), a_row("Initech", role="Writer", id="w")
    )
    assert folder.run("sync") == 0
    return folder


def titles(folder: Folder) -> list[str]:
    text = folder.feed().replace("\r\n ", "")
    return [line.removeprefix("SUMMARY:") for line in text.splitlines() if line.startswith("SUMMARY:")]


def ticked(folder: Folder) -> list[str]:
    return [title for title in titles(folder) if title.startswith("✓")]


def words(folder: Folder) -> tuple[Word, ...]:
    return SqliteState(folder.path / "state.sqlite").load().runs.words


def test_done_on_a_feed(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.run("done", "Acme", "--on", "2027-01-05", "--note", "she\nanswered") == 0
    said = capsys.readouterr().out
    assert said.startswith("Done: “")
    assert "on Tue 2027-01-05." in said
    assert "The next followup sync brings it into the calendar" in said
    assert folder.run("plan") == 0
    assert "you said that" in capsys.readouterr().out
    assert not ticked(folder)
    assert folder.run("sync") == 0
    assert len(ticked(folder)) == 1
    capsys.readouterr()
    assert run_command(["log", "--json", "--config", str(folder.path / "followup.toml")]) == 0
    log = json.loads(capsys.readouterr().out)
    assert [one["result"] for one in log if one["known_by"] == "your word"] == ["she answered"]
    assert folder.run("done", "Acme", "--undo") == 0
    assert folder.run("sync") == 0
    assert not ticked(folder)


def test_snooze_and_skip_on_a_feed(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.run("snooze", "Acme", "2027-02-03") == 0
    assert folder.run("skip", "Globex") == 0
    before = len(titles(folder))
    assert folder.run("sync") == 0
    assert "20270203T" in folder.feed()
    assert len(titles(folder)) <= before
    capsys.readouterr()
    assert folder.run("status") == 0
    skipped = capsys.readouterr().out.splitlines()[-1]
    assert skipped.startswith("You skipped “") and "followup skip " in skipped and skipped.endswith(" --undo")
    assert folder.run("snooze", "Acme", "--undo") == 0
    assert folder.run("sync") == 0
    assert "20270203T" not in folder.feed()


@pytest.mark.parametrize("synced", [False, True])
def test_done_undo_said_twice_leaves_the_snooze_alone(
    folder: Folder, capsys: pytest.CaptureFixture[str], synced: bool
) -> None:
    assert folder.run("done", "Acme") == 0
    assert folder.run("snooze", "Acme", "2027-02-03") == 0
    assert not synced or folder.run("sync") == 0
    assert folder.run("done", "Acme", "--undo") == 0
    assert folder.run("done", "Acme", "--undo") == 2
    assert folder.run("sync") == 0
    assert folder.run("done", "Acme", "--undo") == 2
    assert "with followup done you said nothing about Acme" in capsys.readouterr().err
    assert "20270203T" in folder.feed()


@pytest.mark.parametrize("synced", [False, True])
def test_done_said_again_for_another_day_does_not_tick_the_next_follow_up(
    folder: Folder, capsys: pytest.CaptureFixture[str], synced: bool
) -> None:
    """It was yesterday, not today: the second word is for the same follow-up, and the next one is weeks ahead."""
    assert folder.run("done", "Acme") == 0
    assert not synced or folder.run("sync") == 0
    before = words(folder)
    for more in (("--on", "2027-01-04"), ()):
        capsys.readouterr()
        assert folder.run("done", "Acme", *more) == 2
        said = capsys.readouterr().err
        assert "was done on 2027-01-05. To say another day or a note" in said
        assert (
            "take it back first: followup done 2 --undo; to say that this one is done, too, add --touch 2027-" in said
        )
    assert words(folder) == before
    assert folder.run("done", "2", "--undo") == 0
    assert folder.run("done", "Acme", "--on", "2027-01-04") == 0
    assert folder.run("sync") == 0
    assert len(ticked(folder)) == 1
    assert folder.run("done", "Acme", now="2027-01-19T09:00:00-05:00") == 0


@pytest.mark.parametrize("synced", [False, True])
def test_of_two_words_the_later_is_taken_back_first(
    folder: Folder, capsys: pytest.CaptureFixture[str], synced: bool
) -> None:
    days = []
    for _ in range(2):
        capsys.readouterr()
        assert folder.run("skip", "Acme") == 0
        days.append(capsys.readouterr().out.partition("” of ")[2].partition(".")[0])
        assert folder.run("sync") == 0 if synced or len(days) == 1 else True
    assert len(set(days)) == 2
    for day in reversed(days):
        capsys.readouterr()
        assert folder.run("skip", "Acme", "--undo") == 0
        assert f"” of {day}." in capsys.readouterr().out
        assert folder.run("sync") == 0


@pytest.mark.parametrize("synced", [False, True])
def test_a_done_taken_back_stands_where_it_was_snoozed_to(folder: Folder, synced: bool) -> None:
    assert folder.run("snooze", "Acme", "2027-02-03") == 0
    assert not synced or folder.run("sync") == 0
    assert folder.run("done", "Acme", "--touch", "2027-02-03") == 0
    assert not synced or folder.run("sync") == 0
    assert folder.run("done", "Acme", "--undo") == 0
    assert folder.run("sync") == 0
    assert not ticked(folder)
    assert "20270203T" in folder.feed()


def test_another_follow_up_by_its_number_and_by_its_day(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.run("skip", "Acme", "--touch", "99") == 2
    listed = capsys.readouterr().err
    days = [line.split()[2] for line in listed.splitlines() if line.startswith("  ")]
    assert days
    assert folder.run("skip", "Acme", "--touch", days[-1]) == 0
    assert folder.run("skip", "Globex", "--touch", "1") == 0
    assert len(words(folder)) == 2


@pytest.mark.parametrize(
    ("command", "said"),
    [
        pytest.param(["done", "Nobody"], "no lead in the sheet is called 'Nobody'", id="unknown lead"),
        pytest.param(["done", "Initech"], "'Initech' is 2 leads; nothing is written. Give the row", id="two leads"),
        pytest.param(["snooze", "Acme", "2027-01-01"], "2027-01-01 has passed; give today or a later day", id="past"),
        pytest.param(["snooze", "Acme", "soon"], "DATE 'soon' is no day; write it as 2027-01-18", id="no day"),
        pytest.param(["snooze", "Acme", "9999-01-01"], "not in these years", id="no year of ours"),
        pytest.param(["snooze", "Acme"], "say the day to move it to", id="no day given"),
        pytest.param(["done", "Acme", "--on", "2027-03-01"], "is still to come", id="a day to come"),
        pytest.param(["done", "Acme", "--on", "2026-12-01"], "is before you applied on 2027-01-04", id="before"),
        pytest.param(["skip", "Acme", "--touch", "2028-01-01"], "has no follow-up on 2028-01-01", id="no such day"),
        pytest.param(["skip", "Acme", "--touch", "x"], "give the number of one or its day, such as", id="no number"),
        pytest.param(["skip", "Acme", "--undo"], "with followup skip you said nothing", id="nothing to take back"),
        pytest.param(["done", "Acme", "--note", "x" * 501], "give at most 500", id="a long note"),
    ],
)  # fmt: skip
def test_bad_words_are_one_sentence_and_write_nothing(
    folder: Folder, capsys: pytest.CaptureFixture[str], command: list[str], said: str
) -> None:
    before = (folder.path / "state.sqlite").read_bytes(), folder.feed()
    assert folder.run(command[0], *command[1:]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "Traceback" not in told
    assert ((folder.path / "state.sqlite").read_bytes(), folder.feed()) == before


def test_a_row_number_tells_two_leads_apart(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    assert folder.run("skip", "5") == 0
    assert "Writer" in capsys.readouterr().out


@pytest.mark.parametrize("answer", ["y\n", "n\n"])
def test_on_a_terminal_they_offer_to_sync(folder: Folder, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    assert folder.run("done", "Acme") == 0
    assert bool(ticked(folder)) == (answer == "y\n")
    assert bool(words(folder)) == (answer == "n\n")


def test_a_sync_after_a_word_is_never_left_out(folder: Folder) -> None:
    assert folder.run("sync") == 0
    assert folder.run("skip", "Globex") == 0
    assert folder.run("sync") == 0
    assert words(folder) == ()


def test_what_passed_can_still_be_said_to_be_done(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    later = "2027-01-20T09:00:00-05:00"
    assert folder.run("sync", now=later) == 0
    capsys.readouterr()
    assert folder.run("done", "Acme", "--touch", "99", now=later) == 2
    listed = [line.split() for line in capsys.readouterr().err.splitlines() if line.startswith("  ")]
    past = [parts[2] for parts in listed if date.fromisoformat(parts[2]) < datetime(2027, 1, 20, tzinfo=ZONE).date()]
    assert past
    assert folder.run("done", "Acme", "--touch", past[0], "--on", past[0], now=later) == 0
    assert folder.run("sync", now=later) == 0
    assert len(ticked(folder)) == 1
