"""What a status says, by its words: pure, and the same for every column that holds one.

Its words stand in `status_words`, what turns them in `status_scan`.

Rules:

- The longest row of words wins: "no longer interested" is not "interested".
- Ends come first, then offers, interviews, tests, replies, what was sent, what is only an idea.
- A phrase is **settled** where its words leave one meaning. What may mean that the search is over is never settled
  here; neither is a guess of the seeker's own (`rejected?`), nor an end that is taken back ("rejected, but now again").
- A phrase that is not settled says what may be asked of its people meanwhile (`Asking`): nothing that its words, or
  words that nobody knows, could contradict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from sync.models import Asking, Stage
from sync.reading.status_scan import ASKED_ON, REACH, Claim, Day, Scan, mark_days, take_apart, take_turned
from sync.reading.status_words import CLAIMS, ENDS, STEPS, StatusWords, shipped_status_words

MAX_PHRASE = 300
"""Characters of a status that are read."""

_HAPPENS: Mapping[Stage, str] = {
    Stage.SENT: "sent",
    Stage.IN_TOUCH: "met",
    Stage.ASSESSMENT: "test",
    Stage.INTERVIEW: "interview",
    Stage.OFFER: "offer",
}
"""What happens on a bare day beside a stage that the seeker told."""
_CLOSED = (Stage.REJECTED, Stage.WITHDRAWN, Stage.NO_ANSWER)
_TURNING = frozenset(("not", "wait", "todo", "limit", "doubt", "decide", "contrast", "before", "planned"))
"""Turns beside a day that make it another than it seems."""
_WAITS = frozenset(("on_hold", "idle", "closed"))
_TERMS = frozenset(("decide", "request"))
_UNTIL = frozenset(("till", "earliest"))
_ACTS = frozenset(("remind", "contact"))
_NOT_TO_COME_BACK = frozenset(("not", "forbid", "wait", "decide", "before", "off", "doubt", "missed_call"))
_NAMES = 3
"""So many unknown words may be those of people: "call Kim Ito in January"."""
_LAST = frozenset(("limit", "till", "earliest"))
"""Turns of the words before a last day."""
_WAITED_IN = (Stage.SENT, Stage.IN_TOUCH, Stage.INTERVIEW)
_HANDED_IN = frozenset(("idea", "test", "sent", "request"))
"""Claims of what is still to be sent."""
_NOT_HANDED_IN = frozenset(
    ("remind", "decide", "wait", "contact", "own", "off", "moved", "before", "planned", "answer", "closing")
)
"""Turns that make a last day another one than that of something to be sent."""
_FURTHER = frozenset(("offer", "interview", "test", "reply"))


class Phrase(Struct, frozen=True):
    """What a status says.

    `stage` is settled or, where `settled` is False, the best guess (None: nothing in it is known). `waits_for_day`:
    it is sent only where the row has a day of the application, else an idea. `unanswered`: nothing came yet, which ends
    an old application and leaves a young one to its follow-ups. `keen`: somebody is interested; where the row has a day
    on which they were written to and none of an application, they are. `dated` holds each day in it, as it is written,
    with the sense it belongs to.
    """

    stage: Stage | None
    settled: bool
    asking: Asking = Asking.ALLOWED
    choices: tuple[Stage, ...] = ()
    waits_for_day: bool = False
    unanswered: bool = False
    keen: bool = False
    dated: tuple[tuple[str, str], ...] = ()
    moved: bool = False
    """What it speaks of takes place on another day than was said before."""
    off: bool = False
    """What it speaks of does not take place."""
    theirs: bool = False
    """It is their turn, or only a machine wrote: nobody waits for an answer of the seeker."""
    weak: bool = False
    """The guess rests on some of its words, and others may say otherwise: a person has to choose it."""


_DOOR_OPEN = Phrase(Stage.ON_HOLD, settled=False, asking=Asking.OWN_DATE, choices=(Stage.ON_HOLD, Stage.REJECTED))
"""`no for this year, try again in January`: nobody closes it unasked, and a day that it names is kept."""


def read_phrase(
    text: str, words: StatusWords, days: Sequence[tuple[int, int]] = (), told: Stage | None = None
) -> Phrase:
    """What this status says. `days` are the spans of the text that are dates or times; they are read elsewhere.

    `told`: the stage is known already, from the seeker; only what its days belong to is read.
    """
    scan = take_turned(mark_days(text[:MAX_PHRASE], days), words)
    phrase = Phrase(told, settled=True) if told else _judge(scan, words)
    written = [text[start:end] for start, end in days]
    dated = [
        (sense, day)
        for found, day in zip(scan.days, written, strict=False)
        for sense in _senses_of_day(scan, found, phrase.stage, told=told is not None)
        if sense
    ]
    if {"sent"} & {sense for sense, day in dated if ("wrote", day) not in dated}:
        dated = [(sense, day) for sense, day in dated if sense != "sent" or ("wrote", day) not in dated]
    held = any(_holds(scan, day) for day in scan.days)
    off = scan.has("off") and not held
    moved = scan.has("moved") or any(_is_replaced(scan, day) for day in scan.days)
    theirs = scan.has("wait") or scan.has("automatic") or any(claim.expected for claim in scan.claims)
    return replace(
        phrase, dated=tuple(dated), moved=moved and held, off=off, theirs=theirs, weak=_is_weak(scan, phrase)
    )


def _is_weak(scan: Scan, phrase: Phrase) -> bool:
    """Whether a guess stands beside something that nobody knows, that turns it, or (where it would end it) anything."""
    beside = scan.unknown or scan.turns or scan.days or scan.asked or scan.forbidden
    return not phrase.settled and bool(beside or (phrase.stage in _CLOSED and scan.known))


def _judge(scan: Scan, words: StatusWords) -> Phrase:
    said, doubtful = _said(scan)
    doubtful = doubtful or scan.asked or scan.has("doubt")
    ends = [sense for sense in said if sense in ENDS]
    if ends:
        return _judge_end(scan, said, ends, doubtful=doubtful)
    if scan.forbidden:
        return Phrase(Stage.REJECTED, settled=False, asking=Asking.NONE, choices=_CLOSED)
    if "accepted" in said and _is_to_answer(scan):
        return Phrase(Stage.OFFER, settled=True)  # "got the job, must answer by 12/1": nothing is accepted yet
    if "accepted" in said:
        return Phrase(Stage.ACCEPTED, settled=False, asking=Asking.NONE, choices=(Stage.ACCEPTED, Stage.OFFER))
    if "closed" in said or ("over" in said and set(said) <= {"over", "review"}):
        if scan.has("ajar"):
            return _DOOR_OPEN
        return Phrase(Stage.REJECTED, settled=False, asking=Asking.NONE, choices=_CLOSED)
    best = _furthest(scan, said)
    if scan.has("sorry") and best in (*ASKED_ON, "reply", None) and not scan.has("not"):
        return Phrase(Stage.REJECTED, settled=False, asking=Asking.NONE, choices=(Stage.REJECTED,))
    if best is None:
        return _guess(scan, words)
    if best in ASKED_ON and "idea" in said and best != "sent":
        best = "idea"
    if best in ASKED_ON and scan.has("not") and not {"unanswered", "idea"} & set(said):
        return Phrase(None, settled=False, asking=Asking.NONE)  # "do not follow up", "no 11/20": a no to whatever
    if best == "reply" and "idea" in said:
        doubtful = True  # "need references first": theirs, or still to be done
    stage = STEPS[best]
    called_off = scan.has("off") and not any(_holds(scan, day) for day in scan.days)
    doubtful = doubtful or (best in _FURTHER and (scan.denied or called_off or _is_open_choice(scan)))
    if best == "offer" and _is_sent(scan):
        return Phrase(Stage.OFFER, settled=False, asking=Asking.NONE, choices=(Stage.OFFER, Stage.SENT))
    allowed = 1 if best in ("reply", "review") else 0
    if doubtful or (best in (*ASKED_ON, "reply") and len(scan.unknown) > allowed):
        asking = Asking.OWN_DATE if best in (*ASKED_ON, "reply", "idea") and not doubtful else Asking.NONE
        return Phrase(stage, settled=False, asking=asking, choices=(stage,))
    return Phrase(
        stage, settled=True, waits_for_day=best == "open", unanswered=best == "unanswered", keen=best == "keen"
    )


def _furthest(scan: Scan, said: Sequence[str]) -> str | None:
    """The sense of the furthest step that is told, or that its turns tell without naming one."""
    best = next((sense for sense in STEPS if sense in said), None)
    if best == "interview" and "test" in said and all(_is_invited(claim) for claim in scan.claims):
        return "test"
    if best == "unanswered" and _FURTHER & set(said):
        return next(sense for sense in STEPS if sense in said and sense in _FURTHER)
    if best is not None:
        return best
    if scan.has("answer"):
        return "offer"
    if scan.days and scan.has("closing"):
        return "open"  # "closing date 12/1": an idea, unless it was applied for
    if scan.has("decide") or scan.has("remind"):
        return "open"  # "decision by 12/4", "follow up 12/1": nothing has come yet
    moved = [turn.end for turn in scan.turns if "moved" in turn.senses or "planned" in turn.senses]
    if any(end in day.after for end in moved for day in scan.days):
        return "interview"  # "moved to 12/8 at 3pm": what has a day is an appointment
    return None


def _is_invited(claim: Claim) -> bool:
    """Whether it speaks of no interview but by an invitation, which may be one to a test."""
    return "interview" not in claim.senses or "invited" in claim.senses


def _holds(scan: Scan, day: Day) -> bool:
    """Whether this day still stands: not where another one has taken its place, or it is called off.

    What is moved is a meeting: `applied 11/3, interview moved to 12/4` leaves the application where it was.
    """
    if _is_replaced(scan, day):
        return False
    near = _nearest([claim for claim in scan.claims if claim.senses - {"over"}], day.place, day.clause, scan.days)
    movable = near is None or not near.senses & {"sent", "followed"} or near.senses & _FURTHER
    for turn in scan.turns:
        if "moved" in turn.senses and movable:
            before = [other.place for other in scan.days if other.place < turn.place]
            behind_all = turn.is_signs and before and day.place == before[-1]  # "12/1 -> 12/4 に変更"
            if day.place < turn.place and not behind_all:
                return False
        if "off" in turn.senses and "moved" not in turn.senses and day.clause <= turn.clause <= day.clause + 1:
            return False
    met = near.senses if near else frozenset(sense for claim in scan.claims for sense in claim.senses)
    planned = any("planned" in turn.senses and turn.clause == day.clause for turn in scan.turns)
    return not (planned and met & {"interview", "test"}) or _is_new(scan, day)


def _is_replaced(scan: Scan, day: Day) -> bool:
    """`moved to 12/3 (was 11/24)`, `11/24 -> 12/3`: the phrase names the day that counts now."""
    last = {turn.end for turn in scan.turns if turn.senses & {"limit", "decide", "remind"}}
    others = [other for other in scan.days if other is not day and last.isdisjoint(other.after)]
    was = any("before" in turn.senses and turn.end in day.after for turn in scan.turns)
    met = any(claim.senses & {"interview", "test"} for claim in scan.claims)
    arrow = day.place + 1 in scan.arrows and any(other.place == day.place + 1 for other in others)
    return bool(others) and ((was and (met or scan.has("moved"))) or (arrow and met))


def _is_new(scan: Scan, day: Day) -> bool:
    return any("moved" in turn.senses and turn.place < day.place for turn in scan.turns)


def _is_open_choice(scan: Scan) -> bool:
    """`12/1 or 12/2`: nobody knows yet on which day."""
    pairs = [(one.place + 1, other.place) for one, other in pairwise(scan.days)]
    return any("either" in turn.senses and (turn.place, turn.end) in pairs for turn in scan.turns)


def _is_sent(scan: Scan) -> bool:
    """`Tilbud sendt`, `offer sent`: theirs to the seeker, or that of somebody who sells."""
    offers = [claim for claim in scan.claims if "offer" in claim.senses]
    theirs = ("offer", "followed", "received")
    sent = [claim for claim in scan.claims if "sent" in claim.senses and claim.senses.isdisjoint(theirs)]
    return any(
        one.clause == other.clause and (one.end == other.place or other.end == one.place)
        for one in offers
        for other in sent
    )


def _is_to_answer(scan: Scan) -> bool:
    """Whether a last day stands in it."""
    limits = [turn.end for turn in scan.turns if turn.senses & {"limit", "decide"}]
    return any(end in day.after for end in limits for day in scan.days)


def _said(scan: Scan) -> tuple[tuple[str, ...], bool]:
    """The senses as they were turned, in their order, and whether one of them was turned into something doubtful."""
    said: list[str] = []
    doubtful = False
    later = scan.has("yet")
    for claim in scan.claims:
        for sense in sorted(claim.senses & CLAIMS):
            if claim.over and sense in ("reply", "review", "idea", "interview"):
                found, odd = "rejected", True
            elif claim.negated and sense == "reply" and "heard" not in claim.senses:
                found, odd = ("open" if later else "rejected"), True  # "not in the next round"
            elif claim.negated:
                found, odd = _negate(sense, later=later)
            elif claim.expected:
                found, odd = _expect(sense)
            else:
                found, odd = sense, False
            doubtful = doubtful or odd
            if found:
                said.append(found)
    return tuple(dict.fromkeys(said)), doubtful


def _negate(sense: str, *, later: bool) -> tuple[str, bool]:
    """What a negated sense says, and whether that is a guess. `later`: it may still come."""
    if sense == "sent":
        return "idea", False
    if sense == "reply":
        return "unanswered", False
    if sense == "offer":
        return ("interview", True) if later else ("rejected", False)
    if sense in ("interview", "keen"):
        return ("open", True) if later else ("rejected", True)
    if sense == "test":
        return "test", not later
    if sense == "review":
        return "open", False
    if sense in ("over", "open", "unanswered"):
        return "", sense == "unanswered"
    return "open", True


def _expect(sense: str) -> tuple[str, bool]:
    """What a sense says that has not come yet."""
    if sense == "offer":
        return "interview", False
    if sense in ("interview", "test", "on_hold"):
        return sense, False
    return "open", sense not in ("review", "followed", "sent", "reply", "open", "unanswered", "over", "idea", "keen")


def _judge_end(scan: Scan, said: Sequence[str], ends: Sequence[str], *, doubtful: bool) -> Phrase:
    """An end, unless it is a guess, contradicts itself, or is taken back by what comes after it."""
    stage = ENDS[ends[0]]
    last = max((claim.end for claim in scan.claims if claim.senses & ENDS.keys()), default=0)
    back = next((turn.end for turn in scan.turns if "contrast" in turn.senses and turn.place >= last), MAX_PHRASE)
    again = [claim for claim in scan.claims if claim.place >= back and claim.senses & _FURTHER and not claim.negated]
    if again:
        sense = next(sense for sense in STEPS if sense in again[-1].senses)
        return Phrase(STEPS[sense], settled=False, asking=Asking.NONE, choices=(STEPS[sense], stage))
    if scan.has("ajar") and stage is Stage.REJECTED:
        return _DOOR_OPEN
    if doubtful or len(ends) > 1 or "accepted" in said:
        others = tuple(ENDS[end] for end in ends[1:])
        return Phrase(stage, settled=False, asking=Asking.NONE, choices=(stage, *others))
    return Phrase(stage, settled=True)


def _guess(scan: Scan, words: StatusWords) -> Phrase:
    """Nothing in it is known to say where the lead stands; a slip of the pen may tell what was meant."""
    if scan.has("not") or scan.has("idle"):
        return Phrase(None, settled=False, asking=Asking.NONE)
    for token in scan.unknown:
        near = words.nearest(token) if len(token) > 4 else ""
        senses = words.single[near] & CLAIMS if near else frozenset()
        for sense, stage in {**ENDS, "accepted": Stage.ACCEPTED, **STEPS}.items():
            if sense in senses:
                harmless = sense in ASKED_ON or sense in ("idea", "keen")
                asking = Asking.OWN_DATE if harmless else Asking.NONE
                return Phrase(stage, settled=False, asking=asking, choices=(stage,))
    return Phrase(None, settled=False, asking=Asking.OWN_DATE)


def _senses_of_day(scan: Scan, day: Day, stage: Stage | None, *, told: bool) -> Iterator[str]:
    """What happened, or is to happen, on this day: the claim before it in its clause, else the one after it.

    A last day (`by`, `closes`) is that of what it stands with: of an application that is still to be sent (`closes`),
    of an offer or a test (`answer`); of anything else it says nothing. What was asked for and `sent` was answered.
    """
    turns = {sense for turn in scan.turns if turn.end in day.after for sense in turn.senses}
    behind = [turn for turn in scan.turns if turn.place == day.place + 1 and turn.clause == day.clause]
    turns |= {
        sense
        for turn in behind
        for sense in turn.senses
        if sense == "remind" or "behind" in turn.senses or turn.is_signs
    }
    near = _nearest([claim for claim in scan.claims if claim.senses - {"over"}], day.place, day.clause, scan.days)
    apart = near is None or near.clause != day.clause
    if turns <= _LAST and (apart or (near and turns and "decide" in near.senses)) and _is_decided_on(scan, day):
        turns |= {"decide"}
    senses = near.senses if near else frozenset()
    senses |= {"request" for turn in scan.turns if "request" in turn.senses and abs(day.clause - turn.clause) <= 1}
    if not _holds(scan, day):
        return
    if turns & {"limit", "decide"} or ("till" in turns and (stage is Stage.IDEA or "request" in senses)):
        yield _say_last_day(scan, day, turns, _sense_of_last_day(scan, turns, senses, stage))
    elif "remind" in turns:
        yield "remind"
    elif near is not None and near.expected and "not" not in turns:
        yield "awaited"
    elif near is not None and "not" not in turns and not near.negated:
        sense = next((sense for sense in (*ENDS, *STEPS) if sense in senses), "")
        if "introduced" in senses or ("trial" in senses and sense == "test"):
            yield "introduced" if "introduced" in senses else "trial"
            return
        if sense == "test" and any(claim.place > near.place and "sent" in claim.senses for claim in scan.claims):
            return  # "test 11/29 sent in already"
        yield sense
        if "wrote" in senses and sense in ASKED_ON:
            yield "wrote"
        answered = any(claim.place > near.place and "sent" in claim.senses for claim in scan.claims)
        if sense == "reply" and (answered or "spoke" in senses):
            yield "followed"
    elif near is None and "moved" in turns:
        yield "interview"
    elif near is None and told and not turns:
        yield _HAPPENS.get(stage, "") if stage else ""


def _say_last_day(scan: Scan, day: Day, turns: Set[str], sense: str) -> str:
    """The sense of a last day, unless the seeker is to ask by it or to hand something in."""
    if sense == "decide":
        return "remind" if _is_for_the_seeker(scan, day) else sense
    return "hand_in" if "limit" in turns and _is_due_beside_a_meeting(scan, day) else sense


def _is_decided_on(scan: Scan, day: Day) -> bool:
    """`they decide after board meeting 12/8`: so many words of an occasion may stand between the two.

    Right behind the day it may stand as well: `gibt bis 4.12. Bescheid`.
    """
    told = [turn for turn in scan.turns if turn.senses - _LAST]
    mine = [turn for turn in told if turn.clause == day.clause]
    if not mine and not any(claim.clause == day.clause for claim in scan.claims):  # "lets me know soon, by 12/2"
        mine = [turn for turn in told if turn.clause == day.clause - 1 and "decide" in turn.senses]
    before = [turn for turn in mine if turn.place < day.place][-1:]
    behind = [turn for turn in mine if 0 < turn.place - day.place <= (REACH if turn.is_signs else 1)][:1]
    if any("decide" in turn.senses for turn in behind):
        return True
    if not before or "decide" not in before[0].senses or day.place - before[0].end > REACH:
        return False
    return not any(before[0].end <= other.place < day.place for other in scan.days)


def _is_for_the_seeker(scan: Scan, day: Day) -> bool:
    """`ask for their decision by 12/4`: who is to do something by this day is the seeker, and no one else."""
    for turn in scan.turns:
        if turn.clause != day.clause:
            continue
        begins = turn.place == 0 or turn.place in scan.ends
        if begins and turn.senses & {"own", "contact", "ask"}:
            return True
        if turn.place < day.place and turn.senses & {"ask", "remind"}:
            return True
        if turn.place == day.place + 1 and "ask" in turn.senses:
            return True
    return False


def _is_due_beside_a_meeting(scan: Scan, day: Day) -> bool:
    """`interview 12/2 2pm, presentation by 11/30`: what has a last day of its own beside that of a meeting."""
    dated = {other.clause for other in scan.days if other is not day}
    asked = any(turn.clause == day.clause and "ask" in turn.senses for turn in scan.turns)
    meetings = {claim.clause for claim in scan.claims if "interview" in claim.senses}
    if (day.clause in meetings and not asked) or dated.isdisjoint(meetings):
        return False
    claims = [claim.senses for claim in scan.claims if claim.clause == day.clause]
    turns = [turn.senses for turn in scan.turns if turn.clause == day.clause]
    told = asked or all(senses & _HANDED_IN for senses in claims)  # to send a presentation is no meeting
    return told and not any(senses & _NOT_HANDED_IN for senses in turns)


def tells_to_do(text: str) -> bool:
    """Whether these words begin with what somebody is to do: "answer by", "call Dan about"."""
    first = text.split()[:1]
    return bool(first) and bool(turns_in(first[0]) & {"own", "contact", "ask"})


def terms_in(text: str, days: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The days by which they decide, as they stand in this text. It may speak of anything else besides."""
    scan = take_turned(mark_days(text[:MAX_PHRASE], days), shipped_status_words())
    found = zip(scan.days, (text[start:end] for start, end in days), strict=False)
    return tuple(
        said
        for day, said in found
        if "decide" in _senses_of_day(scan, day, Stage.IN_TOUCH, told=True)
        or (_is_decided_on(scan, day) and not _is_for_the_seeker(scan, day))
        or any(turn.end in day.after and "remind" in turn.senses and turn.senses & _UNTIL for turn in scan.turns)
    )


