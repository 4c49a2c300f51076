"""A feed: one calendar object with all events, for calendar programs to subscribe to. Pure.

Its events are bare VEVENT texts, kept as they are as long as they do not change: the same events give the same bytes.
Nobody can write into a feed, so all of its text is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from icalendar import Calendar
from msgspec.structs import replace

from connectors.ical.reading import parse
from connectors.ical.vtimezone import make_vtimezone
from connectors.ical.writing import PRODID, YEARS_AHEAD, Dialect, write_event
from sync.models import Event, Moment, Snapshot, Stamp
from sync.reconcile.marker_lines import marked, tidy_line

FEED = Dialect(marked=False)
COLOR = "steelblue"
REFRESH = timedelta(hours=1)
_ZONED = re.compile(rb"\nDTSTART;TZID=([^:;\r\n]+):(\d{4})")


def serialise_block(event: Event, stamp: Stamp) -> bytes:
    """The bare VEVENT of one event, as it stands in a feed."""
    return write_event(event, stamp, FEED)


def serialise_feed(blocks: Iterable[tuple[Moment, str, bytes]], *, name: str, zone: str) -> bytes:
    """A whole feed out of (start, uid, VEVENT text), sorted by start and uid: the same events give the same bytes.

    It is a plain calendar object: METHOD would make it a message, which needs an ORGANIZER (RFC 5546 3.2.1).
    """
    header = Calendar()
    header.add("VERSION", "2.0")
    header.add("PRODID", PRODID)
    header.add("CALSCALE", "GREGORIAN")
    header.add("NAME", tidy_line(name))
    header.add("X-WR-CALNAME", tidy_line(name))
    header.add("X-WR-TIMEZONE", zone)
    header.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    header.add("X-PUBLISHED-TTL", "PT1H")
    header.add("COLOR", COLOR)
    top, end, bottom = header.to_ical().rpartition(b"END:VCALENDAR")
    ordered = sorted(blocks, key=lambda block: (_seconds(block[0]), block[1]))
    texts = [text for _, _, text in ordered]
    return b"".join([top, *_zones_of(texts), *texts, end, bottom])


def _zones_of(events: Iterable[bytes]) -> Iterator[bytes]:
    """The zones of these events, each for the years they begin in; an event ends in the zone it begins in."""
    seen = {found.groups() for found in map(_ZONED.search, events) if found}
    for zone in sorted({zone for zone, _ in seen}):
        years = [int(year) for where, year in seen if where == zone]
        yield make_vtimezone(zone.decode(), first_year=min(years), last_year=max(years) + YEARS_AHEAD).to_ical()


def split_feed(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Every VEVENT of a feed of ours as (uid, text), in order and without parsing. A block cut off is left out."""
    for block in re.findall(rb"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", raw, re.M | re.S):
        uid = re.search(rb"^UID:([^\r\n]*)\r\n", block, re.M)
        if uid:
            yield uid[1].decode(errors="replace"), block


def parse_block(block: str, uid: str) -> Snapshot:
    """The same as `parse` for a bare VEVENT out of a feed of ours: its zones are known, all of its text is ours."""
    snapshot = parse(f"BEGIN:VCALENDAR\r\n{block}END:VCALENDAR\r\n", uid)
    return replace(snapshot, description=marked(snapshot.description))


def is_our_feed(raw: bytes) -> bool:
    """Whether a file was written by followup: it begins with our header."""
    return raw.startswith(b"BEGIN:VCALENDAR\r\n") and f"\r\nPRODID:{PRODID}\r\n".encode() in raw[:1000]


def _seconds(moment: Moment) -> float:
    """For sorting, since 1970: a day counts from its UTC midnight."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return moment.timestamp()
