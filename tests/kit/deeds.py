"""What a person does with follow-ups, by hand in a calendar and said in another way: two lives are to be the same."""

from __future__ import annotations

from datetime import date, timedelta

from conftest import NOW, ZONE
from hypothesis import strategies as st
from msgspec import Struct
from runner import Seeker, a_row

from sync.memory import Word, WordKind
from sync.models import RemoteEvent, Snapshot, Touch
from sync.moments import day_of
from sync.protocols import Target
from sync.reconcile.identity import SELF
from sync.reconcile.marker_lines import acted_on, our_part
from sync.reconcile.words import add_word
from sync.run import Report


class Deed(Struct, frozen=True):
    """What is done to the nth event of the calendar before the next run."""

    which: int
    kind: WordKind
    days: int


DEEDS = st.builds(
    Deed, st.integers(0, 12), st.sampled_from([WordKind.DONE, WordKind.SNOOZE, WordKind.SKIP]), st.integers(0, 9)
)
STEPS = st.lists(st.tuples(st.integers(1, 9), st.lists(DEEDS, max_size=3)), min_size=1, max_size=4)
COMPANIES = ("Acme", "Globex", "Initech", "Umbrella")
APPLICATIONS = st.lists(st.integers(-20, 0), min_size=1, max_size=4).map(
    lambda ages: [
        a_row(company, (NOW + timedelta(days=age)).date().isoformat())
        for company, age in zip(COMPANIES, ages, strict=False)
    ]
)
RICHER = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "status": st.sampled_from(["sent", "in_touch", "interview"]),
            "interview_at": st.sampled_from(["2027-01-03 10:00", "2027-01-08 14:00"]),
            "follow_up_on": st.sampled_from(["2027-01-06", "2027-01-20"]),
            "referrer": st.just("Mara Lind"),
            "last_inbound": st.just("2027-01-02"),
        },
    ),
    min_size=1,
    max_size=4,
).map(lambda rows: [a_row(company, **cells) for company, cells in zip(COMPANIES, rows, strict=False)])


def held_by(target: Target) -> dict[str, RemoteEvent]:
    return dict(target.observe({}).events)


def as_seen(shot: Snapshot) -> tuple[object, ...]:
    """An event as a person sees it; the text without our marks, the tick as such. The small print is of the last write,
    and so is all that a step says before it is the next."""
    title = shot.summary.removeprefix("✓ ")
    ticked = title != shot.summary
    text = "" if shot.status == "TENTATIVE" else acted_on(our_part(shot.description))
    return shot.start, shot.end, title, ticked, text, shot.our_alarm, shot.status


def seen_in(target: Target) -> dict[str, tuple[object, ...]]:
    return {uid: as_seen(event.snapshot) for uid, event in held_by(target).items()}


def of_leads(seeker: Seeker) -> dict[str, tuple[object, ...]]:
    """What is shown of leads. A feed has no heartbeat and other words in its review, whatever is done there."""
    touches = seeker.store.load().touches
    shown = {uid: seen for uid, seen in seen_in(seeker.target).items() if uid in touches}
    return {uid: seen for uid, seen in shown.items() if touches[uid].lead_key != SELF}


def planned(report: Report) -> list[Touch]:
    return [touch for touch in report.plan.schedule if touch.lead_key != SELF]


def pick(seeker: Seeker, deed: Deed, today: date) -> str | None:
    """The event of a lead that a deed means: one that is today or later, since only such are moved and skipped."""
    touches = seeker.store.load().touches
    open_ones = [
        (day_of(event.snapshot.start, ZONE), uid)
        for uid, event in held_by(seeker.target).items()
        if uid in touches
        and touches[uid].lead_key != SELF
        and day_of(event.snapshot.start, ZONE) >= today
        and not event.snapshot.summary.startswith("✓")
    ]
    return sorted(open_ones)[deed.which % len(open_ones)][1] if open_ones else None


def edit(seeker: Seeker, uid: str, deed: Deed, today: date) -> None:
    """With the calendar."""
    shot = seeker.calendar[uid].snapshot
    if deed.kind is WordKind.SKIP:
        del seeker.calendar[uid]
    elif deed.kind is WordKind.DONE:
        seeker.edit(uid, summary=f"✓ {shot.summary}")
    else:
        by = today + timedelta(days=deed.days) - day_of(shot.start, ZONE)
        seeker.edit(uid, start=shot.start + by, end=shot.end + by)


def say(seeker: Seeker, uid: str, deed: Deed, today: date) -> None:
    """With a word."""
    on = today if deed.kind is WordKind.DONE else today + timedelta(days=deed.days)
    seeker.store.keep(add_word(seeker.store.load(), Word(uid, deed.kind, on=on)))
