"""The numbers a seeker asks for: who answers, how long it takes, where leads wait, which follow-ups were done.

Only what the sheet shows or the user said counts; nothing is guessed. An **answer** is a message in, an offer, an
interview, or a status that only an answer gives (`ANSWERED`); it came, as far as the sheet shows, on the first of its
days that is known. A follow-up was **missed** when it stood in the calendar and its day passed without a sign; where
somebody never ticks and writes nothing down (`assumed`), nobody knows, and that is what is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, tzinfo
from statistics import median

from msgspec import Struct

from sync.memory import Memory, TouchMemory
from sync.models import Lead, Stage
from sync.moments import day_of
from sync.safe_text import clean
from sync.schedule.ledger import was_deleted

ANSWERED = frozenset({
    Stage.IN_TOUCH, Stage.ASSESSMENT, Stage.INTERVIEW, Stage.OFFER, Stage.ACCEPTED, Stage.REJECTED,
})  # fmt: skip
"""Stages that nobody reaches without an answer."""
WAITING = (
    Stage.IDEA, Stage.SENT, Stage.IN_TOUCH, Stage.ASSESSMENT, Stage.INTERVIEW, Stage.OFFER, Stage.ON_HOLD,
)  # fmt: skip
"""The stages of leads that are not closed, in the order in which one goes through them."""
FEW = 5
"""Of fewer leads a percentage says nothing."""


class Answers(Struct, frozen=True):
    """What came of the leads of one source or channel, as the sheet names it; empty where it names none."""

    name: str
    sent: int
    answered: int
    interviews: int


class Spread(Struct, frozen=True):
    """Days, of so many leads."""

    leads: int
    median: float
    shortest: int
    longest: int


class Waiting(Struct, frozen=True):
    """The open leads of one stage. The days count from the last sign; None where the sheet tells no day of any."""

    stage: Stage
    leads: int
    median_days: float | None = None
    longest_days: int | None = None
    longest: str = ""


class FollowUps(Struct, frozen=True):
    """What became of the follow-ups that stood in the calendar and are over."""

    done: int = 0
    missed: int = 0
    taken_out: int = 0
    unknown: int = 0
    """Their day passed and nothing is ever ticked or written down here: taken as done, known to nobody."""


class Stats(Struct, frozen=True):
    """The numbers of one seeker. `undated` answers are known by their status only: no day in the sheet tells when."""

    leads: int
    sent: int
    answered: int
    interviews: int
    by_source: tuple[Answers, ...]
    by_channel: tuple[Answers, ...]
    days_to_answer: Spread | None
    undated: int
    waiting: tuple[Waiting, ...]
    follow_ups: FollowUps


def make_stats(
    leads: Sequence[Lead], memory: Memory, *, today: date, zone: tzinfo, touching: frozenset[str]
) -> Stats:  # fmt: skip
    """The numbers on this day of the seeker's zone. `touching` are the rules whose touch reaches somebody else."""
    sent = [lead for lead in leads if was_sent(lead, today, zone)]
    answered = [lead for lead in sent if has_answer(lead, today, zone)]
    days = [days_to_answer(lead, today, zone) for lead in answered]
    known = [count for count in days if count is not None]
    return Stats(
        leads=len(leads),
        sent=len(sent),
        answered=len(answered),
        interviews=sum(map(had_interview, sent)),
        by_source=_grouped(sent, lambda lead: lead.source, today, zone),
        by_channel=_grouped(sent, lambda lead: lead.channel, today, zone),
        days_to_answer=Spread(len(known), median(known), min(known), max(known)) if known else None,
        undated=len(days) - len(known),
        waiting=tuple(_waiting(leads, memory, today, zone)),
        follow_ups=_count_follow_ups(memory.touches.values(), touching),
    )


def was_sent(lead: Lead, today: date, zone: tzinfo) -> bool:
    """Whether the sheet shows that something was sent, by a day that has come, a count or what followed from it."""
    days = (lead.applied_on, lead.last_outbound)
    return (
        any(day is not None and day_of(day, zone) <= today for day in days)
        or bool(lead.follow_ups_done)
        or (lead.stage_known and lead.stage in (Stage.SENT, Stage.NO_ANSWER))
        or has_answer(lead, today, zone)
    )


