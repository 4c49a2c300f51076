"""What connectors may use of the outside world: they read neither clock nor environment themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct


class Outside(Struct, frozen=True):
    """What a connector may use of the outside world. Tests pass virtual time and made-up secrets.

    `folder` is what relative paths are relative to. `secret` resolves the password or token of a section
    (`"target"`, `"source"`) and raises `CredentialsError`. `clock` returns aware time. `environ` is the environment,
    for proxies; connectors never read it themselves. `begun` is when this run began, from which its seconds count;
    None counts from where a connector is opened. `login_refused`: the calendar just refused this login, so that it is
    not tried again. `may_reach` says which numeric addresses a seeker's own server may have; None lets it have any.
    """

    folder: Path
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    secret: Callable[[str], str]
    environ: Mapping[str, str] = {}
    begun: datetime | None = None
    login_refused: bool = False
    may_reach: Callable[[str], bool] | None = None
