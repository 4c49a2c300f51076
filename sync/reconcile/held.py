"""What a run that holds deletes back says in the calendar: nobody reads cron mail.

What the guard held goes, in the user's words, into the heartbeat, which is not pushed on, and into the next weekly
review. It is written once a day: what the guard says later on that day, with other numbers, would only write the same
events again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from msgspec.structs import replace

from sync.memory import Memory, Text
from sync.models import Event
from sync.reconcile.changes import Wish
from sync.reconcile.guards import WINDOW_DAYS, Held
from sync.reconcile.heartbeat import RULE as HEARTBEAT
from sync.reconcile.marker_lines import put_above_small_print
from sync.texts import Wording

REVIEW = "R-001-14"
NAMED = 5
"""How many events the sentence names before it says how many more."""


def tell_held(held: Held, wording: Wording) -> str:
    """What is held back and what to do, in a sentence."""
    names = "; ".join(held.names[:NAMED])
    if (more := len(held.names) - NAMED) > 0:
        names = f"{names}; {wording.say('review.and_more', count=more)}"
    facts = {"count": held.count, "allowed": held.allowed, "base": held.base, "names": names}
    if held.before:
        return wording.say("held.deletes_again", **facts, before=held.before, days=WINDOW_DAYS)
    return wording.say("held.deletes", **facts)


def speak(sentence: str, wishes: Iterable[Wish], *, memory: Memory, today: date) -> Iterator[Wish]:
    """The wishes that take the place of heartbeat and review in a run that holds deletes back."""
    said = _said(memory, sentence, today)
    for wish in wishes:
        if wish.touch.rule == REVIEW:
            yield replace(wish, event=_with_sentence(wish.event, said))
        elif wish.touch.rule == HEARTBEAT:
            known = memory.events.get(wish.touch.uid)
            if known is not None:
                start, end = known.desired.start, known.desired.end
                touch = replace(wish.touch, start=start, end=end, given=start)
                yield Wish(touch, _with_sentence(replace(wish.event, start=start, end=end), said))


def remember_saying(memory: Memory, sentence: str, *, today: date) -> Memory:
    """Memory that knows what the guard said today."""
    return replace(memory, runs=memory.runs.with_texts(HELD=f"{today} {_said(memory, sentence, today)}"))


def _said(memory: Memory, sentence: str, today: date) -> str:
    day, _, said = memory.runs.text(Text.HELD).partition(" ")
    return said if day == today.isoformat() else sentence


def _with_sentence(event: Event, sentence: str) -> Event:
    """The sentence names rows: an event without details stays without it."""
    text = put_above_small_print(event.description, sentence) if event.description else ""
    return replace(event, description=text)
