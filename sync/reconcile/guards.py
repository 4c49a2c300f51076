"""What one run may never do. Every stop says numbers, and what to do.

- **Held deletes**: counted deletes (vanished rows; changed mapping, rules or settings) of the last seven days, this run
  included, above max(floor, percent of our future events at the start of those days). Creates and updates go on.
- **Mass disappearance**: more than max(10, 50 %) of our future events are gone from the calendar between two runs, or
  there were several and nothing of ours is left, not even history or the heartbeat. That is a wiped calendar, one made
  anew at the same address or a wrong listing, not a person who deletes; nothing is taken for a reaction.
- **Another followup's events**: a calendar that holds another owner's and none of ours is mostly one's own, written to
  by settings that are gone or by another computer. Only the user knows, so nothing is written beside them in silence.
- **Half a file**: a text that ended with a line end and does not any more, or whose last line is the beginning of what
  it was, was cut off: the last cell may be a wrong date.
- **Another target, another source, an empty sheet**: stopped before anything is decided.

Deletes that a readable row asks for (closed, do not contact, no interest) are shown and can be undone, never counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.config import Limits
from sync.errors import ConfigError, GuardStop, SourceError
from sync.memory import DeletesOfDay, EventMemory, Memory, Text
from sync.models import Action, Change, Leads, Observation, Remark, Table
from sync.moments import day_of
from sync.texts import Wording

WINDOW_DAYS = 7
VANISHED_FLOOR = 10
VANISHED_SHARE = 0.5


class Held(Struct, frozen=True):
    """Deletes that are held back: how many, how many more there were in the days before, the limit and what of.

    `names` are the titles of the events that stay.
    """

    count: int
    before: int
    allowed: int
    base: int
    names: tuple[str, ...]


def check_identities(memory: Memory, *, source: str, target: str) -> None:
    """Refuse a second sheet under one owner, and stop at another calendar than last time."""
    if memory.runs.source and memory.runs.source != source:
        raise ConfigError(Remark("stop.other_source", {"before": memory.runs.source, "now": source}))
    if memory.runs.target and memory.runs.target != target:
        raise GuardStop(Remark("stop.other_target", {"before": memory.runs.target, "now": target}))


def note_end(table: Table) -> str:
    """What the next run has to know of this sheet's end."""
    return f"{len(table.rows)} {table.end}" if table.end else ""


def is_cut_off(memory: Memory, table: Table) -> bool:
    """Whether the sheet ends where it did not end before: in the middle of a line."""
    count, _, before = memory.runs.text(Text.END).partition(" ")
    if not before or not table.end or table.end.endswith(("\n", "\r")):
        return False
    if before.endswith(("\n", "\r")):
        return True
    return len(table.rows) == int(count) and before != table.end and before.startswith(table.end)


def check_end(memory: Memory, table: Table) -> None:
    """Stop at half a file."""
    if is_cut_off(memory, table):
        raise SourceError(Remark("stop.cut_off", {"sheet": table.name, "end": repr(table.end[-40:])}))


def check_owners(memory: Memory, observation: Observation, *, owner: str) -> None:
    """Stop where the calendar holds another followup's events and none that this one knows or would know again."""
    known = any(event.observed is not None and not event.gone for event in memory.events.values())
    if not observation.others or known or observation.events or observation.unreadable:
        return
    there = ", ".join(f"{count} of the owner {other!r}" for other, count in sorted(observation.others.items()))
    first = min(observation.others, key=lambda other: (-observation.others[other], other))
    raise GuardStop(
        f"the calendar holds follow-ups of another followup ({there}) and none of this one's ({owner!r}); nothing was "
        f'changed. If they are yours, put owner = "{first}" into followup.toml, or let `followup init` do it. '
        "If two people share this calendar, run `followup sync --second-owner` once"
    )


def check_sheet(memory: Memory, leads: Leads) -> None:
    """Stop at an empty sheet where there were leads: an empty read is an error, not an instruction."""
    if memory.leads and not leads.leads and not leads.silent_rows:
        raise SourceError(Remark("stop.no_rows", {"count": len(memory.leads)}))


def check_disappearance(memory: Memory, observation: Observation, *, today: date, zone: ZoneInfo) -> None:
    """Stop when so many of our events are gone that no person can have deleted them one by one, or all of them."""
    ahead = {uid for uid, event in future_events(memory.events, today=today, zone=zone).items() if event.observed}
    gone = ahead - observation.events.keys() - observation.unreadable.keys()
    allowed = max(VANISHED_FLOOR, int(len(ahead) * VANISHED_SHARE))
    facts = {"gone": len(gone), "ahead": len(ahead), "allowed": allowed}
    if len(gone) > allowed:
        raise GuardStop(Remark("stop.gone", facts))
    if len(gone) > 1 and not observation.events and not observation.unreadable:
        raise GuardStop(Remark("stop.all_gone", facts))


def future_events(events: Mapping[str, EventMemory], *, today: date, zone: ZoneInfo) -> dict[str, EventMemory]:
    """Ours that still lie ahead: what the guards count in."""
    return {
        uid: event for uid, event in events.items() if not event.gone and day_of(event.desired.start, zone) >= today
    }


def hold_deletes(
    changes: Sequence[Change], *, memory: Memory, limits: Limits, today: date, future: int, words: Wording
) -> tuple[tuple[Change, ...], tuple[DeletesOfDay, ...], Held | None]:
    """The changes with counted deletes held back where they are too many, the guard's window, and what is held back.

    `future` is how many events of ours lie ahead now. The window's share is taken of those at its beginning, so that
    ten small bites count as one.
    """
    window = _window(memory.runs.deletes, today=today, future=future)
    counted = [change for change in changes if change.counted]
    before = sum(entry.deleted for entry in window)
    base = window[0].future_before
    allowed = max(limits.max_delete_floor, base * limits.max_delete_percent // 100)
    if counted and before + len(counted) > allowed:
        # An event without a row of its own is about many leads: half a sheet takes it away as it takes theirs.
        shared = {change.uid for change in changes if change.action is Action.DELETE and change.row is None}
        held = shared | {change.uid for change in counted}
        kept = tuple(_keep(change, words) if change.uid in held else change for change in changes)
        return kept, window, Held(len(counted), before, allowed, base, tuple(change.summary for change in counted))
    return tuple(changes), (*window[:-1], replace(window[-1], deleted=window[-1].deleted + len(counted))), None


def _keep(change: Change, words: Wording) -> Change:
    return replace(change, action=Action.KEEP, reason=words.say("change.held", why=change.reason))


def _window(days: Iterable[DeletesOfDay], *, today: date, future: int) -> tuple[DeletesOfDay, ...]:
    """The last seven days on which there was a run, today with its first run among them."""
    recent = tuple(entry for entry in days if entry.day > today - timedelta(days=WINDOW_DAYS))
    return recent if recent and recent[-1].day == today else (*recent, DeletesOfDay(today, 0, future))
