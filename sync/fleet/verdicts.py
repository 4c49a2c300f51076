"""What becomes of a profile after a run: its exit code decides.

| exit code | what follows |
| --- | --- |
| 0 | its next slot |
| 2, 7 | paused until somebody changes settings or login: no run before can end otherwise, and servers lock accounts |
| 3, 4 | its next slot, and the sentence for a human: such a run still writes what it may |
| 5, 6 | again after a growing pause, or from when the error says that it helps; after five times the next slot |
| 8 | nothing: the run that holds the lock decides |
| 1, any other | its next slot, and the sentence for a human: a bug of ours |
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

TRIES = 5
"""Runs that are tried again, before a profile waits for its slot."""
FIRST_PAUSE = timedelta(minutes=2)
"""Before the first of them; each further one waits twice as long."""
PAUSING, TELLING, PASSING, LOCKED = {2, 7}, {1, 3, 4}, {5, 6}, 8
GOOD = {0, 3}
"""Codes of a run that did what there was to do."""
MAX_SAID = 500
"""Characters of a run's sentence that are kept."""


class Verdict(Struct, frozen=True):
    """What is kept of a run. `tries` were made in a row; `not_before` is None where the next slot stands."""

    attention: str = ""
    paused: bool = False
    tries: int = 0
    not_before: datetime | None = None
    in_vain: bool = False
    """The tries are used up: `not_before` may put the next slot off and never brings it forward."""


def judge(
    exit_code: int, said: str, *, tries: int, now: datetime, not_before: datetime | None = None
) -> Verdict | None:
    """The verdict on a run that ended at `now` with these words, after `tries` that failed; None changes nothing."""
    said = said[:MAX_SAID]
    if exit_code == LOCKED:
        return None
    if exit_code == 0:
        return Verdict()
    if exit_code not in PASSING:
        return Verdict(said or f"a run ended with exit code {exit_code}", paused=exit_code in PAUSING)
    if tries >= TRIES:
        return Verdict(said, not_before=not_before, in_vain=True)
    again = now + FIRST_PAUSE * 2**tries
    return Verdict(said, tries=tries + 1, not_before=max(again, not_before) if not_before else again)
