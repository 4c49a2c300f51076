"""Somebody says that the sheet or the calendar lie in another place now: a new computer, a renamed file, a new account.

Nobody but the user knows, so that nothing follows a move by itself (`guards.check_identities`). The leads and what is
remembered of them go on; what told of the old place is forgotten.
"""

from __future__ import annotations

from msgspec.structs import replace

from sync.memory import Memory, Reaction, Text
from sync.models import Observation, RemoteEvent
from sync.reconcile.generations import earlier
from sync.schedule.ledger import is_over


def follow_moves(memory: Memory, *, source: str, target: str) -> Memory:
    """Memory for these places. In a calendar that is another one whatever is not there was left behind, not deleted.

    Where its events lay in the old one is forgotten: Xandikos answers for any address of its own, in whatever calendar
    one asks.
    """
    runs, events = memory.runs, memory.events
    if runs.source and runs.source != source:
        runs = replace(runs, source=source).without((Text.SHEET_BOOKMARK, Text.END))
    if runs.target and runs.target != target:
        runs = replace(runs, target="").without((Text.CALENDAR_BOOKMARK,))
        events = {uid: replace(event, observed=_without_place(event.observed)) for uid, event in events.items()}
    return replace(memory, runs=runs, events=events)


def _without_place(copy: RemoteEvent | None) -> RemoteEvent | None:
    return None if copy is None else replace(copy, href="", etag="")


def settle_in(memory: Memory, observation: Observation, *, owner: str) -> Memory:
    """Memory for a calendar that is new to it: what is not there was left behind, not deleted by the user.

    Whoever comes back to a calendar finds there what they had left behind: an open touch goes on as that event.
    """
    there = observation.events.keys() | observation.unreadable.keys()
    events = {uid: event if uid in there else replace(event, gone=True) for uid, event in memory.events.items()}
    touches = dict(memory.touches)
    for touch in sorted(memory.touches.values(), key=lambda touch: touch.generation):
        for before in earlier(touch, owner=owner) if touch.uid not in there else ():
            known = touches.get(before.uid)
            if before.uid in there and before.uid in events and not (known and is_over(known)):
                # A tick stands in the calendar that was left; here it is only done.
                ticked = touch.reaction is Reaction.TICKED
                touches[before.uid] = replace(before, reaction=None if ticked else touch.reaction)
                events[before.uid] = replace(events[before.uid], gone=False)
                del touches[touch.uid]
                break
    return replace(memory, events=events, touches=touches)
