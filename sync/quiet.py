"""What a run that nobody watches says: a trouble once, again when it changes, and once a day while it lasts.

A **trouble** is something a human has to see to. Nobody reads the mail of a job that nags, so each is told apart by a
key that stays the same while the trouble does: numbers in a sentence (a growing count, a time) are no news, another
cell that cannot be read is. What was said is a text that the caller keeps between runs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.errors import OK, UNREADABLE_ROWS, FollowupError, LockedError
from sync.models import Problem
from sync.texts import Wording, load_remarks

if TYPE_CHECKING:
    from sync.run import Report

REPEAT = timedelta(days=1)
"""After this long an unchanged trouble is said again."""


class Trouble(Struct, frozen=True):
    """One sentence for a human, and what tells it apart from another trouble."""

    key: str
    sentence: str


def trouble_of_error(error: FollowupError, *, hangs: bool = False, language: str = "en") -> tuple[Trouble, ...]:
    """The trouble of a run that failed.

    Meeting another run at work is none, since that one does what is to be done, unless it `hangs`: it has been at work
    for longer than any run may take.
    """
    if isinstance(error, LockedError):
        if not hangs:
            return ()
        sentence = load_remarks(language).say("run.hangs", said=error.say(language))
        return (Trouble(f"{error.exit_code}", sentence),)
    return (Trouble(f"{error.exit_code} {_without_numbers(str(error))}", error.say(language)),)


def troubles_of_report(report: Report, language: str = "en") -> tuple[Trouble, ...]:
    """The troubles of a run that ended. Changes that merely follow in later runs are none."""
    found: list[Trouble] = []
    if report.exit_code not in (OK, UNREADABLE_ROWS):
        found += [Trouble(f"{report.exit_code} {_without_numbers(text)}", text) for text in report.messages]
    found += [Trouble(f"unreadable {note.reason}", note.reason) for note in report.plan.unreadable]
    if report.plan.problems:
        found.append(_unreadable(report.plan.problems, load_remarks(language)))
    found += [Trouble(text, text) for text in report.questions]
    return tuple(found)


def sentences_of(report: Report, language: str = "en") -> tuple[str, ...]:
    """Everything a watched run tells a human, each sentence once."""
    return tuple(
        dict.fromkeys([*report.messages, *(trouble.sentence for trouble in troubles_of_report(report, language))])
    )


def pick_news(troubles: Iterable[Trouble], *, said: str, now: datetime) -> tuple[tuple[str, ...], str]:
    """The sentences to say now, and the text to keep for the next run. `said` is the text kept last time, or empty."""
    before = _parse(said)
    after: dict[str, str] = {}
    news: list[str] = []
    for trouble in troubles:
        last = before.get(trouble.key)
        if last is not None and timedelta(0) <= now - last < REPEAT:
            after[trouble.key] = last.isoformat()
        else:
            after[trouble.key] = now.isoformat()
            news.append(trouble.sentence)
    return tuple(news), json.dumps(after, sort_keys=True, ensure_ascii=False) if after else ""


def _unreadable(problems: tuple[Problem, ...], words: Wording) -> Trouble:
    """Rows shift when others are added, so the key knows columns and values only."""
    first = problems[0]
    more = words.say("more", count=len(problems) - 1) if len(problems) > 1 else ""
    key = json.dumps(sorted({(problem.column, problem.value) for problem in problems}), ensure_ascii=False)
    return Trouble(
        f"{UNREADABLE_ROWS} {key}",
        words.say("run.unread", row=first.row, column=first.column or words.say("run.row"), more=more),
    )


def _without_numbers(text: str) -> str:
    return re.sub(r"\d+", "#", text)


def _parse(said: str) -> dict[str, datetime]:
    try:
        return {key: datetime.fromisoformat(moment) for key, moment in json.loads(said).items()}
    except (ValueError, AttributeError, TypeError):
        return {}
