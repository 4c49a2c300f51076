"""Every rule has what it needs, and `followup rules` shows it whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_type_hints

import pytest
from advisor import settings_for, when

from sync.advice import Rule, load_advice, shipped_rules
from sync.cli import run_command
from sync.cli.rulebooks import find_made
from sync.memory import Memory, TouchMemory
from sync.models import DAYS, MOMENTS, Abilities, Lead, Leads
from sync.rulebook import ARTICLES, find_names
from sync.schedule import advice, registry
from sync.schedule.desk import open_desk
from sync.schedule.ledger import Records
from sync.schedule.view import View

ROOT = Path(__file__).parents[2]
RULES = shipped_rules()
MADE_ELSEWHERE = {"heartbeat"}
"""Events that do not come from the sheet."""


def made() -> set[str]:
    assert advice.ARTICLES
    return {id_ for entry in registry.ENTRIES for id_ in entry.ids}


def test_every_rule_that_makes_events_has_its_function() -> None:
    assert {rule.id for rule in RULES.values() if rule.sort == "event"} == made() | MADE_ELSEWHERE


@pytest.mark.parametrize("entry", registry.ENTRIES, ids=lambda entry: entry.make.__name__)
def test_every_function_stands_in_the_module_of_its_article_and_says_what_sets_it_off(entry: registry.Entry) -> None:
    article = {
        "000": "information", "001": "situations", "002": "introductions", "003": "meaningful", "004": "recruiters",
    }.get(entry.ids[0][2:5], "no_article")  # fmt: skip
    assert entry.make.__module__ == f"sync.schedule.advice.{article}"
    assert entry.make.__doc__
    assert not entry.after or entry.after in made()


@pytest.mark.parametrize("entry", registry.ENTRIES, ids=lambda entry: entry.make.__name__)
def test_a_rule_is_handed_the_view_and_never_the_ledger(entry: registry.Entry) -> None:
    assert get_type_hints(entry.make)["view"] is View
    assert not {"Desk", "Ledger"} & vars(sys.modules[entry.make.__module__]).keys()


def test_what_a_rule_reads_of_touches_is_what_the_ledger_holds_and_cannot_be_written_to() -> None:
    settings = settings_for()
    desk = open_desk(
        Leads(()),
        settings=settings,
        advice=load_advice(settings),
        memory=Memory(),
        now=when("2027-01-04 08:00"),
        abilities=Abilities(reactions=True),
    )
    desk.ledger.close(TouchMemory("fu-1", "lead", "R-001-1", ""))
    assert desk.records.find("fu-1") is not None
    assert desk.records.of("lead")
    assert type(desk.records) is Records


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_what_a_rule_needs_and_reads_are_fields_of_a_row(rule: Rule) -> None:
    known = {*Lead.__struct_fields__, "contact_name", "contact_phone", "contact_email", "status", "interest", "plan"}
    assert {*rule.trigger, *rule.reads} <= known
    if rule.hangs_on and rule.sort == "event":
        assert rule.hangs_on in Lead.__struct_fields__


SET_OFF = sorted({name for rule in RULES.values() for name in (*rule.trigger, rule.hangs_on)} - {"", "plan_on"})
"""Cells that set a rule off; `plan_on` is a part of `plan`."""


@pytest.mark.parametrize("field", SET_OFF)
def test_a_cell_that_sets_a_rule_off_stands_wherever_a_field_must_stand(field: str) -> None:
    """Whatever is not mentioned there is missing there, except where a lead has it by another name."""
    mentioned = {"docs/sheet.md": f"`{field}`", "sync/reading/vocabulary.py (FIELDS)": f'    "{field}",\n'}
    if field != "contact_name":
        mentioned |= {
            "tests/kit/schedule_promises.py (RICH)": f'"{field}"',
            "tests/kit/numbered_lives.py (add_row)": f'"{field}"',
        }
    if field in (*DAYS, *MOMENTS):
        mentioned["mappings/screens.en.toml ([fact])"] = f"\n{field} = "
    if field == "company":
        del mentioned["tests/kit/schedule_promises.py (RICH)"]
    texts = {place: (ROOT / place.partition(" ")[0]).read_text("utf-8") for place in mentioned}
    missing = [f"{place} lacks {said.strip()}" for place, said in mentioned.items() if said not in texts[place]]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_that_makes_events_has_its_title_and_whoever_it_reaches_a_message(rule: Rule, language: str) -> None:
    if rule.sort != "event" or rule.id in MADE_ELSEWHERE:
        return
    told = load_advice(settings_for(more=f'language = "{language}"'))
    assert told.wording.has(f"title.{rule.id}"), f"mappings/wording.{language}.toml"
    wanted = () if rule.audience in ("self", "none") else ("mail", "short", "say")
    missing = [key for kind in wanted if (key := f"{rule.id}.{kind}") not in told.phrases.texts]
    assert not missing, f"mappings/drafts.{language}.toml"


def test_every_rule_that_makes_events_has_its_cases() -> None:
    told = {path.stem for path in Path(__file__).parent.glob("*.toml")}
    assert {rule.id for rule in RULES.values() if rule.sort == "event"} - MADE_ELSEWHERE <= told


def test_every_number_of_a_guard_or_state_is_read_somewhere() -> None:
    """What makes events shows in the schedule (`test_rules_numbers`); for the others the code must name the rule."""
    code = "".join(path.read_text("utf-8") for path in (ROOT / "sync" / "schedule").rglob("*.py"))
    for rule in RULES.values():
        if rule.numbers and rule.sort != "event":
            assert f'"{rule.id}"' in code, rule.id


# Where a rule is made must be told of every one, and be true: in a function of its own, in lines that name it or a text
# that says it, or in a sentence, where it holds for everything.

ONLY_WORDS = {"R-002-10"}
"""Its sentence stands in the message of another rule: its page names the file of that message."""


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_says_truly_where_it_is_made(rule: Rule) -> None:
    found = find_made(rule)
    assert bool(rule.kept) == (not (rule.texts or rule.id in made() or found.named_in)), "say `kept`, or name it"
    assert bool(found.place) == (rule.id in made())
    assert bool(found.place or found.named_in) == (not rule.kept and rule.id not in ONLY_WORDS)
    assert found.kept_in or not rule.kept, "say what keeps it: `kept_by`"
    assert not (found.kept_in and found.place), "its function keeps it"
    for place in found.named_in:
        path, _, number = place.partition(":")
        line = (ROOT / path).read_text("utf-8").splitlines()[int(number) - 1]
        assert rule.id in line or any(f'"{key}"' in line for key in rule.texts)


@pytest.mark.parametrize(
    ("rule_id", "text"),
    [
        pytest.param("R-000-8", "check.question", id="a check of one rule"),
        pytest.param("R-000-9", "review.learnt", id="a line of the review"),
        pytest.param("R-001-16", "small.patience", id="a sentence of the small print"),
        pytest.param("R-002-5", "check.prepare", id="a check before a call"),
        pytest.param("R-002-8", "rule.needy", id="what no message says"),
    ],
)
def test_a_rule_that_is_a_sentence_is_shown_with_it_and_the_line_that_says_it(
    rule_id: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = show(capsys, rule_id)
    assert f"    {text} = " in said
    places = said.partition("named in: ")[2].partition("\n")[0].split(", ")
    lines = [(ROOT / path).read_text("utf-8").splitlines()[int(number) - 1] for path, number in map(_parted, places)]
    assert any(f'"{text}"' in line for line in lines)


def _parted(place: str) -> tuple[str, str]:
    path, _, number = place.partition(":")
    return path, number


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_texts_that_a_rule_names_are_there(language: str) -> None:
    told = load_advice(settings_for(more=f'language = "{language}"'))
    known = {*told.wording.texts, *told.phrases.texts}
    named = {key for rule in RULES.values() for key in (rule.check, *rule.texts) if key}
    assert named <= known


def test_what_a_module_says_at_its_head_of_other_modules_is_no_place() -> None:
    code = '"""Rules.\n\nR-002-6 is elsewhere.\n"""\n\nrule = 1  # R-002-6\nother = "R-002-61"\n'
    assert [*find_names(RULES["R-002-6"], code)] == [6]


def show(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run_command(["rules", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_is_shown_whole(
    rule_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = show(capsys, rule_id)
    german = load_advice(settings_for(more='language = "de"')).rules[rule_id].advice
    assert RULES[rule_id].advice in said
    assert f"in de: {german}" in said
    if rule_id[2:5] in ARTICLES:
        assert f"from: {ARTICLES[rule_id[2:5]]}" in said
    for name in RULES[rule_id].numbers:
        assert f"  {name} = " in said
    if rule_id in made():
        place = said.partition("made in: ")[2].partition("\n")[0]
        path, _, number = place.partition(":")
        assert f'"{rule_id}"' in (ROOT / path).read_text("utf-8").splitlines()[int(number) - 1]


def test_a_rule_is_shown_with_the_numbers_and_words_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.toml").write_text('[title]\nR-001-1 = "{who}: ring"\n')
    (tmp_path / "followup.toml").write_text(
        'timezone = "UTC"\nwording = "words.toml"\n[source]\ntype = "csv"\npath = "leads.csv"\n[target]\ntype = "ics"\n'
        'path = "f.ics"\n[rules]\ndisable = ["R-001-2"]\n[rules."R-001-1"]\ndays = 5\n'
    )
    said = show(capsys, "R-001-1")
    assert "  days = 5 (yours; it comes with 7)\n" in said
    assert "    title.R-001-1 = {who}: ring\n" in said
    assert "title.R-001-12" not in said
    assert "R-001-2    (off) " in show(capsys, "R-001")


def test_a_rule_there_is_none_of_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["rules", "R-001-99"]) == 2
    assert capsys.readouterr().err == "followup: there is no rule 'R-001-99'; did you mean 'R-001-9'?\n"
