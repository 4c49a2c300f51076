"""What commands show things on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def open_console(no_color: bool) -> Console:
    """The console of a command's results. Without colour it is plain text: neither bold nor dim, no escape at all."""
    from rich.console import Console

    class Screen(Console):
        def on_broken_pipe(self) -> None:
            """A reader that has left, as `head` does, is no failure of the command."""
            raise BrokenPipeError

    return Screen(color_system=None if _is_plain(no_color) else "auto", highlight=False)


def _is_plain(no_color: bool) -> bool:
    return no_color or bool(os.environ.get("NO_COLOR"))


@contextmanager
def show_progress(*, quiet: bool, no_color: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr, only on a terminal that may be drawn on; gives the callback that moves it."""
    if quiet or _is_plain(no_color) or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        yield lambda done, whole: bar.update(task, completed=done, total=whole, description="Writing follow-ups")
