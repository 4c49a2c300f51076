"""What was done and what came of it: the record of contacts and the numbers of a search."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.counting import counted
from sync.safe_text import plain
from sync.stats import Spread, Stats, Waiting, percent
from sync.work_log import Contact, contact_rows

NAMED_GROUPS = 12
"""So many sources of leads are shown, those with most leads first."""


def show_contacts(console: Console, contacts: Sequence[Contact]) -> None:
    """The record of contacts, oldest first."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("date", "employer", "person", "method", "position", "result", "known by"):
        grid.add_column(head, overflow="fold")
    for row in contact_rows(contacts):
        grid.add_row(*(Text(plain(cell)) for cell in row.values()))
    console.print(grid)


def show_stats(console: Console, stats: Stats) -> None:
    """What came of a search so far, in numbers."""
    told = f"{counted(stats.leads, 'lead')}: {stats.sent} sent, {_share(stats.answered, stats.sent)} answered"
    console.print(Text(f"{told}, {stats.interviews} with an interview", style="bold"))
    for title, groups in (("source", stats.by_source), ("channel", stats.by_channel)):
        if [one for one in groups if one.name]:
            console.print()
            head = (f"by {title}", "sent", "answered", "interviews")
            rows = [(one.name, one.sent, _share(one.answered, one.sent), one.interviews) for one in groups]
            _show_numbers(console, head, rows)
    if stats.days_to_answer is not None:
        console.print()
        console.print(Text(f"Until the first answer: {_spread(stats.days_to_answer, stats.undated)}"))
    if stats.waiting:
        console.print()
        head = ("where leads wait", "leads", "usual wait", "longest wait")
        _show_numbers(console, head, [_wait_of(one) for one in stats.waiting])
    over = stats.follow_ups
    parts = [
        (over.done, "done"), (over.missed, "missed"), (over.taken_out, "taken out by you"),
        (over.unknown, "passed without a word, so that nobody knows"),
    ]  # fmt: skip
    if said := ", ".join(f"{count} {word}" for count, word in parts if count):
        console.print(Text(f"\nFollow-ups: {said}"))


def _spread(days: Spread, undated: int) -> str:
    """The days of those answers that the sheet gives a day to, and how many others there are."""
    span = f", from {days.shortest} to {days.longest}" if days.leads > 1 else ""
    others = f"; of {undated} more the sheet gives no day" if undated else ""
    return f"{_days(days.median)}{span} ({counted(days.leads, 'answer')}{others})"


def _wait_of(one: Waiting) -> Sequence[object]:
    stage = one.stage.value.replace("_", " ")
    if one.median_days is None or one.longest_days is None:
        return stage, one.leads, "", ""
    return stage, one.leads, _days(one.median_days), f"{_days(one.longest_days)}, {one.longest}"


def _days(number: float) -> str:
    return f"{number:g} day{'' if number == 1 else 's'}"


def _share(part: int, whole: int) -> str:
    share = percent(part, whole)
    return str(part) if share is None else f"{part} ({share} %)"


def _show_numbers(console: Console, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table whose first column are names; a name that is missing is one of the rows the sheet says nothing in."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for number, title in enumerate(head):
        grid.add_column(title, overflow="fold", justify="right" if 0 < number < 3 else "left")
    for name, *cells in rows[:NAMED_GROUPS]:
        first = Text(plain(str(name))) if name else Text("(not in the sheet)", style="dim")
        grid.add_row(first, *(Text(plain(str(cell))) for cell in cells))
    console.print(grid)
    if len(rows) > NAMED_GROUPS:
        console.print(Text(f"and {len(rows) - NAMED_GROUPS} more; see them all with --json", style="dim"))
