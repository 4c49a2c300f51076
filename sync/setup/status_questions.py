"""What is asked about statuses: what the unclear ones mean, many in one question, those of the most rows first,
so that their number never makes the conversation long."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from sync.errors import ConfigError
from sync.models import Stage, UnclearStatus
from sync.setup.questions import Interview
from sync.setup.settings_file import Setup
from sync.setup.sheets import Sheets, Understood

AT_ONCE = 15
"""Statuses in one question, as long as there is room for another question."""
MANY = 3
"""From so many words on an example corrects two of them."""
SOME_ROWS = 3
"""So many rows of a status are named."""


def settle_statuses(talk: Interview, sheets: Sheets, setup: Setup, seen: Understood, *, reserve: int) -> Setup:
    """What the unclear statuses mean, some at once; the last question takes all the rest."""
    unclear = [status for status in seen.leads.unclear if status.text not in setup.statuses]
    pages = max(1, min(talk.room(reserve) or 1, -(-len(unclear) // AT_ONCE)))
    size = max(1, -(-len(unclear) // pages))
    for first in range(0, len(unclear), size):
        told = _ask_statuses(talk, sheets, seen, unclear[first : first + size])
        setup = replace(setup, statuses={**setup.statuses, **told})
    return setup


def _ask_statuses(
    talk: Interview, sheets: Sheets, seen: Understood, unclear: Sequence[UnclearStatus]
) -> Mapping[str, str]:
    mapped = seen.leads.mapped
    columns = [mapped[name] for name in ("status", "outcome", "next_step", "notes") if name in mapped]
    both = sum(name in mapped for name in ("status", "outcome"))
    header = " / ".join(columns[: max(1, both)]) or "status"
    selling = seen.sells
    stages = {**talk.phrases.stages, **(talk.phrases.stages_of_customers if selling else {})}
    guesses = {status.text: status.guess for status in unclear if talk.asks and not status.weak}
    rows = [
        talk.phrase(
            "status_row",
            number=number,
            word=status.text,
            rows=_some_rows(talk, status.rows),
            guess=_meaning(talk, stages, status.guess, taken=status.text in guesses),
        )
        for number, status in enumerate(unclear, 1)
    ]
    ends = [number for number, status in enumerate(unclear, 1) if status.guess is Stage.ACCEPTED and not selling]
    taken = {word: stage for word, stage in guesses.items() if stage and (selling or stage is not Stage.ACCEPTED)}
    rows += [talk.phrase("status_ends", number=ends[0])] if ends else []
    about = talk.phrase("statuses_about", header=header)
    above = (about, *rows, *(_stage_lines(talk, stages) if talk.asks else ()))
    words = [status.text for status in unclear]
    some = talk.phrase(f"statuses_{len(words)}" if len(words) < MANY else "statuses_n")
    taking = ("statuses", talk.phrases.yes[0]) if taken else ("statuses_unsure", "")
    question = talk.pose(taking[0], proposal=taking[1], above=above, some=some)
    told = talk.ask(question, lambda text: _take_corrections(talk, sheets, words, taken, text))
    return {word: stage.value for word, stage in told.items()}


def _stage_lines(talk: Interview, stages: Mapping[str, str]) -> list[str]:
    """All meanings there are, two in a line."""
    said = [f"{stage}: {meaning}" for stage, meaning in stages.items()]
    width = max(map(len, said[::2])) + 3
    pairs = zip(said[::2], [*said[1::2], ""], strict=False)
    return [talk.phrase("status_help"), *(f"    {left:<{width}}{right}".rstrip() for left, right in pairs)]


def _meaning(talk: Interview, stages: Mapping[str, str], stage: Stage | None, *, taken: bool) -> str:
    if not stage:
        return talk.phrase("status_none")
    said = f"{stage}: {stages[stage]}"
    return said if taken else talk.phrase("status_perhaps", guess=said)


def _take_corrections(
    talk: Interview, sheets: Sheets, words: Sequence[str], taken: Mapping[str, Stage], text: str
) -> dict[str, Stage]:
    """Word to stage: those that Enter takes, with what the answer says otherwise. `2 rejected, 3 ?` settles one and
    opens one."""
    told = dict(taken)
    answer = text.strip()
    if not answer or answer.casefold() in talk.phrases.yes:
        return told
    if answer.casefold() in talk.phrases.no:
        return {}
    for part in re.split(r"[,;\n]+", answer):
        match = re.fullmatch(r"\s*(\d{1,4})\s*[:=.)]?\s*(\S.*?)\s*", part)
        if match is None and len(words) == 1:
            number, meaning = 1, part.strip()
        elif match is None:
            raise ConfigError(f"{part.strip()!r}: a number of the list and a meaning, such as: 2 rejected")
        else:
            number, meaning = int(match[1]), match[2]
        if not 0 < number <= len(words):
            raise ConfigError(f"{number} is not in the list")
        if meaning in ("?", "-") or meaning.casefold() in talk.phrases.no:
            told.pop(words[number - 1], None)
            continue
        stage = sheets.stage_of(meaning)
        if stage is None:
            raise ConfigError(f"{meaning!r} is none of: {', '.join(Stage)}")
        told[words[number - 1]] = stage
    return told


def _some_rows(talk: Interview, rows: Sequence[str]) -> str:
    numbers = ", ".join(row.rpartition(":")[2] for row in rows[:SOME_ROWS])
    return f"{talk.counted(len(rows), 'row')} ({numbers}{', ...' if len(rows) > SOME_ROWS else ''})"
