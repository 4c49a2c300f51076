"""Every message keeps the eleven rules, whatever is missing: all rules, channels, moves, turns and languages.

A sample in the ordinary tests, every subset of facts in `make soak`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations, pairwise, product
from random import Random
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from sync.config import MeSettings
from sync.errors import ConfigError
from sync.messages.facts import about_days, about_me, about_person, as_fact
from sync.messages.library import (
    MOVES,
    MOVES_TO,
    MOVES_TO_CUSTOMERS,
    SLOTS,
    check_rules,
    load_phrases,
    sample_facts,
    situations,
)
from sync.messages.message import EDGE, Message
from sync.messages.moves import choose_move, load_moves, open_moves, sensible_moves
from sync.messages.names import both_said, read_name
from sync.messages.rules import broken_rules
from sync.messages.sentences import Phrases, Situation
from sync.models import Lead, Person, Stage

LANGUAGES = ("de", "en")
EVERY = tuple(f"{language} to {whom}" for language in LANGUAGES for whom in MOVES_TO)
"""Whose sentences: to employers, customers, and friends who are asked for help."""
HISTORY = ("applied_day", "last_message_day", "interview_day", "they_wrote_day", "considered_day")
KNOWN = ("how_known", "referrer", "source")
SLOT = re.compile(r"\{([a-z_]+)\}")


def texts_of(name: str) -> Phrases:
    """The shipped sentences of one of `EVERY`."""
    language, _, whom = name.split(" ")
    return load_phrases(language, whom=next(known for known in MOVES_TO if known == whom))


def slots_of(phrases: Phrases, situation: Situation) -> list[str]:
    """The facts that a message may name."""
    found: set[str] = set()
    names = {"mail": ("mail", "subject"), "short": ("short",), "call": ("say", "voicemail")}[situation.kind]
    keys = [f"{rule}.{name}" for rule in situation.rules for name in names] + ["call.say", "call.voicemail"]
    keys += [f"{part}.{situation.move}.{name}" for part in ("move", "ask", "next") for name in ("mail", "subject")]
    for key in keys:
        found |= set(SLOT.findall(phrases.texts.get(key, "")))
    for word in [word for word in found if f"word.{word}" in phrases.texts]:
        found |= set(SLOT.findall(phrases.texts[f"word.{word}"]))
    return [*sorted(slot for slot in found if slot in SLOTS), "name"]


def subsets(slots: list[str], draw: Random) -> Iterator[tuple[str, ...]]:
    """Missing facts: none, all, each alone, and some at random."""
    yield ()
    yield tuple(slots)
    for slot in slots:
        yield (slot,)
    for _ in range(4):
        yield tuple(slot for slot in slots if draw.random() < 0.5)


def in_pairs(slots: list[str]) -> list[str]:
    """A date has two spellings, a name two cases, and is there or not: one stands for both."""
    twins = ("_day", "_declined")
    return [
        slot for slot in slots if not any(slot.removesuffix(twin) in slots for twin in twins if slot.endswith(twin))
    ]


def without(facts: Mapping[str, str], missing: tuple[str, ...]) -> dict[str, str]:
    gone = {*missing, *(f"{slot}_day" for slot in missing), *(slot.removesuffix("_day") for slot in missing)}
    if gone & {"referrer", "referrer_declined"}:
        gone |= {"referrer", "referrer_declined"}
    if gone & {"contact", "contact_declined"}:
        gone |= {"contact", "contact_declined"}
    if "company" in gone:
        gone |= {"firm", "progress"}
    if "applied" in gone:
        gone |= {"week", "through"}
    kept = {slot: "" if slot in gone else fact for slot, fact in facts.items()}
    if not kept["me"]:
        del kept["me"]
    if not kept["told"]:
        del kept["told"]
    return kept


def as_greeted(situation: Situation, facts: Mapping[str, str]) -> Situation:
    greeting = "full" if facts.get("name") else "team" if facts.get("firm") else "plain"
    return replace(situation, greeting=greeting)


def faults(message: Message, situation: Situation, facts: Mapping[str, str], asking: bool, of: Phrases) -> list[str]:
    """Everything that is wrong with a message, the rules included that depend on its facts."""
    found = list(broken_rules(message, asking=asking, phrases=of))
    who = facts.get("name") or facts.get("firm")
    if situation.kind != "call" and who and who not in message.parted.partition(EDGE)[0]:
        found.append("rule 1: it greets nobody")
    first = " ".join(message.sentences[:2])
    named = {slot.removesuffix("_declined") for slot in slots_of(of, situation)}
    if asking and situation.kind == "mail":
        role = facts.get("role")
        if role and role not in first and "role" in named:
            found.append("rule 2: it does not say which position")
        history = [facts[slot] for slot in HISTORY if facts.get(slot) and slot in named]
        if history and not any(day in first for day in history):
            found.append("rule 2: it does not say what was before")
        known = [facts[slot] for slot in KNOWN if facts.get(slot) and slot in named]
        met = any(facts.get(slot) and slot in named for slot in ("interview_day", "they_wrote_day", "problem"))
        if known and not met and not any(fact in first for fact in known):
            found.append("rule 2: it does not say how they are known")
        if "referrer" in named and (referrer := facts.get("referrer")) and referrer not in message.text:
            found.append("rule 5: it does not name who referred")
    if situation.kind == "mail" and "{problem}" in whole_text(of, situation) and facts["problem"] not in message.text:
        found.append("rule 5: it does not speak of their problem")
    if situation.move and f"move.{situation.move}.mail" in of.texts and asking and "@move" in whole_text(of, situation):
        key = f"move.{situation.move}.{'mail' if situation.kind == 'mail' else 'short'}"
        openings = [SLOT.split(way)[0][:12] for way in of.texts[key].split(" | ")]
        if not any(sentence.startswith(opening) for sentence in message.sentences for opening in openings):
            found.append("rule 4: nothing new")
    gone = [
        facts_of[slot]
        for facts_of in [sample_facts(of)]
        for slot in ("role", "company", "how_known", "problem", "referrer", "city", "my_line", "my_phone")
        if not facts.get(slot)
    ]
    if any(fact in message.text for fact in gone):
        found.append(f"rule 11: it says what the row does not say: {[f for f in gone if f in message.text]}")
    return found


def whole_text(phrases: Phrases, situation: Situation) -> str:
    name = {"mail": "mail", "short": "short", "call": "say"}[situation.kind]
    return next((phrases.texts[key] for rule in situation.rules if (key := f"{rule}.{name}") in phrases.texts), "")


def prove(language: str, every: bool) -> int:
    phrases, draw, proven = texts_of(language), Random(20270104), 0
    for situation, asking in situations(phrases):
        facts, slots = sample_facts(phrases), in_pairs(slots_of(phrases, situation))
        chosen: Iterator[tuple[str, ...]] = subsets(slots, draw)
        if every:
            chosen = (missing for count in range(len(slots) + 1) for missing in combinations(slots, count))
        for missing in chosen:
            left = without(facts, missing)
            meant = as_greeted(situation, left)
            message = phrases.write(meant, left)
            said = faults(message, meant, left, asking, phrases)
            assert not said, (situation, missing, said, message.text, message.voicemail)
            proven += 1
    return proven


@pytest.mark.parametrize("language", EVERY)
def test_every_message_keeps_the_rules(language: str) -> None:
    assert prove(language, every=False) > 4_000


@pytest.mark.parametrize("language", EVERY)
def test_no_message_of_a_common_row_is_so_long_that_it_leaves_out_the_firm(language: str) -> None:
    """To a friend the firm is not what it is about."""
    phrases = texts_of(language)
    for situation, _ in situations(phrases):
        if "{company}" in phrases.texts["word.position"] and "{position}" in whole_text(phrases, situation):
            message = phrases.write(situation, sample_facts(phrases))
            assert "Brightwater Labs" in message.text, (situation, message.text)


@pytest.mark.soak
@pytest.mark.parametrize("language", EVERY)
def test_every_message_keeps_the_rules_whatever_is_missing(language: str) -> None:
    print(language, prove(language, every=True), "messages")


@pytest.mark.parametrize("language", EVERY)
def test_every_rule_with_a_recipient_has_every_kind_of_message(language: str) -> None:
    texts = texts_of(language).texts
    rules = {key.removesuffix(".mail") for key in texts if re.match(r"(R-|sheet).*\.mail$", key)}
    known = {key.removesuffix(".mail") for key in load_phrases("en").texts if re.match(r"(R-|sheet).*\.mail$", key)}
    assert rules == {rule for rule in known if language.endswith("employers") or not rule.endswith("-agency")}
    assert {f"{rule}.{kind}" for rule in rules for kind in ("mail", "short", "say", "subject")} <= texts.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_the_same_texts(language: str) -> None:
    assert load_phrases(language).texts.keys() == load_phrases("en").texts.keys()


# --- customers are no employers --------------------------------------------------------------------------------------

OF_A_JOB = {
    "de": ("bewerb", "beworben", "stelle ", "stelle.", "lebenslauf", "auswahl", "engeren wahl", " suche", "zusage"),
    "en": ("appl", "position", "job", "resume", "selection", "interview", "looking for", "my search", "employ"),
}
NEVER_TO_CUSTOMERS = ("R-001-9", "R-003-19")
"""An offer is the seller's own, and a customer who agrees ends no search."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_said_to_a_customer_speaks_of_a_job(language: str) -> None:
    phrases = load_phrases(language, whom="customers")
    told = phrases.phrase("word.told_customer", {})
    for situation, _ in situations(phrases):
        if situation.rules[0] in NEVER_TO_CUSTOMERS:
            continue
        everything = {**sample_facts(phrases), "role": "40 scanners", "told": told, "my_line": "ten years of scanners"}
        for facts in (everything, without(everything, tuple(SLOTS))):
            message = phrases.write(as_greeted(situation, facts), facts)
            said = "\n".join([message.subject, message.text, *message.voicemail]).casefold()
            assert not [word for word in OF_A_JOB[language] if word in said], (situation, said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_to_customers_have_a_text_to_employers_or_a_move_of_their_own(language: str) -> None:
    own = load_phrases(language, whom="customers").texts.keys() - load_phrases(language).texts.keys()
    moves = {*MOVES_TO_CUSTOMERS} - {*MOVES}
    assert {key for key in own if key.split(".")[1] not in moves} == {"word.told_customer"}


# --- rule 4: two in a row --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["mail", "short", "call"])
@pytest.mark.parametrize("language", EVERY)
@pytest.mark.parametrize("missing", [(), ("last_message",), tuple(SLOTS), ("how_known",), ("interview", "they_wrote")])
def test_two_asking_messages_in_a_row_share_no_sentence(language: str, kind: str, missing: tuple[str, ...]) -> None:
    """A year of asks to one lead: its application, an answer, two interviews, a trip; the facts stay the same."""
    phrases = texts_of(language)
    facts = without(sample_facts(phrases), missing)
    channel = {"mail": "email", "short": "text", "call": "phone"}[kind]
    steps = [
        "R-001-1",
        "R-001-12",
        "R-001-12",
        "R-001-12-last",
        "R-003-15",
        "R-004-4-next",
        "R-004-6",
        "R-004-4",
        "R-004-4-next",
        "R-004-4-next",
        "R-004-4-last",
        "R-004-4",
        "R-004-4",
        "R-003-16",
        "sheet",
        "sheet",
    ]
    used: list[str] = []
    written = []
    for turn, rule in enumerate(steps):
        move = choose_move(phrases.moves, used, "")
        used.append(move)
        rules = (rule, "R-004-4-next" if rule.startswith("R-004-4-") else "R-001-12")
        written.append(phrases.write(as_greeted(Situation(rules, kind, channel, move, turn), facts), facts))
    for before, after in pairwise(written):
        shared = {*before.sentences} & {*after.sentences}
        assert not shared, (before.text, after.text)
        assert kind != "mail" or before.subject != after.subject


ASKS = ("R-001-1", "R-001-12", "R-001-12-last", "R-003-15", "R-003-16", "R-004-4", "R-004-4-next", "R-004-4-last",
        "R-004-6", "sheet")  # fmt: skip
TO_AGENCY = {"R-004-4": "R-004-4-agency", "R-003-15": "R-003-15-agency", "R-004-6": "R-004-6-agency"}
BEFORE_IT = {"R-004-4-last": "R-004-4-next", "R-001-12-last": "R-001-12"}
ONCE = ("R-001-1", "R-001-12-last", "R-004-4-last", "R-004-6", "R-003-15", "R-003-16")
"""Asked once in a lead's life."""


def repeated(of: Phrases, kind: str, *, missing: tuple[str, ...], to_agency: bool) -> Iterator[tuple[str, str, str]]:
    """What two asking messages in a row both say, whatever follows whatever, with a move of its own."""
    draw, channel = Random(20270104), {"mail": "email", "short": "text", "call": "phone"}[kind]
    facts = without(sample_facts(of), missing)
    for before, after in product(ASKS, ASKS):
        for turn in (0, 1):
            moves = draw.sample(of.moves, 2)
            written = []
            for rule, move, number in ((before, moves[0], turn), (after, moves[1], turn + 1)):
                keys = (TO_AGENCY.get(rule, rule) if to_agency else rule, BEFORE_IT.get(rule, rule))
                meant = as_greeted(Situation(keys, kind, channel, move, number), facts)
                written.append(of.write(meant, facts))
            if before == after and before in ONCE:
                continue
            yield from ((before, after, sentence) for sentence in {*written[0].sentences} & {*written[1].sentences})
            if kind == "mail" and written[0].subject == written[1].subject:
                yield before, after, written[0].subject


@pytest.mark.parametrize("to_agency", [False, True])
@pytest.mark.parametrize("kind", ["mail", "short", "call"])
@pytest.mark.parametrize("language", EVERY)
def test_any_two_asking_messages_in_a_row_share_no_sentence(language: str, kind: str, to_agency: bool) -> None:
    """With all facts and with few."""
    for missing in ((), ("last_message",), ("referrer",), ("how_known", "referrer"), tuple(SLOTS)):
        assert not [*repeated(texts_of(language), kind, missing=missing, to_agency=to_agency)]


# --- each rule is seen when it is broken -----------------------------------------------------------------------------


class Break(NamedTuple):
    """A text in whose place another breaks one of the eleven rules, by language, and what the prover says of it."""

    rule: int
    key: str
    en: str
    de: str
    said: str


MUCH = "We talk about this and that and more of it. "
BREAKS = {
    "nobody greeted": Break(1, "greeting.full", "Good day,", "Guten Tag,", "rule 1: it greets nobody"),
    "no team greeted": Break(1, "greeting.team", "Good day,", "Guten Tag,", "rule 1: it greets nobody"),
    "the position comes late": Break(
        2,
        "R-001-1.mail",
        "Hello.\nHere I am.\nOn {applied} I applied for {position}.\n\n@move\n\n@ask\n\nThank you.",
        "hallo.\nDa bin ich.\nAm {applied} habe ich mich auf {position} beworben.\n\n@move\n\n@ask\n\nVielen Dank.",
        "rule 2: it does not say which position",
    ),
    "what was before comes late": Break(
        2,
        "R-001-12.mail",
        "I like {position}.\nIt is good.\nI wrote on {last_message_day}.\n\n@move\n\n@ask\n\nThank you.",
        "mir gefällt {position}.\nSie ist gut.\nIch schrieb am {last_message_day}.\n\n@move\n\n@ask\n\nVielen Dank.",
        "rule 2: it does not say what was before",
    ),
    "how they are known comes late": Break(
        2,
        "R-001-1.mail",
        "On {applied} I applied for {position}.\nIt is good.\nWe met: {how_known}.\n\n@move\n\n@ask\n\nThanks.",
        "am {applied} bewarb ich mich auf {position}.\nSie ist gut.\nBekannt: {how_known}.\n\n@move\n\n@ask\n\nDanke.",
        "rule 2: it does not say how they are known",
    ),
    "no thanks": Break(
        3, "R-001-9.mail", MUCH * 5 + "\n\nBye,", MUCH * 5 + "\n\nGrüße", "it does not say thank you"
    ),
    "no please": Break(
        3,
        "ask.fact.mail",
        "Would you let me know how the selection goes on, and what I could add?",
        "Würden Sie mir sagen, wie es mit der Auswahl weitergeht und was ich tun kann?",
        "it asks without please",
    ),
    "two questions": Break(
        3, "move.fact.mail", "Have you seen this? [a fact].", "Kennen Sie das? [etwas].", "it has 2 questions"
    ),
    "no question": Break(
        3,
        "next.fact.mail",
        "Please tell me how it goes on.",
        "Bitte sagen Sie mir, wie es weitergeht.",
        "it has 0 questions instead of one",
    ),
    "a question in a thank-you": Break(
        3,
        "R-001-4.mail",
        "Thank you for the interview. What comes next?\n\n" + MUCH * 4 + "\n\nBye,",
        "vielen Dank für das Gespräch. Was kommt nun?\n\n" + MUCH * 4 + "\n\nGrüße",
        "it asks a question though it only thanks or tells",
    ),
    "nothing new": Break(
        4,
        "R-001-1.mail",
        "On {applied} I applied for {position}; {referrer}; {how_known}.\n\n@ask\n\nThank you for your time.",
        "am {applied} bewarb ich mich auf {position}; {referrer}; {how_known}.\n\n@ask\n\nVielen Dank.",
        "rule 4: nothing new",
    ),
    "who referred is not named": Break(
        5,
        "R-001-12.mail",
        "My message of {last_message_day} about {position}.\nWe met: {how_known}.\n\n@move\n\n@ask\n\nThank you.",
        "meine Nachricht vom {last_message_day} über {position}.\nBekannt: {how_known}.\n\n@move\n\n@ask\n\nDanke.",
        "rule 5: it does not name who referred",
    ),
    "their problem is not quoted": Break(
        5,
        "R-004-6.mail",
        "After the interview for {position} on {interview} I have ideas; {referrer}.\n\nPlease, may I?\n\nThanks.",
        "nach dem Gespräch über {position} am {interview} habe ich Ideen; {referrer}.\n\nDarf ich bitte?\n\nDanke.",
        "rule 5: it does not speak of their problem",
    ),
    "condemned": Break(
        6,
        "move.fact.mail",
        "Did you get my resume, I wonder; it is a good one.",
        "Ob Sie meinen Lebenslauf bekommen haben, frage ich mich.",
        "it says “",
    ),
    "kin of it": Break(
        6,
        "ask.fact.short",
        "I am just checking in: could you please tell me more?",
        "Ich wollte nur kurz nachfragen: Können Sie mir bitte mehr sagen?",
        "it says “",
    ),
    "left over": Break(7, "move.fact.mail", "Here: {X} and more.", "Hier: {X} und mehr.", "left over: “{”"),
    "doubled blank": Break(7, "move.fact.mail", "Here is  more.", "Hier ist  mehr.", "something left over"),
    "stray punctuation": Break(7, "move.fact.mail", "Here , more.", "Hier , mehr.", "something left over: “,”"),
    "an empty bracket": Break(7, "R-001-4.short", "Thank you () a lot.", "danke () sehr.", "something left over: “()”"),
    "a word for us": Break(7, "move.fact.mail", "More: MISSING.", "Mehr: MISSING.", "something left over: “MISSING”"),
    "too many blanks": Break(8, "move.fact.mail", "[a], [b] and [c].", "[a], [b] und [c].", "it has 3 blanks"),
    "a long blank": Break(
        8,
        "move.fact.mail",
        "Here: [what you have found out about their work in the last week].",
        "Hier: [was du in der letzten Woche über ihre Arbeit dort gehört hast].",
        "has more than 8 words",
    ),
    "too long": Break(9, "move.fact.mail", MUCH * 14, MUCH * 14, "; 35 to 130 are right"),
    "too short": Break(9, "R-001-9.mail", "Thank you.\n\nBye,", "danke.\n\nGrüße", "; 35 to 130 are right"),
    "long to text": Break(9, "R-001-9.short", "Thank you. " + MUCH * 8, "danke. " + MUCH * 8, "letters, 300 at most"),
    "long to say": Break(9, "R-001-9.say", "Thank you. " + MUCH * 6, "Danke. " + MUCH * 6, "words to say, 60 at most"),
    "long on the machine": Break(
        9,
        "call.voicemail",
        "This is me.\n\n" + MUCH * 5 + "\n\nBye.",
        "Hier bin ich.\n\n" + MUCH * 5 + "\n\nDanke.",
        "words if nobody answers, 35 at most",
    ),
    "an apology": Break(
        10,
        "move.fact.mail",
        "Sorry to bother you, here is something.",
        "Entschuldigen Sie die Störung, hier ist etwas.",
        "it says “",
    ),
    "begging": Break(
        10, "R-001-9.short", "Thank you; I am desperate.", "danke; ich bin verzweifelt.", "it says “"
    ),
    "excited": Break(10, "move.fact.mail", "Here it is!!", "Hier ist es!!", "it has exclamation marks in a row"),
    "made up": Break(
        11,
        "R-001-12.mail",
        "About {position} as Data analyst, since {last_message_day}, {referrer}.\n\n@move\n\n@ask\n\nThank you.",
        "zu {position} als Data analyst, seit {last_message_day}, {referrer}.\n\n@move\n\n@ask\n\nVielen Dank.",
        "rule 11: it says what the row does not say: ['Data analyst']",
    ),
}  # fmt: skip


def complaints(of: Phrases, shipped: Phrases) -> set[str]:
    """What the prover says of these texts, where the shipped ones tell what a message has to say."""
    found: set[str] = set()
    everything = sample_facts(shipped)
    for situation, asking in situations(shipped):
        for missing in ((), ("name",), ("role",), tuple(SLOTS)):
            left = without(everything, missing)
            meant = as_greeted(situation, left)
            found |= {*faults(of.write(meant, left), meant, left, asking, shipped)}
    return found


def test_every_one_of_the_eleven_rules_is_broken_here() -> None:
    assert {broken.rule for broken in BREAKS.values()} == {*range(1, 12)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("broken", BREAKS.values(), ids=[f"{broken.rule} {name}" for name, broken in BREAKS.items()])
def test_a_broken_rule_is_found(broken: Break, language: str) -> None:
    shipped = load_phrases(language)
    assert shipped.has(broken.key)
    mutated = Phrases({**shipped.texts, broken.key: getattr(broken, language)})
    found = complaints(mutated, shipped)
    assert any(broken.said in said for said in found), (found, broken.said)


@pytest.mark.parametrize("language", EVERY)
def test_nothing_is_said_of_the_shipped_texts(language: str) -> None:
    assert complaints(texts_of(language), texts_of(language)) == set()


@pytest.mark.parametrize("language", EVERY)
@pytest.mark.parametrize("rule", ["condemned", "needy"])
def test_each_sentence_that_is_never_written_is_found(rule: str, language: str) -> None:
    shipped = texts_of(language)
    message = shipped.write(Situation(("R-001-1",), "mail", "email", "fact"), sample_facts(shipped))
    sentences = shipped.words(f"rule.{rule}")
    assert len(sentences) >= 8
    for sentence in sentences:
        greeting, body, closing = message.parted.split(EDGE)
        said = EDGE.join([greeting, f"{body}\n\nOh, {sentence.capitalize()} x.", closing])
        worse = Message.of(message.kind, message.subject, said)
        assert f"it says “{sentence}”" in broken_rules(worse, asking=True, phrases=shipped)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_said_twice_in_a_row_is_found(language: str) -> None:
    shipped = load_phrases(language)
    for key, other, kind in (
        ("ask.fact.mail", "ask.resume.mail", "mail"),
        ("next.referral.short", "next.idea.short", "short"),
        ("R-001-12-last.mail", "R-001-1.mail", "mail"),
        ("R-001-12-last.subject", "R-001-1.subject", "mail"),
        ("R-004-4-last.say", "R-004-4-next.say", "call"),
        ("R-001-12-last.voicemail", "R-004-4-last.voicemail", "call"),
    ):
        said = shipped.texts[other].split(" || ", maxsplit=1)[0]
        mutated = Phrases({**shipped.texts, key: said}, shipped.moves)
        assert any(repeated(mutated, kind, missing=(), to_agency=False)), key


def test_a_long_subject_is_found_and_never_written() -> None:
    shipped = load_phrases("en")
    broken = Phrases({**shipped.texts, "R-001-9.subject": "Thank you very much indeed " * 4})
    message = broken.write(Situation(("R-001-9",), "mail"), sample_facts(shipped))
    assert len(message.subject) <= 60
    long = replace(message, subject="x" * 61)
    assert "a subject of 61 letters, 60 at most" in broken_rules(long, asking=False, phrases=shipped)


def test_R_003_8_their_own_problem_is_quoted() -> None:
    """Rule 5: their words where there are any."""
    phrases = load_phrases("en")
    for rule, move in (("R-004-6", ""), ("R-004-4", "fact"), ("R-001-4-late", ""), ("R-001-1", "idea")):
        text = phrases.write(Situation((rule,), "mail", "email", move), sample_facts(phrases)).text
        assert "reports take two days" in text, rule
    text = phrases.write(Situation(("R-002-1",), "call", "phone"), sample_facts(phrases)).text
    assert "Lou Ames gave me your name." in text


# --- hostile cells ---------------------------------------------------------------------------------------------------

HOSTILE = [
    "line\r\nbreak\n\n\nX-Header: y",
    "https://evil.example/a?b=c " * 3,
    "x" * 10_000,
    "a " * 5_000,
    "\u202egnikcaH\u202c Inc",
    "{role} {0} {me.__class__}",
    "100 %s %(name)s %",
    "[your name] [x]",
    "Why? How?? What???",
    "Acme Inc.",
    "Wow!!! Great!!!",
    "\x00\x1b[31mred",
    "a | b || c",
    "@move",
    "  ,;:.  ",
    "Müller & Söhne GmbH & Co. KG",
    "株式会社サンプル",
    "… ... ..",
    "\u200b",
    '"',
    "-",
]


@pytest.mark.parametrize("cell", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("language", EVERY)
def test_hostile_cells_give_a_bounded_clean_message(language: str, cell: str) -> None:
    phrases = texts_of(language)
    slots = (
        "name",
        "firm",
        "company",
        "role",
        "referrer",
        "contact",
        "how_known",
        "source",
        "problem",
        "city",
        "interview_kind",
        "my_phone",
        "my_line",
        "progress",
        "me",
    )
    quoted = {slot: as_fact(cell, slot) for slot in slots}
    for facts in [{slot: quoted[slot]} for slot in slots] + [quoted]:
        told = {**sample_facts(phrases), **facts}
        if not told["me"]:
            del told["me"]
        for situation, asking in situations(phrases):
            if len(facts) == 1 and (situation.turn or situation.move not in ("", "idea")):
                continue
            meant = as_greeted(situation, told)
            message = phrases.write(meant, told)
            said = list(broken_rules(message, asking=asking, phrases=phrases))
            assert not said, (meant, facts, message.text, message.subject)
            assert "://" not in message.text
            assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u200b]", message.text + message.subject)


# --- facts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Dana Reed", "Dana"),
        ("Reed, Dana", "Dana"),
        ("Dr. Dana Reed", "Dana"),
        ("Prof. Dr. Ute Kern", "Ute"),
        ("Dana", "Dana"),
        ("", ""),
        ("Frau Ute Kern", "Ute"),
        ('"Dana" Reed', "Dana"),
        ("Herrmann Kern", "Herrmann"),
        ("Uncle Joe", "Uncle Joe"),
        ("Tante Uta Kern", "Tante Uta"),
    ],
)
def test_first_names(name: str, first: str) -> None:
    assert read_name(name).first == first


