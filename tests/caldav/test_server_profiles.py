"""Every server profile can be read, is found by its host, and may only slow down."""

from __future__ import annotations

import pytest

from connectors.dav.server_profiles import ServerProfile, choose_profile, load_profiles
from sync.errors import ConfigError

NOBODY = ServerProfile()


@pytest.mark.parametrize("name", load_profiles())
def test_profile(name: str) -> None:
    profile = choose_profile(name, "")
    assert profile != NOBODY
    assert profile.window <= NOBODY.window
    for host in profile.hosts:
        assert choose_profile("auto", host) == profile
        assert choose_profile("auto", f"p01-{host}" if host.startswith("caldav") else f"p01.{host}") in (
            profile,
            NOBODY,
        )


def test_a_server_nobody_described() -> None:
    assert choose_profile("auto", "cal.example.org") == NOBODY
    assert choose_profile("auto", "noticloud.com") == NOBODY
    assert choose_profile("auto", "p42-caldav.icloud.com").window == 4


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(ConfigError, match="did you mean 'google'"):
        choose_profile("gogle", "")
