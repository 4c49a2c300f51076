"""What lies in a Google calendar: everything at the first look, what changed since at every later one. Pure.

A listing ends with Google's *sync token*. Token and ETags of ours are the **bookmark** of a look: the next asks with
the token, and what did not change since is the copy of that time, which must have the ETag noted here. Where a copy is
missing or another, the calendar is listed whole again; so it is where Google no longer takes the token (410).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import DecodeError, Struct, field, json

from connectors.google.events import google_id, read_resource, uid_behind
from connectors.ical.reading import UnreadableEvent
from sync.models import RemoteEvent
from sync.reconcile.identity import owner_of

Json = dict[str, Any]


class Bookmark(Struct, frozen=True):
    """Where a look ended."""

    token: str
    etags: Mapping[str, str]
    """ETags of all events of ours that lay there, by uid; empty where one could not be read."""

    def to_text(self) -> str:
        """The text that is kept between runs."""
        return json.encode(self).decode()


_READ = json.Decoder(Bookmark)  # made here, so that no two threads meet the type at once (`sync.convert`)


def read_bookmark(text: str) -> Bookmark | None:
    """The bookmark in this text; None where it is none."""
    try:
        return _READ.decode(text)
    except DecodeError:
        return None


class Seen(Struct):
    """What one look has shown so far, of ours by uid, of others by number."""

    owner: str
    path: str
    """The calendar's own, with which hrefs begin."""
    events: dict[str, RemoteEvent] = {}
    unreadable: dict[str, str] = {}
    gone: set[str] = set()
    others: Counter[str] = field(default_factory=Counter)
    foreign: int = 0

    @property
    def uids(self) -> set[str]:
        """All of ours that Google said something about."""
        return self.events.keys() | self.unreadable.keys() | self.gone

    def take(self, resource: Json) -> None:
        """Sort one resource in."""
        uid = uid_behind(str(resource.get("id", ""))) or ""
        owner, there = owner_of(uid), resource.get("status") != "cancelled"
        if owner != self.owner:
            self.others.update([owner] if owner and there else [])
            self.foreign += there and not owner
        elif not there:
            self.gone.add(uid)
        else:
            try:
                self.events[uid] = read_resource(resource, uid, href=f"{self.path}/events/{google_id(uid)}")
            except UnreadableEvent as error:
                self.unreadable[uid] = str(error)

    def complete(self, bookmark: Bookmark, known: Mapping[str, RemoteEvent]) -> bool:
        """Add what did not change since the bookmark; False where its copy is not at hand."""
        for uid in bookmark.etags.keys() - self.uids:
            if uid not in known or not known[uid].etag or known[uid].etag != bookmark.etags[uid]:
                return False
            self.events[uid] = known[uid]
        return True

    def mark(self, token: str) -> str:
        """The bookmark of this look; empty without a token."""
        etags = {uid: remote.etag for uid, remote in self.events.items()} | dict.fromkeys(self.unreadable, "")
        return Bookmark(token, dict(sorted(etags.items()))).to_text() if token else ""
