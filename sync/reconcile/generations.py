"""UIDs that are used up, and the touch that goes on under its next generation.

Servers remember deleted UIDs, and one that the user deleted must not come back: none is used twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from sync.memory import EventMemory, TouchMemory
from sync.reconcile.identity import make_uid


def renew(touch: TouchMemory, *, owner: str, events: Mapping[str, EventMemory]) -> TouchMemory:
    """The touch under the first generation after its own that was never deleted."""
    generation = touch.generation
    while True:
        generation += 1
        uid = make_uid(owner, touch.lead_key, touch.rule, party=touch.party, round=touch.round, generation=generation)
        if uid not in events or not events[uid].gone:
            return replace(touch, uid=uid, generation=generation)


def earlier(touch: TouchMemory, *, owner: str) -> Iterator[TouchMemory]:
    """The touch under each generation before its own, the last of them first."""
    for generation in reversed(range(touch.generation)):
        uid = make_uid(owner, touch.lead_key, touch.rule, party=touch.party, round=touch.round, generation=generation)
        yield replace(touch, uid=uid, generation=generation)


def follows(touch: TouchMemory, uid: str, *, owner: str) -> bool:
    """Whether the touch is a later generation of what had this UID."""
    return any(uid == before.uid for before in earlier(touch, owner=owner))
