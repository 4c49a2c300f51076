"""Whatever is written around it: a word of refusal, interview or offer never leads to an asking touch of the ladder."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from advisor import settings_for
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sync.advice import load_advice
from sync.memory import Memory
from sync.models import Abilities, Asking, Row, Stage, Table
from sync.reading.leads import read_leads
from sync.reading.statuses import StageWords
from sync.reading.vocabulary import load_vocabulary
from sync.schedule.make import make_schedule

SENSES = tomllib.loads(files("mappings").joinpath("status_words.toml").read_text("utf-8"))
SPEAKING = ("rejected", "withdrawn", "interview", "offer", "accepted")
WORDS = StageWords({}, load_vocabulary())
SETTINGS = settings_for()
ADVICE = load_advice(SETTINGS)
NOW = datetime(2026, 11, 25, 9, tzinfo=ZoneInfo("America/New_York"))


def entries(*senses: str) -> list[str]:
    return sorted({word for sense in senses for words in SENSES[sense].values() for word in words})


def stands_alone(entry: str) -> bool:
    """One whole word, or signs, long enough to be no part of another saying ("call" in "no call back")."""
    signs = sum(ord(sign) > 0x3000 for sign in entry)
    return "*" not in entry and " " not in entry and (len(entry) > 4 if not signs else signs > 1)


postings = entries("ad")
"""Words of a posting as well as of an offer: `Angebot nachgefasst` is a message that was sent."""
telling = st.sampled_from([entry for entry in entries(*SPEAKING) if stands_alone(entry) and entry not in postings])
ANSWERS = frozenset(filter(stands_alone, entries(*SPEAKING)))
SAYINGS = [
    entry
    for entry in entries(*{*SENSES} - {*SPEAKING})
    if " " in entry and "*" not in entry and not ANSWERS.isdisjoint(entry.split())
]
"""What has such a word in it and says something else: `dropped cv` was handed in."""
around = st.lists(
    st.sampled_from([entry.replace("*", "") for entry in entries(*SENSES)])
    | st.text("abcdefgh -,.;!()/", min_size=1, max_size=12),
    max_size=3,
)


@st.composite
def phrases(draw: st.DrawFn) -> str:
    parts = [*draw(around), draw(telling), *draw(around)]
    text = draw(st.sampled_from([" ", ", ", " - ", " -> ", " / "])).join(parts)
    plain = " ".join(re.findall(r"[^\s,>/-]+", text))
    assume(not any(saying in plain for saying in SAYINGS))
    return text


@settings(max_examples=400, deadline=None)
@given(phrases())
def test_a_phrase_that_speaks_of_an_answer_is_never_one_to_ask_about_it(text: str) -> None:
    phrase = WORDS.read(text)
    asks = phrase.asking is Asking.ALLOWED and (not phrase.settled or phrase.stage is Stage.SENT)
    assert not asks, (text, phrase)


@settings(max_examples=15, deadline=None)
@given(st.lists(phrases(), min_size=1, max_size=8, unique_by=str.casefold))
def test_no_ladder_runs_for_such_rows(texts: list[str]) -> None:
    rows = [("company", "applied_on", "status"), *((f"Firm {n}", "2026-11-20", text) for n, text in enumerate(texts))]
    table = Table("leads.csv", tuple(Row(number, row) for number, row in enumerate(rows, 1)))
    leads = read_leads(table, settings=SETTINGS, vocabulary=ADVICE.vocabulary, memory={}, today=date(2026, 11, 25))
    schedule, _ = make_schedule(
        leads, settings=SETTINGS, advice=ADVICE, memory=Memory(), now=NOW, abilities=Abilities(reactions=True)
    )
    assert not [touch for touch in schedule.touches if touch.rule in ("R-001-1", "R-001-12")]


@pytest.mark.parametrize(
    "text",
    ["Do not follow up", "do not contact", "please do not call", "applied 11/16 - no 11/20", "unfortunately not",
     "Applied. Too junior for them", "Applied via recruiter; recruiter says no", "je ne suis plus intéressée",
     "ya no estoy interesada", "juz nie zainteresowana", "ikke lenger interessert"],
)  # fmt: skip
def test_a_no_to_whatever_is_never_taken_for_sent(text: str) -> None:
    phrase = StageWords({}, load_vocabulary()).read(text)
    assert phrase.stage not in (Stage.SENT, Stage.IN_TOUCH)
    assert phrase.settled or phrase.asking is Asking.NONE


@pytest.mark.parametrize("text", ["en attente", "in attesa", "en espera", "em espera"])
def test_waiting_is_sent_and_not_at_rest(text: str) -> None:
    assert StageWords({}, load_vocabulary()).read(text).stage is Stage.SENT
