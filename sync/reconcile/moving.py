"""Somebody says that the sheet or the calendar lie in another place now: a new computer, a renamed file, a new account.

Nobody but the user knows, so that nothing follows a move by itself (`guards.check_identities`). The leads and what is
remembered of them go on; what told of the old place is forgotten.
"""

from __future__ import annotations

from msgspec.structs import replace

from sync.memory import Memory, Text
from sync.models import Observation


def follow_moves(memory: Memory, *, source: str, target: str) -> Memory:
    """Memory for these places. In a calendar that is another one whatever is not there was left behind, not deleted."""
    runs = memory.runs
    if runs.source and runs.source != source:
        runs = replace(runs, source=source).without((Text.SHEET_BOOKMARK, Text.END))
    if runs.target and runs.target != target:
        runs = replace(runs, target="").without((Text.CALENDAR_BOOKMARK,))
    return replace(memory, runs=runs)


def forget_absent(memory: Memory, observation: Observation) -> Memory:
    """Memory for a calendar that is new to it: what is not there was left behind, not deleted by the user."""
    events = {
        uid: event
        if event.gone or uid in observation.events or uid in observation.unreadable
        else replace(event, gone=True)
        for uid, event in memory.events.items()
    }
    return replace(memory, events=events)
