"""Many seekers at once: how their runs ended, and who needs somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sync.counting import counted
from sync.overview import Seeker, headline, name_some, rest_of, tell_last_run, tell_since
from sync.safe_text import plain
from sync.summary import result_word

RESULT_STYLES = {0: "green", 1: "bold red", 3: "yellow", 4: "bold red", 7: "bold red", 8: "yellow"}
"""How loud an exit code is shown; those that pass by themselves are plain red."""


def show_profiles(console: Console, ended: Mapping[str, tuple[int, str]]) -> None:
    """Exit code and last line of each configuration of `sync --all`, the failed ones last, where the eye ends."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(overflow="fold", max_width=30)
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    for name, (code, said) in sorted(ended.items(), key=lambda item: (item[1][0] != 0, item[0])):
        grid.add_row(plain(name), Text(result_word(code), style=RESULT_STYLES.get(code, "red")), said)
    console.print(grid)
    good = sum(code == 0 for code, _ in ended.values())
    console.print(Text(f"\n{good} of {counted(len(ended), 'configuration')} done.", style="bold"))


def show_overview(console: Console, seekers: Sequence[Seeker], zone: tzinfo | None) -> None:
    """Who needs somebody, first; each with what is late, due today, and what else is to be known."""
    console.print(Text(headline(seekers), style="bold"))
    for seeker in seekers:
        console.print()
        style = "red" if seeker.trouble or seeker.is_stale else "yellow" if seeker.late else "bold"
        console.print(Text.assemble((plain(seeker.name), style), f"  last good run: {tell_last_run(seeker, zone)}"))
        for word, due, since in (("late", seeker.late, tell_since(seeker.late)), ("today", seeker.today, "")):
            if due:
                console.print(Text(f"  {word} ({len(due)}): {since}{plain(name_some(due))}"))
        if rest := rest_of(seeker):
            console.print(Text(f"  {plain(rest)}"))