@pytest.mark.parametrize(
    ("cell", "greeted"),
    [
        ("Ms. Tran (nurse mgr)", "Dear Ms Tran,"),
        ("Tran (back in", "Dear Tran,"),
        ("Kelly Ross (https://www.notion.example/Kelly-aaa)", "Dear Kelly Ross,"),
        ("Tina, Fete & Co", "Dear Tina,"),
        ("Ruth, Symphony", "Dear Ruth,"),
        ("Ruth, Wexley", "Dear Ruth,"),
        ("Prof. Anna Keller, Glaciology", "Dear Prof. Keller,"),
        ("Herr Beil, Technik", "Dear Mr Beil,"),
        ("Frau Beck, Personalabteilung, Acme GmbH", "Dear Ms Beck,"),
        ("Personalabteilung, Frau Beck", "Dear Ms Beck,"),
        ("Ms Bell (maternity leave til Feb)", "Dear Ms Bell,"),
        ("Mike (said yes)", "Dear Mike,"),
        ("Jane Doe - recruiter", "Dear Jane Doe,"),
        ("Jane Doe – Personalleitung", "Dear Jane Doe,"),
        ("Jane Doe HR", "Dear Jane Doe,"),
        ("Acme - Jane Doe", "Dear Jane Doe,"),
        ("Bob from HR", "Dear Bob,"),
        ("Anna von der Personalabteilung", "Dear Anna,"),
        ("Marie de la DRH", "Dear Marie,"),
        ("Maria Lopes na RH", "Dear Maria Lopes,"),
        ("Sue @ TravelMed", "Dear Sue,"),
        ("Sue Dean (retired), now Ben Cho", "Dear Ben Cho,"),
        ("Frau Lohr, jetzt Frau Abel", "Dear Ms Abel,"),
        ("Sr. Ruth Ann", "Dear Sr. Ruth Ann,"),
        ("Sr. Vidal", "Dear Mr Vidal,"),
        ("Mr. and Mrs. Owen", "Dear Mr and Mrs Owen,"),
        ("Ms Bell and Mr Cho", "Dear Ms Bell and Mr Cho,"),
        ("Lou & Tim", "Dear Lou & Tim,"),
        ("Robert (Bob) Smith", "Dear Robert Smith,"),
        ("Frau Lohr (Personal)", "Dear Ms Lohr,"),
        ("Mme Dubosc (DRH)", "Dear Ms Dubosc,"),
        ("Anna, my old boss", "Dear Anna,"),
        ("Reed, Dana", "Dear Dana Reed,"),
        ("reed, dana", "Dear dana reed,"),
        ("Smith, J.", "Dear J. Smith,"),
        ("Nguyen, Van Anh", "Dear Van Anh Nguyen,"),
        ("García López, Ana", "Dear Ana García López,"),
        ("Thomas, Rajeev", "Dear Rajeev Thomas,"),
        ("Kern, Dr. Anna", "Dear Dr. Kern,"),
        ("Kern, Anna, Dr.", "Dear Dr. Kern,"),
        ("Herr Kern, Jan", "Dear Mr Kern,"),
        ("Kern, Frau", "Dear Ms Kern,"),
        ("van Dyk, Jan", "Dear Jan van Dyk,"),
        ("Marie de la Tour", "Dear Marie de la Tour,"),
        ("Anna von der Heide", "Dear Anna von der Heide,"),
        ("Ana Souza e Silva", "Dear Ana Souza e Silva,"),
        ("Jan Weber, Eva Lang", "Dear Jan Weber, Eva Lang,"),
        ("Iván Gil, Marta Sáez", "Dear Iván Gil, Marta Sáez,"),
        ("Sáez Gil, Marta Elena", "Dear Marta Elena Sáez Gil,"),
        ("Tom Head", "Dear Tom Head,"),
        ("Ms. Prof. Dr. med. Ida-Lou van der Kamp-Sørby PhD, MBA", "Dear Prof. Dr. van der Kamp-Sørby,"),
        ("Mr. Reed Jr.", "Dear Mr Reed,"),
        ("Mr. Lou Ma", "Dear Mr Ma,"),
    ],
)
def test_a_greeting_holds_the_name_and_nothing_that_stands_beside_it(cell: str, greeted: str) -> None:
    facts = dict(about_person(Person(name=cell), "en"))
    greeting = load_phrases("en").texts[f"greeting.{facts['form'] or 'full'}"]
    fitting = greeting.split(" | ")[0 if facts["titles"] else -1]
    assert fitting.format_map(facts) == greeted


