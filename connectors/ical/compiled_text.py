"""iCalendar text of many events of one shape: a component that icalendar built once, with slots for what varies.

icalendar writes 1,200 events a second, one character at a time; a large feed or a first upload waits for that. Order,
names, parameters and fixed values are therefore taken from a real component, as icalendar writes them, and every value
is encoded by icalendar's own types. Only the folding of long lines is written again here: icalendar's rule, in bytes.

The result is byte for byte `Component.to_ical()`; tests compare the two on generated events, so that an icalendar that
writes something else one day fails a test and not a calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from icalendar import Component, vCategory, vDate, vDatetime, vText

Encoder = Callable[[Any], bytes]
Slots = Mapping[tuple[str, str], tuple[str, Encoder]]
"""For each varying property, as (component, name): the name of the value that goes there, and its encoder."""

_LONGEST = 74
"""Octets of a line, its end left out: what icalendar keeps to, one less than RFC 5545 3.1 allows."""


class CompiledText:
    """The text of a component with slots.

    `values` are those the component was built with: what a slot's line ends with must be what its encoder makes.
    """

    def __init__(self, component: Component, *, slots: Slots, values: Mapping[str, object]) -> None:
        fixed: list[bytes] = []
        self._slots: list[tuple[int, int]] = []
        """For how many octets each has room in its line, and which of the encoded values stands there."""
        self._encoders: list[tuple[str, Encoder]] = []
        """Each once: a value may stand in several lines."""
        inside: list[str] = []
        for line in component.content_lines()[:-1]:
            name = line.partition(":")[0].partition(";")[0]
            if name == "BEGIN":
                inside.append(line.partition(":")[2])
            slot = inside[-1], name
            if slot in slots:
                value, encode = slots[slot]
                encoded, whole = encode(values[value]), line.encode()
                assert whole.endswith(encoded), slot
                if slots[slot] not in self._encoders:
                    self._encoders.append(slots[slot])
                before = whole[: len(whole) - len(encoded)]
                self._slots.append((_LONGEST - len(before), self._encoders.index(slots[slot])))
                fixed.append(before.replace(b"%", b"%%") + b"%b")
            else:
                fixed.append(line.to_ical().replace(b"%", b"%%"))
            if name == "END":
                inside.pop()
        self._format = b"\r\n".join(fixed) + b"\r\n"

    def write(self, values: Mapping[str, Any]) -> bytes:
        """The text with these values in its slots."""
        encoded = [encode(values[value]) for value, encode in self._encoders]
        return self._format % tuple(
            [encoded[at] if len(encoded[at]) <= room else fold(encoded[at], room) for room, at in self._slots]
        )


def fold(text: bytes, room: int = _LONGEST) -> bytes:
    """The rest of a content line, folded as icalendar does: never inside a character, never after a lone `\\` or `^`.

    `room` is how many octets are left in the line it begins in; some characters' worth at least.
    """
    parts: list[bytes] = []
    start, end = 0, room
    while end < len(text):
        while 0x80 <= text[end] < 0xC0:
            end -= 1
        if text[end - 1] in b"\\^":
            end -= 1
        parts.append(text[start:end])
        start, end = end, end + _LONGEST
    parts.append(text[start:])
    return b"\r\n ".join(parts)


class _Text(str):
    """A text that encodes itself as icalendar's does, without the parameters that every vText carries."""

    __slots__ = ()
    encoding = "utf-8"
    to_ical = vText.to_ical


def encode_text(text: str) -> bytes:
    """A TEXT value (RFC 5545 3.3.11)."""
    # Five searches for one sign each take a third of the time of one for any of them, and most texts have none.
    if "," in text or ";" in text or "\\" in text or "\n" in text or "\r" in text:
        return bytes(_Text(text).to_ical())
    return text.encode()


def encode_number(number: int) -> bytes:
    """An INTEGER value."""
    return b"%d" % number


def encode_address(address: str) -> bytes:
    """A URI value: as it is."""
    return address.encode()


def encode_categories(names: Iterable[str]) -> bytes:
    """A list of TEXT values."""
    return _encode_names(tuple(names))


@lru_cache(maxsize=1024)
def _encode_names(names: tuple[str, ...]) -> bytes:
    return bytes(vCategory(list(names)).to_ical())


def encode_moment(moment: date) -> bytes:
    """A DATE, a wall-clock time (its zone stands in the line's parameters), or a time in UTC."""
    if not isinstance(moment, datetime):
        return _encode_day(moment)
    # Equal instants of two zones are one key of a cache, so it is asked for the wall clock alone.
    return _encode_day(moment.date()) + _encode_hour(moment.time(), moment.tzinfo is UTC)


@lru_cache(maxsize=1024)
def encode_instant(moment: datetime) -> bytes:
    """A time in UTC, whatever its zone."""
    return encode_moment(moment.astimezone(UTC))


@lru_cache(maxsize=4096)
def _encode_day(day: date) -> bytes:
    return bytes(vDate(day).to_ical())


@lru_cache(maxsize=4096)
def _encode_hour(hour: time, utc: bool) -> bytes:
    """What follows the day in a time: `T093000`, with a `Z` in UTC."""
    return bytes(vDatetime(datetime.combine(date.min, hour, UTC if utc else None)).to_ical()[len("YYYYMMDD") :])
