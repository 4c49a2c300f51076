"""Every shipped language says everything the English one says: the same texts, with the same facts in them."""

from __future__ import annotations

import ast
import re
import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from advisor import Seeker, a_lead, settings_for
from golden import GOLDEN

from sync import texts
from sync.advice import Advice, load_advice
from sync.reconcile.marker_lines import ROW_LABEL
from sync.reconcile.reactions import TickPattern
from sync.texts import Wording
from sync.wording import shipped_languages

ROOT = Path(__file__).parents[2]
SHIPPED = [*shipped_languages()]
TRANSLATED = [language for language in SHIPPED if language != "en"]
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
CONDEMNED = {
    "de": ("meinen lebenslauf bekommen", "meine unterlagen bekommen", "meinen lebenslauf erhalten",
           "meine unterlagen erhalten", "schon eine stelle frei", "schon stellen frei", "gibt es schon neuigkeiten"),
}  # fmt: skip
"""The two questions of R-003-11 as they are asked in each language; a new language adds its own."""


def advice_in(language: str) -> Advice:
    return load_advice(settings_for(more=f'language = "{language}"'))


def own_keys(language: str) -> set[str]:
    tables = tomllib.loads(files("mappings").joinpath(f"wording.{language}.toml").read_text("utf-8"))
    return {
        f"{table}.{key}" if isinstance(texts, dict) else table
        for table, texts in tables.items()
        for key in (texts if isinstance(texts, dict) else [table])
    }


def test_german_is_shipped() -> None:
    assert SHIPPED == ["de", "en"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_left_in_english(language: str) -> None:
    english = {key for key in advice_in("en").wording.texts if not key.endswith("-single")}
    assert {key for key in own_keys(language) if not key.endswith("-single")} == english


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_fact_of_the_english_text_is_told(language: str) -> None:
    english, texts = advice_in("en").wording.texts, advice_in(language).wording.texts
    lost = {key: set(PLACEHOLDER.findall(text)) ^ set(PLACEHOLDER.findall(texts[key])) for key, text in english.items()}
    assert not {key: names for key, names in lost.items() if names}


@pytest.mark.parametrize("language", SHIPPED)
def test_a_week_has_seven_days_and_a_year_twelve_months(language: str) -> None:
    texts = advice_in(language).wording.texts
    assert (len(texts["weekdays"].split()), len(texts["months"].split())) == (7, 12)


@pytest.mark.parametrize("language", TRANSLATED)
def test_R_003_11_no_text_asks_a_condemned_question(language: str) -> None:
    texts = advice_in(language).wording.texts.values()
    assert not [text for text in texts for sentence in CONDEMNED[language] if sentence in text.casefold()]


@pytest.mark.parametrize("language", SHIPPED)
def test_no_title_of_ours_looks_ticked(language: str) -> None:
    """Otherwise a corrected spelling in a title would count as done."""
    advice = advice_in(language)
    ticks = TickPattern(advice.done_words)
    assert not [key for key, text in advice.wording.texts.items() if key.startswith("title.") and ticks.matches(text)]


@pytest.mark.parametrize("title", ["Erledigt: Nachfassen", "fertig - Acme", "verschickt!", "Hecho: Acme"])
def test_a_tick_in_any_language_counts(title: str) -> None:
    assert TickPattern(advice_in("en").done_words).matches(title)


def test_no_module_names_a_language_so_that_a_new_one_needs_no_python() -> None:
    found = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sync").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
        if any(isinstance(one, ast.Constant) and one.value in TRANSLATED for one in node.value.elts)
    ]
    assert found == []


def test_german_speaks_to_a_friend() -> None:
    """The text says du throughout: no formal Sie, Ihnen, Ihr."""
    formal = re.compile(r"\b(Sie|Ihnen|Ihre?[mnrs]?)\b")
    assert not [text for text in advice_in("de").wording.texts.values() if formal.search(text)]


def test_advice_dates_and_holidays_are_german() -> None:
    seeker = Seeker(settings_for("Europe/Berlin", '"DE-BY"', more='language = "de"'))
    seeker.run("2026-12-30 08:00", a_lead(applied_on=date(2026, 12, 30)))
    lines = seeker.find("R-001-1").description.splitlines()
    assert lines[0] == "Schreib eine E-Mail an Acme."
    assert any(line.startswith("Kündige im Anschreiben an") for line in lines)
    assert next(line for line in lines if line.startswith("Warum")) == (
        "Warum an diesem Tag: Applied On: Mi 30. Dez. + 7 Tage = Mi 6. Jan.; "
        "Mi 6. Jan. ist ein Feiertag (Heilige Drei Könige); verschoben auf Do 7. Jan."
    )


def test_the_golden_german_calendar_has_no_english_word() -> None:
    """But for the line that tells our part of a text from the user's: it is the same in every language."""
    text = (GOLDEN / "munich-german" / "followups.ics").read_bytes().decode().replace("\r\n ", "")
    said = [line.partition(ROW_LABEL)[0] for line in text.split("\r\n") if line.startswith(("SUMMARY", "DESCRIPTION"))]
    english = re.compile(r"\b(the|and|your|you|with|follow up|thank|days|why|who|when)\b", re.IGNORECASE)
    assert len(said) >= 10
    assert not [line for line in said if english.search(line)]


def test_a_text_is_made_a_template_when_it_is_first_said(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = texts._as_template

    def watched(text: str) -> str:
        made.append(text)
        return real(text)

    monkeypatch.setattr(texts, "_as_template", watched)
    words = Wording({"left": "{count} days left. 5%", "left-single": "{count} day left. 5%", "none": "Nothing.."})
    assert made == []
    assert words.say("left", count=1) == "1 day left. 5%"
    assert words.say("left", count=2) == "2 days left. 5%"
    assert words.say("none") == "Nothing."
    assert made == ["{count} days left. 5%", "{count} day left. 5%", "Nothing.."]
    with pytest.raises(KeyError):
        words.say("other")
