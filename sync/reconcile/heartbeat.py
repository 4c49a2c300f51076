"""The event that rings when the runs stop: nobody reads cron mail.

It lies a few days ahead and is pushed on by the first good run of a day, so it is seen only when there was none for so
long. Its text is written ahead. A run that fails leaves it where it is; so does one that holds deletes back (`held`).

It stands a quarter of an hour before the day's hours, where nothing else of ours is. Whoever deletes it has switched
it off.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from msgspec.structs import replace

from sync.advice import Advice
from sync.config import Settings
from sync.events import to_event
from sync.memory import Memory, Reaction, TouchMemory
from sync.models import Abilities, Touch, TouchClass
from sync.reconcile.changes import Wish
from sync.reconcile.identity import SELF, make_uid

RULE = "heartbeat"
LENGTH = timedelta(minutes=15)


def make_heartbeat(
    memory: Memory, *, settings: Settings, advice: Advice, abilities: Abilities, now: datetime
) -> Wish | None:
    """The heartbeat as a good run of today leaves it; None where it is switched off or makes no sense."""
    days = settings.target.heartbeat_days
    uid, generation = _identify(memory, settings.owner)
    known = memory.touches.get(uid)
    if not days or not abilities.reactions or (known is not None and known.reaction is Reaction.DELETED):
        return None
    today = now.astimezone(settings.zone).date()
    start = datetime.combine(today + timedelta(days=days), _hour(settings), tzinfo=settings.zone)
    touch = Touch(
        uid=uid,
        rule=RULE,
        kind=TouchClass.SELF,
        lead_key=SELF,
        party="",
        round=0,
        generation=generation,
        step=1,
        lead=None,
        row=None,
        start=start,
        end=start + LENGTH,
        zone=settings.timezone,
        given=start,
        deadline=None,
        summary=advice.wording.say("heartbeat.title"),
        description=advice.wording.say("heartbeat.text", day=advice.wording.day(today)),
        channel="",
        who="",
        move="",
        tentative=False,
        published=True,
        reason=(advice.wording.say("heartbeat.reason", days=days),),
        alarm=True,
        discreet=advice.wording.say("heartbeat.title"),
    )
    return Wish(touch, to_event(touch, settings=settings, abilities=abilities))


def remember_heartbeat(memory: Memory, wish: Wish) -> Memory:
    """Memory that knows the heartbeat for one of ours."""
    touch = wish.touch
    known = memory.touches.get(touch.uid) or TouchMemory(touch.uid, SELF, RULE, generation=touch.generation)
    return replace(memory, touches={**memory.touches, touch.uid: replace(known, start=touch.start, published=True)})


def _identify(memory: Memory, owner: str) -> tuple[str, int]:
    """A deleted UID is never used twice; one that the user deleted is found again, so that it stays off."""
    generation = 0
    while True:
        uid = make_uid(owner, SELF, RULE, generation=generation)
        event, touch = memory.events.get(uid), memory.touches.get(uid)
        if event is None or not event.gone or (touch is not None and touch.reaction is Reaction.DELETED):
            return uid, generation
        generation += 1


def _hour(settings: Settings) -> time:
    first = min(settings.work_hours.start, settings.message_hours.start)
    before = datetime.combine(date.min + timedelta(days=1), first) - LENGTH
    return before.time() if before.date() > date.min else first
