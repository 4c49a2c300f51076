"""`followup stats`: what the sheet and the ticks show, and nothing else."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from advisor import Seeker, a_lead, day, person
from folders import Folder
from msgspec.structs import replace
from runner import a_row

from sync.cli import run_command
from sync.memory import Memory, Reaction, TouchMemory
from sync.models import Lead, Round, Stage
from sync.stats import Answers, FollowUps, Spread, Stats, Waiting, days_to_answer, make_stats

ZONE = ZoneInfo("America/New_York")
TODAY = date(2027, 1, 20)
SENT = Lead("acme", "leads.csv:2", 2, company="Acme", applied_on=date(2027, 1, 4), stage=Stage.SENT, stage_known=True)
STOOD = TouchMemory(uid="u", lead_key="acme", rule="R-001-1", published=True)


def count(*leads: Lead, touches: tuple[TouchMemory, ...] = ()) -> Stats:
    memory = Memory(touches={f"{number}": touch for number, touch in enumerate(touches)})
    return make_stats(leads, memory, today=TODAY, zone=ZONE, touching=frozenset({"R-001-1"}))


@pytest.mark.parametrize(
    ("lead", "sent", "answered", "interviews"),
    [
        pytest.param(Lead("a", "leads.csv:2", 2), 0, 0, 0, id="an idea"),
        pytest.param(replace(SENT, stage_known=False, applied_on=date(2027, 1, 21)), 0, 0, 0, id="to be sent tomorrow"),
        pytest.param(SENT, 1, 0, 0, id="sent"),
        pytest.param(replace(SENT, stage=Stage.NO_ANSWER, applied_on=None), 1, 0, 0, id="no answer came"),
        pytest.param(replace(SENT, stage=Stage.WITHDRAWN), 1, 0, 0, id="withdrawn is no answer"),
        pytest.param(replace(SENT, last_inbound=TODAY), 1, 1, 0, id="they wrote today"),
        pytest.param(replace(SENT, last_inbound=TODAY + timedelta(days=1)), 1, 0, 0, id="a day still to come"),
        pytest.param(replace(SENT, stage=Stage.REJECTED), 1, 1, 0, id="a refusal is an answer"),
        pytest.param(replace(SENT, stage=Stage.REJECTED, stage_known=False), 1, 0, 0, id="a guessed status is none"),
        pytest.param(replace(SENT, interview_at=TODAY + timedelta(days=9)), 1, 1, 1, id="an interview agreed"),
        pytest.param(replace(SENT, stage=Stage.OFFER), 1, 1, 1, id="an offer"),
    ],
)
def test_what_counts_as_sent_answered_and_interviewed(lead: Lead, sent: int, answered: int, interviews: int) -> None:
    found = count(lead)
    assert (found.leads, found.sent, found.answered, found.interviews) == (1, sent, answered, interviews)


@pytest.mark.parametrize(
    ("facts", "days"),
    [
        pytest.param({}, None, id="no answer"),
        pytest.param({"last_inbound": date(2027, 1, 9)}, 5, id="their message"),
        pytest.param({"last_inbound": date(2027, 1, 15), "under_consideration_on": date(2027, 1, 6)}, 2, id="earliest"),
        pytest.param({"last_inbound": date(2027, 1, 2)}, None, id="a message before the application"),
        pytest.param({"interview_at": date(2027, 1, 30)}, None, id="an interview to come tells no day of an answer"),
        pytest.param(
            {"interview_at": date(2027, 1, 18), "earlier_rounds": (Round(date(2027, 1, 11), "Interview 1"),)},
            7,
            id="the first of two rounds",
        ),
        pytest.param({"applied_on": None, "last_inbound": date(2027, 1, 9)}, None, id="no day it was sent"),
    ],
)
def test_days_to_the_first_answer_that_the_sheet_shows(facts: dict[str, object], days: int | None) -> None:
    assert days_to_answer(replace(SENT, **facts), TODAY, ZONE) == days


def test_the_middle_of_the_days_and_the_answers_without_a_day() -> None:
    answers = [replace(SENT, key=f"{n}", last_inbound=date(2027, 1, 4 + n)) for n in (1, 2, 9)]
    found = count(*answers, replace(SENT, stage=Stage.REJECTED), SENT)
    assert found.days_to_answer == Spread(leads=3, median=2, shortest=1, longest=9)
    assert (found.answered, found.undated) == (4, 1)
    assert count(SENT).days_to_answer is None


def test_sources_that_differ_in_case_are_one_and_the_nameless_stand_last_of_equals() -> None:
    spelled = ["LinkedIn", "linkedin", "LinkedIn", "", "Referral"]
    leads = [replace(SENT, key=f"{n}", source=name) for n, name in enumerate(spelled)]
    leads[0] = replace(leads[0], last_inbound=TODAY)
    leads[4] = replace(leads[4], interview_at=TODAY)
    assert count(*leads).by_source == (
        Answers("LinkedIn", 3, 1, 0),
        Answers("Referral", 1, 1, 1),
        Answers("", 1, 0, 0),
    )


def test_where_leads_wait_and_since_when() -> None:
    ticked = replace(STOOD, lead_key="b", reaction=Reaction.TICKED, done_on=date(2027, 1, 18))
    assumed = replace(STOOD, lead_key="a", done_on=date(2027, 1, 19), assumed=True)
    found = count(
        replace(SENT, key="a", company="Alpha"),
        replace(SENT, key="b", company="Beta"),
        replace(SENT, key="c", stage=Stage.REJECTED),
        replace(SENT, key="d", interested=False),
        Lead("e", "leads.csv:6", 6, company="Idea"),
        touches=(ticked, assumed),
    )
    assert found.waiting == (Waiting(Stage.IDEA, 1), Waiting(Stage.SENT, 2, 9, 16, "Alpha"))


def test_only_what_stood_in_the_calendar_and_is_over_is_counted() -> None:
    done = replace(STOOD, done_on=TODAY)
    found = count(
        SENT,
        touches=(
            done,
            replace(done, assumed=True),
            replace(STOOD, missed=True),
            replace(STOOD, missed=True, published=False),
            replace(STOOD, reaction=Reaction.DELETED),
            replace(done, reaction=Reaction.DELETED),
            replace(done, rule="R-001-14"),
            STOOD,
        ),
    )
    assert found.follow_ups == FollowUps(done=2, missed=1, taken_out=1, unknown=1)


def test_a_tick_is_done_and_a_day_that_passed_without_a_sign_is_missed() -> None:
    """Through whole runs: one follow-up ticked, the next one offered twice and let go by."""
    seeker = Seeker()
    lead = a_lead(applied_on=date(2027, 1, 4), contact=person(), follow_ups_done=0)
    seeker.run("2027-01-04 08:00", lead)
    first = min(seeker.all("R-001-1"), key=day)
    seeker.tick(first, "2027-01-11")
    seeker.run("2027-01-11 18:00", lead)
    for on in ("2027-01-18", "2027-01-19", "2027-01-20", "2027-01-21", "2027-01-22"):
        seeker.run(f"{on} 09:00", lead)
    found = make_stats(
        [lead], seeker.memory, today=date(2027, 1, 22), zone=ZONE, touching=frozenset(("R-001-1", "R-001-12"))
    )
    assert (found.follow_ups.done, found.follow_ups.missed) == (1, 1)


def test_the_numbers_as_text_and_for_scripts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Folder(tmp_path)
    hostile = "<b>[red]\x1b[31mJob\u202efair"
    rows = [{**a_row(f"Firm {n}"), "source": hostile if n else "", "last_inbound": ""} for n in range(6)]
    rows[1]["last_inbound"] = "2027-01-04"
    folder.write_rows(*rows)
    assert folder.run("stats", "--no-color") == 0, "before any run, too"
    out = capsys.readouterr().out
    assert out.startswith("6 leads: 6 sent, 1 (17 %) answered, 0 with an interview")
    assert "<b>[red][31mJobfair" in out
    assert "(not in the sheet)" in out
    assert not {"\x1b", "\u202e"} & set(out)
    assert folder.run("stats", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["sent"], found["answered"]) == (1, 6, 1)
    assert [one["sent"] for one in found["by_source"]] == [5, 1]
    assert not (tmp_path / "state.sqlite").exists()
    assert not (tmp_path / "followups.ics").exists()


def test_the_numbers_of_a_folder_in_which_one_sheet_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("anna", "bert"):
        (tmp_path / name).mkdir()
        Folder(tmp_path / name).write_rows(a_row("Acme"))
        config = tmp_path / name / "followup.toml"
        config.write_text(config.read_text().replace('"test"', f'"{name}"'))
    (tmp_path / "anna" / "leads.csv").write_text("<html>log in</html>\n")
    assert run_command(["stats", "--all", str(tmp_path), "--json"]) == 5
    anna, bert = json.loads(capsys.readouterr().out)["profiles"]
    assert (anna["stats"], bert["stats"]["sent"]) == (None, 1)
