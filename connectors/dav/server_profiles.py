"""What single calendar servers need differently, out of `mappings/server_profiles.toml`.

A profile is chosen by name or by the calendar's host, and what `check --live` found out is added to it. It may only
slow down or write things in another way.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.resources import files
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from sync import toml
from sync.convert import convert
from sync.errors import ConfigError
from sync.models import Finding


class ServerProfile(Struct, frozen=True, forbid_unknown_fields=True):
    """One server's needs; the defaults hold for a server nobody described."""

    hosts: tuple[str, ...] = ()
    window: Annotated[int, Meta(ge=1, le=16)] = 16
    pause_seconds: Annotated[float, Meta(ge=0, le=60)] = 0
    guards_creates: bool = True
    guards_updates: bool = True
    guards_deletes: bool = False
    """Known only from a probe: SOGo guards updates and deletes all the same. Until then each is looked at before."""
    creates_per_run: Annotated[int, Meta(ge=1)] | None = None
    silence_rings: bool = False
    utc: bool = False
    rings: str = ""


def tighten(profile: ServerProfile, findings: Iterable[Finding]) -> ServerProfile:
    """The profile with what a probe found out (`dav.probe`): it can only become more careful, but that a proven
    guard of deletes needs no look before each."""
    findings = tuple(findings)
    bad = {finding.name for finding in findings if not finding.good}
    good = {finding.name for finding in findings if finding.good}
    return replace(
        profile,
        window=1 if "at_once" in bad else profile.window,
        guards_creates=profile.guards_creates and "create_guard" not in bad,
        guards_updates=profile.guards_updates and "update_guard" not in bad,
        guards_deletes="delete_guard" in good,
        silence_rings=profile.silence_rings or "silence" in bad,
        utc=profile.utc or "zones" in bad,
    )


def load_profiles() -> dict[str, ServerProfile]:
    """All profiles by name."""
    text = files("mappings").joinpath("server_profiles.toml").read_text("utf-8")
    return convert(toml.loads(text), dict[str, ServerProfile])


def choose_profile(name: str, host: str) -> ServerProfile:
    """The profile of this name; with "auto" the one for this host. Raises `ConfigError` for an unknown name."""
    profiles = load_profiles()
    if name == "auto":
        fitting = (
            profile
            for profile in profiles.values()
            if any(host == known or host.endswith(f".{known}") for known in profile.hosts)
        )
        return next(fitting, ServerProfile())
    if name not in profiles:
        near = get_close_matches(name, profiles, 1, 0.5)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(sorted(profiles))}"
        raise ConfigError(f"target.profile = {name!r} is not known{hint}")
    return profiles[name]
