"""What a column may hold that no header names: what its cells leave possible, the likeliest first.

Nothing is read by this alone. It is what a person is asked, once for all such columns, and what they can answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from sync.reading.column import Choice
from sync.reading.people import is_whole_name
from sync.reading.samples import Profile, is_channel, share_of, speaks_against
from sync.reading.vocabulary import Vocabulary

_BY_CELLS = 0.5
"""How sure the likeliest meaning is of a column of days."""
_LESS = 0.03
DAYS_BY_CELLS = tuple(
    (name, _BY_CELLS - _LESS * place)
    for place, name in enumerate(
        ("applied_on", "last_outbound", "follow_up_on", "last_inbound", "interview_at", "received_at", "closes_on")
    )
)
"""What a column of days may be of which the header says nothing."""
_TEXTS = (
    ("contact_name", 0.14), ("company", 0.13), ("role", 0.12), ("status", 0.11), ("source", 0.1), ("outcome", 0.09),
    ("next_step", 0.08), ("notes", 0.07), ("referrer", 0.06), ("agency", 0.05), ("channel", 0.04), ("city", 0.03),
)  # fmt: skip
"""What texts may be, with how likely each is before a cell is looked at."""
_MATTERS = frozenset(("company", "contact_name", "role", "status", "source", "notes", *dict(DAYS_BY_CELLS)))
"""Where a column can be none of these, it is nobody's question."""
_FIGURE = re.compile(r"\d{1,2}[.,]\d{1,2}")
"""A mark, as `4.7`, which might be a day."""
_OF_SENTENCES = frozenset(("status", "outcome", "next_step", "notes"))
_MOST = 8
"""What is offered of one column."""
_WORDS_OF_A_NAME = 6
_WORD = re.compile(r"[^\W\d_]{2}")
_KIND = 0.5
"""The part of the cells that makes a column one of numbers, of days, of sentences."""


def may_hold(cells: Profile, vocabulary: Vocabulary, is_open: Callable[[str], bool]) -> tuple[Choice, ...]:
    """The fields these cells may be of which no column is known yet; none where they say neither who nor when nor how.

    Numbers, amounts, yes and no, links and addresses tell what they are by themselves, or mean nothing here.
    """
    figures = share_of(cells.samples, lambda text: bool(_FIGURE.fullmatch(text)))
    if not cells.samples or max(cells.numbers, cells.answers, cells.links, cells.mails, cells.phones, figures) >= _KIND:
        return ()
    days = cells.bare_dates >= _KIND
    if not days and share_of(cells.samples, _has_a_word) < _KIND:
        return ()
    likely = dict(DAYS_BY_CELLS if days else _texts(cells, vocabulary))
    fits = [name for name in likely if is_open(name) and not speaks_against(name, cells, vocabulary)]
    if _MATTERS.isdisjoint(fits):
        return ()
    return tuple(Choice(name, likely[name]) for name in sorted(fits, key=lambda name: -likely[name])[:_MOST])


def _has_a_word(text: str) -> bool:
    return bool(_WORD.search(text)) and not text[0].isdigit()


def _texts(cells: Profile, vocabulary: Vocabulary) -> Iterator[tuple[str, float]]:
    ways = share_of(cells.samples, lambda text: is_channel(text, vocabulary))
    shown = {
        "contact_name": share_of(cells.samples, is_whole_name) * 0.8,
        "company": cells.different / 2 if cells.longest <= _WORDS_OF_A_NAME else 0.0,
        "role": cells.different / 3,
        "status": cells.stages,
        "outcome": cells.stages * 0.9,
        "source": ways,
        "channel": ways * 0.9,
        "notes": cells.sentences,
        "next_step": cells.sentences * 0.9,
    }
    for name, base in _TEXTS:
        if cells.sentences < _KIND or name in _OF_SENTENCES:
            yield name, base + (_BY_CELLS - base) * shown.get(name, 0.0)