def test_a_couple_is_greeted_in_the_language_of_the_letter() -> None:
    assert both_said("Mr. and Mrs. Owen", "de") == ("Herr und Frau Owen", "Herrn und Frau Owen")


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [("en", "Monday 4 January", "4 January"), ("de", "Montag, den 4. Januar", "4. Januar")],
)
def test_dates_are_as_a_person_writes_them(language: str, long: str, short: str) -> None:
    facts = about_days({"applied": date(2027, 1, 4), "met": None}, load_phrases(language))
    assert facts == {"applied": long, "applied_day": short}


def test_nobody_signs_with_a_blank_who_has_said_their_name() -> None:
    phrases = load_phrases("en")
    named = about_me(MeSettings(name="Ana Lopez", line="data analyst."))
    situation = Situation(("R-001-1",), "mail", "email", "fact")
    assert phrases.write(situation, named).text.endswith("Thank you for your time.\nAna Lopez")
    assert phrases.write(situation, about_me(MeSettings())).text.endswith("Thank you for your time.\n[your name]")
    assert "would bring my experience to it (data analyst).\n" in phrases.write(situation, named).text


# --- moves -----------------------------------------------------------------------------------------------------------

APPLIED = Lead(key="a", row="l:2", row_number=2, company="Acme", applied_on=date(2027, 1, 4), stage=Stage.SENT)


