"""The time of day of every draft: slots of 15 minutes in the day's window, never two of ours at once.

Order: pins and dates with an hour of their own; then dates of the sheet and what has a deadline; then the rest; each
in the order of collisions. A start once given for a day is kept: the clock alone moves nothing of today. Only where a
deadline leaves no other slot does another make room, once and in the same run; where that is not to be had, two stand
at the same time and go on doing so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sync.models import Note
from sync.schedule.desk import Desk
from sync.schedule.drafts import CROWDED, Draft, Planned
from sync.schedule.quarters import moment_of, quarter_down, quarter_up
from sync.schedule.view import View

FORCED = 8
"""Quarters before a deadline outside of the hours in which a message is written all the same: never in the night
because a run happened then."""


class _Placed(NamedTuple):
    """What has its start, and the quarters among which it was found; of a start that was kept nobody has asked yet."""

    draft: Planned
    among: tuple[int, int] | None = None


def give_times(drafts: Iterable[Planned], *, desk: Desk) -> None:
    """Fill in start and end of every draft."""
    ranked = sorted(drafts, key=lambda draft: draft.collision_order)
    moving = [draft for draft in ranked if not _take_fixed(draft, desk)]
    kept = {id(draft): quarter for draft in moving if (quarter := kept_quarter(draft, desk)) is not None}
    urgent = [draft for draft in moving if draft.deadline is not None or draft.fixed is not None]
    floors = [draft for draft in moving if draft.deadline is None and draft.fixed is None]
    held = frozenset(
        quarter + number
        for draft in floors if draft.own_event and (quarter := kept.get(id(draft))) is not None
        for number in range(draft.quarters)
    )  # fmt: skip
    _give_starts(urgent, kept, held=held, desk=desk)
    _give_starts(floors, kept, held=frozenset(), desk=desk)


def _give_starts(drafts: Iterable[Planned], kept: Mapping[int, int], *, held: Set[int], desk: Desk) -> None:
    """A start for each; `held` are quarters of others that are taken only where nothing else is left."""
    placed: dict[int, _Placed] = {}
    waiting = []
    for draft in drafts:
        if (quarter := kept.get(id(draft))) is None or not _take_kept(draft, quarter, desk):
            waiting.append((window_of(draft, draft.day, view=desk), draft))
        elif draft.own_event:
            placed[quarter] = _Placed(draft)
    # By the seeker's day on which the window opens: somewhere else it may be the next one already.
    for window, draft in sorted(waiting, key=lambda one: moment_of(one[0][0], desk.zone).date()):
        _find_slot(draft, window, placed, held=held, desk=desk)


def _take_fixed(draft: Planned, desk: Desk) -> bool:
    """The hour of a pin or of the sheet, or the whole of a day that the user chose."""
    if isinstance(draft.fixed, datetime):
        _start_at(draft, quarter_down(draft.fixed), desk=desk)
        draft.start = draft.fixed
        draft.end = draft.fixed + timedelta(minutes=draft.rule.length)
    elif draft.pinned and isinstance(draft.fixed, date):
        draft.start, draft.end = draft.fixed, draft.fixed + timedelta(days=1)
    return draft.start is not None


def _take_kept(draft: Planned, quarter: int, desk: Desk) -> bool:
    """The start of the last run, where it still holds and nothing of ours has come there since, or it has begun."""
    free = not draft.own_event or desk.taken.is_free(quarter, length=draft.quarters, shared=_stood_at(draft, quarter))
    begun = desk.clock.has_begun(quarter)
    if not (free or begun) or (begun and draft.own_event and draft.memory and not draft.memory.published):
        return False
    if draft.own_event and not desk.taken.is_free(quarter, length=draft.quarters):
        _say_shared(draft, desk)
    _start_at(draft, quarter, desk=desk)
    return True


def _say_shared(draft: Planned, desk: Desk) -> None:
    said = desk.say("note.same_time", day=desk.tell(draft.day))
    desk.notes.append(Note(said, rule=draft.rule.id, lead=draft.lead, row=draft.row))


def _stood_at(draft: Planned, quarter: int) -> bool:
    """Whether it was given this very start by the last run, for an event of its own."""
    memory = draft.memory
    if memory is None or memory.note == CROWDED or not isinstance(memory.start, datetime):
        return False
    return quarter_down(memory.start) == quarter


def window_of(draft: Planned, day: date, *, view: View) -> tuple[int, int]:
    """The quarters of this day in which the draft may lie."""
    if draft.high:
        return draft.low, draft.high
    if draft.channel == "phone":
        low, high = view.hours_on(day, "work", draft.zone)
    else:
        low, high = view.hours_on(day, draft.rule.window)
    return max(low, draft.low), high


def kept_quarter(draft: Planned, view: View) -> int | None:
    """The start of the last run, where it is on the draft's day and still inside what is allowed.

    What was given after the day's last slot stays too, and what was given before its first one and has begun (a
    deadline early in the day): every later run would otherwise move it on with the clock. In another zone, which
    somebody has set since, the hours are given anew; and where the user had moved it away, or it had no place of its
    own, it did not stand there.
    """
    memory = draft.memory
    if memory is None or memory.pinned_to is not None or not isinstance(memory.start, datetime):
        return None
    if draft.own_event and memory.note == CROWDED:
        return None
    there, event = memory.start.astimezone(draft.zone), view.memory.events.get(draft.uid)
    if event.desired.zone != draft.zone.key if event else memory.start.utcoffset() != there.utcoffset():
        return None
    quarter = quarter_down(memory.start)
    low, high = window_of(draft, draft.day, view=view)
    last = high - draft.quarters
    if low <= quarter <= last:
        return quarter
    given_today = view.day_of(memory.start) == draft.day == view.today
    return quarter if given_today and view.clock.has_begun(last + 1 if quarter > last else quarter) else None


def _start_at(draft: Planned, quarter: int, *, desk: Desk) -> None:
    length = draft.quarters
    if draft.own_event:
        desk.taken.take(quarter, length=length, new=not _stood_at(draft, quarter))
    draft.start = moment_of(quarter, draft.zone)
    draft.end = moment_of(quarter + length, draft.zone)


def _find_slot(
    draft: Planned, window: tuple[int, int], placed: dict[int, _Placed], *, held: Set[int], desk: Desk
) -> None:
    """The first free quarters of this window, from now on. `placed` are those that may make room, by their start."""
    low, high = _open_part(draft, window, desk)
    if not draft.own_event:
        _start_at(draft, low, desk=desk)
        return
    length, backwards = draft.quarters, draft.as_late_as_possible
    quarter = desk.taken.find_free(low, high, length=length, held=held, backwards=backwards)
    if quarter is None and held:
        quarter = desk.taken.find_free(low, high, length=length, backwards=backwards)
    if quarter is None:
        quarter = _make_room(draft, low, high, placed, held=held, desk=desk)
    if quarter is None:
        quarter = desk.taken.least_taken(low, high, length=length)
        _say_shared(draft, desk)
    placed[quarter] = _Placed(draft, (low, high))
    _start_at(draft, quarter, desk=desk)


def _open_part(draft: Planned, window: tuple[int, int], view: View) -> tuple[int, int]:
    """What is left of its window from now on, up to its deadline."""
    low, high = view.clock.from_now_on(window[0]), window[1]
    if draft.deadline is not None and (due := quarter_up(draft.deadline)) >= low + draft.quarters:
        high = min(high, due)
    return low, high


def _make_room(
    draft: Planned, low: int, high: int, placed: dict[int, _Placed], *, held: Set[int], desk: Desk
) -> int | None:
    """The start of one that may as well stand outside of these quarters, which are full: it goes there now."""
    needed = draft.quarters
    for quarter in range(low, high - needed + 1):
        if (known := placed.get(quarter)) is None:
            continue
        other, among = known
        if among is not None and low <= among[0] and among[1] <= high:
            continue  # it could have gone nowhere else
        if (length := other.quarters) < needed or not desk.taken.is_alone(quarter, length=length):
            continue
        first, last = among or _open_part(other, window_of(other, other.day, view=desk), desk)
        if low <= first and last <= high:
            continue
        found = desk.taken.find_free(first, last, length=length, held=held, backwards=other.as_late_as_possible)
        if found is not None:
            desk.taken.release(quarter, length=length)
            placed[found] = placed.pop(quarter)
            _start_at(other, found, desk=desk)
            return quarter
    return None


def first_day_with_room(draft: Draft, quarter: int, view: View) -> date:
    """The first day whose window has room from this quarter on; outside of all windows where a deadline demands it."""
    call = draft.channel == "phone"
    days = view.days_to_call(draft.case.lead) if call else view.days
    first = moment_of(quarter, draft.zone if call else view.zone).date()
    for offset in range(60):
        day = first + timedelta(days=offset)
        if (call or draft.rule.window == "work") and not days.is_open(day):
            continue
        low, high = window_of(draft, day, view=view)
        if max(low, quarter) >= high:
            continue
        last = quarter_down(draft.deadline) if draft.deadline else high
        if not call and max(low, quarter) >= last:
            return _forced_day(draft, quarter, last, view) or day
        return day
    return first


def _forced_day(draft: Draft, quarter: int, last: int, view: View) -> date | None:
    """The day that a deadline demands: its own, off or not, in the usual hours; else in the last hours before it."""
    own = moment_of(last - 1, view.zone).date()
    for day in (own, own - timedelta(days=1)):
        low, high = view.hours_on(day, draft.rule.window)
        if max(low, quarter) + draft.quarters <= min(high, last):
            draft.low, draft.high = max(low, quarter), min(high, last)
            return day
    if (opens := max(quarter, last - FORCED)) < last:
        draft.low, draft.high, draft.as_late_as_possible = opens, last, True
        return own
    return None