def has_answer(lead: Lead, today: date, zone: tzinfo) -> bool:
    """Whether the sheet shows an answer; an interview that is still to come is one."""
    return bool(_answer_days(lead, today, zone)) or had_interview(lead) or (lead.stage_known and lead.stage in ANSWERED)


def had_interview(lead: Lead) -> bool:
    """Whether it led to an interview, held or agreed."""
    got = lead.stage_known and lead.stage in (Stage.INTERVIEW, Stage.OFFER, Stage.ACCEPTED)
    return got or lead.interview_at is not None or bool(lead.earlier_rounds)


def days_to_answer(lead: Lead, today: date, zone: tzinfo) -> int | None:
    """From the application to the first answer that the sheet gives a day to; None without either day."""
    if lead.applied_on is None:
        return None
    first = min((day for day in _answer_days(lead, today, zone) if day >= lead.applied_on), default=None)
    return None if first is None else (first - lead.applied_on).days


def last_sign(lead: Lead, ticked: Iterable[date], today: date, zone: tzinfo) -> date | None:
    """The day of the last sign of life that the sheet or a tick shows, at the latest today."""
    told = (lead.received_at, lead.applied_on, lead.last_inbound, lead.last_outbound, lead.meeting_on)
    held = (*(known.at for known in lead.earlier_rounds), lead.interview_at, lead.offer_on)
    days = (*(day_of(moment, zone) for moment in (*told, *held) if moment is not None), *ticked)
    return max((day for day in days if day <= today), default=None)


def percent(part: int, whole: int) -> int | None:
    """How many of a hundred; None where there are too few to say."""
    return round(100 * part / whole) if whole >= FEW else None


def _answer_days(lead: Lead, today: date, zone: tzinfo) -> list[date]:
    told = (lead.last_inbound, lead.under_consideration_on, lead.offer_on, lead.interview_at)
    rounds = (known.at for known in lead.earlier_rounds)
    return [day for moment in (*told, *rounds) if moment is not None and (day := day_of(moment, zone)) <= today]


def _grouped(
    sent: Iterable[Lead], name: Callable[[Lead], str], today: date, zone: tzinfo
) -> tuple[Answers, ...]:  # fmt: skip
    """The leads by what they have in common, most of them first; spellings that differ in case are one."""
    groups: dict[str, list[Lead]] = {}
    spelled: dict[str, Counter[str]] = {}
    for lead in sent:
        text = clean(name(lead))
        groups.setdefault(text.casefold(), []).append(lead)
        spelled.setdefault(text.casefold(), Counter())[text] += 1
    found = [
        Answers(
            min(spelled[key], key=lambda text: (-spelled[key][text], text)),
            len(leads),
            sum(has_answer(lead, today, zone) for lead in leads),
            sum(map(had_interview, leads)),
        )
        for key, leads in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.sent, not one.name, one.name)))


def _waiting(leads: Iterable[Lead], memory: Memory, today: date, zone: tzinfo) -> Iterable[Waiting]:
    ticked: dict[str, list[date]] = {}
    for touch in memory.touches.values():
        if touch.done_on is not None and not touch.assumed:
            ticked.setdefault(touch.lead_key, []).append(touch.done_on)
    by_stage: dict[Stage, list[Lead]] = {}
    for lead in leads:
        if lead.interested:
            by_stage.setdefault(lead.stage, []).append(lead)
    for stage in WAITING:
        theirs = by_stage.get(stage, [])
        signs = ((last_sign(lead, ticked.get(lead.key, ()), today, zone), lead) for lead in theirs)
        waits = sorted(((today - day).days, clean(lead.label)) for day, lead in signs if day is not None)
        if waits:
            longest, label = waits[-1]
            yield Waiting(stage, len(theirs), median(days for days, _ in waits), longest, label)
        elif theirs:
            yield Waiting(stage, len(theirs))


def _count_follow_ups(touches: Iterable[TouchMemory], touching: frozenset[str]) -> FollowUps:
    done = missed = taken_out = unknown = 0
    for touch in touches:
        if touch.rule not in touching or not touch.published:
            continue
        if touch.done_on is not None:
            done += not touch.assumed
            unknown += touch.assumed
        elif was_deleted(touch):
            taken_out += 1
        else:
            missed += touch.missed
    return FollowUps(done, missed, taken_out, unknown)
