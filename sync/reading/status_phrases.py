"""What a status says, by its words: pure, and the same for every column that holds one.

Vocabulary (`mappings/status_words.toml`):

- A **sense** is what a word or a row of words says: rejected, offer, sent ... A word may have several.
- A **turn** is a word that turns others: `not`, `wait` ("waiting for an offer" is none), `doubt`, `contrast`, `moved`
  (what was before it holds no more), `off` (it does not take place). `ad` and `advert` tell a job offer from an offer.
- A **claim** is a sense as it stands in the phrase, turned by what stands before it in its clause.

Rules (DESIGN 9):

- The longest row of words wins: "no longer interested" is not "interested".
- Ends come first, then offers, interviews, tests, replies, what was sent, what is only an idea.
- A phrase is **settled** where its words leave one meaning. What may mean that the search is over is never settled
  here; neither is a guess of the seeker's own (`rejected?`), nor an end that is taken back ("rejected, but now again").
- A phrase that is not settled says what may be asked of its people meanwhile (`Asking`): nothing that its words, or
  words that nobody knows, could contradict.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sync.models import Asking, Stage
from sync.reading.date_words import shipped_date_words

MAX_PHRASE = 300
"""Characters of a status that are read."""
REACH = 4
"""So many words after it a turn still turns."""

_SIGNS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\u3005\u3006"
_TOKEN = rf"[{_SIGNS}]|[^\W_{_SIGNS}]+|->|[,;/|>→⇒➡.()\[\]–—:+&\n]|(?<=\s)-(?=\s)|[?？]|[^\w\s]|_"
_BREAKS = frozenset(",;/|>→⇒➡.()[]–—+&\n-、，。；") | {"->"}
_APOSTROPHES = re.compile(r"(?<=\w)['’`´](?=\w)")
_REPEATED = re.compile(r"(\w)\1{2,}")
_FOLDED = str.maketrans({"ł": "l", "ø": "o", "æ": "ae", "đ": "d", "ı": "i", "ё": "е", "œ": "oe"})

_ENDS: Mapping[str, Stage] = {"rejected": Stage.REJECTED, "withdrawn": Stage.WITHDRAWN}
_STEPS: Mapping[str, Stage] = {
    "no_answer": Stage.NO_ANSWER,
    "on_hold": Stage.ON_HOLD,
    "offer": Stage.OFFER,
    "interview": Stage.INTERVIEW,
    "test": Stage.ASSESSMENT,
    "reply": Stage.IN_TOUCH,
    "unanswered": Stage.SENT,
    "followed": Stage.SENT,
    "sent": Stage.SENT,
    "open": Stage.SENT,
    "idea": Stage.IDEA,
}
"""What a lead is by its furthest claim; the order is that of precedence."""
_HAPPENS: Mapping[Stage, str] = {
    Stage.SENT: "sent",
    Stage.IN_TOUCH: "reply",
    Stage.ASSESSMENT: "test",
    Stage.INTERVIEW: "interview",
    Stage.OFFER: "offer",
}
"""What happens on a bare day beside a stage that the seeker told."""
_CLOSED = (Stage.REJECTED, Stage.WITHDRAWN, Stage.NO_ANSWER)
_CLAIMS = frozenset((*_ENDS, *_STEPS, "accepted", "closed", "over"))
_FURTHER = frozenset(("offer", "interview", "test", "reply"))
_ASKED_ON = frozenset(("followed", "sent", "open", "unanswered"))
"""Claims of a lead that is followed up: only where no other word could say otherwise."""


class Phrase(Struct, frozen=True):
    """What a status says.

    `stage` is settled or, where `settled` is False, the best guess (None: nothing in it is known). `waits_for_day`:
    it is sent only where the row has a day of the application, else an idea. `unanswered`: nothing came yet, which ends
    an old application and leaves a young one to its follow-ups. `dated` holds each day in it, as it is written, with
    the sense it belongs to.
    """

    stage: Stage | None
    settled: bool
    asking: Asking = Asking.ALLOWED
    choices: tuple[Stage, ...] = ()
    waits_for_day: bool = False
    unanswered: bool = False
    dated: tuple[tuple[str, str], ...] = ()


class _Entry(Struct, frozen=True):
    """A row of words with its senses."""

    words: tuple[str, ...]
    senses: frozenset[str]

    @property
    def weight(self) -> tuple[int, int]:
        """The longer entry wins, then the one that says its words in full."""
        return len(self.words), -sum("*" in word for word in self.words)


class StatusWords(Struct, frozen=True):
    """All entries, found by their first word: the word itself, its first two letters, or any (`*x`)."""

    whole: Mapping[str, tuple[_Entry, ...]]
    begun: Mapping[str, tuple[_Entry, ...]]
    ended: tuple[_Entry, ...]
    spelled: Mapping[str, str]
    """Shortened words with a sign in them (`i/v`), each in full."""
    weekdays: frozenset[str]
    small: frozenset[str]
    neutral: frozenset[str]
    ways: frozenset[str]
    """What follows one of them is a place or a person: "applied via" a job board."""
    single: Mapping[str, frozenset[str]]
    """Senses of entries of one whole word: what a slip of the pen is compared with."""

    def find(self, tokens: Sequence[str], start: int) -> _Entry | None:
        """The best entry that begins here."""
        token = tokens[start]
        candidates = (*self.whole.get(token, ()), *self.begun.get(token[:2], ()), *self.ended)
        fitting = sorted((e for e in candidates if _fits(e.words, tokens, start)), key=lambda e: e.weight, reverse=True)
        if not fitting:
            return None
        best = fitting[0]
        alike = [entry for entry in fitting if len(entry.words) == len(best.words)]
        claims = next((entry.senses & _CLAIMS for entry in alike if entry.senses & _CLAIMS), frozenset())
        turns = frozenset(sense for entry in alike for sense in entry.senses - _CLAIMS)
        return best if best.senses == claims | turns else _Entry(best.words, claims | turns)


def _fits(words: Sequence[str], tokens: Sequence[str], start: int) -> bool:
    if start + len(words) > len(tokens):
        return False
    for word, token in zip(words, tokens[start:], strict=False):
        if word == token:
            continue
        if word.endswith("*") and token.startswith(word[:-1]):
            continue
        if word.startswith("*") and token.endswith(word[1:]) and len(token) > len(word) - 1:
            continue
        return False
    return True


def parse_status_words(text: str) -> StatusWords:
    """The words in the text of `status_words.toml`."""
    senses: dict[tuple[str, ...], set[str]] = {}
    listed: dict[str, frozenset[str]] = {}
    document: dict[str, Any] = tomllib.loads(text)
    small = frozenset(fold(word) for word in document["small"]["any"])
    spelled = document.pop("spelled")
    for sense, languages in document.items():
        words = [word for several in languages.values() for word in several]
        if sense in ("small", "neutral", "way"):
            listed[sense] = frozenset(fold(word) for word in words)
            continue
        for word in words:
            tokens = tuple(token for token in _tokens(word) if token not in small)
            senses.setdefault(tokens, set()).add(sense)
    whole: dict[str, list[_Entry]] = {}
    begun: dict[str, list[_Entry]] = {}
    ended: list[_Entry] = []
    for tokens, found in senses.items():
        entry, first = _Entry(tokens, frozenset(found)), tokens[0]
        if first.startswith("*"):
            ended.append(entry)
        elif first.endswith("*"):
            begun.setdefault(first[:2], []).append(entry)
        else:
            whole.setdefault(first, []).append(entry)
    return StatusWords(
        whole={word: tuple(entries) for word, entries in whole.items()},
        begun={word: tuple(entries) for word, entries in begun.items()},
        ended=tuple(ended),
        spelled={f" {short} ": f" {whole} " for short, whole in spelled.items()},
        weekdays=frozenset(map(fold, shipped_date_words().weekdays)),
        small=small,
        neutral=listed["neutral"] | listed["way"],
        ways=listed["way"],
        single={t[0]: frozenset(found) for t, found in senses.items() if len(t) == 1 and "*" not in t[0]},
    )


@cache
def shipped_status_words() -> StatusWords:
    """The words that lie in `mappings/`: read once, and only where a status is not known as a whole."""
    return parse_status_words(files("mappings").joinpath("status_words.toml").read_text("utf-8"))


def fold(text: str) -> str:
    """One width, lower case, without apostrophes and accents of Latin letters."""
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).casefold()).translate(_FOLDED)
    if plain.isascii():
        return plain
    letters: list[str] = []
    for letter in unicodedata.normalize("NFD", plain):
        if unicodedata.combining(letter) and letters and letters[-1].isascii():
            continue
        letters.append(letter)
    return unicodedata.normalize("NFC", "".join(letters))


def _tokens(pattern: str) -> list[str]:
    """The words of an entry; a star stays with its word. Most are plain letters, and there are thousands."""
    if pattern.isascii() and "'" not in pattern:
        return pattern.lower().replace("-", " ").split()
    parts = (re.findall(rf"[{_SIGNS}]|[^\s\-{_SIGNS}]+", part) for part in fold(pattern).split())
    return [token for part in parts for token in part]


class _Claim(Struct):
    """A sense where it stands. `place` counts words, `clause` the parts of the phrase."""

    senses: frozenset[str]
    place: int
    end: int
    clause: int
    negated: bool = False
    expected: bool = False
    is_signs: bool = False
    """Chinese, Japanese or Korean, where a turn stands behind what it turns."""


class _Day(Struct, frozen=True):
    """A day in the phrase. What ends at one of these places stands right before it."""

    place: int
    clause: int
    after: tuple[int, ...]


class _Scan(Struct):
    """The words of a phrase, taken apart."""

    claims: list[_Claim] = field(default_factory=list)
    turns: list[_Claim] = field(default_factory=list)
    days: list[_Day] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    advert: bool = False
    """What is called an offer is the posting."""
    denied: bool = False
    """A negation stands in it that turned nothing that is known."""
    asked: bool = False
    known: int = 0

    def has(self, sense: str) -> bool:
        """Whether this turn stands anywhere."""
        return any(sense in turn.senses for turn in self.turns)


def read_phrase(
    text: str, words: StatusWords, days: Sequence[tuple[int, int]] = (), told: Stage | None = None
) -> Phrase:
    """What this status says. `days` are the spans of the text that are dates or times; they are read elsewhere.

    `told`: the stage is known already, from the seeker; only what its days belong to is read.
    """
    scan = _scan(_mark_days(text[:MAX_PHRASE], days), words)
    _turn(scan)
    _drop_adverts(scan)
    _drop_old_plans(scan)
    phrase = Phrase(told, settled=True) if told else _judge(scan, words)
    written = [text[start:end] for start, end in days]
    dated = [
        (sense, day)
        for found, day in zip(scan.days, written, strict=False)
        for sense in _senses_of_day(scan, found, phrase.stage, told=told is not None)
        if sense
    ]
    return replace(phrase, dated=tuple(dated))


_DAY = "\ue000"
"""Stands for a day in the phrase; a sign of the private use area that clean text does not hold."""


def _mark_days(text: str, days: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(days):
        text = f"{text[:start]} {_DAY} {text[end:]}"
    return text


@cache
def _token_pattern() -> re.Pattern[str]:
    """Made when the first status is read word by word: a pattern of so many signs takes as long as a hundred others."""
    return re.compile(_TOKEN)


@cache
def _sign_pattern() -> re.Pattern[str]:
    return re.compile(f"[{_SIGNS}]")


def _scan(text: str, words: StatusWords) -> _Scan:
    scan, tokens, clauses, clause = _Scan(), [], [], 0
    plain = f" {fold(text)} "
    for short, whole in words.spelled.items():
        plain = plain.replace(short, whole)
    for token in _token_pattern().findall(plain):
        if token in ("?", "？"):
            scan.asked = True
        elif token in _BREAKS:
            clause += 1
        elif token not in words.small and (token[0].isalnum() or token == _DAY or token in words.whole):
            tokens.append(token)
            clauses.append(clause)
    place = 0
    while place < len(tokens):
        if tokens[place] == _DAY:
            named = place > 0 and tokens[place - 1] in words.weekdays  # "by Mon 11/30"
            scan.days.append(_Day(place, clauses[place], (place - 1, place) if named else (place,)))
            place += 1
            continue
        entry = words.find(tokens, place) or _repaired(tokens, place, words)
        if entry is None:
            by_way = place > 0 and tokens[place - 1] in words.ways
            if tokens[place] not in words.neutral and not tokens[place].isdigit() and not by_way:
                scan.unknown.append(tokens[place])
            else:
                scan.known += 1
            place += 1
            continue
        end = place + len(entry.words)
        found = _Claim(entry.senses, place, end, clauses[place], is_signs=bool(_sign_pattern().match(tokens[place])))
        if entry.senses - _CLAIMS:
            scan.turns.append(found)
        if entry.senses & _CLAIMS:
            scan.claims.append(found)
        place = end
    return scan


def _repaired(tokens: Sequence[str], place: int, words: StatusWords) -> _Entry | None:
    """`reeejected`: a letter that somebody leaned on."""
    short = _REPEATED.sub(r"\1", tokens[place])
    return words.find([short], 0) if short != tokens[place] else None


def _turn(scan: _Scan) -> None:
    """Let every turn act on the next claim of its clause; one that has turned something is no claim itself."""
    for turn in scan.turns:
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
                scan.claims.append(replace(turn, senses=frozenset(("open",))))
            continue
        if "not" in turn.senses:
            target.negated = True
        else:
            target.expected = True
        if turn in scan.claims:
            scan.claims.remove(turn)


def _turned_back(scan: _Scan, turn: _Claim) -> _Claim | None:
    """`interview not held`: a negation with nothing after it is about what stands before it."""
    if "not" not in turn.senses:
        return None
    before = [claim for claim in scan.claims if claim.clause == turn.clause and claim.end <= turn.place]
    return before[-1] if before else None


def _drop_adverts(scan: _Scan) -> None:
    """`oferta vista en un portal`, `CV wysłane na ofertę`: the posting is called an offer, and nobody has made one."""
    nouns = [turn.place for turn in scan.turns if "ad" in turn.senses]
    adverts = [claim for claim in scan.claims if "offer" in claim.senses and claim.place in nouns]
    applied = any(claim.senses & {*_ASKED_ON, "idea"} and not claim.negated for claim in scan.claims)
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
        if claim not in adverts and not ("reply" in claim.senses and claim.place in signs)
    ]
    if not scan.claims:
        scan.claims.append(replace(adverts[0], senses=frozenset(("open",))))


def _drop_old_plans(scan: _Scan) -> None:
    """`interview moved to 12/4` is not on hold: what is put off is the interview. Nor is `11/30 마감` closed."""
    limits = [turn for turn in scan.turns if "limit" in turn.senses]
    last = {turn.place for turn in limits for day in scan.days if turn.end in day.after or turn.place == day.place + 1}
    scan.claims = [claim for claim in scan.claims if not ("closed" in claim.senses and claim.place in last)]
    about_days = {"moved", "off"} if scan.days else {"moved"}
    moved = {turn.place for turn in scan.turns if turn.senses & about_days}
    if moved and any(claim.senses & {"interview", "test"} for claim in scan.claims):
        scan.claims = [
            claim for claim in scan.claims if claim.place not in moved or claim.senses & {"interview", "test"}
        ]


def _judge(scan: _Scan, words: StatusWords) -> Phrase:
    said, doubtful = _said(scan)
    doubtful = doubtful or scan.asked or scan.has("doubt")
    ends = [sense for sense in said if sense in _ENDS]
    if ends:
        return _judge_end(scan, said, ends, doubtful=doubtful)
    if "accepted" in said and _is_to_answer(scan):
        return Phrase(Stage.OFFER, settled=True)  # "got the job, must answer by 12/1": nothing is accepted yet
    if "accepted" in said:
        return Phrase(Stage.ACCEPTED, settled=False, asking=Asking.NONE, choices=(Stage.ACCEPTED, Stage.OFFER))
    if "closed" in said or set(said) == {"over"}:
        return Phrase(Stage.REJECTED, settled=False, asking=Asking.NONE, choices=_CLOSED)
    best = next((sense for sense in _STEPS if sense in said), None)
    if best is None and (scan.has("decide") or scan.has("remind")):
        best = "open"  # "decision by 12/4", "follow up 12/1": nothing has come yet
    if best == "unanswered" and _FURTHER & set(said):
        best = next(sense for sense in _STEPS if sense in said and sense in _FURTHER)
    if best is None:
        return _guess(scan, words)
    if best in _ASKED_ON and "idea" in said and best != "sent":
        best = "idea"
    if best in _ASKED_ON and scan.has("not") and not {"unanswered", "idea"} & set(said):
        return Phrase(None, settled=False, asking=Asking.NONE)  # "do not follow up", "no 11/20": a no to whatever
    stage = _STEPS[best]
    called_off = scan.has("off") and not any(_holds(scan, day) for day in scan.days)
    doubtful = doubtful or (best in _FURTHER and (scan.denied or called_off or _is_open_choice(scan)))
    allowed = 1 if best == "reply" else 0
    if doubtful or (best in (*_ASKED_ON, "reply") and len(scan.unknown) > allowed):
        asking = Asking.OWN_DATE if best in (*_ASKED_ON, "reply", "idea") and not doubtful else Asking.NONE
        return Phrase(stage, settled=False, asking=asking, choices=(stage,))
    return Phrase(stage, settled=True, waits_for_day=best == "open", unanswered=best == "unanswered")


def _holds(scan: _Scan, day: _Day) -> bool:
    """Whether this day still stands: not where the phrase goes on with `moved to` another one, or calls it off."""
    for turn in scan.turns:
        if "moved" in turn.senses:
            before = [other.place for other in scan.days if other.place < turn.place]
            behind_all = turn.is_signs and before and day.place == before[-1]  # "12/1 -> 12/4 に変更"
            if day.place < turn.place and not behind_all:
                return False
        elif "off" in turn.senses and day.clause <= turn.clause <= day.clause + 1:
            return False
    return True


def _is_open_choice(scan: _Scan) -> bool:
    """`12/1 or 12/2`: nobody knows yet on which day."""
    pairs = [(one.place + 1, other.place) for one, other in pairwise(scan.days)]
    return any("either" in turn.senses and (turn.place, turn.end) in pairs for turn in scan.turns)


def _is_to_answer(scan: _Scan) -> bool:
    """Whether a last day stands in it."""
    limits = [turn.end for turn in scan.turns if turn.senses & {"limit", "decide"}]
    return any(end in day.after for end in limits for day in scan.days)


def _said(scan: _Scan) -> tuple[tuple[str, ...], bool]:
    """The senses as they were turned, in their order, and whether one of them was turned into something doubtful."""
    said: list[str] = []
    doubtful = False
    later = scan.has("yet")
    for claim in scan.claims:
        for sense in sorted(claim.senses & _CLAIMS):
            if claim.negated:
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
    if sense == "interview":
        return ("open", True) if later else ("rejected", True)
    if sense == "test":
        return "test", not later
    if sense in ("over", "open", "unanswered"):
        return "", sense == "unanswered"
    return "open", True


def _expect(sense: str) -> tuple[str, bool]:
    """What a sense says that has not come yet."""
    if sense == "offer":
        return "interview", False
    if sense in ("interview", "test", "on_hold"):
        return sense, False
    return "open", sense not in ("followed", "sent", "reply", "open", "unanswered", "over", "idea")


def _judge_end(scan: _Scan, said: Sequence[str], ends: Sequence[str], *, doubtful: bool) -> Phrase:
    """An end, unless it is a guess, contradicts itself, or is taken back by what comes after it."""
    stage = _ENDS[ends[0]]
    last = max((claim.end for claim in scan.claims if claim.senses & _ENDS.keys()), default=0)
    back = next((turn.end for turn in scan.turns if "contrast" in turn.senses and turn.place >= last), MAX_PHRASE)
    again = [claim for claim in scan.claims if claim.place >= back and claim.senses & _FURTHER and not claim.negated]
    if again:
        sense = next(sense for sense in _STEPS if sense in again[-1].senses)
        return Phrase(_STEPS[sense], settled=False, asking=Asking.NONE, choices=(_STEPS[sense], stage))
    if doubtful or len(ends) > 1 or "accepted" in said:
        others = tuple(_ENDS[end] for end in ends[1:])
        return Phrase(stage, settled=False, asking=Asking.NONE, choices=(stage, *others))
    return Phrase(stage, settled=True)


def _guess(scan: _Scan, words: StatusWords) -> Phrase:
    """Nothing in it is known to say where the lead stands; a slip of the pen may tell what was meant."""
    if scan.has("not"):
        return Phrase(None, settled=False, asking=Asking.NONE)
    for token in scan.unknown:
        near = get_close_matches(token, words.single, 1, 0.88) if len(token) > 4 else []
        senses = words.single[near[0]] & _CLAIMS if near else frozenset()
        for sense, stage in {**_ENDS, "accepted": Stage.ACCEPTED, **_STEPS}.items():
            if sense in senses:
                harmless = sense in _ASKED_ON or sense == "idea"
                asking = Asking.OWN_DATE if harmless else Asking.NONE
                return Phrase(stage, settled=False, asking=asking, choices=(stage,))
    harmless = bool(scan.known or scan.days) and not (scan.unknown or scan.turns)
    return Phrase(None, settled=False, asking=Asking.ALLOWED if harmless else Asking.OWN_DATE)


def _senses_of_day(scan: _Scan, day: _Day, stage: Stage | None, *, told: bool) -> Iterator[str]:
    """What happened, or is to happen, on this day: the claim before it in its clause, else the one after it.

    A last day (`by`, `closes`) is that of what it stands with: of an application that is still to be sent (`closes`),
    of an offer or a test (`answer`); of anything else it says nothing. What was asked for and `sent` was answered.
    """
    turns = {sense for turn in scan.turns if turn.end in day.after for sense in turn.senses}
    behind = [turn for turn in scan.turns if turn.place == day.place + 1 and turn.clause == day.clause]
    turns |= {sense for turn in behind for sense in turn.senses if sense == "remind" or turn.is_signs}
    near = _nearest([claim for claim in scan.claims if claim.senses - {"over"}], day.place, day.clause)
    senses = near.senses if near else frozenset()
    if not _holds(scan, day):
        return
    if turns & {"limit", "decide"}:
        if scan.advert:
            yield "closes"
        elif stage is Stage.OFFER or ("limit" in turns and (stage is Stage.ASSESSMENT or "test" in senses)):
            yield "answer"
        elif "decide" in turns:
            yield "decide"
        elif stage is Stage.IDEA:
            yield "closes"
    elif "remind" in turns:
        yield "remind"
    elif near is not None and "not" not in turns and not (near.negated or near.expected):
        sense = next((sense for sense in (*_ENDS, *_STEPS) if sense in senses), "")
        if sense == "test" and any(claim.place > near.place and "sent" in claim.senses for claim in scan.claims):
            return  # "test 11/29 sent in already"
        yield sense
        if sense == "reply" and any(claim.place > near.place and "sent" in claim.senses for claim in scan.claims):
            yield "followed"
    elif near is None and told and not turns:
        yield _HAPPENS.get(stage, "") if stage else ""


def _nearest(claims: Sequence[_Claim], place: int, clause: int) -> _Claim | None:
    before = [claim for claim in claims if claim.end <= place]
    after = [claim for claim in claims if claim.place > place]
    same = [claim for claim in before if claim.clause == clause]
    if same:
        return same[-1]
    if after and after[0].clause == clause:
        return after[0]
    if before and before[-1].clause == clause - 1:
        return before[-1]
    return None


def speaks_of_nothing_else(text: str) -> bool:
    """Whether words beside a day leave it as it is: no negation, no end, no limit, nothing that is not known."""
    scan = _scan(text[:MAX_PHRASE], shipped_status_words())
    turned = any(turn.senses & {"not", "wait", "limit", "doubt", "decide", "contrast"} for turn in scan.turns)
    ended = any(
        claim.senses & {*_ENDS, "closed", "no_answer", "on_hold", "idea", "unanswered"} for claim in scan.claims
    )
    return not (scan.unknown or scan.asked or turned or ended)


def says_no(text: str) -> bool:
    """Whether these words say no to what follows them."""
    return _scan(text[:MAX_PHRASE], shipped_status_words()).has("not")
