"""What the user says on the command line about a follow-up: `done`, `snooze`, `skip`. Pure.

A word is kept with the memory until the next run takes it, exactly as if it had been read in the calendar:

| word | as if the user had | remembered as |
| --- | --- | --- |
| done | ticked the event | `TICKED` |
| snooze | dragged it to that day, at its hour | `DRAGGED` |
| skip | deleted it | `DELETED` |
| taken back | undone that | no reaction |

The one difference is that the calendar does not show it yet: the run that takes the word writes it there
(`changes`, and `TouchMemory.told`). So it works on a feed, too, which carries nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from sync.memory import Memory, Pin, Reaction, TouchMemory, Word, WordKind
from sync.models import Lead, Moment, Note, Touch
from sync.moments import day_of
from sync.reading.organisations import agency_key, referrer_key
from sync.reconcile.reactions import WATCH_DAYS, reopen, take_tick_off
from sync.texts import Wording

_SAID = {Reaction.TICKED: WordKind.DONE, Reaction.DRAGGED: WordKind.SNOOZE, Reaction.DELETED: WordKind.SKIP}


class Open(Struct, frozen=True):
    """A follow-up that something can be said about: an event of ours that stands in the calendar."""

    uid: str
    day: date
    summary: str
    ahead: bool
    """In today's plan; else it has passed and may still be said to be done."""


def take_words(memory: Memory, *, now: datetime, zone: ZoneInfo, words: Wording) -> tuple[Memory, tuple[Note, ...]]:
    """Memory with what was said since the last run, and a note for each word."""
    if not memory.runs.words:
        return memory, ()
    today = now.astimezone(zone).date()
    events, touches = dict(memory.events), dict(memory.touches)
    notes: list[Note] = []
    for word in memory.runs.words:
        event = events.get(word.uid)
        if event is None:
            continue  # the events were cleared since
        known = touches.get(word.uid)
        touch = known or TouchMemory(uid=word.uid, lead_key="", rule="")
        title, rule = event.desired.summary, touch.rule or None
        event = events[word.uid] = replace(event, restored=None)  # what an undo keeps as it was is the user's again
        if word.kind is WordKind.TAKEN_BACK:
            taken = take_back(touch)
            notes.append(Note(words.say("said.taken_back", title=title), rule=rule))
            if event.gone:  # its UID is used up: the touch goes on under the next one, as after undo --dismissed
                touches.pop(word.uid, None)
                continue
        elif event.gone:
            notes.append(Note(words.say("said.gone", title=title, kind=word.kind), rule=rule))
            continue
        else:
            start = event.stands_at
            taken = take_word(word, touch, start=start, zone=event.desired.zone, today=today)
            if word.kind is WordKind.SNOOZE and day_of(start, zone) < today:
                events[word.uid] = replace(event, revived=True)  # whatever the plan holds, it is to stand there
            notes.append(Note(tell_word(word, title, today=today, words=words), rule=rule))
        touches[word.uid] = taken
    runs = replace(memory.runs, words=())
    return replace(memory, events=events, touches=touches, runs=runs), tuple(notes)


def take_word(word: Word, touch: TouchMemory, *, start: Moment, zone: str, today: date) -> TouchMemory:
    """What is remembered of a touch that stands at this start, in this zone, with what was said of it."""
    if word.kind is WordKind.DONE:
        day = word.on or today
        touch = replace(touch, reaction=Reaction.TICKED, reacted_on=day, done_on=day, assumed=False, told=True)
        return replace(touch, said=word.note or touch.said)
    if word.kind is WordKind.SKIP:
        return replace(touch, reaction=Reaction.DELETED, reacted_on=today, told=True)
    to = _on_day(start, word.on or today, ZoneInfo(zone))
    reaction = touch.reaction if touch.reaction is Reaction.TICKED else Reaction.DRAGGED
    before = touch.pins_before
    if touch.reaction is Reaction.DRAGGED and touch.pinned_to is not None:
        before = (*before, Pin(touch.pinned_to, touch.told))
    touch = replace(reopen(touch), pins_before=before)
    return replace(touch, reaction=reaction, reacted_on=today, pinned_to=to, pinned_fact=touch.fact, told=True)


def tell_word(word: Word, title: str, *, today: date, words: Wording) -> str:
    """What was said of the follow-up of this title, in a sentence."""
    return words.say(f"said.{word.kind}", title=title, day=words.stamp(word.on or today))


