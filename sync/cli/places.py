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
        from sync.models import Remark

        raise ConfigError(Remark("failed.no_config", {"name": CONFIG_NAME, "path": path}))
    return path


def language_of(path: Path) -> str:
    """The language of the settings that are there, else of this computer, if there are words in it."""
    from sync import toml
    from sync.wording import shipped_languages

    try:
        found = toml.loads(path.read_text("utf-8")).get("language", "")
    except (OSError, ValueError):
        found = ""
    if not found:
        named = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
        found = named.partition("_")[0].partition(".")[0].lower()
    return found if found in shipped_languages() else "en"


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
