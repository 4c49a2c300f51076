"""Taking our events out of a calendar, strays of ours included (`followup clear`).

Only events that carry this owner's mark are touched. An event that holds something of the user's own besides its title
(a tick is one), and one whose deletion could mail somebody (recurring, with attendees), stays and is named. Past events
are history and stay unless asked for. Afterwards the memory is tied to no calendar, so that the next run may begin in
another one.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sync.memory import EventMemory, Memory
from sync.models import Action, Change, Observation, RemoteEvent
from sync.moments import day_of
from sync.reconcile.fields import holds_yours, with_own_things
from sync.reconcile.identity import is_ours
from sync.reconcile.marker_lines import user_part
from sync.texts import Wording


def plan_clearing(
    memory: Memory, observation: Observation, *, owner: str, today: date, zone: ZoneInfo, past_too: bool, words: Wording
) -> tuple[tuple[Change, ...], Memory]:
    """The deletes, and a `KEEP` with its reason for each event that stays; the memory once all of it is done."""
    changes: list[Change] = []
    events = dict(memory.events)
    for uid, current in sorted(observation.events.items()):
        if not is_ours(uid, owner) or (not past_too and day_of(current.snapshot.start, zone) < today):
            continue
        known = events.get(uid)
        reason = _why_kept(known, current, words)
        changes.append(
            Change(
                action=Action.KEEP if reason else Action.DELETE,
                uid=uid,
                summary=current.snapshot.summary,
                start=current.snapshot.start,
                row=known.desired.row or None if known else None,
                reason=reason or words.say("change.cleared" if known else "change.cleared_stray"),
                base=current,
            )
        )
        if known is not None and not reason:
            events[uid] = replace(known, gone=True)
    return tuple(changes), replace(memory, events=events, runs=replace(memory.runs, target="", strays=(), held=""))


def _why_kept(known: EventMemory | None, current: RemoteEvent, words: Wording) -> str:
    if current.snapshot.hands_off:
        return words.say("change.left_alone", why=current.snapshot.hands_off)
    known = known and with_own_things(known, current)
    text = user_part(current.snapshot.description)
    if text or (known and holds_yours(replace(known, kept=known.kept - {"summary"}), current.snapshot)):
        return words.say("change.kept_for_you")
    return ""
