"""What became of a run in one line, and of a folder of runs in one JSON document.

Every unattended run says its line, into the log at least, so nothing here is slow to load.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

from sync.errors import worst
from sync.models import Action, Outcome, Plan, Result
from sync.safe_text import plain_json
from sync.texts import Wording, load_screens

if TYPE_CHECKING:
    from sync.memory import RunRecord
    from sync.run import Report

SCHEMA = 1

_RESULTS = {
    0: "done",
    1: "a bug",
    2: "settings",
    3: "unreadable cells",
    4: "needs you",
    5: "sheet failed",
    6: "calendar failed",
    7: "login",
    8: "already running",
}


def summary_line(plan: Plan, words: Wording | None = None) -> str:
    """What would be done, in numbers."""
    words, kept = words or load_screens("en"), plan.count(Action.KEEP)
    if not plan.writes and plan.refused:
        return words.say("sum.nothing_more", count=kept, refused=len(plan.refused))
    if not plan.writes:
        return words.say("sum.nothing", count=kept)
    return words.say("sum.to_do", **{action.value: plan.count(action) for action in Action})


def done_line(plan: Plan, outcomes: Iterable[Outcome], words: Wording | None = None) -> str:
    """What was done, in numbers; what did not get through is a message of its own."""
    words = words or load_screens("en")
    if not plan.writes:
        return summary_line(plan, words)
    done = {action.value: count for action, count in _count_done(plan, outcomes).items()}
    refused = words.say("sum.refused", count=len(plan.refused)) if plan.refused else ""
    return words.say("sum.done", **done, refused=refused)


def run_lines(runs: Sequence[RunRecord], *, zone: tzinfo) -> Iterator[str]:
    """The runs that wrote, each in a line: its number, when it began, what it did, of how many it kept copies."""
    for run in runs:
        done = ((run.created, "created"), (run.updated, "updated"), (run.deleted, "deleted"))
        said = ", ".join(f"{count} {word}" for count, word in done if count)
        ended = "did not end" if run.exit_code is None else result_word(run.exit_code)
        back = f"; up to {run.copies} can be brought back" if run.copies else ""
        yield f"{run.run:>5}  {run.started.astimezone(zone):%a %Y-%m-%d %H:%M}  {said}{back}" + (
            f"  ({ended})" if ended != result_word(0) else ""
        )
    if not runs:
        yield "No run of the last 30 days wrote anything."


def result_word(exit_code: int) -> str:
    """The exit code of a run in two words."""
    return _RESULTS.get(exit_code, f"exit {exit_code}")


def profiles_json(ended: Mapping[str, tuple[int, Report | None, tuple[str, ...]]]) -> str:
    """The document of `sync --all --json`: how each configuration ended, by name, and the exit code of the whole.

    `done` and `problems` are null where a run failed before it had a plan. Ends with a line break.
    """
    profiles = [
        {
            "config": name,
            "exit_code": code,
            "result": result_word(code),
            "done": report and {a.value: count for a, count in _count_done(report.plan, report.outcomes).items()},
            "problems": report and len(report.plan.problems),
            "messages": list(messages),
        }
        for name, (code, report, messages) in sorted(ended.items())
    ]
    document = {"schema": SCHEMA, "exit_code": worst(code for code, _, _ in ended.values()), "profiles": profiles}
    return plain_json(json.dumps(document, ensure_ascii=False, indent=1)) + "\n"


def _count_done(plan: Plan, outcomes: Iterable[Outcome]) -> Mapping[Action, int]:
    """How many changes of each kind came true; what is kept needs no outcome."""
    done = {outcome.uid for outcome in outcomes if outcome.result is Result.DONE}
    return {
        action: plan.count(action)
        if action is Action.KEEP
        else sum(c.action is action and c.uid in done for c in plan.changes)
        for action in Action
    }
