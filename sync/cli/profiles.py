"""One configuration with what it needs from outside: files, secrets, clock. Everything impure the commands share."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sync.cli.places import CONFIG_NAME, logins_folder, state_path
from sync.errors import ConfigError, FollowupError

if TYPE_CHECKING:
    from connectors.outside import Outside
    from sync.config import Settings
    from sync.memory import Memory
    from sync.models import Leads, Remark, Table
    from sync.protocols import Target
    from sync.reading.columns import Column
    from sync.texts import Wording


class Profile(Struct, frozen=True):
    """One configuration with what it needs from outside."""

    settings: Settings
    outside: Outside
    wording: str
    mapping: str
    path: Path

    @property
    def words(self) -> Wording:
        """What is shown to this person."""
        return words_of(self.settings)

    @property
    def state(self) -> Path:
        """The state file."""
        return self.outside.folder / self.settings.state.path


def words_of(settings: Settings) -> Wording:
    """What is shown to the person of these settings."""
    from sync.texts import load_screens

    return load_screens(settings.language)


def open_profile(path: Path, *, secret: str = "") -> Profile:
    """The profile in this file; `secret` is one that an earlier step of this run resolved already."""
    return make_profile(read_text(path, "configuration"), path, secret=secret)


def make_profile(text: str, path: Path, *, secret: str = "") -> Profile:
    """The profile of a configuration's text; `path` says where it lies."""
    from connectors.outside import Outside
    from connectors.password import secret_resolver
    from sync.config import parse_settings

    settings = parse_settings(text, name=path.name)
    folder = path.resolve().parent
    if not settings.state.path:
        state = settings.state.model_copy(update={"path": str(state_path(settings.owner))})
        settings = settings.model_copy(update={"state": state})
    outside = Outside(
        folder=folder,
        clock=lambda: datetime.now(UTC),
        sleep=time.sleep,
        secret=secret_resolver(
            settings, config=path.resolve(), environment=os.environ, logins=logins_folder, known=secret
        ),
        environ=os.environ,
    )
    wording = read_text(folder / settings.wording, "wording") if settings.wording else ""
    named = settings.source.mapping
    mapping = read_text(folder / named, "mapping") if named.endswith(".toml") else ""
    return Profile(settings, outside, wording, mapping, path)


@contextmanager
def opened_target(profile: Profile) -> Iterator[Target]:
    """The profile's calendar, with its connections closed afterwards."""
    from connectors import open_target
    from sync.protocols import HoldsConnections

    target = open_target(profile.settings, profile.outside)
    try:
        yield target
    finally:
        if isinstance(target, HoldsConnections):
            target.close()


def open_profiles(folder: Path) -> dict[str, Profile | FollowupError]:
    """The configurations in a folder, `*.toml` and `*/followup.toml`, by name; a broken one is its own error."""
    paths = sorted({*folder.glob("*.toml"), *folder.glob(f"*/{CONFIG_NAME}")})
    opened: dict[str, Profile | FollowupError] = {}
    states: dict[Path, str] = {}
    for path in paths:
        name = str(path.relative_to(folder))
        try:
            if not _is_configuration(path):
                continue
            profile = open_profile(path)
        except FollowupError as error:
            opened[name] = error
            continue
        first = states.setdefault(profile.state.resolve(), name)
        opened[name] = (
            profile if first == name else ConfigError(f"has the owner or the state of {first}; give it its own")
        )
    if not opened and not folder.is_dir():
        raise ConfigError(f"there is no folder {folder}; give the one with a configuration for each seeker")
    if not opened:
        raise ConfigError(f"{folder} holds no configuration: neither NAME.toml nor NAME/{CONFIG_NAME}")
    return opened


def _is_configuration(path: Path) -> bool:
    """Wording and mappings are TOML too; a configuration has a source or a target, or cannot be read."""
    from sync import toml

    try:
        return bool({"source", "target"} & toml.loads(read_text(path, "configuration")).keys())
    except toml.TOMLDecodeError:
        return True


def read_text(path: Path, what: str) -> str:
    """The text of a file; `what` it is: `configuration`, `wording`, `mapping`."""
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError(_unread("no_text_file", what, path)) from None
    except UnicodeDecodeError:
        raise ConfigError(_unread("not_utf8", what, path)) from None
    except OSError as error:
        raise ConfigError(_unread("unread_text", what, path, why=error.strerror)) from None


def _unread(key: str, what: str, path: Path, **facts: object) -> Remark:
    from sync.models import Remark

    return Remark(f"failed.{key}-{what}", {"path": path, **facts})


def read_sheet(
    table: Table, profile: Profile, memory: Memory | None = None, *, now: datetime | None = None
) -> tuple[Leads, tuple[Column, ...]]:
    """The leads of a table and how its columns are understood, as of `now` (else of this moment)."""
    from sync.memory import Memory
    from sync.reading.leads import columns_of, read_again
    from sync.reading.vocabulary import load_vocabulary

    settings, words = profile.settings, load_vocabulary(mapping=profile.mapping)
    memory = memory or Memory()
    leads = read_again(table, settings=settings, vocabulary=words, memory=memory, now=now or datetime.now(UTC))
    if not table.rows:
        return leads, ()
    columns = columns_of(table, settings=settings, vocabulary=words, accepted=memory.runs.mapped)
    return leads, columns.columns