@pytest.mark.parametrize(
    ("facts", "after", "moves"),
    [
        pytest.param({}, 7, ("fact", "referral", "organisation"), id="no new resume after a week"),
        pytest.param({}, 14, ("resume", "fact", "referral", "organisation"), id="a new resume after two weeks"),
        pytest.param(
            {"notes": "Updated resume sent along"},
            7,
            ("resume", "fact", "referral", "organisation"),
            id="a new resume where the row says so",
        ),
        pytest.param({"problem": "slow tests"}, 7, ("idea", "fact", "referral", "organisation"), id="their problem"),
        pytest.param(
            {"stage": Stage.INTERVIEW}, 14, ("resume", "fact", "referral"), id="they decide after an interview"
        ),
        pytest.param(
            {"they_decide_by": date(2027, 2, 1)}, 14, ("resume", "fact", "referral"), id="they decide by a day"
        ),
        pytest.param(
            {"interview_at": date(2027, 1, 8), "problem": "slow tests"},
            14,
            ("resume", "fact", "referral"),
            id="after an interview the idea is a message of its own",
        ),
    ],
)
def test_moves_are_chosen_by_sense(facts: dict[str, object], after: int, moves: tuple[str, ...]) -> None:
    lead = replace(APPLIED, **facts)
    assert sensible_moves(open_moves(lead), rule="R-001-12", on=date(2027, 1, 4) + timedelta(days=after)) == moves


