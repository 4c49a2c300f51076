"""Where a command finds its configuration, and where state and logins are kept."""

from __future__ import annotations

import os
from pathlib import Path

from sync.errors import ConfigError

CONFIG_NAME = "followup.toml"


def find_config(given: Path | None) -> Path:
    """The configuration given, else the one of this folder, else the one of the platform's folder."""
    if given is not None:
        return given
    if Path(CONFIG_NAME).exists():
        return Path(CONFIG_NAME)
    import platformdirs

    path = platformdirs.user_config_path("followup") / CONFIG_NAME
    if not path.exists():
        raise ConfigError(
            f"there is no {CONFIG_NAME} in this folder and none at {path}; `followup init` makes one, or name one"
            " with --config"
        )
    return path


def logins_folder() -> Path:
    """Where logins are kept."""
    import platformdirs

    return platformdirs.user_config_path("followup")


def google_client() -> Path | None:
    """The OAuth client that an organisation laid ready for its people, where there is one."""
    named = os.environ.get("FOLLOWUP_GOOGLE_CLIENT", "")
    path = Path(named) if named else logins_folder() / "client.json"
    return path if path.is_file() else None


def state_path(owner: str) -> Path:
    """The state file of an owner, where the configuration names none."""
    import platformdirs

    return platformdirs.user_state_path("followup") / f"{owner}.sqlite"
