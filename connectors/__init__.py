"""The connectors by name. Each is one file that looks like its neighbours; it is imported when first used.

An entry is `module:factory`. A factory takes the settings and what its kind of connector needs from outside
(`connectors.outside`); nothing in here reads the clock or the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from sync.errors import ConfigError

if TYPE_CHECKING:
    from connectors.outside import Outside
    from sync.config import Settings
    from sync.models import CalendarInfo
    from sync.protocols import Source, StateStore, Target

SOURCES: Mapping[str, str] = {
    "csv": "connectors.csv_file:open_source",
    "excel": "connectors.excel_file:open_source",
    "google_sheet": "connectors.google_sheet:open_source",
}

TARGETS: Mapping[str, str] = {
    "caldav": "connectors.caldav_server:open_target",
    "google_calendar": "connectors.google_calendar:open_target",
    "ics": "connectors.ics_file:open_target",
}

ACCOUNTS: Mapping[str, str] = {
    "caldav": "connectors.caldav_server:list_calendars",
}
"""Targets that are one calendar of several in an account."""

MAKERS: Mapping[str, str] = {
    "caldav": "connectors.caldav_server:make_calendar",
    "google_calendar": "connectors.google_calendar:make_calendar",
}
"""Those in whose account a new calendar can be made."""

STATES: Mapping[str, str] = {
    "sqlite": "connectors.sqlite_state:open_state",
}


def open_source(settings: Settings, outside: Outside) -> Source:
    """The source the settings name."""
    return cast("Source", _factory(SOURCES, settings.source.type)(settings, outside))


def open_target(settings: Settings, outside: Outside) -> Target:
    """The target the settings name."""
    return cast("Target", _factory(TARGETS, settings.target.type)(settings, outside))


def list_calendars(settings: Settings, outside: Outside) -> Sequence[CalendarInfo]:
    """The calendars of the account the settings name. Raises `ConfigError` for a target without an account."""
    if settings.target.type not in ACCOUNTS:
        raise ConfigError(f"a target of type {settings.target.type!r} has no calendars to choose from")
    return cast("Sequence[CalendarInfo]", _factory(ACCOUNTS, settings.target.type)(settings, outside))


def make_calendar(settings: Settings, outside: Outside, name: str) -> CalendarInfo:
    """A new calendar of this name in the account the settings name; only ever made because a person asked for it."""
    return cast("CalendarInfo", _factory(MAKERS, settings.target.type)(settings, outside, name))


def open_state(kind: str, settings: Settings, outside: Outside) -> StateStore:
    """The state store of this kind, at the settings' path."""
    return cast("StateStore", _factory(STATES, kind)(settings, outside))


def _factory(registry: Mapping[str, str], name: str) -> Callable[..., Any]:
    module, _, factory = registry[name].partition(":")
    return cast("Callable[..., Any]", getattr(import_module(module), factory))