def requests_in(text: str, days: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The days by which they wait for something that they asked for, as they stand in this text."""
    scan = take_turned(mark_days(text[:MAX_PHRASE], days), shipped_status_words())
    if not any("request" in turn.senses for turn in scan.turns):
        return ()
    found = zip(scan.days, (text[start:end] for start, end in days), strict=False)
    return tuple(said for day, said in found if "answer" in _senses_of_day(scan, day, Stage.IN_TOUCH, told=True))


def may_tell_a_term(text: str) -> bool:
    """Whether a word of a decision or of what they asked for stands in it."""
    return shipped_status_words().may_tell(text, _TERMS)


@lru_cache(maxsize=4096)
def tells_a_wait(text: str) -> bool:
    """Whether all waits by these words, until a time that they name or by nothing else: "on hold until January"."""
    words = shipped_status_words()
    if not words.may_tell(text, _WAITS):
        return False
    scan = take_turned(mark_days(text[:MAX_PHRASE], ()), words)
    phrase = _judge(scan, words)
    if not phrase.settled or phrase.stage is not Stage.ON_HOLD or scan.has("before"):
        return False
    until = any(turn.senses & _UNTIL and turn.end not in scan.ends for turn in scan.turns)
    return until or not (scan.unknown or any("on_hold" not in claim.senses for claim in scan.claims))


@lru_cache(maxsize=4096)
def tells_to_come_back(text: str, *, bare: bool) -> bool:
    """Whether these words say that the seeker is to write or call again, and nothing of what was: "ring her in May".

    `bare`: a mere word of writing or calling says so, too ("write in May").
    """
    scan = take_apart(text[:MAX_PHRASE], shipped_status_words())
    if scan.days or scan.asked or any(turn.senses & _NOT_TO_COME_BACK for turn in scan.turns):
        return False
    acts = {turn.place for turn in scan.turns if turn.senses & (_ACTS if bare else {"remind"})}
    return bool(acts) and len(scan.unknown) <= _NAMES and all(claim.place in acts for claim in scan.claims)


def _sense_of_last_day(scan: Scan, turns: Set[str], senses: frozenset[str], stage: Stage | None) -> str:
    """What is to be done by this day: `closes`, `answer`, or by them `decide`; empty where it says nothing.

    Nobody is asked before a last day (`due`), whatever it is that is due then.
    """
    may_close = stage in (Stage.IDEA, Stage.SENT)
    if scan.advert or ("closing" in turns and may_close and not senses & {"review", "unanswered", "followed"}):
        return "closes"
    if stage is Stage.OFFER or (turns & {"limit", "till"} and _is_to_be_handed_in(stage, senses)):
        return "answer"
    if "decide" in turns or ("till" in turns and scan.has("wait")):
        return "decide"
    return "closes" if stage is Stage.IDEA else "due" if stage in _WAITED_IN else ""


def _is_to_be_handed_in(stage: Stage | None, senses: frozenset[str]) -> bool:
    """Whether they wait for a test, or for something else that they asked for."""
    return stage is Stage.ASSESSMENT or "test" in senses or (stage is Stage.IN_TOUCH and "request" in senses)


def _nearest(claims: Sequence[Claim], place: int, clause: int, days: Sequence[Day]) -> Claim | None:
    before = [claim for claim in claims if claim.end <= place]
    after = [claim for claim in claims if claim.place > place]
    same = [claim for claim in before if claim.clause == clause]
    if same:
        return same[-1]
    if after and after[0].clause == clause:
        return after[0]
    if before and before[-1].clause == clause - 1 and not ("sent" in before[-1].senses and _has_day(before[-1], days)):
        return before[-1]
    return None


def _has_day(claim: Claim, days: Sequence[Day]) -> bool:
    """`applied 11/19, mail 11/24`: one is sent once, on the day beside it."""
    return any(day.clause == claim.clause for day in days)


def speaks_of_nothing_else(text: str, *, own_act: bool = False) -> bool:
    """Whether words beside a day leave it as it is: no negation, no end, no limit, nothing that is not known.

    `own_act`: it is the day of something the seeker did, so that nothing they did may be named.
    """
    scan = take_apart(text[:MAX_PHRASE], shipped_status_words())
    turned = any(turn.senses & _TURNING for turn in scan.turns)
    ended = any(
        claim.senses & {*ENDS, "closed", "no_answer", "on_hold", "idea", "keen", "unanswered"} for claim in scan.claims
    )
    ended = ended or (own_act and any(claim.senses & {*_FURTHER, "accepted"} for claim in scan.claims))
    return not (scan.unknown or scan.asked or turned or ended)


def turns_in(text: str) -> frozenset[str]:
    """The turns in these words: `not`, `off`, `moved` ..."""
    scan = take_apart(text[:MAX_PHRASE], shipped_status_words())
    return frozenset(sense for turn in scan.turns for sense in turn.senses)
