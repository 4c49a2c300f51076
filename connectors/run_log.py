"""The record a job leaves beside its state: a log that stays small, and what was last said to a human.

Both are for the seeker's eyes (0600) and hold sentences and counts, never a secret and no line of the sheet. A disk
that takes no log must not keep follow-ups from being written: here, and only here, a failed write is let go.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from connectors.whole_file import replace_file
from sync.quiet import Trouble, pick_news

MAX_BYTES = 500_000
_APPEND = os.O_CREAT | os.O_APPEND | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
"""A link in its place is somebody else's file: nothing is written through it."""
KEEP = 3
"""Older logs that are kept beside the present one."""


class RunLog:
    """The log `NAME.log` and the text `NAME.said` beside the state file `NAME.sqlite`."""

    def __init__(self, state: Path, *, clock: Callable[[], datetime]) -> None:
        self.path = state.with_suffix(".log")
        self._said = state.with_suffix(".said")
        self._clock = clock

    def write(self, sentence: str, *, level: int = logging.INFO) -> None:
        """Add one line with the time. Rotates between runs, so that a run's lines stay together."""
        line = " ".join(sentence.split())
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self.path.exists() and self.path.stat().st_size > MAX_BYTES:
                from logging.handlers import RotatingFileHandler

                RotatingFileHandler(self.path, backupCount=KEEP, delay=True).doRollover()
            stamp = self._clock().isoformat(timespec="seconds")
            # Written here: a logging handler would print a traceback where the disk is full.
            with os.fdopen(os.open(self.path, _APPEND, 0o600), "a", encoding="utf-8") as file:
                file.write(f"{stamp} {logging.getLevelName(level)} {line}\n")
        except OSError:
            return

    def news(self, troubles: Iterable[Trouble], *, now: datetime) -> list[str]:
        """What of these troubles is to be said now (`sync.quiet`); remembers it for the next run."""
        before = self._recall()
        sentences, said = pick_news(troubles, said=before, now=now)
        if said != before:
            self._remember(said)
        return list(sentences)

    def _recall(self) -> str:
        try:
            return self._said.read_text("utf-8", errors="replace")
        except OSError:
            return ""

    def _remember(self, text: str) -> None:
        try:
            if not text:
                self._said.unlink(missing_ok=True)
                return
            replace_file(self._said, text.encode(), mode=0o600)
        except OSError:
            return
