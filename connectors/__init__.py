"""The connectors by name. Each is one file that looks like its neighbours; it is imported when first used.

An entry is a function that imports its connector and opens it with the settings and what its kind of connector needs
from outside (`connectors.outside`); nothing in here reads the clock or the environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import Protocol

    from connectors.outside import Outside
    from sync.config import Settings
    from sync.models import CalendarInfo
    from sync.proof import Proof
    from sync.protocols import Source, StateStore, Target

    class KeepsProof(Protocol):
        """A kind of state that gives its last proof without being opened as a whole."""

        def recall_proof(self, state: Path) -> Proof | None:
            """The proof in this state; None where there is none."""

        def confirm_proof(self, state: Path, proof: Proof, now: datetime) -> bool:
            """Note that a run was left out now; False where the proof is no longer the last."""


def _read_csv(settings: Settings, outside: Outside) -> Source:
    from connectors.csv_file import open_source

    return open_source(settings, outside)


def _read_excel(settings: Settings, outside: Outside) -> Source:
    from connectors.excel_file import open_source

    return open_source(settings, outside)


def _read_google_sheet(settings: Settings, outside: Outside) -> Source:
    from connectors.google_sheet import open_source

    return open_source(settings, outside)


SOURCES: dict[str, Callable[[Settings, Outside], Source]] = {
    "csv": _read_csv,
    "excel": _read_excel,
    "google_sheet": _read_google_sheet,
}


def _write_caldav(settings: Settings, outside: Outside) -> Target:
    from connectors.caldav_server import open_target

    return open_target(settings, outside)


def _write_google_calendar(settings: Settings, outside: Outside) -> Target:
    from connectors.google_calendar import open_target

    return open_target(settings, outside)


def _write_ics(settings: Settings, outside: Outside) -> Target:
    from connectors.ics_file import open_target

    return open_target(settings, outside)


TARGETS: dict[str, Callable[[Settings, Outside], Target]] = {
    "caldav": _write_caldav,
    "google_calendar": _write_google_calendar,
    "ics": _write_ics,
}


def _list_caldav(settings: Settings, outside: Outside) -> Sequence[CalendarInfo]:
    from connectors.caldav_server import list_calendars

    return list_calendars(settings, outside)


def _list_google_calendar(settings: Settings, outside: Outside) -> Sequence[CalendarInfo]:
    from connectors.google_calendar import list_calendars

    return list_calendars(settings, outside)


ACCOUNTS: dict[str, Callable[[Settings, Outside], Sequence[CalendarInfo]]] = {
    "caldav": _list_caldav,
    "google_calendar": _list_google_calendar,
}
"""Targets that are one calendar of several in an account."""


def _make_caldav(settings: Settings, outside: Outside, name: str) -> CalendarInfo:
    from connectors.caldav_server import make_calendar

    return make_calendar(settings, outside, name)


def _make_google_calendar(settings: Settings, outside: Outside, name: str) -> CalendarInfo:
    from connectors.google_calendar import make_calendar

    return make_calendar(settings, outside, name)


MAKERS: dict[str, Callable[[Settings, Outside, str], CalendarInfo]] = {
    "caldav": _make_caldav,
    "google_calendar": _make_google_calendar,
}
"""Those in whose account a new calendar can be made."""


def _keep_in_postgres(settings: Settings, outside: Outside) -> StateStore:
    from connectors.postgres_state import open_state

    return open_state(settings, outside)


SQLITE = "sqlite"
"""The state of a configuration that names none."""


def _keep_in_sqlite(settings: Settings, outside: Outside) -> StateStore:
    from connectors.sqlite_state import open_state

    return open_state(settings, outside)


STATES: dict[str, Callable[[Settings, Outside], StateStore]] = {
    "postgres": _keep_in_postgres,
    SQLITE: _keep_in_sqlite,
}


def _prove_in_sqlite() -> KeepsProof:
    from connectors import sqlite_proof

    return sqlite_proof


PROOFS: dict[str, Callable[[], KeepsProof]] = {
    SQLITE: _prove_in_sqlite,
}
"""States whose last proof can be had without loading what a run needs."""


def open_source(settings: Settings, outside: Outside) -> Source:
    """The source the settings name."""
    return SOURCES[settings.source.type](settings, outside)


def open_target(settings: Settings, outside: Outside) -> Target:
    """The target the settings name."""
    return TARGETS[settings.target.type](settings, outside)


def list_calendars(settings: Settings, outside: Outside) -> Sequence[CalendarInfo]:
    """The calendars of the account the settings name. Raises `ConfigError` for a target without an account."""
    if settings.target.type not in ACCOUNTS:
        raise ConfigError(f"a target of type {settings.target.type!r} has no calendars to choose from")
    return ACCOUNTS[settings.target.type](settings, outside)


def make_calendar(settings: Settings, outside: Outside, name: str) -> CalendarInfo:
    """A new calendar of this name in the account the settings name; only ever made because a person asked for it."""
    return MAKERS[settings.target.type](settings, outside, name)


def open_state(settings: Settings, outside: Outside) -> StateStore:
    """The state the settings name."""
    return STATES[settings.state.type](settings, outside)
