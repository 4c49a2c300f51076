"""How a sheet was understood, and what trying out its calendar found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sync.models import Finding, Lead
from sync.reading.columns import Column
from sync.render.days import ENGLISH, shorten
from sync.render.leads import facts_of
from sync.safe_text import plain
from sync.texts import Wording

HEADS = tuple(ENGLISH.say("check.heads").split("|"))
"""The heads of the columns, and what stands for a column or cells there are none of."""


def show_columns(
    console: Console,
    columns: Sequence[Column],
    *,
    heads: Sequence[str] = HEADS,
    meaning: Callable[[str], str] = str,
) -> None:
    """How the columns of a sheet are read, with the reason and the cells of the first rows.

    `meaning` says a field in a person's words. A column without a head is left out.
    """
    *heads, unread, nothing = heads
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in filter(None, heads):
        grid.add_column(head, overflow="fold")
    for column in columns:
        cells = " | ".join(shorten(cell, 20) for cell in column.samples[:3]) or nothing
        texts = (shorten(column.header, 30), meaning(column.field) if column.field else unread, column.reason, cells)
        shown = (text for head, text in zip(heads, texts, strict=True) if head)
        grid.add_row(*(Text(plain(text), style="" if column.field else "dim") for text in shown))
    console.print(grid)


def show_rows(console: Console, leads: Sequence[Lead], *, limit: int, words: Wording = ENGLISH) -> None:
    """What was understood of each row."""
    console.print()
    console.print(Text(words.say("check.understood"), style="bold"))
    for lead in leads[:limit]:
        console.print(Padding(Text(plain(f"{lead.row} {lead.label}: {facts_of(lead, words)}")), (0, 0, 0, 2)))
    if len(leads) > limit:
        console.print(Text(words.say("check.more", count=len(leads) - limit), style="dim"))


def show_findings(console: Console, findings: Sequence[Finding]) -> None:
    """What trying out a calendar found: what is well, and what wants attention."""
    for finding in findings:
        mark, style = ("ok  ", "green") if finding.good else ("note", "yellow")
        console.print(Text.assemble("  ", (mark, style), "  ", plain(finding.text)))
