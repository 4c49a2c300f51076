"""The hour in a cell: `10am`, `14 Uhr`, `kl. 10.00`, `下午2点`, a slot (`10:00-11:00`), and the zone behind it.

A zone is an offset, letters that mean one clock (`EST`, `CET`), or a place (`London`, `Europe/London`). Letters that
mean several (`CST`) are only understood where the seeker's own clock bears that name; what is no known zone is named,
never dropped: an hour in the wrong zone is a missed interview.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from sync.moments import zone_names
from sync.reading.cells import Fault
from sync.reading.date_words import DateWords, shipped_date_words

_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d\d))?")
_TAIL_OFFSET = re.compile(r"(?:\b(?:utc|gmt)\s*[+-]\s*\d{1,2}(?::?\d\d)?|(?<=[\d\sm])[+-]\d\d:?\d\d|(?<=\d)z)$")
_BRACKET = re.compile(r"\s*[(\[（]([^()\[\]（）]{1,60})[)\]）]$")
_CLOCK = r"(\d{1,2})(?:(?::|\s?h\s?|\.)([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?)?\s*([ap]\.?m\.?)?"
_RANGE = re.compile(
    rf"(?:^|[\s,t]){_CLOCK}\s*(?:uhr|h)?\s*"
    rf"(?:-|–|—|~|〜|\bto\b|\bbis\b|\btill?\b|\bà\b|\ba\b|\btot\b|\bàs\b|\bas\b|до)\s*{_CLOCK}$"
)
_SINGLE = re.compile(
    r"(?:^|[\s,t])(\d{1,2})(?::|\s?h\s?|\.(?=[0-5]\d(?:\D|$)))([0-5]\d|\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*([ap]\.?m\.?)?$"
)
_HALF = re.compile(r"(?:^|[\s,])(\d{1,2})\s*([ap]\.?m\.?)$")
_MARKED = re.compile(
    r"(?:^|[\s,])(?:kl\.?|klo\.?|kello|klokken|klokka|ore|alle|um|à|a las|om|godz\.?|às|das|saat|в)\s*"
    r"(\d{1,2})(?:[:.h](\d\d))?$"
)
_HOUR_ONLY = re.compile(r"(?:^|[\s,])(\d{1,2})\s*(?:h|uhr|uur|hrs?)\.?$")
_SLOT_NOT_OFFSET = re.compile(r"[\s,](\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)$")
_SIGNS = re.compile(
    r"(上午|早上|中午|下午|晚上|午前|午後|오전|오후|저녁)?\s*(\d{1,2})\s*(?:[点點時时시]|:(?=\d))\s*(?:(半|반)|(\d{1,2})\s*[分분]?)?$"
)
_CLOCK_WORD = re.compile(r"(?:\s|(?<=\d))(?:uhr|uur|hrs|h)\.?$")
_COUNTS_TO_24 = re.compile(r"\s+(?:das|kl\.?|klo\.?|ore|dalle|saat|od|von)$")
_PLACE = re.compile(r"(?<=\s)(?=([^\W\d_][^\d]{1,40})$)")


class Clock(Struct, frozen=True):
    """Wall-clock time in `zone`, else in the reader's; `end` is that of a slot."""

    at: time
    zone: tzinfo | None = None
    end: time | None = None


def split_hour(text: str, zone: tzinfo) -> tuple[str, Clock | Fault | None]:
    """The text without its hour, and the hour; None where it has none. `text` is in lower case and clean.

    `zone` is the reader's own: by it letters with several meanings are told.
    """
    words = shipped_date_words()
    rest, found = _take_zone(text, words, zone)
    if isinstance(found, Fault):
        return text, found
    day, clock = _take_clock(rest, words)
    if clock is None:
        return (text, None) if found is None else (rest, None)
    if isinstance(clock, Fault):
        return text, clock
    at, end = clock
    return day, Clock(at, found, end)


def _take_zone(text: str, words: DateWords, own: tzinfo) -> tuple[str, tzinfo | Fault | None]:
    """The text without its zone, and the zone."""
    bracket = _BRACKET.search(text)
    if bracket and any(sign.isdigit() for sign in text[: bracket.start()]):
        before, inside = text[: bracket.start()].rstrip(), bracket[1].strip()
        if _TAIL_OFFSET.search(before) or inside in words.weekdays:
            return _take_zone(before, words, own) if inside not in words.weekdays else (text, None)
        zone = _named_zone(inside, words, own)
        if zone is not None:
            return before, zone
        if inside.removesuffix(" time") != inside or (
            inside.isalpha()
            and len(inside) < 6
            and inside.isascii()
            and inside not in words.remark
            and _ends_with_hour(before, words)
        ):
            return text, Fault(f"has an hour in a zone that is not known: {inside}; write an offset such as +01:00")
        return _take_zone(before, words, own) if _ends_with_hour(before, words) else (text, None)
    offset = _TAIL_OFFSET.search(text)
    if offset and not _is_slot(text):
        return text[: offset.start()].rstrip(), _named_zone(offset[0].strip(), words, own)
    for place in _PLACE.finditer(text):
        zone = _named_zone(place[1].strip(" .,"), words, own)
        if zone is not None and _ends_with_hour(text[: place.start()].rstrip(), words):
            return text[: place.start()].rstrip(), zone
    return text, None


