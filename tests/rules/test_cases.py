"""The cases of the rules: one file for each, `R-001-1.toml`, for whoever knows the advice and no Python.

    [[case]]
    story = "a Saturday, then a holiday Monday"          what the case is about
    now = "2027-01-09 08:00"                             when followup runs, where the seeker lives
    row = { company = "Acme", applied_on = "2027-01-09" }
    expect = ["2027-01-19 09:00"]                        when its touches begin, after the last run; [] for none

A row's cells stand under the field names that a sheet is read by without guessing. More, where a case needs it: `rows`
instead of `row`; `home` (a zone) and `holidays`; `settings`, lines of `followup.toml`; `then`, later runs, each with
its `now`, a changed `row` or `rows`, and `ticked`, a rule whose touch was done in the calendar; `also`, what is
expected of other rules; of the first touch its `deadline`, `channel`, `who`, `title`, `says` (in its text) and `reason`
(why this day); and `note`, what is said instead of an event.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from advisor import Seeker, settings_for
from msgspec import Struct, convert
from runner import a_table

from sync.advice import load_advice, shipped_rules
from sync.models import Lead, Moment, Touch
from sync.reading.leads import read_leads

FOLDER = Path(__file__).parent
Cells = dict[str, str]


class Later(Struct, forbid_unknown_fields=True):
    """A later run of the same case."""

    now: str
    row: Cells = {}
    rows: list[Cells] = []
    ticked: str = ""


class RuleCase(Struct, forbid_unknown_fields=True):
    """One case of a rule, as the head of this module tells."""

    story: str
    now: str
    expect: list[str] = []
    row: Cells = {}
    rows: list[Cells] = []
    home: str = "America/New_York"
    holidays: str = "US"
    settings: str = ""
    then: list[Later] = []
    also: dict[str, list[str]] = {}
    deadline: str = ""
    channel: str = ""
    who: str = ""
    title: str = ""
    says: str = ""
    reason: str = ""
    note: str = ""


def cases() -> Iterator[object]:
    for path in sorted(FOLDER.glob("*.toml")):
        for case in convert(tomllib.loads(path.read_text("utf-8"))["case"], list[RuleCase]):
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case.story}")


def understand(rows: list[Cells], seeker: Seeker) -> tuple[Lead, ...]:
    vocabulary = load_advice(seeker.settings).vocabulary
    leads = read_leads(a_table(rows), settings=seeker.settings, vocabulary=vocabulary, memory=seeker.memory.leads)
    assert leads.problems == ()
    return leads.leads


@pytest.mark.parametrize(("rule", "case"), [*cases()])
def test_a_rule(rule: str, case: RuleCase) -> None:
    holidays = f'"{case.holidays}"' if case.holidays else "[]"
    place = "tables" if case.settings.startswith("[") else "more"
    seeker = Seeker(settings_for(case.home, holidays, **{place: case.settings}))
    rows = case.rows or [case.row]
    seeker.run(case.now, understand(rows, seeker))
    for later in case.then:
        if later.ticked:
            seeker.tick(min(seeker.all(later.ticked), key=lambda touch: touch.step), later.now[:10])
        rows = later.rows or ([later.row] if later.row else rows)
        seeker.run(later.now, understand(rows, seeker))
    assert seeker.schedule.problems == ()
    for known, expected in ({rule: case.expect} | case.also).items():
        starts = sorted({tell(touch.start, case.home) for touch in seeker.all(known)})
        told = f"{known}: begins {starts}, the case expects {expected}"
        assert len(starts) == len(expected), told
        assert all(start.startswith(wanted) for start, wanted in zip(starts, expected, strict=True)), told
    check_touch(min(seeker.all(rule), key=lambda touch: touch.step), case) if case.expect else None
    assert case.note in " | ".join(note.reason for note in seeker.schedule.notes)


def check_touch(touch: Touch, case: RuleCase) -> None:
    assert not case.deadline or (touch.deadline and tell(touch.deadline, case.home) == case.deadline)
    assert case.channel in ("", touch.channel)
    assert case.who in ("", touch.who)
    assert case.title in touch.summary
    assert case.says in touch.description
    assert case.reason in "; ".join(touch.reason)


def tell(moment: Moment, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment}"


def test_every_file_is_named_by_its_rule() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} <= shipped_rules().keys()
