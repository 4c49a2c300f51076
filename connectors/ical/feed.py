"""A feed: one calendar object with all events, for calendar programs to subscribe to (caldav-facts 12). Pure.

Its events are bare VEVENT texts, kept as they are as long as they do not change: the same events give the same bytes.
Nobody can write into a feed, so all of its text is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from connectors.ical.reading import parse
from connectors.ical.vtimezone import make_vtimezone
from connectors.ical.writing import PRODID, YEARS_AHEAD, Dialect, write_event
from sync.models import Event, Moment, Snapshot, Stamp
from sync.reconcile.text_marks import marked, tidy_line

FEED = Dialect(marked=False)
COLOR = "steelblue"
REFRESH = timedelta(hours=1)
_ZONED = re.compile(r"\nDTSTART;TZID=([^:;\r\n]+):(\d{4})")


def serialise_block(event: Event, stamp: Stamp) -> str:
    """The bare VEVENT of one event, as it stands in a feed."""
    return write_event(event, stamp, FEED).decode()


def serialise_feed(blocks: Iterable[tuple[Moment, str, str]], *, name: str, zone: str) -> bytes:
    """A whole feed out of (start, uid, VEVENT text), sorted by start and uid: the same events give the same bytes."""
    header = Calendar()
    header.add("VERSION", "2.0")
    header.add("PRODID", PRODID)
    header.add("CALSCALE", "GREGORIAN")
    header.add("METHOD", "PUBLISH")
    header.add("NAME", tidy_line(name))
    header.add("X-WR-CALNAME", tidy_line(name))
    header.add("X-WR-TIMEZONE", zone)
    header.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    header.add("X-PUBLISHED-TTL", "PT1H")
    header.add("COLOR", COLOR)
    top, bottom = header.to_ical().decode().split("END:VCALENDAR")
    ordered = sorted(blocks, key=lambda block: (_instant(block[0]), block[1]))
    texts = [text for _, _, text in ordered]
    return "".join([top, *_zones_of(texts), *texts, "END:VCALENDAR", bottom]).encode()


def _zones_of(events: Iterable[str]) -> Iterator[str]:
    """The zones of these events, each for the years they begin in; an event ends in the zone it begins in."""
    years: dict[str, set[int]] = {}
    for found in filter(None, map(_ZONED.search, events)):
        years.setdefault(found[1], set()).add(int(found[2]))
    for zone, seen in sorted(years.items()):
        yield make_vtimezone(zone, first_year=min(seen), last_year=max(seen) + YEARS_AHEAD).to_ical().decode()


def split_feed(raw: str) -> Iterator[tuple[str, str]]:
    """Every VEVENT of a feed of ours as (uid, text), in order and without parsing. A block cut off is left out."""
    for block in re.findall(r"^BEGIN:VEVENT\r\n.*?^END:VEVENT\r\n", raw, re.M | re.S):
        uid = re.search(r"^UID:([^\r\n]*)\r\n", block, re.M)
        if uid:
            yield uid[1], block


def parse_block(block: str, uid: str) -> Snapshot:
    """The same as `parse` for a bare VEVENT out of a feed of ours: its zones are known, all of its text is ours."""
    snapshot = parse(f"BEGIN:VCALENDAR\r\n{block}END:VCALENDAR\r\n", uid)
    return replace(snapshot, description=marked(snapshot.description))


def is_our_feed(raw: str) -> bool:
    """Whether a file was written by followup: it begins with our header."""
    return raw.startswith("BEGIN:VCALENDAR\r\n") and f"\r\nPRODID:{PRODID}\r\n" in raw[:1000]


def _instant(moment: Moment) -> datetime:
    """For sorting: a day counts from its UTC midnight."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC)
    return datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
