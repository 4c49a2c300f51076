"""Somebody says that the sheet or the calendar lie in another place now: a new computer, a renamed file, a new account.

Nobody but the user knows, so that nothing follows a move by itself (`guards.check_identities`). The leads and what is
remembered of them go on; what told of the old place is forgotten.
"""

from __future__ import annotations

from msgspec.structs import replace

from sync.memory import Memory

SHEET_BOOKMARK = "sheet bookmark"
CALENDAR_BOOKMARK = "calendar bookmark"
"""Where memory keeps what the next reading of either begins with."""
END = "end"
"""Where memory keeps how the text of the sheet ended."""


def follow_moves(memory: Memory, *, source: str, target: str) -> Memory:
    """Memory for these places. In a calendar that is another one whatever is not there was left behind, not deleted."""
    runs, left = memory.runs, set()
    if runs.source and runs.source != source:
        runs, left = replace(runs, source=source), {SHEET_BOOKMARK, END}
    if runs.target and runs.target != target:
        runs, left = replace(runs, target=""), left | {CALENDAR_BOOKMARK}
    texts = {name: text for name, text in runs.texts.items() if name not in left}
    return replace(memory, runs=replace(runs, texts=texts))
