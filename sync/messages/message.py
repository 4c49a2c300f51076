"""A message in its parts, and as it is read."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote

from msgspec import Struct

KINDS = {"email": "mail", "post": "mail", "text": "short", "linkedin": "short", "phone": "call", "in_person": "call"}
"""What sort of text a channel carries: a letter, a few lines, or what to say."""
SHORT = 300
"""Characters of a text or LinkedIn message at most."""
SUBJECT = 60
"""Characters of a subject at most."""
MAIL_WORDS = (35, 130)
SAID_WORDS = 60
VOICEMAIL_WORDS = 35
"""Words of a letter, of what to say on the phone, and of what to say if nobody answers."""

MAX_LINK = 1_800
"""Characters of a mail link: longer ones are cut by calendar programs; then it opens the mail without its text."""

EDGE, JOINT = "\x1e", "\x1f"
"""Signs that no cell brings into a message: `clean` takes them out."""
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_UNQUOTED = frozenset(chr(code) for code in range(128) if quote(chr(code), safe="") == chr(code))
_BLANK = re.compile(r"\[[^\[\]]+\]")


class Message(Struct, frozen=True):
    """One message. `text` is how it is sent or said, `parted` the same with its joints; `voicemail` is what to say if
    nobody answers, by sentences."""

    kind: str
    subject: str
    text: str
    parted: str
    voicemail: tuple[str, ...] = ()

    @staticmethod
    def of(kind: str, subject: str, parted: str, voicemail: tuple[str, ...] = ()) -> Message:
        """The message of a text with its joints: `EDGE` behind the greeting and before the closing, `JOINT` between
        sentences of a paragraph."""
        between = "\n" if kind == "short" else "\n\n"
        text = between.join(filter(None, parted.split(EDGE))).replace(JOINT, " ")
        return Message(kind, subject, text, parted, voicemail)

    @property
    def whole(self) -> str:
        """The message, and under it what to say if nobody answers."""
        return "\n\n".join(filter(None, [self.text, " ".join(self.voicemail)]))

    @property
    def too_long(self) -> bool:
        """Whether it is longer than such a message may be."""
        if self.kind == "short":
            return len(self.text) > SHORT
        if self.kind == "mail":
            spaces = self.text.count(" ") + self.text.count("\n")  # fewer than these there are no words
            return spaces >= MAIL_WORDS[1] and len(self.text.split()) > MAIL_WORDS[1]
        return len(self.text.split()) > SAID_WORDS or len(" ".join(self.voicemail).split()) > VOICEMAIL_WORDS

    @property
    def sentences(self) -> tuple[str, ...]:
        """What it says between greeting and closing, voicemail included."""
        body = self.parted.split(EDGE)[1].replace("\n\n", JOINT)
        return (*filter(None, body.split(JOINT)), *self.voicemail[1:-1])

    @property
    def blanks(self) -> tuple[str, ...]:
        """What is left for the person to fill in, in order, each named once."""
        return blanks_in(" ".join([self.subject, self.text, *self.voicemail]))


def mail_link(address: str, subject: str, text: str) -> str:
    """A link that opens the message in the mail program (RFC 6068); empty where this is no mail address."""
    if not _MAIL.fullmatch(address):
        return ""
    local, _, host = address.partition("@")
    link = f"mailto:{_quoted(local)}@{host}?subject={_quoted(subject)}"
    body = "%0D%0A".join(map(_quoted, text.split("\n")))
    return f"{link}&body={body}" if len(link) + len(body) + 6 <= MAX_LINK else link


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """`quote`, by the few signs that need it: a line is mostly letters, and most lines are in many messages."""
    if not text.isascii():
        return quote(text, safe="")
    for sign in sorted({*text} - _UNQUOTED, key="%".__ne__):  # the percent sign first: the others bring new ones
        text = text.replace(sign, f"%{ord(sign):02X}")
    return text


def blanks_in(text: str) -> tuple[str, ...]:
    """The blanks of a text, in order, each named once."""
    return tuple(dict.fromkeys(_BLANK.findall(text)))
