"""The advice as data: what the user may change, and what each mistake in it is told."""

from __future__ import annotations

import pytest
from advisor import settings_for

from sync.advice import load_advice
from sync.errors import ConfigError
from sync.wording import MAX_TEXT


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ('[rules]\ndisable = ["R-001-99"]', "rules.disable: there is no rule 'R-001-99'; did you mean 'R-001-9'?"),
        ('[rules]\nenable = ["R-003-31"]', "rules.enable: there is no rule 'R-003-31'"),
        ('[rules."R-001-20"]\ndays = 3', "rules: there is no rule 'R-001-20'"),
        ('[rules."R-001-1"]\nhours = 3', "this rule has no number 'hours'; it has days"),
        ('[rules."R-000-1"]\ndays = 3', "this rule has no number 'days'; it has no numbers"),
        ('[rules."R-004-3"]\ndays = 1', "asking one person again takes at least 2 days"),
    ],
    ids=["disable", "enable", "numbers", "wrong number", "no number", "below the hard floor (R-004-3)"],
)
def test_a_rule_that_cannot_be_so(tables: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_advice(settings_for(tables=tables))
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("wording", "expected"),
    [
        ('[title]\nR-001-l = "x"', "wording: there is no text 'title.R-001-l'; did you mean 'title.R-001-"),
        ('[small]\nwhy = "Why: {whom}"', "wording: small.why may not use {whom}; the shipped text is"),
        (f'date = "{"x" * (MAX_TEXT + 1)}"', f"wording: date is longer than {MAX_TEXT} characters"),
        ("[line", "wording is not a valid wording file"),
        ("[line]\nwho = 7", "wording: line.who is 7 and no text; put it into quotes"),
        ('[drafts.greeting]\nfull = "x"', "wording: there is no table [drafts.greeting]; did you mean 'draft'?"),
    ],
    ids=["unknown text", "unknown placeholder", "endless text", "no TOML", "no text", "unknown table"],
)
def test_a_wording_that_cannot_be_used(wording: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_advice(settings_for(), wording=wording)
    assert expected in str(caught.value)


def test_a_language_we_do_not_have() -> None:
    with pytest.raises(ConfigError, match="language = 'fy': there is no wording for it"):
        load_advice(settings_for(more='language = "fy"'))


def test_own_words_take_the_place_of_shipped_ones() -> None:
    wording = load_advice(settings_for(), wording='[title]\nR-001-1 = "Nudge {who}"').wording
    assert wording.say("title.R-001-1", who="Dana Reed") == "Nudge Dana Reed"
    assert wording.say("title.R-001-12", who="Dana Reed") == "Dana Reed: follow up"


def test_braces_of_a_cell_are_never_interpreted() -> None:
    wording = load_advice(settings_for()).wording
    assert wording.say("title.R-001-1", who="{who} {0.__class__}") == "{who} {0.__class__}: follow up"


def test_signs_of_a_text_that_are_no_placeholder_are_said_as_they_are() -> None:
    wording = load_advice(settings_for(), wording="[title]\nR-001-1 = '100 % {who} {} {0} %(who)s %s'").wording
    assert wording.say("title.R-001-1", who="Dana Reed") == "100 % Dana Reed {} {0} %(who)s %s"


CONDEMNED = ("did you get my resume", "do you have any positions yet")


def test_R_003_11_no_text_asks_a_condemned_question() -> None:
    advice = load_advice(settings_for())
    texts = [*advice.wording.texts.values(), *(rule.advice for rule in advice.rules.values())]
    assert not [text for text in texts for sentence in CONDEMNED if sentence in text.casefold()]