def _is_slot(text: str) -> bool:
    """`2026-12-03 10:00-11:00` is a slot, `2026-12-03 02:00-05:00` and anything behind a T an offset."""
    match = _SLOT_NOT_OFFSET.search(text)
    if not match:
        return False
    return int(match[1]) >= 6 and (int(match[3]), match[4]) > (int(match[1]), match[2])


def _ends_with_hour(text: str, words: DateWords) -> bool:
    return _take_clock(text, words)[1] is not None


def _named_zone(name: str, words: DateWords, own: tzinfo) -> tzinfo | Fault | None:
    """The zone of an offset, of letters, or of a place."""
    match = _OFFSET.fullmatch(name.replace(" ", ""))
    if match:
        delta = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if delta > timedelta(hours=14):
            return Fault("has an offset from UTC that does not exist")
        return timezone(-delta if match[1] == "-" else delta)
    known = words.zones.get(name.removesuffix(" time")) or words.zones.get(name)
    if known:
        return UTC if known == "UTC" else ZoneInfo(known)
    several = words.unclear.get(name)
    if several:
        own_names = {(datetime(2026, month, 15, tzinfo=own).tzname() or "").lower() for month in (1, 7)}
        if name in own_names or getattr(own, "key", "") in several:
            return own
        places = " or ".join(zone.rpartition("/")[2].replace("_", " ") for zone in several)
        return Fault(
            f"has an hour in {name.upper()}, which may be the time of {places}; write an offset such as -06:00"
        )
    place = _places().get(name.removesuffix(" time").strip())
    return ZoneInfo(place) if place else None


@cache
def _places() -> dict[str, str]:
    """Places by their own name, and zones by theirs, in lower case; a name of two zones is none."""
    found: dict[str, str] = {}
    for zone in sorted(zone_names()):
        found[zone.lower()] = zone
        area, _, place = zone.rpartition("/")
        name = place.replace("_", " ").lower()
        if area and area.partition("/")[0] not in (
            "Etc",
            "US",
            "Canada",
            "Brazil",
            "Mexico",
            "Chile",
            "posix",
            "right",
        ):
            found[name] = "" if name in found and found[name] != zone else zone
    return found


def _take_clock(text: str, words: DateWords) -> tuple[str, tuple[time, time | None] | Fault | None]:
    """The text without its hour, with start and end."""
    plain = _CLOCK_WORD.sub("", text)
    slot = _RANGE.search(plain)
    told = slot and (
        slot[2] or slot[4] or slot[6] or slot[8] or plain != text or _COUNTS_TO_24.search(_before(text, slot))
    )
    if slot and told and slot.start():
        first, second = _slot(slot)
        if isinstance(first, Fault):
            return text, first
        if isinstance(second, Fault):
            return text, second
        return _COUNTS_TO_24.sub("", _before(text, slot)), (first, second if second > first else None)
    match = _SINGLE.search(plain)
    if match and match.start():
        return _before(text, match), _one(_time(match[1], match[2], match[3], match[4]))
    match = _HALF.search(text)
    if match and match.start():
        return _before(text, match), _one(_time(match[1], "0", "0", match[2]))
    match = _MARKED.search(text)
    if match and match.start():
        return _before(text, match), _one(_time(match[1], match[2], "0", None))
    match = _SIGNS.search(text)
    if (
        match
        and match.start()
        and (match[1] or "点" in text or "點" in text or "時" in text or "时" in text or "시" in text)
    ):
        half = "p" if match[1] in words.evening or (match[1] == "中午" and int(match[2]) < 11) else None
        if half and int(match[2]) >= 12:
            half = None
        return _before(text, match), _one(_time(match[2], "30" if match[3] else match[4], "0", half))
    match = _HOUR_ONLY.search(text)
    if match and match.start():
        return _before(text, match), _one(_time(match[1], "0", "0", None))
    head, _, last = text.rpartition(" ")
    if head and last in words.noon:
        return head.rstrip(" ,"), (time(12), None)
    return text, None


def _before(text: str, match: re.Match[str]) -> str:
    return text[: match.start()].rstrip(" ,@")


def _one(at: time | Fault) -> tuple[time, time | None] | Fault:
    return at if isinstance(at, Fault) else (at, None)


def _slot(match: re.Match[str]) -> tuple[time | Fault, time | Fault]:
    """Both ends of a slot; where only the second says `pm`, the first says it too, unless it would come after."""
    end = _time(match[5], match[6], match[7], match[8])
    start = _time(match[1], match[2], match[3], match[4] or (match[8] if int(match[1]) < 13 else None))
    if not match[4] and match[8] and isinstance(start, time) and isinstance(end, time) and start > end:
        start = _time(match[1], match[2], match[3], None)
    return start, end


def _time(hour: str, minute: str | None, second: str | None, half: str | None) -> time | Fault:
    number = int(hour)
    if half:
        if not 1 <= number <= 12:
            return Fault("has an hour that does not exist")
        number = number % 12 + (12 if half.startswith("p") else 0)
    if number > 23 or int(minute or 0) > 59 or int(second or 0) > 59:
        return Fault("has an hour that does not exist")
    return time(number, int(minute or 0), int(second or 0))
