"""The source and the target of a hosted profile: on the network as for anybody, in the database instead of files."""

from __future__ import annotations

from collections.abc import Callable

from connectors import open_source, open_target
from connectors.csv_text import parse_csv
from connectors.excel_file import parse_excel
from connectors.outside import Outside
from connectors.postgres.connecting import Connect
from connectors.postgres.hosted import StoredFeed, UploadedTable
from sync.config import Settings
from sync.models import Table
from sync.protocols import Source, Target

Open = Callable[[Settings, Outside, Connect, str], tuple[Source, Target]]
"""Opens what the settings of a profile name; the last is the profile's id."""


def open_hosted(settings: Settings, outside: Outside, connect: Connect, profile: str) -> tuple[Source, Target]:
    """What the settings name. No file of this machine is opened."""
    return _open_source(settings, outside, connect, profile), _open_target(settings, outside, connect, profile)


def _open_source(settings: Settings, outside: Outside, connect: Connect, profile: str) -> Source:
    source = settings.source
    if source.type == "google_sheet":
        return open_source(settings, outside)

    def parse(content: bytes) -> Table:
        if source.type == "csv":
            return parse_csv(content, name=source.path)
        return parse_excel(content, name=source.path, tab=source.tab, skip_hidden=source.skip_hidden)[0]

    return UploadedTable(connect, profile, source.path, parse)


def _open_target(settings: Settings, outside: Outside, connect: Connect, profile: str) -> Target:
    target = settings.target
    if target.type != "ics":
        return open_target(settings, outside)
    return StoredFeed(
        connect, profile, owner=settings.owner, name=target.name, zone=settings.timezone, clock=outside.clock
    )