def take_back(touch: TouchMemory) -> TouchMemory:
    """What is remembered of a touch once what was said of it is taken back: a snooze goes back to where it was moved
    before."""
    touch = replace(touch, told=False, said="", reacted_on=None)
    if touch.reaction is Reaction.TICKED:
        return take_tick_off(touch)
    if touch.reaction is Reaction.DRAGGED and touch.pins_before:
        *before, last = touch.pins_before
        return replace(touch, pinned_to=last.to, told=last.told, pins_before=tuple(before))
    if touch.reaction is Reaction.DRAGGED:
        return replace(touch, reaction=None, pinned_to=None, pinned_fact="")
    return replace(touch, reaction=None)


def _on_day(start: Moment, day: date, zone: ZoneInfo) -> Moment:
    """The same hour on another day."""
    if not isinstance(start, datetime):
        return day
    there = start.astimezone(zone)
    return there.replace(year=day.year, month=day.month, day=day.day)


def find_open(
    leads: Sequence[Lead], memory: Memory, schedule: Iterable[Touch], *, today: date, zone: ZoneInfo
) -> list[Open]:
    """What can be said something about for these leads: what is planned, then what passed lately; each by date."""
    keys = keys_of(leads)
    found: list[Open] = []
    planned: set[str] = set()
    for touch in schedule:
        event = memory.events.get(touch.uid)
        planned.add(touch.uid)
        if event is not None and not event.gone and touch.lead_key in keys and not touch.busy:
            found.append(Open(touch.uid, day_of(touch.start, zone), touch.summary, ahead=True))
    for uid, event in memory.events.items():
        known = memory.touches.get(uid)
        if known is None or uid in planned or event.gone or event.desired.cancelled or event.desired.busy:
            continue
        if _is_settled(known):
            continue
        day = day_of(event.stands_at, zone)
        past = today - timedelta(days=WATCH_DAYS) <= day <= today
        if past and known.lead_key in keys:
            found.append(Open(uid, day, event.desired.summary, ahead=False))
    return sorted(found, key=lambda one: (not one.ahead, one.day, one.summary, one.uid))


def find_told(leads: Sequence[Lead], memory: Memory, kind: WordKind, *, zone: ZoneInfo) -> list[Open]:
    """What was said about these leads with this word and can be taken back, what was said last first."""
    keys = keys_of(leads)
    words = {word.uid: (place, word.kind) for place, word in enumerate(memory.runs.words)}
    found: list[tuple[int, date, Open]] = []
    for uid, event in memory.events.items():
        touch = memory.touches.get(uid)
        place, pending = words.get(uid, (-1, None))
        said = pending or (_SAID.get(touch.reaction) if touch and touch.told and touch.reaction else None)
        if touch is not None and said is kind and touch.lead_key in keys:
            one = Open(uid, day_of(event.desired.start, zone), event.desired.summary, ahead=True)
            found.append((place, touch.reacted_on or date.min, one))
    found.sort(key=lambda told: (told[0], told[1], told[2].day, told[2].uid), reverse=True)
    return [one for *_, one in found]


def done_before(one: Open, memory: Memory) -> date | None:
    """The day on which the step before this one was said to be done, taken by a run or not yet; None where none was."""
    this = memory.touches.get(one.uid)
    if this is None or this.step < 2:
        return None
    said = {word.uid: word.on for word in memory.runs.words if word.kind is WordKind.DONE}
    before = (
        touch
        for touch in memory.touches.values()
        if (touch.lead_key, touch.party, touch.step) == (this.lead_key, this.party, this.step - 1)
    )
    days = [said.get(touch.uid) or (touch.done_on if touch.told else None) for touch in before]
    return max(filter(None, days), default=None)


def add_word(memory: Memory, word: Word) -> Memory:
    """Memory with this word for the next run. One that takes back a word no run has taken yet just removes it, and
    leaves what was said with another word before it."""
    words = memory.runs.words
    waiting = [said.kind for said in words if said.uid == word.uid]
    if word.kind is WordKind.TAKEN_BACK and waiting:
        words = tuple(said for said in words if (said.uid, said.kind) != (word.uid, waiting[-1]))
    else:
        words = (*words, word)
    return replace(memory, runs=replace(memory.runs, words=words))


def keys_of(leads: Iterable[Lead]) -> set[str]:
    """The keys of these leads, and those of the agencies and referrers they share follow-ups with."""
    return {key for lead in leads for key in (lead.key, agency_key(lead), referrer_key(lead)) if key}


def _is_settled(touch: TouchMemory) -> bool:
    return touch.reaction in (Reaction.TICKED, Reaction.DELETED)
