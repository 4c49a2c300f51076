"""Rows that say that all waits until some time: "on hold until January", "emailed Sam 11/16, try again in January".

Only where somebody is waited for anyway: an interview or an offer is not put off by a note. What the seeker is to do
in a month, or after the holidays, holds until that has come; a day that is told is kept, and the row stands where it
stood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from sync.models import Asking, Stage
from sync.reading.cells import clean_text, spaced
from sync.reading.date_lexicon import shipped_date_words
from sync.reading.found_days import find_days
from sync.reading.scripts import any_of, is_unspaced
from sync.reading.sheet import Sheet
from sync.reading.status_phrases import Phrase, tells_a_wait, tells_to_come_back
from sync.reading.status_words import fold
from sync.reading.statuses import StageWords, Standing
from sync.reading.vocabulary import Vocabulary

BESIDE = ("next_step", "notes")
"""Where else than in a status somebody may write where it stands."""
PARTS = re.compile(r"[;\n]|(?<=[^\W\d]{3})[.!]\s")
"""Between the parts of a note, which may speak of anything."""
_CLAUSES = re.compile(r"\s*(?:[,、，。.(]|\s[-–—])\s*")
_WORD = re.compile(r"[^\W\d_]+")
_WORDS_OF_A_WAIT = 12
_MONTHS_AHEAD = 8
"""Of a month that is further ahead than so many the one that has passed is meant."""
_WAITED_FOR = (Stage.SENT, Stage.IN_TOUCH)
_DONE = frozenset(("sent", "wrote", "followed", "reply", "introduced"))
"""Senses of days of what has been; any other day in front is still to be kept."""


def find_put_off(sheet: Sheet, words: StageWords, found: Sequence[Standing], today: date | None) -> dict[int, Standing]:
    """The rows that are still until some time, by their place, with what they say then. `found` are their statuses."""
    waited = [index for index, standing in enumerate(found) if not standing.text or _is_waited_for(standing.phrase)]
    unclear = [index for index, standing in enumerate(found) if standing.text and _may_wait(standing.phrase)]
    waits: dict[int, Standing] = {}
    read: dict[tuple[str, str], tuple[str, Phrase] | None] = {}
    for name in ("status", *BESIDE):
        cells = sheet.cells.get(name, ())
        for index in (*waited, *unclear) if name == "status" else waited if cells else ():
            text = found[index].text if name == "status" else clean_text(cells[index])
            if (name, text) not in read:
                read[name, text] = _wait_in(text, name, words, today) if _may_tell(text, name, words) else None
            if (wait := read[name, text]) is not None:
                part, phrase = wait
                own = found[index].phrase
                stands = phrase if phrase.stage is Stage.ON_HOLD or own.stage is None else own
                dated = own.dated if name == "status" else (*own.dated, *phrase.dated)
                waits[index] = Standing(replace(stands, dated=dated), text if name == "status" else part)
    return waits


def _is_waited_for(phrase: Phrase) -> bool:
    return phrase.settled and phrase.stage in _WAITED_FOR


def _may_wait(phrase: Phrase) -> bool:
    """Whether a status is asked about that may be one of somebody who is waited for."""
    return not phrase.settled and phrase.asking is Asking.OWN_DATE and phrase.stage in (None, *_WAITED_FOR)


def _may_tell(text: str, name: str, words: StageWords) -> bool:
    """Whether it is worth reading; a status of one word, or one that is known as a whole, tells no such time."""
    several = " " in text or not text.isascii()
    return bool(text) and (name != "status" or (several and spaced(text) not in words.vocabulary.stages))


def _wait_in(text: str, name: str, words: StageWords, today: date | None) -> tuple[str, Phrase] | None:
    """The last words of a cell of this field that say that all waits, and what they say; None where none do."""
    wait, times = None, _times_of(words.vocabulary)
    for part in PARTS.split(text):
        month, _ = times.find(part)
        waits = name != "status" and bool(_wait_pattern().search(part.casefold()))
        if len(part.split()) > _WORDS_OF_A_WAIT or not (month or waits) or words.own_word(part):
            continue
        for said in _parts_to_come(part, words, times):
            month, rest = times.find(said)
            if month and times.names_act(rest) and tells_to_come_back(rest, bare=name == "next_step"):
                if not (_has_come(month, today) or find_days(rest.casefold(), words.months)):
                    wait = said, Phrase(Stage.ON_HOLD, settled=True)
            elif waits and tells_a_wait(said) and not _has_passed(said, words.months, today):
                wait = said, words.read(said)
    return wait


def _parts_to_come(part: str, words: StageWords, times: _Times) -> Iterator[str]:
    """The part itself, and what stands last in it behind what has been: "emailed Sam 11/16", "try again in January"."""
    yield part
    cuts = [cut for cut in _CLAUSES.finditer(part) if part[: cut.start()].strip() and part[cut.end() :].strip(" )")]
    if not cuts:
        return
    before, last = part[: cuts[-1].start()], part[cuts[-1].end() :].strip(" )")
    phrase = words.read(before)
    if any(sense not in _DONE for sense, _ in phrase.dated):
        return
    if phrase.stage in _WAITED_FOR or (phrase.stage is None and times.find(last)[0]):
        yield last


class _Times(Struct, frozen=True):
    """What names a time without a day: "in January", "after new year"."""

    months: Mapping[str, int]
    needed: frozenset[str]
    """The last words of what names one, of which one stands in each text that does."""
    signs: tuple[str, ...]
    """What names one in signs that stand without spaces."""
    acts: frozenset[str]
    """Words of which one stands in each text that says what the seeker is to do."""

    def names_act(self, text: str) -> bool:
        """Whether one of the words stands in it for what the seeker is to do: the words of statuses are far more."""
        plain = fold(text)
        if not self.acts.isdisjoint(_WORD.findall(plain)):
            return True
        return not plain.isascii() and any(act in plain for act in self.acts if is_unspaced(act))

    def find(self, text: str) -> tuple[int, str]:
        """The month at whose beginning the time has come that is named, 0 where none is; and the other words."""
        plain = text.casefold()
        if self.needed.isdisjoint(_WORD.findall(plain)) and not any(sign in plain for sign in self.signs):
            return 0, text
        match = _time_pattern(frozenset(self.months)).search(plain)
        if match is None:
            return 0, text
        month = self.months[match["month"]] if match["month"] else shipped_date_words().said.seasons[match["season"]]
        return month, f"{plain[: match.start()]} {plain[match.end() :]}"


@lru_cache(maxsize=4)
def _times_of(vocabulary: Vocabulary) -> _Times:
    """Made when the first text is read for it: a plain sheet needs none of these words."""
    dates = shipped_date_words()
    months, seasons = {**dates.months, **vocabulary.months}, dates.said.seasons
    named = (text for text in (*months, *seasons) if not is_unspaced(text))
    needed = frozenset(found[-1] for text in named if (found := _WORD.findall(text)))
    return _Times(months, needed, tuple(text for text in seasons if is_unspaced(text)), frozenset(dates.said.acts))


@lru_cache(maxsize=4)
def _time_pattern(months: frozenset[str]) -> re.Pattern[str]:
    said = shipped_date_words().said
    month = rf"{any_of(said.in_month)}\s+(?P<month>{any_of(months)})(?!\s*\d{{1,2}}\b)"
    return re.compile(rf"{month}|(?P<season>{any_of(said.seasons)})")


@cache
def _wait_pattern() -> re.Pattern[str]:
    return re.compile(any_of(shipped_date_words().said.waits))


def _has_come(month: int, today: date | None) -> bool:
    """Whether this month has begun: "try again in January", read in January."""
    return today is not None and not 0 < (month - today.month) % 12 <= _MONTHS_AHEAD


def _has_passed(text: str, months: Mapping[str, int], today: date | None) -> bool:
    """Whether the month of this note is one of the last few: "on hold until October", read in November."""
    named = [months[word] for word in text.casefold().split() if word in months]
    return today is not None and any((month - today.month) % 12 > _MONTHS_AHEAD for month in named)