@pytest.mark.parametrize(
    ("facts", "updated"),
    [
        ({"stage": Stage.IDEA}, False),
        ({"stage": Stage.IN_TOUCH}, False),
        ({"stage": Stage.IDEA, "notes": "updated resume ready"}, True),
        ({"stage": Stage.SENT}, True),
        ({"stage": Stage.INTERVIEW}, True),
    ],
)
def test_nobody_who_never_got_a_resume_is_sent_an_updated_one(facts: dict[str, object], updated: bool) -> None:
    lead = replace(APPLIED, applied_on=None, **facts)
    assert ("resume" in sensible_moves(open_moves(lead), rule="sheet", on=date(2027, 1, 14))) == updated


def test_a_trip_brings_itself() -> None:
    assert sensible_moves(open_moves(APPLIED), rule="R-003-16", on=date(2027, 1, 11)) == ("meet",)


def test_every_move_has_its_sentences() -> None:
    common = [move for move in load_moves() if not move.rules]
    assert {move.id for move in common if move.whom != "customers"} == {*MOVES}
    assert {move.id for move in common if move.whom != "employers"} == {*MOVES_TO_CUSTOMERS}


def test_a_move_is_used_once_before_any_is_used_again_and_then_the_oldest_first() -> None:
    used: list[str] = []
    for _ in range(5):
        used.append(choose_move(("a", "b", "c"), used, ""))
    assert used == ["a", "b", "c", "a", "b"]
    assert choose_move(("a", "b"), ["b"], "b") == "a", "two in a row never"
    assert choose_move(("a", "b", "c"), ["c", "a"], "c") == "b", "what was meant long ago gives way to what is new"
    assert choose_move(("a", "b", "c"), ["c", "a", "b", "c", "a"], "c") == "b", "and to what is longest ago"


