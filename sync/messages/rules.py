"""The rules every message keeps, as a check: of the shipped sentences in tests, of the user's own before a run.

The numbers are those of `docs/messages.md`. A rule that is broken is one plain phrase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sync.messages.message import MAIL_WORDS, SAID_WORDS, SHORT, SUBJECT, VOICEMAIL_WORDS, Message
from sync.messages.sentences import Phrases

BLANKS = 2
BLANK_WORDS = 8

_LEFT_OVER = re.compile(
    r"[{}]|MISSING|\bNone\b| {2}|\s[,;.?!](?!\w)|[,;:]\.|(?<!\.)\.\.(?!\.)|[?!]\.|,,|: ?$|: ?\n|\(\)|\[\]"
)
_EXCITED = re.compile(r"![\s!]*!")


def broken_rules(message: Message, *, asking: bool, phrases: Phrases) -> Iterator[str]:
    """What is wrong with this message; `asking` says whether it is to ask for something."""
    whole = "\n".join([message.subject, message.text, *message.voicemail])
    said = whole.casefold()
    yield from _broken_courtesy(message, asking=asking, phrases=phrases)
    for condemned in ("rule.condemned", "rule.needy"):
        for sentence in phrases.words(condemned):
            if sentence and sentence in said:
                yield f"it says “{sentence}”"
    if found := _LEFT_OVER.search(whole):
        yield f"there is something left over: “{found[0].strip() or found[0]}”"
    if _EXCITED.search(whole):
        yield "it has exclamation marks in a row"
    yield from _broken_blanks(message)
    yield from _broken_lengths(message)


def _broken_courtesy(message: Message, *, asking: bool, phrases: Phrases) -> Iterator[str]:
    """Thanks in every one; in an asking one please, and exactly one question; in any other none."""
    body, said = " ".join(message.sentences), message.text.casefold()
    if phrases.texts["rule.thanks"] not in said:
        yield "it does not say thank you"
    if asking and phrases.texts["rule.please"] not in said:
        yield "it asks without please"
    questions = body.count("?")
    if asking and questions != 1:
        yield f"it has {questions} questions instead of one"
    if not asking and questions:
        yield "it asks a question though it only thanks or tells"


def _broken_blanks(message: Message) -> Iterator[str]:
    if len(message.blanks) > BLANKS:
        yield f"it has {len(message.blanks)} blanks, {BLANKS} at most"
    for blank in message.blanks:
        if len(blank.split()) > BLANK_WORDS:
            yield f"the blank {blank} has more than {BLANK_WORDS} words"


def _broken_lengths(message: Message) -> Iterator[str]:
    words, letters = len(message.text.split()), len(message.text)
    if message.kind == "mail" and not MAIL_WORDS[0] <= words <= MAIL_WORDS[1]:
        yield f"a mail of {words} words; {MAIL_WORDS[0]} to {MAIL_WORDS[1]} are right"
    if message.kind == "short" and letters > SHORT:
        yield f"a short message of {letters} letters, {SHORT} at most"
    if message.kind == "call" and words > SAID_WORDS:
        yield f"{words} words to say, {SAID_WORDS} at most"
    if (spoken := len(" ".join(message.voicemail).split())) > VOICEMAIL_WORDS:
        yield f"{spoken} words if nobody answers, {VOICEMAIL_WORDS} at most"
    if len(message.subject) > SUBJECT:
        yield f"a subject of {len(message.subject)} letters, {SUBJECT} at most"
