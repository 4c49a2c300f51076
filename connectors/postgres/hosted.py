"""What a hosted profile has in the database instead of files: the table it uploaded, and the feed its runs write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from psycopg import Connection

from connectors.ical.feed_target import FEED, Feed, UnwritableFeed
from connectors.postgres.connecting import Connect
from connectors.postgres.sentences import speak_plainly
from sync.errors import ConfigError
from sync.models import Change, Observation, Outcome, RemoteEvent, Table

MAX_BYTES = 10_000_000
"""Of an uploaded table; a hundred times what ten years of leads need."""
GIVE = "SELECT content FROM followup.upload WHERE profile = %s AND name = %s"
READ = "SELECT content FROM followup.feed WHERE profile = %s"
WRITE = """
UPDATE followup.feed SET content = %s, written = now() WHERE profile = %s AND digest = %s
"""


@contextmanager
def rows_of(connect: Connect, profile: str) -> Iterator[Connection[Any]]:
    """A transaction that sees this profile's rows and no others'."""
    with speak_plainly(), connect() as connection, connection.transaction():
        connection.execute("SELECT set_config('followup.profile', %s, true)", (profile,))
        yield connection


class UploadedTable:
    """A `Source`: a CSV or spreadsheet file that was put into the database. `parse` makes a table of its bytes."""

    def __init__(self, connect: Connect, profile: str, name: str, parse: Callable[[bytes], Table]) -> None:
        self._connect, self._profile, self._name, self._parse = connect, profile, name, parse
        self.identity = f"upload:{profile}/{name}"

    def read(self) -> Table:
        """All rows. Raises `ConfigError` where nothing was uploaded, `SourceError` where it cannot be read."""
        with rows_of(self._connect, self._profile) as connection:
            row = connection.execute(GIVE, (self._profile, self._name)).fetchone()
        if row is None:
            raise ConfigError(f"{self._name} was never uploaded for {self._profile}; add the profile again with it")
        return self._parse(bytes(row[0]))


class StoredFeed:
    """A `Target`: the feed of a profile, which `followup fleet serve` hands out."""

    abilities = FEED

    def __init__(
        self, connect: Connect, profile: str, *, owner: str, name: str, zone: str, clock: Callable[[], datetime]
    ) -> None:
        self.identity = f"feed:{profile}"
        self._feed = Feed(_Row(connect, profile), owner=owner, name=name, zone=zone, clock=clock)

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """Everything of ours in the feed. Raises `TargetError`."""
        return self._feed.observe(known)

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        """Write the feed anew if any change is a write; then one outcome for each of them."""
        return self._feed.apply(changes, observed=observed, deadline=deadline)


class _Row:
    """The place of a feed that is a row. What it replaces is what was read: a run that lost its turn writes nothing."""

    def __init__(self, connect: Connect, profile: str) -> None:
        self._connect, self._profile = connect, profile
        self._read = b""
        self.label = f"the feed of {profile}"

    def read(self) -> bytes:
        with rows_of(self._connect, self._profile) as connection:
            row = connection.execute(READ, (self._profile,)).fetchone()
        if row is None:
            raise ConfigError(f"{self._profile} has no feed; add the profile again")
        self._read = bytes(row[0])
        return self._read

    def write(self, content: bytes) -> None:
        digest = sha256(self._read).digest()
        with rows_of(self._connect, self._profile) as connection:
            written = connection.execute(WRITE, (content, self._profile, digest)).rowcount
        if not written:
            raise UnwritableFeed(f"{self.label} was written by another run meanwhile")
        self._read = content
