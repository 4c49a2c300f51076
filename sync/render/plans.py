"""What a run would do and why, what could not be read, and what else there is to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, takewhile
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync.models import Action, Change, Note, Plan, Problem
from sync.moments import day_of
from sync.render.days import ENGLISH, day_name, distance, hour_of, shorten, urgency, when
from sync.safe_text import plain
from sync.summary import summary_line
from sync.texts import Wording

SAID_ONE_BY_ONE = 3
"""So many cells of a column with the same trouble stand one by one; more of them are one line."""
FIRST_LINES = 2
"""Of an event's text, where it is shown before there is any."""
SIGNS = {Action.CREATE: ("+", "green"), Action.UPDATE: ("~", "yellow"), Action.DELETE: ("-", "red")}


def show_plan(console: Console, plan: Plan, *, all_notes: bool = False, words: Wording = ENGLISH) -> None:
    """What sync would do and why, then the problems, then what else there is to say."""
    zone = ZoneInfo(plan.timezone)
    now = plan.now.astimezone(zone)
    head = words.say("plan.head", day=words.day(now), year=now.year, time=f"{now:%H:%M}", timezone=plan.timezone)
    console.print(Text(head, style="bold"))
    writes = sorted(plan.writes, key=lambda change: (str(change.start), change.uid))
    if writes:
        _show_changes(console, writes, zone, plan.now, words)
    console.print()
    console.print(Text(summary_line(plan, words)))
    if plan.held:
        console.print(Text(plain(plan.held), style="bold red"))
    show_problems(console, plan.problems, words=words)
    show_notes(console, plan.notes, limit=None if all_notes else 12, words=words)


def _show_changes(console: Console, changes: Sequence[Change], zone: ZoneInfo, now: datetime, words: Wording) -> None:
    """Day by day, the day as a heading: what is late or due today meets the eye first."""
    today = now.astimezone(zone).date()
    for day, group in groupby(changes, key=lambda change: change.start and day_of(change.start, zone)):
        console.print()
        if day is not None:
            name, far = day_name(day, today, words), distance(day, today, words)
            console.print(Text.assemble((name, urgency(day, today)), (far, "dim")))
        grid = Table.grid(padding=(0, 1), expand=True)
        grid.add_column(width=1)
        grid.add_column(no_wrap=True)
        grid.add_column(ratio=1)
        grid.add_column(justify="right", style="dim", no_wrap=True, overflow="ellipsis", max_width=20)
        for change in group:
            sign, style = SIGNS[change.action]
            body = Text(plain(change.summary))
            if why := _why(change, words):
                body.append(f"\n{plain(why)}", style="dim")
            grid.add_row(Text(sign, style=style), hour_of(change.start, zone), body, plain(change.row or ""))
        console.print(grid)


def _why(change: Change, words: Wording) -> str:
    if change.action is not Action.UPDATE:
        return change.reason
    fields = ", ".join(words.say(f"field.{name}") for name in change.fields)
    return words.say("plan.changes", fields=fields) + (f": {change.reason}" if change.reason else "")


def show_problems(
    console: Console, problems: Sequence[Problem], *, each: bool = False, words: Wording = ENGLISH
) -> None:
    """Every cell that could not be understood, with its place; the same of many in one column once, unless `each`."""
    if not problems:
        return
    console.print()
    console.print(Text(words.say("plan.unread", count=len(problems)), style="bold yellow"))
    same = Counter((problem.column, problem.reason) for problem in problems)
    said: set[tuple[str, str]] = set()
    for problem in problems:
        kind = (problem.column, problem.reason)
        more = same[kind] - 1 if not each and same[kind] > SAID_ONE_BY_ONE else 0
        if more and kind in said:
            continue
        said.add(kind)
        place = f"{problem.row}, {problem.column}" if problem.column else problem.row
        value = f" “{shorten(problem.value)}”" if problem.value else ""
        so_are = words.say("plan.so_are", count=more) if more else ""
        console.print(Padding(Text(plain(f"{place}:{value} {problem.reason}{so_are}")), (0, 0, 0, 2)))


def show_notes(console: Console, notes: Sequence[Note], *, limit: int | None, words: Wording = ENGLISH) -> None:
    """Remarks without a change."""
    if not notes:
        return
    console.print()
    console.print(Text(words.say("plan.notes"), style="bold"))
    for note in notes[:limit]:
        place = " ".join(part for part in (note.row, note.lead) if part)
        rule = f" [{note.rule}]" if note.rule else ""
        console.print(Padding(Text(plain((f"{place}: " if place else "") + note.reason + rule)), (0, 0, 0, 2)))
    if limit is not None and len(notes) > limit:
        console.print(Text(words.say("plan.more", count=len(notes) - limit), style="dim"))


def show_first(console: Console, changes: Sequence[Change], timezone: str, *, head: str, words: Wording) -> None:
    """The first follow-ups that would be created, as the calendar will show them."""
    zone = ZoneInfo(timezone)
    console.print()
    console.print(Text(head, style="bold"))
    for change in changes:
        console.print(Padding(Text(plain(f"{when(change.start, zone, words)}  {change.summary}")), (0, 0, 0, 2)))
        lines = change.event.description.splitlines() if change.event else []
        above = takewhile(lambda line: not line or line.strip("-"), lines)  # what the calendar shows first
        for line in [line for line in above if line.strip()][:FIRST_LINES]:
            console.print(Padding(Text(plain(line), style="dim"), (0, 0, 0, 6)))
