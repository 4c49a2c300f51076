"""`done_on` and `snooze_until`: a follow-up answered in the sheet, for people on a feed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from conftest import NOW, ZONE
from deeds import APPLICATIONS, STEPS, Deed, edit, of_leads, planned
from folders import Folder
from hypothesis import given, settings
from runner import Seeker, a_row, settings_with

from sync.memory import Reaction, TouchMemory, WordKind
from sync.models import Touch
from sync.moments import day_of
from sync.reconcile.said_in_sheet import CORRECTED
from sync.run import Report


def a_seeker(**cells: str) -> Seeker:
    seeker = Seeker([a_row("Acme", done_on="", snooze_until="", **cells)])
    seeker.run()
    return seeker


def first(seeker: Seeker) -> tuple[str, date]:
    event = seeker.shown("Acme")
    return event.uid, day_of(event.snapshot.start, ZONE)


def write(seeker: Seeker, **cells: str) -> Report:
    seeker.rows[0] |= cells
    report = seeker.run()
    assert seeker.run().plan.writes == ()
    return report


def days_and_ticks(seeker: Seeker) -> dict[str, tuple[date, bool]]:
    shots = {uid: event.snapshot for uid, event in seeker.calendar.items()}
    return {uid: (day_of(shot.start, ZONE), shot.summary.startswith("✓")) for uid, shot in shots.items()}


def touch(seeker: Seeker, uid: str) -> TouchMemory:
    return seeker.store.load().touches[uid]


def said(report: Report) -> str:
    return " | ".join([note.reason for note in report.plan.notes] + [p.reason for p in report.plan.problems])


def next_of(seeker: Seeker, company: str) -> Touch | None:
    """What stands next for this company, as a run now would have it."""
    schedule = seeker.run(write=False).plan.schedule
    found = [touch for touch in schedule if company in (touch.lead or "") and touch.published]
    return min(found, key=lambda touch: (touch.start, touch.uid), default=None)


def fill_in(row: dict[str, str], deed: Deed, today: date, *, stands: date) -> bool:
    """Write what is done into its cell; False where the cell would say the same or put its day right."""
    if deed.kind is WordKind.DONE:
        before = row["done_on"]
        if before and stands > today and today - date.fromisoformat(before) <= CORRECTED:
            return False
        row["done_on"] = today.isoformat()
        return before != row["done_on"]
    before, row["snooze_until"] = row["snooze_until"], (today + timedelta(days=deed.days)).isoformat()
    return before != row["snooze_until"]


@given(APPLICATIONS, STEPS)
@settings(max_examples=20, deadline=None)
def test_a_cell_does_event_for_event_what_tick_and_drag_do(
    rows: list[dict[str, str]], steps: list[tuple[int, list[Deed]]]
) -> None:
    by_hand, by_cell = Seeker(rows), Seeker([{**row, "done_on": "", "snooze_until": ""} for row in rows])
    for seeker in (by_hand, by_cell):
        seeker.run()
    for days, deeds in steps:
        today = by_hand.now.astimezone(ZONE).date()
        said = {deed.which % len(rows): deed for deed in deeds if deed.kind is not WordKind.SKIP}
        for number, deed in said.items():
            touch = next_of(by_hand, rows[number]["company"])
            if touch is None or touch.uid not in by_hand.calendar:
                continue
            if fill_in(by_cell.rows[number], deed, today, stands=day_of(touch.start, ZONE)):
                edit(by_hand, touch.uid, deed, today)
        by_cell.now = by_hand.now
        reports = [seeker.run() for seeker in (by_hand, by_cell)]
        assert of_leads(by_hand) == of_leads(by_cell)
        assert planned(reports[0]) == planned(reports[1])
        for seeker in (by_hand, by_cell):
            assert seeker.run().plan.writes == ()
            seeker.now += timedelta(days=days)


@pytest.mark.parametrize("box", ["TRUE", "x", "✓", "yes"])
def test_a_ticked_box_is_done_on_the_day_it_was_first_seen(box: str) -> None:
    seeker = a_seeker()
    uid, _ = first(seeker)
    seeker.now += timedelta(days=2)
    write(seeker, done_on=box)
    assert (touch(seeker, uid).reaction, touch(seeker, uid).done_on) == (Reaction.TICKED, date(2027, 1, 6))
    assert seeker.calendar[uid].snapshot.summary.startswith("✓ ")
    seeker.now += timedelta(days=1)
    write(seeker)
    assert touch(seeker, uid).done_on == date(2027, 1, 6)


def test_an_empty_box_says_nothing() -> None:
    seeker = a_seeker()
    assert write(seeker, done_on="FALSE").plan.writes == ()


def test_a_day_stays_in_the_cell_and_is_taken_once() -> None:
    seeker = a_seeker()
    write(seeker, done_on="2027-01-04")
    done = {uid for uid, known in seeker.store.load().touches.items() if known.done_on}
    assert len(done) == 1
    for _ in range(6):
        seeker.now += timedelta(days=5)
        seeker.run()
    assert {uid for uid, known in seeker.store.load().touches.items() if known.reaction is Reaction.TICKED} == done


def test_the_next_day_in_the_cell_is_about_the_next_follow_up() -> None:
    seeker = a_seeker()
    write(seeker, done_on="2027-01-04")
    seeker.now += timedelta(days=8)
    write(seeker, done_on="2027-01-12")
    done = [known.done_on for known in seeker.store.load().touches.values() if known.done_on]
    assert sorted(day for day in done if day) == [date(2027, 1, 4), date(2027, 1, 12)]


def test_a_day_put_right_is_the_same_follow_up() -> None:
    seeker = a_seeker(applied_on="2026-12-28")
    uid, _ = first(seeker)
    write(seeker, done_on="2027-01-04")
    report = write(seeker, done_on="2027-01-03")
    assert "you put done_on 2027-01-04 right: it was 2027-01-03" in said(report)
    assert [known.uid for known in seeker.store.load().touches.values() if known.done_on] == [uid]
    assert touch(seeker, uid).done_on == date(2027, 1, 3)


def test_emptied_while_it_lies_ahead_it_is_taken_back() -> None:
    seeker = a_seeker()
    before = days_and_ticks(seeker)
    write(seeker, done_on="2027-01-04")
    assert days_and_ticks(seeker) != before
    assert "it is open again" in said(write(seeker, done_on=""))
    assert before.items() <= days_and_ticks(seeker).items()
    write(seeker, snooze_until="2027-02-03")
    assert date(2027, 2, 3) in {day for day, _ in days_and_ticks(seeker).values()}
    write(seeker, snooze_until="")
    assert before.items() <= days_and_ticks(seeker).items()


def test_emptied_after_its_day_it_only_makes_room() -> None:
    seeker = a_seeker()
    uid, day = first(seeker)
    write(seeker, done_on="TRUE")
    seeker.now += timedelta(days=(day - NOW.date()).days + 1)
    seeker.run()
    write(seeker, done_on="FALSE")
    assert touch(seeker, uid).reaction is Reaction.TICKED
    seeker.now += timedelta(days=1)
    write(seeker, done_on="TRUE")
    assert sum(known.reaction is Reaction.TICKED for known in seeker.store.load().touches.values()) == 2


def test_what_is_in_the_sheet_before_the_first_run_counts_there_too() -> None:
    seeker = Seeker([a_row("Acme", "2026-12-28", done_on="2027-01-04")])
    seeker.run()
    plain = Seeker([a_row("Acme", "2026-12-28", last_outbound="2027-01-04")])
    plain.run()
    assert first(seeker)[1] == first(plain)[1]
    assert seeker.run().plan.writes == ()


def test_an_old_day_before_the_first_run_says_nothing() -> None:
    seeker = Seeker([a_row("Acme", "2026-11-01", done_on="2026-11-08", snooze_until="2026-11-20")])
    report = seeker.run()
    assert not any(known.told for known in seeker.store.load().touches.values())
    assert "snooze" not in said(report)


def test_a_snooze_with_nothing_ahead_waits_for_what_comes_until_then() -> None:
    seeker = Seeker([a_row("Acme", status="in_touch", do_not_contact="yes", snooze_until="2027-02-10")])
    assert "so that it waits" in said(seeker.run())
    seeker.rows[0]["do_not_contact"] = ""
    seeker.run()
    assert first(seeker)[1] == date(2027, 2, 10)
    assert seeker.run().plan.writes == ()


def test_done_and_snoozed_in_one_row_are_two_follow_ups() -> None:
    seeker = a_seeker()
    uid, _ = first(seeker)
    write(seeker, done_on="2027-01-04", snooze_until="2027-01-29")
    assert touch(seeker, uid).reaction is Reaction.TICKED
    pinned = [known for known in seeker.store.load().touches.values() if known.reaction is Reaction.DRAGGED]
    assert [day_of(known.pinned_to, ZONE) for known in pinned if known.pinned_to] == [date(2027, 1, 29)]


def test_what_was_ticked_in_the_calendar_and_in_the_sheet_is_one_follow_up() -> None:
    seeker = a_seeker()
    uid, _ = first(seeker)
    seeker.edit(uid, summary="✓ " + seeker.calendar[uid].snapshot.summary)
    report = write(seeker, done_on="2027-01-04")
    assert "is known already: nothing new" in said(report)
    assert [known.uid for known in seeker.store.load().touches.values() if known.done_on] == [uid]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        pytest.param({"done_on": "2027-03-01"}, "is still to come; give the day on which you did it", id="to come"),
        pytest.param({"done_on": "2026-12-01"}, "is before you applied on 2027-01-04; give a later day", id="before"),
        pytest.param({"snooze_until": "2027-01-01"}, "has passed; give today or a later day", id="passed"),
        pytest.param({"snooze_until": "next week"}, "names a week, but no day", id="no day"),
        pytest.param({"done_on": "kind of"}, "is", id="neither day nor box"),
    ],
)
def test_what_cannot_be_is_named_and_changes_nothing(cells: dict[str, str], reason: str) -> None:
    seeker = a_seeker()
    report = write(seeker, **cells)
    assert [(p.column, p.value, reason in p.reason) for p in report.plan.problems] == [
        (*next(iter(cells.items())), True)
    ]
    assert report.plan.writes == ()


def test_without_its_column_nothing_is_taken_back() -> None:
    seeker = a_seeker()
    uid, _ = first(seeker)
    write(seeker, done_on="2027-01-04")
    del seeker.rows[0]["done_on"]
    seeker.settings = settings_with('[source.columns]\ndone_on = ""')
    seeker.run()
    assert touch(seeker, uid).reaction is Reaction.TICKED


def test_on_a_feed(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Folder(tmp_path_factory.mktemp("feed"))
    sheet = folder.path / "leads.csv"
    text = (
        "Company,Date applied,Status,Done on,Snooze until\n"
        "Acme,2027-01-04,Applied,{acme},\nGlobex,2027-01-04,Applied,{globex},\n"
    )
    sheet.write_text(text.format(acme="FALSE", globex="FALSE"), "utf-8")
    assert folder.run("sync") == 0
    assert "SUMMARY:✓ " not in folder.feed()
    sheet.write_text(text.format(acme="TRUE", globex="FALSE"), "utf-8")
    assert folder.run("sync") == 0
    assert folder.feed().count("SUMMARY:✓ ") == 1
    before = folder.feed()
    assert folder.run("sync") == 0
    assert folder.feed() == before
