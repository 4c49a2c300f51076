"""What is late: one event a lead, and after an absence one for all of them.

What a person has not done in time is not piled up before them: of a lead the first keeps its place and the others wait
for it, and many at once go by name into the triage event.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sync.schedule.desk import Desk
from sync.schedule.drafts import Draft, known_of
from sync.schedule.occasions import TRIAGED

MANY_LATE = 10
"""More late events than this are an absence: one triage event replaces the pile."""

Waiting = tuple[Draft, Draft]
"""A draft that waits, and the one it waits for."""


def bound_late(owed: Sequence[Draft], words: Sequence[Waiting], desk: Desk) -> list[Draft]:
    """One late event for a lead; after an absence what is late or turned critical meanwhile goes by name into one
    triage event, and with it what waits for it, `words` to a referrer among it."""
    shown, waiting = hold_back_late(owed)
    waiting += words
    overdue = {d.uid for d in shown if not d.pinned and (d.late or (d.critical and d.memory is None))}
    if len(overdue) > MANY_LATE or (desk.clock.absent and overdue):
        # Words to a referrer about a call that turned critical in this run belong to that call.
        overdue |= {d.uid for d in shown if d.rule.id == "R-002-7" and d.memory is None}
        for draft, first in waiting:
            if first.uid in overdue:
                overdue.add(draft.uid)
        for draft in (*owed, *(word for word, _ in words)):
            if draft.uid in overdue:
                leave_to_triage(draft, desk)
        shown = [draft for draft in shown if draft.uid not in overdue]
    for draft, first in waiting:
        if draft.uid not in overdue:
            wait_for(draft, first, desk=desk)
    return shown


def hold_back_late(drafts: Iterable[Draft]) -> tuple[list[Draft], list[Waiting]]:
    """Never more than one late event per lead: the first keeps its place, the others wait for it."""
    shown: list[Draft] = []
    late: dict[str, list[Draft]] = {}
    for draft in drafts:
        if draft.late and not draft.pinned:
            late.setdefault(draft.lead_key, []).append(draft)
        else:
            shown.append(draft)
    waiting: list[Waiting] = []
    for own in late.values():
        first, *others = sorted(own, key=lambda draft: draft.collision_order)
        shown.append(first)
        waiting += [(draft, first) for draft in others]
    return shown, waiting


def wait_for(draft: Draft, first: Draft, *, desk: Desk) -> None:
    """Keep what is known of a late touch until the one before it is done."""
    if draft.memory:
        desk.ledger.keep(draft.memory)
    desk.note("note.one_late", draft.case, rule=draft.rule.id, what=desk.say(f"name.{first.rule.id}"))


def leave_to_triage(draft: Draft, desk: Desk) -> None:
    """Give it up: its lead is named in the triage event instead."""
    desk.triage(draft.case, whole=False)
    desk.ledger.close(known_of(draft), note=TRIAGED)