# --- a person's own words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("own", "said"),
    [
        pytest.param(
            '[draft.R-001-5]\nmail = "x"', "draft.R-001-5.mail: there is no such text; did you mean draft.R-0", id="key"
        ),
        pytest.param(
            '[draft.move.resume]\nmail = "{compny} x"', "there is no {compny}; did you mean {company}?", id="slot"
        ),
        pytest.param(
            '[draft.ask.fact]\nmail = "How is it, please? And why?"', "2 questions instead of one", id="rule 3"
        ),
        pytest.param('[draft.move.fact]\nmail = "I am just checking in."', "it says “just checking in”", id="rule 6"),
        pytest.param('[draft.move.fact]\nmail = "[a] [b] [c]"', "blanks, 2 at most", id="rule 8"),
        pytest.param('[draft.R-001-9]\nmail = "Thank you."', "a mail of", id="rule 9"),
        pytest.param('[draft.R-001-9]\nmail = ""', "is empty", id="empty"),
        pytest.param("[draft.greeting]\nfull = 5", "draft.greeting.full is 5 and no text; put it", id="number"),
        pytest.param('[draft.greeting]\nfull = "Hi {name}|Hi"', "has a space on both sides", id="bar"),
        pytest.param('[draft.R-001-9]\nmail = "@nowhere"', "'@nowhere' is none of", id="include"),
    ],
)
def test_own_words_are_checked_with_their_place(own: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_phrases("en", own)
    assert said in str(error.value)
    assert str(error.value).startswith("wording: draft.")
    assert "\n" not in str(error.value)


def test_a_shipped_message_that_breaks_a_rule_is_no_fault_of_ones_own_words() -> None:
    """Somebody who wrote a subject is not told that the mail below it is too short; their own short mail is."""
    shipped = load_phrases("en")
    broken = Phrases({**shipped.texts, "R-001-9.mail": "Thank you for the offer."})
    check_rules("R-001-9.subject", "Your offer", broken)
    with pytest.raises(ConfigError, match="a mail of"):
        check_rules("R-001-9.mail", "Thank you.", broken)


def test_own_words_take_the_place_of_the_shipped_ones() -> None:
    own = (
        '[draft.move.fact]\nmail = "This may interest you: [an article]."\n[draft.greeting]\nfull = "Hi {first_name},"'
    )
    phrases = load_phrases("en", own)
    text = phrases.write(Situation(("R-001-1",), "mail", "email", "fact"), sample_facts(phrases)).text
    assert text.startswith("Hi Dana,\n\n")
    assert "This may interest you: [an article]." in text
