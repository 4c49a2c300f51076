"""Target: one .ics file with all events, to be published as a feed or imported.

What is done with the text stands in `ical.feed_target`. The file is replaced atomically, and nothing is kept beside it,
since whoever can read the feed could read that too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from connectors.ical.feed_target import FEED, Feed, UnwritableFeed
from connectors.outside import Outside
from connectors.whole_file import replace_file
from sync.config import Settings
from sync.errors import TargetError
from sync.models import Change, Observation, Outcome, RemoteEvent

MAX_OCTETS = 512 * 1024 * 1024


def open_target(settings: Settings, outside: Outside) -> IcsFile:
    """The file at `[target] path`, relative to the configuration's folder."""
    return IcsFile(
        outside.folder / settings.target.path,
        owner=settings.owner,
        name=settings.target.name,
        zone=settings.timezone,
        outside=outside,
    )


class IcsFile:
    """A `Target` in one file. `name` and `zone` are what calendar programs show for the whole feed."""

    abilities = FEED

    def __init__(self, path: Path, *, owner: str, name: str, zone: str, outside: Outside) -> None:
        self._path = path
        self.files = (path,)
        self._feed = Feed(_File(path), owner=owner, name=name, zone=zone, clock=outside.clock)

    @property
    def identity(self) -> str:
        """The file's full path."""
        return f"ics:{self._path.resolve()}"

    def observe(self, known: Mapping[str, RemoteEvent]) -> Observation:
        """Everything of ours in the file; a file that is not there holds nothing. Raises `TargetError`."""
        return self._feed.observe(known)

    def apply(self, changes: Sequence[Change], *, observed: Observation, deadline: datetime) -> Iterator[Outcome]:
        """Write the file anew if any change is a write; then one outcome for each of them."""
        return self._feed.apply(changes, observed=observed, deadline=deadline)


class _File:
    """The place of a feed that is a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.label = str(path)

    def read(self) -> bytes:
        try:
            if self._path.stat().st_size > MAX_OCTETS:
                raise TargetError(f"{self._path} is too large to be a feed of followup; move it away")
            return self._path.read_bytes()
        except FileNotFoundError:
            return b""
        except OSError as error:
            raise TargetError(f"{self._path} cannot be read: {error.strerror}") from None

    def write(self, content: bytes) -> None:
        try:
            replace_file(self._path, content)
        except OSError as error:
            raise UnwritableFeed(f"{self._path} cannot be written: {error.strerror}") from None
