"""A status taken apart: its claims and the words that turn them.

- A **turn** is a word that turns others: `not`, `wait` ("waiting for an offer" is none), `doubt`, `contrast`, `moved`
  (what was before it holds no more), `before` (what is behind it holds no more), `planned` (it was to take place),
  `off` (it does not take place), `todo` (it is not sent yet). `ad` and `advert` tell a posting from an offer.
- A **claim** is a sense as it stands in the phrase, turned by what stands before it in its clause.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from msgspec import Struct, field
from msgspec.structs import replace

from sync.reading.status_words import CLAIMS, SIGNS, Entry, StatusWords, fold

REACH = 4
"""So many words after it a turn still turns."""
_NAMED = 2
"""So many words behind `via` or `with` are a name: `with Dana Reed`."""
ASKED_ON = frozenset(("review", "followed", "sent", "open", "unanswered"))
"""Claims of a lead that is followed up: only where no other word could say otherwise."""

UNTOLD = frozenset(("request", "calls", "ask", "own"))
"""What is wanted, asked or to be done is no word on where the lead stands: such words are not known for that."""
_TOKEN = rf"[{SIGNS}]|[^\W_{SIGNS}]+|->|[,;/|>→⇒➡.()\[\]–—:+&\n]|(?<=\s)-(?=\s)|[?？]|[^\w\s]|_"
_BREAKS = frozenset(",;/|>→⇒➡.()[]–—+&\n-、，。；") | {"->"}
_ARROWS = frozenset(("->", "→", "⇒", "➡"))
_HYPHEN = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
"""`no-show` is one word, and no part of the phrase ends in it."""
_ENDED = re.compile(r"(?<=\ue000) -(?=ig\b)")
"""`dec. 3-ig`: the end of a word behind a number."""
_REPEATED = re.compile(r"(\w)\1{2,}")


class Claim(Struct):
    """A sense where it stands. `place` counts words, `clause` the parts of the phrase."""

    senses: frozenset[str]
    place: int
    end: int
    clause: int
    negated: bool = False
    expected: bool = False
    over: bool = False
    """It was so, and is `no longer`."""
    is_signs: bool = False
    """Chinese, Japanese or Korean, where a turn stands behind what it turns."""


class Day(Struct, frozen=True):
    """A day in the phrase. What ends at one of these places stands right before it."""

    place: int
    clause: int
    after: tuple[int, ...]


class Scan(Struct):
    """The words of a phrase, taken apart."""

    claims: list[Claim] = field(default_factory=list)
    turns: list[Claim] = field(default_factory=list)
    days: list[Day] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    advert: bool = False
    """What is called an offer is the posting."""
    denied: bool = False
    """A negation stands in it that turned nothing that is known."""
    asked: bool = False
    forbidden: bool = False
    """They do not want to hear from the seeker."""
    known: int = 0
    arrows: frozenset[int] = frozenset()
    """The places before which an arrow stands."""
    ends: frozenset[int] = frozenset()
    """The places where a part of the phrase ends."""

    def has(self, sense: str) -> bool:
        """Whether this turn stands anywhere."""
        return any(sense in turn.senses for turn in self.turns)


_DAY = "\ue000"
"""Stands for a day in the phrase; a sign of the private use area that clean text does not hold."""


def mark_days(text: str, days: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(days):
        text = f"{text[:start]} {_DAY} {text[end:]}"
    return text


@cache
def _token_pattern() -> re.Pattern[str]:
    """Made when the first status is read word by word: a pattern of so many signs takes as long as a hundred others."""
    return re.compile(_TOKEN)


@cache
def _sign_pattern() -> re.Pattern[str]:
    return re.compile(f"[{SIGNS}]")


def take_turned(text: str, words: StatusWords) -> Scan:
    """The claims of the phrase as they stand once every turn has acted on them."""
    scan = take_apart(text, words)
    _move(scan)
    _miss_calls(scan)
    _forbid(scan)
    _open_again(scan)
    _turn(scan)
    _drop_adverts(scan)
    _drop_old_plans(scan)
    return scan


def take_apart(text: str, words: StatusWords) -> Scan:
    """The words of the phrase with what each says, none turned yet."""
    scan, clause = Scan(), 0
    tokens: list[str] = []
    clauses: list[int] = []
    plain = _HYPHEN.sub(" ", f" {fold(text)} ")
    plain = _ENDED.sub(" ", plain)
    for short, whole in words.spelled.items():
        plain = plain.replace(short, whole)
    for token in _token_pattern().findall(plain):
        if token in ("?", "？"):
            scan.asked = True
        elif token in _BREAKS:
            clause += 1
            if token in _ARROWS:
                scan.arrows |= {len(tokens)}
        elif token not in words.small and (token[0].isalnum() or token == _DAY or token in words.whole):
            tokens.append(token)
            clauses.append(clause)
    scan.ends = frozenset(i + 1 for i, own in enumerate(clauses) if clauses[i + 1 : i + 2] != [own])
    place = named = 0
    while place < len(tokens):
        if tokens[place] in words.ways:
            named = place + 1 + _NAMED
        if tokens[place] == _DAY:
            weekday = place > 0 and tokens[place - 1] in words.weekdays  # "by Mon 11/30"
            scan.days.append(Day(place, clauses[place], (place - 1, place) if weekday else (place,)))
            place += 1
            continue
        entry = words.find(tokens, place) or _repaired(tokens, place, words)
        if entry is None:
            by_way = place < named and clauses[place] == clauses[place - 1]
            if tokens[place] not in words.neutral and not tokens[place].isdigit() and not by_way:
                scan.unknown.append(tokens[place])
            else:
                scan.known += 1
            place += 1
            continue
        end = place + len(entry.words)
        found = Claim(entry.senses, place, end, clauses[place], is_signs=bool(_sign_pattern().match(tokens[place])))
        if entry.senses - CLAIMS:
            scan.turns.append(found)
        if entry.senses & CLAIMS:
            scan.claims.append(found)
        scan.unknown.extend(entry.words if _is_untold(entry) else ())
        scan.known += not entry.senses
        place = end
    return scan


def _is_untold(entry: Entry) -> bool:
    return bool(entry.senses) and entry.senses <= UNTOLD


def _move(scan: Scan) -> None:
    """`was supposed to interview 11/24, now 12/3`: the day behind such a word is in the place of the one before it."""
    planned = scan.has("planned") or any(claim.senses & {"interview", "test"} for claim in scan.claims)
    for turn in scan.turns if planned and len(scan.days) > 1 else ():
        if "today" in turn.senses and any(turn.end in day.after and day is not scan.days[0] for day in scan.days):
            scan.claims = [claim for claim in scan.claims if claim is not turn]
            turn.senses |= {"moved"}


def _miss_calls(scan: Scan) -> None:
    """`phone screen 11/24 no answer`: nobody picked up. Behind a comma, or where it may still come, it is of later."""
    calls = [turn for turn in scan.turns if "by_phone" in turn.senses]
    for turn in scan.turns if not scan.has("yet") else ():
        missed = "missed_call" in turn.senses
        if missed and any(call.clause == turn.clause and call.end <= turn.place for call in calls):
            turn.senses |= {"off"}


def _forbid(scan: Scan) -> None:
    """`asked me not to write again`: a word of contact right behind one that forbids it, or before it in signs."""
    for turn in scan.turns:
        for other in (*scan.turns, *scan.claims) if "forbid" in turn.senses else ():
            if "contact" not in other.senses or other.clause != turn.clause:
                continue
            before, behind = turn.place - other.end, other.place - turn.end
            scan.forbidden = scan.forbidden or 0 <= behind <= 1 or (other.is_signs and 0 <= before <= 1)


def _open_again(scan: Scan) -> None:
    """`closed for holidays until 1/4`: they are back on that day. `no work till after xmas`: it is a wait till then."""
    for turn in scan.turns:
        if not turn.senses & {"till", "earliest"}:
            continue
        closed = [claim for claim in scan.claims if claim.clause == turn.clause and "closed" in claim.senses]
        idle = [other for other in scan.turns if "idle" in other.senses and _lasts_until(scan, other, turn)]
        if "till" in turn.senses:
            idle += [claim for claim in closed if _lasts_until(scan, claim, turn)]
        on_day = any(_is_beside(turn, day) for day in scan.days)
        if on_day and (idle or ("till" in turn.senses and closed)):
            turn.senses = turn.senses - {"limit", "decide"} | {"remind"}
        elif not idle:
            continue
        over = {other.place for other in (*idle, *closed)}
        scan.claims = [claim for claim in scan.claims if claim.place not in over]
        if not on_day:
            scan.claims.append(replace(idle[0], senses=frozenset(("on_hold",))))


def _lasts_until(scan: Scan, idle: Claim, turn: Claim) -> bool:
    """Whether these words say until when it is so: a time stands behind `turn`, or between the two."""
    if idle.clause != turn.clause or idle.place == turn.place:
        return False
    if turn.place > idle.place:
        happens = any(claim.place == turn.end for claim in scan.claims)  # "nothing before interview" says no time
        return turn.place - idle.end <= REACH and turn.end not in scan.ends and not happens
    return 0 < idle.place - turn.end <= REACH


def _is_beside(turn: Claim, day: Day) -> bool:
    return turn.end in day.after or (turn.is_signs and turn.place == day.place + 1)


def _repaired(tokens: Sequence[str], place: int, words: StatusWords) -> Entry | None:
    """`reeejected`: a letter that somebody leaned on."""
    short = _REPEATED.sub(r"\1", tokens[place])
    return words.find([short], 0) if short != tokens[place] else None


def _turn(scan: Scan) -> None:
    """Let every turn act on the next claim of its clause; one that has turned something is no claim itself."""
    scan.turns = [turn for turn in scan.turns if not _is_about_a_perk(scan, turn)]
    for turn in scan.turns:
        if "todo" in turn.senses:
            _put_before(scan, turn)
        if "coming" in turn.senses:
            _expect_offer(scan, turn)
        if not turn.senses & {"not", "wait"}:
            continue
        target = next(
            (
                claim
                for claim in scan.claims
                if claim.clause == turn.clause and turn.end <= claim.place <= turn.end + REACH and claim is not turn
            ),
            None,
        )
        if target is None:
            target = _turned_back(scan, turn)
        if target is None:
            scan.denied = scan.denied or "not" in turn.senses
            if "wait" in turn.senses and turn not in scan.claims:
                scan.claims.append(replace(turn, senses=frozenset(("open",)), expected=True))
            elif "wait" in turn.senses and "open" in turn.senses:
                turn.expected = True
            continue
        if "not" in turn.senses:
            target.negated, target.over = True, "no_longer" in turn.senses
        else:
            target.expected = True
        if turn in scan.claims:
            scan.claims.remove(turn)


def _expect_offer(scan: Scan, turn: Claim) -> None:
    """`offer expected`, `Angebot in Aussicht`: it is promised, and nobody has made it."""
    for claim in scan.claims:
        if (
            "offer" in claim.senses
            and claim.clause == turn.clause
            and (turn.place == claim.end or turn.end == claim.place)
        ):
            claim.expected = True


def _is_about_a_perk(scan: Scan, turn: Claim) -> bool:
    """`no benefits`: what the job does not give says nothing of where the lead stands."""
    if "not" not in turn.senses:
        return False
    near = [other for other in (*scan.claims, *scan.turns) if turn.end <= other.place <= turn.end + 1]
    return any("perk" in other.senses and other.clause == turn.clause for other in near)


def _put_before(scan: Scan, turn: Claim) -> None:
    """`candidature à finaliser`: what is still to be done is not sent, unless its day is there; else it is an idea."""
    sent = [claim for claim in scan.claims if claim.clause == turn.clause and "sent" in claim.senses]
    dated = any(day.place == claim.end for claim in sent for day in scan.days)
    for claim in () if dated else sent:
        claim.negated = True
    if not sent:
        scan.claims.append(replace(turn, senses=frozenset(("idea",))))


def _turned_back(scan: Scan, turn: Claim) -> Claim | None:
    """`interview not held`: a negation with nothing after it is about what stands before it.

    One that belongs to a noun (`no benefits`) has it after it; behind a day (`sent 10/30 no`) it is an answer.
    """
    if "not" not in turn.senses:
        return None
    behind_day = any(day.place + 1 == turn.place for day in scan.days)
    if "none" in turn.senses and (turn.end not in scan.ends or behind_day):
        return None
    before = [claim for claim in scan.claims if claim.clause == turn.clause and claim.end <= turn.place]
    return before[-1] if before else None


def _drop_adverts(scan: Scan) -> None:
    """`oferta vista en un portal`, `CV wysłane na ofertę`: the posting is called an offer, and nobody has made one."""
    nouns = [turn.place for turn in scan.turns if "ad" in turn.senses]
    adverts = [claim for claim in scan.claims if "offer" in claim.senses and claim.place in nouns]
    own = [claim for claim in scan.claims if not claim.negated and "received" not in claim.senses]
    applied = any(claim.senses & {*ASKED_ON, "idea"} for claim in own)
    signs = {turn.place for turn in scan.turns if "advert" in turn.senses}
    if (
        not adverts
        or not (applied or signs)
        or any("offer" in claim.senses for claim in scan.claims if claim not in adverts)
    ):
        return
    scan.advert = True
    scan.claims = [
        claim
        for claim in scan.claims
        if claim not in adverts and not (claim.senses & {"reply", "review"} and claim.place in signs)
    ]
    if not scan.claims:
        scan.claims.append(replace(adverts[0], senses=frozenset(("open",))))


def _drop_old_plans(scan: Scan) -> None:
    """`interview moved to 12/4` is not on hold: what is put off is the interview. Nor is `11/30 마감` closed."""
    closing = {turn.place for turn in scan.turns if "closing" in turn.senses}
    scan.claims = [claim for claim in scan.claims if not ("sent" in claim.senses and claim.place in closing)]
    limits = [turn for turn in scan.turns if "limit" in turn.senses]
    last = {turn.place for turn in limits for day in scan.days if turn.end in day.after or turn.place == day.place + 1}
    scan.claims = [claim for claim in scan.claims if not ("closed" in claim.senses and claim.place in last)]
    about_days = {"moved", "off"} if scan.days or scan.has("moved") else {"moved"}
    moved = {turn.place for turn in scan.turns if turn.senses & about_days}
    if moved and any(claim.senses & {"interview", "test"} for claim in scan.claims):
        scan.claims = [
            claim for claim in scan.claims if claim.place not in moved or claim.senses & {"interview", "test"}
        ]
