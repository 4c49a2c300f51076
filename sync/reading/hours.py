"""The hour in a cell: `10am`, `14 Uhr`, `kl. 10.00`, `下午2点`, a slot (`10:00-11:00`), and the zone behind it.

A zone is an offset, letters that mean one clock (`EST`, `CET`), or a place (`London`, `Europe/London`). Letters that
mean several (`CST`) are only understood where the seeker's own clock bears that name; what is no known zone is named,
never dropped: an hour in the wrong zone is a missed interview.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from msgspec import Struct

from sync.moments import zone_names
from sync.patterns import lazy_compile
from sync.reading.cells import Fault
from sync.reading.date_lexicon import DateWords, shipped_date_words
from sync.reading.hour_grammar import Hour, last_hour, match_hour

_OFFSET = lazy_compile(r"(?:utc|gmt)?\s*([+-])(\d{1,2})(?::?(\d\d))?")
_TAIL_OFFSET = lazy_compile(
    r"(?:\b(?:utc|gmt)\s*[+-]\s*\d{1,2}(?::?\d\d)?|(?:(?<=:\d\d)|(?<=\.\d\d\d)|(?<=[\sm]))[+-]\d\d:?\d\d|(?<=\d)z)$"
)
_BRACKET = lazy_compile(r"\s*[(\[（]([^()\[\]（）]{1,60})[)\]）]$")
_SLOT_NOT_OFFSET = lazy_compile(r"[\s,](\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)$")
_PLACE = lazy_compile(r"(?<=\s)(?=([^\W\d_][^\d]{1,40})$)")


class WallTime(Struct, frozen=True):
    """Wall-clock time in `zone`, else in the reader's; `end` is that of a slot."""

    at: time
    zone: tzinfo | None = None
    end: time | None = None
    told: bool = True
    """Whether the half of the day is known: `3:30` may be in the afternoon."""
    minuted: bool = False


def split_hour(text: str, zone: tzinfo) -> tuple[str, WallTime | Fault | None]:
    """The text without its hour, and the hour; None where it has none. `text` is in lower case and clean.

    `zone` is the reader's own: by it letters with several meanings are told.
    """
    words = shipped_date_words()
    text = _open_bracket(text)
    rest, found = _take_zone(text, words, zone)
    if isinstance(found, Fault):
        return text, found
    day, hour = _take_hour(rest)
    if hour is None and found is not None:
        day, hour = _take_hour(text)
        found = None if hour else found
    if hour is None:
        return (text, None) if found is None else (rest, None)
    if hour.fault:
        return text, hour.fault
    return day, WallTime(hour.at, found, hour.end, hour.told, hour.minuted)


def _open_bracket(text: str) -> str:
    """`10 Dec 2026 (23:59 CET)` without the bracket, so that its hour ends it."""
    bracket = _BRACKET.search(text)
    if bracket is None or not bracket.start():
        return text
    hour = match_hour(bracket[1], 0, adjacent=False)
    return f"{text[: bracket.start()]} {bracket[1]}" if hour and hour.sure else text


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
            and _ends_with_hour(before)
        ):
            return text, Fault("hour_in_no_zone", {"zone": inside})
        return _take_zone(before, words, own) if _ends_with_hour(before) else (text, None)
    offset = _TAIL_OFFSET.search(text)
    if offset and not _is_slot(text):
        return text[: offset.start()].rstrip(), _named_zone(offset[0].strip(), words, own)
    for place in _PLACE.finditer(text):
        zone = _named_zone(place[1].strip(" .,"), words, own)
        if zone is not None and _ends_with_hour(text[: place.start()].rstrip()):
            return text[: place.start()].rstrip(), zone
    return text, None


def _is_slot(text: str) -> bool:
    """`2026-12-03 10:00-11:00` is a slot, `2026-12-03 02:00-05:00` and anything behind a T an offset."""
    match = _SLOT_NOT_OFFSET.search(text)
    if not match:
        return False
    return int(match[1]) >= 6 and (int(match[3]), match[4]) > (int(match[1]), match[2])


def _ends_with_hour(text: str) -> bool:
    return last_hour(text) is not None


def _named_zone(name: str, words: DateWords, own: tzinfo) -> tzinfo | Fault | None:
    """The zone of an offset, of letters, or of a place."""
    match = _OFFSET.fullmatch(name.replace(" ", ""))
    if match:
        delta = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
        if delta > timedelta(hours=14):
            return Fault("no_offset")
        return timezone(-delta if match[1] == "-" else delta)
    known = words.zones.get(name.removesuffix(" time")) or words.zones.get(name)
    if known:
        return UTC if known == "UTC" else ZoneInfo(known)
    several = words.unclear.get(name)
    if several:
        own_names = {(datetime(2026, month, 15, tzinfo=own).tzname() or "").lower() for month in (1, 7)}
        if name in own_names or getattr(own, "key", "") in several:
            return own
        places = tuple(zone.rpartition("/")[2].replace("_", " ") for zone in several)
        return Fault("hour_in_zones", {"zone": name.upper(), "places": places})
    place = _places().get(name.removesuffix(" time").strip())
    return ZoneInfo(place) if place else None


def names_place(name: str) -> bool:
    """Whether a zone is called by this name of a place. `name` is in lower case."""
    return bool(_places().get(name))


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


def _take_hour(text: str) -> tuple[str, Hour | None]:
    """The text without the hour that ends it, or begins it, and the hour."""
    found = last_hour(text)
    if found is not None:
        place, hour = found
        before = text[: place - 1] if text[place - 1] == "t" else text[:place]
        return before.rstrip(" ,@;(|~–-"), hour
    first = match_hour(text, 0, adjacent=False)
    if first is not None and (first.sure or first.fault):
        return text[first.stop :].lstrip(" ,;@)|–-"), first
    return text, None
